"""Moments as they are typed after `--at`."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from guru_tui.domain.moments import read_moment
from guru_tui.errors import Invalid

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Johannesburg


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("now", "2026-11-25T10:00"),
        ("14:00", "2026-11-25T14:00"),
        ("8h30", "2026-11-25T08:30"),
        ("tomorrow 10:00", "2026-11-26T10:00"),
        ("Tomorrow", "2026-11-26T09:15"),
        ("fri 10:00", "2026-11-27T10:00"),
        ("wednesday 7:05", "2026-12-02T07:05"),
        ("2026-11-27", "2026-11-27T09:15"),
        ("2026-11-27 10:00", "2026-11-27T10:00"),
        ("2026-11-27T10:00", "2026-11-27T10:00"),
        ("2026-11-27T10:00:30", "2026-11-27T10:00:30"),
        ("2026-11-27T08:00:00Z", "2026-11-27T10:00"),
        ("2026-11-27T09:00+01:00", "2026-11-27T10:00"),
    ],
)
def test_what_is_typed_is_understood(typed: str, meant: str) -> None:
    found = read_moment(typed, now=NOW, zone="Africa/Johannesburg", hour=time(9, 15))
    assert found == datetime.fromisoformat(f"{meant}+02:00")


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "12:61", "fri sat 10:00", "2026-02-30", "tomorrow 10:00 sharp"])
def test_what_is_no_time_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match="write it like"):
        read_moment(typed, now=NOW, zone="Africa/Johannesburg", hour=time(9, 15))


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(Invalid, match="does not exist"):
        read_moment("2027-03-28T01:30", now=NOW, zone="Europe/London", hour=time(10))
