"""Shelf reading names the fewest moves that put a shelf in order."""

from hypothesis import given
from hypothesis import strategies as st

from techproc.classify.shelfkey import shelf_key
from techproc.classify.shelfread import fewest_moves

NUMBERS = st.lists(st.integers(1, 30).map(lambda n: f"QA{n} .A2"), max_size=14)


def test_one_book_out_of_place_is_one_move():
    """A single stray does not condemn its neighbours."""
    moves = fewest_moves(["QA1", "QA9", "QA2", "QA3"], "lcc")
    assert [(m.call_number, m.position, m.after) for m in moves] == [("QA9", 2, "QA3")]


def test_a_shelf_in_order_needs_no_move():
    """Equal numbers beside each other are in order."""
    assert fewest_moves(["QA1", "QA1", "QA2"], "lcc") == []
    assert fewest_moves([], "lcc") == []


@given(NUMBERS)
def test_making_the_moves_puts_the_shelf_in_order(numbers):
    """Taking out what moves and putting each after its number gives the sorted shelf."""
    moves = fewest_moves(numbers, "lcc")
    moving = {m.position - 1 for m in moves}
    left = [n for i, n in enumerate(numbers) if i not in moving]
    assert left == sorted(left, key=lambda n: shelf_key(n, "lcc"))
    for move in moves:
        at = 0
        if move.after:
            at = max(i for i, n in enumerate(left) if n == move.after) + 1
        left.insert(at, move.call_number)
    assert left == sorted(numbers, key=lambda n: shelf_key(n, "lcc"))


@given(NUMBERS)
def test_no_smaller_set_of_moves_would_do(numbers):
    """What stays is a longest run in order (checked by dynamic programming)."""
    keys = [shelf_key(n, "lcc") for n in numbers]
    best = [1] * len(keys)
    for i, key in enumerate(keys):
        best[i] = 1 + max((best[j] for j in range(i) if keys[j] <= key), default=0)
    assert len(fewest_moves(numbers, "lcc")) == len(keys) - max(best, default=0)
