"""The practice's settings: every key there is, its default and meaning, and the typed view of them all.

The store keeps only what differs from the default, so a new default reaches every practice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from guru_tui.domain.local_time import zone as check_zone
from guru_tui.domain.money import check_currency
from guru_tui.domain.text import clean
from guru_tui.errors import Invalid

CHANNELS = ("email", "sms")
"""The ways to a client."""

CLIENT_KINDS = (
    "confirmation", "reminder", "reschedule", "cancellation", "offer", "invoice", "payment-reminder", "payment-receipt",
)  # fmt: skip
"""The kinds of message that go to clients, in the order in which a list shows them."""

OWN_KINDS = ("agenda", "alert")
"""The kinds of mail that go to the practitioner herself, their texts final when they are made."""

LANGUAGES = {"en": "English", "af": "Afrikaans"}
"""The languages that messages are written in."""

HOLIDAY_RULES = ("closed", "shown", "off")
"""What public holidays are to the practice: days on which it is closed, names in the calendar, nothing."""

PRIVACY = ("full", "first-name", "initials", "busy")
"""How much of a client the calendar tells other programs, from most to least."""

CHANNEL_RULES = ("sms+email", "email-or-sms", "sms-or-email", "email", "sms", "off")


class Setting(NamedTuple):
    """One key: what kind of value it takes, its default, and its help."""

    key: str
    kind: str
    default: str
    help: str


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting("practice_name", "text", "", "name of the practice, on every message and invoice"),
        Setting("first_name", "text", "", "your first name"),
        Setting("last_name", "text", "", "your last name"),
        Setting("profession", "text", "", "your profession, for example Physiotherapist"),
        Setting("practice_number", "text", "", "your practice number (BHF), printed on invoices"),
        Setting("email", "email", "", "the practice's email address; replies go there"),
        Setting("phone", "phone", "", "the number that clients call back"),
        Setting("address", "multiline", "", "the practice's postal address, on invoices"),
        Setting("bank_details", "multiline", "", "bank, branch, account: printed on invoices"),
        Setting("logo", "path", "", "a PNG or JPEG for the head of invoices"),
        Setting("zone", "zone", "Africa/Johannesburg", "IANA time zone of the practice"),
        Setting("country", "country", "ZA", "ISO country code: how local phone numbers are read"),
        Setting("currency", "currency", "ZAR", "ISO currency code of fees and invoices"),
        Setting("tax_registered", "bool", "no", "registered for VAT: invoices then show tax"),
        Setting("tax_number", "text", "", "VAT number"),
        Setting("tax_percent", "percent", "15", "tax rate in percent"),
        Setting("prices_include_tax", "bool", "yes", "fees include the tax"),
        Setting("invoice_prefix", "text", "", "what stands before the number of an invoice, for example INV-"),
        Setting("invoice_next_number", "number", "1", "number of the next invoice; can only be raised"),
        Setting("invoice_due_days", "days", "14", "days until an invoice is due"),
        Setting("slot_step", "slot minutes", "15", "minutes from one free time that is offered to the next"),
        Setting("daily_maximum", "visits", "0", "how many appointments a day may have; 0 for any number"),
        Setting(
            "public_holidays",
            "holidays",
            "closed",
            "public holidays of your country: closed, shown (they stand in the calendar only) or off",
        ),
        Setting("holidays_worked", "dates", "", "public holidays on which you are open; see guru hours open"),
        Setting("cancellation_notice_hours", "hours", "24", "hours of notice that a cancellation needs; 0 for none"),
        Setting(
            "late_cancellation_fee",
            "charge",
            "100%",
            "what one without that notice costs: a part of the fee (50%), an amount, or 0",
        ),
        Setting("no_show_fee", "charge", "100%", "what a no-show costs: a part of the fee (50%), an amount, or 0"),
        Setting("reminder_time", "time", "10:00", "when reminders leave, local time"),
        Setting("reminder_lead_days", "days", "1", "calendar days before the appointment that its reminder leaves"),
        Setting(
            "reminder_channels", "channels", "sms+email", "sms+email, email-or-sms, sms-or-email, email, sms or off"
        ),
        Setting("confirmation_channels", "channels", "email-or-sms", "how a booking is confirmed"),
        Setting("reschedule_channels", "channels", "email-or-sms", "how a move is told"),
        Setting("cancellation_channels", "channels", "email-or-sms", "how a cancellation is told"),
        Setting("offer_channels", "channels", "sms-or-email", "how a free time is offered to the waiting list"),
        Setting("invoice_channels", "channels", "email", "how an invoice goes out"),
        Setting("payment_reminder_channels", "channels", "email", "how a client is reminded to pay"),
        Setting("payment_receipt_channels", "channels", "email", "how a payment is thanked for"),
        Setting("alert_channels", "own channels", "email", "how you hear of a message that failed: email or off"),
        Setting("agenda_channels", "own channels", "off", "whether the day's agenda is mailed to you: email or off"),
        Setting("agenda_time", "time", "06:30", "when the day's agenda is mailed to you, local time"),
        Setting("messages_off", "messages", "", "messages switched off, such as reminder.sms; see guru templates off"),
        Setting("language", "language", "en", "language of messages to clients who have none of their own: en or af"),
        Setting("sms_price", "price", "", "what one SMS costs you, for example 0.32; shown beside every text message"),
        Setting("sending", "bool", "yes", "no holds everything back in the outbox until it is yes again"),
        Setting("hold_minutes", "minutes", "3", "minutes in which undo can take a message back; 0 sends at once"),
        Setting("quiet_from", "time", "20:00", "no SMS and no reminder to clients after this local time"),
        Setting("quiet_to", "time", "07:00", "no SMS and no reminder to clients before this local time"),
        Setting("ics_path", "file", "", "a file that the calendar is written to after each change, for other programs"),
        Setting("ics_privacy", "privacy", "initials", "what it tells of clients: full, first-name, initials or busy"),
        Setting("ics_days_back", "days back", "90", "days that it goes back; what is to come is always all in it"),
    )
}


def normalise(key: str, value: str) -> str:
    """The stored form of `value` for `key`; raises `Invalid` with the remedy where it does not fit.

    Phone numbers are normalised by the service, which knows the practice's country.
    """
    setting = SETTINGS.get(key)
    if setting is None:
        raise Invalid(f"There is no setting {key!r}; see them all with: guru settings list")
    value = clean(value, multiline=setting.kind == "multiline", field=key)
    if setting.kind in ("text", "multiline", "phone", "path", "file"):
        return value
    return _CHECKS[setting.kind](key, value)


def _email(key: str, value: str) -> str:
    return check_email(value) if value else ""


# RFC 5321 and 5322 without quoted local parts, comments and address literals; hosts as RFC 1123 has them.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}"  # compiled when first used


def check_email(value: str) -> str:
    """`value` if it can be one mail address; raises `Invalid` for anything else, control characters included."""
    match = re.fullmatch(_EMAIL, value)
    if match is None or len(match["local"]) > 64 or len(value) > 254:
        raise Invalid(f"{value!r} is not an email address; write it like name@example.com.")
    return value


def _time(key: str, value: str) -> str:
    for form in ("%H:%M", "%Hh%M", "%H"):
        try:
            return datetime.strptime(value, form).strftime("%H:%M")  # noqa: DTZ007 (a time of day has no zone)
        except ValueError:
            continue
    raise Invalid(f"{key} is a time of day such as 10:00, not {value!r}.")


def _bounded(low: int, high: int, unit: str) -> Callable[[str, str], str]:
    def check(key: str, value: str) -> str:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise Invalid(f"{key} is a number of {unit} from {low} to {high}, not {value!r}.")
        return str(int(value))

    return check


def _bool(key: str, value: str) -> str:
    if value.lower() in ("yes", "true", "on", "1", "ja"):
        return "yes"
    if value.lower() in ("no", "false", "off", "0", "nee"):
        return "no"
    raise Invalid(f"{key} is yes or no, not {value!r}.")


def _percent(key: str, value: str) -> str:
    whole, _, part = value.rstrip("% ").replace(",", ".").partition(".")
    if (
        not re.fullmatch(r"[0-9]{1,3}", whole)
        or not re.fullmatch(r"[0-9]{0,2}", part)
        or float(f"{whole}.{part}") > 100
    ):
        raise Invalid(f"{key} is a percentage from 0 to 100 such as 15 or 7.5, not {value!r}.")
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else str(int(whole))


def _charge(key: str, value: str) -> str:
    """A percentage, or an amount that the service reads by the practice's currency."""
    if value.endswith("%"):
        return f"{_percent(key, value)}%"
    if value.lower() in ("none", "no"):
        return "0"
    if not any(letter.isdigit() for letter in value):
        raise Invalid(f"{key} is a part of the fee such as 50%, an amount such as 200, or none, not {value!r}.")
    return value


def _channels(key: str, value: str) -> str:
    value = value.lower().replace(" ", "").replace("email+sms", "sms+email")
    if value not in CHANNEL_RULES:
        raise Invalid(f"{key} is one of {', '.join(CHANNEL_RULES)}, not {value!r}.")
    return value


def _own_channels(key: str, value: str) -> str:
    if value.lower() not in ("email", "off"):
        raise Invalid(f"{key} is email or off, not {value!r}.")
    return value.lower()


def _messages(key: str, value: str) -> str:
    named = sorted({word for word in value.lower().replace(" ", ",").split(",") if word})
    for word in named:
        kind, _, channel = word.rpartition(".")
        if kind not in CLIENT_KINDS or channel not in CHANNELS:
            raise Invalid(f"{word!r} in {key} is no message; write kind.channel such as reminder.sms.")
    return ",".join(named)


def _holidays(key: str, value: str) -> str:
    if value.lower() not in HOLIDAY_RULES:
        raise Invalid(f"{key} is one of {', '.join(HOLIDAY_RULES)}, not {value!r}.")
    return value.lower()


def _dates(key: str, value: str) -> str:
    days = {word for word in value.replace(",", " ").split() if word}
    for day in days:
        try:
            if date.fromisoformat(day).isoformat() != day:
                raise ValueError
        except ValueError:
            raise Invalid(f"{key} is days such as 2026-12-16, with commas between them, not {day!r}.") from None
    return ",".join(sorted(days))


def _language(key: str, value: str) -> str:
    if value.lower() not in LANGUAGES:
        raise Invalid(f"{key} is one of {', '.join(LANGUAGES)}, not {value!r}.")
    return value.lower()


def _privacy(key: str, value: str) -> str:
    if value.lower() not in PRIVACY:
        raise Invalid(f"{key} is one of {', '.join(PRIVACY)}, not {value!r}.")
    return value.lower()


def _price(key: str, value: str) -> str:
    if value and not re.fullmatch(r"[0-9]{1,4}([.,][0-9]{1,4})?", value):
        raise Invalid(f"{key} is an amount such as 0.32, not {value!r}.")
    return value.replace(",", ".")


def _country(key: str, value: str) -> str:
    if len(value) != 2 or not value.isascii() or not value.isalpha():
        raise Invalid(f"{key} is a two-letter ISO country code such as ZA, not {value!r}.")
    return value.upper()


def _zone(key: str, value: str) -> str:
    return check_zone(value).key


def _currency(key: str, value: str) -> str:
    return check_currency(value)


_CHECKS: dict[str, Callable[[str, str], str]] = {
    "email": _email,
    "time": _time,
    "number": _bounded(1, 999_999_999, "invoices"),
    "days": _bounded(0, 365, "days"),
    "days back": _bounded(0, 36_500, "days"),
    "minutes": _bounded(0, 1440, "minutes"),
    "hours": _bounded(0, 720, "hours"),
    "charge": _charge,
    "slot minutes": _bounded(5, 240, "minutes"),
    "visits": _bounded(0, 99, "appointments"),
    "holidays": _holidays,
    "dates": _dates,
    "bool": _bool,
    "percent": _percent,
    "channels": _channels,
    "own channels": _own_channels,
    "messages": _messages,
    "language": _language,
    "price": _price,
    "privacy": _privacy,
    "country": _country,
    "zone": _zone,
    "currency": _currency,
}


class Practice:
    """The practice's settings with their types; build it with `Practice.of`."""

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    @classmethod
    def of(cls, stored: Mapping[str, str]) -> Practice:
        """The settings as stored over the defaults."""
        return cls({key: stored.get(key, setting.default) for key, setting in SETTINGS.items()})

    def __getitem__(self, key: str) -> str:
        return self.values[key]

    @property
    def name(self) -> str:
        """What clients know the practice by."""
        return self["practice_name"] or self.full_name or "Your practice"

    @property
    def full_name(self) -> str:
        """The practitioner's first and last name."""
        return f"{self['first_name']} {self['last_name']}".strip()

    @property
    def zone(self) -> str:
        """IANA zone."""
        return self["zone"]

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        return self["currency"]

    @property
    def country(self) -> str:
        """ISO 3166 code."""
        return self["country"]

    @property
    def slot_step(self) -> int:
        """Minutes from one free time that is offered to the next."""
        return int(self["slot_step"])

    @property
    def daily_maximum(self) -> int:
        """How many appointments a day may have; 0 for any number."""
        return int(self["daily_maximum"])

    @property
    def holidays_worked(self) -> frozenset[date]:
        """The public holidays on which the practice is open all the same."""
        return frozenset(date.fromisoformat(day) for day in self["holidays_worked"].split(",") if day)

    @property
    def hold(self) -> timedelta:
        """How long the practitioner's own messages are held back."""
        return timedelta(minutes=int(self["hold_minutes"]))

    @property
    def reminder_lead_days(self) -> int:
        """Calendar days between the reminder and the appointment."""
        return int(self["reminder_lead_days"])

    @property
    def reminder_time(self) -> time:
        """Local time of day at which reminders leave."""
        return time.fromisoformat(self["reminder_time"])

    @property
    def quiet_from(self) -> time:
        """Local time of day after which clients are left alone."""
        return time.fromisoformat(self["quiet_from"])

    @property
    def quiet_to(self) -> time:
        """Local time of day before which clients are left alone."""
        return time.fromisoformat(self["quiet_to"])

    @property
    def tax_basis_points(self) -> int:
        """Tax rate in hundredths of a percent; 0 where the practice is not registered."""
        if self["tax_registered"] != "yes":
            return 0
        whole, _, part = self["tax_percent"].partition(".")
        return int(whole) * 100 + int(part.ljust(2, "0") or "0")

    @property
    def prices_include_tax(self) -> bool:
        """Whether fees already contain the tax."""
        return self["prices_include_tax"] == "yes"

    def channels_for(self, kind: str) -> str:
        """The channel rule (`CHANNEL_RULES`) of a kind of message."""
        return self.values.get(f"{kind.replace('-', '_')}_channels", "email")

    def is_on(self, kind: str, channel: str) -> bool:
        """Whether messages of `kind` go out on `channel` at all (see `guru templates off`)."""
        return f"{kind}.{channel}" not in self["messages_off"].split(",")

    @property
    def sending(self) -> bool:
        """Whether messages leave; off holds all of them back."""
        return self["sending"] == "yes"

    def due_on(self, issued: date) -> date:
        """The day on which an invoice issued on `issued` is due."""
        return issued + timedelta(days=int(self["invoice_due_days"]))
