"""One finding of the doctor, and how it says how long ago something was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `status` is ok, warn or fail; `remedy` is empty where nothing is to be done."""

    name: str
    status: str
    message: str
    remedy: str = ""


def ago(age: timedelta) -> str:
    """`just now`, `4 minutes ago`, `3 hours ago`, `5 days ago`."""
    minutes = max(int(age.total_seconds()) // 60, 0)
    if minutes < 2:
        return "just now"
    if minutes < 120:
        return f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
