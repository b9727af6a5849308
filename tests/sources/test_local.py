"""Local sources: the same answers as reading everything, from files of any form."""

from __future__ import annotations

import gzip
import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from pymarc import Field, Indicators, Subfield

from techproc import marc
from techproc.catalog import Catalog
from techproc.errors import CatalogError, InputError
from techproc.findings import Severity
from techproc.sources import LocalSource, gather, local_source
from techproc.sources.identity import claims


@pytest.fixture
def shelf(made_book):
    """Sixty made books, some with qualifiers, hyphens, ten digits, several ISBNs."""
    books = [made_book(n) for n in range(60)]
    forms = ["978-0-262-00000-5 (v. 1)", "ISBN 0-262-00001-9", "0262000024 2 v.", "bad 123456789"]
    for book, form in zip(books, forms, strict=False):
        book.fields.append(
            Field(tag="020", indicators=Indicators(" ", " "), subfields=[Subfield("a", form)])
        )
    books[7].fields.append(
        Field(
            tag="020", indicators=Indicators(" ", " "), subfields=[Subfield("z", "0306406152 :$5")]
        )
    )
    return books


@pytest.mark.parametrize("name", ["a.mrc", "a.mrc.gz", "a.xml", "a.ndjson"])
def test_every_form_gives_the_same_answers(tmp_path, shelf, name, made_isbn) -> None:
    """ISO 2709 by its index, compressed and other forms by streaming: the same records."""
    path = tmp_path / name
    form = {"xml": "marcxml", "ndjson": "ndjson"}.get(name.rpartition(".")[2], "iso2709")
    marc.write(shelf, tmp_path / "plain", form=form)
    data = (tmp_path / "plain").read_bytes()
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    source = LocalSource(path)
    wanted = sorted({isbn for book in shelf for isbn in claims(book)} | {made_isbn(500)})
    for asked in (wanted, wanted[:1], wanted[5:9]):
        answer = source.by_isbn(asked)
        for isbn in asked:
            held = {b["001"].data for b in shelf if isbn in claims(b)}
            assert {c.record["001"].data for c in answer.candidates[isbn]} == held
    assert [c.claim for c in source.by_isbn(["9780306406157"]).candidates["9780306406157"]] == [
        "cancelled"
    ]


def test_an_index_is_made_anew_when_the_file_changes(tmp_path, made_book, made_isbn) -> None:
    """A file replaced between two questions answers with its new content."""
    path = tmp_path / "a.mrc"
    marc.write([made_book(1)], path)
    source = LocalSource(path)
    assert source.by_isbn([made_isbn(1)]).candidates[made_isbn(1)]
    marc.write([made_book(3), made_book(2)], path, force=True)
    answer = source.by_isbn([made_isbn(1), made_isbn(2)])
    assert [len(found) for found in answer.candidates.values()] == [0, 1]


def test_a_directory_of_dumps_is_one_source(tmp_path, made_book, made_isbn) -> None:
    """Files of several forms answer together; what is no MARC is a finding, not the end."""
    marc.write([made_book(1)], tmp_path / "a.mrc")
    (tmp_path / "deep").mkdir()
    marc.write([made_book(2), made_book(1)], tmp_path / "deep" / "b.xml", form="marcxml")
    (tmp_path / "readme.txt").write_bytes(b"\x00\x01\x02 nothing of MARC")
    answer = LocalSource(tmp_path).by_isbn([made_isbn(1), made_isbn(2)])
    assert [len(found) for found in answer.candidates.values()] == [1, 1]
    assert [f.rule for f in answer.findings] == ["sources.unreadable-file"]


def test_missing_and_unreadable_files_are_said_at_once_or_leave_the_rest(
    tmp_path, made_book, made_isbn
) -> None:
    """A path that is not there or no MARC is misuse; one that becomes so harms no other source."""
    with pytest.raises(InputError, match="no such file"):
        LocalSource(tmp_path / "nowhere.mrc")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no files"):
        LocalSource(tmp_path / "empty")
    (tmp_path / "rubbish").write_bytes(b"rubbish")
    with pytest.raises(InputError, match="no form of MARC"):
        LocalSource(tmp_path / "rubbish")
    marc.write([made_book(1)], tmp_path / "good.mrc")
    shutil.copy(tmp_path / "good.mrc", tmp_path / "rubbish")
    sources = [LocalSource(tmp_path / "rubbish"), LocalSource(tmp_path / "good.mrc")]
    (tmp_path / "rubbish").write_bytes(b"rubbish")
    gathered = gather([made_isbn(1)], sources)
    assert len(gathered.of(made_isbn(1))) == 1
    assert set(gathered.unavailable) == {"rubbish"}


@pytest.mark.parametrize("name", ["a.mrc", "a.mrc.gz", "a.ndjson"])
def test_a_damaged_record_that_may_be_the_one_is_a_finding(
    tmp_path, made_book, made_isbn, name
) -> None:
    """Its record is there and cannot be read: "not found" is not all that is to be said."""
    if name == "a.ndjson":
        marc.write([made_book(1)], tmp_path / "whole", form="ndjson")
        whole = (tmp_path / "whole").read_bytes()
        damaged = len(whole)
        data = whole + b'{"leader": 5}\n'
    else:
        marc.write([made_book(1), made_book(2)], tmp_path / "whole")
        whole = (tmp_path / "whole").read_bytes()
        damaged = whole.index(b"\x1d") + 1
        data = whole[:damaged] + whole[damaged:].replace(b"\x1e", b"\x1f")
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    source = LocalSource(tmp_path / name)
    gathered = gather([made_isbn(1), made_isbn(2)], [source])
    assert [len(found) for found in gathered.candidates.values()] == [1, 0]
    (finding,) = gathered.findings
    assert finding.severity is Severity.WARNING
    assert finding.file == str(tmp_path / name)
    assert finding.offset == damaged


@pytest.mark.slow
def test_real_records_are_found_like_by_reading_all(shared_data, tmp_path) -> None:
    """Of 15,000 mixed records each claim is found, and nothing else (300 ISBNs drawn)."""
    path = shared_data / "marc/mixed-utf8.mrc.xz"
    held: dict[str, set[str]] = {}
    for item in marc.read(path):
        if isinstance(item, marc.Loaded):
            leader = str(item.record.leader)
            if leader[7] in "ab" or leader[5] == "d":
                continue
            for isbn in claims(item.record):
                held.setdefault(isbn, set()).add(str(item.record))
    wanted = random.Random(5).sample(sorted(held), 300)
    answer = LocalSource(path).by_isbn(wanted)
    for isbn in wanted:
        assert {str(c.record) for c in answer.candidates[isbn]} == held[isbn], isbn


def test_a_catalogue_is_a_source_like_any_file(tmp_path, made_book, made_isbn) -> None:
    """What `catalog import` stored answers by ISBN; a database of something else is named."""
    marc.write([made_book(1), made_book(2)], tmp_path / "a.mrc")
    with Catalog(tmp_path / "own.sqlite", create=True) as catalog:
        catalog.import_records(marc.read(tmp_path / "a.mrc"))
    source = local_source(tmp_path / "own.sqlite")
    gathered = gather([made_isbn(1), made_isbn(3)], [source])
    assert [len(found) for found in gathered.candidates.values()] == [1, 0]
    assert gathered.of(made_isbn(1))[0].source == "own.sqlite"
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE x (y)")
    with pytest.raises(CatalogError):
        local_source(tmp_path / "other.sqlite")
