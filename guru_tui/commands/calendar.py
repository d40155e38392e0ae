"""What can be done on Week and Month, and while an appointment is being moved."""

from __future__ import annotations

from guru_tui.commands.command import Command
from guru_tui.commands.today import VISIT

_SIDEWAYS = (
    Command("calendar.left", "h,left", "cursor('left')", "To the day before", "Move", palette=False),
    Command("calendar.right", "l,right", "cursor('right')", "To the day after", "Move", palette=False),
)

WEEK: tuple[Command, ...] = (
    *VISIT,
    *_SIDEWAYS,
    Command("week.previous", "left_square_bracket", "period(-1)", "The week before", "Move", shown="["),
    Command("week.next", "right_square_bracket", "period(1)", "The week after", "Move", "week", shown="[ ]"),
    Command("week.now", "t", "now", "Back to now", "Move", "now"),
    Command("week.finer", "plus,equals_sign", "zoom(-1)", "Finer rows: 30 or 15 minutes", "View", "zoom", shown="+ -"),
    Command("week.coarser", "minus", "zoom(1)", "Coarser rows: 30 or 60 minutes", "View", shown="-"),
    Command("week.days", "w", "days", "Five days or seven", "View", "5/7 days"),
    Command("week.other", "tab", "other", "The other one, where two stand side by side", "Move", palette=False),
)

MONTH: tuple[Command, ...] = (
    *VISIT,
    *_SIDEWAYS,
    Command("month.previous", "left_square_bracket", "period(-1)", "The month before", "Move", shown="["),
    Command("month.next", "right_square_bracket", "period(1)", "The month after", "Move", "month", shown="[ ]"),
    Command("month.year_before", "left_curly_bracket", "period(-12)", "The year before", "Move", shown="{"),
    Command("month.year_after", "right_curly_bracket", "period(12)", "The year after", "Move", shown="}"),
    Command("month.now", "t", "now", "Back to today", "Move", "today"),
    Command("month.other", "tab", "other(1)", "The next appointment of the day", "Move", "next", palette=False),
    Command("month.other_back", "shift+tab", "other(-1)", "The appointment before it", "Move", palette=False),
)

MOVE: tuple[Command, ...] = (
    Command("ghost.drop", "enter", "open", "Drop it here: shows what the client is told", "Act", "drop"),
    Command("ghost.leave", "escape", "back", "Leave it where it was", "Safe", "leave it"),
    Command("ghost.down", "j,down", "cursor('down')", "Later", "Move", "later/earlier", shown="jk"),
    Command("ghost.up", "k,up", "cursor('up')", "Earlier", "Move"),
    Command("ghost.left", "h,left", "cursor('left')", "A day earlier", "Move", "day", shown="hl"),
    Command("ghost.right", "l,right", "cursor('right')", "A day later", "Move"),
    Command("ghost.week", "left_square_bracket", "period(-1)", "A week earlier", "Move", "week", shown="[ ]"),
    Command("ghost.next_week", "right_square_bracket", "period(1)", "A week later", "Move"),
    Command("ghost.longer", "plus,equals_sign", "zoom(-1)", "Longer", "Act", "length", shown="+ -"),
    Command("ghost.shorter", "minus", "zoom(1)", "Shorter", "Act"),
    Command("ghost.type", "e", "type", "Type the day and the time instead", "Act", "type it"),
    Command("ghost.help", "question_mark,f1", "help", "Show every key", "Go", shown="?"),
)
"""The keys while something is being moved; no other does anything then."""
