"""Publishers in short and long forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.verify.publishers import compare_publishers, publisher_keys


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("Penguin", "Penguin Books", "agree"),
        ("John Wiley & Sons, Inc.", "Wiley", "compatible"),
        ("J. Wiley", "John Wiley and Sons", "compatible"),
        ("Univ. of Chicago Pr.", "University of Chicago Press", "agree"),
        ("C. H. Beck", "Verlag C.H. Beck", "agree"),
        ("Éditions Gallimard", "Gallimard", "agree"),
        ("OUP", "Oxford University Press", "compatible"),
        ("Harper", "HarperCollins Publishers", "compatible"),
        ("L.U. Gill", "L. Upcott Gill", "compatible"),
        ("Vintage Books, a division of Random House", "Random House", "agree"),
        ("U.S. G.P.O.", "For sale by the Supt. of Docs., U.S. Govt. Print. Off.", "agree"),
        ("U.S. G.P.O.", "U.S. Dept. of Agriculture", "compatible"),
        ("Наука", "Изд-во Наука", "agree"),
        ("OUP Oxford", "Oxford University Press", "compatible"),
        ("Oxford UP", "Oxford University Press", "agree"),
        ("University Press", "Cambridge University Press", "compatible"),
        ("Aabo akademis foerlag", "Åbo akademis förlag", "compatible"),
        ("DG", "DG, Deutsche Gesellschaft für Christliche Kunst", "compatible"),
        ("Printed for T. Cadell", "T. Cadell", "agree"),
        ("Oxford University Press", "Cambridge University Press", "differ"),
        ("Dover", "Knopf", "differ"),
    ],
)
def test_variants_of_a_name(left: str, right: str, verdict: str) -> None:
    """Known variants agree in both directions, other houses differ."""
    assert compare_publishers(publisher_keys(left), publisher_keys(right))[0] == verdict
    assert compare_publishers(publisher_keys(right), publisher_keys(left))[0] == verdict


def test_nobody_is_nobody() -> None:
    """An unknown publisher names none."""
    for text in ("", "[s.n.]", "[publisher not identified]", "s.n."):
        assert not publisher_keys(text)


@given(st.text(max_size=40))
def test_any_statement_agrees_with_itself(text: str) -> None:
    """Nothing typed raises."""
    keys = publisher_keys(text)
    if keys:
        assert compare_publishers(keys, keys)[0] == "agree"
