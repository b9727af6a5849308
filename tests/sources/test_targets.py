"""Targets: ours are sound, the user's are checked key by key."""

from __future__ import annotations

import pytest

from techproc.errors import ConfigError
from techproc.identifiers import isbn
from techproc.sources.cql import clause
from techproc.sources.targets import find_targets, load_targets


def test_our_targets_are_sound(tmp_path) -> None:
    """ISBN indexes, where known, are CQL names, and canaries are ISBNs."""
    (tmp_path / "none.toml").write_text("")
    targets = load_targets(tmp_path / "none.toml")
    assert len(targets) >= 20
    for target in targets.values():
        assert target.name
        if target.query == "cql" and target.isbn:
            clause(target.isbn, "x")
        assert not target.canary or isbn.normalize(target.canary) == target.canary


def test_the_users_targets_stand_over_ours(tmp_path) -> None:
    """A key that is there too replaces ours, others are added."""
    own = tmp_path / "targets.toml"
    own.write_text('[mine]\nurl = "http://localhost:9999/db"\nisbn = "x.y"\nrate = 2\n')
    targets = load_targets(own)
    assert targets["mine"].rate == 2.0
    assert "loc" in targets
    with pytest.raises(ConfigError, match=r"did you mean loc\?"):
        find_targets(["locc"], targets)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[a]\nurl = "http://x"\nisbm = "y"', "did you mean isbn"),
        ('[a]\nurl = "x.org"', "must begin with http"),
        ('[a]\nurl = "http://me:pw@x.org/"', "username and password_env"),
        ('[a]\nurl = "http://x"\npage = "9"', "not allowed"),
        ('[a]\nurl = "http://x"\npage = true', "not allowed"),
        ('[a]\nurl = "http://x"\nconnections = 40', "1 to 4"),
        ('[a]\nurl = "http://x"\nversion = "3.0"', "version is one of"),
        ("a = 1", "not a table"),
        ("[a", "not a TOML file"),
    ],
)
def test_mistakes_are_named(tmp_path, text, what) -> None:
    """File, table and key stand in the message, with what is allowed."""
    own = tmp_path / "targets.toml"
    own.write_text(text)
    with pytest.raises(ConfigError, match=what):
        load_targets(own)
    with pytest.raises(ConfigError, match="no such file"):
        load_targets(tmp_path / "nowhere.toml")
