"""Repairs of indicators, where the rest of the field says what they must be, and of addresses.

Each does what the rules of `marc validate` that it names ask for, where there is one way to do it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pymarc.field import Indicators

from techproc.marc.edit.registry import transformation
from techproc.marc.edit.repair_text import is_descriptive
from techproc.marc.edit.steps import Act, Log, rewrite_fields
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.linkage import parse_link
from techproc.marc.path import FieldPath
from techproc.marc.schema import bibliographic
from techproc.text import without_article

__all__ = ["blank_undefined", "count_article", "tidy_addresses"]

_SCHEMES = {"http": "4", "https": "4", "ftp": "1", "mailto": "0"}
# Where 2 was for several surnames until 1996, and 1 is for one or several since.
_SURNAMES = ("100", "600", "700", "800")


@transformation(
    "repair.indicators",
    "An indicator that a field does not have becomes a blank; X00 2_ (several surnames) is 1_.",
    mends=("undefined-indicator", "obsolete-indicator"),
)
def blank_undefined(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Set to a blank what may be nothing else; an 880 has the indicators of its partner."""
    # Tag → which indicator → what may stand there, where only the blank is in use.
    blank: dict[str, dict[int, frozenset[str]]] = {}
    for tag, rule in bibliographic().fields.items():
        for at, codes in enumerate(rule.indicators or ()):
            if is_descriptive(tag) and [c for c, gone in codes.items() if not gone] == [" "]:
                blank.setdefault(tag, {})[at] = frozenset(codes)

    @lru_cache(maxsize=1 << 12)
    def mended(tag: str, first: str) -> str:
        for at, defined in blank[tag].items():
            if first[at : at + 1] not in defined:
                first = f"{first[:at]} {first[at + 1 :]}"
        return first

    def change(tag: str, text: str) -> str:
        if tag == "880":
            link = parse_link(text[4:].partition("\x1f")[0]) if text[2:4] == "\x1f6" else None
            tag = link.tag if link else ""
        elif tag in _SURNAMES and text[:1] == "2":
            name = text.partition("\x1fa")[2].partition("\x1f")[0]
            return f"1{text[1:]}" if "," in name else text
        return mended(tag, text[:2]) + text[2:] if tag in blank else text

    return rewrite_fields(change)


@transformation(
    "repair.addresses",
    "Blanks around an address go, and 856's first indicator says how it is reached.",
    mends=("url", "url-access"),
)
def tidy_addresses(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Take blanks off $u that has none within; set the indicator where all addresses agree."""
    from techproc.marc.validate.rules.urls import TAGS  # noqa: PLC0415 (rules load slowly)

    def change(tag: str, text: str) -> str:
        if "\x1fu" not in text or tag not in TAGS:
            return text
        first, *parts = text.split("\x1f")
        schemes = set()
        for at, part in enumerate(parts):
            if part[:1] == "u":
                if len(part[1:].split()) == 1:
                    parts[at] = f"u{part[1:].strip()}"
                schemes.add(_SCHEMES.get(parts[at][1:].partition(":")[0].lower(), ""))
        if tag == "856" and first[:1] in tuple("0123") and len(schemes) == 1:
            first = (schemes.pop() or first[:1]) + first[1:]
        return "\x1f".join([first, *parts])

    return rewrite_fields(change)


@transformation(
    "repair.nonfiling",
    "245's second indicator counts the article of the record's language that comes first.",
    fields="008 245",
    mends=("nonfiling",),
)
def count_article(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Correct a count that ends within a word, where an article of the language comes first."""
    from techproc.marc.validate.rules.titles import (  # noqa: PLC0415 (as above)
        NONFILING,
        count_in_second,
    )

    def act(record: WorkingRecord, log: Log) -> int:
        if all(text[1:2] in "0 " for text in record.texts_of("245")):
            return 0
        language = "".join(record.texts_of("008")[:1])[35:38]
        changed = 0
        for field in record.get_fields("245"):
            title = field.get("a") or ""
            count = len(title) - len(without_article(title, language))
            wrong = any(fault.rule == NONFILING.id for fault in count_in_second(field))
            if wrong and 0 < count <= 9:
                first = (field.indicators or " ")[0]
                field.indicators = Indicators(first, str(count))
                changed += 1
        return changed

    return act
