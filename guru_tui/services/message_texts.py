"""The text of a message: the template of its kind and channel, filled from what the store knows at this moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from guru_tui.domain.date_lists import listed
from guru_tui.domain.local_time import from_wall_text, full_date, long_date
from guru_tui.domain.merge_tags import render
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts, Person, SeriesFacts, Subject
from guru_tui.domain.money import decimal_text, full_text, short_text
from guru_tui.domain.phone import national
from guru_tui.domain.practice import LANGUAGES, Practice
from guru_tui.resources import data_file
from guru_tui.store.queries import templates

_SUBJECT = "Subject:"
_FALLBACK = "en"


@dataclass(frozen=True)
class Composed:
    """A message's text. `problem`: why it may not leave like this, empty where nothing is missing."""

    subject: str
    body: str
    problem: str = ""


@dataclass(frozen=True)
class Template:
    """A text with tags; `subject` is empty for text messages."""

    subject: str
    body: str


def text_of(
    connection: sqlite3.Connection,
    kind: str,
    subject: Subject,
    channel: str,
    practice: Practice,
) -> Composed:
    """The text of a message about `subject` as of now, in the client's language."""
    language = language_for(subject.person, practice)
    if isinstance(subject, AppointmentFacts):
        values = appointment_values(subject, practice)
    elif isinstance(subject, SeriesFacts):
        values = series_values(subject, practice)
    else:
        values = invoice_values(subject, practice)
    return compose(template(connection, kind, channel, language), values)


def language_for(person: Person, practice: Practice) -> str:
    """The language in which a person is written to: their own, or the practice's; English where there are no texts."""
    language = person.language or practice["language"]
    return language if language in LANGUAGES else _FALLBACK


def template(connection: sqlite3.Connection, kind: str, channel: str, language: str) -> Template:
    """The practice's own text of `kind` on `channel` in `language` (English for one without texts), or the default."""
    language = language if language in LANGUAGES else _FALLBACK
    own = templates.own(connection, kind, channel, language)
    return Template(*own) if own else default_template(kind, channel, language)


@cache  # shipped files do not change while the program runs, and a run of the sender reads them once per message
def default_template(kind: str, channel: str, language: str = "en") -> Template:
    """The text that the program brings along."""
    text = data_file(f"templates/{language}/{kind}.{channel}.txt").read_text("utf-8")
    return read_template(text, channel)


def read_template(text: str, channel: str) -> Template:
    """A template as a file holds it: that of a mail begins with a line `Subject: ...` (else its subject is empty)."""
    first, _, body = text.partition("\n")
    if channel != "email" or not first.startswith(_SUBJECT):
        return Template("", text.strip("\n"))
    return Template(first.removeprefix(_SUBJECT).strip(), body.strip("\n"))


def written(text: Template, channel: str) -> str:
    """A template as a file holds it, without a line break at the end; `read_template` reads it back."""
    return f"{_SUBJECT} {text.subject}\n\n{text.body}" if channel == "email" else text.body


def compose(text: Template, values: Mapping[str, str]) -> Composed:
    """The message that a template and the values of its tags make."""
    subject, body = render(text.subject, values), render(text.body, values)
    missing = dict.fromkeys(subject.missing + body.missing)
    problem = f"the text has no {' and no '.join(missing)}; fill it in under settings" if missing else ""
    # A subject is one header line: a line break in a name must not begin another header.
    return Composed(" ".join(subject.text.split()), body.text.strip(), problem)


def appointment_values(
    facts: AppointmentFacts, practice: Practice, *, start_local: datetime | None = None, language: str = ""
) -> dict[str, str]:
    """The tags' values for a message about an appointment; `start_local` (naive) previews another start.

    Dates are in the client's language unless `language` names another.
    """
    language = language or language_for(facts.person, practice)
    start = start_local or from_wall_text(facts.starts_local)
    previous = from_wall_text(facts.previous_local) if facts.previous_local else None
    return {
        **_practice_values(practice),
        **_client_values(facts.person),
        "appointment.currency": short_text(0, facts.currency).removesuffix("0").strip(),
        "appointment.price": decimal_text(facts.fee_minor, facts.currency),
        "appointment_start_date": long_date(start.date(), language),
        "appointment_start_time": f"{start:%H:%M}",
        "appointment.product.title": facts.title,
        "appointment.product.service.address.address": ", ".join(facts.address.split("\n")),
        "appointment.instructions": facts.instructions,
        "appointment_previous_date": long_date(previous.date(), language) if previous else "",
        "appointment_previous_time": f"{previous:%H:%M}" if previous else "",
    }


def series_values(facts: SeriesFacts, practice: Practice) -> dict[str, str]:
    """The tags' values for a message about a series: the dates list all of its appointments."""
    language = language_for(facts.person, practice)
    dates, time = listed([from_wall_text(one.starts_local) for one in facts.visits], language)
    before = [from_wall_text(wall) for wall in facts.previous]
    former_dates, former_time = listed(before, language) if before else ("", "")
    return {
        **appointment_values(facts.visits[0], practice, language=language),
        "appointment_start_date": dates,
        "appointment_start_time": time,
        "appointment_previous_date": former_dates,
        "appointment_previous_time": former_time,
    }


def invoice_values(facts: InvoiceFacts, practice: Practice, *, language: str = "") -> dict[str, str]:
    """The tags' values for a message about an invoice; dates as in `appointment_values`."""
    language = language or language_for(facts.person, practice)
    due = date.fromisoformat(facts.due_on) if facts.due_on else None
    return {
        **_practice_values(practice),
        **_client_values(facts.person),
        "invoice.number": facts.number,
        "invoice.amount_due": full_text(facts.due_minor, facts.currency),
        "invoice.due_date": full_date(due, language) if due else "",
    }


def _practice_values(practice: Practice) -> dict[str, str]:
    return {
        "me.get_full_name": practice.full_name,
        "me.first_name": practice["first_name"],
        "me.profession.name": practice["profession"],
        "me.phone": national(practice["phone"]),
        "me.practice_name": practice["practice_name"] or practice.full_name,
        "me.profile.banking_details": practice["bank_details"],
    }


def _client_values(person: Person) -> dict[str, str]:
    return {"client.first_name": person.first_name, "client.get_full_name": person.name}
