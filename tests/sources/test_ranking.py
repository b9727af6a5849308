"""Ranking: the order that libraries use, every point explained, and why the others lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.config import ChoosePolicy
from techproc.sources import Candidate, rank

POLICY = ChoosePolicy()
LEVELS = " I41L7KJ2M853EWuUzZ"


def record(level: str = " ", *fields: str) -> Record:
    """Make a record; a field is "040__$bger" (blanks as underscores)."""
    made = Record()
    made.leader = Leader(f"00000nam a2200000{level}i 4500")
    for text in fields:
        tag, indicators, rest = text[:3], text[3:5].replace("_", " "), text[6:]
        subfields = [Subfield(part[0], part[1:]) for part in rest.split("$")]
        made.fields.append(Field(tag=tag, indicators=Indicators(*indicators), subfields=subfields))
    return made


def ranked(*records: Record, language: str = "eng", policy: ChoosePolicy = POLICY):
    candidates = [Candidate(record=r, source=f"s{n}") for n, r in enumerate(records)]
    return rank(candidates, policy, language)


def order(*records: Record, **more) -> list[str]:
    return [r.candidate.source for r in ranked(*records, **more)]


def test_encoding_levels_are_ordered_as_ohiolink_groups_them() -> None:
    """Blank first, I and 4 alike, 1, L, 7, the group of K, 8, 5, the group of 3, U and Z."""
    points = [r.points for r in ranked(*(record(level) for level in LEVELS))]
    assert points == sorted(points, reverse=True)
    groups = [" ", "I4", "1", "L", "7", "KJ2M", "8", "5", "3EW", "uUzZ"]
    scores = [{ranked(record(level))[0].points for level in group} for group in groups]
    assert all(len(score) == 1 for score in scores)
    flat = [score.pop() for score in scores]
    assert flat == sorted(set(flat), reverse=True)


def test_the_language_of_cataloguing_outweighs_small_things() -> None:
    """A German description is not the best for an English catalogue, and is for a German one."""
    english = record(" ", "040__$aXX$beng")
    german = record(" ", "040__$aXX$bger$erda", "520__$aInhalt")
    assert order(german, english) == ["s1", "s0"]
    assert order(german, english, language="ger") == ["s0", "s1"]


def test_no_040_b_is_half_english_for_english_agencies_only() -> None:
    """The Library of Congress left $b out for decades; that is likely English and not certain."""
    reasons = {r[0]: r for r in ranked(record(" ", "040__$aDLC$cDLC"))[0].reasons}
    assert reasons["language"][1] == POLICY.language / 2
    assert reasons["national library"][1] == POLICY.national_library
    other = {r[0]: r for r in ranked(record(" ", "040__$aXYZ"))[0].reasons}
    assert other["language"][1] == other["national library"][1] == 0


def test_every_criterion_gives_its_points_with_a_reason() -> None:
    """A full pcc record of the Library of Congress gets every point there is."""
    best = record(
        " ", "010__$a1", "040__$aDLC$beng$erda", "042__$apcc", "05000$aQA76$b.X", "08200$a005",
        "1001_$aX", "24510$aT$cX", "264_1$aP", "300__$a1 p.", "336__$atext", "4900_$aS", "505__$aC",
        "520__$aA", *["650_0$aH"] * 6,
    )  # fmt: skip
    (result,) = ranked(best)
    assert {name: points for name, points, _ in result.reasons} == {
        "encoding level": 40, "authentication": 15, "national library": 10, "language": 20,
        "rda": 5, "class number": 16, "headings": 15, "completeness": 18,
    }  # fmt: skip
    assert result.points == 139
    assert all(text for _, _, text in result.reasons)


def test_only_headings_of_wanted_vocabularies_count() -> None:
    """The second indicator, or $2, names the vocabulary; policy says which count."""
    mixed = record(" ", "650_0$aA", "650_7$aB$2fast", "650_7$aC$2gnd", "650_4$aD", "650_2$aE")
    assert {r[0]: r[1] for r in ranked(mixed)[0].reasons}["headings"] == 9
    german = ChoosePolicy(vocabularies=("gnd",))
    assert {r[0]: r[1] for r in ranked(mixed, policy=german)[0].reasons}["headings"] == 3


def test_a_runner_up_says_why_it_lost() -> None:
    """By how much, to whom, and by which criteria, the largest first."""
    second = ranked(record(" ", "08204$a005"), record("8"))[1]
    assert second.candidate.source == "s1"
    assert second.why_lost.startswith("36 points behind s0: encoding level: LDR/17 8")
    assert "neither 050 nor 082, against 082 (−8)" in second.why_lost
    assert ranked(record(), record())[1].why_lost == "as good as s0, which is asked first"


def test_a_cancelled_claim_comes_last_whatever_its_points() -> None:
    """The full record of another format does not beat the poor record of this one."""
    poor = Candidate(record=record("3"), source="poor")
    other = Candidate(record=record(" ", "042__$apcc"), source="other", claim="cancelled")
    first, last = rank([other, poor], POLICY)
    assert (first.candidate.source, last.candidate.source) == ("poor", "other")
    assert "cancelled (020 $z)" in last.why_lost


@given(st.lists(st.tuples(st.sampled_from(LEVELS), st.booleans(), st.integers(0, 7)), max_size=8))
def test_ranking_loses_nothing_and_adds_up(made) -> None:
    """All candidates come back sorted, reasons sum to points, only the best lost nothing."""
    records = [
        record(level, *(["042__$apcc"] if pcc else []), *["650_0$aH"] * headings)
        for level, pcc, headings in made
    ]
    results = ranked(*records)
    assert sorted(id(r.candidate.record) for r in results) == sorted(map(id, records))
    assert all(abs(sum(p for _, p, _ in r.reasons) - r.points) < 1e-6 for r in results)
    assert [r.points for r in results] == sorted((r.points for r in results), reverse=True)
    assert [bool(r.why_lost) for r in results] == [n > 0 for n in range(len(results))]
