"""Series that are changed: this one, from here on, or all of them; one step and one message each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import Edit, SeriesChange
from guru_tui.domain.waitlist import Wish
from guru_tui.errors import Invalid, NotAllowed, SlotTaken
from tests.outbox_support import book, client, outbox, run, setting, sql, states, texts
from tests.services.test_series import TUESDAY, everything, request, series, starts


@pytest.fixture
def told(guru: Guru, clock: FixedClock) -> SeriesChange:
    """Six Tuesdays from 1 December at 10:00, of which the client has been told."""
    change = series(guru, client(guru))
    clock.advance(minutes=3)
    run(guru)
    return change


def kinds(guru: Guru) -> list[tuple[str, str]]:
    return [(kind, state) for kind, _, state in states(guru)]


def test_cancelling_from_here_on_is_one_message(guru: Guru, clock: FixedClock, home: Path, told: SeriesChange) -> None:
    before = everything(guru)
    change = guru.series.cancel(told.ids[2], "later", reason="client asked")
    assert change.summary == "Cancelled 4 appointments of Sarah Botha from Tue 15 Dec 10:00"
    assert starts(guru) == ["2026-12-01T10:00", "2026-12-08T10:00"]
    assert [row[0] for row in sql(guru, "SELECT DISTINCT reason FROM appointment WHERE status = 'cancelled'")] == [
        "client asked"
    ]
    assert kinds(guru) == [("confirmation", "sent"), ("cancellation", "held")]
    assert "Tue 15, 22, 29 December and 5 January" in outbox(guru)[1].body
    clock.advance(minutes=3)
    run(guru)
    assert "Tue 15, 22, 29 December and 5 January at 10:00 has been cancelled" in " ".join(texts(home)[1].split())
    assert guru.undo.undo().already_sent[0].kind == "cancellation"
    assert everything(guru) == before


def test_cancelling_all_of_them_leaves_what_was_and_says_so(guru: Guru, clock: FixedClock, told: SeriesChange) -> None:
    clock.instant = datetime.fromisoformat("2026-12-16T09:00+02:00")
    guru.booking.set_status(told.ids[0], "attended")
    guru.booking.set_status(told.ids[1], "no-show")
    guru.invoicing.invoice_client(1, appointment_ids=[told.ids[5]])
    change = guru.series.cancel(told.ids[3], "all")
    assert len(change.ids) == 2
    assert change.left == ("1 attended", "1 no-show", "1 begun already", "1 on an invoice")
    assert "Tue 22 and 29 December" in change.messages[0].body


def test_what_was_never_told_is_cancelled_in_silence(guru: Guru, clock: FixedClock) -> None:
    change = series(guru, client(guru))
    done = guru.series.cancel(change.ids[0], "all")
    assert (done.messages, done.withdrawn) == ((), 1)
    assert kinds(guru) == [("confirmation", "cancelled")]
    guru.undo.undo()
    assert kinds(guru) == [("confirmation", "held")]


def test_of_a_confirmation_that_waits_the_rest_still_goes(guru: Guru, clock: FixedClock, home: Path) -> None:
    change = series(guru, client(guru))
    guru.series.cancel(change.ids[3], "later")
    clock.advance(minutes=3)
    run(guru)
    (text,) = texts(home)
    assert "Tue 1, 8 and 15 December" in text


def test_moving_from_here_on_tells_the_new_dates_and_the_old(
    guru: Guru, clock: FixedClock, home: Path, told: SeriesChange
) -> None:
    before = everything(guru)
    change = guru.series.edit(told.ids[2], "later", Edit(datetime(2026, 12, 16, 11), minutes=45), ALL_KEPT)
    assert change.summary == (
        "Moved 4 appointments of Sarah Botha, the first from Tue 15 Dec 10:00 to Wed 16 Dec 11:00"
    )
    assert starts(guru)[2:] == ["2026-12-16T11:00", "2026-12-23T11:00", "2026-12-30T11:00", "2027-01-06T11:00"]
    assert sql(guru, "SELECT DISTINCT minutes FROM appointment WHERE id >= ?", told.ids[2]).fetchall() == [(45,)]
    body = change.messages[0].body
    assert "Wed 16, 23, 30 December and 6 January" in body and "11:00" in body
    assert "on Tue 15, 22, 29 December and 5 January at 10:00" in body
    clock.advance(minutes=3)
    run(guru)
    assert kinds(guru) == [("confirmation", "sent"), ("reschedule", "sent")]
    guru.undo.undo()
    assert everything(guru) == before


ALL_KEPT = {datetime(2026, 12, 16, 11): "keep"}  # 16 December is a public holiday


def test_moved_twice_within_the_hold_names_the_times_that_the_client_knows(guru: Guru, told: SeriesChange) -> None:
    guru.series.edit(told.ids[0], "all", Edit(TUESDAY + timedelta(hours=1)))
    change = guru.series.edit(told.ids[0], "all", Edit(TUESDAY + timedelta(hours=2)))
    assert "at 10:00" in change.messages[0].body and "11:00" not in change.messages[0].body
    assert kinds(guru) == [("confirmation", "sent"), ("reschedule", "cancelled"), ("reschedule", "held")]
    back = guru.series.edit(told.ids[0], "all", Edit(TUESDAY))
    assert back.messages == ()
    assert not [state for _, state in kinds(guru) if state == "held"]


def test_a_move_that_was_never_heard_of_is_told_as_a_booking(guru: Guru) -> None:
    change = series(guru, client(guru))
    moved = guru.series.edit(change.ids[0], "all", Edit(TUESDAY + timedelta(hours=1)))
    assert kinds(guru) == [("confirmation", "cancelled"), ("confirmation", "held")]
    assert "11:00" in moved.messages[0].body


def test_moving_all_changes_what_the_series_gives(guru: Guru, told: SeriesChange) -> None:
    guru.series.edit(told.ids[0], "all", Edit(TUESDAY + timedelta(2), fee_minor=50000), notify=False)
    assert sql(guru, "SELECT rule, starts_local, fee_minor FROM series").fetchone() == (
        "FREQ=WEEKLY;BYDAY=TH;COUNT=6",
        "2026-12-03T10:00",
        50000,
    )
    assert sql(guru, "SELECT DISTINCT fee_minor FROM appointment").fetchall() == [(50000,)]


def test_a_fee_alone_is_told_nobody(guru: Guru, told: SeriesChange) -> None:
    change = guru.series.edit(told.ids[1], "later", Edit(fee_minor=50000))
    assert change.messages == () and change.summary == "Changed 5 appointments of Sarah Botha from Tue 8 Dec 10:00"


def test_what_is_in_the_way_of_a_move_is_asked_and_can_stay(guru: Guru, told: SeriesChange) -> None:
    book(guru, client(guru, "Jan", email=""), "2026-12-22T14:00")
    edit = Edit(TUESDAY + timedelta(hours=4))
    before = everything(guru)
    with pytest.raises(SlotTaken, match=r"1 of 6 is not free .Tue 22 Dec 14:00 overlaps Jan Botha"):
        guru.series.edit(told.ids[0], "all", edit)
    assert everything(guru) == before
    (troubled,) = guru.series.plan_edit(told.ids[0], "all", edit).troubled
    assert troubled.shifted == datetime(2026, 12, 22, 15)
    change = guru.series.edit(told.ids[0], "all", edit, {troubled.start: "skip"})
    assert change.left == ("1 where they are",)
    assert starts(guru)[3:5] == ["2026-12-22T10:00", "2026-12-22T14:00"]
    assert "22" not in change.messages[0].body


def test_one_of_them_alone_and_a_length_alone(guru: Guru, told: SeriesChange) -> None:
    guru.series.edit(told.ids[0], "this", Edit(minutes=30))
    assert sql(guru, "SELECT minutes FROM appointment ORDER BY id").fetchall() == [(30,), *[(60,)] * 5]


def test_another_pattern_from_here_on(guru: Guru, clock: FixedClock, home: Path, told: SeriesChange) -> None:
    before = everything(guru)
    plan = guru.series.plan_pattern(told.ids[2], Repeat("week", 2, count=3))
    assert not plan.troubled, "those that are replaced are in nobody's way"
    change = guru.series.change_pattern(told.ids[2], Repeat("week", 2, count=3))
    assert change.summary == "Changed Sarah Botha to every 2 weeks on Tue 10:00, 3 times from Tue 15 Dec"
    assert starts(guru) == [
        "2026-12-01T10:00",
        "2026-12-08T10:00",
        "2026-12-15T10:00",
        "2026-12-29T10:00",
        "2027-01-12T10:00",
    ]
    assert [row[0] for row in sql(guru, "SELECT rule FROM series ORDER BY id")] == [
        "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261214",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3",
    ]
    assert kinds(guru) == [("confirmation", "sent"), ("reschedule", "held")]
    body = " ".join(change.messages[0].body.split())
    assert "Date: Tue 12 January Time: 10:00" in body and "on Tue 22 December and 5 January at 10:00" in body
    clock.advance(minutes=3)
    run(guru)
    assert kinds(guru)[-1] == ("reschedule", "sent")
    guru.undo.undo()
    assert everything(guru) == before


def test_another_pattern_that_nobody_was_told_of_the_first(guru: Guru) -> None:
    change = series(guru, client(guru))
    done = guru.series.change_pattern(change.ids[0], Repeat("week", count=2), start=TUESDAY + timedelta(1))
    assert kinds(guru) == [("confirmation", "cancelled"), ("confirmation", "held")]
    assert "Wed 2 and 9 December" in done.messages[0].body


def test_refusals_name_the_remedy(guru: Guru, told: SeriesChange) -> None:
    single = book(guru, client(guru, "Jan", email=""), "2026-12-02T10:00")
    with pytest.raises(NotAllowed, match="in no series"):
        guru.series.cancel(single, "later")
    with pytest.raises(Invalid, match="this, later, all"):
        guru.series.cancel(told.ids[0], "some")
    with pytest.raises(Invalid, match="already"):
        guru.series.edit(told.ids[0], "all", Edit(TUESDAY))
    with pytest.raises(Invalid, match="negative"):
        guru.series.edit(told.ids[0], "all", Edit(fee_minor=-1))
    guru.series.cancel(told.ids[0], "all")
    with pytest.raises(NotAllowed, match="still to come"):
        guru.series.cancel(told.ids[0], "all")


def test_looking_leaves_no_trace_in_the_log(guru: Guru, told: SeriesChange) -> None:
    steps = sql(guru, "SELECT count(*) FROM action").fetchone()
    previews = guru.series.rehearsal().cancel(told.ids[4], "later").messages
    assert "Tue 29 December and 5 January" in " ".join(previews[0].body.split())
    guru.series.plan_edit(told.ids[0], "all", Edit(TUESDAY + timedelta(hours=1)))
    assert sql(guru, "SELECT count(*) FROM action").fetchone() == steps


def test_repeating_blocks_are_removed_by_scope(guru: Guru, clock: FixedClock) -> None:
    friday = datetime(2026, 11, 27, 12)
    made = guru.series.block(friday, friday + timedelta(hours=5), "admin", Repeat("week", count=8))
    before = everything(guru)
    for scope, number, left in (("this", 2, 7), ("later", 2, 2), ("all", 2, 0)):
        guru.series.unblock(made.ids[number], scope)
        assert len(sql(guru, "SELECT 1 FROM blocked_time").fetchall()) == left
        guru.undo.undo()
        assert everything(guru) == before
    clock.instant = datetime.fromisoformat("2026-12-05T10:00+02:00")
    change = guru.series.unblock(made.ids[3], "all")
    assert len(change.ids) == 6, "those that are over stay"
    assert change.summary == "Removed admin 6 times from Fri 11 Dec 12:00"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    unit=st.sampled_from(("day", "week", "month")),
    count=st.integers(2, 8),
    which=st.integers(0, 7),
    scope=st.sampled_from(("this", "later", "all")),
    act=st.sampled_from(("cancel", "edit", "pattern")),
)
def test_undo_of_any_change_to_a_series_is_as_if_it_had_not_been(
    guru: Guru, unit: str, count: int, which: int, scope: str, act: str
) -> None:
    guru.practice.set("public_holidays", "off")
    who = sql(guru, "SELECT max(id) FROM client").fetchone()[0] or client(guru)
    empty = everything(guru)
    change = guru.series.book(request(who), Repeat(unit, count=count))
    before = everything(guru)
    key = change.ids[which % count]
    if act == "cancel":
        guru.series.cancel(key, scope)
    elif act == "edit":
        chosen = datetime.fromisoformat(
            sql(guru, "SELECT starts_local FROM appointment WHERE id = ?", key).fetchone()[0]
        )
        guru.series.edit(key, scope, Edit(chosen + timedelta(minutes=75)))
    else:
        guru.series.change_pattern(key, Repeat("week", count=9))
    assert everything(guru) != before
    guru.undo.undo()
    assert everything(guru) == before
    guru.undo.undo()
    assert everything(guru) == empty


# ---- what a change of several must not do by the way -----------------------------------------------------


def test_each_keeps_the_length_it_has(guru: Guru, told: SeriesChange) -> None:
    guru.series.edit(told.ids[1], "this", Edit(minutes=30))
    guru.series.edit(told.ids[0], "all", Edit(TUESDAY + timedelta(hours=1)))
    rows = sql(guru, "SELECT minutes, starts_local FROM appointment ORDER BY id").fetchall()
    assert [minutes for minutes, _ in rows] == [60, 30, 60, 60, 60, 60]
    assert {start[11:] for _, start in rows} == {"11:00"}


def test_one_that_stays_is_not_run_over_by_the_others(guru: Guru) -> None:
    monday = datetime(2026, 11, 30, 10)
    change = series(guru, client(guru), Repeat("day", count=3), monday)
    book(guru, client(guru, "Jan", email=""), "2026-12-02T10:00")
    guru.booking.move(change.ids[2], datetime(2026, 12, 3, 10), notify=False)
    edit = Edit(monday + timedelta(1))
    (troubled,) = guru.series.plan_edit(change.ids[0], "all", edit).troubled
    assert troubled.start == datetime(2026, 12, 2, 10)
    before = everything(guru)
    with pytest.raises(NotAllowed, match=r"Tue 1 Dec 10:00 would overlap another of the series"):
        guru.series.edit(change.ids[0], "all", edit, {troubled.start: "skip"})
    assert everything(guru) == before
    guru.series.edit(change.ids[0], "all", edit, {troubled.start: "keep"})
    assert starts(guru) == ["2026-12-01T10:00", "2026-12-02T10:00", "2026-12-02T10:00", "2026-12-04T10:00"]


def test_those_that_overlap_already_still_move_together(guru: Guru, told: SeriesChange) -> None:
    guru.booking.move(told.ids[1], datetime(2026, 12, 15, 10, 30), force=True, notify=False)
    guru.series.edit(told.ids[0], "all", Edit(TUESDAY + timedelta(hours=4)))
    assert starts(guru)[1:3] == ["2026-12-15T14:00", "2026-12-15T14:30"]


# ---- rehearsed ---------------------------------------------------------------------------------------------


def test_a_rehearsal_tells_what_would_come_and_leaves_nothing(guru: Guru, told: SeriesChange) -> None:
    before = everything(guru), states(guru), sql(guru, "SELECT count(*), max(id) FROM action").fetchone()
    edit = Edit(TUESDAY + timedelta(hours=1))
    seen = guru.series.rehearsal().edit(told.ids[0], "all", edit)
    pattern = guru.series.rehearsal().change_pattern(told.ids[2], Repeat("week", 2, count=3))
    off = guru.series.rehearsal().cancel(told.ids[4], "later")
    assert (everything(guru), states(guru), sql(guru, "SELECT count(*), max(id) FROM action").fetchone()) == before
    assert "Tue 29 December and 5 January" in " ".join(off.messages[0].body.split())
    assert "12 January" in pattern.messages[0].body
    done = guru.series.edit(told.ids[0], "all", edit)
    assert [row.body for row in done.messages] == [row.body for row in seen.messages]
    assert (done.summary, done.ids, done.freed) == (seen.summary, seen.ids, seen.freed)
    guru.undo.undo()


# ---- at short notice ---------------------------------------------------------------------------------------


@pytest.fixture
def daily(guru: Guru, clock: FixedClock) -> SeriesChange:
    """Four days from today, Wednesday, at 14:00, of which the client has been told; it is ten o'clock."""
    change = series(guru, client(guru), Repeat("day", count=4), datetime(2026, 11, 25, 14))
    clock.advance(minutes=3)
    run(guru)
    return change


def charged(guru: Guru) -> list[tuple[str, int | None]]:
    return sql(guru, "SELECT status, charge_minor FROM appointment ORDER BY starts_at").fetchall()


def test_of_several_only_those_at_short_notice_cost_something(guru: Guru, daily: SeriesChange) -> None:
    setting(guru, "late_cancellation_fee", "50%")
    (late,) = guru.series.short_notice(daily.ids[0], "all")
    assert (late.id, late.notice.charge_minor) == (daily.ids[0], 22500)
    before = everything(guru)
    change = guru.series.cancel(daily.ids[0], "all", late={late.id: None})
    assert change.summary == "Cancelled 4 appointments of Sarah Botha from Wed 25 Nov 14:00, 1 of them late: R225"
    assert charged(guru) == [("late-cancelled", 22500), *[("cancelled", None)] * 3]
    assert [row.kind for row in change.messages] == ["cancellation"]
    assert "25" in change.messages[0].body and "28 November" in change.messages[0].body
    assert [row.fee_minor for row in guru.reads.uninvoiced(1)] == [22500]
    guru.undo.undo()
    assert everything(guru) == before


def test_what_each_costs_is_said_for_each(guru: Guru, daily: SeriesChange) -> None:
    setting(guru, "cancellation_notice_hours", "48")
    lates = guru.series.short_notice(daily.ids[0], "later")
    assert [late.id for late in lates] == list(daily.ids[:2])
    change = guru.series.cancel(daily.ids[0], "later", late={daily.ids[0]: 10000, daily.ids[1]: 0})
    assert change.summary.endswith("2 of them late: R100")
    assert charged(guru)[:2] == [("late-cancelled", 10000), ("late-cancelled", 0)]


def test_in_good_time_the_first_is_the_one_that_could_be_late(guru: Guru, told: SeriesChange) -> None:
    (late,) = guru.series.short_notice(told.ids[2], "later")
    assert late.id == told.ids[2] and not late.notice.late


def test_a_charge_for_one_that_is_not_cancelled_is_refused(guru: Guru, daily: SeriesChange) -> None:
    with pytest.raises(Invalid, match="not among those that are cancelled"):
        guru.series.cancel(daily.ids[2], "later", late={daily.ids[0]: None})
    with pytest.raises(Invalid, match="negative"):
        guru.series.cancel(daily.ids[0], "later", late={daily.ids[0]: -1})
    assert {status for status, _ in charged(guru)} == {"booked"}


# ---- who waits for what came free --------------------------------------------------------------------------


def waits(guru: Guru, first: str, wish: Wish) -> int:
    return guru.waitlist.add(client(guru, first, "Nkosi"), wish).entry_id


def test_whom_any_of_the_freed_times_fits(guru: Guru, clock: FixedClock, daily: SeriesChange) -> None:
    late = waits(guru, "Thandi", Wish(60, (4, 5)))
    waits(guru, "Jan", Wish(60, (0,)))
    clock.advance(days=1)
    early = waits(guru, "Lerato", Wish(60))
    change = guru.series.cancel(daily.ids[2], "later", notify=False)
    found = guru.waiting.fits_freed(change.gone)
    assert [(fit.entry.id, f"{fit.start:%d %H}", fit.times) for fit in found] == [
        (late, "27 14", 2),
        (early, "27 14", 2),
    ]
    guru.waitlist.offer(late, found[0].start)
    again = guru.waiting.fits_freed(change.gone)
    assert [(fit.entry.id, fit.times) for fit in again] == [(early, 2)], "who was offered one is not offered the next"


def test_moving_and_another_pattern_free_times_too(guru: Guru, told: SeriesChange) -> None:
    tuesday = waits(guru, "Thandi", Wish(60, (1,), 600, 660))
    moved = guru.series.edit(told.ids[0], "all", Edit(TUESDAY + timedelta(hours=4)), notify=False)
    assert [(fit.entry.id, fit.times) for fit in guru.waiting.fits_freed(moved.gone)] == [(tuesday, 6)]
    guru.undo.undo()
    other = guru.series.change_pattern(told.ids[0], Repeat("week", 2, count=3), notify=False)
    found = guru.waiting.fits_freed(other.gone)
    assert [(fit.entry.id, fit.start, fit.times) for fit in found] == [(tuesday, TUESDAY + timedelta(7), 3)]


def test_where_nothing_came_free_nobody_is_named(guru: Guru, told: SeriesChange) -> None:
    waits(guru, "Thandi", Wish(30))
    change = guru.series.edit(told.ids[0], "all", Edit(minutes=45))
    assert (change.gone, guru.waiting.fits_freed(change.gone)) == ((), [])


@pytest.mark.parametrize("minutes", [1440, 1500, -5])
def test_no_change_makes_one_longer_than_an_appointment_can_be(guru: Guru, told: SeriesChange, minutes: int) -> None:
    before = everything(guru)
    for change in (
        lambda: guru.series.plan_edit(told.ids[0], "all", Edit(minutes=minutes)),
        lambda: guru.series.edit(told.ids[0], "all", Edit(minutes=minutes)),
        lambda: guru.series.plan_pattern(told.ids[0], Repeat("week", count=3), minutes=minutes),
        lambda: guru.series.change_pattern(told.ids[0], Repeat("week", count=3), minutes=minutes),
    ):
        with pytest.raises(Invalid, match="lasts from 1 to 1439 minutes"):
            change()
    assert everything(guru) == before


def test_the_second_of_two_equal_times_stays_the_second_where_only_the_length_changes(guru: Guru) -> None:
    setting(guru, "zone", "Europe/London")
    wish = replace(request(client(guru)), start=datetime(2027, 10, 31, 1, 30), fold=1)
    change = guru.series.book(wish, Repeat("week", count=3))
    guru.series.edit(change.ids[0], "all", Edit(minutes=90))
    assert sql(guru, "SELECT starts_at, ends_at FROM appointment ORDER BY id").fetchone() == (
        "2027-10-31T01:30:00Z",
        "2027-10-31T03:00:00Z",
    )
