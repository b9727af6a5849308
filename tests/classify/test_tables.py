"""Numbers built from a pattern and a place: learned, taken apart, put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Record, Subfield

from techproc.classify.features import features, same_work
from techproc.classify.fields import Field as Plain
from techproc.classify.fields import fields_of
from techproc.classify.judging import judge_batch
from techproc.classify.numbers import usable
from techproc.classify.scoring import Query, look_up
from techproc.classify.suggest import Suggester
from techproc.classify.tables import SLOT, Place, fill, learn_table, pattern, splits
from techproc.classify.training import train

PLACES = {"Ghana": "667", "Kenya": "6762", "Togo": "6681", "Mali": "6623", "Chad": "6743"}
CUTTERS = {"Ghana": "G4", "Kenya": "K4", "Togo": "T6", "Mali": "M3", "Chad": "C4"}
HD = {"Soils": "HD101", "Banks": "HD202", "Trade": "HD303", "Schools": "HD404"}
SUBJECTS = {"Soils": "631.4", "Banks": "332.109", "Trade": "382.09", "Schools": "370.9"}


def about(subject: str, place: str, number: int, *, numbered: bool = True) -> list[Plain]:
    """Return a record on a subject in a place, with both its numbers or none."""
    heading = (("a", subject), ("z", place))
    known: list[Plain] = [
        ("050", "00", (("a", f"{HD[subject]}.{CUTTERS[place]}"),)),
        ("082", "00", (("a", f"{SUBJECTS[subject]}{PLACES[place]}"),)),
    ]
    return [
        ("001", str(number), ()),
        *(known if numbered else []),
        ("245", "10", (("a", f"{subject} {number}"),)),
        ("650", " 0", heading),
    ]


DDC = st.from_regex(r"[0-9]{3}(\.[0-9]{0,8}[1-9])?", fullmatch=True)
LCC = st.from_regex(
    r"[A-HJ-NP-V][A-Z]?[1-9][0-9]{0,3}(\.[A-Z][1-9][0-9]?){0,1}([A-Z][1-9])?", fullmatch=True
)


@given(DDC)
def test_a_dewey_number_is_put_together_as_it_was(number: str) -> None:
    """Every way to take a number apart leads back to it."""
    for before, mark, after in splits(number, "ddc"):
        assert fill(f"{before}{SLOT}{after}", mark, "ddc") == number


@given(LCC)
def test_an_lc_number_is_put_together_as_it_was(text: str) -> None:
    """So with LC Cutters."""
    number = usable(text, "lcc")
    if number:
        for before, mark, after in splits(number, "lcc"):
            assert fill(f"{before}{SLOT}{after}", mark, "lcc") == number


def test_what_stands_for_a_place_is_learned() -> None:
    """From numbers of four subjects in five countries, each country's figures and Cutter."""
    numbers = {"ddc": [], "lcc": []}  # type: dict[Scheme, list[str]]
    places = []
    for key, place in enumerate(PLACES):
        for subject, base in SUBJECTS.items():
            numbers["ddc"].append(base + PLACES[place])
            numbers["lcc"].append(f"{HD[subject]}.{CUTTERS[place]}")
            places.append((key,))
    for scheme, marks in (("ddc", PLACES), ("lcc", CUTTERS)):
        table = learn_table(numbers[scheme], places, scheme)  # type: ignore[index, arg-type]
        assert [table[key][0].mark for key in range(5)] == list(marks.values())


def test_the_rest_of_a_number_stays() -> None:
    """Standard subdivisions after the place, and history by place, are patterns too."""
    table = {1: (Place("667", 0.5),), 2: (Place("G4", 0.5),)}
    assert pattern("338.96670904", [1], table, "ddc") == "3389~0904"
    assert pattern("966.703", [1], table, "ddc") == "9~03"
    assert pattern("338.9", [1], table, "ddc") == ""
    assert pattern("HD8039.C652G4", [2], table, "lcc") == "HD8039.C652~"
    assert pattern("HD8039.C652G4", [1], table, "lcc") == ""


def test_a_number_no_record_has_is_built() -> None:
    """Banks in Chad were never seen: the number is built, and the evidence says how."""
    starter = Suggester.starter()
    records, number = [], 0
    for place in PLACES:
        for subject in SUBJECTS:
            for _ in range(3):
                number += 1
                if (subject, place) != ("Banks", "Chad"):
                    records.append(about(subject, place, number))
    index = train(records, name="made", date="2026-01-01")
    suggester = Suggester(index, starter.bench)
    record = Record()
    title = [Subfield("a", "Banks")]
    record.add_field(Field("245", Indicators("1", "0"), title))
    heading = [Subfield("a", "Banks"), Subfield("z", "Chad")]
    record.add_field(Field("650", Indicators(" ", "0"), heading))
    for scheme, number_of in (("ddc", "332.1096743"), ("lcc", "HD202.C4")):
        views = suggester.views(scheme)  # type: ignore[arg-type]
        assert views[-1].place(number_of) is None
        fields = fields_of(record)
        query = Query(features(fields), same_work(fields))
        hits = look_up(index, [query], scheme)  # type: ignore[arg-type]
        judged = judge_batch(suggester.bench, views, [query], hits=hits)[-1]
        names = [judged.found.name(n, views[-1]) for n in judged.found.number.tolist()]
        assert number_of in names
    found = {s.number: s for s in suggester.suggest(record, "ddc", top=40)}
    told = found["332.1096743"].evidence[0]
    assert told.kind == "built number"
    assert told.text == "332.109~ with 6743 for chad"
    assert told.count == 12
