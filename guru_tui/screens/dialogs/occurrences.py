"""One occurrence of a series as a line: when, where it is now, what speaks against it, what is done about it."""

from __future__ import annotations

from collections.abc import Sequence

from guru_tui.domain.local_time import short_date
from guru_tui.domain.series import Occurrence, SeriesPlan
from guru_tui.screens.session import Session
from guru_tui.widgets.text import Line, Piece

_ROOM_FOR_FORMER = 60
"""From how many columns on a line says where the occurrence is now."""


def occurrence_line(
    session: Session, plan: SeriesPlan, one: Occurrence, decision: str, skipped: str, width: int
) -> Line:
    """An occurrence under a decision (a word of `DECISIONS`, or empty); `skipped` says what becomes of one left out."""
    when = f"{short_date(one.start.date())} {one.start:%H:%M}"
    trouble = _trouble(session, one)
    if not one.troubled and decision != "skip":
        notes: Sequence[Piece] = [(f"= {one.fixed or 'as it is now'}", "dim") if one.stays else ("✓ free", "ok")]
    elif decision == "shift" and one.shifted:
        notes = [(f"→ {one.shifted:%H:%M}", "ok"), (f" {trouble}", "dim")]
    elif decision:
        text, tone = (skipped, "dim") if decision == "skip" else ("kept all the same", "warn")
        notes = [(f"— {text}", tone), (f" {trouble}", "dim")]
    else:
        later: list[Piece] = [(f" free {one.shifted:%H:%M}", "warn")] if one.shifted else []
        notes = [("‼", "bad"), *later, (f" {trouble}", "bad")]
    said = [("  in the past", "warn")] if one.past else []
    said += [("  outside hours", "warn")] if one.outside else []
    said += [("  that time comes twice, the first is meant", "warn")] if one.twice else []
    return ((f"{when:<18}", "faint" if decision == "skip" else ""), *_former(plan, one, width), *notes, *said)


def refused(one: Occurrence, decision: str) -> str:
    """Why a decision cannot be carried out there; empty where it can."""
    if one.fixed:
        return f"It is {one.fixed} and stays as it is."
    if decision == "shift" and one.shifted is None:
        return "There is no free time after it that day: s leaves it out, k keeps it."
    if decision == "keep" and one.missing:
        return "The clocks skip that time: s leaves it out, h moves it."
    return ""


def _former(plan: SeriesPlan, one: Occurrence, width: int) -> Sequence[Piece]:
    """Where it is now, where that is elsewhere; whether it is new, where others are not."""
    former = one.former
    if former == one.start or width < _ROOM_FOR_FORMER:
        return ()
    if former is None:
        return (("new  ", "dim"),) if plan.of_existing else ()
    day = "" if former.date() == one.start.date() else f"{short_date(former.date())} "
    return ((f"now {day}{former:%H:%M}  ", "dim"),)


def _trouble(session: Session, one: Occurrence) -> str:
    """What speaks against it, with nobody's name while privacy is on."""
    more = f" +{len(one.conflicts) - 1}" if len(one.conflicts) > 1 else ""
    named = [f"overlaps {session.conflict(each)}{more}" for each in one.conflicts[:1]]
    named += [f"closed: {one.closed}"] if one.closed else []
    named += ["the clocks skip that time"] if one.missing else []
    return "; ".join(named)
