"""Whole files through recipes: every byte accounted for, and given back."""

from __future__ import annotations

import io
import lzma
import os
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.findings import Finding
from techproc.marc import Loaded, Quarantined, RecordWriter, patchfile, read
from techproc.marc.edit import Recipe, Transformation, load_recipe, shipped_recipes
from techproc.marc.edit.run import EditReport, edit_file
from techproc.marc.edit.steps import Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.fielddiff import record_texts
from techproc.marc.patch import Patcher, RecordPatch

THREE = Recipe.parse(
    """
    [[step]]
    delete = "9XX"
    [[step]]
    replace = "245$a"
    pattern = '^(.)'
    with = '\\1\\1'
    unless = "599"
    [[step]]
    add = "599 ## $aÉdité"
    """
)
GIVEN = {"vendor-ebooks": {"proxy": "https://p.example.edu/login?url=", "link_text": "Read"}}


class Told:
    """Keeps what is told."""

    def __init__(self) -> None:
        self.patches: list[RecordPatch] = []
        self.findings: list[Finding] = []
        self.rejects: list[Quarantined] = []

    def changed(self, undo: RecordPatch) -> None:
        self.patches.append(undo)

    def found(self, findings: Iterable[Finding]) -> None:
        self.findings += findings

    def rejected(self, item: Quarantined) -> None:
        self.rejects.append(item)


def edited(
    data: bytes, recipe: Recipe, *, jobs: int = 1, to: str | None = None, form: str | None = None
) -> tuple[bytes, bytes, Told, EditReport]:
    """Return the file after, the patch, what was told, and the counts."""
    output, undo, told = io.BytesIO(), io.BytesIO(), Told()
    report = edit_file(
        io.BytesIO(data), recipe, output, undo, told, jobs=jobs, to=to, form=form, show=True
    )
    assert report.read == (report.changed + report.unchanged + report.refused + report.rejected)
    return output.getvalue(), undo.getvalue(), told, report


def given_back(after: bytes, undo: bytes) -> bytes:
    """Return what the patch makes of the file after."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(undo)
        file.flush()
        output = io.BytesIO()
        patchfile.restore(patchfile.PatchFile(file.name), io.BytesIO(after), output)
        return output.getvalue()


def sample(fixtures: Path) -> bytes:
    return (fixtures / "forms" / "sample.mrc").read_bytes()


@pytest.mark.parametrize("file", ["forms/sample.mrc", "marc/damaged.mrc"])
def test_the_patch_gives_the_file_back(fixtures: Path, file: str) -> None:
    """Sound or damaged: the same bytes, rejects and what stands between records included."""
    data = (fixtures / file).read_bytes()
    after, undo, told, report = edited(data, THREE)
    assert report.changed > 0
    assert given_back(after, undo) == data
    assert report.rejected == len(told.rejects)


class Stingy(io.BytesIO):
    """A stream that gives less than it is asked for, as the first reading of a file does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size, 100) if size and size > 0 else size)


def test_a_file_that_is_read_in_pieces_is_given_back(fixtures: Path, tmp_path: Path) -> None:
    """A record may stand across the place where one reading ends and the next begins."""
    data = sample(fixtures)
    after, undo, _, _ = edited(data, THREE)
    (tmp_path / "undo").write_bytes(undo)
    output = io.BytesIO()
    patchfile.restore(patchfile.PatchFile(str(tmp_path / "undo")), Stingy(after), output)
    assert output.getvalue() == data


@pytest.mark.parametrize("to", [None, "marcxml"])
@pytest.mark.parametrize("order", [(0, 1, 2, 1), (1, 0, 1, 2)])
def test_what_stands_beside_records_in_an_archive_is_given_back(
    fixtures: Path, order: tuple[int, ...], to: str | None
) -> None:
    """It is told, counted as nothing, and in its place between the records again."""
    members = [b"Dear customer,\n", sample(fixtures), b"d41d8cd9  sample.mrc\n"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for place, which in enumerate(order):
            archive.writestr(f"{place}", members[which])
    after, undo, told, report = edited(packed.getvalue(), THREE, to=to)
    assert given_back(after, undo) == b"".join(members[which] for which in order)
    assert (report.rejected, len(told.rejects)) == (0, 2)


MARKS = st.sampled_from([b"\x1d", b"\x1e", b"\x1f", b"\n", b"\x1b", b"00024", b"\xff", b"a", b""])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 10**6), MARKS, st.integers(0, 3)), max_size=6))
def test_whatever_the_damage_the_file_is_given_back(
    fixtures: Path, changes: list[tuple[int, bytes, int]]
) -> None:
    """Bytes put in, taken out and overwritten anywhere."""
    data = sample(fixtures)
    for place, mark, length in changes:
        at = place % len(data)
        data = data[:at] + mark + data[at + length :]
    after, undo, _, _ = edited(data, THREE, form="iso2709")
    assert given_back(after, undo) == data


def test_untouched_fields_keep_their_bytes(fixtures: Path) -> None:
    """Of a changed record every other field is as it was; of an unchanged one, all."""
    data = sample(fixtures)
    after, _, told, _ = edited(data, THREE)
    before = [item for item in read(io.BytesIO(data)) if isinstance(item, Loaded)]
    now = [item for item in read(io.BytesIO(after)) if isinstance(item, Loaded)]
    assert len(before) == len(now)
    touched = {patch.record: patch for patch in told.patches}
    for old, new in zip(before, now, strict=True):
        if old.number not in touched:
            assert old.raw == new.raw
            continue
        patch = touched[old.number]
        gone = {o.to for o in patch.operations} - {None}
        came = {o.at for o in patch.operations} - {None}
        kept = [x for i, x in enumerate(record_texts(old.record)) if i not in gone]
        assert kept == [x for i, x in enumerate(record_texts(new.record)) if i not in came]
        assert old.encoding in (new.encoding, "ascii")


def test_marc8_stays_marc8(fixtures: Path) -> None:
    """A record in MARC-8 is written in MARC-8; the fields not touched, byte for byte."""
    records = [i.record for i in read(io.BytesIO(sample(fixtures))) if isinstance(i, Loaded)]
    stream = io.BytesIO()
    with RecordWriter(stream, "iso2709", encoding="marc-8") as writer:
        for record in records:
            writer.write(record)
    after, undo, _, report = edited(stream.getvalue(), THREE)
    assert report.changed
    assert {raw[9:10] for raw in after.split(b"\x1d")[:-1]} == {b" "}
    assert b"\x1faE\xe2dite\xe2"[:2] == b"\x1fa" and b"\xe2Edit\xe2e" in after
    assert given_back(after, undo) == stream.getvalue()


@pytest.mark.usefixtures("forking")
def test_several_processes_give_the_same(fixtures: Path) -> None:
    """Order, patch and counts are those of one process."""
    data = sample(fixtures) * 600
    alone, together = edited(data, THREE), edited(data, THREE, jobs=2)
    assert alone[:2] == together[:2]
    assert alone[3] == together[3]
    assert [p.record for p in alone[2].patches] == [p.record for p in together[2].patches]


@pytest.mark.usefixtures("forking")
def test_a_process_that_is_killed_costs_no_record(fixtures: Path) -> None:
    """What it was to do is done by the first one."""
    first = os.getpid()

    def make(path: object, options: object) -> object:
        def act(record: WorkingRecord, log: Log) -> int:
            if os.getpid() != first:
                os._exit(1)
            return record.drop("9XX".__eq__)

        return act

    own = Transformation("mine.deadly", "End the second process.", make)  # type: ignore[arg-type]
    recipe = Recipe.parse('[[step]]\ntransform = "mine.deadly"', extra={"mine.deadly": own})
    data = sample(fixtures) * 600
    after, _, _, report = edited(data, recipe, jobs=2)
    assert after == data and report.read == report.unchanged


@pytest.mark.parametrize("form", ["marcxml", "ndjson", "mrk", "line", "csv"])
def test_other_forms_are_given_back_too(fixtures: Path, form: str) -> None:
    """Their patch keeps the file; record by record it can be applied as well."""
    stream = io.BytesIO()
    with RecordWriter(stream, form) as writer:
        for item in read(io.BytesIO(sample(fixtures))):
            if isinstance(item, Loaded):
                writer.write(item)
    data = stream.getvalue()
    after, undo, told, report = edited(data, THREE)
    assert report.form == form and report.changed
    assert given_back(after, undo) == data
    patcher = Patcher(told.patches)
    before = [i.record for i in read(io.BytesIO(data)) if isinstance(i, Loaded)]
    for item, old in zip(read(io.BytesIO(after)), before, strict=True):
        assert isinstance(item, Loaded)
        assert patcher.apply(item.record) is not None
        assert record_texts(item.record) == record_texts(old)
    assert not list(patcher.unused())


def test_another_form_out(fixtures: Path) -> None:
    """From ISO 2709 to MARCXML and back by the patch."""
    data = sample(fixtures)
    after, undo, _, _ = edited(data, THREE, to="marcxml")
    assert after.startswith(b"<?xml")
    assert given_back(after, undo) == data


def test_a_recipe_that_does_more_each_time_is_pointed_at(fixtures: Path) -> None:
    """The check does it twice; the output is that of once."""
    growing = Recipe.parse('[[step]]\nreplace = "245$a"\npattern = "^"\nwith = "x"')
    after, _, told, report = edited(sample(fixtures), growing)
    rules = [f.rule for f in told.findings]
    assert rules.count("edit.not-idempotent") == report.changed
    titles = [i.record["245"]["a"] for i in read(io.BytesIO(after)) if isinstance(i, Loaded)]
    assert all(title[0] == "x" and title[1] != "x" for title in titles)


def test_a_record_that_would_be_too_large_stays_as_it_was(fixtures: Path) -> None:
    """It is refused with a finding; nothing is cut."""
    long = Recipe.parse(f'[[step]]\nadd = "500 ## $a{"x" * 10_000}"')
    data = sample(fixtures)
    after, _, told, report = edited(data, long)
    assert after == data
    assert report.refused == report.read
    assert {f.rule for f in told.findings} == {"edit.refused"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "file",
    ["marc/mixed-utf8", "marc/mixed-marc8", "marc/lc-books-2016-dev", "bad/structurally-faulty"],
)
@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_on_real_records(shared_data: Path, name: str, file: str) -> None:
    """Doing it twice changes nothing more; the patch gives the real file back."""
    with lzma.open(shared_data / f"{file}.mrc.xz") as stream:
        data = stream.read(6_000_000)
    recipe = load_recipe(name, GIVEN.get(name))
    after, undo, told, _ = edited(data, recipe, form="iso2709")
    assert [f for f in told.findings if f.rule == "edit.not-idempotent"] == []
    assert given_back(after, undo) == data
