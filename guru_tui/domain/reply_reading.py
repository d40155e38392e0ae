"""What a client's reply says: yes, no, or something that only a person can tell.

Nothing is guessed. A reply is a yes or a no only where every one of its words belongs to a phrase that is known and
all phrases that say something say the same. A question, a number (a time, mostly), a "but", a day other than the
appointment's, a word that is not known: unclear.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

from guru_tui.domain.text import fold

YES, NO, UNCLEAR = "yes", "no", "unclear"
_LONGEST = 250
_LONGEST_SIGNATURE = 8

# {a|b} is one of them, an empty one stands for nothing; both languages side by side.
_YES = (
    "yes|y|yep|yeah|yup|yebo|ja|jip|yes i {will|can|do|confirm}|yes we will|ja {seker|beslis|natuurlik}",
    "{i|we|i hereby|} {confirm|confirmed|comfirm|accept|accepted|confirming} "
    "{|it|this|that|attendance|my attendance|appointment|the appointment|my appointment|my booking|the booking}",
    "{this is|just|} to confirm",
    "{|ek|ons|hiermee} bevestig {|dit|hiermee|die afspraak|my afspraak|afspraak|dat ek daar sal wees}",
    "ok|okay|oky|okey|oke|okie|sure|sure thing|for sure|vir seker|seker|definitely|absolutely|certainly|of course",
    "beslis|natuurlik|correct|agreed|count me in|in order|all in order|all good|in orde|alles in orde",
    "{|i|i will|ill|we will|well} see you {|all|guys} {|then|there|soon|again|at the practice}",
    "{|i|we} look forward to {it|seeing you|the session|the appointment}",
    "{|im|i am|we are} looking forward to {it|seeing you|the session|the appointment}",
    "{i will|ill|i shall|we will|well|will|i am going to|im going to|} {definitely|certainly|surely|} "
    "{be there|be coming|attend}",
    "{i will|ill|we will} {definitely|} {come|make it}|{i|we} can {come|make it|attend}|can make it",
    "{i am|im|we are} {coming|attending}|attending",
    "{this|that|it|} {works|suits} {|me|for me|well|fine|perfectly}|works for me",
    "{thats|that is|its|it is|this is|} {fine|perfectly fine} {|for me|with me|by me}",
    "{thats|that is|its|it is|this is} {ok|okay|good|great|perfect|correct|in order|confirmed}",
    "{|ek|ons} sal {beslis|definitief|} {daar wees|kom|daar uitkom}|{ek|ons} {kan kom|kom|is daar}",
    "{|ek|ons} sien {jou|u|julle|mekaar} {|dan|daar|weer}|tot dan|{ek|ons} sien uit daarna|sien uit daarna",
    "{dis|dit is|is|} {reg|reg so}|{dis|dit is} {goed|goed so|in orde|bevestig}|goed so|maak so|dit pas my|pas my",
    "\N{THUMBS UP SIGN}|\N{WHITE HEAVY CHECK MARK}|\N{HEAVY CHECK MARK}|\N{OK HAND SIGN}|\N{SQUARED OK}",
)
_NO = (
    "no|n|nope|nee|{no|nee} {i|ek} {cant|cannot|kan nie}|{i|we} {cant|cannot|wont}|cant|cannot|kannie",
    "{|i|we|please|i will|i must|i have to|i need to|i want to|i would like to|id like to|i wish to|"
    "i will have to|ill have to|im going to have to} {cancel|decline} "
    "{|it|this|please|this one|appointment|the appointment|my appointment|this appointment|my booking|the booking|"
    "my session|the session}",
    "{i am|im} {cancelling|canceling} {|it|my appointment|the appointment}|declined",
    "{i|we|i simply|i really|} {cant|cannot|can not|could not|wont|will not|wont be able to|will not be able to} "
    "{make it|come|attend|be there|be coming|do it|make my appointment|make the appointment|make this appointment}",
    "{i am|im|we are|} {not able to|unable to} {make it|come|attend|be there|make the appointment}",
    "{i am|im|we are|} not {coming|attending}|{i will|ill} miss it",
    "{|ek|ek moet|ek wil|ek sal moet|ons moet|moet|moet asseblief} kanselleer "
    "{|dit|asseblief|asb|die afspraak|my afspraak|afspraak}",
    "{|ek|ons} kan {|ongelukkig} {|dit} nie {|kom|maak|dit maak|daar wees|bywoon|kom nie|maak nie|dit maak nie|"
    "daar wees nie|bywoon nie}",
    "{|ek|ons} {sal|gaan} {|dit} nie {daar wees|kom|maak|kan kom|kan maak|dit maak|daar kan wees} {|nie}",
    "{ek|ons} kom nie",
    "\N{THUMBS DOWN SIGN}|\N{CROSS MARK}|\N{NO ENTRY}",
)
# Politeness and what a yes or a no may be about: these say neither.
_NEITHER = (
    "hi|hi there|hello|hey|hallo|dag|good {morning|afternoon|evening|day}|goeie {more|middag|naand|dag}|goeiemore",
    "goeiedag|goeienaand|please|pls|plz|asseblief|asb|sorry|jammer|apologies|my apologies|unfortunately|ongelukkig",
    "{im|i am} {|so|very|really} sorry|ek is {|so|baie} jammer|{|so|very|baie} {sorry|jammer}",
    "{|many} thanks {|so much|a lot|very much|again}|thank you {|so much|very much|again|kindly}|thx|tx|ta|cheers",
    "{|baie} dankie {|weer|jou|u|tog|hoor}|baie dankie vir alles|thanks a million",
    "{|for|vir|vir die} {the reminder|reminding me|letting me know|herinnering|die herinnering|herinnering}",
    "great|perfect|lovely|wonderful|awesome|excellent|fantastic|super|brilliant|cool|lekker|mooi|good|goed|well",
    "no problem|no problem at all|no worries|geen probleem|have a {good|lovely|great|nice} {day|evening|weekend|one}",
    "{for|vir|to|about|} {the|my|our|this|die} {appointment|booking|session|afspraak}|and|en|xx|xxx|x",
    "{|kind|best|warm|many} {regards|wishes}|{|vriendelike|beste} groete|groetnis|groete",
    "\N{PERSON WITH FOLDED HANDS}|\N{SMILING FACE WITH SMILING EYES}|\N{SLIGHTLY SMILING FACE}|\N{GRINNING FACE}|"
    "\N{SMILING FACE WITH OPEN MOUTH}|\N{WAVING HAND SIGN}|\N{HEAVY BLACK HEART}|\N{CHERRY BLOSSOM}|"
    "\N{FLEXED BICEPS}|\N{WHITE SMILING FACE}|\N{GRINNING FACE WITH SMILING EYES}|\N{SMILING FACE WITH SUNGLASSES}",
)
_GREETING = re.compile(r"(?:hi|hello|hey|hallo|dag|dear|liewe|beste|good|goeie|goeiemore|more|morning|middag)\b")
_SIGN_OFF = re.compile(
    r"(?:(?:kind|best|warm|many|with|met) )*(?:regards|wishes|groete|groetnis)|vriendelike groete|(?:yours )?sincerely"
)
# After a greeting or below a sign-off stand names; these words make it something else.
_NO_NAME = re.compile(
    "(?:not never nie but maar if as unless tensy or of when wanneer rather eerder instead later late earlier laat "
    "vroeer vroeg time tyd ps nb only net maybe perhaps dalk miskien want geen none running move reschedule skuif am "
    "pm vm nm sick siek postpone uitstel help call bel phone)".replace(" ", "|")
)
_WORD = re.compile(r"[^\W_]+|\?|[^\w\s]")
_IGNORED = frozenset('.,!;:-"()[]{}…*~<>|·•\N{VARIATION SELECTOR-16}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}')
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_WEEKDAYS = (
    "monday mon maandag ma", "tuesday tue tues dinsdag di", "wednesday wed woensdag wo",
    "thursday thu thur thurs donderdag do", "friday fri vrydag vr", "saturday sat saterdag sa", "sunday sun sondag so",
)  # fmt: skip
_DAY_LEADS = frozenset({("on",), ("op",), ("for",), ("vir",), ("until",), ("till",), ("tot",), ()})


def read_reply(text: str, *, names: Collection[str] = (), days: Collection[str] = ()) -> str:
    """`yes`, `no` or `unclear`: what `text`, a reply without what it quotes, says.

    `names` are the people's and may stand anywhere; `days` are the words that mean the day of the appointment.
    """
    if not text.strip() or len(text) > _LONGEST + _LONGEST_SIGNATURE * 60:
        return UNCLEAR
    known = {word for name in names for word in _words(name)} - _vocabulary()
    lines = _without_names([_words(line) for line in text.splitlines() if line.strip()], known)
    words = [word for line in lines for word in line if word not in known]
    if not words or sum(map(len, words)) > _LONGEST:
        return UNCLEAR
    said = _parse(words, frozenset(days))
    return said.pop() if said is not None and len(said) == 1 else UNCLEAR


def day_words(day: date, today: date) -> frozenset[str]:
    """The words for `day` in a mail that was written on `today`."""
    words = set(_WEEKDAYS[day.weekday()].split())
    if day == today:
        words |= {"today", "vandag"}
    elif day == today + timedelta(days=1):
        words |= {"tomorrow", "tmr", "more", "môre"}
    return frozenset(fold(word) for word in words)


def _words(text: str) -> list[str]:
    """The words of `text`, folded; signs that say nothing are left out, others are words of their own."""
    folded = fold(_SKIN.sub("", text)).replace("'", "")
    return [word for word in _WORD.findall(folded) if word not in _IGNORED]


def _parse(words: list[str], days: frozenset[str]) -> set[str] | None:
    """What the phrases of `words` say, longest phrase first; None where a word belongs to none."""
    said: set[str] = set()
    at = 0
    while at < len(words):
        step, meaning = _phrase(words, at)
        if (lead := _day(words, at, days)) > step:
            step, meaning = lead, ""
        if not step:
            return None
        if meaning:
            said.add(meaning)
        at += step
    return said


def _phrase(words: list[str], at: int) -> tuple[int, str]:
    phrases = _phrases()
    for length in range(min(_longest_phrase(), len(words) - at), 0, -1):
        meaning = phrases.get(tuple(words[at : at + length]))
        if meaning is not None:
            return length, meaning
    return 0, ""


def _day(words: list[str], at: int, days: frozenset[str]) -> int:
    """How many words at `at` name the appointment's day (`on thursday`); 0 where they do not."""
    for length in (0, 1):
        if at + length < len(words) and tuple(words[at : at + length]) in _DAY_LEADS and words[at + length] in days:
            return length + 1
    return 0


def _without_names(lines: list[list[str]], known: set[str]) -> list[list[str]]:
    """`lines` without the name in a greeting and without the block below a formal sign-off."""
    if lines and lines[0] and _GREETING.match(lines[0][0]):
        greeting = [word for word in lines[0] if word in known or not _is_name(word)]
        if len(lines[0]) - len(greeting) <= 2:
            lines = [greeting, *lines[1:]]
    for index, line in enumerate(lines):
        below = lines[index + 1 :]
        if index and _SIGN_OFF.fullmatch(" ".join(line)) and len(below) <= _LONGEST_SIGNATURE:
            if all(_is_name(word) or word in known for one in below for word in one if not _is_contact(word)):
                return lines[: index + 1]
            break
    return lines


def _is_name(word: str) -> bool:
    return word.isalpha() and word not in _vocabulary() and not _NO_NAME.fullmatch(word)


def _is_contact(word: str) -> bool:
    """Whether it is part of a number or an address below a name, as no word of a sentence is."""
    return word in "@+/#&" or (word.isdigit() and len(word) > 2)


@cache
def _phrases() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for meaning, patterns in (("", _NEITHER), (YES, _YES), (NO, _NO)):
        for pattern in patterns:
            for phrase in _expand(pattern):
                if words := tuple(_words(phrase)):
                    found.setdefault(words, meaning)
    return found


@cache
def _longest_phrase() -> int:
    return max(map(len, _phrases()))


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(itertools.chain.from_iterable(_phrases()))


def _expand(pattern: str) -> list[str]:
    """Every phrase that a pattern stands for."""
    found = []
    for one in re.split(r"\|(?![^{]*\})", pattern):
        choices = [part.split("|") for part in re.split(r"[{}]", one)]
        found += ["".join(parts) for parts in itertools.product(*choices)]
    return found
