"""What an appointment that took no place is charged with."""

from __future__ import annotations

from guru_tui.domain.policies import CHARGED, policy_charge
from guru_tui.errors import Invalid
from guru_tui.store.models import Appointment
from guru_tui.store.queries.practice import practice
from guru_tui.store.unit_of_work import Work


def charge_for(work: Work, row: Appointment, charge_minor: int | None) -> int | None:
    """What is charged in place of the fee of an appointment of the status that `row` has: `charge_minor`, or what the
    policy says; None for a status that is not charged for. Raises `Invalid` for a negative one."""
    if row.status not in CHARGED:
        return None
    if charge_minor is None:
        return policy_charge(practice(work.connection), row.status, row.fee_minor, row.currency)
    if charge_minor < 0:
        raise Invalid("A charge cannot be negative; use 0 for none.")
    return charge_minor
