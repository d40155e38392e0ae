"""Replies in a real mailbox: what they do, what they never do, and what a server can do to the reading of it."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.views.messages import MessageRow, ReplyRow
from guru_tui.jobs import inbound
from guru_tui.settings import Settings
from tests.outbox_support import book, client, outbox, run, setting, sql
from tests.servers import DROP, STALL

if TYPE_CHECKING:
    from tests.imap_server import DovecotServer, ImapServer

THURSDAY = "2026-11-26T09:00"


class Office:
    """A practice whose mailbox is read: one appointment, one reminder by mail that has gone."""

    def __init__(self, guru: Guru, server: ImapServer | DovecotServer, **others: str) -> None:
        self.guru = guru
        self.server = server
        setting(guru, "reminder_channels", "email")
        self.client = client(guru)
        self.appointment = book(guru, self.client, THURSDAY)
        run(guru)
        self.reminder = next(row for row in outbox(guru) if row.kind == "reminder")
        # A file is no mail: the id that the server would have taken it under is given here.
        self.mail_id = hashlib.sha256(b"the reminder").hexdigest()[:32] + "@seapointphysio.example"
        sql(guru, "UPDATE outbox_message SET provider_id = ? WHERE id = ?", self.mail_id, self.reminder.id)
        guru.settings = Settings(guru.settings.home, {**guru.settings.values, **server.variables(), **others})

    def read(self) -> str:
        """One look into the mailbox."""
        return inbound.read(
            self.guru.connection, self.guru.settings, self.guru.reads.practice(), self.guru.clock, inbound.ORIGIN
        )

    def replies(self) -> list[ReplyRow]:
        """Every reply, oldest first."""
        return self.guru.reads.replies(open_only=False)[::-1]

    @property
    def status(self) -> str:
        """The appointment's."""
        return self.guru.reads.entry(self.appointment).status

    @property
    def message(self) -> MessageRow:
        """The reminder."""
        return self.guru.reads.message(self.reminder.id)

    def answer(self, text: str, **options: Any) -> bytes:
        """A reply of the client's to the reminder."""
        return letter(text, to=self.mail_id, **options)

    def comes(self, raw: bytes) -> ReplyRow:
        """`raw` comes and is read; what became of it."""
        self.server.deliver(raw)
        assert self.read() == ""
        return self.replies()[-1]


def letter(
    text: str = "",
    *,
    to: str = "",
    sender: str = "Sarah Botha <sarah@example.com>",
    subject: str = "Re: Your appointment",
    mail_id: str | None = "",
    html: str = "",
    charset: str = "utf-8",
    encoding: str | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A mail as a client's program writes it."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = "hello@seapointphysio.example"
    mail["Subject"] = subject
    mail["Date"] = "Wed, 25 Nov 2026 09:00:00 +0200"
    if mail_id is not None:
        unique = hashlib.sha256(f"{text}{html}{subject}{sender}{to}".encode()).hexdigest()[:16]
        mail["Message-ID"] = f"<{mail_id or unique}@client.example>"
    if to:
        mail["In-Reply-To"] = f"<{to}>"
        mail["References"] = f"<{to}>"
    for name, value in (headers or {}).items():
        mail[name] = value
    if html:
        mail.set_content(html, subtype="html", charset=charset, cte=encoding)
    else:
        mail.set_content(text, charset=charset, cte=encoding)
    return mail.as_bytes()


def report(original: str, status: str, action: str, *, to: str = "sarah@example.com", reply: bool = False) -> bytes:
    """A delivery report as Postfix writes it (RFC 3464)."""
    thread = f"In-Reply-To: <{original}>\n" if reply else ""
    return (
        f"""From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: hello@seapointphysio.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{status}-{action}@mail.example>
Auto-Submitted: auto-replied
{thread}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{to}>: user unknown

--b1
Content-Type: text/rfc822-headers

From: Sea Point Physio <hello@seapointphysio.example>
Message-ID: <{original}>
Subject: Reminder

--b1--
"""
    ).encode()


def calendar(uid: str, sequence: int, answer: str, *, sender: str = "sarah@example.com", extra: str = "") -> bytes:
    """An answer as a calendar program mails it (RFC 6047), which names no mail that it answers."""
    entry = "\r\n".join(
        (
            "BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0", "METHOD:REPLY",
            "BEGIN:VEVENT", f"UID:{uid}", f"SEQUENCE:{sequence}", "DTSTART:20261126T070000Z",
            f'ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT={answer};CN="Botha, Sarah";X-NUM-G\r\n UESTS=0:mailto:{sender}',
            *([extra] if extra else []), "END:VEVENT", "END:VCALENDAR", "",
        )
    )  # fmt: skip
    mail = EmailMessage()
    mail["From"] = f"Sarah <{sender}>"
    mail["Subject"] = f"{answer.title()}: Sea Point Physio"
    mail["Message-ID"] = f"<calendar-{answer}-{sequence}-{sender}@google.example>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("Sarah has answered this invitation.")
    mail.add_alternative(entry, subtype="calendar", params={"method": "REPLY"})
    return mail.as_bytes()


@pytest.fixture
def office(guru: Guru, imap_server: ImapServer) -> Office:
    """A practice with a mailbox over TLS."""
    return Office(guru, imap_server)


# ---- what replies do -------------------------------------------------------------------------------------


def test_a_yes_confirms_once_and_can_be_undone(office: Office, clock: FixedClock) -> None:
    reply = office.comes(office.answer("Yes please, see you tomorrow!\n\nSent from my iPhone"))
    assert (reply.reading, reply.outcome, reply.done) == ("yes", "confirmed by itself", True)
    assert (reply.client, reply.sender, reply.message_id) == ("Sarah Botha", "sarah@example.com", office.reminder.id)
    assert reply.body == "Yes please, see you tomorrow!"
    assert office.status == "confirmed"
    step = office.guru.reads.actions(limit=1)[0]
    assert step.summary == "Sarah Botha confirmed Thu 26 Nov 09:00 by mail"
    assert sql(office.guru, "SELECT origin FROM action ORDER BY id DESC LIMIT 1").fetchone()[0] == "mailbox"
    office.guru.undo.undo()
    assert office.status == "booked"
    clock.advance(minutes=5)
    assert office.read() == ""
    assert office.status == "booked" and len(office.replies()) == 1


def test_a_no_is_for_a_person_and_cancels_nothing(office: Office) -> None:
    reply = office.comes(office.answer("Nee, ek kan ongelukkig nie kom nie. Jammer!"))
    assert (reply.reading, reply.outcome, reply.done) == ("no", "", False)
    assert office.status == "booked"
    assert [row.id for row in office.guru.reads.replies()] == [reply.id]
    assert office.guru.reads.totals().replies == 1
    assert office.guru.replies.done(reply.id).done
    assert office.guru.reads.replies() == []
    assert not office.guru.replies.undone(reply.id).done
    assert office.guru.replies.done_all() == 1


def test_a_yes_after_a_no_is_for_a_person(office: Office) -> None:
    office.comes(office.answer("No, can't make it"))
    reply = office.comes(office.answer("Yes"))
    assert (reply.reading, reply.done, office.status) == ("unclear", False, "booked")
    assert "earlier reply" in reply.outcome


@pytest.mark.parametrize(
    "text", ["Yes, can we make it 3pm?", "Yes but I'll be late", "", "Who is this?", "x" * 5000], ids=range(5)
)
def test_what_is_unclear_is_for_a_person(office: Office, text: str) -> None:
    reply = office.comes(office.answer(text))
    assert (reply.reading, reply.done, office.status) == ("unclear", False, "booked")
    assert len(reply.body) <= 4000


def test_html_quoted_printable_and_old_encodings(office: Office) -> None:
    cases = [
        (office.answer("", html="<html><head><style>p{}</style></head><body><p>Ja, ek b&ecirc;vestig</p></body>"), ""),
        (office.answer("Ja, môre is reg 👍", encoding="quoted-printable"), "Ja, môre is reg 👍"),
        (office.answer("Kan ek môre later kom? Dis ’n bietjie vroeg", encoding="base64"), "Kan ek môre later"),
        (office.answer("Sê asseblief vir Naledi ja", charset="iso-8859-1", encoding="quoted-printable"), "Sê asse"),
        (office.answer("好的，明天见", charset="gb2312", encoding="base64"), "好的，明天见"),
        (office.answer("はい、確認しました", charset="iso-2022-jp"), "はい、確認しました"),
    ]
    read = [(reply.reading, reply.body) for raw, _ in cases for reply in [office.comes(raw)]]
    assert [body for _, body in read] == [
        "Ja, ek bêvestig", *(next(body for _, body in read if body.startswith(start)) for _, start in cases[1:])
    ]  # fmt: skip
    assert [reading for reading, _ in read][2:] == ["unclear"] * 4


def test_an_automatic_reply_is_noted_and_waits_for_nobody(office: Office) -> None:
    for number, headers in enumerate(
        ({"Auto-Submitted": "auto-replied"}, {"X-Autoreply": "yes"}, {"Precedence": "auto_reply"}, {})
    ):
        subject = "Automatic reply: Your appointment" if not headers else f"Re: {number}"
        reply = office.comes(office.answer("Yes, I am out of the office", headers=headers, subject=subject))
        assert (reply.reading, reply.done) == ("auto", True)
    assert office.status == "booked" and office.guru.reads.replies() == []


def test_a_bounce_marks_the_message(office: Office) -> None:
    office.server.deliver(letter("Yes", sender="Sarah <other@example.net>"))  # answers nothing of ours
    reply = office.comes(report(office.mail_id, "5.1.1", "failed"))
    assert (reply.reading, reply.done) == ("bounce", True)
    assert office.message.state == "undelivered"
    assert office.message.reason == "the mail came back: there is no such mailbox (5.1.1)"
    assert len(office.replies()) == 1


def test_given_up_after_a_delay_is_a_bounce_and_late_is_not(office: Office) -> None:
    office.server.deliver(report(office.mail_id, "4.4.1", "delayed", reply=True))
    office.server.deliver(report(office.mail_id, "2.0.0", "delivered", reply=True))
    assert office.read() == "" and office.replies() == []
    assert office.message.state == "sent"
    office.comes(report(office.mail_id, "4.4.7", "failed", reply=True))
    assert office.message.state == "undelivered"
    assert office.message.reason.endswith("(4.4.7)")


def test_a_bounce_that_is_no_report_is_for_a_person(office: Office) -> None:
    raw = office.answer("Delivery has failed.", sender="Mail System <mailer-daemon@mail.example>")
    reply = office.comes(raw)
    assert (reply.reading, reply.done, office.message.state) == ("unclear", False, "sent")


@pytest.mark.parametrize(
    ("answer", "extra", "reading", "status"),
    [
        ("ACCEPTED", "", "yes", "confirmed"),
        ("DECLINED", "", "no", "booked"),
        ("TENTATIVE", "", "unclear", "booked"),
        ("ACCEPTED", "COMMENT:But can we make it later", "unclear", "booked"),
    ],
)
def test_a_calendar_answers_by_the_entrys_name(
    office: Office, answer: str, extra: str, reading: str, status: str
) -> None:
    uid = "c" * 32 + "@seapointphysio.example"
    sql(
        office.guru,
        "UPDATE outbox_message SET calendar_sequence = 1, calendar_facts = ? WHERE id = ?",
        f"{uid}\nREQUEST\n2026",
        office.reminder.id,
    )
    office.server.deliver(calendar("d" * 32 + "@seapointphysio.example", 1, answer))  # somebody else's
    office.server.deliver(calendar(uid, 0, answer))  # of an entry that was replaced
    reply = office.comes(calendar(uid, 1, answer, extra=extra))
    assert [row.reading for row in office.replies()] == [reading]
    assert (reply.reading, office.status) == (reading, status)


def test_somebody_elses_calendar_confirms_nothing(office: Office) -> None:
    uid = "c" * 32 + "@seapointphysio.example"
    sql(office.guru, "UPDATE outbox_message SET calendar_sequence = 0, calendar_facts = ?", f"{uid}\nREQUEST")
    reply = office.comes(calendar(uid, 0, "ACCEPTED", sender="tom@example.net"))
    assert (reply.reading, office.status) == ("unclear", "booked")


def test_another_sender_confirms_nothing(office: Office) -> None:
    for sender in (
        "Sarah Botha <sarah@example.net>",
        '"sarah@example.com" <evil@example.net>',
        "sarah@example.com, evil@example.net",
    ):
        reply = office.comes(office.answer("Yes", sender=sender))
        assert (reply.reading, office.status) == ("unclear", "booked")
        assert "not from the client's own address" in reply.outcome


def test_the_address_the_mail_went_to_stays_good(office: Office) -> None:
    sql(office.guru, "DELETE FROM action_context")
    office.guru.clients.update(office.client, email="sarah@new.example")
    assert office.comes(office.answer("Ja dankie", sender="SARAH@example.com")).reading == "yes"
    assert office.status == "confirmed"


def test_the_practices_own_mails_are_no_replies(office: Office) -> None:
    office.server.deliver(office.answer("Yes, see you", sender="Naledi <hello@seapointphysio.example>"))
    assert office.read() == "" and office.replies() == []


@pytest.mark.parametrize("change", ["moved", "cancelled", "over", "gone"])
def test_an_old_reply_confirms_nothing(office: Office, clock: FixedClock, change: str) -> None:
    booking = office.guru.booking
    if change == "moved":
        booking.move(office.appointment, datetime.fromisoformat("2026-11-27T09:00"))
    elif change == "cancelled":
        booking.cancel(office.appointment)
    elif change == "over":
        clock.advance(days=2)
    else:
        office.guru.undo.undo()
    before = "" if change == "gone" else office.status
    reply = office.comes(office.answer("Yes"))
    assert (reply.reading, reply.done) == ("unclear", False)
    assert reply.outcome
    assert change == "gone" or office.status == before != "confirmed"


def test_an_answer_to_a_message_of_unknown_fate_shows_that_it_went(office: Office) -> None:
    from guru_tui.channels.base import OutgoingMessage
    from guru_tui.channels.email_message import message_id, sender_of

    (key,) = sql(office.guru, "SELECT idempotency_key FROM outbox_message WHERE id = ?", office.reminder.id).fetchone()
    out = OutgoingMessage(1, "", "email", "sarah@example.com", "", "", "", key, office.guru.clock.now())
    mail_id = message_id(out, sender_of(office.guru.settings, office.guru.reads.practice())).strip("<>")
    sql(office.guru, "UPDATE outbox_message SET state = 'unknown', provider_id = '' WHERE id = ?", office.reminder.id)
    office.server.deliver(letter("Who knows?", to="e" * 32 + "@seapointphysio.example"))
    reply = office.comes(letter("Yes", to=mail_id))
    assert (reply.reading, office.status) == ("yes", "confirmed")
    assert (office.message.state, office.message.provider_id) == ("sent", mail_id)


def test_what_answers_nothing_is_not_kept(office: Office) -> None:
    secret = "My banker writes about my debts"
    office.server.deliver(letter(secret, to="f" * 32 + "@elsewhere.example"))
    office.server.deliver(letter(secret, subject="Hello"))
    office.server.deliver(report("f" * 32 + "@elsewhere.example", "5.1.1", "failed"))
    assert office.read() == "" and office.replies() == []
    assert not [line for line in sql_dump(office.guru) if "banker" in line]


def sql_dump(guru: Guru) -> list[str]:
    """Every statement that makes the store."""
    return list(guru.connection.iterdump())


# ---- how the mailbox is read -----------------------------------------------------------------------------


def test_nothing_is_changed_in_the_mailbox_and_only_new_mails_are_asked_for(office: Office, clock: FixedClock) -> None:
    server = office.server
    for number in range(3):
        server.deliver(letter("News", subject=f"News {number}"))
    first = server.deliver(office.answer("Yes"))
    assert office.read() == ""
    assert [line.split()[1] for line in server.asked("FETCH")] == [f"1:{first}" if False else "1,2,3,4", "4"]
    server.commands.clear()
    assert office.read() == ""
    assert server.asked("SEARCH") == ["SEARCH UID 5:*"] and not server.asked("FETCH")
    server.deliver(office.answer("No"))
    assert office.read() == ""
    assert [line.split()[1] for line in server.asked("FETCH")] == ["5", "5"]
    words = {line.split()[0] for line in server.commands}
    assert words <= {"CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH", "LOGOUT"}
    assert not [line for line in server.commands if re.search(r"BODY\[", line)]
    assert not [mail for mail in server.folder.mails if mail.flags]


def test_five_thousand_old_mails_stay_unread(guru: Guru, imap_server: ImapServer) -> None:
    old = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
    for number in range(5000):
        imap_server.deliver(letter("Old news", mail_id=f"old-{number}"), at=old)
    office = Office(guru, imap_server)
    assert office.read() == ""
    assert not imap_server.asked("FETCH")
    assert office.comes(office.answer("Yes")).reading == "yes"
    assert [line.split()[1] for line in imap_server.asked("FETCH")] == ["5001", "5001"]


def test_a_great_many_new_mails_are_read_over_several_runs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "_MOST", 60)
    for number in range(130):
        office.server.deliver(letter("News", mail_id=f"news-{number}"))
    office.server.deliver(office.answer("Yes"))
    assert [office.read(), office.status] == ["", "booked"]
    assert [office.read(), office.status] == ["", "booked"]
    assert [office.read(), office.status] == ["", "confirmed"]


def test_new_numbers_bring_no_reply_twice(office: Office) -> None:
    for number in range(40):
        office.server.deliver(letter("News", mail_id=f"n{number}"), at=datetime.fromisoformat("2026-02-01T00:00+00:00"))
    office.comes(office.answer("Yes"))
    office.server.folder.mails = office.server.folder.mails[30:]
    office.server.renumber()
    office.server.deliver(office.answer("No, sorry"))
    assert office.read() == ""
    assert [reply.reading for reply in office.replies()] == ["yes", "no"]
    assert "SEARCH SINCE 11-Nov-2026" in office.server.commands[-6:] or office.server.asked("SEARCH")[-1].startswith(
        "SEARCH SINCE 11-Nov-2026"
    )


def test_ten_megabytes_stay_where_they_are(office: Office) -> None:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "sarah@example.com", "<big@client.example>"
    mail["In-Reply-To"] = f"<{office.mail_id}>"
    mail.set_content("Yes, see you then")
    mail.add_attachment(b"\0" * 10_000_000, maintype="image", subtype="png", filename="scan.png")
    began = time.monotonic()
    assert office.comes(mail.as_bytes()).reading == "yes"
    assert time.monotonic() - began < 10


def test_headers_of_every_kind(office: Office) -> None:
    many = " ".join(f"<{number}@other.example>" for number in range(1000))
    base = b"From: sarah@example.com\nSubject: "
    ours = f"<{office.mail_id}>".encode()
    office.server.deliver(base + b"a\x07\x1b[31mb\nMessage-ID: <c1@x>\nIn-Reply-To: " + ours + b"\n\nYes")
    office.server.deliver(
        base + b"=?x-unknown?b?%%%?=\nMessage-ID: <c4@x>\nIn-Reply-To: " + ours
        + b"\nContent-Type: text/plain; charset=klingon\n\nja"
    )  # fmt: skip
    office.server.deliver(base + b"thread\nMessage-ID: <c2@x>\nReferences: " + ours + many.encode() + b"\n\nWhy?")
    office.server.deliver(base + b"none\nIn-Reply-To: " + ours + b"\n\nWhat now?")
    office.server.deliver(base + b"none\nIn-Reply-To: " + ours + b"\n\nWhat now?")  # again: without an id the same
    office.server.deliver(base + b"long\nMessage-ID: <" + b"m" * 3000 + b"@x>\nIn-Reply-To: " + ours + b"\n\nHow?")
    assert office.read() == ""
    replies = office.replies()
    assert [reply.reading for reply in replies] == ["yes", "yes", "unclear", "unclear", "unclear"]
    assert replies[0].subject.isprintable() and "\x1b" not in replies[0].subject


def test_a_mail_that_cannot_be_read_is_for_a_person(office: Office) -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000))
    head = f"From: sarah@example.com\nMessage-ID: <deep@x>\nIn-Reply-To: <{office.mail_id}>\n".encode()
    # The server stumbles over it as well, so it is given another mail to describe.
    office.server.deliver(head + deep, described=head)
    office.server.deliver(office.answer("Is it on?"))
    assert office.read() == ""
    assert [reply.outcome for reply in office.replies()] == [
        "guru cannot read this mail; open it in your mail program",
        "",
    ]


def test_two_readers_at_once_do_it_once(office: Office) -> None:
    for number in range(20):
        office.server.deliver(office.answer(f"Yes {'!' * number}"))
    problems: list[str] = []

    def another() -> None:
        guru = Guru(office.guru.settings, office.guru.clock)
        try:
            problems.append(
                inbound.read(guru.connection, guru.settings, guru.reads.practice(), guru.clock, inbound.ORIGIN)
            )
        finally:
            guru.close()

    threads = [threading.Thread(target=another) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == ["", "", ""]
    assert [reply.reading for reply in office.replies()] == ["yes"] * 20
    confirmed = sql(office.guru, "SELECT count(*) FROM action WHERE summary LIKE '%confirmed%'").fetchone()[0]
    assert (confirmed, office.status) == (1, "confirmed")


def test_it_is_read_every_two_minutes(office: Office, clock: FixedClock) -> None:
    def due() -> bool:
        return inbound.due(office.guru.connection, office.guru.settings, clock.now())

    assert due()
    office.read()
    assert not due()
    clock.advance(seconds=119)
    assert not due()
    clock.advance(seconds=1)
    assert due()
    office.read()
    clock.advance(hours=-3)
    assert due(), "the clock was put back"
    assert not inbound.due(office.guru.connection, Settings(office.guru.settings.home), clock.now())


# ---- what a server can do --------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["connect", "capability", "login", "examine", "search", "fetch", "content"])
@pytest.mark.parametrize("fault", [DROP, "NO [UNAVAILABLE] not now", "BAD what"])
def test_a_server_that_fails_is_tried_again_and_nothing_is_lost(
    office: Office, clock: FixedClock, phase: str, fault: str
) -> None:
    office.server.deliver(letter("News"))
    office.server.deliver(office.answer("Yes"))
    office.server.plan(phase, "* BYE overloaded" if phase == "connect" and fault != DROP else fault)
    problem = office.read()
    assert problem and problem.endswith(".")
    assert office.status == "booked" and office.replies() == []
    assert not inbound.due(office.guru.connection, office.guru.settings, clock.now() + timedelta(minutes=5))
    assert inbound.due(office.guru.connection, office.guru.settings, clock.now() + timedelta(hours=1))
    assert office.read() == ""
    assert office.status == "confirmed" and len(office.replies()) == 1


def test_a_goodbye_that_nobody_hears_is_no_trouble(office: Office) -> None:
    office.server.plan("logout", DROP)
    assert office.comes(office.answer("Yes")).reading == "yes"


@pytest.mark.parametrize("phase", ["connect", "login", "search", "content"])
def test_a_server_that_never_answers_holds_nothing_up(
    office: Office, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guru_tui.channels import imap_mailbox

    monkeypatch.setattr(imap_mailbox, "_PATIENCE", 0.3)
    office.server.deliver(office.answer("Yes"))
    office.server.plan(phase, STALL)
    began = time.monotonic()
    assert office.read() == "The mailbox cannot be reached."
    assert time.monotonic() - began < 5
    assert office.read() == "" and office.status == "confirmed"


def test_the_whole_conversation_has_an_end(office: Office) -> None:
    from guru_tui.channels.imap_mailbox import MailboxAccount, Unreadable, opened

    office.server.plan("search", STALL)
    began = time.monotonic()
    with pytest.raises(Unreadable), opened(MailboxAccount.of(office.guru.settings), 0.5) as box:
        box.above(0)
    assert time.monotonic() - began < 5


def test_a_wrong_password_is_said_once_and_tried_again_an_hour_later(office: Office, clock: FixedClock) -> None:
    office.server.users = {}
    refused = "The mailbox refused the login; check GURU_IMAP_USER and GURU_IMAP_PASSWORD."
    assert office.read() == refused
    assert office.read() == ""
    clock.advance(minutes=59)
    assert not inbound.due(office.guru.connection, office.guru.settings, clock.now())
    clock.advance(minutes=1)
    assert inbound.due(office.guru.connection, office.guru.settings, clock.now())
    assert sql(office.guru, "SELECT problem FROM mailbox").fetchone()[0] == refused
    assert office.guru.read_mailbox() == refused


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_certificate_is_always_verified(guru: Guru, start_imap: Callable[..., ImapServer], security: str) -> None:
    for options, others in (({"names": ("mail.example",)}, {}), ({}, {"GURU_IMAP_CA_FILE": ""})):
        server = start_imap(security=security, **options)
        guru.settings = Settings(guru.settings.home, {**server.variables(), **others})
        problem = inbound.read(guru.connection, guru.settings, guru.reads.practice(), guru.clock, inbound.ORIGIN)
        assert "certificate" in problem
        assert not server.asked("LOGIN")


@pytest.mark.parametrize("security", ["starttls", "none"])
def test_the_other_ways_to_connect(guru: Guru, start_imap: Callable[..., ImapServer], security: str) -> None:
    office = Office(guru, start_imap(security=security, folder="Kliënte & ander"))
    assert office.comes(office.answer("Ja")).reading == "yes"
    assert ("STARTTLS" in office.server.commands) == (security == "starttls")


def test_without_starttls_no_password_is_told(guru: Guru, start_imap: Callable[..., ImapServer]) -> None:
    office = Office(guru, start_imap(security="starttls", offer_tls=False))
    assert "does not offer STARTTLS" in office.read()
    assert not office.server.asked("LOGIN")


def test_wrong_settings_are_said_and_nothing_is_raised(office: Office) -> None:
    for change, word in (
        ({"GURU_IMAP_FOLDER": "Nowhere"}, "GURU_IMAP_FOLDER"),
        ({"GURU_IMAP_PORT": "x"}, "GURU_IMAP_PORT"),
        ({"GURU_IMAP_SECURITY": "maybe"}, "GURU_IMAP_SECURITY"),
        ({"GURU_IMAP_PASSWORD": ""}, "GURU_IMAP_PASSWORD"),
        ({"GURU_IMAP_USER": "a\tb"}, "GURU_IMAP_USER"),
        ({"GURU_IMAP_CA_FILE": "/nowhere"}, "GURU_IMAP_CA_FILE"),
        ({"GURU_IMAP_HOST": "mail.example", "GURU_IMAP_SECURITY": "none"}, "GURU_IMAP_SECURITY"),
    ):
        guru = office.guru
        settings = Settings(guru.settings.home, {**guru.settings.values, **change})
        problem = inbound.read(guru.connection, settings, guru.reads.practice(), guru.clock, inbound.ORIGIN)
        assert word in problem


def test_a_server_of_another_kind(office: Office, start_raw: Callable[..., Any]) -> None:
    def garbage(connection: Any) -> None:
        connection.sendall(b"\xff\xfe\x00 220 hello\r\n* OK {99999999999}\r\n")

    server = start_raw(garbage)
    office.guru.settings = Settings(
        office.guru.settings.home,
        {
            **office.guru.settings.values,
            "GURU_IMAP_PORT": str(server.port),
            "GURU_IMAP_SECURITY": "none",
        },
    )
    assert office.read() == "The mailbox cannot be reached."


def test_the_doctor_tries_the_login(office: Office) -> None:
    from guru_tui.services.replies import check

    status, message, remedy = check(office.guru.settings) or ("", "", "")
    assert (status, remedy) == ("ok", "") and "imap 127.0.0.1" in message
    office.server.users = {}
    status, message, remedy = check(office.guru.settings) or ("", "", "")
    assert status == "fail" and "refused the login" in message and "GURU_IMAP_PASSWORD" in remedy
    assert check(Settings(office.guru.settings.home)) is None


# ---- the server that most providers run ------------------------------------------------------------------


def test_with_dovecot(guru: Guru, dovecot: DovecotServer, clock: FixedClock) -> None:
    office = Office(guru, dovecot)
    old = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
    for number in range(30):
        dovecot.deliver(letter("Old news", mail_id=f"old-{number}"), at=old)
    assert office.read() == ""
    attached = EmailMessage()
    attached["From"], attached["Message-ID"] = "sarah@example.com", "<big@client.example>"
    attached["In-Reply-To"] = f"<{office.mail_id}>"
    attached.set_content("Do I bring this?")
    attached.add_attachment(b"\0" * 3_000_000, maintype="image", subtype="png", filename='a "b" {1}.png')
    many = " ".join(f"<{number}@other.example>" for number in range(1000)).encode()
    ours = f"<{office.mail_id}>".encode()
    dovecot.deliver(office.answer("Ja dankie"))
    dovecot.deliver(attached.as_bytes())
    dovecot.deliver(b"From: sarah@example.com\nSubject: \x07\xff\nReferences: " + ours + many + b"\n\nWhy\x00?")
    dovecot.deliver(report(office.mail_id, "5.1.1", "failed"))
    dovecot.deliver(letter("Somebody else"))
    assert office.read() == ""
    assert [reply.reading for reply in office.replies()] == ["yes", "unclear", "unclear", "bounce"]
    assert (office.status, office.message.state) == ("confirmed", "undelivered")
    dovecot.forget()
    assert office.read() == "" and len(office.replies()) == 4
    assert office.comes(office.answer("Nee")).reading == "unclear"
    assert dovecot.seen() == []
