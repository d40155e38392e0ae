"""`guru slots`, closed days and travel by the installed program."""

from __future__ import annotations

import pytest

from guru_tui.bootstrap import Guru
from tests.shell import Shell


@pytest.fixture
def practice(guru: Guru, shell: Shell) -> Shell:
    """The practice of `guru` with a client, as the installed program sees it."""
    guru.clients.add("Thandi", "Nkosi", "082 555 0103", "thandi@example.com")
    guru.close()
    shell.home = guru.settings.home
    shell.env = {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}
    return shell


def starts(practice: Shell, *arguments: str) -> list[str]:
    return [slot["start"][5:16] for slot in practice.json("slots", *arguments)["slots"]]


def test_free_times_for_programs_and_for_people(practice: Shell) -> None:
    practice.run("block", "tue 13:00-15:00 Dentist")
    slots = practice.json("slots", "45 minutes tue afternoon", "--limit", "2")["slots"]
    assert slots == [
        {"start": "2026-12-01T15:00:00+02:00", "end": "2026-12-01T15:45:00+02:00", "location": "Sea Point"},
        {"start": "2026-12-01T15:15:00+02:00", "end": "2026-12-01T16:00:00+02:00", "location": "Sea Point"},
    ]
    said = practice.run("slots", "45", "minutes", "tue", "afternoon").stdout.splitlines()
    assert said[0] == "Tue afternoons, 45 min Follow-up, Wed 25 Nov to Tue 22 Dec"
    assert [line.split() for line in said[1:4]] == [
        ["day", "free"],
        ["Tue", "1", "Dec", "15:00-17:00"],
        ["Tue", "8", "Dec", "13:30-17:00"],
    ]
    assert starts(practice)[0] == "11-25T10:00" and starts(practice)[-1] == "12-01T16:00"
    assert starts(practice, "massage", "fri", "dinsdag", "oggend", "--limit", "1") == ["11-27T08:00"]


def test_nothing_is_free_then(practice: Shell) -> None:
    assert practice.json("slots", "16/12") == {"slots": []}
    said = practice.run("slots", "16/12").stdout
    assert "Nothing is free then (Day of Reconciliation); the next is Thu 17 Dec 08:00–09:00." in said


def test_what_is_not_understood_is_said(practice: Shell) -> None:
    assert "“blah” is not understood" in practice.run("slots", "blah", status=1).stderr
    assert "There is no 31 November" in practice.run("slots", "31/11", status=1).stderr
    practice.run("slots", "--limit", "0", status=2)


def test_days_are_closed_and_opened(practice: Shell) -> None:
    practice.run("book", "thandi 29/12 10:00", "--yes")
    closed = practice.run("hours", "close", "24 dec - 2 jan", "--title", "Leave").stdout
    assert "Closed Thu 24 Dec 2026 to Sat 2 Jan 2027: Leave (id 1)" in closed
    assert "1 appointment is booked then and stays; see guru agenda 2026-12-29" in closed
    assert starts(practice, "22 dec - 5 jan")[-1] == "01-05T16:00"
    assert {start[:5] for start in starts(practice, "22 dec - 5 jan")} == {"12-22", "12-23", "01-04", "01-05"}
    shown = practice.run("hours", "show").stdout
    assert "  Thu 24 Dec 2026 to Sat 2 Jan 2027: Leave (id 1)" in shown
    assert "  Wed 16 Dec 2026: Day of Reconciliation" in shown
    assert practice.run("hours", "open", "30 dec").stdout == "Opened Wed 30 Dec 2026\n"
    assert {start[:5] for start in starts(practice, "24 dec - 2 jan")} == {"12-30"}
    assert practice.run("undo").stdout.startswith("Undid: Opened Wed 30 Dec 2026")
    assert practice.run("hours", "open", "1").stdout == "Opened Thu 24 Dec 2026 to Sat 2 Jan 2027 (Leave)\n"
    assert "no closed time 1" in practice.run("hours", "open", "1", status=1).stderr


def test_a_holiday_is_worked_on(practice: Shell) -> None:
    practice.run("hours", "open", "16/12")
    assert starts(practice, "16/12")
    (row,) = (row for row in practice.json("hours", "show")["closed"] if row["first"] == "2026-12-16")
    assert row == {
        "id": None, "first": "2026-12-16", "last": "2026-12-16", "title": "Day of Reconciliation", "location": None,
        "holiday": True, "closed": False,
    }  # fmt: skip
    assert "Day of Reconciliation (you are open)" in practice.run("hours", "show").stdout
    practice.run("settings", "set", "public_holidays", "off")
    assert practice.json("hours", "show")["closed"] == []
    assert "closed, shown, off" in practice.run("settings", "set", "public_holidays", "maybe", status=1).stderr


def test_days_that_cannot_be_closed(practice: Shell) -> None:
    assert "guru block" in practice.run("hours", "close", "fri pm", status=1).stderr
    assert "There is no 31 November" in practice.run("hours", "close", "31/11", status=1).stderr
    assert "only days" in practice.run("hours", "open", "16/12 leave", status=1).stderr
    assert practice.json("hours", "close", "mon-wed", "Conference")["title"] == "Conference"
    assert "closed already" in practice.run("hours", "close", "tue", status=1).stderr


def test_booking_says_what_speaks_against_it_and_books(practice: Shell) -> None:
    practice.run("types", "edit", "Follow-up", "--after", "10")
    practice.run("settings", "set", "daily_maximum", "1")
    practice.run("book", "thandi 16/12 9:00", "--yes")
    said = practice.run("book", "thandi 16/12 10:00", "--yes").stdout
    assert [line for line in said.splitlines() if line.startswith("note:")] == [
        "note:   closed: Day of Reconciliation",
        "note:   10 min to be kept free after Thandi Nkosi 09:00-10:00",
        "note:   1 a day is your maximum",
    ]
    assert practice.json("book", "thandi 16/12 18:00", "--dry-run")["warnings"][:2] == [
        "outside the operating hours",
        "closed: Day of Reconciliation",
    ]


def test_travel_between_places(practice: Shell) -> None:
    practice.run("locations", "add", "Gardens")
    assert practice.run("locations", "travel", "sea", "gardens", "25").stdout == "Sea Point - Gardens: 25 min\n"
    assert practice.json("locations", "list")["travel"] == [{"from": "Sea Point", "to": "Gardens", "minutes": 25}]
    practice.run("book", "thandi fri 9:00", "--yes")
    assert starts(practice, "fri @gardens", "--limit", "1") == ["11-27T10:30"]
    noted = practice.run("book", "thandi fri 10:00 @gardens", "--yes", "--no-notify").stdout
    assert "25 min travel from Sea Point (Thandi Nkosi 09:00-10:00)" in noted
    assert "two that differ" in practice.run("locations", "travel", "sea", "1", "25", status=1).stderr
    practice.run("locations", "travel", "gardens", "sea", "0")
    assert practice.json("locations", "list")["travel"] == []


@pytest.mark.parametrize(
    ("text", "start", "end", "title"),
    [
        ("16/12 all day", "2026-12-16T00:00", "2026-12-17T00:00", ""),
        ("16/12 heeldag verlof", "2026-12-16T00:00", "2026-12-17T00:00", "verlof"),
        ("mon-wed", "2026-11-30T00:00", "2026-12-03T00:00", ""),
        ("ma-wo kongres", "2026-11-30T00:00", "2026-12-03T00:00", "kongres"),
        ("24 dec - 2 jan leave", "2026-12-24T00:00", "2027-01-03T00:00", "leave"),
        ("leave 24 dec to 2 jan", "2026-12-24T00:00", "2027-01-03T00:00", "leave"),
        ("24/12 - 2/1 leave", "2026-12-24T00:00", "2027-01-03T00:00", "leave"),
        ("24 des tot 2 jan", "2026-12-24T00:00", "2027-01-03T00:00", ""),
        ("from 24 dec until 2 jan leave", "2026-12-24T00:00", "2027-01-03T00:00", "leave"),
        ("fri pm", "2026-11-27T12:00", "2026-11-27T17:00", ""),
        ("tomorrow", "2026-11-26T00:00", "2026-11-27T00:00", ""),
        ("next week", "2026-11-30T00:00", "2026-12-07T00:00", ""),
        ("next week conference", "2026-11-30T00:00", "2026-12-07T00:00", "conference"),
        ("tomorrow - fri", "2026-11-26T00:00", "2026-11-28T00:00", ""),
        ("mon-wed all day course", "2026-11-30T00:00", "2026-12-03T00:00", "course"),
        ("2026-12-24 to 2027-01-02", "2026-12-24T00:00", "2027-01-03T00:00", ""),
        ("b: 16/12 all day", "2026-12-16T00:00", "2026-12-17T00:00", ""),
    ],
)
def test_what_blocks_days(practice: Shell, text: str, start: str, end: str, title: str) -> None:
    block = practice.json("block", text)
    assert (block["start"][:16], block["end"][:16], block["title"]) == (start, end, title)


def test_half_days_of_a_run_are_not_blocked_whole(practice: Shell) -> None:
    assert "one day at a time" in practice.run("block", "mon-wed mornings", status=1).stderr
    assert practice.json("block", "this week leave")["end"][:16] == "2026-11-30T00:00"
