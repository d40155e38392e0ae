"""Clients: lists, records, and who is meant by what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guru_tui.errors import NotFound
from guru_tui.services.reads.base import PracticeReads
from guru_tui.store import queries

if TYPE_CHECKING:
    from guru_tui.domain.quick_add.model import ClientMatch
    from guru_tui.domain.views.clients import ClientDetail, ClientRow


class ClientReads(PracticeReads):
    """Clients: lists, records, and who is meant by what was typed."""

    def clients(
        self, search: str = "", *, archived: bool = False, limit: int = 500, offset: int = 0
    ) -> list[ClientRow]:
        """The active (or only the archived) clients that `search` fits, sorted by last name."""
        return queries.clients.clients(
            self._connection,
            search=search,
            now=self._clock.now(),
            zone=self.practice().zone,
            archived=archived,
            limit=limit,
            offset=offset,
        )

    def client_count(self, search: str = "", *, archived: bool = False) -> int:
        """How many clients `clients` would list without a limit."""
        return queries.clients.client_count(self._connection, search=search, archived=archived)

    def client(self, client_id: int) -> ClientDetail:
        """One client's record, archived or not; raises `NotFound`."""
        zone = self.practice().zone
        found = queries.clients.client(
            self._connection, client_id, now=self._clock.now(), zone=zone, today=self.today()
        )
        if found is None:
            raise NotFound(f"There is no client with number {client_id}; see them with: guru clients list")
        return found

    def find_clients(self, text: str) -> list[ClientMatch]:
        """The clients whose name the words of `text` begin, whole names and the lately seen first."""
        from guru_tui.domain.quick_add.match import name_words, rank

        return rank(name_words(text), queries.matching.candidates(self._connection, text))

    def similar_clients(self, text: str) -> list[ClientMatch]:
        """The clients whose name looks like `text`, to be offered where nobody is called so."""
        return queries.matching.similar(self._connection, text)

    def client_match(self, client_id: int) -> ClientMatch | None:
        """One client as quick-add needs it; None where there is none or it is archived."""
        return next(iter(queries.matching.by_ids(self._connection, [client_id])), None)

    def client_names(self) -> list[str]:
        """The folded names of all clients, for telling at each key press which words are one."""
        return queries.matching.names(self._connection)

    def clients_named_in(self, sentence: str) -> list[str]:
        """The full names of clients, archived ones too, that stand in a sentence, the longest first."""
        return queries.clients.named_in(self._connection, sentence)

    def client_sheet(self, *, archived: bool = False) -> list[dict[str, str | bool]]:
        """Every field of every active client (`archived`: of the archived ones too), for an export."""
        return queries.clients.client_sheet(self._connection, archived=archived)
