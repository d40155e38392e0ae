"""A list with a filter above it that is there while something is typed into it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.widgets import Input

from guru_tui.screens.everywhere_acts import EverywhereActs


class Filtered(EverywhereActs):
    """A screen whose list is narrowed by words. Subclasses yield `filter_line` and read again as it changes."""

    FILTER_BY: ClassVar[str] = ""

    def filter_line(self) -> Input:
        """The line for the words, hidden until it is wanted."""
        line = Input(placeholder=self.FILTER_BY, id="search")
        line.display = False
        return line

    @property
    def _search(self) -> Input:
        return self.query_one("#search", Input)

    def action_filter(self) -> None:
        """Into the filter."""
        self._search.display = True
        self._search.focus()

    @on(Input.Submitted, "#search")
    def _settled_on(self) -> None:
        """Enter goes to the list."""
        self._search.display = bool(self._search.value.strip())
        self.records.focus()

    def action_back(self) -> None:
        """Clears the filter first."""
        if self._search.display:
            self.records.focus()
            self._search.value = ""
            self._search.display = False
        else:
            super().action_back()
