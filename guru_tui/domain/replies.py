"""What a reply comes to: which of them confirms an appointment by itself, and which a person must look at.

Only a clear yes acts: from the client's own address, to a message about the very start that the appointment has, while
that is still to come. A no changes nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guru_tui.domain.incoming_mail import Bounce, IncomingMail
from guru_tui.domain.local_time import from_utc_text, short_date, to_local
from guru_tui.domain.practice import OWN_KINDS
from guru_tui.domain.reply_reading import day_words, read_reply
from guru_tui.domain.views.agenda import LIVE

_ANSWERABLE = ("confirmation", "reminder", "reschedule")
# The enhanced status codes (RFC 3463) that say what can be done; others by their class.
_BOUNCES = {
    "5.1.1": "there is no such mailbox",
    "5.1.2": "there is no such mail domain",
    "5.1.3": "the address is not a valid one",
    "5.1.6": "the mailbox has moved away",
    "5.1.10": "there is no such mailbox",
    "5.2.1": "the mailbox is switched off",
    "5.2.2": "the mailbox is full",
    "5.3.4": "the mail was too large",
    "5.4.4": "the mail domain cannot be reached",
    "5.7.1": "the client's mail server refused it",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """The message that a mail answers; `starts_at` as in the store."""

    id: int
    kind: str
    recipient: str
    client_id: int | None
    appointment_id: int | None
    starts_at: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Situation:
    """How things stand when the mail is read; `status` and `starts_at` empty where the appointment is gone.

    `addresses` are the client's, `own` the practice's, in lower case; `waiting`: another reply about this appointment
    waits for a person.
    """

    status: str
    starts_at: str
    addresses: frozenset[str]
    own: frozenset[str]
    names: tuple[str, ...]
    zone: str
    now: datetime
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reading` is a word of the store, `outcome` what was done or why nothing was; `done`: nothing is left to do."""

    reading: str
    outcome: str = ""
    done: bool = False
    confirm: bool = False


def judge(mail: IncomingMail, message: Answered, found: Situation, received: datetime) -> Verdict | None:
    """What the mail comes to; None where it is none of the program's business (a delay, the practice's own mail)."""
    if mail.bounce is not None:
        return Verdict("bounce", bounce_reason(mail.bounce), done=True)
    if mail.report:
        return None
    addresses = found.addresses | {message.recipient.lower()}
    sender = mail.head.sender
    if message.kind in OWN_KINDS or (sender in found.own and sender not in addresses):
        return None
    if mail.calendar is None:
        if mail.head.report:
            return Verdict("unclear", "a mail server writes that the mail may not have arrived; read what it says")
        if mail.head.automatic:
            return Verdict("auto", "an automatic reply", done=True)
    reading = _reading(mail, message, found, received)
    doubt = _doubt(mail, message, found, addresses)
    if reading == "unclear" or doubt:
        return Verdict("unclear", doubt)
    if reading == "no":
        return Verdict("no")
    if found.waiting:
        return Verdict("unclear", "it says yes, but an earlier reply about this appointment is still open")
    if found.status == "confirmed":
        return Verdict("yes", "it was confirmed already", done=True)
    return Verdict("yes", "confirmed by itself", done=True, confirm=True)


def bounce_reason(bounce: Bounce) -> str:
    """Why a mail came back, in the words that a message's reason has."""
    told = _BOUNCES.get(bounce.status, "the client's mail server could not deliver it")
    return f"the mail came back: {told}" + (f" ({bounce.status})" if bounce.status else "")


def _reading(mail: IncomingMail, message: Answered, found: Situation, received: datetime) -> str:
    if mail.calendar is not None:
        return "unclear" if "?" in mail.text else mail.calendar.reading
    days: frozenset[str] = frozenset()
    if message.starts_at:
        start = to_local(from_utc_text(message.starts_at), found.zone).date()
        days = day_words(start, to_local(received, found.zone).date())
    return read_reply(mail.text, names=found.names, days=days)


def _doubt(mail: IncomingMail, message: Answered, found: Situation, addresses: frozenset[str]) -> str:
    """Why a yes or no must not be taken as one; empty where nothing stands against it."""
    sender = mail.head.sender
    if sender not in addresses:
        return f"it comes from {sender or 'an address that cannot be read'}, not from the client's own address"
    if mail.calendar is not None and mail.calendar.attendee not in addresses:
        return "the calendar answers for somebody else"
    if message.kind not in _ANSWERABLE or message.appointment_id is None:
        return f"it answers the {message.kind.replace('-', ' ')} mail"
    if not found.status:
        return "the appointment is there no more"
    if message.starts_at != found.starts_at:
        return f"it answers a message about the former time, {_when(message.starts_at or '', found.zone)}"
    if found.status not in LIVE:
        return f"the appointment is {found.status}"
    if from_utc_text(found.starts_at) <= found.now:
        return "the appointment has begun or is over"
    return ""


def _when(starts_at: str, zone: str) -> str:
    if not starts_at:
        return "unknown"
    start = to_local(from_utc_text(starts_at), zone)
    return f"{short_date(start.date())} {start:%H:%M}"
