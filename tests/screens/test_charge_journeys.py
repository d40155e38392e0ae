"""Late cancellations and no-shows in the app: proposed, changed, charged; what another hand changed meanwhile."""

from __future__ import annotations

from datetime import datetime

import pytest
from textual.widgets import Input, TextArea

from guru_tui.bootstrap import Guru
from guru_tui.screens.dialogs.cancel import Cancel
from guru_tui.screens.dialogs.charge import ChangeCharge
from guru_tui.screens.dialogs.note import Note
from guru_tui.screens.today_rows import key_of


@pytest.fixture
def other(guru: Guru):
    """Another hand on the same store."""
    opened = Guru(guru.settings, guru.clock, origin="cli")
    yield opened
    opened.close()


async def to_the_afternoon(hand, day) -> None:
    """Put the cursor on the visit at 14:00."""
    hand.today.go_to_day(None, at=key_of(day.guru.reads.entry(day.later)))
    await hand.until(lambda: hand.today.entry is not None and hand.today.entry.id == day.later)


def details(hand) -> str:
    """The strip under the day."""
    return "\n".join(hand.screen.splitlines()[-6:])


async def test_two_keys_cancel_plainly_though_the_notice_is_short(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await to_the_afternoon(hand, day)
        hand.pressed = 0
        await hand.press("x")
        assert "4h before, 24h asked for" in hand.screen and "[ ] late: R450" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "Cancelled Lerato Mokoena" in hand.status)
        assert hand.pressed == 2
        assert day.guru.reads.entry(day.later).status == "cancelled"


async def test_f_makes_it_late_and_charges_what_the_policy_says(open_app, day) -> None:
    day.guru.practice.set("late_cancellation_fee", "50%")
    async with open_app(day.guru) as hand:
        await to_the_afternoon(hand, day)
        await hand.press("x", "f")
        assert "[x] late: charge R225" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "late: R225" in hand.status)
        entry = day.guru.reads.entry(day.later)
        assert (entry.status, entry.charge_minor, entry.billing) == ("late-cancelled", 22500, "uninvoiced")
        await hand.press("u")
        await hand.until(lambda: day.guru.reads.entry(day.later).status == "booked")


async def test_f_goes_round_and_dollar_takes_an_amount(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await to_the_afternoon(hand, day)
        await hand.press("x", "f", "f")
        assert "[x] late: no charge" in hand.screen
        await hand.press("f")
        assert "[ ] late: R450" in hand.screen
        await hand.press("dollar_sign")
        field = hand.app.screen.query_one("#amount", Input)
        field.value = ""
        await hand.type("abc")
        await hand.press("enter")
        assert "not an amount" in hand.screen and isinstance(hand.app.screen, Cancel)
        field.value = ""
        await hand.type("150")
        await hand.press("enter")
        assert "[x] late: charge R150" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "late: R150" in hand.status)
        assert day.guru.reads.entry(day.later).charge_minor == 15000


async def test_esc_in_the_amount_leaves_only_the_amount(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await to_the_afternoon(hand, day)
        await hand.press("x", "dollar_sign", "escape")
        assert isinstance(hand.app.screen, Cancel) and "[ ] late" in hand.screen
        await hand.press("escape")
        await hand.until(lambda: hand.dialogs == 0)


async def test_in_good_time_nothing_is_proposed(open_app, day) -> None:
    day.guru.practice.set("cancellation_notice_hours", "2")
    async with open_app(day.guru) as hand:
        await to_the_afternoon(hand, day)
        await hand.press("x")
        assert "late:" not in hand.screen
        await hand.press("f")
        assert "[x] late: charge R450" in hand.screen, "she decides"


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (45, 20), (140, 40)])
async def test_the_proposal_fits_every_terminal(open_app, day, size) -> None:
    async with open_app(day.guru, size=size) as hand:
        await to_the_afternoon(hand, day)
        await hand.press("x", "f")
        assert "charge R450" in hand.screen and "cancel it" in hand.screen


async def test_two_keys_mark_a_no_show_and_it_is_charged_for(open_app, day) -> None:
    day.guru.practice.set("no_show_fee", "200")
    async with open_app(day.guru) as hand:
        await hand.press("s", "n")
        await hand.until(lambda: "Marked Thandi Nkosi no-show, R200" in hand.status)
        assert hand.pressed == 2
        assert "charged R200" in hand.screen and "R450" not in details(hand)
        await hand.press("s", "n")
        await hand.until(lambda: isinstance(hand.app.screen, ChangeCharge))
        assert "fee R450 · by the policy R200" in hand.screen
        hand.app.screen.query_one("#field-amount", Input).value = ""
        await hand.type("none")
        await hand.press("enter")
        await hand.until(lambda: "Changed Thandi Nkosi no-show, no charge" in hand.status)
        assert day.guru.reads.entry(day.now).charge_minor == 0
        assert "no charge" in details(hand) and "R450" not in details(hand)


async def test_the_week_names_what_is_charged_not_the_price(open_app, day) -> None:
    day.guru.practice.set("no_show_fee", "200")
    async with open_app(day.guru, size=(140, 40)) as hand:
        await hand.press("s", "n")
        await hand.until(lambda: "no-show, R200" in hand.status)
        await hand.press("2", "t")
        await hand.until(lambda: "charged R200" in hand.screen)
        assert "R450" not in hand.screen


async def test_a_cancelled_one_costs_nothing(open_app, day) -> None:
    day.guru.booking.cancel(day.later, notify=False)
    async with open_app(day.guru) as hand:
        await to_the_afternoon(hand, day)
        assert "14:00-15:00 Follow-up · cancelled" in details(hand) and "R450" not in details(hand)


async def test_i_invoices_what_is_charged(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("s", "n")
        await hand.until(lambda: "no-show, R450" in hand.status)
        await hand.press("i", "enter")
        await hand.until(lambda: "Issued 1" in hand.status)
    assert [line.description for line in day.guru.reads.invoice("1").lines] == ["No-show: Follow-up"]


async def test_a_cancellation_over_a_move_from_elsewhere_is_refused(open_app, day, other) -> None:
    async with open_app(day.guru) as hand:
        await to_the_afternoon(hand, day)
        await hand.press("x")
        await hand.until(lambda: isinstance(hand.app.screen, Cancel))
        other.booking.move(day.later, datetime(2026, 11, 26, 9), notify=False)
        await hand.press("enter")
        await hand.until(lambda: "Changed elsewhere meanwhile" in hand.screen)
        assert day.guru.reads.entry(day.later).status == "booked"


async def test_a_cancellation_over_a_note_from_elsewhere_goes_through(open_app, day, other) -> None:
    async with open_app(day.guru) as hand:
        await to_the_afternoon(hand, day)
        await hand.press("x")
        await hand.until(lambda: isinstance(hand.app.screen, Cancel))
        other.booking.set_note(day.later, "Bring scans")
        await hand.press("enter")
        await hand.until(lambda: "Cancelled" in hand.status)


async def test_a_note_from_elsewhere_is_shown_and_replaced_only_by_saving_again(open_app, day, other) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("o")
        await hand.until(lambda: isinstance(hand.app.screen, Note))
        other.booking.set_note(day.now, "Neck, from the phone")
        await hand.type("From the desk")
        await hand.press("ctrl+s")
        await hand.until(lambda: "now it reads: Neck, from the phone" in hand.screen)
        assert day.guru.reads.entry(day.now).note == "Neck, from the phone"
        assert hand.app.screen.query_one(TextArea).text == "From the desk"
        await hand.press("ctrl+s")
        await hand.until(lambda: day.guru.reads.entry(day.now).note == "From the desk")


async def test_a_mark_over_a_cancellation_from_elsewhere_is_refused(open_app, day, other) -> None:
    async with open_app(day.guru) as hand:
        entry = hand.today.entry
        assert entry is not None and entry.id == day.now
        hand.app._tick = lambda: None  # the second in which the screen has not noticed yet
        other.booking.cancel(day.now, notify=False)
        await hand.press("d")
        await hand.until(lambda: "Changed elsewhere" in hand.screen)
        assert day.guru.reads.entry(day.now).status == "cancelled"
