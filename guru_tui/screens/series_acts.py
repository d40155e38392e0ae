"""Cancelling and removing where the thing under the cursor is one of a series: how much of it is asked first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from guru_tui.screens.everywhere_acts import EverywhereActs

if TYPE_CHECKING:
    from guru_tui.domain.booking import Change
    from guru_tui.domain.series import SeriesChange, SeriesPlace
    from guru_tui.domain.views.agenda import AgendaEntry
    from guru_tui.domain.views.messages import MessagePreview


class SeriesActs(EverywhereActs):
    """What the calendar keys do with more than one of a series."""

    def _changed(self, change: Change) -> None:
        """A change to the calendar is done: say it."""
        raise NotImplementedError

    def with_scope(
        self,
        entry: AgendaEntry,
        doing: str,
        once: Callable[[], object],
        several: Callable[[AgendaEntry, str, SeriesPlace], object],
    ) -> None:
        """Do it `once`, or ask how much of the series is meant where the entry is one of several still to come."""
        place = self.session.reads.series_place(entry.kind, entry.id)
        if place is None or place.all < 2:
            once()
            return
        from guru_tui.screens.dialogs.scope import Scope

        asked = place

        def answered(scope: str) -> None:
            if scope == "this":
                once()
            else:
                several(entry, scope, asked)

        self.ask(Scope(self.session, entry, place, doing), answered)

    def cancel_several(self, entry: AgendaEntry, scope: str, place: SeriesPlace) -> None:
        """Cancel them, with the one message to the client shown first."""
        from guru_tui.screens.dialogs.scope import CancelSeries

        number = place.later if scope == "later" else place.all

        def confirm(previews: tuple[MessagePreview, ...]) -> None:
            self.ask(CancelSeries(self.session, entry, scope, number, previews), self._series_changed)

        self.change(lambda guru: guru.series.preview_cancellation(entry.id, scope), confirm)

    def unblock_several(self, entry: AgendaEntry, scope: str, place: SeriesPlace) -> None:
        """Remove them, once that is confirmed."""
        from guru_tui.screens.dialogs.confirm import Confirm

        number = place.later if scope == "later" else place.all
        name = entry.title or "Blocked time"
        text = f"{number} blocked times are removed; u brings them back."
        question = Confirm(self.session, f"Remove {name}", text, yes="remove them")
        self.ask(
            question,
            lambda _yes: self.change(lambda guru: guru.series.unblock(entry.id, scope), self._series_changed),
        )

    def _series_changed(self, change: SeriesChange) -> None:
        left = f" · left: {', '.join(change.left)}" if change.left else ""
        self._changed(replace(change, summary=f"{change.summary}{left}"))
