"""Text on its way in, and how names are compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guru_tui.domain.text import clean, fold
from guru_tui.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Sarah \t Botha\n", "Sarah Botha"),
        ("Sarah\r\nBotha", "Sarah Botha"),
        ("Sarah\u2028Botha\x85x", "Sarah Botha x"),
        ("\x1b[31mred\x07", "[31mred"),
        ("abc\u202edef\u2066x\u2069", "abcdefx"),
        ("a\u200bb\ufeffc\u00add\u2060e", "abcde"),
        ("e\u200b\u0301", "é"),
        ("Zoe\u0308", "Zoë"),
        ("\ud800x", "x"),
        ("Smith [/b] {{ x }} %s", "Smith [/b] {{ x }} %s"),
        ("नमस्\u200dते", "नमस्\u200dते"),
        ("👩🏽\u200d⚕️ 王小明 ‏שלום", "👩🏽\u200d⚕️ 王小明 שלום"),
        ("\u3000全角\u00a0", "全角"),
    ],
)
def test_cleaning(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_line_breaks_stay_where_they_are_meant() -> None:
    assert clean("\n 14  Kloof \r\n\r\nCape\tTown\r8001\n\n", multiline=True) == "14 Kloof\n\nCape Town\n8001"


def test_long_text_is_refused_not_cut() -> None:
    assert clean("x" * 500) == "x" * 500
    with pytest.raises(Invalid, match="First name is 501 characters long; shorten it to 500"):
        clean("x" * 501, field="First name")
    assert len(clean("x" * 20_000, multiline=True)) == 20_000
    with pytest.raises(Invalid, match="20001"):
        clean("x" * 20_001, multiline=True)


@given(st.text(max_size=200), st.booleans())
def test_cleaning_twice_is_cleaning_once_and_leaves_nothing_that_a_terminal_obeys(text: str, multiline: bool) -> None:
    cleaned = clean(text, multiline=multiline)
    assert clean(cleaned, multiline=multiline) == cleaned == unicodedata.normalize("NFC", cleaned)
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs") and not (multiline and c == "\n")]
    assert not {unicodedata.bidirectional(c) for c in cleaned} & {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "ZOE"),
        ("Łucja", "lucja"),
        ("Weiß", "WEISS"),
        ("Søren Ærø", "soren aero"),
        ("O’Brien", "O'Brien"),
        ("O´Brien", "o'brien"),
        ("Anne‑Marie", "anne-marie"),
        ("İpek", "ipek"),
        ("ﬁona", "FIONA"),
        ("مُحَمَّد", "محمد"),
        ("N\u0303", "ñ"),
        ("  van   der  Merwe ", "Van Der Merwe"),
    ],
)
def test_names_that_are_the_same_to_a_person(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("क्त", "कत"), ("Anna", "Hanna"), ("ก", "ก้")])
def test_letters_that_differ_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
@example("Ꭰ")  # Unicode folds Cherokee to its capitals
def test_folding_is_stable(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded == folded.casefold().strip()
    assert "  " not in folded


@given(st.text(alphabet=st.characters(min_codepoint=0x41, max_codepoint=0x17F, categories=["Lu", "Ll"]), max_size=30))
def test_latin_names_fold_to_plain_letters_whatever_their_case(name: str) -> None:
    assert fold(name) == fold(name.upper()) or "ı" in name.lower() or "ŉ" in name.lower()
    assert fold(clean(name)) == fold(name)
