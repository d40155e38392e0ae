"""A mail server in a process of its own, which both sides of a race talk to: it takes every mail and keeps it.

`python -m tests.bench.sink [CERTIFICATE_AND_KEY]` prints its port and serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
import sys
import tempfile
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Says yes to a mail once it is on the disk, as every server must that answers for it (RFC 5321, 4.2.5)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Written, synced, taken."""
        self._number += 1
        with (self._folder / f"{self._number}.eml").open("wb") as file:
            file.write(envelope.original_content or b"")
            file.flush()
            os.fsync(file.fileno())
        return "250 2.0.0 taken"


async def serve(pem: str) -> None:
    """Listen on a free port of loopback until nobody wants it any more."""
    context = None
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory(prefix="guru-bench-mails-") as folder:
        keeper = Keeper(Path(folder))
        server = await loop.create_server(
            lambda: SMTP(keeper, hostname="sink.test", tls_context=context, loop=loop), "127.0.0.1", 0
        )
        print(server.sockets[0].getsockname()[1], flush=True)
        await loop.run_in_executor(None, sys.stdin.read)
        server.close()


if __name__ == "__main__":
    gc.disable()  # its pauses would be taken for the senders'
    asyncio.run(serve(sys.argv[1] if len(sys.argv) > 1 else ""))
