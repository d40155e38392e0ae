"""The change log as it is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One step of the practitioner's, as the log lists it; `at` in the practice's zone."""

    id: int
    at: datetime
    name: str
    summary: str
    origin: str
    undone: bool
