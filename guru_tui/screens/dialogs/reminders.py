"""What a client hears before an appointment: each reminder with its moment, way and text, and how to change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from guru_tui.bootstrap import Guru
from guru_tui.domain.local_time import short_date, to_local
from guru_tui.domain.views.agenda import LIVE, AgendaEntry
from guru_tui.domain.views.messages import MessagePreview, PlannedReminder
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.preview import message_lines
from guru_tui.screens.session import Session
from guru_tui.widgets import glyphs
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, Piece, flow, words

CHOICES: tuple[tuple[str, str], ...] = (
    ("", "as usual"),
    ("sms", "SMS"),
    ("email", "email"),
    ("sms+email", "both"),
    ("off", "none"),
)
_TEXT_LINES = 12


class Reminders(Dialog[str]):
    """A digit chooses and the plan is drawn anew; answers what was chosen last, once it is left.

    Without `entry` (nothing is booked) only what holds for every appointment of the client can be chosen.
    """

    AUTO_FOCUS = "#whole"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"choose({number})", "Choose", show=False) for number in range(1, len(CHOICES) + 1)),
        Binding("c", "scope", "This one, or all of the client", show=False),
        Binding("j", "step(1)", "Down", show=False),
        Binding("k", "step(-1)", "Up", show=False),
        Binding("enter,q,r", "leave", "Close", show=False),
    ]

    def __init__(self, session: Session, client_id: int, client: str, entry: AgendaEntry | None) -> None:
        super().__init__(session)
        self._client_id = client_id
        self._client = client
        self._entry = entry
        self._for_all = entry is None
        self._plan: Sequence[PlannedReminder] = ()
        self._said = ""

    def body(self) -> Iterable[Widget]:
        """The plan, as long as it may be, and the choice under it."""
        yield VerticalScroll(Pane(id="what"), id="whole")
        yield Pane(id="choice")

    def on_mount(self) -> None:
        """Read the plan."""
        super().on_mount()
        self.query_one("#frame").add_class("tall")
        entry = self._entry
        when = f" · {short_date(entry.starts.date())} {entry.starts:%H:%M} {entry.title}" if entry else ""
        self.entitle(f"Reminders · {self.session.person(self._client)}{when}")
        self._show()

    @property
    def _open(self) -> bool:
        """Whether a choice still changes anything."""
        entry = self._entry
        return entry is None or (entry.status in LIVE and entry.starts > self.session.now())

    def _show(self) -> None:
        entry = self._entry
        plan = self.session.reads.reminders(entry.id) if entry else []
        # The short text stands above the long one, so that both are in sight.
        self._plan = sorted(plan, key=lambda each: (each.leaves, each.rule_id, each.channel == "email"))
        self.query_one("#what", Pane).show(self._plan_lines)
        self.query_one("#choice", Pane).show(self._choice_lines)
        scope = Hint("c", "for this one" if self._for_all else "for all of the client", "scope")
        choice = Hint(f"1-{len(CHOICES)}", "choose", "choose(1)")
        acts = [choice, *([scope] if entry else [])] if self._open else []
        self.keys(*acts, Hint("Esc", "back", "leave"))

    # ---- the plan ------------------------------------------------------------------------------------

    def _plan_lines(self, width: int) -> list[Line]:
        if self._entry is None:
            return [(("Nothing is booked.", "dim"),)]
        if not self._plan:
            return [(("No reminder: there is no rule for one.", "dim"),)]
        lines: list[Line] = []
        for each in self._plan:
            if lines:
                lines.append(BLANK)
            lines += self._reminder(each, width)
        return lines

    def _reminder(self, reminder: PlannedReminder, width: int) -> list[Line]:
        local = to_local(reminder.leaves, self.session.practice.zone)
        when = f"{short_date(local.date())} {local:%H:%M}"
        look = glyphs.message(reminder.state)
        reason = "" if self.session.privacy and reminder.state != "none" else reminder.reason.rstrip(".")
        if reminder.state == "none":
            way = {"sms": "SMS ", "email": "Email "}.get(reminder.channel, "")
            said = f"{way}{when} ({reminder.when}): " if reminder.when else f"{way}{when}: "
            told = words(f"{said}none, {reason or 'no rule asks for it'}.", width - 2)
            return [(("– " if not n else "  ", "faint"), (line, "dim")) for n, line in enumerate(told)]
        parts: list[Piece] = [
            (f"{look.glyph} {when}", "strong"),
            (look.word, look.tone),
            (reminder.when, "dim"),
            (reason, "dim"),
        ]
        shown = MessagePreview("reminder", reminder.channel, reminder.recipient, reminder.subject, reminder.body)
        return [
            *flow(parts, width, separator=" · "),
            *message_lines(self.session, [shown], width=width, lines=_TEXT_LINES),
        ]

    # ---- the choice ----------------------------------------------------------------------------------

    def _chosen(self) -> str:
        """The channels that were chosen for the scope on show; empty: as usual."""
        entry = self._entry
        for rule in self.session.reads.rules():
            mine = rule.client_id == self._client_id if self._for_all else entry and rule.appointment_id == entry.id
            if mine and rule.kind == "reminder" and rule.lead_days is None and rule.lead_hours is None:
                return rule.channels
        return ""

    def _choice_lines(self, width: int) -> list[Line]:
        if not self._open:
            return []
        chosen = self._chosen()
        whom = f"All of {self.session.person(self._client)}" if self._for_all else "This appointment"
        pieces: list[Piece] = [
            (f"({number}) {word}", "active" if channels == chosen else "")
            for number, (channels, word) in enumerate(CHOICES, 1)
        ]
        return [BLANK, *flow([(whom, "dim"), *pieces], width)]

    def action_choose(self, number: int) -> None:
        """Have it so from now on."""
        if not self._open:
            self.problem("That appointment is over; there is nothing to choose.", "warn")
            return
        channels, entry = CHOICES[number - 1][0], self._entry
        if channels == self._chosen():
            return

        def choose(guru: Guru) -> str:
            if self._for_all or entry is None:
                return guru.rules.choose_for_client(self._client_id, channels)
            return guru.rules.choose(entry.id, channels)

        self.change(choose, self._changed)

    def _changed(self, summary: str) -> None:
        self._said = summary
        self.problem("")
        self._show()

    def action_scope(self) -> None:
        """This appointment, or every one of the client."""
        if self._entry is not None and self._open:
            self._for_all = not self._for_all
            self._show()

    def action_step(self, by: int) -> None:
        """Scroll a line."""
        self.query_one("#whole", VerticalScroll).scroll_relative(y=by, animate=False)

    def action_leave(self) -> None:
        """Close; what was chosen is told below, where it can be undone."""
        self.dismiss(self._said or None)
