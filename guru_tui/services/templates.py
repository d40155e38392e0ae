"""The practitioner's own texts: keeping, putting back, switching messages on and off, and a test to herself."""

from __future__ import annotations

import unicodedata

from sqlmodel import select

from guru_tui.domain import phone
from guru_tui.domain.client_fields import normal_email
from guru_tui.domain.local_time import utc_text
from guru_tui.domain.message import NewMessage
from guru_tui.domain.practice import Practice
from guru_tui.domain.text import clean, printable
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Invalid, NotAllowed
from guru_tui.services import template_previews
from guru_tui.services.message_texts import Template, default_template
from guru_tui.store import outbox
from guru_tui.store.models import MessageTemplate, Setting
from guru_tui.store.queries.outbox import message
from guru_tui.store.queries.settings import practice as practice_settings
from guru_tui.store.unit_of_work import UnitOfWork, Work

_LONGEST = 20_000
_WAYS = {"email": "mail", "sms": "SMS"}


class TemplateService:
    """The use cases about one text; each but the test is one step of undo.

    A change holds for every message that has not left: texts are made again in the moment of sending.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def save(self, kind: str, channel: str, language: str, subject: str, body: str) -> bool:
        """Keep a text of the practice's own; False where it is word for word the default, which then simply holds.

        The subject counts for mails only. Raises `Invalid` for a kind, channel or language there is not, an empty
        text or subject, and a tag that does not exist or never has a value there.
        """
        template_previews.named(kind, channel, language)
        text = Template(clean(subject, field="The subject") if channel == "email" else "", _cleaned(body))
        template_previews.checked(kind, channel, text)
        with self._uow.action("change template", summary=f"Changed the {_named(kind, channel)}") as work:
            row = _row(work, kind, channel, language)
            if text == default_template(kind, channel, language):
                if row is not None:
                    work.session.delete(row)
                return False
            if row is None:
                row = MessageTemplate(kind=kind, channel=channel, language=language, body="")
                work.session.add(row)
            row.subject, row.body = text.subject, text.body
            return True

    def reset(self, kind: str, channel: str, language: str) -> bool:
        """Go back to the default text; False where it holds already. Raises `Invalid` like `save`."""
        template_previews.named(kind, channel, language)
        with self._uow.action("reset template", summary=f"Put back the default {_named(kind, channel)}") as work:
            row = _row(work, kind, channel, language)
            if row is not None:
                work.session.delete(row)
            return row is not None

    def switch(self, kind: str, channel: str, on: bool) -> bool:
        """Send messages of `kind` on `channel`, or no longer; False where nothing changes. Raises `Invalid`."""
        template_previews.named(kind, channel)
        with self._uow.action("switch message") as work:
            off = set(practice_settings(work.connection)["messages_off"].split(",")) - {""}
            name = f"{kind}.{channel}"
            if on != (name in off):
                return False
            off ^= {name}
            value = ",".join(sorted(off))
            row = work.session.get(Setting, "messages_off")
            if row is None:
                work.session.add(Setting(key="messages_off", value=value))
            else:
                row.value = value
            work.summary = f"Switched the {_named(kind, channel)} {'on' if on else 'off'}"
            return True

    def send_test(
        self,
        kind: str,
        channel: str,
        language: str = "",
        *,
        subject: str | None = None,
        body: str | None = None,
        appointment_id: int | None = None,
        invoice_id: int | None = None,
        made_up: bool = False,
        to: str = "",
    ) -> MessageRow:
        """Queue the text, filled in for a sample, to the practitioner; it leaves with the next run, at any hour.

        `to` is where it goes instead of the practice's own address or number. Without `subject` and `body` it is the
        text that holds now; nothing is attached. Raises `Invalid` for a text that cannot be kept or an address that is
        none, `NotAllowed` where the practice has no address for the channel or a tag that matters is empty.
        """
        with self._uow.action("send test", undoable=False) as work:
            practice = practice_settings(work.connection)
            recipient = _recipient(practice, channel, to)
            text = template_previews.preview(
                work.connection,
                kind,
                channel,
                now=work.now,
                language=language,
                subject=subject,
                body=body,
                appointment_id=appointment_id,
                invoice_id=invoice_id,
                made_up=made_up,
            )
            if text.wrong:
                raise Invalid(text.wrong)
            if text.problem:
                raise NotAllowed(f"It would not leave like this: {text.problem}.")
            work.summary = f"Sent yourself a test of the {_named(kind, channel)}"
            new = NewMessage(
                kind=kind,
                channel=channel,
                client_id=None,
                recipient=recipient,
                recipient_name=practice.full_name or practice.name,
                subject=text.subject,
                body=text.body,
                state="queued",
                not_before=utc_text(work.now),
                action_id=work.action_id,
                about=f"test-{work.action_id}",
            )
            row = message(work.connection, outbox.put(work.connection, new, utc_text(work.now), ()))
            if row is None:
                raise RuntimeError("the message that was just put in is not there")
            return row


def _named(kind: str, channel: str) -> str:
    return f"{kind.replace('-', ' ')} {_WAYS[channel]}"


def _row(work: Work, kind: str, channel: str, language: str) -> MessageTemplate | None:
    return work.session.exec(
        select(MessageTemplate).where(
            MessageTemplate.kind == kind, MessageTemplate.channel == channel, MessageTemplate.language == language
        )
    ).first()


def _cleaned(text: str) -> str:
    """A text without what a terminal or a mail would obey; unlike other texts it keeps its runs of blanks."""
    lines = printable("\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))).split("\n")
    text = unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in lines).strip("\n"))
    if len(text) > _LONGEST:
        raise Invalid(f"The text is {len(text)} characters long; shorten it to {_LONGEST}.")
    return text


def _recipient(practice: Practice, channel: str, to: str) -> str:
    if channel == "email":
        address = normal_email(to.strip()) if to.strip() else practice["email"]
        if not address:
            raise NotAllowed("Your practice has no email address; set it with: guru settings set email ADDRESS")
        return address
    number = phone.to_e164(to, practice.country) if to.strip() else practice["phone"]
    if not number:
        raise NotAllowed("Your practice has no phone number; set it with: guru settings set phone NUMBER")
    if not phone.takes_sms(number):
        raise NotAllowed(f"{phone.national(number)} takes no SMS; give a mobile number for the test.")
    return number
