"""The field-path language: what is meant, what is read and written, how mistakes are told."""

from __future__ import annotations

import contextlib

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.errors import ConfigError
from techproc.marc.path import FieldPath
from techproc.marc.where import Where


def data(tag: str, indicators: str, *subfields: str) -> Field:
    """Return a data field; each subfield is its code followed by its value."""
    return Field(tag, Indicators(*indicators), [Subfield(s[0], s[1:]) for s in subfields])


@pytest.fixture
def record() -> pymarc.Record:
    made = pymarc.Record()
    made.leader = pymarc.Leader("00000cam a2200000 i 4500")
    made.add_field(
        Field("001", data="ocm1"),
        Field("006", data="m     o  d        "),
        Field("008", data="160101s2016    nyua    o     000 1 eng d"),
        data("020", "  ", "a9780306406157", "q(pbk.)"),
        data("020", "  ", "a0306406152"),
        data("100", "1 ", "aSmith, Ann,", "d1950-"),
        data("245", "14", "6880-01", "aThe sea :", "ba story /", "cA. Smith."),
        data("600", "10", "aRoe, Jo."),
        data("650", " 0", "aOcean", "xHistory", "zNorway", "xSources"),
        data("650", " 7", "aOcean", "2fast", "0(OCoLC)fst1"),
        data("880", "14", "6245-01/$1", "a海 /"),
        data("CAT", "  ", "xlocal"),
    )
    return made


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("245$a", ["The sea :"]),
        ("245$ab", ["The sea :", "a story /"]),
        ("245$ba", ["The sea :", "a story /"]),
        ("245$a$b", ["The sea :", "a story /"]),
        ("245$a-c", ["The sea :", "a story /", "A. Smith."]),
        ("6XX_0$a", ["Roe, Jo.", "Ocean"]),
        ("6.._0$a", ["Roe, Jo.", "Ocean"]),
        ("6XX#0$a", ["Ocean"]),
        ("650\\0$a", ["Ocean"]),
        ("650 _7 $a", ["Ocean"]),
        ("008/35-37", ["eng"]),
        ("LDR/06", ["a"]),
        ("LDR/17-18", [" i"]),
        ("008/90", []),
        ("880$6=245", ["245-01/$1"]),
        ("880$6=245-01", ["245-01/$1"]),
        ("880$6=24", []),
        ("245$6/00-02", ["880"]),
        ("650$2=fast", ["fast"]),
        ("650[$2=fast]$a", ["Ocean"]),
        ("650$a[$2=fast]", ["Ocean"]),
        ("650[!$2]$x", ["History", "Sources"]),
        ("650$x[2]", ["Sources"]),
        ("650$x[last]", ["Sources"]),
        ("650$x[3]", []),
        ("020[2]$a", ["0306406152"]),
        ("020[last]$a", ["0306406152"]),
        ("020[9]$a", []),
        ("100$a~^Sm", ["Smith, Ann,"]),
        ("100$a!~^Sm", []),
        ("100$a^=Smith", ["Smith, Ann,"]),
        ('100$a="Smith, Ann,"', ["Smith, Ann,"]),
        ("100$a='Smith, Ann,'", ["Smith, Ann,"]),
        ("008/07-10>=2016", ["2016"]),
        ("008/07-10<2016", []),
        ("008/11-14>1", []),
        ("006[/00=m]/06", ["o"]),
        ("245@2", ["4"]),
        ("245@", ["14"]),
        ("650[@2=7]$a", ["Ocean"]),
        ("650$*[$2=fast]", ["Ocean", "fast", "(OCoLC)fst1"]),
        ("CAT$x", ["local"]),
        ("001", ["ocm1"]),
        ("100", ["Smith, Ann, 1950-"]),
        ("001@", None),
    ],
)
def test_values(record: pymarc.Record, path: str, values: list[str] | None) -> None:
    """Each form of the language means what its documentation says."""
    if values is None:
        with pytest.raises(ConfigError):
            FieldPath.parse(path)
        return
    parsed = FieldPath.parse(path)
    assert parsed.values(record) == values
    assert parsed.matches(record) is bool(values)
    assert parsed.first(record) == (values[0] if values else None)
    assert [place.text for place in parsed.places(record)] == values


def test_texts_join_a_field(record: pymarc.Record) -> None:
    """`texts` gives one text a field, in the order of the record."""
    assert FieldPath.parse("245$ab").texts(record) == ["The sea : a story /"]
    assert FieldPath.parse("650$ax").texts(record, "--") == ["Ocean--History--Sources", "Ocean"]


def test_fields_hold_what_is_meant(record: pymarc.Record) -> None:
    """`fields` leaves out fields in which nothing is meant."""
    assert len(FieldPath.parse("650").fields(record)) == 2
    assert len(FieldPath.parse("650$x").fields(record)) == 1
    assert len(FieldPath.parse("020$a~^978").fields(record)) == 1
    assert FieldPath.parse("LDR").fields(record) == []


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("", "three characters"),
        ("24", "three characters"),
        ("245$", "subfield codes"),
        ("245/", "positions"),
        ("245/9-3", "backwards"),
        ("245$a[0]", "counted from 1"),
        ("245[a]", "condition"),
        ("245[$a", "not closed"),
        ("245[$a=x", "not closed"),
        ("245$a~[", "not a regular expression"),
        ("008/07-10>old", "compares numbers"),
        ("LDR$a", "no subfields"),
        ("00810", "no indicators"),
        ("245$a oops", "expected"),
        ("2451$a", "expected"),
    ],
)
def test_mistakes_are_told(path: str, problem: str) -> None:
    """A mistake is a ConfigError that quotes the path and says what was expected."""
    with pytest.raises(ConfigError, match=problem):
        FieldPath.parse(path)


def test_edit_writes_in_place(record: pymarc.Record) -> None:
    """Subfields, fixed positions, indicators and the leader can be written through a path."""
    assert FieldPath.parse("008/35-37").edit(record, lambda _: "ger") == 1
    assert record["008"].data == "160101s2016    nyua    o     000 1 ger d"
    assert FieldPath.parse("LDR/17").edit(record, lambda _: "7") == 1
    assert str(record.leader)[17] == "7"
    assert FieldPath.parse("245@2").edit(record, lambda _: "0") == 1
    assert record["245"].indicators == Indicators("1", "0")
    assert FieldPath.parse("245@").edit(record, lambda _: "00") == 1
    assert FieldPath.parse("650$x").edit(record, str.upper) == 2
    assert FieldPath.parse("650$x").values(record) == ["HISTORY", "SOURCES"]
    assert FieldPath.parse("650$x").edit(record, str.upper) == 0
    assert FieldPath.parse("001").edit(record, lambda _: "ocm2") == 1
    assert record["001"].data == "ocm2"


def test_writes_that_cannot_stand_are_refused(record: pymarc.Record) -> None:
    """Positions keep their length; a data field is written by subfield."""
    for path in ("008/35-37", "245@2", "245", "LDR"):
        with pytest.raises(ConfigError):
            FieldPath.parse(path).places(record)[0].write("too long for it")


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("650$2=fast and not 245$h", True),
        ("650$2=lcgft or 100$a~^Sm", True),
        ("650$2=lcgft or 100$a~^R", False),
        ("not 050", True),
        ("(050 or 082) and 245", False),
        ("050 or 082 and 245 or 001", True),
        ("count(020)>1", True),
        ("count(020$q) = 1 and count(999) = 0", True),
        ("not (050 or 082)", True),
        ("245$a=The sea : and 001=ocm1", True),
        ('245$a="The sea :"', True),
        ("LDR/06=a and LDR/07=m", True),
        ("650[$2=fast]$a=Ocean", True),
    ],
)
def test_where(record: pymarc.Record, expression: str, answer: bool) -> None:
    """Expressions join paths; `and` binds closer than `or`."""
    assert Where.parse(expression).matches(record) is answer


@pytest.mark.parametrize("expression", ["", "245 and", "(245", "245)", "count(245)", "245 oops"])
def test_where_mistakes(expression: str) -> None:
    """A broken expression is a ConfigError."""
    with pytest.raises(ConfigError):
        Where.parse(expression)


@given(st.text(max_size=20))
def test_any_text_parses_or_is_refused(text: str) -> None:
    """No text makes the parsers raise anything but ConfigError."""
    for parse in (FieldPath.parse, Where.parse):
        with contextlib.suppress(ConfigError):
            parse(text)


@given(st.text(alphabet="0123456789LDRX$ab[]@/-=~^\"'_# !<>().*", max_size=16))
def test_anything_like_a_path_parses_or_is_refused(text: str) -> None:
    """No near-path makes the parsers raise anything but ConfigError."""
    for parse in (FieldPath.parse, Where.parse):
        with contextlib.suppress(ConfigError):
            parse(text)
