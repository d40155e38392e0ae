"""The two looks of the app, the names of the colours besides Textual's own, and the tones that text is drawn in."""

from __future__ import annotations

import os
from typing import ClassVar, TypeVar

from rich.style import Style
from textual.app import App
from textual.reactive import Reactive
from textual.theme import Theme

Answer = TypeVar("Answer")

# Okabe and Ito's hues (jfly.uni-koeln.de/color), lightened or darkened to a contrast of at least 4.5 to 1.
DARK = Theme(
    name="guru-dark",
    primary="#56b4e9",
    secondary="#8fa3b8",
    accent="#e69f00",
    success="#2fb890",
    warning="#e6a52e",
    error="#ef7d4b",
    foreground="#d7dde5",
    background="#14181e",
    surface="#1a1f27",
    panel="#232a34",
    dark=True,
    variables={"dim": "#8e9bab", "faint": "#7a8795", "cursor": "#2b4257", "cursor-off": "#222b36", "rule": "#3a4552"},
)
LIGHT = Theme(
    name="guru-light",
    primary="#0067a3",
    secondary="#5b6b7c",
    accent="#8a5a00",
    success="#006e50",
    warning="#8a5a00",
    error="#b34000",
    foreground="#1d242c",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e8e5de",
    dark=False,
    variables={"dim": "#5d6874", "faint": "#6b757f", "cursor": "#cfe3f2", "cursor-off": "#e6e8e6", "rule": "#cdc9bf"},
)
OURS = (DARK, LIGHT)

FALLBACKS = {
    "dim": "$foreground 70%",
    "faint": "$foreground 55%",
    "cursor": "$primary 40%",
    "cursor-off": "$primary 15%",
    "rule": "$foreground 25%",
}
"""For themes that are not ours."""

TONES = ("strong", "dim", "faint", "head", "title", "rule", "ok", "sure", "now", "warn", "bad", "key", "active", "mark")
CURSORS = ("on", "off")


class ThemedApp(App[Answer]):
    """An app in our looks. It starts in the dark one.

    The stylesheet gives each tone its colours; they are the same for all widgets, so the app alone looks them up.
    (As component classes of every widget they would be matched against all rules a hundred and fifty times per screen.)
    """

    # Not assigned later: that would parse and apply the whole stylesheet a second time before the first paint.
    theme: Reactive[str] = Reactive(DARK.name)
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in TONES} | {f"cursor--{on}" for on in CURSORS}

    def __init__(self) -> None:
        # With NO_COLOR the terminal's own two colours are used, not shades of grey.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.animation_level = "none"
        self._drawn_in: dict[str, Style] = {}

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's themes and ours, which are there before the constructor asks for the first one."""
        return {**super().available_themes, **{theme.name: theme for theme in OURS}}

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colour names, for themes that are not ours."""
        return FALLBACKS

    def drawn_in(self, component: str) -> Style:
        """What the stylesheet says of a component class, without anybody's background."""
        if component not in self._drawn_in:
            self._drawn_in[component] = self.get_component_styles(component).partial_rich_style
        return self._drawn_in[component]

    def notify_style_update(self) -> None:
        """The theme or the stylesheet changed: tones are looked up again."""
        self._drawn_in.clear()
        super().notify_style_update()
