"""When reminders leave, and which of them still make sense: pure rules on wall times and instants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from guru_tui.domain.local_time import from_wall_text, utc_text, zone
from guru_tui.domain.message_rules import Reminder, channel_words
from guru_tui.domain.practice import Practice

LAST_CHANCE = timedelta(hours=1)
"""How long before the start a reminder leaves whose hour would lie after the start (lead of 0 days)."""
_EVENING = timedelta(hours=1)
"""How far into the quiet hours a reminder still leaves that was brought forward to their beginning."""

GONE = ("sending", "sent", "delivered", "undelivered", "unknown")
"""States of a message that has left or may have."""
UNDER_WAY = ("held", "queued", "claimed")
"""States of a message that waits to leave."""


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


def hours_moment(
    start: datetime, zone_name: str, *, hours: int, quiet_from: time, quiet_to: time, now: datetime
) -> datetime:
    """The instant (UTC) at which a reminder `hours` before a naive local `start` leaves; hours are real ones.

    Quiet hours shift it later. Where they last until the start it leaves before they begin instead, unless that is
    past at the instant `now`: then it leaves at its own moment. Raises `Invalid` for an unknown zone.
    """
    begins = start.replace(tzinfo=zone(zone_name)).astimezone(UTC)
    moment = begins - timedelta(hours=hours)
    shifted = after_quiet(moment, zone_name, quiet_from, quiet_to)
    if shifted < begins:
        return shifted
    evening = before_quiet(moment, zone_name, quiet_from)
    return evening if now < evening + _EVENING else moment


def before_quiet(moment: datetime, zone_name: str, quiet_from: time) -> datetime:
    """The instant (UTC) at which the quiet hours began that `moment` (aware) lies in."""
    local = moment.astimezone(zone(zone_name))
    day = local.date() if local.time().replace(fold=0) >= quiet_from else local.date() - timedelta(days=1)
    return min(datetime.combine(day, quiet_from, tzinfo=local.tzinfo).astimezone(UTC), moment.astimezone(UTC))


def moment_of(reminder: Reminder, starts_local: str, zone_name: str, practice: Practice, now: datetime) -> datetime:
    """The instant (UTC) at which a reminder of an appointment leaves, as it looks at `now`; wall time as stored."""
    start = from_wall_text(starts_local)
    quiet_from, quiet_to = practice.quiet_from, practice.quiet_to
    if reminder.lead_hours is not None:
        return hours_moment(
            start, zone_name, hours=reminder.lead_hours, quiet_from=quiet_from, quiet_to=quiet_to, now=now
        )
    return reminder_moment(
        start, zone_name, lead_days=reminder.lead_days, at=reminder.at, quiet_from=quiet_from, quiet_to=quiet_to
    )


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

    It does when it was made then or later: whoever books at noon for tomorrow has just read the date.
    """
    return told_at is not None and told_at >= moment


class Standing(NamedTuple):
    """A reminder for one start that the outbox has. `counts`: it has gone or ended, and nothing replaces it.

    `at`: when it was put there, at its moment or later (UTC text).
    """

    rule_id: int
    channel: str
    state: str
    counts: bool
    at: str = ""


class Prospect(NamedTuple):
    """What becomes of one reminder of an appointment, and when it leaves or would have left (UTC).

    `fate`: `later` it is still to come, `due` it goes with the next run, `settled` the outbox has it, `notice` a
    confirmation or reschedule notice served for it, `superseded` a later one took its place, `newer` its rule or its
    appointment is younger than its moment and another reminder tells the client, `off` it goes nowhere.
    """

    reminder: Reminder
    moment: datetime
    fate: str


def prospects(
    reminders: Sequence[tuple[Reminder, datetime]],
    messages: Sequence[Standing],
    *,
    now: datetime,
    created_at: str,
    told_at: datetime | None,
) -> list[Prospect]:
    """What becomes of each reminder (with its moment) of an appointment, by moment.

    Of several whose moments have passed only the latest goes. `created_at` (UTC text) is when the appointment was
    made, `told_at` when the client was last told of this start.
    """
    found = [Prospect(one, moment, "off") for one, moment in reminders if one.off]
    going = [pair for pair in reminders if not pair[0].off]
    latest: datetime | None = None  # the moment of the latest reminder that the client has or now gets
    for one, moment in sorted(going, key=lambda pair: pair[1], reverse=True):
        mine = [message for message in messages if message.rule_id == one.rule_id]
        waiting = {message.channel for message in mine if message.state in UNDER_WAY}
        behind = latest is not None and moment < latest
        on_its_way = bool(waiting & {*channel_words(one.channels)}) and not behind
        counts = any(message.counts for message in mine)
        if counts or on_its_way:
            fate = "settled"
        elif moment > now:
            fate = "later"
        elif behind or any(message.counts and message.at >= utc_text(moment) for message in messages):
            # By whichever rule, also one that is no more: the client has been reminded since this was due.
            fate = "superseded"
        elif notice_serves(moment, told_at):
            fate = "notice"
        elif max(one.since, created_at) > utc_text(moment) and _told_otherwise(one, going, messages, now):
            fate = "newer"
        else:
            fate = "due"
        found.append(Prospect(one, moment, fate))
        if latest is None and fate in ("settled", "due") and (counts or moment <= now):
            latest = moment
    return sorted(found, key=lambda each: (each.moment, each.reminder.rule_id))


def _told_otherwise(
    reminder: Reminder, going: Sequence[tuple[Reminder, datetime]], messages: Sequence[Standing], now: datetime
) -> bool:
    """Whether another reminder of the same start has gone, waits, or is still to come."""
    if any(message.rule_id != reminder.rule_id and message.state in GONE + UNDER_WAY for message in messages):
        return True
    return any(moment > now for one, moment in going if one.rule_id != reminder.rule_id)
