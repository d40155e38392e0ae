"""Which reminders are due: read from the calendar each time, so that planning again plans nothing new."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.local_time import from_utc_text, short_moment, to_local, utc_text
from guru_tui.domain.message_rules import Reminder, RuleBook, channel_words
from guru_tui.domain.practice import Practice
from guru_tui.domain.reminders import GONE, UNDER_WAY, Prospect, moment_of, notice_serves, prospects
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries import message_facts, message_rules

if TYPE_CHECKING:
    from guru_tui.domain.message import Claimed, NewMessage
    from guru_tui.domain.message_facts import AppointmentFacts
    from guru_tui.domain.views.messages import MessageRow
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


class Goes(NamedTuple):
    """The reminders of an appointment that leave at one moment, and the channels on which it has been seen to."""

    prospects: tuple[Prospect, ...]
    taken: frozenset[str]


def book_of(connection: sqlite3.Connection, practice: Practice) -> RuleBook:
    """The rules about reminders as they are now."""
    return RuleBook(practice, message_rules.rules(connection, "reminder"))


def plan(connection: sqlite3.Connection, settings: Settings, practice: Practice, now: datetime, last_run: str) -> Plan:
    """The reminders whose moment has come by `now` and that have no message yet; writes nothing.

    `last_run`: when a sender last worked (UTC text, empty for never). What began since, was due since and was never
    reminded of is missed.
    """
    book = book_of(connection, practice)
    if book.silent:
        return Plan()
    found = dict(_what_is_due(connection, book, practice, now))
    due: list[NewMessage] = []
    if found:
        due = [
            message
            for facts in message_facts.appointments(connection, found)
            for message in _due(connection, facts, found[facts.id], settings, practice, now)
            if outbox.is_news(connection, message, REVIVED)
        ]
    since = min(last_run, utc_text(now)) if last_run else utc_text(now - _FIRST_LOOK_BACK)
    missed = [
        message
        for facts in message_facts.never_reminded(connection, since, utc_text(now))
        for message in _missed(connection, facts, book, settings, practice, last_run)
    ]
    return Plan(tuple(due), tuple(missed))


def _what_is_due(
    connection: sqlite3.Connection, book: RuleBook, practice: Practice, now: datetime
) -> Iterator[tuple[int, Goes]]:
    """The appointments that a reminder goes out for now. Most rows are none, so each is looked at as little as can be:
    texts are compared before instants are worked out, and nothing is made of a row that has had its reminder."""
    text = utc_text(now)
    until = utc_text(now + timedelta(days=book.longest_days) + _SLACK)
    horizons: dict[Reminder, str] = {}

    def near(reminder: Reminder) -> str:
        """The latest start for which the reminder can be due."""
        if reminder not in horizons:
            horizons[reminder] = utc_text(now + timedelta(days=reminder.longest_days) + _SLACK)
        return horizons[reminder]

    for row in message_facts.upcoming(connection, text, until):
        key, starts_at, starts_local, zone, type_id, client_id, created_at, mobile, email, by_sms, by_email, said = row
        reminders = [one for one in book.reminders(type_id, client_id, key) if not one.off]
        close = [one for one in reminders if starts_at <= near(one)]
        if not close:
            continue
        heard = message_facts.heard(said, mobile if by_sms else "", email if by_email else "")
        done = {message.rule_id for message in heard.reminders if message.counts}
        waits = len(close) < len(reminders)  # another one is certainly still to come
        if all(one.rule_id in done or _settled(one, starts_at, heard.told(now), created_at, waits) for one in close):
            continue
        if any(one.counts and one.state == "blocked" for one in heard.reminders):
            continue  # there is no way to the client
        found = prospects_of(
            reminders, heard, starts_local=starts_local, zone=zone, created_at=created_at, practice=practice, now=now
        )
        moment = next((each.moment for each in found if each.fate == "due"), None)
        if moment is not None:
            yield key, at_one_moment(found, heard, moment)


def _settled(reminder: Reminder, starts_at: str, told_at: str, created_at: str, waits: bool) -> bool:
    """Whether the dates alone tell that nothing comes of a reminder: the client was told, or it is too late for it
    and another one `waits` (see `prospects`)."""
    told = max(told_at, created_at, reminder.since) if waits else told_at
    if not told:
        return False
    sure = date.fromisoformat(starts_at[:10]) - timedelta(days=reminder.longest_days - _SLACK.days - 1)
    return told[:10] > sure.isoformat()


def at_one_moment(found: Sequence[Prospect], heard: message_facts.Heard, moment: datetime) -> Goes:
    """What leaves at a moment of all the reminders of an appointment."""
    together = [each for each in found if each.moment == moment]
    rules = {each.reminder.rule_id for each in together}
    taken = {one.channel for one in heard.reminders if one.rule_id in rules and (one.counts or one.state in UNDER_WAY)}
    return Goes(tuple(each for each in together if each.fate in ("due", "later")), frozenset(taken))


def prospects_of(
    reminders: Iterable[Reminder],
    heard: message_facts.Heard,
    *,
    starts_local: str,
    zone: str,
    created_at: str,
    practice: Practice,
    now: datetime,
) -> list[Prospect]:
    """What becomes of each reminder of an appointment that has not begun; texts as stored."""
    return prospects(
        [(one, moment_of(one, starts_local, zone, practice, now)) for one in reminders],
        heard.reminders,
        now=now,
        created_at=created_at,
        told_at=from_utc_text(told) if (told := heard.told(now)) else None,
    )


def _due(
    connection: sqlite3.Connection,
    facts: AppointmentFacts,
    goes: Goes,
    settings: Settings,
    practice: Practice,
    now: datetime,
) -> Iterator[NewMessage]:
    from guru_tui.services.circumstances import after_quiet_hours

    starts = from_utc_text(facts.starts_at)
    for prospect, to in addresses(facts, goes, settings):
        quiet_until = after_quiet_hours("reminder", to.channel, now, practice, starts)
        leaves = quiet_until if quiet_until > now else prospect.moment
        message = _message(connection, facts, to, prospect.reminder.rule_id, practice, leaves)
        if message.state == "blocked" and _blocked_already(connection, message):
            continue  # it stands in the outbox under the rule whose moment came first
        yield message


def addresses(facts: AppointmentFacts, goes: Goes, settings: Settings) -> Iterator[tuple[Prospect, Address]]:
    """Where the reminders of one moment go: each channel once, and not where a message is on its way already."""
    from guru_tui.services.addressing import by_rule, configured

    taken = set(goes.taken)
    for prospect in goes.prospects:
        for to in by_rule(facts.person, prospect.reminder.channels, configured(settings), settings):
            if to.channel not in taken:
                taken.add(to.channel)
                yield prospect, to


def _blocked_already(connection: sqlite3.Connection, message: NewMessage) -> bool:
    return any(
        one.state == "blocked" and one.rule_id != message.rule_id and one.reason == message.reason
        for one in message_facts.reminders(connection, message.appointment_id or 0, message.starts_at or "")
    )


def instead(
    connection: sqlite3.Connection,
    practice: Practice,
    message: Claimed | MessageRow,
    facts: AppointmentFacts,
    now: datetime,
) -> tuple[str, str, str] | None:
    """What becomes of a reminder that is about to leave where the rules want it no more, or later.

    State, reason, and the instant (UTC text) at which it is tried again; None where it goes. One that the
    practitioner sends once more by hand does not ask the rules.
    """
    if message.resend_sequence:
        return None
    reminders = book_of(connection, practice).reminders(facts.type_id, facts.person.client_id, facts.id)
    mine = next((one for one in reminders if one.rule_id == message.rule_id), None)
    if mine is None:
        return "cancelled", "no rule asks for this reminder any more", ""
    wanted = channel_words(mine.channels)
    if message.channel not in wanted:
        return "cancelled", "the practice no longer reminds this way", ""
    moment = moment_of(mine, facts.starts_local, facts.zone, practice, now)
    if moment > now:
        return "queued", "", utc_text(moment)
    alive = [
        one
        for one in message_facts.reminders(connection, facts.id, facts.starts_at)
        if one.state in GONE + UNDER_WAY and one.id != message.id
    ]
    others = [one for one in reminders if not one.off and one.rule_id in {each.rule_id for each in alive}]
    if any(moment < moment_of(one, facts.starts_local, facts.zone, practice, now) <= now for one in others):
        return "cancelled", "a later reminder takes its place", ""
    if "-or-" in mine.channels and any(
        one.rule_id == mine.rule_id and one.channel == wanted[0] != message.channel for one in alive
    ):
        return "cancelled", "it goes the other way", ""
    return None


def _missed(
    connection: sqlite3.Connection,
    facts: AppointmentFacts,
    book: RuleBook,
    settings: Settings,
    practice: Practice,
    last_run: str,
) -> Iterator[NewMessage]:
    """The last of an appointment's reminders that fell into the time in which nobody sent, once."""
    from dataclasses import replace

    from guru_tui.services.addressing import by_rule, configured

    starts = from_utc_text(facts.starts_at)
    told_at = from_utc_text(facts.told_at) if facts.told_at else None
    fell = [
        (moment, one)
        for one in book.reminders(facts.type_id, facts.person.client_id, facts.id)
        if not one.off
        # A sender that was at work when it was due had its reason.
        for moment in [moment_of(one, facts.starts_local, facts.zone, practice, starts)]
        if max(facts.created_at, one.since) <= utc_text(moment) > last_run and not notice_serves(moment, told_at)
    ]
    if not fell:
        return
    moment, reminder = max(fell, key=lambda pair: pair[0])
    due = to_local(moment, facts.zone)
    reason = f"guru was not running from {short_moment(due)} until the appointment"
    for to in by_rule(facts.person, reminder.channels, configured(settings), settings)[:1]:
        message = _message(connection, facts, to, reminder.rule_id, practice, moment)
        yield replace(message, state="missed", reason=reason)


def _message(
    connection: sqlite3.Connection,
    facts: AppointmentFacts,
    to: Address,
    rule_id: int,
    practice: Practice,
    not_before: datetime,
) -> NewMessage:
    from guru_tui.services.queueing import new_message

    return new_message(connection, practice, "reminder", facts, to, not_before=utc_text(not_before), rule_id=rule_id)
