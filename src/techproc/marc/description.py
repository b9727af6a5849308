"""What a cataloguer reads off a record, as plain data: titles, names, edition, date, carrier.

Everything that compares records reads them through `describe`: verification, match keys,
deduplication, ranking, classification, cards and reports. It looks at each field once, since a
million records pass through it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pymarc

from techproc.identifiers import issn, lccn, oclc
from techproc.identifiers.isbn import Isbn
from techproc.identifiers.isbn import parse as parse_isbn
from techproc.marc.carrier import carrier_of
from techproc.marc.dates import PublicationDate, publication_date
from techproc.marc.extent import height_of, pages_of, volumes_of
from techproc.text import strip_isbd

__all__ = ["Description", "Name", "describe"]


@dataclass(frozen=True, slots=True)
class Name:
    """A creator or contributor: 1XX (`main`) or 7XX.

    `kind` is "person", "corporate" or "meeting"; `text` the name as established, inverted where the
    record inverts it, with numeration and subordinate bodies; `dates` $d, `relators` $e and $4.
    """

    text: str
    kind: str
    dates: str = ""
    relators: tuple[str, ...] = ()
    main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A record as read. Texts are without ISBD punctuation at their ends; "" means not there.

    `isbns` are 020 $a, then $z flagged cancelled; `parts` 245 $n and $p in order; `pages` the
    largest arabic page number of 300 $a, `volumes` its number of volumes, `size_cm` the height;
    `carrier` one of `techproc.marc.carrier.CARRIERS`; `level` LDR/07, `type` LDR/06; `language`
    008/35-37 and `cataloguing_language` 040 $b; `subjects` 6XX as strings with -- before
    subdivisions; the `vernacular_…` come from the paired 880 fields.
    """

    control: str
    isbns: tuple[Isbn, ...]
    issns: tuple[str, ...]
    lccn: str | None
    oclc: str | None
    title: str
    subtitle: str
    parts: tuple[str, ...]
    responsibility: str
    nonfiling: int
    other_titles: tuple[str, ...]
    uniform_title: str
    creators: tuple[Name, ...]
    edition: str
    publishers: tuple[str, ...]
    places: tuple[str, ...]
    date: PublicationDate
    extent: str
    pages: int | None
    volumes: int | None
    size_cm: int | None
    carrier: str
    large_print: bool
    level: str
    type: str
    language: str
    languages: tuple[str, ...]
    cataloguing_language: str
    series: tuple[str, ...]
    subjects: tuple[str, ...]
    vernacular_title: str
    vernacular_subtitle: str
    vernacular_names: tuple[str, ...]
    vernacular_edition: str
    vernacular_publishers: tuple[str, ...]


_NAME_KIND = {"00": "person", "10": "corporate", "11": "meeting"}


def describe(record: pymarc.Record) -> Description:
    """Return what a cataloguer reads off a MARC 21 record; nothing raises, what is absent is "".

    >>> record = pymarc.Record()
    >>> record.add_field(pymarc.Field("245", pymarc.Indicators("1", "4"), [
    ...     pymarc.Subfield("a", "The hobbit, or, There and back again /"),
    ...     pymarc.Subfield("c", "J.R.R. Tolkien.")]))
    >>> d = describe(record)
    >>> d.title, d.nonfiling, d.responsibility, d.carrier
    ('The hobbit, or, There and back again', 4, 'J.R.R. Tolkien', 'print')
    """
    reading = _Reading()
    data_field, control_field = reading.data_field, reading.control_field
    for field in record.fields:
        if field.tag < "010":
            control_field(field.tag, field.data or "")
        elif field.tag in _READ:
            data_field(field.tag, field)
    return reading.finish(str(record.leader))


_TAGS = (
    "010 020 022 035 040 041 100 110 111 130 240 245 246 250 260 264 300 338 440 490 600 610 611 "
    "630 648 650 651 653 655 700 710 711 800 810 811 830 880"
)
_READ = frozenset(_TAGS.split())


class _Reading:
    """The state of one pass over a record."""

    __slots__ = (  # noqa: RUF023
        "agency_language", "carriers", "control", "copyright", "creators", "dates", "designation",
        "edition", "extent", "fixed", "isbns", "cancelled", "issns", "languages", "lccn", "names",
        "nonfiling", "number_source", "oclc", "other_titles", "parts", "physical", "places",
        "publishers", "responsibility", "series", "size", "subjects", "subtitle", "title", "traced",
        "uniform", "v_edition", "v_publishers", "v_subtitle", "v_title",
    )  # fmt: skip

    def __init__(self) -> None:
        self.control = self.fixed = self.physical = self.number_source = ""
        self.isbns: list[Isbn] = []
        self.cancelled: list[Isbn] = []
        self.issns: list[str] = []
        self.lccn: str | None = None
        self.oclc: str | None = None
        self.agency_language = self.title = self.subtitle = self.responsibility = ""
        self.designation = self.uniform = self.edition = self.extent = ""
        self.copyright = ""
        self.size: int | None = None
        self.nonfiling = 0
        self.parts: list[str] = []
        self.dates: list[str] = []
        self.languages: list[str] = []
        self.other_titles: list[str] = []
        self.creators: list[Name] = []
        self.publishers: list[str] = []
        self.places: list[str] = []
        self.carriers: list[str] = []
        self.series: list[str] = []
        self.traced: list[str] = []
        self.subjects: list[str] = []
        self.names: list[str] = []
        self.v_publishers: list[str] = []
        self.v_title = self.v_subtitle = self.v_edition = ""

    def control_field(self, tag: str, data: str) -> None:
        if tag == "008":
            self.fixed = self.fixed or data
        elif tag == "001":
            self.control = self.control or data.strip()
        elif tag == "003":
            self.number_source = data.strip()
        elif tag == "007" and not self.physical:
            self.physical = data

    def data_field(self, tag: str, field: pymarc.Field) -> None:  # noqa: PLR0912
        # One flat chain in the order of how often tags occur: this is the inner loop.
        subfields = field.subfields
        family = tag[0]
        if family == "6":
            self.subjects.append(_subject(subfields))
        elif family in "17":
            if tag == "130":
                self.uniform = strip_isbd(_joined(subfields, "anp"))
            elif not (family == "7" and any(s.code == "t" for s in subfields)):
                name = _name(tag, subfields, family == "1")
                if name.text:
                    self.creators.append(name)
        elif family == "0":
            self._number(tag, subfields)
        elif family == "2":
            self._description(tag, field, subfields)
        elif tag == "300":
            if not self.extent:
                self.extent = strip_isbd(_joined(subfields, "a"))
                self.size = height_of(_joined(subfields, "c"))
        elif tag == "338":
            self.carriers += [s.value for s in subfields if s.code == "b"] or [
                s.value for s in subfields if s.code == "a"
            ]
        elif tag == "880":
            self._vernacular(subfields)
        elif family == "4":
            self.series += [strip_isbd(s.value) for s in subfields if s.code == "a"]
        else:
            self.traced.append(strip_isbd(_joined(subfields, "atnp")))

    def _number(self, tag: str, subfields: list[pymarc.Subfield]) -> None:
        if tag == "020":
            self._isbn(subfields)
        elif tag == "040":
            self.agency_language = next((s.value for s in subfields if s.code == "b"), "")
        else:
            for code, value in subfields:
                if code == "a":
                    self._other_number(tag, value)

    def _isbn(self, subfields: list[pymarc.Subfield]) -> None:
        qualifier = " ; ".join([s.value for s in subfields if s.code == "q"])
        for code, value in subfields:
            if code == "a":
                self.isbns.append(parse_isbn(value, qualifier))
            elif code == "z":
                self.cancelled.append(parse_isbn(value, qualifier, cancelled=True))

    def _other_number(self, tag: str, value: str) -> None:
        if tag == "010":
            self.lccn = self.lccn or lccn.normalize(value)
        elif tag == "035":
            if self.oclc is None and _is_oclc(value):
                self.oclc = oclc.normalize(value)
        elif tag == "022":
            number = issn.normalize(value)
            self.issns += [number] if number else []
        else:  # 041: older records run the codes together
            self.languages += [value[at : at + 3] for at in range(0, len(value), 3)]

    def _description(self, tag: str, field: pymarc.Field, subfields: list[pymarc.Subfield]) -> None:
        if tag == "245" and not self.title:
            for code, value in subfields:
                if code == "a":
                    self.title = strip_isbd(value)
                elif code == "b":
                    self.subtitle = self.subtitle or strip_isbd(value)
                elif code == "c":
                    self.responsibility = strip_isbd(value)
                elif code in "np":
                    self.parts.append(strip_isbd(value))
                elif code == "h":
                    self.designation = value
            indicator = field.indicators[1] if field.indicators else ""
            self.nonfiling = int(indicator) if indicator in "123456789" and indicator else 0
        elif tag in ("260", "264"):
            self._imprint(tag, field, subfields)
        elif tag == "250":
            statement = strip_isbd(_joined(subfields, "ab"))
            self.edition = f"{self.edition}, {statement}" if self.edition else statement
        elif tag == "246":
            self.other_titles.append(strip_isbd(_joined(subfields, "ab")))
        elif tag == "240":
            self.uniform = self.uniform or strip_isbd(_joined(subfields, "anp"))

    def _imprint(self, tag: str, field: pymarc.Field, subfields: list[pymarc.Subfield]) -> None:
        function = field.indicators[1] if tag == "264" and field.indicators else "1"
        if function == "4":
            self.copyright = self.copyright or _joined(subfields, "c")
        elif function != "1":
            return  # production, distribution and manufacture are not publication
        else:
            for code, value in subfields:
                if code == "b":
                    self.publishers.append(strip_isbd(value))
                elif code == "a":
                    self.places.append(strip_isbd(value))
                elif code == "c":
                    self.dates.append(value)

    def _vernacular(self, subfields: list[pymarc.Subfield]) -> None:
        tag = next((s.value[:3] for s in subfields if s.code == "6"), "")
        if tag == "245" and not self.v_title:
            self.v_title = strip_isbd(_joined(subfields, "a"))
            self.v_subtitle = strip_isbd(_joined(subfields, "b"))
        elif tag[:1] in ("1", "7") and tag[1:] in _NAME_KIND:
            if not any(s.code == "t" for s in subfields):
                self.names.append(_name(tag, subfields, tag[0] == "1").text)
        elif tag == "250":
            self.v_edition = strip_isbd(_joined(subfields, "ab"))
        elif tag in ("260", "264"):
            self.v_publishers += [strip_isbd(s.value) for s in subfields if s.code == "b"]

    def finish(self, leader: str) -> Description:
        fixed, extent = self.fixed, self.extent
        number = self.oclc
        if number is None and (self.number_source == "OCoLC" or self.control[:2] in ("oc", "on")):
            number = oclc.normalize(self.control)
        large = fixed[23:24] == "d" and len(fixed) >= 30 and leader[6:7] in ("a", "t", "c")
        return Description(
            control=self.control,
            isbns=(*self.isbns, *self.cancelled),
            issns=tuple(self.issns),
            lccn=self.lccn,
            oclc=number,
            title=self.title,
            subtitle=self.subtitle,
            parts=tuple(self.parts),
            responsibility=self.responsibility,
            nonfiling=self.nonfiling,
            other_titles=tuple(self.other_titles),
            uniform_title=self.uniform,
            creators=tuple(self.creators),
            edition=self.edition,
            publishers=tuple(self.publishers),
            places=tuple(self.places),
            date=publication_date(fixed, " ".join(self.dates), self.copyright),
            extent=extent,
            pages=pages_of(extent),
            volumes=volumes_of(extent),
            size_cm=self.size,
            carrier=carrier_of(
                leader,
                fixed=fixed,
                physical=self.physical,
                carriers=tuple(self.carriers),
                extent=extent,
                designation=self.designation,
            ),
            large_print=large or "large print" in extent.lower(),
            level=leader[7:8],
            type=leader[6:7],
            language=_language(fixed),
            languages=tuple(self.languages),
            cataloguing_language=self.agency_language,
            series=tuple(self.series or self.traced),
            subjects=tuple(self.subjects),
            vernacular_title=self.v_title,
            vernacular_subtitle=self.v_subtitle,
            vernacular_names=tuple(self.names),
            vernacular_edition=self.v_edition,
            vernacular_publishers=tuple(self.v_publishers),
        )


def _language(fixed: str) -> str:
    code = fixed[35:38]
    return code if code.isalpha() and code != "und" else ""


def _is_oclc(value: str) -> bool:
    start = value[:8].lower()
    return start.startswith(("(ocolc)", "ocm", "ocn"))


def _joined(subfields: list[pymarc.Subfield], codes: str) -> str:
    return " ".join([value for code, value in subfields if code in codes])


def _name(tag: str, subfields: list[pymarc.Subfield], main: bool) -> Name:
    """Return the name of a 1XX or 7XX field."""
    kind = _NAME_KIND[tag[1:]]
    parts: list[str] = []
    relators: list[str] = []
    dates = ""
    for code, value in subfields:
        if code == "a" or (code == "b" and kind != "meeting"):
            parts.append(value.rstrip(" ,"))
        elif code == "d" and kind == "person":
            dates = value.strip(" ,.")
        elif code == "4" or (code == "e" and kind != "meeting"):
            relators.append(value.strip(" ,."))
    return Name(strip_isbd(" ".join(parts)), kind, dates, tuple(relators), main)


def _subject(subfields: list[pymarc.Subfield]) -> str:
    text = ""
    for code, value in subfields:
        if code in "vxyz":
            text += "--" + value.rstrip(" .")
        elif code.isalpha() and code not in "euw":
            text = f"{text} {value}" if text else value
    return text.rstrip(" .")
