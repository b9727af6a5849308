"""Dublin Core made into MARC 21: the last resort, and marked as such.

After LC's "Dublin Core to MARC crosswalk" (unqualified), with names and ISBNs told apart.
"""

from __future__ import annotations

import re

from lxml import etree
from pymarc import Field, Leader, Record

from techproc.findings import Finding, Severity
from techproc.identifiers import isbn as isbns
from techproc.sources.building import add, ended, fixed_008, inverted, nonfiling, physical, year_of
from techproc.sources.safexml import local_name

__all__ = ["record_from_dc"]

_DATES = re.compile(r",?\s*\(?([0-9]{4}\??-(?:[0-9]{4}\??)?)\)?\.?$")


def record_from_dc(element: etree._Element) -> tuple[Record, tuple[Finding, ...]]:
    """Return a MARC 21 record of abbreviated level (LDR/17 3) for a <dc> element, and findings."""
    values: dict[str, list[str]] = {}
    for child in element.iter():
        text = " ".join((child.text or "").split())
        if child is not element and text:
            values.setdefault(local_name(child), []).append(text)
    record = Record()
    record.leader = Leader("00000nam a22000003i 4500")
    languages = values.get("language", [])
    language = next((code for code in languages if re.fullmatch("[a-z]{3}", code)), "")
    dates = values.get("date", [])
    year = next((year_of(d) for d in dates if year_of(d)), "")
    record.fields.append(Field(tag="008", data=fixed_008(year, language)))
    for text in values.get("identifier", []):
        plain = re.sub(r"^\s*(urn:isbn:|isbn(?:\s*\([^)]*\))?[:\s]*)", "", text, flags=re.I)
        if isbns.normalize(plain) or plain != text:
            parsed = isbns.parse(plain)
            add(record, "020", "  ", ("a", parsed.digits or plain), ("q", parsed.qualifier))
        elif text.startswith(("http://", "https://")):
            add(record, "856", "4 ", ("u", text))
    creators = values.get("creator", [])
    for number, name in enumerate([*creators, *values.get("contributor", [])]):
        main = number == 0 and bool(creators)
        lived = _DATES.search(name)
        plain = inverted(name[: lived.start()] if lived else name)
        add(
            record, "100" if main else "700", "1 " if "," in plain else "0 ",
            ("a", ended(plain, ",") if lived else plain), ("d", lived[1] if lived else ""),
        )  # fmt: skip
    for title in values.get("title", [])[:1]:
        proper, mark, rest = title.partition(" : ")
        first = int(bool(creators))
        add(
            record, "245", f"{first}{nonfiling(proper, language)}",
            ("a", ended(proper, " :" if mark else ".")), ("b", ended(rest, ".") if rest else ""),
        )  # fmt: skip
    for title in values.get("title", [])[1:] + values.get("alternative", []):
        add(record, "246", "3 ", ("a", title))
    publishers = values.get("publisher", [])
    place, mark, firm = "".join(publishers[:1]).rpartition(" : ")
    add(
        record, "264", " 1",
        ("a", place + mark.rstrip()), ("b", ended(firm, ",") if firm and dates else firm),
        ("c", ended(dates[0], ".") if dates else ""),
    )  # fmt: skip
    for extent in values.get("extent", []) + values.get("format", []):
        if re.search(r"[0-9]+\s*(p\b|S\b|pages|Seiten|v\b|vol)", extent):
            add(record, "300", "  ", *physical(extent))
    for subject in values.get("subject", []):
        add(record, "653", "  ", ("a", subject))
    for text in values.get("description", []) + values.get("abstract", []):
        add(record, "520", "  ", ("a", text))
    used = {"language", "date", "identifier", "creator", "contributor", "title", "alternative",
            "publisher", "extent", "format", "subject", "description", "abstract"}  # fmt: skip
    dropped = sorted(set(values) - used)
    record.fields.sort(key=lambda field: field.tag)
    return record, (
        Finding(
            rule="sources.converted-dc",
            message="the server sent Dublin Core; it was converted to an abbreviated MARC 21 record"
            + (f"; not carried: {', '.join(dropped)}" if dropped else ""),
            severity=Severity.WARNING,
        ),
    )
