"""Half-open intervals, against sets of whole numbers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.intervals import Span, gaps, holds, intersect, subtract, union

spans = st.lists(st.tuples(st.integers(-30, 60), st.integers(-30, 60)), max_size=8)
wanted = st.tuples(st.integers(-30, 60), st.integers(-30, 60))


def numbers(found: Iterable[Span]) -> set[int]:
    return {number for begin, end in found for number in range(begin, end)}


def in_order(found: list[Span]) -> bool:
    return all(begin < end for begin, end in found) and all(one[1] < other[0] for one, other in pairwise(found))


@given(spans)
def test_a_union_is_the_set_of_all(some: list[Span]) -> None:
    assert numbers(union(some)) == numbers(some)
    assert in_order(union(some))
    assert union(union(some)) == union(some)


@given(spans, spans)
def test_what_is_left_is_the_difference(some: list[Span], taken: list[Span]) -> None:
    assert numbers(subtract(some, taken)) == numbers(some) - numbers(taken)
    assert in_order(subtract(some, taken))


@given(spans, spans)
def test_what_is_in_both(some: list[Span], others: list[Span]) -> None:
    assert numbers(intersect(some, others)) == numbers(some) & numbers(others)
    assert in_order(intersect(some, others))


@given(spans, wanted)
def test_gaps_and_spans_make_the_whole(some: list[Span], within: Span) -> None:
    free = gaps(some, within)
    assert numbers(free) == numbers([within]) - numbers(some)
    assert in_order(free)


@given(spans, wanted)
def test_holding(some: list[Span], span: Span) -> None:
    assert holds(some, span) is (numbers([span]) <= numbers(some))


def test_touching_intervals_are_one_and_half_open_ones_do_not_meet() -> None:
    assert union([(5, 8), (8, 9), (1, 2)]) == [(1, 2), (5, 9)]
    assert intersect([(5, 8)], [(8, 9)]) == []
    assert gaps([(9, 10)], (8, 12)) == [(8, 9), (10, 12)]
    assert subtract([(1, 4)], [(4, 1)]) == [(1, 4)]
