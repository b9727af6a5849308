"""Barcode labels laid out: caption, bars on whole dots, the number in figures; or why not."""

from __future__ import annotations

import math
from collections.abc import Sequence

from techproc.findings import Finding, Severity
from techproc.labels.barcodes import BarcodeValueError, Bars, encode, human_readable
from techproc.labels.items import BarcodeLabel
from techproc.labels.marks import Box, Drawn, PlacedBars, PlacedLine
from techproc.labels.pdf import MM
from techproc.labels.shaping import GlyphLine, Shaper
from techproc.labels.style import BarcodeStyle, LabelStyle

__all__ = ["lay_out_barcode", "missing_glyphs"]

_MARGIN = 1.2  # mm left free above and below
_LEAST_HEIGHT = 6.35  # mm, or 15 % of the length
_MOST_HEIGHT = 13.0
_LEAST_TEXT = 5.0  # points
_STEP = 0.25


def lay_out_barcode(label: BarcodeLabel, box: Box, style: LabelStyle, shaper: Shaper) -> Drawn:
    """Return a barcode label in its box, the bars never scaled: too little room is a finding."""
    bars = style.barcode
    symbology = label.symbology or bars.symbology
    narrow = max(1, math.floor(bars.x * bars.dpi / 25.4 + 0.5))
    try:
        if symbology == "qr":
            return _qr(label, box, bars, shaper, narrow)
        encoded = encode(symbology, label.value, start=bars.start, stop=bars.stop)
    except BarcodeValueError as error:
        return Drawn((), (Finding(rule="label.barcode-value", message=str(error)),))
    widths = encoded.dots(narrow, bars.ratio)
    needed = (sum(widths) + 2 * _quiet_dots(encoded, narrow, bars)) * 72 / bars.dpi
    if needed > box.width + 0.01:
        return Drawn((), (_too_wide(label, encoded, narrow, style=bars, needed=needed, box=box),))
    return _stacked(label, encoded, widths, box=box, style=bars, shaper=shaper, narrow=narrow)


def missing_glyphs(characters: str) -> Finding:
    """Return the finding for characters that no font has."""
    shown = [c for c in dict.fromkeys(characters) if c.isprintable()]
    listed = [f"{c} (U+{ord(c):04X})" for c in shown]
    listed += [f"U+{ord(c):04X}" for c in dict.fromkeys(characters) if not c.isprintable()]
    return Finding(
        rule="label.missing-glyph",
        message=f"no font has {', '.join(listed)}",
        fix="install a font of that script, or name one"
        if shown
        else "take out what cannot be printed, such as a line break",
    )


def _stacked(
    label: BarcodeLabel,
    encoded: Bars,
    widths: tuple[int, ...],
    *,
    box: Box,
    style: BarcodeStyle,
    shaper: Shaper,
    narrow: int,
) -> Drawn:
    """Return caption, bars and figures, one below the other, in the middle of the box."""
    inner = box.inset(_MARGIN * MM, _MARGIN * MM)
    text = label.text or human_readable(encoded.symbology, encoded.value)
    below = _fitted(shaper.line(text), style.text_size, inner.width)
    above = _captions(label, style, shaper, inner.width)
    top = sum(size * (line.ascent + line.descent + 0.25) for line, size in above)
    bottom = below[1] * (below[0].ascent + below[0].descent + 0.4)
    dot = 72 / style.dpi
    length = sum(widths) * dot
    room = inner.height - top - bottom
    height = style.height * MM if style.height else min(room, _MOST_HEIGHT * MM)
    least = 0.0 if style.height else max(0.15 * length, _LEAST_HEIGHT * MM)
    problems = _problems(label, [*above, below], box, max(height, least), room)
    if any(finding.severity is Severity.ERROR for finding in problems):
        return Drawn((), problems)
    y = inner.y + inner.height - (inner.height - top - bottom - height) / 2
    marks: list[PlacedLine | PlacedBars] = []
    for line, size in above:
        y -= size * line.ascent
        marks.append(PlacedLine(line, _centred(box, line, size), y, size, shaper))
        y -= size * (line.descent + 0.25)
    y -= height
    line, size = below
    left = round((box.x + (box.width - length) / 2) / dot)
    baseline = y - size * (0.4 + line.ascent)
    if encoded.guards:
        marks += _ean_figures(
            encoded.value,
            left,
            y=baseline,
            size=size,
            shaper=shaper,
            module=narrow * dot,
            dot=dot,
        )
    else:
        marks.append(PlacedLine(line, _centred(box, line, size), baseline, size, shaper))
    extra = 5 * narrow if encoded.guards else 0
    marks.append(
        PlacedBars(widths, left, round(y / dot), round(height / dot), dot, encoded.guards, extra)
    )
    return Drawn(tuple(marks), problems)


def _ean_figures(
    value: str, left: int, *, y: float, size: float, shaper: Shaper, module: float, dot: float
) -> list[PlacedLine]:
    """Return the figures of an EAN-13 where its standard puts them: 1 before, 6 in each half."""
    start = left * dot
    found = []
    for text, begin, end in ((value[0], -9, -2), (value[1:7], 3, 45), (value[7:], 50, 92)):
        line = shaper.line(text)
        middle = start + (begin + end) / 2 * module
        found.append(PlacedLine(line, middle - line.width * size / 2, y, size, shaper))
    return found


def _qr(label: BarcodeLabel, box: Box, style: BarcodeStyle, shaper: Shaper, narrow: int) -> Drawn:
    """Return a QR code with its text below; its quiet zone is four modules (ISO/IEC 18004)."""
    from techproc.labels.qr import qr_modules  # noqa: PLC0415  only QR labels need numpy

    rows = qr_modules(label.value)
    inner = box.inset(_MARGIN * MM, _MARGIN * MM)
    dot = 72 / style.dpi
    # A QR code's modules are wider than a narrow bar: as many dots as the box allows, to 0.5 mm.
    text = [_fitted(shaper.line(label.text), style.text_size, inner.width)] if label.text else []
    above = _captions(label, style, shaper, inner.width)
    top = sum(size * (line.ascent + line.descent + 0.25) for line, size in above)
    bottom = sum(size * (line.ascent + line.descent + 0.4) for line, size in text)
    side = min(inner.width, inner.height - top - bottom)
    module = min(math.floor(side / ((len(rows) + 8) * dot)), math.floor(0.5 * style.dpi / 25.4))
    if module < narrow:
        needed = (len(rows) + 8) * narrow * dot / MM
        return Drawn(
            (),
            (
                Finding(
                    rule="label.barcode-too-wide",
                    message=f"{label.value[:40]}: the QR code needs {needed:.1f} mm each way; "
                    f"there are {max(side, 0) / MM:.1f}",
                    fix="use larger labels, a narrower X or a shorter text",
                ),
            ),
        )
    problems = _problems(label, [*above, *text], box, 0.0, side)
    if any(finding.severity is Severity.ERROR for finding in problems):
        return Drawn((), problems)
    size_of_code = len(rows) * module
    quiet = 4 * module * dot
    y = inner.y + (inner.height + top + bottom + size_of_code * dot + 2 * quiet) / 2
    y = min(y, inner.y + inner.height)
    marks: list[PlacedLine | PlacedBars] = []
    for line, size in above:
        y -= size * line.ascent
        marks.append(PlacedLine(line, _centred(box, line, size), y, size, shaper))
        y -= size * (line.descent + 0.25)
    y -= quiet + size_of_code * dot
    left = round((box.x + (box.width - size_of_code * dot) / 2) / dot)
    marks.append(PlacedBars((), left, round(y / dot), size_of_code, dot, rows=rows, module=module))
    y -= quiet
    for line, size in text:
        baseline = y - size * line.ascent
        marks.append(PlacedLine(line, _centred(box, line, size), baseline, size, shaper))
    return Drawn(tuple(marks), problems)


def _captions(
    label: BarcodeLabel, style: BarcodeStyle, shaper: Shaper, width: float
) -> list[tuple[GlyphLine, float]]:
    return [
        _fitted(shaper.line(text), style.caption_size, width)
        for text in (label.caption, label.title)
        if text.strip()
    ]


def _fitted(line: GlyphLine, size: float, width: float) -> tuple[GlyphLine, float]:
    """Return a line with the size at which it fits, rounded down to a quarter point."""
    if line.width * size <= width:
        return line, size
    return line, math.floor(width / line.width / _STEP) * _STEP


def _centred(box: Box, line: GlyphLine, size: float) -> float:
    return box.x + (box.width - line.width * size) / 2


def _quiet_dots(bars: Bars, narrow: int, style: BarcodeStyle) -> int:
    if style.quiet is not None:
        return math.ceil(style.quiet * style.dpi / 25.4)
    return math.ceil(bars.quiet * narrow)


def _too_wide(
    label: BarcodeLabel, bars: Bars, narrow: int, *, style: BarcodeStyle, needed: float, box: Box
) -> Finding:
    x = narrow * 25.4 / style.dpi
    quiet = _quiet_dots(bars, narrow, style) * 25.4 / style.dpi
    ratio = f", ratio {max(bars.dots(narrow, style.ratio)) / narrow:.3g}" if bars.two_widths else ""
    return Finding(
        rule="label.barcode-too-wide",
        message=f"{label.value}: {bars.symbology} needs a label {needed / MM:.1f} mm wide "
        f"(X {x:.3f} mm{ratio}, quiet zones {quiet:.2f} mm); "
        f"this one is {box.width / MM:.1f} mm",
        fix="use wider labels, a narrower X or a denser symbology",
    )


def _problems(
    label: BarcodeLabel,
    texts: Sequence[tuple[GlyphLine, float]],
    box: Box,
    height: float,
    room: float,
) -> tuple[Finding, ...]:
    found = []
    if missing := "".join(line.missing for line, _ in texts):
        found.append(missing_glyphs(missing))
    if height > room + 0.01:
        found.append(
            Finding(
                rule="label.barcode-too-high",
                message=f"{label.value}: the bars should be {height / MM:.1f} mm high; there is "
                f"room for {max(room, 0) / MM:.1f} mm",
                fix="use higher labels, leave the caption out, or set the height",
            )
        )
    if any(size < _LEAST_TEXT for _, size in texts):
        found.append(
            Finding(
                rule="label.does-not-fit",
                message=f"{label.value}: its text is too long for {box.width / MM:.1f} mm",
                fix="give a shorter caption",
            )
        )
    return tuple(found)
