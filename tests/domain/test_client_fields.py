"""What is kept about a client, names taken apart, and the texts that lists search."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.client_fields import (
    CLIENT_FIELDS,
    normalise,
    past_day,
    same_name,
    search_text,
    search_words,
    sort_text,
    whole_number,
)
from guru_tui.domain.person_names import split_full_name
from guru_tui.errors import Invalid

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("Sarah Botha", "Sarah", "Botha"),
        ("Botha, Sarah", "Sarah", "Botha"),
        ("Botha,Sarah Jane", "Sarah Jane", "Botha"),
        ("Sarah Jane Botha", "Sarah Jane", "Botha"),
        ("Zoë van der Merwe", "Zoë", "van der Merwe"),
        ("Van der Merwe, Zoë", "Zoë", "Van der Merwe"),
        ("Pieter Van Der Merwe", "Pieter", "Van Der Merwe"),
        ("Piet le Roux", "Piet", "le Roux"),
        ("Dr Johan de Villiers", "Johan", "de Villiers"),
        ("Mev. A. du Plessis", "A.", "du Plessis"),
        ("Ana García de la Cruz", "Ana García", "de la Cruz"),
        ("John Smith Jr.", "John", "Smith Jr."),
        ("Thandi", "Thandi", ""),
        ("王小明", "王小明", ""),
        ("Mrs Botha", "Mrs Botha", ""),
        ("van Wyk", "van Wyk", ""),
        ("Botha,", "Botha", ""),
        (", Sarah", "Sarah", ""),
        ("", "", ""),
    ],
)
def test_full_names_are_taken_apart(typed: str, first: str, last: str) -> None:
    assert split_full_name(typed) == (first, last)


@given(st.text(alphabet="abcé ,.'-", max_size=30))
def test_taking_apart_keeps_a_name_where_there_was_one(text: str) -> None:
    first, last = split_full_name(text)
    assert first or not last
    assert bool(first) == bool(text.replace(",", " ").strip())


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1985-03-02", date(1985, 3, 2)),
        ("1985/3/2", date(1985, 3, 2)),
        ("02/03/1985", date(1985, 3, 2)),
        ("2.3.1985", date(1985, 3, 2)),
        ("2 March 1985", date(1985, 3, 2)),
        ("2 Mrt 1985", date(1985, 3, 2)),
        ("31 Desember 1985", date(1985, 12, 31)),
        ("1985-03-02 00:00:00", date(1985, 3, 2)),
        ("2026-11-25", TODAY),
    ],
)
def test_days_as_people_write_them(typed: str, day: date) -> None:
    assert past_day(typed, "Date of birth", TODAY) == day


@pytest.mark.parametrize(
    "typed",
    ["yesterday", "85-03-02", "1985-13-01", "1985-02-30", "31108", "2026-11-26", "2 Foo 1985", "٢/٣/1985", "1985"],
)
def test_days_that_are_none_or_to_come_are_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="Date of birth"):
        past_day(typed, "Date of birth", TODAY)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("825550134.0", "825550134"),
        ("8.25550134E+08", "825550134"),
        ("2.7825550134e10", "27825550134"),
        ("'0825550134", "0825550134"),
        ("082.555.0134", "082.555.0134"),
        ("8501015009087", "8501015009087"),
    ],
)
def test_what_a_spreadsheet_did_to_a_number_is_undone(typed: str, number: str) -> None:
    assert whole_number(typed) == number


@pytest.mark.parametrize("typed", ["8.2555E+08", "8,2555E+08", "2.78E+10", "8.50101E+12", "8E+8"])
def test_lost_digits_are_not_guessed(typed: str) -> None:
    with pytest.raises(Invalid, match="lost digits in a spreadsheet"):
        whole_number(typed)


def test_fields_are_normalised() -> None:
    typed: dict[str, object] = {
        "first_name": "  Sarah ",
        "mobile": "082 555 0134",
        "email": "Sarah.B@Example.COM",
        "address": "3 Main\r\nSea Point",
        "birth_date": "2/3/1985",
        "language": "Afrikaans",
        "sms_allowed": "Nee",
        "email_allowed": True,
        "id_number": None,
    }
    assert normalise(typed, country="ZA", today=TODAY) == {
        "first_name": "Sarah",
        "mobile": "+27825550134",
        "email": "Sarah.B@example.com",
        "address": "3 Main\nSea Point",
        "birth_date": "1985-03-02",
        "language": "af",
        "sms_allowed": False,
        "email_allowed": True,
        "id_number": "",
    }


@pytest.mark.parametrize(
    ("typed", "stored"), [("", ""), ("af", "af"), ("AFR", "af"), ("Engels", "en"), ("en-ZA", "en"), ("isiZulu", "zu")]
)
def test_a_language_is_read_by_its_name_or_code(typed: str, stored: str) -> None:
    assert normalise({"language": typed}, country="ZA", today=TODAY) == {"language": stored}


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("shoe_size", "44", "A client has no 'shoe_size'"),
        ("email", "sarah@", "not an email address"),
        ("mobile", "12", "not a phone number"),
        ("language", "Klingon tongue", "not a language"),
        ("sms_allowed", "perhaps", "SMS allowed is yes or no"),
        ("first_name", "x" * 501, "First name is 501 characters long"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, typed: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        normalise({name: typed}, country="ZA", today=TODAY)


@given(st.sampled_from(sorted(CLIENT_FIELDS)), st.text(max_size=30))
def test_normalising_twice_is_normalising_once(name: str, text: str) -> None:
    try:
        stored = normalise({name: text}, country="ZA", today=TODAY)
    except Invalid:
        return
    again = normalise(dict(stored), country="ZA", today=TODAY)
    assert again == stored


def test_the_texts_that_lists_use() -> None:
    assert sort_text("Zoë", "van der Merwe") == "van der merwe zoe"
    assert search_text("Zoë", "van der Merwe") == " zoe van der merwe zoe "
    assert search_text("Thandi", "") == " thandi "
    assert search_words("J. O’Brien-Smith, x") == ["j", "obrien", "smith", "x"]
    assert same_name("Anne Marie", "Botha") == same_name("anne", "Marié-Botha")
