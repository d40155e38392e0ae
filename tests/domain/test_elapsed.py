"""Lengths are the time that passes, whatever the clocks on the wall do."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from guru_tui.domain.local_time import elapsed
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.screens.day_plan import Gap

LONDON = ZoneInfo("Europe/London")
BEGIN, END = datetime(2027, 3, 28, 0, 30, tzinfo=LONDON), datetime(2027, 3, 28, 2, 30, tzinfo=LONDON)


def test_an_hour_is_lost_in_spring() -> None:
    assert timedelta(hours=2) == END - BEGIN  # wall time: what must not be shown as a length
    assert elapsed(BEGIN, END) == timedelta(hours=1)
    assert AgendaEntry("appointment", 1, BEGIN, END, "Night watch", "booked").minutes == 60
    assert Gap(BEGIN, END).minutes == 60
