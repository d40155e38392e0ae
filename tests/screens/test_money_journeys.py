"""Journeys with money: invoicing, sending, settling, with the number of keys that each may take."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from guru_tui.bootstrap import Guru
from tests.screens.conftest import book


@pytest.fixture
def visited(guru: Guru) -> int:
    """A client with two visits that no invoice holds."""
    client = guru.clients.add("Sarah", "Botha", "082 555 0101", "sarah@example.com")
    for day in (18, 24):
        guru.booking.set_status(book(guru, client, datetime(2026, 11, day, 9, 0)), "attended")
    return client


async def test_one_clients_month_is_invoiced_with_three_keys(open_app, guru, visited) -> None:
    async with open_app(guru) as hand:
        await hand.press("5")
        await hand.until(lambda: "Invoiceable 1" in hand.screen)
        assert "R900" in hand.screen
        await hand.press("i")
        assert "18 Nov 09:00 Follow-up" in hand.screen
        await hand.press("enter")
        assert hand.pressed == 3
        await hand.until(lambda: "Issued 1 for Sarah Botha, R900" in hand.status)
        assert [(row.number, row.status, row.total_minor) for row in guru.reads.invoices()] == [("1", "sent", 90000)]
        assert hand.app.screen.card.number == "1"


async def test_a_draft_waits_in_progress_and_is_issued_or_discarded(open_app, guru, visited) -> None:
    async with open_app(guru) as hand:
        await hand.press("5", "i", "d")
        await hand.until(lambda: "Drafted" in hand.status)
        assert "In progress 1" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "Draft invoice" in hand.screen)
        await hand.press("x", "enter")
        await hand.until(lambda: hand.dialogs == 0)
        assert guru.reads.invoices() == []
        await hand.until(lambda: "Invoiceable 1" in hand.screen)
        await hand.press("h", "i", "d")
        await hand.until(lambda: "Drafted" in hand.status)
        await hand.press("i", "enter")
        await hand.until(lambda: "Issued 1" in hand.status)


async def test_it_is_sent_with_its_text_shown_and_held(open_app, guru, visited) -> None:
    guru.invoicing.invoice_client(visited)
    async with open_app(guru) as hand:
        await hand.press("5", "S")
        assert "sarah@example.com" in hand.screen
        assert "Sends in 3 min unless undone" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "Queued to sarah@example.com" in hand.status)
        assert [message.kind for message in guru.reads.messages("held")] == ["invoice"]
        assert "⇅ 1 held" in hand.screen
        await hand.press("u")
        await hand.until(lambda: "1 withdrawn" in hand.status)
        assert guru.reads.messages("held") == []


async def test_undo_after_an_issued_invoice_asks_before_it_takes_back_an_older_step(open_app, guru, visited) -> None:
    client = guru.clients.add("Thandi", "Nkosi")
    guru.invoicing.invoice_client(visited)
    async with open_app(guru) as hand:
        await hand.press("u")
        await hand.until(lambda: "stays issued" in hand.screen)
        await hand.press("escape")
        assert guru.reads.client(client).row.name == "Thandi Nkosi"
        await hand.press("u")
        await hand.until(lambda: hand.dialogs == 1)
        await hand.press("enter")
        await hand.until(lambda: "Took back: Added Thandi Nkosi" in hand.status)
        assert guru.reads.invoice("1").row.status == "sent"


async def test_paid_takes_two_keys_and_is_undone(open_app, guru, visited) -> None:
    guru.invoicing.invoice_client(visited)
    async with open_app(guru) as hand:
        await hand.press("5")
        await hand.until(lambda: "Sent 1" in hand.screen)
        hand.pressed = 0
        await hand.press("p", "enter")
        assert hand.pressed == 2
        await hand.until(lambda: "Invoice 1 of Sarah Botha paid" in hand.status)
        paid = guru.reads.invoice("1")
        assert paid.row.status == "paid"
        assert [(each.amount_minor, each.method, each.received_on) for each in paid.payments] == [
            (90000, "EFT", date(2026, 11, 25))
        ]
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        assert guru.reads.invoice("1").row.status == "sent"


async def test_enter_pressed_twice_records_one_payment(open_app, guru, visited) -> None:
    guru.invoicing.invoice_client(visited)
    async with open_app(guru) as hand:
        await hand.press("5", "p")
        await hand.pilot.press("enter", "enter", "enter")
        await hand.until(lambda: "paid" in hand.status)
        assert len(guru.reads.invoice("1").payments) == 1


async def test_a_part_by_card_leaves_the_rest_due(open_app, guru, visited) -> None:
    guru.invoicing.invoice_client(visited)
    async with open_app(guru) as hand:
        await hand.press("5", "p")
        await hand.type("R400")
        await hand.press("ctrl+n", "ctrl+n", "enter")
        await hand.until(lambda: "R500 still due" in hand.status)
        assert [(each.amount_minor, each.method) for each in guru.reads.invoice("1").payments] == [(40000, "card")]


@pytest.mark.parametrize(("amount", "sentence"), [("abc", "is not an amount"), ("", "is not an amount")])
async def test_a_wrong_amount_stays_in_the_dialog(open_app, guru, visited, amount: str, sentence: str) -> None:
    guru.invoicing.invoice_client(visited)
    async with open_app(guru) as hand:
        await hand.press("5", "p", "backspace")
        await hand.type(amount)
        await hand.press("enter")
        assert sentence in hand.screen
        assert hand.dialogs == 1
        await hand.press("escape")
        assert "Esc again" in hand.screen
        await hand.press("escape")
        assert hand.dialogs == 0


async def test_from_today_the_appointments_invoice_is_settled(open_app, guru, visited) -> None:
    guru.booking.set_status(book(guru, visited, datetime(2026, 11, 25, 9, 0)), "attended")
    async with open_app(guru) as hand:
        await hand.press("k", "p")
        assert "no open invoice to settle" in hand.status
        await hand.press("i", "enter")
        await hand.until(lambda: "Issued 1" in hand.status)
        await hand.press("p", "enter")
        await hand.until(lambda: "paid" in hand.status)
        assert guru.reads.invoice("1").row.total_minor == 135000


async def test_the_invoice_in_full_shows_lines_payments_and_messages(open_app, guru, visited) -> None:
    guru.invoicing.invoice_client(visited)
    guru.invoicing.send("1")
    guru.payments.pay(guru.reads.invoice("1").row.id, amount_minor=40000, token="once")
    async with open_app(guru) as hand:
        await hand.press("5", "enter")
        await hand.until(lambda: "Invoice 1" in hand.screen)
        for text in (
            "Sarah Botha",
            "18 Nov Follow-up",
            "Total",
            "R900",
            "Paid",
            "-R400",
            "Due",
            "R500",
            "Payments",
            "held",
        ):
            assert text in hand.screen
