"""The two looks of the app, and the names of the colours that the stylesheet uses besides Textual's own."""

from __future__ import annotations

from textual.theme import Theme

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
