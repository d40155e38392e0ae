"""The rules of how messages go out, as a list shows them."""

from __future__ import annotations

from typing import NamedTuple


class RuleRow(NamedTuple):
    """One rule; id 0 is the practice's own reminder, which stands in its settings.

    `name` is that of the type, the client or the appointment's client, `starts_local` the appointment's wall time as
    stored; both are empty for what holds for everyone. `at`: local time of day (HH:MM) of a lead in days.
    """

    id: int
    kind: str
    type_id: int | None
    client_id: int | None
    appointment_id: int | None
    channels: str
    lead_days: int | None
    lead_hours: int | None
    at: str
    name: str = ""
    starts_local: str = ""

    @property
    def whom(self) -> str:
        """`type`, `client`, `appointment`, or empty for everyone."""
        if self.appointment_id is not None:
            return "appointment"
        if self.client_id is not None:
            return "client"
        return "" if self.type_id is None else "type"
