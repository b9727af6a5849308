"""The schema as data: whole, in Avram's form, and a library's own read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from techproc.errors import InputError
from techproc.marc.schema import (
    as_avram,
    authority,
    bibliographic,
    code_list,
    holdings,
    is_local,
    read_avram,
)


@pytest.mark.parametrize("make", [bibliographic, holdings, authority])
def test_the_schema_is_whole(make: object) -> None:
    """Every tag from 010 on has indicators, and subfields or any; names begin with a capital."""
    schema = make()  # type: ignore[operator]
    for tag, rule in schema.fields.items():
        assert rule.tag == tag
        assert (rule.indicators is None) == tag.startswith("00")
        assert bool(rule.subfields) != tag.startswith("00")
        assert rule.name[0].isupper(), tag
    assert set(schema.required) <= set(schema.fields)


def test_what_update_36_and_later_brought() -> None:
    """Data provenance, 361, 387, 688, 788, 857, and the indicators of 382 are there."""
    fields = bibliographic().fields
    assert {"334", "335", "353", "361", "387", "688", "758", "788", "857", "881", "885"} <= set(
        fields
    )
    assert fields["773"].subfields["l"]
    assert not fields["773"].subfields["7"]
    assert fields["856"].subfields["e"]
    assert set((fields["382"].indicators or ({}, {}))[0]) == set(" 0123")


def test_avram() -> None:
    """The Avram form is JSON, with fixed fields by material."""
    avram = json.loads(json.dumps(as_avram()))
    assert avram["fields"]["245"]["subfields"]["a"] == {"code": "a", "repeatable": False}
    assert avram["fields"]["650"]["indicator2"]["codes"].keys() == set("01234567")
    books = avram["fields"]["008"]["types"]["Books"]["positions"]
    assert books["33"]["codes"]["1"]["label"] == "fiction"
    assert avram["fields"]["007"]["types"]["map"]["positions"]["01"]["codes"]["j"]


def test_our_own_avram_is_read_back(tmp_path: Path) -> None:
    """What is written as Avram says the same when it is read."""
    path = tmp_path / "avram.json"
    path.write_text(json.dumps(as_avram()))
    again = read_avram(path)
    for tag, rule in bibliographic().fields.items():
        assert again[tag].repeatable == rule.repeatable
        assert again[tag].obsolete == rule.obsolete
        if not rule.any_subfield and rule.indicators:
            assert again[tag].subfields == rule.subfields, tag
            assert again[tag].indicators == rule.indicators, tag
            assert again[tag].obsolete_subfields == rule.obsolete_subfields


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"fields": {"24": {}}}', '{"fields": {"245": 1}}',
             '{"fields": {"245": {"subfields": {"ab": {}}}}}', '{"fields": {"245": {"indicator1": 3}}}'],
)  # fmt: skip
def test_what_is_no_avram_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name."""
    path = tmp_path / "avram.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"avram\.json"):
        read_avram(path)
    with pytest.raises(InputError):
        read_avram(tmp_path / "missing")


def test_code_lists() -> None:
    """Codes have the length of their list; none is both in use and obsolete."""
    for name, length in (("languages", {3}), ("countries", {2, 3}), ("relators", {3})):
        listed = code_list(name)
        assert {len(code) for code in listed.known} == length
        assert not listed.current & listed.obsolete
    assert {"n-us-ny", "e", "xd"} <= code_list("areas").current
    assert {"lcsh", "fast", "lcgft", "aat"} <= code_list("subject-sources").known


def test_local_tags() -> None:
    """Tags with a 9 or letters are a library's own, unless MARC 21 defines them."""
    assert not is_local("490")
    assert is_local("990")
    assert is_local("FMT")
