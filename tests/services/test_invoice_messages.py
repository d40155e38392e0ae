"""The messages about an invoice: the mail with its document, the text message with number and amount."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.views.invoices import InvoiceDetail
from guru_tui.errors import Final, NotAllowed
from tests.outbox_support import book, client, outbox, run, setting, sql


@pytest.fixture
def invoice(guru: Guru, clock: FixedClock) -> InvoiceDetail:
    """An issued invoice of R450 for yesterday's appointment."""
    setting(guru, "bank_details", "FNB, account 62000000000\nbranch 250655")
    person = client(guru)
    guru.booking.set_status(book(guru, person, "2026-11-24T09:00"), "attended")
    return guru.invoicing.invoice_client(person)


def test_the_mail_carries_the_document_and_the_bank_details(
    guru: Guru, clock: FixedClock, home: Path, invoice: InvoiceDetail
) -> None:
    (row,) = guru.invoicing.send(invoice.row.id)
    assert (row.kind, row.channel, row.state) == ("invoice", "email", "held")
    clock.advance(minutes=3)
    assert run(guru).sent == 1
    (path,) = (home / "outbox").iterdir()
    mail = message_from_bytes(path.read_bytes(), policy=modern)
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    for part in ("Sarah", invoice.row.number, "R450", "9 December 2026", "account 62000000000", "branch 250655"):
        assert part in text, part
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == guru.invoicing.pdf(invoice.row.number)[1]


def test_the_text_message_names_amount_and_number(guru: Guru, clock: FixedClock, invoice: InvoiceDetail) -> None:
    sent = guru.invoicing.send(invoice.row.id, channels="email,sms")
    mail, sms = sorted(sent, key=lambda row: row.channel)
    assert (mail.channel, sms.channel) == ("email", "sms")
    assert invoice.row.number in sms.body and "R450" in sms.body and "62000000000" not in sms.body
    clock.advance(minutes=3)
    assert run(guru).sent == 2


def test_sent_twice_goes_once(guru: Guru, clock: FixedClock, invoice: InvoiceDetail) -> None:
    guru.invoicing.send(invoice.row.id)
    guru.invoicing.send(invoice.row.id)
    clock.advance(minutes=3)
    run(guru)
    with pytest.raises(NotAllowed, match="not sent twice"):
        guru.invoicing.send(invoice.row.id)
    assert [row.state for row in outbox(guru)] == ["sent"]


def test_the_day_it_went_is_the_practices(guru: Guru, clock: FixedClock, invoice: InvoiceDetail) -> None:
    setting(guru, "zone", "Pacific/Auckland")
    setting(guru, "hold_minutes", "0")
    clock.advance(hours=6)  # 14:00 UTC on the 25th: the 26th in Auckland
    guru.invoicing.send(invoice.row.id)
    assert run(guru).sent == 1
    with pytest.raises(NotAllowed, match=r"went to sarah@example\.com on 26 November 2026"):
        guru.invoicing.send(invoice.row.id)


def test_undo_takes_a_held_invoice_back_and_it_can_be_sent_anew(
    guru: Guru, clock: FixedClock, invoice: InvoiceDetail
) -> None:
    guru.invoicing.send(invoice.row.id)
    undone = guru.undo.undo()
    assert undone.summary == f"Sent invoice {invoice.row.number} to Sarah Botha (sarah@example.com)"
    assert (undone.withdrawn, undone.already_sent) == (1, ())
    clock.advance(minutes=3)
    assert run(guru).sent == 0
    guru.invoicing.send(invoice.row.id)
    clock.advance(minutes=3)
    assert run(guru).sent == 1


def test_every_sending_is_a_step_of_its_own(guru: Guru, invoice: InvoiceDetail) -> None:
    guru.payments.pay(invoice.row.id, amount_minor=20000, token="one")
    guru.invoicing.send(invoice.row.id, channels="email")
    guru.invoicing.send(invoice.row.id, channels="sms")
    assert guru.undo.undo().summary.endswith("(+27825550101)")
    assert [(row.channel, row.state) for row in outbox(guru)] == [("email", "held"), ("sms", "cancelled")]
    assert guru.undo.undo().summary.endswith("(sarah@example.com)")
    assert [(row.channel, row.state) for row in outbox(guru)] == [("email", "cancelled"), ("sms", "cancelled")]
    assert guru.undo.undo().summary.startswith("Sarah Botha paid R200")
    assert guru.reads.invoice(invoice.row.number).payments == ()


def test_undo_names_an_invoice_that_has_left(guru: Guru, clock: FixedClock, invoice: InvoiceDetail) -> None:
    guru.invoicing.send(invoice.row.id)
    clock.advance(minutes=3)
    run(guru)
    undone = guru.undo.undo()
    assert undone.withdrawn == 0
    assert [(row.kind, row.state) for row in undone.already_sent] == [("invoice", "sent")]


def test_sending_a_draft_issues_it_and_that_stays(guru: Guru, clock: FixedClock) -> None:
    person = client(guru, "Thandi", "Nkosi", mobile="082 555 0102")
    guru.booking.set_status(book(guru, person, "2026-11-24T11:00"), "attended")
    draft = guru.invoicing.invoice_client(person, draft=True)
    guru.invoicing.send(draft.row.id)
    undone = guru.undo.undo()
    assert (undone.withdrawn, undone.already_sent) == (1, ())
    assert guru.reads.invoice(draft.row.id).row.number == "1"
    with pytest.raises(Final, match="stays"):
        guru.undo.undo()


def test_codes_need_the_clients_consent(guru: Guru, clock: FixedClock, invoice: InvoiceDetail) -> None:
    with guru.unit_of_work.action("code", undoable=False) as work:
        work.connection.execute("UPDATE line_item SET code_kind = 'icd10', code = 'M54.5'")
    with pytest.raises(NotAllowed, match="has not agreed to have them mailed"):
        guru.invoicing.send(invoice.row.id)
    with guru.unit_of_work.action("consent", undoable=False) as work:
        work.connection.execute("UPDATE client SET codes_consent_on = '2026-11-25'")
    (row,) = guru.invoicing.send(invoice.row.id)
    assert row.state == "held"


def test_a_missing_document_is_blocked_not_sent_without(guru: Guru, clock: FixedClock, invoice: InvoiceDetail) -> None:
    guru.invoicing.send(invoice.row.id)
    sql(guru, "UPDATE outbox_message SET document_id = 999")
    clock.advance(minutes=3)
    assert run(guru).sent == 0
    assert outbox(guru)[0].reason == "the invoice's document is missing"


def test_the_amount_is_that_of_the_moment_of_sending(guru: Guru, clock: FixedClock, invoice: InvoiceDetail) -> None:
    guru.invoicing.send(invoice.row.id, channels="sms")
    guru.payments.pay(invoice.row.id, amount_minor=20000, token="one")
    clock.advance(minutes=3)
    run(guru)
    assert "R250" in outbox(guru)[0].body
