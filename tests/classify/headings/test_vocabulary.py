"""The index of a vocabulary: built from what it comes as, and asked."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc.classify.headings import build_vocabulary, open_vocabulary
from techproc.classify.headings.sources import VOCABULARIES
from techproc.errors import InputError, MissingExtra
from techproc.marc import write

HEADINGS = [
    ("https://id.loc.gov/authorities/subjects/sh85021262", "Cats"),
    ("https://id.loc.gov/authorities/subjects/sh85032312", "Cooking, French"),
    ("https://id.loc.gov/authorities/subjects/sh1", "Māori (New Zealand people)"),
    ("https://id.loc.gov/authorities/subjects/sh2", "Libraries and readers"),
]


def table(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "scheme", "subject"])
        rows.writerows((number, "LCSH", text) for number, text in HEADINGS)
    return path


@pytest.mark.parametrize("kind", ["csv", "jsonl", "whl", "mrc"])
def test_every_source_gives_the_same_headings(kind: str, tmp_path: Path) -> None:
    source = table(tmp_path / "headings.csv")
    if kind == "jsonl":
        source = tmp_path / "headings.jsonl"
        lines = (json.dumps({"id": number, "subject": text}) for number, text in HEADINGS)
        source.write_text("\n".join(lines), "utf-8")
    elif kind == "whl":
        wheel = tmp_path / "headings.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.write(source, "vocabulary/headings.csv")
        source = wheel
    elif kind == "mrc":
        source = tmp_path / "authorities.mrc"
        write((authority(number, text) for number, text in HEADINGS), source)
    assert build_vocabulary("lcsh", tmp_path / "index", [source]) == len(HEADINGS)
    with open_vocabulary("lcsh", tmp_path / "index") as vocabulary:
        found = vocabulary.find("maori (new zealand people)")
        assert found is not None
        assert (found.label, found.use) == ("Māori (New Zealand people)", None)
        numbered = vocabulary.numbered("http://id.loc.gov/authorities/subjects/sh85021262")
        assert numbered is not None
        assert numbered.label == "Cats"
        assert vocabulary.find("Dogs") is None
        assert [entry.label for entry, _ in vocabulary.near("Cooking, Frensh")] == [
            "Cooking, French"
        ]


def authority(number: str, text: str, *variants: str) -> Record:
    blank = Indicators(" ", " ")
    return Record(
        fields=[
            Field("001", data=number.rsplit("/", 1)[-1]),
            Field("150", blank, [Subfield("a", text)]),
            *(Field("450", blank, [Subfield("a", one)]) for one in variants),
        ]
    )


def test_references_of_authority_records_lead_to_the_form_that_is_used(tmp_path: Path) -> None:
    write(
        [authority("sh85088084", "Motion pictures", "Moving-pictures", "Films")], tmp_path / "a.mrc"
    )
    build_vocabulary("lcsh", tmp_path, [tmp_path / "a.mrc"])
    with open_vocabulary("lcsh", tmp_path) as vocabulary:
        found = vocabulary.find("Moving pictures")
        assert found is not None
        assert found.use == "Motion pictures"


def test_what_is_no_vocabulary_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="columns id and subject"):
        build_vocabulary("lcsh", tmp_path, [wrong])
    assert not (tmp_path / "headings-lcsh.sqlite").exists()
    (tmp_path / "headings-own.sqlite").write_text("no index")
    with pytest.raises(InputError, match="build it again"):
        open_vocabulary("own", tmp_path)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VOCABULARIES, "lcsh", "no_such_package")
    with pytest.raises(MissingExtra, match=r"techproc\[lcsh\]"):
        open_vocabulary("lcsh", tmp_path)
