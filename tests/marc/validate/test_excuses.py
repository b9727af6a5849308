"""Baselines and waivers: what is known is not reported again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from techproc.errors import ConfigError, InputError
from techproc.findings import Finding
from techproc.marc.validate import Baseline, Waivers

FINDING = Finding(rule="marc.isbn", message="wrong", control="b1", path="020$a")


def test_baseline(tmp_path: Path) -> None:
    """What was found before is excused as often as it was found, and no oftener."""
    path = tmp_path / "baseline.jsonl"
    path.write_text(json.dumps(FINDING.as_json()) + "\n" + '{"summary": {}}\n')
    known = Baseline.read(path)
    assert known.excuses(FINDING.at(record=7))
    assert not known.excuses(FINDING)
    assert not known.excuses(FINDING.at(control="b2"))
    for text in ("rubbish", "[1]", '{"a": 1}'):
        path.write_text(text)
        with pytest.raises(InputError):
            Baseline.read(path)
    with pytest.raises(InputError):
        Baseline.read(tmp_path / "missing")


def test_waivers(tmp_path: Path) -> None:
    """A waiver excuses its rule at its path in its record, however often; a star is anything."""
    path = tmp_path / "waivers.toml"
    path.write_text(
        '[[waiver]]\nrule = "marc.isbn"\npath = "020$a"\ncontrol = "b1"\nreason = "misprint"\n'
        '[[waiver]]\nrule = "marc.link-*"\nreason = "the system tears them"\n'
        '[[waiver]]\nrule = "marc.url"\nreason = "old"\n'
    )
    waivers = Waivers.read(path)
    assert waivers.excuses(FINDING)
    assert waivers.excuses(FINDING)
    assert not waivers.excuses(FINDING.at(control="b2"))
    assert not waivers.excuses(FINDING.at(path="020$z"))
    assert waivers.excuses(FINDING.at(rule="marc.link-no-880", control=None, path=None))
    assert [waiver.rule for waiver in waivers.unused] == ["marc.url"]


@pytest.mark.parametrize(
    "text",
    ["rule = 1", "[[waiver]]\nrule = 'x'", "[[waiver]]\nrule = 'x'\nreason = 'y'\ntag = '245'",
     "[[waiver]]\nrule = 'x'\nreason = 1", "waiver = 3", "[[other]]\na = 1", "not toml"],
)  # fmt: skip
def test_a_wrong_file_of_waivers_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name, and what is wrong."""
    path = tmp_path / "waivers.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"waivers\.toml"):
        Waivers.read(path)
