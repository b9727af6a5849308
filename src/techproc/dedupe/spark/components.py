"""Connected components of an edge list on Spark, by alternating large and small stars.

Source: Kiveris and others, "Connected Components in MapReduce and Beyond" (2014). Every round
points nodes at smaller neighbours; duplicates make small components, so two to four rounds do. The
edges are checkpointed each round, for a plan that grows with every round is never finished.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["components"]

_MOST_ROUNDS = 50


def components(edges: DataFrame) -> DataFrame:
    """Return (place, component) of every node of `edges` (first, second).

    A component is called by its smallest node. The checkpoint directory of the context is used.
    """
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - the extra `spark` brings it

    current = edges.select(
        F.greatest("first", "second").alias("u"), F.least("first", "second").alias("v")
    ).where("u != v").distinct().checkpoint()  # fmt: skip
    mark = _mark(current, F)
    for _ in range(_MOST_ROUNDS):
        current = _small_star(_large_star(current, F), F).checkpoint()
        before, mark = mark, _mark(current, F)
        if before == mark:
            break
    roots = current.select(F.col("v").alias("place"), F.col("v").alias("component"))
    leaves = current.select(F.col("u").alias("place"), F.col("v").alias("component"))
    return leaves.union(roots).distinct()


def _mark(edges: DataFrame, f: Any) -> tuple[Any, ...]:
    """Return what tells two edge lists apart: how many edges there are, and sums over them."""
    row = edges.agg(
        f.count("*"), f.sum(f.hash("u", "v").cast("decimal(20)")),
        f.sum(f.xxhash64("v", "u").cast("decimal(38)")),
    ).first()  # fmt: skip
    return tuple(row or ())


def _large_star(edges: DataFrame, f: Any) -> DataFrame:
    """Point every larger neighbour of a node at the smallest one."""
    both = edges.union(edges.select(f.col("v").alias("u"), f.col("u").alias("v")))
    least = both.groupBy("u").agg(f.min("v").alias("m"))
    least = least.select("u", f.least("u", "m").alias("m"))
    return (
        both.join(least, "u").where("v > u")
        .select(f.col("v").alias("u"), f.col("m").alias("v")).where("u != v").distinct()
    )  # fmt: skip


def _small_star(edges: DataFrame, f: Any) -> DataFrame:
    """Point a node and its smaller neighbours at the smallest of them."""
    turned = edges.select(f.greatest("u", "v").alias("u"), f.least("u", "v").alias("v"))
    least = turned.groupBy("u").agg(f.min("v").alias("m"))
    neighbours = turned.join(least, "u").select(f.col("v").alias("u"), f.col("m").alias("v"))
    itself = least.select("u", f.col("m").alias("v"))
    return neighbours.union(itself).where("u != v").distinct()
