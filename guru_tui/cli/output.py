"""How commands print: tables for people, one JSON document for programs, one sentence for errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guru_tui.domain.text import printable
from guru_tui.errors import GuruError

if TYPE_CHECKING:
    import argparse

_LARGEST = 2**63 - 1  # what the store's INTEGER holds


def add_json(parser: argparse.ArgumentParser) -> None:
    """Give a command its `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def number(text: str) -> int:
    """An argument that is a whole number, as `type=` of `add_argument`; refuses one that no record can have."""
    value = int(text)
    if abs(value) > _LARGEST:
        import argparse  # here, so that the app, which has no arguments, starts without it

        raise argparse.ArgumentTypeError(f"{text[:30]!r} is larger than any number here")
    return value


def cannot_write(error: OSError) -> GuruError:
    """What to say when standard output takes no more."""
    return GuruError(f"The output could not be written ({error.strerror}); send it somewhere else.")


class Output:
    """Standard output and error of one command."""

    def line(self, text: str = "") -> None:
        """Print text for a person, without anything a terminal would obey."""
        self._print(printable(text))

    def json(self, document: Any) -> None:
        """The one document on standard output. Times are ISO 8601 with offset."""
        import json

        self._print(json.dumps(document, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None, default=_plain))

    def error(self, sentence: str) -> None:
        """One sentence on standard error."""
        print(f"guru: {' '.join(printable(sentence).split())}", file=sys.stderr)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = ()) -> None:
        """A table fitted to the terminal, or to 160 columns where there is none. `right`: columns set flush right."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for column in columns:
            table.add_column(column, justify="right" if column in set(right) else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(printable(str(cell))) for cell in row))
        console = Console(
            highlight=False,
            markup=False,
            emoji=False,
            no_color=True if "NO_COLOR" in os.environ else None,
            width=None if sys.stdout.isatty() else 160,
        )
        with console.capture() as drawn:
            console.print(table)
        self._print(drawn.get(), end="")

    def raw(self, data: bytes) -> None:
        """Bytes for another program."""
        with _writing():
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()

    def _print(self, text: str, end: str = "\n") -> None:
        with _writing():
            print(text, end=end)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise cannot_write(error) from None


def discard_output() -> None:
    """Let what is still buffered go nowhere, without Python's warning and status 120 at exit."""
    # As docs.python.org/3/library/signal.html advises.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a JSON document")


def confirm(question: str) -> bool:
    """Ask on the terminal; False where there is none to ask on.

    The question goes to standard error, so that standard output stays one document for a program.
    """
    if not sys.stdin.isatty():
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "j", "ja")
