"""Splitting: the published cases, and that nothing is altered or cut whatever the number."""

import csv
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.findings import Severity
from techproc.labels import split
from techproc.labels.profiles import builtin_profiles, load_profiles

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
        ("HE8700.7 .P6T44 1983", "lc", "HE|8700.7|.P6|T44|1983"),
        ("KF26 .L354 1972c", "lc", "KF|26|.L354|1972c"),
        ("HB3717 1929.E37 2015", "lc", "HB|3717|1929|.E37|2015"),
        ("G3822.G3:2H3 1970 .U5", "auto", "G|3822|.G3:2|H3|1970|.U5"),
        ("ML410.M9 A187 1866 v. 56", "lc", "ML|410|.M9|A187|1866|v. 56"),
        ("AC1 .G7 vol. 3 pt. 2", "lc", "AC|1|.G7|vol. 3|pt. 2"),
        ("QA76.73.P98 L88 2013", "oclc-a", "QA76.73|.P98|L88|2013"),
        ("KM0 .S63", "oclc-a", "KM .S63"),
        ("W1 JO123 v.12 1999", "nlm", "W1|JO123|v.12|1999"),
        ("WS 105.5.C3 P974 2004", "nlm", "WS|105.5.C3|P974|2004"),
        ("WS 105.5.C3 P974 2004", "nlm-parts", "WS|105.5|.C3|P974|2004"),
        ("REF 220.5 B471 v.3", "dewey", "REF|220.5|B471|v.3"),
        ("JUV FIC ROW", "local", "JUV|FIC|ROW"),
        ("CD-ROM 787.87 EAS c.2", "dewey", "CD-ROM|787.87|EAS|c.2"),
        ("HE 20.3152:D 84/2/v.3", "sudoc", "HE 20.3152:|D 84/2/|v.3"),
        ("Y 1.1/8:105-832", "sudoc", "Y 1.1/8:|105-832"),
    ],
)
def test_profiles_break_where_they_say(number, profile, lines):
    """One case for each habit of the profiles."""
    assert "|".join(split(number, profile).lines) == lines


# The habits that SpineOMatic has a switch for, each as rules of our language.
SWITCHES = {
    "no break before the class number": ("letters + number", "QH541.15 .C6 C25", "QH541.15|.C6|C25"),
    "after the decimal": ("break after point", "TS536.6.B6 D4", "TS|536.|6|.B6|D4"),
    "before the decimal": ("number | decimal", "TS536.6.B6 D4", "TS|536|.6|.B6|D4"),
    "no break before the cutter": ("decimal + cutter", "TS536.6.B6 D4", "TS|536.6.B6|D4"),
    "no break in the cutter": ("cutter + cutter\ncutter + date", "QA1 .B6 D4 1999", "QA|1|.B6 D4 1999"),
    "hide cutter decimal": ("hide cutter-dot", "QL737.C22 I83", "QL|737|C22|I83"),
    "other characters, before": ("break before ( -", "D810 .S8(2)-A", "D|810|.S8|(2)|-A"),
    "other characters, removed": ("break after -\nhide -", "D810 .S8 1-A", "D|810|.S8|1|A"),
    "captions": ("", "D810 .S8 v. 4", "D|810|.S8|v. 4"),
}  # fmt: skip
OTHER_SWITCHES = [
    ("dewey", "prefix + number", "REF 220.5 B47", "REF 220.5|B47"),
    ("dewey", "number | decimal", "220.532 B47", "220|.532|B47"),
    ("dewey", "break after point", "220.532 B47", "220.|532|B47"),
    ("dewey", "break after point\nwrap decimal 3", "598.2973872 K5", "598.|297|387|2|K5"),
    ("dewey", "wrap decimal 4", "598.2973872 K5", "598.2973|872|K5"),
    ("dewey", "cutter + cutter\n* + cutter", "220.5 B47 H3", "220.5 B47 H3"),
    ("sudoc", "break before figures", "EP 1.23/2:600", "EP|1.23/2:|600"),
    ("sudoc", "break before :", "A 13.2:W 64", "A 13.2|:|W 64"),
    ("sudoc", "series + book\nbreak before :", "A 13.2:W 64", "A 13.2|:W 64"),
    ("sudoc", "break after /", "A 13.2:W 64/30", "A 13.2:|W 64/|30"),
    ("sudoc", "break before .", "A 13.2:W 64", "A 13|.2:|W 64"),
    ("sudoc", "break after -\nhide -", "I 19.76:98-203", "I 19.76:|98|203"),
    ("local", "first blank only", "FIC ROW HAR", "FIC|ROW HAR"),
    ("local", "* + word\nbreak before figures", "DVD 1234 A", "DVD|1234 A"),
    ("local", "* + word\nbreak after /", "MAP a/b c", "MAP a/|b c"),
]


@pytest.mark.parametrize(
    ("extends", "rules", "number", "lines"),
    [*(("lc", *case) for case in SWITCHES.values()), *OTHER_SWITCHES],
)
def test_the_rules_express_what_other_programs_have_switches_for(
    tmp_path, extends, rules, number, lines
):
    """Each switch as rules; what is printed and hidden together is the number still."""
    file = tmp_path / "profiles.toml"
    file.write_text(f'[ours]\nextends = "{extends}"\nrules = """\n{rules}\n"""\n')
    found = split(number, "ours", profiles=load_profiles(file))
    assert "|".join(found.lines) == lines
    assert found.rejoined() == "".join(number.split())


def test_a_copy_stands_before_the_words_below():
    """A location below the number, a copy from the item: the copy belongs to the number."""
    found = split("PN6084.F8 O54 1966", "lc", suffix="PPA", copy="2")
    assert found.lines == ("PN", "6084", ".F8", "O54", "1966", "c.2", "PPA")


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


@pytest.mark.parametrize(
    ("number", "added", "last"),
    [
        ("QA76.K5 2011", {"enumeration": "1"}, ("2011", "1")),
        ("QA76.K5 v.1 2011", {"enumeration": "v.1", "year": "2011"}, ("v.1", "2011")),
        ("QA76.K5 v.12", {"enumeration": "v.1"}, ("v.12", "v.1")),
        ("QA76.5", {"enumeration": "5"}, ("76.5", "5")),
        ("QA76.K5 c.2", {"enumeration": "2"}, ("c.2", "2")),
        ("QA76.K5 v.2 c.2", {"enumeration": "2", "copy": "2"}, ("v.2", "c.2")),
        ("QA76.K5 c.2 2012", {"year": "2012", "copy": "2"}, ("c.2", "2012")),
    ],
)
def test_what_the_number_says_already_is_whole_in_it(number, added, last):
    """A volume is not left out because a year, a copy or another volume ends in its figure."""
    assert split(number, "lc", **added).lines[-2:] == last


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


def test_a_number_run_together_breaks_before_its_cutters():
    """Decimals first, then the points of Cutters, where a line is too wide for the label."""
    found = split("MLCMA 2001/02481 (P) PL4001.L89.K57", "local", max_width=9)
    assert found.lines[-2:] == ("PL4001", ".L89.K57")


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
        ("QA76 \ufeff.K5", "label.control-character"),
        ("QA76\u200b.K5", "label.control-character"),
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


SIGNS = st.lists(st.sampled_from([":", "/", "-", ".", "c", ".C"]), max_size=2).map(tuple)


@given(
    NUMBERS,
    st.sampled_from(sorted(builtin_profiles())),
    SIGNS,
    SIGNS,
    st.sampled_from([frozenset(), frozenset("-/"), frozenset(".")]),
    st.booleans(),
    st.sampled_from([None, 4]),
)
def test_rules_of_ones_own_lose_nothing_either(number, name, before, after, hide, first, width):
    """Breaks at signs, hidden signs, the first blank alone, and limits on top."""
    base = builtin_profiles()[name]
    profile = replace(
        base, before=(*before, "figures"), after=(*after, "point"), hide=base.hide | hide,
        first_blank=first,
    )  # fmt: skip
    if number.strip():
        found = split(number, profile, max_width=width)
        assert found.rejoined() == "".join(number.split())
        assert all(line == line.strip() and line for line in found.lines)


@given(NUMBERS)
def test_nothing_is_hidden_unless_a_profile_says_so(number):
    """The plain LC profile prints every character."""
    assert split(number, "lc").hidden == ()
