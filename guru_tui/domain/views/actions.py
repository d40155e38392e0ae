"""The change log as it is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One step of the practitioner's, as the log lists it; `at` in the practice's zone.

    `undoable` says whether it could be undone at all; `undoes` names the step that an undo or a redo is about. Of an
    undo `undone` means that the step was done again.
    """

    id: int
    at: datetime
    name: str
    summary: str
    origin: str
    undone: bool
    undoable: bool = True
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class ChangedField:
    """One field of a record before and after a step, in words; empty where there was or is nothing.

    `private`: it says something about a person.
    """

    name: str
    before: str
    after: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """What a step did to one record: `what` names it ("Appointment 12"), `how` is added, changed or removed.

    `client` is whose it is, empty for what is nobody's.
    """

    what: str
    how: str
    client: str
    fields: tuple[ChangedField, ...]
