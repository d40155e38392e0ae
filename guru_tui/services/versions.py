"""Two hands on one store: an action on an appointment that was changed elsewhere since it was looked at is refused."""

from __future__ import annotations

from collections.abc import Collection

from guru_tui.domain.local_time import from_wall_text, short_date
from guru_tui.errors import MovedOn
from guru_tui.store.queries.versions import Image, changed_since
from guru_tui.store.unit_of_work import Work

TIME = ("starts_at", "minutes", "status")
"""What matters to who moves an appointment or marks it."""
WORD = ("starts_at", "status", "exact")
"""What matters to who cancels it: also that the client has confirmed meanwhile."""
NOTE = ("note",)
"""What matters to who writes its note."""

_EXPECTED = ("booked", "confirmed")


def unchanged(work: Work, appointment_id: int, version: int | None, columns: Collection[str]) -> None:
    """Raise `MovedOn` where one of `columns` of the appointment has changed since the change `version`.

    None checks nothing. What was changed and changed back is no news, and an appointment that is confirmed is as good
    as booked, unless `columns` asks to be exact.
    """
    if version is None:
        return
    change = changed_since(work.connection, "appointment", appointment_id, version)
    if change is None:
        return
    if change.after is None:
        raise MovedOn("That appointment was taken back elsewhere meanwhile; nothing was changed here.")
    before, after = change.before or {}, change.after
    exact = "exact" in columns
    differing = [
        column
        for column in columns
        if column != "exact" and _shown(column, before, exact) != _shown(column, after, exact)
    ]
    if differing:
        raise MovedOn(f"Changed elsewhere meanwhile: {_now(differing, after)}. Nothing was changed here; look again.")


def _shown(column: str, image: Image, exact: bool) -> object:
    value = image.get(column)
    return _EXPECTED[0] if column == "status" and value in _EXPECTED and not exact else value


def _now(columns: Collection[str], image: Image) -> str:
    told = []
    if "starts_at" in columns or "minutes" in columns:
        wall = from_wall_text(str(image["starts_local"]))
        told.append(f"it is at {short_date(wall.date())} {wall:%H:%M} for {image['minutes']} min now")
    if "status" in columns:
        told.append(f"it is {image['status']} now")
    if "note" in columns:
        told.append("its note reads otherwise now")
    return ", ".join(told)
