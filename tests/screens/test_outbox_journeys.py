"""The Outbox: why something was not sent, what waits, and one key for each thing that can be done about it."""

from __future__ import annotations

from datetime import datetime

import pytest
from textual.widgets import Input, TextArea

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.screens.outbox import EMPTY, PARTS, OutboxScreen
from guru_tui.widgets.bars import KeyBar
from guru_tui.widgets.paint import Pane
from tests.outbox_support import run, setting, sql, states


def booked(guru: Guru, client_id: int, hour: int, day: int = 27) -> int:
    """Book with a confirmation and return the message's id."""
    kind = guru.reads.types()[0]
    start = datetime(2026, 11, day, hour)
    request = BookingRequest(client_id, start, 60, kind.id, kind.location_id, kind.name, kind.fee_minor)
    return guru.booking.book(request, force=True).messages[0].id


def sarah(guru: Guru) -> int:
    """Sarah's id; she is added once."""
    found = guru.reads.clients("sarah")
    return found[0].id if found else guru.clients.add("Sarah", "Botha", "082 555 0101", "sarah@example.com")


def became(guru: Guru, message_id: int, state: str, reason: str = "") -> int:
    """Give a message the state in which a sender would have left it."""
    tried = "'2026-11-25T07:30:00Z'"
    left = tried if state in ("sent", "delivered", "undelivered") else "''"
    sql(guru, f"UPDATE outbox_message SET state = ?, reason = ?, attempts = 1, sent_at = {left}, updated_at = {tried} "
        "WHERE id = ?", state, reason, message_id)  # fmt: skip
    sql(guru, f"INSERT INTO outbox_attempt (message_id, started_at, ended_at, result, reason) "
        f"VALUES (?, {tried}, {tried}, ?, ?)", message_id, state, reason)  # fmt: skip
    return message_id


def footer(hand) -> list[str]:
    """The labels in the footer that stand out: what fits the message under the cursor."""
    return [hint.label for hint in hand.app.screen.query_one(KeyBar)._hints if not hint.off]


# ---- what is shown -----------------------------------------------------------------------------------


async def test_it_opens_on_what_could_not_be_sent_with_the_reason_and_the_remedy(open_app, guru) -> None:
    booked(guru, guru.clients.add("Annelie", "Smit"), 9)
    booked(guru, sarah(guru), 10)
    async with open_app(guru) as hand:
        assert "! 1 needs you" in hand.screen
        await hand.press("6")
        assert "Needs you 1" in hand.screen
        assert "Annelie Smit" in hand.screen
        assert "Sarah Botha" not in hand.screen
        assert "no email address; no mobile number" in hand.screen
        assert "o opens the record to add one; then r sends it." in hand.screen
        await hand.press("x")
        assert "That message is blocked; only one that waits can be withdrawn" in hand.status
        await hand.press("o")
        await hand.until(lambda: "Upcoming 1" in hand.screen)


async def test_an_empty_outbox_says_so_in_every_part(open_app, guru) -> None:
    async with open_app(guru) as hand:
        await hand.press("g", "o")
        assert list(EMPTY) == list(PARTS)
        for text in EMPTY.values():
            assert text in hand.screen
            await hand.press("right_square_bracket")
        for key in ("enter", "x", "r", "S", "e", "R", "d", "y", "o"):
            await hand.press(key)
            assert "There is no message under the cursor." in hand.status
            assert hand.dialogs == 0
        await hand.press("D")
        assert "Nothing needs you." in hand.status


async def test_the_countdown_ticks_and_nothing_else_is_drawn(open_app, guru, clock: FixedClock) -> None:
    key = booked(guru, sarah(guru), 10)
    became(guru, booked(guru, sarah(guru), 12), "sent")
    async with open_app(guru) as hand:
        await hand.press("6", "left_square_bracket", "left_square_bracket")
        assert "held 3:00" in hand.screen
        assert hand.key() == key or await hand.press("j") or hand.key() == key
        screen = hand.app.screen
        drawn: list[object] = []
        paint = screen.writer.line
        screen.writer.line = lambda message, width: drawn.append(message.row.id) or paint(message, width)
        screen.reload()
        await hand.pilot.pause()
        drawn.clear()
        clock.advance(seconds=19)
        await hand.until(lambda: hand.screen.count("held 2:41") == 2)  # the row, and the strip under the list
        assert set(drawn) == {key}


async def test_no_timer_runs_while_nothing_is_held(open_app, guru) -> None:
    became(guru, booked(guru, sarah(guru), 10), "sent")
    async with open_app(guru) as hand:
        await hand.press("6")
        assert not hand.app.screen._ticker._active.is_set()
        booked(guru, sarah(guru), 12)
        hand.app.screen.reload()
        assert hand.app.screen._ticker._active.is_set()


async def test_the_footer_offers_what_fits_the_message(open_app, guru) -> None:
    held = booked(guru, sarah(guru), 10)
    unknown = became(guru, booked(guru, sarah(guru), 12), "unknown", "The connection was lost.")
    async with open_app(guru, (140, 40)) as hand:
        await hand.press("6", "left_square_bracket")
        hand.app.screen.point(held)
        await hand.pilot.pause()
        assert footer(hand)[:4] == ["read", "send now", "withdraw", "edit"]
        hand.app.screen.point(unknown)
        await hand.pilot.pause()
        assert footer(hand)[:4] == ["read", "done", "resend", "copy"]


@pytest.mark.parametrize("size", [(140, 40), (80, 24), (60, 20), (45, 15)])
async def test_the_message_is_read_in_full(open_app, guru, size: tuple[int, int]) -> None:
    client = sarah(guru)
    became(guru, booked(guru, client, 10), "delivered")
    became(guru, booked(guru, client, 12), "failed", "The number cannot receive an SMS (27).")
    async with open_app(guru, size) as hand:
        await hand.press("6", "enter")
        assert hand.dialogs == 1
        text = hand.app.screen.query_one("#what", Pane).text
        for part in ("Sarah Botha", "sarah@example.com", "! failed", "created", "tried, failed", "Before, to Sarah",
                     "✓ delivered", "template"):  # fmt: skip
            assert part in text
        assert "The number cannot receive an SMS (27)." in " ".join(text.split())
        await hand.press("j", "k", "escape")
        assert hand.dialogs == 0


async def test_a_key_of_the_list_works_in_the_message_too(open_app, guru) -> None:
    booked(guru, sarah(guru), 10)
    async with open_app(guru) as hand:
        await hand.press("6", "enter", "x")
        await hand.until(lambda: "Withdrew the confirmation" in hand.status)
        assert hand.dialogs == 0
        assert states(guru) == [("confirmation", "email", "cancelled")]


async def test_privacy_hides_names_addresses_and_text(open_app, guru) -> None:
    became(guru, booked(guru, sarah(guru), 10), "failed", "550 no such user sarah@example.com +27825550101")
    for size in ((80, 24), (140, 40)):
        async with open_app(guru, size) as hand:
            await hand.press("6", "asterisk")
            assert "S. B." in hand.screen
            for secret in ("Sarah", "Botha", "example.com", "0101", "appointment"):
                assert secret not in hand.screen.replace("Sarah B", ""), secret
            await hand.press("enter")
            assert "Sarah" not in hand.screen and "example.com" not in hand.screen


# ---- the keys ----------------------------------------------------------------------------------------


async def test_x_withdraws_and_u_brings_it_back(open_app, guru) -> None:
    key = booked(guru, sarah(guru), 10)
    async with open_app(guru) as hand:
        await hand.press("6")
        assert "sarah@example.com" in hand.screen
        hand.pressed = 0
        await hand.press("x")
        await hand.until(lambda: "Withdrew the confirmation to Sarah Botha" in hand.status)
        assert hand.pressed == 1 and hand.dialogs == 0
        assert guru.reads.message(key).state == "cancelled"
        assert "Nothing waits to leave." in hand.screen
        await hand.press("u")
        await hand.until(lambda: "Queued it again" in hand.status)
        assert guru.reads.message(key).state in ("queued", "held")
        assert "sarah@example.com" in hand.screen
        assert len(guru.reads.agenda(datetime(2026, 11, 27).date())) == 1  # the booking was not undone with it


async def test_the_cursor_stays_beside_what_went(open_app, guru) -> None:
    client = sarah(guru)
    keys = [booked(guru, client, hour) for hour in (9, 11, 13)]
    async with open_app(guru) as hand:
        await hand.press("6", "j")
        assert hand.key() == keys[1]
        await hand.press("x")
        await hand.until(lambda: "Waiting 2" in hand.screen)
        assert hand.key() == keys[2]
        await hand.press("x")
        await hand.until(lambda: "Waiting 1" in hand.screen)
        assert hand.key() == keys[0]


async def test_capital_s_sends_a_held_message_with_the_next_run(open_app, guru) -> None:
    key = booked(guru, sarah(guru), 10)
    assert run(guru).sent == 0
    async with open_app(guru) as hand:
        await hand.press("6", "S")
        await hand.until(lambda: "Sending the confirmation to Sarah Botha now" in hand.status)
        assert run(guru).sent == 1
        assert guru.reads.message(key).state == "sent"


async def test_r_queues_what_was_blocked_once_the_address_is_there(open_app, guru) -> None:
    client = guru.clients.add("Annelie", "Smit")
    key = booked(guru, client, 9)
    guru.clients.update(client, email="annelie@example.com")
    async with open_app(guru) as hand:
        hand.pressed = 0
        await hand.press("6", "r")
        await hand.until(lambda: "Queued the confirmation to Annelie Smit again" in hand.status)
        assert hand.pressed == 2
        assert "need you" not in hand.screen.splitlines()[0]
        assert guru.reads.message(key).state in ("queued", "held")


async def test_r_never_repeats_what_may_have_gone(open_app, guru) -> None:
    became(guru, booked(guru, sarah(guru), 10), "unknown", "The connection was lost.")
    async with open_app(guru) as hand:
        await hand.press("6", "r")
        assert "is not known, so r does not repeat it; R does" in hand.status
        assert [state for *_, state in states(guru)] == ["unknown"]


async def test_capital_r_tells_what_is_known_before_it_sends_once_more(open_app, guru) -> None:
    key = became(guru, booked(guru, sarah(guru), 10), "unknown", "The connection was lost after the message.")
    sql(guru, "UPDATE outbox_message SET provider_id = 'apx-77' WHERE id = ?", key)
    async with open_app(guru) as hand:
        await hand.press("6", "R")
        assert hand.dialogs == 1
        text = hand.app.screen.query_one("#what", Pane).text
        for known in ("Nobody knows whether it arrived", "The connection was lost", "09:30  tried, unknown", "apx-77"):
            assert known in text
        await hand.press("escape")
        assert len(guru.reads.messages()) == 1
        await hand.press("R", "enter")
        await hand.until(lambda: "Queued once more to Sarah Botha" in hand.status)
        new, old = guru.reads.messages()
        assert (old.id, old.state) == (key, "unknown")
        assert (new.resend_sequence, new.body) == (1, old.body)


async def test_e_changes_the_text_of_this_message_alone(open_app, guru) -> None:
    setting(guru, "confirmation_channels", "sms")
    key = booked(guru, sarah(guru), 10)
    async with open_app(guru) as hand:
        await hand.press("6", "e")
        area = hand.app.screen.query_one(TextArea)
        area.text = "Bring your scans"
        await hand.pilot.pause()
        assert "16/160 · 1 SMS" in hand.screen
        area.insert(" …", area.document.end)  # the pilot cannot press such a key
        area.move_cursor(area.document.end)
        await hand.until(lambda: "UCS-2" in hand.screen)
        assert "“…” is not in the SMS alphabet" in hand.screen
        await hand.press("backspace", "backspace", "escape")
        assert hand.dialogs == 1 and "Not saved yet" in hand.screen
        await hand.press("ctrl+s")
        await hand.until(lambda: "Changed the text to Sarah Botha" in hand.status)
        row = guru.reads.message(key)
        assert (row.body, row.edited) == ("Bring your scans", True)
        assert "edited" in hand.screen


async def test_e_changes_the_subject_of_a_mail(open_app, guru) -> None:
    key = booked(guru, sarah(guru), 10)
    async with open_app(guru) as hand:
        await hand.press("6", "e")
        hand.app.screen.query_one("#its-subject", Input).value = "Your visit on Friday"
        await hand.press("ctrl+s")
        await hand.until(lambda: hand.dialogs == 0)
        row = guru.reads.message(key)
        assert row.subject == "Your visit on Friday" and "Sea Point Physio" in row.body
        assert run(guru).sent == 0


async def test_d_is_dealt_with_and_leaves_today(open_app, guru) -> None:
    client = sarah(guru)
    for hour in (9, 11):
        became(guru, booked(guru, client, hour), "failed", "The number cannot receive an SMS (27).")
    async with open_app(guru, (140, 40)) as hand:
        assert "2 emails failed" in hand.screen
        assert "! 2 need you" in hand.screen
        hand.pressed = 0
        await hand.press("6", "d")
        await hand.until(lambda: "Dealt with the confirmation to Sarah Botha" in hand.status)
        assert hand.pressed == 2
        assert "Needs you 1" in hand.screen
        await hand.press("1")
        await hand.until(lambda: "1 email failed" in hand.screen)
        await hand.press("6", "D")
        assert hand.dialogs == 1
        await hand.press("enter")
        await hand.until(lambda: "Needs you 0" in hand.screen)
        await hand.press("1")
        await hand.until(lambda: "Nothing waits for you" in hand.screen and "need you" not in hand.screen)
        assert "needs you" not in hand.screen
        await hand.press("6", "left_square_bracket")
        assert hand.screen.count("dealt with") >= 2  # they stay in the outbox, and nothing was sent
        assert {state for *_, state in states(guru)} == {"failed"}


async def test_y_copies_the_text(open_app, guru) -> None:
    key = booked(guru, sarah(guru), 10)
    async with open_app(guru) as hand:
        await hand.press("6", "y")
        row = guru.reads.message(key)
        assert hand.app.clipboard == f"{row.subject}\n\n{row.body.strip()}"
        assert "Copied the text" in hand.status


async def test_capital_p_holds_everything_back_until_it_is_pressed_again(open_app, guru, clock) -> None:
    booked(guru, sarah(guru), 10)
    clock.advance(minutes=5)
    async with open_app(guru, (140, 40)) as hand:
        await hand.press("6", "P")
        await hand.until(lambda: "Sending is switched off" in hand.status)
        assert not guru.reads.practice().sending
        assert "sending is off" in hand.screen.splitlines()[0]
        assert "sending is switched off: P" in hand.screen
        assert "resume" in footer(hand)
        assert run(guru).sent == 0
        await hand.press("1")
        await hand.until(lambda: "sending is switched off  6 P" in hand.screen)
        await hand.press("6", "P")
        await hand.until(lambda: "Sending is on again" in hand.status)
        assert "sending is off" not in hand.screen
        await hand.press("u")
        await hand.until(lambda: not guru.reads.practice().sending)


# ---- parts, filter, pages ----------------------------------------------------------------------------


async def test_the_filter_finds_by_name_state_and_kind_and_esc_clears_it(open_app, guru) -> None:
    client = sarah(guru)
    failed = became(guru, booked(guru, client, 9), "failed", "No.")
    held = booked(guru, client, 11)
    thandi = booked(guru, guru.clients.add("Thandi", "Nkosi", "", "thandi@example.com"), 13)
    async with open_app(guru) as hand:
        await hand.press("6", "left_square_bracket")
        for typed, expected in (
            ("thandi", {thandi}),
            ("fail", {failed}),
            ("sarah held", {held}),
            ("conf", {failed, held, thandi}),
        ):
            await hand.press("slash")
            await hand.type(typed)
            await hand.until(lambda expected=expected: set(hand.app.screen._messages) == expected)
            assert f"{len(expected)} fit" in hand.screen
            await hand.press("enter")
            assert hand.app.focused is hand.app.screen.records
            await hand.press("escape")
            await hand.until(lambda: len(hand.app.screen._messages) == 3)
        await hand.press("slash")
        await hand.type("zzz")
        await hand.until(lambda: "Nothing fits; Esc clears the filter." in hand.screen)
        await hand.press("escape")
        assert "/ filter" in hand.screen


async def test_five_hundred_at_a_time_and_more_at_the_end(open_app, guru) -> None:
    booked(guru, sarah(guru), 10)
    columns = [row[1] for row in sql(guru, "PRAGMA table_info(outbox_message)") if row[1] != "id"]
    changed = {"idempotency_key": "idempotency_key || n", "appointment_id": "NULL", "state": "'sent'"}
    sql(guru, f"WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 1200) "
        f"INSERT INTO outbox_message ({', '.join(columns)}) "
        f"SELECT {', '.join(changed.get(name, name) for name in columns)} FROM outbox_message, count")  # fmt: skip
    async with open_app(guru) as hand:
        await hand.press("6", "right_square_bracket", "right_square_bracket")
        assert "Sent 1200" in hand.screen
        screen = hand.app.screen
        assert isinstance(screen, OutboxScreen) and len(screen.records.rows) == 500
        last = screen.records.rows[-1].key
        await hand.press("G")
        assert len(screen.records.rows) == 1000 and hand.key() == last
        await hand.press("G")
        assert len(screen.records.rows) == 1200
        await hand.press("left_square_bracket", "right_square_bracket")
        assert len(screen.records.rows) == 500


async def test_what_is_planned_shows_with_its_text_before_it_is_in_the_outbox(open_app, guru) -> None:
    kind = guru.reads.types()[0]
    for name, mobile, hour in (("Sarah", "082 555 0101", 9), ("Thandi", "082 555 0102", 11)):
        client = guru.clients.add(name, "Botha", mobile, "")
        start = datetime(2026, 11, 30, hour)
        request = BookingRequest(client, start, 60, kind.id, kind.location_id, kind.name, kind.fee_minor)
        guru.booking.book(request, notify=False)
    async with open_app(guru) as hand:
        await hand.press("6", *["right_square_bracket"] * 3)
        assert "Scheduled 2" in hand.screen
        assert "· scheduled" in hand.screen and "29 Nov" in hand.screen
        assert "the day before at 10:00" in hand.screen
        assert "Hi Sarah" in hand.screen
        for key in ("x", "S", "r", "R", "e", "d"):
            await hand.press(key)
            assert "planned and not in the outbox yet" in hand.status and hand.dialogs == 0
        await hand.press("y")
        assert hand.app.clipboard.startswith("Hi Sarah")
        await hand.press("slash", *"thandi")
        await hand.until(lambda: "1 fit" in hand.screen and "Hi Thandi" in hand.screen)
        await hand.press("enter", "enter")
        assert "leaves then, if nothing changes" in hand.screen
        await hand.press("o")
        await hand.until(lambda: "Upcoming 1" in hand.screen)
    assert guru.reads.messages() == []
