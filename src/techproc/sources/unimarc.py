"""UNIMARC bibliographic records made into MARC 21, for the fields a cataloguer needs.

After the UNIMARC Manual: Bibliographic Format (IFLA) and LC's "UNIMARC to MARC 21 conversion
specifications". What has no place here is not carried, and the fields dropped are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.findings import Finding, Severity
from techproc.sources._unimarc_isbd import (
    ended,
    extent_area,
    imprint_area,
    nonfiling,
    picked,
    series_area,
    title_area,
    without_marks,
)
from techproc.sources._unimarc_tables import (
    AUDIENCE,
    BIOGRAPHY,
    CONTENTS,
    COUNTRIES,
    DATES,
    ENCODING,
    ILLUSTRATIONS,
    LEVELS,
    LINKS,
    LITERARY,
    NAMES,
    NOTES,
    SUBJECTS,
    TYPES,
)
from techproc.sources.building import year_of
from techproc.sources.relators import RELATOR_OF_UNIMARC

__all__ = ["marc21_from_unimarc"]

# Subfields of 601 and 71X (number, place and date of a meeting) → MARC 21 X10 and X11
_OF_CORPORATE = {"d": "n", "e": "c", "f": "d"}


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
        kind = TYPES.get(old[6], old[6] if old[6] in "acdefgijkmoprt" else "a")
        level = LEVELS.get(old[7], "m")
        encoding = ENCODING.get(old[17], "u")
        status = old[5] if old[5] in "cdnop" else "n"
        self.record.leader = Leader(f"00000{status}{kind}{level} a2200000{encoding}i 4500")
        for field in self._fields("001", "003", "005"):
            if field.tag in ("001", "005"):
                self.record.fields.append(Field(tag=field.tag, data=field.data or ""))
        self.record.fields.append(Field(tag="008", data=self._fixed(self._coded())))

    def _fixed(self, coded: str) -> str:
        entered = coded[2:8] if coded[2:8].isdigit() else "000000"
        kind = DATES.get(coded[8], "n" if not coded[9:13].strip() else "s")
        date1, date2 = _date(coded[9:13]), _date(coded[13:17])
        if not date1.strip():
            # The date was not coded: the first year of the imprint stands for it.
            said = [v for f in self.source.get_fields("210", "214") for v in f.get_subfields("d")]
            year = year_of(" ".join(said))
            kind, date1 = ("s", year) if year else ("n", "uuuu")
            date2 = "    " if year else "uuuu"
        if kind == "s":
            date2 = "    "
        languages = [v for f in self._fields("101") for v in f.get_subfields("a")]
        countries = [v for f in self._fields("102") for v in f.get_subfields("a")]
        country = COUNTRIES.get(countries[0].upper(), "xx ") if countries else "xx "
        language = languages[0][:3].ljust(3) if languages else "und"
        audience = AUDIENCE.get(coded[17], " ")
        pictures, form, contents, rest = self._of_books()
        return (
            f"{entered}{kind}{date1}{date2}{country}{pictures}{audience}{form}{contents} "
            f"{rest}{language} d"
        )

    def _of_books(self) -> tuple[str, str, str, str]:
        """Return 008/18-21, 23, 24-27 and 29-34 of a book, from 105."""
        coded = [v for f in self._fields("105") for v in f.get_subfields("a")]
        if not coded:
            return "    ", " ", "    ", "||| ||"
        code = coded[0].ljust(13)
        pictures = "".join(sorted(ILLUSTRATIONS.get(c, "") for c in code[:4])).ljust(4)[:4]
        contents = "".join(sorted(CONTENTS.get(c, "") for c in code[4:8])).ljust(4)[:4]
        flags = "".join(c if c in "01" else "|" for c in code[8:11])
        return (
            pictures,
            " ",
            contents,
            f"{flags} {LITERARY.get(code[11], '|')}{BIOGRAPHY.get(code[12], ' ')}",
        )

    def _numbers(self) -> None:
        for field in self._fields("010"):
            for value in field.get_subfields("a"):
                qualifier = "".join(field.get_subfields("b")).strip("() ")
                price = " ".join(field.get_subfields("d"))
                self._add("020", "  ", ("a", value), ("q", qualifier), ("c", price))
            for value in field.get_subfields("z"):
                self._add("020", "  ", ("z", value))
        for field in self._fields("011"):
            # UNIMARC: $y cancelled, $z erroneous; MARC 21: $y incorrect, $z cancelled.
            codes = {"a": "a", "f": "l", "g": "m", "y": "z", "z": "y"}
            self._add("022", "  ", *picked(field, codes))
        for field in self._fields("020"):
            number = "".join(field.get_subfields("b"))
            self._add("015", "  ", ("a", number), ("2", "".join(field.get_subfields("a")).lower()))
        for field in self._fields("035"):
            self._add("035", "  ", *picked(field, {"a": "a", "z": "z"}))
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
        for field in self._fields(*NAMES):
            tag = NAMES[field.tag]
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
        initials = " ".join(field.get_subfields("b")).strip()
        full = " ".join(field.get_subfields("g")).strip()  # initials written out
        forename = initials or full
        name = f"{entry}, {forename}" if forename else entry
        lived = " ".join(field.get_subfields("f")).strip("() ")
        subfields = [("a", without_marks(name)), ("b", " ".join(field.get_subfields("d")))]
        subfields += [("c", value) for value in field.get_subfields("c")]
        if initials and full and full != initials:
            subfields.append(("q", f"({without_marks(full)})"))
        subfields = [(code, value) for code, value in subfields if value]
        if lived:
            subfields = [*ended(subfields, ","), ("d", lived)]
        subfields += [("4", code) for code in _relators(field)]
        first = "1" if field.indicator2 == "1" or forename else "0"
        self._add(tag, f"{first} ", *subfields)

    def _corporate(self, field: Field, tag: str) -> None:
        subfields = [("a", without_marks(" ".join(field.get_subfields("a"))))]
        below = _below(tag)
        subfields += [(below, without_marks(value)) for value in field.get_subfields("b")]
        subfields += picked(field, _OF_CORPORATE)
        subfields += [("4", code) for code in _relators(field)]
        self._add(tag, "2 ", *subfields)

    def _titles(self) -> None:
        for field in self._fields("200")[:1]:
            subfields, skipped = title_area(field)
            has_main = any(f.tag in ("100", "110", "111", "130") for f in self.record.fields)
            self._add("245", f"{int(has_main)}{skipped}", *subfields)
        for field in self._fields("500"):
            language = "".join(field.get_subfields("m"))
            title, skipped = nonfiling("".join(field.get_subfields("a")))
            has_name = any(f.tag in ("100", "110", "111") for f in self.record.fields)
            if has_name:
                self._add("240", f"1{skipped}", ("a", title), ("l", language))
            else:
                self._add("130", f"{skipped} ", ("a", title), ("l", language))
        kinds = {"510": "1", "512": "4", "513": "5", "514": "6", "515": "7", "516": "8", "517": "3"}
        for field in self._fields(*kinds):
            title = without_marks(" ".join(field.get_subfields("a")))
            self._add(
                "246",
                f"1{kinds[field.tag]}",
                ("a", title),
                ("b", " ".join(field.get_subfields("e"))),
            )

    def _imprint(self) -> None:
        for field in self._fields("205"):
            parts = picked(field, {"a": "a", "f": "b"})
            if len(parts) == 2:
                parts[0] = ("a", f"{parts[0][1]} /")
            self._add("250", "  ", *parts)
        for field in self._fields("210", "214", "219"):
            second = "1"
            if field.tag in ("214", "219"):
                second = {"0": "1", "1": "0", "2": "2", "3": "3", "4": "4"}.get(
                    field.indicator2, "1"
                )
            self._add("264", f" {second}", *imprint_area(field))

    def _description(self) -> None:
        for field in self._fields("215"):
            self._add("300", "  ", *extent_area(field))
        for field in self._fields("225"):
            self._add("490", "0 ", *series_area(field))

    def _notes_and_links(self) -> None:
        for field in self._fields(*NOTES):
            tag = NOTES[field.tag]
            text = without_marks(
                ". ".join(v.rstrip(" .") for v in field.get_subfields("a", "b", "c", "d", "e"))
            )
            first = {"505": "0", "521": " "}.get(tag, " ")
            self._add(
                tag, f"{first} ", ("a", text + "." if text and not text.endswith(".") else text)
            )
        for field in self._fields("856"):
            self._add("856", "4 ", *picked(field, {"u": "u", "z": "z", "3": "3"}))
        for field in self._fields(*LINKS):
            codes = {"t": "t", "x": "x", "y": "z", "v": "g"}
            series = LINKS[field.tag] == "830"
            if series:
                codes = {"t": "a", "x": "x", "v": "v"}
            indicators = " 0" if series else "08" if field.tag == "452" else "0 "
            self._add(LINKS[field.tag], indicators, *picked(field, codes))

    def _subjects_and_classes(self) -> None:
        for field in self._fields(*SUBJECTS):
            tag = SUBJECTS[field.tag]
            if field.tag == "601" and field.indicator1 == "1":
                tag = "611"
            system = "".join(field.get_subfields("2")).strip()
            out = []
            for sub in field.subfields:
                if sub.code == "a":
                    out.append(("a", without_marks(sub.value)))
                elif sub.code == "b" and field.tag in ("600", "602") and out:
                    out[0] = ("a", f"{out[0][1]}, {without_marks(sub.value)}")
                elif field.tag == "601" and sub.code == "b":
                    out.append((_below(tag), without_marks(sub.value)))
                elif field.tag == "601" and sub.code in _OF_CORPORATE:
                    out.append((_OF_CORPORATE[sub.code], without_marks(sub.value)))
                elif sub.code == "f" and tag == "600":
                    out.append(("d", sub.value.strip("() ")))
                elif sub.code in ("x", "y", "z", "j"):
                    code = {"x": "x", "y": "z", "z": "y", "j": "v"}[sub.code]
                    out.append((code, without_marks(sub.value)))
            if tag == "653":
                self._add(tag, "  ", *[p for p in out if p[0] == "a"])
                continue
            first = {"600": "1", "610": "2", "611": "2", "630": "0"}.get(tag, " ")
            second = {"lc": "0", "mesh": "2", "nlm": "2"}.get(system, "7" if system else "4")
            if second == "7":
                out.append(("2", system))
            self._add(tag, f"{first}{second}", *out)
        self._classes()

    def _classes(self) -> None:
        for field in self._fields("676"):
            edition = "".join(field.get_subfields("v"))
            for value in field.get_subfields("a")[:1]:
                self._add("082", "04", ("a", value), ("2", edition))
        for field in self._fields("680"):
            self._add("050", " 4", *picked(field, {"a": "a", "b": "b"}))
        for field in self._fields("686"):
            systems = field.get_subfields("2")
            scheme = ("2", systems[0] if systems else "")
            self._add("084", "  ", *picked(field, {"a": "a"}), scheme)
        for field in self._fields("675"):
            self._add("080", "  ", *picked(field, {"a": "a", "v": "2"}))


def _below(tag: str) -> str:
    """Return the subfield of a subordinate unit: $b of a corporate name, $e of a meeting."""
    return "e" if tag.endswith("11") else "b"


def _relators(field: Field) -> Iterable[str]:
    return [RELATOR_OF_UNIMARC.get(code, "oth") for code in field.get_subfields("4")]


def _date(text: str) -> str:
    return text if re.fullmatch(r"[0-9u]{4}", text) else "    " if not text.strip() else "uuuu"


def _order(field: Field) -> str:
    return field.tag
