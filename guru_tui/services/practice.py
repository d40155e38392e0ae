"""Changing the practice itself: settings, places, hours, appointment types."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, delete, select

from guru_tui.domain.money import decimal_text, parse_amount
from guru_tui.domain.phone import to_e164
from guru_tui.domain.practice import SETTINGS, Practice, normalise
from guru_tui.domain.text import clean, fold
from guru_tui.domain.views.hours import Interval
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.store.models import AppointmentType, Location, OperatingInterval, Setting
from guru_tui.store.queries import practice as queries
from guru_tui.store.unit_of_work import UnitOfWork, Work

_LONGEST_MINUTES = 24 * 60 - 1


class PracticeService:
    """Use cases on the practice's own records."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._uow = unit_of_work

    def set(self, key: str, value: str) -> str:
        """Store one setting and return its stored form; raises `Invalid` or `NotAllowed`."""
        return self.set_many({key: value})[key]

    def set_many(self, values: Mapping[str, str]) -> dict[str, str]:
        """Store several settings as one step, country first: phone numbers are read by it."""
        stored: dict[str, str] = {}
        with self._uow.action("change settings") as work:
            for key in sorted(values, key=lambda key: key != "country"):
                stored[key] = self._store(work, key, values[key])
            work.summary = f"Changed {', '.join(values)}"
        return stored

    def _store(self, work: Work, key: str, value: str) -> str:
        value = normalise(key, value)
        work.session.flush()
        practice = queries.practice(work.connection)
        if SETTINGS[key].kind == "phone" and value:
            value = to_e164(value, practice.country)
        elif SETTINGS[key].kind == "path" and value:
            value = _picture(value)
        elif SETTINGS[key].kind == "file" and value:
            value = _file(value)
        elif SETTINGS[key].kind == "charge" and not value.endswith("%"):
            value = decimal_text(parse_amount(value, practice.currency), practice.currency)
        elif key == "invoice_next_number":
            _only_upwards(work.connection, int(value))
        elif key == "currency" and value != practice.currency:
            _refuse_new_currency(work.connection, practice)
        row = work.session.get(Setting, key)
        if row is None:
            work.session.add(Setting(key=key, value=value))
        else:
            row.value = value
        return value

    def add_location(
        self, name: str, *, address: str = "", phone: str = "", instructions: str = "", video_link: str = ""
    ) -> int:
        """Add a place and return its id; raises `Invalid` for an empty name, `NotAllowed` for one that exists."""
        name = _named(name, "location")
        with self._uow.action("add location", summary=f"Added location {name}") as work:
            _unused(work, Location, name)
            country = queries.practice(work.connection).country
            texts = {"address": address, "phone": phone, "instructions": instructions, "video_link": video_link}
            row = Location(name=name, position=_last(work, Location) + 1)
            for key, value in _location_fields(texts, country).items():
                setattr(row, key, value)
            work.session.add(row)
            work.session.flush()
            return _id(row.id)

    def add_type(
        self,
        name: str,
        minutes: int,
        fee_minor: int,
        *,
        location_id: int | None = None,
        minutes_before: int = 0,
        minutes_after: int = 0,
    ) -> int:
        """Add an appointment type (minutes, minor units) and return its id; raises `Invalid` or `NotAllowed`."""
        name = _named(name, "appointment type")
        _check_type(minutes, fee_minor, minutes_before, minutes_after)
        with self._uow.action("add type", summary=f"Added appointment type {name}") as work:
            _unused(work, AppointmentType, name)
            row = AppointmentType(
                name=name,
                minutes=minutes,
                fee_minor=fee_minor,
                location_id=location_id,
                minutes_before=minutes_before,
                minutes_after=minutes_after,
                position=_last(work, AppointmentType) + 1,
            )
            work.session.add(row)
            work.session.flush()
            return _id(row.id)

    def edit_location(self, location_id: int, changes: Mapping[str, str]) -> None:
        """Change columns of a place (name, address, phone, instructions, video_link); raises like `add_location`."""
        with self._uow.action("change location") as work:
            row = work.session.get(Location, location_id)
            if row is None:
                raise NotFound(f"There is no location {location_id}; see them with: guru locations list")
            if "name" in changes and fold(changes["name"]) != fold(row.name):
                _unused(work, Location, changes["name"])
            country = queries.practice(work.connection).country
            for key, value in _location_fields(changes, country).items():
                setattr(row, key, value)
            work.summary = f"Changed location {row.name}"

    def edit_type(self, type_id: int, changes: Mapping[str, str | int | None]) -> None:
        """Change columns of an appointment type (name, minutes, fee_minor, location_id, minutes_before,
        minutes_after, active); appointments that exist keep what was agreed. Raises like `add_type`."""
        with self._uow.action("change type") as work:
            row = work.session.get(AppointmentType, type_id)
            if row is None:
                raise NotFound(f"There is no appointment type {type_id}; see them with: guru types list")
            name = _named(str(changes.get("name", row.name)), "appointment type")
            if fold(name) != fold(row.name):
                _unused(work, AppointmentType, name)
            for key, value in {**changes, "name": name}.items():
                setattr(row, key, value)
            _check_type(row.minutes, row.fee_minor, row.minutes_before, row.minutes_after)
            work.summary = f"Changed appointment type {row.name}"

    def set_hours(self, intervals: Iterable[Interval], *, location_id: int | None = None) -> None:
        """Replace the weekly hours of one location (or those that hold for all)."""
        rows = list(intervals)
        with self._uow.action("set hours", summary="Changed the operating hours") as work:
            same_place = (
                col(OperatingInterval.location_id).is_(None)
                if location_id is None
                else col(OperatingInterval.location_id) == location_id
            )
            work.session.exec(delete(OperatingInterval).where(same_place))
            for row in rows:
                work.session.add(
                    OperatingInterval(location_id=location_id, weekday=row.weekday, opens=row.opens, closes=row.closes)
                )


def _location_fields(texts: Mapping[str, str], country: str) -> dict[str, str]:
    """The stored forms of a place's columns."""
    stored = {}
    for key, text in texts.items():
        if key == "name":
            stored[key] = _named(text, "location")
        elif key == "phone":
            stored[key] = to_e164(text, country) if text.strip() else ""
        else:
            stored[key] = clean(text, multiline=key != "video_link", field=f"The {key.replace('_', ' ')}")
    return stored


def _check_type(minutes: int, fee_minor: int, minutes_before: int, minutes_after: int) -> None:
    if not 1 <= minutes <= _LONGEST_MINUTES:
        raise Invalid(f"An appointment lasts from 1 to {_LONGEST_MINUTES} minutes, not {minutes}.")
    if fee_minor < 0:
        raise Invalid("A fee cannot be negative; use 0 for none.")
    for buffer in (minutes_before, minutes_after):
        if not 0 <= buffer <= _LONGEST_MINUTES:
            raise Invalid(f"A buffer lasts from 0 to {_LONGEST_MINUTES} minutes, not {buffer}.")


def _named(name: str, what: str) -> str:
    name = clean(name, field="The name")
    if not name:
        raise Invalid(f"Give the {what} a name.")
    return name


def _unused(work: Work, model: type[Location] | type[AppointmentType], name: str) -> None:
    names = work.session.exec(select(model.name).where(col(model.active))).all()
    if fold(name) in {fold(other) for other in names}:
        raise NotAllowed(f"There is a {name} already; choose another name.")


def _last(work: Work, model: type[Location] | type[AppointmentType]) -> int:
    return work.session.exec(select(func.coalesce(func.max(model.position), 0))).one()


def _id(value: int | None) -> int:
    if value is None:
        raise RuntimeError("the row was not flushed")
    return value


def _only_upwards(connection: sqlite3.Connection, number: int) -> None:
    last = connection.execute("SELECT max(sequence) FROM invoice").fetchone()[0]
    if last is not None and number <= last:
        raise NotAllowed(f"Invoice {last} is issued already; the next number can only be {last + 1} or higher.")


def _refuse_new_currency(connection: sqlite3.Connection, practice: Practice) -> None:
    if connection.execute("SELECT 1 FROM appointment UNION ALL SELECT 1 FROM invoice LIMIT 1").fetchone():
        raise NotAllowed(
            f"Appointments and invoices exist in {practice.currency}; the currency is set before the first one."
        )


def _file(value: str) -> str:
    try:
        path = Path(value).expanduser().absolute()
        if path.is_dir():
            raise Invalid(f"{path} is a folder; name a file in it.")
        if not path.parent.is_dir():
            raise Invalid(f"There is no folder {path.parent}; make it first, or name a file elsewhere.")
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no such user as in ~name
        raise Invalid(f"{value} cannot be used ({error}); name a file in a folder of yours.") from None
    return str(path)


def _picture(value: str) -> str:
    try:
        path = Path(value).expanduser().absolute()
        if not path.is_file():
            raise Invalid(f"There is no picture {path}; give the path of a PNG or JPEG.")
        with path.open("rb") as file:
            head = file.read(8)
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no such user as in ~name
        raise Invalid(f"The picture {value} cannot be read ({error}); give the path of a PNG or JPEG.") from None
    if not head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise Invalid(f"{path} is neither a PNG nor a JPEG.")
    return str(path)
