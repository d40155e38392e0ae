"""The check in the moment of sending, alone: whatever has happened to the record without the outbox hearing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from tests.outbox_support import book, client, files, outbox, run

BEHIND_ITS_BACK = {
    "moved": ("UPDATE appointment SET starts_at = '2026-12-04T07:30:00Z'", "cancelled"),
    "cancelled": ("UPDATE appointment SET status = 'cancelled'", "cancelled"),
    "attended": ("UPDATE appointment SET status = 'attended'", "cancelled"),
    "gone": ("DELETE FROM appointment", "cancelled"),
    "no consent": ("UPDATE client SET email_allowed = 0", "blocked"),
    "no address": ("UPDATE client SET email = ''", "blocked"),
    "no practice name": (
        "DELETE FROM setting WHERE key IN ('practice_name', 'first_name', 'last_name')", "blocked",
    ),
    "nothing": ("UPDATE client SET address = 'somewhere else'", "sent"),
    "confirmed": ("UPDATE appointment SET status = 'confirmed'", "sent"),
}  # fmt: skip


@pytest.mark.parametrize("what", BEHIND_ITS_BACK)
def test_a_confirmation_leaves_only_while_it_is_true(guru: Guru, clock: FixedClock, home: Path, what: str) -> None:
    statement, state = BEHIND_ITS_BACK[what]
    book(guru, client(guru), "2026-12-04T09:00", notify=True)
    with guru.unit_of_work.action("behind its back", undoable=False) as work:
        work.connection.execute(statement)
    clock.advance(minutes=3)
    report = run(guru)
    assert [(row.state, bool(row.reason)) for row in outbox(guru)] == [(state, state != "sent")]
    assert (len(files(home)), report.sent) == ((1, 1) if state == "sent" else (0, 0))


@pytest.mark.parametrize(
    ("status", "state"), [("cancelled", "sent"), ("late-cancelled", "sent"), ("booked", "cancelled")]
)
def test_a_cancellation_leaves_only_while_it_is_cancelled(
    guru: Guru, clock: FixedClock, status: str, state: str
) -> None:
    appointment = book(guru, client(guru), "2026-12-04T09:00")
    guru.booking.cancel(appointment)
    with guru.unit_of_work.action("behind its back", undoable=False) as work:
        work.connection.execute("UPDATE appointment SET status = ?", (status,))
    clock.advance(minutes=3)
    run(guru)
    assert [row.state for row in outbox(guru)] == [state]


def test_after_the_start_a_notice_has_expired(guru: Guru, clock: FixedClock, home: Path) -> None:
    book(guru, client(guru), "2026-12-04T09:00", notify=True)
    clock.advance(days=20)
    report = run(guru)
    assert [row.state for row in outbox(guru)] == ["expired", "missed"]
    assert (report.missed, report.status, files(home)) == (2, 3, [])


def test_a_reminder_hour_that_is_moved_holds_back_what_waits(guru: Guru, clock: FixedClock, home: Path) -> None:
    from guru_tui.settings import Settings

    book(guru, client(guru, mobile=""), "2026-11-26T17:00")
    bare = Guru(Settings(home, {}), clock)
    assert run(bare).planned == 1
    bare.close()
    guru.practice.set("reminder_time", "15:00")
    assert run(guru).sent == 0
    clock.advance(hours=5)
    assert run(guru).sent == 1
