"""Laying one record over another: what stays, what comes, and that nothing protected is lost."""

from __future__ import annotations

from collections import Counter

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.marc.overlay import ACTIONS, OverlayRules, load_rules, overlay
from techproc.marc.overlay.parts import content
from techproc.marc.overlay.rules import _rules_from
from techproc.marc.validate import Validator


def torn(record: pymarc.Record) -> list[str]:
    """Return what is wrong with the 880 pairs of a record."""
    found = Validator.with_profile().validate(record)
    return [str(finding) for finding in found if finding.rule.startswith("marc.link-")]


def field(text: str) -> Field:
    """Make a field of "650 _7$aCats$2fast"; control fields are "008 text"."""
    tag, rest = text[:3], text[4:]
    if tag < "010":
        return Field(tag, data=rest)
    marks, *subfields = rest.split("$")
    one, two = marks.replace("_", " ").ljust(2)[:2]
    return Field(tag, Indicators(one, two), [Subfield(s[0], s[1:]) for s in subfields])


def record(*texts: str) -> pymarc.Record:
    return pymarc.Record(fields=[field(text) for text in texts])


def texts(of: pymarc.Record) -> list[str]:
    return [
        f"{f.tag} {f.data}" if f.control_field
        else f"{f.tag} " + "".join(f.indicators).replace(" ", "_")
        + "".join(f"${s.code}{s.value}" for s in f.subfields)
        for f in of.fields
    ]  # fmt: skip


def rules(default: str = "replace", *table: dict[str, object], **more: object) -> OverlayRules:
    return _rules_from({"default": default, "rule": list(table), **more}, "test")


def test_pairs_beyond_99_stay_unpaired_and_are_told() -> None:
    """An occurrence number has two digits: what comes after the 99th has no partner."""
    ours = [
        line
        for n in range(1, 100)
        for line in (f"700 1_$6880-{n:02d}$aKim {n}", f"880 1_$6700-{n:02d}$a김 {n}")
    ]
    done = overlay(record(*ours), record("700 1_$6880-01$aRoe", "880 1_$6700-01$aРо"), rules("add"))
    assert {"700 1_$aRoe", "880 1_$6700-00$aРо"} <= set(texts(done.record))
    assert [found.rule for found in done.findings] == ["link-numbers-full"]


OURS = ("245 10$aSea", "500 __$aOurs", "650 _0$aCats", "650 _0$aDogs", "590 __$aGift")
THEIRS = ("245 10$aThe sea", "650 _0$aDogs", "650 _0$aEels", "700 1_$aRoe, J.")


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("protect", list(OURS)),
        ("fill", [*OURS, "700 1_$aRoe, J."]),
        ("add", [*OURS[:4], "650 _0$aEels", "590 __$aGift", "700 1_$aRoe, J."]),
        (
            "replace",
            ["245 10$aThe sea", "500 __$aOurs", "650 _0$aDogs", "650 _0$aEels",
             "590 __$aGift", "700 1_$aRoe, J."],
        ),
        ("mirror", list(THEIRS)),
        ("strip", []),
    ],
)  # fmt: skip
def test_each_action_on_whole_fields(action: str, expected: list[str]) -> None:
    """245 is not repeatable, so "add" keeps the existing one; equal fields are never doubled."""
    done = overlay(
        record(*OURS), record(*THEIRS), rules("mirror", {"fields": "...", "action": action})
    )
    assert texts(done.record) == expected


def test_the_first_rule_that_names_a_field_decides() -> None:
    chosen = rules(
        "mirror",
        {"fields": "650[$2=local]", "action": "protect"},
        {"fields": "6XX", "action": "add"},
    )
    ours = record("650 _7$aA$2local", "650 _7$aB$2fast")
    theirs = record("650 _7$aC$2local", "650 _7$aD$2fast")
    done = overlay(ours, theirs, chosen)
    assert texts(done.record) == ["650 _7$aA$2local", "650 _7$aB$2fast", "650 _7$aD$2fast"]
    assert [(d.side, d.rule, d.field["a"]) for d in done.dropped] == [
        ("incoming", "650[$2=local]", "C")
    ]


def test_a_rule_for_one_source_does_not_hold_for_others() -> None:
    chosen = rules("protect", {"fields": "856", "action": "replace", "source": "Vendor-*"})
    ours, theirs = record("856 40$uhttps://a"), record("856 40$uhttps://b")
    assert texts(overlay(ours, theirs, chosen, source="vendor-x").record) == ["856 40$uhttps://b"]
    assert texts(overlay(ours, theirs, chosen).record) == ["856 40$uhttps://a"]


def test_fields_that_belong_together_replace_each_other() -> None:
    chosen = rules(
        "replace",
        {"fields": ["100", "110", "111", "130"], "action": "replace", "together": True},
    )
    done = overlay(record("100 1_$aRoe, J."), record("110 2_$aRoe Inc."), chosen)
    assert texts(done.record) == ["110 2_$aRoe Inc."]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("protect", "856 40$uhttps://a$zOurs"),
        ("replace", "856 40$uhttps://a$zTheirs"),
        ("add", "856 40$uhttps://a$zOurs$zTheirs"),
        ("strip", "856 40$uhttps://a"),
    ],
)
def test_subfields_of_fields_that_are_otherwise_the_same(action: str, expected: str) -> None:
    chosen = rules("replace", {"fields": "856$z", "action": action})
    ours, theirs = record("856 40$uhttps://a$zOurs"), record("856 40$uhttps://a$zTheirs")
    assert texts(overlay(ours, theirs, chosen).record) == [expected]


def test_a_protected_subfield_goes_over_into_the_field_that_replaces_its_own() -> None:
    chosen = rules("replace", {"fields": "245$c", "action": "protect"})
    done = overlay(record("245 10$aSea /$cby Roe."), record("245 14$aThe sea /$cRoe."), chosen)
    assert texts(done.record) == ["245 14$aThe sea /$cby Roe."]
    assert done.fields[0].origin == "merged"


def test_a_field_with_a_protected_subfield_stays_whole_when_nothing_is_its_partner() -> None:
    chosen = rules("mirror", {"fields": "020$q", "action": "protect"})
    done = overlay(record("020 __$a1$qours"), record("020 __$a2"), chosen)
    assert texts(done.record) == ["020 __$a1$qours", "020 __$a2"]
    assert [f.rule for f in done.findings] == ["overlay.kept-whole"]


def test_positions_of_control_fields_and_leader() -> None:
    chosen = rules(
        "mirror",
        {"fields": "008/15-17", "action": "protect"},
        {"fields": "008/35-37", "action": "fill"},
        {"fields": "LDR/17", "action": "protect"},
    )
    ours = record("008 160101s2016    enk" + " " * 17 + "ger d")
    theirs = record("008 170101s2017    nyu" + " " * 17 + "eng c")
    ours.leader = pymarc.Leader("00000nam a2200000 a 4500")
    theirs.leader = pymarc.Leader("00000cas a22000003a 4500")
    done = overlay(ours, theirs, chosen)
    assert done.record["008"].data == "170101s2017    enk" + " " * 17 + "ger c"
    assert str(done.record.leader) == "00000cas a2200000 a 4500"
    assert done.leader == "merged"


def test_880s_go_with_the_fields_they_belong_to() -> None:
    chosen = rules("replace", {"fields": "100", "action": "protect"})
    ours = record(
        "100 1_$6880-01$aTolstoi", "245 10$6880-02$aVoina",
        "880 1_$6100-01$aТолстой", "880 10$6245-02$aВойна",
    )  # fmt: skip
    theirs = record(
        "100 1_$6880-02$aTolstoy", "245 10$6880-01$aVoina i mir",
        "880 1_$6100-02$aТолстый", "880 10$6245-01$aВойна и мир",
    )  # fmt: skip
    done = overlay(ours, theirs, chosen)
    assert texts(done.record) == [
        "100 1_$6880-01$aTolstoi", "245 10$6880-02$aVoina i mir",
        "880 1_$6100-01$aТолстой", "880 10$6245-02$aВойна и мир",
    ]  # fmt: skip
    assert not torn(done.record)


def test_an_equal_field_takes_the_original_script_that_it_lacks() -> None:
    done = overlay(
        record("245 10$aVoina"),
        record("245 10$6880-01$aVoina", "880 10$6245-01$aВойна"),
        rules("add"),
    )
    assert texts(done.record) == ["245 10$6880-01$aVoina", "880 10$6245-01$aВойна"]
    assert not torn(done.record)


def test_presets_state_what_those_systems_do() -> None:
    ours = record("001 ours", "245 10$aA", "500 __$aOurs", "590 __$5NcD$aGift", "650 _0$aCats",
                  "901 __$c42", "952 __$p1", "999 ff$iuuid")  # fmt: skip
    theirs = record("001 theirs", "245 10$aB", "650 _0$aDogs", "952 __$p2", "999 ff$iother")
    koha = texts(overlay(ours, theirs, load_rules("koha")).record)
    assert koha == ["001 theirs", "245 10$aB", "650 _0$aDogs", "952 __$p1", "999 ff$iuuid"]
    evergreen = texts(overlay(ours, theirs, load_rules("evergreen")).record)
    assert evergreen == ["001 theirs", "245 10$aB", "650 _0$aDogs", "901 __$c42", "952 __$p2",
                         "999 ff$iother"]  # fmt: skip
    folio = load_rules("folio")
    protected = rules("mirror", {"fields": "590[$5~(?i)^ncd$]", "action": "protect"})
    folio = OverlayRules((*protected.rules, *folio.rules), folio.default, folio.linked)
    assert texts(overlay(ours, theirs, folio).record) == [
        "001 ours", "245 10$aB", "590 __$5NcD$aGift", "650 _0$aDogs", "952 __$p2", "999 ff$iuuid",
    ]  # fmt: skip


_values = st.sampled_from(["", "x", "y", "Ж"])
_data = st.builds(
    lambda tag, marks, subs: Field(tag, Indicators(*marks), [Subfield(c, v) for c, v in subs]),
    st.sampled_from(["020", "100", "110", "245", "500", "590", "650", "856", "952"]),
    st.sampled_from([" 0", "17", "  "]),
    st.lists(st.tuples(st.sampled_from("abz259"), _values), min_size=1, max_size=4),
)
_control = st.builds(
    lambda tag, text: Field(tag, data=text),
    st.sampled_from(["001", "006", "007", "008"]),
    st.text("ab| ", min_size=0, max_size=8),
)


@st.composite
def records(draw: st.DrawFn) -> pymarc.Record:
    found = draw(st.lists(st.one_of(_data, _data, _control), max_size=9))
    made = pymarc.Record(fields=found)
    pairs = [f for f in found if not f.control_field]
    for number, one in enumerate(pairs, 1):
        if draw(st.booleans()):
            one.subfields.insert(0, Subfield("6", f"880-{number:02d}"))
            made.add_field(
                Field(
                    "880",
                    one.indicators,
                    [Subfield("6", f"{one.tag}-{number:02d}"), Subfield("a", draw(_values))],
                )
            )
    return made


_fields = st.sampled_from(
    ["020", "1XX", "245", "5XX", "650[$2=x]", "65.", "856", "9..", "00X", "856$z", "650$2", "020$a",
     "245$b", "008/0-3", "006/1", "LDR", "LDR/17"]
)  # fmt: skip
_rules = st.lists(
    st.fixed_dictionaries(
        {"fields": _fields, "action": st.sampled_from(sorted(ACTIONS)), "together": st.booleans()}
    ),
    max_size=5,
).map(lambda tables: [t for t in tables if not ("/" in t["fields"] and t["action"] == "strip")])


@st.composite
def rule_sets(draw: st.DrawFn) -> OverlayRules:
    return rules(draw(st.sampled_from(sorted(ACTIONS))), *draw(_rules), linked=draw(st.booleans()))


def contents(of: pymarc.Record) -> Counter[object]:
    return Counter(content(f) for f in of.fields)


@given(records(), records(), rule_sets())
def test_nothing_protected_is_ever_lost(
    ours: pymarc.Record, theirs: pymarc.Record, chosen: OverlayRules
) -> None:
    """Whatever else the rules say: fields first named by a protecting rule stay, each of them."""
    chosen = OverlayRules(
        (*rules("mirror", {"fields": ["590", "650[$2=x]", "9XX"], "action": "protect"}).rules,
         *(rule for rule in chosen.rules if rule.part == "field")),
        chosen.default, chosen.linked,
    )  # fmt: skip
    done = overlay(ours, theirs, chosen)
    protected = Counter(
        content(f)
        for f in ours.fields
        if f.tag in ("590", "952") or (f.tag == "650" and "x" in f.get_subfields("2"))
    )
    assert protected <= contents(done.record)


@given(records(), records(), rule_sets())
def test_laying_it_over_twice_changes_nothing(
    ours: pymarc.Record, theirs: pymarc.Record, chosen: OverlayRules
) -> None:
    once = overlay(ours, theirs, chosen).record
    twice = overlay(once, theirs, chosen).record
    assert texts(twice) == texts(once)
    assert str(twice.leader) == str(once.leader)


@given(records(), records(), rule_sets())
def test_every_field_is_in_the_result_or_told_to_be_left_out(
    ours: pymarc.Record, theirs: pymarc.Record, chosen: OverlayRules
) -> None:
    before = (texts(ours), texts(theirs))
    done = overlay(ours, theirs, chosen)
    assert (texts(ours), texts(theirs)) == before, "the inputs are not changed"
    there = contents(done.record)
    told = Counter((d.side, content(d.field)) for d in done.dropped)
    for key, count in contents(ours).items():
        assert there[key] + told["existing", key] >= count
    for key in contents(theirs):
        assert there[key] or told["incoming", key]
    assert [p.field for p in done.fields] == done.record.fields
