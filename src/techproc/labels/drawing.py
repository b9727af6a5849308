"""One label drawn into its box: PDF operators, or findings that say why it does not fit.

Lengths are points, the origin is the lower left of the page, as PDF has it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise

from techproc.findings import Finding, Severity
from techproc.labels.barcodes import Bars, BarcodeValueError, encode, human_readable
from techproc.labels.fonts import FontSet
from techproc.labels.items import BarcodeLabel, Label, SpineLabel, TextLabel
from techproc.labels.pdf import MM, number
from techproc.labels.profiles import Profile
from techproc.labels.shaping import CAP_HEIGHT, GlyphLine, Shaper
from techproc.labels.splitting import split
from techproc.labels.stock import Stock
from techproc.labels.style import BarcodeStyle, LabelStyle

__all__ = ["Box", "Drawn", "Painter"]

_STEP = 0.25  # sizes are rounded down to quarter points, so that neighbours look alike
_GAP = 0.08  # ems of white between the ink of two lines at least


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page: lower left corner, width and height in points."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, across: float, down: float) -> Box:
        """Return the box without a margin left and right, above and below."""
        return Box(self.x + across, self.y + down, self.width - 2 * across, self.height - 2 * down)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What drawing a label came to; with an error among the findings there is no content."""

    content: bytes
    findings: tuple[Finding, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the label cannot be printed."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


class Painter:
    """Draws labels in one style, remembering fonts and splits for one document."""

    def __init__(
        self, style: LabelStyle | None = None, profiles: Mapping[str, Profile] | None = None
    ) -> None:
        self.style = style or LabelStyle()
        self.profiles = profiles
        paths = self.style.fonts
        self.spine = Shaper(FontSet(bold=self.style.bold, paths=paths), "F")
        self.plain = Shaper(FontSet(bold=False, paths=paths), "G")

    @property
    def shapers(self) -> tuple[Shaper, Shaper]:
        """The shapers whose fonts the document needs."""
        return self.spine, self.plain

    def draw(self, label: Label, box: Box, stock: Stock) -> Drawn:
        """Return a label drawn into its box; sets have a part for each of their regions."""
        if isinstance(label, SpineLabel):
            drawn = self._set(label, box, stock) if stock.regions else self._spine(label, box)
        elif isinstance(label, BarcodeLabel):
            drawn = self._barcode(label, box)
        else:
            drawn = self._text(label, box)
        return drawn

    def _set(self, label: SpineLabel, box: Box, stock: Stock) -> Drawn:
        content: list[bytes] = []
        findings: list[Finding] = []
        for region in stock.regions:
            inner = Box(
                box.x + region.x * MM,
                box.y + box.height - (region.y + region.height) * MM,
                region.width * MM,
                region.height * MM,
            )
            drawn = (
                self._spine(label, inner) if region.use == "spine" else self._pocket(label, inner)
            )
            content.append(drawn.content)
            findings += drawn.findings
        return Drawn(b"".join(content), tuple(findings))

    def _spine(self, label: SpineLabel, box: Box) -> Drawn:
        style = self.style
        inner = self._inner(box)
        parts = split(
            label.call_number,
            label.profile or style.profile,
            prefix=label.prefix,
            suffix=label.suffix,
            enumeration=label.enumeration,
            copy=label.copy,
            year=label.year,
            profiles=self.profiles,
        )
        if not parts.lines:
            return Drawn(b"", _about(label, parts.findings))
        lines = [self.spine.line(text) for text in parts.lines]
        size = self._size(lines, inner, style.size)
        findings = parts.findings
        if size < style.floor:
            room = inner.height / style.floor - CAP_HEIGHT
            parts = split(
                label.call_number,
                label.profile or style.profile,
                prefix=label.prefix,
                suffix=label.suffix,
                enumeration=label.enumeration,
                copy=label.copy,
                year=label.year,
                profiles=self.profiles,
                max_width=inner.width / style.floor,
                max_lines=max(1, int(room / style.leading) + 1),
                measure=lambda text: self.spine.line(text).width,
            )
            lines = [self.spine.line(text) for text in parts.lines]
            size = self._size(lines, inner, style.size)
            findings = tuple(f for f in parts.findings if f.severity is not Severity.ERROR)
            if size < style.floor:
                findings = (self._too_large(label.call_number, lines, box),)
        return self._block(label, lines, inner, size, findings)

    def _pocket(self, label: SpineLabel, box: Box) -> Drawn:
        number_line = " ".join(
            text
            for text in (
                label.prefix, label.call_number, label.enumeration, label.year, label.copy, label.suffix
            )
            if text
        )  # fmt: skip
        texts = [text for text in (number_line, label.author, label.title) if text.strip()]
        return self._lines(label, texts, box, self.plain, min(self.style.size, 9.0), wrap=True)

    def _text(self, label: TextLabel, box: Box) -> Drawn:
        texts = [text for text in label.lines if text.strip()]
        if not texts:
            problem = Finding(rule="label.empty", message="the label has no text")
            return Drawn(b"", _about(label, (problem,)))
        return self._lines(label, texts, box, self.spine, self.style.size, wrap=False)

    def _lines(
        self, label: Label, texts: list[str], box: Box, shaper: Shaper, size: float, *, wrap: bool
    ) -> Drawn:
        inner = self._inner(box)
        lines = [shaper.line(text) for text in texts]
        fitting = self._size(lines, inner, size)
        if fitting < self.style.floor and wrap:
            width = inner.width / self.style.floor
            lines = [line for text in texts for line in _wrapped(text, width, shaper)]
            fitting = self._size(lines, inner, size)
        findings: tuple[Finding, ...] = ()
        if fitting < self.style.floor:
            findings = (self._too_large(" / ".join(texts), lines, box),)
        return self._block(label, lines, inner, fitting, findings)

    def _inner(self, box: Box) -> Box:
        return box.inset(self.style.padding_x * MM, self.style.padding_y * MM)

    def _size(self, lines: Sequence[GlyphLine], inner: Box, largest: float) -> float:
        """Return the size at which lines fill the box at most, rounded down to quarter points."""
        widest = max(line.width for line in lines)
        size = min(inner.width / widest if widest else largest, inner.height / self._height(lines))
        return largest if size >= largest else math.floor(size / _STEP) * _STEP

    def _leads(self, lines: Sequence[GlyphLine]) -> list[float]:
        """Return the distance of each baseline from the one above, in ems; marks never collide.

        The first is the height of the first line.
        """
        leading = self.style.leading
        leads = [lines[0].ascent]
        for above, below in pairwise(lines):
            needed = above.descent + below.ascent + _GAP
            leads.append(leading if leading >= needed else needed)
        return leads

    def _height(self, lines: Sequence[GlyphLine]) -> float:
        return sum(self._leads(lines)) + lines[-1].descent

    def _too_large(self, what: str, lines: Sequence[GlyphLine], box: Box) -> Finding:
        floor = self.style.floor
        wide = max(line.width for line in lines) * floor / MM + 2 * self.style.padding_x
        high = self._height(lines) * floor / MM + 2 * self.style.padding_y
        return Finding(
            rule="label.does-not-fit",
            message=f"{what[:60]}: needs {wide:.1f} × {high:.1f} mm at {floor:g} points; "
            f"the label has {box.width / MM:.1f} × {box.height / MM:.1f}",
            fix="use larger labels, a smaller floor or another profile",
        )

    def _block(
        self,
        label: Label,
        lines: Sequence[GlyphLine],
        inner: Box,
        size: float,
        findings: tuple[Finding, ...],
    ) -> Drawn:
        """Return lines set as one block in a box."""
        missing = "".join([line.missing for line in lines])
        if missing:
            findings = (*findings, _missing("".join(dict.fromkeys(missing))))
        if findings:
            findings = _about(label, findings)
            if any(finding.severity is Severity.ERROR for finding in findings):
                return Drawn(b"", findings)
        leads = self._leads(lines)
        y = inner.y + inner.height
        if self.style.valign == "middle":
            y -= (inner.height - (sum(leads) + lines[-1].descent) * size) / 2
        centred = self.style.align == "center"
        scale = number(size)
        parts = [b"BT "]
        for line, lead in zip(lines, leads, strict=True):
            y -= lead * size
            x = inner.x + (inner.width - line.width * size) / 2 if centred else inner.x
            parts.append(b"%b 0 0 %b %.3f %.3f Tm %b\n" % (scale, scale, x, y, line.operators))
        parts.append(b"ET\n")
        return Drawn(b"".join(parts), findings)

    def _barcode(self, label: BarcodeLabel, box: Box) -> Drawn:
        style = self.style.barcode
        symbology = label.symbology or style.symbology
        try:
            bars = encode(symbology, label.value, start=style.start, stop=style.stop)
        except BarcodeValueError as error:
            problem = Finding(rule="label.barcode-value", message=str(error))
            return Drawn(b"", _about(label, (problem,)))
        narrow = max(1, math.floor(style.x * style.dpi / 25.4 + 0.5))
        widths = bars.dots(narrow, style.ratio)
        dot = 72 / style.dpi
        quiet = _quiet_dots(bars, narrow, style)
        needed = (sum(widths) + 2 * quiet) * dot
        if needed > box.width + 0.01:
            problem = Finding(
                rule="label.barcode-too-wide",
                message=f"{label.value}: {symbology} needs a label {needed / MM:.1f} mm wide "
                f"(X {narrow * dot / MM:.3f} mm, ratio {style.ratio:g}, quiet zones "
                f"{quiet * dot / MM:.2f} mm); this one is {box.width / MM:.1f} mm",
                fix="use wider labels, a narrower X or a denser symbology",
            )
            return Drawn(b"", _about(label, (problem,)))
        return self._barcode_block(label, bars, widths, box, style)

    def _barcode_block(
        self,
        label: BarcodeLabel,
        bars: Bars,
        widths: Sequence[int],
        box: Box,
        style: BarcodeStyle,
    ) -> Drawn:
        inner = box.inset(1.2 * MM, min(self.style.padding_y, 1.2) * MM)
        above = [self.plain.line(text) for text in (label.caption, label.title) if text.strip()]
        below = self.plain.line(label.text or human_readable(bars.symbology, bars.value))
        sizes = [_shrunk(line, style.caption_size, inner.width) for line in above]
        below_size = _shrunk(below, style.text_size, inner.width)
        missing = "".join(line.missing for line in (*above, below))
        top = sum(
            size * (line.ascent + line.descent + 0.25)
            for line, size in zip(above, sizes, strict=True)
        )
        bottom = below_size * (below.ascent + below.descent + 0.4)
        dot = 72 / style.dpi
        length = sum(widths) * dot
        room = inner.height - top - bottom
        least = max(0.15 * length, 6.35 * MM)
        height = min(style.height * MM if style.height else min(room, 13 * MM), room)
        findings: list[Finding] = []
        if missing:
            findings.append(_missing("".join(dict.fromkeys(missing))))
        if style.height and style.height * MM > room + 0.01:
            findings.append(_no_height(label, style.height, room, "as asked for"))
        elif not style.height and room < least - 0.01:
            findings.append(_no_height(label, least / MM, room, "15 % of their length or 6.35 mm"))
        if min([*sizes, below_size]) < 5:
            findings.append(
                Finding(
                    rule="label.does-not-fit",
                    message=f"{label.value}: the caption is too long for {box.width / MM:.1f} mm",
                    fix="give a shorter caption",
                )
            )
        found = _about(label, tuple(findings))
        if any(finding.severity is Severity.ERROR for finding in found):
            return Drawn(b"", found)
        y = inner.y + inner.height - (inner.height - top - bottom - height) / 2
        parts = [b"BT "]
        for line, size in zip(above, sizes, strict=True):
            y -= size * line.ascent
            parts.append(_set_line(line, box.x + (box.width - line.width * size) / 2, y, size))
            y -= size * (line.descent + 0.25)
        y -= height
        left = round((box.x + (box.width - length) / 2) / dot)
        base = y - below_size * (0.4 + below.ascent)
        parts.append(
            _set_line(below, box.x + (box.width - below.width * below_size) / 2, base, below_size)
        )
        parts.append(b"ET\n")
        parts.append(_bar_rectangles(widths, left, round(y / dot), round(height / dot), dot))
        return Drawn(b"".join(parts), found)


def _set_line(line: GlyphLine, x: float, y: float, size: float) -> bytes:
    s = number(size)
    return b"%b 0 0 %b %.3f %.3f Tm %b\n" % (s, s, x, y, line.operators)


def _bar_rectangles(
    widths: Sequence[int], left: int, bottom: int, height: int, dot: float
) -> bytes:
    """Return bars as rectangles in whole dots of the device, one unit high in their own space."""
    scale = b"q %.6f 0 0 %.4f 0 %.4f cm\n" % (dot, height * dot, bottom * dot)
    edges = [left, *accumulate(widths, initial=left)][1::2]
    bars = widths[::2]
    rows = (b"%d 0 %d 1 re\n" * len(bars)) % tuple(
        chain.from_iterable(zip(edges, bars, strict=True))
    )
    return scale + rows + b"f Q\n"


def _quiet_dots(bars: Bars, narrow: int, style: BarcodeStyle) -> int:
    dots = bars.quiet * narrow
    if style.quiet is not None:
        return math.ceil(style.quiet * style.dpi / 25.4)
    return math.ceil(dots)


def _shrunk(line: GlyphLine, size: float, width: float) -> float:
    if line.width * size <= width:
        return size
    return math.floor(width / line.width / _STEP) * _STEP


def _no_height(label: BarcodeLabel, wanted: float, room: float, why: str) -> Finding:
    return Finding(
        rule="label.barcode-too-high",
        message=f"{label.value}: the bars should be {wanted:.1f} mm high ({why}); "
        f"there is room for {max(room, 0) / MM:.1f} mm",
        fix="use higher labels, or leave the caption out",
    )


def _missing(characters: str) -> Finding:
    listed = ", ".join(f"{c} (U+{ord(c):04X})" for c in characters)
    return Finding(
        rule="label.missing-glyph",
        message=f"no font has {listed}",
        fix="install a font of that script, or name one",
    )


def _about(label: Label, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings that name the item."""
    return tuple(replace(f, control=f.control or label.name or None) for f in findings)


def _wrapped(text: str, width: float, shaper: Shaper) -> list[GlyphLine]:
    """Return text on as many lines as it takes, broken at blanks."""
    lines: list[str] = []
    for word in text.split():
        if lines and shaper.line(f"{lines[-1]} {word}").width <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [shaper.line(line) for line in lines]
