"""Match rules of other systems, stated as data: for those who must find what their system would."""

from techproc.dedupe.mirror.matching import Matched, match_pair, matches_in
from techproc.dedupe.mirror.rules import MatchRules, Point, load_match_rules, match_presets

__all__ = [
    "MatchRules",
    "Matched",
    "Point",
    "load_match_rules",
    "match_pair",
    "match_presets",
    "matches_in",
]
