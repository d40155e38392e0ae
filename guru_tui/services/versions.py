"""Two hands on one store: an action on an appointment that was changed elsewhere since it was looked at is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection

from guru_tui.domain.local_time import from_wall_text, short_moment
from guru_tui.errors import MovedOn
from guru_tui.store.queries.versions import Image, RowChange, changed_of_series, changed_since
from guru_tui.store.unit_of_work import Work

TIME = ("starts_at", "minutes", "status")
"""What matters to who moves an appointment or marks it."""
WORD = ("starts_at", "status", "exact")
"""What matters to who cancels it: also that the client has confirmed meanwhile."""
WHOLE = (*TIME, "exact")
"""What matters to who has it repeat differently: all of that."""
NOTE = ("note",)
"""What matters to who writes its note."""

_WISH = ("type_id", "minutes", "weekdays", "opens", "closes", "first_on", "last_on", "note")
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
    differing = _differing(columns, change.before or {}, change.after)
    if differing:
        raise _moved_on(_now(differing, change.after))


def block_unchanged(work: Work, blocked_id: int, version: int | None) -> None:
    """`unchanged` for a blocked time: raise `MovedOn` where it is at another time since, or gone."""
    change = changed_since(work.connection, "blocked_time", blocked_id, version) if version is not None else None
    if change is None:
        return
    if change.after is None:
        raise MovedOn("That blocked time was removed elsewhere meanwhile; nothing was changed here.")
    differing = _differing(("starts_at", "minutes"), change.before or {}, change.after)
    if differing:
        raise _moved_on(_now(differing, change.after))


def wish_unchanged(work: Work, entry_id: int, version: int | None) -> None:
    """`unchanged` for an entry of the waiting list: raise `MovedOn` where it reads otherwise since, or is gone."""
    change = changed_since(work.connection, "waitlist_entry", entry_id, version) if version is not None else None
    if change is None:
        return
    if change.after is None:
        raise MovedOn("That entry was taken back elsewhere meanwhile; nothing was changed here.")
    if _differing(_WISH, change.before or {}, change.after):
        raise _moved_on("the entry reads otherwise now")


def series_unchanged(
    work: Work,
    table: str,
    series_id: int,
    version: int | None,
    columns: Collection[str],
    concerned: Callable[[Image], bool],
) -> None:
    """`unchanged` for those of a series that a step is about: `concerned` tells it of a row's image.

    News is also one that has come to them since, or has gone from them; what was there already is named first.
    """
    if version is None:
        return
    news = []
    changes = changed_of_series(work.connection, table, series_id, version)
    for change in sorted(changes, key=lambda change: change.before is None):
        text = _news(change, columns, lambda image: image["series_id"] == series_id and concerned(image))
        if text:
            news.append(text)
    if news:
        more = f", and {len(news) - 1} more" if len(news) > 1 else ""
        raise _moved_on(f"{news[0]}{more}")


def _news(change: RowChange, columns: Collection[str], concerned: Callable[[Image], bool]) -> str:
    """What a change of one of them means to the step; empty where it means nothing."""
    was, is_now = (image is not None and concerned(image) for image in (change.before, change.after))
    before, after = change.before or {}, change.after or {}
    if before and after and before["series_id"] != after["series_id"] and (was or is_now):
        return f"the one of {_when(before)} repeats differently now"
    if not was:
        return f"there is one more, on {_when(after)}" if is_now else ""
    if not after:
        return f"the one of {_when(before)} was taken back"
    differing = _differing([each for each in columns if each in after or each == "exact"], before, after)
    if not differing:
        return "" if is_now else f"the one of {_when(before)} stays as it is"
    return f"of the one of {_when(before)}, {_now(differing, after)}"


def _moved_on(what: str) -> MovedOn:
    return MovedOn(f"Changed elsewhere meanwhile: {what}. Nothing was changed here; look again.")


def _differing(columns: Collection[str], before: Image, after: Image) -> list[str]:
    exact = "exact" in columns
    return [
        column
        for column in columns
        if column != "exact" and _shown(column, before, exact) != _shown(column, after, exact)
    ]


def _shown(column: str, image: Image, exact: bool) -> object:
    value = image.get(column)
    return _EXPECTED[0] if column == "status" and value in _EXPECTED and not exact else value


def _now(columns: Collection[str], image: Image) -> str:
    told = []
    if "starts_at" in columns or "minutes" in columns:
        told.append(f"it is at {_when(image)} for {image['minutes']} min now")
    if "status" in columns:
        told.append(f"it is {image['status']} now")
    if "note" in columns:
        told.append("its note reads otherwise now")
    return ", ".join(told)


def _when(image: Image) -> str:
    wall = from_wall_text(str(image["starts_local"]))
    return short_moment(wall)
