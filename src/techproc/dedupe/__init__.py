"""Duplicates among records: found, explained, reviewed, merged."""

from techproc.dedupe.compare import Comparison, compare
from techproc.dedupe.decision import MatchDecision, decide
from techproc.dedupe.features import Features, features

__all__ = ["Comparison", "Features", "MatchDecision", "compare", "decide", "features"]
