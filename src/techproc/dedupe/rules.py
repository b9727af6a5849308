"""The policy `[match]` made ready for use: weights, factors, vetoes and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from techproc.config import MatchPolicy
from techproc.dedupe.vetoes import STRENGTHS, VETOES
from techproc.dedupe.weights import FIELDS, Weights, load_weights, shipped_weights
from techproc.errors import ConfigError

__all__ = ["Rules", "rules_of"]


@dataclass(frozen=True, slots=True)
class Rules:
    """Weights, a factor for each named field, strengths of vetoes, and the limits."""

    weights: Weights
    factors: Mapping[str, float] = field(default_factory=dict)
    strengths: Mapping[str, str] = field(default_factory=dict)
    duplicate: float = MatchPolicy().duplicate
    group: float = MatchPolicy().group
    review: float = MatchPolicy().review


@lru_cache(maxsize=8)
def rules_of(policy: MatchPolicy) -> Rules:
    """Return the rules that a policy states.

    Raises ConfigError for an unknown field or veto, a factor that is no number, or limits that
    that are out of order.

    >>> rules_of(MatchPolicy(factors=("subjects = 0.5",), vetoes=("edition = no",))).strengths
    {'edition': 'no'}
    >>> rules_of(MatchPolicy(vetoes=("colour = no",)))
    Traceback (most recent call last):
    ...
    techproc.errors.ConfigError: match.vetoes: unknown veto 'colour'; known: linked, level, type, \
carrier, language, edition, part, numbers, title, document, series, isbn, \
years, volumes, thin, serial, music, map
    """
    if not 0 <= policy.review <= policy.duplicate <= 1 or not 0 <= policy.group <= 1:
        raise ConfigError(
            f"match.review = {policy.review}, match.group = {policy.group} and match.duplicate = "
            f"{policy.duplicate}: they must be 0 ≤ review ≤ duplicate ≤ 1, and group within that"
        )
    factors = {}
    for name, value in _settings(policy.factors, "match.factors"):
        if name not in (*FIELDS, "identifiers"):
            known = ", ".join((*FIELDS, "identifiers"))
            raise ConfigError(f"match.factors: unknown field {name!r}; known: {known}")
        try:
            factors[name] = float(value)
        except ValueError:
            raise ConfigError(f"match.factors: {name} = {value!r} is not a number") from None
    strengths = {}
    for name, value in _settings(policy.vetoes, "match.vetoes"):
        if name not in ("linked", *VETOES):
            known = ", ".join(("linked", *VETOES))
            raise ConfigError(f"match.vetoes: unknown veto {name!r}; known: {known}")
        if value not in STRENGTHS:
            raise ConfigError(f"match.vetoes: {name} = {value!r}; it takes no, review or off")
        strengths[name] = value
    weights = load_weights(policy.weights) if policy.weights else shipped_weights()
    return Rules(weights, factors, strengths, policy.duplicate, policy.group, policy.review)


def _settings(lines: tuple[str, ...], where: str) -> list[tuple[str, str]]:
    pairs = []
    for line in lines:
        name, equals, value = line.partition("=")
        if not equals:
            raise ConfigError(f"{where}: {line!r} is not of the form name = value")
        pairs.append((name.strip(), value.strip()))
    return pairs
