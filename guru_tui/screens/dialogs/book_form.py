"""The line of quick-add as a form: the same data field by field, read by the same grammar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from guru_tui.domain.local_time import MONTHS
from guru_tui.domain.money import short_text
from guru_tui.domain.quick_add import Reading
from guru_tui.domain.quick_add.show import repeat_phrase
from guru_tui.screens.dialogs.form import Form
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint

_NO = ("no", "n", "nee", "0", "-")


class BookForm(Form[str]):
    """Answers the line that says what stands in the fields; whether it can be booked that line's dialog finds out."""

    TITLE_TEXT = "Book appointment"
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "book", "save"),
        Hint("↑↓ ⇥", "field", "app.focus_next"),
        Hint("Esc", "back to the line", "leave"),
    )

    def __init__(self, session: Session, reading: Reading) -> None:
        super().__init__(session)
        self._reading = reading
        self._whom = session.person(reading.client.name) if reading.client else reading.new_client

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """Everything that the line can say."""
        reading = self._reading
        day = reading.day
        fee = short_text(reading.fee_minor, reading.currency).replace(" ", "") if reading.client else ""
        yield "client", "Client", self._whom, "a part of the name"
        yield "day", "Day", f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}" if day else "", "tue, 24/12, in 2 weeks"
        yield "time", "Time", f"{reading.start:%H:%M}" if reading.start else "", "10:30, 14h00, 9-10:30"
        yield "minutes", "Minutes", str(reading.minutes or ""), "45"
        yield "type", "Type", reading.type.name if reading.type else "", ""
        yield "place", "Place", reading.location.name if reading.location else "", ""
        yield "fee", "Fee", fee, "R450"
        yield "repeat", "Repeat", repeat_phrase(reading.repeat) if reading.repeat else "", "every week x6"
        yield "note", "Note", reading.note, ""
        yield "notify", "Notify", "yes" if reading.notify else "no", "yes or no"

    def line(self) -> str:
        """The fields as one line."""
        said, client = self.values(), self._reading.client
        whom = f"#{client.id}" if client is not None and said["client"] == self._whom else said["client"]
        fee = said["fee"]
        if fee[:1].isdigit():
            fee = short_text(0, self._reading.currency or self.session.practice.currency).rstrip("0., ") + fee
        silent = said["notify"].casefold() in _NO
        parts = [
            whom,
            said["type"],
            said["day"],
            said["time"],
            f"{said['minutes']}m" if said["minutes"].isdigit() else said["minutes"],
            said["repeat"],
            f"@{said['place']}" if said["place"] else "",
            fee.replace(" ", ""),
            "!" if silent and not said["note"] else "",
            f"::{said['note']}{' !' if silent else ''}" if said["note"] else "",
        ]
        return " ".join(part for part in parts if part)

    def action_save(self) -> None:
        """Give the line to the dialog that it came from."""
        if not self.value("client"):
            self.problem("Who is it for? Type a part of the client's name.", "warn")
            return
        self.dismiss(self.line())
