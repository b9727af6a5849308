"""The date of a call number comes from the imprint by G 140."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.classify.itemdate import call_number_date

# The table of G 140, one imprint a line with what it gives.
PRINTED = {
    "ca. 1976": "1976",
    "1981, c1980": "1981",
    "1971, c1972": "1972",
    "1979 [i.e. 1978]": "1978",
    "1962 or 1963": "1962",
    "1969 (1973 printing)": "1969",
    "1980 printing, c1957": "1957",
    "1979 [distributed] 1980": "1979",
    "between 1977 and 1980": "1977",
    "1978/79 [i.e. 1978 or 1979]": "1978",
    "1977 (cover 1978)": "1978",
    "[197-]": "1970z",
    "[197-?]": "1970z",
    "[19--]": "1900z",
    "[19--?]": "1900z",
}


@pytest.mark.parametrize(("imprint", "date"), PRINTED.items())
def test_printed_table(imprint, date):
    """Every line of the manual's table gives the manual's date."""
    assert call_number_date(imprint) == date


@pytest.mark.parametrize(("imprint", "date"), [("[197-?]", "1970"), ("[19--]", "1900")])
def test_under_a_corporate_body_there_is_no_z(imprint, date):
    """Work letters of a body begin at a, so z is left off."""
    assert call_number_date(imprint, corporate=True) == date


@pytest.mark.parametrize(
    ("imprint", "date"),
    [
        ("2541 [1998]", "1998"),
        ("1379 [2000 or 2001]", "2000"),
        ("©2015.", "2015"),
        ("[2014], ©2014", "2014"),
        ("2014-", "2014"),
        ("MMXIV", ""),
        ("", ""),
    ],
)
def test_other_imprints(imprint, date):
    """Years of our calendar win, copyright dates count, what has no year gives none."""
    assert call_number_date(imprint) == date


@given(st.text(max_size=40))
def test_any_text_gives_a_date_or_nothing(text):
    """The result is a year, perhaps with z, or empty."""
    date = call_number_date(text)
    assert date == "" or (len(date) in (4, 5) and date[:4].isdigit())
