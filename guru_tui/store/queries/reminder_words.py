"""The one word in which a list says what becomes of an appointment's reminders; worked out without another read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from guru_tui.domain.local_time import from_utc_text, to_local
from guru_tui.domain.message_rules import Rule, RuleBook, channel_words, decide, obstacle, used
from guru_tui.domain.practice import Practice
from guru_tui.domain.reminders import UNDER_WAY, Standing, moment_of, prospects
from guru_tui.domain.views.agenda import LIVE
from guru_tui.store.queries.message_facts import heard

_WORDS = {"claimed": "queued", "sending": "queued", "undelivered": "failed"}
# Of several reminders for one appointment the one that needs a person is shown before the one that went well.
_ORDER = ("failed", "unknown", "missed", "queued", "held", "delivered", "sent")
_CHANNELS = {"sms": "SMS", "email": "email"}


class Visit(NamedTuple):
    """An appointment as far as its reminders go; texts as stored."""

    id: int
    type_id: int | None
    client_id: int
    starts_at: str
    starts_local: str
    zone: str
    status: str
    created_at: str


class ReminderWord(NamedTuple):
    """A word of `REMINDER_WORDS` and why; of a scheduled one when it leaves (local) and how."""

    word: str
    reason: str = ""
    leaves: datetime | None = None
    by: str = ""


class ReminderWords:
    """The words for one read of the agenda; `available` are the channels that are set up."""

    def __init__(self, practice: Practice, rules: Iterable[Rule], now: datetime, available: Collection[str]) -> None:
        self._practice = practice
        self._book = RuleBook(practice, rules)
        self._now = now
        self._available = available

    def of(
        self,
        visit: Visit,
        mobile: str,
        email: str,
        sms_allowed: bool,
        email_allowed: bool,
        said: str | None,
        reason: str,
    ) -> ReminderWord:
        """The word for one appointment. `said`: what the outbox has of its start, `reason` the first reason in it."""
        known = heard(said, mobile if sms_allowed else "", email if email_allowed else "")
        open_still = visit.status in LIVE and from_utc_text(visit.starts_at) > self._now
        shown = [each for each in known.reminders if not open_still or self._stands(each, visit)]
        words = {_WORDS.get(each.state, each.state) for each in shown}
        word = next((word for word in _ORDER if word in words), "")
        if word:
            return ReminderWord(word, reason)
        if not open_still:
            return ReminderWord("no-address" if "blocked" in words else "-", reason if "blocked" in words else "")
        if any(each.counts and each.state == "cancelled" for each in shown):
            return ReminderWord("-", reason)
        obstacles = {
            "sms": obstacle("sms", mobile, sms_allowed),
            "email": obstacle("email", email, email_allowed),
        }
        return self._to_come(visit, known.told(self._now), shown, obstacles)

    def _stands(self, standing: Standing, visit: Visit) -> bool:
        """Whether a reminder of the outbox still is what the rules want, as far as that shows in it."""
        if standing.state not in UNDER_WAY:
            return True
        reminders = self._book.reminders(visit.type_id, visit.client_id, visit.id)
        return any(
            one.rule_id == standing.rule_id and standing.channel in channel_words(one.channels) for one in reminders
        )

    def _to_come(
        self, visit: Visit, told_at: str, known: Iterable[Standing], obstacles: dict[str, str]
    ) -> ReminderWord:
        """What becomes of an appointment that the outbox has no reminder of."""
        found = prospects(
            [
                (one, moment_of(one, visit.starts_local, visit.zone, self._practice, self._now))
                for one in self._book.reminders(visit.type_id, visit.client_id, visit.id)
            ],
            [each for each in known if each.state != "blocked"],
            now=self._now,
            created_at=visit.created_at,
            told_at=from_utc_text(told_at) if told_at else None,
        )
        reachable = [channel for channel, problem in obstacles.items() if not problem]
        coming = [each for each in found if each.fate in ("due", "later")]
        for each in coming:
            ways = used(each.reminder.channels, reachable, self._available)
            if ways:
                by = " and ".join(_CHANNELS[channel] for channel in ("sms", "email") if channel in ways)
                return ReminderWord("scheduled", "", to_local(max(each.moment, self._now), visit.zone), by)
        if coming:
            named = channel_words(coming[0].reminder.channels)
            why = [obstacles[channel] or f"{_CHANNELS[channel]} is not set up" for channel in named]
            return ReminderWord("no-address", "; ".join(why))
        if any(each.fate == "notice" for each in found):
            return ReminderWord("-", "the confirmation or the notice of the move serves for it")
        if found and all(each.fate == "off" for each in found):
            rules = self._book.rules_for(visit.type_id, visit.client_id, visit.id)
            return ReminderWord("off", decide(self._practice, "reminder", rules).reason)
        return ReminderWord("-")
