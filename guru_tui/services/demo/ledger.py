"""The books of the sample practice: who was billed when, what has been paid, what is overdue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from guru_tui.domain.billing import Charge, add_up, bill_to_of, format_number, letterhead_of, line_amounts
from guru_tui.domain.practice import Practice
from guru_tui.services.demo.people import Person
from guru_tui.services.demo.samples import Moment, wall
from guru_tui.services.demo.visits import Visit
from guru_tui.store.bulk import Batch

FIRST_NUMBER = 1001
_LAST_RUN = 5  # days ago; a run takes up whatever accounts have open, every fortnight
_FORTNIGHT = 14
_DRAFTS = 3
_LEFT_DAYS = 12
_ON_THE_DAY = ("card", "card", "card", "SnapScan", "cash")
_DAYS_TO_PAY = (0, 1, 2, 3, 5, 7, 8, 10, 12, 13, 17, 25, 40)
_NEVER = 10_000


@dataclass(slots=True)
class Bill:
    """An invoice in the making, a draft where it has no number; `issued` in local minutes of its day."""

    person: Person
    visits: list[Visit]
    day: date | None
    minute: int
    id: int = 0
    number: int | None = None
    paid_minor: int = 0

    @property
    def total_minor(self) -> int:
        """The sum of the fees."""
        return sum(visit.kind.fee_minor for visit in self.visits)

    @property
    def status(self) -> str:
        """As the store knows it: overdue and partly paid are derived."""
        if self.number is None:
            return "draft"
        return "paid" if self.paid_minor >= self.total_minor else "sent"


@dataclass(slots=True)
class Receipt:
    """A payment that settles one bill or a part of it."""

    bill: Bill
    amount_minor: int
    method: str
    day: date


@dataclass(slots=True)
class Ledger:
    """Bills the visits; read `bills` and `receipts` after `close`. `held`: the bill on its way out just now."""

    moment: Moment
    practice: Practice
    rng: Random
    bills: list[Bill] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    held: Bill | None = None

    def close(self, visits: Sequence[Visit]) -> None:
        """Make invoices of what was attended: on the day for card payers, in fortnightly runs for the others."""
        runs = self._runs(visits[0].day) if visits else []
        collected: dict[tuple[date, int], list[Visit]] = {}
        waiting: dict[int, list[Visit]] = {}
        for visit in visits:
            if visit.status != "attended":
                continue
            run = _run_after(visit.day, runs)
            if visit.person.pays == "card":
                if self.moment.past(visit.day, visit.end + 15):
                    self.bills.append(Bill(visit.person, [visit], visit.day, visit.end + 10))
            elif run is None or self._waits(visit):
                waiting.setdefault(visit.person.id, []).append(visit)
            else:
                collected.setdefault((run, visit.person.id), []).append(visit)
        self.bills += [Bill(group[0].person, group, run, 16 * 60) for (run, _), group in collected.items()]
        self._hold(waiting)
        self._draft(waiting)
        self._number()
        for bill in self.bills:
            self._receive(bill)
        self._part_payment()

    def _runs(self, first: date) -> list[date]:
        """The days of the runs, newest first; never on a weekend."""
        days = range(_LAST_RUN, (self.moment.today - first).days + _FORTNIGHT, _FORTNIGHT)
        runs = [self.moment.plus(-number) for number in days]
        return [run - timedelta(days=max(0, run.weekday() - 4)) for run in runs]

    def _waits(self, visit: Visit) -> bool:
        """Whether it is left out of the runs, to be found on today's page as uninvoiced or in a draft."""
        return visit.person.role in ("draft", "uninvoiced") and visit.day > self.moment.plus(-_LEFT_DAYS)

    def _hold(self, waiting: dict[int, list[Visit]]) -> None:
        """One invoice was made a minute ago, so that its message is still held back."""
        for key, group in waiting.items():
            person = group[0].person
            if not person.role and person.mobile and person.sms_allowed and not person.payer[0]:
                self.held = Bill(person, waiting.pop(key), self.moment.today, self.moment.minute)
                self.bills.append(self.held)
                return

    def _draft(self, waiting: dict[int, list[Visit]]) -> None:
        drafted = [key for key, group in waiting.items() if group[0].person.role == "draft"]
        drafted += [key for key, group in waiting.items() if not group[0].person.role][: _DRAFTS - len(drafted)]
        self.bills += [Bill(waiting[key][0].person, waiting[key], None, 0) for key in drafted]

    def _number(self) -> None:
        """Gapless numbers in the order of issue; drafts come last and have none."""
        self.bills.sort(
            key=lambda bill: (bill.day or date.max, bill is self.held, bill.minute, bill.person.id, bill.visits[0].id)
        )
        for count, bill in enumerate(self.bills):
            bill.id = count + 1
            bill.number = FIRST_NUMBER + count if bill.day else None
            for visit in bill.visits:
                visit.invoice = bill.id

    def _receive(self, bill: Bill) -> None:
        if bill.day is None or bill is self.held:
            return
        if bill.person.pays == "card":
            after, method = 0, self.rng.choice(_ON_THE_DAY)
        elif bill.person.pays == "scheme":
            after, method = self.rng.randint(4, 13), "medical aid"
        else:
            after, method = self.rng.choice(_DAYS_TO_PAY), "EFT"
        day = bill.day + timedelta(days=_NEVER if self._owes(bill) else after)
        if day <= self.moment.today:
            self._pay(bill, bill.total_minor, method, day)

    def _owes(self, bill: Bill) -> bool:
        return bill.person.role.startswith("owing")

    def _pay(self, bill: Bill, amount_minor: int, method: str, day: date) -> None:
        self.receipts.append(Receipt(bill, amount_minor, method, day))
        bill.paid_minor += amount_minor

    def _part_payment(self) -> None:
        """One of the overdue invoices has been paid by half."""
        limit = self.moment.today
        for bill in self.bills:
            if bill.day and bill.status == "sent" and not bill.person.role and self.practice.due_on(bill.day) < limit:
                self._pay(bill, bill.total_minor // 200 * 100, "EFT", limit - timedelta(days=3))
                return

    @property
    def next_number(self) -> int:
        """The number that the next invoice will have."""
        return FIRST_NUMBER + sum(1 for bill in self.bills if bill.number is not None)


def _run_after(day: date, runs: Sequence[date]) -> date | None:
    """The first run on or after `day`; `runs` stand newest first. None: the next run will take it up."""
    if not runs or day > runs[0]:
        return None
    # A run is at most two days earlier than its fortnight says, so the right one is this or a neighbour.
    at = min((runs[0] - day).days // _FORTNIGHT + 1, len(runs) - 1)
    while runs[at] < day:
        at -= 1
    return runs[at]


def invoice_batches(ledger: Ledger) -> list[Batch]:
    """The rows of invoices; they refer to clients only."""
    currency = ledger.practice.currency
    letterhead = json.dumps(letterhead_of(ledger.practice), ensure_ascii=False)
    return [Batch("invoice", _INVOICE, (_invoice(bill, ledger, letterhead, currency) for bill in ledger.bills))]


def line_batches(ledger: Ledger) -> list[Batch]:
    """The rows of lines, payments and their allocations; they refer to invoices and appointments."""
    moment, currency = ledger.moment, ledger.practice.currency
    receipts = sorted(ledger.receipts, key=lambda receipt: (receipt.day, receipt.bill.id))
    payments = [
        (
            number,
            receipt.bill.person.id,
            receipt.amount_minor,
            currency,
            receipt.method,
            receipt.day.isoformat(),
            str(receipt.bill.number) if receipt.method == "EFT" else "",
            f"sample-{number}",
            moment.utc(receipt.day, 17 * 60) if moment.past(receipt.day, 17 * 60) else moment.text,
        )
        for number, receipt in enumerate(receipts, start=1)
    ]
    allocations = [(number, receipt.bill.id, receipt.amount_minor) for number, receipt in enumerate(receipts, start=1)]
    return [
        Batch("line_item", _LINE, _lines(ledger.bills)),
        Batch("payment", _PAYMENT, payments),
        Batch("payment_allocation", ("payment_id", "invoice_id", "amount_minor"), allocations),
    ]


_INVOICE = (
    *("id", "client_id", "status", "number", "sequence", "issued_on", "due_on", "currency", "letterhead", "bill_to"),
    *("subtotal_minor", "tax_minor", "total_minor", "note", "issued_at", "created_at"),
)
_LINE = (
    *("invoice_id", "position", "appointment_id", "service_at", "description", "code_kind", "code", "quantity_milli"),
    *("unit_price_minor", "discount_minor", "tax_basis_points", "tax_minor", "total_minor"),
)
_PAYMENT = (
    *("id", "client_id", "amount_minor", "currency", "method", "received_on", "reference", "token", "created_at"),
)


def _invoice(bill: Bill, ledger: Ledger, letterhead: str, currency: str) -> tuple[object, ...]:
    moment, person = ledger.moment, bill.person
    totals = add_up(
        [line_amounts(Charge(visit.kind.fee_minor), prices_include_tax=True) for visit in bill.visits],
        prices_include_tax=True,
    )
    issued = moment.utc(bill.day, bill.minute) if bill.day else ""
    payer, payer_email, payer_address = person.payer
    bill_to = bill_to_of(person.name, person.address, person.email, payer=(payer, payer_address, payer_email))
    return (
        bill.id,
        person.id,
        bill.status,
        format_number(ledger.practice["invoice_prefix"], bill.number) if bill.number else None,
        bill.number,
        bill.day.isoformat() if bill.day else "",
        ledger.practice.due_on(bill.day).isoformat() if bill.day else "",
        currency,
        letterhead,
        json.dumps(bill_to, ensure_ascii=False),
        totals.subtotal_minor,
        totals.tax_minor,
        totals.total_minor,
        "",
        issued,
        issued or moment.before(hours=20),
    )


def _lines(bills: Iterable[Bill]) -> Iterable[tuple[object, ...]]:
    for bill in bills:
        for position, visit in enumerate(bill.visits, start=1):
            fee = visit.kind.fee_minor
            code = bill.person.scheme.code if bill.person.scheme else ""
            yield (
                *(bill.id, position, visit.id, wall(visit.day, visit.start), visit.kind.name),
                *("icd10" if code else "", code, 1000, fee, 0, 0, 0, fee),
            )
