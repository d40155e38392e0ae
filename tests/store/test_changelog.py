"""The change log under every write, and undo over it."""

from __future__ import annotations

import json
import sqlite3

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.errors import MovedOn, NotFound
from guru_tui.store.models import Client, Location


def _add(guru: Guru, first: str) -> int:
    with guru.unit_of_work.action("add client", summary=f"Added {first}") as work:
        row = Client(first_name=first, created_at="2026-11-25T08:00:00Z")
        work.session.add(row)
        work.session.flush()
        assert row.id is not None
        return row.id


def test_images_before_and_after(guru: Guru) -> None:
    key = _add(guru, "Sarah")
    with guru.unit_of_work.action("rename") as work:
        row = work.session.get(Client, key)
        assert row is not None
        row.first_name = "Sara"
    changes = guru.connection.execute(
        "SELECT before, after FROM change WHERE table_name = 'client' ORDER BY id"
    ).fetchall()
    assert changes[0][0] is None
    assert json.loads(changes[0][1])["first_name"] == "Sarah"
    assert json.loads(changes[1][0])["first_name"] == "Sarah"
    assert json.loads(changes[1][1])["first_name"] == "Sara"


def test_a_write_outside_an_action_is_refused(guru: Guru) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="outside a named action"):
        guru.connection.execute("UPDATE setting SET value = 'x' WHERE key = 'profession'")
    assert guru.reads.practice()["profession"] == "Physiotherapist"


def test_a_failing_use_case_leaves_nothing(guru: Guru) -> None:
    before = guru.connection.execute("SELECT count(*) FROM action").fetchone()
    with pytest.raises(ZeroDivisionError), guru.unit_of_work.action("doomed") as work:
        work.session.add(Location(name="Nowhere"))
        work.session.flush()
        raise ZeroDivisionError
    assert guru.connection.execute("SELECT count(*) FROM action").fetchone() == before
    assert [row.name for row in guru.reads.locations()] == ["Sea Point"]
    assert guru.connection.execute("SELECT count(*) FROM action_context").fetchone()[0] == 0


def test_an_action_that_changes_nothing_leaves_no_trace(guru: Guru) -> None:
    newest = guru.reads.actions(limit=1)
    with guru.unit_of_work.action("idle"):
        pass
    assert guru.reads.actions(limit=1) == newest


def test_what_the_work_shows_to_be_final_is_not_undone(guru: Guru) -> None:
    key = _add(guru, "Sarah")
    with guru.unit_of_work.action("final") as work:
        row = work.session.get(Client, key)
        assert row is not None
        row.address = "12 Main Road"
        work.undoable = False
    with pytest.raises(MovedOn):  # the newest that can be undone is the one before
        guru.undo.undo()


def test_undo_puts_rows_back_newest_first(guru: Guru) -> None:
    key = _add(guru, "Sarah")
    with guru.unit_of_work.action("rename", summary="Renamed") as work:
        row = work.session.get(Client, key)
        assert row is not None
        row.first_name, row.mobile = "Sara", "+27825550101"

    def stored() -> list[tuple[str, str]]:
        return guru.connection.execute("SELECT first_name, mobile FROM client").fetchall()

    assert guru.undo.undo().summary == "Renamed"
    assert stored() == [("Sarah", "")]
    assert guru.undo.undo().summary == "Added Sarah"
    assert stored() == []


def test_undo_of_a_deletion_brings_the_row_back_with_its_id(guru: Guru) -> None:
    place = guru.practice.add_location("Claremont")
    with guru.unit_of_work.action("remove", summary="Removed") as work:
        row = work.session.get(Location, place)
        assert row is not None
        work.session.delete(row)
    guru.undo.undo()
    assert {row.id: row.name for row in guru.reads.locations()}[place] == "Claremont"


def test_undo_is_refused_when_the_row_has_moved_on(guru: Guru) -> None:
    key = _add(guru, "Sarah")
    with guru.unit_of_work.action("elsewhere", undoable=False) as work:
        row = work.session.get(Client, key)
        assert row is not None
        row.first_name = "Sally"
    with pytest.raises(MovedOn, match="changed again"):
        guru.undo.undo()
    assert guru.connection.execute("SELECT first_name FROM client").fetchall() == [("Sally",)]
    assert guru.connection.execute("SELECT count(*) FROM action_context").fetchone()[0] == 0


def test_nothing_to_undo_says_so(guru: Guru) -> None:
    with pytest.raises(NotFound, match="nothing to undo"):
        while True:
            guru.undo.undo()


def test_ids_are_never_used_twice(guru: Guru) -> None:
    first = _add(guru, "Sarah")
    guru.undo.undo()
    assert _add(guru, "Thandi") > first
