"""How the steps of the log look."""

from __future__ import annotations

from guru_tui.domain.local_time import short_date
from guru_tui.domain.views.actions import ActionRow
from guru_tui.screens.session import Session
from guru_tui.widgets.text import Column, Columns, Line

_NORMAL = Columns((Column("when", 17), Column("what", 20, grow=1), Column("from", 7), Column("", 7)))
_NARROW = Columns((Column("when", 12), Column("what", 20, grow=1), Column("", 6)))


def columns_for(width: int) -> Columns:
    """The columns that a list of `width` cells has."""
    return _NARROW if width < 70 else _NORMAL


def state_of(action: ActionRow) -> tuple[str, str]:
    """What became of a step, in a word with its tone; empty for one that simply holds."""
    if action.undone:
        return ("undone" if action.undoes is None else "redone"), "warn"
    if action.undoes is None and not action.undoable:
        return "stays", "faint"
    return "", ""


def title_of(session: Session, action: ActionRow) -> str:
    """What was done; while privacy is on only what kind of step it was, since the sentence names clients."""
    return action.summary or action.name if not session.privacy else action.name.capitalize()


def action_line(session: Session, action: ActionRow, width: int) -> Line:
    """One step in the list."""
    columns = columns_for(width)
    year = "" if action.at.year == session.today().year else f" {action.at.year % 100:02d}"
    when = f"{short_date(action.at.date())}{year} {action.at:%H:%M}"
    word, tone = state_of(action)
    quiet = "dim" if action.undone or action.undoes is not None else ""
    if columns is _NARROW:
        when = when.partition(" ")[2]
    cells: list[Line] = [((when, "dim"),), ((title_of(session, action), quiet),)]
    if columns is _NORMAL:
        cells.append(((action.origin, "dim"),))
    return columns.line([*cells, ((word, tone),)], width)
