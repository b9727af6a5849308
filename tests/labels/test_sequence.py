"""Sequences of barcode numbers and the ledger they are taken from."""

import csv
import json
import subprocess
import sys

import pytest

from techproc.errors import InputError, LabelError
from techproc.identifiers.barcode import check
from techproc.labels.barcodes import encode
from techproc.labels.sequence import (
    Range,
    add_range,
    numbers,
    read_ledger,
    reserve,
    write_ledger,
)


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


def test_a_block_that_fails_gives_its_numbers_back(tmp_path):
    """The ledger is as it was; after a block that ends well it has moved on."""
    file = tmp_path / "ledger.json"
    add_range(file, "items", "31234000000016", "31234000000099")
    before = file.read_bytes()
    with pytest.raises(ZeroDivisionError), reserve(file, "items", 3):
        raise ZeroDivisionError
    assert file.read_bytes() == before
    with reserve(file, "items", 3) as found:
        assert [number[:-1] for number in found] == [f"312340000000{n}" for n in (1, 2, 3)]
    assert read_ledger(file)["items"].left == 6
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.json"]


def test_jobs_at_the_same_time_get_different_numbers(tmp_path):
    """Four processes take five numbers twelve times over: 240 numbers, none of them twice."""
    file = tmp_path / "ledger.json"
    add_range(file, "items", "3123400000001", "3123400000999")
    program = (
        "import sys\n"
        "from techproc.labels.sequence import reserve\n"
        "for _ in range(12):\n"
        "    with reserve(sys.argv[1], 'items', 5) as found:\n"
        "        print(*found)\n"
    )
    jobs = [
        subprocess.Popen([sys.executable, "-c", program, file], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    numbers_taken = [number for job in jobs for number in job.communicate()[0].split()]
    assert len(numbers_taken) == len(set(numbers_taken)) == 240
    assert read_ledger(file)["items"].left == 999 - 240


@pytest.mark.parametrize(
    ("name", "first", "last", "message"),
    [
        ("items", "3123400001000", "3123400001999", "already"),
        ("more", "3123400000500", "3123400001999", "overlap"),
        ("more", "31234", "31299", "13 digits"),
        ("more", "31234000020005", "3123400002999", "its check digit is"),
        ("more", "3123400002000", "3123400001999", "before first"),
    ],
)
def test_a_range_that_cannot_be_added_is_refused(tmp_path, name, first, last, message):
    """The ledger is as it was, and none is made for it."""
    file = tmp_path / "ledger.json"
    add_range(file, "items", "3123400000001", "3123400000999")
    before = file.read_bytes()
    with pytest.raises(InputError, match=message):
        add_range(file, name, first, last)
    assert file.read_bytes() == before
    with pytest.raises(InputError):
        add_range(tmp_path / "new.json", "items", "1", "2")
    assert not (tmp_path / "new.json").exists()


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
