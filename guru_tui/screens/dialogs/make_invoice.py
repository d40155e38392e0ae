"""Making an invoice: its lines and its total are shown before Enter gives it a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.views.clients import ClientVisit
from guru_tui.domain.views.invoices import InvoiceDetail, InvoiceRow
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Column, Columns, Line

_COLUMNS = Columns(
    (Column("", 9, right=True), Column("", 5), Column("", 20, grow=1), Column("", 10, right=True)), indent=0
)
_MOST = 12


@dataclass(frozen=True, slots=True)
class Charge:
    """A line as the dialog shows it."""

    day: str
    time: str
    text: str
    amount: int


class MakeInvoice(Dialog[InvoiceDetail]):
    """Enter issues; `d` keeps it as a draft where it is not one yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "issue", "Issue", show=False),
        Binding("d", "draft", "Keep as draft", show=False),
    ]

    def __init__(
        self,
        session: Session,
        client: str,
        *,
        client_id: int = 0,
        visits: Sequence[ClientVisit] = (),
        draft: InvoiceDetail | None = None,
    ) -> None:
        super().__init__(session)
        self._client = client
        self._client_id = client_id
        self._visits = tuple(visits)
        self._draft = draft

    @property
    def _row(self) -> InvoiceRow | None:
        return self._draft.row if self._draft else None

    def body(self) -> Iterable[Widget]:
        """The lines."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Show what would be on it."""
        self.entitle(f"Invoice {self.session.person(self._client)}")
        keys = [Hint("⏎", "issue it", "issue"), Hint("d", "keep as draft", "draft"), Hint("Esc", "back", "leave")]
        self.keys(*(hint for hint in keys if hint.action != "draft" or self._draft is None))
        self.query_one("#what", Pane).show(self._lines)

    def _charges(self) -> list[Charge]:
        today = self.session.today()
        if self._draft:
            return [
                Charge(
                    short_day(line.service_at.date(), today) if line.service_at else "",
                    f"{line.service_at:%H:%M}" if line.service_at else "",
                    line.description,
                    line.total_minor,
                )
                for line in self._draft.lines
            ]
        return [
            Charge(
                short_day(visit.starts.date(), today),
                f"{visit.starts:%H:%M}",
                visit.title + (f" ({visit.status})" if visit.status not in ("attended", "booked", "confirmed") else ""),
                visit.fee_minor,
            )
            for visit in self._visits
        ]

    def _lines(self, width: int) -> list[Line]:
        session, charges = self.session, self._charges()
        currency = self._row.currency if self._row else self._visits[0].currency if self._visits else ""
        total = self._row.total_minor if self._row else sum(charge.amount for charge in charges)
        lines: list[Line] = []
        for charge in charges[:_MOST]:
            cells = (
                ((charge.day, "dim"),),
                ((charge.time, "dim"),),
                ((charge.text, ""),),
                ((session.money(charge.amount, currency), ""),),
            )
            lines.append(_COLUMNS.line(cells, width))
        if len(charges) > _MOST:
            lines.append(((f"{'':>9} … and {len(charges) - _MOST} more", "dim"),))
        lines.append((("─" * width, "rule"),))
        sums = ((), (), (("Total", "strong"),), ((session.money(total, currency), "strong"),))
        lines += [_COLUMNS.line(sums, width), BLANK]
        lines.append((("Issuing gives it the next number and freezes it.", "dim"),))
        return lines

    def action_issue(self) -> None:
        """Give it its number."""
        client_id, row = self._client_id, self._row
        if row is not None:
            self.change(lambda guru: guru.invoicing.issue(row.id), self.dismiss)
        else:
            self.change(lambda guru: guru.invoicing.invoice_client(client_id), self.dismiss)

    def action_draft(self) -> None:
        """Keep it in progress."""
        if self._draft is None:
            client_id = self._client_id
            self.change(lambda guru: guru.invoicing.invoice_client(client_id, draft=True), self.dismiss)
