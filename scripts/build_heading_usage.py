"""Learn from LC records how subdivisions and places are used in LCSH strings.

    python scripts/build_heading_usage.py RECORDS.mrc[.xz]...

Writes src/techproc/classify/data/heading_usage.tsv (the shipped one was learned from the 212,942
book records of the Library of Congress distribution of 2016, a US government work). Lines:

    S code text used headings persons bodies meetings titles topics places divided preceded
        a subdivision: how often it is used, under how many main headings, by kind of heading; how
        often a place follows it, and how often one stands just before it
    P place count within share
        a place in $z: how often, the larger place that stands before it most ("" for none: it is
        used by itself), and the share of that (percent)
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from techproc.classify.headings.heading import KINDS, headings_of
from techproc.marc import Loaded, read

TARGET = Path(__file__).parents[1] / "src/techproc/classify/data/heading_usage.tsv"
ORDER = ("person", "body", "meeting", "title", "topic", "place")
LEAST_HEADINGS, LEAST_PLACES = 2, 2


def main() -> None:
    used: Counter[tuple[str, str]] = Counter()
    mains: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    kinds: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    divided: Counter[tuple[str, str]] = Counter()
    preceded: Counter[tuple[str, str]] = Counter()
    places: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for path in sys.argv[1:]:
        for item in read(path):
            if not isinstance(item, Loaded):
                continue
            for field, heading in headings_of(item.record):
                if (field.indicators or "  ")[1] != "0" or field.tag == "655":
                    continue
                parts = heading.subdivisions
                for at, part in enumerate(parts):
                    code, text = part
                    before = parts[at - 1] if at else ("", "")
                    after = parts[at + 1][0] if at + 1 < len(parts) else ""
                    if code in "vx":
                        used[part] += 1
                        mains[part].add(hash(heading.main))
                        kinds[part][KINDS[field.tag]] += 1
                        divided[part] += after == "z"
                        preceded[part] += before[0] == "z"
                    elif code == "z":
                        places[text][before[1] if before[0] == "z" else ""] += 1
    with TARGET.open("w", encoding="utf-8") as out:
        for part, count in sorted(used.items()):
            if len(mains[part]) >= LEAST_HEADINGS:
                numbers = (
                    count, len(mains[part]), *(kinds[part][kind] for kind in ORDER),
                    divided[part], preceded[part],
                )  # fmt: skip
                print("S", *part, *numbers, sep="\t", file=out)
        for place, parents in sorted(places.items()):
            total = parents.total()
            if total >= LEAST_PLACES:
                parent, most = parents.most_common(1)[0]
                print("P", place, total, parent, round(100 * most / total), sep="\t", file=out)
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
