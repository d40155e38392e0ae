"""Money: written, read and rounded in minor units."""

from __future__ import annotations

import contextlib
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.money import Money, check_currency, exponent, full_text, parse_amount, round_half_up, short_text
from guru_tui.errors import Invalid

CURRENCIES = st.sampled_from(["ZAR", "USD", "EUR", "GBP", "BWP", "NAD", "JPY", "KWD", "CHF", "KES", "NZD", "XOF"])
AMOUNTS = st.integers(min_value=0, max_value=99_999_999_999)


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("450", 45000),
        ("R450", 45000),
        ("r 450.50", 45050),
        ("ZAR 450,5", 45050),
        ("1 850", 185000),
        ("R1\u00a0850,00", 185000),
        ("1\u202f850.25", 185025),
        ("1,850.00", 185000),
        ("1.850,00", 185000),
        ("1.850", 185000),
        ("1,850", 185000),
        ("1'234'567.89", 123456789),
        ("1,234,567", 123456700),
        ("0", 0),
        ("0,05", 5),
        ("0.5", 50),
    ],
)
def test_amounts_as_people_write_them(typed: str, minor: int) -> None:
    assert parse_amount(typed, "ZAR") == minor


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            " ",
            "R",
            "abc",
            "-5",
            "+5",
            "0.450",
            "1.8500",
            "1,85.00",
            "1,850,00",
            "1.850.00",
            "1 85",
            "12 34",
        ),
        *("1,2,3", "450.", ".50", "1e5", "٤٥٠", "450 ZAR", "USD450", "1" * 16, "1,850 000", "1.2.3", "450\n5"),
    ],
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"write it like R450 or R450\.50"):
        parse_amount(typed, "ZAR")


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("¥1,850", "JPY", 1850),
        ("1850", "XOF", 1850),
        ("1.500", "KWD", 1500),
        ("1,500.250", "KWD", 1500250),
        ("1.5", "KWD", 1500),
        ("1,500,000", "KWD", 1500000000),
        ("N$20", "NAD", 2000),
        ("$20", "USD", 2000),
    ],
)
def test_currencies_with_other_minor_units(typed: str, currency: str, minor: int) -> None:
    assert parse_amount(typed, currency) == minor


def test_no_fraction_where_the_currency_has_none() -> None:
    with pytest.raises(Invalid):
        parse_amount("12.5", "JPY")


@given(AMOUNTS, CURRENCIES)
def test_every_form_we_write_reads_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    for text in (money.decimal(), money.short(), full_text(minor, currency)):
        assert parse_amount(text, currency) == minor


@given(AMOUNTS, CURRENCIES)
def test_decimal_text_is_exact(minor: int, currency: str) -> None:
    assert Decimal(Money(minor, currency).decimal()) == Decimal(minor).scaleb(-exponent(currency))
    assert Money(-minor, currency).decimal() == ("-" if minor else "") + Money(minor, currency).decimal()
    assert Money(minor, currency).as_json() == {"amount": Money(minor, currency).decimal(), "currency": currency}


@given(st.text(alphabet="0123456789., 'R-", max_size=18))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert parse_amount(text, "ZAR") >= 0


@pytest.mark.parametrize(
    ("minor", "short", "full"),
    [
        (185000, "R1 850", "R1 850.00"),
        (45050, "R450.50", "R450.50"),
        (-45000, "-R450", "-R450.00"),
        (5, "R0.05", "R0.05"),
        (123456789, "R1 234 567.89", "R1 234 567.89"),
    ],
)
def test_amounts_as_we_write_them(minor: int, short: str, full: str) -> None:
    assert (short_text(minor, "ZAR"), full_text(minor, "ZAR")) == (short, full)


def test_currencies_are_checked() -> None:
    assert check_currency(" zar ") == "ZAR"
    for wrong in ("", "R", "RAND", "Z4R", "ΖAR"):
        with pytest.raises(Invalid):
            check_currency(wrong)


@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_halves_round_away_from_zero(value: Fraction) -> None:
    rounded = round_half_up(value)
    assert abs(value - rounded) <= Fraction(1, 2)
    assert round_half_up(-value) == -rounded
    cents = Decimal(value.numerator * 2 // value.denominator) / 2
    assert round_half_up(Fraction(cents)) == int(cents.quantize(Decimal(1), ROUND_HALF_UP))
