"""Cancelling an appointment: why, and whether the client is told; the message is shown before Enter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import short_date
from guru_tui.domain.money import decimal_text
from guru_tui.domain.policies import charge_words, notice, read_charge
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.domain.views.messages import MessagePreview
from guru_tui.errors import Invalid
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.preview import hold_words, preview_lines, room_for_text
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, Piece, flow

REASONS = ("client asked", "sick", "I am away", "other")


class Cancel(Dialog[Change]):
    """Enter cancels, so two keys do it; Esc keeps the appointment."""

    AUTO_FOCUS = ""  # the amount takes keys only once it is asked for
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "confirm", "Cancel it", show=False),
        Binding("n", "tell", "Notify the client", show=False),
        Binding("f", "late", "Late, and what it costs", show=False),
        Binding("dollar_sign", "amount", "Another amount", show=False),
        *(Binding(str(number), f"reason({number})", "Reason", show=False) for number in range(1, 5)),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "cancel it", "confirm"),
        Hint("1-4", "reason", "reason(1)"),
        Hint("n", "notify", "tell"),
        Hint("f", "late fee", "late"),
        Hint("Esc", "keep it", "leave"),
    )

    def __init__(
        self,
        session: Session,
        entry: AgendaEntry,
        previews: tuple[MessagePreview, ...],
        silence: str = "",
        *,
        version: int | None = None,
    ) -> None:
        super().__init__(session)
        self._version = version
        self._policy = notice(session.practice, entry.starts, entry.fee_minor, entry.currency, session.now())
        self._late: int | None = None
        self._silence = silence
        self._entry = entry
        self._previews = previews
        self._reason = 1
        self._notify = bool(previews)

    def body(self) -> Iterable[Widget]:
        """Reason, what it costs, message."""
        amount = Input(placeholder="amount, or none", id="amount")
        amount.display = False
        yield amount
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Name what is cancelled."""
        entry = self._entry
        when = f"{short_date(entry.starts.date())} {entry.starts:%H:%M}"
        self.entitle(f"Cancel {self.session.person(entry.client)} · {when} {entry.title}")
        self._show()

    def _show(self) -> None:
        self.query_one("#what", Pane).show(self._lines)

    def _lines(self, width: int) -> list[Line]:
        chosen = self._reason
        reasons: list[Piece] = [
            (f"({number}) {reason}", "active" if number == chosen else "") for number, reason in enumerate(REASONS, 1)
        ]
        lines: list[Line] = [*flow([("Reason", "dim"), *reasons], width), *self._fee_lines(width), BLANK]
        lines += preview_lines(
            self.session,
            self._previews,
            on=self._notify,
            width=width,
            lines=room_for_text(self.app.size.height, 15 if self._fee_lines(width) else 14),
            silence=self._silence,
        )
        if self._previews:
            told = self._notify and self._reachable
            text = hold_words(self.session) if told else "The client is not told."
            lines.append(((text, "dim" if told else "warn"),))
        return lines

    def _fee_lines(self, width: int) -> list[Line]:
        """The proposal, where the notice is too short or the practitioner has asked for it all the same."""
        policy, entry, late = self._policy, self._entry, self._late
        if not policy.late and late is None:
            return []
        cost = charge_words(policy.charge_minor if late is None else late, entry.currency)
        fee = f"[ ] late: {cost}" if late is None else f"[x] late: {'charge ' if late else ''}{cost}"
        short = (policy.words, "warn" if policy.late else "dim")
        keys: list[Piece] = [("f", "key"), ("$ amount" if late is not None else "", "dim")]
        return flow([("Notice", "dim"), short, (fee, "" if late is None else "active"), *keys], width)

    @property
    def _reachable(self) -> bool:
        return any(not each.problem for each in self._previews)

    def action_reason(self, number: int) -> None:
        """Choose why."""
        self._reason = number
        self._show()

    def action_tell(self) -> None:
        """Tell the client, or not."""
        if not self._reachable:
            why = self._silence or self._previews[0].problem
            self.problem(f"The client cannot be told: {why.rstrip('.')}.", "warn")
            return
        self._notify = not self._notify
        self._show()

    def action_late(self) -> None:
        """Not late, late for what the policy says, late for nothing, and round again."""
        following = {None: self._policy.charge_minor, 0: None}
        self._late = following.get(self._late, 0)
        self._show()

    def action_amount(self) -> None:
        """Late for an amount that is typed."""
        field = self.query_one("#amount", Input)
        field.display = True
        shown = self._policy.charge_minor if self._late is None else self._late
        field.value = decimal_text(shown, self._entry.currency)
        field.focus()

    @on(Input.Submitted, "#amount")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self._late = read_charge(event.value, self._entry.currency)
        except Invalid as error:
            self.complain(error)
            return
        self.problem("")
        self._put_away()

    def _put_away(self) -> None:
        self.query_one("#amount", Input).display = False
        self.set_focus(None)
        self._show()

    def action_leave(self) -> None:
        """Leave the amount first, then the dialog."""
        if self.query_one("#amount", Input).display:
            self._put_away()
        else:
            super().action_leave()

    def action_confirm(self) -> None:
        """Cancel it."""
        entry, reason, notify = self._entry, REASONS[self._reason - 1], self._notify
        late, charge, version = self._late is not None, self._late, self._version
        self.change(
            lambda guru: guru.booking.cancel(
                entry.id, reason=reason, notify=notify, late=late, charge_minor=charge, version=version
            ),
            self.dismiss,
        )
