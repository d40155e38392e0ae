"""Whose appointment an event of another calendar is. Only what the file says outright counts: nothing is guessed.

A client is named by a mail address, a mobile number, or the whole name. Where these point to more than one person, or
one name belongs to two, the event is for a person to settle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from guru_tui.domain.client_fields import same_name, search_words
from guru_tui.domain.events import Event
from guru_tui.domain.person_names import split_full_name
from guru_tui.domain.text import clean
from guru_tui.errors import Invalid

_NUMBER = re.compile(r"\+?\d[\d ()/.-]{7,18}\d")
_LONGEST_NAME = 8


@dataclass(slots=True)
class Person:
    """A client, or (without an id) one that the file makes."""

    id: int | None
    first_name: str
    last_name: str
    mobile: str = ""
    email: str = ""
    archived: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class People:
    """The clients by what an event can name them with; `as_number` gives a number's E.164 form or raises `Invalid`."""

    as_number: Callable[[str], str]
    by_email: dict[str, list[Person]] = field(default_factory=dict)
    by_mobile: dict[str, list[Person]] = field(default_factory=dict)
    by_name: dict[str, list[Person]] = field(default_factory=dict)

    def add(self, person: Person) -> Person:
        """Make a person known."""
        if person.email:
            self.by_email.setdefault(person.email.lower(), []).append(person)
        if person.mobile:
            self.by_mobile.setdefault(person.mobile, []).append(person)
        for name in {same_name(person.first_name, person.last_name), same_name(person.last_name, person.first_name)}:
            self.by_name.setdefault(name, []).append(person)
        return person

    def of(self, event: Event, *, new_guests: bool = False) -> Person | None:
        """Whose appointment `event` is, None where it is nobody's; a new person where the file names one outright.

        `new_guests`: one who takes part and is not known becomes a client. Raises `Invalid` where it is not clear.
        """
        if event.client or event.email or event.mobile:
            return self._named(event)
        fitting = _common(
            [person for address, _ in event.guests for person in self.by_email.get(address, ())],
            list(self._by_numbers(event.title)),
            self._in_title(event.title),
        )
        if len(fitting) > 1:
            raise Invalid(f"it can be for {_listed(fitting)}")
        if fitting:
            return _living(fitting[0])
        if new_guests and len(event.guests) == 1:
            address, name = event.guests[0]
            first, last = split_full_name(clean((name or address.partition("@")[0])[:200]))
            return self.add(Person(None, first, last, "", address))
        return None

    def _named(self, event: Event) -> Person:
        """Whom the file's own columns name; a new person where nobody fits."""
        mobile = self.as_number(event.mobile) if event.mobile else ""
        email = event.email.lower()
        reached = [*self.by_email.get(email, ()), *self.by_mobile.get(mobile, ())]
        if not event.client:
            fitting = _once(reached)
            if len(fitting) == 1:
                return _living(fitting[0])
            raise Invalid(f"it can be for {_listed(fitting)}" if fitting else "it names no client")
        first, last = split_full_name(clean(event.client[:200]))
        whole = " ".join(search_words(event.client))  # as it is written, before it is taken for "last, first"
        namesakes = _once([*self.by_name.get(whole, ()), *self.by_name.get(same_name(first, last), ())])
        sharing = [person for person in namesakes if person in reached]
        fitting = sharing or [person for person in namesakes if not _differs(person, mobile, email)]
        active = [person for person in fitting if not person.archived] or fitting
        if len(active) > 1:
            raise Invalid(f"{len(active)} clients are called {event.client}; give the mobile or email of one")
        if active:
            return _living(active[0])
        return self.add(Person(None, first, last, mobile, email))

    def _by_numbers(self, title: str) -> Iterator[Person]:
        for match in _NUMBER.finditer(title):
            try:
                yield from self.by_mobile.get(self.as_number(match[0]), ())
            except Invalid:
                continue  # digits that are no number of anybody's

    def _in_title(self, title: str) -> list[Person]:
        """Everybody whose whole name stands in the title; one name alone counts only where it is all of it."""
        words = search_words(title)
        found: list[tuple[int, int, list[Person]]] = []
        for at in range(len(words)):
            for end in range(at + 1, min(at + _LONGEST_NAME, len(words)) + 1):
                if end - at == 1 and len(words) > 1:
                    continue
                people = self.by_name.get(" ".join(words[at:end]))
                if people:
                    found.append((at, end, people))
        # "Anna Maria Nel" is not Anna Maria.
        longest = [
            people
            for at, end, people in found
            if not any(a <= at and end <= e and (a, e) != (at, end) for a, e, _ in found)
        ]
        return _once(person for people in longest for person in people)


def left_over(title: str, person: Person, kind: str) -> str:
    """The title, unless it says no more than the person's name and the type's."""
    known = {*search_words(person.name), *search_words(kind)}
    return "" if set(search_words(title)) <= known else title


def _common(*evidence: Sequence[Person]) -> list[Person]:
    """Whom all evidence that there is points to; everybody it points to where it does not agree."""
    given = [_once(people) for people in evidence if people]
    if not given:
        return []
    shared = [person for person in given[0] if all(person in people for people in given[1:])]
    found = shared or _once(person for people in given for person in people)
    return [person for person in found if not person.archived] or found


def _once(people: Iterable[Person]) -> list[Person]:
    found: list[Person] = []
    for person in people:
        if not any(person is one for one in found):
            found.append(person)
    return found


def _differs(person: Person, mobile: str, email: str) -> bool:
    return bool(
        (mobile and person.mobile and mobile != person.mobile)
        or (email and person.email and email != person.email.lower())
    )


def _living(person: Person) -> Person:
    if person.archived:
        raise Invalid(f"{person.name} is archived; bring the client back first")
    return person


def _listed(people: Sequence[Person]) -> str:
    named = [f"{person.name} ({person.id})" if person.id else person.name for person in people[:4]]
    return " or ".join(named) + (" or others" if len(people) > 4 else "")
