"""Cancelling one appointment or several of a series: why, what it costs late, and the message, before Enter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import short_moment
from guru_tui.domain.money import decimal_text
from guru_tui.domain.policies import Late, charge_words, lateness, read_charge
from guru_tui.domain.views.messages import MessagePreview
from guru_tui.errors import Invalid
from guru_tui.screens.base import counted
from guru_tui.screens.dialogs.preview import room_for_text
from guru_tui.screens.dialogs.telling import Telling, Told, told_of
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, Piece, flow

if TYPE_CHECKING:
    from guru_tui.bootstrap import Guru
    from guru_tui.domain.series import SeriesChange
    from guru_tui.domain.views.agenda import AgendaEntry

REASONS = ("client asked", "sick", "I am away", "other")
_SHOWN = 3
"""How many of those at short notice are in sight at once, where there is room."""
_ROOM_FOR_SEVERAL = 56
"""From how many columns on each of them stands on one line."""

Charges = dict[int, int]
"""What appointments that are cancelled late cost: minor units by id."""


class Cancellation(NamedTuple):
    """What is about to be cancelled: its message or why there is none, who could be cancelled late, how it is done.

    `cancel` is given the reason, whether the client is told, and what those cost that are cancelled late.
    """

    title: str
    told: Told
    lates: tuple[Late, ...]
    cancel: Callable[[Guru, str, bool, Charges], Change]
    several: bool = False


def of_one(session: Session, entry: AgendaEntry, version: int) -> Cancellation:
    """The cancellation of one appointment; `version` as for `booking.cancel`."""
    now = session.guru.clock.now()
    stands = lateness(session.practice, entry.id, entry.starts, entry.fee_minor, entry.currency, now)

    def cancel(guru: Guru, reason: str, notify: bool, charges: Charges) -> Change:
        return guru.booking.cancel(
            entry.id,
            reason=reason,
            notify=notify,
            late=entry.id in charges,
            charge_minor=charges.get(entry.id),
            version=version,
        )

    when = short_moment(entry.starts)
    title = f"Cancel {session.person(entry.client)} · {when} {entry.title}"
    return Cancellation(title, told_of(session, "cancellation", entry.id), (stands,), cancel)


def of_series(
    session: Session, entry: AgendaEntry, scope: str, seen: SeriesChange, lates: tuple[Late, ...], version: int
) -> Cancellation:
    """The cancellation of several of a series, of which `seen` is the rehearsal."""

    def cancel(guru: Guru, reason: str, notify: bool, charges: Charges) -> Change:
        return guru.series.cancel(entry.id, scope, reason=reason, notify=notify, late=charges, version=version)

    return Cancellation(
        f"Cancel {counted(len(seen.ids), 'appointment')} of {session.person(entry.client)}",
        (
            tuple(MessagePreview.of(message) for message in seen.messages),
            "the client was told of none of them, they have begun, or such messages are off",
        ),
        lates,
        cancel,
        several=True,
    )


class Cancel(Telling[Change]):
    """Enter cancels, so two keys do it; Esc keeps what is there."""

    AUTO_FOCUS = ""  # the amount takes keys only once it is asked for
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "confirm", "Cancel it", show=False),
        Binding("n", "tell", "Notify the client", show=False),
        Binding("f", "late", "Late, and what it costs", show=False),
        Binding("F", "late_all", "All of these late", show=False),
        Binding("dollar_sign", "amount", "Another amount", show=False),
        Binding("down,j", "cursor(1)", "The next one", show=False),
        Binding("up,k", "cursor(-1)", "The one before", show=False),
        *(Binding(str(number), f"reason({number})", "Reason", show=False) for number in range(1, 5)),
    ]

    def __init__(self, session: Session, what: Cancellation) -> None:
        super().__init__(session)
        self._what = what
        self._charges: Charges = {}
        self._at = 0
        self._reason = 1
        self.told = what.told
        self.tell = bool(what.told[0])

    def body(self) -> Iterable[Widget]:
        """Reason, what it costs, message."""
        amount = Input(placeholder="amount, or none", id="amount")
        amount.display = False
        yield amount
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Name what is cancelled."""
        self.entitle(self._what.title)
        them = "them" if self._what.several else "it"
        self.keys(
            Hint("⏎", f"cancel {them}", "confirm"),
            Hint("1-4", "reason", "reason(1)"),
            Hint("n", "notify", "tell"),
            Hint("f", "late fee", "late"),
            Hint("Esc", f"keep {them}", "leave"),
        )
        self.show_told()

    def show_told(self) -> None:
        """Draw it all."""
        self.query_one("#what", Pane).show(self._lines)

    def _lines(self, width: int) -> list[Line]:
        chosen = self._reason
        reasons: list[Piece] = [
            (f"({number}) {reason}", "active" if number == chosen else "") for number, reason in enumerate(REASONS, 1)
        ]
        fees = self._fee_lines(width)
        room = room_for_text(self.app.size.height, 14 + len(fees))
        return [*flow([("Reason", "dim"), *reasons], width), *fees, BLANK, *self.told_lines(width, room)]

    # ---- what it costs late --------------------------------------------------------------------------

    def _fee_lines(self, width: int) -> list[Line]:
        """The proposal, where the notice is too short or the practitioner has asked for it all the same."""
        lates = self._what.lates
        if not self._charges and not any(late.notice.late for late in lates):
            return []
        if len(lates) == 1:
            amount = ("$ amount" if self._charges else "", "dim")
            return flow([("Notice", "dim"), *self._fee(lates[0]), ("f", "key"), amount], width)
        room = _SHOWN if width >= _ROOM_FOR_SEVERAL else 1
        first = min(max(self._at - room // 2, 0), max(len(lates) - room, 0))
        shown = lates[first : first + room]
        more = f"{len(lates) - len(shown)} more" if len(lates) > len(shown) else "choose"
        keys: list[Piece] = [
            *(("jk", "key"), (more, "dim")),
            *(("f", "key"), ("late", "dim")),
            *(("F", "key"), ("all", "dim")),
            *(("$", "key"), ("amount", "dim")),
        ]
        lines = flow([("Notice", "dim"), (f"{len(lates)} at short notice", "warn"), *keys], width)
        for number, late in enumerate(shown, first):
            lines += flow([("▸" if number == self._at else " ", "key"), *self._fee(late)], width)
        return lines

    def _fee(self, late: Late) -> list[Piece]:
        """How one stands to the policy, and what it costs late."""
        policy, charge = late.notice, self._charges.get(late.id)
        cost = charge_words(policy.charge_minor if charge is None else charge, late.currency)
        fee = f"[ ] late: {cost}" if charge is None else f"[x] late: {'charge ' if charge else ''}{cost}"
        when = short_moment(late.starts) if self._what.several else ""
        short = (policy.words, "warn" if policy.late else "dim")
        return [(when, ""), short, (fee, "" if charge is None else "active")]

    @property
    def _late(self) -> Late:
        return self._what.lates[self._at]

    def action_cursor(self, by: int) -> None:
        """Another of those at short notice."""
        self._at = (self._at + by) % len(self._what.lates)
        self.show_told()

    def action_late(self) -> None:
        """Not late, late for what the policy says, late for nothing, and round again."""
        late = self._late
        charge = self._charges.get(late.id)
        if charge is None:
            self._charges[late.id] = late.notice.charge_minor
        elif charge:
            self._charges[late.id] = 0
        else:
            del self._charges[late.id]
        self.show_told()

    def action_late_all(self) -> None:
        """All of them late for what the policy says; where they are, none."""
        proposed = {late.id: late.notice.charge_minor for late in self._what.lates}
        self._charges = {} if self._charges == proposed else proposed
        self.show_told()

    def action_amount(self) -> None:
        """Late for an amount that is typed."""
        late, field = self._late, self.query_one("#amount", Input)
        field.display = True
        field.value = decimal_text(self._charges.get(late.id, late.notice.charge_minor), late.currency)
        field.focus()

    @on(Input.Submitted, "#amount")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self._charges[self._late.id] = read_charge(event.value, self._late.currency)
        except Invalid as error:
            self.complain(error)
            return
        self.problem("")
        self._put_away()

    def _put_away(self) -> None:
        self.query_one("#amount", Input).display = False
        self.set_focus(None)
        self.show_told()

    # ---- the rest ------------------------------------------------------------------------------------

    def action_reason(self, number: int) -> None:
        """Choose why."""
        self._reason = number
        self.show_told()

    def action_leave(self) -> None:
        """Leave the amount first, then the dialog."""
        if self.query_one("#amount", Input).display:
            self._put_away()
        else:
            super().action_leave()

    def action_confirm(self) -> None:
        """Cancel what was named."""
        reason, notify, charges = REASONS[self._reason - 1], self.tell, dict(self._charges)
        self.change(lambda guru: self._what.cancel(guru, reason, notify, charges), self.dismiss)
