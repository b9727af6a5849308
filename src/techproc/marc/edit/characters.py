"""Transformations of characters: composition, and the typographic signs that systems trip over."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

from techproc.errors import ConfigError
from techproc.marc.edit.registry import transformation
from techproc.marc.edit.steps import Act, Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.path import FieldPath

__all__ = ["compose", "decompose", "plain_punctuation"]

# What word processors put in the place of the characters on a keyboard. U+02BC and U+02B9 (soft
# sign) are letters of transliteration, and stay.
_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "--", "\u2015": "--",
        "\u2026": "...", "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u200a": " ",
        "\u2002": " ", "\u2003": " ", "\u00ad": None, "\ufeff": None, "\u200b": None,
        "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
    }
)  # fmt: skip


def _everywhere(path: FieldPath | None, change: Callable[[str], str]) -> Act:
    """Return the act that changes the text of the fields of a path, or of all."""
    if path is not None and (path.codes or path.span or path.indicator is not None):
        raise ConfigError(f"{path}: `on` names whole fields here")
    tags = None if path is None else path.matches_tag

    def act(record: WorkingRecord, log: Log) -> int:
        return record.rewrite(tags, change)

    return act


def _normalizer(form: Literal["NFC", "NFD"]) -> Callable[[str], str]:
    def change(text: str) -> str:
        if text.isascii() or unicodedata.is_normalized(form, text):
            return text
        return unicodedata.normalize(form, text)

    return change


@transformation("text.nfc", "Letters and their marks become one character (Unicode NFC).", on=True)
def compose(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Compose the text of the fields of a path, or of all fields."""
    return _everywhere(path, _normalizer("NFC"))


@transformation("text.nfd", "Marks follow their letters as characters (Unicode NFD).", on=True)
def decompose(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Decompose the text of the fields of a path, or of all fields."""
    return _everywhere(path, _normalizer("NFD"))


@transformation(
    "text.plain-punctuation",
    "Typographic quotes, dashes, blanks and ligatures become those of a keyboard.",
    on=True,
)
def plain_punctuation(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Put keyboard characters for typographic ones in the fields of a path, or in all."""

    def change(text: str) -> str:
        return text if text.isascii() else text.translate(_PLAIN)

    return _everywhere(path, change)
