"""`guru service`: have the machine itself send the reminders, whether the app is open or not."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from guru_tui.cli.output import add_json, confirm

if TYPE_CHECKING:
    from guru_tui.cli import Context
    from guru_tui.services.service_units import Proposal, ServiceUnits, Standing

_NOT_WRITTEN = "Nothing was written."


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their arguments."""
    parser.description = (
        "Have the machine send the reminders by itself: a systemd user unit (on macOS a launchd agent) that keeps\n"
        "guru daemon running, or a crontab line that runs guru remind. What is written is shown first."
    )
    parser.epilog = "example: guru service install\n         guru service install --cron --yes"
    what = parser.add_subparsers(required=True, dest="what", metavar="install|status|uninstall")
    install = what.add_parser("install", help="write and start it", epilog="example: guru service install --dry-run")
    install.add_argument("--cron", action="store_true", help="a crontab line instead of a service")
    _add_asking(install)
    install.set_defaults(run=run_install)
    status = what.add_parser(
        "status",
        help="what is installed, and whether it runs",
        epilog="example: guru service status\n\nstatus: 0 it is installed and runs; 3 it is not, or does not",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_json(status)
    status.set_defaults(run=run_status)
    uninstall = what.add_parser(
        "uninstall", help="stop it and take away what was written", epilog="example: guru service uninstall"
    )
    uninstall.add_argument("--cron", action="store_true", help="only the crontab line")
    _add_asking(uninstall)
    uninstall.set_defaults(run=run_uninstall)


def run_install(context: Context, options: argparse.Namespace) -> int:
    """Show what would be written, ask, write it."""
    units = _units(context)
    proposal = units.propose(cron=options.cron)
    standing = next((one for one in units.standing() if one.kind == proposal.kind), None)
    settled = proposal.state == "same" and standing is not None and standing.works
    if not settled:
        _show(context, options, proposal)
        if options.dry_run:
            return _tell(context, options, proposal, standing, "would be installed", _NOT_WRITTEN)
        _ask(options, f"Write this to {proposal.where} and start it?" if not options.cron else "Write these lines?")
        standing = units.install(proposal)
    word = "unchanged" if settled else "installed" if proposal.state == "new" else "updated"
    sentence = {
        "unchanged": f"The {proposal.title} is installed already: {proposal.where}",
        "installed": f"The {proposal.title} is installed: {proposal.where}",
        "updated": f"The {proposal.title} is installed, brought up to date: {proposal.where}",
    }[word]
    status = _tell(context, options, proposal, standing, word, sentence)
    if not options.json and standing is not None:
        for hint in units.hints(standing):
            context.output.line(f"Note: {hint}")
    return status


def run_status(context: Context, options: argparse.Namespace) -> int:
    """Print what is installed; status 3 where nothing works by itself."""
    units = _units(context)
    standing = units.standing()
    last = _last_run(context)
    hints = _hints(units, standing)
    works = any(one.works for one in standing)
    if options.json:
        lingering = units.lingers() if any(one.kind == "systemd" for one in standing) else None
        context.output.json(
            {
                "installed": bool(standing),
                "services": [_as_json(one) for one in standing],
                "lingering": lingering,
                "last_run": last,
                "hints": hints,
            }
        )
        return 0 if works else 3
    if not standing:
        context.output.line("Nothing is installed: messages leave only while guru is open, or when you run it.")
    for one in standing:
        context.output.line(f"{one.title}: {', '.join(_words(one))} ({one.where})")
    if last is not None:
        context.output.line(f"last run: {last['at'][:16].replace('T', ' ')} by {last['by']}")
    for hint in hints:
        context.output.line(f"Note: {hint}")
    return 0 if works else 3


def run_uninstall(context: Context, options: argparse.Namespace) -> int:
    """Show what would be taken away, ask, take it away."""
    units = _units(context)
    standing = [one for one in units.standing() if one.kind == "cron" or not options.cron]
    removed = []
    for one in standing:
        if not options.json:
            context.output.line(f"This is taken away from {one.where}:\n\n{one.text}")
    if options.dry_run:
        if not options.json:
            context.output.line(_NOT_WRITTEN)
    elif standing:
        _ask(options, "Stop it and take it away?")
        for one in standing:
            units.uninstall(one)
            removed.append({"kind": one.kind, "where": one.where})
            if not options.json:
                context.output.line(f"The {one.title} is gone.")
    if options.json:
        context.output.json({"removed": removed})
    elif not standing:
        context.output.line(f"There is no {'crontab line' if options.cron else 'service'} of guru's here.")
    return 0


def _add_asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be done")
    add_json(parser)


def _units(context: Context) -> ServiceUnits:
    from guru_tui.services.service_units import ServiceUnits

    return ServiceUnits(context.guru.settings)


def _ask(options: argparse.Namespace, question: str) -> None:
    from guru_tui.errors import GuruError

    if options.yes:
        return
    if options.json or not sys.stdin.isatty():
        raise GuruError(f"{_NOT_WRITTEN} Without a terminal to ask on, or with --json, say so with --yes.")
    if not confirm(question):
        raise GuruError(_NOT_WRITTEN)


def _show(context: Context, options: argparse.Namespace, proposal: Proposal) -> None:
    if options.json:
        return
    word = "replaces what is in" if proposal.state == "changed" else "goes into"
    context.output.line(f"This {word} {proposal.where}:\n\n{proposal.text}")


def _tell(
    context: Context,
    options: argparse.Namespace,
    proposal: Proposal,
    standing: Standing | None,
    word: str,
    sentence: str,
) -> int:
    for warning in proposal.warnings:
        context.output.error(f"warning: {warning}.")
    if options.json:
        found = _as_json(standing) if standing is not None else {"kind": proposal.kind, "where": proposal.where}
        context.output.json({**found, "state": word, "text": proposal.text, "warnings": list(proposal.warnings)})
        return 0
    context.output.line(sentence)
    if standing is not None and not standing.works and word != "would be installed":
        context.output.line(f"It is {', '.join(_words(standing))}; look with: guru doctor")
    return 0


def _as_json(standing: Standing) -> dict[str, Any]:
    return {
        "kind": standing.kind,
        "where": standing.where,
        "current": standing.current,
        "enabled": standing.enabled,
        "running": standing.running,
    }


def _words(standing: Standing) -> list[str]:
    words = ["installed" if standing.current else "installed, but not up to date"]
    if standing.running is not None:
        words.append("running" if standing.running else "not running")
    if standing.enabled is False:
        words.append("not enabled")
    return words


def _hints(units: ServiceUnits, standing: list[Standing]) -> list[str]:
    if not standing:
        return ["to have the machine send by itself: guru service install, or guru service install --cron"]
    found = [hint for one in standing for hint in units.hints(one)]
    if any(not one.current or not one.works for one in standing):
        cron = " --cron" if standing[0].kind == "cron" else ""
        found.append(f"to put it right: guru service install{cron}")
    if len(standing) > 1:
        found.append(
            "the service and the crontab line are both installed; one is enough: guru service uninstall --cron"
        )
    return found


def _last_run(context: Context) -> dict[str, str] | None:
    """When a sender last ran and what had started it; None where none has, or there is no practice yet."""
    from guru_tui.domain.local_time import to_local

    guru = context.guru
    runs = guru.reads.senders() if guru.settings.database.exists() else []
    if not runs:
        return None
    return {"at": to_local(runs[0].last_at, guru.reads.practice().zone).isoformat(), "by": runs[0].by}
