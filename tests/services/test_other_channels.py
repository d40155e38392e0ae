"""Messages about a series and offers from the waiting list go the other way where their own channel is not set up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.waitlist import Wish
from guru_tui.settings import Settings
from tests.outbox_support import book, client, outbox, run, setting, states, texts
from tests.services.test_series import TUESDAY, series

WITH = {
    "sms": {"GURU_SMS_BACKEND": "file"},
    "email": {"GURU_EMAIL_BACKEND": "file"},
    "neither": {},
}
"""What a practice has set up."""

Queued = Callable[[Guru], None]


def confirm(guru: Guru) -> None:
    """A confirmation of three Tuesdays, which goes by mail where there is one."""
    series(guru, client(guru), Repeat("week", count=3))


def offer(guru: Guru) -> None:
    """A time offered to somebody who waits, which goes by SMS where there is one."""
    entry = guru.waitlist.add(client(guru), Wish(60, (1,), 0, 720, type_id=1), "").entry_id
    guru.waitlist.offer(entry, TUESDAY)


def single(guru: Guru) -> None:
    """The confirmation of one appointment, which the others are to be like."""
    book(guru, client(guru), "2026-12-01T10:00", notify=True)


@pytest.fixture
def practice(guru: Guru, home: Path) -> Iterator[Callable[[str], Guru]]:
    """The same practice with other channels set up, by a word of `WITH`."""
    opened: list[Guru] = []

    def having(which: str) -> Guru:
        opened.append(Guru(Settings(home, WITH[which]), guru.clock, origin="test"))
        return opened[-1]

    yield having
    for each in opened:
        each.close()


@pytest.mark.parametrize("queued", [confirm, offer, single])
@pytest.mark.parametrize("which", ["sms", "email"])
def test_it_is_queued_for_the_one_channel_that_there_is(
    practice: Callable[[str], Guru], clock: FixedClock, home: Path, queued: Queued, which: str
) -> None:
    only = practice(which)
    queued(only)
    assert [(channel, state) for _, channel, state in states(only)] == [(which, "held")]
    clock.advance(minutes=4)
    assert run(only).sent == 1
    assert len(texts(home)) == 1 and run(only).sent == 0


@pytest.mark.parametrize("queued", [confirm, offer, single])
@pytest.mark.parametrize(("set_up", "taken"), [("sms", "email"), ("email", "sms")])
def test_it_goes_the_other_way_where_its_channel_was_taken_away(
    guru: Guru,
    practice: Callable[[str], Guru],
    clock: FixedClock,
    home: Path,
    queued: Queued,
    set_up: str,
    taken: str,
) -> None:
    setting(guru, "confirmation_channels", f"{taken}-or-{set_up}")
    setting(guru, "offer_channels", f"{taken}-or-{set_up}")
    queued(guru)
    (kind, channel, _state), *_ = states(guru)
    assert channel == taken
    clock.advance(minutes=4)
    only = practice(set_up)
    assert run(only).sent == 1
    assert states(guru) == [(kind, taken, "cancelled"), (kind, set_up, "sent")]
    words = {"email": "email", "sms": "SMS"}
    assert outbox(guru)[0].reason == f"{words[taken]} is not set up; it goes by {words[set_up]}"
    (text,) = texts(home)
    assert "1" in text and "10:" in text
    assert run(only).sent == 0 and run(guru).sent == 0, "neither once more nor the first way after all"


@pytest.mark.parametrize("queued", [confirm, offer, single])
def test_with_neither_it_waits_and_the_settings_are_named(
    practice: Callable[[str], Guru], clock: FixedClock, queued: Queued
) -> None:
    bare = practice("neither")
    queued(bare)
    clock.advance(minutes=4)
    report = run(bare)
    assert (report.sent, report.status, report.waiting) == (0, 78, 1)
    assert "is not set up: put GURU_" in report.problems[0]
    (message,) = outbox(bare)
    assert message.state in ("held", "queued") and message.reason == ""
    assert run(practice("sms")).sent == 1
    assert run(practice("email")).sent == 0
    assert [state for _, _, state in states(bare)][-1] == "sent"


@pytest.mark.parametrize("queued", [confirm, offer, single])
def test_by_both_channels_it_goes_by_the_one_that_there_is_and_no_second_time(
    guru: Guru, practice: Callable[[str], Guru], clock: FixedClock, home: Path, queued: Queued
) -> None:
    setting(guru, "confirmation_channels", "sms+email")
    setting(guru, "offer_channels", "sms+email")
    queued(guru)
    clock.advance(minutes=4)
    assert run(practice("sms")).sent == 1
    assert sorted(state for _, _, state in states(guru)) == ["cancelled", "sent"]
    assert run(guru).sent == 0 and len(texts(home)) == 1


@pytest.mark.parametrize("queued", [confirm, offer, single])
def test_whom_the_other_channel_does_not_reach_waits_for_the_first(
    guru: Guru, practice: Callable[[str], Guru], clock: FixedClock, queued: Queued
) -> None:
    setting(guru, "offer_channels", "email-or-sms")
    queued(guru)
    guru.clients.update(1, mobile="")
    clock.advance(minutes=4)
    assert run(practice("sms")).sent == 0
    assert [(channel, state) for _, channel, state in states(guru)] == [("email", "held")]
    assert run(guru).sent == 1


@pytest.mark.parametrize("queued", [confirm, offer, single])
def test_a_text_of_the_practitioners_own_waits_for_its_channel(
    guru: Guru, practice: Callable[[str], Guru], clock: FixedClock, queued: Queued
) -> None:
    setting(guru, "offer_channels", "email-or-sms")
    queued(guru)
    guru.outbox.edit(outbox(guru)[0].id, body="Come as you are.")
    clock.advance(minutes=4)
    assert run(practice("sms")).sent == 0
    assert run(guru).sent == 1
    assert outbox(guru)[0].body == "Come as you are."


@pytest.mark.parametrize("queued", [confirm, offer, single])
def test_it_goes_another_way_where_the_practice_has_chosen_so_since(
    guru: Guru, clock: FixedClock, home: Path, queued: Queued
) -> None:
    setting(guru, "offer_channels", "email")
    queued(guru)
    setting(guru, "confirmation_channels", "sms")
    setting(guru, "offer_channels", "sms")
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    assert [(channel, state) for _, channel, state in states(guru)] == [("email", "cancelled"), ("sms", "sent")]
    assert outbox(guru)[0].reason == "the practice no longer sends this by email"
    assert len(texts(home)) == 1


@pytest.mark.parametrize("queued", [confirm, offer, single])
def test_tried_again_by_hand_it_takes_the_way_that_reaches_the_client(
    guru: Guru, clock: FixedClock, queued: Queued
) -> None:
    setting(guru, "offer_channels", "email-or-sms")
    queued(guru)
    guru.clients.update(1, email="")
    clock.advance(minutes=4)
    run(guru)
    (blocked,) = outbox(guru)
    assert (blocked.state, blocked.reason) == ("blocked", "no email address")
    again = guru.outbox.retry(blocked.id)
    assert (again.channel, again.state) == ("sms", "queued") and again.id != blocked.id
    assert run(guru).sent == 1


def test_a_rule_for_one_appointment_of_a_series_decides_nothing_about_them_all(guru: Guru, clock: FixedClock) -> None:
    change = series(guru, client(guru), Repeat("week", count=3))
    guru.rules.add("confirmation", channels="off", appointment_id=change.ids[0])
    clock.advance(minutes=4)
    assert run(guru).sent == 1


def test_of_a_series_that_moved_on_the_other_channel_tells_what_stands(
    guru: Guru, practice: Callable[[str], Guru], clock: FixedClock, home: Path
) -> None:
    change = series(guru, client(guru))
    guru.booking.cancel(change.ids[1])
    clock.advance(minutes=4)
    assert run(practice("sms")).sent == 1
    assert "Tue 1, 15, 22, 29 December and 5 January" in texts(home)[0]
    (moved,) = guru.booking.move(change.ids[2], datetime(2026, 12, 17, 9)).messages
    assert (moved.kind, moved.channel) == ("reschedule", "email")
    clock.advance(minutes=4)
    assert run(practice("sms")).sent == 1


def test_an_offer_whose_time_is_taken_leaves_no_way_at_all(
    guru: Guru, practice: Callable[[str], Guru], clock: FixedClock
) -> None:
    setting(guru, "offer_channels", "email-or-sms")
    offer(guru)
    book(guru, client(guru, "Jan"), (TUESDAY + timedelta(minutes=30)).isoformat())
    clock.advance(minutes=4)
    assert run(practice("sms")).sent == 0
    assert [(row.channel, row.state, row.reason) for row in outbox(guru)] == [
        ("email", "cancelled", "email is not set up; it goes by SMS"),
        ("sms", "cancelled", "that time is no longer free"),
    ]
