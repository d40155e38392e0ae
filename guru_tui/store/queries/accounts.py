"""What providers last said about the practice's accounts."""

from __future__ import annotations

import sqlite3

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.views.messages import BalanceRow


def balance(connection: sqlite3.Connection) -> BalanceRow | None:
    """What the SMS account held when its provider was last asked; None where that is not known."""
    row = connection.execute(
        "SELECT balance, currency, balance_at FROM channel_state WHERE channel = 'sms' AND balance <> ''"
    ).fetchone()
    return BalanceRow(row[0], row[1], from_utc_text(row[2])) if row else None
