"""HarfBuzz itself: text shaped in one face, and the outlines of glyphs as polygons."""

from __future__ import annotations

from typing import Any, Final

from techproc.labels.fonts import Face

__all__ = ["Contour", "glyph_contours", "shaped"]

Contour = list[tuple[float, float]]

# Ligatures would join figures and letters of call numbers; kerning sets them closer.
_FEATURES: Final = {"kern": True, "liga": False}
_STEPS: Final = 6  # straight pieces that a curve becomes; under a tenth of a dot at label sizes


def shaped(text: str, face: Face, script: str, level: int) -> Any:
    """Return the HarfBuzz buffer of a text in one face, script and direction (odd: leftward)."""
    import uharfbuzz as hb  # noqa: PLC0415  the command line starts without it

    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if level % 2 else "ltr"
    buffer.script = script
    buffer.language = "und"
    hb.shape(face.hb_font, buffer, _FEATURES)
    return buffer


def glyph_contours(font: Any, glyph: int) -> list[Contour]:
    """Return the outline of a glyph as polygons, in units of its face."""
    import uharfbuzz as hb  # noqa: PLC0415

    contours: list[Contour] = []
    pen = hb.DrawFuncs()

    def move(x: float, y: float, _: Any) -> None:
        contours.append([(x, y)])

    def line(x: float, y: float, _: Any) -> None:
        contours[-1].append((x, y))

    def conic(cx: float, cy: float, x: float, y: float, _: Any) -> None:
        x0, y0 = contours[-1][-1]
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
            contours[-1].append((a * x0 + b * cx + c * x, a * y0 + b * cy + c * y))

    def cubic(*points: Any) -> None:
        ax, ay, bx, by, x, y = points[:6]
        x0, y0 = contours[-1][-1]
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            p, q, r, s = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            contours[-1].append(
                (p * x0 + q * ax + r * bx + s * x, p * y0 + q * ay + r * by + s * y)
            )

    pen.set_move_to_func(move)
    pen.set_line_to_func(line)
    pen.set_quadratic_to_func(conic)
    pen.set_cubic_to_func(cubic)
    font.draw_glyph(glyph, pen, None)
    return [contour for contour in contours if len(contour) > 2]
