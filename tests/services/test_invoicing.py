"""From appointments to drafts, numbers, frozen documents and messages."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

import pypdfium2
import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import Final, Invalid, MovedOn, NotAllowed, NotFound


@pytest.fixture
def sarah(guru: Guru) -> int:
    return guru.clients.add("Sarah", "Botha", mobile="082 555 0101", email="sarah@example.com")


def visit(
    guru: Guru,
    client_id: int,
    day: int,
    *,
    month: int = 11,
    hour: int = 9,
    minute: int = 0,
    fee: int = 45000,
    status: str = "attended",
) -> int:
    """An appointment in 2026 as if it had been booked and marked long ago."""
    start = datetime(2026, month, day, hour, minute)
    made = guru.booking.book(
        BookingRequest(client_id, start, 60, 1, 1, "Follow-up", fee), force=True, notify=False
    ).appointment_id
    if status == "cancelled":
        guru.booking.cancel(made, notify=False)
    elif status != "booked":
        guru.booking.set_status(made, status)
    return made


def count(guru: Guru, table: str) -> int:
    return int(guru.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_what_took_place_becomes_an_issued_invoice(guru: Guru, sarah: int) -> None:
    guru.practice.set_many({"no_show_fee": "none", "late_cancellation_fee": "0%"})
    second = visit(guru, sarah, 24, status="booked")
    first = visit(guru, sarah, 3)
    visit(guru, sarah, 10, status="no-show")
    visit(guru, sarah, 11, status="late-cancelled")
    visit(guru, sarah, 12, status="cancelled")
    visit(guru, sarah, 13, fee=0)
    visit(guru, sarah, 25, hour=9, status="booked")  # ends at 10:00, which is now
    visit(guru, sarah, 25, hour=9, minute=30, status="booked")  # still going on
    visit(guru, sarah, 27, status="confirmed")

    invoice = guru.invoicing.invoice_client(sarah)

    assert (invoice.row.number, invoice.row.status, invoice.row.total_minor) == ("1", "sent", 135000)
    assert (invoice.row.issued_on, invoice.row.due_on) == (date(2026, 11, 25), date(2026, 12, 9))
    assert [line.appointment_id for line in invoice.lines][:2] == [first, second]
    assert [line.service_at.isoformat() for line in invoice.lines if line.service_at] == [
        "2026-11-03T09:00:00+02:00",
        "2026-11-24T09:00:00+02:00",
        "2026-11-25T09:00:00+02:00",
    ]
    assert sum(line.total_minor for line in invoice.lines) == invoice.row.total_minor
    assert invoice.bill_to["name"] == "Sarah Botha"
    assert invoice.letterhead["practice_name"] == "Sea Point Physio"
    assert guru.reads.uninvoiced(sarah) == []
    assert guru.reads.actions(limit=1)[0].summary == "Issued invoice 1 to Sarah Botha, R1 350"


def test_nothing_to_invoice_is_a_sentence(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 27, status="booked")
    with pytest.raises(NotAllowed, match="nothing to invoice for Sarah Botha: all that took place is on an invoice"):
        guru.invoicing.invoice_client(sarah)
    assert count(guru, "invoice") == 0
    with pytest.raises(NotFound, match="no client with number 99"):
        guru.invoicing.invoice_client(99)


def test_a_period_is_of_local_days_with_both_ends(guru: Guru, sarah: int) -> None:
    # 00:30 in Johannesburg is still the day before in UTC.
    for day, hour in ((2, 0), (5, 23), (6, 9), (1, 9)):
        visit(guru, sarah, day, hour=hour)
    invoice = guru.invoicing.invoice_client(sarah, date_from=date(2026, 11, 2), date_to=date(2026, 11, 5), draft=True)
    assert [line.service_at.day for line in invoice.lines if line.service_at] == [2, 5]
    with pytest.raises(Invalid, match="swap the two days"):
        guru.invoicing.invoice_client(sarah, date_from=date(2026, 11, 5), date_to=date(2026, 11, 2))
    with pytest.raises(NotAllowed, match="in that period"):
        guru.invoicing.invoice_client(sarah, date_from=date(2026, 10, 1), date_to=date(2026, 10, 2))


def test_named_appointments_are_taken_whatever_their_status_but_cancelled(guru: Guru, sarah: int) -> None:
    missed, coming = visit(guru, sarah, 10, status="no-show"), visit(guru, sarah, 27, status="booked")
    gone = visit(guru, sarah, 12, status="cancelled")
    invoice = guru.invoicing.invoice_client(sarah, appointment_ids=[coming, missed, coming])
    assert [line.appointment_id for line in invoice.lines] == [missed, coming]
    with pytest.raises(NotAllowed, match="was cancelled and is not invoiced"):
        guru.invoicing.invoice_client(sarah, appointment_ids=[gone])
    with pytest.raises(NotAllowed, match=f"Appointment {missed} is on invoice 1 already"):
        guru.invoicing.invoice_client(sarah, appointment_ids=[missed])
    with pytest.raises(NotFound, match="no appointment 999"):
        guru.invoicing.invoice_client(sarah, appointment_ids=[999])
    jan = guru.clients.add("Jan", "Vermeulen")
    with pytest.raises(NotAllowed, match="is Sarah Botha's, not Jan Vermeulen's"):
        guru.invoicing.invoice_client(jan, appointment_ids=[gone])


def test_appointments_in_two_currencies_are_not_mixed(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 3)
    dear = visit(guru, sarah, 4)
    with guru.unit_of_work.action("import") as work:
        work.connection.execute("UPDATE appointment SET currency = 'EUR' WHERE id = ?", (dear,))
    with pytest.raises(NotAllowed, match="are in EUR and ZAR, and an invoice has one currency"):
        guru.invoicing.invoice_client(sarah)
    assert guru.invoicing.invoice_client(sarah, appointment_ids=[dear]).row.currency == "EUR"


def test_a_draft_has_no_number_and_can_be_undone_and_discarded(guru: Guru, sarah: int) -> None:
    one = visit(guru, sarah, 3)
    draft = guru.invoicing.invoice_client(sarah, draft=True)
    assert (draft.row.number, draft.row.status, draft.row.issued_on) == ("", "draft", None)
    assert guru.reads.entry(one).billing == "draft"
    assert count(guru, "document") == 0
    assert guru.undo.undo().summary == "Drafted an invoice for Sarah Botha, R450"
    assert [seen.id for seen in guru.reads.uninvoiced(sarah)] == [one]

    again = guru.invoicing.invoice_client(sarah, draft=True)
    guru.invoicing.discard_draft(f"draft-{again.row.id}")
    assert (count(guru, "invoice"), count(guru, "line_item")) == (0, 0)
    assert [seen.id for seen in guru.reads.uninvoiced(sarah)] == [one]
    assert guru.undo.undo().summary == "Discarded the draft for Sarah Botha, R450"
    assert guru.reads.invoice(again.row.id).lines == again.lines
    assert guru.invoicing.issue(again.row.id).row.number == "1"


def test_an_issued_invoice_is_neither_issued_again_nor_discarded_nor_undone(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 3)
    draft = guru.invoicing.invoice_client(sarah, draft=True)
    guru.invoicing.issue(draft.row.id)
    with pytest.raises(NotAllowed, match="Invoice 1 has been issued already"):
        guru.invoicing.issue("1")
    with pytest.raises(NotAllowed, match="corrections are credit notes"):
        guru.invoicing.discard_draft("1")
    with pytest.raises(NotFound, match="has been issued as invoice 1"):
        guru.invoicing.issue(f"draft-{draft.row.id}")
    with pytest.raises(Final, match="Issued invoice 1 to Sarah Botha, R450: that invoice stays"):
        guru.undo.undo()
    with pytest.raises(MovedOn):
        guru.undo.undo(further=True)
    assert guru.reads.invoice("1").row.status == "sent"


def test_what_was_done_after_issuing_is_undone_up_to_the_invoice_and_no_further(guru: Guru, sarah: int) -> None:
    before = visit(guru, sarah, 30, status="booked")
    visit(guru, sarah, 3)
    guru.invoicing.invoice_client(sarah)
    visit(guru, sarah, 27, status="booked")
    assert guru.undo.undo().summary == "Booked Sarah Botha Fri 27 Nov 09:00"
    with pytest.raises(Final, match="Issued invoice 1"):
        guru.undo.undo()
    assert guru.reads.entry(before).status == "booked"


def test_a_draft_follows_its_appointment_and_an_issued_invoice_does_not(guru: Guru, sarah: int) -> None:
    coming = visit(guru, sarah, 27, status="booked")
    draft = guru.invoicing.invoice_client(sarah, appointment_ids=[coming], draft=True)

    def service() -> datetime | None:
        at = guru.reads.invoice(draft.row.id).lines[0].service_at
        return at.replace(tzinfo=None) if at else None

    guru.booking.move(coming, datetime(2026, 11, 30, 14), notify=False)
    assert service() == datetime(2026, 11, 30, 14)
    guru.undo.undo()
    assert service() == datetime(2026, 11, 27, 9)
    guru.invoicing.issue(draft.row.id)
    guru.booking.move(coming, datetime(2026, 11, 30, 14), notify=False)
    assert service() == datetime(2026, 11, 27, 9)


def test_a_draft_with_a_cancelled_appointment_is_not_issued(guru: Guru, sarah: int) -> None:
    coming = visit(guru, sarah, 27, status="booked")
    draft = guru.invoicing.invoice_client(sarah, appointment_ids=[coming], draft=True)
    with guru.unit_of_work.action("import") as work:
        work.connection.execute("UPDATE appointment SET status = 'cancelled' WHERE id = ?", (coming,))
    with pytest.raises(NotAllowed, match="appointment of 27 November on this draft has been cancelled; discard it"):
        guru.invoicing.issue(draft.row.id)


def test_numbers_follow_the_settings_and_are_never_given_twice(guru: Guru, sarah: int) -> None:
    for day in range(2, 8):
        visit(guru, sarah, day)

    def issued(day: int) -> str:
        return guru.invoicing.invoice_client(
            sarah, date_from=date(2026, 11, day), date_to=date(2026, 11, day)
        ).row.number

    guru.practice.set("invoice_next_number", "1042")
    guru.practice.set("invoice_prefix", "SP-")
    assert [issued(2), issued(3)] == ["SP-1042", "SP-1043"]
    guru.practice.set("invoice_prefix", "")
    assert issued(4) == "1044"
    guru.practice.set("invoice_prefix", "SP-10")
    # SP-10 before 45 would be new; what is refused is a number that stands on paper already.
    guru.practice.set("invoice_prefix", "1")
    with guru.unit_of_work.action("renumber") as work:
        work.connection.execute("UPDATE invoice SET number = '11045' WHERE number = '1044'")
    with pytest.raises(NotAllowed, match="There is an invoice 11045 under another prefix already"):
        issued(5)
    guru.practice.set("invoice_prefix", "N")
    assert issued(5) == "N1045"


def test_what_was_issued_stays_as_it_was(guru: Guru, sarah: int, clock: FixedClock) -> None:
    visit(guru, sarah, 3)
    before = guru.invoicing.invoice_client(sarah)
    name, content = guru.invoicing.pdf("1")
    guru.practice.set_many({"practice_name": "Other Practice", "bank_details": "Other Bank", "invoice_due_days": "1"})
    guru.clients.update(sarah, last_name="Smit", address="Elsewhere")
    clock.advance(days=40)
    after = guru.reads.invoice("1")
    assert (after.letterhead, after.bill_to, after.lines) == (before.letterhead, before.bill_to, before.lines)
    assert (after.row.total_minor, after.row.due_on) == (before.row.total_minor, before.row.due_on)
    assert guru.invoicing.pdf("1") == (name, content)
    assert name == "Invoice-1.pdf"
    stored = guru.connection.execute("SELECT sha256, content FROM document").fetchall()
    assert stored == [(sha256(content).hexdigest(), content)]


def test_a_lost_document_is_made_again_to_the_byte(guru: Guru, sarah: int, clock: FixedClock) -> None:
    """Invoices that came in bulk have no document; it is made from what is frozen on first need."""
    visit(guru, sarah, 3)
    guru.invoicing.invoice_client(sarah)
    _, content = guru.invoicing.pdf("1")
    guru.connection.execute("DELETE FROM document")
    guru.clients.update(sarah, last_name="Smit")
    guru.practice.set("practice_name", "Other Practice")
    clock.advance(days=3)
    assert guru.invoicing.pdf("1")[1] == content
    assert count(guru, "document") == 1


def test_a_text_that_cannot_be_printed_uses_up_no_number(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 3)
    wang = guru.clients.add("王", "小明", email="wang@example.com")
    visit(guru, wang, 4)
    draft = guru.invoicing.invoice_client(wang, draft=True)
    with pytest.raises(Invalid, match=r"no '王' \(U\+738B\), which stands in the name it is billed to \(王 小明\)"):
        guru.invoicing.issue(draft.row.id)
    with pytest.raises(Invalid, match="No number was used"):
        guru.invoicing.send(draft.row.id)
    assert guru.reads.invoice(draft.row.id).row.number == ""
    assert count(guru, "outbox_message") == 0
    assert guru.invoicing.invoice_client(sarah).row.number == "1"
    guru.clients.update(wang, first_name="Xiaoming", last_name="Wang")
    assert guru.invoicing.issue(draft.row.id).row.number == "2"


def test_a_logo_that_cannot_be_read_refuses_the_issue(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 3)
    with guru.unit_of_work.action("set") as work:
        work.connection.execute("INSERT INTO setting VALUES ('logo', '/nowhere/logo.png')")
    with pytest.raises(Invalid, match=r"The logo /nowhere/logo.png cannot be read"):
        guru.invoicing.invoice_client(sarah)
    assert (count(guru, "invoice"), count(guru, "line_item")) == (0, 0)


def test_a_registered_practice_issues_tax_invoices(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 3)
    draft = guru.invoicing.invoice_client(sarah, draft=True)
    guru.practice.set_many({"tax_registered": "yes", "tax_number": "4123456789"})
    invoice = guru.invoicing.issue(draft.row.id)
    assert invoice.letterhead["title"] == "Tax Invoice"
    assert (invoice.subtotal_minor, invoice.tax_minor, invoice.row.total_minor) == (39130, 5870, 45000)
    visit(guru, sarah, 4)
    guru.practice.set("prices_include_tax", "no")
    dearer = guru.invoicing.invoice_client(sarah)
    assert (dearer.subtotal_minor, dearer.tax_minor, dearer.row.total_minor) == (45000, 6750, 51750)
    assert dearer.lines[0].total_minor == 45000
    assert guru.invoicing.pdf("2")[0] == "Tax-Invoice-2.pdf"


def test_sending_queues_once_and_calls_nothing_sent_that_is_not(guru: Guru, sarah: int, clock: FixedClock) -> None:
    visit(guru, sarah, 3)
    draft = guru.invoicing.invoice_client(sarah, draft=True)
    (message,) = guru.invoicing.send(draft.row.id)
    assert (message.kind, message.channel, message.recipient, message.state) == (
        "invoice", "email", "sarah@example.com", "held",
    )  # fmt: skip
    invoice = guru.reads.invoice("1")
    assert invoice.row.status == "sent"
    assert [seen.id for seen in invoice.messages] == [message.id]
    assert guru.reads.actions(limit=1)[0].summary == "Sent invoice 1 to Sarah Botha (sarah@example.com)"
    (first,) = guru.reads.messages()
    assert (first.sent_at, first.provider_id) == (None, "")
    clock.advance(minutes=1)
    assert [seen.id for seen in guru.invoicing.send("1")] == [message.id]  # pressed twice: still one message
    assert guru.reads.messages() == [first]
    assert count(guru, "outbox_message") == 1
    clock.advance(minutes=3)
    assert guru.delivery("remind").run_once().sent == 1
    assert guru.reads.message(first.id).sent_at == clock.now()


def test_an_invoice_that_has_gone_is_not_sent_twice(guru: Guru, sarah: int, clock: FixedClock) -> None:
    visit(guru, sarah, 3)
    guru.invoicing.invoice_client(sarah, send="email")
    clock.advance(minutes=10)
    assert guru.delivery("remind").run_once().sent == 1
    with pytest.raises(
        NotAllowed, match=r"Invoice 1 went to sarah@example.com on 25 November 2026 and is not sent twice"
    ):
        guru.invoicing.send("1")
    (text,) = [message for message in guru.invoicing.send("1", "sms") if message.channel == "sms"]
    assert "450" in text.body


def test_a_client_who_cannot_be_reached_leaves_everything_as_it_was(guru: Guru) -> None:
    jan = guru.clients.add("Jan", "Vermeulen")
    visit(guru, jan, 3)
    for send in (None, "email,sms"):
        draft = guru.invoicing.invoice_client(jan, draft=True)
        with pytest.raises(NotAllowed, match=r"cannot be sent to Jan Vermeulen .*no email address.*guru clients show"):
            guru.invoicing.send(draft.row.id, send)
        guru.invoicing.discard_draft(draft.row.id)
    with pytest.raises(NotAllowed, match="no mobile number"):
        guru.invoicing.invoice_client(jan, send="sms")
    assert (count(guru, "invoice"), count(guru, "outbox_message"), count(guru, "document")) == (0, 0, 0)
    assert guru.invoicing.invoice_client(jan).row.number == "1"


def test_one_channel_of_two_is_enough(guru: Guru) -> None:
    jan = guru.clients.add("Jan", "Vermeulen", email="jan@example.com")
    visit(guru, jan, 3)
    guru.invoicing.invoice_client(jan)
    messages = guru.invoicing.send("1", "email,sms")
    assert sorted((message.channel, message.state) for message in messages) == [("email", "held"), ("sms", "blocked")]


def test_a_rule_that_is_off_says_how_to_send_all_the_same(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 3)
    guru.practice.set("invoice_channels", "off")
    guru.invoicing.invoice_client(sarah)
    with pytest.raises(NotAllowed, match="invoice_channels is off"):
        guru.invoicing.send("1")
    assert len(guru.invoicing.send("1", "email")) == 1


def test_a_month_invoices_everyone_and_reports_who_could_not(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 3)
    visit(guru, sarah, 24)
    visit(guru, sarah, 31, month=10)
    wang = guru.clients.add("王", "小明")
    visit(guru, wang, 4)
    jan = guru.clients.add("Jan", "Adams")
    visit(guru, jan, 1, hour=0)
    done = guru.invoicing.invoice_month(date(2026, 11, 17))
    assert [(made.row.number, made.row.client, len(made.lines)) for made in done.invoices] == [
        ("1", "Jan Adams", 1),
        ("2", "Sarah Botha", 2),
    ]
    (refused,) = done.refused
    assert "王" in refused
    assert [seen.starts.month for seen in guru.reads.uninvoiced(sarah)] == [10]


def test_an_invoice_over_nothing_is_settled_at_once(guru: Guru, sarah: int) -> None:
    free = visit(guru, sarah, 3, fee=0)
    invoice = guru.invoicing.invoice_client(sarah, appointment_ids=[free])
    assert (invoice.row.status, invoice.row.due_minor) == ("paid", 0)


def test_the_payer_gets_the_invoice(guru: Guru) -> None:
    child = guru.clients.add(
        "Thabo", "Mokoena", email="thabo@example.com", bill_to_name="Lerato Mokoena", bill_to_email="lerato@example.com"
    )
    visit(guru, child, 3)
    invoice = guru.invoicing.invoice_client(child, send="email")
    assert invoice.bill_to == {
        "name": "Lerato Mokoena",
        "address": "",
        "email": "lerato@example.com",
        "client": "Thabo Mokoena",
    }
    assert invoice.messages[0].recipient == "lerato@example.com"
    document = pypdfium2.PdfDocument(guru.invoicing.pdf("1")[1])
    shown = document[0].get_textpage().get_text_range()
    document.close()
    assert "For services to Thabo Mokoena" in shown


def test_the_drafts_pdf_is_for_looking_at_only(guru: Guru, sarah: int) -> None:
    visit(guru, sarah, 3)
    draft = guru.invoicing.invoice_client(sarah, draft=True)
    name, content = guru.invoicing.pdf(draft.row.id)
    assert name == f"Draft-{draft.row.id}.pdf"
    assert content.startswith(b"%PDF")
    assert count(guru, "document") == 0
