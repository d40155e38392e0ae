"""What a late cancellation and a no-show cost by the practice's policies; the practitioner decides in each case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.local_time import elapsed
from guru_tui.domain.money import parse_amount, round_half_up, short_text

if TYPE_CHECKING:
    from guru_tui.domain.practice import Practice

CHARGED = ("no-show", "late-cancelled")
"""Statuses of an appointment that took no place and may cost something all the same."""

FEE_RULES = {"no-show": "no_show_fee", "late-cancelled": "late_cancellation_fee"}
"""The setting that says what each of them costs."""

_LINES = {"no-show": "No-show", "late-cancelled": "Late cancellation"}


class Notice(NamedTuple):
    """How a cancellation now stands against the policy: how long before the start, how many hours are asked for, and
    what it would cost late (minor units)."""

    before: timedelta
    hours: int
    charge_minor: int

    @property
    def late(self) -> bool:
        """Whether it comes within the notice; with a notice of 0 hours none does."""
        return bool(self.hours) and self.before < timedelta(hours=self.hours)

    @property
    def words(self) -> str:
        """`18h before, 24h asked for`; begun appointments have no notice left."""
        left = "it has begun" if self.before <= timedelta() else f"{_span(self.before)} before"
        return f"{left}, {self.hours}h asked for"


class Late(NamedTuple):
    """An appointment that could be cancelled late: when it is (aware), what it costs, how it stands to the policy."""

    id: int
    starts: datetime
    currency: str
    notice: Notice


def lateness(
    practice: Practice, appointment_id: int, starts: datetime, fee_minor: int, currency: str, now: datetime
) -> Late:
    """How a cancellation at `now` of the appointment stands, as `notice` says."""
    return Late(appointment_id, starts, currency, notice(practice, starts, fee_minor, currency, now))


def notice(practice: Practice, starts: datetime, fee_minor: int, currency: str, now: datetime) -> Notice:
    """How a cancellation at `now` of what starts at `starts` (both aware) and costs `fee_minor` stands."""
    hours = int(practice["cancellation_notice_hours"])
    return Notice(elapsed(now, starts), hours, policy_charge(practice, "late-cancelled", fee_minor, currency))


def policy_charge(practice: Practice, status: str, fee_minor: int, currency: str) -> int:
    """What an appointment of this fee costs as a no-show or cancelled late; minor units, 0 for nothing."""
    return charge_by(practice[FEE_RULES[status]], fee_minor, currency)


def charge_by(rule: str, fee_minor: int, currency: str) -> int:
    """`50%` of a fee, or a fixed amount, in minor units of `currency`."""
    if rule.endswith("%"):
        from fractions import Fraction  # here, so that the first screen does not wait for it

        return round_half_up(Fraction(fee_minor) * Fraction(rule.removesuffix("%")) / 100)
    return parse_amount(rule, currency)


def read_charge(text: str, currency: str) -> int:
    """A charge as a person types it: an amount, or `none`. Raises `Invalid`."""
    return 0 if text.strip().lower() in ("none", "no", "0") else parse_amount(text, currency)


def charge_words(charge_minor: int, currency: str) -> str:
    """`R450`, or `no charge`."""
    return short_text(charge_minor, currency) if charge_minor else "no charge"


def line_words(title: str, status: str) -> str:
    """What an invoice calls an appointment: one that took no place says so before its title."""
    what = title or "Appointment"
    return f"{_LINES[status]}: {what}" if status in _LINES else what


def owed(status: str, fee_minor: int, charge_minor: int | None) -> int:
    """What an appointment of this status costs (minor units): its fee, or what is charged in its place.

    A no-show or a late cancellation about whose charge nobody has decided costs nothing by itself.
    """
    if status in CHARGED:
        return charge_minor or 0
    return 0 if status == "cancelled" else fee_minor


def price_words(status: str, fee_minor: int, charge_minor: int | None, currency: str) -> str:
    """What an appointment costs, for who looks at it: `R450`; of one that took no place `charged R225` or `no charge`,
    and nothing of a cancelled one."""
    cost = owed(status, fee_minor, charge_minor)
    if status in CHARGED:
        return f"charged {charge_words(cost, currency)}" if cost else charge_words(cost, currency)
    return short_text(cost, currency) if status != "cancelled" else ""


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours}h" if hours < 72 else f"{hours // 24} days"
