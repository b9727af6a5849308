"""Records of other formats made into MARC 21: every value is carried, or told at its place.

What stands in the source stands in a field or in a finding, compared by its letters and digits
without case: conversions set ISBD's punctuation and turn names round. Codes that are translated
(countries, relators, positions of coded fields) are held against their tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.findings import Finding
from techproc.sources import _unimarc_tables as tables
from techproc.sources.relators import RELATOR_OF_UNIMARC
from techproc.sources.unimarc import marc21_from_unimarc

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f"), max_size=12
) | st.sampled_from(
    ["\x88La \x89plage", "\x98L'\x9cétranger", "C++", "1999", "fre", "FR", "070", "2001 ", "001FR9"]
)
CODES = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789")
KNOWN = """
003 010 011 012 013 014 015 016 017 020 021 022 029 033 035 036 040 071 072 073 101 102 110 181
182 183 200 204 205 206 207 208 210 211 214 215 219 225 230 300 302 311 316 317 320 321 324 325
326 327 328 330 333 337 345 371 410 411 421 423 430 440 451 452 454 461 463 470 488 500 501 503
510 512 517 518 520 530 531 540 541 600 601 602 604 605 606 607 608 610 615 617 620 660 661 670
675 676 680 686 700 701 702 710 711 712 720 722 730 801 802 830 850 852 856 886 900 995 9AB 00A
"""
TAGS = st.sampled_from(KNOWN.split())


def plain(text: str) -> str:
    """Return the letters and digits of a text, without case."""
    kept = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", kept)


def written(record: Record) -> list[str]:
    """Return the text of every field of a record."""
    return [
        plain(field.data or "")
        if field.control_field
        else plain("".join(value for _, value in field.subfields))
        for field in record.fields
    ]


def lost(
    values: Iterable[tuple[str, str]], record: Record, findings: Iterable[Finding]
) -> list[tuple[str, str]]:
    """Return the values, each (path, text), that are neither in a field nor in a finding."""
    fields = written(record)
    told = [(f.path, f.message) for f in findings if f.rule == "sources.not-carried"]
    return [
        (path, text)
        for path, text in values
        if plain(text)
        and not any(plain(text) in field for field in fields)
        and not any(
            path == place and (said.endswith(repr(text.strip())) or plain(text) in plain(said))
            for place, said in told
        )
    ]


@st.composite
def unimarc_records(draw: st.DrawFn) -> Record:
    """Return a UNIMARC record of any fields, with any subfields."""
    record = Record()
    record.leader = Leader(draw(st.text("abcdims0123 ", min_size=24, max_size=24)))
    record.fields.append(Field(tag="001", data=draw(TEXTS)))
    for tag in ("100", "105", "106"):
        text = draw(st.text("abcdefyz0129 |", max_size=40))
        record.fields.append(Field(tag, Indicators(" ", " "), [Subfield("a", text)]))
    for tag, pair, subfields in draw(
        st.lists(
            st.tuples(
                TAGS, st.text("012 ", min_size=2, max_size=2), st.lists(st.tuples(CODES, TEXTS))
            ),
            max_size=12,
        )
    ):
        if tag < "010" and tag.isdigit():
            record.fields.append(Field(tag=tag, data=draw(TEXTS)))
            continue
        parts = [Subfield(*part) for part in subfields]
        record.fields.append(Field(tag, Indicators(pair[0], pair[1]), parts))
    return record


def unimarc_values(record: Record) -> Iterable[tuple[str, str]]:
    """Yield what must be found again, but for codes that a table translates."""
    for field in record.fields:
        if field.control_field:
            yield field.tag, field.data or ""
            continue
        for code, value in field.subfields:
            translated = (
                (field.tag in ("100", "105", "106") and code == "a")
                or (code == "4" and value.strip() in RELATOR_OF_UNIMARC)
                or (field.tag == "102" and value.strip().upper() in tables.COUNTRIES)
                or (code == "1" and len(value) <= 5)  # tag and indicators of an embedded field
            )
            number = code == "1" and value.startswith("001")  # of the record that is linked to
            if not translated:
                yield f"{field.tag}${code}", value[3:] if number and plain(value[3:]) else value


@given(unimarc_records())
def test_a_unimarc_value_is_carried_or_told(unimarc: Record) -> None:
    """Every subfield of any UNIMARC record is in a field of the MARC 21 record or in a finding."""
    record, findings = marc21_from_unimarc(unimarc)
    assert lost(unimarc_values(unimarc), record, findings) == []
    assert len(record["008"].data) == 40
    assert len(str(record.leader)) == 24
