"""Holding records against MARC 21: the schema, the code lists, and rules beyond them.

Nothing is changed. `validate` yields findings whose rules are those of `techproc.marc.rules`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pymarc

from techproc.findings import Finding, Severity
from techproc.identifiers import isbn, issn
from techproc.marc.dates import parse_date
from techproc.marc.fixed import fixed_findings
from techproc.marc.linkage import linkage_findings, parse_link
from techproc.marc.rules import RULES, profile
from techproc.marc.schema import FieldRule, bibliographic, is_local
from techproc.text import ARTICLES

__all__ = ["Validator"]

# The marks around what is not sorted are legal: U+0098 and U+009C, or U+0088 and U+0089.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x87\x8a-\x97\x99-\x9b\x9d-\x9f]")
_LETTERS = ("Lu", "Ll", "Lo", "Nd")  # a modifier letter is an ayn or an alif before the word
# RDA content types (LC's term and code list) that each LDR/06 goes with.
_CONTENT = {
    "a": {"txt", "tct", "sti", "tci"}, "t": {"txt", "tct", "sti"},
    "c": {"ntm", "tcm", "ntv", "tcn", "txt"}, "d": {"ntm", "tcm", "ntv", "tcn", "txt"},
    "e": {"cri", "crt", "crf", "crn", "crd", "crm", "tcf", "tci", "tcrm", "txt", "sti"},
    "f": {"cri", "crt", "crf", "crn", "crd", "crm", "tcf", "tci", "txt", "sti"},
    "i": {"spw", "snd"}, "j": {"prm", "snd"}, "g": {"tdi", "tdm", "sti", "txt", "spw"},
    "k": {"sti", "tci", "txt"}, "m": {"cop", "cod", "tdi", "txt", "sti", "spw", "crd"},
    "r": {"tdf", "tcf", "crf", "tdm"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Validator:
    """Validates records by a profile; make one with `Validator.with_profile`.

    `severities` are the rules in force. `local` are tags, with `X` for any digit, that the library
    has defined for itself; those with a 9 in them always are.
    """

    severities: Mapping[str, Severity]
    local: tuple[str, ...] = ()

    @classmethod
    def with_profile(
        cls, name: str = "default", *, ignore: Collection[str] = (), local: Iterable[str] = ()
    ) -> Validator:
        """Return a validator for a profile without the rules to `ignore`.

        Raises ConfigError for a profile or a rule that is none.
        """
        severities = dict(profile(name))
        for rule in ignore:
            if rule not in RULES:
                from difflib import get_close_matches  # noqa: PLC0415 - for the message alone

                from techproc.errors import ConfigError  # noqa: PLC0415

                near = get_close_matches(rule, RULES, 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise ConfigError(f"there is no rule {rule!r}{hint}")
            severities.pop(rule, None)
        return cls(severities, tuple(local))

    def validate(self, record: pymarc.Record) -> Iterator[Finding]:
        """Yield what is wrong with a record, in the order of its fields.

        >>> record = pymarc.Record()
        >>> sorted({finding.path for finding in Validator.with_profile("minimal").validate(record)})
        ['008', '245']
        """
        control = (record["001"].data or "").strip() if "001" in record else None
        for finding in _everything(record, self.local):
            severity = self.severities.get(finding.rule)
            if severity is not None:
                fix = finding.fix or RULES[finding.rule].fix
                yield replace(finding, severity=severity, control=control, fix=fix)


def _finding(rule: str, message: str, path: str) -> Finding:
    return Finding(rule=rule, message=message, path=path)


def _everything(record: pymarc.Record, local: tuple[str, ...]) -> Iterator[Finding]:
    tags = {field.tag for field in record.fields}
    if "200" in tags and "245" not in tags and tags & {"801", "215", "210"}:
        yield _finding("marc.not-marc21", "this is UNIMARC: its title is in 200", "200")
        return  # every rule that follows is about other fields
    yield from _by_schema(record, local)
    yield from fixed_findings(record)
    yield from linkage_findings(record)
    yield from _numbers(record)
    yield from _title(record)
    yield from _date(record)
    yield from _content_type(record)


def _by_schema(record: pymarc.Record, local: tuple[str, ...]) -> Iterator[Finding]:
    rules = bibliographic()
    local_tags = [re.compile(tag.replace("X", "[0-9A-Za-z]")) for tag in local]
    tags = Counter(field.tag for field in record.fields)
    for tag in ("008", "245"):
        if tag not in tags:
            yield _finding("marc.missing-field", f"there is no {tag}", tag)
    seen: set[tuple[object, ...]] = set()
    for field in record.fields:
        if not field.control_field:
            whole = (field.tag, field.indicators, *field.subfields)
            if whole in seen:
                yield _finding("marc.duplicate-field", "a field is there twice", field.tag)
            seen.add(whole)
        yield from _characters(field)
        tag = _ruling_tag(field)
        rule = rules.get(tag)
        if rule is not None:
            yield from _by_rule(field, rule)
        elif not is_local(tag) and not any(p.fullmatch(tag) for p in local_tags):
            yield _finding("marc.undefined-field", f"MARC 21 has no field {tag}", field.tag)
    for tag, count in tags.items():
        rule = rules.get(tag)
        if rule is not None and not rule.repeatable and count > 1:
            yield _finding("marc.repeated-field", f"{count} fields {tag} ({rule.name})", tag)


def _ruling_tag(field: pymarc.Field) -> str:
    """Return the tag whose rule a field follows: that of an 880 is the one it links to."""
    if field.tag != "880":
        return field.tag
    link = parse_link(field.get("6") or "")
    return link.tag if link else "886"  # of an 880 without a link nothing can be said


def _characters(field: pymarc.Field) -> Iterator[Finding]:
    texts = [("", field.data or "")] if field.control_field else field.subfields
    for code, text in texts:
        if not text.isprintable() and (found := _CONTROLS.search(text)):
            path = f"{field.tag}${code}" if code else field.tag
            yield _finding("marc.control-character", f"U+{ord(found.group()):04X} in text", path)


def _by_rule(field: pymarc.Field, rule: FieldRule) -> Iterator[Finding]:
    tag = field.tag
    if rule.obsolete:
        yield _finding("marc.obsolete-field", f"{rule.tag} ({rule.name}) is obsolete", tag)
    if field.control_field or rule.indicators is None or rule.any_subfield:
        return
    for number, (value, codes) in enumerate(
        zip(field.indicators or (" ", " "), rule.indicators, strict=True), 1
    ):
        if value not in codes:
            allowed = " ".join("#" if c == " " else c for c, gone in codes.items() if not gone)
            message = f"indicator {number} is {value!r}; {rule.tag} has {allowed}"
            yield _finding("marc.undefined-indicator", message, f"{tag}@{number}")
        elif codes[value]:
            message = f"indicator {number} {value!r} is obsolete"
            yield _finding("marc.obsolete-indicator", message, f"{tag}@{number}")
    yield from _subfields(field, rule)


def _subfields(field: pymarc.Field, rule: FieldRule) -> Iterator[Finding]:
    tag = field.tag
    codes = [code for code, _ in field.subfields]
    once = set(codes)
    if (
        len(once) == len(codes)
        and once <= rule.current
        and all(v.strip() for _, v in field.subfields)
    ):
        if not codes:
            yield _finding("marc.empty-field", "no subfields", tag)
        return  # as nearly every field is
    for code, count in Counter(codes).items():
        path = f"{tag}${code}"
        repeatable = rule.subfields.get(code)
        if repeatable is None:
            # Digits and letters apart, codes such as $9 of a system are local by MARC's own rule.
            if code != "9":
                message = f"{rule.tag} ({rule.name}) has no ${code}"
                yield _finding("marc.undefined-subfield", message, path)
        elif code in rule.obsolete_subfields:
            yield _finding("marc.obsolete-subfield", f"${code} of {rule.tag} is obsolete", path)
        elif count > 1 and not repeatable:
            message = f"${code} stands {count} times; it may not be repeated"
            yield _finding("marc.repeated-subfield", message, path)
    for code, value in field.subfields:
        if not value.strip():
            yield _finding("marc.empty-subfield", "no text", f"{tag}${code}")


def _numbers(record: pymarc.Record) -> Iterator[Finding]:
    for field in record.get_fields("020"):
        for value in field.get_subfields("a"):
            found = isbn.parse(value)
            if found.digits and not found.valid:
                message = f"{value!r} is no valid ISBN ({found.problem})"
                yield _finding("marc.isbn", message, "020$a")
    for field in record.get_fields("022"):
        for value in field.get_subfields("a"):
            if issn.normalize(value) is None:
                yield _finding("marc.issn", f"{value!r} is no valid ISSN", "022$a")


def _title(record: pymarc.Record) -> Iterator[Finding]:
    for field in record.get_fields("245")[:1]:
        title = field.get("a") or ""
        if not title.strip() and not any(field.get(code) for code in "knp"):
            yield _finding("marc.missing-title", "no $a", "245$a")
            continue
        second = (field.indicators or " 0")[1]
        skipped = int(second) if second.isdecimal() else 0
        if skipped:
            rest = title[skipped:]
            if (
                not any(map(_is_letter, rest))
                or rest[0] == " "
                or (_is_letter(rest[0]) and _is_letter(title[skipped - 1]))
            ):
                message = f"{skipped} characters do not end before a word: {title[: skipped + 6]!r}"
                yield _finding("marc.nonfiling", message, "245@2")
        else:
            yield from _article(record, title)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character) in _LETTERS


def _article(record: pymarc.Record, title: str) -> Iterator[Finding]:
    data = record["008"].data or "" if "008" in record else ""
    language = data[35:38]
    word = title.split(" ", 1)[0].casefold()
    articles = ARTICLES.get(language, ())
    # Only the sure ones: "A" and "I" are initials and names, in many languages words.
    if len(word) > 1 and word in articles and " " in title and language in ("eng", "ger"):
        message = f"{title.split(' ', 1)[0]!r} is an article of {language} and is filed on"
        yield _finding("marc.nonfiling-article", message, "245@2")


def _date(record: pymarc.Record) -> Iterator[Finding]:
    data = record["008"].data or "" if "008" in record else ""
    kind, first = data[6:7], data[7:11]
    if kind not in ("s", "t") or not first.isdecimal():
        return
    stated: set[int] = set()
    for field in record.get_fields("260", "264"):
        for value in field.get_subfields("c", "g"):
            date = parse_date(value)
            stated |= date.years
            if date.kind == "q" and date.year1 and date.year2:  # a decade, or between two years
                stated |= set(range(date.year1, date.year2 + 1))
    coded = {int(year) for year in (first, data[11:15]) if year.isdecimal()}
    if stated and not stated & coded:
        names = ", ".join(map(str, sorted(stated)))
        yield _finding("marc.date-mismatch", f"008 says {first}, 260 or 264 {names}", "008/07-10")


def _content_type(record: pymarc.Record) -> Iterator[Finding]:
    allowed = _CONTENT.get(str(record.leader)[6:7])
    codes = {code for field in record.get_fields("336") for code in field.get_subfields("b")}
    if allowed and codes and not codes & allowed and all(len(code) == 3 for code in codes):
        kind = str(record.leader)[6:7]
        message = f"LDR/06 is {kind}, 336 $b {', '.join(sorted(codes))}"
        yield _finding("marc.carrier-mismatch", message, "336$b")
