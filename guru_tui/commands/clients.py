"""What can be done on Clients and on a client's record."""

from __future__ import annotations

from guru_tui.commands.command import Command

CLIENTS: tuple[Command, ...] = (
    Command("clients.filter", "slash", "filter", "Filter by name or number while you type", "Go", "filter", shown="/"),
    Command("clients.open", "enter", "open", "Open the client's record", "Go", "open"),
    Command("clients.add", "a", "add", "Add a new client", "Act", "new client"),
    Command("clients.book", "n", "book", "Book an appointment for this client", "Act", "book"),
    Command(
        "clients.copy", "y", "copy", "Copy the phone number, or the email address where there is none", "Tell", "copy"
    ),
    Command(
        "clients.invoice", "i", "invoice", "Invoice everything of this client that has no invoice", "Money", "invoice"
    ),
    Command("clients.edit", "e", "edit", "Change name, mobile number and email address", "Act", "edit"),
)

RECORD: tuple[Command, ...] = (
    Command("record.open", "enter", "open", "Open the invoice, the message, or the day of the visit", "Go", "open"),
    Command("record.book", "a,n", "book", "Book an appointment for this client", "Act", "book", shown="a"),
    Command(
        "record.reminders",
        "r",
        "reminders",
        "See the reminders with their texts, and choose how they go",
        "Tell",
        "reminders",
    ),
    Command("record.edit", "e", "edit", "Change name, mobile number and email address", "Act", "edit"),
    Command("record.invoice", "i", "invoice", "Invoice everything that has no invoice", "Money", "invoice"),
    Command("record.send", "S", "send", "Send the invoice under the cursor, or the oldest open one", "Money", "send"),
    Command("record.paid", "p", "paid", "Mark the oldest open invoice paid", "Money", "paid"),
    Command(
        "record.copy", "y", "copy", "Copy the phone number, or the email address where there is none", "Tell", "copy"
    ),
)
