"""Suggestions: what speaks for them, how they are cut, and when there are none."""

from __future__ import annotations

import lzma
import time
from pathlib import Path

import numpy as np
import pytest
from pymarc import Field, Indicators, MARCReader, Record, Subfield

from techproc.classify import evaluation
from techproc.classify.calibration import coverage, expected_error, isotonic
from techproc.classify.fields import fields_of
from techproc.classify.outline import caption, load_captions
from techproc.classify.storage import load
from techproc.classify.suggest import Suggester
from techproc.classify.training import train
from techproc.errors import InputError


@pytest.fixture(scope="module")
def starter() -> Suggester:
    return Suggester.starter()


def record(title: str = "", *headings: str, **more: str) -> Record:
    """Return a record with a title, LC headings ("a--x" for subdivisions) and other $a by tag."""
    made = Record()
    if title:
        made.add_field(Field("245", Indicators("1", "0"), [Subfield("a", title)]))
    for heading in headings:
        topic, *rest = heading.split("--")
        parts = [Subfield("a", topic), *(Subfield("x", r) for r in rest)]
        made.add_field(Field("650", Indicators(" ", "0"), parts))
    for tag, value in more.items():
        made.add_field(Field(tag[1:], Indicators("0", "0"), [Subfield("a", value)]))
    return made


def test_a_clear_record_gets_its_class(starter: Suggester) -> None:
    """Headings that stand in one class lead there, and say so."""
    best = starter.suggest(record("Polar bear", "Polar bear", "Bears"), "lcc")[0]
    assert best.at("letters").number == "QL"
    assert best.supporting > 0
    assert any(e.count and e.numbers for e in best.evidence)
    assert "Library of Congress" in best.index


@pytest.mark.parametrize("scheme", ["lcc", "ddc"])
def test_the_list_is_ranked_and_each_number_once(starter: Suggester, scheme: str) -> None:
    """The surest comes first, all differ, deeper is never surer."""
    found = starter.suggest(
        record("Soil fertility in Ghana", "Soil fertility--Ghana"), scheme, top=5
    )  # type: ignore[arg-type]
    assert len(found) == 5
    assert len({s.number for s in found}) == 5
    for each in found:
        sure = [step.confidence for step in each.steps]
        assert sure == sorted(sure, reverse=True)
        assert 0 <= sure[-1] <= sure[0] <= 1


def test_nothing_passes_nothing_is_said(starter: Suggester) -> None:
    """A threshold cuts numbers to the level that passes, or leaves them out."""
    made = record("Budget of Nigeria", "Budget--Nigeria")
    for each in starter.suggest(made, "lcc", confidence=0.5):
        assert each.confidence >= 0.5
    assert starter.suggest(made, "lcc", confidence=1.0) == []


@pytest.mark.parametrize("made", [Record(), record("Zzyzx qwrtpf"), record(_650="")])
def test_without_evidence_there_is_no_suggestion(starter: Suggester, made: Record) -> None:
    """No title, no heading, words nobody uses: nothing is made up."""
    assert starter.suggest(made, "lcc") == []
    assert starter.suggest(made, "ddc") == []


def test_others_of_the_same_work_vote(starter: Suggester) -> None:
    """Another library's number for the same ISBN goes first; a stranger has no vote.

    Nor has another title under the same ISBN: publishers give one again.
    """
    mine = record("Zzyzx qwrtpf", _020="9780306406157")
    copy = record("Zzyzx", _020="0306406152 (pbk.)", _050="QL737.C27")
    stranger = record("Zzyzx else", _020="9780140328721", _050="PZ7")
    again = record("Something else", _020="9780306406157", _050="PZ8")
    best = starter.suggest(mine, "lcc", others=[copy, stranger, again])
    assert [s.number for s in best] == ["QL737.C27"]
    assert best[0].evidence[0].kind == "same work"
    assert best[0].evidence[0].text == "same ISBN"


def test_blind_ignores_the_records_own_numbers(starter: Suggester) -> None:
    """The same record with and without numbers gets the same blind suggestions."""
    bare = record("Polar bear", "Polar bear")
    numbered = record(
        "Polar bear", "Polar bear", _050="ML410", _082="780.92", _060="WB1", _090="Z1"
    )
    assert starter.suggest(numbered, "lcc", blind=True) == starter.suggest(bare, "lcc", blind=True)
    assert starter.suggest(numbered, "lcc")[0].number == "ML410"


def test_a_known_dewey_number_leads_to_an_lc_class(starter: Suggester) -> None:
    """The crosswalk counts when the other scheme's number is known."""
    found = starter.suggest(record("Zzyzx qwrtpf", _082="005.13/3"), "lcc")
    assert found[0].at("letters").number == "QA"
    assert "Dewey number" in {e.kind for e in found[0].evidence}


@pytest.mark.parametrize("value", ["[Fic]", "E", "005.1-005.9", "KF4550"])
def test_unusable_dewey_values_say_nothing(starter: Suggester, value: str) -> None:
    """Marks that are no numbers lead nowhere."""
    assert starter.suggest(record("Zzyzx qwrtpf", _082=value), "lcc") == []


def test_together_as_alone(starter: Suggester, examples: Path) -> None:
    """A record gets the same suggestions in a batch as by itself."""
    with (examples / "catalogue.mrc").open("rb") as stream:
        fields = [fields_of(r) for r, _ in zip(MARCReader(stream), range(12), strict=False) if r]
    together = starter.suggest_all(fields, "ddc", blind=True)
    alone = [starter.suggest_all([f], "ddc", blind=True)[0] for f in fields]
    for one, two in zip(together, alone, strict=True):
        assert [s.number for s in one] == [s.number for s in two]
        assert [s.confidence for s in one] == pytest.approx([s.confidence for s in two], abs=1e-4)


def test_own_records_go_before_the_starter(starter: Suggester) -> None:
    """A library that classes a heading its own way is followed."""
    own = [
        fields_of(record(f"Zubzub {i}", "Bears--Zubzub", _001=str(i), _050="GR1234"))
        for i in range(8)
    ]
    index = train(own, name="our library", date="2026-01-01", base=starter.index)
    mine = Suggester(index, starter.bench)
    made = record("Bears of zubzub", "Bears--Zubzub")
    assert mine.suggest(made, "lcc")[0].number == "GR1234"
    assert starter.suggest(made, "lcc")[0].number != "GR1234"
    assert "our library" in mine.source


def test_evaluation_keeps_the_own_work_out(starter: Suggester) -> None:
    """An index that knows just these records scores nothing by them."""
    own = [fields_of(record(f"Zubzub {i}", _050=f"GR{i + 1}")) for i in range(5)]
    index = train(own, name="own", date="2026-01-01")
    scores = evaluation.evaluate(
        Suggester(index, starter.bench), list(evaluation.examples(own)), "lcc"
    )
    assert [s.level for s in scores] == ["letters", "class", "full"]
    assert scores[-1].first == 0.0
    assert scores[0].records == 5


def test_isotonic_rises_and_mends_the_error() -> None:
    """A curve through overconfident shares is never falling, and nearer the truth."""
    chance = np.random.default_rng(1)
    share = chance.random(4000)
    right = chance.random(4000) < share**2
    curve = isotonic(share, right)
    assert np.all(np.diff(curve.right) >= 0)
    assert expected_error(curve(share), right) < 0.02 < expected_error(share, right)
    assert coverage(share, right, 0.9) < 0.3


def test_captions() -> None:
    """Letters have captions; Dewey numbers none."""
    assert caption("QL737.C27") == "Zoology"
    assert caption("599.786") == ""


def test_captions_of_ones_own(tmp_path: Path) -> None:
    """They go first, nearest number above; a line that is none is named."""
    file = tmp_path / "captions.tsv"
    file.write_text("599.78\tBears and the like\n\nQL737\tMammals\n59\tno class\n", "utf-8")
    own = load_captions(file)
    assert caption("599.786", own) == "Bears and the like"
    assert caption("QL737.C27", own) == "Mammals"
    assert caption("QL9", own) == "Zoology"
    assert caption("598", own) == ""
    file.write_text("599.78 Bears\n", "utf-8")
    with pytest.raises(InputError, match="line 1 is not"):
        load_captions(file)
    with pytest.raises(InputError, match="no such file"):
        load_captions(tmp_path / "none")


@pytest.mark.slow
def test_the_starter_is_small_quick_and_good(starter: Suggester, shared_data: Path) -> None:
    """15 MB, and of records it never saw four in five LC letters, confidence within 8 points."""
    file = Path(evaluation.__file__).parent / "data" / "starter.bin"
    judges = file.with_name("judges.npz")
    assert file.stat().st_size + judges.stat().st_size <= 15_000_000
    begin = time.process_time()
    load(file)
    assert time.process_time() - begin < 3  # 0.2 s on an idle machine
    with lzma.open(shared_data / "marc" / "lc-books-2016-dev.mrc.xz") as stream:
        fields = [fields_of(r) for r, _ in zip(MARCReader(stream), range(700), strict=False) if r]
    letters = evaluation.evaluate(starter, list(evaluation.examples(fields)), "lcc")[0]
    assert letters.first > 0.8
    assert letters.third > 0.92
    assert letters.error < 0.08
