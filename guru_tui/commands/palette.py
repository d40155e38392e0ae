"""The command palette: every command of the screen it was opened from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from guru_tui.commands.command import Command


class OurCommands(Provider):
    """Offers what the screen can do, by what it does and with its key."""

    def _entries(self) -> list[tuple[str, Callable[[], object]]]:
        commands: Callable[[], tuple[Command, ...]] | None = getattr(self.screen, "commands", None)
        if commands is None:
            return []
        return [
            (f"{command.all_keys:<8} {command.help}", partial(self.screen.run_action, command.action))
            for command in commands()
            if command.palette
        ]

    async def discover(self) -> Hits:
        """Everything, in the order of the help."""
        for text, run in self._entries():
            yield DiscoveryHit(text, run)

    async def search(self, query: str) -> Hits:
        """What matches the letters that were typed."""
        matcher = self.matcher(query)
        for text, run in self._entries():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), run)
