"""Shelf order, keys a second, Cutters: techproc beside its peers on the same cases and numbers.

    python benchmarks/callnumbers.py [--numbers 40000]

Order: the ordered lists that public libraries' test suites publish (../shared/data/callnumbers).
Speed: CPU time for the keys of real call numbers (field 050 of Library of Congress records).
Cutters: pairs of neighbouring real surnames whose Cutters fall where the alphabet rises, and how
often the first one and two figures are those of the Library's own 050.
Fitting: numbers built for real records among real numbers, beside those the Library gave.
A peer (pycallnumber, csan) that is not importable is left out, and said so.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import re
import time
from collections.abc import Callable
from pathlib import Path

import pymarc

from techproc.classify.callnumber import CallNumber, shelf_keys
from techproc.classify.cutter import lc_cutter
from techproc.classify.shelflist import MemoryShelfList
from techproc.classify.shelving import fit, shelf_entry_of
from techproc.text import fold

DATA = Path(__file__).parents[2] / "shared" / "data"

Keys = Callable[[list[str]], list[str]]
Cutter = Callable[[str], str]


def peers() -> tuple[dict[str, Keys], dict[str, Cutter]]:
    """Return the key and Cutter functions of the peers that are installed."""
    keys: dict[str, Keys] = {}
    cutters: dict[str, Cutter] = {}
    try:
        import pycallnumber  # noqa: PLC0415

        def pycallnumber_keys(texts: list[str]) -> list[str]:
            found = (pycallnumber.callnumber(text) for text in texts)
            return [
                number.for_sort() if number else text
                for number, text in zip(found, texts, strict=True)
            ]

        keys["pycallnumber"] = pycallnumber_keys
    except ImportError:
        print("pycallnumber is not installed: left out")
    try:
        import csan  # noqa: PLC0415

        cutters["csan"] = lambda name: csan.cutter_loc(surname=name, max_len=2)
    except ImportError:
        print("csan is not installed: left out")
    return keys, cutters


def order(name: str, keys: Keys) -> None:
    """Print how many of the published lists come out in their order."""
    folder = DATA / "callnumbers"
    cases = json.loads((folder / "order.json").read_text("utf-8"))
    cases += json.loads((folder / "nlm_lists.json").read_text("utf-8"))
    right = pairs = wrong = 0
    for case in cases:
        found = keys(case["items"])
        falls = sum(a > b for a, b in itertools.pairwise(found))
        right += not falls
        wrong += falls
        pairs += len(found) - 1
    print(f"  {name:14} {right} of {len(cases)} lists in order, {wrong} of {pairs} pairs wrong")


def speed(name: str, keys: Keys, numbers: list[str], repeats: int) -> float:
    """Print and return keys a second of CPU time, the best of several runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        keys(numbers)
        best = min(best, time.process_time() - start)
    rate = len(numbers) / best
    print(f"  {name:14} {rate:>12,.0f} keys/s")
    return rate


def inversions(name: str, cutter: Cutter, surnames: list[str]) -> None:
    """Print how many neighbours have falling Cutters."""
    made = [cutter(surname) for surname in surnames]
    falls = sum(a[0] == b[0] and a > b for a, b in itertools.pairwise(made))
    print(f"  {name:14} {falls:>5} of {len(made) - 1:,} neighbours out of order")


def agreement(name: str, cutter: Cutter, held: list[tuple[str, str]]) -> None:
    """Print how often the first figures are the Library's."""
    one = two = 0
    for surname, actual in held:
        made = cutter(surname)
        one += made[:2] == actual[:2]
        two += made[:3] == actual[:3]
    total = len(held)
    print(f"  {name:14} first figure {100 * one / total:.1f} %, two {100 * two / total:.1f} %")


def real_numbers(limit: int) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return call numbers, 10,000 surnames and (surname, the Library's Cutter) of LC records."""
    numbers: list[str] = []
    surnames: set[str] = set()
    held: list[tuple[str, str]] = []
    with lzma.open(DATA / "marc" / "lc-books-2016-train.mrc.xz") as file:
        for record in pymarc.MARCReader(file, to_unicode=True, force_utf8=True):
            if record is None:
                continue
            number = ""
            if "050" in record and record["050"].get("a") and record["050"].get("b"):
                number = f"{record['050']['a']} {record['050']['b']}"
                if len(numbers) < limit:
                    numbers.append(number)
            name = fold((record["100"].get("a") or "").partition(",")[0]) if "100" in record else ""
            if name and "a" <= name[0] <= "z":
                if len(surnames) < 10_000:
                    surnames.add(name)
                last = CallNumber.parse(number, "lcc").cutters[-1:] if number else ()
                cutter = last[0].strip(". ") if last else ""
                if re.fullmatch(r"[A-Z][0-9]{2,}", cutter) and cutter[0] == name[0].upper():
                    held.append((name, cutter))
            if len(numbers) >= limit and len(surnames) >= 10_000:
                break
    return numbers, sorted(surnames), held


def fitting(shelved: int, fitted: int) -> None:
    """Fit real records into a shelf-list of real records, and compare with the Library's numbers."""
    shelf = MemoryShelfList()
    one = two = same_date = built = late = 0
    spent = 0.0
    with lzma.open(DATA / "marc" / "lc-books-2016-dev.mrc.xz") as file:
        for record in pymarc.MARCReader(file, to_unicode=True, force_utf8=True):
            if record is None or "050" not in record:
                continue
            class_part, item_part = record["050"].get("a"), record["050"].get("b")
            if not class_part or not item_part:
                continue
            number = f"{class_part} {item_part}"
            if len(shelf) < shelved:
                shelf.add(shelf_entry_of(record, number, "lcc"))
                continue
            start = time.process_time()
            made = fit(record, class_part, "lcc", shelf)
            spent += time.process_time() - start
            late += 1
            if made.call_number:
                assert not shelf.taken(made.key)
                shelf.add(made.shelf_entry)
                built += 1
                ours, theirs = (CallNumber.parse(t, "lcc") for t in (made.call_number, number))
                mine, actual = (
                    n.cutters[-1].strip(".") if n.cutters else "" for n in (ours, theirs)
                )
                one += mine[:2] == actual[:2]
                two += mine[:3] == actual[:3]
                same_date += ours.dates[-1:] == theirs.dates[-1:]
            if late == fitted:
                break
    print(f"Fitting {late:,} records into a shelf-list of {shelved:,}")
    print(f"  {built:,} built, none given twice, {1000 * spent / late:.2f} ms each")
    print(
        f"  beside the Library's: book number's first figure {100 * one / built:.1f} %, "
        f"two {100 * two / built:.1f} %, date {100 * same_date / built:.1f} %"
    )


def main() -> None:
    """Run the comparisons."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--numbers", type=int, default=40_000)
    limit = parser.parse_args().numbers
    keys, cutters = peers()
    keys = {"techproc": shelf_keys, **keys}
    print("Published ordered lists (scheme by form)")
    for name, function in keys.items():
        order(name, function)
    numbers, surnames, held = real_numbers(limit)
    print(f"Keys for {len(numbers):,} real call numbers (CPU time)")
    rates = {"techproc": speed("techproc", shelf_keys, numbers, 5)}
    for name, function in keys.items():
        if name != "techproc":
            rates[name] = speed(name, function, numbers[:1000], 1)
            print(f"  techproc is {rates['techproc'] / rates[name]:,.0f} times as fast as {name}")
    print("LC Cutters of neighbouring surnames")
    both = {"techproc": lc_cutter, **cutters}
    for name, function in both.items():
        inversions(name, function, surnames)
    print(f"LC Cutters beside {len(held):,} of the Library's own")
    for name, function in both.items():
        agreement(name, function, held)
    fitting(12_000, 4_000)


if __name__ == "__main__":
    main()
