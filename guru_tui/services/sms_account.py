"""The account with the SMS provider: what it holds, and whether that lasts for the text messages of the next day."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import utc_text
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.messages import BalanceRow
from guru_tui.settings import Settings
from guru_tui.store.queries import accounts

if TYPE_CHECKING:
    from guru_tui.channels.base import Channel

_AHEAD = timedelta(days=1)


def holds(connection: sqlite3.Connection, channel: Channel, now: datetime, *, network: bool) -> BalanceRow | None:
    """What the account behind `channel` holds: asked for with `network`, else as it was last told; None for unknown."""
    from guru_tui.channels.base import Balance, Tracing

    with channel.session() as session:
        if not isinstance(session, Tracing):
            return None
        told = session.balance() if network else None
    if isinstance(told, Balance):
        return BalanceRow(told.amount, told.currency, now)
    return accounts.balance(connection)


def sms_ahead(connection: sqlite3.Connection, settings: Settings, practice: Practice, now: datetime) -> int:
    """How many SMS leave within a day of `now`: what waits in the outbox and the reminders that fall due."""
    from guru_tui.domain.sms_text import measure
    from guru_tui.services.reminders import plan
    from guru_tui.store.queries.outbox import waiting

    until = now + _AHEAD
    found = plan(connection, settings, practice, until, utc_text(now))
    bodies = [row.body for row in waiting(connection, utc_text(until)) if row.channel == "sms"]
    bodies += [each.body for each in (*found.due, *found.missed) if each.channel == "sms" and each.state != "blocked"]
    return sum(measure(body).segments for body in bodies)


def shortage(balance: BalanceRow, practice: Practice, ahead: int) -> str:
    """Why the account should be topped up, empty where it need not be.

    `ahead` is the SMS of the next day; they count by the setting `sms_price`, or as a credit each where the account
    is kept in credits.
    """
    from decimal import Decimal

    held = Decimal(balance.amount)
    if held <= 0:
        return "nothing is left"
    price = practice["sms_price"] if balance.currency == practice.currency else "" if balance.currency else "1"
    if price and held < Decimal(price) * ahead:
        return f"that is less than the {ahead} SMS of the next day cost"
    return ""
