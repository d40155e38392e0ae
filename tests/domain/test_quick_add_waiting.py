"""One line read as an entry of the waiting list, in English and Afrikaans, and printed back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.quick_add.match import ClientList
from guru_tui.domain.quick_add.model import ClientMatch, LastVisit
from guru_tui.domain.quick_add.waiting import WaitingReading, format_waiting, parse_waiting
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.practice import AppointmentTypeRow
from guru_tui.domain.waitlist import DAY, Wish, in_words
from tests.conftest import NOW

WEDNESDAY = datetime(2026, 11, 25, 10, 0)
HOURS = [Interval(day, opens, closes) for day in range(5) for opens, closes in ((480, 750), (810, 1020))]
TYPES = [
    AppointmentTypeRow(number, name, minutes, 45000, None, "", 0, 0, True)
    for number, name, minutes in ((1, "Follow-up", 60), (2, "Intro", 60), (3, "Massage", 45))
]
CLIENTS = ClientList(
    [
        ClientMatch(1, "Thandi", "Nkosi"),
        ClientMatch(2, "Sarah", "Botha"),
        ClientMatch(3, "June", "Naidoo"),
        ClientMatch(4, "Sarah", "Adams"),
        ClientMatch(5, "Friday", "Mokoena"),
        ClientMatch(6, "Zoë", "van Wyk", last=LastVisit(3, "Massage", 90, 60000, None, NOW)),
    ]
)


def read(text: str, **picks: int) -> WaitingReading:
    return parse_waiting(text, now=WEDNESDAY, hours=HOURS, types=TYPES, clients=CLIENTS, picks=picks)


def said(text: str) -> str:
    reading = read(text)
    assert reading.complete, (text, reading.problems, reading.ambiguous)
    assert reading.client is not None
    return f"{reading.client.first_name}: {in_words(reading.wish, reading.type.name if reading.type else '')}"


BOTH = "Tue and Thu mornings, 45 min Massage, until Fri 11 Dec"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("thandi tue, thu mornings 45 min massage before 12 dec", BOTH),
        ("thandi di en do oggende 45 min massage voor 12 des", BOTH),
        ("thandi", "any time, 60 min Follow-up"),
        ("thandi any day massage asap", "any time, 45 min Massage"),
        ("thandi enige tyd asseblief", "any time, 60 min Follow-up"),
        ("thandi tue,thu", "Tue and Thu, 60 min Follow-up"),
        ("thandi mondays and wednesdays 1h30", "Mon and Wed, 90 min Follow-up"),
        ("thandi mon-fri after 2", "Mon to Fri after 14:00, 60 min Follow-up"),
        ("thandi ma tot vr na 14:00", "Mon to Fri after 14:00, 60 min Follow-up"),
        ("thandi from mon to wed", "Mon to Wed, 60 min Follow-up"),
        ("thandi weekdays between 9 and 12", "Mon to Fri 09:00-12:00, 60 min Follow-up"),
        ("thandi weeksdae tussen 9 en 12", "Mon to Fri 09:00-12:00, 60 min Follow-up"),
        ("thandi fri 9-10:30", "Fri 09:00-10:30, 60 min Follow-up"),
        ("thandi fri before 10", "Fri before 10:00, 60 min Follow-up"),
        ("thandi tue 10:30", "Tue 10:30-11:30, 60 min Follow-up"),
        ("thandi naweke", "Sat and Sun, 60 min Follow-up"),
        ("thandi dinsdae soggens", "Tue mornings, 60 min Follow-up"),
        ("thandi fri afternoons after 2", "Fri 14:00-18:00, 60 min Follow-up"),
        ("thandi evenings", "evenings, 60 min Follow-up"),
        ("thandi until 12 dec", "any time, 60 min Follow-up, until Sat 12 Dec"),
        ("thandi tot 12 des", "any time, 60 min Follow-up, until Sat 12 Dec"),
        ("thandi before fri", "any time, 60 min Follow-up, until Thu 26 Nov"),
        ("thandi from 1 dec until 12 dec", "any time, 60 min Follow-up, Tue 1 Dec to Sat 12 Dec"),
        ("thandi vanaf 1 desember", "any time, 60 min Follow-up, from Tue 1 Dec"),
        ("thandi na 12 des", "any time, 60 min Follow-up, from Sun 13 Dec"),
        ("thandi between 1 dec and 12 dec", "any time, 60 min Follow-up, Tue 1 Dec to Sat 12 Dec"),
        ("thandi between 1 and 12 dec", "any time, 60 min Follow-up, Tue 1 Dec to Sat 12 Dec"),
        ("thandi 1-12 dec", "any time, 60 min Follow-up, Tue 1 Dec to Sat 12 Dec"),
        ("thandi before 10 dec after 10", "any day after 10:00, 60 min Follow-up, until Wed 9 Dec"),
        ("thandi next week mornings", "mornings, 60 min Follow-up, Mon 30 Nov to Sun 6 Dec"),
        ("thandi hierdie week", "any time, 60 min Follow-up, Mon 23 Nov to Sun 29 Nov"),
        ("thandi next month", "any time, 60 min Follow-up, Tue 1 Dec to Thu 31 Dec"),
        ("thandi in december", "any time, 60 min Follow-up, Tue 1 Dec to Thu 31 Dec"),
        ("thandi tomorrow", "any time, 60 min Follow-up, on Thu 26 Nov"),
    ],
)  # fmt: skip
def test_a_line_is_read_in_one_way(text: str, words: str) -> None:
    assert said(text) == f"Thandi: {words}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("june fri before 10", "June: Fri before 10:00, 60 min Follow-up"),
        ("friday mon", "Friday: Mon, 60 min Follow-up"),
        ("tue mornings sarah b", "Sarah: Tue mornings, 60 min Follow-up"),
        ("zoe tue", "Zoë: Tue, 90 min Massage"),  # as at the last visit
        ("zoe tue massage", "Zoë: Tue, 45 min Massage"),  # as the type has it
        ("#4 tue", "Sarah: Tue, 60 min Follow-up"),
    ],
)
def test_who_waits_stands_anywhere_and_defaults_come_from_the_last_visit(text: str, words: str) -> None:
    assert said(text) == words


def test_the_note_is_kept_as_it_was_typed() -> None:
    reading = read("thandi tue ::only with Naledi, back is bad")
    assert (reading.note, reading.wish.weekdays) == ("only with Naledi, back is bad", (1,))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tue mornings", "Who waits? Begin with the client's name."),
        ("zola tue", "No client is called “zola”; add them as a new client first."),
        ("sarah x tue", "No client is called “sarah x”"),
        ("#99 tue", "There is no client #99"),
        ("thandi tue 40 fish", "“40 fish” is not understood"),
        ("thandi until 31/11", "There is no 31 November; name a day that exists."),
        ("thandi 2h between 9 and 10", "120 minutes do not fit between 09:00 and 10:00; change one of them."),
        ("thandi mornings after 2pm", "60 minutes do not fit between 14:00 and 12:00; change one of them."),
        ("thandi until yesterday", "Tue 24 Nov is past; name a later day."),
        ("thandi from 12 dec until 1 dec", "The last day is before the first; swap the two."),
        ("thandi before 12 dec until 14 dec", "That names more than one first or last day; name one of each."),
        ("thandi mon 1-2 dec", "None of these weekdays lies between the first and the last day; change one."),
        ("thandi 0 min", "0 minutes is no length for an appointment"),
        ("thandi " + "tue " * 60, "This is more than 40 words"),
    ],
)
def test_what_cannot_be_is_said(text: str, problem: str) -> None:
    reading = read(text)
    assert not reading.complete
    assert reading.problems[0].message.startswith(problem), reading.problems
    assert len(reading.problems) == 1, reading.problems


def test_two_of_one_name_and_next_friday_are_asked() -> None:
    reading = read("sarah before next fri")
    assert [field for field, _ in reading.ambiguous] == ["client", "date"]
    settled = read("sarah before next fri", client=0, date=1)
    assert settled.complete
    assert settled.client is not None
    assert settled.client.last_name == "Adams"
    assert settled.wish.last_on == date(2026, 12, 3)


@st.composite
def _readings(draw: st.DrawFn) -> WaitingReading:
    minutes = draw(st.integers(1, 600))
    opens = draw(st.integers(0, DAY - minutes))
    closes = draw(st.integers(opens + minutes, DAY))
    first = draw(st.none() | st.integers(0, 400))
    last = draw(st.none() | st.integers(max(first or 0, 0) + 7, 500))
    day = WEDNESDAY.date()
    row = draw(st.sampled_from(TYPES))
    wish = Wish(
        minutes,
        tuple(sorted(draw(st.sets(st.integers(0, 6))))),
        opens,
        closes,
        None if first is None else day + timedelta(days=first),
        None if last is None else day + timedelta(days=last),
        row.id,
    )
    client = CLIENTS.by_id(draw(st.integers(1, 6)))
    return WaitingReading("", wish, client, "", row, draw(st.sampled_from(["", "back is bad", "bring scans :: twice"])))


@given(_readings())
def test_what_is_printed_reads_the_same(reading: WaitingReading) -> None:
    line = format_waiting(reading)
    again = read(line)
    assert again.complete, (line, again.problems)
    assert replace(again, text="") == reading


WORDS = st.sampled_from(
    """thandi sarah b june friday tue thu, mon-fri mornings oggende before after until from between and en tot voor in 9
    12 14:00 dec des 2026-12-01 45 min 1h massage intro next week this any day ::note ! # @ - 31/11 x6""".split()  # noqa: SIM905
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_no_line_breaks_it_and_what_is_complete_prints_back(text: str) -> None:
    reading = read(text)
    assert reading.wish.opens + reading.wish.minutes <= reading.wish.closes or reading.problems
    if reading.complete:
        again = read(format_waiting(reading))
        assert replace(again, text=text) == reading, format_waiting(reading)
