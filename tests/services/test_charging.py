"""No-shows and late cancellations: what they are charged with, what reaches an invoice, and that nothing else does."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.errors import Invalid, MovedOn, NotAllowed
from tests.outbox_support import book, client, setting


@pytest.fixture
def sarah(guru: Guru) -> int:
    return client(guru)


def test_a_no_show_is_charged_by_the_policy_and_invoiced_with_a_line_that_says_so(guru: Guru, sarah: int) -> None:
    setting(guru, "no_show_fee", "50%")
    visit = book(guru, sarah, "2026-11-24T09:00")
    assert guru.booking.set_status(visit, "no-show").summary == "Marked Sarah Botha no-show, R225"
    entry = guru.reads.entry(visit)
    assert (entry.charge_minor, entry.billing) == (22500, "uninvoiced")
    assert guru.reads.totals()[:2] == (22500, 1)
    assert [row.fee_minor for row in guru.reads.uninvoiced(sarah)] == [22500]
    assert guru.reads.client(sarah).uninvoiced_minor == 22500
    assert guru.reads.board(date(2026, 11, 1)).invoiceable_minor == 22500
    invoice = guru.invoicing.invoice_client(sarah)
    assert [(line.description, line.total_minor) for line in invoice.lines] == [("No-show: Follow-up", 22500)]
    assert guru.reads.entry(visit).billing == "sent" and guru.reads.totals().uninvoiced == 0


def test_without_a_charge_it_never_reaches_an_invoice(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-24T09:00")
    guru.booking.set_status(visit, "no-show", charge_minor=0)
    assert (guru.reads.entry(visit).billing, guru.reads.totals().uninvoiced) == ("-", 0)
    with pytest.raises(NotAllowed, match="nothing to invoice"):
        guru.invoicing.invoice_client(sarah)
    with pytest.raises(NotAllowed, match=f"costs nothing.*guru status {visit} no-show --charge"):
        guru.invoicing.invoice_client(sarah, appointment_ids=[visit])


def test_one_that_nobody_has_decided_about_is_invoiced_only_by_its_number(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-24T09:00")
    with guru.unit_of_work.action("older program") as work:
        work.connection.execute("UPDATE appointment SET status = 'no-show' WHERE id = ?", (visit,))
    assert (guru.reads.entry(visit).billing, guru.reads.totals().uninvoiced) == ("-", 0)
    assert guru.reads.uninvoiced(sarah) == []
    assert guru.invoicing.invoice_client(sarah, appointment_ids=[visit]).row.total_minor == 45000


def test_a_late_cancellation_is_invoiced_at_once_with_the_visits(guru: Guru, sarah: int) -> None:
    guru.booking.set_status(book(guru, sarah, "2026-11-23T09:00"), "attended")
    coming = book(guru, sarah, "2026-11-25T16:00")
    change = guru.booking.cancel(coming, late=True)
    assert change.summary == "Cancelled Sarah Botha Wed 25 Nov 16:00, late: R450"
    assert guru.reads.entry(coming).status == "late-cancelled"
    invoice = guru.invoicing.invoice_client(sarah)
    assert [line.description for line in invoice.lines] == ["Follow-up", "Late cancellation: Follow-up"]


def test_a_late_cancellation_frees_the_slot_and_tells_the_client(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-26T09:00")
    change = guru.booking.cancel(visit, late=True, charge_minor=0)
    assert [row.kind for row in change.messages] == ["cancellation"]
    assert change.summary.endswith("late: no charge")
    assert guru.reads.conflicts(*(each.starts for each in [guru.reads.entry(visit)] * 2)) == []
    assert guru.reads.entry(visit).billing == "-"


def test_a_plain_cancellation_costs_nothing(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-26T09:00")
    guru.booking.cancel(visit)
    entry = guru.reads.entry(visit)
    assert (entry.status, entry.charge_minor, entry.billing) == ("cancelled", None, "-")


def test_the_charge_can_be_changed_until_it_is_on_an_invoice(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-24T09:00")
    guru.booking.set_status(visit, "no-show")
    with pytest.raises(NotAllowed, match="marked no-show already"):
        guru.booking.set_status(visit, "no-show")
    assert guru.booking.set_status(visit, "no-show", charge_minor=20000).summary == "Changed Sarah Botha no-show, R200"
    guru.invoicing.invoice_client(sarah, draft=True)
    with pytest.raises(NotAllowed, match="on a draft invoice"):
        guru.booking.set_status(visit, "no-show", charge_minor=100)
    with pytest.raises(Invalid, match="cannot be negative"):
        guru.booking.set_status(book(guru, sarah, "2026-11-23T09:00"), "no-show", charge_minor=-1)


def test_marked_otherwise_the_charge_is_gone(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-24T09:00")
    guru.booking.set_status(visit, "no-show", charge_minor=100)
    guru.booking.set_status(visit, "attended")
    assert guru.reads.entry(visit).charge_minor is None
    assert guru.invoicing.invoice_client(sarah).row.total_minor == 45000
    with pytest.raises(Invalid, match="Only a no-show or a late cancellation"):
        guru.booking.set_status(book(guru, sarah, "2026-11-23T09:00"), "attended", charge_minor=100)


def test_every_charge_is_undone_and_redone(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-24T09:00")
    guru.booking.set_status(visit, "no-show")
    guru.booking.set_status(visit, "no-show", charge_minor=100)
    guru.undo.undo()
    assert guru.reads.entry(visit).charge_minor == 45000
    guru.undo.undo()
    assert (guru.reads.entry(visit).status, guru.reads.entry(visit).charge_minor) == ("booked", None)
    guru.undo.redo()
    guru.undo.redo()
    assert guru.reads.entry(visit).charge_minor == 100


def test_the_month_of_everyone_takes_them_too(guru: Guru, sarah: int) -> None:
    guru.booking.set_status(book(guru, sarah, "2026-11-24T09:00"), "no-show")
    done = guru.invoicing.invoice_month(date(2026, 11, 1))
    assert [invoice.row.total_minor for invoice in done.invoices] == [45000]


def test_an_amount_as_the_policy_holds_for_a_visit_without_a_fee(guru: Guru, sarah: int) -> None:
    setting(guru, "no_show_fee", "R200")
    assert guru.reads.practice()["no_show_fee"] == "200.00"
    visit = book(guru, sarah, "2026-11-24T09:00")
    with guru.unit_of_work.action("free") as work:
        work.connection.execute("UPDATE appointment SET fee_minor = 0 WHERE id = ?", (visit,))
    guru.booking.set_status(visit, "no-show")
    assert guru.reads.entry(visit).charge_minor == 20000


def test_booked_again_the_cancellation_that_waits_is_withdrawn(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-27T09:00")
    guru.booking.cancel(visit)
    change = guru.booking.set_status(visit, "booked")
    assert change.withdrawn == 1
    assert [row.reason for row in guru.reads.messages()] == ["the appointment is booked again"]


def test_what_was_changed_elsewhere_is_not_overwritten(guru: Guru, sarah: int) -> None:

    visit = book(guru, sarah, "2026-11-27T09:00")
    seen = guru.reads.newest_change()
    guru.booking.set_note(visit, "Bring scans")
    guru.booking.move(visit, datetime(2026, 11, 27, 11), version=seen)  # a note is nothing to who moves it
    for act in (
        lambda: guru.booking.move(visit, datetime(2026, 11, 28, 9), version=seen),
        lambda: guru.booking.cancel(visit, version=seen),
        lambda: guru.booking.set_status(visit, "attended", version=seen),
    ):
        with pytest.raises(MovedOn, match="Changed elsewhere meanwhile: it is at Fri 27 Nov 11:00"):
            act()
    with pytest.raises(MovedOn, match="its note reads otherwise now"):
        guru.booking.set_note(visit, "Something else", version=seen)
    assert guru.reads.entry(visit).note == "Bring scans"
    guru.booking.cancel(visit, version=guru.reads.newest_change())


def test_what_was_changed_and_changed_back_bothers_nobody(guru: Guru, sarah: int) -> None:

    visit = book(guru, sarah, "2026-11-27T09:00")
    seen = guru.reads.newest_change()
    guru.booking.move(visit, datetime(2026, 11, 27, 11))
    guru.undo.undo()
    guru.booking.set_status(visit, "confirmed")
    guru.booking.move(visit, datetime(2026, 11, 27, 12), version=seen)
    seen = guru.reads.newest_change()
    guru.booking.set_status(visit, "booked")
    with pytest.raises(MovedOn, match="it is booked now"):
        guru.booking.cancel(visit, version=seen)


def test_what_was_taken_back_elsewhere_says_so(guru: Guru, sarah: int) -> None:

    visit = book(guru, sarah, "2026-11-27T09:00")
    seen = guru.reads.newest_change()
    guru.undo.undo()
    with pytest.raises(MovedOn, match="taken back elsewhere"):
        guru.booking.set_note(visit, "x", version=seen)
