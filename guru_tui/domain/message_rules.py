"""How messages of a kind go out, and which reminders an appointment gets: the practice's rule and what overrides it.

The most specific level decides: an appointment's rules before its client's, those before its type's, and those before
what holds for everyone. A rule with a lead is a reminder of its own; one without only changes the channels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import time
from typing import NamedTuple

from guru_tui.domain.phone import takes_sms
from guru_tui.domain.practice import CHANNELS, Practice

GENERAL, TYPE, CLIENT, APPOINTMENT = range(4)
"""The levels, from what holds for everyone to what holds for one appointment."""

CHANNEL_WORDS = {
    "sms+email": "by SMS and email",
    "email-or-sms": "by email, or SMS without one",
    "sms-or-email": "by SMS, or email without one",
    "email": "by email",
    "sms": "by SMS",
    "off": "not at all",
    "": "as otherwise",
}
"""How a sentence says each channel rule."""


class Rule(NamedTuple):
    """A rule as it is stored; `at` is a local time of day (HH:MM, empty: the practice's hour), `since` UTC text."""

    id: int
    kind: str
    type_id: int | None = None
    client_id: int | None = None
    appointment_id: int | None = None
    channels: str = ""
    lead_days: int | None = None
    lead_hours: int | None = None
    at: str = ""
    since: str = ""

    @property
    def level(self) -> int:
        """How specific it is."""
        if self.appointment_id is not None:
            return APPOINTMENT
        if self.client_id is not None:
            return CLIENT
        return GENERAL if self.type_id is None else TYPE

    @property
    def timed(self) -> bool:
        """Whether it is a reminder of its own."""
        return self.lead_days is not None or self.lead_hours is not None


class Reminder(NamedTuple):
    """One reminder that an appointment gets, all overrides applied.

    `channels` is a word of `CHANNEL_RULES`. `lead_hours` before the start, or `lead_days` before its date at the local
    time `at`. `since`: when the rule came to be (UTC text), empty for the practice's own.
    """

    rule_id: int
    channels: str
    lead_days: int
    lead_hours: int | None
    at: time
    since: str

    @property
    def off(self) -> bool:
        """Whether nothing is sent by it."""
        return self.channels == "off"

    @property
    def longest_days(self) -> int:
        """A number of days before the start that it certainly does not leave before, quiet hours and zones apart."""
        return self.lead_days if self.lead_hours is None else self.lead_hours // 24 + 1


class Ways(NamedTuple):
    """The channels for a message, and why they are these: empty, or who took them away."""

    channels: str
    reason: str = ""


def channel_words(rule: str) -> tuple[str, ...]:
    """The channels that a rule names, the preferred one first; none for `off`."""
    return () if rule == "off" else tuple(rule.replace("-or-", "+").split("+"))


def without(rule: str, gone: Collection[str]) -> str:
    """The rule that is left when the channels `gone` are switched off; `off` where nothing is."""
    left = [channel for channel in channel_words(rule) if channel not in gone]
    if len(left) == len(channel_words(rule)):
        return rule
    return left[0] if left else "off"


def used(rule: str, reachable: Collection[str], available: Collection[str]) -> tuple[str, ...]:
    """The channels that a message really takes to a person who is `reachable` on some, by those that are set up.

    None where nothing reaches the person. With nothing set up the message waits on the first channel that would.
    """
    ways = [channel for channel in channel_words(rule) if channel in reachable]
    if ways and not available:
        return (min(ways, key=CHANNELS.index),)
    usable = [channel for channel in ways if channel in available]
    return tuple(usable if "+" in rule else usable[:1])


def obstacle(channel: str, recipient: str, allowed: bool) -> str:
    """Why an address of a client may not be used, empty where it may: there is none, consent, the kind of number."""
    if channel == "email":
        if not recipient:
            return "no email address"
        return "" if allowed else "email is switched off for this client"
    if not recipient:
        return "no mobile number"
    if not takes_sms(recipient):
        return "the number is not a mobile number that takes SMS"
    return "" if allowed else "SMS is switched off for this client"


def switched_off(practice: Practice, kind: str) -> tuple[str, ...]:
    """The channels on which the practice sends nothing of this kind."""
    return tuple(channel for channel in CHANNELS if not practice.is_on(kind, channel))


def decide(practice: Practice, kind: str, rules: Iterable[Rule]) -> Ways:
    """The channels of a kind of message; `rules` are those of this kind that apply to whom it is about."""
    level, channels = _choice(practice, kind, rules)
    gone = switched_off(practice, kind)
    left = without(channels, gone)
    if channels == "off":
        return Ways("off", _who_says_off(kind, level))
    if left == "off":
        return Ways("off", f"{kind} messages are switched off (guru templates on {kind})")
    return Ways(left)


def _choice(practice: Practice, kind: str, rules: Iterable[Rule]) -> tuple[int, str]:
    """The most specific level that names channels for all it holds for, and those channels."""
    named = [rule for rule in rules if not rule.timed and rule.channels]
    if not named:
        return GENERAL, practice.channels_for(kind)
    rule = max(named, key=lambda rule: (rule.level, rule.id))
    return rule.level, rule.channels


def _who_says_off(kind: str, level: int) -> str:
    if level == GENERAL:
        return f"the practice sends no {kind} messages ({kind.replace('-', '_')}_channels is off)"
    whom = {TYPE: "appointment type", CLIENT: "client", APPOINTMENT: "appointment"}[level]
    return f"{kind} messages are switched off for this {whom}"


class RuleBook:
    """All the rules about reminders, asked for one appointment after another."""

    def __init__(self, practice: Practice, rules: Iterable[Rule] = ()) -> None:
        self._practice = practice
        self._rules = [rule for rule in rules if rule.kind == "reminder"]
        self._clients = {rule.client_id for rule in self._rules if rule.client_id is not None}
        self._appointments = {rule.appointment_id for rule in self._rules if rule.appointment_id is not None}
        self._known: dict[tuple[int | None, int | None, int | None], tuple[Reminder, ...]] = {}

    @property
    def silent(self) -> bool:
        """Whether nobody gets a reminder."""
        return not self._rules and all(reminder.off for reminder in self.reminders(None, None, None))

    @property
    def longest_days(self) -> int:
        """The longest lead of them all, in days."""
        return max(
            [
                self._practice.reminder_lead_days,
                *(rule.lead_days or 0 for rule in self._rules),
                *(rule.lead_hours // 24 + 1 for rule in self._rules if rule.lead_hours is not None),
            ]
        )

    def rules_for(self, type_id: int | None, client_id: int | None, appointment_id: int | None) -> list[Rule]:
        """The rules that apply to one appointment."""
        return [rule for rule in self._rules if applies(rule, type_id, client_id, appointment_id)]

    def reminders(self, type_id: int | None, client_id: int | None, appointment_id: int | None) -> tuple[Reminder, ...]:
        """The reminders of an appointment, those that are `off` too, by rule."""
        key = (
            type_id,
            client_id if client_id in self._clients else None,
            appointment_id if appointment_id in self._appointments else None,
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._resolve(*key))
        return found

    def _resolve(self, type_id: int | None, client_id: int | None, appointment_id: int | None) -> Iterable[Reminder]:
        practice = self._practice
        rules = self.rules_for(type_id, client_id, appointment_id)
        timed = [rule for rule in rules if rule.timed]
        level = max((rule.level for rule in timed), default=GENERAL)
        own = Rule(0, "reminder", channels=practice.channels_for("reminder"), lead_days=practice.reminder_lead_days)
        chosen = [rule for rule in timed if rule.level == level]
        if level == GENERAL:
            chosen.insert(0, own)
        deciding, choice = _choice(practice, "reminder", rules)
        gone = switched_off(practice, "reminder")
        for rule in chosen:
            over = deciding > level or (deciding == level != GENERAL and choice == "off")
            silenced = bool(rule.id) and rule.channels == "off"  # the practitioner's own word about this very one
            channels = choice if (over or not rule.channels) and not silenced else rule.channels
            yield Reminder(
                rule.id,
                without(channels, gone),
                rule.lead_days or 0,
                rule.lead_hours,
                time.fromisoformat(rule.at) if rule.at else practice.reminder_time,
                rule.since,
            )


def applies(rule: Rule, type_id: int | None, client_id: int | None, appointment_id: int | None) -> bool:
    """Whether a rule holds for an appointment (or, where some are None, for what has only the others)."""
    return (
        rule.level == GENERAL
        or (rule.type_id is not None and rule.type_id == type_id)
        or (rule.client_id is not None and rule.client_id == client_id)
        or (rule.appointment_id is not None and rule.appointment_id == appointment_id)
    )


def lead_words(lead_days: int | None, lead_hours: int | None, at: str) -> str:
    """`the day before at 10:00`, `7 days before at 09:00`, `2 hours before`; `at` is HH:MM."""
    if lead_hours is not None:
        return f"{lead_hours} hour{'s' if lead_hours != 1 else ''} before"
    when = {0: "on the day", 1: "the day before"}.get(lead_days or 0, f"{lead_days} days before")
    return f"{when} at {at}"
