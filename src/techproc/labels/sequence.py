"""Runs of new barcode numbers, and the ledger that says which have been given out.

A library's 14 digits are kind (2 patron, 3 item), institution (4), serial number (8) and the Luhn
check digit; the run goes up by serial numbers, and each gets its own check digit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

from techproc.errors import InputError, LabelError
from techproc.files import atomic_output, explain_os_error
from techproc.identifiers.barcode import check, luhn_digit

__all__ = ["Range", "numbers", "read_ledger", "write_ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A range of numbers that belongs to an institution, without check digits.

    `next` is the first that has not been given out.
    """

    first: str
    last: str
    next: str

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
    for name, values in found.items():
        bodies = (values.first, values.next, values.last)
        if not all(b.isascii() and b.isdecimal() and len(b) == 13 for b in bodies):
            raise InputError(f"{path}: {name}: first, next and last have 13 digits each")
        if not int(values.first) <= int(values.next) <= int(values.last) + 1:
            raise InputError(f"{path}: {name}: next is not between first and last")
    spans = sorted((int(r.first), int(r.last), name) for name, r in found.items())
    for (_, end, name), (begin, _, other) in pairwise(spans):
        if begin <= end:
            raise InputError(f"{path}: the ranges {name} and {other} overlap")
    return found


def write_ledger(path: str | Path, ranges: dict[str, Range]) -> None:
    """Replace a ledger, whole or not at all."""
    text = json.dumps({name: asdict(values) for name, values in ranges.items()}, indent=2)
    with atomic_output(path, force=True) as stream:
        stream.write(text.encode("utf-8") + b"\n")
