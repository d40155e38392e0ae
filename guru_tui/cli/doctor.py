"""`guru doctor`: is everything all right, and what to do where it is not."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.output import add_json

_GLYPHS = {"ok": "✓", "warn": "!", "fail": "✗"}


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`doctor [--offline]`."""
    parser.description = (
        "Check the store, the permissions, the mail login, the SMS key, the last run and the last backup."
    )
    parser.epilog = "example: guru doctor"
    parser.add_argument("--offline", action="store_true", help="do not try the logins")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Print every check; status 1 where one failed."""
    from guru_tui import __version__
    from guru_tui.services.doctor import examine

    guru = context.guru
    checks = examine(guru.settings, guru.clock, network=not options.offline)
    failed = any(check.status == "fail" for check in checks)
    if options.json:
        context.output.json(
            {
                "version": __version__,
                "home": str(guru.settings.home),
                "ok": not failed,
                "checks": [
                    {"name": check.name, "status": check.status, "message": check.message, "remedy": check.remedy}
                    for check in checks
                ],
            }
        )
        return int(failed)
    context.output.line(f"guru {__version__} · {guru.settings.home}")
    for check in checks:
        context.output.line(f"{_GLYPHS[check.status]} {check.status:<4}  {check.name:<12} {check.message}")
        if check.remedy:
            context.output.line(f"{'':<21} → {check.remedy}")
    return int(failed)
