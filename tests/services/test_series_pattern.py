"""An appointment of its own that repeats from then on: the first of a series, in one step and one message."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.errors import MovedOn, NotAllowed
from tests.outbox_support import book, client, outbox, run, sql, states
from tests.services.test_series import TUESDAY, everything, starts

WEEKLY = Repeat("week", count=3)


@pytest.fixture
def single(guru: Guru, clock: FixedClock) -> int:
    """Tuesday 1 December at 10:00, confirmed, of which the client has been told."""
    key = book(guru, client(guru), "2026-12-01T10:00", notify=True)
    clock.advance(minutes=3)
    run(guru)
    guru.booking.set_status(key, "confirmed")
    return key


def test_it_stays_and_the_others_come_to_it(guru: Guru, single: int) -> None:
    before = everything(guru)
    plan = guru.series.plan_pattern(single, WEEKLY)
    assert (plan.troubled, plan.gone, plan.outcome) == ((), (), "1 stays, 2 are new")
    change = guru.series.change_pattern(single, WEEKLY)
    assert change.summary == "Repeated Sarah Botha every Tue 10:00, 3 times from Tue 1 Dec"
    assert change.ids[0] == single and guru.reads.entry(single).status == "confirmed"
    assert starts(guru) == ["2026-12-08T10:00", "2026-12-15T10:00"]
    place = guru.reads.series_place("appointment", single)
    assert place is not None and (place.number, place.total, place.all) == (1, 3, 3)
    assert states(guru)[-1] == ("confirmation", "email", "held"), "told of what is new, and of that alone"
    assert "Tue 8 and 15 December" in outbox(guru)[-1].body
    assert change.gone == ()
    guru.undo.undo()
    assert everything(guru) == before


def test_it_moves_to_where_the_rule_begins(guru: Guru, single: int) -> None:
    change = guru.series.change_pattern(single, WEEKLY, start=TUESDAY + timedelta(2, hours=1), minutes=45)
    rows = sql(guru, "SELECT starts_local, minutes, sequence FROM appointment ORDER BY id").fetchall()
    assert rows == [("2026-12-03T11:00", 45, 1), ("2026-12-10T11:00", 45, 0), ("2026-12-17T11:00", 45, 0)]
    (message,) = change.messages
    assert message.kind == "reschedule"
    assert "Thu 3, 10 and 17 December" in message.body and "on Tue 1 December at 10:00" in message.body


def test_what_is_in_the_way_is_decided_about_and_the_first_can_stay(guru: Guru, single: int) -> None:
    other = client(guru, "Jan", email="")
    book(guru, other, "2026-12-01T14:00")
    book(guru, other, "2026-12-08T14:00")
    start = TUESDAY + timedelta(hours=4)
    first, second = guru.series.plan_pattern(single, WEEKLY, start).troubled
    guru.series.change_pattern(single, WEEKLY, {first.start: "skip", second.start: "shift"}, start=start)
    mine = sql(guru, "SELECT starts_local FROM appointment WHERE series_id > 0 ORDER BY starts_at").fetchall()
    assert [text for (text,) in mine] == ["2026-12-01T10:00", "2026-12-08T15:00", "2026-12-15T14:00"]


def test_one_that_took_place_or_would_stay_alone_is_refused(guru: Guru, single: int) -> None:
    book(guru, client(guru, "Jan", email=""), "2026-12-08T10:00")
    with pytest.raises(NotAllowed, match="All but this one"):
        guru.series.change_pattern(single, Repeat("week", count=2), {TUESDAY + timedelta(7): "skip"})
    guru.booking.set_status(single, "attended")
    for step in (guru.series.plan_pattern, guru.series.change_pattern):
        with pytest.raises(NotAllowed, match="is attended and stays as it is; book the next ones with: guru book"):
            step(single, WEEKLY)


def test_one_that_was_changed_elsewhere_is_refused(guru: Guru, single: int) -> None:
    version = guru.reads.newest_change()
    guru.booking.move(single, datetime(2026, 12, 2, 9), notify=False)
    with pytest.raises(MovedOn, match="it is at Wed 2 Dec 09:00"):
        guru.series.change_pattern(single, WEEKLY, version=version)
