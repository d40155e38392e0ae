"""Where a message may go: which channels a rule means, which reach the person, and why one does not."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.message_rules import channel_words, obstacle, used
from guru_tui.domain.practice import CHANNELS
from guru_tui.errors import Invalid, Misconfigured
from guru_tui.settings import Settings

if TYPE_CHECKING:
    from guru_tui.domain.message_facts import Person

_WORDS = {"email": "email", "sms": "SMS"}


class Address(NamedTuple):
    """One channel to one person. `problem`: why it may not be used, empty where it may."""

    channel: str
    recipient: str
    problem: str = ""


def address(person: Person, channel: str) -> Address:
    """The person's address on `channel`, held against consent and, for a text message, the kind of number."""
    if channel == "email":
        return Address(channel, person.email, obstacle(channel, person.email, person.email_allowed))
    return Address(channel, person.mobile, obstacle(channel, person.mobile, person.sms_allowed))


def configured(settings: Settings) -> frozenset[str]:
    """The channels that are meant to be used. One whose settings are wrong counts: its messages wait for the remedy."""
    return frozenset(channel for channel in CHANNELS if _backend(settings, channel) != "none")


def _backend(settings: Settings, channel: str) -> str:
    try:
        return settings.email_backend if channel == "email" else settings.sms_backend
    except Misconfigured:
        return "refused"


def not_set_up(channel: str, settings: Settings) -> str:
    """Why a channel without a backend cannot be used, with the remedy."""
    name = "GURU_SMTP_HOST" if channel == "email" else "GURU_CLICKATELL_API_KEY"
    return f"{_WORDS[channel]} is not set up: put {name} into {settings.home / '.env'}"


def by_rule(person: Person, rule: str, available: Collection[str], settings: Settings) -> tuple[Address, ...]:
    """The addresses that a practice's rule (see `domain.practice.CHANNEL_RULES`) gives for a person.

    A channel without a backend is left out where another reaches the person. Where none does, one address with
    all the reasons comes back, so that nobody is left out silently. With no backend at all the message waits on
    the first channel that has an address. The rule `off` gives none.
    """
    if rule == "off":
        return ()
    every = [address(person, channel) for channel in channel_words(rule)]
    ways = used(rule, [one.channel for one in every if not one.problem], available)
    if ways:
        return tuple(one for one in every if one.channel in ways)
    reasons = [one.problem or not_set_up(one.channel, settings) for one in every]
    first = next((one for one in every if one.recipient), every[0])
    return (Address(first.channel, first.recipient, "; ".join(reasons)),)


def by_request(person: Person, channels: str) -> tuple[Address, ...]:
    """The addresses for the channels the practitioner asked for, each with its problem if it has one.

    Raises `Invalid` for a channel that does not exist.
    """
    asked = [word for word in channels.lower().replace("+", ",").replace(" ", "").split(",") if word]
    for word in asked:
        if word not in CHANNELS:
            raise Invalid(f"{word!r} is no way to send a message; use email, sms or email,sms.")
    return tuple(address(person, channel) for channel in dict.fromkeys(asked))
