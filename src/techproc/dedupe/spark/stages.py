"""What workers do, on Arrow batches: pure functions, which know nothing of Spark.

A record's place is its piece's number times 2^32 plus its number in it, so that places stand in the
order of the files. Nothing is counted through before the pieces are read; numbers for people are
made afterwards from how many items each piece had.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from techproc.config import ChoosePolicy
from techproc.dedupe.blocking import hashed
from techproc.dedupe.clusters import cluster_records
from techproc.dedupe.columns import columns_of
from techproc.dedupe.compare import compare_many
from techproc.dedupe.edges import Edge
from techproc.dedupe.engine import Decide, Entry, Run
from techproc.dedupe.features import Features
from techproc.dedupe.intake import cut, read_features
from techproc.dedupe.objects import cluster_objects, comparison_object, name_of
from techproc.dedupe.rules import Rules
from techproc.dedupe.scoring import Side
from techproc.dedupe.spark.splits import Split, read_split
from techproc.dedupe.store import FeatureStore, pack, unpack
from techproc.findings import Finding, Tally

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "PLACES",
    "Names",
    "cluster_component",
    "expand_blocks",
    "extract_pieces",
    "score_pairs",
]

PLACES = 1 << 32
_BATCH = 2_000

# Spark SQL types of what each stage yields.
EXTRACTED = "place long, control string, packed binary, keys array<long>, finding string"
PAIRS = "first long, second long"
SCORED = (
    "first long, second long, probability double, band string, joins boolean, decided boolean, "
    "told string, shown string, compared long"
)
CLUSTERED = "first long, object string, shown boolean, merged long, refused long"


@dataclass(frozen=True, slots=True)
class Names:
    """What people call records: file, number and 001, from the place."""

    files: Mapping[int, str]  # by piece
    before: Mapping[int, int]  # items of the file in the pieces before this one

    def entry(self, place: int, control: str) -> Entry:
        """Return a record's file, number from 1 and 001."""
        piece, number = divmod(place, PLACES)
        return Entry(self.files[piece], self.before[piece] + number, control)


def extract_pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Read the pieces of files that a table names; yield each record's features and keys.

    What is no record is yielded with its finding and nothing else.
    """
    for batch in batches:
        for row in batch.to_pylist():
            yield from _extract(Split(**row))


def _extract(split: Split) -> Iterator[pa.RecordBatch]:
    rows: list[dict[str, Any]] = []
    number = 0
    for part in read_split(split):
        for raw in cut(part):
            number += 1
            place = split.index * PLACES + number
            one = read_features(raw)
            if isinstance(one, Finding):
                told = json.dumps(one.at(file=split.file, record=number).as_json())
                rows.append({"place": place, "keys": [], "finding": told})
            else:
                rows.append(
                    {"place": place, "control": one.control, "packed": pack(one),
                     "keys": hashed(dict.fromkeys(one.keys)).view(np.int64).tolist()}
                )  # fmt: skip
            if len(rows) >= _BATCH:
                yield _table(rows, EXTRACTED)
                rows = []
    if rows:
        yield _table(rows, EXTRACTED)


def expand_blocks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the pairs of the places that share a key; places come as one list a key."""
    import pyarrow as pa  # noqa: PLC0415 - the extra `spark` brings it

    for batch in batches:
        for places in batch.column("places").to_pylist():
            held = np.unique(np.array(places, dtype=np.int64))
            one, other = np.triu_indices(len(held), 1)
            yield pa.RecordBatch.from_arrays(
                [pa.array(held[one]), pa.array(held[other])], names=["first", "second"]
            )


def score_pairs(
    batches: Iterable[pa.RecordBatch],
    rules: Rules,
    names: Names,
    decided: Decide | None,
    *,
    show: bool,
) -> Iterator[pa.RecordBatch]:
    """Judge pairs that come with the packed features of both; yield those worth a look.

    With `show` each has its object with the evidence by field, as JSON. A last row without a band
    counts what was compared.
    """
    for batch in batches:
        rows = batch.to_pylist()
        held: dict[int, int] = {}
        packed: list[bytes] = []
        controls: list[str] = []
        for row in rows:
            for side in ("first", "second"):
                if row[side] not in held:
                    held[row[side]] = len(packed)
                    packed.append(row[f"packed_{side}"])
                    controls.append(row[f"control_{side}"] or "")
        some = [unpack(data, i) for i, data in enumerate(packed)]
        places = list(held)
        out = [
            _told(one, some, places, controls, rules, names, decided, show=show)
            for one in Side(columns_of(some), some, rules).judge(
                np.array([held[row["first"]] for row in rows], dtype=np.int64),
                np.array([held[row["second"]] for row in rows], dtype=np.int64),
                least=rules.review,
            )
        ]
        out.append({"compared": len(rows)})
        yield _table(out, SCORED)


def _told(
    judged: tuple[int, int, float, str, bool], some: Sequence[Features], places: Sequence[int],
    controls: Sequence[str], rules: Rules, names: Names, decided: Decide | None, *, show: bool,
) -> dict[str, Any]:  # fmt: skip
    i, j, probability, band, joins = judged
    one, other = (names.entry(places[k], controls[k]) for k in (i, j))
    word = decided(one, other) if decided is not None else None
    told = None
    if word is not None:
        said = "match" if word == "same" else "no"
        if said != band:
            told = f"{one.control}\tdecided {word} as {other.control}, where the score says {band}"
        band, joins = said, False
    row = {
        "first": places[i], "second": places[j], "probability": probability, "band": band,
        "joins": joins, "decided": word is not None, "told": told, "compared": 0,
    }  # fmt: skip
    if show:
        (compared,) = compare_many([some[i]], [some[j]], rules)
        row["shown"] = json.dumps(
            {"a": name_of(one), "b": name_of(other), **comparison_object(compared, band),
             "decided": word is not None}, ensure_ascii=False,
        )  # fmt: skip
    return row


def cluster_component(
    edges: pa.Table, members: pa.Table, rules: Rules, names: Names, choose: ChoosePolicy | None
) -> pa.Table:
    """Return the groups of one connected component, as objects, and how many records are too many.

    `edges` are all judged pairs within it, `members` its records with their features.
    """
    rows = sorted(members.to_pylist(), key=lambda row: row["place"])
    local = {row["place"]: i for i, row in enumerate(rows)}
    some = [unpack(row["packed"], i) for i, row in enumerate(rows)]
    side = Side(columns_of(some), some, rules)
    found = [
        Edge(local[e["first"]], local[e["second"]], e["probability"], e["band"], e["joins"], e["decided"])
        for e in edges.to_pylist()
    ]  # fmt: skip

    def look(pairs: list[tuple[int, int]]) -> list[Edge]:
        first, second = np.array(pairs, dtype=np.int64).T
        return [Edge(*one) for one in side.judge(first, second, least=0.0)]

    clusters, _ = cluster_records(found, certain=False, look=look)
    certain, refused = cluster_records(found, look=look)
    store = FeatureStore()
    for row in rows:
        store.append(row["packed"])
    store.freeze()
    with store:
        run = Run(
            [names.entry(row["place"], row["control"] or "") for row in rows], found, clusters,
            certain, refused, [], Tally(), 0, store, rules,
        )  # fmt: skip
        out = [
            {"first": rows[cluster.records[0]]["place"], "shown": True, "merged": 0, "refused": 0,
             "object": json.dumps(shown, ensure_ascii=False)}
            for cluster, shown in zip(clusters, cluster_objects(run, choose), strict=True)
        ]  # fmt: skip
    out.append(
        {"first": rows[0]["place"], "shown": False, "object": "", "refused": len(refused),
         "merged": sum(len(cluster.records) - 1 for cluster in certain)}
    )  # fmt: skip
    return _table(out, CLUSTERED, whole=True)


def _table(rows: Sequence[Mapping[str, Any]], types: str, *, whole: bool = False) -> Any:
    """Return rows as Arrow, with the columns of a list of Spark SQL types."""
    import pyarrow as pa  # noqa: PLC0415 - the extra `spark` brings it

    known = {
        "long": pa.int64(), "double": pa.float64(), "string": pa.string(), "boolean": pa.bool_(),
        "binary": pa.binary(), "array<long>": pa.list_(pa.int64()),
    }  # fmt: skip
    schema = pa.schema(
        [(name, known[kind]) for name, kind in (part.split() for part in types.split(", "))]
    )
    columns = [[row.get(field.name) for row in rows] for field in schema]
    made = pa.table if whole else pa.record_batch
    return made([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
