"""When a reminder leaves, and whether it still makes sense: pure rules on wall times and instants."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from guru_tui.domain.local_time import zone

LAST_CHANCE = timedelta(hours=1)
"""How long before the start a reminder leaves whose hour would lie after the start (lead of 0 days)."""


def reminder_moment(
    start: datetime, zone_name: str, *, lead_days: int, at: time, quiet_from: time, quiet_to: time
) -> datetime:
    """The instant (UTC) at which the reminder of a naive local `start` leaves.

    It is the local calendar date minus `lead_days`, at the local time `at`; quiet hours shift it later, but never to
    the start or past it. An hour that the clocks skip counts from before the change, one that they show twice is
    the first. Raises `Invalid` for an unknown zone.
    """
    place = zone(zone_name)
    begins = start.replace(tzinfo=place).astimezone(UTC)
    local = datetime.combine(start.date() - timedelta(days=lead_days), at, tzinfo=place)
    moment = local.astimezone(UTC)
    if moment >= begins:
        return begins - LAST_CHANCE
    shifted = after_quiet(moment, zone_name, quiet_from, quiet_to)
    return shifted if shifted < begins else moment


def after_quiet(moment: datetime, zone_name: str, quiet_from: time, quiet_to: time) -> datetime:
    """`moment` (aware), or the end of the quiet hours it falls into, as an instant in UTC.

    Quiet hours may span midnight; equal times mean that there are none.
    """
    local = moment.astimezone(zone(zone_name))
    clock = local.time().replace(fold=0)
    if quiet_from == quiet_to:
        quiet = False
    elif quiet_from < quiet_to:
        quiet = quiet_from <= clock < quiet_to
    else:
        quiet = clock >= quiet_from or clock < quiet_to
    if not quiet:
        return moment.astimezone(UTC)
    day = local.date() if clock < quiet_to else local.date() + timedelta(days=1)
    # Where the clocks go back in the quiet hours their end comes later than it reads, never earlier than now.
    return max(datetime.combine(day, quiet_to, tzinfo=local.tzinfo).astimezone(UTC), moment.astimezone(UTC))


def notice_serves(moment: datetime, told_at: datetime | None) -> bool:
    """Whether a confirmation or reschedule notice made at `told_at` stands in for the reminder due at `moment`.

    It does when it was made after that: whoever books at noon for tomorrow has just read the date.
    """
    return told_at is not None and told_at > moment
