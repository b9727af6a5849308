"""Fields as a recipe writes them: `655 #7 $aElectronic books.$2lcgft`, with `{245$a}` filled in.

Between braces stands a field path, a parameter of the recipe, `value` (what `from` gives) or a
mnemonic of MARCMaker for a reserved character ({dollar}, {lcub}, {rcub}). After a bar comes what
is done with the text: trim (ISBD punctuation off its end), lower, upper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import pymarc
from pymarc.field import Field, Indicators, Subfield

from techproc.errors import ConfigError
from techproc.marc.fielddiff import field_text
from techproc.marc.mnemonics import expand
from techproc.marc.path import FieldPath
from techproc.marc.scanned import build_field
from techproc.text import strip_isbd

__all__ = ["FieldTemplate", "TextTemplate", "parse_subfields"]

Filler: TypeAlias = Callable[[pymarc.Record, str], str]

_FIELD = re.compile(r"([0-9A-Za-z]{3})(?: ([0-9a-z#_ \\]{2}) ?(\$.*)| (.*))", re.DOTALL)
_NOTHING = pymarc.Record()
_PIECE = re.compile(r"\{([^{}]*)\}")
_SUBFIELD = re.compile(r"\$([!-~])((?:[^$]|\$(?=[^{]*\}))*)", re.DOTALL)
_CHANGES: Mapping[str, Callable[[str], str]] = {
    "trim": strip_isbd,
    "lower": str.lower,
    "upper": str.upper,
}


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A text with places to fill in."""

    text: str
    pieces: tuple[str | Filler, ...]
    filled: bool  # there is something to fill in

    @classmethod
    def parse(cls, text: str, parameters: Mapping[str, str]) -> TextTemplate:
        """Return the template that `text` writes; raises ConfigError for what is not understood."""
        pieces: list[str | Filler] = []
        at = 0
        for match in _PIECE.finditer(text):
            if match.start() > at:
                pieces.append(text[at : match.start()])
            pieces.append(_filler(match[1], parameters))
            at = match.end()
        if at < len(text):
            pieces.append(text[at:])
        rest = _PIECE.sub("", text)
        if "{" in rest or "}" in rest:
            raise ConfigError(f"{text!r}: a brace is not closed; {{lcub}} writes one")
        joined = tuple(_joined(pieces))
        return cls(text, joined, any(not isinstance(piece, str) for piece in joined))

    def render(self, record: pymarc.Record, value: str = "") -> str | None:
        """Return the text; None when it has places to fill in and there is nothing for any."""
        if not self.filled:
            return self.pieces[0] if self.pieces else ""  # type: ignore[return-value]
        said = [p if isinstance(p, str) else p(record, value) for p in self.pieces]
        there = [s for s, p in zip(said, self.pieces, strict=True) if not isinstance(p, str)]
        return "".join(said) if any(there) else None


def _joined(pieces: list[str | Filler]) -> list[str | Filler]:
    joined: list[str | Filler] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _filler(text: str, parameters: Mapping[str, str]) -> str | Filler:
    name, _, changes = text.partition("|")
    name = name.strip()
    change = [_change(c.strip(), text) for c in changes.split("|")] if changes else []

    def changed(found: str) -> str:
        for each in change:
            found = each(found)
        return found

    if name in parameters:
        return changed(parameters[name])
    if name == "value":
        return lambda record, value: changed(value)
    mnemonic, _ = expand(f"{{{name}}}")
    if mnemonic != f"{{{name}}}":
        return mnemonic
    try:
        path = FieldPath.parse(name)
    except ConfigError as error:
        known = ", ".join(["value", *parameters])
        raise ConfigError(f"{{{text}}} is no field path, and none of {known}: {error}") from None
    return lambda record, value: changed(path.first(record) or "")


def _change(name: str, text: str) -> Callable[[str], str]:
    if name not in _CHANGES:
        raise ConfigError(f"{{{text}}}: {name!r} is none of {', '.join(_CHANGES)}")
    return _CHANGES[name]


def parse_subfields(
    text: str, parameters: Mapping[str, str]
) -> tuple[tuple[str, TextTemplate], ...]:
    """Return codes and templates of `$aText$bText`; raises ConfigError for anything else."""
    found = list(_SUBFIELD.finditer(text))
    if not found or "".join(match[0] for match in found) != text:
        raise ConfigError(f"{text!r}: subfields are written $aText; {{dollar}} is a dollar sign")
    return tuple((match[1], TextTemplate.parse(match[2], parameters)) for match in found)


@dataclass(frozen=True, slots=True)
class FieldTemplate:
    """A whole field to be made.

    >>> template = FieldTemplate.parse("655 #7 $aElectronic books.$2lcgft", {})
    >>> print(template.make(pymarc.Record()))
    =655  \\7$aElectronic books.$2lcgft
    """

    tag: str
    indicators: str
    subfields: tuple[tuple[str, TextTemplate], ...]
    data: TextTemplate | None = None
    constant: str | None = None  # the field's text, where there is nothing to fill in

    @classmethod
    def parse(cls, text: str, parameters: Mapping[str, str]) -> FieldTemplate:
        """Return the template that `text` writes; raises ConfigError for what is not understood."""
        match = _FIELD.fullmatch(text)
        if match is None or (match[1].startswith("00")) != (match[3] is None):
            raise ConfigError(
                f"{text!r}: a field is written 655 #7 $aText$2lcgft (# is a blank indicator), "
                "a control field 006 and its text"
            )
        if match[3] is None:
            data = TextTemplate.parse(match[4], parameters)
            return cls(match[1], "", (), data, None if data.filled else data.render(_NOTHING))
        indicators = re.sub(r"[#_\\]", " ", match[2])
        subfields = parse_subfields(match[3], parameters)
        made = cls(match[1], indicators, subfields)
        if any(text.filled for _, text in subfields):
            return made
        field = made.make(_NOTHING)
        if field is None:
            raise ConfigError(f"{text!r}: a field without text")
        return replace(made, constant=field_text(field))

    def make(self, record: pymarc.Record, value: str = "") -> Field | None:
        """Return the field; None when it has places to fill in and there is nothing for any.

        A subfield for which there is nothing is left out.
        """
        if self.constant is not None:
            return build_field(self.tag, self.constant)
        field = Field(self.tag)
        if self.data is not None:
            data = self.data.render(record, value)
            field.control_field, field.data = True, data
            return None if data is None else field
        said = [(code, text.render(record, value)) for code, text in self.subfields]
        filled = [text.filled for _, text in self.subfields]
        if any(filled) and not any(
            text for (_, text), is_filled in zip(said, filled, strict=True) if is_filled
        ):
            return None
        field.indicators = Indicators(*self.indicators)
        field.subfields = [Subfield(code, text) for code, text in said if text]
        return field if field.subfields else None
