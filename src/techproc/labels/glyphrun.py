"""One line of glyphs as PDF text operators, with its measures and the text that copies out.

A glyph that stands for characters of its own is named in the font's map to Unicode. Where several
glyphs make a cluster, or one glyph has stood for something else before, the cluster is marked with
the text it is (`/ActualText`), so that copying gives the text back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from techproc.labels.fonts import Face
from techproc.labels.glyphs import shaped
from techproc.labels.pdf import number, text_string

__all__ = ["LineWriter"]


class LineWriter:
    """Collects the runs of one line.

    `used` takes the glyphs of each face with the text they stand for; `name_of` gives a face's
    resource name and `advance` a glyph's width.
    """

    def __init__(
        self,
        used: dict[Face, dict[int, str]],
        name_of: Callable[[Face], bytes],
        advance: Callable[[Face, int], int],
        extents: dict[tuple[Face, int], tuple[int, int]],
    ) -> None:
        self._used = used
        self._name_of = name_of
        self._advance = advance
        self._extents = extents
        self._parts: list[bytes] = []
        self._array: list[bytes] = []
        self._held = ""  # glyphs in hexadecimal with nothing between them
        self._shift = 0.0  # thousandths of an em to go back before the next glyph
        self._rise = 0.0
        self.missing = ""
        self.width = 0.0
        self.ascent = 0.0
        self.descent = 0.0

    def run(self, text: str, face: Face, script: str, level: int) -> None:
        """Add a run of one face, script and direction."""
        buffer = shaped(text, face, script, level)
        self._used.setdefault(face, {})
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        self._parts.append(b"%b 1 Tf " % self._name_of(face))
        clusters = [*sorted({info.cluster for info in infos}), len(text)]
        ends = dict(pairwise(clusters))
        at = 0
        while at < len(infos):
            end = at + 1
            while end < len(infos) and infos[end].cluster == infos[at].cluster:
                end += 1
            start = infos[at].cluster
            stands = text[start : ends[start]]
            glyphs = [info.codepoint for info in infos[at:end]]
            if 0 in glyphs:
                self.missing += stands
            if self._plain(face, glyphs, stands):
                self._show(face, infos[at:end], positions[at:end])
            else:
                self._flush()
                self._parts.append(b"/Span << /ActualText %b >> BDC " % text_string(stands))
                self._show(face, infos[at:end], positions[at:end])
                self._flush()
                self._parts.append(b"EMC ")
            at = end
        self._flush()

    def _plain(self, face: Face, glyphs: Sequence[int], stands: str) -> bool:
        """Return True when the map to Unicode alone gives a cluster's text back."""
        used = self._used[face]
        if len(glyphs) == 1:
            return used.setdefault(glyphs[0], stands) == stands
        font = face.hb_font
        own = len(glyphs) == len(stands) and all(
            font.get_nominal_glyph(ord(character)) == glyph
            and used.get(glyph, character) == character
            for glyph, character in zip(glyphs, stands, strict=True)
        )
        for at, glyph in enumerate(glyphs):
            used.setdefault(glyph, stands[at] if own else "")
        return own

    def _show(self, face: Face, infos: Sequence[Any], positions: Sequence[Any]) -> None:
        unit = 1000 / face.per_em
        for info, position in zip(infos, positions, strict=True):
            glyph = info.codepoint
            rise = position.y_offset * unit
            if rise != self._rise:
                self._flush()
                self._rise = rise
                self._parts.append(b"%b Ts " % number(rise / 1000))
            self._move(position.x_offset * unit)
            self._held += f"{glyph:04X}"
            advance = self._advance(face, glyph)
            self._shift += (position.x_offset + advance - position.x_advance) * unit
            self.width += position.x_advance / face.per_em
            self._reach(face, glyph, position.y_offset)

    def _move(self, forward: float) -> None:
        self._shift -= forward
        if abs(self._shift) > 0.001:
            self._keep()
            self._array.append(number(self._shift))
            self._shift = 0.0

    def _keep(self) -> None:
        if self._held:
            self._array.append(b"<%b>" % self._held.encode("ascii"))
            self._held = ""

    def _flush(self) -> None:
        self._move(0.0)
        self._keep()
        if self._array:
            self._parts.append(b"[%b] TJ " % b"".join(self._array))
            self._array = []

    def _reach(self, face: Face, glyph: int, rise: int) -> None:
        """Take the ink of a glyph into the height and depth of the line."""
        if (face, glyph) not in self._extents:
            ink = face.hb_font.get_glyph_extents(glyph)
            tall = (ink.y_bearing, ink.y_bearing + ink.height) if ink else (0, 0)
            self._extents[face, glyph] = tall
        top, bottom = self._extents[face, glyph]
        self.ascent = max(self.ascent, (top + rise) / face.per_em)
        self.descent = max(self.descent, -(bottom + rise) / face.per_em)

    def operators(self) -> bytes:
        """Return what draws the line, the text state as it was before."""
        return b"".join([*self._parts, b"0 Ts "] if self._rise else self._parts)
