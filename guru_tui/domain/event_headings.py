"""What the columns of a calendar are called in the exports of other programs, in English and in Afrikaans."""

from __future__ import annotations

from guru_tui.domain.client_headings import IGNORE, heading_words
from guru_tui.errors import Invalid

FIELDS = (
    "title", "start", "start_date", "start_time", "end", "end_date", "end_time", "minutes", "all_day", "client",
    "mobile", "email", "guests", "type", "location", "note", "status", "fee", "show_as", "uid", "kind",
)  # fmt: skip

_HEADINGS = {
    "title": "subject, summary, event, event title, event name, name of event, appointment, onderwerp, titel, afspraak",
    "start": "starts, start at, begin, begins, starts at, start date time, startdatetime, dtstart, begin datum tyd",
    "start_date": "date, day, datum, dag, begindatum, begin date, begin datum",
    "start_time": "time, tyd, begintyd, begin time, begin tyd, from, van",
    "end": "ends, end at, finish, finishes, ends at, end date time, enddatetime, dtend, einde",
    "end_date": "einddatum, finish date, eind datum",
    "end_time": "eindtyd, finish time, eind tyd, to, until, tot",
    "minutes": "duration, length, min, mins, duration minutes, duration min, duur, minute, minuut",
    "all_day": "all day event, allday, all day, heeldag, hele dag",
    "client": "patient, customer, client name, patient name, klient, pasient, klient naam, klientnaam, pasientnaam",
    "mobile": "cell, cellphone, cell phone, mobile number, phone, selfoon, selfoonnommer, telefoon, sel",
    "email": "e mail, email address, client email, epos, e pos, eposadres",
    "guests": "required attendees, attendees, participants, invitees, guest, genooides, deelnemers",
    "type": "appointment type, service, treatment, soort afspraak, diens",
    "location": "place, where, venue, room, plek, ligging",
    "note": "notes, description, details, comment, comments, body, nota, notas, beskrywing, opmerkings",
    "status": "state, toestand",
    "fee": "price, amount, cost, fooi, prys, bedrag",
    "show_as": "show time as, busy, availability, transparency, wys tyd as",
    "uid": "event id, eventid, unique id, id of event",
    "kind": "entry, inskrywing",
}
_WORDS = {" ".join(words.split()): field for field, listed in _HEADINGS.items() for words in listed.split(",")}
_WORDS |= {field.replace("_", " "): field for field in FIELDS}


def field_of(heading: str) -> str | None:
    """The field that a column with this heading holds, None for one that is not known."""
    return _WORDS.get(heading_words(heading))


def field_named(text: str) -> str:
    """The field that `text` names: its own name, one of its usual headings, or `ignore`; raises `Invalid`."""
    if heading_words(text) in (IGNORE, "none", "skip"):
        return IGNORE
    field = field_of(text)
    if field is None:
        raise Invalid(f"An event has no field {text!r}; a column can be {', '.join(FIELDS)} or {IGNORE}.")
    return field
