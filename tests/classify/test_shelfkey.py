"""Keys put call numbers in the order of the shelf, under plain string comparison."""

import itertools
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from techproc.classify.shelfkey import general_key, shelf_key, shelf_keys

ORDINARY = st.from_regex(
    r"[A-Z]{1,3} ?[1-9][0-9]{0,3}(\.[0-9]{1,3})? ?\.?[A-Z][1-9][0-9]{0,4}"
    r"( ?\.?[A-Z][1-9][0-9]{0,3})?( (1[5-9]|20)[0-9]{2}[a-z]?)?( (v\.|no\. |c\.)[1-9][0-9]?)?",
    fullmatch=True,
)
DEWEY = st.from_regex(
    r"[0-9]{3}(\.[0-9]{1,6})? \.?[A-Z][0-9]{1,3}[a-z]?( (19|20)[0-9]{2})?( v\.[1-9][0-9]?)?",
    fullmatch=True,
)
ALPHABET = "QAMZBVJ qa.,:/-0129thdstndrdvoc"
RAGGED = st.text(ALPHABET, max_size=28)
ANY = ORDINARY | DEWEY | RAGGED | st.text(max_size=20)
SCHEMES = st.sampled_from(["auto", "lcc", "ddc", "nlm", "sudoc", "local"])

# A list that its own source contradicts is named here with the reason; none is.
CONTRADICTED: dict[str, str] = {}


@settings(max_examples=300)
@given(ORDINARY | DEWEY | RAGGED, SCHEMES)
@example("BR45 .T43 vol. I, no. 1", "lcc")
@example("E525.5 93rd .R44 M35 1998", "lcc")
@example("A1 .B2 0012", "lcc")
@example("REF 025 .M3", "auto")
@example("Y4.A5", "auto")
@example("025 EAS", "ddc")
def test_the_fast_way_gives_the_general_key(text, scheme):
    """A key by shape is the key by the full grammar."""
    assert shelf_key(text, scheme) == general_key(text, scheme)
    assert shelf_keys([text], scheme) == [general_key(text, scheme)]


@given(st.text(max_size=40), SCHEMES)
@example("\ud800", "lcc")
def test_any_text_has_a_key(text, scheme):
    """No text is refused, whatever its script."""
    assert isinstance(shelf_key(text, scheme), str)


@given(st.lists(ANY, max_size=12), SCHEMES)
def test_order_is_total_stable_and_idempotent(texts, scheme):
    """Sorting by key loses nothing, keeps ties, and sorting again changes nothing."""
    once = sorted(texts, key=lambda text: shelf_key(text, scheme))
    assert sorted(once) == sorted(texts)
    assert sorted(once, key=lambda text: shelf_key(text, scheme)) == once
    keys = [shelf_key(text, scheme) for text in once]
    assert all(a <= b for a, b in itertools.pairwise(keys))


@given(ORDINARY)
def test_spacing_case_and_points_do_not_matter(text):
    """One number written in several ways has one key."""
    key = shelf_key(text, "lcc")
    assert shelf_key(text.lower(), "lcc") == key
    assert shelf_key(f"  {text}  ", "lcc") == key
    assert shelf_key(text.replace(" .", "."), "lcc") == key


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_numbers_compare_as_numbers(a, b):
    """Whole numbers go by their size, however many digits."""
    assert (shelf_key(f"QA{a}", "lcc") < shelf_key(f"QA{b}", "lcc")) == (a < b)


def test_very_long_numbers_stay_in_order():
    """The count of digits may itself have two."""
    keys = [shelf_key(f"QA1 .A2 no. {'9' * size}", "lcc") for size in range(1, 40)]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("scheme", "ordered"),
    [
        # nothing before something, at each element
        ("lcc", ["QA76", "QA76 1990", "QA76 .A2", "QA76.1", "QA76.15", "QA76.2", "QA100"]),
        ("lcc", ["B23.L4", "B23.L4 1990", "B23.L4 v.2", "B23.L4 v.10", "B23.L4 A2", "B23.L42"]),
        ("lcc", ["QA76 .A5 1990", "QA76 .A5 1990b", "QA76 .A5 1990c", "QA76 .A5 1991"]),
        # Cutters are decimals (G 63)
        ("lcc", ["Z1 .B3", "Z1 .B47", "Z1 .B56", "Z1 .B583", "Z1 .B66", "Z1 .B7"]),
        ("ddc", ["025 A1", "025.3 A1", "025.3 A1 1990", "025.3 B2", "025.31 A1", "813 A1"]),
        ("nlm", ["QS 4 A1", "QV 4 A1", "W 1 A1", "WG 120 A1", "WG 120 B5 2001", "WZ 100 A1"]),
        # whole numbers, stem first, S.HRG. by Congress (published shelving guides)
        ("sudoc", ["ED 1.1:", "ED 1.2:", "ED 1.14:", "ED 1.115:"]),
        ("sudoc", ["HE 20.3612/3:", "HE 20.3612/3-2:", "HE 20.3612/4:"]),
        ("sudoc", ["Y 4.J 89/1:AD 65", "Y 4.J 89/1:104/23", "Y 4.J 89/2:C 55/2",
                   "Y 4.J 89/2:98/52"]),
        ("sudoc", ["Y 4.J 89/2:98/52", "Y 4.J 89/2:S.HRG.104-374", "Y 4.J 89/2:105/1"]),
        # after the colon years, then letters, then numbers (the depository library guidance)
        ("sudoc", ["A 1.35:993", "A 1.35:R 42", "A 1.35:R 42/995", "A 1.35:R 42/2", "A 1.35:321"]),
        ("sudoc", ["EP 1.23:998", "EP 1.23:A 62", "EP 1.23:91-44", "EP 1.23:600/998-103",
                   "EP 1.23:600/R-98-23"]),
        ("sudoc", ["Y 4.EC 7/a:92", "Y 4.EC 7/2:86"]),
        ("sudoc", ["L 2.3:", "LC 4.7:", "N 11.5:", "NAS 1.21:", "NS 1.2:"]),
        ("sudoc", ["Y 4.AG 8/1:C 68", "Y 4.AG 8/1:C 68/2"]),
        # mixed: numbers, then class letters, SuDoc, words, and prefixed numbers last
        ("auto", ["025.3 A1", "4725.2 1123", "QA76 .A5", "WG 120 A1", "A 1.2:C 76", "FIC ABC",
                  "REF 025 A1"]),
    ],
)  # fmt: skip
def test_shelf_order(scheme, ordered):
    """Lists in shelf order have rising keys."""
    keys = shelf_keys(ordered, scheme)
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_published_ordered_lists(shared_data):
    """Every ordered list of a dozen public libraries' tests comes out in its order, auto too."""
    folder = shared_data / "callnumbers"
    cases = json.loads((folder / "order.json").read_text("utf-8"))
    cases += json.loads((folder / "nlm_lists.json").read_text("utf-8"))
    for case in cases:
        if case.get("test") in CONTRADICTED:
            continue
        scheme = {"other": "local"}.get(case.get("scheme", "nlm"), case.get("scheme", "nlm"))
        for way in (scheme, "auto"):
            keys = shelf_keys(case["items"], way)
            assert keys == sorted(keys), (way, case["origin"], case.get("test"))


def test_published_equals(shared_data):
    """Numbers that public tests call the same have one key."""
    for case in json.loads(
        (shared_data / "callnumbers" / "normalise_same.json").read_text("utf-8")
    ):
        assert len(set(shelf_keys(case["items"], case["scheme"]))) == 1, case
