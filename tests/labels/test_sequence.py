"""Sequences of barcode numbers and the ledger they are taken from."""

import csv
import json

import pytest

from techproc.errors import InputError, LabelError
from techproc.identifiers.barcode import check
from techproc.labels.barcodes import encode
from techproc.labels.sequence import Range, numbers, read_ledger, write_ledger


def test_each_number_has_its_own_check_digit():
    """A run over a carry: every number is a valid one, in order."""
    found = list(numbers("3123400000998", 5))
    assert [check(number) for number in found] == [None] * 5
    assert [int(number[:-1]) for number in found] == list(range(3123400000998, 3123400001003))


def test_published_check_digits(shared_data):
    """The table's digits, and of its two misprints the right ones."""
    with (shared_data / "labels" / "checkdigits.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["algorithm"] == "code39-mod43":
                with_check = encode("code39", row["data"] + row["check"])
                assert encode("code39mod43", row["data"]).widths == with_check.widths
                continue
            assert next(numbers(row["data"], 1))[-1] == row["computed"]
            assert (row["check"] == row["computed"]) is (row["agrees"] == "True")


@pytest.mark.parametrize(
    ("first", "count", "message"),
    [
        ("31234000000018", 1, "check digit"),
        ("123", 1, "13 without the check digit"),
        ("3123X", 1, "not a number"),
        ("9999999999999", 2, "do not fit"),
        ("3123400000001", 0, "0 numbers"),
    ],
)
def test_runs_that_cannot_be_are_refused(first, count, message):
    """With what is wrong about the first number or the count."""
    with pytest.raises(LabelError, match=message):
        list(numbers(first, count))


def test_a_ledger_passes_over_numbers_in_use(tmp_path):
    """Numbers on items are left out, and the range moves past them."""
    file = tmp_path / "ledger.json"
    body = {"first": "3123400000001", "last": "3123400000009", "next": "3123400000003"}
    file.write_text(json.dumps({"items": body}))
    used = next(numbers("3123400000004", 1))
    found, after = read_ledger(file)["items"].take(2, lambda number: number == used)
    assert [number[:-1] for number in found] == ["3123400000003", "3123400000005"]
    write_ledger(file, {"items": after})
    assert read_ledger(file)["items"].next == "3123400000006"


def test_an_empty_range_says_how_many_are_left():
    """No number beyond the range's end is given out."""
    with pytest.raises(LabelError, match="has 2 free numbers left"):
        Range(first="3123400000001", last="3123400000002", next="3123400000001").take(3)


@pytest.mark.parametrize(
    "ranges",
    [
        "[]",
        '{"a": {"first": "1"}}',
        '{"a": {"first": "1", "last": "2", "next": "1"}}',
        '{"a": {"first": "3000000000001", "last": "3000000000009", "next": "4000000000001"}}',
        '{"a": {"first": "3000000000001", "last": "3000000000009", "next": "3000000000001"},'
        ' "b": {"first": "3000000000005", "last": "3000000000019", "next": "3000000000005"}}',
    ],
)
def test_a_wrong_ledger_is_refused(tmp_path, ranges):
    """Not a ledger, short numbers, next outside, ranges that overlap."""
    file = tmp_path / "ledger.json"
    file.write_text(ranges)
    with pytest.raises(InputError, match=r"ledger\.json"):
        read_ledger(file)
