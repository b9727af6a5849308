"""Duplicates among records: found, explained, reviewed, merged."""

from techproc.dedupe.compare import Comparison, compare, compare_many
from techproc.dedupe.decision import MatchDecision, decide, judge
from techproc.dedupe.features import Features, features
from techproc.dedupe.rules import rules_of

__all__ = [
    "Comparison",
    "Features",
    "MatchDecision",
    "compare",
    "compare_many",
    "decide",
    "features",
    "judge",
    "rules_of",
]
