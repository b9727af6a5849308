"""The grammar of field paths and of `--where` expressions: text in, plain parts out."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

from techproc.errors import ConfigError

__all__ = ["Comparison", "PathParts", "Scanner", "scan_path"]

TAG = re.compile(r"LDR|[0-9A-Za-z.]{3}")
# Letters are rare indicators; after a blank they would be the next word of an expression.
INDICATORS = re.compile(r"[0-9a-z_#\\]{2}(?![0-9A-Za-z])|[ ]+[0-9_#\\]{2}(?![0-9A-Za-z])")
CODES = re.compile(r"[ ]*\$((?:[0-9A-Za-z*]-[0-9A-Za-z]|[0-9A-Za-z*])+)")
RANGE = re.compile(r"/(\d{1,4})(?:-(\d{1,4}))?")
OPERATOR = re.compile(r"[ ]*(!=|\^=|<=|>=|!~|=|~|<|>)[ ]*")
BARE_IN_EXPRESSION = re.compile(r"(?:(?!\s+(?:and|or)\b)[^()])*")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
OCCURRENCE = re.compile(r"\[(\d+|last)\]")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator and what stands on its right."""

    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class PathParts:
    """One path as it was written; `None` where a part was not given."""

    tag: str
    indicators: str | None = None
    codes: str | None = None
    indicator: int | None = None  # @1 or @2: the value is that indicator; 0: both
    span: tuple[int, int] | None = None  # first position and the one after the last
    comparison: Comparison | None = None
    conditions: tuple[tuple[bool, PathParts], ...] = ()  # (negated, path within the field)
    occurrence: int | None = None  # 1-based; -1 is the last
    subfield_occurrence: int | None = None


class Scanner:
    """A text and a place in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tags: list[str] = []  # of the paths read so far

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the match of `pattern` here and step over it, or None."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def skip(self) -> None:
        """Step over blanks."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def peek(self, text: str) -> bool:
        """Return True when `text` stands here."""
        return self.text.startswith(text, self.at)

    @property
    def done(self) -> bool:
        """True at the end of the text."""
        return self.at >= len(self.text)

    def error(self, problem: str) -> ConfigError:
        """Return the error for a problem at this place, with the place shown."""
        here = f"at its end after {self.text!r}" if self.done else f"at {self.text[self.at :]!r}"
        return ConfigError(f"field path {self.text!r}: {problem}, {here} (position {self.at + 1})")


def scan_path(scanner: Scanner, *, whole: bool) -> PathParts:
    """Read a path from where `scanner` stands.

    `whole`: the path is all of the text, so that an unquoted value runs to the end; otherwise it
    ends before ` and `, ` or ` or a parenthesis.

    Raises ConfigError with the place of the mistake.
    """
    scanner.skip()
    tag = scanner.take(TAG)
    if not tag:
        raise scanner.error("a path begins with a tag of three characters (245, 6XX) or LDR")
    scanner.tags.append(tag.group())
    indicators = scanner.take(INDICATORS)

    def bare() -> str:
        if whole:
            start, scanner.at = scanner.at, len(scanner.text)
            return scanner.text[start:]
        match = scanner.take(BARE_IN_EXPRESSION)
        return match.group().strip() if match else ""

    parts = _scan_rest(scanner, tag.group(), bare)
    if indicators:
        if tag.group() == "LDR" or tag.group().startswith("00"):
            raise scanner.error(f"{tag.group()} has no indicators")
        text = indicators.group().strip().replace("\\", "#")
        parts = replace(parts, indicators=text)
    if whole:
        scanner.skip()
        if not scanner.done:
            raise scanner.error(
                "expected indicators, $ and subfield codes, / and positions, [a condition] "
                "or a comparison (=, !=, ^=, ~, !~, <, >, <=, >=)"
            )
    return parts


def _scan_rest(scanner: Scanner, tag: str, bare: Callable[[], str]) -> PathParts:
    """Read what follows a tag and its indicators."""
    conditions: list[tuple[bool, PathParts]] = []
    occurrence = _scan_brackets(scanner, conditions)
    codes = indicator = subfield_occurrence = None
    controlled = tag == "LDR" or tag.startswith("00")
    if (match := scanner.take(CODES)) is not None:
        if controlled:
            raise scanner.error(f"{tag} has no subfields")
        codes = _expand(match.group(1))
        while (more := scanner.take(CODES)) is not None:  # $a$b is $ab
            codes += _expand(more.group(1))
        subfield_occurrence = _scan_brackets(scanner, conditions)
    elif scanner.peek("$"):
        scanner.at += 1
        raise scanner.error("subfield codes are expected after $")
    elif scanner.peek("@"):
        scanner.at += 1
        indicator = 0
        if scanner.peek("1") or scanner.peek("2"):
            indicator = int(scanner.text[scanner.at])
            scanner.at += 1
        if controlled:
            raise scanner.error(f"{tag} has no indicators")
    return PathParts(
        tag=tag,
        codes=codes,
        indicator=indicator,
        span=_scan_span(scanner),
        comparison=_scan_comparison(scanner, bare),
        conditions=tuple(conditions),
        occurrence=occurrence,
        subfield_occurrence=subfield_occurrence,
    )


def _expand(codes: str) -> str:
    """Return the codes with ranges spelt out; `*` alone stands for every code."""
    if "*" in codes:
        return "*"
    ranges = re.compile(r"(.)-(.)")
    return ranges.sub(
        lambda m: "".join(chr(c) for c in range(ord(m.group(1)), ord(m.group(2)) + 1)), codes
    )


def _scan_span(scanner: Scanner) -> tuple[int, int] | None:
    match = scanner.take(RANGE)
    if match is None:
        if scanner.peek("/"):
            scanner.at += 1
            raise scanner.error("positions such as 07 or 35-37 are expected after /")
        return None
    first = int(match.group(1))
    last = int(match.group(2) or first)
    if last < first:
        raise scanner.error(f"positions {first}-{last} run backwards")
    return first, last + 1


def _scan_comparison(scanner: Scanner, bare: Callable[[], str]) -> Comparison | None:
    match = scanner.take(OPERATOR)
    if match is None:
        return None
    operator = match.group(1)
    quoted = scanner.take(QUOTED)
    if quoted:
        value = quoted.group(1) if quoted.group(1) is not None else quoted.group(2)
        value = value.replace('\\"', '"').replace("\\'", "'")
    elif scanner.peek('"'):
        raise scanner.error("a quotation mark is not closed")
    else:
        value = bare()
    if operator in ("~", "!~"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # "possible nested set" and the like
                re.compile(value)
        except (re.error, OverflowError, RecursionError) as error:
            raise scanner.error(f"{value!r} is not a regular expression: {error}") from None
    if operator[0] in "<>" and not value.strip().isdecimal():
        raise scanner.error(f"{operator} compares numbers, and {value!r} is none")
    return Comparison(operator, value)


def _scan_brackets(scanner: Scanner, conditions: list[tuple[bool, PathParts]]) -> int | None:
    """Read any `[…]` here: conditions are added to the list, an occurrence is returned."""
    occurrence = None
    while scanner.peek("["):
        number = scanner.take(OCCURRENCE)
        if number:
            occurrence = -1 if number.group(1) == "last" else int(number.group(1))
            if occurrence == 0:
                raise scanner.error("occurrences are counted from 1")
            continue
        scanner.at += 1
        negated = scanner.peek("!")
        scanner.at += negated

        def bare() -> str:
            end = scanner.text.find("]", scanner.at)
            if end < 0:
                raise scanner.error("a condition opened with [ is not closed with ]")
            start, scanner.at = scanner.at, end
            return scanner.text[start:end]

        if not (scanner.peek("$") or scanner.peek("@") or scanner.peek("/")):
            raise scanner.error(
                "a condition in [ ] is about the field: [$2=fast], [!$0], [@2=0], [/00=v], "
                "or an occurrence: [1], [last]"
            )
        conditions.append((negated, _scan_rest(scanner, "", bare)))
        if not scanner.peek("]"):
            raise scanner.error("a condition opened with [ is not closed with ]")
        scanner.at += 1
    return occurrence
