"""The forms json, ndjson, mrk and line: nothing is lost on the way out and back."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from itertools import islice
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.marc import Loaded, Quarantined, ReadOptions, RecordWriter, form_named, read
from techproc.marc.mnemonics import expand, protect

TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab $\\{}=-|/éß海\u0301\u200d\u0085\x1b\t"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f\r\n"),
    ),
    max_size=12,
)
CODES = st.sampled_from("0123456789abcxyz")
LEADERS = st.sampled_from(["00000nam a2200000 i 4500", "01234cas a22002774a 4500"])


@st.composite
def fields(draw: st.DrawFn) -> Field:
    """Return a control or a data field."""
    if draw(st.booleans()):
        return Field(draw(st.sampled_from(["001", "003", "008"])), data=draw(TEXT))
    indicators = [draw(st.sampled_from(" 0127a|")) for _ in range(2)]
    subfields = [Subfield(c, v) for c, v in draw(st.lists(st.tuples(CODES, TEXT), max_size=4))]
    tag = draw(st.sampled_from(["020", "245", "650", "880", "952", "CAT"]))
    return Field(tag, Indicators(*indicators), subfields)


@st.composite
def records(draw: st.DrawFn) -> pymarc.Record:
    """Return a record of up to six fields."""
    record = pymarc.Record()
    record.leader = pymarc.Leader(draw(LEADERS))
    record.fields = draw(st.lists(fields(), max_size=6))
    return record


def content(record: pymarc.Record) -> tuple[object, ...]:
    """Return everything that a record holds, to compare two."""
    return (
        str(record.leader),
        [
            (f.tag, f.data) if f.control_field else (f.tag, tuple(f.indicators), list(f.subfields))
            for f in record.fields
        ],
    )


def written(form: str, *many: pymarc.Record) -> bytes:
    """Return records as bytes of a form."""
    stream = io.BytesIO()
    with RecordWriter(stream, form) as writer:
        for record in many:
            writer.write(record)
    return stream.getvalue()


def loaded(data: bytes, form: str | None = None) -> list[Loaded | Quarantined]:
    """Return what is read from bytes."""
    return list(read(io.BytesIO(data), form=form))


@pytest.mark.parametrize("form", ["json", "ndjson", "mrk", "line", "csv"])
@settings(max_examples=40)
@given(many=st.lists(records(), min_size=1, max_size=3))
def test_round_trip(form: str, many: list[pymarc.Record]) -> None:
    """What a form does not declare as a loss comes back the same, in order."""
    kept = [record for record in many if not list(form_named(form).losses(record))]
    if not kept:
        return
    data = written(form, *kept)
    back = loaded(data, form)
    assert [content(item.record) for item in back] == [content(record) for record in kept]
    assert sum(item.length + item.padding for item in back) + back[0].offset == len(data)


@pytest.mark.parametrize("form", ["json", "ndjson", "mrk", "line", "csv"])
def test_form_is_told_from_content(form: str) -> None:
    """What is written is recognised without its name."""
    made = pymarc.Record()
    made.leader = pymarc.Leader("00000nam a2200000 i 4500")
    made.add_field(
        Field("001", data="b1"), Field("245", Indicators("0", "0"), [Subfield("a", "S")])
    )
    items = loaded(written(form, made, made))
    assert [item.form for item in items if isinstance(item, Loaded)] == [form, form]


@pytest.mark.parametrize("form", ["json", "ndjson", "mrk", "line", "csv"])
@settings(max_examples=50)
@given(data=st.binary(max_size=60))
def test_rubbish_is_kept_in_quarantine(form: str, data: bytes) -> None:
    """Any bytes are read or quarantined, and all of them are accounted for."""
    items = list(form_named(form).read(io.BufferedReader(io.BytesIO(data)), ReadOptions()))
    if items:
        assert items[0].offset + sum(i.length + i.padding for i in items) == len(data)


def book(control: str) -> pymarc.Record:
    """Return a small record."""
    made = pymarc.Record()
    made.leader = pymarc.Leader("00000nam a2200000 i 4500")
    title = Field("245", Indicators("0", "0"), [Subfield("a", 'Café {"x": [1]}')])
    made.add_field(Field("001", data=control), title)
    return made


def controls(items: list[Loaded | Quarantined]) -> list[str]:
    """Return the control numbers of the records that were read."""
    return [str(item.record["001"].data) for item in items if isinstance(item, Loaded)]


@pytest.mark.parametrize("form", ["json", "ndjson", "mrk", "line", "csv"])
def test_utf_16_is_read(form: str) -> None:
    """As Windows programs save what they call Unicode."""
    text = written(form, book("b1"), book("b2")).decode("utf-8-sig")
    for codec in ("utf-16", "utf-16-be"):
        mark = "\ufeff" if codec == "utf-16-be" else ""
        items = loaded((mark + text).encode(codec))
        assert [content(i.record) for i in items if isinstance(i, Loaded)] == [
            content(book("b1")), content(book("b2"))
        ]  # fmt: skip


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_cut_in_json_costs_the_record_that_it_is_in(data: st.DataObject) -> None:
    """An object that does not end swallows none that follows it; nor do two in one line."""
    form = data.draw(st.sampled_from(["json", "ndjson"]))
    whole = written(form, *(book(f"b{n}") for n in range(5)))
    begins = [m.start() for m in re.finditer(rb'\{"leader"', whole)]
    start = data.draw(st.integers(begins[2] + 1, begins[3] - 1))
    stop = data.draw(st.integers(start + 1, begins[3]))
    items = loaded(whole[:start] + whole[stop:], form)
    assert {"b0", "b1", "b3", "b4"} <= set(controls(items))
    at = items[0].offset
    for item in items:
        assert item.offset == at
        at += item.length + item.padding
    assert at == len(whole) - (stop - start)


def test_records_within_another_json_document_are_read() -> None:
    """What is around them is told."""
    inner = written("json", book("b1"), book("b2")).decode()
    items = loaded(f'{{"total": 2, "records": {inner}, "next": null}}'.encode())
    assert controls(items) == ["b1", "b2"]
    assert isinstance(items[0], Quarantined)
    assert isinstance(items[-1], Quarantined)


def test_fields_that_run_together_in_mrk_are_told() -> None:
    """A line end that was lost leaves the next field within a text."""
    text = written("mrk", book("b1")).replace(b"\n=245", b"=245")
    (item,) = loaded(text)
    assert [f.rule for f in item.findings] == ["marc.mrk-joined"]


def test_a_tab_after_the_tag_of_mrk_is_read() -> None:
    """Editors make one of two blanks."""
    text = written("mrk", book("b1")).replace(b"=LDR  ", b"=LDR\t").replace(b"=001  ", b"=001\t")
    assert controls(loaded(text)) == ["b1"]


def test_a_file_that_ends_within_a_line_is_told() -> None:
    """Its last record may lack something."""
    for form in ("mrk", "line", "csv"):
        items = loaded(written(form, book("b1"), book("b2")).rstrip()[:-3])
        assert [bool(item.findings) for item in items] == [False, True]


def test_no_row_of_a_table_becomes_a_field_of_another_record() -> None:
    """Rubbish between the rows, or a row LDR that was lost."""
    table = written("csv", book("b1"), book("b2"), book("b3"))
    lines = table.splitlines(keepends=True)
    second = next(n for n, line in enumerate(lines) if line.startswith(b"2,"))
    for changed in (
        [*lines[:second], *lines[second + 1 :]],
        [*lines[:3], b"*** 504\r\n", *lines[3:]],
    ):
        items = loaded(b"".join(changed))
        assert any(isinstance(item, Quarantined) for item in items)
        for item in items:
            if isinstance(item, Loaded):
                control = str(item.record["001"].data)
                assert content(item.record) == content(book(control))


def test_a_broken_line_of_ndjson_loses_no_other() -> None:
    """The lines before and after are read; the broken one is kept as it was."""
    good = b'{"leader":"00000nam a2200000 i 4500","fields":[{"001":"b1"}]}\n'
    items = loaded(good + b'{"leader":"000\n' + good)
    assert [type(item) for item in items] == [Loaded, Quarantined, Loaded]
    assert isinstance(items[1], Quarantined)
    assert items[1].raw == b'{"leader":"000'
    assert items[1].finding.rule == "marc.json-syntax"
    assert items[1].offset == len(good)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b'{"fields": 3}', "marc.json-shape"),
        (b'{"fields": [{"245": {"ind1": "10", "ind2": " ", "subfields": []}}]}', "marc.indicator"),
        (b'{"fields": [{"24": "x"}]}', "marc.tag"),
        (b'{"fields": [{"001": "x", "001": "y"}]}', "marc.json-shape"),
        (b'{"fields": [{"001": "\\ud800"}]}', "marc.json-surrogate"),
        (
            b'{"fields": [{"245": {"ind1": "\\ud800", "ind2": " ", "subfields": [{"a": "x"}]}}]}',
            "marc.json-surrogate",
        ),
        (
            b'{"fields": [{"245": {"ind1": " ", "ind2": " ", "subfields": [{"\\ud800": "x"}]}}]}',
            "marc.json-surrogate",
        ),
        (b'{"leader": "' + b"0" * 30 + b'", "fields": []}', "marc.leader-length"),
        (b'{"fields": [{"001": "\xff"}]}', "marc.invalid-utf8"),
        (b'{"fields": ' + b"[" * 100000 + b"]" * 100000 + b"}", "marc.json-depth"),
    ],
)
def test_json_that_is_no_record(text: bytes, rule: str) -> None:
    """Each way of not being a record has its reason."""
    (item,) = loaded(text, "json")
    assert isinstance(item, Quarantined)
    assert item.finding.rule == rule
    assert item.raw == text


def test_pretty_printed_json_documents_in_a_row() -> None:
    """Documents that are spread over lines, with braces in their texts, are told apart."""
    made = json.dumps(
        {"leader": "00000nam a2200000 i 4500", "fields": [{"001": '}"{'}]}, indent=2
    ).encode()
    for data in (made + b"\n" + made, b"[\n" + made + b",\n" + made + b"]"):
        items = loaded(data)
        assert [item.record["001"].data for item in items] == ['}"{', '}"{']


def test_mnemonics() -> None:
    """Mnemonics are what MARCMaker's table says, diacritics after their letter."""
    assert expand("{dollar}5 {lcub}x{rcub} {bsol}") == ("$5 {x} \\", [])
    assert expand("{llig}t{rlig}s") == ("t\ufe20s\ufe21", [])
    assert expand("{E2}e {eacute} {Ccaron} {1F}") == ("e\u0301 é Č \x1f", [])
    assert expand("{no such} {nosuch}") == ("{no such} {nosuch}", ["nosuch"])


@given(TEXT)
def test_protected_text_expands_to_itself(text: str) -> None:
    """Whatever is written with mnemonics is read back the same."""
    assert expand(protect(text)) == (text, [])


def test_mrk_as_marcedit_writes_it() -> None:
    """CRLF, a byte order mark, backslashes and mnemonics are understood."""
    data = (
        "\ufeff=LDR  00000nam\\\\2200000\\a\\4500\r\n=001  b1\r\n=008  160101s2016\\\\\\\\nyu\r\n"
        "=245  14$aThe caf{acute}e :$bcosts {dollar}5\r\n\r\n=LDR  00000nam  2200000 a 4500\r\n"
        "=FMT  BOOK\r\n"
    ).encode()
    first, second = (item.record for item in loaded(data))
    assert str(first.leader) == "00000nam  2200000 a 4500"
    assert first["008"].data == "160101s2016    nyu"
    assert first["245"].indicators == Indicators("1", "4")
    assert first["245"]["b"] == "costs $5"
    assert first["245"]["a"] == "The cafe\u0301 :"
    assert second["FMT"].data == "BOOK"


def test_mrk_faults_are_quarantined_and_guesses_reported() -> None:
    """A line that is no field puts its record in quarantine; a foreign encoding is a finding."""
    leader = b"=LDR  00000nam a2200000 i 4500\n"
    bad, latin = loaded(leader + b"=24  10$aX\n\n" + leader + b"=245  10$aCaf\xe9\n")
    assert isinstance(bad, Quarantined)
    assert bad.finding.rule == "marc.mrk-line"
    assert isinstance(latin, Loaded)
    assert latin.record["245"]["a"] == "Café"
    assert [f.rule for f in latin.findings] == ["marc.encoding-guess"]


def test_line_losses_are_declared() -> None:
    """What line MARC cannot carry is reported before it is lost."""
    made = pymarc.Record()
    made.leader = pymarc.Leader("00000nam a2200000 i 4500")
    made.add_field(Field("500", Indicators(" ", " "), [Subfield("a", "from $a to $b too")]))
    assert [f.path for f in form_named("line").losses(made)] == ["500$a"]


@pytest.mark.skipif(not shutil.which("yaz-marcdump"), reason="yaz-marcdump is not installed")
def test_line_form_is_that_of_yaz(shared_data: Path, tmp_path: Path) -> None:
    """Records printed by yaz-marcdump are read as they were."""
    items = []
    for item in read(shared_data / "marc" / "lc-books-2016-dev.mrc.xz"):
        items.append(item)
        if len(items) == 300:
            break
    source = tmp_path / "some.mrc"
    source.write_bytes(b"".join(item.raw or b"" for item in items))
    printed = subprocess.run(
        ["yaz-marcdump", "-i", "marc", "-o", "line", source], capture_output=True, check=True
    ).stdout
    back = loaded(printed)
    ours = written("line", *(item.record for item in items))
    assert len(back) == 300
    for one, two in zip(items, back, strict=True):
        assert content(one.record)[1] == content(two.record)[1]
    assert ours.split() == printed.split()


@pytest.mark.slow
def test_real_records_survive_every_form(shared_data: Path) -> None:
    """Mixed real records come back the same from json, ndjson and mrk."""
    source = read(shared_data / "marc" / "mixed-utf8.mrc.xz")
    items = [item for item in islice(source, 1500) if isinstance(item, Loaded)]
    for form in ("json", "ndjson", "mrk"):
        back = loaded(written(form, *(item.record for item in items)))
        assert len(back) == len(items)
        for one, two in zip(items, back, strict=True):
            if not list(form_named(form).losses(one.record)):
                assert content(one.record) == content(two.record)


def test_json_with_control_characters_in_strings_is_read_and_told() -> None:
    """Line breaks written into strings as they are cost no record."""
    (item,) = loaded(b'{"leader": "00000nam a2200000 a 4500", "fields": [{"001": "a\nb"}]}', "json")
    assert isinstance(item, Loaded)
    assert [f.rule for f in item.findings] == ["marc.json-control"]
    assert item.record["001"].data == "a\nb"


def test_a_cell_that_speaks_of_LDR_starts_no_record() -> None:  # noqa: N802
    """In a table a record begins with the row whose tag is LDR, not with the word in a text."""
    record = pymarc.Record(leader="00000nam a2200000 a 4500")
    record.add_field(Field("500", None, [Subfield("a", 'A note",LDR,,,x')]))
    stream = io.BytesIO()
    with RecordWriter(stream, "csv") as writer:
        writer.write(record)
        writer.write(record)
    found = list(loaded(stream.getvalue(), "csv"))
    assert [type(item) for item in found] == [Loaded, Loaded]
    assert content(found[1].record) == content(record)  # type: ignore[union-attr]


def test_a_quarantined_line_of_ndjson_is_where_it_says() -> None:
    """Blanks before it are its own bytes."""
    data = b'{"leader": "", "fields": []}\n   <subfield code="a">no JSON</subfield>  \n'
    for item in read(io.BytesIO(data), form="ndjson"):
        assert data[item.offset : item.offset + item.length] == item.raw
    assert isinstance(item, Quarantined)
    assert item.offset + item.length + item.padding == len(data)


@pytest.mark.parametrize("assume", ["koi8-r", "cp1251", "cp1252", "latin-1"])
def test_an_encoding_that_is_named_is_taken(assume: str) -> None:
    """Text forms are read in the encoding that --assume names, whatever it looks like."""
    text = "Книга" if assume in ("koi8-r", "cp1251") else "Übermut"
    data = f"=LDR  00000nam a2200000 i 4500\n=001  1\n=245  00$a{text}\n".encode(assume)
    (item,) = read(io.BytesIO(data), assume=assume)
    assert isinstance(item, Loaded)
    assert item.record["245"]["a"] == text


def test_bytes_that_the_named_encoding_lacks_are_refused() -> None:
    """They are set aside, not read as halves of surrogate pairs."""
    data = b"=LDR  00000nam a2200000 i 4500\n=001  1\n=245  00$ax\x81\n"
    (item,) = read(io.BytesIO(data), assume="cp1252")
    assert isinstance(item, Quarantined)
    assert item.finding.rule == "marc.encoding"
