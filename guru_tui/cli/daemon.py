"""`guru daemon`: the sender on a clock, until it is stopped."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from guru_tui.cli.output import number

if TYPE_CHECKING:
    from guru_tui.cli import Context
    from guru_tui.jobs.run_report import RunReport

_LONGEST = 3600


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    parser.description = (
        "Send what is due, again and again, until SIGTERM or Ctrl+C, which let the message in hand finish first.\n"
        "Prints one line for each round that did something: counts, never names or texts."
    )
    parser.epilog = "example: guru daemon --interval 60"
    parser.add_argument(
        "--interval", type=number, default=30, metavar="S", help=f"seconds between two rounds, 1 to {_LONGEST} (30)"
    )
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Tick until stopped."""
    from guru_tui.errors import UsageMistake

    if not 1 <= options.interval <= _LONGEST:
        raise UsageMistake(f"--interval is a number of seconds from 1 to {_LONGEST}, not {options.interval}")
    from guru_tui.domain.local_time import to_local
    from guru_tui.jobs.scheduler import run_daemon

    guru = context.guru
    delivery = guru.delivery("daemon")
    zone = guru.reads.practice().zone

    def stamp() -> str:
        return f"{to_local(guru.clock.now(), zone):%Y-%m-%d %H:%M:%S}"

    def report(done: RunReport) -> None:
        from guru_tui.cli.remind import counts

        print(f"{stamp()} {counts(done)}", flush=True)
        for problem in done.problems:
            trouble(problem)

    def trouble(sentence: str) -> None:
        context.output.error(f"{stamp()} {sentence}")

    def ready() -> None:
        print(f"{stamp()} guru daemon sends every {options.interval} s; stop it with Ctrl+C", flush=True)

    run_daemon(delivery, options.interval, on_ready=ready, on_report=report, on_trouble=trouble)
    print(f"{stamp()} guru daemon has stopped", flush=True)
    return 0
