"""Mail over real SMTP on loopback: what each failure, in each phase, is reported as."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from guru_tui.channels.base import (
    Accepted,
    Attachment,
    Misconfigured,
    OutgoingMessage,
    Permanent,
    Result,
    Transient,
    Unknown,
)
from guru_tui.channels.email import EmailChannel, Patience
from guru_tui.channels.email_message import Sender
from guru_tui.channels.smtp_account import Account
from guru_tui.settings import Settings
from tests.servers import DROP, STALL, SmtpServer, free_port

SENDER = Sender("Sea Point Physio", "hello@seapointphysio.example")
HASTE = Patience(connect=5, command=5, dot=5, goodbye=1)
IMPATIENT = Patience(connect=0.3, command=0.3, dot=0.3, goodbye=0.3)
MESSAGE = OutgoingMessage(
    id=1,
    kind="reminder",
    channel="email",
    recipient="lindiwe@example.com",
    recipient_name="Lindiwe Dube",
    subject="Your appointment tomorrow",
    body="Hello Lindiwe,\n\nsee you tomorrow at 09:00.\n.\n..two dots\n",
    idempotency_key="reminder:email:1",
    created_at=datetime(2026, 11, 25, 8, 0, tzinfo=UTC),
)
Starter = Callable[..., SmtpServer]


def channel_to(server: SmtpServer, patience: Patience = HASTE, **changed: str) -> EmailChannel:
    """A channel set up by the settings with which a practice would use `server`."""
    settings = Settings(server.ca_file.parent, {**server.variables(), **changed})
    return EmailChannel(Account.of(settings), SENDER, patience)


def send(server: SmtpServer, *messages: OutgoingMessage, patience: Patience = HASTE, **changed: str) -> list[Result]:
    """What becomes of `messages`, sent in one session."""
    with channel_to(server, patience, **changed).session() as session:
        return [session.send(message) for message in messages or (MESSAGE,)]


def numbered(count: int) -> list[OutgoingMessage]:
    return [replace(MESSAGE, id=number, idempotency_key=f"key-{number}") for number in range(count)]


def test_a_mail_goes_out_over_starttls_after_a_login(smtp_server: SmtpServer) -> None:
    [result] = send(smtp_server)
    [mail] = smtp_server.mails
    assert isinstance(result, Accepted)
    assert mail.message["Message-ID"] == f"<{result.provider_id}>"
    assert (mail.sender, mail.recipients, mail.user) == (SENDER.address, (MESSAGE.recipient,), "naledi")
    assert mail.text == MESSAGE.body
    assert mail.message["From"] == "Sea Point Physio <hello@seapointphysio.example>"
    assert mail.message["Date"].datetime == MESSAGE.created_at
    assert smtp_server.commands[-1] == "QUIT"


def test_the_greeting_does_not_tell_the_machines_name(smtp_server: SmtpServer) -> None:
    send(smtp_server)
    assert {command for command in smtp_server.commands if command.startswith("EHLO")} == {"EHLO [127.0.0.1]"}


def test_nothing_is_printed_asked_or_logged(smtp_server: SmtpServer, capfd: pytest.CaptureFixture[str]) -> None:
    smtp_server.plan("end", DROP)
    send(smtp_server)
    send(smtp_server, GURU_SMTP_PASSWORD="wrong")
    assert capfd.readouterr() == ("", "")


def test_a_mail_goes_out_over_implicit_tls(start_smtp: Starter) -> None:
    server = start_smtp(security="ssl", users={"naledi": "pass word"})
    assert isinstance(send(server)[0], Accepted)
    assert server.mails[0].user == "naledi"


def test_a_server_on_this_machine_needs_neither_tls_nor_a_login(start_smtp: Starter) -> None:
    server = start_smtp(security="none")
    assert isinstance(send(server)[0], Accepted)
    assert "AUTH" not in server.commands


def test_an_attachment_arrives_as_it_was(smtp_server: SmtpServer) -> None:
    pdf = b"%PDF-1.7\r\n.\r\n\x00\xff" * 50_000
    attached = replace(MESSAGE, attachments=(Attachment("invoice-0001.pdf", "application/pdf", pdf),))
    assert isinstance(send(smtp_server, attached)[0], Accepted)
    [part] = smtp_server.mails[0].message.iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "invoice-0001.pdf",
        "application/pdf",
        pdf,
    )


def test_one_connection_serves_a_whole_run(smtp_server: SmtpServer) -> None:
    results = send(smtp_server, *numbered(5))
    assert all(isinstance(result, Accepted) for result in results)
    assert (len(smtp_server.mails), smtp_server.connections) == (5, 1)
    assert len({mail.message["Message-ID"] for mail in smtp_server.mails}) == 5


def test_a_session_without_messages_does_not_connect(smtp_server: SmtpServer) -> None:
    with channel_to(smtp_server).session():
        pass
    assert smtp_server.connections == 0


def test_nagle_is_off(smtp_server: SmtpServer) -> None:
    with channel_to(smtp_server).session() as session:
        session.send(MESSAGE)
        assert session._connection is not None and session._connection.smtp.sock is not None
        assert session._connection.smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("phase", "reply", "expected"),
    [
        ("mail", "451 4.3.0 later", Transient("The mail server put the sender off (451 4.3.0).")),
        ("mail", "550 5.1.8 no", Permanent("The mail server refused the sender (550 5.1.8).")),
        (
            "rcpt",
            "450 4.2.0 <lindiwe@example.com> grey",
            Transient("The mail server put the recipient off (450 4.2.0)."),
        ),
        ("rcpt", "550 <lindiwe@example.com> unknown", Permanent("The mail server refused the recipient (550).")),
        ("data", "452 4.3.1 full", Transient("The mail server put the message off (452 4.3.1).")),
        ("data", "554 5.7.1 no", Permanent("The mail server refused the message (554 5.7.1).")),
        ("end", "451 4.3.0 later", Transient("The mail server put the message off (451 4.3.0).")),
        ("end", "552 5.3.4 too big", Permanent("The mail server refused the message (552 5.3.4).")),
    ],
)
def test_a_refusal_concerns_its_message_only(smtp_server: SmtpServer, phase: str, reply: str, expected: Result) -> None:
    smtp_server.plan(phase, reply)
    refused, following = send(smtp_server, *numbered(2))
    assert refused == expected
    assert isinstance(following, Accepted)
    assert (len(smtp_server.mails), smtp_server.connections) == (1, 1)
    assert "RSET" in smtp_server.commands


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "end"])
def test_a_wish_for_another_login_stops_the_channel(smtp_server: SmtpServer, phase: str) -> None:
    smtp_server.plan(phase, "530 5.7.0 authenticate")
    first, second = send(smtp_server, *numbered(2))
    assert isinstance(first, Misconfigured) and first == second
    assert smtp_server.commands.count("MAIL") == 1


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "body"])
def test_a_connection_lost_before_the_dot_leaves_the_message_to_be_sent(smtp_server: SmtpServer, phase: str) -> None:
    big = replace(MESSAGE, body="so much text\n" * 400_000)  # more than the buffers between here and there hold
    smtp_server.plan(phase, DROP)
    lost, following = send(smtp_server, big, replace(MESSAGE, id=2))
    assert lost == Transient("The mail server closed the connection or did not answer.", connection_lost=True)
    assert isinstance(following, Accepted)
    assert (len(smtp_server.mails), smtp_server.connections) == (1, 2)


def test_a_server_that_hangs_up_at_the_sight_of_a_short_message_has_not_taken_it(smtp_server: SmtpServer) -> None:
    smtp_server.plan("body", DROP)
    [result] = send(smtp_server, patience=replace(HASTE, pause=5))  # ends as soon as the server hangs up
    assert isinstance(result, Transient) and result.connection_lost


def test_a_connection_lost_after_the_dot_is_never_tried_again(smtp_server: SmtpServer) -> None:
    smtp_server.plan("end", DROP)
    lost, following = send(smtp_server, *numbered(2))
    assert lost == Unknown("The connection was lost after the message, before the mail server answered.")
    assert isinstance(following, Accepted)
    assert [mail.connection for mail in smtp_server.mails] == [1, 2]


def test_the_run_ends_when_the_connection_is_lost_again_and_again(smtp_server: SmtpServer) -> None:
    smtp_server.plan("end", DROP, DROP, DROP, DROP)
    results = send(smtp_server, *numbered(4))
    assert [type(result) for result in results] == [Unknown, Unknown, Transient, Transient]
    assert (smtp_server.connections, len(smtp_server.mails)) == (2, 2)


def test_no_answer_to_the_dot_is_unknown_and_ends_the_run(smtp_server: SmtpServer) -> None:
    smtp_server.plan("end", STALL)
    patience = replace(HASTE, dot=0.3)
    stalled, following = send(smtp_server, *numbered(2), patience=patience)
    assert stalled == Unknown("The mail server was given the message and did not answer in time.")
    assert isinstance(following, Transient) and following.connection_lost
    assert (smtp_server.connections, len(smtp_server.mails)) == (1, 1)


def test_the_answer_to_the_dot_is_waited_for_longer_than_any_other(smtp_server: SmtpServer) -> None:
    assert Patience().dot >= 120 > Patience().command


def test_an_answer_to_the_dot_that_means_nothing_is_unknown(smtp_server: SmtpServer) -> None:
    smtp_server.plan("end", "hm")
    assert send(smtp_server) == [Unknown("The mail server gave no clear answer to the message.")]


@pytest.mark.parametrize("phase", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_a_server_too_slow_before_the_dot_is_transient(smtp_server: SmtpServer, phase: str) -> None:
    smtp_server.plan(phase, STALL)
    [result] = send(smtp_server, patience=IMPATIENT)
    assert isinstance(result, Transient) and result.connection_lost
    assert smtp_server.mails == []


def test_an_idle_connection_that_the_server_closed_is_replaced_once(smtp_server: SmtpServer) -> None:
    first, second = numbered(2)
    with channel_to(smtp_server).session() as session:
        session.send(first)
        smtp_server.drop_all()
        assert isinstance(session.send(second), Accepted)
    assert [mail.connection for mail in smtp_server.mails] == [1, 2]


def test_a_server_that_says_it_is_closing_an_idle_connection_is_called_again(smtp_server: SmtpServer) -> None:
    smtp_server.plan("mail", None, "421 4.4.2 idle too long")
    results = send(smtp_server, *numbered(2))
    assert [type(result) for result in results] == [Accepted, Accepted]
    assert [mail.connection for mail in smtp_server.mails] == [1, 2]


def test_a_server_that_is_closing_at_once_is_not_called_for_ever(smtp_server: SmtpServer) -> None:
    smtp_server.plan("mail", *["421 4.3.2 going down"] * 9)
    results = send(smtp_server, *numbered(4))
    assert all(isinstance(result, Transient) and result.connection_lost for result in results)
    assert smtp_server.connections == 2


def test_a_server_that_is_down_is_asked_once_a_run(smtp_server: SmtpServer) -> None:
    smtp_server.refuse()
    with channel_to(smtp_server).session() as session:
        first = session.send(MESSAGE)
        smtp_server.accept()
        assert session.send(MESSAGE) is first
    assert first == Transient("The mail server cannot be reached.", connection_lost=True)
    assert smtp_server.connections == 0
    assert isinstance(send(smtp_server)[0], Accepted)


@pytest.mark.parametrize(
    ("phase", "reply", "expected"),
    [
        ("connect", "421 4.3.2 too busy", Transient("The mail server is not ready (421 4.3.2).", True)),
        ("connect", DROP, Transient("The mail server cannot be reached.", True)),
        ("ehlo", "421 4.3.2 too busy", Transient("The mail server cannot be reached.", True)),
        ("auth", "454 4.7.0 later", Transient("The mail server is not ready (454 4.7.0).", True)),
        ("auth", DROP, Transient("The mail server cannot be reached.", True)),
    ],
)
def test_a_server_not_ready_is_transient(smtp_server: SmtpServer, phase: str, reply: str, expected: Result) -> None:
    smtp_server.plan(phase, *[reply] * 3)
    assert send(smtp_server, *numbered(2)) == [expected, expected]


def test_a_server_that_wants_nothing_to_do_with_us_is_for_a_person(smtp_server: SmtpServer) -> None:
    smtp_server.plan("connect", "554 5.7.1 your address is listed")
    [result] = send(smtp_server)
    assert isinstance(result, Misconfigured) and "(554 5.7.1)" in result.reason


def test_a_wrong_password_pauses_the_channel_and_is_tried_once(smtp_server: SmtpServer) -> None:
    first, second = send(smtp_server, *numbered(2), GURU_SMTP_PASSWORD="wrong")
    assert first == second
    assert isinstance(first, Misconfigured) and "GURU_SMTP_PASSWORD" in first.reason
    assert smtp_server.connections == 1
    assert "MAIL" not in smtp_server.commands


def test_a_server_without_starttls_never_sees_the_password(start_smtp: Starter) -> None:
    server = start_smtp(security="none", users={"naledi": "secret"})
    [result] = send(server, GURU_SMTP_SECURITY="starttls")
    assert isinstance(result, Misconfigured) and "STARTTLS" in result.reason
    assert not {"AUTH", "MAIL"} & set(server.commands)


def test_a_login_that_the_server_does_not_offer_is_for_a_person(start_smtp: Starter) -> None:
    server = start_smtp(security="starttls")
    [result] = send(server, GURU_SMTP_USER="naledi", GURU_SMTP_PASSWORD="secret")
    assert isinstance(result, Misconfigured)
    assert "AUTH" not in server.commands


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_certificate_of_an_unknown_authority_is_refused(start_smtp: Starter, security: str) -> None:
    server = start_smtp(security=security, users={"naledi": "secret"})
    [result] = send(server, GURU_SMTP_CA_FILE="")
    assert isinstance(result, Misconfigured) and "GURU_SMTP_CA_FILE" in result.reason
    assert not {"AUTH", "MAIL"} & set(server.commands)


def test_a_certificate_for_another_name_is_refused(start_smtp: Starter) -> None:
    server = start_smtp(names=("mail.example.com",))
    [result] = send(server)
    assert isinstance(result, Misconfigured) and "certificate" in result.reason


def test_tls_spoken_to_a_server_that_starts_in_the_clear_is_for_a_person(smtp_server: SmtpServer) -> None:
    [result] = send(smtp_server, GURU_SMTP_SECURITY="ssl")
    assert isinstance(result, Misconfigured) and "GURU_SMTP_SECURITY" in result.reason


def test_a_user_without_an_at_sign_is_used_as_it_is(start_smtp: Starter) -> None:
    server = start_smtp(users={"apikey": "secret"})
    assert isinstance(send(server)[0], Accepted)
    assert server.mails[0].user == "apikey"


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(start_smtp: Starter, smtp_server: SmtpServer) -> None:
    message = replace(MESSAGE, recipient="łucja@example.com")
    refused, following = send(smtp_server, message, MESSAGE)
    assert refused == Permanent("The mail server takes plain (ASCII) addresses only, and this one is not.")
    assert isinstance(following, Accepted)
    modern = start_smtp(smtputf8=True)
    assert isinstance(send(modern, message)[0], Accepted)
    assert modern.mails[0].recipients == ("łucja@example.com",)
    assert "To: Lindiwe Dube <łucja@example.com>\r\n".encode() in modern.mails[0].content
    assert "SMTPUTF8" in modern.mails[0].options


@pytest.mark.parametrize(
    "recipient", ["", "lindiwe", "a@b.example, c@d.example", "a@b.example\r\nRCPT TO:<c@d.example>", "<a@b.example>"]
)
def test_what_is_no_address_never_reaches_a_server(smtp_server: SmtpServer, recipient: str) -> None:
    [result] = send(smtp_server, replace(MESSAGE, recipient=recipient))
    assert result == Permanent("The address is not a mail address.")
    assert smtp_server.connections == 0


def test_check_logs_in_and_sends_nothing(smtp_server: SmtpServer) -> None:
    assert channel_to(smtp_server).check() is None
    assert "AUTH" in smtp_server.commands and "MAIL" not in smtp_server.commands
    assert isinstance(channel_to(smtp_server, GURU_SMTP_PASSWORD="wrong").check(), Misconfigured)
    smtp_server.refuse()
    assert channel_to(smtp_server).check() == Transient("The mail server cannot be reached.", connection_lost=True)


def test_a_port_where_nobody_listens_is_transient(smtp_server: SmtpServer) -> None:
    [result] = send(smtp_server, GURU_SMTP_PORT=str(free_port()))
    assert result == Transient("The mail server cannot be reached.", connection_lost=True)


def test_an_exception_in_the_run_still_closes_the_connection(smtp_server: SmtpServer) -> None:
    with pytest.raises(KeyboardInterrupt), channel_to(smtp_server).session() as session:
        session.send(MESSAGE)
        raise KeyboardInterrupt
    assert session._connection is None


def test_a_reason_never_repeats_what_the_server_said(smtp_server: SmtpServer) -> None:
    smtp_server.plan("rcpt", "550 5.1.1 <lindiwe@example.com>: Lindiwe Dube does not live here")
    [result] = send(smtp_server)
    assert isinstance(result, Permanent)
    assert "indiwe" not in result.reason
