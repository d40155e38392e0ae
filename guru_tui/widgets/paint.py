"""Drawing with tones: lines of (text, tone) become strips in the colours that the stylesheet gives each tone."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from guru_tui.widgets.text import Line, Painter, fit, harmless
from guru_tui.widgets.themes import ThemedApp


class Painted(Widget):
    """A widget whose text is drawn line by line in tones, without markup and without children."""

    def tone(self, name: str) -> Style:
        """The style of a tone, without this widget's own background."""
        return self.drawn_in(f"tone--{name}") if name else Style()

    def drawn_in(self, component: str) -> Style:
        """See `ThemedApp.drawn_in`; plain in an app without our stylesheet."""
        app = self.app
        return app.drawn_in(component) if isinstance(app, ThemedApp) else Style()

    def strip(self, line: Line, width: int, *, over: Style | None = None) -> Strip:
        """`line` as a strip of exactly `width` cells; `over` is laid on top of every tone."""
        base = self.rich_style
        segments = []
        for text, tone in fit(line, width):
            style = base + self.tone(tone)
            # Every segment needs a style: without one the colour filters of Textual 8.2 fail.
            segments.append(Segment(harmless(text), style + over if over else style))
        return Strip(segments, width)


def entitle(widget: Widget, title: str) -> None:
    """Put a title on a widget's border, as text and never as markup."""
    widget.border_title = Content(harmless(title) or " ")


class Pane(Painted):
    """Lines of text in tones: a strip of details, a card, the text of a dialog."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.painter: Painter = lambda _width: ()
        self._lines: Sequence[Line] = ()
        self._for: int = -1

    def show(self, painter: Painter) -> None:
        """Draw what `painter` gives for the present width, and again whenever the width changes."""
        self.painter = painter
        self._for = -1
        self.refresh(layout=self.styles.auto_dimensions)

    def redraw(self) -> None:
        """Draw again what has changed with time, in the lines that there are."""
        self._for = -1
        self.refresh()

    def lines(self, width: int) -> Sequence[Line]:
        """What stands in the pane at `width` cells."""
        if self._for != width:
            self._lines, self._for = self.painter(width), width
        return self._lines

    @property
    def text(self) -> str:
        """The text as it stands, for tests and for copying."""
        return "\n".join("".join(text for text, _ in line).rstrip() for line in self.lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are."""
        return len(self.lines(width))

    def render_line(self, y: int) -> Strip:
        """One line of the pane."""
        lines = self.lines(self.size.width)
        return self.strip(lines[y] if y < len(lines) else (), self.size.width)
