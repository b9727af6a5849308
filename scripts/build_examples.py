"""Builds examples/: a small real batch with the situations of a working day.

The records are the Library of Congress's (MARC Distribution, 2016: a US government work), reduced
to their factual fields: no notes, summaries or contents. What was changed or made so that a
situation occurs is said in examples/README.md, whose table this script writes too.

    python scripts/build_examples.py ../shared/data/marc/lc-books-2016-dev.mrc.xz examples/
"""

from __future__ import annotations

import copy
import csv
import lzma
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pymarc
from pymarc import Field, Indicators, Record, Subfield

from techproc.identifiers import isbn
from techproc.identifiers.barcode import luhn_digit
from techproc.marc.items import LocalItem, add_item

FACTUAL = re.compile(
    r"001|003|005|006|007|008|0[12458]\d|1\d\d|24\d|250|26[04]|300|33[678]|490|6[0-5]\d|7[013]\d|8[03]0|880"
)
CLASSES = ("BV", "E", "GV", "HD", "HF", "HG", "HQ", "HV", "LB", "PR", "PS", "QA", "TK", "TX")
SHELF_READY = "30999"  # barcodes that the vendor put on the books
OURS = "31234"


@dataclass(slots=True)
class Batch:
    """The files to be, and what each line or record of the two inputs must come to."""

    catalogue: list[Record] = field(default_factory=list)
    source: list[Record] = field(default_factory=list)
    trolley: list[dict[str, str]] = field(default_factory=list)
    vendor: list[bytes] = field(default_factory=list)
    table: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    serial: int = 0

    def barcode(self, prefix: str = OURS) -> str:
        """Return the next barcode of the library, or of the vendor."""
        self.serial += 1
        digits = f"{prefix}{self.serial:08d}"
        return digits + luhn_digit(digits)

    def scan(self, situation: str, outcome: str, match: str, rule: str = "", **cells: str) -> None:
        """Add a line to the trolley."""
        cells.setdefault("barcode", self.barcode())
        self.trolley.append(cells)
        place = f"trolley.csv line {len(self.trolley) + 1}"
        self.table.append((place, situation, outcome, match, rule))

    def deliver(
        self, record: bytes | Record, situation: str, outcome: str, match: str, rule: str = ""
    ) -> None:
        """Add a record to the vendor's file."""
        self.vendor.append(record if isinstance(record, bytes) else record.as_marc())
        place = f"vendor.mrc record {len(self.vendor)}"
        self.table.append((place, situation, outcome, match, rule))


def main(data: str, folder: str) -> None:
    records = list(reduced(data))
    by_control = {control(record): record for record in records}
    batch = Batch()
    pool = ordinary(records)
    stock_catalogue(batch, by_control, pool)
    load_trolley(batch, by_control, pool)
    load_vendor(batch, by_control, pool)
    out = Path(folder)
    out.mkdir(exist_ok=True)
    (out / "catalogue.mrc").write_bytes(b"".join(r.as_marc() for r in batch.catalogue))
    (out / "copy-source.mrc").write_bytes(b"".join(r.as_marc() for r in batch.source))
    (out / "vendor.mrc").write_bytes(b"".join(batch.vendor))
    with (out / "trolley.csv").open("w", newline="", encoding="utf-8") as stream:
        columns = [
            "isbn",
            "barcode",
            "copy",
            "location",
            "price",
            "title",
            "author",
            "publisher",
            "date",
            "edition",
        ]
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(batch.trolley)
    write_readme(out / "README.md", batch)
    print(
        f"catalogue {len(batch.catalogue)}, source {len(batch.source)}, "
        f"trolley {len(batch.trolley)}, vendor {len(batch.vendor)}"
    )


def reduced(data: str) -> Iterator[Record]:
    """Yield the records with their factual fields alone."""
    with lzma.open(data) as stream:
        for record in pymarc.MARCReader(stream, to_unicode=True, force_utf8=True):
            if record is None:
                continue
            record.fields = [f for f in record.fields if FACTUAL.fullmatch(f.tag)]
            linked = {f.get("6", "")[:3] for f in record.fields}
            record.fields = [
                f
                for f in record.fields
                if f.tag != "880"
                or (
                    f.get("6", "")[:3] in linked
                    and any(f.get("6", "")[:3] == other.tag for other in record.fields)
                )
            ]
            yield record


def control(record: Record) -> str:
    return record["001"].data.strip()


def own_isbn(record: Record) -> str:
    return isbn.normalize(record["020"]["a"]) or ""


def ordinary(records: list[Record]) -> dict[str, list[Record]]:
    """Return complete English books by class letters, in order of control number."""
    pool: dict[str, list[Record]] = defaultdict(list)
    titles: set[str] = set()
    for record in records:
        tags = {f.tag for f in record.fields}
        if not {"020", "050", "082", "100", "245", "300", "650"} <= tags or "250" in tags:
            continue
        letters = re.match(r"[A-Z]+", record["050"].get("a", ""))
        title = record["245"]["a"].lower()[:20]
        if (
            record.leader[6:8] != "am"
            or record["008"].data[35:38] != "eng"
            or not record["050"].get("b")
            or not letters
            or letters[0] not in CLASSES
            or len(record.get_fields("020")) != 1
            or not re.fullmatch(r"\d{9}[\dX]( \(.*\))?", record["020"].get("a", ""))
            or not own_isbn(record)
            or record["008"].data[6] != "s"
            or "bis" in record["082"]["a"]
            or title in titles
        ):
            continue
        titles.add(title)
        pool[letters[0]].append(record)
    return pool


def stock_catalogue(batch: Batch, known: dict[str, Record], pool: dict[str, list[Record]]) -> None:
    """Take about 300 held records out of the pool, each with an item."""
    for letters in CLASSES:
        for record in take(pool[letters], 21):
            hold(batch, record)
    # Held editions, of which the trolley and the vendor bring another.
    held = {control(record) for record in batch.catalogue}
    for number in ("00035612", "00267903"):
        if number not in held:
            hold(batch, known[number])
    non_latin = next(
        r
        for r in known.values()
        if sum(f.tag == "880" for f in r.fields) > 3 and r.get("050") and r["050"].get("b")
    )
    hold(batch, non_latin)


def hold(batch: Batch, record: Record) -> None:
    held = copy.deepcopy(record)
    number = call_number(held)
    add_item(
        held,
        LocalItem(
            barcode=batch.barcode(),
            call_number=number,
            scheme="lcc",
            branch="MAIN",
            location="STACKS",
            item_type="BK",
            copy="1",
        ),
        "koha",
    )
    batch.catalogue.append(held)


def call_number(record: Record) -> str:
    return f"{record['050']['a'].strip()} {record['050']['b'].strip()}"


def take(records: list[Record], count: int) -> list[Record]:
    """Remove and return records spread evenly over the list."""
    step = max(1, len(records) // count)
    chosen = records[::step][:count]
    for record in chosen:
        records.remove(record)
    return chosen


def typed(record: Record, *, full: bool = True) -> dict[str, str]:
    """Return what a person types from the title page: no ISBD, direct order."""
    title = re.sub(r"\s*[:/;=.]\s*$", "", record["245"]["a"])
    name = re.sub(r",\s*$", "", record["100"]["a"])
    last, _, first = name.partition(", ")
    imprint = record.get("260") or record["264"]
    cells = {
        "title": title,
        "author": f"{first} {last}".strip() if full else last,
        "date": record["008"].data[7:11],
    }
    if full:
        cells["publisher"] = re.sub(r"\s*[,:;]\s*$", "", imprint.get("b", ""))
        if record.get("250"):
            cells["edition"] = re.sub(r"\s*[/.]\s*$", "", record["250"]["a"])
    return cells


def load_trolley(batch: Batch, known: dict[str, Record], pool: dict[str, list[Record]]) -> None:
    books = [book for letters in CLASSES for book in take(pool[letters], 3)]
    for number, book in enumerate(books):
        batch.source.append(book)
        digits = own_isbn(book)
        cells = [
            {"isbn": digits, **typed(book)},
            {"isbn": isbn.isbn10(digits) or digits, **typed(book, full=False)},
            {"isbn": f"{digits[:3]}-{digits[3]}-{digits[4:9]}-{digits[9:12]}-{digits[12]}"},
        ][number % 3]
        cells["price"] = f"{12 + number}.50" if number % 2 else ""
        batch.scan("a new book", "written", "new", **cells)
    rivals(batch, books)

    held = batch.catalogue[5]
    batch.scan(
        "second copy of a held book", "merged", "copy", isbn=own_isbn(held), copy="2", **typed(held)
    )
    held = batch.catalogue[40]
    batch.scan(
        "second copy, nothing typed but the ISBN", "merged", "copy", isbn=own_isbn(held), copy="2"
    )
    batch.scan(
        "another copy of a book further up on this trolley",
        "merged",
        "copy",
        isbn=own_isbn(books[0]),
        copy="2",
        **typed(books[0]),
    )

    second = known["00042757"]
    batch.source.append(second)
    batch.scan(
        "second edition of a held first edition",
        "written",
        "other-edition",
        isbn=own_isbn(second),
        **typed(second),
    )
    hard, large = known["00025807"], known["00056819"]
    batch.source.append(hard)
    wrong = {**typed(large), "edition": "Large print ed."}
    batch.scan(
        "ISBN printed on another edition: the item is the large print",
        "review",
        "new",
        "verify.other-edition",
        isbn=own_isbn(hard),
        **wrong,
    )
    other = books[4]
    batch.scan(
        "ISBN of another book altogether",
        "review",
        "new",
        "verify.other-work",
        isbn=own_isbn(pool_book(batch, pool, "HD")),
        **typed(other),
    )

    good = own_isbn(pool["LB"][0])
    bad = good[:-1] + str((int(good[-1]) + 1) % 10)
    batch.scan(
        "ISBN with a wrong check digit",
        "rejected",
        "none",
        "isbn.check-digit",
        isbn=bad,
        **typed(pool["LB"][0]),
    )
    batch.scan(
        "ISBN rounded by a spreadsheet",
        "rejected",
        "none",
        "isbn.rounded",
        isbn="9.78E+12",
        title="Rounded by a spreadsheet",
    )
    batch.scan(
        "no ISBN", "rejected", "none", "isbn.missing", isbn="", title="A pamphlet without an ISBN"
    )
    unknown = own_isbn(pool["HG"][0])
    batch.scan(
        "ISBN that no source knows",
        "rejected",
        "none",
        "source.not-found",
        isbn=unknown,
        **typed(pool["HG"][0]),
    )

    bare = without_numbers(take(pool["TX"], 1)[0])
    batch.source.append(bare)
    batch.scan(
        "the record found has no call number",
        "review",
        "new",
        "classify.unsure",
        isbn=own_isbn(bare),
        **typed(bare),
    )
    twice = pool_book(batch, pool, "PS")
    batch.scan(
        "barcode scanned for an earlier line too",
        "review",
        "new",
        "barcode.used",
        isbn=own_isbn(twice),
        barcode=batch.trolley[3]["barcode"],
        **typed(twice),
    )
    taken = pool_book(batch, pool, "PR")
    batch.scan(
        "barcode of an item in the catalogue",
        "review",
        "new",
        "barcode.used",
        isbn=own_isbn(taken),
        barcode=batch.catalogue[9]["952"]["p"],
        **typed(taken),
    )
    misread = pool_book(batch, pool, "GV")
    right = batch.barcode()
    batch.scan(
        "barcode with a wrong check digit",
        "review",
        "new",
        "barcode.check-digit",
        isbn=own_isbn(misread),
        barcode=right[:-1] + str((int(right[-1]) + 3) % 10),
        **typed(misread),
    )
    plain = pool_book(batch, pool, "BV")
    batch.scan(
        "a new book, with a location of its own",
        "written",
        "new",
        isbn=own_isbn(plain),
        location="REF",
        **typed(plain),
    )


def pool_book(batch: Batch, pool: dict[str, list[Record]], letters: str) -> Record:
    """Take one more book of a class and give the copy source its record."""
    book = take(pool[letters], 1)[0]
    batch.source.append(book)
    return book


def rivals(batch: Batch, books: list[Record]) -> None:
    """Give the source lesser records of some books, to be passed over with a reason."""
    for book in books[1:10:4]:
        brief = copy.deepcopy(book)
        brief.leader = brief.leader[:17] + "8" + brief.leader[18:]
        brief["001"].data = "cip" + control(book)
        brief.remove_fields("082", "300", "490", "650", "651", "700")
        batch.source.append(brief)
    german = copy.deepcopy(books[2])
    german["001"].data = "de" + control(german)
    german.remove_fields("010", "042", "040", "050", "650")
    german.add_ordered_field(
        Field(
            "040",
            Indicators(" ", " "),
            [
                Subfield("a", "DE-101"),
                Subfield("b", "ger"),
                Subfield("c", "DE-101"),
                Subfield("e", "rda"),
            ],
        )
    )
    batch.source.append(german)


def without_numbers(record: Record) -> Record:
    bare = copy.deepcopy(record)
    bare.remove_fields("050", "082", "650", "600", "610", "651")
    return bare


def load_vendor(batch: Batch, known: dict[str, Record], pool: dict[str, list[Record]]) -> None:
    fresh = [book for letters in CLASSES for book in take(pool[letters], 2)]
    for book in fresh[:12]:
        batch.deliver(book, "a new record", "written", "new")
    for book in fresh[12:18]:
        ready = copy.deepcopy(book)
        add_item(ready, LocalItem(barcode=batch.barcode(SHELF_READY), branch="MAIN"), "koha")
        batch.deliver(ready, "a new record, shelf-ready: barcode in 952", "written", "new")
    for book in fresh[18:22]:
        batch.deliver(
            vendor_made(book), "a vendor's own record (040 of a vendor, level 3)", "written", "new"
        )

    accented = next(
        r
        for r in known.values()
        if r["245"]["a"] != r["245"]["a"].encode("ascii", "replace").decode()
        and not r.get("880")
        and r.get("050")
        and r["050"].get("b")
        and r.get("020")
        and r["020"].get("a")
        and own_isbn(r)
        and len(r.get_fields("650")) > 1
    )
    marked = bytearray(accented.as_marc())
    marked[9:10] = b" "
    batch.deliver(
        bytes(marked),
        "UTF-8 flagged as MARC-8 (LDR/09 blank)",
        "written",
        "new",
        "marc.encoding-utf8",
    )
    wrong = bytearray(fresh[22].as_marc())
    wrong[0:5] = b"%05d" % (len(wrong) + 7)
    batch.deliver(
        bytes(wrong), "wrong record length in the leader", "written", "new", "marc.length-mismatch"
    )
    whole = fresh[23].as_marc()
    batch.deliver(
        whole[: len(whole) * 2 // 3], "cut off in the middle", "rejected", "none", "marc.truncated"
    )
    batch.deliver(
        fresh[0], "the same record again in this file", "review", "duplicate", "match.duplicate"
    )
    batch.deliver(
        vendor_made(fresh[1]),
        "the same book again, in another agency's record",
        "review",
        "duplicate",
        "match.duplicate",
    )
    held = copy.deepcopy(batch.catalogue[60])
    held.remove_fields("952")
    batch.deliver(
        held,
        "a held book, no barcode to say that it is another copy",
        "review",
        "duplicate",
        "match.duplicate",
    )
    second_copy = copy.deepcopy(held_book(batch, 75))
    add_item(
        second_copy, LocalItem(barcode=batch.barcode(SHELF_READY), branch="MAIN", copy="2"), "koha"
    )
    batch.deliver(second_copy, "second copy of a held book, barcode in 952", "merged", "copy")
    batch.deliver(
        known["00060564"], "large print edition of a held book", "written", "other-format"
    )
    batch.deliver(
        ebook(batch.catalogue[20]), "e-book of a held print book", "written", "other-format"
    )
    cjk = [
        r
        for r in known.values()
        if sum(f.tag == "880" for f in r.fields) > 3
        and r.get("020")
        and r["020"].get("a")
        and own_isbn(r)
        and r.get("050")
        and r["050"].get("b")
    ]
    batch.deliver(cjk[1], "title in a non-Latin script (880)", "written", "new")
    batch.deliver(cjk[2], "another one", "written", "new")
    batch.deliver(serial(), "a serial", "written", "new")
    bare = without_numbers(take(pool["QA"], 1)[0])
    batch.deliver(bare, "no call number, no headings", "review", "new", "classify.unsure")
    numberless = copy.deepcopy(known["00269690"])
    numberless.remove_fields("050")
    batch.deliver(
        numberless,
        "no LC number, but headings and a Dewey number",
        "written",
        "new",
        "classify.suggested",
    )
    used = copy.deepcopy(fresh[24])
    add_item(used, LocalItem(barcode=batch.catalogue[30]["952"]["p"], branch="MAIN"), "koha")
    batch.deliver(used, "barcode of an item in the catalogue", "review", "new", "barcode.used")
    untitled = copy.deepcopy(fresh[25])
    untitled.remove_fields("245")
    batch.deliver(untitled, "no title field", "review", "new", "marc.no-title")
    for book in fresh[26:28]:
        batch.deliver(book, "a new record", "written", "new")


def held_book(batch: Batch, number: int) -> Record:
    held = copy.deepcopy(batch.catalogue[number])
    held.remove_fields("952")
    return held


def vendor_made(record: Record) -> Record:
    """The same book as a vendor describes it: fewer fields, another agency, no LC control number."""
    made = copy.deepcopy(record)
    made.leader = made.leader[:17] + "3" + made.leader[18:]
    made["001"].data = "vnd" + control(record)
    made.remove_fields("003", "010", "042", "082", "490", "700", "040")
    made.add_ordered_field(
        Field(
            "040",
            Indicators(" ", " "),
            [Subfield("a", "XxVnd"), Subfield("b", "eng"), Subfield("c", "XxVnd")],
        )
    )
    made["245"].subfields = [s for s in made["245"].subfields if s.code != "c"]
    return made


def ebook(record: Record) -> Record:
    """The online version of a held print book: a made record."""
    made = copy.deepcopy(record)
    made["001"].data = "eb" + control(record)
    made.remove_fields("003", "010", "020", "300", "336", "337", "338", "952")
    fixed = made["008"].data
    made["008"].data = fixed[:23] + "o" + fixed[24:]
    online = [
        Field("006", data="m     o  d        "),
        Field("007", data="cr |||||||||||"),
        Field(
            "020", Indicators(" ", " "), [Subfield("a", "9780000000002"), Subfield("q", "(ebook)")]
        ),
        Field("300", Indicators(" ", " "), [Subfield("a", "1 online resource")]),
        Field(
            "336",
            Indicators(" ", " "),
            [Subfield("a", "text"), Subfield("b", "txt"), Subfield("2", "rdacontent")],
        ),
        Field(
            "337",
            Indicators(" ", " "),
            [Subfield("a", "computer"), Subfield("b", "c"), Subfield("2", "rdamedia")],
        ),
        Field(
            "338",
            Indicators(" ", " "),
            [Subfield("a", "online resource"), Subfield("b", "cr"), Subfield("2", "rdacarrier")],
        ),
        Field("856", Indicators("4", "0"), [Subfield("u", "https://ebooks.example.org/book/1")]),
    ]
    for each in online:
        made.add_ordered_field(each)
    return made


def serial() -> Record:
    """A made record of a serial, from the facts on its title page."""
    record = Record(leader="00000nas a2200000 a 4500", force_utf8=True)
    record.add_field(
        Field("001", data="made-serial-1"),
        Field("008", data="750101c19579999iluqr p       0   a0eng d"),
        Field("022", Indicators(" ", " "), [Subfield("a", "0024-2527")]),
        Field(
            "040",
            Indicators(" ", " "),
            [Subfield("a", "XxVnd"), Subfield("b", "eng"), Subfield("c", "XxVnd")],
        ),
        Field("050", Indicators(" ", "4"), [Subfield("a", "Z671"), Subfield("b", ".L7154")]),
        Field(
            "245", Indicators("0", "0"), [Subfield("a", "Library resources & technical services.")]
        ),
        Field(
            "260",
            Indicators(" ", " "),
            [
                Subfield("a", "Chicago :"),
                Subfield("b", "American Library Association,"),
                Subfield("c", "1957-"),
            ],
        ),
        Field("300", Indicators(" ", " "), [Subfield("a", "v. ;"), Subfield("c", "24 cm.")]),
        Field("310", Indicators(" ", " "), [Subfield("a", "Quarterly")]),
        Field(
            "650",
            Indicators(" ", "0"),
            [Subfield("a", "Processing (Libraries)"), Subfield("v", "Periodicals.")],
        ),
    )
    return record


def write_readme(path: Path, batch: Batch) -> None:
    lines = [
        "# The example batch",
        "",
        "A trolley of new books and a vendor's file against a small catalogue, with the situations of a",
        "working day. Every record is a Library of Congress record (MARC Distribution, 2016; a US",
        "government work) reduced to its factual fields, except where the table says how it was changed",
        "or made. `python scripts/build_examples.py` made these files and this page.",
        "",
        "| file | what |",
        "|---|---|",
        f"| trolley.csv | {len(batch.trolley)} lines: ISBN and barcode scanned, the rest typed from the item |",
        f"| vendor.mrc | {len(batch.vendor)} records as delivered, some of them damaged |",
        f"| catalogue.mrc | {len(batch.catalogue)} held records with a Koha item (952) each |",
        f"| copy-source.mrc | {len(batch.source)} records to copy from |",
        "",
        "## What each must come to",
        "",
        "A test holds the run against this table, line by line. *Outcome* is where the arrival ends:",
        "`written` (records.mrc), `review` (review.mrc), `merged` (an item added to a record that is",
        "there), `rejected`. *Rule* is a finding that must be among its reasons.",
        "",
        "| arrival | situation | outcome | match | rule |",
        "|---|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in batch.table),
        "",
    ]
    path.write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
