"""Which values in 050 and 082 are class numbers, and where they are cut."""

from __future__ import annotations

import pytest

from techproc.classify.numbers import class_number, cut, usable


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("QA76.73.P98", "QA76.73.P98"),
        ("qa76.73.p98", "QA76.73.P98"),
        ("PS3563 .A8", "PS3563.A8"),
        ("DT107.82", "DT107.82"),
        ("QL737.C27 T5", "QL737.C27T5"),
        ("MLCS 2000/01234 (P)", None),
        ("Microfiche 2000/1 (B)", None),
        ("CPB Box no. 1600 vol. 1", None),
        ("TA213-215", None),
        ("LAW", None),
        ("KF", None),
        ("[Fic]", None),
        ("IO1", None),
        ("", None),
    ],
)
def test_lc_values(text: str, number: str | None) -> None:
    """Shelving marks, ranges and bare letters are no numbers; lower case is."""
    assert usable(text, "lcc") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("616.99/40642", "616.9940642"),
        ("823'.914", "823.914"),
        ("553.70973 s", "553.70973"),
        ("005", "005"),
        ("[Fic]", None),
        ("[E]", None),
        ("E", None),
        ("C811.54", None),
        ("KF4550", None),
        ("82", None),
    ],
)
def test_dewey_values(text: str, number: str | None) -> None:
    """Prime marks go; juvenile marks, national prefixes and LC numbers in 082 are no Dewey."""
    assert usable(text, "ddc") == number


def test_the_first_usable_number_counts() -> None:
    """A shelving mark before the number does not hide it, and 050 goes before 090."""
    fields = [
        ("090", "  ", (("a", "Z1"),)),
        ("050", "10", (("a", "Microfilm 48753 DT"),)),
        ("050", "00", (("a", "DT164"), ("b", ".K6"))),
    ]
    assert class_number(fields, "lcc") == "DT164"
    assert class_number(fields, "ddc") is None


def test_levels() -> None:
    """A number is cut at letters, class, three digits, or not at all."""
    assert cut("DT107.82.A5", "class") == "DT107.82"
    assert cut("DT107.82.A5", "letters") == "DT"
    assert cut("616.994", "three-digits") == "616"
