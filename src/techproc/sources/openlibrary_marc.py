"""Open Library's JSON made into MARC 21 that a cataloguer can take as a start.

Field by field after https://openlibrary.org/type/edition. The data was typed by anyone: the
record is of abbreviated level (LDR/17 3). The subjects of an edition that came from a library's
record are headings of a vocabulary no longer known (650, second indicator 4); others are
uncontrolled terms (653). Every value is carried or told, but for the type and the revision
numbers of Open Library's own documents, and what "data" repeats of the edition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.findings import Finding, Severity
from techproc.identifiers import isbn as isbns
from techproc.identifiers import lccn, oclc
from techproc.sources._json_source import SourceDocument
from techproc.sources._openlibrary_values import (
    CORPORATE,
    contribution,
    day,
    height,
    lccn_in_marc,
    stamp,
)
from techproc.sources.archive_records import places
from techproc.sources.building import (
    add,
    content_fields,
    ended,
    fixed_008,
    inverted,
    isbn_parts,
    nonfiling,
    year_of,
)
from techproc.sources.leftovers import Value, converted
from techproc.sources.relators import relator_code

__all__ = ["record_from_edition"]

_AGENCY = "OpenLibrary"  # not a MARC organization code: Open Library has none
_SITE = "https://openlibrary.org"
_OWN = frozenset({"type", "revision", "latest_revision"})
_MAX_TERMS = 20
_ONLINE = re.compile(r"e-?book|electronic|kindle|online|pdf|epub", re.I)
_AUDIO = re.compile(r"audio|compact disc|\bcd\b|cassette|mp3", re.I)
_PAPER = re.compile(r"hard|paper|cloth|board|bound|binding|mass market|softcover|pbk|hbk", re.I)
_SERIES = re.compile(r"^(?P<title>.*?)\s*(?:;|--|,(?=\s*(?:no|vol|v|bd|nr|t)\b))\s*(?P<number>[^;]*[0-9][^;]*)$", re.I)  # fmt: skip  # noqa: E501
_CUTTER = re.compile(r"^(?P<number>\S.*?)\s+(?P<item>\.?[A-Z][0-9].*)$")
# Terms by what they name → second indicator of 653
_TERMS = {
    "subject_people": "1", "subject_time": "4", "subject_times": "4", "subject_place": "5",
    "subject_places": "5", "genres": "6",
}  # fmt: skip


def record_from_edition(
    edition: Mapping[str, Any], data: Mapping[str, Any]
) -> tuple[Record, tuple[Finding, ...]]:
    """Return the MARC 21 record of an edition ("details"), with what "data" knows of its work.

    The findings say that it was made, and each value that has no place.
    """
    maker = _Maker(edition, data)
    maker.run()
    about = Finding(
        rule="sources.made-from-json",
        message="the record was made from Open Library's data, which anyone may type",
        severity=Severity.INFO,
        fix="compare it with the item in hand",
    )
    return maker.record, converted(about, maker.left())


class _Maker:
    def __init__(self, edition: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        self.edition = SourceDocument(edition, skipped=_OWN)
        self.data = SourceDocument(data, "data", skipped=_OWN)
        self.record = Record()
        self.from_library = bool(places(edition))
        named = [(at, self._code(at)) for at in self.edition.count("languages")]
        self.languages = [code for _, code in named if code]
        for at, code in named:
            if code:
                self.edition.take("languages", at, "key")
        self.language = self.languages[0] if self.languages else ""
        self.format = self.edition.has("physical_format")
        self.pages = self.edition.take("pagination") or self.edition.take("number_of_pages")

    def _code(self, at: int) -> str:
        code = self.edition.has("languages", at, "key").rpartition("/")[2]
        return code if re.fullmatch("[a-z]{3}", code) else ""

    def run(self) -> None:
        self._control()
        self._isbns()
        self._numbers()
        self._names()
        self._title()
        self._imprint()
        self._description()
        self._notes()
        self._subjects()
        self._access()
        self.record.fields.sort(key=lambda field: field.tag)

    def left(self) -> list[Value]:
        """Return the values not carried; "data" is told only where it says something else."""
        said = {value.text for value in self.edition.values()}
        more = [v for v in self.data.values() if v.text not in said and not v.taken]
        return [*self.edition.values(), *more]

    def _kind(self) -> str:
        if _AUDIO.search(self.format):
            return "audio"
        if _ONLINE.search(self.format):
            return "online"
        return "print" if _PAPER.search(self.format) or self.pages else ""

    def _control(self) -> None:
        kind = "i" if self._kind() == "audio" else "a"
        self.record.leader = Leader(f"00000n{kind}m a22000003i 4500")
        key = self.edition.take("key").rpartition("/")[2]
        self._field("001", key)
        changed = self.edition.text("last_modified")
        self._field("005", stamp(changed))
        entered = self.edition.text("created")
        if changed and not stamp(changed):
            self._leave("last_modified")
        if entered and not day(entered):
            self._leave("created")
        country = self.edition.has("publish_country")
        known = re.fullmatch(r"[a-z]{2,3} ?", country) is not None
        if known:
            self.edition.take("publish_country")
        fixed = fixed_008(
            year_of(self.edition.has("publish_date")),
            self.language,
            country=country if known else "xx ",
            today=day(entered) or day(changed),
        )
        if self._kind() == "online":
            fixed = f"{fixed[:23]}o{fixed[24:]}"
        self._field("008", fixed)
        add(self.record, "035", "  ", ("a", f"({_AGENCY}){key}" if key else ""))
        add(self.record, "040", "  ", ("a", _AGENCY), ("c", _AGENCY))
        originals = []
        for at in self.edition.count("translated_from"):
            code = self.edition.take("translated_from", at, "key").rpartition("/")[2]
            originals.append(("h", code))
        if len(self.languages) > 1 or originals:
            spoken = [("a", code) for code in self.languages]
            add(self.record, "041", "1 " if originals else "0 ", *spoken, *originals)

    def _leave(self, name: str) -> None:
        self.edition.leave(name)
        self.edition.leave(name, "value")

    def _isbns(self) -> None:
        seen: set[str] = set()
        for value in (*self.edition.listed("isbn_13"), *self.edition.listed("isbn_10")):
            text = value.take()
            parsed = isbns.parse(text)
            if parsed.isbn13 in seen and parsed.isbn13 and not parsed.qualifier:
                continue  # the ten-digit form of one that is there already
            seen.add(parsed.isbn13 or "")
            code = "a" if parsed.valid else "z"
            number, qualifier = isbn_parts(text)
            if parsed.digits and not qualifier:
                qualifier = self.edition.take("physical_format").lower()
            add(self.record, "020", "  ", (code, number), ("q", qualifier))

    def _numbers(self) -> None:
        for value in self.edition.listed("lccn"):
            number = lccn.normalize(value.take())
            if number is None:
                add(self.record, "010", "  ", ("z", value.text))
                continue
            pair = Indicators(" ", " ")
            parts = [Subfield("a", lccn_in_marc(number))]
            self.record.fields.append(Field(tag="010", indicators=pair, subfields=parts))
        for value in self.edition.listed("oclc_numbers"):
            number = oclc.normalize(f"(OCoLC){value.text}")
            if number:
                value.take()
                add(self.record, "035", "  ", ("a", f"(OCoLC){number}"))
        for value in self.edition.listed("lc_classifications"):
            text = value.take()
            match = _CUTTER.match(text)
            parted = (match["number"], match["item"]) if match else (text, "")
            add(self.record, "050", " 4", ("a", parted[0]), ("b", parted[1]))
        for value in self.edition.listed("dewey_decimal_class"):
            add(self.record, "082", "04", ("a", value.take()))
        for path, value in self.edition.below("identifiers"):
            add(self.record, "024", "8 ", ("a", value.take()), ("q", str(path[1])))

    def _names(self) -> None:
        source = self.edition
        if not any(source.has("authors", at, "name") for at in source.count("authors")):
            source = self.data
        authors: dict[str, str] = {}
        for at in source.count("authors"):
            name = source.take("authors", at, "name")
            key = source.take("authors", at, "key")
            if name and name not in authors:
                authors[name] = f"{_SITE}{key}" if key.startswith("/authors/") else ""
            if key and (not name or not key.startswith("/authors/")):
                source.leave("authors", at, "key")
        self.authors = list(authors)
        for number, (name, address) in enumerate(authors.items()):
            self._name(name, "author", address, main=number == 0)
        held = {inverted(name) for name in authors}
        for at in self.edition.count("contributors"):
            name = self.edition.has("contributors", at, "name")
            if name and inverted(name) not in held:
                held.add(inverted(name))
                role = self.edition.take("contributors", at, "role")
                self._name(self.edition.take("contributors", at, "name"), role, main=False)
        for value in self.edition.listed("contributions"):
            name, role = contribution(value.text)
            if inverted(name) not in held:
                held.add(inverted(name))
                value.take()
                self._name(name, role, main=False)

    def _name(self, name: str, role: str, address: str = "", *, main: bool) -> None:
        known = relator_code(role)
        relators = [("e", known[1]), ("4", known[0])] if known else [("e", role.lower())]
        corporate = CORPORATE.search(name) is not None
        whole = name if corporate else inverted(name)
        heading = ended(whole, ",") if relators[0][1] else whole
        first = "2" if corporate else "1" if "," in whole else "0"
        tag = ("1" if main else "7") + ("10" if corporate else "00")
        add(self.record, tag, f"{first} ", ("a", heading), *relators, ("1", address))

    def _title(self) -> None:
        prefix = self.edition.take("title_prefix")
        title = self.edition.take("title") or self.data.take("title")
        if prefix and not title.lower().startswith(prefix.lower()):
            title = f"{prefix} {title}"
        subtitle = self.edition.take("subtitle")
        stated = self.edition.take("by_statement").rstrip(" .")
        if not stated and self.authors:
            stated = f"[{'; '.join(self.authors)}]"  # not transcribed: bracketed as supplied
        parts = [("a", title), ("b", subtitle), ("c", stated)]
        parts = [(code, text) for code, text in parts if text]
        marks = {"b": " :", "c": " /"}
        written = [
            (code, ended(text, marks[parts[at + 1][0]] if at + 1 < len(parts) else "."))
            for at, (code, text) in enumerate(parts)
        ]
        skipped = nonfiling(title, self.language or "eng")
        has_main = any(f.tag in ("100", "110") for f in self.record.fields)
        add(self.record, "245", f"{int(has_main)}{skipped}", *written)
        for other in self.edition.listed("other_titles"):
            add(self.record, "246", "3 ", ("a", other.take().rstrip(" .")))
        for number, original in enumerate(self.edition.listed("work_titles")):
            tag, indicators = ("730", "0 ") if number else ("240", "10")
            add(self.record, tag, indicators, ("a", ended(original.take(), ".")))
        add(self.record, "765", "0 ", ("t", self.edition.take("translation_of")))

    def _imprint(self) -> None:
        edition = ended(self.edition.take("edition_name"), ".")
        add(self.record, "250", "  ", ("a", edition if edition != "." else ""))
        towns = [value.take() for value in self.edition.listed("publish_places")]
        publishers = [value.take() for value in self.edition.listed("publishers")]
        when = self.edition.take("publish_date")
        year = year_of(when) or when
        if year != when:
            self.edition.leave("publish_date")  # its day and month
        subfields: list[tuple[str, str]] = []
        for at, place in enumerate(towns):
            last = at + 1 == len(towns)
            mark = " :" if last and publishers else " ;" if not last else ","
            subfields.append(("a", ended(place, mark)))
        for at, publisher in enumerate(publishers):
            last = at + 1 == len(publishers)
            subfields.append(("b", ended(publisher, " :" if not last else "," if year else ".")))
        add(self.record, "264", " 1", *subfields, ("c", ended(year, ".") if year else ""))
        for value in self.edition.listed("distributors"):
            add(self.record, "264", " 2", ("b", value.take()))
        rights = self.edition.take("copyright_date")
        add(self.record, "264", " 4", ("c", f"©{rights.lstrip('©c ')}" if rights else ""))

    def _description(self) -> None:
        extent = self.pages
        if extent.isascii() and extent.isdigit():
            extent = f"{extent} pages"
        if self._kind() == "online":
            extent = f"1 online resource ({extent})" if extent else "1 online resource"
        size = height(self.edition.has("physical_dimensions"))
        if size == self.edition.has("physical_dimensions"):
            self.edition.take("physical_dimensions")
        shown = ended(extent, " ;") if size and extent else extent
        add(self.record, "300", "  ", ("a", shown), ("c", size))
        if self._kind():
            content_fields(self.record, self._kind())
        for value in self.edition.listed("series"):
            text = value.take()
            match = _SERIES.match(text)
            if match:
                title = ended(match["title"], " ;")
                add(self.record, "490", "0 ", ("a", title), ("v", match["number"].strip()))
            else:
                add(self.record, "490", "0 ", ("a", text.rstrip(" .") or text))

    def _notes(self) -> None:
        add(self.record, "500", "  ", ("a", self.edition.text("notes")))
        titles = []
        for at in self.edition.count("table_of_contents"):
            if self.edition.has("table_of_contents", at, "level") == "0":
                self.edition.take("table_of_contents", at, "level")
            plain = self.edition.take("table_of_contents", at)
            label, title = (
                self.edition.take("table_of_contents", at, n) for n in ("label", "title")
            )
            titles.append(" ".join(filter(None, (plain, label, title))))
        listed = " -- ".join(title for title in titles if title)
        add(self.record, "505", "0 ", ("a", ended(listed, ".") if listed else ""))
        add(self.record, "520", "  ", ("a", self.edition.text("description")))

    def _subjects(self) -> None:
        headings = self.from_library
        values = self.edition.listed("subjects")
        if not values:
            headings = False
            values = [
                value
                for path, value in self.data.below("subjects")
                if path[-1] == "name" and len(path) == 3
            ]
        terms: dict[str, list[Value]] = {}
        for value in values:
            terms.setdefault(value.text.rstrip(" ."), []).append(value)
        for term in [term for term in terms if term][:_MAX_TERMS]:
            for value in terms[term]:
                value.take()
            if headings:
                first, *rest = (part.strip() for part in term.split("--"))
                subfields = [("a", first), *(("x", part) for part in rest)]
                subfields[-1] = (subfields[-1][0], ended(subfields[-1][1], "."))
                add(self.record, "650", " 4", *subfields)
            else:
                add(self.record, "653", "  ", ("a", term))
        for name, second in _TERMS.items():
            for value in self.edition.listed(name):
                add(self.record, "653", f" {second}", ("a", value.take()))

    def _access(self) -> None:
        """Add 758 for the work, and 856 for scans, covers and links."""
        for at in self.edition.count("works"):
            key = self.edition.has("works", at, "key")
            if key.startswith("/works/"):
                self.edition.take("works", at, "key")
                add(self.record, "758", "  ", ("i", "Has work manifested:"), ("1", f"{_SITE}{key}"))
        ocaid = self.edition.has("ocaid")
        if re.fullmatch(r"[A-Za-z0-9._-]+", ocaid):
            self.edition.take("ocaid")
            url = f"https://archive.org/details/{ocaid}"
            add(self.record, "856", "42", ("3", "Internet Archive"), ("u", url))
        for at in self.edition.count("links"):
            url, title = (self.edition.take("links", at, name) for name in ("url", "title"))
            add(self.record, "856", "42", ("3", title), ("u", url))
        uris = self.edition.listed("uris")
        labels = self.edition.listed("uri_descriptions")
        for at, value in enumerate(uris):
            label = labels[at].take() if len(labels) == len(uris) else ""
            add(self.record, "856", "42", ("3", label), ("u", value.take()))

    def _field(self, tag: str, data: str) -> None:
        if data:
            self.record.fields.append(Field(tag=tag, data=data))
