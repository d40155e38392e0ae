"""Looking into the practice's mailbox for replies to its mails; a part of the sender's run.

Reads headers of the mails that are new, and the text of those only that answer a mail of ours. A mail that matches
nothing is not kept. Whatever the network or the server does, nothing is raised and the next run goes on from there.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import utc_text
from guru_tui.settings import Settings

if TYPE_CHECKING:
    from guru_tui.channels.imap_mailbox import ImapMailbox, MailHead
    from guru_tui.domain.clock import Clock
    from guru_tui.domain.incoming_mail import Head
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.replies import Answered
    from guru_tui.services.replies import Correspondence
    from guru_tui.store.replies import MailboxState

ORIGIN = "mailbox"
_EVERY = timedelta(minutes=2)
_AFTER_TROUBLE = timedelta(minutes=10)
# A server that sees a wrong password every few minutes locks the account.
_AFTER_REFUSAL = timedelta(hours=1)
_LOOK_BACK = timedelta(days=14)
_MOST = 500
_BATCH = 50
_SECONDS = 12.0
# Every Message-ID and every name of a calendar entry that this program gives looks so.
_OURS = re.compile(r"[0-9a-f]{32}@\S+")


def due(connection: sqlite3.Connection, settings: Settings, now: datetime) -> bool:
    """Whether a mailbox is set and its turn has come: two minutes after the last time, later after trouble."""
    if not settings.get("GURU_IMAP_HOST"):
        return False
    from guru_tui.store.replies import mailbox

    state, at = mailbox(connection, _account(settings)), utc_text(now)
    # A clock that was put back must not keep the mailbox shut until it has caught up.
    if state.checked_at > at or not state.checked_at:
        return True
    return at >= (state.retry_at or utc_text(datetime.fromisoformat(state.checked_at) + _EVERY))


def read(
    connection: sqlite3.Connection, settings: Settings, practice: Practice, clock: Clock, origin: str = ORIGIN
) -> str:
    """Take in the replies that have come; a sentence where the mailbox has begun to fail, empty otherwise.

    What goes on failing is said once; the store keeps it. `origin` is what the log names for what replies do. Raises
    only what the store raises: `TryAgain` where it is busy.
    """
    from guru_tui.channels.base import Misconfigured as Refused
    from guru_tui.channels.base import Transient, Trouble
    from guru_tui.channels.imap_mailbox import MailboxAccount, Unreadable, opened
    from guru_tui.errors import Misconfigured
    from guru_tui.services.replies import Correspondence
    from guru_tui.store.connection import transaction
    from guru_tui.store.replies import mailbox, note_mailbox

    now, name = clock.now(), _account(settings)
    before = mailbox(connection, name)
    reading = _Reading(Correspondence(connection, settings, practice, now, origin), before, now)
    trouble: Trouble | None = None
    try:
        with opened(MailboxAccount.of(settings)) as box:
            reading.run(box)
    except Misconfigured as error:
        trouble = Refused(str(error))
    except Unreadable as error:
        trouble = error.trouble
    wait = _AFTER_TROUBLE if isinstance(trouble, Transient) else _AFTER_REFUSAL
    problem = trouble.reason if trouble is not None else reading.oddity
    after = reading.state._replace(
        checked_at=utc_text(now), problem=problem, retry_at=utc_text(now + wait) if trouble is not None else ""
    )
    with transaction(connection) as writing:
        note_mailbox(writing, name, after)
    return problem if problem != before.problem else ""


def read_now(connection: sqlite3.Connection, settings: Settings, practice: Practice, clock: Clock) -> str:
    """Read at once, due or not; a sentence where the mailbox cannot be read, empty otherwise.

    Raises `Misconfigured` where no mailbox is set.
    """
    from guru_tui.errors import Misconfigured
    from guru_tui.store.replies import mailbox

    if not settings.get("GURU_IMAP_HOST"):
        raise Misconfigured(
            f"No mailbox is set; put GURU_IMAP_HOST, GURU_IMAP_USER, GURU_IMAP_PASSWORD into {settings.home / '.env'}"
        )
    read(connection, settings, practice, clock)
    return mailbox(connection, _account(settings)).problem


class _Reading:
    """One look into the mailbox; `state` is how far it has come, `oddity` what no person's mail should cause."""

    def __init__(self, letters: Correspondence, state: MailboxState, now: datetime) -> None:
        self.state = state
        self.oddity = ""
        self._letters = letters
        self._now = now
        self._until = time.monotonic() + _SECONDS

    def run(self, box: ImapMailbox) -> None:
        """Go through the new mails in order, as many as time allows."""
        for batch in _batches(self._new(box)):
            for mail in box.heads(batch):
                if time.monotonic() > self._until:
                    return
                self._one(box, mail)
                self.state = self.state._replace(last_uid=mail.uid)
            self.state = self.state._replace(last_uid=batch[-1])

    def _new(self, box: ImapMailbox) -> list[int]:
        """The numbers not seen yet. Where the mailbox has numbered its mails anew, those of the last two weeks."""
        if box.uid_validity == self.state.uid_validity:
            return box.above(self.state.last_uid)[:_MOST]
        recent = box.since((self._now - _LOOK_BACK).date())
        self.state = self.state._replace(
            uid_validity=box.uid_validity, last_uid=min(recent) - 1 if recent else box.newest()
        )
        return recent[:_MOST]

    def _one(self, box: ImapMailbox, mail: MailHead) -> None:
        """Take one mail in. What its bytes do to the reader must not keep the mails behind it out for ever."""
        from guru_tui.domain.incoming_mail import read_head

        try:
            head = read_head(mail.raw)
        except Exception as error:  # a defect, and so it is said; the mail stays in the mailbox for a person
            self.oddity = f"A mail has headers that guru cannot read ({type(error).__name__}); it was left out."
            return
        ours = [one for one in head.references if _OURS.fullmatch(one)]
        message = self._letters.answered(ours)
        if (message is None and not head.report and not mail.calendar) or self._letters.known(head.mail_id):
            return
        content = box.content(mail.uid)
        if content:
            self._take(content, head, message, mail.received)

    def _take(self, content: bytes, head: Head, message: Answered | None, received: datetime | None) -> None:
        from guru_tui.domain.incoming_mail import IncomingMail, read_mail

        try:
            letter = read_mail(content, head)
        except Exception:  # nested a thousandfold, say: whoever wrote it is told nothing, the practitioner is
            if message is not None:
                self._letters.cannot_read(IncomingMail(head, ""), message, received)
            return
        if message is None and _OURS.fullmatch(letter.original):
            message = self._letters.answered([letter.original])
        if message is None and letter.calendar is not None and _OURS.fullmatch(letter.calendar.uid):
            message = self._letters.invited(letter.calendar.uid, letter.calendar.sequence)
        if message is not None:
            self._letters.take(letter, message, received)


def _batches(uids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(uids), _BATCH):
        yield uids[start : start + _BATCH]


def _account(settings: Settings) -> str:
    """What tells one mailbox from another, without the password; from the settings as they are, right or wrong."""
    names = ("GURU_IMAP_USER", "GURU_IMAP_HOST", "GURU_IMAP_PORT", "GURU_IMAP_FOLDER")
    user, host, port, folder = (settings.get(name) for name in names)
    return f"{user}@{host}:{port}/{folder or 'INBOX'}"
