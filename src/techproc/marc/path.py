"""The one field-path language: which fields, subfields or positions of a record are meant.

::

    245              each field, its text          245$a  245$ab  650$a-z  500$*   each subfield
    6XX  65.         X or . stands for any character of a tag
    24510  6XX_0     indicators: _ is any, # (or \\) is blank
    245@2            an indicator's value          245@   both of them
    LDR/06  008/35-37  007/00  245$6/00-02         positions, counted from 0
    020[1]$a  650$a[last]                          an occurrence, counted from 1
    650[$2=fast]$a  650$a[!$0]  006[/00=m]         conditions on the same field
    650$2=fast  100$a~^Sm  008/07-10>=2010         values that compare:
        = equal   != other   ^= begins   ~ regular expression found   !~ not found
        < > <= >= as numbers
    880$6=245        in $6, = takes the linked tag, with or without its number (245-01)

A value with blanks at its ends, quotes or a `]` in it goes in quotes. `techproc.marc.where` joins
paths with `and`, `or` and `not`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import pymarc

from techproc.errors import ConfigError
from techproc.marc._pathparser import Comparison, PathParts, Scanner, scan_path
from techproc.marc.scanned import leader_text

__all__ = ["FieldPath", "Place"]

Test: TypeAlias = Callable[[str], bool]
FieldTest: TypeAlias = Callable[[pymarc.Field], bool]


@dataclass(frozen=True, slots=True)
class Place:
    """One place in one record that a path leads to: it can be read and written.

    `field` is None for the leader. `subfield` is an index into `field.subfields`; `indicator` is
    1 or 2 (0: both); `span` the positions within that text. None of the three: the whole field.
    """

    record: pymarc.Record
    field: pymarc.Field | None
    subfield: int | None = None
    indicator: int | None = None
    span: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """What stands there now; a data field as a whole is its subfields joined by a blank."""
        whole = self._whole()
        return whole if self.span is None else whole[slice(*self.span)]

    def _whole(self) -> str:
        if self.field is None:
            return leader_text(self.record)
        if self.indicator is not None:
            return _indicator(self.field, self.indicator)
        if self.subfield is not None:
            return self.field.subfields[self.subfield].value
        return _field_text(self.field)

    def write(self, text: str) -> None:
        """Put `text` in this place.

        Raises ConfigError where the text cannot stand: another length in fixed positions, a data
        field without a subfield named.
        """
        if self.span is not None:
            old = self._whole()
            first, end = self.span
            if len(text) != end - first or len(old) < end:
                raise ConfigError(
                    f"positions {first}-{end - 1} hold {end - first} characters of a text of "
                    f"{len(old)}; {text!r} does not fit"
                )
            text = old[:first] + text + old[end:]
        if self.field is None:
            if len(text) != 24:
                raise ConfigError(f"a leader has 24 characters; {text!r} has {len(text)}")
            self.record.leader = pymarc.Leader(text)
        elif self.indicator is not None:
            self._write_indicators(text)
        elif self.subfield is not None:
            code = self.field.subfields[self.subfield].code
            self.field.subfields[self.subfield] = pymarc.Subfield(code, text)
        elif self.field.control_field:
            self.field.data = text
        else:
            raise ConfigError(f"{self.field.tag} is a data field; name the subfield to write")

    def _write_indicators(self, text: str) -> None:
        assert self.field is not None
        pair = list(_indicator(self.field, 0))
        wanted = 2 if self.indicator == 0 else 1
        if len(text) != wanted:
            raise ConfigError(f"{wanted} indicator(s) were expected, not {text!r}")
        if self.indicator == 0:
            pair = list(text)
        else:
            assert self.indicator is not None
            pair[self.indicator - 1] = text
        self.field.indicators = pymarc.Indicators(*pair)


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A compiled field path; make one with `FieldPath.parse`.

    >>> record = pymarc.Record()
    >>> record.add_field(
    ...     pymarc.Field("245", pymarc.Indicators("1", "0"),
    ...                  [pymarc.Subfield("a", "Sea /"), pymarc.Subfield("c", "J. Roe.")]),
    ...     pymarc.Field("650", pymarc.Indicators(" ", "7"),
    ...                  [pymarc.Subfield("a", "Ocean"), pymarc.Subfield("2", "fast")]),
    ... )
    >>> FieldPath.parse("245$ac").values(record)
    ['Sea /', 'J. Roe.']
    >>> FieldPath.parse("6XX_7[$2=fast]$a").values(record)
    ['Ocean']
    >>> FieldPath.parse("245@1=0").matches(record)
    False
    """

    text: str
    tag: str
    indicators: str | None
    codes: str | None
    indicator: int | None
    span: tuple[int, int] | None
    occurrence: int | None
    subfield_occurrence: int | None
    comparison: Comparison | None
    _tags: Callable[[str], bool] | None = field(repr=False, compare=False)
    _field_tests: tuple[FieldTest, ...] = field(repr=False, compare=False)
    _test: Test | None = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> FieldPath:
        """Return the path that `text` writes; raises ConfigError naming the place of a mistake.

        >>> FieldPath.parse("24$a")
        Traceback (most recent call last):
        ...
        techproc.errors.ConfigError: field path '24$a': a path begins with a tag of three \
characters (245, 6XX) or LDR, at '24$a' (position 1)
        """
        return _parsed(text)

    @classmethod
    def from_parts(cls, parts: PathParts, text: str) -> FieldPath:
        """Return the path for parts that a parser has read; `text` is how it was written."""
        tests: list[FieldTest] = []
        if parts.indicators and parts.indicators != "__":
            tests.append(_indicator_test(parts.indicators))
        tests += [_condition(condition, negated) for negated, condition in parts.conditions]
        return cls(
            text=text,
            tag=parts.tag,
            indicators=parts.indicators,
            codes=parts.codes,
            indicator=parts.indicator,
            span=parts.span,
            occurrence=parts.occurrence,
            subfield_occurrence=parts.subfield_occurrence,
            comparison=parts.comparison,
            _tags=_tag_test(parts.tag),
            _field_tests=tuple(tests),
            _test=_value_test(parts.comparison, parts.codes) if parts.comparison else None,
        )

    def matches_tag(self, tag: str) -> bool:
        """Return True when fields of this tag can be meant."""
        return tag == self.tag if self._tags is None else self._tags(tag)

    def fields(self, record: pymarc.Record) -> list[pymarc.Field]:
        """Return the fields meant, in the record's order; none for the leader.

        A field counts when something in it is meant: with `$a`, fields that have $a; with a
        comparison, fields with a value that compares.
        """
        found = self._selected(record)
        if self.codes is None and self._test is None and self.span is None:
            return found
        return [f for f in found if next(self._in_field(f), None) is not None]

    def candidates(self, record: pymarc.Record) -> list[pymarc.Field]:
        """Return the fields that the path names, whether or not they have the part that it means.

        >>> record = pymarc.Record(fields=[pymarc.Field("856", pymarc.Indicators("4", "0"))])
        >>> path = FieldPath.parse("856$z")
        >>> len(path.candidates(record)), len(path.fields(record))
        (1, 0)
        """
        return self._selected(record)

    def values(self, record: pymarc.Record) -> list[str]:
        """Return the values meant: one a subfield when codes are given, else one a field."""
        if self.tag == "LDR":
            text = _cut(leader_text(record), self.span)
            return [text] if text is not None and self._keeps(text) else []
        return [value for f in self._selected(record) for _, value in self._in_field(f)]

    def first(self, record: pymarc.Record) -> str | None:
        """Return the first value, or None."""
        values = self.values(record)
        return values[0] if values else None

    def texts(self, record: pymarc.Record, separator: str = " ") -> list[str]:
        """Return one text a field, the values in it joined; what people read as `245$abc`."""
        if self.tag == "LDR":
            return self.values(record)
        joined = (
            separator.join(value for _, value in self._in_field(f)) for f in self._selected(record)
        )
        return [text for text in joined if text]

    def matches(self, record: pymarc.Record) -> bool:
        """Return True when the record has a value that is meant."""
        if self.tag == "LDR":
            return bool(self.values(record))
        return any(next(self._in_field(f), None) is not None for f in self._selected(record))

    def places(self, record: pymarc.Record) -> list[Place]:
        """Return the places meant, to be read or written, in the record's order."""
        if self.tag == "LDR":
            return [Place(record, None, span=self.span)] if self.values(record) else []
        return [place for f in self._selected(record) for place in self.places_in(record, f)]

    @property
    def simple(self) -> bool:
        """True for tag and subfield codes alone: every such place of the record is meant."""
        limits = (self.span, self.indicator, self.occurrence, self.subfield_occurrence, self._test)
        return self.tag != "LDR" and not self._field_tests and all(x is None for x in limits)

    def places_in(self, record: pymarc.Record, f: pymarc.Field) -> list[Place]:
        """Return the places that the path means within one field, whatever the field's tag."""
        return [
            Place(record, f, subfield=index, indicator=self.indicator, span=self.span)
            for index, _ in self._in_field(f)
        ]

    def edit(self, record: pymarc.Record, change: Callable[[str], str]) -> int:
        """Write `change(text)` in each place meant; return how many changed."""
        changed = 0
        for place in self.places(record):
            before = place.text
            after = change(before)
            if after != before:
                place.write(after)
                changed += 1
        return changed

    def _selected(self, record: pymarc.Record) -> list[pymarc.Field]:
        tags = self._tags
        # Records made from scanned bytes build no other fields than those of the tags meant.
        if tags is None:
            found = record.get_fields(self.tag)
        else:
            select = getattr(record, "select", None)
            found = select(tags) if select else [f for f in record.fields if tags(f.tag)]
        for test in self._field_tests:
            found = [f for f in found if test(f)]
        if self.occurrence is not None and found:
            at = self.occurrence - 1 if self.occurrence > 0 else len(found) - 1
            found = found[at : at + 1]
        return found

    def _in_field(self, f: pymarc.Field) -> Iterator[tuple[int | None, str]]:
        """Yield (subfield index or None, value) for what is meant within one field."""
        found = _field_values(f, self.codes, self.indicator, self.subfield_occurrence)
        for index, whole in found:
            value = _cut(whole, self.span)
            if value is not None and self._keeps(value):
                yield index, value

    def _keeps(self, value: str) -> bool:
        return self._test is None or self._test(value)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=2048)
def _parsed(text: str) -> FieldPath:
    return FieldPath.from_parts(scan_path(Scanner(text.strip()), whole=True), text.strip())


def _field_values(
    f: pymarc.Field, codes: str | None, indicator: int | None, occurrence: int | None = None
) -> Iterator[tuple[int | None, str]]:
    if indicator is not None:
        if not f.control_field:
            yield None, _indicator(f, indicator)
    elif codes is None:
        yield None, _field_text(f)
    elif occurrence is None:
        for index, (code, value) in enumerate(f.subfields):
            if code in codes or codes == "*":
                yield index, value
    else:
        chosen = list(_field_values(f, codes, None))
        at = occurrence - 1 if occurrence > 0 else len(chosen) - 1
        yield from chosen[at : at + 1] if chosen else ()


def _cut(text: str, span: tuple[int, int] | None) -> str | None:
    """Return the positions of a text; None when it ends before them."""
    if span is None:
        return text
    return text[span[0] : span[1]] or None


def _indicator(f: pymarc.Field, which: int) -> str:
    first, second = f.indicators or (" ", " ")
    return (first + second, first, second)[which]


def _field_text(f: pymarc.Field) -> str:
    if f.control_field:
        return f.data or ""
    return " ".join(value for _, value in f.subfields)


def _tag_test(tag: str) -> Callable[[str], bool] | None:
    """Return a test for a tag with wildcards; None for a tag that stands for itself."""
    if "X" not in tag and "." not in tag:
        return None
    pattern = re.compile(tag.replace("X", "."))
    seen: dict[str, bool] = {}

    def test(candidate: str) -> bool:
        known = seen.get(candidate)
        if known is None:
            known = seen[candidate] = pattern.fullmatch(candidate) is not None
        return known

    return test


def _indicator_test(wanted: str) -> FieldTest:
    first, second = (" " if c == "#" else c for c in wanted)

    def test(f: pymarc.Field) -> bool:
        if f.control_field:
            return False
        one, two = f.indicators or (" ", " ")
        return first in ("_", one) and second in ("_", two)

    return test


def _condition(parts: PathParts, negated: bool) -> FieldTest:
    compares = _value_test(parts.comparison, parts.codes) if parts.comparison else None
    codes, indicator, span = parts.codes, parts.indicator, parts.span

    def test(f: pymarc.Field) -> bool:
        for _, whole in _field_values(f, codes, indicator):
            value = _cut(whole, span)
            if value is not None and (compares is None or compares(value)):
                return not negated
        return negated

    return test


def _value_test(comparison: Comparison, codes: str | None) -> Test:
    operator, wanted = comparison.operator, comparison.value
    if operator in ("=", "!="):
        equal: Test = wanted.__eq__
        if codes == "6":
            equal = re.compile(re.escape(wanted) + r"(?:[-/].*)?").fullmatch  # type: ignore[assignment]
        return (lambda v: bool(equal(v))) if operator == "=" else (lambda v: not equal(v))
    if operator == "^=":
        return lambda v: v.startswith(wanted)
    if operator in ("~", "!~"):
        search = re.compile(wanted).search
        found = operator == "~"
        return lambda v: (search(v) is not None) is found
    number = int(wanted)
    numeric: dict[str, Callable[[int], bool]] = {
        "<": lambda n: n < number,
        ">": lambda n: n > number,
        "<=": lambda n: n <= number,
        ">=": lambda n: n >= number,
    }
    compare = numeric[operator]
    # 19uu and blanks are no numbers; they compare with nothing.
    return lambda v: v.strip().isdecimal() and compare(int(v))
