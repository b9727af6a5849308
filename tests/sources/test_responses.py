"""SRU responses as recorded from a server, and made ones for what it never sends."""

from __future__ import annotations

import pytest

from techproc.errors import SourceUnavailable
from techproc.sources.conversion import convert
from techproc.sources.responses import Explanation, ScanTerm, SruResponse

RECORDED = {
    "diag_5_version": 5, "diag_6_max": 6, "diag_7_noquery": 7, "diag_10_syntax": 10,
    "diag_15_set": 15, "diag_16_index": 16, "diag_28_mask": 28, "diag_61_range": 61,
    "diag_61_range20": 61, "diag_66_schema": 66,
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), RECORDED.items())
def test_recorded_diagnostics_are_read_with_their_numbers(shared_data, name, code) -> None:
    """Each of the recorded diagnostics is one, in both namespaces, and no record comes with it."""
    response = SruResponse.parse((shared_data / f"sru/answers/{name}.xml").read_bytes())
    assert [d.code for d in response.diagnostics] == [code]
    assert response.records == ()


@pytest.mark.parametrize(
    "name", ["sr11_marcxml", "sr12_string", "sr20_marcxml", "sr20_string", "sr12_mods", "sr12_dc"]
)
def test_recorded_results_give_the_same_book_in_every_packing(shared_data, name) -> None:
    """All versions, packings and schemas of one result give records with the same title."""
    response = SruResponse.parse((shared_data / f"sru/answers/{name}.xml").read_bytes())
    assert response.count == 215
    record, _ = convert(response.records[0], 1, "recorded")
    assert record["245"]["a"].rstrip(" .:/") == "The incredible jazz guitar of Wes Montgomery"
    assert record["100"]["a"].startswith("Montgomery, Wes")


def test_recorded_explain_scan_and_zero(shared_data) -> None:
    """Explain, scan and no hits are read."""
    answers = shared_data / "sru/answers"
    for version in ("11", "20"):
        said = Explanation.parse((answers / f"explain{version}.xml").read_bytes())
        assert "bath.isbn" in said.indexes
        assert said.maximum_records == 1000
    terms, diagnostics = ScanTerm.parse_all((answers / "scan11.xml").read_bytes())
    assert (terms[0], diagnostics) == (ScanTerm(value="jazz", count=215), ())
    assert SruResponse.parse((answers / "zero.xml").read_bytes()).count == 0


def test_string_packing_surrogates_and_estimates(fixtures) -> None:
    """A record packed as a string with its own declaration, a surrogate, an estimated count."""
    response = SruResponse.parse((fixtures / "sru/search20_string.xml").read_bytes())
    assert (response.count, response.exact, response.next_position) == (2, False, 3)
    record, findings = convert(response.records[0], 1, "made")
    assert (record["245"]["a"], findings) == ("Made & kept.", ())
    nothing, findings = convert(response.records[1], 2, "made")
    assert nothing is None
    assert [f.rule for f in findings] == ["sources.surrogate-diagnostic"]
    assert "diagnostic 67: record not available" in findings[0].message


def test_mods_becomes_marc21(fixtures) -> None:
    """MODS is converted in the order and punctuation of MARC 21; what is dropped is named."""
    wrapped = (fixtures / "sru/mods.xml").read_bytes().partition(b"?>")[2]
    body = (
        b"<searchRetrieveResponse><numberOfRecords>1</numberOfRecords><records><record>"
        b"<recordData>" + wrapped + b"</recordData></record></records></searchRetrieveResponse>"
    )
    record, findings = convert(SruResponse.parse(body).records[0], 1, "made")
    assert str(record["245"]) == "=245  14$aThe made book :$ba test."
    assert str(record["100"]) == "=100  1\\$aDoe, Jane,$d1950-$4aut"
    assert str(record["264"]) == "=264  \\1$aLeiden :$bBrill,$c2001."
    assert str(record["650"]) == "=650  \\0$aBooks$zNetherlands$y20th century"
    assert str(record["082"]) == "=082  04$a002$221"
    assert str(record["700"]) == "=700  1\\$aRoe, Max$4trl"
    assert str(record["506"]) == r"=506  \\$anone"
    assert [f.rule for f in findings] == ["sources.converted-mods"]


@pytest.mark.parametrize("body", [b"", b"   ", b"<a>", b"<html><body>x", b"{}", b"<ok/>"])
def test_what_is_no_response_is_unavailable(body) -> None:
    """Anything else raises one kind of error with a sentence, and nothing else."""
    with pytest.raises(SourceUnavailable, match="it"):
        SruResponse.parse(body)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8"])
def test_a_control_character_costs_no_other_character(encoding) -> None:
    """A stray control character in a record is marked; the declared encoding is kept to."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><searchRetrieveResponse><numberOfRecords>1'
        "</numberOfRecords><records><record><recordData><record>"
        "<leader>00000nam a2200000 i 4500</leader>"
        '<datafield tag="245"><subfield code="a">Caf\u00e9</subfield>'
        '<subfield code="b">bad\x02here</subfield></datafield>'
        "</record></recordData></record></records></searchRetrieveResponse>"
    )
    response = SruResponse.parse(text.encode(encoding))
    record, findings = convert(response.records[0], 1, "made")
    assert record["245"]["a"] == "Caf\u00e9"
    assert record["245"]["b"] == "bad\ufffdhere"
    assert [(f.rule, f.path) for f in findings] == [("sources.undecodable", "245$b")]


MODS = (
    b"<searchRetrieveResponse><numberOfRecords>1</numberOfRecords><records><record><recordData><mods>"
    b"<titleInfo><title>Made book</title><subTitle>a test</subTitle></titleInfo>"
    b"<originInfo><place><placeTerm authority='marccountry' type='code'>nyu</placeTerm></place>"
    b"<dateIssued>1999</dateIssued></originInfo><physicalDescription><extent>133 p. : ill. ; 26 cm."
    b"</extent></physicalDescription>"
    b"<note type='statement of responsibility'>made by A. Maker</note>"
    b"<note type='bibliography'>With references.</note><note>Odd.</note>"
    b"</mods></recordData></record></records></searchRetrieveResponse>"
)


def test_mods_notes_and_places_stand_where_marc_has_them() -> None:
    """245 $c, 504, 300 in its parts, and the country in 008."""
    record, _ = convert(SruResponse.parse(MODS).records[0], 1, "made")
    assert str(record["245"]) == "=245  00$aMade book :$ba test /$cmade by A. Maker."
    assert str(record["300"]) == r"=300  \\$a133 p. :$bill. ;$c26 cm."
    assert record["504"]["a"] == "With references."
    assert [f["a"] for f in record.get_fields("500")] == ["Odd."]
    assert record["008"].data[15:18] == "nyu"
