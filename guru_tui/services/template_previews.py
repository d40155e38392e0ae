"""Trying a text on a real appointment or invoice before it is kept: read only, on every key that is typed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from guru_tui.domain.local_time import from_wall_text, short_date, to_local, utc_text, wall_text
from guru_tui.domain.merge_tags import fill
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts, Person
from guru_tui.domain.message_kinds import VISIT_KINDS
from guru_tui.domain.practice import CHANNELS, CLIENT_KINDS, LANGUAGES, Practice
from guru_tui.domain.sms_advice import advice
from guru_tui.domain.sms_text import measure, price_text
from guru_tui.domain.views.templates import TemplatePreview, TemplateRow, TemplateSample
from guru_tui.errors import Invalid, NotFound
from guru_tui.services.message_texts import (
    Template,
    appointment_values,
    compose,
    default_template,
    invoice_values,
    template,
)
from guru_tui.store.queries import message_facts, templates
from guru_tui.store.queries.settings import practice as practice_settings

_SAMPLES = 20
MADE_UP = TemplateSample("Sarah Botha", "made up")
"""Whom a text is tried on while nobody is booked, and where no real client is to be shown."""


def named(kind: str, channel: str, language: str | None = None) -> None:
    """Raise `Invalid` for a kind, a channel or (where one is given) a language that there is not."""
    for word, known, what in ((kind, CLIENT_KINDS, "kind of message"), (channel, CHANNELS, "channel")):
        if word not in known:
            raise Invalid(f"There is no {what} {word!r}; choose one of {', '.join(known)}.")
    if language is not None and language not in LANGUAGES:
        raise Invalid(f"There are no texts in {language!r}; choose one of {', '.join(LANGUAGES)}.")


def rows(connection: sqlite3.Connection, language: str) -> list[TemplateRow]:
    """Every text in a language, by kind and then by channel; raises `Invalid` for a language without texts."""
    practice = practice_settings(connection)
    language = language or practice["language"]
    named(CLIENT_KINDS[0], CHANNELS[0], language)
    own = templates.every_own(connection, language)
    found = []
    for kind in CLIENT_KINDS:
        for channel in CHANNELS:
            text = (
                Template(*own[kind, channel]) if (kind, channel) in own else default_template(kind, channel, language)
            )
            on = practice.is_on(kind, channel)
            found.append(TemplateRow(kind, channel, language, text.subject, text.body, (kind, channel) in own, on))
    return found


def samples(connection: sqlite3.Connection, kind: str, now: datetime) -> list[TemplateSample]:
    """Whom a text of `kind` can be tried on: coming appointments, soonest first, or the newest invoices."""
    if kind in VISIT_KINDS:
        ids = templates.coming_appointments(connection, utc_text(now), _SAMPLES)
        facts = [message_facts.appointment(connection, key) for key in ids]
        return [_appointment_sample(each) for each in facts if each] or [MADE_UP]
    bills = [message_facts.invoice(connection, key) for key in templates.latest_invoices(connection, _SAMPLES)]
    return [_invoice_sample(each) for each in bills if each] or [MADE_UP]


def preview(
    connection: sqlite3.Connection,
    kind: str,
    channel: str,
    *,
    now: datetime,
    language: str = "",
    subject: str | None = None,
    body: str | None = None,
    appointment_id: int | None = None,
    invoice_id: int | None = None,
    made_up: bool = False,
) -> TemplatePreview:
    """A text as it would go out; without `subject` and `body` the one that holds now.

    It is tried on the appointment or invoice named, else on the first of `samples`, or on nobody real with
    `made_up`. Raises `NotFound` for one that does not exist and `Invalid` for a kind, channel or language there is not.
    """
    practice = practice_settings(connection)
    language = language or practice["language"]
    named(kind, channel, language)
    present = template(connection, kind, channel, language)
    text = Template(
        present.subject if subject is None or channel != "email" else subject, present.body if body is None else body
    )
    sample, values = _tried_on(
        connection, kind, practice, now, language, appointment_id=appointment_id, invoice_id=invoice_id, made_up=made_up
    )
    wrong = _wrong(kind, channel, text)
    if wrong:
        return _sized(
            TemplatePreview(
                sample, fill(text.subject, values), fill(text.body, values).strip(), wrong=wrong, values=values
            ),
            channel,
            practice,
            text.body,
        )
    done = compose(text, values)
    shown = TemplatePreview(sample, done.subject, done.body, problem=done.problem, values=values)
    return _sized(shown, channel, practice, text.body)


def checked(kind: str, channel: str, text: Template) -> None:
    """Raise `Invalid` for a text that cannot be kept: an unknown tag, one without sense there, or nothing in it."""
    from guru_tui.domain.merge_tags import check_for

    if channel == "email":
        if not text.subject.strip():
            raise Invalid("A mail needs a subject; write one above the text.")
        check_for(text.subject, kind)
    if not text.body.strip():
        raise Invalid("The text is empty; write one, or switch the message off.")
    check_for(text.body, kind)


def _wrong(kind: str, channel: str, text: Template) -> str:
    try:
        checked(kind, channel, text)
    except Invalid as error:
        return str(error)
    return ""


def _sized(shown: TemplatePreview, channel: str, practice: Practice, template_body: str) -> TemplatePreview:
    if channel != "sms":
        return shown
    size = measure(shown.body)
    tag = ""
    if size.offending and size.offending not in template_body:
        tag = next(
            (name for name, value in shown.values.items() if size.offending in value and name in template_body), ""
        )
    price = price_text(size.segments, practice["sms_price"], practice.currency)
    return replace(shown, size=size, price=price, advice=advice(shown.body, size, tag))


def _tried_on(
    connection: sqlite3.Connection,
    kind: str,
    practice: Practice,
    now: datetime,
    language: str,
    *,
    appointment_id: int | None,
    invoice_id: int | None,
    made_up: bool,
) -> tuple[TemplateSample, Mapping[str, str]]:
    if kind in VISIT_KINDS:
        if appointment_id is None and not made_up:
            appointment_id = next(iter(templates.coming_appointments(connection, utc_text(now), 1)), None)
        facts = _nobodys_appointment(practice, now) if made_up or appointment_id is None else None
        if facts is None:
            facts = message_facts.appointment(connection, appointment_id or 0)
        if facts is None:
            raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
        sample = _appointment_sample(facts) if facts.id else MADE_UP
        if kind == "reschedule" and not facts.previous_local:
            before = from_wall_text(facts.starts_local) - timedelta(days=1)
            facts = replace(facts, previous_local=wall_text(before))
        return sample, appointment_values(facts, practice, language=language)
    if invoice_id is None and not made_up:
        invoice_id = next(iter(templates.latest_invoices(connection, 1)), None)
    if made_up or invoice_id is None:
        return MADE_UP, invoice_values(_nobodys_invoice(practice, now), practice, language=language)
    bill = message_facts.invoice(connection, invoice_id)
    if bill is None:
        raise NotFound(f"There is no invoice with the id {invoice_id}; see them with: guru invoices list")
    return _invoice_sample(bill), invoice_values(bill, practice, language=language)


def _appointment_sample(facts: AppointmentFacts) -> TemplateSample:
    start = from_wall_text(facts.starts_local)
    return TemplateSample(facts.person.name, f"{short_date(start.date())} {start:%H:%M}", appointment_id=facts.id)


def _invoice_sample(bill: InvoiceFacts) -> TemplateSample:
    return TemplateSample(bill.person.name, f"invoice {bill.number}", invoice_id=bill.id)


_NOBODY = Person(0, "Sarah", "Botha", "", "", True, True)


def _nobodys_appointment(practice: Practice, now: datetime) -> AppointmentFacts:
    start = (to_local(now, practice.zone) + timedelta(days=1)).replace(hour=9, minute=0, tzinfo=None)
    return AppointmentFacts(
        id=0,
        person=_NOBODY,
        status="booked",
        starts_at="",
        starts_local=wall_text(start),
        zone=practice.zone,
        created_at="",
        sequence=0,
        title="Follow-up",
        fee_minor=45000,
        currency=practice.currency,
        address="15 Flannery Road",
        instructions="Please ring at the gate.",
        type_id=None,
        minutes=60,
        place="",
    )


def _nobodys_invoice(practice: Practice, now: datetime) -> InvoiceFacts:
    today = to_local(now, practice.zone).date()
    return InvoiceFacts(
        id=0,
        person=_NOBODY,
        status="sent",
        number=f"{practice['invoice_prefix']}1001",
        due_on=practice.due_on(today).isoformat(),
        currency=practice.currency,
        due_minor=45000,
        document_id=None,
        revision=0,
        has_codes=False,
        codes_consent=False,
    )
