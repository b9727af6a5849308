"""Call numbers are read into elements that keep every character of the text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.classify.callnumber import CallNumber, Kind, detect_scheme, is_lc_class
from techproc.classify.check import check_callnumber
from techproc.classify.dewey import normalize_dewey

SCHEMES = ("auto", "lcc", "ddc", "nlm", "sudoc", "local")
ANYTHING = st.text(max_size=60) | st.text("QAZ .:/-019v[]c", max_size=30)


@pytest.mark.parametrize(
    ("text", "scheme", "cls", "cutters", "dates", "volume", "copy", "prefix"),
    [
        ("QA76.73.P98 L88 2013 v.2 c.3", "lcc", "QA76.73", (".P98", "L88"), ("2013",), "v.2", "c.3",
         ""),
        ("KF4558 15th .P6T44 1983", "lcc", "KF4558 15th", (".P6", "T44"), ("1983",), "", "", ""),
        ("HB3717 1929.B365 2000", "lcc", "HB3717 1929", (".B365",), ("2000",), "", "", ""),
        ("Oversize PL1459.F8 C46 1930", "lcc", "PL1459", (".F8", "C46"), ("1930",), "", "",
         "Oversize"),
        ("REF F 106 .E53 2006", "lcc", "F 106", (".E53",), ("2006",), "", "", "REF"),
        ("R220.3 H2793Z H32 c.2", "ddc", "220.3", ("H2793Z", "H32"), (), "", "c.2", "R"),
        ("CD-ROM 787.87 EAS", "ddc", "787.87", ("EAS",), (), "", "", "CD-ROM"),
        ("252.051 T147 v.1-2", "ddc", "252.051", ("T147",), (), "v.1-2", "", ""),
        ("WG 120 S65w 2010", "nlm", "WG 120", ("S65w",), ("2010",), "", "", ""),
        ("M5 .L", "lcc", "M5", (".L",), (), "", "", ""),
        ("AC1 .A5 1990b", "lcc", "AC1", (".A5",), ("1990b",), "", "", ""),
    ],
)  # fmt: skip
def test_parts(text, scheme, cls, cutters, dates, volume, copy, prefix):
    """Each part is found under its name, as written."""
    number = CallNumber.parse(text, scheme)
    assert number.valid
    assert number.class_number == cls
    assert number.cutters == cutters
    assert number.dates == dates
    assert (number.volume, number.copy, number.prefix) == (volume, copy, prefix)


@given(ANYTHING, st.sampled_from(SCHEMES))
def test_elements_are_slices_in_order(text, scheme):
    """Nothing is invented or overlaps: every element is the text at its place."""
    number = CallNumber.parse(text, scheme)
    assert number.text == text == str(number)
    end = 0
    for element in number.elements:
        assert element.text
        assert text[element.start : element.end] == element.text
        assert element.start >= end
        end = element.end


@given(st.text("QAZBW .0123456789abcMJ-:/v", max_size=30), st.sampled_from(SCHEMES))
def test_no_letter_or_digit_is_lost(text, scheme):
    """What no element holds is spacing and punctuation."""
    number = CallNumber.parse(text, scheme)
    kept = set()
    for element in number.elements:
        kept.update(range(element.start, element.end))
    assert not [char for place, char in enumerate(text) if char.isalnum() and place not in kept]


@given(st.text("QAZBW .0123456789abcMJ-:/v", max_size=30), st.sampled_from(SCHEMES))
def test_parsing_again_changes_nothing(text, scheme):
    """The parse of a parsed number's text is the same number."""
    number = CallNumber.parse(text, scheme)
    assert CallNumber.parse(str(number), number.scheme) == number


@pytest.mark.parametrize(
    ("text", "class_part"),
    [
        ("QA76 .S6 2001", "QA76"),
        ("QA76.73.P98", "QA76.73.P98"),
        ("QA76.73.P98 S65 2001", "QA76.73.P98"),
        ("KF4558 15th .P6T44 1983", "KF4558 15th .P6"),
        ("813.54 S65 2001", "813.54"),
        ("025.3 SMI", "025.3"),
        ("QA76", "QA76"),
    ],
)
def test_the_class_part_is_all_but_the_book_number(text, class_part):
    """Topical Cutters belong to the class, the last Cutter to the book."""
    assert CallNumber.parse(text).class_part == class_part


def test_a_sudoc_number_is_stem_and_book():
    """The colon divides the class stem from the book number."""
    number = CallNumber.parse("Y 4.J 89/1:104/23")
    assert number.scheme == "sudoc"
    assert [(e.kind, e.text) for e in number.elements] == [
        (Kind.LETTERS, "Y"),
        (Kind.NUMBER, "4"),
        (Kind.DECIMAL, ".J 89/1"),
        (Kind.BOOK, ":104/23"),
    ]


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("QA76.9 .A5", "lcc"), ("qa76", "lcc"), ("J 295.435 K56", "lcc"), ("DAW1031 .B3", "lcc"),
        ("025.3 M3", "ddc"), ("REF 025.3 M3", "ddc"), ("[813.54]", "ddc"),
        ("MP3-CD 787.8 EAS", "ddc"),
        ("WG 120 .B5", "nlm"), ("QV 4", "nlm"), ("QS 504", "nlm"),
        ("A 1.2:C 76", "sudoc"), ("Y 4.EC 7", "sudoc"), ("HE 20.3182:C 76/997", "sudoc"),
        ("FIC ABC", "local"), ("4725.2 1123", "local"), ("", "local"),
    ],
)  # fmt: skip
def test_detection(text, scheme):
    """The scheme is told by the form."""
    assert detect_scheme(text) == scheme


def test_an_unknown_scheme_is_misuse():
    """A scheme that is none raises, naming those there are."""
    with pytest.raises(ValueError, match="lcc, ddc, nlm, sudoc, local"):
        CallNumber.parse("QA76", "udc")


def test_lc_classes():
    """Letters are held against the outline of the classification."""
    assert all(map(is_lc_class, ("A", "QA", "KFN", "DJK", "za")))
    assert not any(map(is_lc_class, ("", "W", "X", "REF", "QS", "AB1")))


@pytest.mark.parametrize(
    ("text", "scheme", "rules"),
    [
        ("QA76.9 .A5 1990", "lcc", []),
        ("", "lcc", []),
        ("QA76", "lcc", ["bare-class"]),
        ("813.54", "ddc", ["bare-class"]),
        ("TA213-215", "lcc", ["range"]),
        ("MLCS 92/14990", "lcc", ["malformed"]),
        ("XA5 .B3", "lcc", ["unknown-class"]),
        ("M5 .L 1990", "lcc", ["cutter-without-number"]),
        ("BL1 .A50 1990", "lcc", ["cutter-ends-in-zero"]),
        ("FIC ABC", "auto", ["no-scheme"]),
        ("A 1.2:", "sudoc", ["bare-class"]),
        ("QA 11 .GA1 E53 2005", "sudoc", ["malformed"]),
    ],
)
def test_findings(text, scheme, rules):
    """What is malformed or only bare is told by a stable rule id."""
    assert [f.rule for f in check_callnumber(text, scheme)] == [f"callnumber.{r}" for r in rules]


@given(ANYTHING, st.sampled_from(SCHEMES))
def test_checking_never_raises(text, scheme):
    """Any text gets findings, none an exception."""
    for finding in check_callnumber(text, scheme):
        assert finding.rule.startswith("callnumber.")


def _cases(shared_data: Path, name: str) -> list[dict]:
    cases = json.loads((shared_data / "callnumbers" / f"{name}.json").read_text("utf-8"))
    assert cases
    return cases


def test_published_parses(shared_data):
    """The parses in public test suites come out; theirs has one date or class number each."""
    for case in _cases(shared_data, "parse"):
        number = CallNumber.parse(case["text"], case["scheme"])
        if "classification" in case:
            assert number.class_number == case["classification"], case
            continue
        cutters = [c.lstrip(". ").upper() for c in number.cutters]
        assert number.letters == case["letters"], case
        assert number.number + number.decimal == case["number"], case
        assert " ".join(number.ordinals) == case["doon1"], case
        assert ",".join(cutters[:1]) == case["cutter1"], case
        assert ",".join(cutters[1:]) == case["cutters"], case
        assert "".join(number.dates[:1]) == case["year"], case
        assert (number.suffix or number.volume) == case["rest"], case


def test_published_valid_and_invalid(shared_data):
    """What public test suites call invalid has an error, what they call valid has none."""
    for name, wrong in (("invalid", True), ("valid", False)):
        for case in _cases(shared_data, name):
            found = check_callnumber(case["text"], case["scheme"])
            assert any(f.severity == "error" for f in found) is wrong, case


def test_published_dewey_normalisations(shared_data):
    """Dewey fields give the class numbers that Open Library's tests and OCLC's examples expect."""
    for case in _cases(shared_data, "ddc_normalise"):
        assert normalize_dewey(case["text"]) == case["expect"], case


@given(st.text("0123456789./' s[]jFic*;,", max_size=24))
def test_dewey_normalisation_is_idempotent_for_single_numbers(text):
    """A single plain number that came out comes out again unchanged."""
    found = normalize_dewey(text)
    if len(found) == 1 and "*" not in found[0] and "j" not in found[0]:
        assert normalize_dewey(found[0]) == found
