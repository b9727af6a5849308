"""What a record of another format holds, value by value, and what of it found no place in MARC 21.

A conversion makes a `Value` of everything that its source holds, takes each value as it puts it
into a field, and tells what was left. So a value that no line of a conversion asks for is told
like one that has no place: nothing is dropped because nobody thought of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from techproc.findings import Finding, Severity

__all__ = ["Value", "converted"]

RULE = "sources.not-carried"


@dataclass(slots=True, eq=False)
class Value:
    """One value of a source record, and where it stands there: 600$c, name/namePart, notes[0]."""

    path: str
    text: str
    taken: bool = False

    def take(self) -> str:
        """Return the text, which from now on counts as carried."""
        self.taken = True
        return self.text


def converted(finding: Finding, values: Iterable[Value]) -> tuple[Finding, ...]:
    """Return the finding about a conversion, and then each value left.

    When some are left, the first counts them, and is a warning at least.

    >>> title, shelf = Value("200$a", "Art"), Value("995$a", " B 12")
    >>> title.take()
    'Art'
    >>> about = Finding(rule="sources.converted-unimarc", message="it was UNIMARC")
    >>> for told in converted(about, [title, shelf]):
    ...     print(told)
    error sources.converted-unimarc: it was UNIMARC; 1 value found no place: 995$a
    info sources.not-carried: 995$a: not carried into MARC 21: 'B 12'
    """
    left = [value for value in values if not value.taken and value.text.strip()]
    if not left:
        return (finding,)
    places = ", ".join(dict.fromkeys(value.path for value in left))
    count = "1 value" if len(left) == 1 else f"{len(left)} values"
    about = replace(
        finding,
        message=f"{finding.message}; {count} found no place: {places}",
        severity=min(finding.severity, Severity.WARNING, key=lambda severity: severity.rank),
    )
    return (
        about,
        *(
            Finding(
                rule=RULE,
                message=f"not carried into MARC 21: {value.text.strip()!r}",
                severity=Severity.INFO,
                path=value.path,
            )
            for value in left
        ),
    )
