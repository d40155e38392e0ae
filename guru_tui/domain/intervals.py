"""Half-open intervals of whole numbers (minutes, days): `(8, 12)` holds 8 and not 12.

What is empty (`end <= begin`) is dropped. Every function gives its intervals in order, apart from one another.
"""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
"""From the first that is in to the first that is out."""


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans as one set: those that overlap or touch become one."""
    merged: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def subtract(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of `spans` without `taken`."""
    left = union(spans)
    for begin, end in union(taken):
        left = [
            part
            for first, last in left
            for part in ((first, min(last, begin)), (max(first, end), last))
            if part[0] < part[1]
        ]
    return left


def intersect(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What is in both."""
    mine, theirs = union(spans), union(others)
    common = ((max(a[0], b[0]), min(a[1], b[1])) for a in mine for b in theirs)
    return [span for span in common if span[0] < span[1]]


def gaps(spans: Iterable[Span], within: Span) -> list[Span]:
    """What of `within` no span holds."""
    return subtract([within], spans)


def holds(spans: Iterable[Span], wanted: Span) -> bool:
    """Whether all of `wanted` is in the spans; an empty one is in any."""
    return not subtract([wanted], spans)
