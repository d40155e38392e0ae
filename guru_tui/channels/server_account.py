"""A server that mail is sent through or read from: how it is named in the settings, and how the line is secured."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

from guru_tui.errors import Misconfigured
from guru_tui.settings import Settings, is_file, is_loopback


@dataclass(frozen=True)
class ServerAccount:
    """The server and who logs in there. Subclasses say what it is called and which ways of securing it there are.

    `PREFIX` begins the names of its settings, `WHAT` is the word for it, `PORTS` the usual port of each way,
    first the way that is taken unless another is set.
    """

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    PREFIX: ClassVar[str] = ""
    WHAT: ClassVar[str] = ""
    PORTS: ClassVar[Mapping[str, int]] = {}

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """What the settings name; raises `Misconfigured` for what cannot be used or would not be safe."""
        host = settings.get(f"{cls.PREFIX}_HOST")
        if not host:
            raise Misconfigured(f"The {cls.WHAT} is not named; set {cls.PREFIX}_HOST.")
        ways = tuple(cls.PORTS)
        security = settings.choice(f"{cls.PREFIX}_SECURITY", ways, ways[0])
        if security == "none" and not is_loopback(host):
            safe = " or ".join(way for way in ways if way != "none")
            raise Misconfigured(f"{cls.PREFIX}_SECURITY none is for a server on this machine only; use {safe}.")
        user = settings.get(f"{cls.PREFIX}_USER")
        password = settings.values.get(f"{cls.PREFIX}_PASSWORD", "").strip("\r\n")
        if not f"{user}{password}".isascii() or not f"{user}{password}".isprintable():
            raise Misconfigured(f"{cls.PREFIX}_USER and {cls.PREFIX}_PASSWORD can have plain (ASCII) characters only.")
        ca_file = settings.get(f"{cls.PREFIX}_CA_FILE")
        if ca_file and not is_file(ca_file):
            raise Misconfigured(f"{cls.PREFIX}_CA_FILE names no file to be read; set it to a PEM file of certificates.")
        port = settings.number(f"{cls.PREFIX}_PORT", cls.PORTS[security])
        return cls(host.strip("[]"), port, security, user, password, ca_file)

    def tls(self) -> ssl.SSLContext:
        """A context that verifies the server, by the system's authorities and `ca_file`; raises `Misconfigured`."""
        context = ssl.create_default_context()
        if self.ca_file:
            try:
                context.load_verify_locations(Path(self.ca_file).expanduser())
            except OSError:  # what ssl raises is an OSError too
                raise Misconfigured(
                    f"{self.PREFIX}_CA_FILE holds no usable certificates; it must be a PEM file."
                ) from None
        return context
