"""The words for days and times, folded, in English and Afrikaans."""

from __future__ import annotations

WEEKDAYS: dict[str, int] = {
    name: day
    for day, names in enumerate(
        (
            "monday mon mo mondays maandag maan ma maandae",
            "tuesday tues tue tu tuesdays dinsdag dins di dinsdae",
            "wednesday weds wed we wednesdays woensdag woens wo woensdae",
            "thursday thurs thur thu th thursdays donderdag dond do donderdae",
            "friday frid fri fr fridays vrydag vry vr vrydae",
            "saturday sat sa saturdays saterdag sater saterdae",
            "sunday sun su sundays sondag son so sondae",
        )
    )
    for name in names.split()
}
_SPELLABLE: tuple[tuple[str, int | str], ...] = (
    *((name, day) for name, day in WEEKDAYS.items() if len(name) > 5),
    ("today", "today"),
    ("tomorrow", "tomorrow"),
)

MONTHS: dict[str, int] = {
    name: month
    for month, names in enumerate(
        (
            "january jan januarie",
            "february feb febr februarie",
            "march mar mrt maart",
            "april apr",
            "may mei",
            "june jun junie",
            "july jul julie",
            "august aug augustus",
            "september sep sept",
            "october oct oktober okt",
            "november nov",
            "december dec desember des",
        ),
        start=1,
    )
    for name in names.split()
}

RELATIVE_DAYS: dict[tuple[str, ...], int] = {
    tuple(phrase.split()): days
    for days, phrases in (
        (-2, ("eergister", "day before yesterday", "the day before yesterday")),
        (-1, ("yesterday", "gister")),
        (0, ("today", "tod", "vandag")),
        (1, ("tomorrow", "tmrw", "tmr", "tom", "more")),
        (2, ("day after tomorrow", "the day after tomorrow", "overmorrow", "oormore")),
    )
    for phrase in phrases
}

NUMBERS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "a an one een 'n",
            "two twee couple",
            "three drie",
            "four vier",
            "five vyf",
            "six ses",
            "seven sewe",
            "eight agt",
            "nine nege",
            "ten tien",
            "eleven elf",
            "twelve twaalf",
        ),
        start=1,
    )
    for name in names.split()
}

UNIT_DAYS: dict[str, int] = {
    **dict.fromkeys(("day", "days", "dag", "dae"), 1),
    **dict.fromkeys(("week", "weeks", "wk", "wks", "weke"), 7),
    **dict.fromkeys(("fortnight", "fortnights"), 14),
}
UNIT_MONTHS: dict[str, int] = {
    **dict.fromkeys(("month", "months", "maand", "maande"), 1),
    **dict.fromkeys(("year", "years", "jaar"), 12),
}
AFRIKAANS_HOURS = frozenset(
    ("een", "twee", "drie", "vier", "vyf", "ses", "sewe", "agt", "nege", "tien", "elf", "twaalf")
)
"""In Afrikaans "half nege" is half an hour before nine."""
NOW = frozenset(("now", "nou"))
NEXT = frozenset(("next", "volgende", "nxt"))
THIS = frozenset(("this", "hierdie", "coming"))
IN = frozenset(("in", "oor"))
CONNECTORS = frozenset(("-", "to", "till", "until", "til", "tot"))
FILLERS = frozenset(
    ("at", "on", "om", "op", "vir", "for", "the", "die", "from", "of", "-", "starting", "beginning", "vanaf")
)

AM = frozenset(("am", "a.m", "vm", "v.m"))
PM = frozenset(("pm", "p.m", "nm", "n.m"))
NOON = frozenset(("noon", "midday", "middag", "12noon"))
CLOCK = frozenset(("o'clock", "oclock", "uur", "h"))
MINUTES = frozenset(("m", "min", "mins", "minute", "minutes", "minuut"))
HOURS = frozenset(("h", "hr", "hrs", "hour", "hours", "u", "uur", "ure"))

PARTS: dict[str, str] = {
    **dict.fromkeys(("morning", "mornings", "oggend", "oggende", "am", "vm", "a.m"), "am"),
    **dict.fromkeys(("afternoon", "afternoons", "middag", "middae", "pm", "nm", "p.m"), "pm"),
    **dict.fromkeys(("evening", "evenings", "aand", "aande"), "evening"),
}
PARTS_OF_DAYS: dict[tuple[str, ...], tuple[int, str]] = {
    **dict.fromkeys((("this", "morning"), ("vanoggend",)), (0, "am")),
    **dict.fromkeys((("this", "afternoon"), ("vanmiddag",)), (0, "pm")),
    **dict.fromkeys((("this", "evening"), ("tonight",), ("vanaand",)), (0, "evening")),
    ("moreoggend",): (1, "am"),
    ("moremiddag",): (1, "pm"),
    ("moreaand",): (1, "evening"),
}
"""Days that are named together with a part of them: how many days from today, and which part."""
PERIODIC: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("daily", "daagliks"), (1, "day")),
    **dict.fromkeys(("weekly", "weekliks"), (1, "week")),
    **dict.fromkeys(("fortnightly", "biweekly", "tweeweekliks"), (2, "week")),
    **dict.fromkeys(("monthly", "maandeliks"), (1, "month")),
    **dict.fromkeys(("yearly", "annually", "jaarliks"), (1, "year")),
}
EVERY = frozenset(("every", "each", "elke", "repeat", "herhaal"))
EVERY_OTHER = frozenset(("second", "2nd", "other", "alternate", "tweede", "2de"))
REPEAT_UNITS: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("day", "days", "dag", "dae"), (1, "day")),
    **dict.fromkeys(("week", "weeks", "wk", "wks", "weke"), (1, "week")),
    **dict.fromkeys(("fortnight", "fortnights"), (2, "week")),
    **dict.fromkeys(("month", "months", "maand", "maande"), (1, "month")),
    **dict.fromkeys(("year", "years", "jaar"), (1, "year")),
}
WORKDAYS = frozenset(("weekday", "weekdays", "weeksdag", "weeksdae", "werksdag", "werksdae"))
AND = frozenset(("and", "en", "&", "+"))
TIMES_OVER = frozenset(("times", "keer", "sessions", "sessies", "visits", "besoeke"))


def misspelt_day(word: str) -> int | str | None:
    """The weekday (0 is Monday) or `today`/`tomorrow` that `word` misspells; None where it is not close to just one.

    One slip is allowed, two in the long names that end in -day or -dag; the first and the last letter have to be
    right, or Fridah would be a Friday.
    """
    if len(word) < 5 or not word.isalpha():
        return None
    near: dict[int | str, int] = {}
    for name, day in _SPELLABLE:
        allowed = 2 if (len(name) > 6 and len(word) > 6 and word.endswith(("day", "dag"))) or name == "tomorrow" else 1
        if (name[0], name[-1]) == (word[0], word[-1]) and abs(len(name) - len(word)) <= allowed:
            slips = distance(word, name)
            if slips <= allowed:
                near[day] = min(slips, near.get(day, 9))
    best = sorted(near, key=lambda day: near[day])
    if not best or (len(best) > 1 and near[best[0]] == near[best[1]]):
        return None
    return best[0]


def distance(one: str, other: str) -> int:
    """How many slips lie between two words: insertions, omissions, swaps of neighbours, wrong letters
    (optimal string alignment, after Damerau 1964)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        following = [i]
        for j, against in enumerate(other, start=1):
            cost = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1]
