"""Whether a row of a client list is somebody who is known already, and what it adds to that record.

A name alone makes nobody the same person, nor does a number: families share those. The same name with the same
mobile or email does, and so does the same name where nothing speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from guru_tui.domain.client_fields import CLIENT_FIELDS, same_name

Fields = dict[str, str | bool]
_NEVER_CHANGED = frozenset({"first_name", "last_name"})


@dataclass(slots=True)
class Known:
    """A client of the practice, or (without an id) one that an earlier row makes. `row`: the row that means them."""

    id: int | None
    fields: Fields
    row: int = 0

    def takes(self, row: int, changes: Fields) -> None:
        """Note that a row of the file means this client and what it changes."""
        self.row = row
        self.fields.update(changes)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of the file: normalised, blank fields left out."""

    row: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one row: rejected for a `reason`, or a client created (no id), changed, or left as they are."""

    row: int
    known: Known | None = None
    changes: Fields = field(default_factory=dict)
    reason: str = ""

    @property
    def created(self) -> bool:
        """Whether the row makes a new client."""
        return self.known is not None and self.known.id is None

    @property
    def updated(self) -> bool:
        """Whether the row changes a client who was there."""
        return self.known is not None and self.known.id is not None and bool(self.changes)


def plan(known: Iterable[Known], candidates: Sequence[Candidate]) -> list[Step]:
    """One step for each candidate, in their order.

    Rows that agree with a client in name, mobile and email are matched before the others, so that importing an
    export changes nothing even where two clients share everything.
    """
    by_name: dict[str, list[Known]] = {}
    for one in known:
        by_name.setdefault(_name(one.fields), []).append(one)
    steps: dict[int, Step] = {}
    for at, candidate in enumerate(candidates):
        twins = by_name.get(_name(candidate.fields), ())
        twin = next((one for one in twins if not one.row and _reach(one.fields) == _reach(candidate.fields)), None)
        if twin is not None:
            steps[at] = _match(twin, candidate)
    for at, candidate in enumerate(candidates):
        if at not in steps:
            steps[at] = _decide(by_name.setdefault(_name(candidate.fields), []), candidate)
    return [steps[at] for at in range(len(candidates))]


def _decide(namesakes: list[Known], candidate: Candidate) -> Step:
    sharing = [one for one in namesakes if _shares(one.fields, candidate.fields)]
    fitting = sharing or [one for one in namesakes if not _conflicts(one.fields, candidate.fields)]
    free = [one for one in fitting if not one.row]
    if len(free) == 1 or (free and sharing):
        return _match(free[0], candidate)
    if len(free) > 1:
        return Step(
            candidate.row,
            reason=f"{len(free)} clients are called {_shown(candidate.fields)}; give the mobile or email of one.",
        )
    if fitting:
        return Step(candidate.row, reason=f"This is the same client as in row {fitting[0].row}.")
    new = Known(None, dict(candidate.fields), candidate.row)
    namesakes.append(new)
    return Step(candidate.row, new, dict(candidate.fields))


def _match(one: Known, candidate: Candidate) -> Step:
    changes = _changes(one.fields, candidate.fields)
    one.takes(candidate.row, changes)
    return Step(candidate.row, one, changes)


def _changes(have: Fields, given: Fields) -> Fields:
    """What a row adds: blanks are filled, a new mobile or email replaces the old one, a "no" to messages counts.

    Nothing is blanked, no other text is replaced, and a "no" that is on record is not turned into a "yes".
    """
    changes: Fields = {}
    for name, value in given.items():
        if name in _NEVER_CHANGED or name not in CLIENT_FIELDS:
            continue
        present = have.get(name, CLIENT_FIELDS[name].default)
        if isinstance(value, bool):
            if present and not value:
                changes[name] = False
        elif value and (not present or (name in ("mobile", "email") and _differ(str(present), str(value)))):
            changes[name] = value
    return changes


def _name(fields: Fields) -> str:
    return same_name(str(fields.get("first_name", "")), str(fields.get("last_name", "")))


def _reach(fields: Fields) -> tuple[str, str]:
    return str(fields.get("mobile", "")), str(fields.get("email", "")).lower()


def _shares(one: Fields, other: Fields) -> bool:
    return any(mine and mine == theirs for mine, theirs in zip(_reach(one), _reach(other), strict=True))


def _conflicts(one: Fields, other: Fields) -> bool:
    return any(mine and theirs and mine != theirs for mine, theirs in zip(_reach(one), _reach(other), strict=True))


def _differ(one: str, other: str) -> bool:
    return one.lower() != other.lower()


def _shown(fields: Fields) -> str:
    return f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()
