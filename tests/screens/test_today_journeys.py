"""Journeys on Today, with the number of keys that each may take."""

from __future__ import annotations

from datetime import date, datetime

from guru_tui.domain.clock import FixedClock


async def test_it_opens_on_now(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        assert hand.key() == ("appointment", day.now)
        assert "NOW · 30m left" in hand.screen
        assert "10:00 ━━━" in hand.screen


async def test_a_repeat_client_is_booked_with_eighteen_keys(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("a")
        await hand.type("sarah b tue 1030")
        await hand.press("enter")
        assert hand.pressed == 18
        await hand.until(lambda: hand.dialogs == 0)
        booked = [entry for entry in day.guru.reads.agenda(date(2026, 12, 1)) if entry.client_id == day.sarah]
        assert [entry.starts.replace(tzinfo=None) for entry in booked] == [datetime(2026, 12, 1, 10, 30)]
        assert "Booked Sarah Botha" in hand.status
        assert "1 message held" in hand.status
        assert hand.key() == ("appointment", booked[0].id)


async def test_a_gap_gives_day_and_time(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("j")
        assert hand.key() == ("gap", "2026-11-25T10:30:00+02:00")
        await hand.type("a")
        await hand.type("lerato")
        assert "Wed 25 Nov 2026 10:30" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        assert [entry.client for entry in day.guru.reads.agenda(date(2026, 11, 25))] == [
            "Sarah Botha",
            "Thandi Nkosi",
            "Lerato Mokoena",
            "Lerato Mokoena",
        ]


async def test_an_unsettled_line_is_refused_with_the_reason(open_app, day) -> None:
    day.guru.clients.add("Sarah", "Botes", "082 555 0102")
    async with open_app(day.guru) as hand:
        await hand.type("a")
        await hand.type("sarah tue 1030")
        await hand.press("enter")
        assert hand.dialogs == 1
        assert "Tab picks one" in hand.screen
        await hand.press("tab")
        first = hand.app.screen.reading.client.name
        await hand.press("tab")
        assert {first, hand.app.screen.reading.client.name} == {"Sarah Botha", "Sarah Botes"}
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        assert len(day.guru.reads.agenda(date(2026, 12, 1))) == 1


async def test_an_overlap_is_named_and_needs_a_key_of_its_own(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("a")
        await hand.type("sarah b today 1430")
        await hand.press("enter")
        assert hand.dialogs == 1
        assert "Lerato Mokoena 14:00-15:00" in hand.screen
        await hand.press("ctrl+f")
        await hand.until(lambda: hand.dialogs == 0)
        assert "‼ clash" in hand.screen


async def test_nobody_of_that_name_becomes_a_client_without_losing_the_line(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("a")
        await hand.type("nomvula dube fri 9")
        await hand.press("ctrl+n")
        await hand.type("0825550177")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 1)
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        entries = day.guru.reads.agenda(date(2026, 11, 27))
        assert [(entry.client, entry.mobile) for entry in entries] == [("Nomvula Dube", "+27825550177")]


async def test_cancel_with_notice_takes_two_keys_and_undo_withdraws_it(open_app, day) -> None:
    # Somebody who was never told of an appointment hears nothing of its end: book this one with a message.
    guru = day.guru
    async with open_app(guru) as hand:
        await hand.type("a")
        await hand.type("sarah b fri 9")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        guru.clock.advance(minutes=10)
        guru.delivery("app").run_once()
        assert "confirmation" in {message.kind for message in guru.reads.messages("sent")}
        hand.pressed = 0
        await hand.press("x", "enter")
        assert hand.pressed == 2
        await hand.until(lambda: "Cancelled" in hand.status)
        assert [message.kind for message in guru.reads.messages("held")] == ["cancellation"]
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        assert "1 message withdrawn" in hand.status
        assert guru.reads.messages("held") == []
        assert [entry.status for entry in guru.reads.agenda(date(2026, 11, 27))] == ["booked"]


async def test_the_cancellation_is_shown_and_can_be_kept_silent(open_app, day) -> None:
    guru = day.guru
    async with open_app(guru) as hand:
        await hand.type("a")
        await hand.type("sarah b fri 9")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        guru.clock.advance(minutes=10)
        guru.delivery("app").run_once()
        await hand.press("x")
        assert "sarah@example.com" in hand.screen
        assert "Sends in 3 min unless undone" in hand.screen
        await hand.press("n", "2", "enter")
        await hand.until(lambda: "Cancelled" in hand.status)
        assert guru.reads.messages("held") == []


async def test_a_no_show_takes_two_keys(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("s", "n")
        assert hand.pressed == 2
        await hand.until(lambda: "no-show" in hand.status)
        assert day.guru.reads.entry(day.now).status == "no-show"
        assert hand.key() == ("appointment", day.now)


async def test_attended_takes_one_key_and_is_undone(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("d")
        await hand.until(lambda: "attended" in hand.status)
        assert "u undo" in hand.screen
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        assert day.guru.reads.entry(day.now).status == "booked"


async def test_moving_shows_old_and_new(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        hand.today.point(("appointment", day.later))
        await hand.press("m")
        await hand.until(lambda: hand.app.current_mode == "week")
        await hand.press("e")
        await hand.type("fri 9")
        assert "Wed 25 Nov 14:00" in hand.screen
        assert "Fri 27 Nov 2026 09:00" in hand.screen
        assert "free ✓" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0 and hand.app.current_mode == "today")
        entry = day.guru.reads.entry(day.later)
        assert entry.starts.replace(tzinfo=None) == datetime(2026, 11, 27, 9, 0)
        assert hand.key() == ("appointment", day.later)


async def test_friday_afternoon_is_blocked_with_eight_keys(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("b")
        await hand.type("fri pm")
        await hand.press("enter")
        assert hand.pressed == 8
        await hand.until(lambda: hand.dialogs == 0)
        assert [entry.kind for entry in day.guru.reads.agenda(date(2026, 11, 27))] == ["block"]
        hand.today.go_to_day(date(2026, 11, 27))
        await hand.until(lambda: "▒" in hand.screen)
        hand.today.point(("block", 1))
        await hand.press("x")
        await hand.until(lambda: "Removed" in hand.status)
        assert day.guru.reads.agenda(date(2026, 11, 27)) == []


async def test_days_go_by_and_t_comes_back_to_now(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("right_square_bracket")
        assert "Thu 26 Nov" in hand.screen
        await hand.press("left_square_bracket", "left_square_bracket")
        assert "Tue 24 Nov" in hand.screen
        await hand.press("t")
        assert hand.key() == ("appointment", day.now)


async def test_an_empty_practice_says_what_to_do(open_app, guru) -> None:
    async with open_app(guru) as hand:
        assert "0 booked" in hand.screen
        hand.today.go_to_day(date(2026, 11, 29))
        await hand.until(lambda: "Nothing on Sun 29 Nov (closed)" in hand.screen)
        assert "a adds an appointment" in hand.screen
        await hand.press("d")
        assert "no appointment under the cursor" in hand.status
        await hand.press("4")
        await hand.until(lambda: "No clients yet" in hand.screen)
        await hand.press("5")
        await hand.until(lambda: "All is invoiced" in hand.screen)
        await hand.press("i", "S", "p", "enter", "y")
        assert hand.dialogs == 0


async def test_a_phone_number_is_copied(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("y")
        assert hand.app.clipboard == "072 555 0190"


async def test_what_another_process_writes_appears_and_the_cursor_stays(open_app, day) -> None:
    from guru_tui.bootstrap import Guru
    from tests.screens.conftest import book

    async with open_app(day.guru) as hand:
        hand.today.point(("appointment", day.later))
        other = Guru(day.guru.settings, day.guru.clock, origin="cli")
        try:
            book(other, day.sarah, datetime(2026, 11, 25, 11, 0))
        finally:
            other.close()
        await hand.until(lambda: hand.screen.count("Sarah Botha") == 2)
        assert hand.key() == ("appointment", day.later)


async def test_the_clock_moves_the_now_line(open_app, day, clock: FixedClock) -> None:
    async with open_app(day.guru) as hand:
        assert "10:00 ━" in hand.screen
        clock.advance(minutes=5)
        await hand.until(lambda: "10:05 ━" in hand.screen)
        assert "NOW · 25m left" in hand.screen


async def test_privacy_leaves_initials(open_app, day) -> None:
    async with open_app(day.guru, size=(140, 40)) as hand:
        await hand.press("asterisk")
        await hand.until(lambda: "T. N." in hand.screen)
        for secret in ("Thandi", "Nkosi", "Sarah", "072 555", "example.com"):
            assert secret not in hand.screen
        await hand.press("d")
        await hand.until(lambda: "Done" in hand.status)
        await hand.press("4")
        await hand.until(lambda: "B. S." in hand.screen)
        assert "Botha" not in hand.screen


async def test_escape_never_quits(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("escape", "escape")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 1)
        await hand.press("escape", "escape", "escape")
        assert hand.dialogs == 0
        assert hand.app.is_running
        await hand.press("q")
        assert hand.app.return_value is None and hand.app._exit


async def test_a_new_practice_is_told_how_to_begin_even_on_a_closed_day(open_app, guru) -> None:
    guru.clock.advance(days=4)
    async with open_app(guru) as hand:
        assert "Nothing on Sun 29 Nov (closed)" in hand.screen
        assert "adds the first client" in hand.status


async def test_the_mouse_works_the_bars(open_app, day) -> None:
    from guru_tui.widgets.bars import HeaderBar, KeyBar, StatusBar

    async with open_app(day.guru) as hand:
        keys = hand.app.screen.query_one(KeyBar).render_line(0).text
        await hand.pilot.click(KeyBar, offset=(keys.index("done"), 0))
        await hand.until(lambda: "attended" in hand.status)
        said = hand.app.screen.query_one(StatusBar).render_line(0).text
        await hand.pilot.click(StatusBar, offset=(said.index(" undo"), 0))
        await hand.until(lambda: "Took back" in hand.status)
        header = hand.app.screen.query_one(HeaderBar).text
        await hand.pilot.click(HeaderBar, offset=(header.index("Invoices"), 0))
        await hand.until(lambda: hand.app.current_mode == "invoices")


async def test_what_is_in_the_way_is_initials_while_names_are_hidden(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("asterisk", "a")
        await hand.type("sarah b today 1430")
        await hand.press("enter")
        assert "L. M. 14:00-15:00" in hand.screen
        assert "Lerato" not in hand.screen


async def test_a_dialog_says_the_true_reason_why_nobody_is_told(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("x")
        assert "Nobody is told: the appointment has begun." in hand.screen
        await hand.press("n")
        assert "The client cannot be told: the appointment has begun." in hand.screen
        await hand.press("escape", "m", "e")
        await hand.type("today 8")
        assert "Nobody is told: that time is past." in hand.screen
        await hand.press("escape", "escape", "1", "a")
        await hand.type("sarah b fri 9")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        await hand.press("x")
        assert "Nobody is told: the client has not been told of this appointment." in hand.screen


async def test_a_key_that_overtakes_the_last_letter_acts_on_the_whole_line(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("a")
        dialog, line = hand.app.screen, hand.app.screen.query_one("#line")
        with line.prevent(line.Changed):  # what a fast hand or a slow line does: the news of the letters comes late
            line.value = "sarah b today 1430"
        dialog.action_force()
        await hand.until(lambda: hand.dialogs == 0)
        assert "Booked Sarah Botha Wed 25 Nov 14:30" in hand.status


async def test_a_note_has_lines_and_is_undone(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("o")
        await hand.type("L knee")
        await hand.press("enter")
        await hand.type("review brace")
        await hand.press("escape")
        assert "Not saved yet" in hand.screen
        await hand.press("ctrl+s")
        await hand.until(lambda: "Wrote a note" in hand.status)
        assert day.guru.reads.entry(day.now).note == "L knee\nreview brace"
        assert "note: L knee review brace" in hand.screen
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        assert day.guru.reads.entry(day.now).note == ""


async def test_a_key_without_a_meaning_is_answered(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("Q")
        assert hand.status == "! Q does nothing here; ? shows every key."
        await hand.press("s", "escape", "j")
        assert hand.dialogs == 0


async def test_the_way_back_stays_in_sight_however_long_the_name(open_app, day) -> None:
    day.guru.clients.update(day.thandi, last_name="Nkosi-" * 60)
    async with open_app(day.guru, size=(45, 15)) as hand:
        await hand.press("d")
        await hand.until(lambda: "Marked" in hand.status)
        assert "u undo" in hand.screen


async def test_every_dialog_shows_its_keys_on_the_smallest_screen(open_app, day) -> None:
    async with open_app(day.guru, size=(45, 15)) as hand:
        for opening, key in (("a", "book"), ("x", "cancel it"), ("b", "block"), ("o", "save")):
            await hand.press(opening)
            assert key in hand.screen, opening
            await hand.press("escape")
            assert hand.dialogs == 0, opening
        await hand.press("m", "e")
        assert "move" in hand.screen
        await hand.press("escape", "l", "enter")
        assert "move it" in hand.screen


async def test_every_cell_has_the_widgets_own_background(open_app, day, monkeypatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)  # with it the terminal's own two colours are what is wanted
    # On a terminal of the other brightness the terminal's own background would make text unreadable.
    async with open_app(day.guru) as hand:
        for keys in ((), ("2",), ("3",), ("4",), ("5",), ("6",), ("1", "a")):
            await hand.press(*keys)
            for strip in hand.app.screen._compositor.render_strips():
                for segment in strip:
                    assert segment.style is not None and segment.style.bgcolor is not None, (keys, segment)
                    assert not segment.style.bgcolor.is_default, (keys, segment)


async def test_a_closed_day_has_no_gaps_and_says_why(open_app, day) -> None:
    day.guru.opening.close(date(2026, 11, 26), date(2026, 11, 26), "Congress")
    async with open_app(day.guru) as hand:
        hand.app.session.warm = True
        await hand.press("right_square_bracket")
        assert "Congress" in hand.screen and "Nothing on Thu 26 Nov (closed)" in hand.screen
        hand.today.go_to_day(date(2026, 12, 25))
        assert "Christmas Day" in hand.screen
