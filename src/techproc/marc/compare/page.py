"""A comparison of two loads as one self-contained HTML page, written as it goes on."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from importlib import resources
from pathlib import Path
from typing import Any, BinaryIO

from techproc.files import atomic_output
from techproc.marc.compare.loads import STATUSES, Compared, LoadComparison
from techproc.marc.fielddiff import FieldChange, SubfieldChange

__all__ = ["ComparisonPage"]

_LABELS = {
    "same": "the same", "encoding": "encoding only", "order": "order only", "changed": "changed",
    "new": "new", "gone": "gone",
}  # fmt: skip


class ComparisonPage:
    """A page that takes what became of each record and ends with the counts.

    Use it as a context manager; the page appears when it is whole. At most `limit` records are
    shown in full, and the page says how many are not.
    """

    def __init__(self, path: str | Path, *, limit: int = 2000, force: bool = False) -> None:
        self._path, self._limit, self._force = path, limit, force
        self._stack = ExitStack()
        self._stream: BinaryIO
        self._foot = ""
        self.shown = self.left_out = 0

    def __enter__(self) -> ComparisonPage:
        self._stream = self._stack.enter_context(atomic_output(self._path, force=self._force))
        page = resources.files("techproc.marc.compare").joinpath("page.html").read_text("utf-8")
        head, self._foot = page.split("<!--records-->")
        self._write(head)
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def _write(self, text: str) -> None:
        self._stream.write(text.encode("utf-8", "replace"))

    def add(self, compared: Compared) -> None:
        """Take one record; those that are the same are counted only."""
        if compared.status == "same":
            return
        if self.shown >= self._limit:
            self.left_out += 1
            return
        self.shown += 1
        self._write("".join(_record(compared)))

    def finish(self, totals: LoadComparison) -> None:
        """Write the counts and what was noticed."""
        self._write(self._foot.replace("<!--summary-->", "".join(self._summary(totals))))

    def _summary(self, totals: LoadComparison) -> Iterator[str]:
        yield f"<p>{totals.before:,} records before, {totals.after:,} after"
        if totals.before_rejected or totals.after_rejected:
            yield f"; {totals.before_rejected:,} and {totals.after_rejected:,} of these unreadable"
        yield ".</p><p class=statuses>"
        for status in STATUSES:
            count = totals.statuses[status]
            yield (
                f'<button data-status="{status}"{"" if count else " disabled"}>'
                f"<b>{count:,}</b> {_LABELS[status]}</button>"
            )
        yield "</p>"
        if self.left_out:
            yield f"<p class=left>{self.left_out:,} more records differ and are not shown here.</p>"
        for finding in totals.findings:
            yield f"<p class=left>{html.escape(str(finding))}</p>"
        if totals.fields:
            yield "<details><summary>Fields that differ</summary><table><tr><th>field<th>changed"
            yield "<th>new<th>gone<th>moved</tr>"
            for tag in sorted({tag for tag, _ in totals.fields}):
                cells = (totals.fields[tag, kind] for kind in ("changed", "new", "gone", "kept"))
                yield f"<tr><th>{html.escape(tag)}" + "".join(f"<td>{n:,}" for n in cells)
            yield "</table></details>"


def _record(compared: Compared) -> Iterator[str]:
    name = compared.control or "no 001"
    places = " → ".join(
        f"record {number:,}"
        for number in (compared.before_number, compared.after_number) if number is not None
    )  # fmt: skip
    yield (
        f'<section class="{compared.status}"><h2>{html.escape(name)} '
        f"<span>{html.escape(compared.title)}</span> <em>{_LABELS[compared.status]}, {places}</em></h2>"
    )
    if compared.diff is not None:
        yield "<table>"
        for change in compared.diff.changes:
            yield from _rows(change)
        yield "</table>"
    elif compared.status == "encoding" and compared.before and compared.after:
        yield f"<p>{compared.before.encoding} → {compared.after.encoding}</p>"
    yield "</section>"


def _rows(change: FieldChange) -> Iterator[str]:
    tag = html.escape(change.tag)
    if change.kind == "kept":
        yield f"<tr class=moved><th>{tag}<td>↕ {''.join(_marked(change.subfields, 'after'))}"
        return
    for side, sign, text in (("before", "−", change.before), ("after", "+", change.after)):
        if text is not None:
            yield f'<tr class="{side}"><th>{tag}<td>{sign} '
            yield "".join(_marked(change.subfields, side))


def _marked(parts: Iterable[SubfieldChange], side: str) -> Iterator[str]:
    """Yield a field's text, with what differs marked."""
    for part in parts:
        text = part.before if side == "before" else part.after
        if text is None:
            continue
        shown = html.escape(text.replace(" ", "_") if part.code.startswith("ind") else text)
        if len(part.code) == 1:
            shown = f"<i>${html.escape(part.code)}</i> {shown}"
        if part.kind != "kept":
            shown = f"<mark>{shown}</mark>"
        yield shown + ("" if part.code == "ind1" else " ")
