"""One line read as an entry of the waiting list: `thandi tue, thu mornings 45 min massage before 12 dec ::note`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from guru_tui.domain.local_time import short_date
from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.lexer import LONGEST, Token, split
from guru_tui.domain.quick_add.match import by_name, is_name, name_words
from guru_tui.domain.quick_add.model import NEW_CLIENT, ClientFinder, ClientMatch, Open, Problem
from guru_tui.domain.quick_add.phrases import CALENDAR_NAME, LEFTOVER, MISSING, Day, Phrase, cheapest
from guru_tui.domain.quick_add.settling import Findings
from guru_tui.domain.quick_add.waiting_words import Bound, Hours, Month, wish_phrases
from guru_tui.domain.quick_add.when import Calendar, Unreadable, settle_day, settle_times
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.practice import AppointmentTypeRow
from guru_tui.domain.waitlist import DAY, PARTS, Wish, clock

_GLUED = re.compile(r"(?<=[^\W\d_]),(?=[^\W\d_])")
_ID = re.compile(r"#[0-9]{1,9}")
_LONGEST_NAME = 5
_OFFERED = 8
_USUAL_MINUTES = 60
_LONGEST_UNSAID = 183
"""Days."""


@dataclass(frozen=True, slots=True)
class WaitingReading:
    """One line read as an entry; `new_client` is the name that nobody has, as typed."""

    text: str
    wish: Wish
    client: ClientMatch | None = None
    new_client: str = ""
    type: AppointmentTypeRow | None = None
    note: str = ""
    problems: tuple[Problem, ...] = ()
    ambiguous: tuple[Open, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it can be put on the list: the client settled, nothing open, nothing wrong."""
        return self.client is not None and not self.problems and not self.ambiguous


def parse_waiting(
    text: str,
    *,
    now: datetime,
    hours: Sequence[Interval],
    types: Sequence[AppointmentTypeRow],
    clients: ClientFinder,
    picks: Mapping[str, int] | None = None,
    month_first: bool = False,
) -> WaitingReading:
    """`text` read as who waits for what; `now` is naive local.

    Type and length default to the client's last visit, then to the first type. Never fails for what the text says:
    that is in `problems`; raises `Invalid` only for more than 500 characters.
    """
    body, mark, note = text.partition("::")
    line = split(_GLUED.sub(", ", body) + mark + note)
    findings = Findings(picks or {})
    if len(line.tokens) > LONGEST:
        findings.wrong("text", f"This is more than {LONGEST} words; put what is a note after ::")
        return WaitingReading(text, Wish(_USUAL_MINUTES), note=line.note, problems=tuple(findings.problems))
    found = _read(line.tokens, types, clients, month_first)
    client, named, rest = _client(found, line.tokens, clients, findings)
    for begin, end in rest:
        said = " ".join(token.text for token in line.tokens[begin:end])
        findings.wrong("text", f"“{said}” is not understood; put what is a note after ::")
    row, minutes = _what(found, client, types, findings)
    wish = _when(found, Wish(minutes, type_id=row.id if row else None), Calendar(now, hours), findings)
    return WaitingReading(
        text,
        wish,
        client,
        "" if client or named.startswith("#") else named,
        row,
        line.note,
        tuple(findings.problems),
        tuple(findings.ambiguous),
    )


def format_waiting(reading: WaitingReading) -> str:
    """The line that says everything the reading says; reading it again at the same moment gives the same entry."""
    wish = reading.wish
    parts = [f"#{reading.client.id}"] if reading.client else []
    if reading.type is not None:
        parts.append(reading.type.name)
    if wish.weekdays:
        parts.append(", ".join(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day] for day in wish.weekdays))
    if wish.opens and wish.closes < DAY:
        parts.append(f"between {clock(wish.opens)} and {clock(wish.closes)}")
    elif wish.opens:
        parts.append(f"after {clock(wish.opens)}")
    elif wish.closes < DAY:
        parts.append(f"before {clock(wish.closes)}")
    parts.append(f"{wish.minutes}m")
    if wish.first_on:
        parts.append(f"from {wish.first_on.isoformat()}")
    if wish.last_on:
        parts.append(f"until {wish.last_on.isoformat()}")
    return " ".join(parts) + (f" ::{reading.note}" if reading.note else "")


@dataclass(frozen=True, slots=True)
class _Found:
    """The values of the cheapest reading, and the words that it left over."""

    days: tuple[int, ...]
    hours: Hours | None
    part: str
    bounds: tuple[Bound | Month, ...]
    minutes: int | None
    types: tuple[AppointmentTypeRow, ...]
    client_id: int | None
    client_at: tuple[int, int] | None
    leftovers: tuple[tuple[int, int], ...]


def _read(
    tokens: Sequence[Token], types: Sequence[AppointmentTypeRow], clients: ClientFinder, month_first: bool
) -> _Found:
    names = [(name_words(row.name), row) for row in types]
    said = [list(wish_phrases(tokens, at, month_first=month_first)) for at in range(len(tokens))]
    calendar = {
        word
        for at, phrases in enumerate(said)
        for phrase in phrases
        if phrase.kind != "filler"
        for word in range(at, at + phrase.length)
    }
    lattice = []
    for at, phrases in enumerate(said):
        here = [*phrases, *_types(tokens, at, names), *_clients(tokens, at, clients, calendar)]
        lattice.append(sorted(here, key=lambda phrase: -phrase.length))
    steps = cheapest(lattice, missing={"client": MISSING["client"]}, leftover=[LEFTOVER] * len(tokens))[1]
    days: set[int] = set()
    bounds: list[Bound | Month] = []
    runs: list[tuple[int, int]] = []
    once: dict[str, object] = {}
    client_at = None
    for step in steps:
        phrase = step.phrase
        if phrase is None:
            begin = runs.pop()[0] if runs and runs[-1][1] == step.at else step.at
            runs.append((begin, step.at + 1))
            continue
        if isinstance(phrase.value, Bound | Month):
            bounds.append(phrase.value)
        elif phrase.kind == "on" and isinstance(phrase.value, tuple):
            days |= set(phrase.value)
        else:
            once[phrase.kind] = phrase.value
        if phrase.kind == "client":
            client_at = (step.at, step.at + phrase.length)
    hours, minutes, rows, client = (once.get(kind) for kind in ("time", "length", "type", "client"))
    return _Found(
        tuple(sorted(days)),
        hours if isinstance(hours, Hours) else None,
        str(once.get("part", "")),
        tuple(bounds),
        minutes if isinstance(minutes, int) else None,
        rows if isinstance(rows, tuple) else (),
        client if isinstance(client, int) else None,
        client_at,
        tuple(runs),
    )


def _types(
    tokens: Sequence[Token], at: int, names: Sequence[tuple[Sequence[str], AppointmentTypeRow]]
) -> Iterator[Phrase]:
    named: list[str] = []
    for length in range(1, min(_LONGEST_NAME, len(tokens) - at) + 1):
        folded = tokens[at + length - 1].fold
        if folded[0] in "@#" or (length == 1 and not folded[0].isalpha()):
            return
        named += name_words(folded)
        rows = by_name(named, names)
        if not rows:
            return
        whole = any(list(name) == named for name, _ in names)
        if whole or len(named[0]) > 2:  # one or two letters are too little to tell a type from an initial
            yield Phrase("type", length, tuple(rows), 0.1 if whole else 0.3)


def _clients(tokens: Sequence[Token], at: int, clients: ClientFinder, calendar: set[int]) -> Iterator[Phrase]:
    if _ID.fullmatch(tokens[at].fold):
        yield Phrase("client", 1, int(tokens[at].fold[1:]), 0.05 * at)
        return
    named: list[str] = []
    cost = 0.05 * at
    for length in range(1, min(_LONGEST_NAME, len(tokens) - at) + 1):
        token = tokens[at + length - 1]
        if not token.wordy or any(letter.isdigit() for letter in token.fold):
            return
        named += name_words(token.fold)
        cost += CALENDAR_NAME * (at + length - 1 in calendar)
        if not clients.known(named):
            return
        yield Phrase("client", length, tuple(named), cost)


def _client(
    found: _Found, tokens: Sequence[Token], clients: ClientFinder, findings: Findings
) -> tuple[ClientMatch | None, str, Sequence[tuple[int, int]]]:
    """Who waits, the words that said so, and the runs of words that are left over besides."""
    if found.client_id is not None:
        client = clients.by_id(found.client_id)
        if client is None:
            findings.wrong("client", f"There is no client #{found.client_id}; begin with the client's name.")
        return client, f"#{found.client_id}", found.leftovers
    wordy = [run for run in found.leftovers if all(token.wordy for token in tokens[run[0] : run[1]])]
    begin, end = found.client_at or next(iter(wordy), (0, 0))
    rest = list(found.leftovers)
    for run in wordy:  # unknown words beside a known name belong to it
        if run == (begin, end) or run[0] == end or run[1] == begin:
            begin, end = min(begin, run[0]), max(end, run[1])
            rest.remove(run)
    if begin == end:
        findings.wrong("client", "Who waits? Begin with the client's name.", missing=True)
        return None, "", rest
    return (*_named(tokens[begin:end], clients, findings), rest)


def _named(tokens: Sequence[Token], clients: ClientFinder, findings: Findings) -> tuple[ClientMatch | None, str]:
    said = " ".join(token.text for token in tokens)
    folded = [word for token in tokens for word in name_words(token.fold)]
    matches = list(clients.find(folded)[:_OFFERED]) if clients.known(folded) else []
    if matches:
        alone = len(matches) > 1 and is_name(folded, matches[0]) and not is_name(folded, matches[1])
        labels = [client.label for client in matches]
        picked = findings.picks.get("client", 0) % len(matches) if alone else findings.pick("client", labels)
        return matches[picked], said
    offered = {client.id: client for client in clients.similar(folded)}
    if len(folded) > 1 and clients.known(folded[:1]):  # those of that first name
        offered = {client.id: client for client in clients.find(folded[:1])} | offered
    near = list(offered.values())[:_OFFERED]
    picked = findings.picks.get("client", len(near)) % (len(near) + 1)
    if picked < len(near):
        return near[picked], said
    hint = f"did you mean {near[0].label}?" if near else "add them as a new client first."
    findings.wrong("client", f"No client is called “{said}”; {hint}", [*(client.label for client in near), NEW_CLIENT])
    return None, said


def _what(
    found: _Found, client: ClientMatch | None, types: Sequence[AppointmentTypeRow], findings: Findings
) -> tuple[AppointmentTypeRow | None, int]:
    """The type and the minutes: as typed, else as at the client's last visit, else the first type's."""
    last = client.last if client else None
    usual = next((one for one in types if last and one.id == last.type_id), None)
    if found.types:
        row: AppointmentTypeRow | None = found.types[findings.pick("type", [one.name for one in found.types])]
    else:
        row = usual or next(iter(types), None)
    minutes = row.minutes if row else _USUAL_MINUTES
    if last and row is usual and not found.types:
        minutes = last.minutes
    minutes = minutes if found.minutes is None else found.minutes
    if not 0 < minutes < DAY:
        findings.wrong("length", f"{minutes} minutes is no length for an appointment; write it like 45m or 1h30.")
        minutes = _USUAL_MINUTES
    return row, minutes


def _when(found: _Found, wish: Wish, calendar: Calendar, findings: Findings) -> Wish:
    opens, closes = PARTS.get(found.part, (0, DAY))
    if found.hours is not None:
        try:
            begin, end = _limits(found.hours, found, wish.minutes, calendar, findings)
            opens, closes = max(opens, begin), min(closes, end)
        except Unreadable as error:
            findings.wrong(error.field, str(error))
    if closes - opens < wish.minutes:
        findings.wrong(
            "time", f"{wish.minutes} minutes do not fit between {clock(opens)} and {clock(closes)}; change one of them."
        )
        opens, closes = 0, DAY
    first = last = None
    try:
        for bound in found.bounds:
            begins, ends = _days(bound, calendar, findings)
            if (first and begins) or (last and ends):
                findings.wrong("date", "That names more than one first or last day; name one of each.")
            first, last = begins or first, ends or last
    except Unreadable as error:
        findings.wrong(error.field, str(error))
    if last and last < max(first or last, calendar.today):
        past = f"{short_date(last)} is past; name a later day." if last < calendar.today else ""
        findings.wrong("date", past or "The last day is before the first; swap the two.")
        first = last = None
    wish = replace(wish, weekdays=found.days, opens=opens, closes=closes, first_on=first, last_on=last)
    if first and last and wish.weekdays and (last - first).days < 6:
        days = {(first + timedelta(days=step)).weekday() for step in range((last - first).days + 1)}
        if not days & set(wish.weekdays):
            findings.wrong("date", "None of these weekdays lies between the first and the last day; change one.")
    return wish


def _limits(hours: Hours, found: _Found, minutes: int, calendar: Calendar, findings: Findings) -> tuple[int, int]:
    """From when to when, in minutes after midnight."""
    times = settle_times(hours.clock, found.days[0] if found.days else None, calendar, found.part)
    start = times.start
    if times.choices:
        start = times.choices[findings.pick("time", [clock(choice) for choice in times.choices])]
    if times.end is not None:
        return start, times.end
    if hours.how == "at":
        return start, start + minutes
    return (start, DAY) if hours.how == "after" else (0, start)


def _days(bound: Bound | Month, calendar: Calendar, findings: Findings) -> tuple[date | None, date | None]:
    """The first and the last day that a limit means."""
    if isinstance(bound, Month):
        year = calendar.today.year + (bound.month < calendar.today.month)
        return _month(date(year, bound.month, 1))
    day = bound.day
    if day.kind == "days" and day.first is not None and day.last is not None:
        begin = _one(day.first, calendar, findings)
        end = settle_day([day.last], Calendar(datetime.combine(begin, datetime.min.time()), ()), None)[0]
        # A longer run whose end has no year was typed the wrong way round.
        if end < begin or (day.last.year is None and (end - begin).days > _LONGEST_UNSAID):
            raise Unreadable("The last day is before the first; swap the two.")
        return begin, end
    if day.kind == "weeks" and not day.exact:
        monday = calendar.today - timedelta(calendar.today.weekday()) + timedelta(weeks=day.number)
        begin, end = monday, monday + timedelta(6)
    elif day.kind == "months" and day.text.split()[0] in words.NEXT:
        begin, end = _month((calendar.today.replace(day=1) + timedelta(31)).replace(day=1))
    else:
        begin = end = _one(day, calendar, findings)
    if bound.how == "on":
        return begin, end
    if bound.how in ("before", "until"):
        return None, begin - timedelta(1) if bound.how == "before" else end
    return (begin if bound.how == "from" else end + timedelta(1)), None


def _month(first: date) -> tuple[date, date]:
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _one(day: Day, calendar: Calendar, findings: Findings) -> date:
    options = settle_day([day], calendar, None)
    return options[findings.pick("date", [short_date(option) for option in options])]
