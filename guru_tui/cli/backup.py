"""`guru backup` and `guru restore`: a verified copy of the practice, and the way back."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.output import add_json
from guru_tui.services.files import typed


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`backup [FILE]`, `restore FILE`."""
    add_json(parser)
    if name == "restore":
        parser.description = "Make a copy the practice again. The former file is kept in backups/. Close the app first."
        parser.epilog = "example: guru restore /media/usb/practice.db"
        parser.add_argument("file", metavar="FILE", help="a copy that guru backup made")
        parser.set_defaults(run=restore)
        return
    parser.description = "Copy the practice, open the copy and check it. Works while guru is open elsewhere."
    parser.epilog = "example: guru backup /media/usb/practice.db"
    parser.add_argument("file", nargs="?", metavar="FILE", help="where to (default: backups/ in the data directory)")
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Make the copy and say where it lies."""
    from guru_tui.services.backup import make_backup

    guru = context.guru
    saved = make_backup(guru.settings, guru.clock, typed(options.file) if options.file else None)
    if options.json:
        context.output.json({"file": str(saved), "bytes": saved.stat().st_size})
    else:
        context.output.line(f"Saved and verified: {saved} ({saved.stat().st_size / 1e6:.1f} MB)")
    return 0


def restore(context: Context, options: argparse.Namespace) -> int:
    """Put the copy in place and say where the former file is."""
    from guru_tui.services import backup

    guru = context.guru
    kept, known = backup.restore(guru.settings, guru.clock, typed(options.file))
    if options.json:
        where = str(kept) if kept else None
        context.output.json({"practice": str(guru.settings.database), "kept": where, "sending_off": not known})
        return 0
    context.output.line(f"Restored and verified: {guru.settings.database}")
    if kept:
        context.output.line(f"The former file is kept: {kept}")
    if not known:
        context.output.line(
            "It cannot tell which messages have left since the copy was made, so sending is switched off. "
            "Look at guru remind --dry-run, then: guru settings set sending yes"
        )
    return 0
