"""Everything a face may show, in one place: thin methods over `store.queries`, a class for each topic.

The classes of what is shown are loaded by whoever shows it, so that no face pays for another's.
"""

from __future__ import annotations

from guru_tui.services.reads.clients import ClientReads
from guru_tui.services.reads.invoices import InvoiceReads
from guru_tui.services.reads.messages import MessageReads
from guru_tui.services.reads.plans import PlanReads
from guru_tui.services.reads.waitlist import WaitlistReads


class Reads(ClientReads, InvoiceReads, MessageReads, PlanReads, WaitlistReads):
    """The practice as it is now; every method reads afresh."""
