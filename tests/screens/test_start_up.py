"""What the first paint waits for, and what comes after it."""

from __future__ import annotations

import pytest
from textual.css.stylesheet import Stylesheet

from guru_tui.app import GuruApp
from guru_tui.screens.session import Session


async def test_the_first_screen_has_the_stylesheet_parsed_and_applied_once(day, monkeypatch) -> None:
    """Textual parses all of it again for a theme that is assigned and for the first screen of a mode."""
    again: list[None] = []
    reparse = Stylesheet.reparse
    monkeypatch.setattr(Stylesheet, "reparse", lambda self: (again.append(None), reparse(self))[1])
    session = Session(day.guru)
    try:
        app = GuruApp(session, background=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert "guru_tui.screens.today" in type(app.screen).__module__
            assert not again
            await pilot.press("ctrl+t")
            await pilot.pause()
            assert again
    finally:
        session.close()


async def test_every_tone_and_cursor_is_in_the_stylesheet(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        drawn = {name: hand.app.drawn_in(name) for name in hand.app.COMPONENT_CLASSES}
        assert all(drawn.values())
        await hand.press("ctrl+t")
        await hand.until(lambda: hand.app.theme == "guru-light")
        assert all(hand.app.drawn_in(name) != style for name, style in drawn.items() if style.color)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_today_is_reached_again_from_another_screen(open_app, day, size: tuple[int, int]) -> None:
    async with open_app(day.guru, size=size) as hand:
        first = hand.app.screen
        await hand.press("4", "1")
        await hand.until(lambda: hand.app.current_mode == "today")
        assert hand.app.screen is first
        assert "Thandi Nkosi" in hand.screen


async def test_the_panes_on_the_right_come_with_the_room_for_them(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        assert "November 2026" not in hand.screen
        await hand.pilot.resize_terminal(140, 40)
        await hand.until(lambda: "November 2026" in hand.screen)
        assert "To do" in hand.screen
        assert "thandi@example.com" in hand.screen
        await hand.pilot.resize_terminal(80, 24)
        await hand.until(lambda: "November 2026" not in hand.screen)
        await hand.press("j")
        await hand.pilot.resize_terminal(140, 40)
        await hand.until(lambda: "November 2026" in hand.screen)
        assert "Free" in hand.screen
