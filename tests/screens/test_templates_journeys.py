"""Templates: writing a text with completion, what is refused, the way back, on and off, a test to oneself."""

from __future__ import annotations

from datetime import datetime

import pytest

from guru_tui.app import GuruApp
from guru_tui.screens.templates import TemplatesScreen
from guru_tui.widgets.completion import Completion
from guru_tui.widgets.tag_area import TagArea
from tests.screens.conftest import book


def screen_of(hand) -> TemplatesScreen:
    screen = hand.app.screen_stack[0]
    assert isinstance(screen, TemplatesScreen)
    return screen


def flat(hand) -> str:
    """What is on the terminal, without frames and line breaks."""
    return " ".join(hand.screen.replace("│", " ").split())


def row(guru, kind: str = "reminder", channel: str = "sms", language: str = "en"):
    return next(each for each in guru.reads.templates(language) if (each.kind, each.channel) == (kind, channel))


@pytest.fixture
def booked(guru):
    sarah = guru.clients.add("Sarah", "Botha", "082 555 0101", "sarah@example.com")
    zoe = guru.clients.add("Zoë", "Smit", "082 555 0102", "zoe@example.com")
    book(guru, sarah, datetime(2026, 11, 26, 9))
    book(guru, zoe, datetime(2026, 11, 27, 10))
    return guru


async def test_a_text_is_written_with_completion_tried_and_saved(open_app, booked) -> None:
    async with open_app(booked) as hand:
        await hand.press("7", "j")
        assert "Preview · Sarah Botha, Thu 26 Nov 09:00" in hand.screen
        await hand.press("e")
        await hand.type(" See you ")
        popup = screen_of(hand).query_one(Completion)
        await hand.type("{{appointment_st")
        assert "appointment_start_date  Thu 26 November" in popup.text
        await hand.press("down", "tab")
        assert not popup.display
        assert screen_of(hand).message.text.endswith(" See you {{appointment_start_time}}")
        await hand.until(lambda: "See you 09:00" in flat(hand))
        await hand.press("ctrl+s")
        await hand.until(lambda: "Saved the reminder by SMS" in hand.status)
        assert row(booked).body.endswith("]] See you {{appointment_start_time}}") and row(booked).own
        assert "your own text" in hand.screen and "✓*" in hand.screen
        await hand.press("u")
        await hand.until(lambda: "default text" in hand.screen)
        assert not row(booked).own


async def test_tabs_are_accepted_inside_a_tag_that_is_there(open_app, booked) -> None:
    async with open_app(booked) as hand:
        await hand.press("7", "j", "e")
        area = screen_of(hand).message
        area.text = "Hi {{}}!"
        area.move_cursor((0, 5))
        await hand.type("first")
        await hand.press("enter")
        assert area.text == "Hi {{client.first_name}}!"
        await hand.type(" {{x")
        await hand.press("escape")
        assert "not saved" in hand.screen
        assert area.has_focus and not area.offering


async def test_an_unknown_tag_is_refused_and_nothing_is_lost(open_app, booked) -> None:
    async with open_app(booked) as hand:
        await hand.press("7", "j", "e")
        area = screen_of(hand).message
        area.text = "Hi {{client.firstname}}, {{invoice.number}}"
        await hand.press("ctrl+s")
        await hand.until(lambda: "There is no tag {{client.firstname}}; did you mean client.first_name" in hand.status)
        assert area.text == "Hi {{client.firstname}}, {{invoice.number}}" and area.has_focus
        area.text = "Hi {{client.first_name}}, {{invoice.number}}"
        await hand.until(lambda: "never has a value in a reminder message" in flat(hand))
        await hand.press("ctrl+s")
        await hand.until(lambda: "{{invoice.number}} never has a value" in hand.status)
        assert not row(booked).own


async def test_leaving_a_changed_text_asks_once(open_app, booked) -> None:
    async with open_app(booked) as hand:
        await hand.press("7", "j", "e")
        screen_of(hand).message.move_cursor((0, 0))
        await hand.type("Ho ")
        await hand.press("escape")
        assert "Not saved yet" in hand.status
        area = screen_of(hand).message
        assert area.has_focus and area.text.startswith("Ho Hi")
        await hand.press("escape")
        assert area.text.startswith("Hi") and not area.has_focus
        assert "default text" in hand.screen


async def test_a_text_that_is_being_written_survives_a_minute_and_another_process(open_app, booked, clock) -> None:
    async with open_app(booked) as hand:
        await hand.press("7", "j", "e")
        screen_of(hand).message.move_cursor((0, 0))
        await hand.type("Ho ")
        clock.advance(minutes=1)
        booked.templates.switch("reminder", "sms", False)
        screen_of(hand).reload()
        await hand.pilot.pause()
        assert screen_of(hand).message.text.startswith("Ho Hi")
        assert "not saved yet" in hand.screen
        hand.app.screen.set_focus(screen_of(hand).records)
        await hand.until(lambda: screen_of(hand).records.has_focus)
        await hand.press("j")
        assert "Not saved yet" in hand.status
        assert screen_of(hand).records.key == "reminder"
        await hand.press("l")
        assert screen_of(hand).message.text.startswith("Ho Hi") and "English" in hand.screen
        await hand.press("q")
        assert "not saved yet" in hand.status and hand.app.is_running


async def test_a_mail_has_a_subject_and_tab_goes_between_them(open_app, booked) -> None:
    async with open_app(booked) as hand:
        await hand.press("7", "j", "tab", "e", "tab")
        subject = screen_of(hand).subject
        assert subject.has_focus
        subject.move_cursor(subject.document.end)
        await hand.type(" {{client.f")
        await hand.press("tab", "enter")
        assert screen_of(hand).message.has_focus
        assert "at 09:00 Sarah" in flat(hand)
        await hand.press("ctrl+s")
        await hand.until(lambda: "Saved the reminder by mail" in hand.status)
        assert row(booked, channel="email").subject.endswith("{{appointment_start_time}} {{client.first_name}}")
        assert not row(booked, channel="sms").own


async def test_reset_switch_language_and_the_next_client(open_app, booked) -> None:
    booked.templates.save("reminder", "sms", "en", "", "Hi {{client.first_name}} – {{appointment_start_date}}")
    async with open_app(booked) as hand:
        await hand.press("7", "j")
        assert "“–” is not in the SMS alphabet: write “-” instead" in flat(hand)
        await hand.press("v")
        assert "Preview · Zoë Smit, Fri 27 Nov 10:00" in hand.screen
        await hand.press("x")
        await hand.until(lambda: "is the default text again" in hand.status)
        assert "Preview · Zoë Smit" in hand.screen
        assert not row(booked).own
        await hand.press("x")
        assert "default text already" in hand.status
        await hand.press("u")
        await hand.until(lambda: row(booked).own)
        await hand.press("space")
        await hand.until(lambda: "switched off" in hand.screen)
        assert booked.reads.practice()["messages_off"] == "reminder.sms"
        await hand.press("space")
        await hand.until(lambda: "goes out again" in hand.status)
        await hand.press("l")
        assert "Afrikaans" in hand.screen and "Vr 27 November" in hand.screen


async def test_a_test_goes_to_the_practitioner(open_app, booked) -> None:
    async with open_app(booked) as hand:
        await hand.press("7", "j", "tab", "T")
        assert hand.dialogs == 1 and "hello@seapointphysio.example" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "A test to hello@seapointphysio.example leaves" in hand.status)
        message = booked.reads.messages()[0]
        assert (message.kind, message.state, message.client_id) == ("reminder", "queued", None)
        await hand.press("tab", "T")
        await hand.type("082 555 0199")
        await hand.press("enter")
        await hand.until(lambda: "A test to +27825550199" in hand.status)


@pytest.mark.parametrize("size", [(60, 20), (40, 12), (80, 24), (140, 40)])
async def test_it_is_usable_at_every_size_and_shows_nobody_in_privacy(open_app, booked, size) -> None:
    async with open_app(booked, size=size) as hand:
        await hand.press("7", "j")
        assert "Sarah" in hand.screen
        await hand.press("e")
        assert screen_of(hand).message.has_focus
        await hand.type("{{")
        assert "client.first_name" in screen_of(hand).query_one(Completion).text
        await hand.press("escape", "escape", "escape")
        await hand.press("v", "asterisk")
        assert "Zoë" not in hand.screen


async def test_hostile_text_is_only_text(open_app, guru) -> None:
    client = guru.clients.add("[/b] {{me.phone}} [[x]]", "\u202eevil", "082 555 0101", "x@example.com")
    book(guru, client, datetime(2026, 11, 26, 9))
    async with open_app(guru, size=(140, 40)) as hand:
        await hand.press("7", "j")
        assert "Hi [/b] {{me.phone}} [[x]], a reminder" in hand.screen
        assert "\u202e" not in hand.screen
        await hand.press("e")
        await hand.type("[/b] [red]")
        assert "021 555 0100.[/b] [red]" in flat(hand)


async def test_the_palette_and_the_help_know_its_commands(open_app, booked) -> None:
    async with open_app(booked) as hand:
        await hand.press("g", "e")
        assert isinstance(hand.app, GuruApp) and screen_of(hand)
        await hand.press("question_mark")
        await hand.type("default text")
        assert "Go back to the default text" in hand.screen
        await hand.press("escape")
        screen_of(hand).action_tags()
        await hand.until(lambda: screen_of(hand).query_one(Completion).display)
        assert isinstance(hand.app.focused, TagArea)
