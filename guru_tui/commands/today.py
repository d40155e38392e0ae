"""What can be done with an appointment or a time under the cursor, and on Today."""

from __future__ import annotations

from guru_tui.commands.command import Command

VISIT: tuple[Command, ...] = (
    Command("today.add", "a", "add", "Book an appointment from one line", "Act", "add"),
    Command("today.attended", "d,s>a", "status('attended')", "Mark the appointment attended", "Status", "done"),
    Command(
        "today.status",
        "",
        "chord('s')",
        "Mark it otherwise: a second key says how",
        "Status",
        "status",
        "s",
        palette=False,
    ),
    Command("today.confirmed", "s>c", "status('confirmed')", "Mark it confirmed", "Status", "confirmed", footer=False),
    Command("today.no_show", "s>n", "status('no-show')", "Mark it a no-show", "Status", "no-show", footer=False),
    Command(
        "today.late",
        "s>l",
        "status('late-cancelled')",
        "Mark it cancelled late",
        "Status",
        "late-cancelled",
        footer=False,
    ),
    Command("today.move", "m", "move", "Move the appointment to another time", "Act", "move"),
    Command(
        "today.repeat",
        "full_stop",
        "repeat",
        "Repeat the appointment, or change how it repeats from here on",
        "Act",
        "repeat",
        shown=".",
        footer=False,
    ),
    Command("today.cancel", "x", "cancel", "Cancel the appointment, or remove the blocked time", "Act", "cancel"),
    Command("today.paid", "p", "paid", "Mark the appointment's invoice paid", "Money", "paid"),
    Command(
        "today.invoice", "i", "invoice", "Invoice everything of this client that has no invoice", "Money", "invoice"
    ),
    Command("today.send", "S", "send", "Send the appointment's invoice to the client", "Money"),
    Command("today.open", "enter", "open", "Open the client's record", "Go"),
    Command("today.block", "b", "block", "Block time: leave, lunch, an event of your own", "Act", "block"),
    Command("today.note", "o", "note", "Write a note on the appointment", "Act", "note"),
    Command(
        "today.reminders",
        "r",
        "reminders",
        "See the reminders with their texts, and choose how they go",
        "Tell",
        "reminders",
    ),
    Command("today.copy", "y", "copy", "Copy the client's phone number", "Tell", "copy"),
    Command(
        "today.offer",
        "O",
        "offer",
        "Offer the free time here, or the one that just came free, to the first who waits for it",
        "Tell",
        "offer",
        footer=False,
    ),
)

TODAY: tuple[Command, ...] = (
    *VISIT,
    Command("today.previous", "left_square_bracket,h,left", "day(-1)", "The day before", "Move", shown="["),
    Command("today.next", "right_square_bracket,l,right", "day(1)", "The day after", "Move", "day", shown="[ ]"),
    Command("today.now", "t", "now", "Back to now", "Move", "today"),
)
