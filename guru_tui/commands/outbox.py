"""What can be done on the Outbox."""

from __future__ import annotations

from guru_tui.commands.command import Command

OUTBOX: tuple[Command, ...] = (
    Command("outbox.read", "enter", "read", "Read the message and what has become of it", "Go", "read"),
    Command("outbox.send_now", "S", "send_now", "Send a message that is held back at once", "Tell", "send now"),
    Command("outbox.withdraw", "x", "withdraw", "Take back a message that has not left", "Act", "withdraw"),
    Command("outbox.retry", "r", "retry", "Send again what failed, was blocked or was taken back", "Tell", "retry"),
    Command("outbox.edit", "e", "edit", "Change the text of a message that has not left", "Act", "edit"),
    Command("outbox.done", "d", "done", "Dealt with: take the message off the list of what needs you", "Act", "done"),
    Command("outbox.resend", "R", "resend", "Send the message once more, as a new one", "Tell", "resend"),
    Command("outbox.copy", "y", "copy", "Copy the text of the message", "Tell", "copy"),
    Command("outbox.client", "o", "client", "Open the record of the client it is about", "Go", "client"),
    Command("outbox.filter", "slash", "filter", "Filter by name, number, kind, state or text", "Go", "filter"),
    Command("outbox.pause", "P", "pause", "Hold everything back, or let it go again", "Act", "pause all"),
    Command("outbox.done_all", "D", "done_all", "Dealt with: everything that needs you", "Act", "all done"),
    Command("outbox.left", "left_square_bracket,h,left", "part(-1)", "The part before", "Move", shown="[ h"),
    Command("outbox.right", "right_square_bracket,l,right", "part(1)", "The next part", "Move", "part", shown="[ ]"),
)
