"""Every rule's own examples: the failing one breaks it at its place, the passing one keeps it."""

from __future__ import annotations

import pytest

from techproc.marc import decode, encode
from techproc.marc.validate import PROFILES, RULES, Rule, Validator
from techproc.marc.validate.example import example_record

STRICT = Validator.with_profile("strict")


def broken(lines: tuple[str, ...]) -> list[tuple[str, str | None]]:
    """Return rule and path of what is found in the sound record with some lines put in."""
    return [(f.rule, f.path) for f in STRICT.validate(example_record(lines))]


def test_the_sound_record_is_sound() -> None:
    """No rule of any profile has anything to say of it."""
    assert broken(()) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_examples(rule: Rule) -> None:
    """A rule finds its fault where it says, and leaves the mended record alone."""
    assert (rule.id, rule.path) in broken(rule.failing)
    assert rule.id not in {name for name, _ in broken(rule.passing)}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_record_from_a_file_is_judged_alike(rule: Rule) -> None:
    """Fields scanned from bytes and fields of a pymarc.Record give the same findings."""
    record = example_record(rule.failing)
    from_file = decode(encode(record))
    record.leader = from_file.leader  # its encoding is another now
    once = [(f.rule, f.path, f.message) for f in STRICT.validate(from_file)]
    assert once == [(f.rule, f.path, f.message) for f in STRICT.validate(record)]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_is_wanted(rule: Rule) -> None:
    """Each has a source and what to do; its id is short and spelt as the others are."""
    assert rule.source
    assert rule.fix
    assert rule.finds[0].islower() or rule.finds[0].isdigit() or rule.finds[0] in "$U"
    assert rule.id.startswith("marc.")
    assert rule.id in PROFILES["strict"]
