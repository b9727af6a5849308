"""The stages wired together as Spark data frames.

Workers read the files themselves, so every worker must see them under the same path, and must have
techproc installed for the same version of Python.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techproc.config import ChoosePolicy, MatchPolicy
from techproc.dedupe.engine import Decide
from techproc.dedupe.rules import rules_of
from techproc.dedupe.spark.components import components
from techproc.dedupe.spark.splits import plan_splits
from techproc.dedupe.spark.stages import (
    CLUSTERED,
    EXTRACTED,
    PAIRS,
    PLACES,
    SCORED,
    Names,
    cluster_component,
    expand_blocks,
    extract_pieces,
    score_pairs,
)
from techproc.errors import MissingExtra
from techproc.findings import Finding, Severity, Tally

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkRun", "find_on_spark"]

_TOLD = 1_000  # findings of one kind that are fetched


@dataclass(slots=True)
class SparkRun:
    """What a run on Spark found: objects as `--json` prints them, fetched as they are asked for."""

    tally: Tally
    findings: list[Finding]
    compared: int
    bands: dict[str, int]
    groups: int
    _objects: DataFrame = field(repr=False)
    _numbered: bool = field(repr=False)

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield the groups, or the pairs when these were asked for, in the order of the records."""
        for number, row in enumerate(self._objects.toLocalIterator(), start=1):
            found: dict[str, Any] = json.loads(row["object"])
            yield {**found, "cluster": number} if self._numbered else found


@contextmanager
def find_on_spark(
    paths: Iterable[str | Path],
    policy: MatchPolicy | None = None,
    *,
    master: str = "local[*]",
    pairs: bool = False,
    block: int = 60,
    choose: ChoosePolicy | None = None,
    decided: Decide | None = None,
    checkpoints: str | Path | None = None,
    split: int = 16 << 20,
    options: Iterable[tuple[str, str]] = (),
) -> Iterator[SparkRun]:
    """Find duplicates as `find_in_files` does, on the Spark cluster at `master`.

    Files are MARC in any form, or Parquet with a record of ISO 2709 in each row of a binary column
    `record`. The run's objects are to be fetched before the context ends. `checkpoints` is a directory that
    all workers see (a temporary one by default, which does for workers on this machine); `split`
    the bytes of a file that one task reads; `options` are Spark's own. Raises MissingExtra without
    pyspark, InputError for a file that is missing or empty.
    """
    splits = plan_splits(paths, split)
    partitions = str(min(200, max(4, 2 * len(splits))))
    options = [("spark.sql.shuffle.partitions", partitions), *options]
    with _session(master, options) as spark, tempfile.TemporaryDirectory() as folder:
        spark.sparkContext.setCheckpointDir(str(checkpoints or folder))
        pieces = spark.createDataFrame(
            [(s.index, s.file, s.start, s.stop, s.parquet) for s in splits],
            "index int, file string, start long, stop long, parquet boolean",
        ).repartition(len(splits), "index")
        read = pieces.mapInArrow(extract_pieces, EXTRACTED).persist(_on_disk())
        names, tally, findings = _count(read, {s.index: s.file for s in splits})
        records = read.where("packed is not null").select("place", "control", "packed", "keys")
        found, common = _blocks(records, block)
        findings += common
        edges, compared = _score(found, records, policy, names, decided, show=pairs)
        rules = rules_of(policy or MatchPolicy())
        bands = {row["band"]: row["count"] for row in edges.groupBy("band").count().collect()}
        findings += [
            Finding(rule="dedupe.overruled", severity=Severity.INFO, control=control, message=text)
            for row in edges.where("told is not null").limit(_TOLD).collect()
            for control, text in [row["told"].split("\t", 1)]
        ]
        grouped = _cluster(
            edges, records, partial(cluster_component, rules=rules, names=names, choose=choose)
        ).persist(_on_disk())
        merged = grouped.agg({"merged": "sum"}).first()
        tally.merged = int((merged and merged[0]) or 0)
        tally.written = tally.read - tally.rejected - tally.merged
        tally.check()
        if pairs:
            shown = edges.orderBy("first", "second").selectExpr("shown as object")
        else:
            shown = grouped.where("shown").orderBy("first").select("object")
        yield SparkRun(
            tally, findings, compared, bands, grouped.where("shown").count(), shown, not pairs
        )


@contextmanager
def _session(master: str, options: Iterable[tuple[str, str]]) -> Iterator[SparkSession]:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra(
            "--engine spark needs PySpark and Java 17: pip install 'techproc[spark]'"
        ) from error
    builder = SparkSession.builder.master(master).appName("techproc dedupe")
    defaults = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "5000",
        "spark.log.level": "ERROR",
    }
    for name, value in (defaults | dict(options)).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


def _on_disk() -> Any:
    from pyspark import StorageLevel  # noqa: PLC0415 - the extra `spark` brings it

    return StorageLevel.MEMORY_AND_DISK


def _count(read: DataFrame, files: dict[int, str]) -> tuple[Names, Tally, list[Finding]]:
    """Return how records are called, how many there are, and what was noticed of them."""
    piece = f"place div {PLACES} as piece"
    counts = {
        row["piece"]: row["count"]
        for row in read.selectExpr(piece).groupBy("piece").count().collect()
    }
    before: dict[int, int] = {}
    so_far: dict[str, int] = {}
    for index, file in sorted(files.items()):
        before[index] = so_far.get(file, 0)
        so_far[file] = before[index] + counts.get(index, 0)
    names = Names(files, before)
    rejected = read.where("finding is not null")
    findings = []
    for row in rejected.orderBy("place").limit(_TOLD).collect():
        told = json.loads(row["finding"])
        entry = names.entry(row["place"], "")
        findings.append(
            Finding(**{**told, "severity": Severity(told["severity"]), "record": entry.number})
        )
    findings += _repeated(read.where("packed is not null"), names)
    return names, Tally(read=sum(counts.values()), rejected=rejected.count()), findings


def _repeated(records: DataFrame, names: Names) -> Iterator[Finding]:
    """Tell which 001 stand on several records, and that some have none."""
    for row in records.where("control = ''").orderBy("place").limit(_TOLD).collect():
        entry = names.entry(row["place"], "")
        yield Finding(
            rule="dedupe.no-control-number", severity=Severity.WARNING, file=entry.file,
            record=entry.number,
            message="the record has no 001; it is called by its place in the file",
        )  # fmt: skip
    twice = (
        records.where("control != ''").groupBy("control")
        .agg({"place": "min", "*": "count"})
        .withColumnsRenamed({"min(place)": "place", "count(1)": "count"})
        .where("count > 1").orderBy("place").limit(_TOLD)
    )  # fmt: skip
    for row in twice.collect():
        first = names.entry(row["place"], row["control"])
        yield Finding(
            rule="dedupe.control-number-twice", severity=Severity.WARNING, control=row["control"],
            file=first.file, record=first.number,
            message=f"{row['count']} records have this 001",
            fix="give them numbers of their own before loading",
        )  # fmt: skip


def _blocks(records: DataFrame, largest: int) -> tuple[DataFrame, list[Finding]]:
    """Return the pairs that share a key few share, each once; tell the keys that many do."""
    keys = records.selectExpr("place", "explode(keys) as key")
    sizes = keys.groupBy("key").count().persist(_on_disk())
    common = sizes.where(f"count > {largest}").orderBy("count", ascending=False).limit(_TOLD)
    findings = [
        Finding(
            rule="dedupe.common-key", severity=Severity.INFO,
            message=f"{row['count']} records share a key, more than {largest}: it was not used",
        )
        for row in common.collect()
    ]  # fmt: skip
    used = sizes.where(f"count > 1 and count <= {largest}").select("key")
    blocks = keys.join(used, "key").groupBy("key").agg({"place": "collect_list"})
    blocks = blocks.withColumnRenamed("collect_list(place)", "places").select("places")
    return blocks.mapInArrow(expand_blocks, PAIRS).distinct(), findings


def _score(
    pairs: DataFrame,
    records: DataFrame,
    policy: MatchPolicy | None,
    names: Names,
    decided: Decide | None,
    *,
    show: bool,
) -> tuple[DataFrame, int]:
    """Return the pairs worth a look, judged, and how many were compared."""
    first, second = (
        records.selectExpr(
            f"place as {side}", f"packed as packed_{side}", f"control as control_{side}"
        )
        for side in ("first", "second")
    )
    rules = rules_of(policy or MatchPolicy())
    joined = pairs.join(first, "first").join(second, "second")
    judge = partial(score_pairs, rules=rules, names=names, decided=decided, show=show)
    scored = joined.mapInArrow(judge, SCORED).persist(_on_disk())
    total = scored.agg({"compared": "sum"}).first()
    return scored.where("band is not null"), int((total and total[0]) or 0)


def _cluster(edges: DataFrame, records: DataFrame, group: Any) -> DataFrame:
    """Return the groups of every connected component."""
    held = edges.where("band = 'match' or joins").select("first", "second")
    labelled = components(held).persist(_on_disk())
    ours = labelled.withColumnsRenamed({"place": "first", "component": "one"})
    theirs = labelled.withColumnsRenamed({"place": "second", "component": "other"})
    inside = edges.join(ours, "first").join(theirs, "second").where("one = other")
    inside = inside.selectExpr(
        "one as component", "first", "second", "probability", "band", "joins", "decided"
    )
    members = records.join(labelled, "place").select("component", "place", "control", "packed")
    return (
        inside.groupBy("component")
        .cogroup(members.groupBy("component"))
        .applyInArrow(group, CLUSTERED)
    )
