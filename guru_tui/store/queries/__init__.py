"""Reads: one SQL statement each over the standard library's sqlite3, into the frozen views of the domain.

A topic's module is loaded when it is first used (PEP 562), so that no face waits for what it does not show.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = [
    "accounts",
    "actions",
    "agenda",
    "availability",
    "clients",
    "hours",
    "invoices",
    "matching",
    "outbox",
    "outbox_screen",
    "practice",
    "replies",
    "series",
    "settings",
    "versions",
    "waitlist",
]

if TYPE_CHECKING:
    from guru_tui.store.queries import (
        accounts,
        actions,
        agenda,
        availability,
        clients,
        hours,
        invoices,
        matching,
        outbox,
        outbox_screen,
        practice,
        replies,
        series,
        settings,
        versions,
        waitlist,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")
