"""What a run found, as the objects that `--json` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from techproc.config import ChoosePolicy
from techproc.dedupe.compare import Comparison
from techproc.dedupe.engine import Entry, Run
from techproc.dedupe.quality import best_of

__all__ = ["cluster_objects", "comparison_object", "name_of", "pair_objects"]

_AT_ONCE = 2_000


def name_of(entry: Entry) -> str:
    """Return the 001 of a record, or its place in the file when it has none."""
    return entry.control or f"{entry.file}#{entry.number}"


def cluster_objects(run: Run, policy: ChoosePolicy | None = None) -> Iterator[dict[str, Any]]:
    """Yield an object for each cluster: its number, records, the best of them, and the reasons."""
    for number, cluster in enumerate(run.clusters, start=1):
        entries = [run.entries[i] for i in cluster.records]
        best = best_of(run.store.take(cluster.records), policy)
        pairs = [(edge.first, edge.second) for edge in cluster.edges]
        compared = run.compare(pairs)
        yield {
            "cluster": number,
            "records": [name_of(entry) for entry in entries],
            "places": [f"{entry.file}#{entry.number}" for entry in entries],
            "best": name_of(entries[best]),
            "reasons": [
                f"{name_of(run.entries[edge.first])} = {name_of(run.entries[edge.second])}: "
                + ("decided the same" if edge.decided else f"{edge.probability:.3f}")
                + f" ({one.explain()})"
                for edge, one in zip(cluster.edges, compared, strict=True)
            ],
            "flags": list(cluster.flags),
        }


def pair_objects(run: Run) -> Iterator[dict[str, Any]]:
    """Yield an object for each pair at or above the review limit, with the evidence by field."""
    for start in range(0, len(run.edges), _AT_ONCE):
        edges = run.edges[start : start + _AT_ONCE]
        for edge, one in zip(edges, run.compare([(e.first, e.second) for e in edges]), strict=True):
            a, b = run.entries[edge.first], run.entries[edge.second]
            yield {
                "a": name_of(a),
                "b": name_of(b),
                **comparison_object(one, edge.band),
                "decided": edge.decided,
            }


def comparison_object(one: Comparison, band: str | None = None) -> dict[str, Any]:
    """Return the object for one comparison."""
    return {
        "decision": band or one.band,
        "probability": round(one.probability, 4),
        "score": round(one.score, 2),
        "relation": one.relation,
        "evidence": {
            name: {"points": round(points, 2), "compared": text}
            for name, points, text in one.contributions
        },
        "vetoes": list(one.vetoes),
    }
