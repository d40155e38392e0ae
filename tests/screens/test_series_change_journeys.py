"""A series that is changed in the app: moved by scope, repeated differently, cancelled late; another hand on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import SeriesChange
from guru_tui.domain.waitlist import Wish
from guru_tui.screens.dialogs.cancel import Cancel
from guru_tui.screens.dialogs.drop import Drop
from guru_tui.screens.dialogs.pattern import Pattern
from guru_tui.screens.dialogs.scope import Scope
from guru_tui.screens.dialogs.series import SeriesDialog
from guru_tui.screens.month import MonthScreen
from guru_tui.screens.today import TodayScreen
from guru_tui.screens.week import WeekScreen
from tests.outbox_support import run, states
from tests.screens.conftest import Day, Hand, book


@pytest.fixture
def daily(day: Day, clock: FixedClock) -> SeriesChange:
    """Sarah at 15:00 on four days from today, Wednesday, of which she has been told."""
    change = make(day.guru, day.sarah, datetime(2026, 11, 25, 15), Repeat("day", count=4))
    clock.advance(minutes=3)
    run(day.guru)
    return change


def make(guru: Guru, who: int, start: datetime, repeat: Repeat) -> SeriesChange:
    """A series of follow-ups."""
    types = guru.reads.types()
    request = BookingRequest(who, start, 60, types[0].id, types[0].location_id, types[0].name, 45000)
    return guru.series.book(request, repeat)


@pytest.fixture
def phone(guru: Guru) -> Iterator[Guru]:
    """Another session on the same store."""
    opened = Guru(guru.settings, guru.clock, origin="phone")
    yield opened
    opened.close()


def starts(guru: Guru, status: str = "booked") -> list[str]:
    """The starts of those of the newest series, `Wed 25 15:00`."""
    rows = guru.connection.execute(
        """SELECT starts_local FROM appointment
           WHERE status = ? AND series_id = (SELECT max(series_id) FROM appointment) ORDER BY starts_at""",
        (status,),
    )
    return [f"{datetime.fromisoformat(text):%a %d %H:%M}" for (text,) in rows]


def kinds(guru: Guru) -> list[str]:
    """The messages that her own changes gave rise to."""
    return [kind for kind, _, _ in states(guru) if kind != "reminder"]


async def on_it(hand: Hand, change: SeriesChange, which: int = 0) -> None:
    """The cursor of Today on one of a series."""
    entry = hand.today.session.reads.entry(change.ids[which])
    hand.today.go_to_day(entry.starts.date(), at=("appointment", entry.id))
    await hand.until(lambda: hand.today.entry is not None and hand.today.entry.id == entry.id)


def in_one(hand: Hand) -> str:
    """What stands in the dialog, without its frame and breaks of lines."""
    return " ".join(" ".join(line.partition("│")[2].rstrip("│ ") for line in hand.screen.splitlines()).split())


async def shown(hand: Hand, dialog: type) -> None:
    """Wait for a dialog."""
    await hand.until(lambda: isinstance(hand.app.screen, dialog))


# ---- moved -------------------------------------------------------------------------------------------------


async def test_one_that_is_carried_about_moves_as_much_of_its_series_as_is_meant(open_app, day, daily) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily, 1)
        before = hand.pressed
        await hand.press("m")
        await shown(hand, WeekScreen)
        await hand.press("j", "enter")
        await shown(hand, Scope)
        assert "It is 2 of 4, booked every day." in hand.screen and "this" in hand.screen
        await hand.press("2")
        await shown(hand, SeriesDialog)
        assert "3 appointments, this one to Thu 26 Nov 15:30." in hand.screen
        assert "Fri 27 Nov 15:30  now 15:00  ✓ free" in hand.screen
        assert "Notify client" in hand.screen and "Sends in" in hand.screen, "the message stands there before Enter"
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs and "Moved" in hand.status)
        assert hand.pressed - before == 5, "m, one step, drop, scope, Enter"
        assert starts(day.guru) == ["Wed 25 15:00", "Thu 26 15:30", "Fri 27 15:30", "Sat 28 15:30"]
        assert "Moved 3 appointments of Sarah Botha" in hand.status
        assert hand.today.entry.id == daily.ids[1], "back where it began"
        assert kinds(day.guru) == ["confirmation", "reschedule"], "one message"
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        assert starts(day.guru) == ["Wed 25 15:00", "Thu 26 15:00", "Fri 27 15:00", "Sat 28 15:00"]


async def test_this_one_alone_goes_on_to_the_drop(open_app, day, daily) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2")
        await hand.until(lambda: isinstance(hand.app.screen, WeekScreen))
        hand.app.screen.point(("appointment", daily.ids[1]))
        await hand.press("m", "j", "enter")
        await shown(hand, Scope)
        await hand.press("1")
        await shown(hand, Drop)
        assert "Thu 26 Nov 2026 15:30" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        assert starts(day.guru) == ["Wed 25 15:00", "Thu 26 15:30", "Fri 27 15:00", "Sat 28 15:00"]
        await hand.press("m", "j", "enter")
        await shown(hand, Scope)
        await hand.press("escape")
        await hand.until(lambda: not hand.dialogs)
        assert "Esc leave it" in hand.screen, "Esc goes on moving"


async def test_what_is_in_the_way_of_a_move_is_decided_for_each_and_told_in_one_message(open_app, day, daily) -> None:
    book(day.guru, day.lerato, datetime(2026, 11, 26, 16))
    book(day.guru, day.thandi, datetime(2026, 11, 27, 16))
    async with open_app(day.guru) as hand:
        await hand.press("3", "tab", "tab", "tab")
        await hand.until(lambda: isinstance(hand.app.screen, MonthScreen) and hand.app.screen.entry.id == daily.ids[0])
        await hand.press("m")
        await shown(hand, WeekScreen)
        await hand.press("j", "j", "enter")
        await shown(hand, Scope)
        await hand.press("3")
        await shown(hand, SeriesDialog)
        assert "overlaps Lerato Mokoena 16:00-17:00" in hand.screen and "once each is decided" in hand.screen
        await hand.press("enter")
        assert "2 are not free" in hand.screen
        await hand.press("s", "k")
        assert "— stays where it is" in hand.screen and "— kept all the same" in hand.screen
        await hand.until(lambda: "Notify client" in hand.screen)
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs and isinstance(hand.app.screen, MonthScreen))
        await hand.until(lambda: "left: 1 where they are" in hand.status)
        assert starts(day.guru) == ["Wed 25 16:00", "Thu 26 15:00", "Fri 27 16:00", "Sat 28 16:00"]
        (notice,) = [row for row in day.guru.reads.messages() if row.kind == "reschedule"]
        assert "Wed 25, Fri 27 and Sat 28 November" in " ".join(notice.body.split())


async def test_a_typed_time_asks_for_the_scope_too(open_app, day, daily) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("m")
        await shown(hand, WeekScreen)
        await hand.press("e")
        await hand.type("16h00 45m")
        await hand.press("enter")
        await shown(hand, Scope)
        await hand.press("3")
        await shown(hand, SeriesDialog)
        assert "4 appointments, this one to Wed 25 Nov 16:00, 45 min each." in hand.screen
        await hand.press("n", "enter")
        await hand.until(lambda: not hand.dialogs)
        assert starts(day.guru) == ["Wed 25 16:00", "Thu 26 16:00", "Fri 27 16:00", "Sat 28 16:00"]
        assert kinds(day.guru) == ["confirmation"], "n has told nobody"


async def test_a_move_of_several_over_a_change_from_elsewhere_is_refused(open_app, day, daily, phone) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("m")
        await shown(hand, WeekScreen)
        await hand.press("j", "enter")
        await shown(hand, Scope)
        await hand.press("3")
        await shown(hand, SeriesDialog)
        phone.booking.cancel(daily.ids[3], notify=False)
        await hand.press("enter")
        await hand.until(lambda: "Changed elsewhere meanwhile: of the one of Sat 28 Nov 15:00" in hand.screen)
        assert starts(day.guru) == ["Wed 25 15:00", "Thu 26 15:00", "Fri 27 15:00"]


async def test_what_is_booked_in_the_way_meanwhile_is_listed_and_decided_about(open_app, day, daily, phone) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("m")
        await shown(hand, WeekScreen)
        await hand.press("j", "j", "enter")
        await shown(hand, Scope)
        await hand.press("3")
        await shown(hand, SeriesDialog)
        book(phone, day.thandi, datetime(2026, 11, 27, 16))
        await hand.press("enter")
        await hand.until(lambda: "come into the way meanwhile" in hand.screen)
        assert "overlaps Thandi Nkosi" in hand.screen
        await hand.press("s", "enter")
        await hand.until(lambda: not hand.dialogs)
        assert starts(day.guru) == ["Wed 25 16:00", "Thu 26 16:00", "Fri 27 15:00", "Sat 28 16:00"]


# ---- repeated differently ------------------------------------------------------------------------------------


async def test_the_pattern_is_changed_from_one_on(open_app, day, daily) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily, 1)
        await hand.press("full_stop")
        await shown(hand, Pattern)
        assert "every day; this is 2 of 4" in hand.screen and "how often?" in hand.screen
        await hand.press("enter")
        assert "How does it repeat?" in hand.screen
        await hand.type("every 2 weeks 16h x3")
        assert "every 2 weeks on Thu, 3 times, last Thu 24 Dec" in hand.screen
        assert "changes this one and the 2 later ones" in hand.screen
        await hand.press("enter")
        await shown(hand, SeriesDialog)
        assert "1 moves, 2 are new, 2 are cancelled: Fri 27 Nov and Sat 28 Nov." in in_one(hand)
        assert "Thu 26 Nov 16:00  now 15:00  ✓ free" in hand.screen and "new  ✓ free" in hand.screen
        assert "Notify client" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        assert starts(day.guru) == ["Thu 26 16:00", "Thu 10 16:00", "Thu 24 16:00"]
        assert "Changed Sarah Botha to every 2 weeks on Thu 16:00" in hand.status
        assert kinds(day.guru) == ["confirmation", "reschedule"]
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        assert starts(day.guru) == ["Wed 25 15:00", "Thu 26 15:00", "Fri 27 15:00", "Sat 28 15:00"]


async def test_what_becomes_of_each_is_listed_and_what_stays_stays(open_app, day, daily) -> None:
    day.guru.invoicing.invoice_client(day.sarah, appointment_ids=[daily.ids[3]])
    day.guru.booking.set_status(daily.ids[1], "confirmed")
    async with open_app(day.guru) as hand:
        await on_it(hand, daily, 1)
        await hand.press("full_stop")
        await shown(hand, Pattern)
        await hand.type("every 2 days x3")
        await hand.press("enter")
        await shown(hand, SeriesDialog)
        assert "2 stay, 1 is new, 1 is cancelled: Fri 27 Nov." in in_one(hand)
        assert "Thu 26 Nov 15:00  = as it is now" in hand.screen
        assert "Sat 28 Nov 15:00  = on an invoice" in hand.screen
        assert "Mon 30 Nov 15:00  new  ✓ free" in hand.screen
        await hand.press("j", "s")
        assert "It is on an invoice and stays as it is." in hand.screen
        await hand.press("up", "s")
        assert "Thu 26 Nov 15:00  — cancelled" in hand.screen
        await hand.press("up", "s")
        assert "Thu 26 Nov 15:00  = as it is now" in hand.screen
        await hand.until(lambda: "Notify client" in hand.screen)
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        assert starts(day.guru) == ["Mon 30 15:00"] and starts(day.guru, "confirmed") == ["Thu 26 15:00"]
        rows = day.guru.connection.execute("SELECT id, status FROM appointment WHERE series_id > 0 ORDER BY id")
        found = rows.fetchall()
        assert [status for _, status in found] == ["booked", "confirmed", "cancelled", "booked", "booked"]
        assert [key for key, _ in found][:4] == list(daily.ids)
        (notice,) = [row for row in day.guru.reads.messages() if row.kind == "reschedule"]
        text = " ".join(notice.body.split())
        assert "Date: Mon 30 November Time: 15:00" in text and "on Fri 27 November at 15:00" in text


async def test_the_very_same_pattern_says_so_where_it_is_typed(open_app, day, daily) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("full_stop")
        await shown(hand, Pattern)
        await hand.type("every day x4")
        await hand.press("enter")
        await hand.until(lambda: "They are at those times already; nothing was changed." in hand.screen)
        assert isinstance(hand.app.screen, Pattern) and kinds(day.guru) == ["confirmation"]


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (45, 18), (140, 40)])
async def test_what_becomes_of_each_fits_every_terminal(open_app, day, daily, size) -> None:
    async with open_app(day.guru, size=size) as hand:
        await on_it(hand, daily)
        await hand.press("full_stop")
        await shown(hand, Pattern)
        await hand.type("every day 16h x6")
        await hand.press("enter")
        await shown(hand, SeriesDialog)
        assert "Wed 25 Nov 16:00" in hand.screen and "4 move" in in_one(hand)
        assert "✓ free" in hand.screen and "Esc" in hand.screen
        assert ("now 15:00" in hand.screen) == (size[0] >= 80)


@pytest.mark.parametrize("screen", ["1", "2", "3"])
async def test_a_single_one_becomes_the_first_of_a_series_on_every_calendar_screen(open_app, day, screen) -> None:
    async with open_app(day.guru) as hand:
        await hand.press(screen)
        await hand.until(lambda: isinstance(hand.app.screen, TodayScreen | WeekScreen | MonthScreen))
        if screen == "3":
            await hand.press("tab")
        else:
            hand.app.screen.point(("appointment", day.now))
        await hand.until(lambda: hand.app.screen.entry is not None and hand.app.screen.entry.id == day.now)
        await hand.press("full_stop")
        await shown(hand, Pattern)
        assert "not at all" in hand.screen
        await hand.type("every week x3")
        assert "this one becomes the first" in hand.screen
        await hand.press("enter")
        await shown(hand, SeriesDialog)
        assert "Wed 25 Nov 09:30  = as it is now" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        assert starts(day.guru) == ["Wed 25 09:30", "Wed 02 09:30", "Wed 09 09:30"]
        assert "Repeated Thandi Nkosi every Wed 09:30, 3 times" in hand.status


async def test_what_cannot_be_repeated_says_so(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("d", "full_stop")
        await hand.until(lambda: "is attended" in hand.status)
        assert hand.dialogs == 0


async def test_the_pattern_over_a_change_from_elsewhere_is_refused(open_app, day, daily, phone) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("full_stop")
        await shown(hand, Pattern)
        await hand.type("every 2 days x3")
        phone.booking.move(daily.ids[2], datetime(2026, 11, 30, 9), notify=False)
        await hand.press("enter")
        await hand.until(lambda: "Changed elsewhere meanwhile" in hand.screen)
        assert isinstance(hand.app.screen, Pattern)
        await hand.press("escape", "full_stop")
        await shown(hand, Pattern)
        await hand.type("every 2 days x3")
        await hand.press("enter")
        await shown(hand, SeriesDialog)
        phone.booking.cancel(daily.ids[3], notify=False)
        await hand.press("enter")
        await hand.until(lambda: "cancelled now. Nothing was changed here" in hand.screen)
        assert "Mon 30 09:00" in starts(day.guru)


async def test_the_key_stands_in_the_help_and_does_it_from_there(open_app, day, daily) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("question_mark")
        await hand.type("repeats")
        assert "Repeat the appointment, or change how it" in hand.screen
        await hand.press("enter")
        await shown(hand, Pattern)


# ---- cancelled -----------------------------------------------------------------------------------------------


async def test_one_of_several_is_cancelled_late_and_the_others_plainly(open_app, day, daily) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("x", "3")
        await shown(hand, Cancel)
        assert "Wed 25 Nov 15:00" in hand.screen and "[ ] late: R450" in hand.screen
        assert "Cancel 4 appointments of Sarah Botha" in hand.screen and "Notify client" in hand.screen
        await hand.press("f", "dollar_sign", *["backspace"] * 6)
        await hand.type("150")
        await hand.press("enter")
        assert "[x] late: charge R150" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "1 of them late: R150" in hand.status)
        rows = day.guru.connection.execute(
            "SELECT status, charge_minor FROM appointment WHERE series_id > 0 ORDER BY id"
        )
        assert rows.fetchall() == [("late-cancelled", 15000), *[("cancelled", None)] * 3]


async def test_each_of_several_at_short_notice_has_its_own_fee(open_app, day, daily) -> None:
    day.guru.practice.set("cancellation_notice_hours", "72")
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("x", "3")
        await shown(hand, Cancel)
        assert "3 at short notice" in hand.screen
        await hand.press("F")
        assert hand.screen.count("[x] late: charge R450") == 3
        await hand.press("j", "f", "j", "f", "f")
        await hand.press("enter")
        await hand.until(lambda: "2 of them late: R450" in hand.status)
        rows = day.guru.connection.execute(
            "SELECT status, charge_minor FROM appointment WHERE series_id > 0 ORDER BY id"
        )
        assert rows.fetchall() == [
            ("late-cancelled", 45000),
            ("late-cancelled", 0),
            ("cancelled", None),
            ("cancelled", None),
        ]


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (45, 18), (140, 40)])
async def test_the_fees_of_several_fit_every_terminal(open_app, day, daily, size) -> None:
    day.guru.practice.set("cancellation_notice_hours", "200")
    async with open_app(day.guru, size=size) as hand:
        await on_it(hand, daily)
        await hand.press("x", "3")
        await shown(hand, Cancel)
        await hand.press("j", "j", "j", "f")
        assert "▸  Sat 28 Nov 15:00" in hand.screen and "[x] late: charge R450" in hand.screen
        assert "cancel them" in hand.screen and "Esc" in hand.screen


async def test_cancelling_several_over_a_change_from_elsewhere_is_refused(open_app, day, daily, phone) -> None:
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("x", "3")
        await shown(hand, Cancel)
        phone.booking.move(daily.ids[2], datetime(2026, 11, 30, 9), notify=False)
        await hand.press("enter")
        await hand.until(lambda: "Changed elsewhere meanwhile" in hand.screen)
        assert len(starts(day.guru)) == 4


async def test_removing_blocks_over_a_change_from_elsewhere_is_refused(open_app, day, phone) -> None:
    noon = datetime(2026, 11, 25, 12, 30)
    made = day.guru.series.block(noon, datetime(2026, 11, 25, 13, 30), "lunch", Repeat("day", count=4))
    async with open_app(day.guru) as hand:
        hand.today.point(("block", made.ids[0]))
        await hand.press("x", "3")
        await hand.until(lambda: "4 blocked times are removed" in hand.screen)
        phone.booking.unblock(made.ids[2])
        await hand.press("enter")
        await hand.until(lambda: "was taken back" in hand.screen)
        assert day.guru.connection.execute("SELECT count(*) FROM blocked_time").fetchone() == (3,)


async def test_who_waits_for_any_of_the_times_is_named_without_flooding(open_app, day, daily) -> None:
    for number in range(5):
        who = day.guru.clients.add(f"Ann{number}", "Zulu", "", f"ann{number}@example.com")
        day.guru.waitlist.add(who, Wish(60, (3, 4)))
    async with open_app(day.guru) as hand:
        await on_it(hand, daily)
        await hand.press("x", "3")
        await shown(hand, Cancel)
        await hand.press("enter")
        await hand.until(lambda: hand.app._notifications)
        (toast,) = hand.app._notifications
        assert toast.message.splitlines() == [
            *(f"Ann{number} Zulu: Thu and Fri, from Thu 26 Nov 15:00, 2 of the times" for number in range(3)),
            "and 2 more (W lists them)",
            "O offers it to Ann0 Zulu.",
        ]
        for number in range(2):
            await hand.press("O")
            await hand.until(lambda: f"Offered Ann{number} Zulu Thu 26 Nov" in hand.status)  # noqa: B023
