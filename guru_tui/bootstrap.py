"""The composition root: builds settings, clock, store, channels and services, each when it is first used.

Imports stand inside the properties because start-up is a feature: reading a day must not load SQLModel,
and an idle `guru remind` neither that nor a mail library.
"""

from __future__ import annotations

import sqlite3
from functools import cached_property
from typing import TYPE_CHECKING

from guru_tui.domain.clock import Clock, SystemClock
from guru_tui.errors import GuruError
from guru_tui.settings import Settings, load

if TYPE_CHECKING:
    from guru_tui.jobs.delivery import Delivery
    from guru_tui.services.availability import AvailabilityService
    from guru_tui.services.booking import BookingService
    from guru_tui.services.calendar_import import CalendarImportService
    from guru_tui.services.clients import ClientService
    from guru_tui.services.export import ExportService
    from guru_tui.services.feed_upkeep import FeedService
    from guru_tui.services.invoicing import InvoicingService
    from guru_tui.services.message_rules import MessageRuleService
    from guru_tui.services.notifications import NotificationService
    from guru_tui.services.opening import OpeningService
    from guru_tui.services.outbox import OutboxService
    from guru_tui.services.payments import PaymentService
    from guru_tui.services.practice import PracticeService
    from guru_tui.services.quick_add import QuickAddService
    from guru_tui.services.reads import Reads
    from guru_tui.services.replies import ReplyService
    from guru_tui.services.series import SeriesService
    from guru_tui.services.series_notices import SeriesNotices
    from guru_tui.services.templates import TemplateService
    from guru_tui.services.transfer import TransferService
    from guru_tui.services.undo import UndoService
    from guru_tui.services.waiting import WaitingService
    from guru_tui.services.waitlist import WaitlistService
    from guru_tui.store.unit_of_work import UnitOfWork


class Guru:
    """One practice, opened: what every face works through. `origin` names the face in the log."""

    def __init__(self, settings: Settings | None = None, clock: Clock | None = None, *, origin: str = "cli") -> None:
        self.settings = settings or load()
        self.clock: Clock = clock or SystemClock()
        self.origin = origin

    @cached_property
    def connection(self) -> sqlite3.Connection:
        """The connection that reads use; raises `Misconfigured` where no practice is set up."""
        from guru_tui.store.schema import open_current

        return open_current(self.settings.database, self.clock)

    @property
    def opened(self) -> bool:
        """Whether the store is open here."""
        return "connection" in self.__dict__

    def close(self) -> None:
        """Give the connection back, if one was opened."""
        if "connection" in self.__dict__:
            self.connection.close()
            del self.__dict__["connection"]

    @cached_property
    def unit_of_work(self) -> UnitOfWork:
        """Where writes happen; loads SQLModel."""
        from guru_tui.store.unit_of_work import UnitOfWork

        _ = self.connection  # an old store is brought up to date before anything is written
        return UnitOfWork(self.settings.database, self.clock, origin=self.origin)

    @cached_property
    def reads(self) -> Reads:
        """Everything a face shows."""
        from guru_tui.services.reads import Reads

        return Reads(self.connection, self.clock, self.settings)

    @cached_property
    def practice(self) -> PracticeService:
        """Settings, locations, hours and appointment types."""
        from guru_tui.services.practice import PracticeService

        return PracticeService(self.unit_of_work)

    @cached_property
    def clients(self) -> ClientService:
        """Adding and changing clients."""
        from guru_tui.services.clients import ClientService

        return ClientService(self.unit_of_work)

    @cached_property
    def transfer(self) -> TransferService:
        """Client lists from and to CSV."""
        from guru_tui.services.transfer import TransferService

        return TransferService(self.unit_of_work, self.reads)

    @cached_property
    def calendar_import(self) -> CalendarImportService:
        """Moving in from another calendar."""
        from guru_tui.services.calendar_import import CalendarImportService

        return CalendarImportService(self.unit_of_work, self.notifications)

    @cached_property
    def export(self) -> ExportService:
        """Everything in files that other programs read."""
        from guru_tui.services.export import ExportService

        return ExportService(self.connection, self.transfer)

    @property
    def feed(self) -> FeedService:
        """The calendar for other programs, and the file that follows it."""
        from guru_tui.services.feed_upkeep import FeedService

        return FeedService(self.connection, self.settings, self.clock)

    @cached_property
    def notifications(self) -> NotificationService:
        """Which message a change gives rise to, and its text."""
        from guru_tui.services.notifications import NotificationService

        return NotificationService(self.settings)

    @cached_property
    def quick_add(self) -> QuickAddService:
        """Reads one line of text as an appointment or a blocked time."""
        from guru_tui.services.quick_add import QuickAddService

        return QuickAddService(self.reads, self.clock, self.availability)

    @cached_property
    def availability(self) -> AvailabilityService:
        """Free times, and what speaks against a time."""
        from guru_tui.services.availability import AvailabilityService

        return AvailabilityService(self.reads, self.clock)

    @cached_property
    def opening(self) -> OpeningService:
        """Closed days, worked holidays, and ways between places."""
        from guru_tui.services.opening import OpeningService

        return OpeningService(self.unit_of_work)

    @cached_property
    def booking(self) -> BookingService:
        """Booking, moving, cancelling, blocking, statuses."""
        from guru_tui.services.booking import BookingService

        return BookingService(self.unit_of_work, self.notifications)

    @cached_property
    def waiting(self) -> WaitingService:
        """Whom on the waiting list a free time fits."""
        from guru_tui.services.waiting import WaitingService

        return WaitingService(self.reads, self.availability, self.clock)

    @cached_property
    def waitlist(self) -> WaitlistService:
        """Putting on the waiting list, offering a time, booking it."""
        from guru_tui.services.waitlist import WaitlistService

        return WaitlistService(self.unit_of_work, self.notifications, self.booking)

    @cached_property
    def series(self) -> SeriesService:
        """Booking and blocking again and again."""
        from guru_tui.services.series import SeriesService

        return SeriesService(self.unit_of_work, self.series_notices, self.reads)

    @cached_property
    def series_notices(self) -> SeriesNotices:
        """What the client is told of a change to a series."""
        from guru_tui.services.series_notices import SeriesNotices

        return SeriesNotices(self.settings)

    @cached_property
    def invoicing(self) -> InvoicingService:
        """Drafting, issuing and sending invoices."""
        from guru_tui.services.invoicing import InvoicingService

        return InvoicingService(self.unit_of_work, self.notifications)

    @cached_property
    def payments(self) -> PaymentService:
        """Recording payments."""
        from guru_tui.services.payments import PaymentService

        return PaymentService(self.unit_of_work)

    @cached_property
    def undo(self) -> UndoService:
        """Taking back the last action."""
        from guru_tui.services.undo import UndoService

        return UndoService(self.connection, self.clock, self.notifications, self.series_notices, origin=self.origin)

    @cached_property
    def outbox(self) -> OutboxService:
        """What is done with single messages."""
        from guru_tui.services.outbox import OutboxService

        return OutboxService(self.connection, self.clock)

    @cached_property
    def rules(self) -> MessageRuleService:
        """Which reminders there are, and how messages go out where that differs from the settings."""
        from guru_tui.services.message_rules import MessageRuleService

        return MessageRuleService(self.unit_of_work)

    @cached_property
    def templates(self) -> TemplateService:
        """The texts of messages."""
        from guru_tui.services.templates import TemplateService

        return TemplateService(self.unit_of_work)

    @cached_property
    def replies(self) -> ReplyService:
        """What is done with replies by mail."""
        from guru_tui.services.replies import ReplyService

        return ReplyService(self.connection, self.clock)

    def read_mailbox(self) -> str:
        """Look into the mailbox now; a sentence where it cannot be read, empty otherwise.

        Raises `Misconfigured` where no mailbox is set.
        """
        from guru_tui.jobs.inbound import read_now

        return read_now(self.connection, self.settings, self.reads.practice(), self.clock)

    def delivery(self, who: str) -> Delivery:
        """The sender, under the name `remind`, `daemon` or `app`."""
        from guru_tui.jobs.delivery import Delivery

        return Delivery(self.settings, self.connection, self.clock, who=who)


def explain(error: BaseException) -> GuruError | None:
    """The sentence for what the store's file did to a read (busy, damaged, out of reach); None for a defect."""
    from guru_tui.store.connection import explain

    return explain(error)
