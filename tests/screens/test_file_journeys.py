"""Moving in and out from the app: a path, a look at what would become of the file, one step of undo."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.errors import NotFound
from guru_tui.widgets.record_list import RecordList
from tests.screens.conftest import Day, Hand

HOSTILE = "Smith [/b] \x1b[31mred\x07 \u202eevil [@click=app.quit]x[/]"
HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n"


def event(number: int, day: str, title: str, more: str = "") -> str:
    return (
        f"BEGIN:VEVENT\nUID:e{number}@x\nDTSTART;TZID=Africa/Johannesburg:{day}T100000\n"
        f"DTEND;TZID=Africa/Johannesburg:{day}T110000\nSUMMARY:{title}\n{more}END:VEVENT\n"
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One's own folder, with a calendar to move in from."""
    place = tmp_path / "own"
    (place / "Downloads").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.chdir(place)
    guest = "ATTENDEE;CN=Jan Nel:mailto:jan@example.com\n"
    events = [
        event(1, "20261130", "Sarah Botha"),
        event(2, "20261201", HOSTILE),
        event(3, "20261202", "Physio", guest),
        event(4, "20261102", "long over"),
    ]
    (place / "Downloads" / "calendar.ics").write_text(HEAD + "".join(events) + "END:VCALENDAR\n")
    return place


def entries(guru: Guru, first: date = date(2026, 11, 26), days: int = 30) -> list[tuple[str, str]]:
    return [(entry.kind, entry.client or entry.title) for entry in guru.reads.agenda(first, days)]


async def choose(hand: Hand, command: str) -> None:
    """Run a command by its name, from the palette."""
    await hand.press("colon")
    await hand.type(command)
    await hand.until(lambda: command in hand.screen.lower())
    await hand.press("enter")
    await hand.until(lambda: hand.dialogs == 1 and hand.app.screen.query("#field-file"))


def plain(hand: Any) -> str:
    """What the screen says, without the lines of a dialog."""
    return " ".join(hand.screen.replace("│", " ").split())


async def test_a_calendar_is_looked_at_and_imported_as_one_step(
    day: Day, folder: Path, open_app: Callable[..., Any]
) -> None:
    async with open_app(day.guru) as hand:
        await choose(hand, "import a calendar")
        await hand.type("~/Do")
        await hand.press("tab")
        await hand.until(lambda: "~/Downloads/" in hand.screen)
        await hand.press("tab")
        await hand.until(lambda: "~/Downloads/calendar.ics" in hand.screen)
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 2)
        assert "3 new, 0 moved, 0 there already" in hand.screen
        assert "Sarah Botha" in hand.screen and "blocked time" in hand.screen
        assert "1 over before" in hand.screen
        assert entries(day.guru) == []
        await hand.press("n")
        await hand.until(lambda: "(1 new client)" in hand.screen)
        assert "new client Jan Nel" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        assert "Imported: 3 new (1 new client)" in hand.status
        found = entries(day.guru)
        assert [kind for kind, _ in found] == ["appointment", "block", "appointment"]
        assert [found[0][1], found[2][1]] == ["Sarah Botha", "Jan Nel"]
        await hand.press("u")
        await hand.until(lambda: "Took back: Imported" in hand.status)
        assert entries(day.guru) == []
        with pytest.raises(NotFound):
            day.guru.reads.client(day.lerato + 1)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 40)])
async def test_hostile_text_is_only_text(
    day: Day, folder: Path, open_app: Callable[..., Any], size: tuple[int, int]
) -> None:
    async with open_app(day.guru, size) as hand:
        await choose(hand, "import a calendar")
        await hand.type("Downloads/calendar.ics")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 2)
        await hand.press("down")
        await hand.until(lambda: "Smith [/b]" in hand.screen)
        assert not {"\x1b", "\x07", "\u202e"} & set(hand.screen)
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        await hand.press("right_square_bracket", "right_square_bracket")
        assert hand.app.is_running


async def test_rows_that_cannot_be_taken_are_listed_first_and_the_others_go_by_a_key(
    day: Day, folder: Path, open_app: Callable[..., Any]
) -> None:
    path = folder / "bookings.csv"
    path.write_text("Subject,Start,End\nCourse,2026-12-01 10:00,2026-12-01 11:00\nBad,soon,later\n")
    async with open_app(day.guru) as hand:
        await choose(hand, "import a calendar")
        await hand.type("b")
        await hand.press("tab", "enter")
        await hand.until(lambda: hand.dialogs == 2)
        assert "1 cannot be taken" in hand.screen and "row 3" in hand.screen
        assert hand.app.screen.query_one(RecordList).cursor == 0
        await hand.press("enter")
        await hand.until(lambda: "Nothing was imported" in hand.screen)
        assert entries(day.guru) == []
        await hand.press("s")
        await hand.until(lambda: not hand.dialogs)
        assert entries(day.guru) == [("block", "Course")]


async def test_what_is_wrong_with_a_file_is_a_sentence_and_what_was_typed_stays(
    day: Day, folder: Path, open_app: Callable[..., Any]
) -> None:
    (folder / "open.csv").write_text("Subject,Start Date,Start Time,Minutes\nCourse,01/02/2027,10:00,60\n")
    (folder / "notes.ics").write_text("BEGIN:VCALENDAR\nnothing\n")
    async with open_app(day.guru) as hand:
        await choose(hand, "import a calendar")
        await hand.press("enter")
        assert "Which file?" in hand.screen
        for name, told in (("gone.ics", "There is no file gone.ics"), ("notes.ics", "in the middle of the calendar"),
                           (".", "is a folder")):  # fmt: skip
            await hand.type(name)
            await hand.press("enter")
            await hand.until(lambda told=told: told in plain(hand))
            assert name in hand.screen
            await hand.press(*["backspace"] * len(name))
        await hand.type("open.csv")
        await hand.press("enter")
        await hand.until(lambda: "write dmy or mdy under Dates" in hand.screen)
        await hand.type("mdy")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 2)
        assert "Sat 2 Jan" in hand.screen
        await hand.press("escape", "escape")
        assert hand.dialogs == 1, "what was typed is not thrown away at one key"
        await hand.press("escape")
        await hand.until(lambda: not hand.dialogs)
        assert entries(day.guru, date(2027, 1, 1)) == []


async def test_columns_that_are_not_known_are_named_in_the_form(
    day: Day, folder: Path, open_app: Callable[..., Any]
) -> None:
    (folder / "people.csv").write_text("Wiewie,Agtertjie\nJan,Nel\nEve,Dube\n")
    (folder / "times.csv").write_text("Waarvoor,Wanneer,Tot\nKursus,2026-12-01 10:00,2026-12-01 11:00\n")
    async with open_app(day.guru) as hand:
        await choose(hand, "import clients")
        await hand.type("people.csv")
        await hand.press("tab", "enter")
        await hand.until(lambda: "under Columns:" in hand.screen and "A=first_name, B=last_name." in hand.screen)
        assert "--map" not in hand.screen
        await hand.type("Wiewie")
        await hand.press("enter")
        await hand.until(lambda: "COLUMN=FIELD" in hand.screen)
        await hand.type("=first_name, Agtertjie=last_name")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 2)
        assert "2 new" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "Imported: 2 new" in hand.status)
        await choose(hand, "import a calendar")
        await hand.type("times.csv")
        await hand.press("enter")
        await hand.until(lambda: "under Columns" in hand.screen)
        await hand.type("Wanneer=start; Tot=end; Waarvoor=title")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 2)
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        assert entries(day.guru) == [("block", "Kursus")]


async def test_a_second_look_finds_everything_there(day: Day, folder: Path, open_app: Callable[..., Any]) -> None:
    data = (folder / "Downloads" / "calendar.ics").read_bytes()
    day.guru.calendar_import.import_file(data)
    async with open_app(day.guru) as hand:
        await choose(hand, "import a calendar")
        await hand.type("Downloads/calendar.ics")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 2)
        assert "0 new, 0 moved, 3 there already" in hand.screen
        await hand.press("enter")
        assert "nothing to import" in hand.screen


async def test_several_files_are_offered(day: Day, folder: Path, open_app: Callable[..., Any]) -> None:
    for name in ("cal-one.ics", "cal-two.ics"):
        (folder / name).write_text("x")
    async with open_app(day.guru) as hand:
        await choose(hand, "import a calendar")
        await hand.type("c")
        await hand.press("tab")
        await hand.until(lambda: "cal-one.ics" in hand.screen and "cal-two.ics" in hand.screen)
        await hand.type("o")
        await hand.press("tab", "tab")
        assert hand.app.focused is not None and hand.app.focused.id == "field-first"


async def test_clients_come_in_the_same_way(day: Day, folder: Path, open_app: Callable[..., Any]) -> None:
    (folder / "clients.csv").write_text(
        "Name,Cell,Colour\nJan Nel,082 555 0199,red\nSarah Botha,082 555 0101,blue\n[b]Eve[/b] Dube,0825550133,\n"
    )
    async with open_app(day.guru) as hand:
        await choose(hand, "import clients")
        await hand.type("cl")
        await hand.press("tab", "enter")
        await hand.until(lambda: hand.dialogs == 2)
        assert "2 new, 0 updated, 1 unchanged" in hand.screen
        assert "[b]Eve[/b] Dube" in hand.screen and "Not taken: Colour" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "Imported: 2 new" in hand.status)
        assert {row.name for row in day.guru.reads.clients()} >= {"Jan Nel", "[b]Eve[/b] Dube"}
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        assert "Jan Nel" not in {row.name for row in day.guru.reads.clients()}


async def test_privacy_hides_whose_they_are(day: Day, folder: Path, open_app: Callable[..., Any]) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("asterisk")
        await choose(hand, "import a calendar")
        await hand.type("Downloads/calendar.ics")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 2)
        assert "S. B." in hand.screen
        assert "Sarah" not in hand.screen and "Smith" not in hand.screen


async def test_everything_goes_out_into_a_new_folder(day: Day, folder: Path, open_app: Callable[..., Any]) -> None:
    async with open_app(day.guru) as hand:
        await choose(hand, "export everything")
        assert "~/guru-2026-11-25" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: "Exported 5 files" in hand.status)
        rows = list(csv.DictReader(io.StringIO((folder / "guru-2026-11-25" / "calendar.csv").read_text("utf-8-sig"))))
        assert len(rows) == 3
        await choose(hand, "export everything")
        await hand.press("enter")
        await hand.until(lambda: "not an empty folder" in hand.screen)


async def test_the_calendar_file_is_written_and_replaces_no_other(
    day: Day, folder: Path, open_app: Callable[..., Any]
) -> None:
    (folder / "thesis.txt").write_text("years of work")
    async with open_app(day.guru) as hand:
        await choose(hand, "write the calendar")
        await hand.press("enter")
        await hand.until(lambda: "Wrote 3 entries" in hand.status)
        path = folder / "calendar.ics"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"SUMMARY:S.B." in path.read_bytes()
        await choose(hand, "write the calendar")
        await hand.press("ctrl+u")
        await hand.type("thesis.txt")
        await hand.press("enter")
        await hand.until(lambda: "exists already" in hand.screen)
        assert "--force" not in hand.screen
        assert (folder / "thesis.txt").read_text() == "years of work"


async def test_a_calendar_file_in_trouble_is_on_today(day: Day, folder: Path, open_app: Callable[..., Any]) -> None:
    gone = folder / "phone"
    gone.mkdir()
    day.guru.practice.set("ics_path", str(gone / "x.ics"))
    gone.rmdir()
    day.guru.feed.refresh()
    async with open_app(day.guru, (140, 40)) as hand:
        assert "the calendar's file" in hand.screen
        gone.mkdir()
        day.guru.feed.refresh(at_once=True)
        await hand.press("ctrl+l")
        await hand.until(lambda: "the calendar's file" not in hand.screen)
