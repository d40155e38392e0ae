"""`guru` without a command: opens the app, or sets up the practice it needs first."""

from __future__ import annotations

import gc
import sys

from guru_tui.cli import Context


def run(context: Context) -> int:
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
        gc.disable()  # nothing that is loaded from here on can be collected; `run_app` turns it on again
        from guru_tui.app import run_app

        return run_app(guru)
    finally:
        guru.close()


def _demo(context: Context) -> int:
    from guru_tui.cli.parser import read

    options = read("demo", [])
    status: int = options.run(context, options)
    return status
