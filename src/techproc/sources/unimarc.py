"""UNIMARC bibliographic records made into MARC 21, for the fields a cataloguer needs.

After the UNIMARC Manual: Bibliographic Format (IFLA) and LC's "UNIMARC to MARC 21 conversion
specifications". What has no place here is not carried, and the fields dropped are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.findings import Finding, Severity
from techproc.sources.relators import RELATOR_OF_UNIMARC

__all__ = ["marc21_from_unimarc"]

# LDR/06 and 07 of UNIMARC → MARC 21, where they differ
_TYPES = {"b": "t", "h": "f", "i": "i", "j": "j", "l": "m", "m": "m", "r": "r", "u": "g"}
_LEVELS = {"i": "i", "a": "a", "c": "c", "m": "m", "s": "s"}
_ENCODING = {" ": " ", "1": "8", "2": "7", "3": "3"}  # 2: sub-level 2, short; 3: sub-level 3
# 100 $a/8 type of date → 008/06
_DATES = {
    "a": "c", "b": "d", "c": "u", "d": "s", "e": "r", "f": "q", "g": "m", "h": "t", "i": "p",
    "j": "e",
}  # fmt: skip
# 100 $a/17-19 audience → 008/22
_AUDIENCE = {"a": "j", "b": "a", "c": "b", "d": "c", "e": "d", "k": "e", "m": "g"}
_NOTES = {
    "300": "500", "304": "500", "305": "500", "306": "500", "307": "500", "308": "500",
    "310": "500", "312": "500", "314": "500", "315": "500", "320": "504", "321": "510",
    "325": "533", "327": "505", "328": "502", "330": "520", "333": "521", "336": "516",
    "337": "538", "345": "500",
}  # fmt: skip
_SUBJECTS = {
    "600": "600", "601": "610", "602": "600", "604": "600", "605": "630", "606": "650",
    "607": "651", "608": "655", "610": "653",
}  # fmt: skip
_NAMES = {
    "700": "100", "701": "700", "702": "700", "710": "110", "711": "710", "712": "710",
    "720": "100", "721": "700", "722": "700",
}  # fmt: skip
_LINKS = {"410": "830", "452": "776"}
_CONTROL = frozenset({"001", "003", "005"})
_NSB = re.compile("[\x88\x89\x98\x9c]")


def marc21_from_unimarc(unimarc: Record) -> tuple[Record, tuple[Finding, ...]]:
    """Return a MARC 21 record for a UNIMARC one, and findings that name what was dropped."""
    maker = _Maker(unimarc)
    maker.run()
    dropped = sorted({f.tag for f in unimarc.fields} - maker.used)
    findings = [
        Finding(
            rule="sources.converted-unimarc",
            message="the record is UNIMARC and was converted to MARC 21"
            + (f"; not carried: {', '.join(dropped)}" if dropped else ""),
            severity=Severity.INFO,
        )
    ]
    return maker.record, tuple(findings)


class _Maker:
    """One conversion: takes from `source`, adds to `record`, remembers the tags it used."""

    def __init__(self, source: Record) -> None:
        self.source = source
        self.record = Record()
        self.used: set[str] = set()

    def run(self) -> None:
        self._leader_and_control()
        self._numbers()
        self._names()
        self._titles()
        self._imprint()
        self._description()
        self._notes_and_links()
        self._subjects_and_classes()
        self.record.fields.sort(key=_order)

    def _fields(self, *tags: str) -> list[Field]:
        found = self.source.get_fields(*tags)
        self.used.update(f.tag for f in found)
        return found

    def _add(self, tag: str, indicators: str, *subfields: tuple[str, str]) -> None:
        kept = [Subfield(code, value) for code, value in subfields if value]
        if kept:
            pair = Indicators(indicators[0], indicators[1])
            self.record.fields.append(Field(tag=tag, indicators=pair, subfields=kept))

    def _coded(self) -> str:
        for field in self._fields("100"):
            for value in field.get_subfields("a"):
                return value.ljust(36)
        return " " * 36

    def _leader_and_control(self) -> None:
        old = str(self.source.leader)
        kind = _TYPES.get(old[6], old[6] if old[6] in "acdefgijkmoprt" else "a")
        level = _LEVELS.get(old[7], "m")
        encoding = _ENCODING.get(old[17], "u")
        status = old[5] if old[5] in "cdnop" else "n"
        self.record.leader = Leader(f"00000{status}{kind}{level} a2200000{encoding}i 4500")
        for field in self._fields("001", "003", "005"):
            if field.tag in ("001", "005"):
                self.record.fields.append(Field(tag=field.tag, data=field.data or ""))
        self.record.fields.append(Field(tag="008", data=self._fixed(self._coded())))

    def _fixed(self, coded: str) -> str:
        entered = coded[2:8] if coded[2:8].isdigit() else "000000"
        kind = _DATES.get(coded[8], "n" if not coded[9:13].strip() else "s")
        date1, date2 = _date(coded[9:13]), _date(coded[13:17])
        if kind == "s":
            date2 = "    "
        languages = [v for f in self._fields("101") for v in f.get_subfields("a")]
        countries = [v for f in self._fields("102") for v in f.get_subfields("a")]
        country = _COUNTRIES.get(countries[0].upper(), "xx ") if countries else "xx "
        language = languages[0][:3].ljust(3) if languages else "und"
        audience = _AUDIENCE.get(coded[17], " ")
        # 18-21 and 23-34 are those of books; what UNIMARC 105 says of them is not carried
        return f"{entered}{kind}{date1}{date2}{country}    {audience}      ||| ||{language} d"

    def _numbers(self) -> None:
        for field in self._fields("010"):
            for value in field.get_subfields("a"):
                qualifier = "".join(field.get_subfields("b")).strip("() ")
                price = " ".join(field.get_subfields("d"))
                self._add("020", "  ", ("a", value), ("q", qualifier), ("c", price))
            for value in field.get_subfields("z"):
                self._add("020", "  ", ("z", value))
        for field in self._fields("011"):
            self._add("022", "  ", *_picked(field, {"a": "a", "z": "z", "y": "y"}))
        for field in self._fields("020"):
            number = "".join(field.get_subfields("b"))
            self._add("015", "  ", ("a", number), ("2", "".join(field.get_subfields("a")).lower()))
        for field in self._fields("035"):
            self._add("035", "  ", *_picked(field, {"a": "a", "z": "z"}))
        control = self.source.get("003") or self.source.get("001")
        if control is not None and (control.data or "").startswith("http"):
            self._add("024", "7 ", ("a", control.data or ""), ("2", "uri"))
        agency = [v for f in self._fields("801") for v in f.get_subfields("b")]
        languages = [v for f in self._fields("100") for v in f.get_subfields("a")]
        cataloguing = languages[0][22:25].strip() if languages else ""
        self._add("040", "  ", ("a", agency[0] if agency else ""), ("b", cataloguing))
        spoken = [v for f in self._fields("101") for v in f.get_subfields("a")]
        originals = [v for f in self._fields("101") for v in f.get_subfields("c")]
        if originals or len(spoken) > 1:
            first = "1" if originals else "0"
            listed = [("a", v) for v in spoken] + [("h", v) for v in originals]
            self._add("041", f"{first} ", *listed)

    def _names(self) -> None:
        has_main = False
        for field in self._fields(*_NAMES):
            tag = _NAMES[field.tag]
            if tag in ("100", "110"):
                if has_main:
                    tag = f"7{tag[1:]}"
                has_main = True
            if field.tag.startswith("71"):
                meeting = field.indicator1 == "1"
                tag = tag[:2] + "1" if meeting else tag
                self._corporate(field, tag)
            else:
                self._person(field, tag)

    def _person(self, field: Field, tag: str) -> None:
        entry = "".join(field.get_subfields("a")[:1]).strip()
        forename = " ".join(field.get_subfields("b")).strip()
        name = f"{entry}, {forename}" if forename else entry
        lived = " ".join(field.get_subfields("f")).strip("() ")
        subfields = [("a", _text(name)), ("b", " ".join(field.get_subfields("d")))]
        subfields += [("c", value) for value in field.get_subfields("c")]
        subfields = [(code, value) for code, value in subfields if value]
        if lived:
            subfields = [*_ended(subfields, ","), ("d", lived)]
        subfields += [("4", code) for code in _relators(field)]
        first = "1" if field.indicator2 == "1" or forename else "0"
        self._add(tag, f"{first} ", *subfields)

    def _corporate(self, field: Field, tag: str) -> None:
        subfields = [("a", _text(" ".join(field.get_subfields("a"))))]
        subfields += [("b", _text(value)) for value in field.get_subfields("b")]
        codes = {"d": "n", "e": "c", "f": "d"}
        subfields += _picked(field, codes)
        subfields += [("4", code) for code in _relators(field)]
        self._add(tag, "2 ", *subfields)

    def _titles(self) -> None:
        for field in self._fields("200")[:1]:
            self._title(field)
        for field in self._fields("500"):
            language = "".join(field.get_subfields("m"))
            title, skipped = _nonfiling("".join(field.get_subfields("a")))
            has_name = any(f.tag in ("100", "110", "111") for f in self.record.fields)
            if has_name:
                self._add("240", f"1{skipped}", ("a", title), ("l", language))
            else:
                self._add("130", f"{skipped} ", ("a", title), ("l", language))
        kinds = {"510": "1", "512": "4", "513": "5", "514": "6", "515": "7", "516": "8", "517": "3"}
        for field in self._fields(*kinds):
            title = _text(" ".join(field.get_subfields("a")))
            self._add(
                "246",
                f"1{kinds[field.tag]}",
                ("a", title),
                ("b", " ".join(field.get_subfields("e"))),
            )

    def _title(self, field: Field) -> None:
        """200 in ISBD order: $a title, $e other title, $h $i part, $f $g responsibility."""
        out: list[tuple[str, str]] = []
        skipped = 0
        for code, value in ((s.code, s.value) for s in field.subfields):
            text = _text(value)
            if code == "a" and not out:
                text, skipped = _nonfiling(value)
                out.append(("a", text))
            elif code == "a":
                out = _ended(out, " ;")
                out.append(("b" if not any(c == "b" for c, _ in out) else "", text))
            elif code in ("d", "e"):
                out = _ended(out, " =" if code == "d" else " :")
                out.append(("b" if not any(c == "b" for c, _ in out) else "", text))
            elif code in ("h", "i"):
                out = _ended(out, "," if code == "i" and out and out[-1][0] == "n" else ".")
                out.append(("n" if code == "h" else "p", text))
            elif code in ("f", "g"):
                out = _ended(out, " ;" if any(c == "c" for c, _ in out) else " /")
                out.append(("c" if not any(c == "c" for c, _ in out) else "", text))
        joined: list[tuple[str, str]] = []
        for code, text in out:
            if code or not joined:
                joined.append((code or "a", text))
            else:  # MARC 21's $b and $c hold everything that follows
                joined[-1] = (joined[-1][0], f"{joined[-1][1]} {text}")
        if joined and not joined[-1][1].endswith((".", "?", "!")):
            joined[-1] = (joined[-1][0], joined[-1][1] + ".")
        has_main = any(f.tag in ("100", "110", "111", "130") for f in self.record.fields)
        self._add("245", f"{int(has_main)}{skipped}", *joined)

    def _imprint(self) -> None:
        for field in self._fields("205"):
            parts = _picked(field, {"a": "a", "f": "b"})
            if len(parts) == 2:
                parts[0] = ("a", f"{parts[0][1]} /")
            self._add("250", "  ", *parts)
        for field in self._fields("210", "214", "219"):
            second = "1"
            if field.tag in ("214", "219"):
                second = {"0": "1", "1": "0", "2": "2", "3": "3", "4": "4"}.get(
                    field.indicator2, "1"
                )
            out: list[tuple[str, str]] = []
            for sub in field.subfields:
                if sub.code in ("a", "c", "d"):
                    mark = {"a": " ;", "c": " :", "d": ","}[sub.code]
                    out = _ended(out, mark)
                    out.append(({"a": "a", "c": "b", "d": "c"}[sub.code], _text(sub.value)))
            self._add("264", f" {second}", *out)

    def _description(self) -> None:
        for field in self._fields("215"):
            out: list[tuple[str, str]] = []
            for sub in field.subfields:
                if sub.code in ("a", "c", "d", "e"):
                    mark = {"a": " +", "c": " :", "d": " ;", "e": " +"}[sub.code]
                    out = _ended(out, mark)
                    out.append(
                        ({"a": "a", "c": "b", "d": "c", "e": "e"}[sub.code], _text(sub.value))
                    )
            self._add("300", "  ", *out)
        for field in self._fields("225"):
            out = []
            for sub in field.subfields:
                sign = {"e": " :", "h": ".", "i": ".", "v": " ;", "f": " /", "x": ","}.get(sub.code)
                if sub.code == "a" and not out:
                    out.append(("a", _text(sub.value)))
                elif sub.code in ("x", "v") and sign:
                    out = _ended(out, sign)
                    out.append((sub.code, _text(sub.value)))
                elif sign and out:
                    out[-1] = (out[-1][0], f"{out[-1][1]}{sign} {_text(sub.value)}")
            self._add("490", "0 ", *out)

    def _notes_and_links(self) -> None:
        for field in self._fields(*_NOTES):
            tag = _NOTES[field.tag]
            text = _text(
                ". ".join(v.rstrip(" .") for v in field.get_subfields("a", "b", "c", "d", "e"))
            )
            first = {"505": "0", "521": " "}.get(tag, " ")
            self._add(
                tag, f"{first} ", ("a", text + "." if text and not text.endswith(".") else text)
            )
        for field in self._fields("856"):
            self._add("856", "4 ", *_picked(field, {"u": "u", "z": "z", "3": "3"}))
        for field in self._fields(*_LINKS):
            codes = {"t": "t", "x": "x", "y": "z", "v": "g"}
            if field.tag == "410":
                codes = {"t": "a", "x": "x", "v": "v"}
            indicators = " 0" if field.tag == "410" else "08"
            self._add(_LINKS[field.tag], indicators, *_picked(field, codes))

    def _subjects_and_classes(self) -> None:
        for field in self._fields(*_SUBJECTS):
            tag = _SUBJECTS[field.tag]
            system = "".join(field.get_subfields("2")).strip()
            out = []
            for sub in field.subfields:
                if sub.code == "a":
                    out.append(("a", _text(sub.value)))
                elif sub.code == "b" and field.tag in ("600", "602") and out:
                    out[0] = ("a", f"{out[0][1]}, {_text(sub.value)}")
                elif sub.code == "f" and tag == "600":
                    out.append(("d", sub.value.strip("() ")))
                elif sub.code in ("x", "y", "z", "j"):
                    code = {"x": "x", "y": "z", "z": "y", "j": "v"}[sub.code]
                    out.append((code, _text(sub.value)))
            if tag == "653":
                self._add(tag, "  ", *[p for p in out if p[0] == "a"])
                continue
            first = {"600": "1", "610": "2", "630": "0"}.get(tag, " ")
            second = {"lc": "0", "mesh": "2", "nlm": "2"}.get(system, "7" if system else "4")
            if second == "7":
                out.append(("2", system))
            self._add(tag, f"{first}{second}", *out)
        for field in self._fields("676"):
            edition = "".join(field.get_subfields("v")) or "23"
            stated = bool(field.get_subfields("v"))
            for value in field.get_subfields("a")[:1]:
                self._add("082", "04", ("a", value), ("2", edition if stated else ""))
        for field in self._fields("680"):
            self._add("050", " 4", *_picked(field, {"a": "a", "b": "b"}))
        for field in self._fields("675"):
            self._add("080", "  ", *_picked(field, {"a": "a", "v": "2"}))


def _picked(field: Field, codes: dict[str, str]) -> list[tuple[str, str]]:
    return [(codes[s.code], _text(s.value)) for s in field.subfields if s.code in codes]


def _relators(field: Field) -> Iterable[str]:
    return [RELATOR_OF_UNIMARC.get(code, "oth") for code in field.get_subfields("4")]


def _text(value: str) -> str:
    """Return a text without the marks around non-filing characters (NSB and NSE)."""
    return " ".join(_NSB.sub("", value).split())


def _nonfiling(value: str) -> tuple[str, int]:
    """Return a title without non-filing marks, and how many characters they enclosed (0-9)."""
    match = re.match("[\x88\x98](.*?)[\x89\x9c](\\s*)", value)
    if not match:
        return _text(value), 0
    skipped = len(match[1]) + (0 if match[1].endswith(" ") else len(match[2][:1]))
    return _text(match[1] + match[2] + value[match.end() :]), min(skipped, 9)


def _ended(parts: list[tuple[str, str]], mark: str) -> list[tuple[str, str]]:
    """Return the parts with ISBD punctuation after the last one, before the next begins."""
    if not parts:
        return parts
    code, text = parts[-1]
    text = text.rstrip(" ,:;/=+")
    return [*parts[:-1], (code, text if mark == "." and text.endswith(".") else text + mark)]


def _date(text: str) -> str:
    return text if re.fullmatch(r"[0-9u]{4}", text) else "    " if not text.strip() else "uuuu"


def _order(field: Field) -> str:
    return field.tag


# ISO 3166 codes of 102 $a → MARC country codes, for the countries that publish most in UNIMARC
_COUNTRIES = {
    "FR": "fr ", "BE": "be ", "CH": "sz ", "DE": "gw ", "IT": "it ", "ES": "sp ", "PT": "po ",
    "GB": "xxk", "US": "xxu", "CA": "xxc", "NL": "ne ", "LU": "lu ", "MC": "mc ", "AT": "au ",
    "PL": "pl ", "RU": "ru ", "GR": "gr ", "RO": "rm ", "BG": "bu ", "HR": "ci ", "SI": "xv ",
    "RS": "rb ", "CZ": "xr ", "SK": "xo ", "HU": "hu ", "DK": "dk ", "SE": "sw ", "NO": "no ",
    "FI": "fi ", "IE": "ie ", "JP": "ja ", "CN": "cc ", "IN": "ii ", "BR": "bl ", "AR": "ag ",
    "MX": "mx ", "MA": "mr ", "DZ": "ae ", "TN": "ti ", "SN": "sg ", "CI": "iv ", "CM": "cm ",
    "LB": "le ", "EG": "ua ", "TR": "tu ", "IL": "is ", "AU": "at ", "UA": "un ", "VN": "vm ",
}  # fmt: skip
