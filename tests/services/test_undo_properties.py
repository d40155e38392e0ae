"""For every use case that changes the practice: undone it was never there, and redone it is there again, to the byte.

A new use case joins by a function in `DEEDS`; the machine finds it by itself and picks its arguments from what there
is. `test_every_use_case_is_among_them` names those of the services that nobody has put there.
"""

from __future__ import annotations

import contextlib
import inspect
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import Edit, SeriesPlan
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.waitlist import Wish
from guru_tui.errors import GuruError, NotFound
from guru_tui.services.booking import BookingService
from guru_tui.services.clients import ClientService
from guru_tui.services.opening import OpeningService
from guru_tui.services.practice import PracticeService
from guru_tui.services.series import SeriesService
from guru_tui.services.waitlist import WaitlistService
from guru_tui.settings import Settings
from guru_tui.store import schema
from tests.conftest import NOW, set_up

MONDAY = datetime(2026, 11, 30)
TEXTS = ("", "Bring scans", "Zoë 李 \u202e\nsecond line", "x" * 300, 'O\'Brien "quoted" \\ %')
# What the log keeps of itself, and what is never rewound.
NOT_ROWS = {"action", "change", "action_context", "outbox_message", "outbox_attempt", "sqlite_sequence"}


class Hand:
    """Picks arguments: ids of what there is, times, texts."""

    def __init__(self, guru: Guru, seed: int) -> None:
        self.guru = guru
        self.random = Random(seed)

    def some(self, table: str) -> int:
        """The id of a row, or of none where the table is empty."""
        ids = [row[0] for row in self.guru.connection.execute(f"SELECT id FROM {table} ORDER BY id")]
        return self.random.choice(ids) if ids else 999

    def text(self) -> str:
        """A text that a person might type."""
        return self.random.choice(TEXTS)

    def time(self) -> datetime:
        """A wall time in the week to come, or a little before now."""
        return MONDAY + timedelta(days=self.random.randrange(-6, 7), minutes=15 * self.random.randrange(24, 72))

    def flag(self) -> bool:
        """Yes or no."""
        return self.random.random() < 0.5

    def one_of(self, *values: Any) -> Any:
        """One of the values."""
        return self.random.choice(values)

    def minutes(self) -> int:
        """How long something lasts."""
        return self.random.choice((15, 45, 60, 90))


def _book(guru: Guru, hand: Hand) -> object:
    request = BookingRequest(
        hand.some("client"), hand.time(), hand.minutes(), hand.one_of(None, hand.some("appointment_type")), 1, "Intro",
        hand.one_of(0, 45000), hand.text(),
    )  # fmt: skip
    return guru.booking.book(request, force=hand.flag(), notify=hand.flag())


def _block(guru: Guru, hand: Hand) -> object:
    start = hand.time()
    return guru.booking.block(start, start + timedelta(minutes=hand.minutes()), hand.text()[:40], force=hand.flag())


def _move(guru: Guru, hand: Hand) -> object:
    minutes = hand.one_of(None, hand.minutes())
    return guru.booking.move(
        hand.some("appointment"), hand.time(), minutes=minutes, force=hand.flag(), notify=hand.flag()
    )


def _status(guru: Guru, hand: Hand) -> object:
    word = hand.one_of("booked", "confirmed", "attended", "no-show", "late-cancelled")
    charge = hand.one_of(None, 0, 20000) if word in ("no-show", "late-cancelled") else None
    return guru.booking.set_status(hand.some("appointment"), word, charge_minor=charge)


def _cancel(guru: Guru, hand: Hand) -> object:
    late = hand.flag()
    charge = hand.one_of(None, 0, 12345) if late else None
    return guru.booking.cancel(
        hand.some("appointment"), reason=hand.text()[:40], notify=hand.flag(), late=late, charge_minor=charge
    )


def _wish(hand: Hand) -> Wish:
    days = tuple(sorted(hand.random.sample(range(7), hand.random.randrange(4))))
    return Wish(hand.minutes(), days, first_on=hand.one_of(None, hand.time().date()))


def _offer(guru: Guru, hand: Hand) -> object:
    return guru.waitlist.offer(hand.some("waitlist_entry"), hand.time())


def _close(guru: Guru, hand: Hand) -> object:
    first = hand.time().date()
    last = first + timedelta(days=hand.random.randrange(9))
    return guru.opening.close(first, last, hand.text()[:40], location_id=hand.one_of(None, 1))


def _open(guru: Guru, hand: Hand) -> object:
    first = hand.time().date()
    return guru.opening.open(first, first + timedelta(days=1), location_id=hand.one_of(None, 1))


def _types(guru: Guru, hand: Hand) -> object:
    return guru.practice.add_type(f"Type {hand.random.random()}", hand.minutes(), 100, location_id=hand.one_of(None, 1))


def _edit_type(guru: Guru, hand: Hand) -> object:
    changes = {"minutes": hand.minutes(), "fee_minor": hand.one_of(0, 777), "active": hand.flag()}
    return guru.practice.edit_type(hand.some("appointment_type"), changes)


def _hours(guru: Guru, hand: Hand) -> object:
    days = hand.random.sample(range(7), 3)
    return guru.practice.set_hours([Interval(day, 480, 480 + hand.minutes()) for day in days])


def _setting(guru: Guru, hand: Hand) -> object:
    return guru.practice.set_many(
        hand.one_of(
            {"profession": hand.text()[:20]},
            {"hold_minutes": "7", "quiet_from": "21:00"},
            {"no_show_fee": hand.one_of("50%", "200", "none"), "cancellation_notice_hours": "48"},
        )
    )


def _update(guru: Guru, hand: Hand) -> object:
    fields = hand.one_of({"address": hand.text()}, {"first_name": "Zoë", "sms_allowed": hand.flag()}, {"email": ""})
    return guru.clients.update(hand.some("client"), **fields)


def _repeat(hand: Hand) -> Repeat:
    return Repeat(hand.one_of("day", "week", "month"), hand.one_of(1, 2), count=hand.random.randrange(2, 6))


def _decided(plan: SeriesPlan, hand: Hand) -> dict[datetime, str]:
    """Something for whatever is in the way, and now and then one that is free is left out."""
    words = {one.start: hand.one_of("skip", "keep", "shift" if one.shifted else "keep") for one in plan.troubled}
    return words | {one.start: "skip" for one in plan.occurrences if hand.random.random() < 0.1}


def _series(guru: Guru, hand: Hand) -> object:
    request = BookingRequest(hand.some("client"), hand.time(), hand.minutes(), None, 1, "Intro", 45000, hand.text())
    repeat = _repeat(hand)
    decisions = _decided(guru.series.plan(request, repeat), hand)
    return guru.series.book(request, repeat, decisions, notify=hand.flag())


def _series_block(guru: Guru, hand: Hand) -> object:
    start, repeat = hand.time(), _repeat(hand)
    end = start + timedelta(minutes=hand.minutes())
    decisions = _decided(guru.series.plan_block(start, end, repeat), hand)
    return guru.series.block(start, end, hand.text()[:40], repeat, decisions)


def _series_edit(guru: Guru, hand: Hand) -> object:
    key, scope = hand.some("appointment"), hand.one_of("this", "later", "all")
    edit = Edit(hand.time(), hand.one_of(None, hand.minutes()), hand.one_of(None, 777))
    decisions = _decided(guru.series.plan_edit(key, scope, edit), hand)
    return guru.series.edit(key, scope, edit, decisions, notify=hand.flag())


def _pattern(guru: Guru, hand: Hand) -> object:
    key, repeat = hand.some("appointment"), _repeat(hand)
    start, minutes = hand.one_of(None, hand.time()), hand.one_of(None, hand.minutes())
    decisions = _decided(guru.series.plan_pattern(key, repeat, start, minutes), hand)
    return guru.series.change_pattern(key, repeat, decisions, start=start, minutes=minutes, notify=hand.flag())


Deed = Callable[[Guru, Hand], object]
DEEDS: dict[str, Deed] = {
    "BookingService.book": _book,
    "BookingService.block": _block,
    "BookingService.unblock": lambda guru, hand: guru.booking.unblock(hand.some("blocked_time")),
    "BookingService.move": _move,
    "BookingService.cancel": _cancel,
    "BookingService.set_status": _status,
    "BookingService.set_note": lambda guru, hand: guru.booking.set_note(hand.some("appointment"), hand.text()),
    "PracticeService.set_many": _setting,
    "PracticeService.set": lambda guru, hand: guru.practice.set("address", hand.text()),
    "PracticeService.add_location": lambda guru, hand: guru.practice.add_location(
        f"Place {hand.random.random()}", address=hand.text()
    ),
    "PracticeService.edit_location": lambda guru, hand: guru.practice.edit_location(
        hand.some("location"), {"address": hand.text(), "instructions": hand.text()}
    ),
    "PracticeService.add_type": _types,
    "PracticeService.edit_type": _edit_type,
    "PracticeService.set_hours": _hours,
    "ClientService.add": lambda guru, hand: guru.clients.add("Client", str(hand.random.random()), address=hand.text()),
    "ClientService.update": _update,
    "ClientService.archive": lambda guru, hand: guru.clients.archive(hand.some("client")),
    "ClientService.unarchive": lambda guru, hand: guru.clients.unarchive(hand.some("client")),
    "WaitlistService.add": lambda guru, hand: guru.waitlist.add(hand.some("client"), _wish(hand), hand.text()),
    "WaitlistService.change": lambda guru, hand: guru.waitlist.change(hand.some("waitlist_entry"), _wish(hand)),
    "WaitlistService.remove": lambda guru, hand: guru.waitlist.remove(hand.some("waitlist_entry")),
    "WaitlistService.offer": _offer,
    "WaitlistService.book": lambda guru, hand: guru.waitlist.book(
        hand.some("waitlist_entry"), hand.time(), force=hand.flag(), notify=hand.flag()
    ),
    "OpeningService.close": _close,
    "OpeningService.open": _open,
    "OpeningService.reopen": lambda guru, hand: guru.opening.reopen(hand.some("closed_day")),
    "OpeningService.set_travel": lambda guru, hand: guru.opening.set_travel(
        hand.some("location"), hand.some("location"), hand.one_of(0, 10, 20)
    ),
    "SeriesService.book": _series,
    "SeriesService.block": _series_block,
    "SeriesService.edit": _series_edit,
    "SeriesService.change_pattern": _pattern,
    "SeriesService.cancel": lambda guru, hand: guru.series.cancel(
        hand.some("appointment"), hand.one_of("this", "later", "all"), reason=hand.text()[:40], notify=hand.flag()
    ),
    "SeriesService.unblock": lambda guru, hand: guru.series.unblock(
        hand.some("blocked_time"), hand.one_of("this", "later", "all")
    ),
}
SERVICES = (BookingService, PracticeService, ClientService, WaitlistService, OpeningService, SeriesService)


def dump(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the log's and the outbox's, in an order of its own."""
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        table: sorted(connection.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)
        for table in tables
        if table not in NOT_ROWS and not table.startswith("sqlite_")
    }


def alive(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """The messages that may still leave: what, about which start, on which channel."""
    return sorted(
        connection.execute(
            """SELECT kind, channel, recipient, appointment_id, starts_at, resend_sequence FROM outbox_message
               WHERE state IN ('held', 'queued')"""
        ).fetchall(),
        key=repr,
    )


class Practice(RuleBasedStateMachine):
    """Does one use case after the other; after each it undoes and redoes, and at times goes back a long way."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.home = Path(mkdtemp(prefix="undo-")) / "home"
        shutil.copytree(self.template, self.home)
        environment = {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}
        self.guru = Guru(Settings(self.home, environment), FixedClock(NOW), origin="test")

    def teardown(self) -> None:
        if hasattr(self, "guru"):
            self.guru.close()
            shutil.rmtree(self.home.parent)

    @rule(name=st.sampled_from(sorted(DEEDS)), seed=st.integers(0, 10_000))
    def do_and_undo_and_redo(self, name: str, seed: int) -> None:
        guru, connection = self.guru, self.guru.connection
        before, unsent, steps = dump(connection), alive(connection), self._steps()
        try:
            DEEDS[name](guru, Hand(guru, seed))
        except GuruError:
            assert dump(connection) == before, f"{name} was refused and changed something"
            return
        after, then_unsent = dump(connection), alive(connection)
        if self._steps() == steps:
            assert after == before
            return
        guru.undo.undo()
        assert dump(connection) == before, f"{name} is not undone"
        assert alive(connection) == unsent, f"{name} leaves messages behind"
        guru.undo.redo()
        assert dump(connection) == after, f"{name} is not redone"
        assert alive(connection) == then_unsent, f"{name} has other messages when it is redone"

    @rule(steps=st.integers(2, 6))
    def go_back_and_forth(self, steps: int) -> None:
        states = [dump(self.guru.connection)]
        for _ in range(steps):
            try:
                self.guru.undo.undo()
            except NotFound:
                break
            states.append(dump(self.guru.connection))
        while len(states) > 1:
            states.pop()
            self.guru.undo.redo()
            assert dump(self.guru.connection) == states[-1]
        with contextlib.suppress(NotFound):
            self.guru.undo.redo()
            raise AssertionError("more was redone than was undone")

    @rule(pick=st.integers(0, 8))
    def undo_an_older_step(self, pick: int) -> None:
        """It is taken back alone, or refused and nothing has changed; redone all is as before."""
        before = dump(self.guru.connection)
        steps = [row.id for row in self.guru.reads.actions(limit=30) if row.undoes is None and not row.undone]
        if pick >= len(steps):
            return
        try:
            self.guru.undo.undo_step(steps[pick])
        except GuruError:
            assert dump(self.guru.connection) == before
            return
        self.guru.undo.redo()
        assert dump(self.guru.connection) == before

    def _steps(self) -> int:
        return int(self.guru.connection.execute("SELECT count(*) FROM action").fetchone()[0])


@pytest.fixture
def template(tmp_path: Path) -> Iterator[Path]:
    """A practice with two clients and three visits, to be copied for each run of the machine."""
    home = tmp_path / "template"
    opened = Guru(Settings(home, {}), FixedClock(NOW), origin="test")
    schema.create(opened.settings.database)
    set_up(opened)
    for first in ("Sarah", "Thandi"):
        key = opened.clients.add(first, "Botha", "082 555 0101", f"{first.lower()}@example.com")
        for hour in (9, 11):
            start = MONDAY + timedelta(days=key, hours=hour)
            opened.booking.book(BookingRequest(key, start, 60, 1, 1, "Follow-up", 45000), notify=False)
    opened.booking.block(MONDAY + timedelta(hours=12), MONDAY + timedelta(hours=13), "Lunch")
    # The set-up is no step of the machine's.
    opened.connection.execute("UPDATE action SET undoable = 0")
    opened.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    yield home


def test_undone_and_redone_every_use_case_leaves_the_same_rows(template: Path) -> None:
    class Machine(Practice):
        pass

    Machine.template = template
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_every_use_case_is_among_them() -> None:
    found = {
        f"{service.__name__}.{name}"
        for service in SERVICES
        for name, method in inspect.getmembers(service, inspect.isfunction)
        if not name.startswith("_") and "action(" in inspect.getsource(method)
    }
    assert found - set(DEEDS) == set()
