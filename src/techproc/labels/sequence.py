"""Runs of new barcode numbers, and the ledger that says which have been given out.

A library's 14 digits are kind (2 patron, 3 item), institution (4), serial number (8) and the Luhn
check digit; the run goes up by serial numbers, and each gets its own check digit.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from techproc.errors import InputError, LabelError
from techproc.files import atomic_output, explain_os_error
from techproc.identifiers.barcode import check, luhn_digit

__all__ = ["Range", "add_range", "numbers", "read_ledger", "reserve", "write_ledger"]

_TRIES = 600  # to hold the ledger, with a pause between them
_PAUSE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A range of numbers that belongs to an institution, without check digits.

    `next` is the first that has not been given out.
    """

    first: str
    last: str
    next: str

    @property
    def left(self) -> int:
        """How many numbers have not been given out."""
        return int(self.last) - int(self.next) + 1

    def take(
        self, count: int, taken: Callable[[str], bool] = lambda number: False
    ) -> tuple[list[str], Range]:
        """Return the next numbers with check digits, and the range after them.

        `taken` says whether a number is on an item already; such numbers are passed over. Raises
        LabelError when the range does not hold so many.
        """
        found: list[str] = []
        body = int(self.next)
        while len(found) < count:
            if body > int(self.last):
                raise LabelError(
                    f"the range {self.first}–{self.last} has {len(found)} free numbers left, "
                    f"{count} are wanted; add a range to the ledger"
                )
            digits = str(body).zfill(len(self.first))
            number = digits + luhn_digit(digits)
            if not taken(number):
                found.append(number)
            body += 1
        return found, replace(self, next=str(body).zfill(len(self.first)))


def numbers(first: str, count: int, *, check_digit: bool = True) -> Iterator[str]:
    """Yield `count` numbers from `first` on, each with its Luhn digit.

    `first` has 14 digits, the last a right check digit, or 13 without one; with `check_digit` false
    it may have any length and numbers are just counted up. Raises LabelError.

    >>> list(numbers("31234000000016", 3))
    ['31234000000016', '31234000000024', '31234000000032']
    """
    if not (first.isascii() and first.isdecimal()):
        raise LabelError(f"{first!r} is not a number to count from")
    if count < 1:
        raise LabelError(f"{count} numbers cannot be printed")
    body = first
    if check_digit:
        if len(first) == 14:
            if problem := check(first):
                raise LabelError(f"{problem.message}; {problem.fix}")
            body = first[:-1]
        elif len(first) != 13:
            raise LabelError(
                f"{first} has {len(first)} digits; give 14, or 13 without the check digit"
            )
    size = len(body)
    if len(str(int(body) + count - 1)) > size:
        raise LabelError(f"{count} numbers from {first} on do not fit in {size} digits")
    for at in range(int(body), int(body) + count):
        digits = str(at).zfill(size)
        yield digits + luhn_digit(digits) if check_digit else digits


def read_ledger(path: str | Path) -> dict[str, Range]:
    """Return the ranges of a ledger (JSON: name → first, last, next), by name.

    Raises InputError for a file that is none or a range that cannot be.
    """
    try:
        ranges = json.loads(Path(path).read_text("utf-8"))
        found = {str(name): Range(**values) for name, values in ranges.items()}
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: not a ledger; it is JSON such as "
            '{"items": {"first": "3123400000001", "last": "3123400999999", '
            '"next": "3123400000001"}}'
        ) from error
    _check(found, path)
    return found


def _check(found: dict[str, Range], path: str | Path) -> None:
    """Raise InputError for a range that cannot be, and for two that overlap."""
    for name, values in found.items():
        bodies = (values.first, values.next, values.last)
        if not all(b.isascii() and b.isdecimal() and len(b) == 13 for b in bodies):
            raise InputError(f"{path}: {name}: first, next and last have 13 digits each")
        if not int(values.first) <= int(values.last):
            raise InputError(f"{path}: {name}: last is before first")
        if not int(values.first) <= int(values.next) <= int(values.last) + 1:
            raise InputError(f"{path}: {name}: next is not between first and last")
    spans = sorted((int(r.first), int(r.last), name) for name, r in found.items())
    for (_, end, name), (begin, _, other) in pairwise(spans):
        if begin <= end:
            raise InputError(f"{path}: the ranges {name} and {other} overlap")


@contextmanager
def reserve(
    path: str | Path,
    name: str,
    count: int,
    taken: Callable[[str], bool] = lambda number: False,
) -> Iterator[list[str]]:
    """Yield the next numbers of a ledger's range; they are given out when the block ends well.

    When it raises they are not, and the ledger is as it was. Meanwhile no other job can take
    numbers of this ledger: it waits, for a minute at most. `taken` is as in `Range.take`. Raises
    InputError for a ledger that is none, LabelError for a range that is not there or does not hold
    so many, and when the wait is over.
    """
    with _held(Path(path)):
        ranges = read_ledger(path)
        if name not in ranges:
            raise LabelError(f"{path}: no range is called {name}; it has {', '.join(ranges)}")
        found, after = ranges[name].take(count, taken)
        yield found
        write_ledger(path, {**ranges, name: after})


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold a file against other jobs that do so."""
    stream = _hold(path)
    try:
        yield
    finally:
        stream.close()


def _hold(path: Path) -> BinaryIO:
    """Return the file, locked; one that was replaced while it was waited for is opened anew."""
    for _ in range(_TRIES):
        try:
            stream = path.open("rb")
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(stream.fileno()).st_ino == path.stat().st_ino:
                    return stream
            except BlockingIOError:
                time.sleep(_PAUSE)
            stream.close()
        except OSError as error:
            raise InputError(explain_os_error(path, error)) from error
    raise LabelError(f"{path}: another job is taking numbers of this ledger; try again")


def add_range(path: str | Path, name: str, first: str, last: str) -> dict[str, Range]:
    """Add a range to a ledger, which is made where there is none; return its ranges.

    `first` and `last` have 13 digits, or 14 with the check digit. Raises InputError for what cannot
    be a range, overlaps another or has another's name, and for a wrong check digit.
    """
    place = Path(path)
    for number in (first, last):
        if len(number) == 14 and (problem := check(number)):
            raise InputError(f"{name}: {problem.message}; give 13 digits, or 14 with the right one")
    bodies = [number[:13] if len(number) == 14 else number for number in (first, last)]
    added = {name: Range(first=bodies[0], last=bodies[1], next=bodies[0])}
    _check(added, path)
    if not place.exists():
        write_ledger(place, {})
    with _held(place):
        ranges = read_ledger(place)
        if name in ranges:
            raise InputError(f"{path}: there is a range {name} already; give another name")
        ranges |= added
        _check(ranges, path)
        write_ledger(place, ranges)
    return ranges


def write_ledger(path: str | Path, ranges: dict[str, Range]) -> None:
    """Replace a ledger, whole or not at all."""
    text = json.dumps({name: asdict(values) for name, values in ranges.items()}, indent=2)
    with atomic_output(path, force=True) as stream:
        stream.write(text.encode("utf-8") + b"\n")
