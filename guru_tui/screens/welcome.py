"""The first run: one screen that asks what a practice needs, or offers a look around in the sample one."""

from __future__ import annotations

import re
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from guru_tui.bootstrap import Guru
from guru_tui.domain import hours
from guru_tui.domain.money import parse_amount
from guru_tui.errors import GuruError, Invalid
from guru_tui.widgets.bars import Hint, KeyBar
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.text import BLANK, Line, still, words
from guru_tui.widgets.themes import ThemedApp

_FIELDS = (
    ("name", "Your name", "", "Naledi Khumalo"),
    ("practice", "Practice", "", "Sea Point Physio"),
    ("email", "Email", "", "hello@seapointphysio.example: replies go there"),
    ("phone", "Phone", "", "021 555 0100: the number clients call back"),
    ("zone", "Time zone", "", "this machine's, or for example Africa/Johannesburg"),
    ("currency", "Currency", "ZAR", "ZAR"),
    ("hours", "Hours", "Mon-Fri 08:00-12:30 13:30-17:00", "Mon-Fri 08:00-17:00; Sat 09:00-12:00"),
    ("types", "Types", "Follow-up 60m R450; Intro 60m R600", "name minutes price; name minutes price"),
)
_TYPE = re.compile(r"(?P<name>.+?)\s+(?P<minutes>\d{1,4})\s*(?:m|min|minutes)?\s+(?P<fee>\S+)")


class WelcomeApp(ThemedApp[str]):
    """Answers `practice` once one is set up, `demo`, or nothing."""

    CSS_PATH = "../guru.tcss"
    TITLE = "guru"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-normal"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall"), (30, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Set up", show=False, priority=True),
        Binding("ctrl+d", "demo", "Sample practice", show=False, priority=True),
        Binding("ctrl+q,escape", "leave", "Leave", show=False, priority=True),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, guru: Guru) -> None:
        super().__init__()
        self.guru = guru
        self._busy = False

    def compose(self) -> ComposeResult:
        """The questions."""
        with Vertical(id="frame", classes="welcome") as frame:
            entitle(frame, "Welcome to guru")
            yield Pane(id="intro")
            for name, label, value, placeholder in _FIELDS:
                mark = Pane(classes="label")
                mark.show(still(((label, "dim"),)))
                yield Horizontal(mark, Input(value, placeholder=placeholder, id=f"field-{name}"), classes="field tight")
            with Vertical(id="foot"):
                yield Pane(id="problem")
                yield KeyBar(
                    [
                        Hint("⏎", "next", "screen.focus_next"),
                        Hint("^S", "set up", "app.save"),
                        Hint("^D", "sample practice", "app.demo"),
                        Hint("Esc", "leave", "app.leave"),
                    ],
                    indent=0,
                )

    def on_mount(self) -> None:
        """Say what this is."""
        text = (
            "Your practice stays on this machine. Answer what you can; all of it can be changed later, and nothing is "
            "sent to anyone until you set up mail or SMS."
        )
        self.query_one("#intro", Pane).show(lambda width: [*(((line, ""),) for line in words(text, width)), BLANK])
        self.query_one("#problem").display = False

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        """Enter goes to the next question; after the last one it sets up."""
        if event.input.id == f"field-{_FIELDS[-1][0]}":
            self.action_save()
        else:
            self.screen.focus_next()

    @on(Input.Changed)
    def _typing(self) -> None:
        self.query_one("#problem").display = False

    def _value(self, name: str) -> str:
        return self.query_one(f"#field-{name}", Input).value.strip()

    def _problem(self, text: str, field: str = "") -> None:
        pane = self.query_one("#problem", Pane)
        pane.display = True
        lines: list[Line] = [((line, "bad"),) for line in words(text, max(pane.size.width, 40))]
        pane.show(still(*lines))
        if field:
            self.query_one(f"#field-{field}", Input).focus()

    def action_save(self) -> None:
        """Check every answer, then make the practice."""
        if self._busy:
            return
        if not self._value("name") and not self._value("practice"):
            self._problem("Give your name or the practice's: clients read it on every message.", "name")
            return
        answers = {name: self._value(name) for name, *_ in _FIELDS}
        self._busy = True
        self.run_worker(lambda: self._set_up(answers), thread=True)

    def _set_up(self, answers: dict[str, str]) -> None:
        """In a worker thread: what takes a moment is loaded and written there."""
        from guru_tui.services.setup import Answers, set_up

        try:
            weekly = hours.parse(answers["hours"]) if answers["hours"] else []
            types = read_types(answers["types"], answers["currency"].upper() or "ZAR")
            given = {name: answers[name] for name in ("name", "practice", "email", "phone", "zone", "currency")}
            set_up(self.guru.settings, self.guru.clock, Answers(**given))
            if weekly:
                self.guru.practice.set_hours(weekly)
            for name, minutes, fee in types:
                self.guru.practice.add_type(name, minutes, fee)
        except GuruError as error:
            self._busy = False
            self.call_from_thread(self._problem, str(error))
        else:
            self.call_from_thread(self.exit, "practice")

    def action_demo(self) -> None:
        """The sample practice."""
        self.exit("demo")

    def action_leave(self) -> None:
        """Leave without a practice."""
        self.exit("")


def read_types(text: str, currency: str) -> list[tuple[str, int, int]]:
    """Name, minutes and fee in minor units of each type in `Follow-up 60m R450; Intro 60m R600`; raises `Invalid`."""
    types: list[tuple[str, int, int]] = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        found = _TYPE.fullmatch(part)
        if found is None:
            raise Invalid(f"{part!r} is not understood; write a type like Follow-up 60m R450.")
        if any(found["name"].casefold() == name.casefold() for name, *_ in types):
            raise Invalid(f"{found['name']!r} is there twice; give each type its own name.")
        types.append((found["name"], int(found["minutes"]), parse_amount(found["fee"], currency)))
    return types


def run_welcome(guru: Guru) -> str:
    """Ask, and answer `practice`, `demo`, or nothing when it was left."""
    return WelcomeApp(guru).run() or ""
