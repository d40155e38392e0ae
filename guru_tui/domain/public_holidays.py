"""The public holidays of a country, by the library `holidays`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=64)
def in_year(country: str, year: int) -> tuple[tuple[date, str], ...]:
    """The public holidays of a country (ISO 3166, two letters) in a year with their English names, by day.

    None for a country that the library does not know. A year takes half a millisecond, loading the library 170 ms:
    it is loaded by the first call, and the app makes that in a thread.
    """
    import warnings

    import holidays

    with warnings.catch_warnings():
        # Of some countries it knows the days of the moon for certain years only, and would say so on the terminal.
        warnings.simplefilter("ignore")
        try:
            found = holidays.country_holidays(country, years=year, language="en_US")
        except NotImplementedError:
            return ()
    return tuple(sorted(found.items()))


def between(country: str, first: date, last: date) -> Iterator[tuple[date, str]]:
    """The public holidays from one day to another, both included."""
    for year in range(first.year, last.year + 1):
        for day, name in in_year(country, year):
            if first <= day <= last:
                yield day, name
