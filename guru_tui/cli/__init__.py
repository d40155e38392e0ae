"""The command line: finds the command, runs it, and turns exceptions into one sentence and a status.

A command's module has `configure(name, parser)`, which adds the arguments and sets `run` by
`parser.set_defaults(run=function)`; the function takes a `Context` and the parsed arguments and returns
the exit status.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from guru_tui.cli.output import Output, cannot_write, discard_output
from guru_tui.cli.registry import COMMANDS
from guru_tui.domain.text import printable
from guru_tui.errors import Ambiguous, GuruError

if TYPE_CHECKING:
    from guru_tui.bootstrap import Guru

_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


class Context:
    """What a command works with; the practice is opened when it is first asked for."""

    def __init__(self) -> None:
        self.output = Output()

    @cached_property
    def guru(self) -> Guru:
        """The practice of this data directory."""
        from guru_tui.bootstrap import Guru

        return Guru(origin="cli")

    def keep_feed(self) -> None:
        """Have the calendar's feed follow what was changed; where it cannot, say so once: the change itself stands."""
        if "guru" not in self.__dict__ or not self.guru.opened:
            return
        try:
            state = self.guru.feed.refresh()
        except GuruError as error:
            trouble = str(error)
        else:
            trouble = state.trouble if state is not None and state.news else ""
        if trouble:
            self.output.error(f"the calendar's file was not written: {trouble}")

    def close(self) -> None:
        """Close the practice if a command has opened it."""
        if "guru" in self.__dict__:
            self.guru.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Run `guru` with `argv` (default: the process's own) and return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _prepare_streams()
    return _finished(_dispatch(arguments))


def _dispatch(arguments: list[str]) -> int:
    if not arguments:
        from guru_tui.cli.app import run

        return _finishing(run)
    name = arguments[0]
    if name in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if name in ("-V", "--version"):
        from guru_tui import __version__

        print(f"guru {__version__}")
        return 0
    if name not in COMMANDS:
        Output().error(f"there is no command {name!r}{_near(name)}; see guru --help")
        return 2
    return _finishing(partial(_command, name, arguments[1:]))


def _command(name: str, arguments: list[str], context: Context) -> int:
    from guru_tui.cli.parser import read

    options = read(name, arguments)
    status: int = options.run(context, options)
    return status


def _finishing(run: Callable[[Context], int]) -> int:
    """Run a command to its end; what it raises becomes a sentence and a status."""
    context = Context()
    try:
        status = run(context)
        context.keep_feed()
        return status
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except GuruError as error:
        return _told(context.output, error)
    except BrokenPipeError:
        return 0  # the reader (head, less) has gone; nothing more to say
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        from guru_tui.bootstrap import explain

        sentence = explain(error)
        if sentence is None:
            raise
        return _told(context.output, sentence)
    finally:
        context.close()


def _told(output: Output, error: GuruError) -> int:
    output.error(str(error))
    if isinstance(error, Ambiguous):
        for choice in error.choices:
            print(f"  {printable(choice)}", file=sys.stderr)
    return error.status


def _prepare_streams() -> None:
    # Python has None for a stream that the caller closed (`guru agenda >&-`).
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout = sys.stdout or _nowhere("w")
    sys.stderr = sys.stderr or _nowhere("w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows ?, never a traceback


def _nowhere(mode: str) -> TextIO:
    return Path(os.devnull).open(mode, encoding="utf-8")  # type: ignore[return-value]


def _finished(status: int) -> int:
    """Write out what is buffered: Python's own flush at exit would end a full disk in a warning and status 120."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
    except OSError as error:
        discard_output()
        Output().error(str(cannot_write(error)))
        return status or cannot_write(error).status
    return status


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  guru {name:<{width}}  {entry.help}" for name, entry in COMMANDS.items()]
    return "\n".join(
        [
            "usage: guru [COMMAND] [--help]",
            "",
            "Run a solo practice from the terminal. Without a command the app opens.",
            "",
            *lines,
            "",
            "First look: guru demo. First day: guru init --help. Every command has --help with an example.",
        ]
    )


def _near(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
