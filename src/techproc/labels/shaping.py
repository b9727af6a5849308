"""A line of text as glyphs: bidirectional order, a font for each script, HarfBuzz, PDF operators.

Glyph lines are in ems, whatever the size they are printed at, so that each text is shaped once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from techproc.labels.bidi import base_level, visual_runs
from techproc.labels.fonts import Face, FontSet, script_of
from techproc.labels.glyphrun import LineWriter
from techproc.labels.glyphs import Contour, glyph_contours, shaped
from techproc.labels.pdf import number

__all__ = ["CAP_HEIGHT", "Contour", "GlyphLine", "Shaper"]

CAP_HEIGHT: Final = 0.714  # of Noto Sans, in ems; what a line of capitals and digits takes
_DESCENDING: Final = frozenset("gjpqyQ,;()[]{}|_/$@")
_DESCENT: Final = 0.24
_REMEMBERED: Final = 20_000  # shaped lines kept; forgotten together, so that memory stays flat


@dataclass(frozen=True, slots=True)
class GlyphLine:
    """A shaped line: width, height above and depth below the baseline, in ems.

    `operators` draws it with the text matrix at its left end and a size of one; `missing` lists
    the characters that no font has.
    """

    text: str
    width: float
    ascent: float
    descent: float
    operators: bytes
    missing: str = ""


class Shaper:
    """Shapes lines for one document and remembers which glyphs it has used."""

    def __init__(self, fonts: FontSet | None = None, prefix: str = "F") -> None:
        self.fonts = fonts or FontSet()
        self._prefix = prefix.encode("ascii")
        self.used: dict[Face, dict[int, str]] = {}  # glyph → the text it stands for
        self._lines: dict[str, GlyphLine] = {}
        self._advances: dict[tuple[Face, int], int] = {}
        self._extents: dict[tuple[Face, int], tuple[int, int]] = {}
        self._pairs: dict[str, tuple[str, int]] = {}  # two ASCII characters → hexadecimal, advance

    def line(self, text: str) -> GlyphLine:
        """Return a line of text as glyphs; nothing is left out but what `missing` names."""
        found = self._lines.get(text)
        if found is None:
            if len(self._lines) >= _REMEMBERED:
                self._lines.clear()
            found = self._lines[text] = self._shape(text)
        return found

    def width(self, text: str) -> float:
        """Return the width of a line in ems."""
        return self.line(text).width

    def name_of(self, face: Face) -> bytes:
        """Return the resource name of a face in this document: /F1, /F2, …"""
        return b"/%b%d" % (self._prefix, list(self.used).index(face) + 1)

    def advance(self, face: Face, glyph: int) -> int:
        """Return the advance width of a glyph in units of its face."""
        key = (face, glyph)
        if key not in self._advances:
            self._advances[key] = face.hb_font.get_glyph_h_advance(glyph)
        return self._advances[key]

    def _shape(self, text: str) -> GlyphLine:
        if self.fonts.simple_ascii and text.isascii() and text.isprintable():
            return self._ascii(text)
        writer = self.writer()
        text = unicodedata.normalize("NFC", text)
        for piece, face, script, level in self._pieces(text):
            if face is None:
                writer.missing += piece
            else:
                writer.run(piece, face, script, level)
        deep = _DESCENT if not _DESCENDING.isdisjoint(text) else 0.0
        return GlyphLine(
            text,
            writer.width,
            max(CAP_HEIGHT, writer.ascent),
            max(deep, writer.descent),
            writer.operators(),
            writer.missing,
        )

    def writer(self) -> LineWriter:
        """Return what collects a line's operators for this document."""
        return LineWriter(self.used, self.name_of, self.advance, self._extents)

    def _pieces(self, text: str) -> Iterator[tuple[str, Face | None, str, int]]:
        """Yield a line in pieces of one face, script and direction, in the order they are drawn."""
        if text.isascii():
            yield text, self.fonts.default, "Latn", 0
            return
        for start, end, level in visual_runs(text, base_level(text)):
            pieces = self._itemised(text[start:end])
            for piece, face, script in reversed(pieces) if level % 2 else pieces:
                yield piece, face, script, level

    def outlines(self, text: str) -> Iterator[list[Contour]]:
        """Yield the outlines of each glyph of a line, in ems from the left end of its baseline."""
        pen = 0.0
        for piece, face, script, level in self._pieces(unicodedata.normalize("NFC", text)):
            if face is None:
                continue
            unit = 1 / face.per_em
            buffer = shaped(piece, face, script, level)
            for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
                x, y = pen + at.x_offset * unit, at.y_offset * unit
                contours = glyph_contours(face.hb_font, info.codepoint)
                yield [[(x + a * unit, y + b * unit) for a, b in c] for c in contours]
                pen += at.x_advance * unit

    def _ascii(self, text: str) -> GlyphLine:
        """Return a line of ASCII in the package's face.

        That face does nothing with ASCII but kern pairs, so what HarfBuzz says of each pair is
        remembered and put together; a test holds the result against shaping the whole line.
        """
        face = self.fonts.default
        pairs = self._pairs
        known = [pairs.get(a + b) or self._pair(a + b) for a, b in pairwise(text + "\0")]
        code = "".join([drawn for drawn, _ in known])
        width = sum([advance for _, advance in known])
        operators = f"{self.name_of(face).decode()} 1 Tf [<{code}>] TJ ".encode("ascii")
        deep = 0.0 if _DESCENDING.isdisjoint(text) else _DESCENT
        return GlyphLine(text, width / face.per_em, CAP_HEIGHT, deep, operators)

    def _pair(self, pair: str) -> tuple[str, int]:
        """Return the first of two characters as operators, and its advance before the second."""
        face = self.fonts.default
        buffer = shaped(pair.rstrip("\0"), face, "Latn", 0)
        glyph = buffer.glyph_infos[0].codepoint
        self.used.setdefault(face, {}).setdefault(glyph, pair[0])
        advance = buffer.glyph_positions[0].x_advance
        back = (self.advance(face, glyph) - advance) * 1000 / face.per_em
        code = f"{glyph:04X}"
        drawn = f"{code}>{number(back).decode()}<" if back else code
        self._pairs[pair] = drawn, advance
        return drawn, advance

    def _itemised(self, text: str) -> list[tuple[str, Face | None, str]]:
        """Return a run in pieces of one face and one script; marks stay with their base."""
        pieces: list[tuple[str, Face | None, str]] = []
        context = _han_context(text)
        script = next((s for s in map(script_of, text) if s not in ("Zyyy", "Zinh")), "Latn")
        for character in text:
            own = script_of(character)
            if own not in ("Zyyy", "Zinh"):
                script = own
            if pieces:
                _, face, last = pieces[-1]
                joins = own in ("Zyyy", "Zinh") or script == last
                if joins and face is not None and ord(character) in face.covered:
                    pieces[-1] = (pieces[-1][0] + character, face, last)
                    continue
            if unicodedata.category(character) == "Cf":
                continue  # a direction mark has done its work by now
            wanted = context if script in ("Hani", "Zyyy") else script
            face = self.fonts.face_for(character, wanted)
            if pieces and own == "Zinh" and face is not None:
                # A mark that the base's face lacks: base and mark move to a face with both.
                base, _, last = pieces[-1]
                if all(ord(c) in face.covered for c in base[-1:]):
                    pieces[-1] = (base[:-1], pieces[-1][1], last)
                    pieces.append((base[-1] + character, face, last))
                    continue
            pieces.append((character, face, script))
        return [piece for piece in pieces if piece[0]]


def _han_context(text: str) -> str:
    """Return the script whose forms Han characters take: that of the kana or hangul beside them."""
    scripts = {script_of(character) for character in text}
    for script in ("Hira", "Kana", "Hang", "Bopo"):
        if script in scripts:
            return script
    return "Hani"
