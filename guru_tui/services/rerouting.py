"""What goes otherwise: its channel is no longer set up, the rules name another one, or it is told in other words."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from guru_tui.domain.local_time import utc_text
from guru_tui.domain.message import Claimed, about_of, offered_entry
from guru_tui.domain.message_facts import AppointmentFacts, SeriesFacts, Subject
from guru_tui.domain.message_rules import channel_words, used
from guru_tui.domain.practice import CHANNELS, Practice
from guru_tui.services.addressing import Address, address, by_rule, configured
from guru_tui.services.circumstances import appointment_told, ways_to
from guru_tui.services.queueing import NEVER_LEFT, new_message
from guru_tui.services.series_facts import facts_now, told_as
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.outbox import same_elsewhere, waiting_on
from guru_tui.store.sending import as_claimed

_WORDS = {"email": "email", "sms": "SMS"}
# States in which a message has surely not left, nor will by itself.
_REVIVED = ("cancelled", "blocked", "expired")
# States of one that went the other way for nothing: this one waits on, or nobody would be told.
_IN_VAIN = ("failed", "undelivered", "missed")


class Elsewhere(NamedTuple):
    """Why a message may not take its channel, empty where it may, and the messages that go another way in its stead."""

    reason: str = ""
    ids: tuple[int, ...] = ()


def subject_of(connection: sqlite3.Connection, practice: Practice, message: Claimed, now: datetime) -> Subject | None:
    """What a message is about, as it stands; None where that is gone, or where it is about nobody's record."""
    entry_id = offered_entry(message.idempotency_key)
    if entry_id is not None:
        return message_facts.offer(connection, entry_id, message.starts_at or "", practice)
    if message.series_id is not None:
        return facts_now(connection, message.kind, message.action_id or 0, now)
    if message.appointment_id is not None:
        return appointment_told(connection, message.kind, message.appointment_id, message.action_id)
    return message_facts.invoice(connection, message.invoice_id) if message.invoice_id is not None else None


def reroute(
    connection: sqlite3.Connection, settings: Settings, practice: Practice, unset: Collection[str], now: datetime
) -> list[int]:
    """Move what is due on the channels `unset`, in the caller's transaction; returns the ids of what was touched.

    The first message is cancelled with the reason. Where the client has had the very same by the other channel, or
    will, no second one is made. One whose text the practitioner wrote for its channel waits for that channel.
    """
    touched: list[int] = []
    for message_id in waiting_on(connection, utc_text(now), unset):
        claimed = as_claimed(connection, message_id)
        if claimed is None or claimed.edited:
            continue
        subject = subject_of(connection, practice, claimed, now)
        to = _other_way(connection, settings, practice, claimed, subject) if subject is not None else None
        if subject is None or to is None:
            continue
        there = same_elsewhere(connection, claimed.id, to.channel, _about(claimed))
        message = new_message(
            connection,
            practice,
            claimed.kind,
            subject,
            to,
            not_before=claimed.not_before,
            rule_id=claimed.rule_id,
            resend_sequence=claimed.resend_sequence,
            action_id=claimed.action_id,
            series_id=claimed.series_id,
            about=_about(claimed),
        )
        if (there is None and message.state == "blocked") or (there is not None and there[1] in _IN_VAIN):
            continue
        moved = there[0] if there is not None else outbox.put(connection, message, utc_text(now), _REVIVED)
        said = f"{_WORDS[claimed.channel]} is not set up; it goes by {_WORDS[to.channel]}"
        outbox.cancel(connection, claimed.id, utc_text(now), said)
        touched += [claimed.id, moved]
    return touched


def _about(message: Claimed) -> str:
    """What tells the message apart where it is about neither an appointment nor an invoice; empty where it is."""
    of_record = message.appointment_id is not None or message.invoice_id is not None
    return "" if of_record else about_of(message.idempotency_key)


def _other_way(
    connection: sqlite3.Connection, settings: Settings, practice: Practice, message: Claimed, subject: Subject
) -> Address | None:
    """Where the rules let the message go instead; None where they do not, or the client cannot be reached there."""
    available = configured(settings)
    rule = ways_to(connection, practice, message.kind, subject).channels
    every = by_rule(subject.person, rule, available, settings)
    return next((to for to in every if to.channel in available and not to.problem), None)


def rerouted(
    connection: sqlite3.Connection,
    practice: Practice,
    message: Claimed,
    facts: AppointmentFacts | SeriesFacts,
    now: datetime,
    *,
    by_hand: bool = False,
) -> Elsewhere:
    """Why a notice that is about to leave may not take its channel any more, and what goes instead.

    Where the rules name another channel since it was queued, it is put there, to leave at once. One that was sent
    once more by hand, or whose text the practitioner wrote for its channel, stays there. `by_hand`: she tries one again
    that is blocked, and the rules allow another channel than the one that does not reach the client.
    """
    moves = facts.sequence if isinstance(facts, AppointmentFacts) else 0
    number = moves if message.kind in ("reschedule", "cancellation") else 0
    if message.action_id is None or message.resend_sequence != number:
        return Elsewhere()
    ways = ways_to(connection, practice, message.kind, facts)
    wanted = channel_words(ways.channels)
    if not wanted:
        return Elsewhere(ways.reason)
    lost = address(facts.person, message.channel).problem if by_hand and "-or-" in ways.channels else ""
    if message.edited or (message.channel in wanted and not lost):
        return Elsewhere()
    every = [address(facts.person, channel) for channel in wanted]
    reached = used(ways.channels, [one.channel for one in every if not one.problem], CHANNELS)
    if message.channel in wanted and not reached:
        return Elsewhere()
    ids = []
    for to in [one for one in every if one.channel in reached] or every[:1]:
        new = new_message(
            connection,
            practice,
            message.kind,
            facts,
            to,
            not_before=utc_text(now),
            resend_sequence=message.resend_sequence,
            action_id=message.action_id,
            series_id=message.series_id,
            about=_about(message),
        )
        ids.append(outbox.put(connection, new, utc_text(now), NEVER_LEFT))
    if message.channel in wanted:
        return Elsewhere(f"{lost}; it goes by {_WORDS[reached[0]]}", tuple(ids))
    way = "as an SMS" if message.channel == "sms" else "by email"
    return Elsewhere(f"the practice no longer sends this {way}", tuple(ids))


def told_otherwise(connection: sqlite3.Connection, practice: Practice, message: Claimed, now: datetime) -> str:
    """How the client is told instead of by a message about a series; empty where nothing is left to tell.

    Another kind of message says it (`series_facts.told_as`), which is put in here, to leave at once.
    """
    found = told_as(connection, message.kind, message.action_id or 0, now)
    if found is None or found[0] == message.kind:
        return ""
    kind, facts = found
    new = new_message(
        connection,
        practice,
        kind,
        facts,
        address(facts.person, message.channel),
        not_before=utc_text(now),
        resend_sequence=message.resend_sequence,
        action_id=message.action_id,
        series_id=message.series_id,
    )
    outbox.put(connection, new, utc_text(now), NEVER_LEFT)
    return f"it is told as a {kind}"
