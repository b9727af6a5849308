"""What a job of labels has noticed, item by item; with labels that cannot be printed it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from techproc.errors import LabelError
from techproc.findings import Finding, Severity
from techproc.identifiers import barcode
from techproc.labels.items import BarcodeLabel, Label, called

__all__ = ["Noticed", "watched"]

_SHOWN = 10  # labels that an error names; the rest are counted
_LIBRARY = re.compile(r"[23][0-9]{13}")  # a patron's or an item's number


class Noticed:
    """Collects the findings of a job, and counts the labels that cannot be printed."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.failed = 0

    def take(self, position: int, label: Label, found: Iterable[Finding]) -> None:
        """Take what was found of the label that stands at a position, counted from 1."""
        own = [
            replace(f, record=f.record or position, control=f.control or called(label))
            for f in found
        ]
        self.findings += own
        self.failed += any(finding.severity is Severity.ERROR for finding in own)

    def finish(self, *, partial: bool) -> list[Finding]:
        """Return the findings; raises LabelError for labels that cannot be printed, unless partial.

        The error names the first ten of them.
        """
        if not self.failed or partial:
            return self.findings
        errors = [str(f) for f in self.findings if f.severity is Severity.ERROR]
        more = f"\n… and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        listed = "\n".join(errors[:_SHOWN])
        word = "label" if self.failed == 1 else "labels"
        raise LabelError(f"{self.failed} {word} cannot be printed, so none is:\n{listed}{more}")


def watched(
    labels: Iterable[Label], found: list[Finding], *, check_digits: bool = True
) -> Iterator[Label]:
    """Yield labels as they come and add to `found` what is odd about their barcodes.

    Such a label can be printed, but is likely not what was meant: a library's 14 digits whose last
    is not the Luhn digit (with `check_digits`), and a number that an earlier barcode label has
    already, which would stand on two items.

    >>> found = []
    >>> labels = [BarcodeLabel(value="31234000000017"), BarcodeLabel(value="31234000000017")]
    >>> list(watched(labels, found)) == labels
    True
    >>> [(finding.rule, finding.record) for finding in found]
    [('label.check-digit', 1), ('label.same-barcode', 2)]
    """
    first: dict[str, int] = {}
    for position, label in enumerate(labels, start=1):
        if isinstance(label, BarcodeLabel):
            earlier = first.setdefault(label.value, position)
            odd = _odd(label.value, "" if earlier == position else str(earlier), check_digits)
            if odd:
                found.append(replace(odd, record=position, control=called(label)))
        yield label


def _odd(value: str, earlier: str, check_digits: bool) -> Finding | None:
    """Return what is odd about a number; of one that comes again, that it does."""
    if earlier:
        return Finding(
            rule="label.same-barcode",
            severity=Severity.WARNING,
            message=f"{value} is also the number of label {earlier}",
            fix="give each item a number of its own; --copies prints a label more than once",
        )
    problem = barcode.check(value) if check_digits and _LIBRARY.fullmatch(value) else None
    if problem is None:
        return None
    return replace(
        problem,
        rule="label.check-digit",
        severity=Severity.WARNING,
        fix="compare with the number that was meant; a digit is wrong or two are transposed",
    )
