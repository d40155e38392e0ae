"""Fixtures for the servers of `tests.servers`, each stopped at the end of its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers import Certificates, ClickatellServer, RawServer, SmtpServer

if TYPE_CHECKING:  # Twisted takes long to load, and few tests need it
    from tests.imap_server import DovecotServer, ImapServer


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """The authority behind every TLS server of the suite."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def start_smtp(certificates: Certificates) -> Iterator[Callable[..., SmtpServer]]:
    """Starts an `SmtpServer` with the options given."""
    started: list[SmtpServer] = []

    def start(**options: Any) -> SmtpServer:
        started.append(SmtpServer(certificates, **options))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def smtp_server(start_smtp: Callable[..., SmtpServer]) -> SmtpServer:
    """A mail server with STARTTLS that wants a login."""
    return start_smtp(users={"naledi": "pass word"})


@pytest.fixture
def clickatell_server() -> Iterator[ClickatellServer]:
    """An SMS provider."""
    server = ClickatellServer()
    yield server
    server.stop()


@pytest.fixture
def start_raw() -> Iterator[Callable[..., RawServer]]:
    """Starts a `RawServer` with the behaviour given."""
    started: list[RawServer] = []

    def start(behave: Callable[..., None]) -> RawServer:
        started.append(RawServer(behave))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def start_imap(certificates: Certificates) -> Iterator[Callable[..., ImapServer]]:
    """Starts an `ImapServer` with the options given."""
    from tests.imap_server import ImapServer

    started: list[ImapServer] = []

    def start(**options: Any) -> ImapServer:
        started.append(ImapServer(certificates, **options))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def imap_server(start_imap: Callable[..., ImapServer]) -> ImapServer:
    """A mailbox over TLS that wants a login."""
    return start_imap()


@pytest.fixture
def dovecot(certificates: Certificates) -> Iterator[DovecotServer]:
    """The IMAP server that most mail providers run; skips where it is not installed."""
    from tests.imap_server import DovecotServer

    server = DovecotServer.start(certificates)
    yield server
    server.stop()
