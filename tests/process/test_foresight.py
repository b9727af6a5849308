"""What is looked into ahead: which index the class numbers come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc.classify.fields import fields_of
from techproc.classify.storage import save
from techproc.classify.suggest import Suggester
from techproc.classify.training import train
from techproc.config import Policy
from techproc.errors import CatalogError, InputError
from techproc.process.foresight import Foresight, Query


def record(number: str, title: str) -> Record:
    made = Record()
    made.add_field(Field("001", data=number))
    made.add_field(Field("050", Indicators("0", "0"), [Subfield("a", "GR1234")]))
    made.add_field(Field("245", Indicators("1", "0"), [Subfield("a", title)]))
    made.add_field(Field("650", Indicators(" ", "0"), [Subfield("a", "Zubzub")]))
    return made


def with_index(path: Path) -> Policy:
    policy = Policy()
    return replace(policy, classify=replace(policy.classify, index=str(path), confidence=0.0))


def test_the_librarys_own_index_is_asked(tmp_path: Path) -> None:
    """With `classify.index`, numbers come from that index and name it; here and in the helper."""
    records = [fields_of(record(str(n), f"Zubzub {n}")) for n in range(9)]
    base = Suggester.starter().index
    path = tmp_path / "own.index"
    save(train(records, name="our library", date="2026-01-01", base=base), path)
    unknown = record("x", "More of zubzub")
    unknown.remove_fields("050")
    for helper in (False, True):
        with Foresight(None, with_index(path), helper=helper) as foresight:
            found = foresight.ask([Query(unknown)])()[0].suggestions["lcc"]
        assert found[0].number == "GR1234"
        assert "our library" in found[0].index


def test_an_index_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    """A missing file and one of another version stop the run before it begins."""
    with pytest.raises(InputError, match="no such file"):
        Foresight(None, with_index(tmp_path / "none"), helper=True)
    old = tmp_path / "old.index"
    old.write_bytes(b'techproc evidence index\n\x0d\x00\x00\x00{"format": 1}')
    with pytest.raises(CatalogError, match=r"format 1.*classify train"):
        Foresight(None, with_index(old), helper=True)
