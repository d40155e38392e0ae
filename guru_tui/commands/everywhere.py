"""What can be done on every screen, and the moves that all lists share."""

from __future__ import annotations

from guru_tui.commands.command import Command

SCREENS: tuple[Command, ...] = (
    Command("go.today", "1,g>t", "go('today')", "Go to Today", "Go", "Today"),
    Command("go.week", "2,g>w", "go('week')", "Go to Week", "Go", "Week"),
    Command("go.month", "3,g>m", "go('month')", "Go to Month", "Go", "Month"),
    Command("go.clients", "4,g>c", "go('clients')", "Go to Clients", "Go", "Clients"),
    Command("go.invoices", "5,g>i", "go('invoices')", "Go to Invoices", "Go", "Invoices"),
    Command("go.outbox", "6,g>o", "go('outbox')", "Go to Outbox", "Go", "Outbox"),
    Command("go.templates", "7,g>e", "go('templates')", "Go to Templates", "Go", "Templates"),
)

GENERAL: tuple[Command, ...] = (
    Command("find", "f", "find", "Find a client and jump to them", "Go", "find"),
    Command("free", "F", "free_time", "Find a free time and book it", "Go", "find time"),
    Command("date", "g>d", "date", "Go to a date, in your words", "Go", "date"),
    Command("todo", "exclamation_mark", "todo", "List what needs you, and go there", "Go", shown="!"),
    Command("replies", "g>r", "replies", "Read what clients have answered", "Go", "replies"),
    Command("waitlist", "W,g>a", "waitlist", "See who waits for a time, and offer or book one", "Go", "waiting list"),
    Command("palette", "colon,ctrl+p", "command_palette", "Run any command by its name", "Go", "cmd", palette=False),
    Command("undo", "u,z", "undo", "Take back the last action, and its messages while they are held", "Safe", "undo"),
    Command("redo", "U", "redo", "Do again what was undone last, and let its messages wait again", "Safe", "redo"),
    Command("log", "g>l", "go('log')", "Look back over what was done, and undo from there", "Safe", "log"),
    Command("import.calendar", "", "import_calendar", "Import a calendar from a file (.ics, .csv): look first", "Act"),
    Command("import.clients", "", "import_clients", "Import clients from a file (.csv): look first", "Act"),
    Command("export", "", "export", "Export everything into files that other programs read", "Act"),
    Command("export.calendar", "", "calendar_file", "Write the calendar file (.ics) for other programs", "Act"),
    Command("privacy", "asterisk", "privacy", "Show initials instead of names, until pressed again", "Safe", shown="*"),
    Command("redraw", "ctrl+l", "redraw", "Read everything again and redraw the screen", "View"),
    Command("theme", "ctrl+t", "theme", "Change between dark and light", "View"),
    Command("back", "escape", "back", "Go back one step; never quits", "Safe", palette=False),
    Command("quit", "q,ctrl+q", "leave", "Close what is open, or guru itself", "Safe"),
    Command("help", "question_mark,f1", "help", "Show every key of this screen", "Go", "help", shown="?"),
)

MOVING: tuple[Command, ...] = (
    Command("move.down", "j,down", "cursor('down')", "Down one record", "Move", palette=False),
    Command("move.up", "k,up", "cursor('up')", "Up one record", "Move", palette=False),
    Command("move.page_down", "pagedown,ctrl+d", "cursor('page_down')", "Down one page", "Move", palette=False),
    Command("move.page_up", "pageup,ctrl+u", "cursor('page_up')", "Up one page", "Move", palette=False),
    Command("move.end", "G,end", "cursor('end')", "To the last record", "Move", palette=False),
    Command("move.home", "g>g,home", "cursor('home')", "To the first record", "Move", "top", palette=False),
)

EVERYWHERE = SCREENS + MOVING + GENERAL
