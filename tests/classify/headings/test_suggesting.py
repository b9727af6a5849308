"""Headings suggested from an index: what is given, in which order, and what never is."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.classify.fields import Field, fields_of
from techproc.classify.headings import Vocabulary
from techproc.classify.headings.building import HeadingLessons, build
from techproc.classify.headings.clues import clues, subjects
from techproc.classify.headings.index import HeadingIndex
from techproc.classify.headings.judging import HeadingBench
from techproc.classify.headings.storage import dumps, load, save
from techproc.classify.headings.suggesting import HeadingSuggester
from techproc.classify.headings.vocabulary import Entry, build_index
from techproc.errors import CatalogError, InputError
from techproc.marc import Loaded, read

SUBJECTS = {
    "cats": ("Cats", "felines of the house"), "soil": ("Soils", "earth and clay"),
    "ships": ("Ships", "vessels at sea"), "poems": ("English poetry", "verse and rhyme"),
}  # fmt: skip
PLACES = ("Ghana", "France", "Peru")
WORDS = ["cats", "soil", "ships", "poems", "ghana", "peru", "history", "zzz", "in", "of", "the"]


def record(title: str, number: int, *headings: tuple[str, str]) -> list[Field]:
    """Make the fields of a record; a heading is a main heading and a place."""
    made: list[Field] = [("001", str(number), ()), ("245", "10", (("a", title),))]
    for main, place in headings:
        parts = (("a", main), ("z", place)) if place else (("a", main),)
        made.append(("650", " 0", parts))
    return made


@pytest.fixture(scope="module")
def index() -> HeadingIndex:
    """An index of 300 records in which a word tells the main heading and another the place."""
    chance = random.Random(5)
    lessons = HeadingLessons()
    for number in range(300):
        word = chance.choice(sorted(SUBJECTS))
        place = chance.choice(PLACES)
        main, more = SUBJECTS[word]
        title = f"{word} {chance.choice(more.split())} in {place} {number}"
        assert lessons.learn(record(title, number, (main, place)))
    return build(lessons, {"sources": [{"name": "made", "records": 300, "date": "2026-01-01"}]})


@pytest.fixture(scope="module")
def suggester(index: HeadingIndex) -> HeadingSuggester:
    return HeadingSuggester(index, HeadingSuggester.starter().bench)


def test_what_the_words_say_is_suggested(suggester: HeadingSuggester) -> None:
    """The word leads to the main heading, the place to its subdivision; the evidence says so."""
    found = suggester.suggest_all([record("Ships of Peru", 1)], top=1)[0][0]
    assert found.text == "Ships--Peru"
    assert found.tag == "650"
    kinds = {each.kind for each in found.evidence}
    assert {"label in title", "title word", "nearest records"} <= kinds
    assert all(each.count <= each.total for each in found.evidence)


def test_a_record_of_its_own_is_not_its_evidence_when_blind(index: HeadingIndex) -> None:
    """Blind, the records of the same work are not looked at."""
    lessons = HeadingLessons()
    lessons.learn(record("Quarks", 1, ("Particles", "")))
    lessons.learn(record("Other things", 2, ("Cats", "")))
    alone = build(lessons, {"sources": [{"name": "two", "records": 2, "date": ""}]})
    bench = HeadingSuggester.starter().bench
    asked = [record("Quarks", 9)]
    seen = HeadingSuggester(alone, bench).suggest_all(asked, top=5)[0]
    blind = HeadingSuggester(alone, bench).suggest_all(asked, top=5, blind=True)[0]
    assert [each.main for each in seen] == ["Particles"]
    assert not blind


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=6), min_size=1, max_size=5))
def test_order_batch_and_index_hold(suggester: HeadingSuggester, titles: list[list[str]]) -> None:
    """The same alone as in a batch, again the same, each once, and nothing the index lacks."""
    records = [record(" ".join(title), at) for at, title in enumerate(titles)]
    together = suggester.suggest_all(records)
    assert together == suggester.suggest_all(records)
    for each, found in zip(records, together, strict=True):
        alone = suggester.suggest_all([each])[0]
        assert [one.text for one in alone] == [one.text for one in found]
        sure = [one.confidence for one in found]  # products of a batch are rounded otherwise
        assert [one.confidence for one in alone] == pytest.approx(sure, abs=1e-5)
    mains, chains = set(suggester.index.mains), set(suggester.index.chains)
    for found in together:
        assert len(found) <= 5
        assert len({each.text for each in found}) == len(found)
        for each in found:
            assert 0 <= each.confidence <= each.main_confidence <= 1
            assert each.main in mains
            assert "\x1f".join(code + text for code, text in each.subdivisions) in chains


def test_own_headings_and_blind_class_numbers_are_not_looked_at(
    suggester: HeadingSuggester,
) -> None:
    """A record with headings and numbers gets what it would get without them."""
    bare = record("Soil of Ghana", 1)
    full = [*bare, ("043", "  ", (("a", "f-gh---"),)), *record("", 1, ("Cats", "Peru"))[2:]]
    assert clues(full) == clues(bare)
    assert suggester.suggest_all([full]) == suggester.suggest_all([bare])
    numbered = [*full, ("050", "00", (("a", "S593"),)), ("082", "00", (("a", "631.4"),))]
    blind = suggester.suggest_all([bare], blind=True)
    assert clues(numbered) == clues(bare)
    assert suggester.suggest_all([numbered], blind=True) == blind


def test_a_class_number_leads_to_headings() -> None:
    """What records of a number have is suggested where the number is known, with it as evidence."""
    lessons = HeadingLessons()
    chance = random.Random(3)
    numbers = {"Cats": ("SF447", "636.8"), "Ships": ("VM145", "623.8"), "Soils": ("S593", "631.4")}
    for place in range(120):
        main = chance.choice(sorted(numbers))
        lcc, ddc = numbers[main]
        fields = record(f"Word{place} thing{place}", place, (main, ""))
        lessons.learn([("050", "00", (("a", lcc),)), ("082", "04", (("a", ddc),)), *fields])
    made = build(lessons, {"sources": [{"name": "made", "records": 120, "date": ""}]})
    starter = HeadingSuggester.starter()
    suggester = HeadingSuggester(made, starter.bench, numbered=starter.numbered)
    asked = [
        [("050", "00", (("a", "SF447"),)), *record("Unheard of", 500)],
        [("082", "04", (("a", "631.4"),)), *record("Unheard of", 501)],
        record("Unheard of", 502),
    ]
    found = suggester.suggest_all(asked, top=1)
    assert [[each.main for each in some] for some in found] == [["Cats"], ["Soils"], []]
    assert {"LC number", "LC class"} & {each.kind for each in found[0][0].evidence}
    assert {"Dewey number", "Dewey class"} & {each.kind for each in found[1][0].evidence}
    assert [suggester.suggest_all([each], top=1)[0] for each in asked] == found
    assert suggester.suggest_all(asked, top=1, blind=True) == [[], [], []]


def test_nothing_is_suggested_for_nothing() -> None:
    """Without title, names and series there is no heading, nor from language alone."""
    starter = HeadingSuggester.starter()
    code = "160101s2016    enk           000 0 eng d"
    assert starter.suggest_all([[], [("008", code, ())]], top=5) == [[], []]
    assert starter.suggest_all([]) == []


def test_less_sure_than_wanted_is_cut_back_and_left_out(suggester: HeadingSuggester) -> None:
    """A threshold takes the subdivisions first, then the heading."""
    asked = [record("Cats in Peru", 1)]
    for least in (0.0, 0.3, 0.6, 0.9, 1.0):
        for each in suggester.suggest_all(asked, top=5, confidence=least)[0]:
            assert each.confidence >= least or not each.subdivisions
            assert each.main_confidence >= least


def test_what_a_vocabulary_does_not_use_is_given_as_it_does(
    index: HeadingIndex, tmp_path: Path
) -> None:
    """A main heading that is obsolete comes in its present form, and the evidence says so."""
    path = tmp_path / "v.sqlite"
    build_index(
        path, "lcsh", "made", [Entry("Ships", "sh1", "Vessels (Ships)")], built="2026-01-01"
    )
    with Vocabulary(path) as vocabulary:
        bench = HeadingSuggester.starter().bench
        found = HeadingSuggester(index, bench, vocabulary).suggest_all([record("Ships", 1)], top=3)
    assert found[0][0].main == "Vessels (Ships)"
    assert found[0][0].evidence[0].text == "Ships is not used"
    assert all(each.main != "Ships" for each in found[0])


def test_headings_are_learned_in_their_present_form() -> None:
    """What LC has replaced is learned as what replaced it."""
    assert [h.main for h in subjects(record("x", 1, ("Moving-pictures", "")))] == [
        "Motion pictures"
    ]


def test_an_index_comes_back_as_it_was(index: HeadingIndex, tmp_path: Path) -> None:
    """Written and read, it holds the same and suggests the same."""
    path = tmp_path / "own.headings"
    save(index, path)
    again = load(path)
    assert dumps(again) == dumps(index)
    assert again.mains == index.mains
    assert again.chains == index.chains
    bench = HeadingSuggester.starter().bench
    asked = [record("Poems of France", 1), record("Soil", 2)]
    one, two = (HeadingSuggester(each, bench).suggest_all(asked) for each in (index, again))
    assert one == two


def test_an_index_without_subdivisions_comes_back(tmp_path: Path) -> None:
    """One record, one heading, no chain."""
    lessons = HeadingLessons()
    lessons.learn(record("Quarks", 1, ("Particles", "")))
    one = build(lessons, {"sources": []})
    save(one, tmp_path / "one")
    assert load(tmp_path / "one").chains == ("",)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spoilt") / "own.headings"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_index_is_told(index: HeadingIndex, spoilt: Path, data: st.DataObject) -> None:
    """Any byte of its arrays changed, or the end cut off, and the file is refused."""
    whole = dumps(index)
    head = whole.index(b"\n") + 5
    body = head + int.from_bytes(whole[head - 4 : head], "little")
    if data.draw(st.booleans()):
        at = data.draw(st.integers(body, len(whole) - 1))
        change = data.draw(st.integers(1, 255))
        spoilt.write_bytes(whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :])
    else:
        spoilt.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises((InputError, CatalogError), match="heading index"):
        load(spoilt)


def test_other_files_and_versions_are_told(
    index: HeadingIndex, tmp_path: Path, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else, another version, other records: each says what to do."""
    with pytest.raises(InputError, match="not a heading index"):
        load(examples / "vendor.mrc")
    path = tmp_path / "own.headings"
    path.write_bytes(dumps(index).replace(b'"format": 2', b'"format": 9', 1))
    with pytest.raises(CatalogError, match=r"format 9.*build it again"):
        load(path)
    save(index, path, force=True, beside=True)
    with pytest.raises(CatalogError, match="damaged"):
        load(path)
    with pytest.raises(CatalogError, match="starter index"):
        load(path, HeadingSuggester.starter().index.records)
    others = dataclasses.replace(index.records, works=index.records.works[::-1].copy())
    assert load(path, index.records).mains == index.mains
    with pytest.raises(CatalogError, match="starter index"):
        load(path, others)
    weights = tmp_path / "weights.npz"
    weights.write_bytes(b"PK nothing")
    with pytest.raises(CatalogError, match="damaged"):
        HeadingBench.load(weights)


@pytest.mark.slow
def test_confidence_means_what_it_says() -> None:
    """On records held out, what is given with a confidence is right about as often."""
    path = Path(__file__).parents[4] / "shared/data/marc/lc-books-2016-dev.mrc.xz"
    if not path.is_file():
        pytest.skip("the records (../shared/data) are not beside this checkout")
    starter = HeadingSuggester.starter()
    asked, truth = [], []
    for item in read(path):
        fields = fields_of(item.record) if isinstance(item, Loaded) else []
        if found := subjects(fields):
            asked.append(fields)
            truth.append(({h.main for h in found}, {h.text for h in found}))
        if len(asked) == 1000:
            break
    mains, strings = [], []
    for at in range(0, len(asked), 100):
        for found, (main, text) in zip(
            starter.suggest_all(asked[at : at + 100], top=3), truth[at : at + 100], strict=True
        ):
            mains += [(each.main_confidence, each.main in main) for each in found]
            strings += [(each.confidence, each.text in text) for each in found]
    for pairs in (mains, strings):
        said, right = np.array(pairs, float).T
        assert abs(said.mean() - right.mean()) < 0.03
