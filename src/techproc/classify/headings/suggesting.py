"""Subject headings for a record that has none, each with its confidence and the evidence behind it.

>>> from pymarc import Field, Indicators, Record, Subfield
>>> record = Record()
>>> title = [Subfield("a", "The polar bear.")]
>>> record.add_field(Field("245", Indicators("1", "4"), title))
>>> best = HeadingSuggester.starter().suggest(record)[0]
>>> best.main
'Polar bear'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from techproc.classify.fields import Field, fields_of
from techproc.classify.headings.choosing import Choice, choose
from techproc.classify.headings.clues import has_number
from techproc.classify.headings.editions import Editions, editions, voted
from techproc.classify.headings.gathering import gather
from techproc.classify.headings.heading import SUBJECT_TAGS
from techproc.classify.headings.index import CHAIN, HeadingIndex
from techproc.classify.headings.judging import HeadingBench, judge, ranked
from techproc.classify.headings.storage import load
from techproc.classify.headings.telling import Telling
from techproc.classify.headings.vocabulary import Vocabulary
from techproc.classify.storage import load_postings
from techproc.classify.trace import Evidence

if TYPE_CHECKING:
    from pymarc import Record

__all__ = ["HeadingSuggester", "HeadingSuggestion", "Weighed"]

_DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class HeadingSuggestion:
    """A heading that the evidence speaks for: a field `tag` of main heading and subdivisions.

    `confidence` is the calibrated probability that a cataloguer gives this very heading,
    `main_confidence` that its main heading is given, with whatever subdivisions. `known` is False
    for a heading put together, which no record of the index has. `index` names what the counts were
    learned from, and when.
    """

    tag: str
    main: str
    subdivisions: tuple[tuple[str, str], ...]
    confidence: float
    main_confidence: float
    known: bool
    evidence: tuple[Evidence, ...]
    index: str

    @property
    def text(self) -> str:
        """The heading as it is written with dashes."""
        return "--".join([self.main, *(text for _, text in self.subdivisions)])

    def as_json(self) -> dict[str, Any]:
        """Return the suggestion as a JSON object."""
        return {
            "heading": self.text,
            "tag": self.tag,
            "main": self.main,
            "subdivisions": [{"code": code, "text": text} for code, text in self.subdivisions],
            "confidence": round(self.confidence, 4),
            "main_confidence": round(self.main_confidence, 4),
            "known": self.known,
            "evidence": [each.as_json() for each in self.evidence],
            "index": self.index,
        }


@dataclass(frozen=True, slots=True)
class Weighed:
    """The main headings and strings of a record (a place among those asked for), with confidence.

    `telling` has the evidence for them, of its `query`; `bench` judged them.
    """

    record: int
    query: int
    mains: dict[int, float]
    strings: list[tuple[int, int, float]]
    bench: HeadingBench
    telling: Telling

    def heeding(self, same: Editions) -> Weighed:
        """Return the same with the votes of other records of the work counted in."""
        mains, strings = voted(same, self.bench.votes, self.mains, self.strings)
        return replace(self, mains=mains, strings=strings)

    def choose(self, *, top: int | None = None, least: float = 0.0) -> list[Choice]:
        """Return the headings to give (`choosing`)."""
        return choose(self.mains, self.strings, self.bench.expects, top=top, least=least)


class HeadingSuggester:
    """A heading index with the judges that weigh it; `vocabulary` tells what is obsolete.

    `numbered` judges records whose class numbers are looked at, `bench` the others.
    """

    def __init__(
        self,
        index: HeadingIndex,
        bench: HeadingBench,
        vocabulary: Vocabulary | None = None,
        *,
        numbered: HeadingBench | None = None,
    ) -> None:
        self.index, self.bench, self.vocabulary = index, bench, vocabulary
        self.numbered = numbered
        self.source = "; ".join(
            f"{s['name']}, {s['records']} records, {s['date']}" for s in index.about["sources"]
        )

    @staticmethod
    @cache
    def starter() -> HeadingSuggester:
        """Return the suggester that ships with the package."""
        records = load_postings(_DATA / "starter.bin")
        index = load(_DATA / "headings.bin", records)
        return _with_judges(index)

    @staticmethod
    def load(path: str | Path) -> HeadingSuggester:
        """Return the suggester of an index file that `classify headings train` made.

        Raises InputError or CatalogError, as `techproc.classify.headings.storage.load` does.
        """
        return _with_judges(load(path))

    def suggest(
        self,
        record: Record,
        *,
        top: int | None = None,
        blind: bool = False,
        confidence: float = 0.0,
        others: Sequence[Record] = (),
    ) -> list[HeadingSuggestion]:
        """Return the headings for a record, the one worth most first; see `suggest_all`."""
        more = [fields_of(each) for each in others]
        return self.suggest_all(
            [fields_of(record)], top=top, blind=blind, confidence=confidence, others=[more]
        )[0]

    def suggest_all(
        self,
        records: Sequence[Sequence[Field]],
        *,
        top: int | None = None,
        blind: bool = False,
        confidence: float = 0.0,
        others: Sequence[Sequence[Sequence[Field]]] = (),
    ) -> list[list[HeadingSuggestion]]:
        """Return the headings for each of several records, given as fields; faster together.

        No heading of a record is looked at; its LC and Dewey numbers are, unless `blind`. Without
        `top`, as many are given as make the expected F1 greatest, none to five; with it, so many
        (`choosing`). A heading less sure than `confidence` is given without its subdivisions, and left
        out when that is less sure too.

        `others` are for each record those that may be of the same work (from the catalogue, from other
        libraries): those of the work (`tally`) vote with their headings, as do the index's records of the
        same creator and title, unless `blind`: for evaluation.
        """
        results: list[list[HeadingSuggestion]] = [[] for _ in records]
        for each in self.weighed(records, numbers=not blind):
            more = others[each.record] if others else ()
            same = editions(self.index, records[each.record], more, indexed=not blind)
            heard = each if same is None else each.heeding(same)
            chosen: dict[str, HeadingSuggestion] = {}
            for choice in heard.choose(top=top, least=confidence):
                one = self._suggestion(each.query, choice, each.telling, same)
                chosen.setdefault(one.text, one)
            results[each.record] = list(chosen.values())
        return results

    def weighed(self, records: Sequence[Sequence[Field]], *, numbers: bool) -> Iterator[Weighed]:
        """Yield what is thought of records; nothing of those that say nothing of a subject.

        With `numbers`, their class numbers are looked at; those that have one come last. The index's
        records of their works are not: counted as neighbours, they would make the judges, who learned
        without them, too sure.
        """
        have = [numbers and self.numbered is not None and has_number(f) for f in records]
        for bench, numbered in ((self.bench, False), (self.numbered, True)):
            places = [place for place, has in enumerate(have) if has is numbered]
            if not places or bench is None:
                continue
            found = gather(self.index, [records[p] for p in places], apart=True, numbers=numbered)
            judged = judge(self.index, bench, found)
            telling = Telling(self.index, found)
            for q, place in enumerate(places):
                # Nothing but language, place and form: no subject.
                mains, strings = ranked(judged, q) if q in telling.told else ({}, [])
                yield Weighed(place, q, mains, strings, bench, telling)

    def _suggestion(
        self, q: int, choice: Choice, telling: Telling, same: Editions | None
    ) -> HeadingSuggestion:
        index, main, chain = self.index, choice.main, choice.chain
        if main < len(index.mains):
            name, tag = index.mains[main], SUBJECT_TAGS[int(index.tags[main])]
            told = telling.evidence(q, main, chain)
            known = bool(index.string(np.array([main]), np.array([chain]))[0] >= 0)
        else:
            told, known = [], False
        if same is not None:
            told = [*same.evidence(main, chain), *told]
            known = known or same.has(main, chain)
            if main >= len(index.mains):
                name, tag = same.mains[main - len(index.mains)]
        label, evidence = self._current(name)
        if same is not None and chain >= len(index.chains):
            subdivisions = same.chains[chain - len(index.chains)]
        else:
            subdivisions = index.chains[chain]
        return HeadingSuggestion(
            tag=tag,
            main=label,
            subdivisions=tuple((part[0], part[1:]) for part in subdivisions.split(CHAIN) if part),
            confidence=choice.confidence,
            main_confidence=choice.main_confidence,
            known=known,
            evidence=(*evidence, *told),
            index=self.source,
        )

    def _current(self, label: str) -> tuple[str, list[Evidence]]:
        """Return the form of a main heading that the vocabulary uses, and that it is another."""
        entry = self.vocabulary.find(label) if self.vocabulary is not None else None
        if entry is None or not entry.use:
            return label, []
        return entry.use, [Evidence("vocabulary", f"{label} is not used", 1, 1)]


def _with_judges(index: HeadingIndex) -> HeadingSuggester:
    return HeadingSuggester(
        index,
        HeadingBench.load(_DATA / "heading_judges.npz"),
        numbered=HeadingBench.load(_DATA / "heading_number_judges.npz"),
    )
