"""Which client a typed word means: an id, a name in either order, a mobile number or an email address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from guru_tui.domain import phone
from guru_tui.domain.text import clean, fold
from guru_tui.domain.views.clients import ClientDetail, ClientRow
from guru_tui.errors import Ambiguous, Invalid, NotFound

if TYPE_CHECKING:
    from guru_tui.domain.quick_add.model import ClientMatch

_SHOWN = 10
_LONGEST_ID = 6  # more digits than this are a phone number


class ClientReads(Protocol):
    """The part of `Reads` that finding a client needs."""

    def clients(
        self, search: str = "", *, archived: bool = False, limit: int = 500, offset: int = 0
    ) -> list[ClientRow]: ...

    def client(self, client_id: int, /) -> ClientDetail: ...

    def similar_clients(self, text: str, /) -> list[ClientMatch]: ...


class HasReads(Protocol):
    """An opened practice."""

    @property
    def reads(self) -> ClientReads: ...


def resolve_client(guru: HasReads, text: str) -> ClientRow:
    """The one client that `text` names: an id, or a name, mobile or email as the client list searches them.

    A full name that is exactly the text (case and accents apart, either order) wins over longer ones; archived
    clients are looked at where no active one fits. Raises `Ambiguous` with the choices, `NotFound` with the
    nearest names, and `Invalid` for an empty text.
    """
    wanted = clean(text, field="The client")
    if not wanted:
        raise Invalid("Name the client, or give the number that guru clients list shows.")
    reads = guru.reads
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= _LONGEST_ID and not wanted.startswith("0"):
        return _by_id(reads, int(wanted))
    for archived in (False, True):
        found = reads.clients(wanted, archived=archived, limit=_SHOWN * 10)
        exact = [row for row in found if fold(wanted) in _names(row)]
        if len(exact) == 1:
            return exact[0]
        if len(found) == 1:
            return found[0]
        if found:
            choices = exact or found
            more = [f"... and {len(choices) - _SHOWN} more"] if len(choices) > _SHOWN else []
            raise Ambiguous(
                f"{wanted!r} fits more than one client; use the number in front of the one you mean.",
                [choice(row) for row in choices[:_SHOWN]] + more,
            )
    raise NotFound(f"There is no client {wanted!r}{_near(reads, wanted)}; see them all with: guru clients list")


def choice(row: ClientRow) -> str:
    """`12  Sarah Botha  082 555 0134`: a client in a list to choose from; the email where there is no mobile."""
    address = phone.national(row.mobile) or row.email
    return "  ".join(part for part in (str(row.id), row.name, address, "(archived)" if row.archived else "") if part)


def _by_id(reads: ClientReads, client_id: int) -> ClientRow:
    try:
        return reads.client(client_id).row
    except NotFound:
        raise NotFound(f"There is no client with number {client_id}; see them with: guru clients list") from None


def _names(row: ClientRow) -> tuple[str, ...]:
    first, last = fold(row.first_name), fold(row.last_name)
    return (f"{first} {last}".strip(), f"{last} {first}".strip(), f"{last}, {first}")


def _near(reads: ClientReads, wanted: str) -> str:
    nearest = [match.name for match in reads.similar_clients(wanted)[:3]]
    return f" (did you mean {' or '.join(nearest)}?)" if nearest else ""
