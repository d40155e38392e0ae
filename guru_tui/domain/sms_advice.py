"""What makes a text message dearer than it need be, and how to write it instead."""

from __future__ import annotations

import unicodedata

from guru_tui.domain.sms_text import SmsMeasure, measure, shown

_STAND_INS = {
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("‘’‚‛ʼ´`ʻ′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f", " "),
    **dict.fromkeys("•·●", "-"),
    "…": "...",
    "→": "->",
    "×": "x",
}


def stand_in(character: str) -> str:
    """What the SMS alphabet has in place of a character: `-` for a dash, the bare letter for `ê`; empty for none.

    Empty too for a character that is in the alphabet.
    """
    if not measure(character).offending:
        return ""
    decomposed = unicodedata.normalize("NFKD", character)
    bare = "".join(each for each in decomposed if not unicodedata.category(each).startswith("M"))
    found = _STAND_INS.get(character, bare)
    return "" if measure(found).offending else found


def plain(text: str) -> str:
    """`text` with every character outside the SMS alphabet that has a stand-in replaced by it."""
    if not measure(text).offending:
        return text
    return "".join(stand_in(each) or each if measure(each).offending else each for each in text)


def advice(text: str, size: SmsMeasure, tag: str = "") -> str:
    """What to write in place of the character that made the text cost more, and what that saves; empty for nothing.

    `tag`: the merge tag whose value brought that character in, so that nothing can be written instead.
    """
    if not size.offending:
        return ""
    told = f"“{shown(size.offending)}” is not in the SMS alphabet"
    instead = stand_in(size.offending)
    if tag or not instead:
        source = f", it comes from {{{{{tag}}}}}" if tag else ""
        return f"{told}{source}: an SMS holds {_WIDE} characters then, not {_NARROW}."
    better = measure(plain(text))
    saved = size.segments - better.segments
    gain = f" and save {saved} SMS" if saved > 0 and not better.offending else ""
    return f"{told}: write {'a blank' if instead == ' ' else f'“{instead}”'} instead{gain}."


_WIDE, _NARROW = 70, 160
