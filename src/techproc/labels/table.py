"""Labels as CSV for other programs: a row a label, the lines of a spine in columns of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from techproc.findings import Finding, Severity
from techproc.labels.barcodes import BarcodeValueError, encode
from techproc.labels.items import BarcodeLabel, CardFace, Label, SpineLabel, Unprintable
from techproc.labels.noticed import Noticed
from techproc.labels.profiles import Profile
from techproc.labels.splitting import split_label
from techproc.labels.style import LabelStyle

__all__ = ["render_csv"]


def render_csv(
    labels: Iterable[Label],
    stream: BinaryIO,
    *,
    style: LabelStyle | None = None,
    copies: int = 1,
    partial: bool = False,
    profiles: Mapping[str, Profile] | None = None,
) -> list[Finding]:
    """Write labels as CSV in UTF-8 and return what was noticed.

    Columns: kind, name, value (the call number or barcode as stored), then line 1, line 2, … as
    many as the longest label has; a card is a row, its lines from the top. The lines of a barcode
    are its caption, title and text; what a set's pocket labels say is not in the table. Raises
    LabelError for a label that cannot be printed, unless `partial`.
    """
    look = style or LabelStyle()
    rows: list[list[str]] = []
    noticed = Noticed()
    for position, label in enumerate(labels, start=1):
        row, found = _row(label, look, profiles)
        noticed.take(position, label, found)
        if row and not any(finding.severity is Severity.ERROR for finding in found):
            rows += [row] * copies
    findings = noticed.finish(partial=partial)
    widest = max((len(row) for row in rows), default=3) - 3
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["kind", "name", "value", *(f"line {n + 1}" for n in range(widest))])
    writer.writerows([*row, *[""] * (widest + 3 - len(row))] for row in rows)
    stream.write(text.getvalue().encode("utf-8"))
    return findings


def _row(
    label: Label, style: LabelStyle, profiles: Mapping[str, Profile] | None
) -> tuple[list[str], tuple[Finding, ...]]:
    if isinstance(label, SpineLabel):
        parts = split_label(label, style.profile, profiles=profiles)
        return ["spine", label.name, label.call_number, *parts.lines], parts.findings
    if isinstance(label, BarcodeLabel):
        symbology = label.symbology or style.barcode.symbology
        found: tuple[Finding, ...] = ()
        if symbology != "qr":
            try:
                encode(symbology, label.value)
            except BarcodeValueError as error:
                found = (Finding(rule="label.barcode-value", message=str(error)),)
        said = [text for text in (label.caption, label.title, label.text) if text]
        return ["barcode", label.name, label.value, *said], found
    if isinstance(label, Unprintable):
        return [], (label.finding,)
    if isinstance(label, CardFace):
        lines = sorted(label.lines, key=lambda line: (line.down, line.indention))
        return ["card", label.name, "", *(line.text for line in lines)], ()
    return ["text", label.name, "", *label.lines], ()
