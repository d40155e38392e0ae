"""The practice's own rules of how messages go out: which channels, and which reminders an appointment gets."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import from_wall_text, short_moment, utc_text
from guru_tui.domain.message_kinds import OFFER, VISIT_KINDS
from guru_tui.domain.message_rules import CHANNEL_WORDS, Rule, RuleBook, Ways, applies, decide, lead_words
from guru_tui.domain.practice import CHANNEL_RULES, CLIENT_KINDS, Practice, normalise
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.store.queries import message_rules as queries

if TYPE_CHECKING:  # SQLModel is loaded where a rule is written; a sender that only asks does without
    from collections.abc import Callable

    from guru_tui.domain.views.rules import RuleRow
    from guru_tui.store.models import MessageRule
    from guru_tui.store.unit_of_work import UnitOfWork, Work

LONGEST_DAYS, LONGEST_HOURS = 365, 168
_OWN_SETTINGS = "reminder_time (or reminder_lead_days, reminder_channels)"


def book(connection: sqlite3.Connection, practice: Practice) -> RuleBook:
    """The rules about reminders as they are now."""
    return RuleBook(practice, queries.rules(connection, "reminder"))


def ways_for(
    connection: sqlite3.Connection,
    practice: Practice,
    kind: str,
    *,
    type_id: int | None = None,
    client_id: int | None = None,
    appointment_id: int | None = None,
) -> Ways:
    """The channels of a kind of message about these, and why there are none where there are none."""
    rules = [rule for rule in queries.rules(connection, kind) if applies(rule, type_id, client_id, appointment_id)]
    return decide(practice, kind, rules)


def channels_for(
    connection: sqlite3.Connection,
    practice: Practice,
    kind: str,
    *,
    type_id: int | None = None,
    client_id: int | None = None,
    appointment_id: int | None = None,
) -> str:
    """The channel rule (a word of `CHANNEL_RULES`) of a kind of message about these: the most specific one wins.

    An appointment's before the client's before the type's before the practice's; channels that the practice has
    switched off for the kind are taken out.
    """
    return ways_for(
        connection, practice, kind, type_id=type_id, client_id=client_id, appointment_id=appointment_id
    ).channels


def rule_rows(connection: sqlite3.Connection, practice: Practice) -> list[RuleRow]:
    """Every rule as a list shows it, the practice's own reminder first."""
    from guru_tui.domain.views.rules import RuleRow

    hour = f"{practice.reminder_time:%H:%M}"
    own = RuleRow(
        0, "reminder", None, None, None, practice.channels_for("reminder"), practice.reminder_lead_days, None, hour
    )
    rows = queries.rule_rows(connection)
    return [own, *(row._replace(at=row.at or hour) if row.lead_days is not None else row for row in rows)]


class MessageRuleService:
    """Adding, changing and removing rules; each is one undoable action."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._uow = unit_of_work

    def add(
        self,
        kind: str,
        *,
        days: int | None = None,
        hours: int | None = None,
        at: str = "",
        channels: str = "",
        type_id: int | None = None,
        client_id: int | None = None,
        appointment_id: int | None = None,
    ) -> int:
        """Add a rule for a type, a client or an appointment (or, a reminder with a lead, for everyone); its id.

        `days` before the date at the local time `at` (HH:MM, empty: the practice's hour), or `hours` before the
        start: a reminder of its own. Without either, the channels of what goes out anyway. Raises `Invalid` for what
        makes no sense, `NotFound` for whom it is for, `NotAllowed` for one that is there already.
        """
        from guru_tui.store.models import MessageRule

        rule = _checked(Rule(0, kind, type_id, client_id, appointment_id, channels, days, hours, at))
        with self._uow.action("add rule") as work:
            whom = _whom(work, rule)
            _refuse_double(work, rule)
            row = MessageRule(kind=kind, since=utc_text(work.now))
            _write(row, rule)
            work.session.add(row)
            work.session.flush()
            work.summary = f"Added {_words(work, rule)}{whom}"
            return row.id or 0

    def change(
        self, rule_id: int, *, days: int | None = None, hours: int | None = None, at: str = "", channels: str = ""
    ) -> None:
        """Give a rule another lead, hour and channels; whom it is for stays. Raises like `add`."""
        self._change(
            rule_id, lambda before: before._replace(channels=channels, lead_days=days, lead_hours=hours, at=at)
        )

    def adjust(
        self,
        rule_id: int,
        *,
        days: int | None = None,
        hours: int | None = None,
        at: str | None = None,
        channels: str | None = None,
    ) -> None:
        """Change only what is given of a rule; an empty hour or channel rule is the practice's again.

        A lead of one kind takes the place of one of the other, with its hour of the day. Raises like `add`.
        """

        def wanted(before: Rule) -> Rule:
            rule = before if days is None and hours is None else before._replace(lead_days=days, lead_hours=hours)
            hour = at if at is not None else "" if rule.lead_days is None else before.at
            return rule._replace(at=hour, channels=before.channels if channels is None else channels)

        self._change(rule_id, wanted)

    def _change(self, rule_id: int, change: Callable[[Rule], Rule]) -> None:
        with self._uow.action("change rule") as work:
            row = _row(work, rule_id, f"change it with: guru settings set {_OWN_SETTINGS}")
            before = _rule(row)
            wanted = change(before)
            if wanted.timed != before.timed:
                raise NotAllowed("A reminder and a choice of channels are different rules; add the other one instead.")
            rule = _checked(wanted)
            if rule == before:
                raise NotAllowed(f"Rule {rule_id} reads so already; nothing was changed.")
            _refuse_double(work, rule)
            _write(row, rule)
            if (rule.lead_days, rule.lead_hours, rule.at) != (before.lead_days, before.lead_hours, before.at):
                row.since = utc_text(work.now)
            work.summary = f"Changed rule {rule_id} to {_words(work, rule)}{_whom(work, rule)}"

    def remove(self, rule_id: int) -> str:
        """Remove a rule and return what was done; raises `NotFound`."""
        with self._uow.action("remove rule") as work:
            row = _row(work, rule_id, "switch it off with: guru settings set reminder_channels off")
            rule = _rule(row)
            work.summary = f"Removed {_words(work, rule)}{_whom(work, rule, gone=True)}"
            work.session.delete(row)
            return work.summary

    def choose(self, appointment_id: int, channels: str) -> str:
        """How this one appointment is reminded of: a channel rule, or empty for as its client is.

        Returns what was done. Raises `NotFound`, `Invalid`, and `NotAllowed` where it is chosen already.
        """
        return self._choose(Rule(0, "reminder", appointment_id=appointment_id, channels=_channels(channels)))

    def choose_for_client(self, client_id: int, channels: str) -> str:
        """How a client is reminded of every appointment: a channel rule, or empty for as the practice does.

        Returns and raises like `choose`; what is chosen for one appointment stays.
        """
        return self._choose(Rule(0, "reminder", client_id=client_id, channels=_channels(channels)))

    def _choose(self, rule: Rule) -> str:
        from sqlmodel import col, select

        from guru_tui.store.models import MessageRule

        with self._uow.action("choose reminders") as work:
            whom = _whom(work, rule)
            same = (
                MessageRule.appointment_id == rule.appointment_id
                if rule.appointment_id is not None
                else MessageRule.client_id == rule.client_id
            )
            rows = list(
                work.session.exec(
                    select(MessageRule).where(MessageRule.kind == "reminder", same).order_by(col(MessageRule.id))
                )
            )
            choices = [row for row in rows if not _rule(row).timed]
            # A reminder of its own would otherwise keep channels that were just chosen against.
            named = [row for row in rows if _rule(row).timed and row.channels and rule.channels]
            if not named and [row.channels for row in choices] == ([rule.channels] if rule.channels else []):
                raise NotAllowed("It is chosen already; nothing was changed.")
            for row in choices:
                work.session.delete(row)
            for row in named:
                row.channels = ""
            if rule.channels:
                row = MessageRule(kind="reminder", since=utc_text(work.now))
                _write(row, rule)
                work.session.add(row)
            how = {"": "reminders as usual", "off": "no reminders"}.get(rule.channels)
            work.summary = f"Chose {how or f'reminders {CHANNEL_WORDS[rule.channels]}'}{whom}"
            return work.summary


def _checked(rule: Rule) -> Rule:
    """The rule with its words in the stored form; raises `Invalid` for one that makes no sense."""
    if rule.kind not in CLIENT_KINDS:
        raise Invalid(f"{rule.kind!r} is no kind of message to clients; there are: {', '.join(CLIENT_KINDS)}.")
    if (rule.type_id is not None and rule.client_id is not None) or (
        rule.appointment_id is not None and (rule.type_id is not None or rule.client_id is not None)
    ):
        raise Invalid("A rule is for one type, one client or one appointment; name only one of them.")
    about_visits = rule.type_id is not None or rule.appointment_id is not None
    if about_visits and rule.kind not in VISIT_KINDS:
        raise Invalid(f"A message of kind {rule.kind} is about no appointment; make the rule for a client.")
    if rule.kind == OFFER and rule.appointment_id is not None:
        raise Invalid("An offer is about no appointment yet; make the rule for a type or a client.")
    rule = rule._replace(channels=_channels(rule.channels), at=_hour(rule))
    if rule.timed:
        _check_lead(rule)
    elif not rule.channels:
        raise Invalid(
            "Say which channels (such as sms)"
            + (", or how long before: days or hours." if rule.kind == "reminder" else ".")
        )
    elif rule.level == 0:
        key = f"{rule.kind.replace('-', '_')}_channels"
        raise Invalid(f"What holds for everyone is a setting; change it with: guru settings set {key} {rule.channels}")
    return rule


def _check_lead(rule: Rule) -> None:
    if rule.kind != "reminder":
        raise Invalid(f"Only reminders have a lead; a {rule.kind} goes out when there is news.")
    if rule.lead_days is not None and rule.lead_hours is not None:
        raise Invalid("A reminder is days before at an hour, or hours before the start; give one of the two.")
    if rule.lead_days is not None and not 0 <= rule.lead_days <= LONGEST_DAYS:
        raise Invalid(f"A reminder goes from 0 to {LONGEST_DAYS} days before, not {rule.lead_days}.")
    if rule.lead_hours is not None and not 1 <= rule.lead_hours <= LONGEST_HOURS:
        raise Invalid(f"A reminder goes from 1 to {LONGEST_HOURS} hours before, not {rule.lead_hours}.")


def _channels(text: str) -> str:
    word = text.lower().replace(" ", "").replace(",", "+").replace("email+sms", "sms+email")
    if word and word not in CHANNEL_RULES:
        raise Invalid(f"{text!r} is no way to send; use one of {', '.join(CHANNEL_RULES)}.")
    return word


def _hour(rule: Rule) -> str:
    if not rule.at:
        return ""
    if rule.lead_days is None:
        raise Invalid("An hour of the day goes with a lead in days; hours before count from the start.")
    try:
        return normalise("reminder_time", rule.at)
    except Invalid:
        raise Invalid(f"{rule.at!r} is no time of day; write it like 10:00.") from None


def _refuse_double(work: Work, rule: Rule) -> None:
    """Two rules that differ in nothing but their channels would be two messages at one moment."""
    practice = practice_of(work.connection)
    hour = f"{practice.reminder_time:%H:%M}"

    def moment(each: Rule) -> tuple[object, ...]:
        return each.lead_days, each.lead_hours, (each.at or hour) if each.lead_days is not None else ""

    others = [each for each in queries.rules(work.connection, rule.kind) if each.id != rule.id]
    if rule.kind == "reminder":
        others.append(Rule(0, "reminder", lead_days=practice.reminder_lead_days))
    for each in others:
        same = (each.type_id, each.client_id, each.appointment_id) == (
            rule.type_id, rule.client_id, rule.appointment_id,
        )  # fmt: skip
        if same and each.timed == rule.timed and moment(each) == moment(rule):
            if not each.id:
                raise NotAllowed(
                    f"The practice reminds {lead_words(each.lead_days, None, hour)} already; "
                    "change its channels with: guru settings set reminder_channels sms+email"
                )
            raise NotAllowed(f"There is such a rule already, number {each.id}; change that one or remove it first.")


def practice_of(connection: sqlite3.Connection) -> Practice:
    """The practice's settings."""
    from guru_tui.store.queries.settings import practice

    return practice(connection)


def _row(work: Work, rule_id: int, own: str) -> MessageRule:
    """The rule; raises `NotFound`, and `NotAllowed` with a remedy for the practice's `own`."""
    from guru_tui.store.models import MessageRule

    row = work.session.get(MessageRule, rule_id)
    if rule_id == 0:
        raise NotAllowed(f"The practice's own reminder is a setting; {own}")
    if row is None:
        raise NotFound(f"There is no rule {rule_id}; see them with: guru rules list")
    return row


def _rule(row: MessageRule) -> Rule:
    return Rule(
        row.id or 0, row.kind, row.type_id, row.client_id, row.appointment_id,
        row.channels, row.lead_days, row.lead_hours, row.at_time, row.since,
    )  # fmt: skip


def _write(row: MessageRule, rule: Rule) -> None:
    row.type_id, row.client_id, row.appointment_id = rule.type_id, rule.client_id, rule.appointment_id
    row.channels, row.lead_days, row.lead_hours, row.at_time = rule.channels, rule.lead_days, rule.lead_hours, rule.at


def _words(work: Work, rule: Rule) -> str:
    """`a reminder 2 hours before by SMS`, `confirmations by SMS`."""
    if not rule.timed:
        plural = {"reminder": "reminders"}.get(rule.kind, f"{rule.kind} messages")
        if rule.channels == "off":
            return f"no {plural}"
        return f"{plural} {CHANNEL_WORDS[rule.channels]}"
    hour = rule.at or f"{practice_of(work.connection).reminder_time:%H:%M}"
    by = f" {CHANNEL_WORDS[rule.channels]}" if rule.channels else ""
    return f"a reminder {lead_words(rule.lead_days, rule.lead_hours, hour)}{by}"


def _whom(work: Work, rule: Rule, *, gone: bool = False) -> str:
    """` for Sarah Botha`, and empty for everyone; raises `NotFound` unless it may be `gone`."""
    from guru_tui.store.models import Appointment, AppointmentType, Client

    if rule.type_id is not None:
        kind = work.session.get(AppointmentType, rule.type_id)
        if kind is not None:
            return f" for {kind.name}"
        raise NotFound(f"There is no appointment type {rule.type_id}; see them with: guru types list")
    if rule.client_id is not None:
        client = work.session.get(Client, rule.client_id)
        if client is not None:
            return f" for {client.first_name} {client.last_name}".rstrip()
        raise NotFound(f"There is no client with number {rule.client_id}; see them with: guru clients list")
    if rule.appointment_id is not None:
        visit = work.session.get(Appointment, rule.appointment_id)
        if visit is None:
            if gone:
                return ""
            raise NotFound(f"There is no appointment {rule.appointment_id}; see the ids with: guru agenda")
        person = work.session.get(Client, visit.client_id)
        start = from_wall_text(visit.starts_local)
        name = f"{person.first_name} {person.last_name}".strip() if person else ""
        return f" for {name} {short_moment(start)}"
    return ""
