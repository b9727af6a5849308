"""Groups of records: never by chains alone, whatever the order of the pairs."""

from __future__ import annotations

import random
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.dedupe.blocking import candidate_pairs, hashed
from techproc.dedupe.clusters import cluster_components, cluster_records
from techproc.dedupe.edges import Edge, EdgeStore

edges = st.lists(
    st.builds(
        Edge,
        st.integers(0, 7),
        st.integers(8, 15),
        st.floats(0, 1).map(lambda p: round(p, 3)),
        st.sampled_from(["match", "review", "no"]),
    ),
    max_size=40,
    unique_by=lambda edge: (edge.first, edge.second),
)


@given(edges, st.randoms(use_true_random=False))
def test_order_does_not_matter(some, random):
    """The same pairs in any order give the same groups."""
    mixed = list(some)
    random.shuffle(mixed)
    assert cluster_records(some) == cluster_records(mixed)


@given(edges)
def test_no_group_holds_a_vetoed_pair(some):
    """No two records of a group were found distinct, and no record is in two groups."""
    clusters, refused = cluster_records(some)
    known = {(edge.first, edge.second): edge for edge in some}
    seen: set[int] = set()
    for cluster in clusters:
        assert not seen & set(cluster.records)
        seen |= set(cluster.records)
        for i in cluster.records:
            for j in cluster.records:
                assert (i, j) not in known or known[i, j].band != "no"
    matches = {(e.first, e.second) for e in some if e.band == "match"}
    assert {(e.first, e.second) for e in refused} <= matches


@st.composite
def graphs(draw):
    """Pairs among up to 24 records, in rising order, and what all other pairs would give."""
    numbers = st.integers(0, 23)
    pairs = draw(st.sets(st.tuples(numbers, numbers).filter(lambda p: p[0] < p[1]), max_size=60))
    seed = random.Random(draw(st.integers(0, 1 << 32)))  # for each pair, too much to draw

    def judge(pair):
        band = seed.choice(["match", "match", "review", "no"])
        return Edge(
            *pair,
            seed.random(),
            band,
            band == "review" and seed.random() < 0.5,
            seed.random() < 0.1,
        )

    every = {(i, j): judge((i, j)) for j in range(24) for i in range(j)}
    return [every[pair] for pair in sorted(pairs)], every


@given(graphs(), st.booleans(), st.sampled_from([1, 7, 10_000]))
def test_component_by_component_is_all_at_once(graph, looks, at_once):
    """Kept as columns and grouped by component, the same edges give the same groups."""
    some, every = graph
    look = (lambda pairs: [every[pair] for pair in pairs]) if looks else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("techproc.dedupe.edges._AT_ONCE", at_once)
        with closing(EdgeStore()) as edges:
            edges.append(some[:9])
            edges.append(some[9:])
            edges.freeze()
            assert list(edges) == [edges[i] for i in range(len(some))] == some
            assert edges[2:-1] == some[2:-1]
            clusters, certain, refused = cluster_components(edges.components(), look)
    assert clusters == cluster_records(some, certain=False, look=look)[0]
    assert (certain, refused) == cluster_records(some, look=look)


def test_edges_come_in_order():
    """What would be found in the wrong place later is refused at once."""
    with closing(EdgeStore()) as edges:
        edges.append([Edge(3, 4, 0.99, "match")])
        with pytest.raises(ValueError, match="rising order"):
            edges.append([Edge(2, 9, 0.99, "match")])


def test_a_chain_is_refused():
    """a = b and b = c do not make a = c when those were compared and differ."""
    chain = [Edge(0, 1, 0.99, "match"), Edge(1, 2, 0.98, "match"), Edge(0, 2, 0.2, "no")]
    clusters, refused = cluster_records(chain)
    assert [cluster.records for cluster in clusters] == [(0, 1)]
    assert refused == [chain[1]]
    assert clusters[0].flags


def test_large_groups_are_flagged():
    """A group of more than six says so."""
    every = [Edge(i, j, 0.99, "match") for i in range(7) for j in range(i + 1, 7)]
    (cluster,) = cluster_records(every)[0]
    assert cluster.records == tuple(range(7))
    assert "more than 6" in cluster.flags[0]


@given(st.lists(st.sets(st.sampled_from("abcdefgh"), max_size=4), max_size=12))
def test_blocks_bring_together_what_shares_a_key(keys):
    """The pairs are exactly those that share a key, each once, smaller position first."""
    columns = [hashed(sorted(one)) for one in keys]
    owners = np.repeat(np.arange(len(keys), dtype=np.int32), [len(c) for c in columns])
    every = np.concatenate(columns) if columns else np.empty(0, dtype=np.uint64)
    first, second = candidate_pairs(every, owners)
    found = list(zip(first.tolist(), second.tolist(), strict=True))
    wanted = {(i, j) for j in range(len(keys)) for i in range(j) if keys[i] & keys[j]}
    assert sorted(found) == sorted(set(found)) == sorted(wanted)
