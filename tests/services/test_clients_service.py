"""Adding, changing, archiving and finding clients, on a real store."""

from __future__ import annotations

from datetime import datetime

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.views.clients import ClientRow
from guru_tui.errors import Ambiguous, Invalid, NotAllowed, NotFound
from guru_tui.services.clients_lookup import resolve_client


def row(guru: Guru, client_id: int) -> ClientRow:
    return guru.reads.client(client_id).row


def stored(guru: Guru, client_id: int, column: str) -> object:
    return guru.connection.execute(f"SELECT {column} FROM client WHERE id = ?", (client_id,)).fetchone()[0]


def steps(guru: Guru) -> list[tuple[str, str, bool]]:
    return guru.connection.execute(
        "SELECT name, summary, undoable FROM action WHERE name LIKE '%client%' ORDER BY id"
    ).fetchall()


def test_adding_normalises_and_can_be_undone(guru: Guru) -> None:
    key = guru.clients.add(
        "  Zoë ", "van  der Merwe", "083 555 0177", "Zoe@EXAMPLE.com", birth_date="2/3/1985", sms_allowed=False
    )
    found = guru.reads.client(key)
    assert (found.row.first_name, found.row.last_name) == ("Zoë", "van der Merwe")
    assert (found.row.mobile, found.row.email) == ("+27835550177", "Zoe@example.com")
    assert (found.birth_date, found.sms_allowed, found.email_allowed) == ("1985-03-02", False, True)
    assert stored(guru, key, "sort_name") == "van der merwe zoe"
    assert stored(guru, key, "search") == " zoe van der merwe zoe "
    assert stored(guru, key, "created_at") == "2026-11-25T08:00:00Z"
    assert steps(guru) == [("add client", "Added Zoë van der Merwe", 1)]
    assert guru.undo.undo().summary == "Added Zoë van der Merwe"
    assert guru.reads.clients() == []


def test_the_mobile_is_read_by_the_practices_country(guru: Guru) -> None:
    guru.practice.set("country", "GB")
    assert row(guru, guru.clients.add("Ann", mobile="020 7946 0958")).mobile == "+442079460958"


def test_one_name_is_enough_and_none_is_not(guru: Guru) -> None:
    only_last = row(guru, guru.clients.add("", "Botha"))
    assert (only_last.first_name, only_last.last_name) == ("Botha", "")
    with pytest.raises(Invalid, match="needs a name"):
        guru.clients.add(" \u202e\x00 ", "")
    assert len(steps(guru)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mobile": "12"}, "not a phone number"),
        ({"email": "sarah@"}, "not an email address"),
        ({"birth_date": "2030-01-01"}, "lies in the future"),
        ({"bill_to_email": "x"}, "not an email address"),
        ({"archived_at": "x"}, "A client has no 'archived_at'"),
    ],
)
def test_a_value_that_does_not_fit_adds_nobody(guru: Guru, fields: dict[str, str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        guru.clients.add("Sarah", "Botha", **fields)  # type: ignore[arg-type]
    assert guru.reads.client_count() == 0
    assert steps(guru) == []


def test_the_same_client_twice_is_refused_by_name(guru: Guru) -> None:
    first = guru.clients.add("Sarah", "Botha", "0825550134", "sarah@example.com")
    for again in (
        {"first_name": "SARAH", "last_name": "Bothá", "mobile": "+27 82 555 0134"},
        {"first_name": "Sarah Botha", "email": "SARAH@example.com"},
        {"first_name": "Sarah", "last_name": "Botha"},
    ):
        with pytest.raises(NotAllowed, match=f"Sarah Botha is a client already \\(number {first}, 082 555 0134\\)"):
            guru.clients.add(**again)
    assert guru.reads.client_count() == 1
    second = guru.clients.add("Sarah", "Botha", "0825550134", force=True)
    assert second != first


def test_family_and_namesakes_are_other_people(guru: Guru) -> None:
    guru.clients.add("Sarah", "Botha", "0825550134", "family@example.com")
    guru.clients.add("Jan", "Botha", "0825550134", "family@example.com")
    guru.clients.add("Sarah", "Botha", "0835550177")
    assert guru.reads.client_count() == 3


def test_changing(guru: Guru) -> None:
    key = guru.clients.add("Sarah", "Botha", "0825550134", address="1 Main")
    guru.clients.update(key, last_name="Łaski-Botha", mobile="", email="s@example.com", address="2 Long\nCape Town")
    changed = guru.reads.client(key)
    assert (changed.row.name, changed.row.mobile, changed.row.email) == ("Sarah Łaski-Botha", "", "s@example.com")
    assert changed.address == "2 Long\nCape Town"
    assert [found.id for found in guru.reads.clients("laski")] == [key]
    assert steps(guru)[-1] == ("change client", "Changed Sarah Łaski-Botha", 1)
    guru.undo.undo()
    assert guru.reads.client(key).row.mobile == "+27825550134"
    with pytest.raises(Invalid, match="needs a name"):
        guru.clients.update(key, first_name="", last_name=" ")
    with pytest.raises(NotFound, match="no client with number 99"):
        guru.clients.update(99, first_name="x")


def test_a_change_that_changes_nothing_is_no_step(guru: Guru) -> None:
    key = guru.clients.add("Sarah", "Botha", "0825550134")
    before = steps(guru)
    guru.clients.update(key, mobile="082 555 0134")
    assert steps(guru) == before


def test_archiving_and_back(guru: Guru) -> None:
    key = guru.clients.add("Sarah", "Botha")
    guru.clients.archive(key)
    assert guru.reads.clients() == []
    assert [(one.id, one.archived) for one in guru.reads.clients(archived=True)] == [(key, True)]
    assert steps(guru)[-1] == ("archive client", "Archived Sarah Botha", 1)
    with pytest.raises(NotAllowed, match="archived already"):
        guru.clients.archive(key)
    guru.clients.unarchive(key)
    assert not row(guru, key).archived
    with pytest.raises(NotAllowed, match="is not archived"):
        guru.clients.unarchive(key)


def test_nobody_with_an_appointment_to_come_is_archived(guru: Guru) -> None:
    key = guru.clients.add("Sarah", "Botha")
    kind = guru.reads.types()[0]
    start = datetime.fromisoformat("2026-11-26T09:00")
    change = guru.booking.book(BookingRequest(key, start, 60, kind.id, None, kind.name, kind.fee_minor), notify=False)
    with pytest.raises(NotAllowed, match="still has 1 appointment to come"):
        guru.clients.archive(key)
    assert row(guru, key).next_start is not None
    guru.booking.cancel(change.appointment_id, notify=False)
    guru.clients.archive(key)
    assert row(guru, key).archived


def test_finding_the_client_that_a_word_means(guru: Guru) -> None:
    sarah = guru.clients.add("Sarah", "Botha", "0825550134", "sarah@example.com")
    longer = guru.clients.add("Sarah", "Bothamley")
    zoe = guru.clients.add("Zoë", "van der Merwe", "0835550177")
    gone = guru.clients.add("Thandi", "Nkosi")
    guru.clients.archive(gone)
    for words, key in (
        (str(zoe), zoe),
        ("zoe", zoe),
        ("MERWE", zoe),
        ("van der merwe, zoe", zoe),
        ("sarah botha", sarah),
        ("Botha, Sarah", sarah),
        ("botha sarah", sarah),
        ("bothaml", longer),
        ("082 555 0134", sarah),
        ("0835550177", zoe),
        ("sarah@example", sarah),
        ("thandi", gone),
        (str(gone), gone),
    ):
        assert resolve_client(guru, words).id == key, words


def test_words_that_mean_more_than_one_client_or_none(guru: Guru) -> None:
    first = guru.clients.add("Sarah", "Botha", "0825550134")
    second = guru.clients.add("Sarah", "Smit", email="s@example.com")
    with pytest.raises(Ambiguous, match="'sarah' fits more than one client") as asked:
        resolve_client(guru, "sarah")
    assert asked.value.choices == (f"{first}  Sarah Botha  082 555 0134", f"{second}  Sarah Smit  s@example.com")
    with pytest.raises(NotFound, match=r"'Sara Bohta' \(did you mean Sarah Botha"):
        resolve_client(guru, "Sara Bohta")
    with pytest.raises(NotFound, match="no client with number 77"):
        resolve_client(guru, "77")
    with pytest.raises(Invalid, match="Name the client"):
        resolve_client(guru, " ")
    for number in range(12):
        guru.clients.add("Sarah", f"Other{number:02}")
    with pytest.raises(Ambiguous) as asked:
        resolve_client(guru, "sarah")
    assert len(asked.value.choices) == 11
    assert asked.value.choices[-1] == "... and 4 more"
