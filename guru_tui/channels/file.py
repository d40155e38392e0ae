"""Messages into files instead of out into the world, exactly as they would go: for trying things out, and the demo."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable
from datetime import UTC
from errno import EACCES, ENOSYS, ENOTDIR, ENOTSUP, EOPNOTSUPP, EPERM, EROFS
from pathlib import Path
from types import TracebackType

from guru_tui.channels.base import Accepted, Misconfigured, OutgoingMessage, Permanent, Result, Transient, Trouble
from guru_tui.channels.email_message import Sender, build_mail
from guru_tui.channels.sms import request_body
from guru_tui.channels.sms_http import unsendable
from guru_tui.errors import Invalid

_REFUSED = (EACCES, EPERM, EROFS, ENOTDIR)
_NO_LINKS = (EPERM, ENOSYS, ENOTSUP, EOPNOTSUPP)


class FileChannel:
    """One file per message in a folder that only its owner can open."""

    def __init__(
        self, name: str, folder: Path, suffix: str, render: Callable[[OutgoingMessage], bytes | Permanent]
    ) -> None:
        self.name = name
        self._folder = folder
        self._suffix = suffix
        self._render = render

    @classmethod
    def for_email(cls, folder: Path, sender: Sender) -> FileChannel:
        """Mails as `.eml`, which every mail program opens."""

        def render(message: OutgoingMessage) -> bytes | Permanent:
            try:
                return build_mail(message, sender).wire
            except Invalid:
                return Permanent("The address is not a mail address.")

        return cls("email", folder, ".eml", render)

    @classmethod
    def for_sms(cls, folder: Path, number: str = "") -> FileChannel:
        """SMS as `.sms.json`, the request that the provider would get."""

        def render(message: OutgoingMessage) -> bytes | Permanent:
            body = json.dumps(request_body(message, number), ensure_ascii=False, indent=2)
            return unsendable(message) or f"{body}\n".encode("utf-8", "replace")

        return cls("sms", folder, ".sms.json", render)

    def session(self) -> FileChannel:
        """Itself: it holds nothing open."""
        return self

    def __enter__(self) -> FileChannel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: OutgoingMessage) -> Result:
        """Write one file; `provider_id` is its name."""
        content = self._render(message)
        if isinstance(content, Permanent):
            return content
        try:
            return Accepted(self._write(self._stem(message), content))
        except OSError as error:
            return _why_not(error)

    def check(self) -> Trouble | None:
        """Whether a file can be made in the folder."""
        try:
            self._prepare()
            with tempfile.TemporaryFile(dir=self._folder):
                return None
        except OSError as error:
            return _why_not(error)

    def describe(self) -> str:
        """The folder."""
        return f"file {self._folder}"

    def _stem(self, message: OutgoingMessage) -> str:
        at = message.created_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        return re.sub(r"[^\w.-]", "-", f"{at}-{message.channel}-{message.kind}-{message.id}", flags=re.ASCII)

    def _prepare(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._folder.stat().st_mode & 0o077:
            self._folder.chmod(0o700)

    def _write(self, stem: str, content: bytes) -> str:
        """Write whole or not at all, under a name nobody has: mkstemp's files are 0600, and a link never replaces."""
        self._prepare()
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            count = 1
            while True:
                name = f"{stem}{self._suffix}" if count == 1 else f"{stem}.{count}{self._suffix}"
                try:
                    _place(Path(temporary), self._folder / name)
                    return name
                except FileExistsError:
                    count += 1
        finally:
            Path(temporary).unlink(missing_ok=True)


def _place(temporary: Path, target: Path) -> None:
    """Give a finished file its name; raises `FileExistsError` rather than replace another."""
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        target.touch(mode=0o600, exist_ok=False)  # a filesystem without links: take the name first
        temporary.replace(target)


def _why_not(error: OSError) -> Trouble:
    if error.errno in _REFUSED or isinstance(error, FileExistsError):
        return Misconfigured("The folder for messages cannot be written; set GURU_OUTBOX_DIR to one that can.")
    return Transient(f"The message could not be written ({error.strerror}).", connection_lost=True)
