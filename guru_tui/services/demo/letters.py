"""The outbox of the sample practice: what went out lately, what failed, and what is held back just now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guru_tui.domain.billing import format_number
from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.message import idempotency_key, offer_about
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts
from guru_tui.domain.message_facts import Person as Addressee
from guru_tui.domain.practice import CHANNELS, Practice
from guru_tui.domain.reminders import after_quiet, reminder_moment
from guru_tui.services.addressing import Address, by_request, by_rule
from guru_tui.services.demo.diary import Diary
from guru_tui.services.demo.ledger import Bill, Ledger
from guru_tui.services.demo.people import Person
from guru_tui.services.demo.samples import Moment, Samples, wall
from guru_tui.services.demo.visits import Visit
from guru_tui.services.demo.waiting import Wait, offered_at
from guru_tui.services.message_texts import (
    Composed,
    Template,
    appointment_values,
    compose,
    default_template,
    invoice_values,
)
from guru_tui.settings import Settings
from guru_tui.store.bulk import Batch

_DAYS_SHOWN = 4
_HELD_SECONDS = 40
_SENDERS_LAST_RUN = 12  # seconds ago
_ON_THE_WAY = 4  # seconds
_BALANCE, _BALANCE_ASKED = "318.72", 25  # minutes ago
_NEVER_TRIED = ("held", "missed", "blocked")


@dataclass(slots=True)
class Letter:
    """One message about a visit or a bill; instants as the store writes them."""

    kind: str
    to: Address
    person: Person
    values: dict[str, str]
    state: str
    not_before: str
    created: str
    visit: Visit | None = None
    bill: Bill | None = None
    starts: str | None = None
    about: str = ""
    reason: str = ""
    id: int = 0

    @property
    def sent(self) -> str:
        """When it left, empty where it has not."""
        return self.not_before if self.state in ("sent", "delivered") else ""

    @property
    def delivered(self) -> str:
        """When it reached the phone, empty where that is not known."""
        left = self.sent if self.state == "delivered" else ""
        return utc_text(from_utc_text(left) + timedelta(seconds=_ON_THE_WAY + self.id % 7)) if left else ""


@dataclass(slots=True)
class Letters:
    """Writes the messages of the last days; read `all` after `write`."""

    moment: Moment
    practice: Practice
    samples: Samples
    settings: Settings
    all: list[Letter] = field(default_factory=list)

    @property
    def made(self) -> datetime:
        """When the practitioner did what the held messages tell of."""
        return self.moment.instant - timedelta(seconds=_HELD_SECONDS)

    def write(self, diary: Diary, ledger: Ledger, waits: Iterable[Wait], *, tomorrow: bool) -> None:
        """Reminders up to today's visits (with `tomorrow` the next day's too), the last run's invoices, offers, two
        held."""
        last = self.moment.plus(1 if tomorrow else 0)
        for visit in diary.visits:
            if self.moment.plus(-_DAYS_SHOWN) <= visit.day <= last and visit.status != "cancelled":
                self.all.extend(self._reminders(visit))
        self._troubles()
        self.all.extend(self._invoices(ledger))
        self.all.extend(self._offers(waits))
        self.all.extend(self._held(diary.latest, ledger))
        self.all.sort(key=lambda letter: (letter.created, letter.kind, letter.to.channel, letter.person.id))
        for number, letter in enumerate(self.all, start=1):
            letter.id = number

    def _reminders(self, visit: Visit) -> Iterator[Letter]:
        practice, facts = self.practice, self._facts(visit)
        due = utc_text(
            reminder_moment(
                datetime.fromisoformat(facts.starts_local),
                facts.zone,
                lead_days=practice.reminder_lead_days,
                at=practice.reminder_time,
                quiet_from=practice.quiet_from,
                quiet_to=practice.quiet_to,
            )
        )
        values = appointment_values(facts, practice)
        for to in by_rule(facts.person, practice.channels_for("reminder"), CHANNELS, self.settings):
            state = "blocked" if to.problem else "delivered" if to.channel == "sms" else "sent"
            yield Letter(
                "reminder", to, visit.person, values, state, due, due, visit, starts=facts.starts_at, reason=to.problem
            )

    def _troubles(self) -> None:
        """One text message failed, one mail's fate is unknown, one reminder was missed."""
        today = self.moment.today
        texts = [letter for letter in self.all if letter.to.channel == "sms" and letter.sent]
        for letter in texts:
            if letter.person.role == "no-show" and letter.visit and letter.visit.day == today:
                letter.state, letter.reason = "failed", "The number cannot receive an SMS (27)."
        before = [letter for letter in self.all if letter.sent and letter.visit and letter.visit.day < today]
        for letter in [letter for letter in before if letter.to.channel == "email"][-1:]:
            letter.state = "unknown"
            letter.reason = "The connection was lost after the message, before the mail server answered."
        for letter in [letter for letter in before if letter.to.channel == "sms"][:1]:
            letter.state = "missed"
            letter.reason = (
                f"guru was not running between {self.practice.reminder_time:%H:%M} the day before and the appointment"
            )

    def _invoices(self, ledger: Ledger) -> Iterator[Letter]:
        """The mails of the last run."""
        mailed = [
            bill
            for bill in ledger.bills
            if bill.day and bill is not ledger.held and bill.person.pays != "card" and _payers_email(bill.person)
        ]
        for bill in mailed:
            if bill.day and bill.day == mailed[-1].day:
                yield self._invoice(bill, "email", "sent", self.moment.utc(bill.day, bill.minute))

    def _offers(self, waits: Iterable[Wait]) -> Iterator[Letter]:
        """What was offered to those who wait."""
        for wait in waits:
            if wait.offer is None:
                continue
            day, start = wait.offer
            facts = self._facts(Visit(wait.person, day, start, wait.kind, booked=(self.moment.today, 0)))
            to = by_rule(facts.person, self.practice.channels_for("offer"), CHANNELS, self.settings)[0]
            values, at = appointment_values(facts, self.practice), offered_at(self.moment)
            about = offer_about(wait.id, facts.starts_at)
            yield Letter("offer", to, wait.person, values, "delivered", at, at, starts=facts.starts_at, about=about)

    def _held(self, booked: Visit | None, ledger: Ledger) -> Iterator[Letter]:
        """A confirmation and an invoice that can still be taken back; a text message waits for the morning at night."""
        created, until = utc_text(self.made), self.made + self.practice.hold
        if booked:
            facts = self._facts(booked)
            to = by_rule(facts.person, self.practice.channels_for("confirmation"), CHANNELS, self.settings)[0]
            values, at = appointment_values(facts, self.practice), facts.starts_at
            yield Letter("confirmation", to, booked.person, values, "held", utc_text(until), created, booked, starts=at)
        if ledger.held:
            morning = after_quiet(until, self.moment.zone, self.practice.quiet_from, self.practice.quiet_to)
            yield self._invoice(ledger.held, "sms", "held", created, utc_text(morning))

    def _invoice(self, bill: Bill, channel: str, state: str, at: str, not_before: str = "") -> Letter:
        facts = InvoiceFacts(
            id=bill.id,
            person=_addressee(bill.person, paying=True),
            status=bill.status,
            number=format_number(self.practice["invoice_prefix"], bill.number or 0),
            due_on=self.practice.due_on(bill.day or self.moment.today).isoformat(),
            currency=self.practice.currency,
            due_minor=bill.total_minor,
            document_id=None,
            revision=0,
            has_codes=False,
            codes_consent=False,
        )
        to = by_request(facts.person, channel)[0]
        values = invoice_values(facts, self.practice)
        return Letter("invoice", to, bill.person, values, state, not_before or at, at, bill=bill)

    def _facts(self, visit: Visit) -> AppointmentFacts:
        place = self.samples.practice["location"][visit.kind.location_id - 1]
        return AppointmentFacts(
            id=visit.id,
            person=_addressee(visit.person),
            status=visit.status,
            starts_at=self.moment.utc(visit.day, visit.start),
            starts_local=wall(visit.day, visit.start),
            zone=self.moment.zone,
            created_at=self.moment.utc(*visit.booked),
            sequence=0,
            title=visit.kind.name,
            fee_minor=visit.kind.fee_minor,
            currency=self.practice.currency,
            address=place["address"],
            instructions=place["instructions"],
            type_id=None,
            minutes=visit.kind.minutes,
            place=place["name"],
        )

    def _text(self, letter: Letter) -> Composed:
        language = letter.person.language or self.practice["language"]
        own = self.samples.templates.get((letter.kind, letter.to.channel, language))
        template = Template(*own) if own else default_template(letter.kind, letter.to.channel, language)
        return compose(template, letter.values)

    def batches(self) -> list[Batch]:
        """The rows of messages, attempts and the sender's last run."""
        attempts = [
            (letter.id, letter.not_before, letter.not_before, "sent" if letter.sent else letter.state, letter.reason)
            for letter in self.all
            if letter.state not in _NEVER_TRIED
        ]
        account = (_BALANCE, self.practice.currency, self.moment.before(seconds=_BALANCE_ASKED * 60))
        run = ("remind", self.moment.before(seconds=_SENDERS_LAST_RUN), "")
        return [
            Batch("outbox_message", _MESSAGE, [_row(letter, self._text(letter)) for letter in self.all]),
            Batch("outbox_attempt", ("message_id", "started_at", "ended_at", "result", "reason"), attempts),
            Batch("sender_run", ("who", "last_at", "paused", "place"), [(*run, "")]),
            Batch("channel_state", ("channel", "balance", "currency", "balance_at"), [("sms", *account)]),
        ]


def _payers_email(person: Person) -> str:
    return person.payer[1] or (person.email if person.email_allowed else "")


def _addressee(person: Person, *, paying: bool = False) -> Addressee:
    email, allowed = person.email, person.email_allowed
    if paying and person.payer[1]:
        email, allowed = person.payer[1], True
    return Addressee(
        person.id, person.first, person.last, person.mobile, email, person.sms_allowed, allowed, person.language
    )


def _row(letter: Letter, text: Composed) -> tuple[object, ...]:
    visit = letter.visit.id if letter.visit else None
    bill = letter.bill.id if letter.bill else None
    key = idempotency_key(
        letter.kind,
        letter.to.channel,
        letter.to.recipient,
        appointment=(visit, letter.starts),
        invoice=(bill, 0),
        about=letter.about,
    )
    return (
        letter.id,
        key,
        letter.kind,
        letter.to.channel,
        letter.person.id,
        letter.to.recipient,
        letter.person.name,
        text.subject,
        text.body,
        visit,
        letter.starts,
        bill,
        0,
        0,
        letter.state,
        letter.reason,
        letter.not_before,
        letter.starts or "",
        0 if letter.state in _NEVER_TRIED else 1,
        "",
        "",
        f"sample-{letter.id:05}" if letter.sent else "",
        letter.created,
        letter.sent or letter.created,
        letter.sent,
        _BOOKING if letter.kind == "confirmation" else None,
        letter.delivered,
        *_FRESH.values(),
    )


_BOOKING = 2  # the action after the one that makes the practice
_FRESH = {
    "rule_id": 0, "edited": 0, "poll_at": "", "polls": 0, "acknowledged_at": "",
    "calendar_facts": "",
}  # fmt: skip
_MESSAGE = (
    *("id", "idempotency_key", "kind", "channel", "client_id", "recipient", "recipient_name", "subject", "body"),
    *("appointment_id", "starts_at", "invoice_id", "invoice_revision", "resend_sequence", "state", "reason"),
    *("not_before", "expires_at", "attempts", "lease_owner", "lease_until", "provider_id", "created_at", "updated_at"),
    *("sent_at", "action_id", "delivered_at"),
    *_FRESH,
)
