"""The kinds of messages in groups. Apart from the facts that they are made from, which take long to import."""

from __future__ import annotations

APPOINTMENT_KINDS = ("confirmation", "reminder", "reschedule", "cancellation")
OFFER = "offer"
"""A free time is offered to somebody on the waiting list: about a time, but about no appointment that exists."""

VISIT_KINDS = (*APPOINTMENT_KINDS, OFFER)
"""Kinds whose text names the day and the time of a visit."""

INVOICE_KINDS = ("invoice", "payment-reminder", "payment-receipt")

QUIET_BY_MAIL = ("reminder", "payment-reminder")
"""Kinds that keep the quiet hours by mail too; a text message of any kind keeps them."""
