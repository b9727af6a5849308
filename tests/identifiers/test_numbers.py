"""Identifiers: what is read, what is refused, and that nothing is repaired."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.identifiers import barcode, isbn, issn, lccn, oclc


@given(st.from_regex(r"97[89][0-9]{9}", fullmatch=True))
def test_one_check_digit_in_ten_is_right(body: str) -> None:
    """Exactly one last digit makes an ISBN valid, and no other is taken for it."""
    good = [digit for digit in "0123456789" if isbn.parse(body + digit).problem in (None, "ismn")]
    assert len(good) == 1


@given(st.from_regex(r"978[0-9]{9}", fullmatch=True))
def test_ten_and_thirteen_digits_are_one_number(body: str) -> None:
    """The ten-digit form of a number reads back as the number itself."""
    full = next(n for n in (body + digit for digit in "0123456789") if isbn.normalize(n))
    short = isbn.isbn10(full)
    assert short is not None
    assert isbn.normalize(short) == full


@given(st.text(max_size=30))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    """Whatever is typed gives a value; what is valid is thirteen ASCII digits."""
    found = isbn.parse(text).isbn13
    assert found is None or (found.isascii() and found.isdecimal() and len(found) == 13)
    for read in (issn.normalize, lccn.normalize, oclc.normalize):
        read(text)
    barcode.check(text)


@pytest.mark.parametrize(
    ("text", "digits", "qualifier", "problem"),
    [
        ("0-8044-2957-X (v. 1) :", "080442957X", "v. 1", None),
        ("9780306406157 2 v.", "9780306406157", "2 v", None),
        ("٠٣٠٦٤٠٦١٥٢", "", "٠٣٠٦٤٠٦١٥٢", "empty"),
        ("306406152", "306406152", "", "length"),
        ("9770306406157", "9770306406157", "", "prefix"),
        ("", "", "", "empty"),
        ("979-8-6024-0545-3", "9798602405453", "", None),
    ],
)
def test_isbn_as_records_write_it(
    text: str, digits: str, qualifier: str, problem: str | None
) -> None:
    """Separators, qualifiers, foreign digits and short numbers are told apart."""
    found = isbn.parse(text)
    assert (found.digits, found.qualifier, found.problem) == (digits, qualifier, problem)


def test_new_ranges_are_known() -> None:
    """The ranges that older tables lack (979-12, 978-9915) are divided at the right place."""
    assert (
        isbn.publisher_prefix("9791280000002") is not None
        or isbn.normalize("9791280000002") is None
    )
    assert isbn.normalize("9789915000008") == "9789915000008"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("n78-890351", "n78890351"),
        ("n78-89035", "n78089035"),
        ("n 78890351 ", "n78890351"),
        (" 85000002 ", "85000002"),
        ("85-2 ", "85000002"),
        ("2001-000002", "2001000002"),
        ("75-425165//r75", "75425165"),
        (" 79139101 /AC/r932", "79139101"),
        ("7-5-3", None),
    ],
)
def test_lccn_in_the_examples_of_the_library_of_congress(text: str, normal: str | None) -> None:
    """The examples of LC's own namespace page come to the forms it gives."""
    assert lccn.normalize(text) == normal


def test_barcode_rules() -> None:
    """One digit wrong or two transposed are found; an unknown rule is misuse."""
    good = "3117501234567" + barcode.luhn_digit("3117501234567")
    assert barcode.check(good) is None
    swapped = good[:5] + good[6] + good[5] + good[7:]
    assert good != swapped
    assert barcode.check(swapped) is not None
    assert barcode.check("4006381333931", "ean13") is None
    assert barcode.check("x", "none") is None
    with pytest.raises(ValueError, match="not a barcode rule"):
        barcode.check(good, "codabar")
