"""Options that several commands share about series."""

from __future__ import annotations

import argparse

from guru_tui.domain.series import SCOPES


def add_choices(parser: argparse.ArgumentParser) -> None:
    """`--skip` and `--shift`, beside the command's own `--force`."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--skip", action="store_true", help="of a repeat: leave out those that are not free")
    either.add_argument("--shift", action="store_true", help="of a repeat: move those to the next free time that day")


def add_scope(parser: argparse.ArgumentParser) -> None:
    """`--scope`."""
    parser.add_argument(
        "--scope", choices=SCOPES, default="this", help="of a series: this one (default), this and the later, or all"
    )
