"""A client at a glance, for the panes beside the lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from guru_tui.domain.policies import price_words
from guru_tui.domain.practice import LANGUAGES
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets import glyphs
from guru_tui.widgets.text import BLANK, Line, Piece, flow, words

if TYPE_CHECKING:
    from guru_tui.domain.views.clients import ClientDetail, ClientVisit
    from guru_tui.domain.views.invoices import InvoiceRow


_TITLE = 2
"""Lines that the title of a part takes, with the blank one before it."""
_ENDLESS = 1000


def card_lines(
    session: Session, client: ClientDetail, width: int, *, visits: int = 3, room: int = 0, repeats: str = ""
) -> Sequence[Line]:
    """Contact, money, how it `repeats`, the last note, what is to come and what was, the invoices.

    With a `room` of so many lines (0: as many as it takes) every part that there is room for tells at least something.
    """
    lines: list[Line] = [*contact_lines(session, client, width), *figures(session, client, width)]
    lines += [((line, "dim"),) for line in words(repeats, width)] if repeats else []
    note = words(client.last_note, width) if client.last_note and not session.privacy else []
    parts: list[tuple[str, list[Line]]] = [
        ("Last note", [((line, ""),) for line in note[: 2 * visits]]),
        ("Upcoming", [visit_line(session, visit) for visit in client.upcoming[:visits]]),
        ("Before", [visit_line(session, visit) for visit in client.recent[:visits]]),
        ("Invoices", [invoice_line(session, invoice) for invoice in client.invoices[:visits]]),
    ]
    for title, told in _fitting(parts, room - len(lines) if room else _ENDLESS):
        lines += [BLANK, ((title, "title"),), *told]
    return lines


def _fitting(parts: Sequence[tuple[str, list[Line]]], room: int) -> list[tuple[str, list[Line]]]:
    """The parts that have a line to tell below their title, with as many as there is room for, shared out in turns."""
    kept: list[tuple[str, list[Line]]] = []
    for title, told in parts:
        if told and room > _TITLE:
            kept.append((title, told))
            room -= _TITLE + 1
    counts = [1] * len(kept)
    while room > 0 and any(count < len(told) for count, (_, told) in zip(counts, kept, strict=True)):
        for index, (_, told) in enumerate(kept):
            if room > 0 and counts[index] < len(told):
                counts[index], room = counts[index] + 1, room - 1
    return [(title, told[:count]) for count, (title, told) in zip(counts, kept, strict=True)]


def contact_lines(session: Session, client: ClientDetail, width: int) -> Sequence[Line]:
    """Phone and email, with what each may be used for."""
    row = client.row
    phone: Piece = (session.phone(row.mobile), "strong") if row.mobile else ("no number", "warn")
    lines: list[Line] = [(phone, ("" if client.sms_allowed or not row.mobile else "  no SMS", "warn"))]
    if row.email:
        lines += [((line, ""),) for line in words(session.address(row.email), width)]
        if not client.email_allowed:
            lines.append((("no email, please", "warn"),))
    if client.language:
        lines.append(((language_word(client), "dim"),))
    return lines


def language_word(client: ClientDetail) -> str:
    """`messages in Afrikaans`; empty where they are in the practice's language."""
    if not client.language:
        return ""
    return f"messages in {LANGUAGES.get(client.language, LANGUAGES['en'])}"


def figures(session: Session, client: ClientDetail, width: int) -> Sequence[Line]:
    """What the client owes and how often they came."""
    row = client.row
    owes: Piece = (
        (f"owes {session.money(row.owes_minor, client.currency)}", "bad" if row.overdue else "warn")
        if row.owes_minor
        else ("owes nothing", "dim")
    )
    return flow(
        [
            owes,
            (
                f"uninvoiced {session.money(client.uninvoiced_minor, client.currency)}"
                if client.uninvoiced_minor
                else "",
                "warn",
            ),
            (
                f"paid this year {session.money(client.paid_this_year_minor, client.currency)}"
                if client.paid_this_year_minor
                else "",
                "dim",
            ),
            (f"{client.attended} attended" if client.attended else "", "dim"),
            (f"{client.no_shows} no-show{'s' if client.no_shows != 1 else ''}" if client.no_shows else "", "bad"),
            (f"since {short_day(client.since, session.today())}" if client.since else "", "dim"),
        ],
        width,
        separator=" · ",
    )


def visit_line(session: Session, visit: ClientVisit) -> Line:
    """`● 3 Dec 14:00 Follow-up R450`, of a no-show what is charged."""
    look = glyphs.status(visit.status)
    off = "faint" if visit.status == "cancelled" else ""
    return (
        (f"{look.glyph} ", look.tone),
        (f"{short_day(visit.starts.date(), session.today()):>6} {visit.starts:%H:%M} ", off or "dim"),
        (f"{visit.title} ", off),
        (price_words(visit.status, visit.fee_minor, visit.fee_minor, visit.currency), "faint"),
        (f"  {visit.invoice_number}" if visit.invoice_number else "", "dim"),
    )


def invoice_line(session: Session, invoice: InvoiceRow) -> Line:
    """`1041 31 Oct R900 paid 4 Nov EFT`."""
    look, due = glyphs.billing(invoice.status), invoice.due_minor > 0
    paid = f" {short_day(invoice.paid_on, session.today())} {invoice.paid_by}" if invoice.paid_on and not due else ""
    issued = short_day(invoice.issued_on, session.today()) if invoice.issued_on else ""
    return (
        (f"{invoice.number or 'draft':<7} ", ""),
        (f"{issued:>6}  " if issued else " " * 8, "dim"),
        (f"{session.money(invoice.total_minor, invoice.currency)}  ", ""),
        (look.word.lower() if invoice.status != "draft" else "", look.tone),
        (
            f" · {session.money(invoice.due_minor, invoice.currency)} due" if invoice.paid_minor and due else "",
            look.tone,
        ),
        (paid.rstrip(), "dim"),
    )
