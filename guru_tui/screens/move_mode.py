"""Moving an appointment about the week: a ghost that follows the keys, and what its place would mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.commands.calendar import MOVE
from guru_tui.commands.command import Command
from guru_tui.domain.local_time import resolve, short_moment
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.errors import Ambiguous, Invalid
from guru_tui.screens.places import GoBack
from guru_tui.screens.session import Session
from guru_tui.screens.visit_acts import VisitActs
from guru_tui.screens.week_plan import DAY
from guru_tui.widgets.bars import Hint, KeyBar
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import Line, Piece, clip, joined
from guru_tui.widgets.week_cells import Ghost
from guru_tui.widgets.week_grid import WeekGrid
from guru_tui.widgets.week_sheet import Cell

if TYPE_CHECKING:
    from guru_tui.domain.booking import Change
    from guru_tui.domain.series import SeriesPlace
    from guru_tui.domain.views.agenda import Conflict
    from guru_tui.domain.views.availability import Against

_MOVES = frozenset(command.action.partition("(")[0] for command in MOVE)
_NAME = 20
"""Cells of a name in the line about what is being moved, so that what is in the way has room beside it."""
_STEP = 15
"""Minutes by which a length changes while an appointment is moved."""


class Moving(NamedTuple):
    """An appointment on its way: where it would start (naive local), how long it would last, where to return to.

    `version` is `reads.newest_change()` of when it was read; `against` says what speaks against the time besides
    what it overlaps.
    """

    entry: AgendaEntry
    start: datetime
    minutes: int
    back: str
    version: int
    conflicts: tuple[Conflict, ...] = ()
    against: tuple[str, ...] = ()
    trouble: str = ""


class MoveMode(VisitActs):
    """What the week does while an appointment is being moved. Subclasses show the days."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._day = session.today()
        self._five = False
        self._moving: Moving | None = None

    @property
    def grid(self) -> WeekGrid:
        """The grid."""
        return self.query_one(WeekGrid)

    @property
    def _count(self) -> int:
        """How many days are on show."""
        raise NotImplementedError

    @property
    def _first(self) -> date:
        """The first of them."""
        raise NotImplementedError

    def _read(self, at: Cell | None = None, key: object = None) -> None:
        """Show the days about `_day`, with the cursor on a cell or an entry."""
        raise NotImplementedError

    def _under(self, width: int) -> Sequence[Line]:
        """What stands under the cursor, in one line."""
        raise NotImplementedError

    def action_move(self) -> None:
        """Take up the appointment under the cursor."""
        entry = self._movable()
        if entry is not None:
            self.take_up(entry, self.seen)

    def take_up(self, entry: AgendaEntry, version: int, back: str = "") -> None:
        """Begin to move an appointment that was read at `version`; `back` is the mode to return to."""
        start = entry.starts.replace(tzinfo=None)
        self._moving = Moving(entry, start, entry.minutes, back, version)
        self._turn_to(start.date())
        self._read(Cell((start.date() - self._first).days, start.hour * 60 + start.minute))
        self._show_keys()
        self.say("")
        self._check_ghost()

    def _carry(self, by: timedelta) -> None:
        moving = self._moving
        if moving is None:
            return
        start = moving.start + by
        if self._five and start.weekday() > 4 and abs(by) == timedelta(days=1):
            start += 2 * by
        self._moving = moving._replace(start=start)
        if not 0 <= (start.date() - self._first).days < self._count:
            self._day = start.date()
            self._read()
        self._check_ghost()

    def _turn_to(self, day: date) -> None:
        """Make `day` the one that is shown next; of five days on show a weekend makes seven."""
        self._day = day
        self._five = self._five and day.weekday() < 5

    def _stretch(self, by: int) -> None:
        """Make what is being moved longer, or shorter."""
        if self._moving is not None:
            self._moving = self._moving._replace(minutes=max(self._moving.minutes + by * _STEP, _STEP))
            self._check_ghost()

    def _check_ghost(self) -> None:
        """Show the ghost where it is, and whether something stands there."""
        moving = self._moving
        if moving is None:
            return
        conflicts: Sequence[Conflict] = ()
        against: Sequence[Against] = ()
        trouble = ""
        try:
            begin = resolve(moving.start, self.session.practice.zone, fold=0)
        except (Invalid, Ambiguous) as error:
            trouble = str(error)
        else:
            conflicts = self.session.reads.conflicts(
                begin, begin + timedelta(minutes=moving.minutes), exclude_appointment=moving.entry.id
            )
            against = self.session.guru.availability.reasons(
                moving.start, moving.minutes, exclude_appointment=moving.entry.id
            )
        self._moving = moving = moving._replace(
            conflicts=tuple(conflicts),
            against=tuple(each.text(self.session.person(each.name)) for each in against),
            trouble=trouble,
        )
        begins = moving.start.hour * 60 + moving.start.minute
        column = (moving.start.date() - self._first).days
        name = self.session.person(moving.entry.client)
        self.grid.haunt(
            Ghost(column, begins, min(begins + moving.minutes, DAY), name, bool(conflicts) or bool(trouble))
        )
        self.query_one("#under", Pane).show(self._over)

    def _over(self, width: int) -> Sequence[Line]:
        """Where the ghost is, and what it would overlap."""
        moving = self._moving
        if moving is None:
            return ()
        end = moving.start + timedelta(minutes=moving.minutes)
        parts: list[Piece] = [
            (clip(self.session.person(moving.entry.client), _NAME), "strong"),
            (f"{short_moment(moving.start)}-{end:%H:%M}", "strong"),
        ]
        if moving.trouble:
            parts.append((moving.trouble, "bad"))
        elif moving.conflicts:
            parts += [
                (f"‼ {clip(self.session.person(each.name), _NAME)} {each.times}", "bad")
                for each in moving.conflicts[:3]
            ]
        else:
            parts.append(("free ✓", "ok"))
        parts += [(text, "warn") for text in moving.against]
        return [[(" ", ""), *joined(parts, width - 2)]]

    def action_type(self) -> None:
        """Type the day and the time instead."""
        from guru_tui.screens.dialogs.move import Move

        if self._moving is not None:
            self.ask(Move(self.session, self._moving.entry, self._moving.version), self._dropped)

    def _drop(self, moving: Moving) -> None:
        from guru_tui.screens.dialogs.drop import Drop
        from guru_tui.screens.dialogs.scope import with_scope

        if moving.trouble:
            self.say(moving.trouble, "bad")
            return
        entry = moving.entry
        if (moving.start, moving.minutes) == (entry.starts.replace(tzinfo=None), entry.minutes):
            self.say("It is where it was; hjkl move it, Esc leaves it there.", "warn")
            return

        def once() -> None:
            self.ask(
                Drop(self.session, entry, moving.start, moving.minutes, moving.conflicts, moving.version), self._dropped
            )

        def several(scope: str, _place: SeriesPlace, _version: int) -> None:
            from guru_tui.domain.series import Edit
            from guru_tui.screens.dialogs.series import ask_series
            from guru_tui.screens.dialogs.series import moving as step

            edit = Edit(moving.start, moving.minutes if moving.minutes != entry.minutes else None)
            ask_series(self, step(self.session, entry, scope, edit, moving.version), self._dropped)

        with_scope(self, entry, "Move", once, several)

    def _dropped(self, change: Change) -> None:
        back = self._moving.back if self._moving else ""
        self._let_go()
        if not back:
            self._booked(change)
            return
        self.reload()
        self.post_message(GoBack(back, change))

    def _let_go(self) -> None:
        self._moving = None
        self.grid.haunt(None)
        self._show_keys()
        self.query_one("#under", Pane).show(self._under)

    def action_back(self) -> None:
        """Leave what is being moved where it was."""
        moving = self._moving
        if moving is None:
            super().action_back()
            return
        self._let_go()
        self.say("Left where it was.")
        if moving.back:
            self.post_message(GoBack(moving.back))
        else:
            self._day = moving.entry.starts.date()
            self._read(key=("appointment", moving.entry.id))

    # ---- keys while something is being moved -----------------------------------------------------------

    def commands(self) -> tuple[Command, ...]:
        """Everything that can be done now."""
        return MOVE if self._moving else super().commands()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is being moved nothing else can be done to anything."""
        if self._moving is not None and action not in _MOVES | {"leave", "quit", "redraw", "privacy", "theme"}:
            return False
        if self._moving is None and action == "type":
            return False
        return super().check_action(action, parameters)

    def _show_keys(self) -> None:
        commands = MOVE if self._moving else self.footer()
        self.query_one(KeyBar).show(
            [Hint(command.key, command.label, command.action) for command in commands if command.label]
        )
