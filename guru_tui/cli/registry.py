"""Every command of `guru`: where it lives and the line that `guru --help` shows for it.

Only the module of the command that was typed is imported, so that no command pays for another.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command's module and its line of help."""

    module: str
    help: str


COMMANDS: dict[str, Entry] = {
    "demo": Entry("demo", "look around in a throw-away sample practice; nothing can leave the machine"),
    "init": Entry("init", "set up your practice"),
    "agenda": Entry("agenda", "show the schedule"),
    "book": Entry("book", "book an appointment from one line of text"),
    "block": Entry("block", "block time"),
    "unblock": Entry("block", "remove blocked time"),
    "slots": Entry("slots", "find a free time"),
    "move": Entry("appointments", "move an appointment"),
    "repeat": Entry("series", "repeat a series differently from an appointment on"),
    "cancel": Entry("appointments", "cancel an appointment"),
    "status": Entry("appointments", "mark an appointment attended, confirmed, no-show or late-cancelled"),
    "import": Entry("calendar_import", "bring in appointments from another calendar (.ics, .csv)"),
    "ics": Entry("ics", "write the calendar for a phone or another program (RFC 5545)"),
    "waitlist": Entry("waitlist", "who would come sooner: list, add, offer a free time, book"),
    "undo": Entry("undo", "take back your last action"),
    "redo": Entry("undo", "do again what was undone last"),
    "log": Entry("undo", "list your last actions, newest first"),
    "clients": Entry("clients", "list, show, add, import and export clients"),
    "types": Entry("types", "list and add appointment types"),
    "locations": Entry("locations", "list and add places"),
    "hours": Entry("hours", "show and set operating hours"),
    "templates": Entry("templates", "list, change and try the texts of messages"),
    "rules": Entry("rules", "which reminders go out, when and how; for everyone, a type, a client or one appointment"),
    "settings": Entry("settings", "list, get and set the practice's settings"),
    "remind": Entry("remind", "queue the reminders that are due and deliver what waits; for cron"),
    "daemon": Entry("daemon", "the same every 30 seconds, until stopped"),
    "service": Entry("service", "have the machine send the reminders by itself"),
    "replies": Entry("replies", "list and show what clients have answered by mail"),
    "outbox": Entry("outbox", "every message: show, retry, withdraw, resend, edit"),
    "invoice": Entry("invoice", "make an invoice from a client's appointments"),
    "invoices": Entry("invoices", "list, show, send, print and settle invoices"),
    "export": Entry("export", "write everything into a folder, for other programs"),
    "backup": Entry("backup", "make a verified copy of the practice"),
    "restore": Entry("backup", "make a copy the practice again; the former file is kept"),
    "doctor": Entry("doctor", "check the store, the permissions and the channels"),
}
