"""What all screens share: the practice they show, the way to change it, and how names and money are written."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from guru_tui.bootstrap import Guru
from guru_tui.domain.local_time import short_date, to_local
from guru_tui.domain.money import short_text
from guru_tui.domain.phone import national

if TYPE_CHECKING:
    from guru_tui.domain.booking import Held
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.views.agenda import Conflict, DayTotals
    from guru_tui.services.reads import Reads

Result = TypeVar("Result")


class Session:
    """One run of the app on one practice.

    Screens read through `reads` on the interface's thread, a millisecond each. They write through `write`,
    which runs in a worker thread on a practice object of its own, one use case at a time. `freed` is what held the
    times that came free last and fit somebody who waits. `warm`: what takes long to load is loaded.
    """

    def __init__(self, guru: Guru, *, demo: bool = False) -> None:
        self.guru = guru
        self.demo = demo
        self.privacy = False
        self.sender = ""
        self.sender_trouble = ""
        self.freed: tuple[Held, ...] = ()
        self.warm = False
        self._lock = Lock()

    @property
    def reads(self) -> Reads:
        """Everything a screen shows."""
        return self.guru.reads

    @cached_property
    def _writer(self) -> Guru:
        return Guru(self.guru.settings, self.guru.clock, origin="app")

    def write(self, use_case: Callable[[Guru], Result]) -> Result:
        """Run one use case; called in a worker thread. Raises what the use case raises."""
        with self._lock:
            return use_case(self._writer)

    def warm_up(self) -> None:
        """Load what the first change will need; called in a thread after the first paint."""
        with self._lock:
            writer = self._writer
            _ = (writer.booking, writer.series, writer.invoicing, writer.payments, writer.clients, writer.undo)
            writer.quick_add.warm_up()
            writer.availability.warm_up()
            writer.invoicing.warm_up()
        import phonenumbers  # noqa: F401 (how foreign numbers are written)

        self.warm = True

    def tell_sender(self, status: str) -> None:
        """Note who sends, as the sender says it (in its own thread); the clock's next tick shows it."""
        settings = self.guru.settings
        paused, _, reason = status.partition(": ")
        self.sender_trouble = reason if paused == "paused" else ""
        if settings.email_backend == "none" and settings.sms_backend == "none":
            self.sender, self.sender_trouble = "no channel set up", ""
        elif self.sender_trouble:
            self.sender = "sending paused"
        elif status.startswith("this app"):
            self.sender = "sending"
        else:
            self.sender = "daemon sends" if "daemon" in status else "another guru sends"

    def close(self) -> None:
        """Give the writer's connection back; the practice itself belongs to whoever opened it."""
        with self._lock:
            if "_writer" in self.__dict__:
                self._writer.close()

    # ---- now -----------------------------------------------------------------------------------------

    @cached_property
    def practice(self) -> Practice:
        """The practice's settings, as read last (see `refresh`)."""
        return self.reads.practice()

    @cached_property
    def totals(self) -> DayTotals:
        """What needs a person, as read last; the header and Today both show it."""
        return self.reads.totals()

    def refresh(self) -> None:
        """Forget the settings and the totals, so that they are read again."""
        self.__dict__.pop("practice", None)
        self.__dict__.pop("totals", None)

    def now(self) -> datetime:
        """The present moment in the practice's zone, aware."""
        return to_local(self.guru.clock.now(), self.practice.zone)

    def today(self) -> date:
        """The practice's local date."""
        return self.now().date()

    # ---- how things are written ----------------------------------------------------------------------

    def money(self, minor: int, currency: str = "") -> str:
        """`R1 850`: an amount of minor units."""
        return short_text(minor, currency or self.practice.currency)

    def person(self, name: str) -> str:
        """A client's name, or its initials while privacy is on."""
        if not self.privacy:
            return name
        return " ".join(f"{word[0]}." for word in name.replace(",", " ").split() if word)

    def discreet(self, sentence: str) -> str:
        """A sentence as it is; while privacy is on without addresses, and with initials for the clients it names."""
        if self.privacy:
            sentence = self.without_addresses(sentence)
            for name in self.reads.clients_named_in(sentence):
                initials = self.person(name).replace("\\", r"\\")
                sentence = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", initials, sentence)
        return sentence

    def without_addresses(self, sentence: str) -> str:
        """A sentence as it is; while privacy is on without addresses and numbers."""
        return re.sub(r"\S*@\S+|\+?\d{6,}", "•••", sentence) if self.privacy else sentence

    def conflict(self, conflict: Conflict) -> str:
        """`Sarah Botha 09:00-10:00`: what is in the way of a wanted time."""
        return f"{self.person(conflict.name)} {conflict.times}"

    def note(self, text: str) -> str:
        """A note in one line; nothing of it while privacy is on."""
        return "" if self.privacy else " ".join(text.split())

    def phone(self, mobile: str) -> str:
        """`082 555 0134`: a number as people at home write it; dots while privacy is on."""
        if self.privacy and mobile:
            return "•••"
        # The library that groups foreign numbers is slow to load; until it is warm E.164 has to do.
        return national(mobile) if mobile.startswith("+27") or "phonenumbers" in sys.modules else mobile

    def address(self, email: str) -> str:
        """An email address; dots while privacy is on."""
        return "•••" if self.privacy and email else email

    def day(self, day: date) -> str:
        """`today`, `tomorrow`, `yesterday`, `Wed 26 Nov`, or with the year where it is another."""
        today = self.today()
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
        return near or (short_date(day) if day.year == today.year else f"{short_date(day)} {day.year}")


def short_day(day: date, today: date) -> str:
    """`26 Nov`, or `26 Nov 24` in another year: for narrow columns."""
    text = short_date(day).partition(" ")[2]
    return text if day.year == today.year else f"{text} {day.year % 100:02d}"
