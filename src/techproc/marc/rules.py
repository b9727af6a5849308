"""What `validate` can find: every rule by its id, with severity, source, and what to do.

Ids are stable: profiles, waivers and baselines name them. A profile is the set of severities that
a library works with; rules that it leaves out are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from techproc.errors import ConfigError
from techproc.findings import Severity

__all__ = ["PROFILES", "RULES", "Rule", "profile"]

_FORMAT = "MARC 21 Format for Bibliographic Data"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it finds, how grave it is by default, and who says so."""

    id: str
    severity: Severity
    finds: str
    source: str
    fix: str | None = None


def _rules() -> dict[str, Rule]:
    error, warning, info = Severity.ERROR, Severity.WARNING, Severity.INFO
    rules = (
        Rule("marc.not-marc21", error, "a record of UNIMARC: 200 with 210, 215 or 801, and no 245",
             "UNIMARC Manual, 200, 801", "convert it to MARC 21 first; nothing else is looked at"),
        Rule("marc.missing-field", error, "no 245, or no 008", f"{_FORMAT}, 245 and 008",
             "add the field"),
        Rule("marc.undefined-field", error, "a tag that MARC 21 does not define",
             f"{_FORMAT}", "correct the tag, or declare a local field with --local"),
        Rule("marc.repeated-field", error, "a field that may not be repeated stands twice",
             f"{_FORMAT}, (NR)", "merge the two, or correct a tag"),
        Rule("marc.obsolete-field", info, "a tag that was defined once",
             f"{_FORMAT}, Appendix H"),
        Rule("marc.undefined-indicator", error, "an indicator that the field does not have",
             f"{_FORMAT}", "see the field's indicators"),
        Rule("marc.obsolete-indicator", info, "an indicator that was defined once",
             f"{_FORMAT}, Appendix H"),
        Rule("marc.undefined-subfield", error, "a subfield code that the field does not have",
             f"{_FORMAT}", "see the field's subfields"),
        Rule("marc.repeated-subfield", error, "a subfield that may not be repeated stands twice",
             f"{_FORMAT}, (NR)", "merge the two, or repeat the field"),
        Rule("marc.obsolete-subfield", info, "a subfield code that was defined once",
             f"{_FORMAT}, Appendix H"),
        Rule("marc.empty-subfield", warning, "a subfield without text", f"{_FORMAT}",
             "delete it"),
        Rule("marc.empty-field", error, "a data field without subfields", f"{_FORMAT}",
             "delete it"),
        Rule("marc.missing-title", error, "245 has no $a, and no $k, $n or $p in its place",
             f"{_FORMAT}, 245", "add $a"),
        Rule("marc.control-character", error, "a control character within text",
             "MARC 21 Specifications, Character Sets, UCS/Unicode", "delete it"),
        Rule("marc.duplicate-field", warning, "two fields are the same in everything",
             "good practice", "delete one"),
        Rule("marc.fixed-length", error, "006 or 008 has another length than it must",
             f"{_FORMAT}, 006 and 008", "restore the positions"),
        Rule("marc.fixed-code", error, "a position of LDR, 006, 007 or 008 holds no defined code",
             f"{_FORMAT}, Leader, 00X", "see `marc view --fixed`"),
        Rule("marc.fixed-obsolete", info, "a position holds a code that was defined once",
             f"{_FORMAT}, Appendix H"),
        Rule("marc.isbn", warning, "020 $a is no valid ISBN", "ISO 2108; MARC 21, 020",
             "compare with the item; a wrong number that stands on it goes in $z"),
        Rule("marc.issn", warning, "022 $a is no valid ISSN", "ISO 3297; MARC 21, 022",
             "compare with the item; a wrong number that stands on it goes in $y"),
        Rule("marc.nonfiling", error, "245's second indicator does not end where a word begins",
             f"{_FORMAT}, 245 second indicator", "count the article and the blank after it"),
        Rule("marc.nonfiling-article", warning,
             "245 begins with an article of its language that the indicator does not skip",
             f"{_FORMAT}, 245 second indicator, Appendix F", "set the indicator"),
        Rule("marc.date-mismatch", warning, "008/07-10 is no date that 260 or 264 names",
             f"{_FORMAT}, 008/06-14", "compare 008 with 260 or 264"),
        Rule("marc.carrier-mismatch", warning, "336 says another kind of content than LDR/06",
             "RDA 6.9; MARC 21, LDR/06 and 336", "correct one of them"),
        Rule("marc.link-syntax", error, "$6 is no tag and occurrence number",
             "MARC 21, Appendix A, $6", "write it as 880-01"),
        Rule("marc.link-missing", error, "880 without $6", "MARC 21, 880", "add $6"),
        Rule("marc.link-orphan-880", warning, "880 links to a field that is not there",
             "MARC 21, Appendix A, $6", "use occurrence 00, or restore the field"),
        Rule("marc.link-no-880", warning, "a field links to an 880 that is not there",
             "MARC 21, Appendix A, $6", "delete $6, or restore the 880"),
        Rule("marc.link-doubled", warning, "two fields of a tag share an occurrence number",
             "MARC 21, Appendix A, $6", "number them"),
    )  # fmt: skip
    return {rule.id: rule for rule in rules}


RULES: Mapping[str, Rule] = MappingProxyType(_rules())

_MINIMAL = ("marc.not-marc21", "marc.missing-field", "marc.missing-title", "marc.fixed-length",
            "marc.undefined-field", "marc.control-character")  # fmt: skip

# Names → severities; a rule that is not in it is off.
PROFILES: Mapping[str, Mapping[str, Severity]] = MappingProxyType(
    {
        "default": {rule.id: rule.severity for rule in RULES.values()},
        # Warnings count as errors; what is obsolete, as a warning.
        "strict": {
            rule.id: Severity.WARNING if rule.severity is Severity.INFO else Severity.ERROR
            for rule in RULES.values()
        },
        # What keeps a record from being loaded or found.
        "minimal": {name: RULES[name].severity for name in _MINIMAL},
    }
)


def profile(name: str) -> Mapping[str, Severity]:
    """Return a profile by its name; ConfigError lists the ones there are.

    >>> profile("default")["marc.isbn"]
    <Severity.WARNING: 'warning'>
    """
    if name not in PROFILES:
        raise ConfigError(f"there is no profile {name!r}; the profiles are {', '.join(PROFILES)}")
    return PROFILES[name]
