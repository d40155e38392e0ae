"""`guru daemon`: the sender on a clock, until it is stopped."""

from __future__ import annotations

import argparse
from contextlib import suppress
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
        "Prints one line for each round that did something: counts, never names or texts.\n"
        "A changed .env holds from the next round on. guru service install has the machine run it for you."
    )
    parser.epilog = (
        "example: guru daemon --interval 60\n\n"
        "status: 0 stopped; 75 another guru sends, or a newer one has taken over the practice (start it again)"
    )
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
    from guru_tui.jobs.scheduler import Said, run_daemon
    from guru_tui.jobs.station import Station
    from guru_tui.settings import load

    guru = context.guru
    zone = guru.reads.practice().zone
    guru.close()  # the station has a connection of its own, and follows the store where this one would not
    station = Station(guru.settings, guru.clock, who="daemon", reload=load)

    said = Said()

    def stamp() -> str:
        return f"{to_local(guru.clock.now(), zone):%Y-%m-%d %H:%M:%S}"

    def line(text: str) -> None:
        with suppress(OSError):  # whoever read it has gone; the messages have not
            print(f"{stamp()} {text}", flush=True)

    def report(done: RunReport) -> None:
        from guru_tui.cli.remind import counts

        text = "; ".join([counts(done), *done.problems])
        if done.sent or said.is_news(text):
            line(counts(done))
            for problem in done.problems:
                trouble(problem)

    def trouble(sentence: str) -> None:
        with suppress(OSError):
            context.output.error(f"{stamp()} {sentence}")

    def ready() -> None:
        line(f"guru daemon sends every {options.interval} s; stop it with Ctrl+C")

    run_daemon(station, options.interval, on_ready=ready, on_report=report, on_trouble=trouble)
    line("guru daemon has stopped")
    return 0
