"""What can be done on the log."""

from __future__ import annotations

from guru_tui.commands.command import Command

LOG: tuple[Command, ...] = (
    Command("log.open", "enter", "open", "See what the step changed, before and after", "Go", "open"),
    Command("log.filter", "slash", "filter", "Filter by name, day, what was done, or from where", "Go", "filter"),
    Command("log.undone", "v", "only_undone", "Only what was undone, or everything again", "View", "undone only"),
)
