"""A step of the change log in plain words: which record, what was done to it, and its fields before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guru_tui.domain.local_time import WEEKDAYS, from_wall_text, short_date
from guru_tui.domain.money import short_text
from guru_tui.domain.views.actions import ChangedField, ChangedRecord

Image = Mapping[str, object]
Names = Callable[[str, object], str]
"""The name of a record of a table by its id, empty where there is none."""

_RECORDS = {
    "appointment": "Appointment",
    "blocked_time": "Blocked time",
    "series": "Series",
    "waitlist_entry": "Waiting list",
    "closed_day": "Closed days",
    "travel_time": "Way between places",
    "client": "Client",
    "medical_record": "Medical record",
    "setting": "Setting",
    "location": "Place",
    "operating_interval": "Operating hours",
    "appointment_type": "Appointment type",
    "message_rule": "Message rule",
    "message_template": "Text",
    "invoice": "Invoice",
    "line_item": "Invoice line",
    "payment": "Payment",
    "payment_allocation": "Payment's share",
}
# What a person never entered and cannot read anything from.
_SILENT = frozenset(
    (
        "id", "search", "sort_name", "starts_at", "ends_at", "zone", "status_at", "created_at", "sequence", "uid",
        "series_id", "series_start", "token", "position", "letterhead", "issued_at", "since", "currency", "offered_at",
    )
)  # fmt: skip
_NAMES = {
    "client_id": "client",
    "type_id": "type",
    "location_id": "place",
    "from_id": "from",
    "to_id": "to",
    "invoice_id": "invoice",
    "appointment_id": "appointment",
    "payment_id": "payment",
    "starts_local": "start",
    "service_at": "service",
    "minutes": "length",
    "minutes_before": "time before",
    "minutes_after": "time after",
    "fee_minor": "fee",
    "charge_minor": "charged instead",
    "unit_price_minor": "price",
    "total_minor": "total",
    "subtotal_minor": "before tax",
    "tax_minor": "tax",
    "discount_minor": "discount",
    "amount_minor": "amount",
    "quantity_milli": "quantity",
    "tax_basis_points": "tax rate",
    "archived_at": "archived",
    "sms_allowed": "SMS allowed",
    "email_allowed": "email allowed",
    "codes_consent_on": "agreed to codes by mail",
    "id_number": "ID number",
    "at_time": "hour",
    "lead_days": "days before",
    "lead_hours": "hours before",
    "first_on": "first day",
    "last_on": "last day",
}
_PEOPLE = frozenset({"client", "medical_record"})
_PRIVATE = frozenset({"note", "reason", "bill_to", "body", "reference", "client_id"})
_TABLE_OF = {
    "client_id": "client",
    "type_id": "appointment_type",
    "location_id": "location",
    "from_id": "location",
    "to_id": "location",
    "invoice_id": "invoice",
}


def record_words(
    table: str, key: str, before: Image | None, after: Image | None, names: Names, currency: str
) -> ChangedRecord:
    """What happened to one row; `currency` is of amounts whose row names none."""
    how = "added" if before is None else "removed" if after is None else "changed"
    image = after or before or {}
    client_id = image.get("id") if table == "client" else image.get("client_id")
    title = _RECORDS.get(table, table.replace("_", " ").capitalize())
    what = f"{title} {key}" if table != "setting" or not key else f"{title} {key.replace('_', ' ')}"
    return ChangedRecord(
        what, how, names("client", client_id) if client_id else "", _fields(table, before, after, names, currency)
    )


def _fields(
    table: str, before: Image | None, after: Image | None, names: Names, currency: str
) -> tuple[ChangedField, ...]:
    fields = []
    for column in {**(before or {}), **(after or {})}:
        if column in _SILENT or (table == "setting" and column == "key"):
            continue
        former, latter = (
            "" if image is None else field_words(column, image.get(column), image, names, currency)
            for image in (before, after)
        )
        if former != latter:
            name = _NAMES.get(column, column.removesuffix("_on").replace("_", " "))
            fields.append(ChangedField(name, former, latter, table in _PEOPLE or column in _PRIVATE))
    return tuple(fields)


def field_words(column: str, value: object, image: Image, names: Names, currency: str) -> str:
    """One value as a person reads it; empty for none."""
    if value is None or value == "":
        return ""
    if column in _TABLE_OF:
        return names(_TABLE_OF[column], value) or f"number {value}"
    if column == "weekday" and isinstance(value, int):
        return WEEKDAYS[value]
    if isinstance(value, int):
        return _number(column, value, str(image.get("currency") or currency))
    text = str(value)
    if column in ("starts_local", "service_at", "offered_start"):
        wall = from_wall_text(text)
        return f"{short_date(wall.date())} {wall.year} {wall:%H:%M}"
    if column == "archived_at":
        return "yes"
    return text


def _number(column: str, value: int, currency: str) -> str:
    if column.endswith("_minor"):
        return short_text(value, currency)
    if column in ("opens", "closes"):
        return f"{value // 60:02}:{value % 60:02}"
    if column.startswith("minutes"):
        return f"{value} min"
    if column in ("active", "sms_allowed", "email_allowed"):
        return "yes" if value else "no"
    if column == "quantity_milli":
        return f"{value / 1000:g}"
    if column == "tax_basis_points":
        return f"{value / 100:g} %"
    return str(value)
