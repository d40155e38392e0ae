"""The one family of exceptions a practitioner may see: one sentence that names the remedy.

A face turns a `GuruError` into a toast or a line on standard error; everything else is a defect.
Exit statuses follow sysexits(3) where it has a word for the case.
"""

from __future__ import annotations

from collections.abc import Sequence


class GuruError(Exception):
    """The request failed; `str(error)` is one sentence that says why and what to do."""

    status = 1
    title = "That did not work"

    def __init__(self, message: str, *, title: str | None = None) -> None:
        super().__init__(message)
        if title:
            self.title = title


class Invalid(GuruError):
    """A value that was typed cannot be used."""

    title = "Please check what you typed"


class NotFound(GuruError):
    """The record that was named does not exist."""

    title = "Not found"


class Ambiguous(GuruError):
    """More than one reading is possible; `choices` are the ones to pick from, most likely first."""

    title = "Which one?"

    def __init__(self, message: str, choices: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.choices = tuple(choices)


class SlotTaken(GuruError):
    """The time overlaps something; `conflicts` names what is in the way."""

    title = "That time is taken"

    def __init__(self, message: str, conflicts: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.conflicts = tuple(conflicts)


class MovedOn(GuruError):
    """The record was changed elsewhere since it was read, so the step is refused."""

    title = "Changed meanwhile"


class NotAllowed(GuruError):
    """A rule of the domain forbids it (an issued invoice, a past start, a retention period)."""

    title = "Not possible"


class Final(NotAllowed):
    """The last step cannot be taken back at all; the one before it only when that is said."""

    title = "That stays"


class UsageMistake(GuruError):
    """The command line was wrong."""

    status = 2
    title = "Wrong usage"


class TryAgain(GuruError):
    """Temporary: the network, or the store held by another process. Running again may work."""

    status = 75
    title = "Busy"


class Misconfigured(GuruError):
    """A setting is missing or refused; `str(error)` names it."""

    status = 78
    title = "A setting is missing"
