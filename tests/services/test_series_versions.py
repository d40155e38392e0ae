"""Two hands on one series: what was changed elsewhere since a step was looked at is named, and not overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import Edit, SeriesChange
from guru_tui.errors import MovedOn
from tests.outbox_support import client
from tests.services.test_series import TUESDAY, everything, series

Step = Callable[[Guru, int, int], SeriesChange]
"""A step on the series of an appointment from it on, as it was looked at in a version."""

STEPS: dict[str, Step] = {
    "cancel": lambda guru, key, version: guru.series.cancel(key, "later", notify=False, version=version),
    "edit": lambda guru, key, version: guru.series.edit(
        key, "later", Edit(TUESDAY + timedelta(14, hours=1)), notify=False, version=version
    ),
    "pattern": lambda guru, key, version: guru.series.change_pattern(
        key, Repeat("week", 2, count=3), notify=False, version=version
    ),
}


@pytest.fixture
def phone(guru: Guru) -> Iterator[Guru]:
    """Another session on the same store."""
    opened = Guru(guru.settings, guru.clock, origin="phone")
    yield opened
    opened.close()


@pytest.fixture
def made(guru: Guru) -> SeriesChange:
    """Six Tuesdays from 1 December at 10:00."""
    return series(guru, client(guru), notify=False)


@pytest.mark.parametrize("step", STEPS)
def test_a_move_of_one_of_them_elsewhere_stops_a_step_on_all(
    guru: Guru, phone: Guru, made: SeriesChange, step: str
) -> None:
    version = guru.reads.newest_change()
    phone.booking.move(made.ids[4], datetime(2026, 12, 30, 9), notify=False)
    before = everything(guru)
    sentence = "Changed elsewhere meanwhile: of the one of Tue 29 Dec 10:00, it is at Wed 30 Dec 09:00 for 60 min now"
    with pytest.raises(MovedOn, match=sentence):
        STEPS[step](guru, made.ids[2], version)
    assert everything(guru) == before
    assert STEPS[step](guru, made.ids[2], guru.reads.newest_change()).summary, "looked at anew it is done"


@pytest.mark.parametrize("step", STEPS)
def test_so_does_a_cancellation_and_that_of_the_one_itself(
    guru: Guru, phone: Guru, made: SeriesChange, step: str
) -> None:
    version = guru.reads.newest_change()
    phone.booking.cancel(made.ids[3], notify=False)
    phone.booking.cancel(made.ids[5], notify=False)
    with pytest.raises(MovedOn, match=r"Tue 22 Dec 10:00, it is cancelled now, and 1 more\. Nothing was changed here"):
        STEPS[step](guru, made.ids[2], version)
    phone.undo.undo()
    phone.undo.undo()
    phone.booking.cancel(made.ids[2], notify=False)
    with pytest.raises(MovedOn, match="it is cancelled now"):
        STEPS[step](guru, made.ids[2], version)


@pytest.mark.parametrize("step", STEPS)
def test_what_the_step_is_not_about_stops_nothing(guru: Guru, phone: Guru, made: SeriesChange, step: str) -> None:
    version = guru.reads.newest_change()
    phone.booking.cancel(made.ids[0], notify=False)
    phone.booking.set_note(made.ids[3], "bring scans")
    phone.booking.move(made.ids[4], datetime(2026, 12, 30, 9), notify=False)
    phone.undo.undo()
    assert STEPS[step](guru, made.ids[2], version).summary


def test_one_that_was_over_with_already_stops_nothing(
    guru: Guru, phone: Guru, made: SeriesChange, clock: FixedClock
) -> None:
    clock.instant = datetime.fromisoformat("2026-12-09T09:00+02:00")
    version = guru.reads.newest_change()
    phone.booking.set_status(made.ids[1], "attended")
    assert len(guru.series.cancel(made.ids[2], "all", version=version).ids) == 4


def test_one_that_has_come_to_them_stops_it(guru: Guru, phone: Guru, made: SeriesChange) -> None:
    version = guru.reads.newest_change()
    phone.booking.move(made.ids[0], datetime(2027, 1, 12, 10), notify=False)
    with pytest.raises(MovedOn, match="there is one more, on Tue 12 Jan 10:00"):
        guru.series.cancel(made.ids[2], "later", version=version)


def test_a_confirmation_is_news_to_who_cancels_and_none_to_who_moves(
    guru: Guru, phone: Guru, made: SeriesChange
) -> None:
    version = guru.reads.newest_change()
    phone.booking.set_status(made.ids[3], "confirmed")
    for step in ("cancel", "pattern"):
        with pytest.raises(MovedOn, match="it is confirmed now"):
            STEPS[step](guru, made.ids[2], version)
    assert len(STEPS["edit"](guru, made.ids[2], version).ids) == 4


def test_another_pattern_elsewhere_stops_it(guru: Guru, phone: Guru, made: SeriesChange) -> None:
    version = guru.reads.newest_change()
    phone.series.change_pattern(made.ids[3], Repeat("week", 2, count=3), notify=False)
    with pytest.raises(MovedOn, match="Tue 29 Dec 10:00, it is cancelled now, and 2 more"):
        guru.series.edit(made.ids[0], "all", Edit(TUESDAY + timedelta(hours=1)), version=version)
    phone.undo.undo()
    phone.series.change_pattern(made.ids[3], Repeat("week", count=9), notify=False)
    for key in (made.ids[0], made.ids[4]):
        with pytest.raises(MovedOn, match=r"the one of Tue \d+ Dec 10:00 repeats differently now, and "):
            guru.series.cancel(key, "all", version=version)


def test_a_series_that_was_taken_back_elsewhere_is_gone(guru: Guru, phone: Guru, made: SeriesChange) -> None:
    version = guru.reads.newest_change()
    phone.undo.undo()
    for step in STEPS.values():
        with pytest.raises(MovedOn, match="taken back elsewhere"):
            step(guru, made.ids[2], version)


def test_looking_refuses_what_is_old_too(guru: Guru, phone: Guru, made: SeriesChange) -> None:
    version = guru.reads.newest_change()
    phone.booking.cancel(made.ids[4], notify=False)
    with pytest.raises(MovedOn):
        guru.series.plan_edit(made.ids[2], "later", Edit(TUESDAY), version=version)
    with pytest.raises(MovedOn):
        guru.series.plan_pattern(made.ids[2], Repeat("week", count=2), version=version)
    with pytest.raises(MovedOn):
        guru.series.rehearsal().cancel(made.ids[2], "later", version=version)


def test_blocked_times_that_were_removed_elsewhere(guru: Guru, phone: Guru) -> None:
    friday = datetime(2026, 11, 27, 12)
    made = guru.series.block(friday, friday + timedelta(hours=5), "admin", Repeat("week", count=8))
    version = guru.reads.newest_change()
    phone.booking.unblock(made.ids[6])
    with pytest.raises(MovedOn, match="the one of Fri 8 Jan 12:00 was taken back"):
        guru.series.unblock(made.ids[2], "later", version=version)
    assert len(guru.series.unblock(made.ids[2], "later", version=guru.reads.newest_change()).ids) == 5
