"""One line of text read as an appointment: `parse` puts the parts together and says what is open or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from guru_tui.domain.local_time import resolve, to_local
from guru_tui.domain.money import parse_amount, short_text
from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.lattice import Found, Reader
from guru_tui.domain.quick_add.lexer import LONGEST, Token, is_block, split
from guru_tui.domain.quick_add.match import is_name, name_words
from guru_tui.domain.quick_add.model import NEW_CLIENT, ClientFinder, ClientMatch, Reading
from guru_tui.domain.quick_add.settling import Findings, Guess, Wall, settle, with_guess
from guru_tui.domain.quick_add.show import chips
from guru_tui.domain.quick_add.when import Calendar, distance
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow
from guru_tui.errors import Ambiguous, Invalid

_OFFERED = 8
_USUAL_MINUTES = 60
_DAY_MINUTES = 24 * 60


def parse(
    text: str,
    *,
    now: datetime,
    hours: Sequence[Interval],
    types: Sequence[AppointmentTypeRow],
    locations: Sequence[LocationRow],
    clients: ClientFinder,
    currency: str = "ZAR",
    zone: str = "",
    at: datetime | None = None,
    picks: Mapping[str, int] | None = None,
    month_first: bool = False,
    guess: Guess | None = None,
) -> Reading:
    """`text` read as an appointment.

    `now` and `at` (the slot under the cursor: used where the text gives no day and no time) are naive local
    times. `picks` settles open fields by the index of their choice. Never fails for what the text says: that is
    in `problems`; raises `Invalid` only for more than 500 characters.
    """
    line = split(text)
    findings = Findings(picks or {})
    if is_block(text):
        findings.wrong("text", "A line that begins with b: blocks time and books nobody; leave out the b: to book.")
    elif len(line.tokens) > LONGEST:
        findings.wrong("text", f"This is more than {LONGEST} words; put what is a note after ::")
    if findings.problems:
        return Reading(text, currency=currency, note=line.note, notify=line.notify, problems=tuple(findings.problems))
    calendar = Calendar(now, hours)
    reader = Reader(line.tokens, month_first, currency, types, locations)
    found = reader.read(clients.known, slot=at is not None)
    found, days = with_guess(found, line.tokens, now, guess)
    client, choices, named, found = _client(found, line.tokens, clients, findings)
    for begin, end in found.leftovers:
        _unknown(line.tokens[begin:end], reader.explains(begin), types, findings)
    wall = settle(found, days, calendar, findings, at)
    reading = Reading(
        text,
        client=client,
        client_choices=choices,
        new_client="" if client or named.startswith("#") else named,
        day=wall.day,
        date_given=wall.date_given,
        time_given=wall.time_given,
        currency=currency,
        note=line.note,
        notify=line.notify,
        distance=distance(wall.day, now.date()) if wall.day else "",
        repeat=wall.repeat,
    )
    reading = _defaults(reading, found, types, locations, findings)
    reading = _timed(reading, found, wall, findings, zone)
    reading = replace(
        reading,
        past=_past(wall, now),
        problems=tuple(findings.problems),
        ambiguous=tuple(findings.ambiguous),
    )
    return replace(reading, chips=chips(reading, findings.typed, named))


def _client(
    found: Found, tokens: Sequence[Token], clients: ClientFinder, findings: Findings
) -> tuple[ClientMatch | None, tuple[ClientMatch, ...], str, Found]:
    """Who it is for, the choices, the words that said so, and what is left over besides."""
    value = found.values.get("client")
    if isinstance(value, int):
        findings.typed.append("client")
        client = clients.by_id(value)
        if client is None:
            findings.wrong("client", f"There is no client #{value}; begin with the client's name.")
        return client, (client,) if client else (), f"#{value}", found
    name, rest = _name_words(found, tokens)
    left = Found(found.values, found.days, found.repeats, rest, found.client_at)
    if not name:
        findings.wrong("client", "Who is it for? Begin with the client's name.", missing=True)
        return None, (), "", left
    findings.typed.append("client")
    said = " ".join(token.text for token in name)
    folded = [word for token in name for word in name_words(token.fold)]
    matches = list(clients.find(folded)[:_OFFERED]) if clients.known(folded) else []
    if matches:
        if len(matches) > 1 and is_name(folded, matches[0]) and not is_name(folded, matches[1]):
            findings_pick = findings.picks.get("client", 0) % len(matches)
        else:
            findings_pick = findings.pick("client", [client.label for client in matches])
        return matches[findings_pick], tuple(matches), said, left
    near = _offers(folded, clients)
    picked = findings.picks.get("client", len(near)) % (len(near) + 1)
    if picked < len(near):
        return near[picked], near, said, left
    offered = [client.label for client in near]
    hint = f"did you mean {offered[0]}?" if near else "add them as a new client first."
    findings.wrong("client", f"No client is called “{said}”; {hint}", [*offered, NEW_CLIENT])
    return None, near, said, left


def _offers(folded: Sequence[str], clients: ClientFinder) -> tuple[ClientMatch, ...]:
    """Whom an unknown name could mean: names that look like it, then those that share its first word."""
    offered = {client.id: client for client in clients.similar(folded)}
    if len(folded) > 1 and len(offered) < _OFFERED and clients.known(folded[:1]):
        offered.update({client.id: client for client in clients.find(folded[:1]) if client.id not in offered})
    return tuple(offered.values())[:_OFFERED]


def _name_words(found: Found, tokens: Sequence[Token]) -> tuple[Sequence[Token], tuple[tuple[int, int], ...]]:
    """The words of the client's name, and the other runs of words that nothing explains.

    Unknown words beside a known name belong to it: `sarah unknown tue 10` is not for some other Sarah.
    """
    runs = list(found.leftovers)
    begin, end = found.client_at or (0, 0)
    if found.client_at is None:
        own = next((run for run in runs if any(token.wordy for token in tokens[run[0] : run[1]])), None)
        if own is None:
            return (), tuple(runs)
        runs.remove(own)
        begin, end = own
    else:
        for run in list(runs):
            named = all(token.wordy and not _is_day(token) for token in tokens[run[0] : run[1]])
            if named and (run[0] == end or run[1] == begin):
                begin, end = min(begin, run[0]), max(end, run[1])
                runs.remove(run)
    while end > begin and tokens[end - 1].fold in words.FILLERS:
        end -= 1
    return tokens[begin:end], tuple(runs)


_ONE_TOO_MANY = {"date": "day", "weekday": "day", "time": "time", "length": "length", "type": "type", "fee": "price"}


def _is_day(token: Token) -> bool:
    return any(part in words.WEEKDAYS for part in token.fold.split("-"))


def _unknown(left: Sequence[Token], kind: str, types: Sequence[AppointmentTypeRow], findings: Findings) -> None:
    said = " ".join(token.text for token in left)
    if len(left) == 1 and kind in _ONE_TOO_MANY:
        findings.wrong("text", f"“{said}” is a second {_ONE_TOO_MANY[kind]}; name one.")
        return
    near = [row.name for row in types if len(said) > 3 and words.distance(left[0].fold, name_words(row.name)[0]) < 3]
    hint = f"did you mean {near[0]}?" if near else "put what is a note after ::"
    findings.wrong("text", f"“{said}” is not understood; {hint}", near)


def _defaults(
    reading: Reading,
    found: Found,
    types: Sequence[AppointmentTypeRow],
    locations: Sequence[LocationRow],
    findings: Findings,
) -> Reading:
    """Type, fee, length and place: as typed, else as at the client's last visit, else the type's own."""
    last = reading.client.last if reading.client else None
    named = found.values.get("type")
    row: AppointmentTypeRow | None
    if isinstance(named, tuple):
        findings.typed.append("type")
        row = named[findings.pick("type", [one.name for one in named])]
        usual = None
    else:
        usual = next((one for one in types if last and one.id == last.type_id), None)
        row = usual or next(iter(types), None)
    minutes = row.minutes if row else (last.minutes if last else _USUAL_MINUTES)
    fee = row.fee_minor if row else (last.fee_minor if last else 0)
    if last and usual:
        minutes, fee = last.minutes, last.fee_minor
    place = _place(found, locations, findings)
    if place is None:
        wanted = [row.location_id if row else None, last.location_id if last else None]
        ids = [one for one in (wanted if isinstance(named, tuple) else reversed(wanted)) if one is not None]
        place = next((one for wanted_id in ids for one in locations if one.id == wanted_id), None)
        if place is None and len(locations) == 1:
            place = locations[0]
    typed_fee = _fee(found, reading.currency, findings)
    length = found.minutes
    if length is not None:
        findings.typed.append("length")
        minutes = length
    return replace(
        reading,
        type=row,
        location=place,
        minutes=minutes,
        usual_fee_minor=fee,
        fee_minor=fee if typed_fee is None else typed_fee,
    )


def _place(found: Found, locations: Sequence[LocationRow], findings: Findings) -> LocationRow | None:
    value = found.values.get("place")
    if value is None:
        return None
    findings.typed.append("place")
    if isinstance(value, tuple):
        row = value[findings.pick("place", [one.name for one in value])]
        return row if isinstance(row, LocationRow) else None
    known = ", ".join(f"@{row.name}" for row in locations[:_OFFERED])
    remedy = f"there is {known}." if known else "add one with: guru locations add NAME"
    findings.wrong("place", f"There is no place {value}; {remedy}", [row.name for row in locations])
    return None


def _fee(found: Found, currency: str, findings: Findings) -> int | None:
    value = found.values.get("fee")
    if not isinstance(value, str):
        return None
    findings.typed.append("fee")
    symbol = short_text(0, currency)[:-1]
    amount = value
    if not amount[:1].isdigit():
        amount = amount.lstrip("".join({letter for letter in amount if not letter.isdigit() and letter not in ".,"}))
        prefix = value[: len(value) - len(amount)].casefold()
    else:
        digits = amount.rstrip("".join({letter for letter in amount if not letter.isdigit() and letter not in ".,"}))
        prefix, amount = amount[len(digits) :].casefold(), digits
    if prefix not in (symbol.strip().casefold(), currency.casefold()):
        findings.wrong("fee", f"{value} is not in the practice's currency; write the fee like {symbol}450.")
        return None
    try:
        return parse_amount(amount, currency)
    except Invalid as error:
        findings.wrong("fee", str(error))
        return None


def _timed(reading: Reading, found: Found, wall: Wall, findings: Findings, zone: str) -> Reading:
    """The reading with its start and end, checked against the length and against the clocks of the zone."""
    minutes = reading.minutes
    if wall.span is not None:
        if found.minutes is not None and found.minutes != wall.span:
            findings.wrong(
                "length", f"The times are {wall.span} minutes apart, not {found.minutes}; leave one of them out."
            )
        minutes = wall.span
    if not 0 < minutes <= _DAY_MINUTES:
        findings.wrong("length", f"{minutes} minutes is no length for an appointment; write it like 45m or 1h30.")
        minutes = 0
    if wall.start is None or not minutes:
        return replace(reading, minutes=minutes)
    fold, end = None, wall.start + timedelta(minutes=minutes)
    if zone:
        try:
            fold = _fold(wall.start, findings, zone)
            end, minutes = _end(wall.start, minutes, zone, fold or 0, typed=wall.span is not None)
        except Invalid as error:
            findings.wrong("time", str(error))
    return replace(reading, start=wall.start, end=end, minutes=minutes, fold=fold)


def _fold(start: datetime, findings: Findings, zone: str) -> int | None:
    try:
        resolve(start, zone)
    except Ambiguous as error:
        return findings.pick("fold", error.choices)
    return None


def _end(start: datetime, minutes: int, zone: str, fold: int, *, typed: bool) -> tuple[datetime, int]:
    """The wall time of the end and the minutes until then: a length is time that passes, a typed end a wall time."""
    begin = resolve(start, zone, fold=fold)
    if not typed:
        return to_local(begin + timedelta(minutes=minutes), zone).replace(tzinfo=None, fold=0), minutes
    end = start + timedelta(minutes=minutes)
    return end, int((resolve(end, zone, fold=1) - begin).total_seconds()) // 60


def _past(wall: Wall, now: datetime) -> bool:
    if wall.start is not None:
        return wall.start < now
    return wall.day is not None and wall.day < now.date()
