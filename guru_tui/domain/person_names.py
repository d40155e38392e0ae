"""Taking a full name apart, as far as that can be done without knowing the person."""

from __future__ import annotations

from guru_tui.domain.text import fold

# Words that begin a surname of several words, as far as they are met in South African client lists.
_BEGIN_A_SURNAME = """
    van von der den dem de du des le la les di da das do dos del della ten ter te 't t zu zum zur
    el al bin binti binte ibn abu st st.
"""
_PARTICLES = frozenset(_BEGIN_A_SURNAME.split())
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "adv", "rev", "mnr", "mev", "mej"))
_SUFFIXES = frozenset(("jr", "jnr", "snr", "ii", "iii", "iv"))


def split_full_name(text: str) -> tuple[str, str]:
    """First and last name of `Sarah Botha`, `Botha, Sarah`, `Zoë van der Merwe`, `Dr Piet le Roux`.

    A title is left out unless it is all there is beside one name (`Mrs Botha` stays whole, as a first name).
    The last word is the surname with the particles right before it; one word alone is a first name.
    """
    before, comma, after = (part.strip() for part in text.partition(","))
    if comma:
        first = " ".join(_untitled(after.replace(",", " ").split()))
        last = " ".join(_untitled(before.split()))
        return (first, last) if first else (last, "")
    words = text.split()
    rest = _untitled(words)
    if len(rest) < 2:
        return " ".join(words), ""
    at = len(rest) - 1
    if _bare(rest[at]) in _SUFFIXES and at > 1:
        at -= 1
    while at > 0 and fold(rest[at - 1]) in _PARTICLES:
        at -= 1
    if at == 0:
        return " ".join(rest), ""
    return " ".join(rest[:at]), " ".join(rest[at:])


def _untitled(words: list[str]) -> list[str]:
    while words and _bare(words[0]) in _TITLES:
        words = words[1:]
    return words


def _bare(word: str) -> str:
    return fold(word).rstrip(".")
