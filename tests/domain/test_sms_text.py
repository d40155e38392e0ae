"""Counting SMS: the alphabet of 3GPP TS 23.038 and where a text spills into the next one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guru_tui.domain.sms_text import SmsMeasure, measure, note, price_text, shown

ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"


def test_the_default_alphabet_has_127_letters_and_the_escape() -> None:
    assert len(set(ALPHABET)) == 127
    assert measure(ALPHABET) == SmsMeasure("GSM-7", 127, 160, 1, "")


def test_letters_of_the_extension_table_count_twice() -> None:
    assert measure(EXTENSION) == SmsMeasure("GSM-7", 20, 160, 1, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SmsMeasure("GSM-7", 0, 160, 0, "")),
        ("a" * 160, SmsMeasure("GSM-7", 160, 160, 1, "")),
        ("a" * 161, SmsMeasure("GSM-7", 161, 153, 2, "")),
        ("a" * 306, SmsMeasure("GSM-7", 306, 153, 2, "")),
        ("a" * 307, SmsMeasure("GSM-7", 307, 153, 3, "")),
        ("€" * 80, SmsMeasure("GSM-7", 160, 160, 1, "")),
        ("a" * 159 + "€", SmsMeasure("GSM-7", 161, 153, 2, "")),
        ("ë" + "a" * 69, SmsMeasure("UCS-2", 70, 70, 1, "ë")),
        ("a" * 70 + "’", SmsMeasure("UCS-2", 71, 67, 2, "’")),
        ("Ł" * 134, SmsMeasure("UCS-2", 134, 67, 2, "Ł")),
        ("Ł" * 135, SmsMeasure("UCS-2", 135, 67, 3, "Ł")),
        ("😀" * 35, SmsMeasure("UCS-2", 70, 70, 1, "😀")),
        ("Zoë O’Brien", SmsMeasure("UCS-2", 11, 70, 1, "ë")),
    ],
)
def test_measures(text: str, expected: SmsMeasure) -> None:
    assert measure(text) == expected


def test_a_letter_of_two_units_is_not_split_between_two_sms() -> None:
    # 152 + 2 does not fit into 153, so each SMS wastes a unit.
    assert measure(("a" * 152 + "€") * 2 + "a" * 152).segments == 4
    assert measure("😀" * 67).segments == 3  # 33 to an SMS, not 33.5


@settings(deadline=None)
@given(st.text(max_size=800))
def test_segments_hold_the_text_and_no_more_than_needed(text: str) -> None:
    found = measure(text)
    assert (found.encoding == "UCS-2") == bool(found.offending)
    assert found.offending == "" or found.offending in text
    assert found.length <= found.segments * found.per_segment
    assert found.segments <= max(1, -(-found.length // (found.per_segment - 1))) if text else found.segments == 0
    if found.encoding == "UCS-2":
        assert found.length == len(text.encode("utf-16-le", "surrogatepass")) // 2


@settings(deadline=None)
@given(st.text(alphabet=ALPHABET + EXTENSION, max_size=800))
def test_the_alphabet_never_forces_16_bits(text: str) -> None:
    assert measure(text).encoding == "GSM-7"


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=30))
def test_more_text_never_takes_fewer_sms(text: str, more: str) -> None:
    assert measure(text + more).segments >= measure(text).segments


@pytest.mark.parametrize(
    ("text", "price", "expected"),
    [
        ("", "0.32", ""),
        ("x" * 107, "0.32", "107/160 · 1 SMS · R0.32"),
        ("x" * 107, "", "107/160 · 1 SMS"),
        ("x" * 161, "0.32", "161/306 · 2 SMS · R0.64"),
        ("{" * 80, "", "160/160 · 1 SMS"),
        ("–" * 67, "", "“–” is not in the SMS alphabet: 70 letters per SMS (67/70 · 1 SMS)"),
        ("ê" * 71, "1", "“ê” is not in the SMS alphabet: 67 letters per SMS (71/134 · 2 SMS · R2.00)"),
        ("Hi \u200b", "", "“U+200B” is not in the SMS alphabet: 70 letters per SMS (4/70 · 1 SMS)"),
    ],
)
def test_what_a_text_takes_is_told_in_a_line(text: str, price: str, expected: str) -> None:
    assert note(text, price, "ZAR") == expected


@pytest.mark.parametrize(
    ("segments", "price", "currency", "expected"),
    [
        (1, "0.3275", "ZAR", "R0.3275"),
        (4, "0.3275", "ZAR", "R1.31"),
        (2, "5", "JPY", "¥10"),
        (1, "0.5", "JPY", "¥0.5"),
        (3, "0.1", "USD", "$0.30"),
        (1000, "1", "EUR", "€1000.00"),
        (1, "0.32", "CHF", "CHF 0.32"),
        (7, "", "ZAR", ""),
    ],
)
def test_a_price_is_exact(segments: int, price: str, currency: str, expected: str) -> None:
    assert price_text(segments, price, currency) == expected


@pytest.mark.parametrize(
    ("character", "expected"), [("–", "–"), ("😀", "😀"), ("\u0302", "U+0302"), ("\u202e", "U+202E"), ("\t", "U+0009")]
)
def test_a_letter_that_cannot_be_seen_is_named_by_its_number(character: str, expected: str) -> None:
    assert shown(character) == expected
