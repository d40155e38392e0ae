"""What can be done on Templates, and while a text is being written."""

from __future__ import annotations

from guru_tui.commands.command import Command

TEMPLATES: tuple[Command, ...] = (
    Command("templates.edit", "e,enter", "edit", "Change the text: {{ offers the tags, Ctrl+S saves", "Act", "edit"),
    Command("templates.channel", "tab", "channel", "The same message by mail or by SMS", "View", "mail/SMS"),
    Command("templates.sample", "v,ctrl+n", "sample", "Try the text on the next client", "View", "next", "v"),
    Command("templates.test", "T", "test", "Send the text to yourself, filled in", "Tell", "test"),
    Command("templates.switch", "space", "switch", "Send these messages, or no longer", "Act", "on/off"),
    Command("templates.reset", "x", "reset", "Go back to the default text", "Act", "default"),
    Command("templates.language", "l", "language", "The texts in the other language", "View", "language"),
)

WRITING: tuple[Command, ...] = (
    Command("templates.save", "ctrl+s", "save", "Save the text", "Act", "save", footer=False),
    Command(
        "templates.tags",
        "",
        "tags",
        "Write a tag: {{ lists them with their values, Tab takes one",
        "Act",
        "tags",
        "{{",
        footer=False,
    ),
)
"""What works while a text is being written, when every letter types."""
