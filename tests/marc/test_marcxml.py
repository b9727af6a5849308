"""MARCXML: found anywhere, read safely, nothing lost around a broken element."""

from __future__ import annotations

import io
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import InputError
from techproc.marc import Loaded, Quarantined, RecordWriter, marcxml, read, xmlframing
from techproc.marc.scanner import COMPILED, xml_record
from techproc.marc.xmlrecord import parse_element

NS = 'xmlns="http://www.loc.gov/MARC21/slim"'


def element(control: str, title: str = "Café", prefix: str = "", attributes: str = "") -> str:
    """Return a record element."""
    p = prefix
    return (
        f"<{p}record{attributes}><{p}leader>00000nam a2200000 a 4500</{p}leader>"
        f'<{p}controlfield tag="001">{control}</{p}controlfield>\n'
        f'<{p}datafield tag="245" ind1="1" ind2="0"><{p}subfield code="a">{title}</{p}subfield>'
        f"</{p}datafield></{p}record>"
    )


def items(text: str | bytes) -> list[Loaded | Quarantined]:
    """Read a document and check that offsets point at what was read."""
    data = text.encode() if isinstance(text, str) else text
    found = list(read(io.BytesIO(data)))
    for item in found:
        if data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            assert data[item.offset : item.offset + item.length] == item.raw
    return found


def titles(text: str | bytes) -> list[str]:
    """Return the titles in a document."""
    return [str(item.record["245"]["a"]) for item in items(text) if isinstance(item, Loaded)]


@pytest.mark.parametrize(
    "text",
    [
        f"<?xml version='1.0'?><collection {NS}>{element('1')}{element('2')}</collection>",
        f'<marc:collection xmlns:marc="x">{element("1", prefix="marc:")}'
        f"{element('2', prefix='marc:')}</marc:collection>",
        f"<collection>{element('1')}<!-- <record> -->{element('2')}</collection>",
        "<zs:searchRetrieveResponse xmlns:zs='x'><zs:records>"
        + "".join(
            f"<zs:record><zs:recordData>{element(c, attributes=' ' + NS)}</zs:recordData>"
            "</zs:record>"
            for c in "12"
        )
        + "</zs:records></zs:searchRetrieveResponse>",
        "<OAI-PMH><ListRecords>"
        + "".join(
            f"<record><header/><metadata>{element(c, prefix='m:')}</metadata></record>"
            for c in "12"
        )
        + "</ListRecords></OAI-PMH>",
        f'<collection xmlns="info:lc/xmlns/marcxchange-v2">'
        f"{element('1')}{element('2')}</collection>",
    ],
)
def test_records_are_found_wherever_they_are(text: str) -> None:
    """With a namespace or none, any prefix, in answers of servers."""
    assert titles(text) == ["Café", "Café"]


def test_a_bare_record_and_other_encodings() -> None:
    """A document may be one record, and in Latin-1 or UTF-16."""
    assert titles(element("1")) == ["Café"]
    latin = "<?xml version='1.0' encoding='ISO-8859-1'?>" + element("1")
    assert titles(latin.encode("latin-1")) == ["Café"]
    assert titles(("<?xml version='1.0' encoding='UTF-16'?>" + element("1")).encode("utf-16")) == [
        "Café"
    ]


def test_a_broken_element_costs_no_other() -> None:
    """What is not well formed goes to quarantine; the next record is read."""
    broken = element("2").replace("</datafield>", "")
    found = items(f"<collection>{element('1')}{broken}{element('3')}</collection>")
    assert [type(item) for item in found] == [Loaded, Quarantined, Loaded]
    assert found[1].raw == broken.encode()


def test_a_document_that_breaks_off() -> None:
    """The unfinished last element is in quarantine, not forgotten."""
    found = items(f"<collection>{element('1')}{element('2')[:60]}")
    assert [type(item) for item in found] == [Loaded, Quarantined]
    assert "breaks off" in str(found[1].findings[0])


@pytest.mark.parametrize(
    ("lost", "put"),
    [
        ("</record>", ""),
        ("<record>", ""),
        ("record>", "RECORD>"),
        ("</datafield></record>", ""),
        ("<controlfield", "<record><controlfield"),
    ],
)
def test_a_record_whose_tag_is_missing_is_not_passed_over(lost: str, put: str) -> None:
    """Parts of records that stand in none are quarantined, and the others read."""
    broken = element("2").replace(lost, put)
    found = items(f"<collection>{element('1')}{broken}{element('3')}</collection>")
    controls = [str(i.record["001"].data) for i in found if isinstance(i, Loaded)]
    assert (controls[0], controls[-1]) == ("1", "3")
    assert any(isinstance(item, Quarantined) for item in found)


def test_a_document_without_its_end_tag_is_told() -> None:
    """It may have been cut between two records."""
    found = items(f"<!-- <x> --><c:collection xmlns:c='x'>{element('1')}\n")
    assert [type(item) for item in found] == [Loaded, Quarantined]
    assert found[1].findings[0].message.startswith("the document breaks off")


@pytest.mark.parametrize(
    ("put", "instead", "said"),
    [
        ("<subfield", "words<subfield", "245: text in no subfield"),
        ("<leader", "words<leader", "text in no subfield"),
        ("</record>", "<note>words</note></record>", "'note'"),
        ("</subfield>", "<b>words</b></subfield>", "elements within a text"),
    ],
)
def test_what_has_no_place_in_a_record_is_told(put: str, instead: str, said: str) -> None:
    """Nothing in an element is left out in silence."""
    (item,) = items(f"<collection>{element('1').replace(put, instead, 1)}</collection>")
    assert said in item.findings[0].message
    assert item.findings[0].rule == "marc.xml-structure"


def test_ampersands_that_are_no_references_are_read() -> None:
    """As such, or as the letter that HTML has for the name; other entities stay unknown."""
    found = items(f"<c>{element('1', 'R&D &amp; caf&eacute; & more')}{element('2', '&own;')}</c>")
    assert isinstance(found[0], Loaded)
    assert found[0].record["245"]["a"] == "R&D & café & more"
    assert [f.rule for f in found[0].findings] == ["marc.xml-ampersand"]
    assert isinstance(found[1], Quarantined)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_no_damage_to_a_document_loses_a_record_in_silence(data: st.DataObject) -> None:
    """Each record is read, or something is said; wherever bytes are cut out."""
    text = "<collection>" + "".join(element(str(n)) for n in range(4)) + "</collection>"
    start = data.draw(st.integers(0, len(text) - 1))
    stop = data.draw(st.integers(start + 1, min(start + 300, len(text))))
    whole = text[:start] + text[stop:]
    if not marcxml.sniff(whole.encode()):
        return
    found = items(whole)
    loaded = sum(isinstance(item, Loaded) for item in found)
    told = any(item.findings for item in found)
    # What is cut from a place in one record to the same in the next makes one record of two.
    assert told or loaded == 4 or stop - start >= len(element("0")) - 10


def test_entities_and_declarations_are_never_expanded(tmp_path: Path) -> None:
    """Bombs and external entities are quarantined, quickly, and no file is read."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    lols = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(12))
    text = (
        f'<!DOCTYPE collection [{lols}<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        f"<collection>{element('1', '&l11;')}{element('2', '&x;')}{element('3')}</collection>"
    )
    found = items(text)
    assert [type(item) for item in found] == [Quarantined, Quarantined, Loaded]
    assert all(b"the secret" not in (item.raw or b"") for item in found)


def test_an_endless_element_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """An element that does not end is handed out in pieces."""
    monkeypatch.setattr(xmlframing, "LIMIT", 1 << 20)
    data = b"<collection><record>" + b"x" * (5 << 20)
    found = list(xmlframing.xml_frames(io.BytesIO(data)))
    assert all(len(frame.raw) <= 4 << 20 for frame in found)


def test_control_characters_and_bad_bytes_are_told() -> None:
    """What XML forbids is read all the same, with a finding."""
    found = items(element("1", "A\x0bB"))
    assert [f.rule for f in found[0].findings] == ["marc.xml-control"]
    found = items(element("1", "Café").encode("latin-1"))
    assert [f.rule for f in found[0].findings] == ["marc.encoding-xml"]
    assert isinstance(found[0], Loaded)
    assert found[0].record["245"]["a"] == "Café"


def test_double_encoding_is_undone() -> None:
    """The same as in ISO 2709."""
    found = items(element("1", "CafÃ© MÃ¼ller"))
    assert [f.rule for f in found[0].findings] == ["marc.encoding-double"]
    assert titles(element("1", "CafÃ© MÃ¼ller")) == ["Café Müller"]


def test_what_is_no_xml_of_records_is_refused() -> None:
    """A page of HTML is no source of records."""
    with pytest.raises(InputError, match="no form of MARC"):
        list(read(io.BytesIO(b"<!DOCTYPE html><html><body>Not found</body></html>")))


VALUES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("&<>\"'\n\t]"),
    max_size=30,
)


@given(st.lists(st.tuples(st.sampled_from(["245", "500", "9XX"]), VALUES), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_text_survives(fields: list[tuple[str, str]]) -> None:
    """What is written reads back as it was."""
    record = pymarc.Record(leader="00000nam a2200000 a 4500")
    for tag, value in fields:
        record.add_field(pymarc.Field(tag, None, [pymarc.Subfield("a", value)]))
    stream = io.BytesIO()
    with RecordWriter(stream, "marcxml") as writer:
        writer.write(record)
    stream.seek(0)
    back = next(iter(read(stream, assume="utf-8")))
    assert isinstance(back, Loaded)
    assert str(back.record) == str(record)


@pytest.mark.skipif(not COMPILED, reason="the C core is not built")
@given(
    st.lists(
        st.tuples(
            st.integers(0, 300),
            st.integers(0, 4),
            st.one_of(
                st.binary(max_size=3), st.sampled_from([b"&amp;", b"&#65;", b"<", b"/>", b'"'])
            ),
        ),
        max_size=2,
    )
)
@settings(max_examples=1000, deadline=None)
def test_the_c_core_reads_elements_as_lxml_does(edits: list[tuple[int, int, bytes]]) -> None:
    """Where the C core takes an element at all, lxml reads the same out of it."""
    data = element("1", "Tom &amp; Ćwiek &lt;b&gt;").encode()
    for place, size, new in edits:
        data = data[:place] + new + data[place + size :]
    quick = xml_record(data)
    if quick is not None:
        parts = parse_element(data)
        assert isinstance(parts, tuple), parts
        assert (parts[:3], parts[3]) == (quick, [])
