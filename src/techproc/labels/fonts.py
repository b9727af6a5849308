"""Fonts: the one that comes with the package, and those of the system for other scripts.

A character is set in the first font that has it: the package's Noto Sans (Latin, Greek, Cyrillic),
then a font of the character's script, then any font of the system that has it at all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from techproc.errors import LabelError

__all__ = ["Face", "FontSet", "font_folders", "script_of"]

_SUFFIXES: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})
# Faces of the big CJK collections by what the line is written in.
_CJK: Final = (
    "NotoSansCJK",
    "NotoSansCJKjp",
    "SourceHanSans",
    "NotoSerifCJK",
    "wqy-microhei",
    "PingFang",
    "msyh",
    "YuGothic",
    "malgun",
)
_CJK_INDEX: Final = {"Hang": 1, "Kore": 1, "Hira": 0, "Kana": 0, "Jpan": 0, "Bopo": 3, "Hani": 2}
_OTHERS: Final = {
    "Arab": ("NotoNaskhArabic", "Amiri", "DejaVuSans", "arial"),
    "Hebr": ("DejaVuSans", "arial"),
    "Deva": ("NotoSerifDevanagari", "Lohit-Devanagari", "Nirmala"),
    "Thai": ("NotoLoopedThai", "Garuda", "LeelawUI"),
    "Zyyy": ("NotoSansSymbols", "NotoSansSymbols2", "NotoSansMath", "DejaVuSans"),
}


@lru_cache(maxsize=65536)
def script_of(character: str) -> str:
    """Return the ISO 15924 code of a character's script.

    >>> script_of("ж"), script_of("あ"), script_of(".")
    ('Cyrl', 'Hira', 'Zyyy')
    """
    if character.isascii():
        return "Latn" if character.isalpha() else "Zyyy"
    from fontTools.unicodedata import script  # noqa: PLC0415  only other scripts pay for it

    return str(script(character))


def font_folders() -> list[Path]:
    """Return the folders where this system keeps its fonts, those that exist."""
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    named = {
        "darwin": ["/System/Library/Fonts", "/Library/Fonts", str(home / "Library/Fonts")],
        "win32": [str(Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts")],
    }.get(sys.platform, ["/usr/share/fonts", "/usr/local/share/fonts", str(home / ".fonts")])
    return [folder for folder in (*map(Path, named), data / "fonts") if folder.is_dir()]


class Face:
    """One face of a font file, with the HarfBuzz objects made when they are first needed."""

    def __init__(self, path: str | Path, index: int = 0, *, weight: int = 400) -> None:
        self.path = Path(path)
        self.index = index
        self.weight = weight

    @cached_property
    def hb_face(self) -> Any:
        """The HarfBuzz face; raises LabelError for a file that is no font."""
        import uharfbuzz as hb  # noqa: PLC0415  the command line starts without it

        try:
            face = hb.Face(hb.Blob.from_file_path(str(self.path)), self.index)
        except (OSError, hb.HarfBuzzError) as error:
            raise LabelError(f"{self.path}: cannot be read as a font: {error}") from error
        if face.glyph_count == 0:
            raise LabelError(f"{self.path}: it holds no font that can be read")
        return face

    @cached_property
    def hb_font(self) -> Any:
        """The HarfBuzz font, in units of the face; a variable font is set to the weight."""
        import uharfbuzz as hb  # noqa: PLC0415

        font = hb.Font(self.hb_face)
        if self.variable:
            font.set_variations({"wght": float(self.weight)})
        return font

    @cached_property
    def variable(self) -> bool:
        """Whether the weight is chosen on an axis."""
        return any(axis.tag == "wght" for axis in self.hb_face.axis_infos)

    @cached_property
    def covered(self) -> frozenset[int]:
        """The code points that the face has glyphs for."""
        return frozenset(self.hb_face.unicodes)

    @cached_property
    def scalable(self) -> bool:
        """Whether the face has outlines that a PDF can hold."""
        return bool({"glyf", "CFF "} & set(self.hb_face.table_tags))

    @cached_property
    def per_em(self) -> int:
        """The units of an em."""
        return int(self.hb_face.upem)

    def __repr__(self) -> str:
        return f"Face({self.path.name!r}, {self.index})"


class FontSet:
    """The fonts that text is set in: the default face and, for what it lacks, others.

    `paths` are font files that come before the system's; `folders` where to look for more
    (None: the system's). `bold` chooses the weight, of fallback faces too where there is one.
    """

    def __init__(
        self,
        *,
        bold: bool = True,
        paths: Sequence[str | Path] = (),
        folders: Sequence[Path] | None = None,
    ) -> None:
        self.bold = bold
        self._weight = 700 if bold else 400
        self._folders = folders
        self._named = [self._given(path) for path in paths]
        self.default = self._named[0] if self._named else _package_face(bold)
        self.faces: list[Face] = [*self._named, _package_face(bold)]
        self._chosen: dict[tuple[str, str], Face | None] = {}
        # Only of the package's own face is it known that ASCII is kerned and nothing else.
        self.simple_ascii = not self._named

    def _given(self, path: str | Path) -> Face:
        if not Path(path).is_file():
            raise LabelError(f"{path}: there is no such font file")
        face = Face(path, weight=self._weight)
        if not face.scalable:
            raise LabelError(
                f"{path}: the font has no outlines; choose a .ttf, .otf or .ttc that has"
            )
        return face

    def face_for(self, character: str, script: str = "") -> Face | None:
        """Return the face that has a character, or None when no font has it.

        `script` is that of the text around, which chooses the form of Han characters.
        """
        point = ord(character)
        for face in self.faces[: len(self._named) + 1]:
            if point in face.covered:
                return face
        key = (character, script)
        if key not in self._chosen:
            self._chosen[key] = self._search(point, script or script_of(character))
        return self._chosen[key]

    def _search(self, point: int, script: str) -> Face | None:
        for face in self._candidates(script):
            if face.scalable and point in face.covered:
                if face not in self.faces:
                    self.faces.append(face)
                return face
        return None

    def _candidates(self, script: str) -> Iterator[Face]:
        yield from self._script_faces(script)
        yield from self._script_faces("Zyyy")
        for paths in self._files.values():
            for path in paths:
                try:
                    face = self._face(path, 0)
                    face.hb_face  # noqa: B018  a damaged font of the system is passed over
                except LabelError:
                    continue
                yield face

    def _script_faces(self, script: str) -> Iterator[Face]:
        from fontTools.unicodedata import script_name  # noqa: PLC0415

        cjk = script in _CJK_INDEX
        name = script_name(script, default="").replace("_", "")
        stems = _CJK if cjk else (f"NotoSans{name}", f"NotoSerif{name}", *_OTHERS.get(script, ()))
        weights = ("-Bold", "-Regular", "") if self.bold else ("-Regular", "", "-Bold")
        for stem in stems:
            for weight in weights:
                for path in self._files.get(f"{stem}{weight}".casefold(), ()):
                    collection = path.suffix.lower() in (".ttc", ".otc")
                    yield self._face(path, _CJK_INDEX[script] if cjk and collection else 0)

    def _face(self, path: Path, index: int) -> Face:
        key = (path, index)
        if key not in self._made:
            self._made[key] = Face(path, index, weight=self._weight)
        return self._made[key]

    @cached_property
    def _made(self) -> dict[tuple[Path, int], Face]:
        return {}

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """The font files of the folders by their names, in an order that is always the same."""
        found: dict[str, list[Path]] = {}
        folders = font_folders() if self._folders is None else self._folders
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.suffix.lower() in _SUFFIXES:
                    found.setdefault(path.stem.casefold(), []).append(path)
        return found


@lru_cache(maxsize=2)
def _package_face(bold: bool) -> Face:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    with as_file(files("techproc.labels").joinpath("typefaces", name)) as path:
        face = Face(path, weight=700 if bold else 400)
        face.hb_face  # noqa: B018  read while the file is there, zipped packages included
    return face
