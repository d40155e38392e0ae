"""Which reminders are due: read from the calendar each time, so that planning again plans nothing new."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.local_time import from_utc_text, from_wall_text, short_date, to_local, utc_text
from guru_tui.domain.practice import Practice
from guru_tui.domain.reminders import notice_serves, reminder_moment
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries import message_facts

if TYPE_CHECKING:
    from guru_tui.domain.message import NewMessage
    from guru_tui.domain.message_facts import AppointmentFacts
    from guru_tui.services.addressing import Address

REVIVED = ("cancelled", "blocked")
"""States out of which planning may bring a reminder back: its appointment is again as it was, or the obstacle gone."""

# The reminder of an appointment leaves at most its lead and a local day before the start; zones and clock changes
# shift that by less than another day.
_SLACK = timedelta(days=2)
# How far back a sender that has never run looks for what it missed.
_FIRST_LOOK_BACK = timedelta(days=31)


class Plan(NamedTuple):
    """What a run adds to the outbox: reminders to send (or blocked, with the reason), and those that were missed."""

    due: tuple[NewMessage, ...] = ()
    missed: tuple[NewMessage, ...] = ()


def moment_of(starts_local: str, zone: str, practice: Practice) -> datetime:
    """The instant at which the reminder of an appointment leaves by the practice's rule; wall time as stored."""
    return reminder_moment(
        from_wall_text(starts_local),
        zone,
        lead_days=practice.reminder_lead_days,
        at=practice.reminder_time,
        quiet_from=practice.quiet_from,
        quiet_to=practice.quiet_to,
    )


def plan(connection: sqlite3.Connection, settings: Settings, practice: Practice, now: datetime, last_run: str) -> Plan:
    """The reminders whose moment has come by `now` and that have no message yet; writes nothing.

    `last_run`: when a sender last worked (UTC text, empty for never). What began since, was due since and has no
    message is missed.
    """
    if practice.channels_for("reminder") == "off":
        return Plan()

    def is_due(starts_local: str, zone: str, told_at: str) -> bool:
        moment = moment_of(starts_local, zone, practice)
        return moment <= now and not notice_serves(moment, from_utc_text(told_at) if told_at else None)

    until = utc_text(now + timedelta(days=practice.reminder_lead_days) + _SLACK)
    due = [
        message
        for facts in message_facts.to_remind(connection, utc_text(now), until, outbox.WITHDRAWN_BY_HAND, is_due)
        for message in _due(connection, facts, settings, practice, now)
        if outbox.is_news(connection, message, REVIVED)
    ]
    since = min(last_run, utc_text(now)) if last_run else utc_text(now - _FIRST_LOOK_BACK)
    missed = [
        message
        for facts in message_facts.never_reminded(connection, since, utc_text(now))
        for message in _missed(connection, facts, settings, practice, now, last_run)
    ]
    return Plan(tuple(due), tuple(missed))


def _due(
    connection: sqlite3.Connection, facts: AppointmentFacts, settings: Settings, practice: Practice, now: datetime
) -> Iterator[NewMessage]:
    from guru_tui.services.addressing import by_rule, configured
    from guru_tui.services.notifications import after_quiet_hours

    moment = moment_of(facts.starts_local, facts.zone, practice)
    starts = from_utc_text(facts.starts_at)
    for to in by_rule(facts.person, practice.channels_for("reminder"), configured(settings), settings):
        quiet_until = after_quiet_hours("reminder", to.channel, now, practice, starts)
        yield _message(connection, facts, to, practice, quiet_until if quiet_until > now else moment)


def _missed(
    connection: sqlite3.Connection,
    facts: AppointmentFacts,
    settings: Settings,
    practice: Practice,
    now: datetime,
    last_run: str,
) -> Iterator[NewMessage]:
    from dataclasses import replace

    from guru_tui.services.addressing import by_rule, configured

    moment = moment_of(facts.starts_local, facts.zone, practice)
    told_at = from_utc_text(facts.told_at) if facts.told_at else None
    if from_utc_text(facts.created_at) > moment or notice_serves(moment, told_at):
        return
    if last_run and utc_text(moment) <= last_run:
        return  # a sender was at work when it was due and had its reason
    due = to_local(moment, facts.zone)
    reason = f"guru was not running from {short_date(due.date())} {due:%H:%M} until the appointment"
    for to in by_rule(facts.person, practice.channels_for("reminder"), configured(settings), settings)[:1]:
        yield replace(_message(connection, facts, to, practice, moment), state="missed", reason=reason)


def _message(
    connection: sqlite3.Connection, facts: AppointmentFacts, to: Address, practice: Practice, not_before: datetime
) -> NewMessage:
    from guru_tui.domain.message import NewMessage
    from guru_tui.services.message_texts import text_of

    text = text_of(connection, "reminder", facts, to.channel, practice)
    problem = to.problem or text.problem
    return NewMessage(
        kind="reminder",
        channel=to.channel,
        client_id=facts.person.client_id,
        recipient=to.recipient,
        recipient_name=facts.person.name,
        subject=text.subject,
        body=text.body,
        state="blocked" if problem else "queued",
        reason=problem,
        not_before=utc_text(not_before),
        expires_at=facts.starts_at,
        appointment_id=facts.id,
        starts_at=facts.starts_at,
    )
