"""Servers on loopback for the tests: real SMTP and real HTTP, which misbehave on cue and keep what they were given."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from pathlib import Path
from typing import Any, cast

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

HOST = "127.0.0.1"
DROP = "<drop the connection>"
STALL = "<never answer>"


class Certificates:
    """An authority of the test's own, its certificate in a file, and servers' contexts signed by it."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.ca_file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.ca_file)

    def leaf(self, *names: str) -> trustme.LeafCert:
        """A certificate for a server known by `names` (by default this machine's)."""
        return self._authority.issue_cert(*(names or (HOST, "localhost")))

    def server_context(self, *names: str, until: datetime | None = None) -> ssl.SSLContext:
        """A context for a server known by `names` (by default this machine's), good `until` then."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*(names or (HOST, "localhost")), not_after=until).configure_cert(context)
        return context


@dataclass(frozen=True)
class ReceivedMail:
    """One mail that a server has taken (or was taking when it dropped the line)."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]
    user: str
    connection: int

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return cast(EmailMessage, BytesParser(policy=modern).parsebytes(self.content))

    @property
    def text(self) -> str:
        """What the recipient reads."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


class SmtpServer:
    """An SMTP server in a thread.

    `plan(phase, ...)` queues what happens at the next occurrences of a phase, one each: a reply such as
    `"550 5.1.1 no such user"`, `DROP` or `STALL`; None lets one pass. Phases: `connect`, `ehlo`, `auth`, `mail`,
    `rcpt`, `data` (the command), `body` (in the middle of the data; DROP or STALL), `end` (after the final dot).
    """

    def __init__(
        self,
        certificates: Certificates,
        *,
        security: str = "starttls",
        users: dict[str, str] | None = None,
        smtputf8: bool = False,
        names: tuple[str, ...] = (),
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.security = security
        self.users = users
        self.smtputf8 = smtputf8
        self.ca_file = certificates.ca_file
        self.context = None if security == "none" else context or certificates.server_context(*names)
        self.mails: list[ReceivedMail] = []
        self.commands: list[str] = []
        self.connections = 0
        self.on_mail: Callable[[], None] | None = None  # called for each mail that has been taken, before the reply
        self.open: set[_Conversation] = set()
        self._plans: dict[str, deque[str | None]] = defaultdict(deque)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-server", daemon=True)
        self._thread.start()
        self._listener: asyncio.Server | None = None
        self.port = 0
        self.accept()

    def plan(self, phase: str, *replies: str | None) -> None:
        """Queue what happens at the next occurrences of `phase`."""
        self._plans[phase].extend(replies)

    def next(self, phase: str) -> str | None:
        """What is planned for this occurrence of `phase`."""
        plan = self._plans[phase]
        return plan.popleft() if plan else None

    def variables(self) -> dict[str, str]:
        """The settings with which a practice sends through this server."""
        values = {
            "GURU_EMAIL_BACKEND": "smtp",
            "GURU_SMTP_HOST": HOST,
            "GURU_SMTP_PORT": str(self.port),
            "GURU_SMTP_SECURITY": self.security,
            "GURU_SMTP_CA_FILE": str(self.ca_file),
        }
        for user, password in (self.users or {}).items():
            values |= {"GURU_SMTP_USER": user, "GURU_SMTP_PASSWORD": password}
        return values

    def accept(self) -> None:
        """Listen (again), always on the same port."""

        async def listen() -> asyncio.Server:
            tls = self.context if self.security == "ssl" else None
            return await self._loop.create_server(lambda: _Conversation(self), HOST, self.port, ssl=tls)

        self._listener = self._run(listen())
        self.port = self._listener.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Stop listening: whoever connects is refused."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self._loop.call_soon_threadsafe(listener.close)
            self._run(asyncio.sleep(0))

    def drop_all(self) -> None:
        """Close every open connection, and return when that has happened."""

        async def drop() -> None:
            for conversation in list(self.open):
                conversation.abort()
            while self.open:
                await asyncio.sleep(0)
            await asyncio.sleep(0)

        self._run(drop())

    def stop(self) -> None:
        """Stop listening, drop everyone, end the thread."""
        self.refuse()
        self.drop_all()

        async def cancel() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._run(cancel())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class _Conversation(SMTP):
    """One connection of a client, by the server's plan."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        super().__init__(
            self,
            hostname="mail.test",
            loop=asyncio.get_running_loop(),
            enable_SMTPUTF8=server.smtputf8,
            tls_context=server.context if server.security == "starttls" else None,
            require_starttls=server.security == "starttls",
            auth_require_tls=server.security == "starttls",
            authenticator=self._check,
            auth_exclude_mechanism=() if server.users else ("LOGIN", "PLAIN"),
        )
        self._auth_required = bool(server.users)
        self._number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._number:
            self._server.connections += 1
            self._number = self._server.connections
            self._server.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.open.discard(self)
        if self.transport is not None:
            super().connection_lost(error)

    def abort(self) -> None:
        if self.transport is not None:
            cast(asyncio.Transport, self.transport).abort()

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        given = cast(LoginPassword, data)
        user, password = given.login.decode(), given.password.decode()
        return AuthResult(success=(self._server.users or {}).get(user) == password, handled=False, auth_data=user)

    async def _played(self, phase: str) -> bool:
        """Whether the plan has dealt with this phase."""
        reply = self._server.next(phase)
        if reply is None:
            return False
        if reply == DROP:
            self.abort()
        if reply in (DROP, STALL):
            await asyncio.Event().wait()  # until the connection is gone, which cancels this
        await self.push(reply)
        if reply.startswith("421") and self.transport is not None:
            cast(asyncio.Transport, self.transport).close()
        return True

    async def _handle_client(self) -> None:
        if not await self._played("connect"):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        self._server.commands.append(f"EHLO {hostname}")
        if not await self._played("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:
        self._server.commands.append("AUTH")
        if not await self._played("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        self._server.commands.append("MAIL")
        if not await self._played("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        self._server.commands.append("RCPT")
        if not await self._played("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_RSET(self, arg: str | None) -> None:
        self._server.commands.append("RSET")
        await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        self._server.commands.append("QUIT")
        await super().smtp_QUIT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        self._server.commands.append("DATA")
        if await self._played("data"):
            return
        plan = self._server.next("body")
        if plan is not None:
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            if plan == DROP:
                self.abort()
            await asyncio.Event().wait()
        await super().smtp_DATA(arg)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self._server.next("end")
        if reply in (None, DROP, STALL) or str(reply).startswith("2"):
            self._server.mails.append(
                ReceivedMail(
                    envelope.mail_from or "",
                    tuple(envelope.rcpt_tos),
                    cast(bytes, envelope.content),
                    tuple(envelope.mail_options),
                    str(session.auth_data or ""),
                    self._number,
                )
            )
            if self._server.on_mail is not None:
                self._server.on_mail()
        if reply == DROP:
            self.abort()
        if reply in (DROP, STALL):
            await asyncio.Event().wait()
        return reply or "250 2.0.0 taken"


@dataclass(frozen=True)
class ReceivedSms:
    """One request that reached the SMS provider."""

    path: str
    authorization: str
    headers: dict[str, str]
    data: dict[str, Any]
    query: str
    method: str = "POST"


@dataclass(frozen=True)
class Answer:
    """What the provider answers: an object becomes JSON, a text stays as it is."""

    status: int = 202
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class ClickatellServer:
    """A provider speaking the One API and the older REST API.

    It takes every message for a good key, unless `plan` has queued something else: `Answer`s, STALL. Asked what became
    of one, it says what stands in `fates` under its id: a word of the One API, or a code of the older one. `balance`
    is what the account holds.
    """

    def __init__(self, key: str = "test-key==") -> None:
        self.key = key
        self.requests: list[ReceivedSms] = []
        self.fates: dict[str, str] = {}
        self.balance: Any = 1267.92865
        self._plan: deque[Answer | str] = deque()
        self._done = threading.Event()
        self._server = _QuickServer(host=HOST, port=0, threaded=True)
        self._server.expect_request("/v1/message", method="POST").respond_with_handler(self._take)
        self._server.expect_request("/rest/message", method="POST").respond_with_handler(self._take_legacy)
        self._server.expect_request("/rest/account/balance").respond_with_handler(self._balance)
        self._server.expect_request("/v1/balance").respond_with_handler(self._one_balance)
        self._server.expect_request("/public-client/balance").respond_with_handler(self._one_balance)
        self._server.expect_request(re.compile("^/v1/message/.+"), method="GET").respond_with_handler(self._status)
        self._server.expect_request(re.compile("^/rest/message/.+"), method="GET").respond_with_handler(
            self._legacy_status
        )
        self._server.start()
        self.port = self._server.port
        self.url = f"http://{HOST}:{self.port}"

    def plan(self, *answers: Answer | str) -> None:
        """Queue what the next requests get."""
        self._plan.extend(answers)

    def variables(self, backend: str = "clickatell") -> dict[str, str]:
        """The settings with which a practice sends through this provider."""
        return {
            "GURU_SMS_BACKEND": backend,
            "GURU_CLICKATELL_API_KEY": self.key,
            "GURU_CLICKATELL_URL": self.url,
        }

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Number and text of every message that was asked for over the One API."""
        return [(entry["to"], entry["content"]) for request in self.posts for entry in request.data["messages"]]

    @property
    def posts(self) -> list[ReceivedSms]:
        """The requests that hand a message over, by either API."""
        return [request for request in self.requests if request.method == "POST"]

    @property
    def questions(self) -> list[str]:
        """The paths of the requests that only ask."""
        return [request.path for request in self.requests if request.method == "GET"]

    def stop(self) -> None:
        """Let stalled requests go and stop."""
        self._done.set()
        if self._server.is_running():
            self._server.stop()

    def _next(self, request: Request) -> Response | None:
        self.requests.append(
            ReceivedSms(
                request.path,
                request.headers.get("Authorization", ""),
                dict(request.headers),
                json.loads(request.get_data() or b"{}"),
                request.query_string.decode(),
                request.method,
            )
        )
        planned = self._plan.popleft() if self._plan else None
        if planned == STALL:
            self._done.wait(30)
            return Response(status=500)
        if not isinstance(planned, Answer):
            return None
        if isinstance(planned.body, str):
            return Response(planned.body, planned.status, planned.headers, content_type="text/html")
        return _json(planned.body, planned.status, planned.headers)

    def _take(self, request: Request) -> Response:
        planned = self._next(request)
        if planned is not None:
            return planned
        if self.requests[-1].authorization != self.key:
            return _json({"messages": [], "error": {"code": 1, "description": "Invalid API key"}}, 401)
        entries = [
            {"apiMessageId": f"id-{len(self.requests)}", "accepted": True, "to": entry["to"], "error": None}
            for entry in self.requests[-1].data["messages"]
        ]
        return _json({"messages": entries, "error": None}, 202)

    def _take_legacy(self, request: Request) -> Response:
        planned = self._next(request)
        if planned is not None:
            return planned
        refused = self._refused_legacy(request)
        entry = {"accepted": True, "to": "27825550134", "apiMessageId": f"old-{len(self.requests)}", "error": None}
        return refused or _json({"data": {"message": [entry]}}, 202)

    def _balance(self, request: Request) -> Response:
        return self._next(request) or self._refused_legacy(request) or _json({"data": {"balance": "42.5"}}, 200)

    def _refused_legacy(self, request: Request) -> Response | None:
        if request.headers.get("Authorization") == f"Bearer {self.key}":
            return None
        return _json({"error": {"code": "001", "description": "Authentication failed"}}, 401)

    def _status(self, request: Request) -> Response:
        planned = self._next(request) or self._refused(request)
        if planned is not None:
            return planned
        word = self.fates.get(request.path.rpartition("/")[2])
        if word is None:
            return _json({"error": {"code": 41, "description": "Resource does not exist"}}, 400)
        return _json({"sms": {"status": word, "timestamp": 1795593660000}}, 200)

    def _one_balance(self, request: Request) -> Response:
        found = self._next(request) or self._refused(request)
        return found or _json({"balance": self.balance, "currency": "ZAR"}, 200)

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("Authorization") == self.key:
            return None
        return _json({"error": {"code": 1, "description": "Invalid API key"}}, 401)

    def _legacy_status(self, request: Request) -> Response:
        found = self._next(request) or self._refused_legacy(request)
        if found is not None:
            return found
        number = request.path.rpartition("/")[2]
        data = {"messageStatus": self.fates.get(number, "001"), "charge": 1, "apiMessageId": number, "description": ""}
        return _json({"data": data}, 200)


class _QuickServer(HTTPServer):
    """Looks for the wish to stop more often than twice a second."""

    def thread_target(self) -> None:
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.02)


def _json(body: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status, headers, content_type="application/json")


class RawServer:
    """A TCP server that hands each connection to `behave`, for what no HTTP library would do."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self._behave = behave
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, name="raw-server", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self._behave(connection)

    def stop(self) -> None:
        """Stop accepting."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


def read_request(connection: socket.socket) -> bytes:
    """One whole HTTP request, headers and body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])
