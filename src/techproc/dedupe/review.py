"""The uncertain pairs as one self-contained page, for a person to decide with the keyboard."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from importlib import resources
from pathlib import Path

import pymarc

from techproc.dedupe.compare import Comparison
from techproc.dedupe.edges import Edge
from techproc.dedupe.engine import Run
from techproc.dedupe.intake import raw_items
from techproc.dedupe.objects import name_of
from techproc.files import atomic_output
from techproc.marc import Loaded, read

__all__ = ["Shown", "write_review"]

_MINUS = str.maketrans("-", "−")


@dataclass(frozen=True, slots=True)
class Shown:
    """How many pairs the page has, and how many were left out by the limit."""

    pairs: int
    left: int


def write_review(
    run: Run,
    files: Sequence[str | Path],
    output: str | Path,
    *,
    limit: int = 500,
    force: bool = False,
) -> Shown:
    """Write the page of the pairs whose band is review and of the matches that were refused.

    The pairs a person can settle soonest come first: those nearest to a match. The files are read
    once more, for their fields are not kept in the run.
    """
    asked = sum(1 for _ in _uncertain(run))
    chosen = nsmallest(
        limit, _uncertain(run), key=lambda edge: (-edge.probability, edge.first, edge.second)
    )
    compared = run.compare([(edge.first, edge.second) for edge in chosen])
    wanted = {i for edge in chosen for i in (edge.first, edge.second)}
    records = _records(run, files, wanted)
    cards = [
        _card(number, run, edge.first, edge.second, records, one)
        for number, (edge, one) in enumerate(zip(chosen, compared, strict=True))
    ]
    page = resources.files("techproc.dedupe") / "data" / "review.html"
    text = page.read_text("utf-8").replace("<!--cards-->", "\n".join(cards))
    with atomic_output(output, force=force) as stream:
        stream.write(text.encode("utf-8", "replace"))
    return Shown(len(chosen), asked - len(chosen))


def _uncertain(run: Run) -> Iterator[Edge]:
    refused = {(edge.first, edge.second) for edge in run.refused}
    return (e for e in run.edges if e.band == "review" or (e.first, e.second) in refused)


def _records(
    run: Run, files: Sequence[str | Path], wanted: set[int]
) -> Mapping[int, pymarc.Record]:
    """Return the wanted records by position in the run, reading the files again."""
    by_place = {(run.entries[i].file, run.entries[i].number): i for i in wanted}
    found: dict[int, pymarc.Record] = {}
    for raw in raw_items(files):
        position = by_place.get((raw.file, raw.number))
        if position is None:
            continue
        if raw.record is not None:
            found[position] = raw.record
            continue
        for item in read(io.BytesIO(raw.data), form="iso2709"):
            if isinstance(item, Loaded):
                found[position] = item.record
                break
    return found


def _card(
    number: int,
    run: Run,
    first: int,
    second: int,
    records: Mapping[int, pymarc.Record],
    one: Comparison,
) -> str:
    a, b = name_of(run.entries[first]), name_of(run.entries[second])
    points = "".join(
        f'<li class="{"for" if value > 0 else "against"}"><b>{html.escape(name)}</b> '
        f"{f'{value:+.1f}'.translate(_MINUS)}</li>"
        for name, value, _ in sorted(one.contributions, key=lambda part: -abs(part[1]))
        if abs(value) >= 0.05
    )
    vetoes = "".join(f'<li class="veto">{html.escape(veto)}</li>' for veto in one.vetoes)
    rows = "".join(_rows(_lines(records.get(first)), _lines(records.get(second))))
    pair = html.escape(json.dumps({"a": a, "b": b}, ensure_ascii=False), quote=True)
    return (
        f'<section class="pair" id="p{number}" data-pair="{pair}" tabindex="-1">'
        f"<h2>{html.escape(a)} <span>and</span> {html.escape(b)} "
        f"<em>{one.probability:.2f}</em></h2><ul>{points}{vetoes}</ul>"
        f"<table><thead><tr><th></th><th>{html.escape(a)}</th><th>{html.escape(b)}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></section>"
    )


def _lines(record: pymarc.Record | None) -> list[tuple[str, str]]:
    """Return (tag, text) of a record for reading; 880 are filed with the fields they pair."""
    if record is None:
        return []
    out = [("LDR", str(record.leader))]
    for field in record.fields:
        if field.control_field:
            out.append((field.tag, field.data or ""))
            continue
        tag = field.tag
        linked = field.get("6") if tag == "880" else None
        if linked and linked[:3].isdigit():
            tag = f"{linked[:3]} 880"
        text = " ".join(f"${code} {value}" for code, value in field.subfields if code != "6")
        out.append((tag, text))
    return sorted(out, key=lambda line: (line[0] != "LDR", line[0]))


def _rows(left: list[tuple[str, str]], right: list[tuple[str, str]]) -> Iterator[str]:
    """Yield a table row for each line, equal ones beside each other, differences marked."""
    tags = sorted({tag for tag, _ in (*left, *right)}, key=lambda tag: (tag != "LDR", tag))
    for tag in tags:
        x = [text for name, text in left if name == tag]
        y = [text for name, text in right if name == tag]
        shared = [text for text in x if text in y]
        lone_x = [text for text in x if text not in shared]
        lone_y = [text for text in y if text not in shared]
        for text in shared:
            cell = f"<td>{html.escape(text)}</td>"
            yield f'<tr class="same"><th>{tag}</th>{cell}{cell}</tr>'
        for i in range(max(len(lone_x), len(lone_y))):
            p = lone_x[i] if i < len(lone_x) else ""
            q = lone_y[i] if i < len(lone_y) else ""
            yield f"<tr><th>{tag}</th><td>{_marked(p, q)}</td><td>{_marked(q, p)}</td></tr>"


def _marked(text: str, other: str) -> str:
    """Return text with the words marked that the other side doesn't have."""
    known = set(other.split())
    return " ".join(
        html.escape(word) if word in known else f"<mark>{html.escape(word)}</mark>"
        for word in text.split()
    )
