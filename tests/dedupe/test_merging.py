"""Merging: nothing of holdings, identifiers and addresses is lost, and all of it can be undone."""

from __future__ import annotations

import json
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.config import MergePolicy
from techproc.dedupe.engine import find_in_files
from techproc.dedupe.merging import merge_files, plan_merges, undo_merge
from techproc.dedupe.survivorship import merge_records, merge_rules
from techproc.errors import ConfigError, DataLossRefused, InputError

_TAGS = ("020", "035", "100", "245", "500", "650", "700", "852", "856", "876", "952", "949")


def _field(tag: str, value: str) -> Field:
    return Field(tag, Indicators(" ", " "), [Subfield("a", value)])


fields = st.lists(
    st.builds(_field, st.sampled_from(_TAGS), st.text("abcXY12 ", min_size=1, max_size=6)),
    max_size=8,
)


def _record(control: str, some: list[Field]) -> pymarc.Record:
    record = pymarc.Record()
    record.add_field(Field("001", data=control), *some)
    return record


@settings(max_examples=100, deadline=None)
@given(
    fields,
    fields,
    fields,
    st.sampled_from([MergePolicy(), MergePolicy(union=()), merge_rules("melinda")]),
)
def test_no_holding_identifier_or_address_is_lost(one, two, three, rules):
    """Every item survives as often as it was; every identifier and URL at least once.

    Whatever a library wants united, identifiers and addresses always are.
    """
    records = [_record(str(i), some) for i, some in enumerate((one, two, three))]
    before = [record.as_json() for record in records]
    merged = merge_records(records[0], records[1:], rules).record
    assert [record.as_json() for record in records] == before
    for tag in ("852", "876", "952", "949"):
        wanted = sorted(str(f) for record in records for f in record.get_fields(tag))
        assert sorted(str(f) for f in merged.get_fields(tag)) == wanted
    for tag in ("020", "035", "856"):
        wanted = {f["a"] for record in records for f in record.get_fields(tag)}
        assert wanted <= {v for f in merged.get_fields(tag) for v in f.get_subfields("a", "z")}
    assert not rules.old_numbers or {f["a"] for f in merged.get_fields("019")} == {"1", "2"}


@settings(max_examples=50, deadline=None)
@given(fields, fields, st.sampled_from([MergePolicy(), merge_rules("melinda")]))
def test_every_field_is_taken_or_told(one, two, rules):
    """What the survivor did not take of the other record is listed as left."""
    leader, other = _record("0", one), _record("1", two)
    merged = merge_records(leader, [other], rules)
    told = [text for _, text in (*merged.taken, *merged.left)]
    for field in other.fields:
        entered = f"=7{str(field)[2:]}"  # a main entry may have become an added one
        assert str(field) in told or (rules.entries and entered in told)


def test_merging_twice_adds_nothing(book):
    """Merging the same record again changes descriptive fields no more."""
    first, second = book("1", isbn="9780306406157"), book("2", isbn="9780306406157")
    once = merge_records(first, [second]).record
    assert merge_records(once, [second]).record.as_json() == once.as_json()


def test_880_are_renumbered(book):
    """Pairs of both records stay pairs, under numbers that are used once."""

    def pair(title: str, name: str) -> tuple[Field, ...]:
        made = []
        for tag, link, text in (("700", "880-01", name), ("880", "700-01/$1", title)):
            made.append(
                Field(tag, Indicators("1", " "), [Subfield("6", link), Subfield("a", text)])
            )
        return tuple(made)

    first = book("1", extra=pair("東京", "Tokyo"))
    second = book("2", extra=pair("京都", "Kyoto"))
    merged = merge_records(first, [second]).record
    links = {f["6"][4:6]: f["a"] for f in merged.get_fields("700")}
    vernacular = {f["6"][4:6]: f["a"] for f in merged.get_fields("880")}
    assert {links[n]: vernacular[n] for n in links} == {"Tokyo": "東京", "Kyoto": "京都"}


def _pairs(count: int, name: str) -> list[Field]:
    """Return added entries with their 880s, numbered from 01."""
    made = []
    for n in range(1, count + 1):
        for tag, link, text in (
            ("700", f"880-{n:02d}", name),
            ("880", f"700-{n:02d}/$1", f"{name}字"),
        ):
            subfields = [Subfield("6", link), Subfield("a", f"{text} {n}")]
            made.append(Field(tag, Indicators("1", " "), subfields))
    return made


def test_pairs_beyond_99_are_kept_unpaired_and_told():
    """An occurrence number has two digits: nothing is lost but the link, and that is said."""
    merged = merge_records(_record("1", _pairs(98, "Kim")), [_record("2", _pairs(3, "Lee"))])
    names = {f["a"]: f.get("6") for f in merged.record.get_fields("700")}
    assert names["Lee 1"] == "880-99"
    assert names["Lee 2"] is names["Lee 3"] is None
    assert [f["6"] for f in merged.record.get_fields("880") if f["a"].startswith("Lee")] == [
        "700-99/$1", "700-00/$1", "700-00/$1",
    ]  # fmt: skip
    (told,) = merged.findings
    assert (told.rule, told.control) == ("link-numbers-full", "1")
    assert "2 more are kept unpaired" in told.message


def test_880s_of_one_number_go_with_their_own_tags():
    """A record whose pairs share a number, which it should not, loses none of them."""
    fields = []
    for tag, text in (("700", "Roe, J."), ("710", "Union")):
        for at, link in ((tag, "880-01"), ("880", f"{tag}-01/(N")):
            subfields = [Subfield("6", link), Subfield("a", f"{text} {at}")]
            fields.append(Field(at, Indicators("1", " "), subfields))
    leader = _record("1", [Field("710", Indicators("1", " "), [Subfield("a", "Union 710")])])
    merged = merge_records(leader, [_record("2", fields)]).record
    links = [f["6"] for f in merged.fields if f.tag == "880"]
    assert sorted(links) == ["700-01/(N", "710-00/(N"]


@pytest.fixture
def merged(tmp_path: Path, book, data):
    """A file with two groups of duplicates, merged, with its journal."""
    records = [
        book("1", extra=(data("952", p="b1"),)),
        book("2", "Plasma physics", author="Chen, Francis", publisher="Plenum,", year="1984"),
        book("3", extra=(data("952", p="b1"), data("856", u="http://example.org/x"))),
        book("4", "Plasma physics", author="Chen, Francis F.", publisher="Plenum,", year="1984"),
        book("5", "Something else", author="Other, One", year="1950", pages="90 p."),
    ]
    source = tmp_path / "in.mrc"
    source.write_bytes(b"".join(record.as_marc() for record in records))
    run = find_in_files([source])
    merge_files(run, [source], tmp_path / "out.mrc", tmp_path / "journal")
    plans = plan_merges(run)
    run.close()
    return source, tmp_path / "out.mrc", tmp_path / "journal", plans


def test_merge_then_undo_is_byte_identical(merged, tmp_path):
    """Undoing all merges gives the very bytes that were there."""
    source, out, journal, plans = merged
    assert len(plans) == 2
    assert out.read_bytes() != source.read_bytes()
    assert undo_merge([out], journal, tmp_path / "back.mrc") == 2
    assert (tmp_path / "back.mrc").read_bytes() == source.read_bytes()


@settings(max_examples=30, deadline=None)
@given(fields, fields, fields, st.sampled_from([MergePolicy(), merge_rules("melinda")]))
def test_any_merge_is_undone_byte_by_byte(tmp_path_factory, book, one, two, three, rules):
    """Whatever stands in the records, their bytes come back, and what was no duplicate never moved."""
    folder = tmp_path_factory.mktemp("undo")
    alike = [book(str(i), extra=tuple(some)) for i, some in enumerate((one, two))]
    other = book("9", "Something else", author="Other, One", year="1950", extra=tuple(three))
    source = folder / "in.mrc"
    source.write_bytes(b"".join(record.as_marc() for record in (alike[0], other, alike[1])))
    run = find_in_files(
        [source], decided=lambda a, b: "same" if "9" not in (a.control, b.control) else None
    )
    try:
        merge_files(run, [source], folder / "out", folder / "journal", rules=rules, flagged=True)
    finally:
        run.close()
    assert other.as_marc() in (folder / "out").read_bytes()
    assert undo_merge([folder / "out"], folder / "journal", folder / "back") == 1
    assert (folder / "back").read_bytes() == source.read_bytes()


def test_one_merge_can_be_undone(merged, tmp_path):
    """Taking one merge back leaves the other merged."""
    _, out, journal, plans = merged
    assert undo_merge([out], journal, tmp_path / "back.mrc", merges=[plans[0].merge]) == 1
    with (tmp_path / "back.mrc").open("rb") as stream:
        found = [record["001"].data for record in pymarc.MARCReader(stream)]
    assert len(found) == 4
    assert {"1", "3", "5"} < set(found)
    with pytest.raises(InputError, match="no merge 99"):
        undo_merge([out], journal, tmp_path / "no.mrc", merges=[99])


def test_an_edited_survivor_is_not_thrown_away(merged, tmp_path):
    """When the survivor was edited since, undoing refuses and writes nothing."""
    _, out, journal, _ = merged
    out.write_bytes(out.read_bytes().replace(b"wine-dark", b"wine dark"))
    with pytest.raises(DataLossRefused, match="edited"):
        undo_merge([out], journal, tmp_path / "back.mrc")
    assert not (tmp_path / "back.mrc").exists()


def test_the_journal_says_where_fields_came_from(merged):
    """Each merge names its survivor, what was merged, and the fields taken from whom."""
    entries = [json.loads(line) for line in merged[2].read_text("utf-8").splitlines()]
    taken = [pair for entry in entries for pair in entry["taken"]]
    assert any("example.org" in text for _, text in taken) or any(
        entry["survivor"] == "3" for entry in entries
    )


def test_rejected_bytes_are_not_dropped(tmp_path, book):
    """Merging a file with bytes that are no record asks where to keep them."""
    source = tmp_path / "in.mrc"
    source.write_bytes(book("1").as_marc() + b"rubbish" + book("2").as_marc())
    run = find_in_files([source])
    try:
        with pytest.raises(DataLossRefused, match="--rejects"):
            merge_files(run, [source], tmp_path / "out.mrc", tmp_path / "journal")
        merge_files(run, [source], tmp_path / "o", tmp_path / "j", rejects=tmp_path / "rejects")
    finally:
        run.close()
    assert (tmp_path / "rejects").read_bytes() == b"rubbish"


def _names(*entries: tuple[str, dict[str, str]]) -> pymarc.Record:
    record = _record("1", [])
    for tag, parts in entries:
        subfields = [Subfield(code, value) for code, value in parts.items()]
        record.add_field(Field(tag, Indicators("1", " "), subfields))
    return record


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        ({"a": "Kartio, Johanna."}, {"a": "Kartio, Johanna,", "d": "1960-"}, ["$aKartio, Johanna,$d1960-"]),
        ({"a": "Kartio, Johanna,", "d": "1960-"}, {"a": "Kartio, Johanna."}, ["$aKartio, Johanna,$d1960-"]),
        ({"a": "Kartio, J.,", "d": "1890-", "e": "ed."}, {"a": "Kartio, J.,", "d": "1890-1974."},
         ["$aKartio, J.,$d1890-1974,$eed."]),
        ({"a": "Kartio, J.,", "d": "1890."}, {"a": "Kartio, J.,", "d": "1960."},
         ["$aKartio, J.,$d1890.", "$aKartio, J.,$d1960."]),
        ({"a": "Kartio, J."}, {"a": "Kartio, J.", "t": "The sea."},
         ["$aKartio, J.", "$aKartio, J.$tThe sea."]),
    ],
)  # fmt: skip
def test_names_that_agree_are_joined(ours, theirs, wanted):
    """A name with more is the same name; other dates, or a title with it, are something else."""
    rules = MergePolicy(join=("7XX",))
    merged = merge_records(_names(("700", ours)), [_names(("700", theirs))], rules).record
    assert [str(field)[8:] for field in merged.get_fields("700")] == wanted


_subfields = st.lists(
    st.builds(Subfield, st.sampled_from("auz0"), st.text("ab/.=,- ", min_size=1, max_size=4)),
    min_size=1,
    max_size=5,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["020", "035", "856"]), _subfields, _subfields)
def test_joining_keeps_identifiers_and_addresses_to_the_letter(tag, ours, theirs):
    """What joins such a field changes no character of either: a URL may end in a slash."""
    sides = [_record("1", [Field(tag, Indicators(" ", " "), list(one))]) for one in (ours, theirs)]
    merged = merge_records(sides[0], sides[1:], MergePolicy(join=(tag,))).record
    kept = {(s.code, s.value) for field in merged.get_fields(tag) for s in field.subfields}
    assert kept >= {(s.code, s.value) for s in (*ours, *theirs)}


def test_another_main_entry_becomes_an_added_one():
    """The leader's main entry stays; the other's is kept as 7XX, or is the leader's own."""
    rules = MergePolicy(join=("1XX", "7XX"), entries=True)
    leader, other = _names(("100", {"a": "One, A."})), _names(("100", {"a": "Two, B."}))
    merged = merge_records(leader, [other], rules).record
    assert [str(field) for field in merged.fields[1:]][:2] == [
        r"=100  1\$aOne, A.",
        r"=700  1\$aTwo, B.",
    ]
    again = merge_records(leader, [_names(("700", {"a": "One, A."}))], rules).record
    assert [field.tag for field in again.fields] == ["001", "100"]


def test_codes_that_the_leader_lacks_are_taken():
    """Fields of codes that are not there come from the other, and single positions left uncoded."""
    leader, other = _record("1", []), _record("2", [])
    leader.add_field(Field("008", data="200814s2020    xx ||||| |||| 00| ||fin||"))
    other.add_field(Field("008", data="210101s2020    fi ab||| b    001 0 fin c"))
    other.add_field(Field("007", data="ta"))
    merged = merge_records(leader, [other], MergePolicy(codes=True)).record
    assert merged["008"].data == "200814s2020    xx ab||| b    001 0 fin c"
    assert merged["007"].data == "ta"
    other.leader = pymarc.Leader("00000nas a2200000 a 4500")
    merged = merge_records(leader, [other], MergePolicy(codes=True)).record
    assert merged["008"].data == "200814s2020    xx ||||| |||| 00| ||fin c", (
        "18-34 are of books alone"
    )


def test_one_imprint_is_kept(data):
    """A 260 does not come beside the leader's 264: both are one statement in two forms."""
    leader, other = _record("1", [data("264", b="Norton")]), _record("2", [data("260", b="Norton")])
    merged = merge_records(leader, [other])
    assert not merged.record.get_fields("260")
    assert any("Norton" in text for _, text in merged.left)


def test_rules_of_a_file(tmp_path):
    """A library's own rules are the keys of [merge]; what is no key is told."""
    path = tmp_path / "rules.toml"
    path.write_text('old_numbers = ""\njoin = ["7XX"]\n', "utf-8")
    assert merge_rules(path) == MergePolicy(old_numbers="", join=("7XX",))
    path.write_text("jion = []\n", "utf-8")
    with pytest.raises(ConfigError, match=r"merge\.join"):
        merge_rules(path)
    with pytest.raises(ConfigError, match="melinda"):
        merge_rules("melindo")
