"""Recipes: what they say, what they refuse, and what each verb does."""

from __future__ import annotations

import pymarc
import pytest

from techproc.errors import ConfigError
from techproc.marc.edit import Recipe, Transformation, load_recipe, shipped_recipes
from techproc.marc.edit.steps import Log
from techproc.marc.edit.working import WorkingRecord


def made(*lines: str, leader: str = "00000nam a2200000 a 4500") -> pymarc.Record:
    """Return a record of lines such as `245 10 $aSea` and `001 x`; # is a blank indicator."""
    record = pymarc.Record()
    record.leader = pymarc.Leader(leader)
    for line in lines:
        tag, rest = line[:3], line[4:]
        if tag < "010":
            record.add_field(pymarc.Field(tag, data=rest))
            continue
        indicators = pymarc.Indicators(*rest[:2].replace("#", " "))
        parts = [pymarc.Subfield(p[0], p[1:]) for p in rest[3:].split("$")[1:]]
        record.add_field(pymarc.Field(tag, indicators, parts))
    return record


def lines(record: pymarc.Record) -> list[str]:
    """Return the fields of a record as `made` takes them."""
    found = []
    for f in record.fields:
        if f.control_field:
            found.append(f"{f.tag} {f.data}")
        else:
            indicators = "".join(f.indicators or "  ").replace(" ", "#")
            found.append(f"{f.tag} {indicators} " + "".join(f"${c}{v}" for c, v in f.subfields))
    return found


def done(steps: str, *fields: str, leader: str = "00000nam a2200000 a 4500") -> list[str]:
    """Return the lines of a record after the steps; a second time changes nothing."""
    recipe = Recipe.parse(steps)
    record = made(*fields, leader=leader)
    recipe.apply(record)
    assert recipe.apply(record).operations == ()
    return lines(record)


def test_add_puts_a_field_in_its_place_once() -> None:
    """After those of its tag, before higher ones; what is there is not added."""
    step = '[[step]]\nadd = "655 #7 $aElectronic books.$2lcgft"'
    assert done(step, "245 10 $aSea", "700 1# $aRoe") == [
        "245 10 $aSea", "655 #7 $aElectronic books.$2lcgft", "700 1# $aRoe",
    ]  # fmt: skip
    there = ("655 #7 $aElectronic books.$2lcgft",)
    assert done(step, *there) == list(there)


def test_add_subfields_before_others() -> None:
    """`to` names the fields, `before` the codes they go before."""
    step = '[[step]]\nadd = "$erda"\nto = "040"\nbefore = "cd"'
    assert done(step, "040 ## $aDLC$cDLC") == ["040 ## $aDLC$erda$cDLC"]
    assert done(step, "040 ## $aDLC") == ["040 ## $aDLC$erda"]


def test_build_fills_in_what_the_record_says() -> None:
    """Paths in braces; a field for each value of `from`; nothing where there is nothing."""
    step = '[[step]]\nbuild = "856 40 $uhttps://x.org/{001|lower}$y{245$a|trim}"'
    assert done(step, "001 ABC", "245 10 $aSea /")[-1] == "856 40 $uhttps://x.org/abc$ySea"
    each = '[[step]]\nbuild = "024 8# $a{value}"\nfrom = "020$a"'
    assert done(each, "020 ## $a1", "020 ## $a2")[2:] == ["024 8# $a1", "024 8# $a2"]
    assert done(each, "245 10 $aSea") == ["245 10 $aSea"]
    dollars = '[[step]]\nadd = "365 ## $b{dollar}12"'
    assert made("365 ## $bx") is not None and done(dollars, "001 1")[-1] == "365 ## $b$12"


def test_delete_fields_subfields_and_what_nothing_is_left_of() -> None:
    """Fields by path, with exceptions; a field whose last subfield goes, goes."""
    assert done('[[step]]\ndelete = "9XX"\nexcept = ["942"]', "938 ## $ax", "942 ## $cBK") == [
        "942 ## $cBK"
    ]
    assert done('[[step]]\ndelete = "650$0"', "650 #0 $aSea$0x", "650 #0 $0y") == ["650 #0 $aSea"]
    assert done('[[step]]\ndelete = "650[$2=fast]"', "650 #7 $aA$2fast", "650 #7 $aB$2gnd") == [
        "650 #7 $aB$2gnd"
    ]


def test_copy_and_move() -> None:
    """To another tag, with indicators, with one code; within a field, to another code."""
    assert done('[[step]]\ncopy = "245$a"\nto = "246 3#$a"', "245 10 $aSea$cRoe") == [
        "245 10 $aSea$cRoe", "246 3# $aSea",
    ]  # fmt: skip
    assert done('[[step]]\nmove = "260"\nto = "264 _1"', "260 3# $aParis", "300 ## $a1") == [
        "264 31 $aParis", "300 ## $a1",
    ]  # fmt: skip
    assert done('[[step]]\nmove = "245$h"\nto = "500 ##$a"', "245 10 $aSea$h[map]") == [
        "245 10 $aSea", "500 ## $a[map]",
    ]  # fmt: skip
    assert done('[[step]]\nmove = "650$x"\nto = "$v"', "650 #0 $aSea$xMaps") == [
        "650 #0 $aSea$vMaps"
    ]


def test_replace_text_patterns_and_words() -> None:
    """The literal text, a pattern with groups, whole words; emptied subfields go."""
    assert done('[[step]]\nreplace = "245$a"\ntext = "a"\nwith = "o"', "245 10 $aSea") == [
        "245 10 $aSeo"
    ]
    pattern = "[[step]]\nreplace = '856$u'\npattern = '^http:(.*)'\nwith = 'https:\\1'"
    assert done(pattern, "856 40 $uhttp://x$zhttp:") == ["856 40 $uhttps://x$zhttp:"]
    words = '[[step]]\nreplace = "300$a"\nwords = { "p." = "pages", "v." = "volumes" }'
    assert done(words, "300 ## $a3 p., lp. (v. 1)") == ["300 ## $a3 pages, lp. (volumes 1)"]
    empty = '[[step]]\nreplace = "500$a"\ntext = "x"\nwith = ""'
    assert done(empty, "500 ## $ax", "501 ## $ax") == ["501 ## $ax"]


def test_set_positions_indicators_and_subfields() -> None:
    """Fixed fields by position, indicators, text; with a condition and a material."""
    fixed = "008 " + "160101s2016    xxu           000 0 eng d"
    step = '[[step]]\nset = "008/23"\nto = "o"\nmaterial = "BK"'
    assert done(step, fixed) == [fixed[:27] + "o" + fixed[28:]]
    assert done(step, fixed, leader="00000nem a2200000 a 4500") == [fixed]
    assert done('[[step]]\nset = "245@2"\nto = "4"', "245 10 $aThe sea") == ["245 14 $aThe sea"]
    assert done('[[step]]\nset = "245@1"\nto = "#"', "245 10 $aSea") == ["245 #0 $aSea"]
    assert done('[[step]]\nset = "100$4"\nto = "aut"', "100 1# $aRoe$4x") == ["100 1# $aRoe$4aut"]


def test_a_fixed_field_that_is_too_short_is_said_and_left() -> None:
    """Nothing is made up to fill the gap."""
    record = made("008 short")
    applied = Recipe.parse('[[step]]\nset = "008/23"\nto = "o"').apply(record)
    assert [f.rule for f in applied.findings] == ["edit.no-room"]
    assert applied.operations == ()


def test_sort_keeps_what_is_not_meant_in_place() -> None:
    """Fields of the path change places among themselves, and only they."""
    fields = ("650 #0 $ab", "500 ## $ax", "650 #0 $aa", "610 #0 $ac")
    assert done('[[step]]\nsort = "6XX"', *fields) == [
        "610 #0 $ac", "500 ## $ax", "650 #0 $ab", "650 #0 $aa",
    ]  # fmt: skip
    assert done('[[step]]\nsort = "650"\nby = "text"', *fields)[0] == "650 #0 $aa"
    assert done('[[step]]\nsort = "245"\nby = "subfields"', "245 10 $cx$6880-01$aa") == [
        "245 10 $6880-01$aa$cx"
    ]


def test_conditions() -> None:
    """`when` and `unless` by step; at the top, for every step."""
    step = '[[step]]\nadd = "500 ## $aX"\nwhen = "008/35-37=ger"\nunless = "245$h"'
    german = "008 " + "160101s2016    xxu           000 0 ger d"
    assert "500 ## $aX" in done(step, german)
    assert done(step, german, "245 10 $aSee$h[x]")[2:] == []
    assert done('when = "LDR/06=z"\n' + '[[step]]\nadd = "500 ## $aX"', german) == [german]


PAIR = (
    "245 10 $6880-01$aSea$hx",
    "880 10 $6245-01/(N$aМоре$hy",
    "260 ## $6880-02$aN",
    "880 ## $6260-02/(N$aН",
)


def test_880s_follow_what_is_deleted_moved_and_copied() -> None:
    """The other scripts of a field share its lot; numbers are given anew to copies."""
    assert done('[[step]]\ndelete = "260"', *PAIR) == list(PAIR[:2])
    assert done('[[step]]\ndelete = "245$h"', *PAIR)[:2] == [
        "245 10 $6880-01$aSea", "880 10 $6245-01/(N$aМоре",
    ]  # fmt: skip
    assert done('[[step]]\nmove = "260"\nto = "264 #1"', *PAIR) == [
        PAIR[0], "264 #1 $6880-02$aN", PAIR[1], "880 #1 $6264-02/(N$aН",
    ]  # fmt: skip
    copied = done('[[step]]\ncopy = "245$a"\nto = "246 3#"', *PAIR)
    assert "246 3# $6880-03$aSea" in copied
    assert "880 3# $6246-03/(N$aМоре" in copied
    assert done('[[step]]\nset = "245@2"\nto = "4"', *PAIR)[:2] == [
        "245 14 $6880-01$aSea$hx", "880 14 $6245-01/(N$aМоре$hy",
    ]  # fmt: skip


def test_a_copy_takes_a_number_that_is_free_and_says_when_none_is() -> None:
    """Occurrence numbers have two digits: after 99 come the gaps, then an 880 without a partner."""
    copy = '[[step]]\ncopy = "245$a"\nto = "246 3#"'
    last = [line.replace("-01", "-99") for line in PAIR[:2]]
    assert "246 3# $6880-01$aSea" in done(copy, *last)
    full = [
        line
        for n in range(2, 100)
        for line in (f"700 1# $6880-{n:02d}$aKim {n}", f"880 1# $6700-{n:02d}$a김 {n}")
    ]
    record = made(*PAIR[:2], *full)
    assert [f.rule for f in Recipe.parse(copy).apply(record).findings] == ["link-numbers-full"]
    copied = done(copy, *PAIR[:2], *full)
    assert {"246 3# $aSea", "880 3# $6246-00/(N$aМоре"} <= set(copied)


def test_a_deleted_880_is_forgotten_by_its_partner() -> None:
    """No $6 is left that leads nowhere."""
    assert done('[[step]]\ndelete = "880"', *PAIR) == ["245 10 $aSea$hx", "260 ## $aN"]


def test_orphans_are_reported() -> None:
    """Where a recipe tears pairs all the same, it is said."""
    record = made(*PAIR)
    recipe = Recipe.parse('[[step]]\ndelete = "260"\nlinked = false')
    assert [f.rule for f in recipe.apply(record).findings] == ["link-orphan-880"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('titel = "x"\n[[step]]\ndelete = "9XX"', "unknown key titel; did you mean title?"),
        ('[[step]]\ndelete = "9XX"\nexecpt = []', "step 1: unknown key execpt; did you mean except?"),
        ('[[step]]\ndelete = "9XX"\nwith = ""', "with goes with replace"),
        ('[[step]]\ndelte = "9XX"', "unknown key delte; did you mean delete?"),
        ('[[step]]\nwhen = "245"', "a step has one of add"),
        ('[[step]]\ndelete = "9X"', "field path '9X'"),
        ('[[step]]\ntransform = "text.nfcc"', "unknown transformation text.nfcc; did you mean text.nfc"),
        ('[[step]]\nreplace = "245$a"\npattern = "("\nwith = ""', "pattern"),
        ('[[step]]\nreplace = "245$a"\npattern = "a"\nwith = "\\\\2"', "pattern"),
        ('[[step]]\nset = "245"\nto = "x"', "name positions"),
        ('[[step]]\nadd = "655 $ax"', "a field is written"),
        ('[[step]]\nadd = "655 ## $a{nope}"', "no field path"),
        ('[[step]]\ndelete = "008/23"', "positions cannot be deleted"),
        ('[[step]]\nmaterial = "XX"\ndelete = "9XX"', "unknown material XX"),
        ('[[step]]\nmaterial = 5\ndelete = "9XX"', "step 1: material takes a text, or a list"),
        ('[[step]]\ndelete = "9XX"\nexcept = [3]', "step 1: except takes a text, or a list"),
        ('[[step]]\ngiven = ["a"]\ndelete = "9XX"', "step 1: given takes a text"),
        ('[[step]]\nrecipe = ["nfc"]', "unknown recipe"),
        ('sources = 3\n[[step]]\ndelete = "9XX"', "recipe: sources takes a text, or a list"),
        ('when = "24"\n[[step]]\ndelete = "9XX"', "recipe: field path '24'"),
        ("parameters = 3", "parameters are tables"),
        ("step = [1]", "a step is a table"),
        ("", "at least one"),
        ("title = ", "not TOML"),
    ],
)  # fmt: skip
def test_mistakes_are_named(text: str, said: str) -> None:
    """A mistake stops the work before a record is read, and the message says where it is."""
    with pytest.raises(ConfigError) as caught:
        Recipe.parse(text)
    assert said in str(caught.value)


def test_parameters() -> None:
    """What the user gives is put in; what must be given is asked for; steps may hang on it."""
    text = (
        '[parameters.proxy]\nhelp = "prefix"\n[parameters.note]\ndefault = ""\n'
        "[[step]]\nreplace = '856$u'\npattern = '^(?!{proxy})'\nwith = '{proxy}'\n"
        '[[step]]\ngiven = "note"\nadd = "500 ## $a{note}"'
    )
    with pytest.raises(ConfigError, match="needs proxy"):
        Recipe.parse(text)
    with pytest.raises(ConfigError, match="did you mean proxy"):
        Recipe.parse(text, given={"proxi": "x"})
    record = made("856 40 $uhttp://x")
    recipe = Recipe.parse(text, given={"proxy": "https://p.edu/login?url="})
    recipe.apply(record)
    assert lines(record) == ["856 40 $uhttps://p.edu/login?url=http://x"]
    assert recipe.apply(record).operations == ()


def test_a_transformation_of_ones_own() -> None:
    """Python where declarative steps do not reach; what it does is recorded like any other."""

    def make(path: object, options: object) -> object:
        def act(record: WorkingRecord, log: Log) -> int:
            for field in record.get_fields("245"):
                field["a"] = field["a"].upper()
            record.add_field(pymarc.Field("599", subfields=[pymarc.Subfield("a", "x")]))
            return 1

        return act

    own = Transformation("mine.shout", "Shout.", make)  # type: ignore[arg-type]
    recipe = Recipe.parse('[[step]]\ntransform = "mine.shout"', extra={"mine.shout": own})
    record = made("001 1", "245 10 $aSea")
    kept = record["001"]
    applied = recipe.apply(record)
    assert [(o.tag, o.at, o.to) for o in applied.operations] == [("245", 1, 1), ("599", None, 2)]
    assert lines(record) == ["001 1", "245 10 $aSEA", "599 ## $ax"]
    assert record["001"] is kept


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_compile(name: str) -> None:
    """Each says what it is for, and has steps."""
    recipe = load_recipe(name)
    assert recipe.title != name and recipe.description and recipe.steps


def test_odd_fields_that_are_looked_at_stay_as_they_were() -> None:
    """No subfield, a delimiter in a control field, an empty subfield: looking is no change."""
    texts = ["x\x1fy", "10no subfield", "  \x1faA\x1f"]
    record = WorkingRecord("00000nam a2200000 a 4500", ["008", "245", "500"], texts)
    assert len(record.get_fields("008", "245", "500")) == 3
    outcome = record.outcome()
    assert outcome.unchanged and outcome.operations() == ()
    assert [text for _, text in outcome.texts()] == texts


def test_strip_local_leaves_what_is_everyones() -> None:
    """X9X and 9XX go, 490 and 856 stay; so do notes that are no institution's own."""
    record = made(
        "049 ## $aX", "090 ## $aX", "490 0# $aS", "500 ## $aN", "500 ## $aN$5X", "590 ## $aX",
        "650 #0 $aA$9x", "690 ## $aX", "852 ## $aX", "856 40 $uhttps://x", "876 ## $pX", "952 ## $aX",
    )  # fmt: skip
    load_recipe("strip-local").apply(record)
    assert lines(record) == ["490 0# $aS", "500 ## $aN", "650 #0 $aA", "856 40 $uhttps://x"]
