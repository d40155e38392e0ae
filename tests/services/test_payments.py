"""Recording payments: in full, in part, too much, twice, undone."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.views.invoices import InvoiceDetail
from guru_tui.errors import Invalid, NotAllowed, NotFound
from tests.conftest import NOW


@pytest.fixture
def invoice(guru: Guru) -> InvoiceDetail:
    """Invoice 1 over R450, issued today."""
    sarah = guru.clients.add("Sarah", "Botha", email="sarah@example.com")
    start = NOW.replace(tzinfo=None, day=3)
    guru.booking.book(BookingRequest(sarah, start, 60, 1, 1, "Follow-up", 45000), notify=False)
    return guru.invoicing.invoice_client(sarah)


def rows(guru: Guru) -> tuple[int, int, str]:
    return (
        guru.connection.execute("SELECT count(*) FROM payment").fetchone()[0],
        guru.connection.execute("SELECT COALESCE(SUM(amount_minor), 0) FROM payment_allocation").fetchone()[0],
        guru.connection.execute("SELECT status FROM invoice").fetchone()[0],
    )


def test_paid_in_full_by_default(guru: Guru, invoice: InvoiceDetail) -> None:
    paid = guru.payments.pay(invoice.row.id, token="a")
    assert (paid.row.status, paid.row.due_minor, paid.row.paid_on, paid.row.paid_by) == (
        "paid", 0, date(2026, 11, 25), "EFT",
    )  # fmt: skip
    assert guru.reads.actions(limit=1)[0].summary == "Sarah Botha paid R450 by EFT for invoice 1"


def test_parts_add_up_and_the_last_one_settles(guru: Guru, invoice: InvoiceDetail) -> None:
    part = guru.payments.pay(
        invoice.row.id, amount_minor=20000, method="Cash", received_on=date(2026, 11, 20), token="a"
    )
    assert (part.row.status, part.row.paid_minor, part.row.due_minor) == ("sent", 20000, 25000)
    assert part.row.paid_on is None
    rest = guru.payments.pay(invoice.row.id, method="card", token="b")
    assert (rest.row.status, [(one.amount_minor, one.method) for one in rest.payments]) == (
        "paid", [(20000, "cash"), (25000, "card")],
    )  # fmt: skip
    assert (rest.row.paid_on, rest.row.paid_by) == (date(2026, 11, 25), "card")


def test_too_much_becomes_credit(guru: Guru, invoice: InvoiceDetail) -> None:
    paid = guru.payments.pay(invoice.row.id, amount_minor=50000, token="a")
    assert (paid.row.status, paid.row.paid_minor, paid.payments[0].credit_minor) == ("paid", 45000, 5000)
    assert guru.reads.actions(limit=1)[0].summary.endswith("R50 of it is credit")


def test_pressing_twice_records_one_payment(guru: Guru, invoice: InvoiceDetail) -> None:
    first = guru.payments.pay(invoice.row.id, token="same")
    assert guru.payments.pay(invoice.row.id, token="same") == first
    part = rows(guru)
    assert part == (1, 45000, "paid")


def test_two_presses_at_once_record_one_payment(guru: Guru, invoice: InvoiceDetail) -> None:
    failed: list[BaseException] = []

    def press() -> None:
        try:
            guru.payments.pay(invoice.row.id, amount_minor=10000, token="same")
        except BaseException as error:
            failed.append(error)

    presses = [threading.Thread(target=press) for _ in range(6)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    assert not failed
    assert rows(guru) == (1, 10000, "sent")


def test_undo_takes_the_payment_back_and_the_press_can_be_made_again(guru: Guru, invoice: InvoiceDetail) -> None:
    guru.payments.pay(invoice.row.id, amount_minor=20000, token="a")
    guru.payments.pay(invoice.row.id, token="b")
    guru.undo.undo()
    assert rows(guru) == (1, 20000, "sent")
    guru.undo.undo()
    assert rows(guru) == (0, 0, "sent")
    assert guru.payments.pay(invoice.row.id, token="b").row.status == "paid"


def test_what_cannot_be_paid_says_why(guru: Guru, invoice: InvoiceDetail, clock: FixedClock) -> None:
    guru.payments.pay(invoice.row.id, method="medical aid", token="a")
    clock.advance(days=2)
    with pytest.raises(NotAllowed, match=r"Invoice 1 was paid on 25 November 2026 by medical aid; .* guru undo"):
        guru.payments.pay(invoice.row.id, token="b")
    start = NOW.replace(tzinfo=None, day=4)
    guru.booking.book(BookingRequest(1, start, 60, 1, 1, "Follow-up", 45000), notify=False)
    draft = guru.invoicing.invoice_client(1, draft=True)
    with pytest.raises(NotAllowed, match=f"issue it first: guru invoices issue draft-{draft.row.id}"):
        guru.payments.pay(draft.row.id, token="c")
    with pytest.raises(NotFound, match="no invoice with id 77"):
        guru.payments.pay(77, token="d")
    with pytest.raises(NotAllowed, match="recorded for another invoice"):
        guru.payments.pay(draft.row.id, token="a")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"amount_minor": 0}, "more than nothing"),
        ({"amount_minor": -5}, "more than nothing"),
        ({"method": "barter"}, "no way of paying"),
        ({"received_on": date(2026, 11, 26)}, "still to come"),
        ({"token": ""}, "needs a token"),
    ],
)
def test_wrong_payments_are_refused(guru: Guru, invoice: InvoiceDetail, wrong: dict[str, object], message: str) -> None:
    with pytest.raises(Invalid, match=message):
        guru.payments.pay(invoice.row.id, **({"token": "a"} | wrong))  # type: ignore[arg-type]
    assert rows(guru) == (0, 0, "sent")
