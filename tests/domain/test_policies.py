"""What a late cancellation and a no-show cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.policies import charge_by, charge_words, line_words, notice, owed, price_words, read_charge
from guru_tui.domain.practice import Practice, normalise
from guru_tui.errors import Invalid

START = datetime(2026, 11, 26, 8, tzinfo=UTC)
DEFAULT = Practice.of({})


@pytest.mark.parametrize(("hours", "late"), [(25, False), (24, False), (23.99, True), (1, True), (-2, True)])
def test_what_comes_within_the_notice_is_late(hours: float, late: bool) -> None:
    policy = notice(DEFAULT, START, 45000, "ZAR", START - timedelta(hours=hours))
    assert (policy.late, policy.charge_minor) == (late, 45000)


def test_a_practice_without_a_notice_has_no_late_cancellations() -> None:
    practice = Practice.of({"cancellation_notice_hours": "0"})
    assert not notice(practice, START, 45000, "ZAR", START + timedelta(hours=1)).late


def test_notice_is_real_hours_where_the_clocks_change() -> None:
    from zoneinfo import ZoneInfo

    london = ZoneInfo("Europe/London")
    starts, now = datetime(2027, 3, 28, 10, tzinfo=london), datetime(2027, 3, 27, 10, tzinfo=london)
    assert notice(DEFAULT, starts, 0, "GBP", now).late, "the same wall time, but 23 hours"


def test_the_notice_in_words() -> None:
    told = {
        hours: notice(DEFAULT, START, 0, "ZAR", START - timedelta(hours=hours)).words for hours in (18, 0.5, 100, -1)
    }
    assert told == {
        18: "18h before, 24h asked for",
        0.5: "30 min before, 24h asked for",
        100: "4 days before, 24h asked for",
        -1: "it has begun, 24h asked for",
    }


@pytest.mark.parametrize(
    ("rule", "minor"), [("50%", 22501), ("100%", 45001), ("0%", 0), ("33.33%", 14999), ("200.00", 20000), ("0", 0)]
)
def test_a_charge_is_a_part_of_the_fee_or_an_amount(rule: str, minor: int) -> None:
    assert charge_by(rule, 45001, "ZAR") == minor


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_part_of_the_fee_never_exceeds_it(fee: int, percent: int) -> None:
    assert 0 <= charge_by(f"{percent}%", fee, "ZAR") <= fee


@pytest.mark.parametrize(("typed", "minor"), [("none", 0), ("0", 0), ("R225", 22500), ("225.50", 22550)])
def test_a_charge_as_it_is_typed(typed: str, minor: int) -> None:
    assert read_charge(typed, "ZAR") == minor


@pytest.mark.parametrize("typed", ["-5", "half", ""])
def test_what_is_no_charge_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="not an amount"):
        read_charge(typed, "ZAR")


def test_words() -> None:
    assert charge_words(45000, "ZAR") == "R450" and charge_words(0, "ZAR") == "no charge"
    assert line_words("Follow-up", "no-show") == "No-show: Follow-up"
    assert line_words("", "late-cancelled") == "Late cancellation: Appointment"
    assert line_words("Follow-up", "attended") == "Follow-up"


@pytest.mark.parametrize(
    ("status", "charge", "minor"),
    [
        ("attended", None, 450), ("no-show", None, 0), ("no-show", 0, 0), ("no-show", 200, 200),
        ("late-cancelled", 200, 200), ("cancelled", None, 0),
    ],
)  # fmt: skip
def test_what_is_owed(status: str, charge: int | None, minor: int) -> None:
    assert owed(status, 450, charge) == minor


def test_the_settings_are_checked() -> None:
    assert normalise("no_show_fee", "50 %") == "50%"
    assert normalise("no_show_fee", "none") == "0"
    with pytest.raises(Invalid, match="a part of the fee such as 50%"):
        normalise("no_show_fee", "half")
    with pytest.raises(Invalid, match="0 to 100"):
        normalise("late_cancellation_fee", "150%")
    with pytest.raises(Invalid, match="from 0 to 720"):
        normalise("cancellation_notice_hours", "1000")


@pytest.mark.parametrize(
    ("status", "charge", "words"),
    [
        ("booked", None, "R450"),
        ("attended", None, "R450"),
        ("no-show", 22500, "charged R225"),
        ("late-cancelled", 45000, "charged R450"),
        ("no-show", 0, "no charge"),
        ("late-cancelled", None, "no charge"),
        ("cancelled", None, ""),
    ],
)
def test_what_is_charged_stands_for_the_fee_where_nothing_took_place(
    status: str, charge: int | None, words: str
) -> None:
    assert price_words(status, 45000, charge, "ZAR") == words
