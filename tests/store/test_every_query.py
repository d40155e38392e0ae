"""Every read of `store.queries`: it names columns that the models have, and none walks a table that grows for ever."""

from __future__ import annotations

import inspect
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from guru_tui.domain.clock import FixedClock
from guru_tui.domain.practice import Practice
from guru_tui.errors import NotFound
from guru_tui.services import demo
from guru_tui.store import models, queries
from guru_tui.store.connection import connect

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
TEXT, LATER = "2026-11-25T08:00:00Z", "2026-11-27T08:00:00Z"
ZONE = "Africa/Johannesburg"
PRACTICE = Practice.of({})
AT: dict[str, Any] = {"now": NOW, "today": TODAY}

CALLS: dict[str, tuple[tuple[object, ...], dict[str, Any]]] = {
    "accounts.balance": ((), {}),
    "actions.actions": ((), {"zone": ZONE, "limit": 20}),
    "actions.row_changes": ((1,), {}),
    "actions.name_of": (("client", 1), {}),
    "versions.newest_change": ((), {}),
    "versions.changed_since": (("appointment", 1, 1), {}),
    "versions.changed_of_series": (("appointment", 1, 1), {}),
    "agenda.anyone_waits": ((), {}),
    "agenda.appointments": ((NOW, NOW), {"practice": PRACTICE, "now": NOW}),
    "agenda.appointment": ((1,), {"practice": PRACTICE, "now": NOW}),
    "agenda.blocks": ((NOW, NOW), {}),
    "agenda.conflicts": ((NOW, NOW), {}),
    "agenda.next_start": ((NOW,), {}),
    "agenda.spans": ((NOW, NOW), {}),
    "agenda.totals": ((), AT),
    "availability.busy": ((NOW, NOW), {}),
    "availability.closed_days": ((TODAY, TODAY), {}),
    "availability.travel_times": ((), {}),
    "calendar_feed.entries": ((TEXT, LATER), {}),
    "calendar_feed.last_change": ((), {}),
    "calendar_feed.mail_domains": ((), {}),
    "calendar_feed.mailed": ((TEXT, LATER), {}),
    "calendar_feed.revisions": ((TEXT, LATER), {}),
    "calendar_import.people": ((), {}),
    "calendar_import.written_by_others": (("import calendar",), {}),
    "clients.clients": ((), {"search": "bo", "now": NOW, "zone": ZONE}),
    "clients.archived_with_visits": ((1, TEXT), {}),
    "clients.named_in": (("Sarah Botha is marked confirmed already",), {}),
    "clients.client_count": ((), {"search": "082 555 0101"}),
    "clients.client": ((1,), {**AT, "zone": ZONE}),
    "clients.client_sheet": ((), {}),
    "series.place": (("appointment", 1, TEXT), {}),
    "series.touched": ((1,), {}),
    "series.waiting": ((1,), {}),
    "corrections.told_last": ((1, 1), {}),
    "corrections.on_its_way": ((1,), {}),
    "corrections.standing": ((1,), {}),
    "corrections.made_by": ((1, 1), {}),
    "corrections.made_about_series": ((1,), {}),
    "corrections.left_without": ((1,), {}),
    "corrections.left_since": ((1,), {}),
    "corrections.last_sequence": ((1, "confirmation"), {}),
    "corrections.undone_step": ((1,), {}),
    "corrections.occupies": ((1, "appointment", 1), {}),
    "export.documents": ((), {}),
    "export.issued": ((), {}),
    "hours.hours": ((), {}),
    "invoices.invoices": ((), {"today": TODAY}),
    "invoices.find": (("12",), {}),
    "invoices.has_document": ((1,), {}),
    "invoices.invoice": ((1,), {"today": TODAY, "zone_name": ZONE}),
    "invoices.lines": ((1,), {"zone_name": ZONE}),
    "invoices.payments": ((1,), {}),
    "invoices.uninvoiced": ((1,), {"now": NOW}),
    "invoices.billable_clients": ((), {"now": NOW, "begin": NOW, "end": NOW}),
    "invoices.board": ((TODAY,), {**AT, "zone_name": ZONE, "currency": "ZAR"}),
    "matching.candidates": (("sar",), {}),
    "matching.names": ((), {}),
    "matching.by_ids": (([1, 2],), {}),
    "matching.similar": (("sarha",), {}),
    "message_facts.offer": ((1, TEXT, PRACTICE), {}),
    "message_facts.appointment": ((1,), {}),
    "message_facts.appointments": (([1, 2],), {}),
    "message_facts.taken_back": ((1, 1), {}),
    "message_facts.upcoming": ((TEXT, LATER), {}),
    "message_facts.reminders": ((1, TEXT), {}),
    "message_facts.heard_of": ((1,), {}),
    "message_facts.never_reminded": ((TEXT, LATER), {}),
    "message_facts.moved_from": ((1, 1), {}),
    "message_facts.unheard_move": ((1, TEXT), {}),
    "message_facts.never_told": ((1,), {}),
    "message_facts.invoice": ((1,), {}),
    "message_facts.document": ((1,), {}),
    "message_rules.rules": (("reminder",), {}),
    "message_rules.rule_rows": ((), {}),
    "outbox.messages": ((), {}),
    "outbox.message": ((1,), {}),
    "outbox.messages_by_id": (([1, 2],), {}),
    "outbox.messages_for_appointment": ((1,), {}),
    "outbox.messages_for_invoice": ((1,), {}),
    "outbox.waiting": ((TEXT,), {}),
    "outbox.gone_for_action": ((1,), {}),
    "outbox.attempts": ((1,), {}),
    "outbox.same_elsewhere": ((1, "sms"), {}),
    "outbox.waiting_on": ((TEXT, ["sms"]), {}),
    "outbox_screen.counts": ((), {}),
    "outbox_screen.needs": ((), {}),
    "outbox_screen.page": (("sent",), {}),
    "outbox_screen.invoice_numbers": (([1, 2],), {}),
    "outbox_screen.thread": ((1,), {}),
    "outbox_screen.senders": ((), {}),
    "practice.types": ((), {}),
    "practice.locations": ((), {}),
    "practitioner.any_trouble": ((), {}),
    "practitioner.made": (("key",), {}),
    "practitioner.made_until": (("agenda", TEXT), {}),
    "practitioner.newest": (("alert", TEXT), {}),
    "practitioner.open_replies": ((), {}),
    "practitioner.paused": ((), {}),
    "practitioner.trouble": ((TEXT,), {}),
    "replies.answered": ((["one@example.com", "two@example.com"],), {}),
    "replies.appointment_now": ((1,), {}),
    "replies.client_now": ((1,), {}),
    "replies.of_calendar_entry": (("uid@example.com", 1, TEXT), {}),
    "replies.of_unknown_fate": ((), {}),
    "replies.one_answered": ((1,), {}),
    "replies.replies": ((), {}),
    "replies.reply": ((1,), {}),
    "settings.practice": ((), {}),
    "templates.own": (("reminder", "sms", "en"), {}),
    "templates.every_own": (("en",), {}),
    "templates.coming_appointments": ((TEXT, 20), {}),
    "templates.latest_invoices": ((20,), {}),
    "waitlist.entries": ((), {"zone": ZONE}),
    "waitlist.freed": (([("appointment", 1), ("block", 2)],), {}),
}

# An import and an export are about everything, and read it once.
WHOLE = {"calendar_import.written_by_others", "export.documents", "export.issued"}
# Newest first with a limit: they stop at the end of a page.
PAGED = {"actions.actions", "invoices.invoices", "outbox.messages", "templates.latest_invoices"}
GROWING = {
    "appointment", "invoice", "line_item", "payment", "payment_allocation", "document", "outbox_message",
    "outbox_attempt", "action", "change",
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The sample practice, with the statistics of a practice that nobody has ever analysed: none."""
    home: Path = tmp_path_factory.mktemp("queries") / "home"
    demo.build(home, FixedClock(NOW), days=40, clients=40)
    connection = connect(home / "practice.db")
    connection.execute("DROP TABLE sqlite_stat1")
    connection.close()
    connection = connect(home / "practice.db")
    yield connection
    connection.close()


def _functions() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for module in (import_module(f"{queries.__name__}.{each.name}") for each in iter_modules(queries.__path__)):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and "connection" in inspect.signature(function).parameters:
                found[f"{module.__name__.rsplit('.', 1)[-1]}.{name}"] = function
    return found


def _models() -> list[Any]:
    return [model for model in vars(models).values() if hasattr(model, "__table__")]


def _call(store: sqlite3.Connection, name: str) -> None:
    positional, named = CALLS[name]
    with suppress(NotFound):  # what is asked matters here, not what is there
        _functions()[name](store, *positional, **named)


def test_every_query_is_called_here() -> None:
    assert set(_functions()) == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_its_columns_are_the_models(store: sqlite3.Connection, name: str) -> None:
    read: set[tuple[str, str]] = set()

    def note(action: int, table: str | None, column: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table and column:
            read.add((table, column))
        return sqlite3.SQLITE_OK

    store.set_authorizer(note)
    try:
        _call(store, name)
    finally:
        store.set_authorizer(None)
    tables = {model.__tablename__: {column.name for column in model.__table__.columns} for model in _models()}
    asked = {(table, column) for table, column in read if table in tables}
    assert asked
    assert not {(table, column) for table, column in asked if column not in tables[table] | {"ROWID"}}


@pytest.mark.parametrize("name", sorted(set(CALLS) - PAGED - WHOLE))
def test_it_walks_no_table_that_grows_for_ever(store: sqlite3.Connection, name: str) -> None:
    asked: list[str] = []
    store.set_trace_callback(asked.append)
    try:
        _call(store, name)
    finally:
        store.set_trace_callback(None)
    assert asked
    for statement in asked:
        aliases = {
            alias: table for table, alias in re.findall(r"(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?", statement)
        }
        aliases |= {table: table for table in GROWING}
        for row in store.execute(f"EXPLAIN QUERY PLAN {statement}"):
            walked = re.match(r"SCAN (\w+)", row[3])
            assert not walked or aliases.get(walked[1], "") not in GROWING, (row[3], statement)
