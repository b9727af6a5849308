"""Fields of UNIMARC that become one field of MARC 21, subfield by subfield; and its notes.

After the UNIMARC Manual (IFLA) and LC's "UNIMARC to MARC 21 conversion specifications".
"""

from __future__ import annotations

from pymarc import Record

from techproc.sources.building import add
from techproc.sources.unimarc.source import SourceField, SourceRecord

__all__ = ["notes", "plain_fields"]

_STANDARD = "aa bq cd dc zz"
# UNIMARC tag → MARC 21 tag, its indicators, and each subfield's code there and here
_PLAIN = {
    "011": ("022", "  ", "aa fl gm yz zy"), "012": ("026", "  ", "ae 22 55"),
    "013": ("024", "2 ", _STANDARD), "014": ("024", "7 ", "aa zz 22"),
    "015": ("027", "  ", "aa zz"), "016": ("024", "0 ", _STANDARD),
    "017": ("024", "7 ", _STANDARD + " 22"), "021": ("017", "  ", "ba ab zz"),
    "022": ("086", "  ", "ba zz"), "035": ("035", "  ", "aa zz"),
    "036": ("031", "  ", "aa bb cc dm ee fd gr mg nn oo pp qq rs tt uu 22"),
    "040": ("030", "  ", "aa zz"), "072": ("024", "1 ", _STANDARD),
    "073": ("024", "3 ", _STANDARD), "206": ("255", "  ", "aa ba cb dc ed fe"),
    "207": ("362", "0 ", "aa zz"), "208": ("254", "  ", "aa"), "211": ("263", "  ", "aa"),
    "230": ("256", "  ", "aa"), "326": ("310", "  ", "aa bb"), "345": ("037", "  ", "ab ba cf dc"),
    "617": ("662", "  ", "aa bb cc dd 22"), "620": ("752", "  ", "aa bb cc dd 22"),
    "660": ("043", "  ", "aa"), "661": ("045", "  ", "aa"), "675": ("080", "  ", "aa v2"),
    "676": ("082", "04", "aa v2"), "680": ("050", " 4", "aa bb"), "686": ("084", "  ", "aa bb 22"),
    "730": ("720", "  ", "aa"), "181": ("336", "  ", "cb 22"), "182": ("337", "  ", "cb 22"),
    "183": ("338", "  ", "ca ab 22"), "850": ("850", "  ", "aa"),
    "852": ("852", "  ", "aa bb ce ef fg gg jj kk ll mm nn pp qq tt xx yz"),
}  # fmt: skip
_PUBLISHER_NUMBERS = {"0": "0", "1": "1", "2": "2", "3": "3", "4": "4", "6": "5"}  # 071 → 028
_ACCESS = {code: code for code in "abcdfhijklmnopqrstuvwxz3"} | {"y": "2", "2": "y"}
_NOTES = {
    **dict.fromkeys(("300", "301", "303", "304", "305", "306", "307", "308", "310"), "500"),
    **dict.fromkeys(("312", "313", "314", "315", "316"), "500"),
    "302": "546", "311": "580", "317": "561", "320": "504", "321": "510", "322": "508",
    "323": "511", "324": "534", "325": "533", "327": "505", "328": "502", "330": "520",
    "332": "524", "333": "521", "334": "586", "336": "516", "337": "538", "338": "536",
    "371": "506",
}  # fmt: skip
_TEXT = "abcdefghijklmnopqrstvwxyz"


def plain_fields(source: SourceRecord, record: Record) -> None:
    """Add what is moved as it stands: numbers, classes, access."""
    for field in source.get(*_PLAIN):
        tag, indicators, pairs = _PLAIN[field.tag]
        codes = {pair[0]: pair[1] for pair in pairs.split()}
        parts = field.moved(codes)
        if tag == "024" and indicators == "7 " and not any(code == "2" for code, _ in parts):
            indicators = "8 "  # of no kind that is named
        once = ("2", " ".join(dict.fromkeys(text for code, text in parts if code == "2")))
        add(record, tag, indicators, *(part for part in parts if part[0] != "2"), once)
    for field in source.get("033"):
        for text in field.take("a"):
            uri = text.startswith(("http://", "https://"))
            add(record, "024", "7 " if uri else "8 ", ("a", text), ("2", "uri" if uri else ""))
    for field in source.get("071"):
        first = _PUBLISHER_NUMBERS.get(field.first, "5")
        add(record, "028", first + "2", *field.moved({"a": "a", "b": "b", "c": "q"}))
    for field in source.get("856"):
        first = field.first if field.first in "012347" else "4"
        add(record, "856", f"{first} ", *field.moved(_ACCESS))


def notes(source: SourceRecord, record: Record) -> None:
    """Add 5XX notes."""
    for field in source.get(*_NOTES):
        tag = _NOTES[field.tag]
        if tag == "502" and not field.has("a"):
            add(record, tag, "  ", *_thesis(field))
            continue
        institution = [("5", text) for text in field.take("5")] if field.has(*_TEXT) else []
        texts = [text.rstrip(" .") or text for text in field.take(*_TEXT)]
        joined = (" -- " if tag == "505" else ". ").join(texts)
        if joined and not joined.endswith((".", "?", "!", ")")):
            joined += "."
        code = "n" if tag == "534" else "a"
        link = [("u", text) for text in field.take("u")] if tag in ("505", "506", "520") else []
        first = {"505": "0", "586": " "}.get(tag, " ")
        add(record, tag, f"{first} ", (code, joined), *link, *institution)


def _thesis(field: SourceField) -> list[tuple[str, str]]:
    """Return 502 of a thesis note in parts: $b degree, $c body, $d year, and $g for the rest."""
    codes = {"b": "b", "e": "c", "d": "d", "c": "g", "t": "g", "z": "g"}
    return sorted(field.moved(codes), key=lambda part: part[0])
