"""A stack of A4 pages that text, lines and tints are set down on; lengths in millimetres, sizes in points.

What is set down is kept until `finish`, because only then is it known how many pages there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guru_tui.documents.fonts import FAMILY, MEDIUM, REGULAR, Fonts, printable

if TYPE_CHECKING:
    from fpdf import FPDF

Color = tuple[int, int, int]

INK: Color = (28, 36, 48)
MUTED: Color = (104, 115, 130)
HAIRLINE: Color = (218, 223, 229)
TINT: Color = (244, 247, 248)
ACCENT: Color = (16, 94, 102)

LEFT, RIGHT = 20.0, 190.0
TOP, BOTTOM = 20.0, 272.0
WIDTH = RIGHT - LEFT

_SLACK = 0.01  # differences of floating-point numbers must not break a line
_POINT = 25.4 / 72
_LEADING = 1.42
_ASCENT = 0.78  # of the size: where the baseline of a line of text lies under its top


@dataclass(frozen=True)
class Type:
    """How a piece of text looks."""

    size: float = 9.5
    style: str = REGULAR
    color: Color = INK

    @property
    def leading(self) -> float:
        """The height of one line."""
        return self.size * _POINT * _LEADING


Line = tuple[str, Type]
"""A line of text and how it looks."""

BODY = Type()
STRONG = Type(style=MEDIUM)
SMALL = Type(8.5, color=MUTED)
LABEL = Type(7.5, color=MUTED)


@dataclass
class Sheet:
    """The pages of one document. `y` is where the next thing goes on the present page."""

    fonts: Fonts
    title: str
    author: str
    texts: Iterable[str]
    created: datetime
    y: float = TOP
    _pages: list[list[Callable[[FPDF], None]]] = field(default_factory=lambda: [[]])

    def __post_init__(self) -> None:
        from fpdf import FPDF

        self._pdf = pdf = FPDF(format="A4", unit="mm")
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        self.fonts.add_to(pdf, (*map(printable, self.texts), "Page 0123456789 of …"))
        pdf.set_title(printable(self.title))
        pdf.set_author(printable(self.author))
        pdf.set_creator("guru-tui")
        pdf.set_creation_date(self.created)
        self._widths: dict[tuple[str, float, str], float] = {}

    @property
    def room(self) -> float:
        """What is left of the present page."""
        return BOTTOM - self.y

    @property
    def page_count(self) -> int:
        """How many pages there are so far."""
        return len(self._pages)

    def new_page(self) -> None:
        """Begin another page."""
        self._pages.append([])
        self.y = TOP

    def width_of(self, text: str, kind: Type) -> float:
        """How wide a line of text is."""
        key = (text, kind.size, kind.style)
        if key not in self._widths:
            self._pdf.set_font(FAMILY, kind.style, kind.size)
            self._widths[key] = float(self._pdf.get_string_width(text))
        return self._widths[key]

    def wrap(self, text: str, width: float, kind: Type = BODY) -> list[str]:
        """`text` in lines of at most `width`, broken at blanks; a word that is wider is broken within."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in printable(paragraph).split(" "):
                longer = f"{line} {word}" if line else word
                if self.width_of(longer, kind) <= width + _SLACK:
                    line = longer
                    continue
                if line:
                    lines.append(line)
                *full, line = self._broken(word, width, kind)
                lines.extend(full)
            if line or lines:
                lines.append(line)
        return lines

    def _broken(self, word: str, width: float, kind: Type) -> list[str]:
        pieces = [""]
        for character in word:
            if pieces[-1] and self.width_of(pieces[-1] + character, kind) > width + _SLACK:
                pieces.append("")
            pieces[-1] += character
        return pieces

    def fitted(self, text: str, width: float, kind: Type) -> str:
        """`text` on one line, ended by an ellipsis where it is wider; for what stands in full elsewhere."""
        text = printable(text)
        if self.width_of(text, kind) <= width:
            return text
        while text and self.width_of(f"{text}…", kind) > width:
            text = text[:-1]
        return f"{text}…"

    def text(self, x: float, y: float, text: str, kind: Type = BODY, *, right: bool = False) -> None:
        """One line whose top is at `y`; with `right` it ends at `x`."""
        if not text:
            return
        if right:
            x -= self.width_of(text, kind)
        self._put(lambda pdf: _set(pdf, kind).text(x, y + kind.size * _POINT * _ASCENT + kind.leading * 0.12, text))

    def stack(self, x: float, lines: Sequence[Line], *, right: bool = False) -> None:
        """Lines under each other from `y` on, which moves below them; goes on over the page where it must."""
        for text, kind in lines:
            if kind.leading > self.room:
                self.new_page()
            self.text(x, self.y, text, kind, right=right)
            self.y += kind.leading

    def side_by_side(self, left: Sequence[Line], right: Sequence[Line], *, right_x: float = RIGHT) -> None:
        """Two stacks beside each other, the second flush right; under each other where a page is too short."""
        tallest = max(height_of(left), height_of(right))
        if tallest > self.room and tallest <= BOTTOM - TOP:
            self.new_page()
        start = self.y
        self.stack(LEFT, left)
        if tallest > BOTTOM - start:
            self.stack(right_x, right, right=True)
            return
        self.y = start
        self.stack(right_x, right, right=True)
        self.y = start + tallest

    def rule(
        self, y: float, color: Color = HAIRLINE, *, start: float = LEFT, end: float = RIGHT, weight: float = 0.2
    ) -> None:
        """A horizontal line."""

        def draw(pdf: FPDF) -> None:
            pdf.set_draw_color(*color)
            pdf.set_line_width(weight)
            pdf.line(start, y, end, y)

        self._put(draw)

    def tint(self, x: float, y: float, width: float, height: float, color: Color = TINT) -> None:
        """A coloured ground, to be set down before what stands on it."""

        def draw(pdf: FPDF) -> None:
            pdf.set_fill_color(*color)
            pdf.rect(x, y, width, height, style="F", round_corners=True, corner_radius=1.6)

        self._put(draw)

    def image(self, picture: Any, x: float, y: float, width: float, height: float) -> None:
        """A picture (of Pillow)."""
        self._put(lambda pdf: pdf.image(picture, x, y, width, height))

    def _put(self, draw: Callable[[FPDF], Any]) -> None:
        self._pages[-1].append(draw)

    def finish(self, footer: Callable[[int, int], None]) -> bytes:
        """The document's bytes; `footer(page, pages)` sets down the foot of each page."""
        pages, self._pages = self._pages, [[]]
        for number, page in enumerate(pages, start=1):
            self._pdf.add_page()
            for draw in page:
                draw(self._pdf)
            self._pages = [[]]
            footer(number, len(pages))
            for draw in self._pages[0]:
                draw(self._pdf)
        return bytes(self._pdf.output())


def height_of(lines: Sequence[Line]) -> float:
    """How high a stack of lines is."""
    return sum(kind.leading for _, kind in lines)


def _set(pdf: FPDF, kind: Type) -> FPDF:
    pdf.set_font(FAMILY, kind.style, kind.size)
    pdf.set_text_color(*kind.color)
    return pdf
