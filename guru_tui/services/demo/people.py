"""The clients of the sample practice: names of South Africa's languages, and no way to reach anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from guru_tui.domain.client_fields import search_text, sort_text
from guru_tui.domain.text import clean, fold
from guru_tui.services.demo.samples import Moment, Samples
from guru_tui.store.bulk import Batch

_PREFIXES = ("61", "72", "83")
_STRIDE = 7919  # coprime with 10 000, so that neighbours in the list have unlike numbers and none repeats
MOST = len(_PREFIXES) * 10_000


@dataclass(slots=True)
class Scheme:
    """A membership of a medical scheme."""

    name: str
    option: str
    number: str
    dependant: str
    doctor: str
    code: str


@dataclass(slots=True)
class Person:
    """A client in the making. `pays`: `card` (on the day), `account` or `scheme`; `role` on today's page.

    `language`: of the messages, empty for the practice's.
    """

    id: int
    first: str
    last: str
    mobile: str
    email: str
    pays: str
    role: str = ""
    language: str = ""
    address: str = ""
    birth_date: str = ""
    payer: tuple[str, str, str] = ("", "", "")
    scheme: Scheme | None = None
    sms_allowed: bool = True
    email_allowed: bool = True
    leaves: bool = False
    known_since: date | None = None
    archived_on: date | None = None
    visits: int = 0

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}".strip()


def make(samples: Samples, count: int, rng: Random, moment: Moment) -> list[Person]:
    """`count` clients, the known ones first."""
    people = [
        Person(
            number,
            known["first"],
            known["last"],
            known["mobile"],
            known["email"],
            known["pays"],
            known["role"],
            known.get("language", ""),
        )
        for number, known in enumerate(samples.people["known"][:count], start=1)
    ]
    names = {person.name for person in people}
    addresses = {person.email for person in people}
    languages = samples.people["language"]
    weights = [language["weight"] for language in languages]
    while len(people) < count:
        number = len(people) + 1
        first, last, spoken = _name(rng, languages, weights, names)
        email = _email(first, last, number, addresses) if rng.random() > 0.08 else ""
        mobile = _mobile(number) if rng.random() > 0.06 else ""
        pays = rng.choices(("account", "scheme", "card"), (50, 25, 25))[0]
        language = "af" if spoken == "Afrikaans" and number % 3 else ""
        leaves = rng.random() < 0.03
        people.append(Person(number, first, last, mobile, email, pays, language=language, leaves=leaves))
    for person in people:
        _details(person, samples, rng, moment)
    return people


def _name(rng: Random, languages: list[dict[str, Any]], weights: list[int], taken: set[str]) -> tuple[str, str, str]:
    """First name, last name, and the language that they are names of."""
    first = last = spoken = ""
    for _ in range(40):
        language = rng.choices(languages, weights)[0]
        first, last, spoken = rng.choice(language["first"]), rng.choice(language["last"]), language["name"]
        if f"{first} {last}" not in taken:
            break
    taken.add(f"{first} {last}")
    return first, last, spoken


def _mobile(number: int) -> str:
    prefix, line = _PREFIXES[number % len(_PREFIXES)], number // len(_PREFIXES) * _STRIDE % 10_000
    return f"+27{prefix}555{line:04}"


def _email(first: str, last: str, number: int, taken: set[str]) -> str:
    parts = (
        "".join(letter for letter in fold(part) if letter.isascii() and letter.isalnum()) for part in (first, last)
    )
    local = ".".join(part for part in parts if part) or f"client{number}"
    address = f"{local}@example.com" if f"{local}@example.com" not in taken else f"{local}{number}@example.com"
    taken.add(address)
    return address


def _details(person: Person, samples: Samples, rng: Random, moment: Moment) -> None:
    homes, medical = samples.practice["homes"], samples.practice["medical"]
    if rng.random() < 0.7:
        person.address = f"{rng.randint(1, 140)} {rng.choice(homes['streets'])}\n{rng.choice(homes['suburbs'])}"
    age = rng.choice((9, 14, 22, 27, 31, 34, 38, 41, 45, 49, 53, 58, 62, 67, 73, 79))
    if rng.random() < 0.8:
        person.birth_date = (moment.today - timedelta(days=age * 365 + rng.randint(0, 364))).isoformat()
    if age < 18 and not person.role:
        person.payer = (
            f"{rng.choice(('Mrs', 'Mr', 'Ms'))} {person.last or person.first}",
            person.email,
            person.address,
        )
    elif person.pays == "account" and not person.role and rng.random() < 0.05:
        payer = rng.choice(homes["payers"])
        host = "".join(letter for letter in fold(payer) if letter.isascii() and letter.isalnum())
        person.payer = (payer, f"accounts@{host}.example", "PO Box 0\nCape Town 8000")
    if person.pays == "scheme":
        name, option = rng.choice(medical["schemes"])
        membership = f"000{rng.randint(0, 999_999):06}"
        dependant = f"{rng.randint(0, 3):02}"
        person.scheme = Scheme(
            name, option, membership, dependant, rng.choice(medical["doctors"]), rng.choice(medical["codes"])
        )
    if not person.role:
        person.sms_allowed, person.email_allowed = rng.random() > 0.03, rng.random() > 0.02


def batches(people: list[Person], moment: Moment) -> list[Batch]:
    """The rows of clients and their medical records."""
    clients = [
        (
            person.id,
            clean(person.first),
            clean(person.last),
            sort_text(person.first, person.last),
            search_text(person.first, person.last),
            person.mobile,
            person.email,
            person.address,
            person.birth_date,
            "",
            person.language,
            person.sms_allowed,
            person.email_allowed,
            person.known_since.isoformat() if person.scheme and person.known_since else "",
            *person.payer,
            moment.utc(person.archived_on, 17 * 60) if person.archived_on else "",
            moment.utc(person.known_since, 9 * 60) if person.known_since else moment.text,
        )
        for person in people
    ]
    records = [
        (
            person.id,
            person.scheme.name,
            person.scheme.option,
            person.scheme.number,
            person.name,
            person.scheme.dependant,
            "",
            person.birth_date,
            person.scheme.doctor,
            "",
        )
        for person in people
        if person.scheme
    ]
    return [Batch("client", _CLIENT, clients), Batch("medical_record", _RECORD, records)]


_CLIENT = (
    *("id", "first_name", "last_name", "sort_name", "search", "mobile", "email", "address", "birth_date", "id_number"),
    *("language", "sms_allowed", "email_allowed", "codes_consent_on", "bill_to_name", "bill_to_email"),
    *("bill_to_address", "archived_at", "created_at"),
)
_RECORD = (
    *("client_id", "scheme", "option", "membership_number", "main_member", "dependant_code", "patient_id"),
    *("patient_birth_date", "referring_practitioner", "authorisation"),
)
