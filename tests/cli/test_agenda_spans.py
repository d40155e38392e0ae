"""`guru agenda` for a week and a month."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell import Shell


@pytest.fixture(scope="module")
def booked(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Five visits on Thursday 26 November, leave over the end of the month, one visit in December; only read."""
    shell = Shell(tmp_path_factory.mktemp("spans") / "practice")
    shell.run(
        "init",
        "--zone",
        "Africa/Johannesburg",
        "--name",
        "Naledi Khumalo",
        "--practice",
        "Sea Point Physio",
        "--email",
        "hello@spp.example",
    )
    shell.run("types", "add", "Follow-up", "--minutes", "60", "--fee", "450")
    for first, last in (("Sarah", "Botha"), ("Thandi", "Nkosi")):
        shell.run("clients", "add", first, last)
    for line in ("sarah thu 9:00", "thandi thu 8:00", "sarah thu 11:00", "thandi thu 14:00", "sarah thu 15:00"):
        shell.run("book", line, "--yes", "--force", "--no-notify")
    shell.run("block", "30/11 all day leave")
    shell.run("book", "sarah 1/12 9:00", "--yes", "--force", "--no-notify")
    return shell


def dates(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [day["date"] for day in document["days"]]


def test_a_week_is_that_of_the_day_from_monday(booked: Shell) -> None:
    week = booked.json("agenda", "--week")
    assert dates(week) == [f"2026-11-{day}" for day in range(23, 30)]
    assert [len(day["entries"]) for day in week["days"]] == [0, 0, 0, 5, 0, 0, 0]
    assert dates(booked.json("agenda", "2026-11-23", "--week")) == dates(week)
    assert dates(booked.json("agenda", "2026-11-29", "--week")) == dates(week)


@pytest.mark.parametrize(("day", "days"), [("2026-11-25", 30), ("2026-12-31", 31), ("2028-02-10", 29)])
def test_a_month_is_the_whole_calendar_month(booked: Shell, day: str, days: int) -> None:
    month = dates(booked.json("agenda", day, "--month"))
    assert month == [f"{day[:7]}-{number:02d}" for number in range(1, days + 1)]


@pytest.mark.parametrize(
    ("words", "first", "days"),
    [
        (("week",), "2026-11-23", 7),
        (("next", "week"), "2026-11-30", 7),
        (("month",), "2026-11-01", 30),
        (("next", "month"), "2026-12-01", 31),
    ],
)
def test_a_stretch_can_be_said_in_words(booked: Shell, words: tuple[str, ...], first: str, days: int) -> None:
    found = dates(booked.json("agenda", *words))
    assert (found[0], len(found)) == (first, days)


def test_a_month_is_a_line_for_each_day(booked: Shell) -> None:
    lines = booked.run("agenda", "--month").stdout.splitlines()
    assert lines[0] == "November 2026 · 5 booked"
    [thursday] = [line for line in lines if line.startswith("Thu 26 Nov")]
    assert thursday.split()[:5] == ["Thu", "26", "Nov", "5", "08:00-16:00"]
    assert "08:00 Thandi Nkosi, 09:00 Sarah Botha, 11:00 Sarah Botha +2" in thursday
    [monday] = [line for line in lines if line.startswith("Mon 30 Nov")]
    assert "all day ▒ leave" in monday
    assert sum(line.startswith(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")) for line in lines) == 30


def test_days_week_and_month_exclude_each_other(booked: Shell, tmp_path: Path) -> None:
    booked.run("agenda", "--week", "--month", status=2)
    booked.run("agenda", "--week", "--days", "3", status=2)
