"""Which clients, types and places words can name. Names are compared folded, word beginning by word beginning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from guru_tui.domain.quick_add.model import ClientMatch
from guru_tui.domain.text import fold

Row = TypeVar("Row")
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_ALIKE = 0.62


# As the search of the client list has it: hyphens and points part words, apostrophes do not.
_PARTING = str.maketrans({**dict.fromkeys("-.,", " "), **dict.fromkeys("'`´‘’", "")})


def name_words(name: str) -> list[str]:
    """The folded words of a name: `anne marie` finds Anne-Marie, and `obrien` O'Brien."""
    return fold(name).translate(_PARTING).split()


def begins(words: Sequence[str], name: Sequence[str]) -> bool:
    """Whether `words` begin words of `name`, in order."""
    at = 0
    for word in words:
        while at < len(name) and not name[at].startswith(word):
            at += 1
        if at == len(name):
            return False
        at += 1
    return True


def names_client(words: Sequence[str], client: ClientMatch) -> bool:
    """Whether folded `words` begin the client's names in order, first name first or last name first."""
    first, last = name_words(client.first_name), name_words(client.last_name)
    return begins(words, first + last) or begins(words, last + first)


def is_name(words: Sequence[str], client: ClientMatch) -> bool:
    """Whether `words` are the client's whole name."""
    first, last = name_words(client.first_name), name_words(client.last_name)
    return list(words) in (first + last, last + first)


def rank(words: Sequence[str], clients: Iterable[ClientMatch]) -> list[ClientMatch]:
    """The clients that `words` name: whole names first, then whole words of one, then by how lately they were seen."""
    found = [client for client in clients if names_client(words, client)]
    found.sort(key=lambda client: client.name)
    found.sort(key=lambda client: client.last.starts_at if client.last else _NEVER, reverse=True)
    found.sort(key=lambda client: not set(words) <= set(name_words(client.name)))
    found.sort(key=lambda client: not is_name(words, client))
    return found


def alike(words: Sequence[str], clients: Iterable[ClientMatch], limit: int = 5) -> list[ClientMatch]:
    """The clients whose name looks most like `words`: to be offered, never taken."""
    from difflib import SequenceMatcher

    wanted = " ".join(words)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    scored = []
    for client in clients:
        names = name_words(client.first_name), name_words(client.last_name)
        score = 0.0
        for name in {" ".join(names[0] + names[1]), " ".join(names[1] + names[0]), *names[0][:1], *names[1][-1:]}:
            if len(words) > 1 and " " not in name:
                continue
            matcher.set_seq1(name)
            if matcher.real_quick_ratio() > _ALIKE and matcher.quick_ratio() > _ALIKE:
                score = max(score, matcher.ratio())
        if score > _ALIKE:
            scored.append((-score, client.name, client))
    return [client for _, _, client in sorted(scored, key=lambda entry: entry[:2])[:limit]]


def by_name(words: Sequence[str], rows: Sequence[tuple[Sequence[str], Row]]) -> list[Row]:
    """The rows whose name `words` begin, from its first word on; a whole name alone where one is meant exactly."""
    exact = [row for name, row in rows if list(name) == list(words)]
    if exact:
        return exact
    return [
        row for name, row in rows if name and words and name[0].startswith(words[0]) and begins(words[1:], name[1:])
    ]


class ClientList:
    """A `ClientFinder` over clients held in memory."""

    def __init__(self, clients: Iterable[ClientMatch]) -> None:
        self._clients = tuple(clients)

    def known(self, words: Sequence[str]) -> bool:
        """Whether the words begin the name of some client."""
        return any(names_client(words, client) for client in self._clients)

    def find(self, words: Sequence[str]) -> Sequence[ClientMatch]:
        """Clients whose name the words begin, best first."""
        return rank(words, self._clients)

    def similar(self, words: Sequence[str]) -> Sequence[ClientMatch]:
        """Clients whose name looks like the words."""
        return alike(words, self._clients)

    def by_id(self, client_id: int) -> ClientMatch | None:
        """The client with that id."""
        return next((client for client in self._clients if client.id == client_id), None)
