"""The circumstances in which a message leaves: its channels, the hour, its document, the start the client has in mind.

Asked when a message is queued and once more in the moment before it leaves.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import resolve, utc_text, wall_text
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts, SeriesFacts, Subject
from guru_tui.domain.message_kinds import QUIET_BY_MAIL
from guru_tui.domain.reminders import after_quiet
from guru_tui.store.queries import message_facts

if TYPE_CHECKING:
    from guru_tui.domain.message_rules import Ways
    from guru_tui.domain.practice import Practice


def ways_to(connection: sqlite3.Connection, practice: Practice, kind: str, subject: Subject) -> Ways:
    """The channels of a kind of message about something, by the most specific rule.

    A rule for one appointment alone decides nothing about the message for a whole series.
    """
    from guru_tui.services.message_rules import ways_for

    client_id = subject.person.client_id
    if isinstance(subject, InvoiceFacts):
        return ways_for(connection, practice, kind, client_id=client_id)
    if isinstance(subject, SeriesFacts):
        return ways_for(connection, practice, kind, type_id=subject.visits[0].type_id, client_id=client_id)
    return ways_for(connection, practice, kind, type_id=subject.type_id, client_id=client_id, appointment_id=subject.id)


def document_problem(kind: str, subject: Subject, channel: str) -> str:
    """Why an invoice may not be mailed: it has no document, or codes the client has not agreed to have mailed."""
    if kind != "invoice" or channel != "email" or not isinstance(subject, InvoiceFacts):
        return ""
    if subject.document_id is None:
        return "the invoice has no document yet; issue it first"
    if subject.has_codes and not subject.codes_consent:
        return "the invoice carries diagnostic codes and the client has not agreed to have them mailed"
    return ""


def after_quiet_hours(kind: str, channel: str, moment: datetime, practice: Practice, ends: datetime | None) -> datetime:
    """`moment`, or the end of the quiet hours it falls into, unless the message would then come too late."""
    if channel == "email" and kind not in QUIET_BY_MAIL:
        return moment
    shifted = after_quiet(moment, practice.zone, practice.quiet_from, practice.quiet_to)
    return moment if ends is not None and shifted >= ends else shifted


def appointment_told(
    connection: sqlite3.Connection,
    kind: str,
    appointment_id: int,
    action_id: int | None,
    *,
    fallback: str | None = None,
    waiting: bool = False,
) -> AppointmentFacts | None:
    """An appointment as a message of `kind` about what an action did to it tells of it; None where there is none.

    A move names the start the client has in mind (`fallback` where the action has moved nothing), a cancellation
    calls the appointment by that start: also where its booking was undone after the client had been told of it.
    `waiting` as in `in_mind`.
    """
    facts = message_facts.appointment(connection, appointment_id)
    if facts is None and kind == "cancellation" and action_id is not None:
        facts = message_facts.taken_back(connection, appointment_id, action_id)
    if facts is None or kind not in ("reschedule", "cancellation"):
        return facts
    if kind == "cancellation":
        return as_known(connection, facts, waiting=waiting)
    moved = message_facts.moved_from(connection, facts.id, action_id) if action_id is not None else None
    if moved is None and fallback:
        moved = (utc_text(resolve(datetime.fromisoformat(fallback), facts.zone, fold=0)), fallback)
    return replace(facts, previous_local=in_mind(connection, facts.id, moved) if moved else "")


def as_known(connection: sqlite3.Connection, facts: AppointmentFacts, *, waiting: bool = False) -> AppointmentFacts:
    """The facts of an appointment with the wall time the client knows it by, which a move may have left behind."""
    known = in_mind(connection, facts.id, (facts.starts_at, facts.starts_local), waiting=waiting)
    return replace(facts, starts_local=known)


def moved_to(connection: sqlite3.Connection, facts: AppointmentFacts, start_local: datetime) -> AppointmentFacts:
    """The facts of an appointment as a move to the naive local `start_local` would leave them."""
    known = in_mind(connection, facts.id, (facts.starts_at, facts.starts_local), waiting=True)
    starts_at = utc_text(resolve(start_local, facts.zone, fold=0))
    return replace(facts, starts_at=starts_at, starts_local=wall_text(start_local), previous_local=known)


def in_mind(
    connection: sqlite3.Connection, appointment_id: int, start: tuple[str, str], *, waiting: bool = False
) -> str:
    """The wall time the client knows of, walking back from `start` over notices that never left.

    With `waiting` one that still waits counts as one that will not leave: the move being previewed withdraws it.
    """
    seen: set[int] = set()
    while True:
        action_id = message_facts.unheard_move(connection, appointment_id, start[0], waiting=waiting)
        if action_id is None or action_id in seen:
            return start[1]
        seen.add(action_id)
        before = message_facts.moved_from(connection, appointment_id, action_id)
        if before is None:
            return start[1]
        start, waiting = before, False
