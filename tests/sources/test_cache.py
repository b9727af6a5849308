"""The cache and the journal: what is kept comes back the same, and nothing else is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.errors import InputError
from techproc.findings import Finding
from techproc.sources import Answer, Candidate
from techproc.sources.cache import AnswerStore, Cached

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


class Scripted:
    """A source that answers as told and counts what it is asked."""

    key = "scripted"

    def __init__(self, *answers: Answer) -> None:
        self.script = list(answers)
        self.asked: list[list[str]] = []

    def answers(self, isbns):
        self.asked.append(list(isbns))
        yield from self.script


def hit(record: Record, isbn: str = "9780306406157") -> Answer:
    found = Finding(rule="x.y", message="noted", record=3)
    return Answer(candidates={isbn: [Candidate(record=record, source="other", findings=(found,))]})


@given(
    st.lists(
        st.tuples(st.sampled_from(["245", "650", "9XX"]), st.lists(st.tuples(TEXT, TEXT))),
        max_size=5,
    ),
    TEXT,
)
def test_records_come_back_as_they_were(tmp_path_factory, fields, control) -> None:
    """Leader, tags, indicators, order and every character survive the store."""
    record = Record()
    record.leader = Leader("00000nam a2200000 i 4500")
    record.fields.append(Field(tag="001", data=control))
    for tag, subfields in fields:
        made = [Subfield(code[:1] or "a", value) for code, value in subfields]
        record.fields.append(Field(tag=tag, indicators=Indicators("1", " "), subfields=made))
    path = tmp_path_factory.mktemp("store") / "a.sqlite"
    with AnswerStore(path) as store:
        store.keep("id", hit(record))
        kept = store.look_up("id", ["9780306406157"], "now")
    (candidate,) = kept.candidates["9780306406157"]
    assert candidate.record.as_dict() == record.as_dict()
    assert candidate.source == "now"
    assert candidate.findings == (Finding(rule="x.y", message="noted", record=3),)


def test_only_what_is_not_kept_is_asked(tmp_path, made_book) -> None:
    """Hits and stated misses are kept; what got no answer is asked again."""
    hits, miss, silent = "9780306406157", "9780140449266", "9780441007318"
    answer = Answer(
        candidates={hits: [Candidate(record=made_book(1), source="s")], miss: []},
        unanswered=frozenset([silent]),
        unavailable="broken",
    )
    source = Scripted(answer)
    with AnswerStore(tmp_path / "a.sqlite") as store:
        first = Cached(source, store).by_isbn([hits, miss, silent])
        second = Cached(source, store).by_isbn([hits, miss, silent])
    assert source.asked == [[hits, miss, silent], [silent]]
    assert first.unanswered == second.unanswered == {silent}
    assert list(second.candidates) == [hits, miss]
    assert len(second.candidates[hits]) == 1


def test_offline_never_asks_and_says_what_it_does_not_know(tmp_path, made_book) -> None:
    """Kept answers are given, the rest is unanswered."""
    source = Scripted(hit(made_book(1)))
    with AnswerStore(tmp_path / "a.sqlite") as store:
        Cached(source, store).by_isbn(["9780306406157"])
        answer = Cached(source, store, offline=True).by_isbn(["9780306406157", "9780140449266"])
    assert len(source.asked) == 1
    assert answer.unanswered == {"9780140449266"}
    assert "offline" in answer.unavailable


def test_a_killed_run_resumes_from_its_journal_even_when_refreshing(tmp_path, made_book) -> None:
    """With --refresh the cache is not looked into, the run's own journal is."""
    isbns = ["9780306406157", "9780140449266", "9780441007318"]

    class Killed(Scripted):
        def answers(self, asked):
            self.asked.append(list(asked))
            yield hit(made_book(1), isbns[0])
            raise KeyboardInterrupt

    with AnswerStore(tmp_path / "a.sqlite") as cache, AnswerStore(tmp_path / "j") as journal:
        with pytest.raises(KeyboardInterrupt):
            Cached(Killed(), cache, journal=journal, refresh=True).by_isbn(isbns)
        again = Scripted(Answer(candidates={isbn: [] for isbn in isbns[1:]}))
        answer = Cached(again, cache, journal=journal, refresh=True).by_isbn(isbns)
        assert again.asked == [isbns[1:]]
        assert [len(answer.candidates[isbn]) for isbn in isbns] == [1, 0, 0]
        fresh = Scripted(hit(made_book(2), isbns[0]))
        Cached(fresh, cache, refresh=True).by_isbn(isbns[:1])
        assert fresh.asked == [isbns[:1]]


def test_hits_and_misses_expire_each_at_its_time(tmp_path, made_book) -> None:
    """A miss is asked again soon, a hit later."""
    now = [0.0]
    with AnswerStore(tmp_path / "a.sqlite", hit_age=100, miss_age=10, now=lambda: now[0]) as store:
        store.keep("id", hit(made_book(1), "a"))
        store.keep("id", Answer(candidates={"b": []}))
        for moment, kept in ((9, {"a", "b"}), (11, {"a"}), (101, set())):
            now[0] = moment
            assert set(store.look_up("id", ["a", "b"], "k").candidates) == kept


def test_a_file_that_is_no_cache_is_named(tmp_path) -> None:
    """Rubbish in the cache's place is an input error, not a traceback."""
    (tmp_path / "bad").write_bytes(b"rubbish" * 1000)
    with pytest.raises(InputError, match="not a usable answer cache"):
        AnswerStore(tmp_path / "bad")
