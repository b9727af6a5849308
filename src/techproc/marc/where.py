"""`--where` expressions: field paths joined by `and`, `or`, `not` and parentheses.

::

    650$2=fast and not 245$h
    (008/35-37=ger or 041$a=ger) and 008/07-10>=2010
    count(020) > 1            how many values a path has; with = != < > <= >=
    not 050                   a path alone asks whether there is such a field

An unquoted value ends before ` and`, ` or` and a parenthesis; put others in quotes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import pymarc

from techproc.marc._pathparser import Scanner, scan_path
from techproc.marc.path import FieldPath

__all__ = ["Where"]

RecordTest: TypeAlias = Callable[[pymarc.Record], bool]

_NOT = re.compile(r"\s*not\b(?=[\s(])")
_OR = re.compile(r"\s*or\b(?=[\s(])")
_AND = re.compile(r"\s*and\b(?=[\s(])")
_COUNT = re.compile(r"\s*count\(")
_COUNTED = re.compile(r"\)\s*(!=|<=|>=|=|<|>)\s*(\d+)")
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Where:
    """A compiled condition on a record; make one with `Where.parse`.

    >>> record = pymarc.Record()
    >>> record.add_field(pymarc.Field("008", data="160101s2016    xxu".ljust(35) + "ger d"))
    >>> Where.parse("008/35-37=ger and not 041").matches(record)
    True
    >>> Where.parse("count(008) > 1 or (008/07-10<2000)").matches(record)
    False
    """

    text: str
    matches: RecordTest = field(repr=False, compare=False)
    tags: tuple[str, ...] = field(
        default=(), repr=False, compare=False
    )  # of the fields it looks at

    @classmethod
    def parse(cls, text: str) -> Where:
        """Return the condition that `text` writes; raises ConfigError naming a mistake's place."""
        return _parsed(text)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Where:
    scanner = Scanner(text)
    test = _either(scanner)
    scanner.skip()
    if not scanner.done:
        raise scanner.error("expected and, or, or the end of the expression")
    return Where(text, test, tuple(scanner.tags))


def _either(scanner: Scanner) -> RecordTest:
    tests = [_both(scanner)]
    while scanner.take(_OR):
        tests.append(_both(scanner))
    if len(tests) == 1:
        return tests[0]
    return lambda record: any(test(record) for test in tests)


def _both(scanner: Scanner) -> RecordTest:
    tests = [_one(scanner)]
    while scanner.take(_AND):
        tests.append(_one(scanner))
    if len(tests) == 1:
        return tests[0]
    return lambda record: all(test(record) for test in tests)


def _one(scanner: Scanner) -> RecordTest:
    if scanner.take(_NOT):
        denied = _one(scanner)
        return lambda record: not denied(record)
    if scanner.take(_COUNT):
        return _count(scanner)
    scanner.skip()
    if scanner.peek("("):
        scanner.at += 1
        test = _either(scanner)
        scanner.skip()
        if not scanner.peek(")"):
            raise scanner.error("a parenthesis is not closed")
        scanner.at += 1
        return test
    start = scanner.at
    parts = scan_path(scanner, whole=False)
    return FieldPath.from_parts(parts, scanner.text[start : scanner.at].strip()).matches


def _count(scanner: Scanner) -> RecordTest:
    start = scanner.at
    parts = scan_path(scanner, whole=False)
    path = FieldPath.from_parts(parts, scanner.text[start : scanner.at].strip())
    scanner.skip()
    compared = scanner.take(_COUNTED)
    if not compared:
        raise scanner.error("count(path) is followed by =, !=, <, >, <= or >= and a number")
    compare, number = _COMPARE[compared.group(1)], int(compared.group(2))
    return lambda record: compare(len(path.values(record)), number)
