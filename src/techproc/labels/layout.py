"""Labels laid out in their boxes: which lines, how large, where; or why they do not fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from techproc.findings import Finding, Severity
from techproc.labels.barlayout import lay_out_barcode, missing_glyphs
from techproc.labels.fonts import FontSet
from techproc.labels.items import (
    BarcodeLabel,
    CardFace,
    Label,
    SpineLabel,
    TextLabel,
    Unprintable,
    called,
)
from techproc.labels.marks import Box, Drawn, Mark, PlacedLine, within
from techproc.labels.pdf import MM
from techproc.labels.profiles import Profile
from techproc.labels.shaping import CAP_HEIGHT, GlyphLine, Shaper
from techproc.labels.splitting import additions, split_label
from techproc.labels.stock import Stock
from techproc.labels.style import LabelStyle
from techproc.labels.wrapping import wrap

__all__ = ["Painter"]

_STEP = 0.25  # sizes are rounded down to quarter points, so that neighbours look alike
_GAP = 0.08  # ems of white between the ink of two lines at least


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
            drawn = lay_out_barcode(label, box, self.style, self.plain)
            drawn = replace(drawn, findings=_about(label, drawn.findings))
        elif isinstance(label, CardFace):
            drawn = self._card(label, box)
        elif isinstance(label, Unprintable):
            drawn = Drawn((), _about(label, (label.finding,)))
        else:
            drawn = self._text(label, box)
        return drawn

    def _set(self, label: SpineLabel, box: Box, stock: Stock) -> Drawn:
        marks: list[Mark] = []
        findings: list[Finding] = []
        for region in stock.regions:
            inner = within(box, region)
            spine = region.use == "spine"
            drawn = self._spine(label, inner) if spine else self._pocket(label, inner)
            marks += drawn.marks
            findings += drawn.findings
        return Drawn(tuple(marks), tuple(findings))

    def _spine(self, label: SpineLabel, box: Box) -> Drawn:
        style = self.style
        inner = self._inner(box)
        parts = split_label(label, style.profile, profiles=self.profiles)
        if not parts.lines:
            return Drawn((), _about(label, parts.findings))
        lines, leads = self._set_lines(parts.lines, self.spine)
        size = self._size(lines, leads, inner, style.size)
        findings = parts.findings
        if size < style.floor:
            room = inner.height / style.floor - CAP_HEIGHT
            parts = split_label(
                label,
                style.profile,
                profiles=self.profiles,
                max_width=inner.width / style.floor,
                max_lines=max(1, int(room / style.leading) + 1),
                measure=self.spine.width,
            )
            lines, leads = self._set_lines(parts.lines, self.spine)
            size = self._size(lines, leads, inner, style.size)
            findings = tuple(f for f in parts.findings if f.severity is not Severity.ERROR)
            if size < style.floor:
                findings = (self._too_large(label.call_number, lines, leads, box),)
        return self._block(
            label, lines, leads, inner, size=size, findings=findings, shaper=self.spine
        )

    def _pocket(self, label: SpineLabel, box: Box) -> Drawn:
        number_line = " ".join(
            text
            for text in (
                label.prefix,
                label.call_number,
                *additions(label.call_number, label.enumeration, label.year, label.copy),
                label.suffix,
            )
            if text
        )
        texts = [text for text in (number_line, label.author, label.title) if text.strip()]
        return self._lines(label, texts, box, self.plain, min(self.style.size, 9.0), breaks=True)

    def _card(self, face: CardFace, box: Box) -> Drawn:
        look = self.style.card
        starts = (look.left, *look.indentions)
        top = box.y + box.height - look.top * MM
        placed: list[PlacedLine] = []
        for text, indention, down in face.lines:
            line = self.plain.line(text)
            spare = box.width - line.width * look.size
            x = box.x + (spare / 2 if indention < 0 else starts[indention] * MM)
            placed.append(PlacedLine(line, x, top - down * look.size, look.size, self.plain))
        if missing := "".join(mark.line.missing for mark in placed):
            return Drawn((), _about(face, (missing_glyphs(missing),)))
        return Drawn(tuple(placed))

    def _text(self, label: TextLabel, box: Box) -> Drawn:
        texts = [text for text in label.lines if text.strip()]
        if not texts:
            problem = Finding(rule="label.empty", message="the label has no text")
            return Drawn((), _about(label, (problem,)))
        return self._lines(label, texts, box, self.spine, self.style.size, breaks=False)

    def _lines(
        self, label: Label, texts: list[str], box: Box, shaper: Shaper, size: float, *, breaks: bool
    ) -> Drawn:
        inner = self._inner(box)
        lines, leads = self._set_lines(texts, shaper)
        fitting = self._size(lines, leads, inner, size)
        if fitting < self.style.floor and breaks:
            width = inner.width / self.style.floor
            pieces = [piece for text in texts for piece in wrap(text, width, width, shaper.width)]
            lines, leads = self._set_lines(pieces, shaper)
            fitting = self._size(lines, leads, inner, size)
        findings: tuple[Finding, ...] = ()
        if fitting < self.style.floor:
            findings = (self._too_large(" / ".join(texts), lines, leads, box),)
        return self._block(
            label, lines, leads, inner, size=fitting, findings=findings, shaper=shaper
        )

    def _inner(self, box: Box) -> Box:
        return box.inset(self.style.padding_x * MM, self.style.padding_y * MM)

    def _set_lines(
        self, texts: Sequence[str], shaper: Shaper
    ) -> tuple[list[GlyphLine], list[float]]:
        """Return texts as lines of glyphs, and the distance of each from the one above."""
        lines = [shaper.line(text) for text in texts]
        return lines, self._leads(lines)

    def _size(
        self, lines: Sequence[GlyphLine], leads: Sequence[float], inner: Box, largest: float
    ) -> float:
        """Return the size at which lines fill the box at most, rounded down to quarter points."""
        widest = max([line.width for line in lines])
        height = sum(leads) + lines[-1].descent
        size = min(inner.width / widest if widest else largest, inner.height / height)
        return largest if size >= largest else math.floor(size / _STEP) * _STEP

    def _leads(self, lines: Sequence[GlyphLine]) -> list[float]:
        """Return the distance of each baseline from the one above, in ems; marks never collide.

        The first is the height of the first line.
        """
        leading = self.style.leading
        deepest = max([line.descent for line in lines])
        if deepest + max([line.ascent for line in lines]) + _GAP <= leading:
            return [lines[0].ascent, *[leading] * (len(lines) - 1)]
        leads = [lines[0].ascent]
        for above, below in pairwise(lines):
            needed = above.descent + below.ascent + _GAP
            leads.append(leading if leading >= needed else needed)
        return leads

    def _too_large(
        self, what: str, lines: Sequence[GlyphLine], leads: Sequence[float], box: Box
    ) -> Finding:
        floor = self.style.floor
        wide = max(line.width for line in lines) * floor / MM + 2 * self.style.padding_x
        high = (sum(leads) + lines[-1].descent) * floor / MM + 2 * self.style.padding_y
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
        leads: Sequence[float],
        inner: Box,
        *,
        size: float,
        findings: tuple[Finding, ...],
        shaper: Shaper,
    ) -> Drawn:
        """Return lines set as one block in a box."""
        missing = "".join([line.missing for line in lines])
        if missing:
            findings = (*findings, missing_glyphs(missing))
        if findings:
            findings = _about(label, findings)
            if any(finding.severity is Severity.ERROR for finding in findings):
                return Drawn((), findings)
        y = inner.y + inner.height
        if self.style.valign == "middle":
            y -= (inner.height - (sum(leads) + lines[-1].descent) * size) / 2
        centred = self.style.align == "center"
        placed = []
        for line, lead in zip(lines, leads, strict=True):
            y -= lead * size
            x = inner.x + (inner.width - line.width * size) / 2 if centred else inner.x
            placed.append(PlacedLine(line, x, y, size, shaper))
        return Drawn(tuple(placed), findings)


def _about(label: Label, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings that name the item."""
    return tuple(replace(f, control=f.control or called(label)) for f in findings)
