"""What a no-show or a late cancellation costs, when that is not what the policy said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Input

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import short_moment
from guru_tui.domain.money import decimal_text
from guru_tui.domain.policies import policy_charge, read_charge
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.errors import GuruError
from guru_tui.screens.dialogs.form import Form
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane


class ChangeCharge(Form[Change]):
    """An amount, or `none`, and Enter."""

    KEYS: ClassVar[tuple[Hint, ...]] = (Hint("⏎", "charge it", "save"), Hint("Esc", "leave it", "leave"))

    def __init__(self, session: Session, entry: AgendaEntry) -> None:
        super().__init__(session)
        self._entry = entry

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """The amount."""
        entry = self._entry
        value = "" if entry.charge_minor is None else decimal_text(entry.charge_minor, entry.currency)
        yield "amount", "Charge", value, "450, or none"

    def body(self) -> Iterable[Widget]:
        """The field, and what it would cost otherwise."""
        yield from super().body()
        yield Pane(id="policy")

    def on_mount(self) -> None:
        """Whose it is, and what the policy says."""
        super().on_mount()
        entry, session = self._entry, self.session
        when = short_moment(entry.starts)
        self.entitle(f"{entry.status.capitalize()} · {session.person(entry.client)} · {when}")
        fee = session.money(entry.fee_minor, entry.currency)
        cost = session.money(policy_charge(session.practice, entry.status, entry.fee_minor, entry.currency))
        self.query_one("#policy", Pane).show(lambda _width: (((f"fee {fee} · by the policy {cost}", "dim"),),))
        field = self.query_one("#field-amount", Input)
        field.cursor_position = len(field.value)

    def action_save(self) -> None:
        """Charge that."""
        entry = self._entry
        try:
            amount = read_charge(self.value("amount"), entry.currency)
        except GuruError as error:
            self.complain(error)
            return
        if amount == entry.charge_minor:
            self.dismiss(None)
            return
        self.change(lambda guru: guru.booking.set_status(entry.id, entry.status, charge_minor=amount), self.dismiss)
