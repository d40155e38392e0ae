"""Clients for quick-add: whom the words of a line can name, with what their next appointment defaults to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.quick_add.match import alike, name_words
from guru_tui.domain.quick_add.model import ClientMatch, LastVisit

_ENOUGH = 25
_LOOKED_AT = 30
_PAIRS = 6

# `search` keeps the hyphens and apostrophes of a name, which `name_words` parts and leaves out. instr() rather
# than LIKE: nothing that a person types is a pattern.
_BEGINS = (
    "(instr(' ' || search, ' ' || ?1) OR instr(search, '-' || ?1) OR instr(search, '.' || ?1)"
    " OR (instr(search, '''') AND instr(' ' || replace(search, '''', ''), ' ' || ?1)))"
)

# The limit falls on the matched clients, so that the sums are taken for those alone.
_SELECT = """
    SELECT c.id, c.first_name, c.last_name, c.mobile, c.email,
           a.type_id, a.title, a.minutes, a.fee_minor, a.location_id, a.starts_at,
           (SELECT COUNT(*) FROM appointment v
            WHERE v.client_id = c.id AND v.status NOT IN ('cancelled', 'late-cancelled', 'no-show')),
           (SELECT COALESCE(SUM(i.total_minor - COALESCE(
                (SELECT SUM(p.amount_minor) FROM payment_allocation p WHERE p.invoice_id = i.id), 0)), 0)
            FROM invoice i WHERE i.client_id = c.id AND +i.status = 'sent')
    FROM ({matched}) c
    LEFT JOIN appointment a ON a.id = (
        SELECT l.id FROM appointment l
        WHERE l.client_id = c.id AND l.status NOT IN ('cancelled', 'late-cancelled')
        ORDER BY l.starts_at DESC LIMIT 1)
    ORDER BY {order}
"""


def candidates(connection: sqlite3.Connection, first_token: str, limit: int = _ENOUGH) -> list[ClientMatch]:
    """Clients with a word of their name beginning with each word of `first_token`.

    Those who are called just so come first, then the last seen; archived ones are left out. In which order the
    words stand in a name is for the caller to judge.
    """
    words = name_words(first_token)
    if not words:
        return []
    tests = " AND ".join(_BEGINS.replace("?1", f"?{number}") for number in range(1, len(words) + 1))
    phrase, count = len(words) + 1, len(words) + 2
    matched = f"""
        SELECT id, first_name, last_name, mobile, email, sort_name,
               instr(' ' || search || ' ', ?{phrase}) > 0 AS whole,
               (SELECT MAX(s.starts_at) FROM appointment s WHERE s.client_id = client.id) AS seen
        FROM client WHERE archived_at = '' AND {tests}
        ORDER BY whole DESC, seen DESC LIMIT ?{count}"""
    return _rows(
        connection, matched, [*words, f" {' '.join(words)} ", limit], "c.whole DESC, a.starts_at DESC, c.sort_name"
    )


def names(connection: sqlite3.Connection) -> list[str]:
    """The folded names of all clients that are not archived, each with a blank before every word."""
    rows = connection.execute("SELECT search FROM client WHERE archived_at = ''")
    return [" " + " ".join(name_words(search)) if _uneven(search) else " " + search for (search,) in rows]


def by_ids(connection: sqlite3.Connection, client_ids: Iterable[int]) -> list[ClientMatch]:
    """The clients with those ids, in that order, archived ones left out."""
    wanted = list(client_ids)
    marks = ", ".join("?" * len(wanted))
    matched = f"""
        SELECT id, first_name, last_name, mobile, email FROM client
        WHERE archived_at = '' AND id IN ({marks})"""
    found = {client.id: client for client in _rows(connection, matched, wanted, "c.id")}
    return [found[client_id] for client_id in wanted if client_id in found]


def similar(connection: sqlite3.Connection, text: str, limit: int = 5) -> list[ClientMatch]:
    """The clients whose name looks most like `text`: to be offered, never taken.

    The names that share most pairs of letters with it are compared closely, the others not at all.
    """
    words = name_words(text)
    pairs = list(dict.fromkeys(word[at : at + 2] for word in words for at in range(len(word) - 1)))
    if not pairs:
        return []
    pairs = pairs[:: -(-len(pairs) // _PAIRS)]
    shared = " + ".join(["(instr(search, ?) > 0)"] * len(pairs))
    rows = connection.execute(
        f"""SELECT id, first_name, last_name FROM client WHERE archived_at = ''
            ORDER BY {shared} DESC, id LIMIT ?""",
        [*pairs, _LOOKED_AT],
    )
    near = alike(words, [ClientMatch(*row) for row in rows], limit)
    return by_ids(connection, [client.id for client in near])


def _uneven(search: str) -> bool:
    return "-" in search or "'" in search or "." in search


def _rows(
    connection: sqlite3.Connection, matched: str, parameters: Sequence[str | int], order: str
) -> list[ClientMatch]:
    found = connection.execute(_SELECT.format(matched=matched, order=order), parameters)
    return [
        ClientMatch(
            key,
            first_name,
            last_name,
            mobile,
            email,
            None if starts_at is None else LastVisit(type_id, title, minutes, fee, place_id, from_utc_text(starts_at)),
            visits,
            owes,
        )
        for key, first_name, last_name, mobile, email, type_id, title, minutes, fee, place_id, starts_at, visits, owes
        in found
    ]  # fmt: skip
