"""Opening what a policy names."""

from __future__ import annotations

import gc

import pytest

from techproc import marc
from techproc.config import SourcePolicy
from techproc.errors import ConfigError, InputError
from techproc.sources import gather, opened_sources, remote_sources


def test_the_sources_of_a_policy_in_their_order(tmp_path, made_book) -> None:
    """Files first, then targets, then Open Library; two files of one name keep their paths."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        marc.write([made_book(1)], tmp_path / folder / "x.mrc")
    policy = SourcePolicy(targets=("loc", "dnb"), openlibrary=True, cache=str(tmp_path / "c"))
    files = [tmp_path / "a" / "x.mrc", tmp_path / "b" / "x.mrc"]
    with opened_sources(policy, files) as sources:
        assert [s.key for s in sources] == [*map(str, files), "loc", "dnb", "openlibrary"]
    with opened_sources(policy, files[:1]) as sources:
        assert sources[0].key == "x.mrc"


def test_offline_says_what_it_does_not_know_and_closes_itself(tmp_path) -> None:
    """Without an answer in the cache an ISBN is unanswered; nothing is left open."""
    policy = SourcePolicy(openlibrary=True, offline=True, cache=str(tmp_path / "c"))
    sources = remote_sources(policy)
    gathered = gather(["9780306406157"], sources)
    assert gathered.unanswered == {"openlibrary": frozenset({"9780306406157"})}
    del sources
    gc.collect()  # an open database would warn here, and warnings are errors


def test_nothing_is_opened_for_nothing(tmp_path) -> None:
    """No network source, no cache; unknown targets and missing files are misuse."""
    policy = SourcePolicy(cache=str(tmp_path / "c"))
    with opened_sources(policy) as sources:
        assert sources == []
    assert not (tmp_path / "c").exists()
    with pytest.raises(ConfigError, match="no target"):
        remote_sources(SourcePolicy(targets=("nowhere",)))
    with pytest.raises(InputError), opened_sources(policy, [tmp_path / "no.mrc"]):
        pass
