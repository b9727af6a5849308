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
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from techproc.classify.fields import Field, fields_of
from techproc.classify.headings.choosing import Choice, choose
from techproc.classify.headings.clues import has_number
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

    `telling` has the evidence for them, of its `query`; `expects` is as in `HeadingBench`.
    """

    record: int
    query: int
    mains: dict[int, float]
    strings: list[tuple[int, int, float]]
    expects: float
    telling: Telling

    def choose(self, *, top: int | None = None, least: float = 0.0) -> list[Choice]:
        """Return the headings to give (`choosing`)."""
        return choose(self.mains, self.strings, self.expects, top=top, least=least)


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
    ) -> list[HeadingSuggestion]:
        """Return the headings for a record, the one worth most first; see `suggest_all`."""
        fields = fields_of(record)
        return self.suggest_all([fields], top=top, blind=blind, confidence=confidence)[0]

    def suggest_all(
        self,
        records: Sequence[Sequence[Field]],
        *,
        top: int | None = None,
        blind: bool = False,
        confidence: float = 0.0,
    ) -> list[list[HeadingSuggestion]]:
        """Return the headings for each of several records, given as fields; faster together.

        No heading of a record is looked at; its LC and Dewey numbers are, unless `blind`. Without
        `top`, as many are given as make the expected F1 greatest, none to five; with it, so many
        (`choosing`). A heading less sure than `confidence` is given without its subdivisions, and left
        out when that is less sure too. With `blind`, the index's records of the same work are not looked
        at either: for evaluation.
        """
        results: list[list[HeadingSuggestion]] = [[] for _ in records]
        for each in self.weighed(records, apart=blind, numbers=not blind):
            chosen: dict[str, HeadingSuggestion] = {}
            for choice in each.choose(top=top, least=confidence):
                one = self._suggestion(each.query, choice, each.telling)
                chosen.setdefault(one.text, one)
            results[each.record] = list(chosen.values())
        return results

    def weighed(
        self, records: Sequence[Sequence[Field]], *, apart: bool, numbers: bool
    ) -> Iterator[Weighed]:
        """Yield what is thought of records, but for those that say nothing of a subject.

        With `apart`, records of their works are not looked at; with `numbers`, their class numbers
        are. Those that have a number come last.
        """
        have = [numbers and self.numbered is not None and has_number(f) for f in records]
        for bench, numbered in ((self.bench, False), (self.numbered, True)):
            places = [place for place, has in enumerate(have) if has is numbered]
            if not places or bench is None:
                continue
            found = gather(self.index, [records[p] for p in places], apart=apart, numbers=numbered)
            judged = judge(self.index, bench, found)
            telling = Telling(self.index, found)
            for q, place in enumerate(places):
                if q in telling.told:  # more than language, place and form
                    yield Weighed(place, q, *ranked(judged, q), bench.expects, telling)

    def _suggestion(self, q: int, choice: Choice, telling: Telling) -> HeadingSuggestion:
        index, main, chain = self.index, choice.main, choice.chain
        label, evidence = self._current(index.mains[main])
        evidence += telling.evidence(q, main, chain)
        parts = index.chains[chain].split(CHAIN) if chain else []
        return HeadingSuggestion(
            tag=SUBJECT_TAGS[int(index.tags[main])],
            main=label,
            subdivisions=tuple((part[0], part[1:]) for part in parts),
            confidence=choice.confidence,
            main_confidence=choice.main_confidence,
            known=bool(index.string(np.array([main]), np.array([chain]))[0] >= 0),
            evidence=tuple(evidence),
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
