"""What records of the same work have: a heading that another edition was given is likely here too.

Each record of the work has one vote for every heading it has. How likely votes make a heading, with
what the index thinks of it by the words alone, was learned from works of which LC has several records.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from techproc.classify.fields import Field, control_of
from techproc.classify.headings.clues import subjects
from techproc.classify.headings.gathering import Doubles
from techproc.classify.headings.index import HeadingIndex, chain_of
from techproc.classify.tally import TITLED, same_work_among, same_work_in
from techproc.classify.trace import Evidence

__all__ = ["Editions", "editions", "main_votes", "string_votes", "voted"]

_RECORDS = 5
_LEAST = 1e-3  # a chance below this says no more than that nothing was found


@dataclass(frozen=True, slots=True)
class Editions:
    """The headings of the other records of a work, each record with why it is of the work.

    A heading is a main heading and a chain, as places in the index; what the index does not have is
    numbered on behind it, and stands in `mains` (with its tag) and `chains`. `named` is False for a
    work without a creator, whose title alone may be another's.
    """

    votes: tuple[
        tuple[frozenset[tuple[int, int]], str, str], ...
    ]  # headings, reason, control number
    mains: tuple[tuple[str, str], ...]
    chains: tuple[str, ...]
    named: bool

    def has(self, main: int, chain: int) -> bool:
        """Return whether a record of the work has the heading."""
        return any((main, chain) in held for held, _, _ in self.votes)

    def evidence(self, main: int, chain: int) -> list[Evidence]:
        """Return the votes for a main heading by reason, and for it with its subdivisions."""
        told = []
        total = len(self.votes)
        for reason in dict.fromkeys(reason for _, reason, _ in self.votes):
            having = [
                control
                for held, why, control in self.votes
                if why == reason and any(m == main for m, _ in held)
            ]
            if having:
                numbers = tuple(filter(None, having))[:_RECORDS]
                told.append(Evidence("same work", reason, len(having), total, numbers))
        whole = sum((main, chain) in held for held, _, _ in self.votes)
        if chain and told:
            told.append(Evidence("same work", "with these subdivisions", whole, total))
        return told


def editions(
    index: HeadingIndex,
    fields: Sequence[Field],
    others: Iterable[Sequence[Field]] = (),
    *,
    indexed: bool = True,
) -> Editions | None:
    """Return the headings of other records of the work, of `others` and of the index; None without.

    A record that is in both (the same control number) has one vote. Without `indexed`, the index's are
    not looked at.
    """
    mains: dict[str, tuple[int, str]] = {}
    chains: dict[str, int] = {}

    def main_place(label: str, tag: str) -> int:
        known = _place(index.mains, label)
        return (
            known
            if known >= 0
            else mains.setdefault(label, (len(index.mains) + len(mains), tag))[0]
        )

    def chain_place(chain: str) -> int:
        known = _place(index.chains, chain)
        return known if known >= 0 else chains.setdefault(chain, len(index.chains) + len(chains))

    votes = []
    counted = set()
    for other, reason in same_work_among(fields, others):
        held = frozenset(
            (main_place(h.main, h.tag), chain_place(chain_of(h))) for h in subjects(other)
        )
        if held:
            votes.append((held, reason, control_of(other)))
            counted.add(control_of(other))
    for record in same_work_in(index.records, fields) if indexed else ():
        strings = index.strings[index.starts[record] : index.starts[record + 1]]
        control = index.records.controls[record]
        if len(strings) and control not in counted - {""}:
            pairs = zip(
                index.string_main[strings].tolist(),
                index.string_chain[strings].tolist(),
                strict=True,
            )
            votes.append((frozenset(pairs), TITLED, control))
    if not votes:
        return None
    return Editions(
        votes=tuple(votes),
        mains=tuple((label, tag) for label, (_, tag) in mains.items()),
        chains=tuple(chains),
        named=any(tag in ("100", "110", "111", "130") for tag, _, _ in fields),
    )


def _place(names: Sequence[str], name: str) -> int:
    at = bisect_left(names, name)
    return at if at < len(names) and names[at] == name else -1


def voted(
    found: Editions,
    weights: Mapping[str, Doubles],
    mains: Mapping[int, float],
    strings: Sequence[tuple[int, int, float]],
) -> tuple[dict[int, float], list[tuple[int, int, float]]]:
    """Return main headings and strings with the votes counted in, each with its confidence.

    `mains` and `strings` are what the index thinks of the record by itself (`judging.ranked`).
    """
    names, main_inputs = main_votes(found, mains)
    pairs, string_inputs = string_votes(found, strings)
    sure = _chances(main_inputs, weights["main"])
    whole = _chances(string_inputs, weights["string"])
    return (
        dict(zip(names, sure, strict=True)),
        [(main, chain, each) for (main, chain), each in zip(pairs, whole, strict=True)],
    )


def main_votes(found: Editions, mains: Mapping[int, float]) -> tuple[list[int], Doubles]:
    """Return the main headings of a record and its editions, with the inputs that they are weighed by."""
    count = Counter(m for held, _, _ in found.votes for m in {main for main, _ in held})
    every = {**dict.fromkeys(sorted(count), 0.0), **mains}
    return list(every), _inputs(found, list(every.values()), [count[main] for main in every])


def string_votes(
    found: Editions, strings: Sequence[tuple[int, int, float]]
) -> tuple[list[tuple[int, int]], Doubles]:
    """Return the same of strings."""
    count = Counter(pair for held, _, _ in found.votes for pair in held)
    every = {**dict.fromkeys(sorted(count), 0.0), **{(m, c): sure for m, c, sure in strings}}
    return list(every), _inputs(found, list(every.values()), [count[pair] for pair in every])


def _inputs(found: Editions, sure: Sequence[float], votes: Sequence[int]) -> Doubles:
    """Return a row for each heading: its log odds by the words, its share of the votes, and both."""
    chance = np.clip(np.array(sure, np.float64), _LEAST, 1 - _LEAST)
    odds = np.log(chance / (1 - chance))
    share = np.array(votes, np.float64) / len(found.votes)
    some = share > 0
    return np.column_stack(
        [
            np.ones(len(odds)), odds, share, share * np.log(len(found.votes)), some, some * odds,
            some & found.named, ~some & found.named,
        ]
    ).astype(np.float64)  # fmt: skip


def _chances(inputs: Doubles, weights: Doubles) -> list[float]:
    # Rounded, as those that nobody voted on (`judging.ranked`).
    chances: list[float] = np.round(1 / (1 + np.exp(-(inputs @ weights))), 6).tolist()
    return chances
