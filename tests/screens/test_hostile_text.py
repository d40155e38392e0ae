"""Text that a person can type reaches the screen as text: no markup, no escape codes, nothing reordered."""

from __future__ import annotations

from datetime import datetime

import pytest

from guru_tui.bootstrap import Guru
from tests.screens.conftest import book

NAMES = {
    "markup": "Smith [/b] [red]Anne[/red] [@click=app.quit]x[/]",
    "arabic": "عبد الله بن محمد",
    "chinese": "王小明王小明王小明王小明王小明",
    "emoji": "Zoë 👩‍⚕️ van der Merwe",
    "combining": "Ṱhilivhali Ramaṱuba",
    "long": "Wilhelmina-" * 40,
}

# Every kind at the usual size and at the smallest; the two that clip and break the most at the others too.
SHOWN = [(size, kind) for size in ((80, 24), (40, 12)) for kind in NAMES] + [
    (size, kind) for size in ((140, 40), (60, 20)) for kind in ("markup", "long")
]


@pytest.mark.parametrize(("size", "kind"), SHOWN, ids=[f"{wide}x{high}-{kind}" for (wide, high), kind in SHOWN])
async def test_every_screen_and_dialog_shows_it(open_app, guru: Guru, kind: str, size: tuple[int, int]) -> None:
    client = guru.clients.add(NAMES[kind], "", "082 555 0101", "a@example.com")
    appointment = book(guru, client, datetime(2026, 11, 25, 9, 30))
    guru.booking.block(datetime(2026, 11, 25, 12, 30), datetime(2026, 11, 25, 13, 30), NAMES[kind])
    guru.booking.set_status(book(guru, client, datetime(2026, 11, 24, 9, 30)), "attended")
    guru.invoicing.invoice_client(client) if kind in ("markup", "combining") else None
    async with open_app(guru, size) as hand:
        assert hand.key() == ("appointment", appointment)
        for keys in (("x",), ("m",), ("i",), ("f",), ("question_mark",), ("enter",)):
            await hand.press(*keys)
            await hand.press("escape")
        await hand.press("2", "m", "l", "enter", "escape", "escape", "w", "plus", "3", "tab", "1")
        await hand.press("4", "enter", "escape", "e", "escape", "n", "escape", "slash", "a", "escape")
        await hand.press("5", "enter", "escape", "l", "l", "enter", "escape", "p", "escape", "S", "escape")
        await hand.press("1")
        assert hand.dialogs == 0
        assert hand.key() == ("appointment", appointment)
        for line in hand.screen.splitlines():
            assert "\x1b" not in line


async def test_what_older_data_smuggles_in_is_disarmed_on_the_way_out(open_app, guru: Guru) -> None:
    client = guru.clients.add("Anne", "Smith", "082 555 0101", "a@example.com")
    book(guru, client, datetime(2026, 11, 25, 9, 30))
    # Not through the service, which cleans on the way in: as a file from elsewhere might hold it.
    connection = guru.connection
    connection.execute("BEGIN")
    connection.execute("INSERT INTO action (name, summary, at, origin, undoable) VALUES ('x', '', '', '', 0)")
    connection.execute("INSERT INTO action_context (id, action_id) SELECT 1, max(id) FROM action")
    connection.execute("UPDATE client SET first_name = ?", ("\x1b]0;owned\x07\x1b[31m\u202eevil\u202c\nline",))
    connection.execute("DELETE FROM action_context")
    connection.execute("COMMIT")
    async with open_app(guru, (140, 40)) as hand:
        assert "evil line Smith" in hand.screen
        for harmful in ("\x1b", "\x07", "\u202e", "\u202c"):
            assert harmful not in hand.screen


async def test_at_sixty_columns_nothing_about_the_appointment_is_clipped(open_app, day) -> None:
    async with open_app(day.guru, (60, 20)) as hand:
        for text in (
            "Thandi Nkosi",
            "072 555 0190",
            "thandi@example.com",
            "09:30-10:30",
            "Follow-up",
            "R450",
            "Sea Point",
        ):
            assert text in hand.screen
        await hand.press("5")
        await hand.until(lambda: "Invoiceable" in hand.screen)
        assert "Sarah Botha" in hand.screen
        await hand.press("l")
        await hand.until(lambda: "No drafts." in hand.screen)


async def test_no_color_draws_without_colours(open_app, day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app(day.guru) as hand:
        await hand.press("4", "5", "1", "a", "escape", "x")
        for strip in hand.app.screen._compositor.render_strips():
            for segment in strip.apply_filter(hand.app._filters[-1], hand.app.screen.background_colors[1]):
                assert segment.style is not None
                assert segment.style.color is None or segment.style.color.is_default
                assert segment.style.bgcolor is None or segment.style.bgcolor.is_default
        await hand.press("escape")
        cursor = next(strip for strip in hand.app.screen._compositor.render_strips() if "Thandi" in strip.text)
        assert any(segment.style.reverse for segment in cursor if segment.style)


async def test_the_theme_is_toggled(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("ctrl+t")
        assert hand.app.theme == "guru-light"
        await hand.press("ctrl+t")
        assert hand.app.theme == "guru-dark"
