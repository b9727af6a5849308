"""Profiles: which rules are in force, and how grave each is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from techproc.errors import ConfigError
from techproc.findings import Severity
from techproc.marc.validate.rules import RULES

__all__ = ["ABOUT", "PROFILES", "profile"]

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

ABOUT: Mapping[str, str] = MappingProxyType({
    "default": "every rule but the one about full stops, as grave as the rule says",
    "strict": "warnings are errors, and what is only worth knowing is a warning",
    "copy-cataloguing": "what a copy cataloguer mends before a record is saved: headings, numbers, "
    "links and agreement are warnings at least; punctuation and obsolete coding are left alone",
    "vendor-ebooks": "a vendor's e-book load: access and the coding of online resources are errors; "
    "punctuation, series and shelf marks are left alone",
    "minimal": "what keeps a record from being loaded or found",
})  # fmt: skip
_MINIMAL = ("not-marc21", "missing-field", "missing-title", "fixed-length", "undefined-field",
            "repeated-field", "empty-field", "control-character")  # fmt: skip
_PUNCTUATION = ("punctuation-missing", "punctuation-present", "heading-punctuation", "brackets", "heading-stop",
                "stray-blank", "inverted-name")  # fmt: skip
_OBSOLETE = ("obsolete-field", "obsolete-indicator", "obsolete-subfield", "fixed-obsolete",
             "language-run", "transaction-date", "system-number")  # fmt: skip
_COPY = {
    "missing-element": WARNING, "title-entry": WARNING, "series-unstated": WARNING,
    "illustrations": WARNING, "bibliography": WARNING, "index": WARNING, "copyright-date": WARNING,
    "ddc-edition": WARNING, "rda-set": WARNING, "convention": WARNING, "isbn": ERROR,
    "nonfiling-article": ERROR, "link-orphan-880": ERROR, "link-no-880": ERROR,
}  # fmt: skip
_EBOOKS = {
    "online-access": ERROR, "online-coding": ERROR, "form-mismatch": ERROR, "url": ERROR,
    "isbn": WARNING, "missing-element": WARNING, "rda-set": WARNING,
}  # fmt: skip
_SHELF = ("lcc-shape", "lcc-item", "ddc-shape", "ddc-edition", "ddc-edition-code",
          "series-untraced", "series-unstated", "duplicate-field")  # fmt: skip


def _changed(off: tuple[str, ...], changes: Mapping[str, Severity]) -> dict[str, Severity]:
    without = {f"marc.{name}" for name in off}
    kept = {rule.id: rule.severity for rule in RULES.values() if rule.id not in without}
    return kept | {f"marc.{name}": severity for name, severity in changes.items()}


# Names → severities; a rule that is not in it is off.
PROFILES: Mapping[str, Mapping[str, Severity]] = MappingProxyType({
    "default": _changed(("heading-stop",), {}),
    "strict": {
        rule.id: WARNING if rule.severity is INFO else ERROR for rule in RULES.values()
    },
    "copy-cataloguing": _changed((*_PUNCTUATION, *_OBSOLETE), _COPY),
    "vendor-ebooks": _changed((*_PUNCTUATION, *_OBSOLETE, *_SHELF), _EBOOKS),
    "minimal": {f"marc.{name}": RULES[f"marc.{name}"].severity for name in _MINIMAL},
})  # fmt: skip


def profile(name: str) -> Mapping[str, Severity]:
    """Return a profile by its name; ConfigError lists the ones there are.

    >>> profile("default")["marc.isbn"]
    <Severity.WARNING: 'warning'>
    """
    if name not in PROFILES:
        raise ConfigError(f"there is no profile {name!r}; the profiles are {', '.join(PROFILES)}")
    return PROFILES[name]
