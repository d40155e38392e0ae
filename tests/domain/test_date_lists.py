"""Several dates in one sentence."""

from __future__ import annotations

from datetime import datetime

import pytest

from guru_tui.domain.date_lists import listed


@pytest.mark.parametrize(
    ("starts", "language", "dates", "time"),
    [
        (["2026-12-01T10:00"], "en", "Tue 1 December", "10:00"),
        (["2026-12-01T10:00", "2026-12-08T10", "2027-01-05T10"], "en", "Tue 1, 8 December and 5 January", "10:00"),
        (["2026-12-01T10:00", "2026-12-08T11:30", "2026-12-15T10"], "en", "Tue 1, 8 (11:30) and 15 December", "10:00"),
        (["2026-11-30T09:00", "2026-12-02T09:00"], "en", "Mon 30 November and Wed 2 December", "09:00"),
        (["2026-12-01T10:00", "2026-12-03T10:00"], "af", "Di 1 en Do 3 Desember", "10:00"),
        (
            ["2026-12-01T10:00", "2027-12-01T10:00", "2027-12-02T10:00"],
            "en",
            "Tue 1 December 2026, Wed 1 and Thu 2 December 2027",
            "10:00",
        ),
    ],
)  # fmt: skip
def test_dates_are_listed(starts: list[str], language: str, dates: str, time: str) -> None:
    assert listed([datetime.fromisoformat(start) for start in starts], language) == (dates, time)
