"""Making a new practice: the store and the first settings, as one step that leaves nothing behind if it fails."""

from __future__ import annotations

from dataclasses import dataclass

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import zone as check_zone
from guru_tui.domain.practice import Practice, normalise
from guru_tui.domain.text import clean
from guru_tui.errors import Invalid
from guru_tui.settings import Settings
from guru_tui.store import schema


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new practice is asked; an empty answer means the default."""

    name: str = ""
    practice: str = ""
    email: str = ""
    phone: str = ""
    profession: str = ""
    zone: str = ""
    currency: str = ""
    country: str = ""


def set_up(settings: Settings, clock: Clock, answers: Answers, *, sample: bool = False) -> None:
    """Make the practice of `settings.home`; raises `NotAllowed` where one exists, `Invalid` for a bad answer.

    Answers are checked before anything is made, so a typing mistake leaves no half practice behind.
    """
    values = _values(answers)
    with schema.being_made(settings.database) as place:
        if sample:
            from guru_tui.services import demo

            demo.build(place.parent, clock)
        else:
            schema.create(place)
        if values:
            from guru_tui.services.practice import PracticeService
            from guru_tui.store.unit_of_work import UnitOfWork

            PracticeService(UnitOfWork(place, clock, origin="init")).set_many(values)


def _values(answers: Answers) -> dict[str, str]:
    from guru_tui.domain.phone import to_e164

    first, _, last = clean(answers.name, field="The name").partition(" ")
    given = {
        "country": answers.country,
        "zone": answers.zone or _machine_zone(),
        "currency": answers.currency,
        "practice_name": answers.practice,
        "first_name": first,
        "last_name": last,
        "email": answers.email,
        "profession": answers.profession,
        "phone": answers.phone,
    }
    checked = {key: normalise(key, value) for key, value in given.items() if value.strip()}
    if checked.get("phone"):
        checked["phone"] = to_e164(checked["phone"], checked.get("country", Practice.of({}).country))
    return checked


def _machine_zone() -> str:
    """The machine's zone where it is a real place: a server on UTC says nothing about where clients are seen."""
    from tzlocal import get_localzone_name

    try:
        name = get_localzone_name()
        check_zone(name or "")
    except (Invalid, LookupError, OSError, ValueError):
        return ""
    return "" if name in ("UTC", "Etc/UTC", "GMT", "Etc/GMT") or "/" not in name else name
