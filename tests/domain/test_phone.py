"""Phone numbers: what people and spreadsheets write, and what never may pass for a number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.phone import national, takes_sms, to_e164
from guru_tui.errors import Invalid


@pytest.mark.parametrize(
    "typed",
    [
        "082 555 0134",
        "0825550134",
        "(082) 555-0134",
        "082.555.0134",
        "082/555 0134",
        "082\u00a0555\u00a00134",
        "082‑555‑0134",
        "+27 82 555 0134",
        "+27825550134",
        "+27 (0)82 555 0134",
        "+27 082 555 0134",
        "0027 82 555 0134",
        "27825550134",
        "825550134",
        "'0825550134",
        "٠٨٢٥٥٥٠١٣٤",
        "０８２５５５０１３４",
    ],
)
def test_one_south_african_number_in_many_spellings(typed: str) -> None:
    assert to_e164(typed, "ZA") == "+27825550134"


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "+", "00", "12", "abc", "10111", "082 555 013", "082 555 01345", "8255501340", "825550134.0"),
        *(
            "082 555 0134 / 083 555 0134",
            "082 555 O134",
            "082 555 0134 w",
            "0825550134 x12",
            "0x825550134",
            "+27 82 555 013",
        ),
        *("+999123456789", "*120*321#", "082+5550134", "²825550134", "0825550134\n0835550134", "=082", "8.2555E+08"),
    ],
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match="082 555 0134"):
        to_e164(typed, "ZA")


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("020 7946 0958", "GB", "+442079460958"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("+353 85 123 4567", "ZA", "+353851234567"),
        ("0041 44 668 18 00", "ZA", "+41446681800"),
        ("030 123456", "DE", "+4930123456"),
        ("82 555 0134", "ZA", "+27825550134"),
    ],
)
def test_numbers_are_read_by_the_practices_country(typed: str, country: str, stored: str) -> None:
    assert to_e164(typed, country) == stored


def test_a_number_without_its_area_code_is_refused() -> None:
    with pytest.raises(Invalid):
        to_e164("555 0134", "US")


def test_only_mobile_ranges_take_sms() -> None:
    assert [takes_sms(number) for number in ("+27605550134", "+27715550134", "+27815550134", "+27845550134")] == [
        True
    ] * 4
    assert [takes_sms(number) for number in ("+27215550100", "+27800123456", "+27861123456", "+27871234567")] == [
        False
    ] * 4
    assert takes_sms("+353851234567")
    assert not takes_sms("")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("+27825550134", "082 555 0134"), ("+442079460958", "+44 20 7946 0958"), ("", ""), ("+nonsense", "+nonsense")],
)
def test_numbers_are_shown_as_at_home(stored: str, shown: str) -> None:
    assert national(stored) == shown


@given(st.integers(min_value=100_000_000, max_value=899_999_999))
def test_what_is_shown_reads_back_as_what_is_stored(number: int) -> None:
    stored = f"+27{number}"
    assert to_e164(national(stored), "ZA") == to_e164(stored, "ZA") == stored


@given(st.text(max_size=30), st.sampled_from(["ZA", "GB", "US", "DE", "XX"]))
def test_any_text_is_a_number_or_refused(text: str, country: str) -> None:
    try:
        stored = to_e164(text, country)
    except Invalid:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{4,14}", stored)
    assert to_e164(stored, country) == stored


@given(st.text(alphabet="0123456789+() -/.", max_size=20))
def test_any_digits_are_a_number_or_refused(text: str) -> None:
    try:
        stored = to_e164(text, "ZA")
    except Invalid:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{4,14}", stored)
    assert not stored.startswith("+27") or len(stored) == 12
