"""Messages as they would go out, for the dialogs that are about to queue them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from guru_tui.domain.sms_text import brief, measure, note
from guru_tui.domain.views.messages import MessagePreview
from guru_tui.screens.session import Session
from guru_tui.widgets.text import Line, Piece, clip, harmless, words

_CHANNELS = {"sms": "SMS", "email": "email"}


def preview_lines(
    session: Session,
    previews: Sequence[MessagePreview],
    *,
    on: bool,
    width: int,
    lines: int = 6,
    key: str = "n",
    silence: str = "",
) -> Sequence[Line]:
    """The notify switch, and while it is on the messages; `silence` says why there are none."""
    if not previews:
        return [((line, "dim"),) for line in words(f"Nobody is told: {silence}.", width)]
    ways = " + ".join(_CHANNELS.get(each.channel, each.channel) for each in previews)
    on = on and any(not each.problem for each in previews)
    box = "[x]" if on else "[ ]"
    drawn: list[Line] = [
        (
            (f"{box} ", "key" if on else "dim"),
            ("Notify client ", "" if on else "dim"),
            (key, "key"),
            (f"   via {ways}" if ways else "", "dim"),
        )
    ]
    shown = previews if on else [each for each in previews if each.problem]
    return [*drawn, *message_lines(session, shown, width=width, lines=lines)]


def message_lines(session: Session, previews: Sequence[MessagePreview], *, width: int, lines: int) -> Sequence[Line]:
    """Each message in a box: where it goes, its text in `lines` lines together, what it costs in SMS parts."""
    drawn: list[Line] = []
    for each in previews:
        drawn += _box(session, each, width, max(lines // len(previews), 2))
    return drawn


def _box(session: Session, preview: MessagePreview, width: int, lines: int) -> list[Line]:
    to = session.phone(preview.recipient) if preview.channel == "sms" else session.address(preview.recipient)
    if preview.problem:
        return [
            ((f"    ! {_CHANNELS.get(preview.channel, preview.channel)}: ", "warn"), (line, "warn"))
            if not n
            else (("      ", ""), (line, "warn"))
            for n, line in enumerate(words(preview.problem, width - 12))
        ]
    inner = width - 4
    body = _body(preview, inner) if not session.privacy else [("The text is hidden with the names.", "faint")]
    if len(body) > lines:
        body = [line for line in body if line[0]]  # blank lines are the first to go
    shown = body[:lines]
    if len(body) > lines:
        shown[-1] = (f"… {len(body) - lines + 1} more lines", "dim")
    foot = f" {_size(session, preview, width - 5)} " if preview.channel == "sms" else ""
    title = clip(f" {_CHANNELS.get(preview.channel, preview.channel)} to {harmless(to)} ", inner)
    top: Line = (("╭─", "rule"), (title, "dim"), ("─" * (width - 3 - cell_len(title)) + "╮", "rule"))
    bottom: Line = (("╰" + "─" * max(width - 3 - len(foot), 0), "rule"), (foot, "dim"), ("─╯", "rule"))
    rows: list[Line] = [
        (("│ ", "rule"), (text, tone), (" " * (inner - cell_len(text)), ""), (" │", "rule")) for text, tone in shown
    ]
    return [top, *rows, bottom]


def _body(preview: MessagePreview, width: int) -> list[Piece]:
    lines: list[Piece] = [(line, "strong") for line in words(preview.subject, width)] if preview.subject else []
    return lines + [(line, "") for line in words(preview.body.strip(), width)]


def _size(session: Session, preview: MessagePreview, room: int) -> str:
    """What the text takes as an SMS: with the letter that makes it dear where there is room to name it."""
    practice = session.practice
    whole = note(preview.body, practice["sms_price"], practice.currency)
    if cell_len(whole) <= room:
        return whole
    return clip(brief(measure(preview.body), practice["sms_price"], practice.currency), room)


def room_for_text(session_height: int, taken: int) -> int:
    """How many lines of message fit into a dialog that needs `taken` lines of the screen for all the rest."""
    return max(session_height - taken, 3)


def hold_words(session: Session) -> str:
    """What undo can still do: how long the message waits."""
    minutes = int(session.practice["hold_minutes"])
    return f"Sends in {minutes} min unless undone (u)." if minutes else "Sends at once."
