"""What other records of the same work have, counted as votes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.classify.calibration import expected_error
from techproc.classify.features import same_work
from techproc.classify.fields import Field, fields_of
from techproc.classify.headings.building import HeadingLessons, build
from techproc.classify.headings.clues import subjects
from techproc.classify.headings.editions import editions
from techproc.classify.headings.suggesting import HeadingSuggester
from techproc.marc import Loaded, read


def record(number: int, title: str, *headings: str, isbn: str = "") -> list[Field]:
    """Make the fields of a record; a heading is written with dashes."""
    made: list[Field] = [("001", str(number), ()), ("245", "10", (("a", title),))]
    if isbn:
        made.append(("020", "  ", (("a", isbn),)))
    for heading in headings:
        main, *more = heading.split("--")
        made.append(("650", " 0", (("a", main), *(("x", part) for part in more))))
    return made


@pytest.fixture(scope="module")
def starter() -> HeadingSuggester:
    return HeadingSuggester.starter()


def test_what_all_other_editions_have_comes_first(starter: HeadingSuggester) -> None:
    """Headings that no record of the index has too, with the votes and who cast them."""
    mine = record(1, "Zzyzx of the qwrtpf")
    others = [record(n, "Zzyzx of the qwrtpf", "Qwrtpfs--Zzyzx", "Cats") for n in (2, 3)]
    others.append(record(4, "Zzyzx of the qwrtpf", "Cats", "Dogs"))
    others.append(record(5, "Something else", "Horses"))
    found = starter.suggest_all([mine], top=5, others=[others])[0]
    assert {each.main for each in found} <= {"Cats", "Dogs", "Qwrtpfs"}
    assert found[0].text == "Cats"
    best = found[0].evidence[0]
    assert (best.kind, best.text, best.count, best.total) == (
        "same work", "same creator and title", 3, 3,
    )  # fmt: skip
    assert best.numbers == ("2", "3", "4")
    own = next(each for each in found if each.main == "Qwrtpfs")
    assert (own.tag, own.text, own.known) == ("650", "Qwrtpfs--Zzyzx", True)
    assert [(e.text, e.count, e.total) for e in own.evidence[:2]] == [
        ("same creator and title", 2, 3), ("with these subdivisions", 2, 3),
    ]  # fmt: skip


def test_an_isbn_counts_where_the_titles_begin_alike(starter: HeadingSuggester) -> None:
    """Publishers give an ISBN again; another title under it is another book."""
    isbn = "9780306406157"
    mine = record(1, "Zzyzx, an introduction", isbn=isbn)
    same = record(2, "Zzyzx", "Cats", isbn="0306406152")
    other = record(3, "Cookery", "Dogs", isbn=isbn)
    found = editions(starter.index, mine, [same, other], indexed=False)
    assert found is not None
    assert [(reason, control) for _, reason, control in found.votes] == [("same ISBN", "2")]
    assert editions(starter.index, mine, [other], indexed=False) is None


def test_a_record_in_both_has_one_vote() -> None:
    """A record of the index that the catalogue has too counts once; the record itself does not."""
    lessons = HeadingLessons()
    for number in (1, 2, 3):
        lessons.learn(record(number, "Zzyzx", "Cats"))
    index = build(lessons, {"sources": []})
    catalogue = [record(2, "Zzyzx", "Dogs"), record(4, "Zzyzx", "Horses")]
    found = editions(index, record(1, "Zzyzx"), catalogue)
    assert found is not None
    assert [control for _, _, control in found.votes] == ["2", "4", "3"]
    alone = editions(index, record(1, "Zzyzx"), catalogue, indexed=False)
    assert alone is not None
    assert len(alone.votes) == 2
    assert editions(index, record(1, "Quarks"), catalogue) is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["Cats", "Cats--Zz", "Zyzzyvas", "Zyzzyvas--Peru"]), max_size=3),
        max_size=4,
    ),
    st.booleans(),
)
def test_votes_hold(starter: HeadingSuggester, held: list[list[str]], blind: bool) -> None:
    """Confidence stays a probability, counts stay counts, and all that was voted on is there."""
    others = [record(n + 2, "The cats of Peru", *each) for n, each in enumerate(held)]
    found = starter.suggest_all(
        [record(1, "The cats of Peru")], top=20, blind=blind, others=[others]
    )[0]
    named = {each.main for each in found}
    assert {h.main for each in others for h in subjects(each)} <= named
    assert len({each.text for each in found}) == len(found)
    for each in found:
        assert 0 <= each.confidence <= each.main_confidence <= 1
        assert all(0 <= e.count <= max(e.total, 1) for e in each.evidence)


@pytest.mark.slow
def test_other_editions_say_more_than_words() -> None:
    """On records held out, with those of the same work among them as a catalogue."""
    path = Path(__file__).parents[4] / "shared/data/marc/lc-books-2016-dev.mrc.xz"
    if not path.is_file():
        pytest.skip("the records (../shared/data) are not beside this checkout")
    starter = HeadingSuggester.starter()
    works: dict[int, list[list[Field]]] = {}
    for item in read(path):
        fields = fields_of(item.record) if isinstance(item, Loaded) else []
        if subjects(fields):
            works.setdefault(same_work(fields), []).append(fields)
    asked = [fields for same in works.values() if len(same) > 1 for fields in same]
    others = [[o for o in works[same_work(f)] if o is not f] for f in asked]
    right = {}
    for name, more in (("words", ()), ("editions", others)):
        found = starter.suggest_all(asked, blind=True, others=more)
        pairs = [
            (s.main_confidence, s.main in {h.main for h in subjects(f)})
            for f, each in zip(asked, found, strict=True)
            for s in each
        ]
        said, good = np.array(pairs, float).T
        right[name] = good.sum() / len(good)
        assert expected_error(said, good > 0) < 0.08  # of some 300 records only
    assert right["editions"] > right["words"] + 0.15
