"""Writing: sizes, encodings and whole files."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import NotEncodable, OutputError, OutputExists, RecordTooLarge
from techproc.marc import Loaded, RecordWriter, encode, encoder, form_named, read, write, writing


def record(*fields: pymarc.Field, control: str = "1") -> pymarc.Record:
    """Return a record with a control number and these fields."""
    made = pymarc.Record(leader="00000nam a2200000 a 4500")
    made.add_field(pymarc.Field("001", data=control), *fields)
    return made


def field(tag: str, *values: str) -> pymarc.Field:
    """Return a field whose subfields are each a code followed by its value."""
    return pymarc.Field(tag, None, [pymarc.Subfield(v[0], v[1:]) for v in values])


def loaded(path: Path, **options: Any) -> list[pymarc.Record]:
    """Return the records of a file."""
    return [item.record for item in read(path, **options) if isinstance(item, Loaded)]


def test_a_field_over_9999_bytes_is_refused_before_a_byte_is_written(tmp_path: Path) -> None:
    """Nothing corrupt is written, and no half file is left."""
    with pytest.raises(RecordTooLarge, match="field 505 takes 10005 bytes"):
        write([record(field("505", "a" + "x" * 10_000))], tmp_path / "out.mrc")
    assert list(tmp_path.iterdir()) == []


def test_the_limits_are_exact(tmp_path: Path) -> None:
    """9,999 bytes fit, 10,000 do not; the same for 99,999 of a record."""
    encode(record(field("505", "a" + "x" * 9_994)))
    with pytest.raises(RecordTooLarge):
        encode(record(field("505", "a" + "x" * 9_995)))
    rest = 99_999 - len(encode(record(*[field("505", "a" + "x" * 9_000)] * 10, field("505", "a"))))
    encode(record(*[field("505", "a" + "x" * 9_000)] * 10, field("505", "a" + "x" * rest)))
    with pytest.raises(RecordTooLarge, match="100000 bytes"):
        encode(
            record(*[field("505", "a" + "x" * 9_000)] * 10, field("505", "a" + "x" * (rest + 1)))
        )


def test_split_divides_between_subfields(tmp_path: Path) -> None:
    """A contents note becomes two that together say the same."""
    note = field("505", "6880-01", *[f"tPiece {i} --" + "x" * 90 for i in range(150)])
    written = write([record(note)], tmp_path / "out.mrc", oversize="split", read_back=False)
    assert [f.rule for f in written.findings] == ["marc.field-split"]
    parts = loaded(tmp_path / "out.mrc")[0].get_fields("505")
    assert len(parts) == 2
    assert [part["6"] for part in parts] == ["880-01", "880-01"]
    texts = [sub.value for part in parts for sub in part.subfields if sub.code == "t"]
    assert texts == [sub.value for sub in note.subfields if sub.code == "t"]


def test_split_refuses_what_has_no_place_to_divide() -> None:
    """A title, or one endless subfield, is not cut."""
    for tall in (
        field("245", "a" + "x" * 6000, "b" + "x" * 6000),
        field("520", "a" + "x" * 12_000),
    ):
        with RecordWriter(io.BytesIO(), oversize="split") as writer, pytest.raises(RecordTooLarge):
            writer.write(record(tall))


def test_oversize_records_go_to_marcxml_beside(tmp_path: Path) -> None:
    """With that policy nothing is refused and nothing is lost."""
    big = record(field("520", "a" + "x" * 12_000), control="big")
    written = write([record(), big], tmp_path / "o.mrc", oversize="marcxml", read_back=True)
    assert written.records == 2
    assert written.aside == tmp_path / "o.mrc.oversize.xml"
    assert [r["001"].data for r in loaded(tmp_path / "o.mrc")] == ["1"]
    assert loaded(written.aside)[0]["520"]["a"] == "x" * 12_000


def test_no_file_beside_when_nothing_is_oversize(tmp_path: Path) -> None:
    """The MARCXML file is made only when it is needed."""
    write([record()], tmp_path / "o.mrc", oversize="marcxml")
    assert [p.name for p in tmp_path.iterdir()] == ["o.mrc"]


@pytest.mark.parametrize("form", ["iso2709", "marcxml"])
@pytest.mark.parametrize("encoding", ["utf-8", "marc-8"])
def test_files_read_back(tmp_path: Path, form: str, encoding: str) -> None:
    """What is written reads back the same, and is checked on request."""
    title = "Łódź – “Dvořák”, Ελλάς, Русь, 中国, ที่"
    written = write(
        [record(field("245", "a" + title))], tmp_path / "x", form=form, encoding=encoding,
        read_back=True,
    )  # fmt: skip
    assert written.records == 1
    assert loaded(tmp_path / "x")[0]["245"]["a"] == title


class _Lossy:
    """A writer that drops the last field of each record."""

    def __init__(self, stream: Any, options: Any) -> None:
        self.inner = encoder.Iso2709Writer(stream, options)

    def write(self, record: pymarc.Record) -> Any:
        return self.inner.write(pymarc.Record(fields=record.fields[:-1]))

    def finish(self) -> None:
        self.inner.finish()


def test_read_back_notices_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that does not read back the same is not put in place."""
    lossy = dataclasses.replace(form_named("iso2709"), write=_Lossy)
    monkeypatch.setattr(writing, "form_named", lambda name: lossy)
    with pytest.raises(OutputError, match="does not read back"):
        write([record(field("500", "aNote"))], tmp_path / "o.mrc", read_back=True)
    assert list(tmp_path.iterdir()) == []


def test_marc8_refuses_or_refers(tmp_path: Path) -> None:
    """What MARC-8 lacks is a reference, or refused with its name, by choice."""
    thai = record(field("245", "aที่"))
    with pytest.raises(NotEncodable, match="U\\+0E17"):
        write([thai], tmp_path / "o.mrc", encoding="marc-8", unencodable="refuse")
    write([thai], tmp_path / "o.mrc", encoding="marc-8")
    assert b"&#xE17;" in (tmp_path / "o.mrc").read_bytes()


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    """Only force replaces a file."""
    write([record()], tmp_path / "o.mrc")
    with pytest.raises(OutputExists):
        write([record()], tmp_path / "o.mrc")
    write([record(), record()], tmp_path / "o.mrc", force=True)
    assert len(loaded(tmp_path / "o.mrc")) == 2


def test_reserved_characters_in_text_are_refused() -> None:
    """A delimiter in a value would make other fields of it."""
    for char in "\x1d\x1e\x1f":
        with pytest.raises(NotEncodable, match="245"):
            encode(record(field("245", f"aa{char}b")))


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f"), max_size=30
)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[0-9A-Z][0-9A-Z]{2}", fullmatch=True).filter(lambda t: t[:2] != "00"),
            st.from_regex(r"[ 0-9a-z]{2}", fullmatch=True),
            st.lists(
                st.tuples(st.from_regex(r"[!-~]", fullmatch=True), TEXT), min_size=1, max_size=4
            ),
        ),
        max_size=5,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_record_survives_iso2709(fields: list[tuple[str, str, list[tuple[str, str]]]]) -> None:
    """Tags, indicators, codes and text come back as they were, in order."""
    made = record(
        *[
            pymarc.Field(tag, pymarc.Indicators(*ind), [pymarc.Subfield(*sub) for sub in subs])
            for tag, ind, subs in fields
        ]
    )
    back = next(iter(read(io.BytesIO(encode(made)), assume="utf-8")))
    assert isinstance(back, Loaded)
    assert str(back.record) == str(made).replace(str(made.leader), str(back.record.leader))
    assert encode(back.record) == encode(made)


@pytest.mark.parametrize(
    "wrong",
    [
        pymarc.Field("245", pymarc.Indicators("10", "0"), [pymarc.Subfield("a", "x")]),
        pymarc.Field("245", None, [pymarc.Subfield("", "x")]),
        pymarc.Field("245", None, [pymarc.Subfield("aa", "x")]),
    ],
)
def test_codes_that_would_be_cut_or_run_together_are_refused(wrong: pymarc.Field) -> None:
    """An indicator or subfield code that is not one character long is not made one."""
    with pytest.raises(NotEncodable, match="245 has an indicator or subfield code"):
        encode(record(wrong))


@pytest.mark.parametrize("leader", ["00000nam a22000000é 4500", "00000nam a2200000\x1d  4500"])
def test_a_leader_that_does_not_come_back_is_refused(leader: str) -> None:
    """It is not written with question marks, nor with what ends a record."""
    made = record()
    made.leader = pymarc.Leader(leader)
    with pytest.raises(NotEncodable, match="leader"):
        encode(made)


@pytest.mark.parametrize("tag", ["2455", "é45", "\x0645"])
def test_a_tag_that_no_directory_holds_is_refused(tag: str) -> None:
    """What would make a directory that no reader reads is not written."""
    with pytest.raises(NotEncodable, match="tag"):
        encode(record(field(tag, "aTitle")))


@pytest.mark.parametrize("form", ["iso2709", "marcxml", "json", "ndjson", "mrk", "line", "csv"])
def test_half_a_surrogate_pair_is_refused(form: str) -> None:
    """It is no character: an error of our own says so."""
    with (
        RecordWriter(io.BytesIO(), form) as writer,
        pytest.raises(NotEncodable, match=r"U\+D800"),
    ):
        writer.write(record(field("245", "a\ud800")))


def test_what_marc8_lacks_is_told_by_field() -> None:
    """Each field with references has a finding that names the characters."""
    stream = io.BytesIO()
    with RecordWriter(stream, encoding="marc-8") as writer:
        found = writer.write(
            record(field("245", "aDon’t"), field("500", "aplain"), field("520", "a’"))
        )
    assert [(f.rule, f.path) for f in found] == [
        ("marc.reference", "245"),
        ("marc.reference", "520"),
    ]
    assert "U+2019" in found[0].message
