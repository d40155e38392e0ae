"""What is promised of every message, held against those about a series: each once, and only while it is true."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import Edit
from guru_tui.errors import GuruError, TryAgain
from guru_tui.store import sending
from tests.outbox_support import client, files, outbox, run, setting, sql, states, texts
from tests.services.test_series import TUESDAY, series

HOUR = timedelta(hours=1)
NOW = "2026-11-25T08:00:00Z"


@pytest.fixture
def ids(guru: Guru) -> tuple[int, ...]:
    """Four Tuesdays whose confirmation is held."""
    setting(guru, "reminder_channels", "off")
    return series(guru, client(guru), Repeat("week", count=4)).ids


def sent(guru: Guru, clock: FixedClock) -> str:
    """The one message that leaves when the hold is over."""
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    (row,) = [row for row in outbox(guru) if row.state == "sent"]
    return " ".join(row.body.split())


# ---- once ----------------------------------------------------------------------------------------------


def test_one_row_for_a_step_whoever_puts_it_in(guru: Guru, ids: tuple[int, ...]) -> None:
    (row,) = outbox(guru)
    for _ in range(3):
        again = guru.series_notices.queue(
            guru.connection, "confirmation", series_id=1, action_id=row.action_id or 0, now=guru.clock.now()
        )
        assert [each.id for each in again] == [row.id]
    (key,) = sql(guru, "SELECT idempotency_key FROM outbox_message").fetchone()
    assert key == f"confirmation:email:sarah@example.com:series-1.{row.action_id}#0"


def test_two_senders_at_once_send_it_once(guru: Guru, ids: tuple[int, ...], clock: FixedClock, home: Path) -> None:
    clock.advance(minutes=4)

    def sends(_number: int) -> int:
        other = Guru(guru.settings, clock, origin="test")
        try:
            return run(other).sent
        except TryAgain:
            return 0
        finally:
            other.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sends, range(8))) == 1
    assert len(files(home)) == 1


def test_a_sender_that_died_over_it_leaves_it_unknown_and_nobody_sends_it_again(
    guru: Guru, ids: tuple[int, ...], clock: FixedClock, home: Path
) -> None:
    clock.advance(minutes=4)
    later = guru.clock.now().isoformat()[:19] + "Z"
    (claimed,) = sending.claim(guru.connection, "dead", later, later, ["email"])
    assert sending.start_sending(guru.connection, claimed, "dead", later, claimed.recipient, "", "", "") is not None
    assert run(guru).sent == 0
    assert states(guru) == [("confirmation", "email", "unknown")] and files(home) == []


def test_a_new_address_takes_what_has_not_left_and_once(guru: Guru, ids: tuple[int, ...], clock: FixedClock) -> None:
    guru.clients.update(1, email="sarah@elsewhere.example")
    sent(guru, clock)
    (row,) = outbox(guru)
    assert row.recipient == "sarah@elsewhere.example"
    guru.clients.update(1, email="sarah@example.com")
    assert run(guru).sent == 0


# ---- true when it leaves -------------------------------------------------------------------------------


def all_off(guru: Guru, ids: tuple[int, ...]) -> None:
    for key in ids:
        guru.booking.cancel(key)


def all_late(guru: Guru, ids: tuple[int, ...]) -> None:
    for key in ids:
        guru.booking.cancel(key, late=True, charge_minor=0)


def all_moved(guru: Guru, ids: tuple[int, ...]) -> None:
    for number, key in enumerate(ids):
        guru.booking.move(key, TUESDAY + timedelta(days=7 * number, hours=3), notify=False)


@pytest.mark.parametrize("what", [all_off, all_late, all_moved])
def test_of_which_nothing_stands_it_does_not_leave(
    guru: Guru, ids: tuple[int, ...], clock: FixedClock, home: Path, what: Callable[[Guru, tuple[int, ...]], None]
) -> None:
    what(guru, ids)
    clock.advance(minutes=4)
    assert run(guru).sent == 0 and files(home) == []
    assert [row.state for row in outbox(guru) if row.series_id] == ["cancelled"]


def test_of_a_part_that_stands_it_tells_that(guru: Guru, ids: tuple[int, ...], clock: FixedClock) -> None:
    guru.booking.cancel(ids[0])
    guru.booking.move(ids[2], TUESDAY + timedelta(days=17), notify=False)
    assert "Tue 8 and 22 December" in sent(guru, clock)


def test_it_counts_what_is_so_between_the_claim_and_the_sending(
    guru: Guru, ids: tuple[int, ...], clock: FixedClock, home: Path
) -> None:
    clock.advance(minutes=4)
    now = guru.clock.now().isoformat()[:19] + "Z"
    (claimed,) = sending.claim(guru.connection, "slow", now, now, ["email"])
    guru.series.cancel(ids[0], "all")
    assert sending.start_sending(guru.connection, claimed, "slow", now, claimed.recipient, "", "", "") is None
    assert run(guru).sent == 0 and files(home) == []


def test_a_cancellation_leaves_only_while_it_is_so(guru: Guru, ids: tuple[int, ...], clock: FixedClock) -> None:
    clock.advance(minutes=4)
    run(guru)
    guru.series.cancel(ids[0], "all")
    for key in ids[:2]:
        guru.booking.set_status(key, "booked")
    clock.advance(minutes=4)
    run(guru)
    (row,) = [row for row in outbox(guru) if row.kind == "cancellation"]
    assert "Tue 15 and 22 December" in " ".join(row.body.split()) and row.state == "sent"


def test_a_move_of_a_part_that_was_moved_back_tells_the_rest(
    guru: Guru, ids: tuple[int, ...], clock: FixedClock
) -> None:
    clock.advance(minutes=4)
    run(guru)
    guru.series.edit(ids[0], "all", Edit(TUESDAY + HOUR))
    guru.booking.move(ids[0], TUESDAY, notify=False)
    clock.advance(minutes=4)
    run(guru)
    (row,) = [row for row in outbox(guru) if row.kind == "reschedule" and row.state == "sent"]
    body = " ".join(row.body.split())
    assert "Tue 8, 15 and 22 December Time: 11:00" in body and "on Tue 8, 15 and 22 December at 10:00" in body


def test_what_has_begun_by_then_is_left_out_and_after_the_last_nothing_goes(
    guru: Guru, ids: tuple[int, ...], clock: FixedClock
) -> None:
    clock.instant = datetime.fromisoformat("2026-12-09T09:00+02:00")
    assert "Tue 15 and 22 December" in sent(guru, clock)
    series(guru, 1, Repeat("week", count=2), datetime(2026, 12, 17, 10))
    clock.instant = datetime.fromisoformat("2026-12-24T10:00+02:00")
    assert run(guru).sent == 0
    assert states(guru)[-1] == ("confirmation", "email", "expired")


@pytest.mark.parametrize("unreachable", [True, False])
def test_consent_and_addresses_are_checked_in_the_moment_of_sending(
    guru: Guru, ids: tuple[int, ...], clock: FixedClock, home: Path, unreachable: bool
) -> None:
    if unreachable:
        guru.clients.update(1, email="", mobile="")
    else:
        guru.clients.update(1, email_allowed=False)
    clock.advance(minutes=4)
    assert run(guru).sent == 0 and files(home) == []
    assert states(guru)[0][2] == "blocked"


def test_a_text_message_about_a_series_keeps_the_quiet_hours(guru: Guru, clock: FixedClock, home: Path) -> None:
    setting(guru, "reminder_channels", "off")
    clock.instant = datetime.fromisoformat("2026-11-25T21:00+02:00")
    series(guru, client(guru, email=""), Repeat("week", count=4))
    clock.advance(minutes=30)
    assert run(guru).sent == 0
    clock.instant = datetime.fromisoformat("2026-11-26T07:00+02:00")
    assert run(guru).sent == 1
    assert "Tue 1, 8, 15 and 22 December" in texts(home)[0]


def test_two_steps_on_one_series_are_two_messages_and_the_same_step_twice_is_one(
    guru: Guru, ids: tuple[int, ...], clock: FixedClock
) -> None:
    clock.advance(minutes=4)
    run(guru)
    for hours in (1, 2, 1, 2):
        guru.series.edit(ids[0], "all", Edit(TUESDAY + hours * HOUR))
        clock.advance(minutes=4)
        assert run(guru).sent == 1 and run(guru).sent == 0
    told = [" ".join(row.body.split()) for row in outbox(guru) if row.kind == "reschedule"]
    assert ["Time: 11:00" in text for text in told] == [True, False, True, False]


def test_a_withdrawn_one_is_brought_back_by_nothing_but_the_practitioner(
    guru: Guru, ids: tuple[int, ...], clock: FixedClock, home: Path
) -> None:
    guru.outbox.withdraw(outbox(guru)[0].id)
    guru.undo.undo()
    guru.undo.redo()
    clock.advance(minutes=4)
    assert run(guru).sent == 0
    guru.outbox.retry(outbox(guru)[0].id)
    assert run(guru).sent == 1
    with pytest.raises(GuruError):
        guru.outbox.retry(outbox(guru)[0].id)
    assert len(files(home)) == 1
