"""What can be done on the waiting list."""

from __future__ import annotations

from guru_tui.commands.command import Command

WAITING: tuple[Command, ...] = (
    Command(
        "waiting.offer", "enter,O", "offer", "Offer a free time: a message that is held", "Tell", "offer", shown="⏎"
    ),
    Command("waiting.add", "a", "add", "Put a client on the list, in your words", "Act", "add"),
    Command("waiting.book", "b", "book", "Book what is waited for, and take it off the list", "Act", "book"),
    Command("waiting.edit", "e", "edit", "Change what is waited for", "Act", "edit"),
    Command("waiting.remove", "x", "remove", "Take the client off the list", "Act", "remove"),
    Command("waiting.client", "o", "client", "Open the client's record", "Go", "client"),
    Command("waiting.copy", "y", "copy", "Copy the client's phone number", "Tell", "copy"),
)
