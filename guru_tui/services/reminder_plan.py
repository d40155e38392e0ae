"""What an appointment's reminders come to: when each leaves, where to, with which text, or why there is none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from guru_tui.domain.local_time import from_utc_text, short_moment, to_local, utc_text
from guru_tui.domain.message_facts import AppointmentFacts
from guru_tui.domain.message_rules import Reminder, RuleBook, decide, lead_words
from guru_tui.domain.practice import Practice
from guru_tui.domain.reminders import GONE, UNDER_WAY, Prospect, moment_of
from guru_tui.domain.views.agenda import LIVE
from guru_tui.domain.views.messages import MessageRow, PlannedReminder
from guru_tui.errors import NotFound
from guru_tui.services.circumstances import after_quiet_hours
from guru_tui.services.message_texts import text_of
from guru_tui.services.reminders import addresses, at_one_moment, book_of, instead, prospects_of
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.outbox import messages_for_appointment

_CHANNELS = {"sms": "SMS", "email": "email"}
_BADLY = ("failed", "undelivered", "unknown", "missed", "blocked")


def reminders_of(
    connection: sqlite3.Connection,
    settings: Settings,
    practice: Practice,
    now: datetime,
    appointment_id: int,
    *,
    texts: bool = True,
) -> list[PlannedReminder]:
    """Every reminder of an appointment's present start, by the moment it leaves: gone, waiting, planned, or none.

    Without `texts` those that are only planned come without subject and body. Raises `NotFound`.
    """
    facts = message_facts.appointment(connection, appointment_id)
    if facts is None:
        raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
    view = _View(connection, settings, practice, now, facts, book_of(connection, practice), texts)
    return sorted(view.all(), key=lambda each: (each.leaves, each.rule_id, each.channel))


def in_words(reminders: Sequence[PlannedReminder], zone: str, *, privacy: bool = False) -> str:
    """The plan of one appointment in a line: `Reminder Thu 26 Nov 10:00 by SMS and email`, `No reminder: ...`."""
    coming = [each for each in reminders if each.state == "planned" or each.state in UNDER_WAY]
    bad = [each for each in reminders if each.state in _BADLY]
    gone = [each for each in reminders if each.state in GONE and each.state not in _BADLY]
    parts: list[str] = []
    if bad:
        reason = "" if privacy else bad[-1].reason.rstrip(".")
        parts.append(f"Reminder {_STATES.get(bad[-1].state, bad[-1].state)}{f': {reason}' if reason else ''}")
    elif gone:
        parts.append(f"Reminded {_when(gone[-1:], gone, zone)}")
    if coming:
        more = len({each.leaves for each in coming}) - 1
        then = f", then {more} more" if more else ""
        parts.append(f"{'reminder' if parts else 'Reminder'} {_when(coming[:1], coming, zone)}{then}")
    if parts:
        return " · ".join(parts)
    reason = next((each.reason for each in reminders if each.reason), "there is no rule for one")
    return f"No reminder{f': {reason.rstrip(chr(46))}' if not privacy else ''}"


_STATES = {"unknown": "may or may not have gone", "undelivered": "not delivered"}


def _when(these: Sequence[PlannedReminder], among: Iterable[PlannedReminder], zone: str) -> str:
    """`Thu 26 Nov 10:00 by SMS and email`: the moment of the first of them and every channel it goes by."""
    leaves = these[0].leaves
    local = to_local(leaves, zone)
    ways = {each.channel for each in among if each.rule_id == these[0].rule_id or each.leaves == leaves}
    by = " and ".join(_CHANNELS[channel] for channel in ("sms", "email") if channel in ways)
    return f"{short_moment(local)} by {by}"


@dataclass(frozen=True)
class _View:
    """One appointment's reminders, with what is needed to tell of them."""

    connection: sqlite3.Connection
    settings: Settings
    practice: Practice
    now: datetime
    facts: AppointmentFacts
    book: RuleBook
    texts: bool

    @property
    def _reminders(self) -> tuple[Reminder, ...]:
        facts = self.facts
        return self.book.reminders(facts.type_id, facts.person.client_id, facts.id)

    def all(self) -> list[PlannedReminder]:
        """What the outbox has, then what is to come, then why there is nothing."""
        facts = self.facts
        rows = [
            row
            for row in messages_for_appointment(self.connection, facts.id)
            if row.kind == "reminder" and row.starts_at == from_utc_text(facts.starts_at)
        ]
        over = self._over()
        if over:
            found = [self._row(row) for row in rows if row.state != "cancelled"]
            return found or [self._none(0, self._moment(self._reminders[0]), over)]
        heard = message_facts.heard_of(self.connection, facts.id)
        prospects = prospects_of(
            self._reminders,
            heard,
            starts_local=facts.starts_local,
            zone=facts.zone,
            created_at=facts.created_at,
            practice=self.practice,
            now=self.now,
        )
        planned = list(self._planned(prospects, heard))
        again = {(each.rule_id, each.channel) for each in planned}
        coming = any(each.state == "planned" for each in planned)
        kept = [
            self._row(row)
            for row in rows
            if (row.rule_id, row.channel) not in again
            and not (row.state == "cancelled" and row.reason != outbox.WITHDRAWN_BY_HAND)
            and not (row.state == "blocked" and coming)
        ]
        return [*kept, *planned, *(self._not(each) for each in prospects if each.fate in _FATES or each.fate == "off")]

    def _over(self) -> str:
        """Why nothing comes any more, empty while something may."""
        if self.facts.status not in LIVE:
            return f"the appointment is {self.facts.status}"
        return "the appointment has begun" if self.facts.starts_at <= utc_text(self.now) else ""

    def _planned(self, prospects: Sequence[Prospect], heard: message_facts.Heard) -> Iterator[PlannedReminder]:
        facts = self.facts
        starts = from_utc_text(facts.starts_at)
        for moment in sorted({each.moment for each in prospects if each.fate in ("due", "later")}):
            for prospect, to in addresses(facts, at_one_moment(prospects, heard, moment), self.settings):
                leaves = after_quiet_hours("reminder", to.channel, max(moment, self.now), self.practice, starts)
                text = text_of(self.connection, "reminder", facts, to.channel, self.practice) if self.texts else None
                problem = to.problem or (text.problem if text else "")
                yield PlannedReminder(
                    prospect.reminder.rule_id,
                    to.channel,
                    to.recipient,
                    leaves,
                    "none" if problem else "planned",
                    text.subject if text else "",
                    text.body if text else "",
                    problem,
                    when=self._lead(prospect.reminder),
                )

    def _row(self, row: MessageRow) -> PlannedReminder:
        """A reminder that the outbox has; one that waits, as it would go now."""
        reminder = next((one for one in self._reminders if one.rule_id == row.rule_id), None)
        shown = PlannedReminder(
            row.rule_id,
            row.channel,
            row.recipient,
            row.sent_at or row.not_before,
            row.state,
            row.subject,
            row.body,
            row.reason,
            row.id,
            when=self._lead(reminder) if reminder else "",
        )
        if row.state not in UNDER_WAY:
            return shown
        otherwise = instead(self.connection, self.practice, row, self.facts, self.now)
        if otherwise is not None:
            state, reason, later = otherwise
            if state != "queued":
                return replace(shown, state="none", reason=reason)
            shown = replace(shown, leaves=from_utc_text(later))
        if self.texts and not row.edited:
            text = text_of(self.connection, "reminder", self.facts, row.channel, self.practice)
            shown = replace(shown, subject=text.subject, body=text.body)
        return shown

    def _not(self, prospect: Prospect) -> PlannedReminder:
        """A reminder that goes nowhere."""
        reason = _FATES.get(prospect.fate) or self._why_off()
        if prospect.fate == "notice":
            told = to_local(from_utc_text(self.facts.told_at), self.facts.zone)
            reason = f"{reason} (made {short_moment(told)})"
        return self._none(prospect.reminder.rule_id, prospect.moment, reason, self._lead(prospect.reminder))

    def _why_off(self) -> str:
        facts = self.facts
        rules = self.book.rules_for(facts.type_id, facts.person.client_id, facts.id)
        return decide(self.practice, "reminder", rules).reason or "this reminder is switched off"

    def _none(self, rule_id: int, moment: datetime, reason: str, when: str = "") -> PlannedReminder:
        return PlannedReminder(rule_id, "", "", moment, "none", reason=reason, when=when)

    def _moment(self, reminder: Reminder) -> datetime:
        return moment_of(reminder, self.facts.starts_local, self.facts.zone, self.practice, self.now)

    def _lead(self, reminder: Reminder) -> str:
        return lead_words(reminder.lead_days, reminder.lead_hours, f"{reminder.at:%H:%M}")


_FATES = {
    "notice": "the confirmation or the notice of the move serves for it",
    "superseded": "a later reminder takes its place",
    "newer": "it was set after its moment, and another reminder tells the client",
}
