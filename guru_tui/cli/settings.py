"""`guru settings`: the practice's settings, by key."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.output import add_json
from guru_tui.domain.practice import SETTINGS
from guru_tui.errors import NotFound


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`settings list`, `settings get KEY`, `settings set KEY VALUE`."""
    parser.description = (
        "The practice's settings. How messages leave is set in .env of the data directory (guru doctor)."
    )
    parser.epilog = (
        'example: guru settings set reminder_time 09:30\n         guru settings set practice_name "Sea Point Physio"'
    )
    what = parser.add_subparsers(required=True, dest="what", metavar="list|get|set")
    listing = what.add_parser("list", help="every key with its value and meaning")
    add_json(listing)
    listing.set_defaults(run=show_all)
    getting = what.add_parser("get", help="one value")
    getting.add_argument("key", metavar="KEY")
    add_json(getting)
    getting.set_defaults(run=show_one)
    setting = what.add_parser("set", help="change one value")
    setting.add_argument("key", metavar="KEY")
    setting.add_argument("value", metavar="VALUE")
    setting.set_defaults(run=change)


def show_all(context: Context, options: argparse.Namespace) -> int:
    """Every key with its value and meaning."""
    practice = context.guru.reads.practice()
    if options.json:
        context.output.json(
            {
                "settings": [
                    {"key": key, "value": practice[key], "default": setting.default, "help": setting.help}
                    for key, setting in SETTINGS.items()
                ]
            }
        )
    else:
        context.output.table(
            ("key", "value", "meaning"),
            [(key, practice[key] or "-", setting.help) for key, setting in SETTINGS.items()],
        )
    return 0


def show_one(context: Context, options: argparse.Namespace) -> int:
    """One value, bare, for scripts."""
    if options.key not in SETTINGS:
        raise NotFound(f"There is no setting {options.key!r}; see them all with: guru settings list")
    value = context.guru.reads.practice()[options.key]
    if options.json:
        context.output.json({"key": options.key, "value": value})
    else:
        context.output.line(value)
    return 0


def change(context: Context, options: argparse.Namespace) -> int:
    """Store one value."""
    stored = context.guru.practice.set(options.key, options.value)
    context.output.line(f"{options.key} = {stored}" if stored else f"{options.key} is empty now")
    return 0
