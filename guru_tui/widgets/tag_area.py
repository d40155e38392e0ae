"""A field for text with merge tags: it colours them, and offers what a `{{` may become."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import TextArea

from guru_tui.widgets.themes import ThemedApp

_TAG = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}|\{\{|\}\}|\[\[|\]\]")
_BEGUN = re.compile(r"\{\{\s*([\w.]*)$")
_WRONG = Style(underline=True)  # to be told apart without colours
_REST = re.compile(r"[\w.]*\s*\}\}")


class TagArea(TextArea):
    """Tab or Enter takes the tag that is offered, up and down choose another, Esc closes the offer.

    `one_line` for subjects: Enter goes on to the next field. The screen says which tags there are (`complete`, by
    what stands after the `{{`) and draws the offer.
    """

    class Offered(Message):
        """Other tags are offered than before, or another is chosen; none where `tags` is empty."""

        def __init__(self, area: TagArea, tags: Sequence[str], chosen: int) -> None:
            super().__init__()
            self.area = area
            self.tags = tags
            self.chosen = chosen

        @property
        def control(self) -> TagArea:
            """The field, for `@on` selectors."""
            return self.area

    def __init__(self, *, one_line: bool = False, id: str | None = None) -> None:
        super().__init__(
            id=id,
            soft_wrap=not one_line,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
        )
        self.match_cursor_bracket = False  # single ones: it would colour half a tag
        self.one_line = one_line
        self.complete: Callable[[str], Sequence[str]] = lambda _typed: ()
        self._tags: Sequence[str] = ()
        self._chosen = 0

    @property
    def offering(self) -> bool:
        """Whether tags are offered."""
        return bool(self._tags)

    def close(self) -> None:
        """Take the offer away."""
        self._offer(())

    def take(self, tag: str) -> None:
        """Write the tag in place of what has been typed of it, and close it."""
        begun = self._begun()
        if begun is None:
            return
        row, column = self.cursor_location
        rest = _REST.match(self.document.get_line(row)[column:])
        start, end = (row, begun.start(1)), (row, column + (rest.end() if rest else 0))
        self.replace(f"{tag}}}}}", start, end)
        self.move_cursor((row, begun.start(1) + len(tag) + 2))
        self.close()

    def begin_tag(self) -> None:
        """Write `{{` at the cursor, so that the tags are offered."""
        row, column = self.cursor_location
        self.insert("{{", (row, column))
        self.move_cursor((row, column + 2))

    # ---- offering ------------------------------------------------------------------------------------

    def _begun(self) -> re.Match[str] | None:
        if not self.selection.is_empty:
            return None
        row, column = self.cursor_location
        return _BEGUN.search(self.document.get_line(row)[:column])

    def _offer(self, tags: Sequence[str], chosen: int = 0) -> None:
        if (tuple(tags), chosen) != (tuple(self._tags), self._chosen):
            self._tags, self._chosen = tuple(tags), chosen
            self.post_message(self.Offered(self, self._tags, chosen))

    def on_text_area_changed(self) -> None:
        """Something was typed: does it begin a tag?"""
        begun = self._begun() if self.has_focus else None
        self._offer(self.complete(begun.group(1)) if begun else ())

    def on_text_area_selection_changed(self) -> None:
        """The cursor left the tag it was writing."""
        if self._tags and self._begun() is None:
            self.close()

    def on_blur(self) -> None:
        """Nothing is offered to a field that is not written in."""
        self.close()

    async def _on_key(self, event: events.Key) -> None:
        if self._tags and event.key in ("tab", "enter", "up", "down", "escape"):
            event.stop()
            event.prevent_default()
            if event.key == "escape":
                self.close()
            elif event.key in ("tab", "enter"):
                self.take(self._tags[self._chosen])
            else:
                step = 1 if event.key == "down" else -1
                self._offer(self._tags, (self._chosen + step) % len(self._tags))
        elif self.one_line and event.key in ("enter", "down"):
            event.stop()
            event.prevent_default()
            self.screen.focus_next(TagArea)

    # ---- drawing -------------------------------------------------------------------------------------

    def get_line(self, line_index: int) -> Text:
        """A line with its tags in colour, those that do not exist in the colour of what is wrong."""
        line = super().get_line(line_index)
        app = self.app
        if not isinstance(app, ThemedApp):
            return line
        for part in _TAG.finditer(line.plain):
            if part.group(1) is not None:
                tone = "key" if part.group(1).strip() in self.complete("") else "bad"
            else:
                tone = "bad" if part.group() in ("{{", "}}") else "dim"
            style = app.drawn_in(f"tone--{tone}")
            line.stylize(style + _WRONG if tone == "bad" else style, *part.span())
        return line
