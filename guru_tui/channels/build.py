"""Which channels there are, by the settings: the one place that knows every kind of channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guru_tui.channels.base import Channel, RefusedChannel
from guru_tui.domain.practice import CHANNELS
from guru_tui.errors import Misconfigured

if TYPE_CHECKING:
    from guru_tui.domain.practice import Practice
    from guru_tui.settings import Settings


def build(settings: Settings, practice: Practice) -> dict[str, Channel]:
    """The channels by name (`email`, `sms`), without those that are off.

    Never raises: a channel whose settings cannot be used answers every message with the reason, so that a mistake in
    one does not silence the other.
    """
    channels: dict[str, Channel] = {}
    for name, make in zip(CHANNELS, (_email, _sms), strict=True):
        try:
            channel = make(settings, practice)
        except Misconfigured as error:
            channel = RefusedChannel(name, str(error))
        if channel is not None:
            channels[name] = channel
    return channels


def describe(settings: Settings, practice: Practice) -> dict[str, str]:
    """Where each channel leads, for a person: `smtp mail.example.com:587 (starttls)`, `off`, or what is wrong."""
    channels = build(settings, practice)
    return {name: channels[name].describe() if name in channels else "off" for name in CHANNELS}


def _email(settings: Settings, practice: Practice) -> Channel | None:
    backend = settings.email_backend
    if backend == "none":
        return None
    if backend == "file":
        from guru_tui.channels.email_message import sender_of
        from guru_tui.channels.file import FileChannel

        return FileChannel.for_email(settings.outbox_dir, sender_of(settings, practice))
    from guru_tui.channels.email import EmailChannel

    return EmailChannel.of(settings, practice)


def _sms(settings: Settings, practice: Practice) -> Channel | None:
    backend = settings.sms_backend
    if backend == "none":
        return None
    if backend == "file":
        from guru_tui.channels.file import FileChannel

        return FileChannel.for_sms(settings.outbox_dir, settings.get("GURU_CLICKATELL_FROM").removeprefix("+"))
    if backend == "clickatell-legacy":
        from guru_tui.channels.sms_legacy import LegacyClickatellChannel

        return LegacyClickatellChannel.of(settings)
    from guru_tui.channels.sms import ClickatellChannel

    return ClickatellChannel.of(settings)
