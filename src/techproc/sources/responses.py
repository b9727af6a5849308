"""SRU responses of every version, read by the names of their elements and nothing else.

SRU 1.1 and 1.2: http://www.loc.gov/standards/sru/; 2.0: OASIS searchRetrieve, part 3. Namespaces
are not looked at: servers declare them wrongly, and prefixes are anybody's choice.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from techproc.errors import SourceUnavailable
from techproc.sources.safexml import has_carried, local_name, parse_xml, release_carried

__all__ = ["Diagnostic", "Explanation", "Refused", "ScanTerm", "SruRecord", "SruResponse"]

_MEANINGS = {
    1: "general system error",
    4: "unsupported operation",
    5: "unsupported version",
    6: "unsupported parameter value",
    7: "mandatory parameter missing",
    8: "unsupported parameter",
    10: "query syntax error",
    11: "unsupported query type",
    15: "unsupported context set",
    16: "unsupported index",
    28: "masking not supported",
    38: "too many boolean operators",
    61: "first record position out of range",
    66: "unknown schema for retrieval",
    67: "record not available in this schema",
    71: "unsupported record packing",
    235: "database does not exist",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """What a server says went wrong: its number (0 when it gives none), message and details."""

    code: int
    message: str = ""
    details: str = ""

    def __str__(self) -> str:
        text = self.message or _MEANINGS.get(self.code, "no message")
        number = f"diagnostic {self.code}: " if self.code else "diagnostic: "
        return f"{number}{text}" + (f" ({self.details})" if self.details else "")


class Refused(SourceUnavailable):
    """The server answered, with a diagnostic instead of a result."""

    def __init__(self, target: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{target}: {'; '.join(str(d) for d in diagnostics)}")
        self.diagnostics = diagnostics

    def has(self, *codes: int) -> bool:
        """Return whether one of the diagnostics has one of the numbers."""
        return any(d.code in codes for d in self.diagnostics)


@dataclass(frozen=True, slots=True, kw_only=True)
class SruRecord:
    """One record of a response: its data, or the surrogate diagnostic that stands for it.

    Both are None when the server sent a record without data.
    """

    schema: str = ""
    data: etree._Element | None = None
    diagnostic: Diagnostic | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SruResponse:
    """One searchRetrieve response; `count` is None when the server did not say."""

    version: str = ""
    count: int | None = None
    exact: bool = True
    records: tuple[SruRecord, ...] = ()
    next_position: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    carried: bool = False

    @classmethod
    def parse(cls, body: bytes) -> SruResponse:
        """Read a response; raises SourceUnavailable when it is none.

        >>> SruResponse.parse(b"<r><numberOfRecords>2</numberOfRecords></r>")
        Traceback (most recent call last):
        ...
        techproc.errors.SourceUnavailable: it answered with <r>, which is no SRU response
        """
        root, carried = parse_xml(body)
        name = local_name(root)
        if name == "diagnostics":  # some servers send nothing around them
            return cls(diagnostics=_diagnostics(root), count=None)
        if name not in ("searchRetrieveResponse", "explainResponse", "scanResponse"):
            raise SourceUnavailable(f"it answered with <{name}>, which is no SRU response")
        children = {local_name(child): child for child in root}
        found = children.get("records")
        return cls(
            version=_text(children.get("version")),
            count=_number(children.get("numberOfRecords")),
            exact=_text(children.get("resultCountPrecision")).rpartition("/")[2] in ("", "exact"),
            records=tuple(
                _record(child)
                for child in (found if found is not None else ())
                if local_name(child) == "record"
            ),
            next_position=_number(children.get("nextRecordPosition")),
            diagnostics=_diagnostics(children.get("diagnostics")),
            carried=carried,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a server says of itself: title, versions, indexes ("set.name"), schemas, page size."""

    title: str = ""
    version: str = ""
    indexes: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    maximum_records: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Explanation:
        """Read an explain response; raises SourceUnavailable when it is none."""
        root, _ = parse_xml(body)
        if local_name(root) not in ("explainResponse", "explain"):
            raise SourceUnavailable(f"it answered explain with <{local_name(root)}>")
        maximum = [
            element
            for element in _named(root, "setting")
            if element.get("type") == "maximumRecords"
        ]
        servers = _named(root, "serverInfo")
        titles = [_text(t) for info in _named(root, "databaseInfo") for t in _named(info, "title")]
        return cls(
            title=titles[0] if titles else "",
            version=(servers[0].get("version") or "") if servers else "",
            indexes=tuple(
                f"{name.get('set')}.{_text(name)}" if name.get("set") else _text(name)
                for index in _named(root, "index")
                for name in _named(index, "name")
            ),
            schemas=tuple(
                element.get("name") or element.get("identifier") or ""
                for element in _named(root, "schema")
            ),
            maximum_records=_number(maximum[0]) if maximum else None,
            diagnostics=tuple(
                d for element in _named(root, "diagnostics") for d in _diagnostics(element)
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTerm:
    """One term of an index and the number of records that hold it (None: not said)."""

    value: str
    count: int | None = None

    @classmethod
    def parse_all(cls, body: bytes) -> tuple[tuple[ScanTerm, ...], tuple[Diagnostic, ...]]:
        """Read a scan response: its terms and diagnostics."""
        root, _ = parse_xml(body)
        if local_name(root) != "scanResponse":
            raise SourceUnavailable(f"it answered scan with <{local_name(root)}>")
        terms = []
        for term in _named(root, "term"):
            parts = {local_name(child): child for child in term}
            terms.append(
                cls(value=_text(parts.get("value")), count=_number(parts.get("numberOfRecords")))
            )
        problems = [d for e in _named(root, "diagnostics") for d in _diagnostics(e)]
        return tuple(terms), tuple(problems)


def _record(element: etree._Element) -> SruRecord:
    parts = {local_name(child): child for child in element}
    schema = _text(parts.get("recordSchema"))
    data = parts.get("recordData")
    if data is None:
        return SruRecord(schema=schema, note="the record has no data")
    inner = next((child for child in data if local_name(child)), None)
    if inner is None and (data.text or "").strip():
        # String packing: the record is XML in the text, or, with poor servers, escaped twice.
        try:
            text = (
                release_carried(data.text or "")[0] if has_carried(data.text or "") else data.text
            )
            inner, _ = parse_xml(_without_declaration(text or "").encode("utf-8"))
        except SourceUnavailable as error:
            return SruRecord(
                schema=schema, note=str(error).replace("it answered", "the record is", 1)
            )
    if inner is None:
        return SruRecord(schema=schema, note="the record has no data")
    if local_name(inner) in ("diagnostic", "diagnostics"):
        holder = inner if local_name(inner) == "diagnostics" else data
        found = _diagnostics(holder)
        return SruRecord(schema=schema, diagnostic=found[0] if found else Diagnostic(code=0))
    return SruRecord(schema=schema, data=inner)


def _without_declaration(text: str) -> str:
    stripped = text.lstrip("\ufeff \t\r\n")
    return stripped.partition("?>")[2] if stripped.startswith("<?xml") else stripped


def _diagnostics(holder: etree._Element | None) -> tuple[Diagnostic, ...]:
    found = []
    for element in holder if holder is not None else ():
        if local_name(element) != "diagnostic":
            continue
        parts = {local_name(child): _text(child) for child in element}
        tail = parts.get("uri", "").rpartition("/")[2] or parts.get("code", "")
        code = int(tail) if tail.isascii() and tail.isdigit() and len(tail) < 10 else 0
        found.append(
            Diagnostic(
                code=code, message=parts.get("message", ""), details=parts.get("details", "")
            )
        )
    return tuple(found)


def _named(root: etree._Element, name: str) -> list[etree._Element]:
    return [element for element in root.iter() if local_name(element) == name]


def _text(element: etree._Element | None) -> str:
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""


def _number(element: etree._Element | None) -> int | None:
    text = _text(element)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
