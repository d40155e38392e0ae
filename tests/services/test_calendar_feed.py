"""The calendar as other programs get it, read back by the library they use."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guru_tui.bootstrap import Guru
from guru_tui.documents.calendar_feed import FeedEvent, feed
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.local_time import resolve, utc_text, wall_text
from guru_tui.domain.views.calendar_feed import FeedRow
from guru_tui.errors import Invalid
from guru_tui.jobs.feed_keeper import FeedKeeper
from guru_tui.services.doctor import examine
from guru_tui.services.feed_upkeep import FeedState
from tests.outbox_support import book, client, run, sql


def read(content: bytes) -> tuple[icalendar.Calendar, list[icalendar.Event]]:
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    events = [event for event in calendar.walk("VEVENT") if isinstance(event, icalendar.Event)]
    assert not [error for event in events for error in event.errors]
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    return calendar, events


def only(guru: Guru, privacy: str = "full") -> icalendar.Event:
    [event] = read(guru.feed.make(privacy).content)[1]
    return event


def test_an_appointment_stands_in_the_feed_with_its_zone(guru: Guru) -> None:
    book(guru, client(guru), "2026-11-26T09:00")
    calendar, [event] = read(guru.feed.make("full").content)
    assert (event["SUMMARY"], event["STATUS"], event["SEQUENCE"]) == ("Sarah Botha, Follow-up", "CONFIRMED", 0)
    assert event["DTSTART"].params["TZID"] == "Africa/Johannesburg"
    assert event.decoded("DTSTART") == datetime(2026, 11, 26, 7, tzinfo=UTC)
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=1)
    assert event["LOCATION"] == "Sea Point, 15 Flannery Road, Sea Point"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Africa/Johannesburg"]
    assert calendar["X-WR-CALNAME"] == "Sea Point Physio"


def test_two_runs_over_an_unchanged_practice_give_the_same_bytes(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-11-26T09:00")
    guru.booking.block(datetime(2026, 11, 27, 12), datetime(2026, 11, 27, 17), "Dentist; then off")
    first = guru.feed.make("initials")
    clock.advance(days=3)
    assert guru.feed.make("initials") == first


@pytest.mark.parametrize(
    ("privacy", "told"),
    [("full", "Sarah Jane O'Brien-Smith, Follow-up"), ("first-name", "Sarah Jane"), ("initials", "S.J.O.S."),
     ("busy", "Busy")],
)  # fmt: skip
def test_each_level_of_privacy_tells_no_more_than_it_says(guru: Guru, privacy: str, told: str) -> None:
    key = client(guru, "Sarah Jane", "O'Brien-Smith", email="sj@example.com")
    appointment = book(guru, key, "2026-11-26T09:00")
    guru.booking.set_note(appointment, "knee, private")
    content = guru.feed.make(privacy).content.decode()
    assert only(guru, privacy)["SUMMARY"] == told
    assert "knee" not in content
    assert "sj@example.com" not in content
    assert ("082 555 0101" in content) == (privacy == "full")
    assert ("Flannery" in content) == (privacy != "busy")
    assert ("O'Brien" in content) == (privacy == "full")


@pytest.mark.parametrize("privacy", ["first-name", "initials", "busy"])
def test_what_was_imported_tells_no_name_of_anybody(guru: Guru, privacy: str) -> None:
    client(guru, "Sarah", "Botha")
    event = (
        "BEGIN:VEVENT\nUID:{0}-2026@old.example\nDTSTART:202611{1}T080000Z\nDURATION:PT1H\nSUMMARY:{0}\nEND:VEVENT\n"
    )
    events = event.format("Sarah Botha", 26) + event.format("Piet Retief (082 555 0177)", 27)
    guru.calendar_import.import_file(f"BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n".encode())
    guru.booking.block(datetime(2026, 11, 28, 12), datetime(2026, 11, 28, 13), "Lunch")
    content = guru.feed.make(privacy).content.decode()
    assert not [word for word in ("Botha", "Piet", "Retief", "555", "old.example") if word in content]
    titles = [str(event["SUMMARY"]) for event in read(content.encode())[1]]
    assert titles[1:] == (["Busy"] * 2 if privacy == "busy" else ["Blocked", "Lunch"])
    assert "Piet Retief (082 555 0177)-2026@old.example" in guru.feed.make("full").content.decode().replace("\r\n ", "")


def test_a_level_that_does_not_exist_is_refused(guru: Guru) -> None:
    with pytest.raises(Invalid, match="initials"):
        guru.feed.make("most")


def test_a_move_keeps_the_name_and_raises_the_revision(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), "2026-11-26T09:00")
    before = only(guru)
    clock.advance(minutes=5)
    guru.booking.move(appointment, datetime(2026, 11, 26, 11), notify=False)
    after = only(guru)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after.decoded("LAST-MODIFIED") == clock.now()
    clock.advance(minutes=5)
    guru.undo.undo()
    undone = only(guru)
    assert undone.decoded("DTSTART") == before.decoded("DTSTART")
    assert undone["SEQUENCE"] > after["SEQUENCE"], "a calendar that has the move must take the way back, too"


def test_a_client_who_is_renamed_makes_the_entry_newer(guru: Guru, clock: FixedClock) -> None:
    key = client(guru)
    book(guru, key, "2026-11-26T09:00")
    clock.advance(hours=1)
    guru.clients.update(key, last_name="Nel")
    assert only(guru).decoded("LAST-MODIFIED") == clock.now()


def test_another_address_of_the_practice_renames_nothing(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-11-26T09:00")
    before = only(guru)["UID"]
    assert before.endswith("@seapointphysio.example")
    clock.advance(hours=1)
    guru.practice.set("email", "new@elsewhere.example")
    book(guru, 1, "2026-11-26T11:00")
    first, second = read(guru.feed.make("full").content)[1]
    assert first["UID"] == before
    assert second["UID"].endswith("@elsewhere.example")


def test_the_entry_that_goes_by_mail_has_the_same_name_and_no_higher_revision(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), "2026-11-26T09:00", notify=True)
    for hour in (10, 11):
        clock.advance(minutes=4)
        run(guru)
        guru.booking.move(appointment, datetime(2026, 11, 26, hour))
    clock.advance(minutes=4)
    run(guru)
    told = sql(guru, "SELECT calendar_facts FROM outbox_message WHERE calendar_sequence IS NOT NULL").fetchall()
    [highest] = sql(guru, "SELECT max(calendar_sequence) FROM outbox_message").fetchone()
    event = only(guru)
    assert {event["UID"]} == {facts.partition("\n")[0] for (facts,) in told}
    assert event["SEQUENCE"] >= highest == 2


def test_what_is_cancelled_is_left_out(guru: Guru) -> None:
    key = client(guru)
    guru.booking.cancel(book(guru, key, "2026-11-26T09:00"), notify=False)
    late = book(guru, key, "2026-11-26T11:00")
    guru.booking.set_status(late, "late-cancelled")
    guru.booking.set_status(book(guru, key, "2026-11-24T11:00"), "no-show")
    assert only(guru).decoded("DTSTART").day == 24


def test_days_off_are_whole_days_and_two_entries_never_share_a_name(guru: Guru) -> None:
    guru.booking.block(datetime(2026, 12, 16), datetime(2026, 12, 19), "Leave")
    book(guru, client(guru), "2026-11-26T09:00")
    first, leave = read(guru.feed.make("first-name").content)[1]
    assert (leave.decoded("DTSTART"), leave.decoded("DTEND")) == (date(2026, 12, 16), date(2026, 12, 19))
    assert leave["SUMMARY"] == "Leave"
    assert first["UID"] != leave["UID"]


def test_days_narrow_it(guru: Guru) -> None:
    key = client(guru)
    for day in (24, 25, 26, 27):
        book(guru, key, f"2026-11-{day}T09:00")
    made = guru.feed.make("busy", date(2026, 11, 25), date(2026, 11, 26))
    assert [event.decoded("DTSTART").day for event in read(made.content)[1]] == [25, 26]
    with pytest.raises(Invalid, match="before"):
        guru.feed.make("busy", date(2026, 11, 26), date(2026, 11, 25))


def test_a_part_of_it_says_the_same_of_each_entry_as_the_whole(guru: Guru, clock: FixedClock) -> None:
    """Only the part of the change log that can be about the entries is read for them."""
    key, other = client(guru), client(guru, "Thandi", "Nkosi", mobile="", email="t@example.com")
    clock.advance(days=-200)
    old = book(guru, key, "2026-05-20T09:00")
    late = book(guru, other, "2026-12-03T09:00")
    guru.practice.set("email", "first@elsewhere.example")
    clock.advance(days=100)
    guru.booking.move(late, datetime(2026, 12, 4, 9), notify=False)
    clock.advance(days=100)
    guru.clients.update(other, last_name="Dube")
    guru.practice.set("email", "second@elsewhere.example")
    book(guru, key, "2026-12-05T09:00")
    guru.booking.set_status(old, "attended")
    whole = {str(event["UID"]): event for event in read(guru.feed.make("full").content)[1]}
    for first in (date(2026, 11, 1), date(2026, 12, 5), date(2027, 1, 1)):
        part = read(guru.feed.make("full", first).content)[1]
        assert all(event == whole[str(event["UID"])] for event in part)
    assert len(whole) == 3
    assert len(read(guru.feed.make("full", date(2026, 11, 1)).content)[1]) == 2


def test_an_empty_calendar_is_a_calendar(guru: Guru) -> None:
    assert read(guru.feed.make("busy").content)[1] == []


ZONES = ("Africa/Johannesburg", "Europe/London", "America/New_York", "Australia/Lord_Howe")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=0, max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    zone=st.sampled_from(ZONES),
    wall=st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31)),
    minutes=st.integers(1, 1439),
    fold=st.integers(0, 1),
    names=st.tuples(TEXT, TEXT, TEXT),
)
def test_whatever_is_booked_is_read_back_at_its_instant(
    zone: str, wall: datetime, minutes: int, fold: int, names: tuple[str, str, str]
) -> None:
    wall = wall.replace(second=0, microsecond=0)
    try:
        begin = resolve(wall, zone, fold=fold)
    except Invalid:
        return
    end = begin + timedelta(minutes=minutes)
    row = FeedRow(
        "appointment", 1, "", wall_text(wall), zone, utc_text(begin), utc_text(end), names[2], "2024-01-01T08:00:00Z",
        "booked", 1, names[0], names[1], location="X", address=names[2],
    )  # fmt: skip
    content = feed([FeedEvent(row, "a@b.example", 3, utc_text(begin))], name=names[0], zone=zone, privacy="full")
    [event] = read(content)[1]
    assert event.decoded("DTSTART").astimezone(UTC) == begin
    assert event.decoded("DTEND").astimezone(UTC) == end
    assert event["UID"] == "a@b.example"


# ---- the file that follows the calendar ----------------------------------------------------------------


def wanted(guru: Guru, path: Path) -> FeedState:
    guru.practice.set("ics_path", str(path))
    state = guru.feed.refresh()
    assert state is not None
    return state


def test_without_a_file_named_nothing_is_written(guru: Guru, home: Path) -> None:
    assert guru.feed.refresh() is None
    assert not (home / "feed.json").exists()


def test_the_file_follows_each_change_and_is_private(guru: Guru, tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "calendar.ics"
    assert wanted(guru, path).trouble == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    book(guru, client(guru), "2026-11-26T09:00")
    clock.advance(minutes=1)
    state = guru.feed.refresh()
    assert state is not None
    assert state.at == clock.now()
    assert path.read_bytes() == guru.feed.make("initials").content
    written = path.stat().st_mtime_ns
    guru.feed.refresh()
    assert path.stat().st_mtime_ns == written, "nothing has changed, so nothing is written"
    guru.undo.undo()
    guru.feed.refresh()
    assert read(path.read_bytes())[1] == []
    assert not list(tmp_path.glob("*.part"))


def test_another_privacy_and_a_file_that_was_removed_have_it_written_again(guru: Guru, tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    book(guru, client(guru), "2026-11-26T09:00")
    wanted(guru, path)
    guru.practice.set("ics_privacy", "busy")
    guru.feed.refresh()
    assert b"SUMMARY:Busy" in path.read_bytes()
    path.unlink()
    guru.feed.refresh()
    assert path.exists()


def test_the_file_goes_back_as_many_days_as_the_setting_says(guru: Guru, tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    key = client(guru)
    for day in ("2026-08-26", "2026-08-27", "2027-11-26"):
        book(guru, key, f"{day}T09:00")
    wanted(guru, path)
    assert [event.decoded("DTSTART").date() for event in read(path.read_bytes())[1]] == [
        date(2026, 8, 27), date(2027, 11, 26),
    ]  # fmt: skip
    guru.practice.set("ics_days_back", "0")
    guru.feed.refresh()
    assert len(read(path.read_bytes())[1]) == 1
    guru.practice.set("ics_days_back", "36500")
    guru.feed.refresh()
    assert len(read(path.read_bytes())[1]) == 3


def test_a_file_that_somebody_else_wrote_over_is_written_again(guru: Guru, tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    wanted(guru, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:30])
    guru.feed.refresh()
    assert path.read_bytes() == whole


def test_a_full_disk_leaves_the_former_file_as_it_was(
    guru: Guru, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "calendar.ics"
    wanted(guru, path)
    whole = path.read_bytes()
    book(guru, client(guru), "2026-11-26T09:00")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        state = guru.feed.refresh()
        assert state is not None
        assert (state.news, "No space left" in state.trouble) == (True, True)
    assert path.read_bytes() == whole
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []
    assert not list(guru.settings.home.glob(".*.part"))


def test_what_failed_is_told_once_and_tried_again_after_a_change_or_five_minutes(
    guru: Guru, tmp_path: Path, clock: FixedClock
) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    guru.practice.set("ics_path", str(folder / "calendar.ics"))
    folder.rmdir()

    def news() -> bool:
        state = guru.feed.refresh()
        assert state is not None and state.trouble
        return state.news

    assert [news(), news()] == [True, False]
    book(guru, client(guru), "2026-11-26T09:00")
    assert [news(), news()] == [True, False], "that change is not in the file either"
    clock.advance(minutes=6)
    assert not news()
    assert "cannot be written" in guru.feed.trouble()
    folder.mkdir()
    assert not news(), "not tried at every look"
    clock.advance(minutes=6)
    state = guru.feed.refresh()
    assert state is not None and not state.trouble
    assert (folder / "calendar.ics").exists()
    assert guru.feed.trouble() == ""


def test_a_pipe_or_a_circle_of_links_is_a_sentence(guru: Guru, tmp_path: Path) -> None:
    pipe, circle = tmp_path / "pipe.ics", tmp_path / "circle.ics"
    os.mkfifo(pipe)
    circle.symlink_to(circle)
    assert "not written by guru" in wanted(guru, pipe).trouble
    assert "link that leads nowhere" in wanted(guru, circle).trouble


def test_a_file_that_is_no_calendar_is_not_replaced(guru: Guru, tmp_path: Path) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("years of work")
    assert "not written by guru" in wanted(guru, path).trouble
    assert path.read_text() == "years of work"


@pytest.mark.parametrize("name", [".env", "practice.db-journal", "practice.db", "calendar.ics"])
def test_nothing_is_written_among_the_practices_own_files(guru: Guru, home: Path, name: str) -> None:
    before = (home / name).exists()
    assert "own folder" in wanted(guru, home / name).trouble
    assert (home / name).exists() == before


def test_a_feed_that_cannot_be_written_is_told_and_tried_again(guru: Guru, tmp_path: Path, clock: FixedClock) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    wanted(guru, folder / "calendar.ics")
    (folder / "calendar.ics").unlink()
    folder.rmdir()
    book(guru, client(guru), "2026-11-26T09:00")
    state = guru.feed.refresh()
    assert state is not None
    assert "cannot be written" in state.trouble
    [check] = [check for check in examine(guru.settings, clock, network=False) if check.name == "feed"]
    assert (check.status, bool(check.remedy)) == ("fail", True)
    folder.mkdir()
    [check] = [check for check in examine(guru.settings, clock, network=False) if check.name == "feed"]
    assert (check.status, "just now" in check.message) == ("ok", True)
    assert (folder / "calendar.ics").exists()


@pytest.mark.parametrize("value", ["/nowhere/at/all/x.ics", "/dev", "~nosuchuser/x.ics"])
def test_a_file_that_cannot_be_is_refused_when_it_is_named(guru: Guru, value: str) -> None:
    with pytest.raises(Invalid):
        guru.practice.set("ics_path", value)


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def test_the_keeper_writes_after_a_change_of_any_process(guru: Guru, tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "calendar.ics"
    guru.practice.set("ics_path", str(path))
    troubles: list[str] = []
    keeper = FeedKeeper(guru.settings, clock, troubles.append, pause=0.01)
    keeper.start()
    try:
        until(path.exists)
        book(guru, client(guru), "2026-11-26T09:00")
        until(lambda: b"SUMMARY:S.B." in path.read_bytes())
        path.write_text("somebody else's")
        guru.booking.block(datetime(2026, 11, 27, 12), datetime(2026, 11, 27, 13))
        until(lambda: troubles)
    finally:
        keeper.stop()
    assert len(troubles) == 1
    assert path.read_text() == "somebody else's"
