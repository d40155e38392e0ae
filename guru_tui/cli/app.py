"""`guru` without a command: opens the app, or sets up the practice it needs first."""

from __future__ import annotations

import argparse
import sys

from guru_tui.cli import Context


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The app takes no arguments: everything is on its screens."""
    parser.description = "Open the app on the practice in the data directory (GURU_HOME)."
    parser.epilog = "example: guru"
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Open the app; on the first run, ask for the practice before."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        context.output.error(
            "the app needs a terminal; without one use the commands, for example: "
            "guru agenda, guru book, guru remind (see guru --help)"
        )
        return 1
    from guru_tui.bootstrap import Guru

    guru = Guru(origin="app")
    try:
        if not guru.settings.database.exists():
            from guru_tui.screens.welcome import run_welcome

            answer = run_welcome(guru)
            if answer == "demo":
                return _demo(context)
            if answer != "practice":
                return 0
        from guru_tui.app import run_app

        return run_app(guru)
    finally:
        guru.close()


def _demo(context: Context) -> int:
    from guru_tui.cli import Parser, demo

    parser = Parser(prog="guru demo")
    demo.configure("demo", parser)
    options = parser.parse_args([])
    status: int = options.run(context, options)
    return status
