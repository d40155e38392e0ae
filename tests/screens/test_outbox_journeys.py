"""The Outbox: why something was not sent, what waits, taking a message back."""

from __future__ import annotations

from datetime import datetime

from guru_tui.domain.booking import BookingRequest


def _booked(guru, client_id: int, hour: int) -> None:
    kind = guru.reads.types()[0]
    start = datetime(2026, 11, 27, hour)
    guru.booking.book(BookingRequest(client_id, start, 60, kind.id, kind.location_id, kind.name, kind.fee_minor))


async def test_it_opens_on_what_could_not_be_sent_with_the_reason(open_app, guru) -> None:
    _booked(guru, guru.clients.add("Annelie", "Smit"), 9)
    _booked(guru, guru.clients.add("Sarah", "Botha", "", "sarah@example.com"), 10)
    async with open_app(guru) as hand:
        await hand.press("6")
        assert "Needs you 1" in hand.screen
        assert "Annelie Smit" in hand.screen
        assert "no email address; no mobile number" in hand.screen
        await hand.press("x")
        assert "only one that waits can be withdrawn" in hand.status
        await hand.press("enter")
        await hand.until(lambda: "Upcoming 1" in hand.screen)


async def test_a_waiting_message_is_withdrawn_after_a_question(open_app, guru) -> None:
    _booked(guru, guru.clients.add("Sarah", "Botha", "", "sarah@example.com"), 10)
    async with open_app(guru) as hand:
        await hand.press("6")
        assert "sarah@example.com" in hand.screen
        await hand.press("x")
        assert hand.dialogs == 1
        await hand.press("enter")
        await hand.until(lambda: "Withdrew the confirmation to Sarah Botha" in hand.status)
        assert guru.reads.messages("held") == []
        assert "Nothing waits to leave." in hand.screen


async def test_an_empty_outbox_says_so(open_app, guru) -> None:
    async with open_app(guru) as hand:
        await hand.press("g", "o")
        assert "No message was ever made." in hand.screen
        await hand.press("h", "h", "x", "y", "enter")
        assert "Nothing has failed." in hand.screen
