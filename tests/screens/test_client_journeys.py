"""Journeys with clients: filtering, adding, finding, the record."""

from __future__ import annotations

from datetime import date

from guru_tui.screens.dialogs.client_form import capitalised


async def test_the_filter_searches_while_one_types(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("4")
        await hand.until(lambda: "Clients 3" in hand.screen)
        await hand.press("slash")
        await hand.type("thand")
        await hand.until(lambda: "Clients 1 of 3" in hand.screen)
        assert "072 555 0190" in hand.screen
        assert "Botha" not in hand.screen
        await hand.press("escape")
        await hand.until(lambda: "Botha, Sarah" in hand.screen)


async def test_letters_typed_in_the_filter_run_nothing(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("4", "slash")
        await hand.type("aniequ1")
        assert hand.dialogs == 0
        assert hand.app.current_mode == "clients"
        assert "Nobody matches" in hand.screen


async def test_a_client_is_added_and_a_mistake_loses_nothing(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("4", "a")
        await hand.type("Nomvula")
        await hand.press("tab")
        await hand.type("Dube")
        await hand.press("tab")
        await hand.type("12")
        await hand.press("ctrl+s")
        await hand.until(lambda: "is not a phone number" in hand.screen)
        assert "Nomvula" in hand.screen
        await hand.press("backspace", "backspace")
        await hand.type("0825550177")
        await hand.press("enter")
        await hand.until(lambda: "Added Nomvula Dube" in hand.status)
        assert [row.mobile for row in day.guru.reads.clients("nomvula")] == ["+27825550177"]
        assert hand.app.screen.client().first_name == "Nomvula"


async def test_a_client_who_is_there_already_is_added_only_on_purpose(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("4", "a")
        await hand.type("Sarah")
        await hand.press("tab")
        await hand.type("Botha")
        await hand.press("enter")
        await hand.until(lambda: "is a client already" in hand.screen)
        await hand.press("ctrl+f")
        await hand.until(lambda: hand.dialogs == 0)
        assert day.guru.reads.client_count("sarah botha") == 2


async def test_a_form_that_was_changed_asks_once_before_it_is_left(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("4", "a")
        await hand.type("N")
        await hand.press("escape")
        assert hand.dialogs == 1
        assert "Esc again" in hand.screen
        await hand.press("escape")
        assert hand.dialogs == 0


async def test_find_jumps_to_the_record_within_eight_keys(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("f")
        await hand.type("lera")
        await hand.press("enter")
        assert hand.pressed <= 8
        await hand.until(lambda: "082 555 0134" in hand.screen and "Upcoming" in hand.screen)
        await hand.press("y")
        assert hand.app.clipboard == "082 555 0134"
        await hand.press("escape")
        assert hand.key() == ("appointment", day.now)


async def test_the_record_books_and_edits(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("4", "j", "enter")
        await hand.until(lambda: "Mokoena" in hand.screen and "Upcoming" in hand.screen)
        await hand.press("a")
        await hand.type("fri 9")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 1)
        assert [entry.client_id for entry in day.guru.reads.agenda(date(2026, 11, 27))] == [day.lerato]
        await hand.press("e", "tab", "tab", "tab")
        await hand.type("lerato@example.com")
        await hand.press("ctrl+s")
        await hand.until(lambda: "lerato@example.com" in hand.screen and hand.dialogs == 1)
        assert day.guru.reads.client(day.lerato).row.email == "lerato@example.com"


async def test_the_language_of_a_client_is_chosen_in_the_form(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("4", "j", "enter")
        await hand.until(lambda: "Mokoena" in hand.screen and "Upcoming" in hand.screen)
        assert "messages in" not in hand.screen
        await hand.press("e", "tab", "tab", "tab", "tab")
        assert "English, as the practice" in hand.screen
        await hand.type("Klingon")
        await hand.press("enter")
        await hand.until(lambda: "is not a language" in hand.screen)
        await hand.press("ctrl+u")
        await hand.type("afrikaans")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 1 and "messages in Afrikaans" in hand.screen)
        assert day.guru.reads.client(day.lerato).language == "af"
        await hand.press("e", "tab", "tab", "tab", "tab", "ctrl+u", "enter")
        await hand.until(lambda: hand.dialogs == 1 and "messages in" not in hand.screen)
        assert day.guru.reads.client(day.lerato).language == ""


async def test_help_is_made_from_the_commands_and_runs_them(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("question_mark")
        assert "Book an appointment from one line" in hand.screen
        assert "✓ attended" in hand.screen
        await hand.type("no-show")
        assert "Mark it a no-show" in hand.screen
        assert "Book an appointment" not in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "no-show" in hand.status)


async def test_the_palette_runs_a_command(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("colon")
        await hand.until(lambda: "Search for commands" in hand.screen)
        await hand.type("confirmed")
        await hand.until(lambda: "Mark it confirmed" in hand.screen and "Go to" not in hand.screen)
        await hand.press("enter")
        await hand.until(lambda: day.guru.reads.entry(day.now).status == "confirmed")


async def test_go_keys_and_digits_lead_everywhere(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        for keys, mode in (
            (("5",), "invoices"),
            (("g", "c"), "clients"),
            (("g", "t"), "today"),
            (("g", "i"), "invoices"),
        ):
            await hand.press(*keys)
            await hand.until(lambda mode=mode: hand.app.current_mode == mode and hand.dialogs == 0)
        await hand.press("1", "enter")
        await hand.until(lambda: hand.dialogs == 1)
        await hand.press("1")
        await hand.until(lambda: hand.dialogs == 0)


async def test_enter_on_a_visit_of_the_record_shows_its_day(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("f")
        await hand.type("lerato")
        await hand.press("enter", "enter")
        await hand.until(lambda: hand.key() == ("appointment", day.later))
        assert hand.today.day.isoformat() == "2026-11-25"


async def test_the_cursor_is_in_sight_when_the_filter_is_cleared(open_app, guru) -> None:
    for number in range(60):
        guru.clients.add("Client", f"{chr(65 + number // 26)}{chr(65 + number % 26)}x", f"08255501{number:02d}")
    async with open_app(guru) as hand:
        await hand.press("4", "/")
        await hand.type("bzx")
        await hand.press("escape")
        await hand.until(lambda: "Clients 60" in hand.screen)
        await hand.until(lambda: "BZx, Client" in hand.screen.split("─" * 20)[0])


async def test_a_name_typed_in_haste_gets_its_capitals() -> None:
    assert capitalised("jane van der merwe") == "Jane van der Merwe"
    assert capitalised("JP de Villiers") == "JP de Villiers"
    assert capitalised("王小明") == "王小明"
    assert capitalised("o'brien") == "O'Brien"
