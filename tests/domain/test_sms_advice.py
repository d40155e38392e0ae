"""What to write in place of a character that makes a text message dearer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.sms_advice import advice, plain, stand_in
from guru_tui.domain.sms_text import measure


@pytest.mark.parametrize(
    ("character", "instead"),
    [
        ("–", "-"), ("’", "'"), ("“", '"'), ("…", "..."), ("\u00a0", " "), ("ê", "e"), ("ë", "e"), ("ô", "o"),
        ("á", "a"), ("王", ""), ("🙂", ""), ("ł", ""), ("\u0308", ""), ("é", ""),
    ],
)  # fmt: skip
def test_stand_ins(character: str, instead: str) -> None:
    assert stand_in(character) == instead


@given(st.text(max_size=60))
def test_a_stand_in_is_in_the_alphabet(text: str) -> None:
    for character in text:
        assert not measure(stand_in(character)).offending
    assert plain(plain(text)) == plain(text)
    if not measure(text).offending:
        assert plain(text) == text and advice(text, measure(text)) == ""


def test_advice_names_the_character_and_what_it_saves() -> None:
    long = f"Môre – {'x' * 70}"
    assert advice(long, measure(long)) == "“ô” is not in the SMS alphabet: write “o” instead and save 1 SMS."
    assert advice("Hi 王", measure("Hi 王")) == (
        "“王” is not in the SMS alphabet: an SMS holds 70 characters then, not 160."
    )
    assert "write a blank instead" in advice("a\u00a0b", measure("a\u00a0b"))
