"""The catalogue keeps what it is given, finds it, and refuses what it cannot trust."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Record, Subfield

from techproc import marc
from techproc.catalog import Catalog
from techproc.errors import CatalogError
from techproc.findings import Finding
from techproc.marc import Loaded, Quarantined
from techproc.marc.items import LocalItem, add_item


def book(control: str = "", title: str = "Title", **more: str) -> Record:
    record = Record(leader="00000nam a2200000 a 4500", force_utf8=True)
    if control:
        record.add_field(Field("001", data=control))
    for tag, (code, value) in {"020": ("a", more.get("isbn", "")), "100": ("a", more.get("author", "")),
                               "245": ("a", title)}.items():  # fmt: skip
        if value:
            record.add_field(Field(tag, Indicators("1", "0"), [Subfield(code, value)]))
    if more.get("number"):
        add_item(
            record,
            LocalItem(call_number=more["number"], barcode=more.get("barcode", ""), scheme="lcc"),
            "koha",
        )
    return record


def loaded(*records: Record) -> Iterator[Loaded | Quarantined]:
    for number, record in enumerate(records, 1):
        yield Loaded(record=record, number=number, offset=0, length=0, form="made")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def held(path: Path, examples: Path) -> Iterator[Catalog]:
    with Catalog(path, create=True) as catalog:
        catalog.import_records(marc.read(examples / "catalogue.mrc"))
        yield catalog


def test_export_gives_back_what_was_imported(held: Catalog, examples: Path) -> None:
    """Every record comes back, byte for byte and in order."""
    assert (
        b"".join(each.raw for each in held.records()) == (examples / "catalogue.mrc").read_bytes()
    )


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.text("éAбb 中.", min_size=1, max_size=9)), max_size=12
    )
)
def test_importing_twice_changes_nothing(tmp_path: Path, made: list[tuple[str, str]]) -> None:
    """Records replace those of the same control number; even repeated ones are neither lost nor multiplied."""
    records = [book(control, title) for control, title in made]
    target = tmp_path / "again.sqlite"
    with Catalog(target, create=True) as catalog:
        first = catalog.import_records(loaded(*records))
        before = [(each.control, each.raw) for each in catalog.records()]
        second = catalog.import_records(loaded(*records))
        assert [(each.control, each.raw) for each in catalog.records()] == before
        assert (first.added, second.added, second.replaced) == (len(made), 0, len(made))
        catalog.check()
    target.unlink()


def test_look_up_by_isbn_lccn_barcode_and_control_number(held: Catalog) -> None:
    """A record is found by each of its identifiers, in any of their written forms."""
    record = next(iter(held.records())).record
    control = record["001"].data.strip()
    isbn, lccn = record["020"]["a"].split()[0], record["010"]["a"]
    for found in (
        held.by_isbn(isbn), held.by_isbn(f"ISBN {isbn}"), held.by_lccn(lccn),
        held.by_barcode(record["952"]["p"]), held.by_control(control), held.search(isbn),
    ):  # fmt: skip
        assert [each.control for each in found] == [control]
    assert held.by_isbn("not a number") == held.by_barcode("") == []


def test_search_folds_marks_and_takes_any_words(path: Path) -> None:
    """Words are found without their diacritics; characters of the query language are just characters."""
    with Catalog(path, create=True) as catalog:
        catalog.import_records(loaded(book("1", "Élégie à l'été", author="Brontë, C.")))
        for words in ("elegie ete", "ÉLÉGIE", "bronte", 'elegie "', "l'ete"):
            assert [each.control for each in catalog.search(words)] == ["1"], words
        for words in ("absent", "elegie NOT ete", "", "  "):
            assert catalog.search(words) == [], words


def test_the_shelf_list_is_in_call_number_order(path: Path) -> None:
    """Neighbours are those of the shelf, and a number that is there is taken."""
    numbers = ["QA76.9 .B4 2001", "QA9 .Z3 1999", "QA76 .K5 2000", "Z5 .A1 1990"]
    with Catalog(path, create=True) as catalog:
        catalog.import_records(loaded(*(book(n, number=n, author="X, Y") for n in numbers)))
        shelf = catalog.shelf("lcc")
        entries = [entry.call_number for entry in shelf.since()]
        assert entries == ["QA9 .Z3 1999", "QA76 .K5 2000", "QA76.9 .B4 2001", "Z5 .A1 1990"]
        key = list(shelf.since())[1].key
        assert shelf.taken(key)
        assert not shelf.taken(key + "x")
        before, after = shelf.neighbours(key, 5)
        assert [each.call_number for each in before] == entries[:1]
        assert [each.call_number for each in after] == entries[2:]


def test_a_crowded_key_does_not_drown_the_others(path: Path) -> None:
    """Ten thousand annual reports do not become candidates when a better key finds the record."""
    reports = [book(str(n), "Annual report") for n in range(300)]
    with Catalog(path, create=True) as catalog:
        catalog.import_records(loaded(*reports, book("x", "Annual report", isbn="9780306406157")))
        found = catalog.candidates(["title:annual report", "isbn:9780306406157"])
        assert [each.control for each in found] == ["x"]
        assert len(catalog.candidates(["title:annual report"], limit=7)) == 7


def test_a_repeated_control_number_is_told(path: Path) -> None:
    """Two records of one import with one 001 are both kept, with a finding."""
    findings: list[Finding] = []
    with Catalog(path, create=True) as catalog:
        catalog.import_records(loaded(book("1", "A"), book("1", "B")), report=findings.append)
        assert [each.title for each in catalog.by_control("1")] == ["A", "B"]
    assert [finding.rule for finding in findings] == ["catalog.control-twice"]


def test_a_replaced_record_leaves_no_trace(path: Path) -> None:
    """Keys, words, items and shelf places of the old record go with it."""
    with Catalog(path, create=True) as catalog:
        old = book("1", "Old words", isbn="9780306406157", number="QA76 .K5", barcode="30001")
        catalog.import_records(loaded(old))
        catalog.import_records(loaded(book("1", "New")))
        assert (
            catalog.search("old words")
            == catalog.by_isbn("9780306406157")
            == catalog.by_barcode("30001")
            == []
        )
        assert list(catalog.shelf("lcc").since()) == []
        assert [each.title for each in catalog.search("new")] == ["New"]
        catalog.check()


CRASH = """
import os, signal, sys
from techproc import marc
from techproc.catalog import Catalog
def entries(path):
    for number, entry in enumerate(marc.read(path)):
        if number == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
        yield entry
with Catalog(sys.argv[1], create=True) as catalog:
    catalog.import_records(entries(sys.argv[2]))
"""


@pytest.mark.parametrize("at", [0, 120, 290])
def test_a_crash_during_import_leaves_the_old_state(path: Path, examples: Path, at: int) -> None:
    """Killed in the middle of an import, the catalogue is as it was before."""
    with Catalog(path, create=True) as catalog:
        catalog.import_records(loaded(book("old", "Old")))
    crashed = subprocess.run(
        [sys.executable, "-c", CRASH, str(path), str(examples / "catalogue.mrc"), str(at)],
        check=False,
    )
    assert crashed.returncode == -signal.SIGKILL
    with Catalog(path) as catalog:
        catalog.check()
        assert [each.control for each in catalog.records()] == ["old"]


def test_two_read_while_one_writes(path: Path, examples: Path) -> None:
    """Readers see the old state until the import is complete, and are never shut out."""
    with Catalog(path, create=True) as catalog:
        catalog.import_records(loaded(book("old", "Old")))
    with (
        Catalog(path) as writer,
        Catalog(path, readonly=True) as one,
        Catalog(path, readonly=True) as two,
    ):
        seen: list[tuple[int, int]] = []

        def entries() -> Iterator[Loaded | Quarantined]:
            for entry in marc.read(examples / "catalogue.mrc"):
                if entry.number % 100 == 0:
                    seen.append((len(one), len(two)))
                yield entry

        writer.import_records(entries())
        assert seen == [(1, 1)] * len(seen)
        assert len(one) == len(two) == 297


def test_damaged_newer_and_foreign_files_are_refused(
    path: Path, examples: Path, tmp_path: Path
) -> None:
    """Each is refused with a message that says what it is and what to do."""
    with Catalog(path, create=True) as catalog:
        catalog.import_records(marc.read(examples / "catalogue.mrc"))
    whole = path.read_bytes()
    short = tmp_path / "short.sqlite"
    short.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CatalogError, match="cut short"):
        Catalog(short)
    scrambled = tmp_path / "scrambled.sqlite"
    scrambled.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    with pytest.raises(CatalogError, match="damaged"), Catalog(scrambled) as catalog:
        catalog.search("cooking")
    newer = tmp_path / "newer.sqlite"
    newer.write_bytes(whole)
    database = sqlite3.connect(newer)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(CatalogError, match="newer techproc"):
        Catalog(newer)
    foreign = tmp_path / "foreign.sqlite"
    database = sqlite3.connect(foreign)
    database.execute("CREATE TABLE t(x)")
    database.close()
    with pytest.raises(CatalogError, match="not a techproc catalogue"):
        Catalog(foreign, create=True)
    with pytest.raises(CatalogError, match="this is not a catalogue"):
        Catalog(examples / "trolley.csv")
    with pytest.raises(CatalogError, match="there is no catalogue"):
        Catalog(tmp_path / "missing.sqlite")


def test_items_have_the_date_they_came_or_their_record_changed(path: Path) -> None:
    """952 $d wins over 005; a file of the first version is given the dates when it is opened."""
    dated, changed, neither = (
        book("1", number="QA1"),
        book("2", number="QA2"),
        book("3", number="QA3"),
    )
    dated["952"].add_subfield("d", "2026-03-04")
    for record in (dated, changed):
        record.add_ordered_field(Field("005", data="20250102030405.0"))
    with Catalog(path, create=True) as catalog:
        catalog.import_records(loaded(dated, changed, neither))
    for _ in range(2):
        with Catalog(path) as catalog:
            assert [h.control for h in catalog.with_items_between("2026-03-04")] == ["1"]
            assert [h.control for h in catalog.with_items_between("", "2025-12-31")] == ["2"]
            assert [h.control for h in catalog.with_items_between("2025-01-02", "2026-03-04")] == [
                "1",
                "2",
            ]
            assert catalog.undated_items() == 1
        database = sqlite3.connect(path)
        database.executescript(
            "DROP INDEX item_date; ALTER TABLE item DROP COLUMN date; PRAGMA user_version = 1;"
        )
        database.close()
    with pytest.raises(CatalogError, match="brings it up"):
        Catalog(path, readonly=True)


def test_a_first_import_that_fails_leaves_no_file(path: Path) -> None:
    """No half-made catalogue stays behind."""

    def failing() -> Iterator[Loaded | Quarantined]:
        yield from loaded(book("1"))
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"), Catalog(path, create=True) as catalog:
        catalog.import_records(failing())
    assert not path.exists()
    assert not any(path.parent.iterdir())


@pytest.mark.parametrize("profile", ["koha", "evergreen", "plain"])
def test_items_come_back_as_they_were_written(profile: marc.items.Profile) -> None:  # type: ignore[name-defined]
    """Each profile reads what it writes."""
    item = LocalItem(barcode="31234000002996", call_number="QA76 .K5 2000", class_part="QA76",
                     scheme="lcc", branch="MAIN", location="REF", copy="2", price="12.50",
                     acquired="" if profile == "evergreen" else "2026-11-26")  # fmt: skip
    record = book("1")
    add_item(record, item, profile)
    (back,) = marc.items.read_items(record)  # type: ignore[attr-defined]
    assert back.acquired == item.acquired
    assert (back.barcode, back.call_number, back.scheme, back.branch, back.location, back.copy, back.price) == (
        item.barcode, item.call_number, item.scheme, item.branch, item.location, item.copy, item.price
    )  # fmt: skip
