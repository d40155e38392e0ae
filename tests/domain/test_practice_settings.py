"""The practice's settings: what each key takes, and their typed view."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.practice import CHANNEL_RULES, SETTINGS, Practice, check_email, normalise
from guru_tui.errors import Invalid


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("practice_name", "  Sea   Point\tPhysio ", "Sea Point Physio"),
        ("address", "1 Main\r\nCape Town", "1 Main\nCape Town"),
        ("email", "", ""),
        ("email", "hello@seapoint.example", "hello@seapoint.example"),
        ("zone", "Europe/London", "Europe/London"),
        ("country", "gb", "GB"),
        ("currency", "eur", "EUR"),
        ("tax_registered", "Ja", "yes"),
        ("tax_registered", "off", "no"),
        ("tax_percent", "15%", "15"),
        ("tax_percent", "7,50", "7.5"),
        ("tax_percent", "100", "100"),
        ("reminder_time", "9", "09:00"),
        ("reminder_time", "9h30", "09:30"),
        ("reminder_channels", "Email + SMS", "sms+email"),
        ("reminder_channels", "OFF", "off"),
        ("invoice_due_days", "030", "30"),
        ("hold_minutes", "0", "0"),
        ("slot_step", "05", "5"),
        ("daily_maximum", "0", "0"),
        ("public_holidays", "Shown", "shown"),
        ("holidays_worked", "2026-12-16 2026-05-01, 2026-12-16", "2026-05-01,2026-12-16"),
        ("holidays_worked", "", ""),
    ],
)
def test_values_are_normalised(key: str, typed: str, stored: str) -> None:
    assert normalise(key, typed) == stored
    assert normalise(key, stored) == stored


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        *(("email", "nobody"), ("zone", "Mars"), ("zone", ""), ("country", "ZAF"), ("country", ""), ("currency", "R")),
        *(("tax_registered", "maybe"), ("tax_percent", "100.5"), ("tax_percent", "-1"), ("tax_percent", "7.555")),
        *(("tax_percent", "7.²"), ("tax_percent", ""), ("reminder_time", "25:00"), ("reminder_time", "")),
        *(
            ("reminder_channels", "fax"),
            ("invoice_due_days", "366"),
            ("invoice_due_days", "1.5"),
            ("hold_minutes", "-1"),
        ),
        *(("slot_step", "4"), ("daily_maximum", "-1"), ("public_holidays", "maybe"), ("holidays_worked", "16/12")),
        *(("holidays_worked", "20261216"), ("holidays_worked", "2026-02-30")),
        *(("invoice_next_number", "0"), ("invoice_next_number", "٣"), ("hold_minutes", "9" * 400)),
    ],
)
def test_values_that_do_not_fit_are_refused_in_a_sentence(key: str, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        normalise(key, typed)
    assert str(refusal.value).endswith(".")


def test_an_unknown_key_names_the_way_to_the_list() -> None:
    with pytest.raises(Invalid, match="guru settings list"):
        normalise("colour", "blue")


def test_every_default_is_a_value_of_its_kind() -> None:
    for key, setting in SETTINGS.items():
        assert normalise(key, setting.default) == setting.default


@given(st.sampled_from(sorted(SETTINGS)), st.text(max_size=20))
def test_any_text_is_stored_stably_or_refused(key: str, text: str) -> None:
    try:
        stored = normalise(key, text)
    except Invalid:
        return
    assert normalise(key, stored) == stored
    practice = Practice.of({key: stored})
    assert practice.tax_basis_points <= 10_000
    assert practice.reminder_time and practice.hold >= timedelta()


@pytest.mark.parametrize(
    "address",
    [
        "a@b.co",
        "sarah.botha+physio@mail.example.co.za",
        "o'brien@example.ie",
        "x_y-z@sub-domain.example.org",
        "1@2.com",
    ],
)
def test_addresses_that_exist(address: str) -> None:
    assert check_email(address) == address


@pytest.mark.parametrize(
    "address",
    [
        *("", "sarah", "sarah@", "@example.com", "sarah@localhost", "a@b@c.com", "a b@c.com", "a@b c.com", "a@b..com"),
        *(
            ".a@b.com",
            "a.@b.com",
            "a..b@c.com",
            "a@-b.com",
            "a@b-.com",
            "a@b.com.",
            "a@.com",
            "<a@b.com>",
            "a@b.com, c@d.com",
        ),
        *(
            "a@b.com\n",
            "a@b.com\r\nBcc: x@y.com",
            "a\x00@b.com",
            "zoë@example.com",
            "a@127.0.0.1",
            '"a"@b.com',
            "a@b;c.com",
        ),
        *("mailto:a@b.com", "x" * 65 + "@b.com", "a@" + "b" * 64 + ".com", "a@" + "b." * 130 + "com"),
    ],
)
def test_addresses_that_cannot_be_mailed_are_refused(address: str) -> None:
    with pytest.raises(Invalid, match="is not an email address"):
        check_email(address)


@given(st.text(max_size=40))
def test_no_text_smuggles_a_header_into_a_mail(text: str) -> None:
    for address in (text, f"a@{text}", f"{text}@b.com", f"a@b.com{text}"):
        try:
            check_email(address)
        except Invalid:
            continue
        assert address.isascii() and address.isprintable() and " " not in address and address.count("@") == 1


def test_the_typed_view() -> None:
    practice = Practice.of(
        {"first_name": "Naledi", "tax_registered": "yes", "tax_percent": "7.5", "quiet_from": "19:30"}
    )
    assert (practice.name, practice.full_name, practice.zone) == ("Naledi", "Naledi", "Africa/Johannesburg")
    assert practice.tax_basis_points == 750
    assert practice.prices_include_tax
    assert practice.quiet_from == time(19, 30)
    assert practice.reminder_time == time(10)
    assert practice.due_on(date(2026, 11, 25)) == date(2026, 12, 9)
    assert practice.channels_for("reminder") == "sms+email"
    assert practice.channels_for("reminder") in CHANNEL_RULES
    assert Practice.of({}).tax_basis_points == 0
    assert Practice.of({}).name == "Your practice"
