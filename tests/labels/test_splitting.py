"""Splitting: the published cases, and that nothing is altered or cut whatever the number."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.findings import Severity
from techproc.labels import split
from techproc.labels.profiles import builtin_profiles

# The profile that each published case states, by its condition; see docs/explanation/labels.md.
BY_CONDITION = {
    "break before class decimal": "lc-decimal",
    "class not split from number; break before class decimal (inferred: author asks break on "
    "class decimal AND before cutter)": "lc-class-decimal",
    "prefix=youth, suffix=education, cutter decimal hidden": "lc-plain-cutter",
    "OCLC profile A: placeholder 0 suppressed, class+cutter on one line": "oclc-a",
    "OCLC profile B: placeholder 0 suppressed, break before cutter": "oclc-b",
}
BY_SCHEME = {"lc": "lc", "fragment": "lc", "dewey": "dewey", "local": "local"}


def test_every_published_case_comes_out_under_its_profile(shared_data):
    """22 published call number → lines pairs, each under the profile that its condition names."""
    with (shared_data / "labels" / "spine-lines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 22
    for row in rows:
        wanted = row["lines"].split("|")
        if "page typo: 1995 vs 1994" in row["origin"]:
            wanted[-1] = "1995"  # the number says 1995; the page that shows it has a slip
        profile = BY_CONDITION.get(row["condition"], BY_SCHEME[row["scheme"]])
        words = dict(re.findall(r"(prefix|suffix)=(\w+)", row["condition"]))
        assert list(split(row["call_number"], profile, **words).lines) == wanted, row


@pytest.mark.parametrize(
    ("number", "profile", "lines"),
    [
        ("QA76.73.J38 B56 2005 v.2 c.3", "lc", "QA|76.73|.J38|B56|2005|v.2|c.3"),
        ("PL1459.F8 C46 1930", "oclc-b", "PL1459|.F8|C46|1930"),
        ("WG 120 A9 1995", "nlm", "WG|120|A9|1995"),
        ("305.8/00973 B27 v. 56", "dewey", "305.800973|B27|v. 56"),
        ("598.2973872 K56", "dewey-4", "598|.2973|872|K56"),
        ("598.29/73872 K56", "dewey-3", "598|.297|387|2|K56"),
        ("Y 4.F 76/1:H 35/2", "sudoc", "Y 4.F 76/1:|H 35/2"),
        ("Y 4.F 76/1:H 35/2", "sudoc-stem", "Y 4.|F 76/1:|H 35/2"),
        ("D 101.2:V 67/v.1", "sudoc", "D 101.2:|V 67/|v.1"),
        ("FIC ROW c.2", "auto", "FIC|ROW|c.2"),
    ],
)
def test_profiles_break_where_they_say(number, profile, lines):
    """One case for each habit of the profiles."""
    assert "|".join(split(number, profile).lines) == lines


def test_captions_stay_with_their_numbers():
    """`v. 56` is one line, though it holds a blank."""
    assert split("QA1 .A1 v. 56", "lc").lines[-1] == "v. 56"


def test_prefix_and_suffix_never_disturb_the_split():
    """The lines between them are those of the number alone."""
    alone = split("PL1459.F8 C46 1930", "lc").lines
    assert split("PL1459.F8 C46 1930", "lc", prefix="REF", suffix="desk").lines == (
        "REF",
        *alone,
        "desk",
    )


def test_additions_come_after_the_number_but_not_twice():
    """Enumeration, year and copy are lines of their own unless the number ends in them."""
    found = split("QA1 .A1", "lc", enumeration="v.2", year="1999", copy="3")
    assert found.lines[-3:] == ("v.2", "1999", "c.3")
    assert split("QA1 .A1 v.2 c.3", "lc", enumeration="v.2", copy="3").lines.count("v.2") == 1


def test_a_wide_line_breaks_again_and_says_so():
    """Re-breaking is an information finding that shows both forms."""
    found = split("598.2973872 K56", "dewey", max_width=8)
    assert found.lines == ("598", ".2973872", "K56")
    assert [f.rule for f in found.findings] == ["label.rebroken"]


def test_what_cannot_fit_is_an_error_and_still_whole():
    """A line with no place to break is reported at its full length, never cut."""
    found = split("ABCDEFGHIJKLMNOP", "local", max_width=5)
    assert found.lines == ("ABCDEFGHIJKLMNOP",)
    assert [f.severity for f in found.findings] == [Severity.ERROR]


def test_too_many_lines_share_where_they_fit():
    """With a limit of lines, the narrowest neighbours stand together."""
    found = split("QA76.73.J38 B56 2005 v.2 c.3", "lc", max_lines=5, max_width=9)
    assert len(found.lines) == 5
    assert found.rejoined() == "QA76.73.J38B562005v.2c.3"


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("", "label.empty"),
        ("  ", "label.empty"),
        ("QA76\n.K5", "label.control-character"),
        ("QA76\x00", "label.control-character"),
        ("Q" * 300, "label.too-long"),
    ],
)
def test_bad_numbers_have_a_finding_and_no_lines(number, rule):
    """Empty, broken and endless numbers are refused with a reason."""
    found = split(number)
    assert found.lines == ()
    assert [f.rule for f in found.findings] == [rule]


NUMBERS = st.text(
    st.sampled_from("QHABzv cc.. //:'’,-0123456789 .C61998é日()["), min_size=1, max_size=30
)


@given(
    NUMBERS,
    st.sampled_from(sorted(builtin_profiles())),
    st.sampled_from([None, 4, 8]),
    st.sampled_from([None, 2, 4]),
)
def test_the_lines_joined_are_the_call_number(number, profile, width, lines):
    """For any text, profile and limits: lines and hidden parts give the number, blanks aside."""
    found = split(number, profile, max_width=width, max_lines=lines)
    if not number.strip():
        return
    whole = "".join(number.split())
    assert found.rejoined() == whole
    hidden = {at for start, text in found.hidden for at in range(start, start + len(text))}
    shown = [c for at, c in enumerate(number) if at not in hidden and not c.isspace()]
    assert "".join("".join(found.lines).split()) == "".join(shown)


@given(NUMBERS)
def test_nothing_is_hidden_unless_a_profile_says_so(number):
    """The plain LC profile prints every character."""
    assert split(number, "lc").hidden == ()
