"""One object per user action: its binding, its place in the footer, its palette entry and its line of help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from textual.binding import Binding

GROUPS = ("Act", "Status", "Money", "Tell", "Go", "Move", "Safe", "View")

_SHOWN = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "colon": ":",
    "slash": "/",
    "asterisk": "*",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "enter": "⏎",
    "escape": "Esc",
    "space": "Space",
    "tab": "⇥",
    "shift+tab": "⇧⇥",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
}


class Command(NamedTuple):
    """What a person can do. `keys` are Textual's names, separated by commas; a two-key chord is `s>a`.

    `label` is what the footer and the chords say, `help` a sentence, `shown` how the keys are written where their
    names will not do. `footer` off keeps it out of the footer.
    """

    id: str
    keys: str
    action: str
    help: str
    group: str
    label: str = ""
    shown: str = ""
    palette: bool = True
    footer: bool = True

    @property
    def singles(self) -> tuple[str, ...]:
        """The keys that do it at once."""
        return tuple(key for key in self.keys.split(",") if key and ">" not in key)

    @property
    def chords(self) -> tuple[tuple[str, str], ...]:
        """First and second key of each way to do it in two presses."""
        pairs = (key.partition(">") for key in self.keys.split(",") if ">" in key)
        return tuple((first, second) for first, _, second in pairs)

    @property
    def key(self) -> str:
        """How the keys are written in the footer: the first of them."""
        return self.shown or "".join(key_text(key) for key in self.keys.split(",")[0].split(">"))

    @property
    def all_keys(self) -> str:
        """How the keys are written in the help: all of them."""
        if self.shown:
            return self.shown
        return " ".join("".join(key_text(part) for part in key.split(">")) for key in self.keys.split(","))


def key_text(key: str) -> str:
    """A key's name as people write it: `ctrl+s` is `^S`."""
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+").upper()
    return _SHOWN.get(key, key.upper() if len(key) > 1 and key[0] == "f" and key[1:].isdigit() else key)


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """The bindings of the commands; chords are bound by their first key, which opens the rest of them."""
    bound: list[Binding] = []
    prefixes: set[str] = set()
    for command in commands:
        for first, _ in command.chords:
            if first not in prefixes:
                prefixes.add(first)
                bound.append(Binding(first, f"chord('{first}')", show=False, id=f"chord.{first}"))
        if command.singles:
            keys = ",".join(command.singles)
            bound.append(Binding(keys, command.action, command.label, tooltip=command.help, id=command.id, show=False))
    return bound


def first_of(commands: Iterable[Command], *ids: str) -> list[Command]:
    """The commands with those of `ids` in front, in that order."""
    return sorted(commands, key=lambda command: ids.index(command.id) if command.id in ids else len(ids))


def matching(commands: Iterable[Command], typed: str) -> list[Command]:
    """The commands whose keys, label or help hold every word that was typed."""
    wanted = typed.lower().split()
    return [
        command
        for command in commands
        if all(word in f"{command.all_keys} {command.label} {command.help} {command.group}".lower() for word in wanted)
    ]
