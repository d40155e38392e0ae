"""Another pattern keeps what there is: appointments stay or move as they are, and the rest is cancelled or made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import Edit, SeriesChange
from guru_tui.errors import Invalid, MovedOn, NotAllowed, SlotTaken
from tests.outbox_support import book, client, outbox, run, setting, sql, states
from tests.services.test_series import TUESDAY, everything, series, starts

WEEK, HOUR = timedelta(7), timedelta(hours=1)
FORTNIGHTLY = Repeat("week", 2, count=3)
FOUR_WEEKS = Repeat("week", count=4)


@pytest.fixture
def told(guru: Guru, clock: FixedClock) -> SeriesChange:
    """Six Tuesdays from 1 December at 10:00, of which the client has been told."""
    setting(guru, "reminder_channels", "off")
    setting(guru, "public_holidays", "off")
    change = series(guru, client(guru))
    clock.advance(minutes=3)
    run(guru)
    return change


def row(guru: Guru, key: int) -> dict[str, object]:
    """An appointment as it is stored."""
    cursor = sql(guru, "SELECT * FROM appointment WHERE id = ?", key)
    return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))


def own(guru: Guru, key: int) -> dict[str, object]:
    """What an appointment is, whichever series it is of."""
    return {column: value for column, value in row(guru, key).items() if not column.startswith("series_")}


def body(change: SeriesChange) -> str:
    (message,) = change.messages
    return " ".join(message.body.split())


def reminded(guru: Guru) -> list[int | None]:
    """The appointments of which a reminder has left."""
    return [message.appointment_id for message in outbox(guru) if (message.kind, message.state) == ("reminder", "sent")]


# ---- what stays --------------------------------------------------------------------------------------------


def test_those_that_both_rules_give_stay_what_they_are(guru: Guru, told: SeriesChange) -> None:
    key = told.ids[4]
    guru.booking.set_status(key, "confirmed")
    guru.booking.set_note(key, "bring scans")
    guru.series.edit(key, "this", Edit(fee_minor=30000, title="Long one"))
    before, kept = everything(guru), own(guru, key)
    plan = guru.series.plan_pattern(told.ids[2], FORTNIGHTLY)
    assert [(f"{one.start:%d %b}", one.stays, one.former) for one in plan.occurrences] == [
        ("15 Dec", True, datetime(2026, 12, 15, 10)),
        ("29 Dec", True, datetime(2026, 12, 29, 10)),
        ("12 Jan", False, None),
    ]
    assert plan.gone == (datetime(2026, 12, 22, 10), datetime(2027, 1, 5, 10))
    assert plan.outcome == "2 stay, 1 is new, 2 are cancelled: Tue 22 Dec and Tue 5 Jan"
    change = guru.series.change_pattern(told.ids[2], FORTNIGHTLY)
    assert change.ids[:2] == (told.ids[2], key) and change.ids[2] not in told.ids
    assert own(guru, key) == kept
    assert change.freed == (told.ids[3], told.ids[5])
    assert [row(guru, each)["status"] for each in change.freed] == ["cancelled", "cancelled"]
    place = guru.reads.series_place("appointment", key)
    assert place is not None and (place.series_id, place.number, place.total) == (change.series_id, 2, 3)
    assert row(guru, change.ids[2])["fee_minor"] == 45000, "made like the one that was chosen"
    guru.undo.undo()
    assert everything(guru) == before
    guru.undo.redo()
    assert own(guru, key) == kept and starts(guru)[-1] == "2027-01-12T10:00"


def test_of_many_that_give_way_the_first_are_named(guru: Guru) -> None:
    made = series(guru, client(guru), Repeat("week", count=9))
    plan = guru.series.plan_pattern(made.ids[1], Repeat("week", count=2))
    assert plan.outcome == "2 stay, 6 are cancelled: Tue 22 Dec, Tue 29 Dec, Tue 5 Jan and 3 more"


def test_the_very_same_times_are_refused_and_send_nothing(guru: Guru, told: SeriesChange) -> None:
    before = everything(guru), states(guru)
    for step in (guru.series.plan_pattern, guru.series.change_pattern):
        with pytest.raises(Invalid, match="They are at those times already; nothing was changed"):
            step(told.ids[2], Repeat("week", count=4))
    assert (everything(guru), states(guru)) == before


def test_going_on_for_longer_tells_of_the_new_ones_alone(guru: Guru, told: SeriesChange) -> None:
    change = guru.series.change_pattern(told.ids[2], Repeat("week", count=6))
    assert [message.kind for message in change.messages] == ["confirmation"]
    assert "Date: Tue 12 and 19 January" in body(change) and change.freed == ()


def test_ending_sooner_calls_off_the_rest_alone(guru: Guru, told: SeriesChange) -> None:
    change = guru.series.change_pattern(told.ids[2], Repeat("week", count=2))
    assert [message.kind for message in change.messages] == ["cancellation"]
    assert "on Tue 29 December and 5 January at 10:00 has been cancelled" in body(change)
    assert starts(guru)[-1] == "2026-12-22T10:00"


def test_what_the_client_was_never_told_of_is_called_off_in_silence(guru: Guru) -> None:
    made = series(guru, client(guru))
    change = guru.series.change_pattern(made.ids[0], Repeat("week", count=2))
    assert (change.messages, change.withdrawn) == ((), 0), "the confirmation that is held tells of the two that stay"
    assert states(guru) == [("confirmation", "email", "held")]


def test_a_held_confirmation_and_that_of_the_new_ones_tell_each_once(
    guru: Guru, clock: FixedClock, home: object
) -> None:
    setting(guru, "reminder_channels", "off")
    made = series(guru, client(guru))
    guru.series.change_pattern(made.ids[0], FORTNIGHTLY)
    guru.series.change_pattern(made.ids[0], Repeat("week", 2, count=4))
    clock.advance(minutes=4)
    assert run(guru).sent == 2 and run(guru).sent == 0
    first, second = (" ".join(message.body.split()) for message in outbox(guru) if message.state == "sent")
    assert "Tue 1, 15 and 29 December" in first and "Tue 12 January" in second


def test_the_message_of_an_earlier_step_still_counts_in_the_new_series(
    guru: Guru, clock: FixedClock, told: SeriesChange
) -> None:
    """Told of by the former series, it needs no second word; and an undone step offers nothing about what stayed."""
    setting(guru, "hold_minutes", "0")
    guru.series.change_pattern(told.ids[2], FORTNIGHTLY)
    run(guru)
    change = guru.series.cancel(told.ids[4], "this")
    assert "Tue 29 December at 10:00 has been cancelled" in body(change)
    guru.undo.undo()
    undone = guru.undo.undo()
    (correction,) = undone.corrections
    text = " ".join(correction.previews[0].body.split())
    assert "Date: Tue 22 December and 5 January" in text and "on Tue 12 January" in text


def test_a_reminder_of_one_that_stays_still_goes(guru: Guru, clock: FixedClock, told: SeriesChange) -> None:
    clock.instant = datetime.fromisoformat("2026-12-14T09:00+02:00")
    setting(guru, "reminder_channels", "email")
    run(guru)
    guru.series.change_pattern(told.ids[2], FORTNIGHTLY, notify=False)
    clock.instant = datetime.fromisoformat("2026-12-14T10:01+02:00")
    run(guru)
    assert reminded(guru) == [told.ids[2]]


def test_a_notice_of_others_does_not_serve_for_the_reminder_of_one_that_stays(
    guru: Guru, clock: FixedClock, told: SeriesChange
) -> None:
    setting(guru, "reminder_channels", "email")
    clock.instant = datetime.fromisoformat("2026-12-14T11:00+02:00")  # after the hour of the reminders
    guru.series.change_pattern(told.ids[2], FORTNIGHTLY)
    run(guru)
    assert reminded(guru) == [told.ids[2]]


def test_the_confirmation_that_served_for_the_reminder_still_serves(guru: Guru, clock: FixedClock) -> None:
    clock.advance(hours=3)
    daily = series(guru, client(guru), Repeat("day", count=4), datetime(2026, 11, 26, 14))
    guru.series.change_pattern(daily.ids[0], Repeat("day", 2, count=3))
    clock.advance(minutes=4)
    assert run(guru).sent == 2 and run(guru).sent == 0
    assert [kind for kind, _, _ in states(guru)] == ["confirmation", "confirmation"]


def test_undone_it_is_not_put_right_what_stayed_and_was_never_told(
    guru: Guru, clock: FixedClock, told: SeriesChange
) -> None:
    setting(guru, "hold_minutes", "3")
    made = series(guru, client(guru, "Thandi"), start=TUESDAY + 3 * HOUR)
    guru.outbox.withdraw(outbox(guru)[-1].id)
    guru.series.change_pattern(made.ids[2], Repeat("week", count=5))
    clock.advance(minutes=4)
    run(guru)
    (correction,) = guru.undo.undo().corrections
    assert correction.kind == "cancellation"
    assert "on Tue 12 January at 13:00 has been cancelled" in " ".join(correction.previews[0].body.split())


def test_done_again_after_the_client_was_told_of_the_former_times_it_says_that_they_are_off(
    guru: Guru, clock: FixedClock
) -> None:
    setting(guru, "reminder_channels", "off")
    made = series(guru, client(guru))
    guru.series.change_pattern(made.ids[0], FORTNIGHTLY, start=TUESDAY + HOUR)
    guru.undo.undo()
    clock.advance(minutes=4)
    run(guru)
    guru.undo.redo()
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    (notice,) = [message for message in outbox(guru) if message.state == "sent" and message.kind == "reschedule"]
    text = " ".join(notice.body.split())
    assert "Date: Tue 1, 15 and 29 December Time: 11:00" in text
    assert "on Tue 1, 8, 15, 22, 29 December and 5 January at 10:00" in text


# ---- what moves --------------------------------------------------------------------------------------------


def test_the_tuesday_of_a_week_becomes_its_wednesday(guru: Guru, clock: FixedClock, told: SeriesChange) -> None:
    key = told.ids[3]
    guru.booking.set_status(key, "confirmed")
    guru.booking.set_note(key, "bring scans")
    guru.series.edit(key, "this", Edit(minutes=30))
    before = everything(guru)
    plan = guru.series.plan_pattern(told.ids[2], FOUR_WEEKS, TUESDAY + 2 * WEEK + timedelta(1))
    assert [one.former for one in plan.occurrences] == [TUESDAY + number * WEEK for number in (2, 3, 4, 5)]
    assert plan.outcome == "4 move"
    change = guru.series.change_pattern(told.ids[2], FOUR_WEEKS, start=TUESDAY + 2 * WEEK + timedelta(1))
    assert change.ids == told.ids[2:] == change.freed
    assert starts(guru)[2:] == ["2026-12-16T10:00", "2026-12-30T10:00", "2027-01-06T10:00"]
    moved = row(guru, key)
    assert [moved[name] for name in ("starts_local", "status", "note", "minutes", "sequence")] == [
        "2026-12-23T10:00", "confirmed", "bring scans", 30, 1,
    ]  # fmt: skip
    assert [message.kind for message in change.messages] == ["reschedule"]
    assert "Date: Wed 16, 23, 30 December and 6 January Time: 10:00" in body(change)
    assert "on Tue 15, 22, 29 December and 5 January at 10:00" in body(change)
    guru.undo.undo()
    assert everything(guru) == before


def test_of_messages_for_the_former_time_of_one_that_moves_none_leaves(
    guru: Guru, clock: FixedClock, told: SeriesChange
) -> None:
    guru.booking.move(told.ids[3], TUESDAY + 3 * WEEK + HOUR)
    assert states(guru)[-1] == ("reschedule", "email", "held")
    change = guru.series.change_pattern(told.ids[2], FORTNIGHTLY, start=TUESDAY + 2 * WEEK + HOUR)
    assert change.withdrawn == 1 and states(guru)[-2][2] == "cancelled"
    assert "on Tue 15, 22, 29 December and 5 January at 10:00" in body(change), "as the client knows them"


def test_a_length_alone_changes_those_that_stay_and_is_told_nobody(guru: Guru, told: SeriesChange) -> None:
    plan = guru.series.plan_pattern(told.ids[2], Repeat("week", count=4), minutes=45)
    assert plan.outcome == "4 have another length"
    change = guru.series.change_pattern(told.ids[2], Repeat("week", count=4), minutes=45)
    assert (change.messages, change.ids) == ((), told.ids[2:])
    assert {row(guru, key)["minutes"] for key in change.ids} == {45}
    assert {row(guru, key)["sequence"] for key in change.ids} == {0}


def test_one_that_was_moved_off_its_pattern_comes_back_to_it(guru: Guru, told: SeriesChange) -> None:
    guru.booking.move(told.ids[3], datetime(2026, 12, 24, 14), notify=False)
    plan = guru.series.plan_pattern(told.ids[2], Repeat("week", count=4))
    assert [one.former for one in plan.occurrences if not one.stays] == [datetime(2026, 12, 24, 14)]
    guru.series.change_pattern(told.ids[2], Repeat("week", count=4))
    assert row(guru, told.ids[3])["starts_local"] == "2026-12-22T10:00"


# ---- what is not touched -----------------------------------------------------------------------------------


def test_what_is_on_an_invoice_serves_for_its_time_and_is_not_touched(guru: Guru, told: SeriesChange) -> None:
    made = guru.invoicing.invoice_client(1, appointment_ids=[told.ids[4]])
    before = row(guru, told.ids[4])
    invoices = sql(guru, "SELECT * FROM invoice").fetchall(), sql(guru, "SELECT * FROM line_item").fetchall()
    plan = guru.series.plan_pattern(told.ids[2], FORTNIGHTLY)
    assert [(one.stays, one.fixed) for one in plan.occurrences] == [(True, ""), (True, "on an invoice"), (False, "")]
    assert not plan.troubled, "it is in nobody's way where it is"
    change = guru.series.change_pattern(
        told.ids[2], FORTNIGHTLY, {TUESDAY + 4 * WEEK: "skip"}
    )  # what is fixed is not left out
    assert row(guru, told.ids[4]) == before and told.ids[4] not in change.ids
    assert change.summary.endswith("3 times from Tue 15 Dec") and change.left == ("1 on an invoice",)
    assert (sql(guru, "SELECT * FROM invoice").fetchall(), sql(guru, "SELECT * FROM line_item").fetchall()) == invoices
    assert made is not None
    assert starts(guru).count("2026-12-29T10:00") == 1


def test_one_that_stays_is_invoiced_for_its_own_fee_later(guru: Guru, clock: FixedClock, told: SeriesChange) -> None:
    guru.series.edit(told.ids[4], "this", Edit(fee_minor=30000))
    guru.series.change_pattern(told.ids[2], FORTNIGHTLY, notify=False)
    clock.instant = datetime.fromisoformat("2026-12-30T09:00+02:00")
    guru.booking.set_status(told.ids[4], "attended")
    assert guru.reads.uninvoiced(1)[-1].fee_minor == 30000 and guru.reads.uninvoiced(1)[-1].id == told.ids[4]


def test_from_one_that_was_attended_on_the_later_ones_change(guru: Guru, clock: FixedClock, told: SeriesChange) -> None:
    clock.instant = datetime.fromisoformat("2026-12-01T12:00+02:00")
    guru.booking.set_status(told.ids[0], "attended")
    before = row(guru, told.ids[0])
    change = guru.series.change_pattern(told.ids[0], FORTNIGHTLY)
    assert row(guru, told.ids[0]) == before
    assert change.ids == (told.ids[2], told.ids[4])
    assert sql(guru, "SELECT rule FROM series ORDER BY id").fetchone() == ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261207",)


# ---- what is in the way ------------------------------------------------------------------------------------


def test_one_that_stays_on_a_closed_day_or_over_another_raises_no_question(guru: Guru, told: SeriesChange) -> None:
    guru.opening.close(datetime(2026, 12, 15).date(), datetime(2026, 12, 15).date(), "Leave")
    book(guru, client(guru, "Jan", email=""), "2026-12-29T10:30")
    assert not guru.series.plan_pattern(told.ids[2], FORTNIGHTLY).troubled
    assert [one.trouble for one in guru.series.plan_pattern(told.ids[2], FORTNIGHTLY, minutes=90).troubled] == [
        "closed: Leave",
        "overlaps Jan Botha 10:30-11:30",
    ]


def test_those_that_move_are_in_nobodys_way_and_others_are_decided_about(guru: Guru, told: SeriesChange) -> None:
    half = TUESDAY + 2 * WEEK + HOUR / 2
    assert not guru.series.plan_pattern(told.ids[2], FOUR_WEEKS, half).troubled
    book(guru, client(guru, "Jan", email=""), "2026-12-22T11:00")
    book(guru, 2, "2026-12-29T11:00")
    with pytest.raises(SlotTaken, match="2 of 4 are not free"):
        guru.series.change_pattern(told.ids[2], FOUR_WEEKS, start=half)
    before = everything(guru)
    decisions = {half + WEEK: "skip", half + 2 * WEEK: "shift"}
    change = guru.series.change_pattern(told.ids[2], FOUR_WEEKS, decisions, start=half)
    assert change.ids == (told.ids[2], told.ids[4], told.ids[5])
    assert row(guru, told.ids[3])["status"] == "cancelled", "left out, there is none"
    assert row(guru, told.ids[4])["starts_local"] == "2026-12-29T13:30"
    assert set(change.freed) == set(told.ids[2:])
    assert "Tue 15, 29 December (13:30) and 5 January Time: 10:30" in body(change)
    guru.undo.undo()
    assert everything(guru) == before


def test_where_every_one_would_be_left_out_nothing_is_changed(guru: Guru, told: SeriesChange) -> None:
    guru.invoicing.invoice_client(1, appointment_ids=[told.ids[4]])
    before = everything(guru)
    every = {TUESDAY + number * WEEK: "skip" for number in range(12)}
    with pytest.raises(NotAllowed, match="Every one of them would be left out"):
        guru.series.change_pattern(told.ids[2], FORTNIGHTLY, every)
    assert everything(guru) == before


# ---- two sessions ------------------------------------------------------------------------------------------


@pytest.fixture
def phone(guru: Guru) -> Iterator[Guru]:
    """Another session on the same store."""
    opened = Guru(guru.settings, guru.clock, origin="phone")
    yield opened
    opened.close()


def test_a_pattern_that_another_session_has_changed_is_not_overwritten(
    guru: Guru, phone: Guru, told: SeriesChange
) -> None:
    version = guru.reads.newest_change()
    phone.series.change_pattern(told.ids[2], Repeat("week", count=8), notify=False)
    before = everything(guru)
    with pytest.raises(MovedOn, match="the one of Tue 15 Dec 10:00 repeats differently now, and 3 more"):
        guru.series.plan_pattern(told.ids[0], FORTNIGHTLY, version=version)
    with pytest.raises(MovedOn, match="the one of Tue 15 Dec 10:00 repeats differently now, and 7 more"):
        guru.series.change_pattern(told.ids[2], FORTNIGHTLY, version=version)
    with pytest.raises(MovedOn):
        guru.series.cancel(told.ids[3], "later", version=version)
    assert everything(guru) == before
    phone.undo.undo()
    assert guru.series.change_pattern(told.ids[2], FORTNIGHTLY, version=version).ids, "as it was, it is no news"


def test_undo_is_refused_where_one_that_stayed_was_changed_since(guru: Guru, phone: Guru, told: SeriesChange) -> None:
    guru.series.change_pattern(told.ids[2], FORTNIGHTLY, notify=False)
    step = guru.reads.actions(limit=1)[0].id
    phone.booking.move(told.ids[4], TUESDAY + 4 * WEEK + HOUR, notify=False)
    before = everything(guru)
    with pytest.raises(MovedOn):
        guru.undo.undo_step(step)
    assert everything(guru) == before


# ---- the former rule ---------------------------------------------------------------------------------------


def test_moved_as_a_whole_the_former_rule_ends_where_the_new_one_begins(guru: Guru, told: SeriesChange) -> None:
    guru.series.edit(told.ids[0], "all", Edit(TUESDAY + timedelta(8)), notify=False)
    guru.series.change_pattern(told.ids[2], FORTNIGHTLY, notify=False)
    rules = sql(guru, "SELECT rule FROM series ORDER BY id").fetchall()
    assert rules[0] == ("FREQ=WEEKLY;BYDAY=WE;UNTIL=20261222",), "9 and 16 December are left of it"
