"""What needs a person stands on Today until it is dealt with, and one key leads there."""

from __future__ import annotations

from datetime import datetime

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.screens.outbox import OutboxScreen
from guru_tui.screens.session import Session
from guru_tui.screens.todo import pressing, to_dos
from tests.outbox_support import book, client, run, setting, sql


def message(guru: Guru, state: str, *, channel: str = "email", day: int = 27) -> int:
    """A confirmation that ended in that state."""
    setting(guru, "confirmation_channels", channel)
    someone = client(guru, f"Client{day}", "Example")
    appointment = book(guru, someone, f"2026-12-{day - 20:02d}T09:00", notify=True)
    key = guru.reads.messages_for_appointment(appointment)[0].id
    sql(guru, "UPDATE outbox_message SET state = ? WHERE id = ?", state, key)
    return key


def texts(guru: Guru) -> list[str]:
    return [todo.text for todo in to_dos(Session(guru))]


@pytest.mark.parametrize(
    ("state", "channel", "text"),
    [
        ("failed", "sms", "1 SMS failed"),
        ("failed", "email", "1 email failed"),
        ("unknown", "email", "1 email of unknown fate"),
        ("undelivered", "sms", "1 SMS not delivered"),
        ("missed", "sms", "1 reminder missed"),
        ("blocked", "email", "1 email cannot be sent"),
    ],
)
def test_each_bad_end_is_named(guru: Guru, state: str, channel: str, text: str) -> None:
    key = message(guru, state, channel=channel)
    sql(guru, "UPDATE outbox_message SET created_at = '2025-01-05T08:00:00Z'")  # however long ago
    assert texts(guru) == [text]
    assert [todo.text for todo in pressing(Session(guru))] == [text]
    sql(guru, "UPDATE outbox_message SET acknowledged_at = '2026-11-25T08:00:00Z' WHERE id = ?", key)
    assert texts(guru) == []


def test_both_channels_together_are_messages(guru: Guru) -> None:
    message(guru, "failed", channel="sms")
    message(guru, "failed", channel="email", day=28)
    message(guru, "held", day=29)
    assert texts(guru) == ["2 messages failed", "1 message held"]


def test_a_channel_that_is_paused_says_why(guru: Guru) -> None:
    sql(guru, "INSERT INTO sender_run VALUES ('daemon', '2026-11-25T07:59:00Z', 'SMS: the key was refused', '')")
    assert texts(guru) == ["sending paused: SMS: the key was refused"]
    sql(guru, "UPDATE sender_run SET paused = ''")
    assert texts(guru) == []


def test_sending_that_is_switched_off_comes_first(guru: Guru) -> None:
    message(guru, "failed")
    setting(guru, "sending", "no")
    assert texts(guru)[0] == "sending is switched off"


@pytest.mark.parametrize(
    ("last", "text"),
    [
        ("2026-11-25T07:00:00Z", ""),
        ("2026-11-22T08:00:00Z", "guru remind (cron on desk) has not run since 22 Nov: is cron running?"),
        ("2026-09-01T08:00:00Z", ""),  # switched off on purpose
    ],
)
def test_a_sender_that_fell_silent_is_asked_about(guru: Guru, last: str, text: str) -> None:
    sql(guru, "INSERT INTO sender_run VALUES ('remind', ?, '', 'cron on desk')", last)
    sql(guru, "INSERT INTO sender_run VALUES ('app', '2026-11-25T08:00:00Z', '', '')")
    assert texts(guru) == ([text] if text else [])


async def test_it_stands_on_today_and_one_key_leads_there(open_app, guru: Guru) -> None:
    message(guru, "failed")
    message(guru, "held", day=28)
    async with open_app(guru) as hand:
        assert "! 1 needs you" in hand.screen.splitlines()[0]
        assert "1 email failed" in hand.screen.splitlines()[2]
        hand.pressed = 0
        await hand.press("exclamation_mark")
        assert hand.dialogs == 1 and "What needs you" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, OutboxScreen) and "Needs you 1" in hand.screen)
        assert hand.pressed == 2
        assert hand.app.screen._part == "needs"
        await hand.press("exclamation_mark", "j", "enter")
        await hand.until(lambda: hand.app.screen._part == "waiting")


async def test_the_wide_screen_has_them_in_a_panel(open_app, guru: Guru, clock: FixedClock) -> None:
    message(guru, "unknown")
    sql(guru, "INSERT INTO sender_run VALUES ('remind', '2026-11-22T08:00:00Z', '', 'cron on desk')")
    async with open_app(guru, (140, 40)) as hand:
        assert "1 email of unknown fate  6 Outbox" in hand.screen
        assert "guru remind (cron on desk) has not run" in hand.screen
        assert "! to do" not in hand.screen
        clock.advance(minutes=1)
        run(guru)
        await hand.until(lambda: "has not run" not in hand.screen)


async def test_nothing_to_do_takes_no_line(open_app, guru: Guru) -> None:
    async with open_app(guru) as hand:
        assert "to do" not in hand.screen
        await hand.press("exclamation_mark")
        assert "Nothing waits for you." in hand.screen
        await hand.press("enter", "escape")
        assert hand.dialogs == 0


async def test_the_record_shows_the_thread_with_its_states(open_app, guru: Guru) -> None:
    someone = client(guru, "Sarah", "Botha")
    for day, state in ((1, "delivered"), (2, "failed"), (3, "unknown")):
        appointment = book(guru, someone, datetime(2026, 12, day, 9).isoformat(), notify=True)
        sql(guru, "UPDATE outbox_message SET state = ? WHERE appointment_id = ?", state, appointment)
    async with open_app(guru, (80, 40)) as hand:
        await hand.press("4", "enter")
        await hand.until(lambda: "Messages" in hand.screen)
        for state in ("✓ delivered", "! failed", "… fate unknown"):
            assert f"email Confirmation {state}" in hand.screen
        newest = guru.reads.messages()[0].id
        hand.app.screen.point(("message", newest))
        await hand.press("enter")
        assert hand.dialogs == 2
        assert "It may have arrived" in hand.screen
