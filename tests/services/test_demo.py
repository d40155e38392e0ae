"""The sample practice: whole, sound, the same each time, lively whatever the hour, and unable to reach anybody."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain import recurrence
from guru_tui.domain.billing import bill_to_of, letterhead_of
from guru_tui.domain.client_fields import search_text, sort_text
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.practice import Practice, check_email
from guru_tui.domain.reminders import reminder_moment
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.services import demo
from guru_tui.settings import Settings
from guru_tui.store.connection import connect

HOME = ZoneInfo("Africa/Johannesburg")
NOW = datetime(2026, 11, 25, 12, 32, tzinfo=UTC)


def made(folder: Path, at: datetime, **options: int) -> sqlite3.Connection:
    """A sample practice made at `at`, opened."""
    demo.build(folder, FixedClock(at), **options)  # type: ignore[arg-type]
    return connect(folder / "practice.db")


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The default sample practice on a Wednesday, 14:32 in Cape Town; read only."""
    with closing(made(tmp_path_factory.mktemp("demo") / "home", NOW)) as connection:
        yield connection


def one(connection: sqlite3.Connection, query: str, *values: object) -> int:
    """The first column of the first row."""
    return int(connection.execute(query, values).fetchone()[0])


def dump(connection: sqlite3.Connection) -> list[str]:
    """Everything in the store, as SQL."""
    return list(connection.iterdump())


def test_the_store_is_sound(practice: sqlite3.Connection) -> None:
    assert practice.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert practice.execute("PRAGMA foreign_key_check").fetchall() == []
    assert one(practice, "SELECT count(*) FROM action_context") == 0


def test_all_of_it_is_logged_and_only_the_last_booking_can_be_undone(practice: sqlite3.Connection) -> None:
    actions = practice.execute("SELECT name, undoable FROM action ORDER BY id").fetchall()
    assert actions == [("sample practice", 0), ("book", 1)]
    logged = ("setting", "location", "operating_interval", "appointment_type", "client", "medical_record")
    logged += ("appointment", "blocked_time", "invoice", "line_item", "payment", "payment_allocation")
    logged += ("message_template", "series", "waitlist_entry", "closed_day", "travel_time")
    rows = sum(one(practice, f"SELECT count(*) FROM {table}") for table in logged)
    assert one(practice, "SELECT count(*) FROM change WHERE before IS NULL") == rows


def test_undo_takes_the_last_booking_and_its_held_message_back(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    demo.build(tmp_path / "home", clock, days=60, clients=80)
    guru = Guru(Settings(tmp_path / "home"), clock, origin="test")
    before = one(guru.connection, "SELECT count(*) FROM appointment")
    undone = guru.undo.undo()
    assert undone.summary == "Booked Yusuf Pillay Wed 2 Dec 15:00"
    assert (undone.withdrawn, undone.already_sent) == (1, ())
    assert one(guru.connection, "SELECT count(*) FROM appointment") == before - 1
    with pytest.raises(NotFound):
        guru.undo.undo()
    guru.close()


def test_it_is_a_year_of_a_full_practice(practice: sqlite3.Connection) -> None:
    assert one(practice, "SELECT count(*) FROM client") == 320
    assert 2200 < one(practice, "SELECT count(*) FROM appointment") < 3200
    days = practice.execute(
        "SELECT count(*) FROM appointment WHERE strftime('%w', starts_local) BETWEEN '1' AND '5' "
        "AND starts_local < '2026-11-25' GROUP BY date(starts_local)"
    ).fetchall()
    assert {8, 9, 10} >= {count for (count,) in days}
    assert one(practice, "SELECT count(DISTINCT status) FROM appointment") == 6
    future = practice.execute("SELECT min(starts_local), max(starts_local) FROM appointment").fetchone()
    assert future[0] < "2025-12-01"
    assert future[1] > "2027-01-20"
    assert 1 <= one(practice, "SELECT count(*) FROM client WHERE archived_at <> ''") < 32
    assert one(practice, "SELECT count(*) FROM client WHERE mobile = ''") > 5
    assert one(practice, "SELECT count(*) FROM client WHERE bill_to_name <> ''") > 5


def test_some_are_written_to_in_afrikaans_and_one_text_is_the_practices_own(practice: sqlite3.Connection) -> None:
    assert 10 < one(practice, "SELECT count(*) FROM client WHERE language = 'af'") < 60
    assert not one(practice, "SELECT count(*) FROM client WHERE language NOT IN ('', 'af')")
    written = practice.execute(
        "SELECT c.language, m.body FROM outbox_message m JOIN client c ON c.id = m.client_id WHERE m.kind = 'reminder'"
    ).fetchall()
    assert {language for language, _ in written} == {"", "af"}
    assert all(("herinnering" in body) == (language == "af") for language, body in written)
    assert one(practice, "SELECT count(*) FROM message_template") == 1


def test_nobody_is_double_booked(practice: sqlite3.Connection) -> None:
    assert not one(
        practice,
        """SELECT count(*) FROM appointment a JOIN appointment b
           ON a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at""",
    )
    assert not one(
        practice,
        "SELECT count(*) FROM appointment a JOIN blocked_time b ON a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
    )


def test_archived_clients_have_nothing_ahead_and_owe_nothing_unseen(practice: sqlite3.Connection) -> None:
    assert not one(
        practice,
        "SELECT count(*) FROM appointment a JOIN client c ON c.id = a.client_id WHERE a.starts_at > c.archived_at "
        "AND c.archived_at <> ''",
    )


def test_invoices_add_up_to_their_lines(practice: sqlite3.Connection) -> None:
    assert not one(
        practice,
        """SELECT count(*) FROM invoice i WHERE i.total_minor <>
           (SELECT COALESCE(SUM(l.total_minor), 0) FROM line_item l WHERE l.invoice_id = i.id)
           OR i.subtotal_minor + i.tax_minor <> i.total_minor OR i.total_minor = 0""",
    )
    assert not one(
        practice,
        """SELECT count(*) FROM line_item l JOIN appointment a ON a.id = l.appointment_id
           WHERE a.invoice_id IS NOT l.invoice_id OR a.fee_minor <> l.total_minor OR a.status <> 'attended'
              OR l.service_at <> a.starts_local""",
    )
    assert one(practice, "SELECT count(*) FROM appointment WHERE invoice_id IS NOT NULL") == one(
        practice, "SELECT count(*) FROM line_item"
    )


def test_invoice_numbers_are_gapless_and_in_the_order_of_issue(practice: sqlite3.Connection) -> None:
    rows = practice.execute(
        "SELECT sequence, number, issued_at, issued_on FROM invoice WHERE sequence IS NOT NULL ORDER BY sequence"
    ).fetchall()
    assert [row[0] for row in rows] == list(range(1001, 1001 + len(rows)))
    assert [row[1] for row in rows] == [str(row[0]) for row in rows]
    assert [row[2] for row in rows] == sorted(row[2] for row in rows)
    assert rows[-1][3] == "2026-11-25"
    assert rows[-1][2] <= "2026-11-25T12:32:00Z"
    following = practice.execute("SELECT value FROM setting WHERE key = 'invoice_next_number'").fetchone()[0]
    assert int(following) == rows[-1][0] + 1


def test_the_frozen_parts_are_those_of_invoicing(practice: sqlite3.Connection) -> None:
    settings = Practice.of(dict(practice.execute("SELECT key, value FROM setting").fetchall()))
    letterheads = practice.execute("SELECT DISTINCT letterhead FROM invoice WHERE status <> 'draft'").fetchall()
    assert [json.loads(text) for (text,) in letterheads] == [letterhead_of(settings)]
    keys = set(bill_to_of("A", "", ""))
    rows = practice.execute(
        "SELECT i.bill_to, trim(c.first_name || ' ' || c.last_name), c.bill_to_name FROM invoice i "
        "JOIN client c ON c.id = i.client_id WHERE i.status <> 'draft'"
    ).fetchall()
    for text, client, payer in rows:
        frozen = json.loads(text)
        assert set(frozen) == keys
        assert frozen["name"] == (payer or client)


def test_statuses_agree_with_the_payments(practice: sqlite3.Connection) -> None:
    paid = dict(practice.execute("SELECT invoice_id, SUM(amount_minor) FROM payment_allocation GROUP BY 1").fetchall())
    partly = 0
    for key, status, total in practice.execute("SELECT id, status, total_minor FROM invoice").fetchall():
        assert (status == "paid") == (paid.get(key, 0) == total)
        assert paid.get(key, 0) <= total
        partly += 0 < paid.get(key, 0) < total
    assert partly == 1
    assert one(practice, "SELECT count(*) FROM invoice WHERE status = 'draft'") == 3
    assert 4 <= one(practice, "SELECT count(*) FROM invoice WHERE status = 'sent' AND due_on < '2026-11-25'") <= 20
    assert {method for (method,) in practice.execute("SELECT DISTINCT method FROM payment")} >= {"EFT", "card", "cash"}
    assert not one(practice, "SELECT count(*) FROM payment WHERE received_on > '2026-11-25'")


def test_the_outbox_shows_every_fate(practice: sqlite3.Connection) -> None:
    states = dict(practice.execute("SELECT state, count(*) FROM outbox_message GROUP BY state").fetchall())
    assert (states["failed"], states["unknown"], states["missed"], states["held"]) == (1, 1, 1, 2)
    assert states["sent"] > 10
    assert {kind for (kind,) in practice.execute("SELECT kind FROM outbox_message WHERE state = 'held'")} == {
        "confirmation",
        "invoice",
    }
    assert not one(
        practice, "SELECT count(*) FROM outbox_message WHERE body = '' OR body LIKE '%{{%' OR body LIKE '%[[%'"
    )
    assert not one(practice, "SELECT count(*) FROM outbox_message WHERE (channel = 'email') = (subject = '')")
    assert not one(
        practice, "SELECT count(*) FROM outbox_message WHERE state IN ('failed', 'unknown', 'missed') AND reason = ''"
    )
    held = practice.execute("SELECT not_before FROM outbox_message WHERE state = 'held'").fetchall()
    assert all("2026-11-25T12:32:00Z" < at <= "2026-11-25T12:35:00Z" for (at,) in held)
    assert one(practice, "SELECT count(*) FROM sender_run") == 1


def test_reminders_stand_at_the_hour_that_the_rule_gives(practice: sqlite3.Connection) -> None:
    settings = Practice.of({})
    rows = practice.execute(
        "SELECT o.not_before, a.starts_local, a.zone, o.starts_at, a.starts_at FROM outbox_message o "
        "JOIN appointment a ON a.id = o.appointment_id WHERE o.kind = 'reminder'"
    ).fetchall()
    assert len(rows) > 30
    for due, wall, zone, kept, starts in rows:
        moment = reminder_moment(
            datetime.fromisoformat(wall),
            zone,
            lead_days=settings.reminder_lead_days,
            at=settings.reminder_time,
            quiet_from=settings.quiet_from,
            quiet_to=settings.quiet_to,
        )
        assert datetime.fromisoformat(due) == moment
        assert kept == starts


@pytest.mark.parametrize(("hour", "left"), [(7, False), (9, True)])
def test_tomorrows_reminders_have_left_once_their_hour_has_come(tmp_path: Path, hour: int, left: bool) -> None:
    at = datetime(2026, 11, 25, hour, 0, tzinfo=UTC)  # two hours later in Cape Town; reminders leave at 10:00
    with closing(made(tmp_path / "home", at, days=60)) as connection:
        sent = one(
            connection,
            "SELECT count(*) FROM outbox_message o JOIN appointment a ON a.id = o.appointment_id "
            "WHERE o.kind = 'reminder' AND a.starts_local LIKE '2026-11-26%'",
        )
    assert (sent > 0) == left


def test_no_client_can_be_reached(practice: sqlite3.Connection) -> None:
    numbers = [row[0] for row in practice.execute("SELECT mobile FROM client WHERE mobile <> ''")]
    numbers += [
        row[0]
        for row in practice.execute("SELECT recipient FROM outbox_message WHERE channel = 'sms' AND recipient <> ''")
    ]
    assert all(re.fullmatch(r"\+27(61|72|82|83)555\d{4}", number) for number in numbers)
    assert len(set(numbers[:300])) > 250
    addresses = [
        address
        for query in (
            "SELECT email FROM client",
            "SELECT bill_to_email FROM client",
            "SELECT recipient FROM outbox_message WHERE channel = 'email'",
            "SELECT value FROM setting WHERE key = 'email'",
        )
        for (address,) in practice.execute(query)
        if address
    ]
    assert len(addresses) > 250
    for address in addresses:
        assert check_email(address) == address
        assert address.endswith((".example", "@example.com"))


def test_names_are_searched_and_sorted_as_elsewhere(practice: sqlite3.Connection) -> None:
    rows = practice.execute("SELECT first_name, last_name, sort_name, search FROM client").fetchall()
    assert all((sort_text(first, last), search_text(first, last)) == (order, text) for first, last, order, text in rows)
    names = {f"{first} {last}".strip() for first, last, _, _ in rows}
    assert {"Zoë van der Merwe", "Łucja Wiśniewska", "王小明", "Siobhán O'Brien", "דוד לוי"} <= names
    assert any(len(name) > 70 for name in names)


def test_it_is_the_same_for_a_seed_and_a_moment(tmp_path: Path) -> None:
    dumps = []
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        with closing(made(tmp_path / name, NOW, days=60, clients=60, seed=seed)) as connection:
            dumps.append(dump(connection))
    assert dumps[0] == dumps[1]
    assert dumps[0] != dumps[2]


CLOCKS = [
    *(datetime(2026, 11, 23 + day, hour, 32, tzinfo=HOME) for day in range(7) for hour in (11, 14)),
    datetime(2026, 11, 25, 3, 0, tzinfo=HOME),
    datetime(2026, 11, 25, 8, 5, tzinfo=HOME),
    datetime(2026, 11, 25, 10, 40, tzinfo=HOME),
    datetime(2026, 11, 25, 12, 45, tzinfo=HOME),
    datetime(2026, 11, 25, 22, 30, tzinfo=HOME),
    datetime(2026, 12, 25, 9, 15, tzinfo=HOME),
    datetime(2027, 1, 1, 0, 1, tzinfo=HOME),
    datetime(2028, 2, 29, 16, 59, tzinfo=HOME),
]


@pytest.mark.parametrize("now", CLOCKS, ids=[f"{clock:%a-%d-%b-%H%M}" for clock in CLOCKS])
def test_today_is_lively(tmp_path: Path, now: datetime) -> None:
    with closing(made(tmp_path / "home", now, days=70, clients=80)) as connection:
        page = connection.execute(
            "SELECT a.starts_local, a.minutes, a.status, c.mobile, c.id "
            "FROM appointment a JOIN client c ON c.id = a.client_id WHERE a.starts_local LIKE ? ORDER BY 1",
            (f"{now:%Y-%m-%d}%",),
        ).fetchall()
        blocks = connection.execute(
            "SELECT starts_local, minutes FROM blocked_time WHERE starts_local LIKE ?", (f"{now:%Y-%m-%d}%",)
        ).fetchall()
        owing = {
            client
            for (client,) in connection.execute(
                "SELECT client_id FROM invoice WHERE status = 'sent' AND due_on < ?", (f"{now:%Y-%m-%d}",)
            )
        }
        tomorrow = one(
            connection,
            "SELECT count(*) FROM appointment a JOIN client c ON c.id = a.client_id WHERE a.starts_local LIKE ? "
            "AND a.status IN ('booked', 'confirmed') AND (c.mobile <> '' OR c.email <> '')",
            f"{now + timedelta(days=1):%Y-%m-%d}%",
        )
        uninvoiced = one(
            connection, "SELECT count(*) FROM appointment WHERE status = 'attended' AND invoice_id IS NULL"
        )
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert (
            one(connection, "SELECT count(*) FROM outbox_message WHERE state IN ('failed', 'unknown', 'missed')") == 3
        )
        assert one(connection, "SELECT count(*) FROM outbox_message WHERE state = 'held'") == 2
        assert one(connection, "SELECT count(*) FROM invoice WHERE status = 'draft'") >= 1
    wall = now.replace(tzinfo=None)
    spans = [
        (datetime.fromisoformat(text), datetime.fromisoformat(text) + timedelta(minutes=length), status)
        for text, length, status, _, _ in page
    ]
    assert 8 <= len(page) <= 10
    assert [text[11:] for text, _ in blocks] == ["12:30"]
    pauses = [after[0] - before[1] for before, after in pairwise(spans)]
    assert len([pause for pause in pauses if pause >= timedelta(hours=1)]) == 2  # lunch and the gap
    assert any(not mobile for _, _, _, mobile, _ in page)
    assert any(client in owing for *_, client in page)
    over = [status for _, end, status in spans if end <= wall]
    assert set(over) <= {"attended", "no-show"}
    assert over.count("no-show") == (1 if over else 0)
    coming = [status for start, _, status in spans if start > wall]
    assert coming[:1] in ([], ["confirmed"])
    assert set(coming[1:]) <= {"booked"}
    in_hours = (
        wall.hour in range(8, 17)
        and not (wall.hour == 12 and wall.minute >= 30)
        and not (13, 0) <= (wall.hour, wall.minute) < (13, 30)
    )
    assert len([1 for start, end, _ in spans if start <= wall < end]) == (1 if in_hours else 0)
    assert tomorrow >= 2
    assert uninvoiced >= 1


def places_of(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Rule and occurrence of every appointment that came by a rule: rule, what the rule gives, where it is."""
    return connection.execute(
        "SELECT s.rule, a.series_start, a.starts_local FROM appointment a JOIN series s ON s.id = a.series_id "
        "ORDER BY s.id, a.series_start"
    ).fetchall()


def test_some_come_by_a_rule_and_one_occurrence_is_moved(practice: sqlite3.Connection) -> None:
    rules = [rule for (rule,) in practice.execute("SELECT rule FROM series WHERE kind = 'appointment' ORDER BY id")]
    assert rules[0] == "FREQ=WEEKLY;BYDAY=WE;COUNT=10"
    assert "FREQ=WEEKLY;BYDAY=MO;COUNT=16" in rules
    assert "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=10" in rules
    places = places_of(practice)
    for rule, due, _ in places:
        begin = practice.execute("SELECT starts_local FROM series WHERE rule = ?", (rule,)).fetchone()[0]
        assert datetime.fromisoformat(due) in recurrence.starts(
            recurrence.parse_rule(rule), datetime.fromisoformat(begin)
        )
    moved = [(due, at) for _, due, at in places if due != at and at > "2026-11-25"]
    assert moved == [
        ("2026-12-16T14:00", "2026-12-15T14:00"),  # the 16th is a public holiday
        ("2026-11-30T14:00", "2026-11-30T15:30"),
    ]
    today = practice.execute(
        "SELECT c.last_name FROM appointment a JOIN client c ON c.id = a.client_id "
        "WHERE a.series_id IS NOT NULL AND a.starts_local LIKE '2026-11-25%'"
    ).fetchall()
    assert today == [("Mokoena",)]


def test_lunch_repeats_and_leave_is_one_block_next_month(practice: sqlite3.Connection) -> None:
    lunches = practice.execute(
        "SELECT b.starts_local, b.series_start FROM blocked_time b JOIN series s ON s.id = b.series_id "
        "WHERE s.kind = 'block' AND b.starts_local > '2026-11-25'"
    ).fetchall()
    assert len(lunches) > 30
    assert all(at == due for at, due in lunches)
    leave = practice.execute(
        "SELECT starts_local, minutes FROM blocked_time WHERE title = 'Leave' AND starts_local > '2026-11-25'"
    ).fetchall()
    assert leave == [("2026-12-21T00:00", 5 * 24 * 60)]


@pytest.mark.parametrize(
    "now", [datetime(2027, 1 + month, day, 9, 0, tzinfo=HOME) for month in range(12) for day in (1, 28)]
)
def test_nobody_works_on_a_closed_day_or_a_public_holiday(tmp_path: Path, now: datetime) -> None:
    clock = FixedClock(now)
    demo.build(tmp_path / "home", clock, days=30, clients=40)
    guru = Guru(Settings(tmp_path / "home"), clock, origin="test")
    first = now.date() - timedelta(days=30)
    closed = [row for row in guru.reads.closed_days(first, first + timedelta(days=90)) if row.closes]
    own = [row for row in closed if not row.holiday]
    assert [row.title for row in own] == ["Course day"]
    assert 8 <= (own[0].first - now.date()).days <= 13
    for row in closed:
        assert not one(
            guru.connection, "SELECT count(*) FROM appointment WHERE date(starts_local) = ?", row.first.isoformat()
        )
    guru.close()


def test_the_gym_is_a_half_day_with_the_way_there(practice: sqlite3.Connection) -> None:
    assert one(practice, "SELECT minutes FROM travel_time") == 15
    days = practice.execute(
        "SELECT date(starts_local), min(time(starts_local)), count(*) FROM appointment "
        "WHERE location_id = 2 AND status <> 'cancelled' GROUP BY 1"
    ).fetchall()
    assert len(days) > 20
    for day, first, count in days:
        assert first >= "13:30:00"
        assert count == one(
            practice,
            "SELECT count(*) FROM appointment WHERE status <> 'cancelled' AND starts_local >= ? "
            "AND date(starts_local) = ?",
            f"{day}T13:30",
            day,
        )


def test_some_would_come_sooner_and_one_was_offered_a_free_time(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    demo.build(tmp_path / "home", clock, days=60, clients=80)
    guru = Guru(Settings(tmp_path / "home"), clock, origin="test")
    rows = guru.reads.waitlist()
    assert [row.wants for row in rows] == [
        "Tue and Thu mornings, 60 min Follow-up",
        "any day after 15:00, 30 min Needling, until Wed 16 Dec",
        "Mon, Wed and Fri, 45 min Massage",
        "any time, 60 min Follow-up",
    ]
    assert all(row.mobile and row.email for row in rows)
    offered = rows[2].offered_start
    assert offered is not None and offered > guru.clock.now()
    assert not guru.reads.conflicts(offered, offered + timedelta(minutes=45))
    message = next(row for row in guru.reads.messages() if row.kind == "offer")
    assert message.state == "delivered" and rows[2].client == message.recipient_name
    following = next(row for row in guru.reads.agenda(guru.reads.today()) if row.status == "booked")
    guru.booking.cancel(following.id, notify=False)
    assert guru.waiting.fits_freed([("appointment", following.id)])
    guru.close()


def test_one_is_charged_for_not_coming_and_one_for_cancelling_late(practice: sqlite3.Connection) -> None:
    charged = practice.execute(
        "SELECT status, charge_minor * 100 / fee_minor, date(starts_local) FROM appointment "
        "WHERE charge_minor > 0 ORDER BY 1"
    ).fetchall()
    assert charged == [("late-cancelled", 50, "2026-11-24"), ("no-show", 100, "2026-11-25")]
    assert not one(
        practice,
        "SELECT count(*) FROM appointment WHERE (charge_minor IS NULL) = (status IN ('no-show', 'late-cancelled'))",
    )


def test_wrong_numbers_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    for wrong in ({"days": 0}, {"clients": 3}, {"clients": 10**6}, {"appointments_per_day": 99}):
        with pytest.raises(Invalid):
            demo.build(tmp_path / "home", FixedClock(NOW), **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "home").exists()


def test_it_never_replaces_a_practice(tmp_path: Path) -> None:
    with closing(made(tmp_path, NOW, days=10, clients=30)) as connection:
        before = dump(connection)
        with pytest.raises(NotAllowed):
            demo.build(tmp_path, FixedClock(NOW))
        assert dump(connection) == before


@pytest.mark.parametrize("per_day", [1, 14])
def test_days_are_as_full_as_asked(tmp_path: Path, per_day: int) -> None:
    with closing(made(tmp_path / "home", NOW, days=40, clients=200, appointments_per_day=per_day)) as connection:
        counts = connection.execute(
            "SELECT count(*) FROM appointment WHERE starts_local BETWEEN '2026-10-26' AND '2026-11-24' "
            "AND strftime('%w', starts_local) BETWEEN '1' AND '5' GROUP BY date(starts_local)"
        ).fetchall()
    middle = sorted(count for (count,) in counts)[len(counts) // 2]
    assert abs(middle - per_day) <= 2


def test_a_practice_for_measuring_has_exactly_so_many_appointments(tmp_path: Path) -> None:
    demo.build_scale(tmp_path / "home", FixedClock(NOW), appointments=1000)
    with closing(connect(tmp_path / "home" / "practice.db")) as connection:
        assert one(connection, "SELECT count(*) FROM appointment") == 1000
        assert one(connection, "SELECT count(*) FROM appointment WHERE starts_local LIKE '2026-11-25%'") == 9
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
