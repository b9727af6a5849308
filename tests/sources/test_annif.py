"""Annif as a suggester: batches, older servers, answers that are none."""

from __future__ import annotations

from typing import Any

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc.classify.advice import Advice, open_adviser
from techproc.errors import ConfigError, SourceUnavailable
from techproc.sources.annif import Annif, open_annif


def record(title: str) -> Record:
    made = Record()
    if title:
        made.add_field(Field("245", Indicators("1", "0"), [Subfield("a", title)]))
    return made


def opened(annif: Any, project: str = "lcc") -> Annif:
    return open_annif({"url": annif.url + "/", "project": project})


def result(score: float, **more: str) -> dict[str, Any]:
    return {"uri": "http://example.org/x", "label": "Soils", "score": score, **more}


def test_numbers_come_from_notation_label_or_uri(annif: Any) -> None:
    """The notation first; what is no number of the scheme is left out; each number once."""
    annif.answers["Soils"] = [
        result(0.9, notation="S590-592"),  # a range is no number
        result(0.7, notation="S591"),
        result(0.6, label="S593"),
        result(0.5, label="Erosion", uri="http://example.org/lcc/S623/"),
        result(0.4, notation="s591"),
        result(0.0, notation="S594"),
    ]
    told = opened(annif).advise([record("Soils")], "lcc", limit=5)
    assert told == [
        [Advice("S591", 0.7, "Soils"), Advice("S593", 0.6), Advice("S623", 0.5, "Erosion")]
    ]


def test_many_records_in_batches_whatever_their_order(annif: Any) -> None:
    """70 records are three batches of 32 at most, and each gets its own numbers."""
    annif.backwards = True
    titles = [f"Book {n}" for n in range(70)]
    annif.answers = {t: [result(0.5, notation=f"{100 + n}")] for n, t in enumerate(titles)}
    told = opened(annif).advise([record(t) for t in ["", *titles]], "ddc", limit=3)
    assert [[a.number for a in each] for each in told] == [[], *([str(100 + n)] for n in range(70))]
    assert len(annif.paths) == 3


def test_an_older_server_is_asked_one_by_one(annif: Any) -> None:
    """Without suggest-batch, each text goes to suggest; the batch is tried only once."""
    annif.batches = False
    annif.answers = {"A": [result(0.5, notation="S591")], "B": [result(0.4, notation="QA76")]}
    client = opened(annif)
    for _ in range(2):
        told = client.advise([record("A"), record("B")], "lcc", limit=1)
        assert [each[0].number for each in told] == ["S591", "QA76"]
    assert [path.rsplit("/", 1)[1] for path in annif.paths] == ["suggest-batch"] + ["suggest"] * 4


def test_a_project_that_is_not_there(annif: Any) -> None:
    """The message says what is missing and where to look."""
    with pytest.raises(SourceUnavailable, match="no such project; see /v1/projects"):
        opened(annif, "ddc").advise([record("A")], "ddc", limit=1)


@pytest.mark.parametrize("raw", [b"<html>", b"{}", b"[]", b"[1]", b'[{"document_id": "9"}]'])
def test_an_answer_that_is_none(annif: Any, raw: bytes) -> None:
    """What does not keep to the description is an error with one sentence, never a traceback."""
    annif.raw = raw
    with pytest.raises(SourceUnavailable, match="its answer"):
        opened(annif).advise([record("A")], "lcc", limit=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("annif", "url is missing"),
        ("annif url=http://127.0.0.1:1", "project is missing"),
        ("annif url=http://127.0.0.1:1 project=x timeout=soon", "no number of seconds"),
        ("annif url=http://127.0.0.1:1 project=x weight=2", "between 0 and 1"),
        ("annif adress=x", "unknown setting adress"),
        ("annif url", "write key=value"),
        ("'annif", "name it"),
        ("", "name it"),
        ("nobody", "installed: annif"),
    ],
)
def test_settings_that_are_none(text: str, message: str) -> None:
    """Every mistake in a suggester's line is named."""
    with pytest.raises(ConfigError, match=message):
        open_adviser(text)
