"""Label and coded data of UNIMARC (1XX) as leader, 008, 041 and 044 of MARC 21.

After the UNIMARC Manual (IFLA) and LC's "UNIMARC to MARC 21 conversion specifications", table by
table. Character sets and the script of the title (100/26-35) are not told: the text shows them.
"""

from __future__ import annotations

import re

from pymarc import Leader, Record

from techproc.sources.building import add, year_of
from techproc.sources.unimarc.source import Coded, SourceRecord
from techproc.sources.unimarc.tables import (
    AUDIENCE,
    BIOGRAPHY,
    CONTENTS,
    COUNTRIES,
    DATES,
    ENCODING,
    FORMS,
    GOVERNMENT,
    ILLUSTRATIONS,
    ISBD,
    LEVELS,
    LITERARY,
    STATUSES,
    TYPES,
    YES_OR_NO,
)

__all__ = ["coded_fields"]

_LANGUAGES = {"a": "a", "b": "k", "c": "h", "d": "b", "e": "f", "h": "e", "i": "g", "j": "j"}


def coded_fields(source: SourceRecord, record: Record) -> tuple[str, str]:
    """Set the leader and add 041 and 044; return the 008 and the language of cataloguing."""
    record.leader = _leader(source.label)
    general = source.coded("100")
    country = _country(source, record)
    language = _language(source, record)
    dates = _dates(source, general)
    entered = general.take(0, 8)
    if not (entered.isascii() and entered.isdigit()):
        general.refuse(0, 8)
        entered = "00000000"
    audience = general.code(17, AUDIENCE, " ")
    government = general.code(20, GOVERNMENT, " ")
    general.code(21, {"0": ""}, "")
    general.code(25, {"y": ""}, "")
    general.take(26, 36)
    cataloguing = general.take(22, 25).strip()
    pictures, form, contents, rest = _of_books(source)
    fixed = (
        f"{entered[2:]}{dates}{country}{pictures}{audience}{form}{contents}{government}"
        f"{rest}{language} d"
    )
    return fixed, cataloguing


def _leader(label: Coded) -> Leader:
    label.take(0, 5)
    label.take(9, 17)
    label.take(19, 24)
    status = label.code(5, STATUSES, "n")
    kind = label.code(6, TYPES, "a")
    level = label.code(7, LEVELS, "m")
    label.code(8, {"0": ""}, "")
    encoding = label.code(17, ENCODING, "u")
    return Leader(f"00000{status}{kind}{level} a2200000{encoding}{label.code(18, ISBD, 'i')} 4500")


def _dates(source: SourceRecord, general: Coded) -> str:
    """Return 008/06-14, from the imprint where the first date was not coded."""
    kind = general.code(8, DATES, "s" if general.text[9:13].strip() else "n")
    first, second = _date(general, 9), _date(general, 13)
    if not first.strip():
        said = [
            value.text
            for field in source.get("210", "214")
            for code, value in field.values
            if code == "d"
        ]
        year = year_of(" ".join(said))
        kind, first = ("s", year) if year else ("n", "uuuu")
        if second.strip():
            general.refuse(13, 17)
        second = "    " if year else "uuuu"
    if kind == "s" and second.strip():
        general.refuse(13, 17)
        second = "    "
    return f"{kind}{first}{second}"


def _date(general: Coded, start: int) -> str:
    text = general.take(start, start + 4)
    if re.fullmatch(r"[0-9u]{4}", text):
        return text
    if not text.strip():
        return "    "
    general.refuse(start, start + 4)
    return "uuuu"


def _language(source: SourceRecord, record: Record) -> str:
    """Return 008/35-37; several languages, and those of parts and originals, are 041."""
    fields = source.get("101")
    first = ""
    for field in fields:
        spoken = [value.text.strip() for code, value in field.values if code == "a"]
        first = first or next((t.lower() for t in spoken if re.fullmatch("[A-Za-z]{3}", t)), "")
        if len(spoken) == 1 and spoken[0].lower() == first and not field.has(*"bcdehij"):
            field.take("a")
            continue
        listed = [(code, text.lower()) for code, text in field.moved(_LANGUAGES)]
        translated = any(code in "hk" for code, _ in listed)
        add(record, "041", "1 " if translated else "0 ", *listed)
    return first or "und"


def _country(source: SourceRecord, record: Record) -> str:
    """Return 008/15-17; several countries, and those without a code there, are 044 $c."""
    codes = [text.strip() for field in source.get("102") for text in field.take("a")]
    known = [COUNTRIES[code.upper()] for code in codes if code.upper() in COUNTRIES]
    if len(codes) > 1 or len(known) < len(codes):
        add(record, "044", "  ", *(("c", code) for code in codes))
    return known[0] if known else "xx "


def _of_books(source: SourceRecord) -> tuple[str, str, str, str]:
    """Return 008/18-21, 23, 24-27 and 29-34 of a book, from 105 and 106."""
    form = source.coded("106").code(0, FORMS, " ")
    coded = source.coded("105")
    if not coded.text:
        return "    ", form, "    ", "||| ||"
    pictures = "".join(sorted(coded.code(at, ILLUSTRATIONS, "") for at in range(4)))
    contents = "".join(sorted(coded.code(at, CONTENTS, "") for at in range(4, 8)))
    flags = "".join(coded.code(at, YES_OR_NO, "|") for at in range(8, 11))
    literary, lives = coded.code(11, LITERARY, "|"), coded.code(12, BIOGRAPHY, " ")
    return f"{pictures:<4}"[:4], form, f"{contents:<4}"[:4], f"{flags} {literary}{lives}"
