"""Public holidays: those of the practice's country, in English, none where nobody knows them."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from holidays.registry import COUNTRIES

from guru_tui.domain.public_holidays import between, in_year


def test_south_africa_with_a_day_that_is_moved_from_a_sunday() -> None:
    found = dict(in_year("ZA", 2026))
    assert found[date(2026, 12, 16)] == "Day of Reconciliation"
    assert found[date(2026, 8, 10)].startswith("National Women's Day")
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [("NA", date(2026, 3, 21), "Independence Day"), ("DE", date(2026, 4, 6), "Easter Monday")],
)
def test_elsewhere_in_english(country: str, day: date, name: str) -> None:
    assert dict(in_year(country, 2026))[day] == name


@pytest.mark.parametrize("country", ["QQ", "XX", "ZZ"])
def test_a_country_that_nobody_knows_has_none(country: str) -> None:
    assert in_year(country, 2026) == ()


def test_every_country_that_the_library_has_can_be_asked() -> None:
    for _, code, *_ in COUNTRIES.values():
        for year in (1990, 2026, 2999):
            assert all(isinstance(name, str) and name and day.year == year for day, name in in_year(code, year))


def test_across_a_new_year() -> None:
    days = [day for day, _ in between("ZA", date(2026, 12, 25), date(2027, 1, 1))]
    assert days == [date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)]
    assert list(between("ZA", date(2026, 12, 26), date(2026, 12, 25))) == []


def test_the_library_is_loaded_by_the_first_question() -> None:
    code = "import sys, guru_tui.domain.public_holidays; print('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
