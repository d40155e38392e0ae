"""What `guru cancel` and `guru status` ask and say about charging for time that was lost."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from guru_tui.cli.output import confirm
from guru_tui.domain.local_time import short_moment
from guru_tui.domain.policies import Late, charge_words, read_charge
from guru_tui.domain.views.agenda import LIVE, AgendaEntry
from guru_tui.errors import UsageMistake

if TYPE_CHECKING:
    from guru_tui.cli import Context


def add_late(parser: argparse.ArgumentParser) -> None:
    """Give `guru cancel` its `--late`, `--not-late` and `--charge`."""
    late = parser.add_mutually_exclusive_group()
    late.add_argument(
        "--late",
        action="store_true",
        help="late-cancelled, for what the policy says; of a series those at short notice, or else the first",
    )
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


def late_charges(
    context: Context, options: argparse.Namespace, entry: AgendaEntry, lates: Sequence[Late]
) -> dict[int, int | None]:
    """Which of `lates` are to be late-cancelled, by id, and what each costs: None for what the policy says.

    Where nothing says so those at short notice are named with what they would cost; only somebody at a terminal is
    asked.
    """
    if options.not_late and options.charge is not None:
        raise UsageMistake("--charge is for a late cancellation; leave out --not-late")
    if options.late or options.charge is not None:
        cost = charge(options, entry)
        return {late.id: cost for late in lates}
    short = [late for late in lates if late.notice.late]
    settled = options.scope == "this" and entry.status not in LIVE
    if options.not_late or options.json or not short or settled:
        return {}
    scope = "" if options.scope == "this" else f" --scope {options.scope}"
    costs = [charge_words(late.notice.charge_minor, late.currency) for late in short]
    for late, words in zip(short, costs, strict=True):
        which = f" for {short_moment(late.starts)}" if scope else ""
        context.output.line(
            f"Short notice{which} ({late.notice.words}): late-cancelled it is {words} "
            f"(guru cancel {entry.id}{scope} --late)."
        )
    them = "it" if len(short) == 1 else f"these {len(short)}"
    if not confirm(f"Cancel {them} late, {', '.join(costs)}?"):
        return {}
    return {late.id: None for late in short}
