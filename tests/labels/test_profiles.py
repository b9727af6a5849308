"""The rule language of splitting profiles."""

import pytest

from techproc.errors import ConfigError
from techproc.labels import split
from techproc.labels.profiles import builtin_profiles, load_profiles, parse_rules, profile_named


def test_the_last_rule_that_fits_decides():
    """A later rule overrides an earlier, general one."""
    profile = builtin_profiles()["lc-class"]
    assert profile.action("letters", "number") == "+"
    assert profile.action("number", "cutter") == "|"
    assert profile.action("word", "word") == "~"


def test_a_library_writes_its_own_profile(tmp_path):
    """A TOML file extends a profile that comes with the package."""
    file = tmp_path / "profiles.toml"
    file.write_text('[mine]\nextends = "lc"\nrules = """\ncutter + cutter\nhide cutter-dot"""\n')
    found = split("QH541.C6 C25 2012", "mine", profiles=load_profiles(file))
    assert found.lines == ("QH", "541", "C6 C25", "2012")
    assert found.hidden == ((5, "."),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("letters & number", "is no rule"),
        ("leters | number", "did you mean letters"),
        ("hide letters", "hide takes"),
        ("wrap decimal many", "is no rule"),
        ("hide - letters", "or signs, not letters"),
        ("break before 9", "figures or signs, not 9"),
        ("break after figures", "point or signs, not figures"),
        ("break beside :", "is no rule"),
    ],
)
def test_a_wrong_rule_names_its_line(text, message):
    """The error says which line and what is possible."""
    with pytest.raises(ConfigError, match=f"line 2.*{message}"):
        parse_rules(f"# a comment\n{text}")


@pytest.mark.parametrize(
    "content",
    [
        "[x]\nschme = 'lcc'",
        "[x]\nscheme = 'udc'",
        "[x]\nextends = 'y'",
        "x = 1",
        "[x",
        "[x]\nwidth = -1",
        "[x]\nwidth = true",
        "[x]\nextends = ['lc']",
        "[x]\nrules = ['letters | number']",
    ],
)
def test_a_wrong_file_is_refused(tmp_path, content):
    """Unknown keys, schemes and parents, and files that are not TOML."""
    file = tmp_path / "p.toml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=r"p\.toml|splitting profile"):
        load_profiles(file)


def test_an_unknown_profile_suggests_one():
    """A slip of the pen is answered with the nearest name."""
    with pytest.raises(ConfigError, match="did you mean dewey"):
        profile_named("dewy")
