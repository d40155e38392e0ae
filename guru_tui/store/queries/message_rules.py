"""The rules of how messages go out, each read in one statement; the table is a practitioner's own few rules."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from guru_tui.domain.message_rules import Rule

if TYPE_CHECKING:
    from guru_tui.domain.views.rules import RuleRow

_COLUMNS = "r.id, r.kind, r.type_id, r.client_id, r.appointment_id, r.channels, r.lead_days, r.lead_hours, r.at_time"


def rules(connection: sqlite3.Connection, kind: str) -> list[Rule]:
    """Every rule about one kind of message, the oldest first."""
    rows = connection.execute(f"SELECT {_COLUMNS}, r.since FROM message_rule r WHERE r.kind = ? ORDER BY r.id", (kind,))
    return [Rule(*row) for row in rows]


def rule_rows(connection: sqlite3.Connection) -> list[RuleRow]:
    """Every rule with the name of what it is for: by kind, what holds for everyone first."""
    from guru_tui.domain.views.rules import RuleRow

    rows = connection.execute(
        f"""SELECT {_COLUMNS},
                   COALESCE(t.name, trim(c.first_name || ' ' || c.last_name),
                            trim(v.first_name || ' ' || v.last_name), ''),
                   COALESCE(a.starts_local, '')
            FROM message_rule r
            LEFT JOIN appointment_type t ON t.id = r.type_id
            LEFT JOIN client c ON c.id = r.client_id
            LEFT JOIN appointment a ON a.id = r.appointment_id
            LEFT JOIN client v ON v.id = a.client_id
            ORDER BY r.kind, r.appointment_id IS NOT NULL, r.client_id IS NOT NULL, r.type_id IS NOT NULL, r.id"""
    )
    return [RuleRow(*row) for row in rows]
