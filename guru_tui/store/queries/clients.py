"""The clients' reads: the list and its search, one record, and everything that an export holds."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, datetime

from guru_tui.domain.client_fields import CLIENT_FIELDS, search_words
from guru_tui.domain.local_time import from_utc_text, to_local, utc_text
from guru_tui.domain.practice import Practice
from guru_tui.domain.text import printable
from guru_tui.domain.views.clients import ClientDetail, ClientRow, ClientVisit
from guru_tui.store.queries import invoices

_UPCOMING = 10
_RECENT = 20
_INVOICES = 50
_LONGEST_SEARCH = 500  # no name is longer, and SQLite refuses patterns past 50 000 bytes

# The subqueries run for the rows of the page only: the page is cut first, along the index on sort_name. The plus
# before i.status keeps SQLite on the index of the client: that on the status finds every unpaid invoice there is.
_ROWS = """
WITH page AS MATERIALIZED (
    SELECT c.id, c.first_name, c.last_name, c.mobile, c.email, c.archived_at, c.sort_name
    FROM client c WHERE {where} ORDER BY c.sort_name, c.id LIMIT :limit OFFSET :offset)
SELECT p.id, p.first_name, p.last_name, p.mobile, p.email,
       COALESCE((SELECT SUM(i.total_minor - (SELECT COALESCE(SUM(a.amount_minor), 0) FROM payment_allocation a
                                             WHERE a.invoice_id = i.id))
                 FROM invoice i WHERE i.client_id = p.id AND +i.status = 'sent'), 0),
       EXISTS (SELECT 1 FROM invoice i WHERE i.client_id = p.id AND +i.status = 'sent' AND i.due_on < :today
                AND i.total_minor > COALESCE((SELECT SUM(a.amount_minor) FROM payment_allocation a
                                              WHERE a.invoice_id = i.id), 0)),
       (SELECT v.starts_at FROM appointment v
         WHERE v.client_id = p.id AND v.starts_at >= :now AND v.status IN ('booked', 'confirmed')
         ORDER BY v.starts_at LIMIT 1),
       p.archived_at
FROM page p ORDER BY p.sort_name, p.id
"""


def clients(
    connection: sqlite3.Connection,
    *,
    search: str = "",
    now: datetime,
    zone: str,
    archived: bool = False,
    limit: int = 500,
    offset: int = 0,
) -> list[ClientRow]:
    """The active (or only the archived) clients that `search` fits, sorted by last name.

    `search`: prefixes of the words of the name, in either order of first and last name; three digits or more of
    the mobile; or a part of the email address where it has an `@` or is written like a host.
    """
    where, values = _where(search, archived)
    return _rows(connection, where, values, now=now, zone=zone, limit=limit, offset=offset)


def client_count(connection: sqlite3.Connection, *, search: str = "", archived: bool = False) -> int:
    """How many clients `clients` would list without a limit."""
    where, values = _where(search, archived)
    return int(connection.execute(f"SELECT count(*) FROM client c WHERE {where}", values).fetchone()[0])


def _rows(
    connection: sqlite3.Connection,
    where: str,
    values: dict[str, object],
    *,
    now: datetime,
    zone: str,
    limit: int,
    offset: int,
) -> list[ClientRow]:
    today = to_local(now, zone).date().isoformat()
    values = {**values, "now": utc_text(now), "today": today, "limit": max(limit, 0), "offset": max(offset, 0)}
    rows = connection.execute(_ROWS.format(where=where), values)
    return [
        ClientRow(
            key, first, last, mobile, email, owes, bool(overdue),
            to_local(from_utc_text(start), zone) if start else None, bool(archived_at),
        )
        for key, first, last, mobile, email, owes, overdue, start, archived_at in rows
    ]  # fmt: skip


# Stored names keep their hyphens and apostrophes; a search ignores both (`search_words`).
def _plain(text: str) -> str:
    for character, instead in (("-", " "), (".", " "), (",", " "), ("''", "")):
        text = f"replace({text}, '{character}', '{instead}')"
    return text


# `search` says the first name twice; cut to `first last` and taken with `last first` it fits each word only once.
_FIRST_LAST = _plain("substr(c.search, 1, length(c.sort_name) + 1)")
_LAST_FIRST = _plain("' ' || c.sort_name")
_ANY_WORD = _plain("c.search")


def _where(search: str, archived: bool) -> tuple[str, dict[str, object]]:
    where = "c.archived_at <> ''" if archived else "c.archived_at = ''"
    search = printable(search).strip()
    if not search:
        return where, {}
    if len(search) > _LONGEST_SEARCH:
        return "0", {}
    ways: list[str] = []
    values: dict[str, object] = {}
    words = search_words(search)
    if words:
        values["name"] = "".join(f"% {_literal(word)}" for word in words) + "%"
        orders = (_FIRST_LAST, _LAST_FIRST) if len(words) > 1 else (_ANY_WORD,)
        ways += [f"{text} LIKE :name ESCAPE '\\'" for text in orders]
    if "@" in search or re.fullmatch(r"\S+\.\S+", search):
        values["email"] = f"%{_literal(search)}%"
        ways.append("c.email LIKE :email ESCAPE '\\'")
    digits = "".join(character for character in search if character.isdigit() and character.isascii())
    if len(digits) >= 3 and re.fullmatch(r"[\s\d+()./-]+", search):
        patterns = _mobile_patterns(digits)
        ways += [f"c.mobile LIKE :{name}" for name in patterns]
        values |= patterns
    return (f"{where} AND ({' OR '.join(ways)})" if ways else "0"), values


def _mobile_patterns(digits: str) -> dict[str, object]:
    """Anywhere in the number, or from its start as at home: a leading 0 stands for a country code of 1 to 3 digits."""
    patterns: dict[str, object] = {"digits": f"%{digits.removeprefix('00')}%"}
    if digits.startswith("0") and not digits.startswith("00"):
        patterns |= {f"home{length}": f"+{'_' * length}{digits[1:]}%" for length in (1, 2, 3)}
    return patterns


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def client(
    connection: sqlite3.Connection, client_id: int, *, now: datetime, zone: str, today: date
) -> ClientDetail | None:
    """One client's record, archived or not; None where there is none. `today` is the practice's local date."""
    found = _rows(connection, "c.id = :id", {"id": client_id}, now=now, zone=zone, limit=1, offset=0)
    if not found:
        return None
    address, birth_date, sms, email, bill_name, bill_email, created_at, language = connection.execute(
        """SELECT address, birth_date, sms_allowed, email_allowed, bill_to_name, bill_to_email, created_at, language
           FROM client WHERE id = ?""",
        (client_id,),
    ).fetchone()
    attended, no_shows, uninvoiced, paid, first_day, note = _figures(connection, client_id, now, today)
    since = date.fromisoformat(first_day) if first_day else to_local(from_utc_text(created_at), zone).date()
    return ClientDetail(
        row=found[0],
        address=address,
        birth_date=birth_date,
        sms_allowed=bool(sms),
        email_allowed=bool(email),
        bill_to_name=bill_name,
        bill_to_email=bill_email,
        since=since,
        attended=attended,
        no_shows=no_shows,
        uninvoiced_minor=uninvoiced,
        paid_this_year_minor=paid,
        currency=_currency(connection),
        last_note=note or "",
        upcoming=_visits(connection, client_id, now, past=False),
        recent=_visits(connection, client_id, now, past=True),
        invoices=tuple(invoices.invoices(connection, today=today, client_id=client_id, limit=_INVOICES)),
        language=language,
    )


def _figures(
    connection: sqlite3.Connection, client_id: int, now: datetime, today: date
) -> tuple[int, int, int, int, str | None, str | None]:
    row: tuple[int, int, int, int, str | None, str | None] = connection.execute(
        """SELECT COALESCE(SUM(a.status = 'attended'), 0), COALESCE(SUM(a.status = 'no-show'), 0),
                  COALESCE(SUM(CASE WHEN a.invoice_id IS NOT NULL THEN NULL
                      WHEN a.status IN ('no-show', 'late-cancelled') THEN a.charge_minor
                      WHEN a.status = 'attended' OR (a.status IN ('booked', 'confirmed') AND a.ends_at <= :now)
                      THEN a.fee_minor END), 0),
                  (SELECT COALESCE(SUM(amount_minor), 0) FROM payment
                    WHERE client_id = :id AND received_on BETWEEN :first AND :last AND method <> 'write-off'),
                  MIN(CASE WHEN a.status <> 'cancelled' THEN substr(a.starts_local, 1, 10) END),
                  (SELECT n.note FROM appointment n WHERE n.client_id = :id AND n.note <> '' AND n.starts_at <= :now
                    ORDER BY n.starts_at DESC LIMIT 1)
           FROM appointment a WHERE a.client_id = :id""",
        {"id": client_id, "now": utc_text(now), "first": f"{today.year:04}-01-01", "last": f"{today.year:04}-12-31"},
    ).fetchone()
    return row


def _visits(connection: sqlite3.Connection, client_id: int, now: datetime, *, past: bool) -> tuple[ClientVisit, ...]:
    """Past: newest first, whatever became of it. To come: soonest first, only what will take place."""
    which = "a.starts_at < :now" if past else "a.starts_at >= :now AND a.status IN ('booked', 'confirmed')"
    rows = connection.execute(
        f"""SELECT a.id, a.starts_at, a.zone, a.title, a.status,
                   CASE WHEN a.status IN ('no-show', 'late-cancelled') THEN COALESCE(a.charge_minor, 0)
                        ELSE a.fee_minor END,
                   a.currency, COALESCE(i.number, '')
            FROM appointment a LEFT JOIN invoice i ON i.id = a.invoice_id
            WHERE a.client_id = :id AND {which} ORDER BY a.starts_at {"DESC" if past else ""} LIMIT :limit""",
        {"id": client_id, "now": utc_text(now), "limit": _RECENT if past else _UPCOMING},
    )
    return tuple(
        ClientVisit(key, to_local(from_utc_text(start), zone), title, status, fee, currency, number)
        for key, start, zone, title, status, fee, currency, number in rows
    )


def _currency(connection: sqlite3.Connection) -> str:
    return Practice.of(dict(connection.execute("SELECT key, value FROM setting WHERE key = 'currency'"))).currency


def named_in(connection: sqlite3.Connection, sentence: str) -> list[str]:
    """The full names of clients, archived ones too, that stand in a sentence, the longest first."""
    rows = connection.execute(
        """SELECT DISTINCT trim(first_name || ' ' || last_name) AS name FROM client
           WHERE instr(?, trim(first_name || ' ' || last_name)) > 0 ORDER BY length(name) DESC, name""",
        (sentence,),
    )
    return [row[0] for row in rows]


def archived_with_visits(connection: sqlite3.Connection, step_id: int, now: str) -> list[str]:
    """The names of archived clients with an appointment to come (after `now`, UTC text) that a step has changed."""
    rows = connection.execute(
        """SELECT DISTINCT trim(c.first_name || ' ' || c.last_name) FROM change h
           JOIN appointment a ON a.id = CAST(h.row_key AS INTEGER) JOIN client c ON c.id = a.client_id
           WHERE h.action_id = ? AND h.table_name = 'appointment' AND c.archived_at <> ''
             AND a.status IN ('booked', 'confirmed') AND a.starts_at > ? ORDER BY c.id""",
        (step_id, now),
    )
    return [row[0] for row in rows]


def client_sheet(connection: sqlite3.Connection, *, archived: bool = False) -> list[dict[str, str | bool]]:
    """Every field of every active client (`archived`: of the archived ones too), sorted by last name, for an export.

    The keys are those of `CLIENT_FIELDS`, and `archived`: the instant it was archived as UTC text, or empty.
    """
    columns = ", ".join(f'"{name}"' for name in CLIENT_FIELDS)
    rows = connection.execute(
        f"SELECT {columns}, archived_at FROM client WHERE archived_at = '' OR ? ORDER BY sort_name, id",
        (archived,),
    )
    return [
        {
            **{
                name: bool(value) if field.kind == "bool" else value
                for (name, field), value in zip(CLIENT_FIELDS.items(), row, strict=False)
            },
            "archived": row[-1],
        }
        for row in rows
    ]
