"""The calendar as a feed for other programs: which entries, under which names, in which revision."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from guru_tui.documents.calendar_feed import FeedEvent, feed
from guru_tui.documents.calendar_text import new_uid
from guru_tui.domain.local_time import day_bounds, utc_text
from guru_tui.domain.practice import PRIVACY, Practice
from guru_tui.domain.views.calendar_feed import FeedRow, Revision
from guru_tui.errors import Invalid
from guru_tui.store.connection import translated
from guru_tui.store.queries import calendar_feed as queries
from guru_tui.store.queries.settings import practice as practice_settings

_NOBODYS = "guru-tui.invalid"  # RFC 2606: no host has this name
_NEVER = Revision(0, "")
_TOLD = ("appointment", "blocked_time", "client", "location")


class Feed(NamedTuple):
    """A feed, and how many entries are in it."""

    content: bytes
    entries: int


def make_feed(
    connection: sqlite3.Connection,
    *,
    privacy: str,
    first: date | None = None,
    last: date | None = None,
    complete: bool = False,
) -> Feed:
    """The calendar as RFC 5545 text, from local day `first` to `last`, both included; all of it by default.

    Cancelled appointments are left out: what subscribes to a feed drops what is no longer in it, and several programs
    that import one (calcurse, khal) show a cancelled entry as if it took place. Raises `Invalid` for a `privacy` that
    is no word of `PRIVACY`.
    """
    if privacy not in PRIVACY:
        raise Invalid(f"{privacy!r} is no level of privacy; use {', '.join(PRIVACY)}.")
    with translated():
        # One transaction: the entries and how often they were changed are of the same moment.
        connection.execute("BEGIN")
        try:
            practice = practice_settings(connection)
            bounds = _bounds(practice, first, last)
            rows = queries.entries(connection, *bounds)
            events = _Revised(connection, *bounds, hidden=privacy != "full").events(
                row for row in rows if not row.cancelled
            )
        finally:
            connection.execute("COMMIT")
    content = feed(events, name=practice.name, zone=practice.zone, privacy=privacy, complete=complete)
    return Feed(content, len(events))


class Names:
    """The name of every entry in every calendar (RFC 5545, 3.8.4.7).

    What was imported keeps the name it came with. What was made here is named as the entry that goes by mail is: after
    the domain that the practice's mail address had on the day it was made, so that no later setting renames it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        domains = queries.mail_domains(connection)
        self._since = [since for since, _ in domains]
        self._domains = [domain for _, domain in domains]

    def of(self, row: FeedRow) -> str:
        """The name of one entry."""
        return row.uid or self.given(row)

    def given(self, row: FeedRow) -> str:
        """The name that an entry has from us, whatever it was imported under: it tells nothing."""
        domain = self._domains[bisect_right(self._since, row.created_at) - 1] or _NOBODYS
        if row.kind == "block":
            domain = f"blocked.{domain}"
        return new_uid(row.id, row.created_at, domain)


class _Revised:
    """The entries between `begin` and `end` (UTC texts) with their names and revisions, from the change log.

    `hidden`: under names from us only, because one from elsewhere may tell a client's.
    """

    def __init__(self, connection: sqlite3.Connection, begin: str, end: str, *, hidden: bool) -> None:
        names = Names(connection)
        self._name = names.given if hidden else names.of
        written = queries.revisions(connection, begin, end)
        self._written = {table: written.get(table, {}) for table in _TOLD}
        self._mailed = queries.mailed(connection, begin, end)

    def events(self, rows: Iterable[FeedRow]) -> list[FeedEvent]:
        """The rows as events."""
        return [self._event(row) for row in rows]

    def _event(self, row: FeedRow) -> FeedEvent:
        table = "blocked_time" if row.kind == "block" else "appointment"
        own = self._written[table].get(row.id, _NEVER)
        told = [own.at or row.created_at]
        sequence = max(own.changes - 1, row.moves, 0)
        if row.kind == "appointment":
            # A client who is renamed and a place that moves change what an entry says.
            told += [self._written["client"].get(row.client_id, _NEVER).at]
            told += [self._written["location"].get(row.location_id, _NEVER).at]
            sequence = max(sequence, self._mailed.get(row.id, 0))
        return FeedEvent(row, self._name(row), sequence, max(told))


def _bounds(practice: Practice, first: date | None, last: date | None) -> tuple[str, str]:
    if first is not None and last is not None and last < first:
        raise Invalid("The last day lies before the first one; check the two days.")
    begin = utc_text(day_bounds(first, practice.zone)[0]) if first else ""
    end = utc_text(day_bounds(last, practice.zone)[1]) if last else "9999"
    return begin, end
