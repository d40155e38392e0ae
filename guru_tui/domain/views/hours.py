"""Opening hours."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """A weekly opening interval: weekday 0 is Monday, minutes after local midnight."""

    weekday: int
    opens: int
    closes: int
    location_id: int | None = None
