"""Headings that are wrong in one way each, and those that are right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc.classify.headings import HeadingChecker, Vocabulary, build_vocabulary, open_vocabulary
from techproc.marc import Loaded, read

TERMS = ["Cats", "Painting", "World War, 1939-1945", "Motion pictures", "Education", "Libraries"]


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadingChecker]:
    folder = tmp_path_factory.mktemp("index")
    rows = [f"sh{n},{term!r}".replace("'", '"') for n, term in enumerate(TERMS, 1)]
    (folder / "lcsh.csv").write_text("\n".join(["id,subject", *rows]), "utf-8")
    (folder / "fast.csv").write_text("id,subject\nhttp://id.worldcat.org/fast/848961,Cats\n")
    build_vocabulary("lcsh", folder, [folder / "lcsh.csv"])
    build_vocabulary("fast", folder, [folder / "fast.csv"])
    opened: dict[str, Vocabulary] = {
        name: open_vocabulary(name, folder) for name in ("lcsh", "fast")
    }
    yield HeadingChecker(opened)
    for vocabulary in opened.values():
        vocabulary.close()


def field(text: str) -> Field:
    """Make a field of "650 _0$aCats$zFrance"."""
    marks, *subfields = text[4:].split("$")
    one, two = marks.replace("_", " ")
    return Field(text[:3], Indicators(one, two), [Subfield(s[0], s[1:]) for s in subfields])


@pytest.mark.parametrize(
    ("heading", "rule", "fix"),
    [
        ("650 _7$aCats", "heading.no-source", "add $2"),
        ("650 _0$aCats$2fast", "heading.source-conflict", "second indicator 7 goes with $2"),
        ("650 _0$aMoving-pictures.", "heading.obsolete", "Motion pictures"),
        ("650 _0$aWorld war, 1939-1945.", "heading.form", "World War, 1939-1945"),
        ("650 _0$aLibrairies.", "heading.unknown", "Libraries"),
        ("650 _0$aCats$0http://id.loc.gov/authorities/subjects/sh2", "heading.identifier",
         "correct the number or the heading"),
        ("650 _7$aCats$2fast$0(OCoLC)fst00999999", None, None),
        ("650 _0$aCats$vCongreses.", "heading.subdivision-unknown", "Congresses"),
        ("650 _0$aEducation$xCongresses.", "heading.subdivision-code", "$v Congresses"),
        ("650 _0$aPainting$xCriticism and interpretation.", "heading.subdivision-kind",
         "choose the subdivision of this kind of heading"),
        ("650 _0$aEducation$zFrance$xLaw and legislation.", "heading.geographic-order", "move $z"),
        ("650 _0$aPainting$zParis.", "heading.geographic-indirect", "$z France $z Paris"),
        ("650 _0$aPainting$zGreat Britain$zEngland.", "heading.geographic-indirect", "$z England"),
    ],
)  # fmt: skip
def test_one_fault_is_found_and_only_that(
    checker: HeadingChecker, heading: str, rule: str | None, fix: str | None
) -> None:
    found = list(checker.check(Record(fields=[field(heading)])))
    assert [(f.rule, f.fix) for f in found] == ([(rule, fix)] if rule else [])
    assert all(f.path == "650" for f in found)


@pytest.mark.parametrize(
    "heading",
    [
        "650 _0$aCats.", "650 _0$aCats$zFrance$zParis$vFiction.", "650 _0$aEducation$xHistory$y20th century.",
        "600 10$aTolstoy, Leo,$cgraf,$d1828-1910$xCriticism and interpretation.",
        "651 _0$aFrance$xHistory$yRevolution, 1789-1799.", "650 _0$aEducation$xLaw and legislation$zFrance.",
        "650 _2$aNeoplasms$xtherapy.", "650 _7$aKatzen$2gnd", "655 _7$aNovels.$2lcgft",
        "650 _0$aPainting$zFlorida$zSaint Petersburg.",
    ],
)  # fmt: skip
def test_what_is_right_is_left_alone(checker: HeadingChecker, heading: str) -> None:
    assert list(checker.check(Record(fields=[field(heading)]))) == []


def test_a_heading_that_is_there_twice(checker: HeadingChecker) -> None:
    record = Record(fields=[field("650 _0$aCats."), field("650 _0$aCATS")])
    assert {f.rule for f in checker.check(record)} == {"heading.duplicate", "heading.form"}


def test_few_of_lcs_own_headings_are_blamed(shared_data: Path) -> None:
    """Without a vocabulary, use alone: under two percent of the headings of 2,000 LC records."""
    checker = HeadingChecker({})
    headings = blamed = 0
    for item in read(shared_data / "marc" / "lc-books-2016-dev.mrc.xz"):
        if item.number > 2000:
            break
        assert isinstance(item, Loaded)
        headings += len(item.record.get_fields("600", "610", "611", "630", "650", "651"))
        blamed += sum(1 for _ in checker.check(item.record))
    assert 0 < blamed < headings / 50
