"""The last resort for a date that the grammar does not know: the library dateparser."""

from __future__ import annotations

from datetime import date, datetime


def guess_date(text: str, now: datetime, *, month_first: bool = False) -> date | None:
    """The day that dateparser reads in the whole of `text`, None where it reads none.

    Its settings keep it from guessing: whole words only, English and Afrikaans, dates without a year ahead of
    naive local `now`. Loading it takes some tenths of a second, so it is loaded by the first text that needs it.
    """
    import dateparser

    order = "MDY" if month_first else "DMY"
    settings = {
        "RELATIVE_BASE": now,
        "DATE_ORDER": order,
        "PREFER_DATES_FROM": "future",
        "REQUIRE_PARTS": ["day", "month"],
    }
    found = dateparser.parse(text, languages=["en", "af"], settings=settings)
    return None if found is None else found.date()
