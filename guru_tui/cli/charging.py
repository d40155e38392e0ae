"""What `guru cancel` and `guru status` ask and say about charging for time that was lost."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from guru_tui.cli.output import confirm
from guru_tui.domain.policies import charge_words, notice, read_charge
from guru_tui.domain.views.agenda import LIVE, AgendaEntry
from guru_tui.errors import UsageMistake

if TYPE_CHECKING:
    from guru_tui.cli import Context


def add_late(parser: argparse.ArgumentParser) -> None:
    """Give `guru cancel` its `--late`, `--not-late` and `--charge`."""
    late = parser.add_mutually_exclusive_group()
    late.add_argument("--late", action="store_true", help="late-cancelled, for what the policy says")
    late.add_argument("--not-late", action="store_true", help="plainly cancelled, without a question")
    parser.add_argument("--charge", metavar="AMOUNT", help="late-cancelled, for this amount, or none")


def add_charge(parser: argparse.ArgumentParser) -> None:
    """Give `guru status` its `--charge`."""
    parser.add_argument(
        "--charge", metavar="AMOUNT", help="what a no-show or late cancellation costs, or none; else the policy says"
    )


def charge(options: argparse.Namespace, entry: AgendaEntry) -> int | None:
    """The charge that was given, in minor units; None where the policy decides. Raises `Invalid`."""
    return read_charge(options.charge, entry.currency) if options.charge is not None else None


def is_late(context: Context, options: argparse.Namespace, entry: AgendaEntry) -> bool:
    """Whether the appointment is to be late-cancelled.

    Where nothing says so a short notice is named with what it would cost; only somebody at a terminal is asked.
    """
    if options.not_late and options.charge is not None:
        raise UsageMistake("--charge is for a late cancellation; leave out --not-late")
    if options.late or options.charge is not None:
        return True
    if options.not_late or options.json or entry.status not in LIVE:
        return False
    guru = context.guru
    policy = notice(guru.reads.practice(), entry.starts, entry.fee_minor, entry.currency, guru.clock.now())
    if not policy.late:
        return False
    cost = charge_words(policy.charge_minor, entry.currency)
    context.output.line(f"Short notice ({policy.words}): late-cancelled it is {cost} (guru cancel {entry.id} --late).")
    return confirm(f"Cancel it late, {cost}?")
