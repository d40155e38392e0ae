"""What the calendar keys do where the thing under the cursor is one of a series: how much of it is asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guru_tui.screens.everywhere_acts import EverywhereActs

if TYPE_CHECKING:
    from guru_tui.domain.booking import Change
    from guru_tui.domain.policies import Late
    from guru_tui.domain.series import SeriesChange, SeriesPlace
    from guru_tui.domain.views.agenda import AgendaEntry


class SeriesActs(EverywhereActs):
    """Cancelling, removing and repeating."""

    def _changed(self, change: Change) -> None:
        """A change to the calendar is done: say it."""
        raise NotImplementedError

    def _booked(self, change: Change) -> None:
        """Something was booked or moved: say it and show it."""
        raise NotImplementedError

    def cancel_visit(self, entry: AgendaEntry) -> None:
        """Cancel an appointment, or as much of its series as is meant, with the message shown first."""
        from guru_tui.screens.dialogs.cancel import Cancel, of_one, of_series
        from guru_tui.screens.dialogs.scope import with_scope

        def once() -> None:
            self.ask(Cancel(self.session, of_one(self.session, entry, self.seen)), self._changed)

        def several(scope: str, _place: SeriesPlace, version: int) -> None:
            def confirm(seen: tuple[SeriesChange, tuple[Late, ...]]) -> None:
                self.ask(Cancel(self.session, of_series(self.session, entry, scope, *seen, version)), self._changed)

            self.change(
                lambda guru: (
                    guru.series.rehearsal().cancel(entry.id, scope, version=version),
                    guru.series.short_notice(entry.id, scope),
                ),
                confirm,
            )

        with_scope(self, entry, "Cancel", once, several)

    def remove_block(self, entry: AgendaEntry) -> None:
        """Remove a blocked time; several of those that repeat once that is confirmed."""
        from guru_tui.screens.dialogs.scope import with_scope

        seen = self.seen

        def once() -> None:
            self.change(lambda guru: guru.booking.unblock(entry.id, version=seen), self._changed)

        def several(scope: str, place: SeriesPlace, version: int) -> None:
            from guru_tui.screens.dialogs.confirm import Confirm

            number = place.later if scope == "later" else place.all
            text = f"{number} blocked times are removed; u brings them back."
            question = Confirm(self.session, f"Remove {entry.title or 'Blocked time'}", text, yes="remove them")
            self.ask(
                question,
                lambda _yes: self.change(
                    lambda guru: guru.series.unblock(entry.id, scope, version=version), self._changed
                ),
            )

        with_scope(self, entry, "Remove", once, several)

    def repeat_visit(self, entry: AgendaEntry) -> None:
        """Have an appointment repeat, or repeat differently from here on."""
        from guru_tui.screens.dialogs.pattern import Pattern

        self.ask(Pattern(self.session, entry, self.seen), self._booked)
