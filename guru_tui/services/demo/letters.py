"""The outbox of the sample practice: what went out lately, what failed, and what is held back just now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from guru_tui.domain.local_time import long_date, utc_text
from guru_tui.domain.merge_tags import render
from guru_tui.domain.money import decimal_text, full_text
from guru_tui.domain.phone import national
from guru_tui.domain.practice import Practice
from guru_tui.services.demo.diary import Visit
from guru_tui.services.demo.ledger import Bill, Ledger
from guru_tui.services.demo.people import Person
from guru_tui.services.demo.samples import Moment, Samples, data_file
from guru_tui.store.bulk import Batch

_DAYS_SHOWN = 4
_HELD_SECONDS = 40  # since the practitioner did what the held messages tell of
_SENDERS_LAST_RUN = 12  # seconds ago


@dataclass(slots=True)
class Letter:
    """One message; instants as the store writes them."""

    kind: str
    channel: str
    person: Person
    values: Mapping[str, str]
    state: str
    not_before: str
    created: str
    visit: Visit | None = None
    bill: Bill | None = None
    starts: str | None = None
    reason: str = ""
    sent: str = ""
    id: int = 0

    @property
    def recipient(self) -> str:
        """The number or the address it goes to."""
        return self.person.mobile if self.channel == "sms" else self.person.email

    def fail(self, state: str, reason: str) -> None:
        """Let it have come to nothing."""
        self.state, self.reason, self.sent = state, reason, ""


@dataclass(slots=True)
class Letters:
    """Writes the messages of the last days; read `all` after `write`."""

    moment: Moment
    practice: Practice
    samples: Samples
    all: list[Letter] = field(default_factory=list)

    def write(self, visits: list[Visit], ledger: Ledger, *, tomorrow: bool) -> None:
        """Reminders up to today's visits (with `tomorrow` the next day's too), the last run's invoices, two held."""
        last = self.moment.plus(1 if tomorrow else 0)
        for visit in visits:
            if self.moment.plus(-_DAYS_SHOWN) <= visit.day <= last and visit.status != "cancelled":
                self.all.extend(self._reminders(visit))
        self._troubles()
        mailed = [
            bill
            for bill in ledger.bills
            if bill.day and bill.mailed and bill.person.pays != "card" and bill.person.email
        ]
        for bill in mailed:
            if bill.day and bill.day == mailed[-1].day:
                self.all.append(self._invoice(bill, "sent", self.moment.utc(bill.day, bill.minute)))
        self._held(visits, ledger)
        self.all.sort(key=lambda letter: (letter.created, letter.kind, letter.channel, letter.person.id))
        for number, letter in enumerate(self.all, start=1):
            letter.id = number

    def _reminders(self, visit: Visit) -> Iterator[Letter]:
        at, person = self.practice.reminder_time, visit.person
        due = self.moment.utc(visit.day - timedelta(days=self.practice.reminder_lead_days), at.hour * 60 + at.minute)
        starts, values = self.moment.utc(visit.day, visit.start), self._of_visit(visit)
        if person.mobile and person.sms_allowed:
            yield Letter("reminder", "sms", person, values, "delivered", due, due, visit, starts=starts, sent=due)
        if person.email and person.email_allowed:
            yield Letter("reminder", "email", person, values, "sent", due, due, visit, starts=starts, sent=due)

    def _troubles(self) -> None:
        """One text message failed, one mail's fate is unknown, one reminder was missed."""
        today = self.moment.today
        for letter in self.all:
            if (
                letter.channel == "sms"
                and letter.visit
                and letter.visit.day == today
                and letter.person.role == "no-show"
            ):
                letter.fail("failed", "The network does not know this number; ask the client for the right one.")
        before = [letter for letter in self.all if letter.visit and letter.visit.day < today]
        for letter in [letter for letter in before if letter.channel == "email"][-1:]:
            letter.fail("unknown", "The connection was lost after the message was handed over; it may have arrived.")
        for letter in [letter for letter in before if letter.channel == "sms"][:1]:
            letter.fail("missed", "guru was not running while it was due, and the appointment has begun since.")

    def _held(self, visits: list[Visit], ledger: Ledger) -> None:
        """A confirmation and an invoice that undo can still take back."""
        created = self.moment.before(seconds=_HELD_SECONDS)
        until = utc_text(self.moment.instant - timedelta(seconds=_HELD_SECONDS) + self.practice.hold)
        for visit in [visit for visit in visits if visit.day > self.moment.today and visit.person.role == "new"][:1]:
            values, starts = self._of_visit(visit), self.moment.utc(visit.day, visit.start)
            self.all.append(
                Letter("confirmation", "email", visit.person, values, "held", until, created, visit, starts=starts)
            )
        if ledger.held:
            self.all.append(self._invoice(ledger.held, "held", created, until))

    def _invoice(self, bill: Bill, state: str, at: str, not_before: str = "") -> Letter:
        due = long_date(self.practice.due_on(bill.day or self.moment.today))
        values = {
            **self._of_practice(bill.person),
            "invoice.number": str(bill.number),
            "invoice.amount_due": full_text(bill.total_minor, self.practice.currency),
            "invoice.due_date": due,
        }
        sent = at if state == "sent" else ""
        return Letter("invoice", "email", bill.person, values, state, not_before or at, at, bill=bill, sent=sent)

    def _of_visit(self, visit: Visit) -> dict[str, str]:
        place = self.samples.practice["location"][visit.kind.location_id - 1]
        return {
            **self._of_practice(visit.person),
            "appointment_start_date": long_date(visit.day),
            "appointment_start_time": f"{visit.start // 60:02}:{visit.start % 60:02}",
            "appointment.currency": self.practice.currency,
            "appointment.price": decimal_text(visit.kind.fee_minor, self.practice.currency),
            "appointment.product.title": visit.kind.name,
            "appointment.product.service.address.address": place["address"],
            "appointment.instructions": place["instructions"],
        }

    def _of_practice(self, person: Person) -> dict[str, str]:
        return {
            "me.get_full_name": self.practice.full_name,
            "me.first_name": self.practice["first_name"],
            "me.profession.name": self.practice["profession"],
            "me.phone": national(self.practice["phone"]),
            "me.practice_name": self.practice.name,
            "me.profile.banking_details": self.practice["bank_details"],
            "client.get_full_name": person.name,
            "client.first_name": person.first,
        }

    def batches(self) -> list[Batch]:
        """The rows of messages, attempts and the sender's last run."""
        texts: dict[str, str] = {}
        tried = [letter for letter in self.all if letter.state not in ("held", "missed")]
        attempts = [
            (letter.id, letter.not_before, letter.not_before, letter.state.replace("delivered", "sent"), letter.reason)
            for letter in tried
        ]
        return [
            Batch("outbox_message", _MESSAGE, [self._row(letter, texts) for letter in self.all]),
            Batch("outbox_attempt", ("message_id", "started_at", "ended_at", "result", "reason"), attempts),
            Batch(
                "sender_run",
                ("who", "last_at", "paused"),
                [("remind", self.moment.before(seconds=_SENDERS_LAST_RUN), "")],
            ),
        ]

    def _row(self, letter: Letter, texts: dict[str, str]) -> tuple[object, ...]:
        name = f"{letter.kind}.{letter.channel}.txt"
        if name not in texts:
            texts[name] = data_file("templates", name)
        text = render(texts[name], letter.values).text
        subject, body = "", text.strip()
        if letter.channel == "email":
            subject, _, body = text.partition("\n")
            subject, body = subject.removeprefix("Subject:").strip(), body.strip()
        about = letter.visit.id if letter.visit else f"invoice-{letter.bill.id if letter.bill else 0}"
        return (
            letter.id,
            f"sample:{letter.kind}:{letter.channel}:{about}:{letter.starts or ''}",
            letter.kind,
            letter.channel,
            letter.person.id,
            letter.recipient,
            letter.person.name,
            subject,
            body,
            letter.visit.id if letter.visit else None,
            letter.starts,
            letter.bill.id if letter.bill else None,
            0,
            0,
            letter.state,
            letter.reason,
            letter.not_before,
            letter.starts or "",
            0 if letter.state in ("held", "missed") else 1,
            "",
            "",
            f"sample-{letter.id:05}" if letter.sent else "",
            letter.created,
            letter.sent or letter.created,
            letter.sent,
        )


_MESSAGE = (
    *("id", "idempotency_key", "kind", "channel", "client_id", "recipient", "recipient_name", "subject", "body"),
    *("appointment_id", "starts_at", "invoice_id", "invoice_revision", "resend_sequence", "state", "reason"),
    *("not_before", "expires_at", "attempts", "lease_owner", "lease_until", "provider_id", "created_at", "updated_at"),
    "sent_at",
)
