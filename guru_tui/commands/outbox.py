"""What can be done on the Outbox."""

from __future__ import annotations

from guru_tui.commands.command import Command

OUTBOX: tuple[Command, ...] = (
    Command("outbox.left", "h,left,left_square_bracket", "part(-1)", "The part before", "Move", palette=False),
    Command("outbox.right", "l,right,right_square_bracket", "part(1)", "The next part", "Move", "part", shown="hl"),
    Command("outbox.open", "enter", "open", "Open the record of the client it is about", "Go", "client"),
    Command("outbox.withdraw", "x", "withdraw", "Take back a message that has not left", "Act", "withdraw"),
    Command("outbox.copy", "y", "copy", "Copy the address or number it goes to", "Tell", "copy"),
)
