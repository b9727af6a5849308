"""Other systems' match rules: points that add up, required checks, trees."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.dedupe.mirror import load_match_rules, match_pair, matches_in
from techproc.errors import ConfigError


def made(isbn: str = "", title: str = "", system: str = "") -> pymarc.Record:
    record = pymarc.Record()
    for tag, code, text in (("020", "a", isbn), ("245", "a", title), ("901", "c", system)):
        if text:
            record.add_field(Field(tag, Indicators(" ", " "), [Subfield(code, text)]))
    return record


def test_kohas_points_reach_the_threshold_and_its_checks_are_required(tmp_path: Path) -> None:
    one, other = made("0-306-40615-2 (pbk.)", "The Sea!"), made("9780306406157", "the sea")
    assert match_pair(one, other, load_match_rules("koha")) == (True, 1000, ("ISBN", "title"))
    third = made("9780306406157", "Another")
    assert match_pair(one, third, load_match_rules("koha"))[0]
    rules = tmp_path / "checked.toml"
    rules.write_text('extends = "koha"\n[require]\nall = ["title"]\n')
    assert match_pair(one, other, load_match_rules(rules))[0]
    assert not match_pair(one, third, load_match_rules(rules))[0]
    assert not match_pair(made(title="Sea"), made(title="sea"), load_match_rules("koha"))[0]


def test_evergreens_tree_and_quality(tmp_path: Path) -> None:
    rules = load_match_rules("evergreen")
    one = made("0306406152", "Sea", "42")
    assert match_pair(one, made("", "", "42"), rules) == (True, 100, ("system number",))
    assert match_pair(one, made("9780306406157", "sea"), rules) == (True, 30, ("ISBN", "title"))
    assert not match_pair(one, made("9780306406157", "Shore"), rules)[0]
    negated = tmp_path / "not.toml"
    negated.write_text('extends = "evergreen"\n[require]\nall = ["ISBN", { not = "title" }]\n')
    assert match_pair(one, made("9780306406157", "Shore"), load_match_rules(negated))[0]
    assert not match_pair(one, made("9780306406157", "Sea"), load_match_rules(negated))[0]


_some = st.builds(
    made, st.sampled_from(["", "0306406152", "080442957X"]), st.sampled_from(["", "Sea", "Shore"]),
    st.sampled_from(["", "1", "2"]),
)  # fmt: skip


@given(st.lists(_some, max_size=8), st.sampled_from(["koha", "evergreen"]))
def test_what_is_found_is_what_every_pair_says(records: list[pymarc.Record], name: str) -> None:
    rules = load_match_rules(name)
    found = [(m.first, m.second) for m in matches_in(records, rules)]
    assert found == [
        (i, j)
        for i, j in combinations(range(len(records)), 2)
        if match_pair(records[i], records[j], rules)[0]
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("treshold = 1", "did you mean threshold"),
        ('[[point]]\nfields = "020$a"\nnorm = "isbm"\nscore = 1', "did you mean isbn"),
        ('[[point]]\nfields = "020$a"\n', "nothing matches"),
        ('extends = "koha"\n[require]\nall = ["titel"]', "did you mean title"),
        ('[[point]]\nfields = "020$a"\nparts = "245$a"', "either fields"),
    ],
)
def test_a_mistake_in_the_rules_is_told(tmp_path: Path, text: str, message: str) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_match_rules(rules)
