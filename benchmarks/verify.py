"""Verification measured on pairs whose outcome is known.

3,000 pairs are made, seeded, from real Library of Congress records: five typists type an item from
the record's own title page; the same typists type other editions, other volumes, later printings,
e-books, and other works of the same author; with --held-out five other people do, who were written
after the rules of verification. Beside them stand 200 real pairs of editions: found in the data by
a rule (one author, one title and subtitle, and edition statements with different numbers, or
another publisher and years far apart), then read one by one; other_editions.csv lists them, and
those that were not certain. For a file that does not hold them the rule alone must do.
--hathitrust compares the records that two libraries made, labelled as one book or two.

Run: python benchmarks/verify.py [--file FILE.mrc.xz] [--seed N] [--held-out] [--errors]
"""

from __future__ import annotations

import argparse
import copy
import csv
import itertools
import lzma
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pymarc
from rapidfuzz import fuzz
from typists import HELD_OUT, ORDINAL_WORDS, TYPISTS, Typist, first_number

from techproc import marc
from techproc.identifiers import isbn
from techproc.marc.description import Description, describe
from techproc.text import fold
from techproc.verify import Item, Prepared, compare, prepare

LISTED = Path(__file__).with_name("other_editions.csv")
DATA = Path(__file__).parents[2] / "shared" / "data" / "marc" / "lc-books-2016-train.mrc.xz"
HATHITRUST = DATA.parents[1] / "dedupe" / "hathitrust-goldfinch"
KINDS = {  # how many of each, what is expected
    "same": (1500, "same edition"),
    "printing": (150, "same edition"),
    "edition": (450, "other edition"),
    "republished": (200, "other edition"),
    "format": (200, "other edition"),
    "volume": (150, "other edition"),
    "work": (350, "other work"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    kind: str
    typist: str
    expected: str
    item: Item | pymarc.Record
    record: pymarc.Record


# --- reading -----------------------------------------------------------------------------------


def raw_records(path: Path) -> Iterator[bytes]:
    with lzma.open(path) as stream:
        while len(head := stream.read(5)) == 5:
            yield head + stream.read(int(head) - 5)


def parts(raw: bytes, wanted: frozenset[bytes]) -> dict[bytes, bytes]:
    base = int(raw[12:17])
    found = {}
    for at in range(24, base - 1, 12):
        tag = raw[at : at + 3]
        if tag in wanted and tag not in found:
            start = base + int(raw[at + 7 : at + 12])
            found[tag] = raw[start : start + int(raw[at + 3 : at + 7])]
    return found


def subfield(field: bytes, code: bytes) -> str:
    _, mark, rest = field.partition(b"\x1f" + code)
    return rest.partition(b"\x1f")[0].strip(b"\x1e").decode("utf-8", "replace") if mark else ""


def read(raw: bytes) -> pymarc.Record:
    return pymarc.Record(raw, to_unicode=True, force_utf8=True, utf8_handling="replace")


CONTROL = frozenset({b"001"})
AUTHOR_TITLE = frozenset({b"100", b"245"})


def gather(
    path: Path, rng: random.Random
) -> tuple[list[bytes], list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]]:
    """Return a sample of records, pairs of one author's works, and pairs of one work's records."""
    sample: list[bytes] = []
    by_author: dict[int, int] = Counter()
    by_work: dict[int, int] = Counter()
    for number, raw in enumerate(raw_records(path)):
        if len(sample) < 9000:
            sample.append(raw)
        elif (slot := rng.randrange(number + 1)) < 9000:
            sample[slot] = raw
        author, work = keys(raw)
        by_author[author] += 1
        by_work[work] += 1
    authors: dict[int, list[bytes]] = defaultdict(list)
    works: dict[int, list[bytes]] = defaultdict(list)
    for raw in raw_records(path):
        author, work = keys(raw)
        if work and 1 < by_work[work] < 6:
            works[work].append(raw)
        if author and 1 < by_author[author] < 12 and len(authors[author]) < 2:
            authors[author].append(raw)
    other = [(a[0], a[1]) for a in authors.values() if len(a) == 2]
    same = [pair for w in works.values() for pair in itertools.combinations(w, 2)]
    return sample, other, same


def keys(raw: bytes) -> tuple[int, int]:
    found = parts(raw, AUTHOR_TITLE)
    if b"100" not in found or b"245" not in found:
        return 0, 0
    author = fold(subfield(found[b"100"], b"a") + " " + subfield(found[b"100"], b"d"))
    title = fold(subfield(found[b"245"], b"a") + " " + subfield(found[b"245"], b"b"))
    return hash(author), hash((author, title))


def listed_editions(path: Path) -> list[Pair]:
    """Return the pairs of other_editions.csv that are certain; none when the file lacks some."""
    with LISTED.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    sure = [(r["record"], r["other"]) for r in rows if r["verdict"] == "other edition"]
    wanted = {number for pair in sure for number in pair}
    held = {}
    for raw in raw_records(path):
        control = parts(raw, CONTROL).get(b"001", b"").strip(b"\x1e ").decode("ascii", "replace")
        if control in wanted:
            held[control] = raw
    if wanted - held.keys():
        return []
    return [Pair("real", "record", "other edition", read(held[a]), read(held[b])) for a, b in sure]


def real_editions(pairs: list[tuple[bytes, bytes]], rng: random.Random, wanted: int) -> list[Pair]:
    """Return pairs of editions by the rule; each record in turn plays the item."""
    found = []
    rng.shuffle(pairs)
    for one, two in pairs:
        a, b = read(one), read(two)
        if other_edition_by_rule(describe(a), describe(b)):
            found.append(Pair("real", "record", "other edition", a, b))
            if len(found) == wanted:
                break
    return found


def other_edition_by_rule(a: Description, b: Description) -> bool:
    if a.parts or b.parts or not a.date.year1 or not b.date.year1:
        return False
    if any(c.isdecimal() for c in a.title + a.subtitle):
        return False
    gap = abs(a.date.year1 - b.date.year1)
    one, two = first_number(a.edition), first_number(b.edition)
    if one and two and one != two:
        return gap > 0
    firm = [
        fold(d.publishers[0]).split()[0] if d.publishers and fold(d.publishers[0]) else ""
        for d in (a, b)
    ]
    pages = bool(a.pages and b.pages and a.pages != b.pages)
    return gap > 3 and pages and all(firm) and firm[0] != firm[1]


# --- situations --------------------------------------------------------------------------------

EDITIONS = ("{n}{th} ed.", "{w} edition", "{n}. Aufl.", "{n}e éd. rev.", "{n}a ed.",
            "{n}{th} ed., rev. and enl.",
            "Изд. {n}-е", "Wyd. {n}", "Rev. ed.")  # fmt: skip


def another_number(rng: random.Random) -> str:
    stem = "978" + "".join(rng.choice("0123456789") for _ in range(9))
    return next(n for n in (stem + c for c in "0123456789") if isbn.normalize(n))


def in_year(d: Description, after: int, pages: int, **other: object) -> Description:
    """The description with another year and page count, and its number changed."""
    date = replace(
        d.date, year1=after, year2=None, copyright=None, stated=(after,), text=str(after)
    )
    return replace(d, date=date, pages=pages, extent=f"{pages} p.", **other)  # type: ignore[arg-type]


def later_edition(d: Description, typist: Typist, rng: random.Random) -> Item | None:
    """The same book, a later edition of the same publisher, typed from its title page."""
    if not d.date.year1 or not d.pages:
        return None
    count = int(first_number(d.edition) or 1) + rng.randint(1, 2)
    form = rng.choice(EDITIONS if count < 10 and "ev" not in d.edition else EDITIONS[:1])
    said = form.format(
        n=count, w=ORDINAL_WORDS[min(count, 9)], th={2: "nd", 3: "rd"}.get(count % 10, "th")
    )
    changed = in_year(
        d,
        d.date.year1 + rng.randint(2, 9),
        int(d.pages * 1.12) + 9,
        edition=said.removesuffix("."),
        isbns=(isbn.parse(another_number(rng)),) if d.isbns else (),
    )
    return typist(changed, rng)


FIRMS = (
    "Dover Publications", "Vintage Books", "AMS Press", "Suhrkamp", "Gallimard",
    "Fischer Taschenbuch",
)  # fmt: skip


def republished(d: Description, typist: Typist, rng: random.Random) -> Item | None:
    """The same book from another publisher years later."""
    if not d.date.year1 or not d.publishers or d.date.kind == "r":
        return None
    here = fold(" ".join(d.publishers))
    changed = in_year(
        d,
        d.date.year1 + rng.randint(3, 40),
        (d.pages or 200) + 7,
        publishers=(rng.choice([firm for firm in FIRMS if fold(firm).split()[0] not in here]),),
        isbns=(isbn.parse(another_number(rng)),),
        edition="",
    )
    return typist(changed, rng)


def later_printing(d: Description, typist: Typist, rng: random.Random) -> Item | None:
    """A later printing: the same number, or the printing said."""
    if not d.date.year1 or d.date.kind not in "st":
        return None
    after = d.date.year1 + rng.randint(2, 9)
    item = typist(d, rng)
    if item.isbn and rng.random() < 0.5:
        return replace(item, date=str(after))
    how = rng.choice(("{a} (printing {b})", "{b}", "{a}, reprinted {b}"))
    said = how.format(a=d.date.year1, b=after)
    printing = (
        rng.choice(("3rd printing", "Second impression", "2. tirage")) if how == "{b}" else ""
    )
    edition = f"{item.edition}, {printing}".strip(", ") if printing else item.edition
    return replace(item, date=said, edition=edition)


def other_volume(
    d: Description, record: pymarc.Record, typist: Typist, rng: random.Random
) -> tuple[Item, pymarc.Record] | None:
    """A record of volume 1 and an item that is volume 2."""
    if d.parts or "vol" in d.title.lower():
        return None
    changed = copy.deepcopy(record)
    field = changed["245"]
    form = rng.choice(("Vol. {}", "Bd. {}", "Part {}", "T. {}", "Volume {}"))
    one, two = rng.sample((("1", "I"), ("2", "II"), ("3", "III"), ("4", "IV")), 2)
    field.add_subfield("n", form.format(one[0]) + ".", pos=1)
    item = typist(replace(d, parts=(form.format(two[rng.randrange(2)]),)), rng)
    return replace(item, isbn="" if rng.random() < 0.7 else another_number(rng)), changed


def electronic(record: pymarc.Record, rng: random.Random) -> pymarc.Record:
    """The e-book record that a vendor makes of a print record."""
    made = copy.deepcopy(record)
    for field in made.get_fields("020"):
        for number in field.get_subfields("a"):
            field.delete_subfield("a")
            field.add_subfield("z", number)
    blank = pymarc.Indicators(" ", " ")
    made.add_field(
        pymarc.Field(
            "020",
            blank,
            [pymarc.Subfield("a", another_number(rng)), pymarc.Subfield("q", "(ebook)")],
        )
    )
    extent = made["300"]["a"] if made.get("300") and made["300"].get("a") else "1 v."
    made.remove_fields("300")
    made.add_field(
        pymarc.Field(
            "300", blank, [pymarc.Subfield("a", f"1 online resource ({extent.rstrip(' :;')})")]
        )
    )
    if rng.random() < 0.6:
        made.add_field(pymarc.Field("338", blank, [pymarc.Subfield("b", "cr")]))
    return made


def make_pairs(
    sample: list[bytes],
    works: list[tuple[bytes, bytes]],
    rng: random.Random,
    typists: Sequence[Typist] = TYPISTS,
) -> list[Pair]:
    pairs: list[Pair] = []
    source, others = iter(sample), iter(works)
    for kind, (wanted, expected) in KINDS.items():
        made: list[Pair] = []
        for turn in itertools.count():
            typist = typists[turn % len(typists)]
            found = (
                other_work(next(others, None), typist, rng)
                if kind == "work"
                else one_of(kind, read(next(source)), typist, rng)
            )
            if found is None:
                break
            if found[0] is not None:
                made.append(Pair(kind, typist.__name__, expected, found[0], found[1]))
            if len(made) == wanted:
                break
        pairs += made
    return pairs


Made = tuple[Item | None, pymarc.Record]


def other_work(raw: tuple[bytes, bytes] | None, typist: Typist, rng: random.Random) -> Made | None:
    """Another title of the same author against a record; None when there are no more."""
    if raw is None:
        return None
    record, other = read(raw[0]), read(raw[1])
    d = describe(other)
    return typist(d, rng) if distinct_works(describe(record), d) else None, record


def one_of(kind: str, record: pymarc.Record, typist: Typist, rng: random.Random) -> Made:
    """An item in one of the situations, with the record it is held against."""
    d = describe(record)
    if not typable(d):
        return None, record
    if kind == "same":
        return typist(d, rng), record
    if kind == "format":
        return typist(d, rng), electronic(record, rng)
    if kind == "volume":
        return other_volume(d, record, typist, rng) or (None, record)
    change = {"edition": later_edition, "republished": republished, "printing": later_printing}
    return change[kind](d, typist, rng), record


def typable(d: Description) -> bool:
    """A book with a title page: a title, a date, a publisher, on paper."""
    return bool(
        d.title and d.date.year1 and d.publishers and d.carrier == "print" and d.level == "m"
    )


def distinct_works(a: Description, b: Description) -> bool:
    return bool(set(fold(a.title).split()) ^ set(fold(b.title).split())) and not (
        fold(a.title).startswith(fold(b.title)) or fold(b.title).startswith(fold(a.title))
        or (a.uniform_title and fold(a.uniform_title) == fold(b.uniform_title))
        or fold(a.uniform_title) in (fold(b.title), ) or fold(b.uniform_title) == fold(a.title)
    )  # fmt: skip


# --- measuring ---------------------------------------------------------------------------------


def by_isbn(item: Prepared, record: Prepared) -> bool:
    """What most batch look-ups do: a shared ISBN is the same book."""
    return bool(item.isbns.keys() & record.isbns.keys())


def by_title(item: Prepared, record: Prepared) -> bool:
    """The usual script: a fuzzy title score over 90 and the same year."""
    likeness = fuzz.token_set_ratio(fold(item.shown["title"]), fold(record.shown["title"]))
    return likeness > 90 and bool(item.years & record.years)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--file", type=Path, default=DATA)
    options.add_argument("--seed", type=int, default=2016)
    options.add_argument(
        "--errors", action="store_true", help="print every pair that is not as expected"
    )
    options.add_argument("--held-out", action="store_true", help="let the five other typists type")
    options.add_argument("--pairs", action="store_true", help="print the real pairs, to be read")
    options.add_argument(
        "--hathitrust", action="store_true", help="compare cataloguers' records of one book instead"
    )
    chosen = options.parse_args()
    if chosen.hathitrust:
        of_two_libraries()
        return
    rng = random.Random(chosen.seed)
    sample, works, same_work = gather(chosen.file, rng)
    rng.shuffle(sample)
    rng.shuffle(works)
    typists = HELD_OUT if chosen.held_out else TYPISTS
    pairs = make_pairs(sample, works, rng, typists)
    pairs += listed_editions(chosen.file) or real_editions(same_work, rng, 200)
    if chosen.pairs:
        for pair in (p for p in pairs if p.kind == "real"):
            for d in (describe(pair.item), describe(pair.record)):
                print(d.control, d.title, d.edition, d.publishers, d.date.text, d.extent, sep=" | ")
            print()
    report(pairs, show_errors=chosen.errors)


def of_two_libraries() -> None:
    """Compare record with record: HathiTrust's pairs, labelled as one book or two."""
    sides = {}
    for item in marc.read(HATHITRUST / "val.jsonl.xz"):
        if isinstance(item, marc.Loaded):
            sides[item.record["001"].data] = prepare(item.record)
    counts: Counter[tuple[str, str]] = Counter()
    with (HATHITRUST / "val_labels.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            one, two = sides[row["id1"]], sides[row["id2"]]
            counts[row["label"], compare(one, two).verdict] += 1
    right = counts["1", "same edition"]
    claimed = right + counts["0", "same edition"]
    wanted = sum(n for (label, _), n in counts.items() if label == "1")
    print(f"{counts.total()} pairs of records of two libraries")
    for (label, verdict), n in sorted(counts.items()):
        print(f"  {'one book' if label == '1' else 'two books'}: {verdict} {n}")
    print(f"same edition: precision {right / claimed:.2%} recall {right / wanted:.2%}")


def timed(prepared: list[tuple[Prepared, Prepared]]) -> float:
    started = time.process_time()
    for a, b in prepared:
        compare(a, b)
    return time.process_time() - started


def report(pairs: list[Pair], *, show_errors: bool) -> None:
    prepared = [(prepare(pair.item), prepare(pair.record)) for pair in pairs]
    found = [compare(a, b) for a, b in prepared]
    table: dict[str, Counter[str]] = defaultdict(Counter)
    by_typist: dict[str, Counter[bool]] = defaultdict(Counter)
    for pair, answer in zip(pairs, found, strict=True):
        table[pair.kind][answer.verdict] += 1
        if pair.kind == "same":
            by_typist[pair.typist][answer.verdict == pair.expected] += 1
        if show_errors and answer.verdict != pair.expected:
            print(f"{pair.kind} {pair.typist}: {answer.verdict} {answer.rules}")
            for name, one in answer.elements.items():
                if one.verdict != "absent":
                    print(f"    {name}: {one.verdict} {one.item!r} / {one.record!r} [{one.rule}]")
    print(f"{len(pairs)} pairs")
    for kind, counts in table.items():
        print(f"  {kind:12}", dict(counts.most_common()))
    for typist, counts in by_typist.items():
        print(f"  typed by {typist}: {counts[True] / counts.total():.1%} same edition")
    for verdict in ("same edition", "other edition", "other work"):
        hits = sum(a.verdict == p.expected == verdict for p, a in zip(pairs, found, strict=True))
        claimed = sum(a.verdict == verdict for a in found)
        wanted = sum(p.expected == verdict for p in pairs)
        print(
            f"{verdict}: precision {hits / max(claimed, 1):.2%} recall {hits / max(wanted, 1):.2%}"
        )
    for name, rule in (("ISBN alone", by_isbn), ("title likeness and year", by_title)):
        said = [rule(a, b) for a, b in prepared]
        hits = sum(s and p.expected == "same edition" for s, p in zip(said, pairs, strict=True))
        wanted = sum(p.expected == "same edition" for p in pairs)
        print(
            f"  beside it, {name}: same edition precision {hits / max(sum(said), 1):.2%} "
            f"recall {hits / wanted:.2%}"
        )
    unsure = sum(a.verdict == "unsure" for a in found)
    print(f"unsure: {unsure / len(found):.2%}")
    print(f"every verdict has reasons: {all(a.reasons for a in found)}")
    spent = min(timed(prepared) for _ in range(7))  # the round that other work disturbed least
    print(f"{len(prepared) / spent:,.0f} comparisons a CPU second, sides prepared")
    started = time.process_time()
    for pair in pairs:
        prepare(pair.item)
        prepare(pair.record)
    spent = time.process_time() - started
    print(f"{1e6 * spent / (2 * len(pairs)):.0f} µs to prepare a side")


if __name__ == "__main__":
    main()
