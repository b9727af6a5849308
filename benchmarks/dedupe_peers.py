"""Gold Rush keys and Splink on the labelled pairs; run by benchmarks/dedupe.py in the peers' Python.

    python benchmarks/dedupe_peers.py RECORDS.jsonl.xz LABELS.csv TABLE.csv

TABLE has a line for each record: id, title, creator, publisher, place, year, pages, edition. Splink
gets plain settings: comparisons of its own library for each column, blocking on title or creator
with year, parameters learned without labels; pairs it doesn't bring together count as distinct.
"""

from __future__ import annotations

import csv
import lzma
import sys
import time
import warnings

COLUMNS = ("title", "creator", "publisher", "place", "year", "pages", "edition")


def told(name: str, said: set[tuple[str, str]], rows: list[tuple[str, str, int]]) -> None:
    right = sum(label for a, b, label in rows if (a, b) in said)
    every, true = sum((a, b) in said for a, b, _ in rows), sum(label for *_, label in rows)
    p, r = right / max(every, 1), right / true
    print(f"{name}: precision {p:.4f} recall {r:.4f} F1 {2 * p * r / max(p + r, 1e-9):.4f}")


def gold_rush(records: str, rows: list[tuple[str, str, int]]) -> None:
    import pymarc  # noqa: PLC0415
    from goldrush import generate  # noqa: PLC0415

    with lzma.open(records, "rt", encoding="utf-8") as lines:
        made = [pymarc.parse_json_to_array(f"[{line}]")[0] for line in lines]
    begun = time.process_time()
    keys = {record["001"].data: generate(record) for record in made}
    spent = time.process_time() - begun
    told("Gold Rush", {(a, b) for a, b, _ in rows if keys[a] == keys[b]}, rows)
    print(f"Gold Rush: {len(made) / spent:,.0f} keys a CPU-second")


def splink(table: str, rows: list[tuple[str, str, int]]) -> None:
    import pyarrow.csv as arrow  # noqa: PLC0415
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    begun = time.process_time()
    text = arrow.ConvertOptions(
        column_types=dict.fromkeys(("unique_id", *COLUMNS), "string"), strings_can_be_null=True
    )
    held = arrow.read_csv(table, convert_options=text)
    blocks = [block_on("title"), block_on("creator", "year"), block_on("creator", "pages"),
              block_on("substr(title, 1, 12)", "year")]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.97, 0.9, 0.8]),
            cl.JaroWinklerAtThresholds("creator", [0.95, 0.85]),
            cl.JaroWinklerAtThresholds("publisher", [0.95, 0.8]),
            cl.JaroWinklerAtThresholds("place", [0.9]),
            cl.LevenshteinAtThresholds("year", [1]),
            cl.LevenshteinAtThresholds("pages", [1]),
            cl.JaroWinklerAtThresholds("edition", [0.9]),
        ],
        blocking_rules_to_generate_predictions=blocks,
    )
    api = DuckDBAPI()
    linker = Linker(api.register(held), settings)
    linker.training.estimate_probability_two_random_records_match(blocks[:1], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("title"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("creator", "year"))
    found = linker.inference.predict(threshold_match_probability=0.5)
    pairs = found.as_record_list()
    print(f"Splink: {time.process_time() - begun:.1f} CPU-seconds for {held.num_rows} records")
    score = {
        frozenset((one["unique_id_l"], one["unique_id_r"])): one["match_probability"]
        for one in pairs
    }
    for limit in (0.5, 0.9999):
        said = {(a, b) for a, b, _ in rows if score.get(frozenset((a, b)), 0) >= limit}
        told(f"Splink at {limit}", said, rows)


def main() -> None:
    warnings.simplefilter("ignore")
    records, labels, table = sys.argv[1:]
    with open(labels, encoding="utf-8", newline="") as lines:  # noqa: PTH123
        rows = [(row["id1"], row["id2"], int(row["label"])) for row in csv.DictReader(lines)]
    for name, run in (
        ("Gold Rush", lambda: gold_rush(records, rows)),
        ("Splink", lambda: splink(table, rows)),
    ):
        try:
            run()
        except ImportError as error:
            print(f"{name}: not installed here, not compared ({error})")


if __name__ == "__main__":
    main()
