"""Replies that a person has to read: one key each, and nothing is done to a visit that has changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.screens.dialogs.cancel import Cancel
from guru_tui.screens.dialogs.replies import Replies
from guru_tui.store import replies
from guru_tui.store.connection import transaction
from tests.outbox_support import book, run
from tests.screens.conftest import Day, Hand


@pytest.fixture
def visit(day: Day, clock: FixedClock) -> int:
    """Thandi's visit on Friday at 11:00, to whose confirmation she has answered something that is not clear."""
    key = book(day.guru, day.thandi, "2026-11-27T11:00", notify=True)
    clock.advance(minutes=4)
    run(day.guru)
    message = next(row for row in day.guru.reads.messages() if row.appointment_id == key)
    with transaction(day.guru.connection) as connection:
        replies.add(
            connection,
            replies.Reply(
                "<1@example.com>", message.id, key, day.thandi, "thandi@example.com", "Re: Your appointment",
                "Perhaps a bit later [b]than[/b] that?", "2026-11-25T08:03:00Z", "unclear", "", "",
            ),
        )  # fmt: skip
    return key


@pytest.fixture
def phone(guru: Guru) -> Iterator[Guru]:
    """Another session on the same store."""
    opened = Guru(guru.settings, guru.clock, origin="phone")
    yield opened
    opened.close()


async def opened(hand: Hand) -> None:
    """The list of replies, with what was written."""
    await hand.press("g", "r")
    await hand.until(lambda: isinstance(hand.app.screen, Replies))
    await hand.until(lambda: "[b]than[/b] that?" in hand.screen)


async def test_what_is_dealt_with_leaves_the_list(open_app, day, visit) -> None:
    async with open_app(day.guru) as hand:
        await opened(hand)
        await hand.press("d")
        await hand.until(lambda: "[b]than" not in hand.screen)
        assert not day.guru.reads.replies(open_only=True)
        assert day.guru.reads.entry(visit).status == "booked"


async def test_one_key_confirms_the_visit(open_app, day, visit) -> None:
    async with open_app(day.guru) as hand:
        await opened(hand)
        await hand.press("c")
        await hand.until(lambda: day.guru.reads.entry(visit).status == "confirmed")
        await hand.until(lambda: not day.guru.reads.replies(open_only=True))


async def test_two_keys_cancel_it(open_app, day, visit) -> None:
    async with open_app(day.guru) as hand:
        await opened(hand)
        await hand.press("x")
        await hand.until(lambda: isinstance(hand.app.screen, Cancel))
        await hand.press("enter")
        await hand.until(lambda: not day.guru.reads.replies(open_only=True))
        assert day.guru.reads.entry(visit).status == "cancelled"


@pytest.mark.parametrize("keys", [("c",), ("x", "enter")])
async def test_nothing_is_done_to_a_visit_that_moved_meanwhile(open_app, day, visit, phone, keys) -> None:
    async with open_app(day.guru) as hand:
        await opened(hand)
        phone.booking.move(visit, datetime(2026, 11, 27, 15), notify=False)
        await hand.press(*keys)
        await hand.until(lambda: "Changed elsewhere meanwhile" in hand.screen)
        assert day.guru.reads.entry(visit).status == "booked"
        assert day.guru.reads.replies(open_only=True), "it still waits to be read"
