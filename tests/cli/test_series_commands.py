"""`guru book`, `block`, `move`, `cancel` and `repeat` with series: the installed program, by the contract."""

from __future__ import annotations

import os
import subprocess

import pytest

from guru_tui.bootstrap import Guru
from tests.outbox_support import book
from tests.shell import GURU, Shell


@pytest.fixture
def practice(guru: Guru, shell: Shell) -> Shell:
    """A practice with two clients, of whom Jan has Tuesday 8 December at 10:30."""
    guru.clients.add("Thandi", "Nkosi", "082 555 0103", "thandi@example.com")
    book(guru, guru.clients.add("Jan", "van Wyk", "", ""), "2026-12-08T10:30")
    shell.home = guru.settings.home
    shell.env.update(guru.settings.values)
    return shell


def entries(practice: Shell, day: str, days: int = 60) -> list[tuple[str, str]]:
    found = practice.json("agenda", day, "--days", str(days))["days"]
    return [(entry["start"][:16], entry["status"]) for one in found for entry in one["entries"]]


def test_occurrences_and_conflicts_are_listed_before_asking(practice: Shell) -> None:
    asked = practice.run("book", "thandi every tue 10am x6", status=1)
    assert "repeat: every Tue, 6 times, last Tue 5 Jan" in asked.stdout
    assert "!   2  Tue 8 Dec 2026 10:00  overlaps Jan van Wyk 10:30-11:30; next free that day 11:30" in asked.stdout
    assert "    6  Tue 5 Jan 2027 10:00\n" in asked.stdout
    assert "--skip" in asked.stderr and "--shift" in asked.stderr and "--force" in asked.stderr
    refused = practice.run("book", "thandi every tue 10am x6", "--yes", status=1)
    assert "1 of 6 is not free (Tue 8 Dec 10:00 overlaps Jan van Wyk 10:30-11:30)" in refused.stderr
    assert entries(practice, "2026-12-01") == [("2026-12-08T10:30", "booked")]


@pytest.mark.parametrize(
    ("choice", "second"), [("--force", "2026-12-08T10:00"), ("--skip", ""), ("--shift", "2026-12-08T11:30")]
)
def test_each_choice_books(practice: Shell, choice: str, second: str) -> None:
    booked = practice.json("book", "thandi every tue 10am x3", "--yes", choice)
    wanted = [start for start in ("2026-12-01T10:00", second, "2026-12-15T10:00") if start]
    assert len(booked["ids"]) == len(wanted) and booked["id"] == booked["ids"][0]
    assert sorted([*((start, "booked") for start in wanted), ("2026-12-08T10:30", "booked")]) == entries(
        practice, "2026-12-01"
    )
    assert [row["kind"] for row in booked["messages"]] == ["confirmation"]
    assert practice.json("undo")["undone"].startswith("Booked Thandi Nkosi")
    assert entries(practice, "2026-12-01") == [("2026-12-08T10:30", "booked")]


def test_the_contract_of_a_dry_run(practice: Shell) -> None:
    seen = practice.json("book", "thandi every tue 10am x6", "--dry-run", "--force")
    assert seen["repeat"] == {
        "rule": "FREQ=WEEKLY;BYDAY=TU;COUNT=6",
        "unit": "week",
        "every": 1,
        "weekdays": ["Tue"],
        "count": 6,
        "until": None,
        "times": 6,
        "last": "2027-01-05",
        "text": "every Tue, 6 times, last Tue 5 Jan",
    }
    assert [row["name"] for row in seen["conflicts"]] == ["Jan van Wyk"]
    assert [one["start"] for one in seen["occurrences"]][1] == "2026-12-08T10:00:00+02:00"
    assert seen["occurrences"][1]["shifted"] == "2026-12-08T11:30:00+02:00"
    assert seen["start"] == "2026-12-01T10:00:00+02:00" and seen["ambiguous"] == []
    assert entries(practice, "2026-12-01") == [("2026-12-08T10:30", "booked")]
    assert practice.json("book", "thandi tue 14:00", "--dry-run")["repeat"] is None


def test_cancel_and_move_by_scope(practice: Shell) -> None:
    booked = practice.json("book", "thandi every tue 14:00 x4", "--yes")
    second, third = str(booked["ids"][1]), str(booked["ids"][2])
    moved = practice.json("move", second, "15:00", "--scope", "later")
    assert [one["start"][:16] for one in moved["appointments"]] == [
        "2026-12-08T15:00",
        "2026-12-15T15:00",
        "2026-12-22T15:00",
    ]
    assert [row["kind"] for row in moved["messages"]] == ["confirmation"], "the first of them never left"
    done = practice.run("cancel", third, "--scope", "later", "--no-notify")
    assert done.stdout.startswith("Cancelled 2 appointments of Thandi Nkosi from Tue 15 Dec 15:00")
    practice.run("cancel", booked["ids"][0].__str__())
    everyone = practice.json("cancel", second, "--scope", "all")
    assert len(everyone["appointments"]) == 1
    assert "still to come" in practice.run("cancel", second, "--scope", "all", status=1).stderr
    jan = str(booked["ids"][0] - 1)
    assert "in no series" in practice.run("cancel", jan, "--scope", "all", status=1).stderr


def test_what_is_in_the_way_of_a_move_is_a_choice_too(practice: Shell) -> None:
    booked = practice.json("book", "thandi every tue 14:00 x3", "--yes")
    first = str(booked["ids"][0])
    assert (
        "1 of 3 is not free (Tue 8 Dec 11:00" in practice.run("move", first, "11:00", "--scope", "all", status=1).stderr
    )
    done = practice.run("move", first, "11:00", "--scope", "all", "--skip").stdout
    assert "left as they are: 1 where they are" in done
    assert ("2026-12-08T14:00", "booked") in entries(practice, "2026-12-01")


@pytest.mark.parametrize("choice", ["--skip", "--shift"])
def test_a_choice_for_several_is_not_ignored_where_one_is_moved(practice: Shell, choice: str) -> None:
    booked = practice.json("book", "thandi tue 10", "--yes", "--no-notify")
    assert "add --scope later" in practice.run("move", str(booked["id"]), "11:00", choice, status=2).stderr


def test_repeat_changes_the_pattern(practice: Shell) -> None:
    booked = practice.json("book", "thandi every tue 14:00 x4", "--yes")
    changed = practice.json("repeat", str(booked["ids"][1]), "every 2 weeks x2", "--yes")
    assert [one["start"][:16] for one in changed["appointments"]] == ["2026-12-08T14:00", "2026-12-22T14:00"]
    thursday = practice.json("repeat", str(changed["ids"][0]), "every thu 11:00 x2", "--yes")
    assert [one["start"][:16] for one in thursday["appointments"]] == ["2026-12-10T11:00", "2026-12-17T11:00"]
    assert "How does it repeat?" in practice.run("repeat", str(thursday["ids"][0]), "thu 11", "--yes", status=1).stderr


def test_repeat_says_what_becomes_of_each_and_keeps_what_stays(practice: Shell) -> None:
    booked = practice.json("book", "thandi every tue 14:00 x4", "--yes")
    second, fourth = str(booked["ids"][1]), str(booked["ids"][3])
    practice.run("status", fourth, "confirmed")
    same = practice.run("repeat", second, "every week x3", "--yes", status=1)
    assert same.stderr.strip().endswith("They are at those times already; nothing was changed.")
    asked = practice.run("repeat", second, "every 2 weeks x3", status=1).stdout
    assert "then:   2 stay, 1 is new, 1 is cancelled: Tue 15 Dec\n" in asked
    assert "   2  Tue 22 Dec 2026 14:00  as it is now\n" in asked
    assert "   3  Tue 5 Jan 2027 14:00  new\n" in asked
    changed = practice.json("repeat", second, "every 2 weeks x3", "--yes")
    assert changed["ids"][:2] == [int(second), int(fourth)]
    assert [one["status"] for one in changed["appointments"]] == ["booked", "confirmed", "booked"]
    assert [row["kind"] for row in changed["messages"]] == ["confirmation"], "the first of them never left"
    moved = practice.run("repeat", second, "every 2 weeks wed 15:00 x3", "--yes", "--force").stdout
    assert "now Tue 8 Dec 14:00" in moved and "then:   3 move\n" in moved
    practice.run("undo")
    assert practice.json("undo")["undone"].startswith("Changed Thandi Nkosi to every 2 weeks on Tue 14:00")
    assert ("2026-12-15T14:00", "booked") in entries(practice, "2026-12-01")


def test_block_repeats(practice: Shell) -> None:
    done = practice.run("block", "every fri pm x8 admin").stdout
    assert "Blocked admin 8 times, every Fri 12:00 from Fri 27 Nov" in done
    assert practice.run("undo").stdout.startswith("Undid: Blocked admin 8 times")
    refused = practice.run("block", "every tue 10-12 x2 course", status=1)
    assert "overlaps Jan van Wyk" in refused.stderr and "!   2" in refused.stdout
    made = practice.json("block", "every tue 10-12 x2 course", "--skip")
    assert (made["title"], len(made["ids"]), made["repeat"]["count"]) == ("course", 1, 2)


def test_a_monthly_thirty_first_is_said(practice: Shell) -> None:
    shown = practice.run("book", "thandi monthly 31 dec 14:00 x3", "--dry-run").stdout
    assert "every month on the 31st (the last day of a shorter month), 3 times, last Sun 28 Feb" in shown


def test_a_late_cancellation_with_a_scope_is_named_and_charged_where_it_is_late(practice: Shell) -> None:
    booked = practice.json("book", "thandi every day 15:00 x4", "--yes", "--skip")
    first, second = str(booked["ids"][0]), str(booked["ids"][1])
    told = practice.run("cancel", second, "--scope", "later", "--no-notify").stdout
    assert "Short notice" not in told
    practice.run("undo")
    told = practice.run("cancel", first, "--scope", "all", "--no-notify").stdout
    assert "Short notice for Wed 25 Nov 15:00 (5h before, 24h asked for): late-cancelled it is R450" in told
    assert f"(guru cancel {first} --scope all --late)" in told
    assert "Cancelled 4 appointments" in told and "late:" not in told.splitlines()[-1]
    practice.run("undo")
    done = practice.json("cancel", first, "--scope", "all", "--late", "--no-notify")
    assert done["summary"].endswith("1 of them late: R450")
    assert [one["status"] for one in done["appointments"]] == ["late-cancelled", *["cancelled"] * 3]
    practice.run("undo")
    done = practice.json("cancel", first, "--scope", "all", "--charge", "120", "--no-notify")
    assert done["summary"].endswith("1 of them late: R120")
    practice.run("undo")
    refused = practice.run("cancel", first, "--scope", "all", "--charge", "1", "--not-late", status=2)
    assert "leave out --not-late" in refused.stderr


def test_at_a_terminal_it_is_asked_whether_those_at_short_notice_are_late(practice: Shell) -> None:
    booked = practice.json("book", "thandi every day 15:00 x4", "--yes", "--skip")
    hand, terminal = os.openpty()
    try:
        os.write(hand, b"y\n")
        done = subprocess.run(
            [str(GURU), "cancel", str(booked["ids"][0]), "--scope", "all", "--no-notify"],
            stdin=terminal,
            capture_output=True,
            text=True,
            env=practice.environment(),
            timeout=60,
        )
    finally:
        os.close(hand)
        os.close(terminal)
    assert "Cancel it late, R450? [y/N]" in done.stderr and "1 of them late: R450" in done.stdout, done.stderr


def test_cancelling_several_names_who_waits_for_any_of_the_times(practice: Shell) -> None:
    booked = practice.json("book", "thandi every tue 14:00 x4", "--yes")
    for name in ("Ann", "Ben", "Cat", "Dan"):
        practice.run("clients", "add", name, "Zulu", "--email", f"{name}@example.com")
        practice.run("waitlist", "add", f"{name} tue afternoons 60 min")
    practice.run("waitlist", "add", "jan fri 60 min")
    second = str(booked["ids"][1])
    done = practice.run("cancel", second, "--scope", "later", "--no-notify").stdout
    assert (
        "fits: Ann Zulu, Tue afternoons, 3 of the times; offer it with: guru waitlist offer 1 'tue 8 dec 14:00'" in done
    )
    assert "and 1 more: guru waitlist list" in done and "Jan" not in done
    practice.run("undo")
    fits = practice.json("cancel", second, "--scope", "later", "--no-notify")["fits"]
    assert [(one["client"]["name"], one["start"][:16], one["times"]) for one in fits][:1] == [
        ("Ann Zulu", "2026-12-08T14:00", 3)
    ]
    assert len(fits) == 4


def test_repeat_has_a_single_one_begin_a_series_and_takes_a_length(practice: Shell) -> None:
    jan = str(practice.json("agenda", "2026-12-08")["days"][0]["entries"][0]["id"])
    changed = practice.json("repeat", jan, "every week x3", "--yes")
    assert [one["start"][:16] for one in changed["appointments"]] == [
        "2026-12-08T10:30",
        "2026-12-15T10:30",
        "2026-12-22T10:30",
    ]
    assert changed["ids"][0] == int(jan)
    shown = practice.run("repeat", jan, "every 2 weeks 11:00 45m x2", "--yes").stdout
    assert "then:   2 move, 1 is cancelled: Tue 15 Dec" in shown
    assert "   1  Tue 8 Dec 2026 11:00  now Tue 8 Dec 10:30" in shown
    again = practice.json("agenda", "2026-12-08")["days"][0]["entries"]
    assert [(one["start"][11:16], one["end"][11:16]) for one in again if one["status"] == "booked"] == [
        ("11:00", "11:45")
    ]
