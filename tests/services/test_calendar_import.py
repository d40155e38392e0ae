"""Moving in from another calendar: what Google, Outlook and Apple export, and what it becomes here."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.errors import Ambiguous, GuruError, Invalid
from guru_tui.services.calendar_import import CalendarReport
from guru_tui.services.calendar_import_plan import Wishes
from tests.outbox_support import book, client, outbox, run, sql

HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\n"


def ics(*events: str, extra: str = "") -> bytes:
    """A file of events, each the lines of one without its frame; uids are given where there are none."""
    bodies = []
    for number, event in enumerate(events, start=1):
        uid = "" if "UID:" in event or "\nNOUID" in event else f"UID:e{number}@google.com\n"
        bodies.append(f"BEGIN:VEVENT\n{uid}{event.replace(chr(10) + 'NOUID', '').strip()}\nEND:VEVENT\n")
    return f"{HEAD}{extra}{''.join(bodies)}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def at(start: str = "20261130T100000", end: str = "20261130T110000", title: str = "Dentist", more: str = "") -> str:
    return f"DTSTART;TZID=Africa/Johannesburg:{start}\nDTEND;TZID=Africa/Johannesburg:{end}\nSUMMARY:{title}\n{more}"


def bring(guru: Guru, data: bytes, **how: Any) -> CalendarReport:
    wishes = Wishes(how.pop("type_name", ""), how.pop("new_clients", False), how.pop("with_free", False))
    return guru.calendar_import.import_file(data, wishes=wishes, **how)


def entries(guru: Guru, first: date = date(2026, 11, 25), days: int = 60) -> list[AgendaEntry]:
    return guru.reads.agenda(first, days)


def shown(guru: Guru, **where: Any) -> list[tuple[str, str, str]]:
    return [
        (f"{entry.starts:%m-%d %H:%M}-{entry.ends:%H:%M}", entry.kind, entry.client or entry.title)
        for entry in entries(guru, **where)
    ]


# ---- who it is for -------------------------------------------------------------------------------------


def test_an_event_that_names_nobody_becomes_blocked_time(guru: Guru) -> None:
    report = bring(guru, ics(at(title="Dentist\\, then gym")))
    assert (report.would_create, report.applied) == (1, True)
    assert shown(guru) == [("11-30 10:00-11:00", "block", "Dentist, then gym")]


@pytest.mark.parametrize(
    "event",
    [
        at(title="Sarah Botha"),
        at(title="SARAH BOTHA - follow-up"),
        at(title="Botha Sarah"),
        at(title="Physio: Sarah Botha (knee)"),
        at(title="Physio 082 555 0101"),
        at(title="Physio", more="ATTENDEE;CN=Somebody:mailto:SARAH@example.com"),
    ],
)
def test_a_client_is_known_by_name_number_or_address(guru: Guru, event: str) -> None:
    client(guru)
    client(guru, "Thandi", "Nkosi", mobile="072 555 0190")
    bring(guru, ics(event))
    assert shown(guru) == [("11-30 10:00-11:00", "appointment", "Sarah Botha")]


@pytest.mark.parametrize(
    "title", ["Sarah", "Sara Botha", "S Botha", "Botha family", "Sarah's birthday", "Sarah Bothma"]
)
def test_nothing_is_guessed(guru: Guru, title: str) -> None:
    client(guru)
    bring(guru, ics(at(title=title)))
    assert shown(guru) == [("11-30 10:00-11:00", "block", title)]


def test_the_longer_name_is_meant(guru: Guru) -> None:
    client(guru, "Anna", "Maria")
    client(guru, "Anna Maria", "Nel", email="nel@example.com", mobile="082 555 0102")
    bring(guru, ics(at(title="Anna Maria Nel")))
    assert shown(guru) == [("11-30 10:00-11:00", "appointment", "Anna Maria Nel")]


def test_what_could_be_for_two_is_rejected_and_nothing_is_written(guru: Guru) -> None:
    client(guru)
    client(guru, "Jan", "Nel", email="jan@example.com", mobile="082 555 0102")
    data = ics(at(title="Sarah Botha and Jan Nel"), at(title="Lunch"))
    report = bring(guru, data)
    assert (report.applied, [one.row for one in report.rejected]) == (False, [1])
    assert "Sarah Botha (1) or Jan Nel (2)" in report.rejected[0].reason
    assert entries(guru) == []
    assert bring(guru, data, skip_errors=True).applied
    assert [entry.title for entry in entries(guru)] == ["Lunch"]


def test_two_clients_of_one_name_are_told_apart_by_an_address(guru: Guru) -> None:
    client(guru)
    other = client(guru, email="other@example.com", mobile="082 555 0102", force=True)  # type: ignore[arg-type]
    assert bring(guru, ics(at(title="Sarah Botha"))).rejected
    bring(guru, ics(at(title="Sarah Botha", more="ATTENDEE:mailto:other@example.com")))
    assert [entry.client_id for entry in entries(guru)] == [other]


def test_an_unknown_guest_becomes_a_client_only_when_that_is_wanted(guru: Guru) -> None:
    event = at(title="Intake", more='ATTENDEE;CN="Lerato Mokoena":mailto:lerato@example.com')
    assert not bring(guru, ics(event), dry_run=True).lines[0].person
    bring(guru, ics(event), new_clients=True)
    assert shown(guru) == [("11-30 10:00-11:00", "appointment", "Lerato Mokoena")]
    assert [row.email for row in guru.reads.clients()] == ["lerato@example.com"]


def test_the_practitioner_is_nobodys_client(guru: Guru) -> None:
    more = "ORGANIZER:mailto:hello@seapointphysio.example\nATTENDEE:mailto:hello@seapointphysio.example"
    bring(guru, ics(at(title="Intake", more=more)), new_clients=True)
    assert guru.reads.clients() == []


def test_an_archived_client_is_not_brought_back_unasked(guru: Guru) -> None:
    guru.clients.archive(client(guru))
    [one] = bring(guru, ics(at(title="Sarah Botha"))).rejected
    assert "archived" in one.reason


# ---- what an appointment takes over ---------------------------------------------------------------------


def test_type_place_fee_and_what_else_was_said_are_kept(guru: Guru) -> None:
    client(guru)
    event = at(title="Sarah Botha massage left knee", more="LOCATION:Sea Point\\, Flannery Rd\nDESCRIPTION:bring scans")
    bring(guru, ics(event))
    [entry] = entries(guru)
    assert (entry.title, entry.location, entry.fee_minor) == ("Massage", "Sea Point", 60000)
    assert entry.note == "Sarah Botha massage left knee\nbring scans"


def test_what_is_over_costs_nothing_here(guru: Guru) -> None:
    client(guru)
    bring(guru, ics(at("20261101T100000", "20261101T110000", "Sarah Botha")), first=date(2026, 1, 1), type_name="intro")
    bring(guru, ics(at(title="Sarah Botha", more="UID:later")), type_name="intro")
    past, coming = entries(guru, date(2026, 11, 1))
    assert [(entry.title, entry.fee_minor) for entry in (past, coming)] == [("Intro", 0), ("Intro", 60000)]
    assert guru.reads.totals().uninvoiced == 0


def test_a_type_that_does_not_exist_is_refused(guru: Guru) -> None:
    with pytest.raises(Invalid, match="guru types list"):
        bring(guru, ics(at()), type_name="nothing")


def test_nobody_is_told_and_the_reminder_still_goes(guru: Guru, clock: FixedClock) -> None:
    client(guru)
    bring(guru, ics(at(title="Sarah Botha")))
    assert outbox(guru) == []
    clock.advance(days=4, hours=1)
    run(guru)
    assert {row.kind for row in outbox(guru)} == {"reminder"}


# ---- again and again ------------------------------------------------------------------------------------


def test_a_file_taken_twice_changes_nothing(guru: Guru) -> None:
    client(guru)
    data = ics(at(title="Sarah Botha"), at("20261201T100000", "20261201T120000", "Course"))
    bring(guru, data)
    actions = len(guru.reads.actions(limit=100))
    report = bring(guru, data)
    assert (report.would_create, report.would_update, report.unchanged) == (0, 0, 2)
    assert len(guru.reads.actions(limit=100)) == actions, "nothing done is no step to undo"


def test_what_has_moved_there_moves_here_and_its_messages_are_withdrawn(guru: Guru, clock: FixedClock) -> None:
    client(guru)
    bring(guru, ics(at(title="Sarah Botha"), at("20261201T100000", "20261201T120000", "Course")))
    clock.advance(days=4, hours=1)
    guru.practice.set("sending", "no")
    run(guru)
    waiting = [row.state for row in outbox(guru)]
    assert waiting
    report = bring(
        guru,
        ics(
            at("20261130T140000", "20261130T150000", "Sarah Botha"), at("20261201T100000", "20261201T120000", "Seminar")
        ),
    )
    assert (report.would_update, report.would_create) == (2, 0)
    assert shown(guru) == [
        ("11-30 14:00-15:00", "appointment", "Sarah Botha"),
        ("12-01 10:00-12:00", "block", "Seminar"),
    ]
    assert {row.state for row in outbox(guru)} == {"cancelled"}


def test_what_was_changed_here_stays(guru: Guru) -> None:
    client(guru)
    bring(guru, ics(at(title="Sarah Botha")))
    [entry] = entries(guru)
    guru.booking.move(entry.id, datetime(2026, 12, 2, 9), notify=False)
    report = bring(guru, ics(at("20261130T140000", "20261130T150000", "Sarah Botha")))
    assert (report.would_update, report.unchanged) == (0, 1)
    assert "changed here" in report.lines[0].remark
    assert shown(guru) == [("12-02 09:00-10:00", "appointment", "Sarah Botha")]


def test_blocked_time_becomes_an_appointment_once_the_client_is_known(guru: Guru) -> None:
    data = ics(at(title="Sarah Botha"))
    bring(guru, data)
    client(guru)
    assert bring(guru, data).would_update == 1
    assert shown(guru) == [("11-30 10:00-11:00", "appointment", "Sarah Botha")]
    assert bring(guru, data).unchanged == 1


def test_one_undo_takes_all_of_it_back(guru: Guru) -> None:
    client(guru)
    event = at(title="Intake", more='ATTENDEE;CN="Lerato Mokoena":mailto:lerato@example.com')
    bring(guru, ics(at(title="Sarah Botha"), at("20261201T100000", "20261201T120000"), event), new_clients=True)
    assert len(entries(guru)) == 3
    assert guru.undo.undo().summary == "Imported 2 appointments, 1 blocked time, 1 new client"
    assert (entries(guru), len(guru.reads.clients())) == ([], 1)


def test_what_is_booked_here_already_is_not_booked_again(guru: Guru) -> None:
    book(guru, client(guru), "2026-11-30T10:00")
    guru.booking.block(datetime(2026, 12, 1, 10), datetime(2026, 12, 1, 12), "Course")
    report = bring(guru, ics(at(title="Sarah Botha"), at("20261201T100000", "20261201T120000", "course")))
    assert (report.would_create, report.unchanged) == (0, 2)


@pytest.mark.parametrize("privacy", ["full", "initials", "busy"])
def test_our_own_feed_brings_in_nothing(guru: Guru, privacy: str) -> None:
    book(guru, client(guru), "2026-11-30T10:00")
    guru.booking.block(datetime(2026, 12, 1), datetime(2026, 12, 3), "Leave")
    report = bring(guru, guru.feed.make(privacy).content)
    assert (report.would_create, report.unchanged) == (0, 2) if privacy == "full" else report.would_create == 0


def test_an_overlap_is_said(guru: Guru) -> None:
    book(guru, client(guru), "2026-11-30T10:30")
    [line] = bring(guru, ics(at())).lines
    assert line.remark == "overlaps Sarah Botha 2026-11-30 10:30-11:30"


# ---- times ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("DTSTART:20261130T080000Z\nDTEND:20261130T090000Z", "11-30 10:00-11:00"),
        ("DTSTART:20261130T100000\nDTEND:20261130T110000", "11-30 10:00-11:00"),
        ("DTSTART;TZID=Europe/London:20261130T080000\nDURATION:PT1H", "11-30 10:00-11:00"),
        ("DTSTART;TZID=South Africa Standard Time:20261130T100000\nDURATION:PT45M", "11-30 10:00-10:45"),
        ("DTSTART;TZID=Ours:20261130T133000\nDURATION:PT1H", "11-30 10:00-11:00"),
        ("DTSTART;TZID=America/New_York:20261130T200000\nDURATION:PT1H", "12-01 03:00-04:00"),
        ("DTSTART;VALUE=DATE:20261130\nDTEND;VALUE=DATE:20261202", "11-30 00:00-00:00"),
        ("DTSTART;VALUE=DATE:20261130", "11-30 00:00-00:00"),
    ],
)
def test_every_way_to_write_a_time_is_told_in_the_practices_zone(guru: Guru, times: str, expected: str) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    bring(guru, ics(f"{times}\nSUMMARY:x", extra=zone))
    assert [one[0] for one in shown(guru)] == [expected]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("STATUS:CANCELLED", "cancelled"),
        ("TRANSP:TRANSPARENT", "shown as free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "shown as free"),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:hello@seapointphysio.example", "declined"),
    ],
)
def test_what_takes_no_time_is_skipped_and_counted(guru: Guru, more: str, reason: str) -> None:
    report = bring(guru, ics(at(more=more)))
    assert (report.skipped(), entries(guru), report.rejected) == ({reason: 1}, [], ())


def test_what_is_shown_as_free_blocks_when_that_is_wanted(guru: Guru) -> None:
    bring(guru, ics("DTSTART;VALUE=DATE:20261216\nDTEND;VALUE=DATE:20261219\nSUMMARY:Leave\nTRANSP:TRANSPARENT"),
          with_free=True)  # fmt: skip
    [entry] = entries(guru)
    assert (entry.title, entry.ends.date()) == ("Leave", date(2026, 12, 19))


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("DTSTART:20269901T100000\nSUMMARY:x", "DTSTART"),
        ("SUMMARY:x", "DTSTART"),
        ("DTSTART;TZID=Nowhere/Else:20261130T100000\nDURATION:PT1H\nSUMMARY:x", "Nowhere/Else"),
        ("DTSTART:20261130T100000\nDTEND:soon\nSUMMARY:x", "end"),
        (at(more="RRULE:FREQ=HOURLY"), "more than once a day"),
        (at(more="RRULE:FREQ=DAILY;BYHOUR=9,15"), "more than once a day"),
        (at(more="RRULE:FREQ=YEARLY;INTERVAL=0"), "rule"),
        (at(more="RRULE:FREQ=WEEKLY;BYDAY=XX"), "rule"),
        (at(title="x" * 501), "501 characters"),
        ("DTSTART:20261130T100000\nDURATION:P2912000D\nSUMMARY:x", "ten years"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_the_reason(guru: Guru, event: str, reason: str) -> None:
    [one] = bring(guru, ics(event)).rejected
    assert (one.row, reason in one.reason) == (1, True), one.reason


@pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VCALENDAR\r\nnonsense\r\n", ics(), b"%PDF-1.4", b"a,b\n1,2\n"])
def test_what_is_no_calendar_is_refused_with_a_sentence(guru: Guru, data: bytes) -> None:
    with pytest.raises(Invalid):
        bring(guru, data)


@pytest.mark.parametrize("zone", ["America", "../../etc/passwd", "."])
def test_a_zone_that_is_a_folder_is_a_sentence(guru: Guru, zone: str) -> None:
    event = f"DTSTART;TZID={zone}:20261130T100000\nDURATION:PT1H\nSUMMARY:x"
    with suppress(Invalid):
        assert bring(guru, ics(event)).rejected


def test_a_download_that_broke_off_is_not_half_a_calendar(guru: Guru) -> None:
    with pytest.raises(Invalid, match="in the middle"):
        bring(guru, ics(at(), at("20261201T100000", "20261201T110000"))[:-40])


def test_names_too_long_or_unprintable_stay_names(guru: Guru) -> None:
    long = "u" * 600
    data = ics(
        at(more=f"UID:{long}1\nRRULE:FREQ=DAILY;COUNT=3"), at(title="Gym", more=f"UID:{long}2"),
        at(title="Tea", more="UID:tea\x01\x1b[31m\u202e\\, twice"),
    )  # fmt: skip
    assert bring(guru, data).would_create == 5
    assert bring(guru, data).unchanged == 5
    fed = guru.feed.make("full").content
    assert "\u202e" not in fed.decode() and b"\x1b" not in fed
    assert [line.becomes for line in bring(guru, fed).lines] == ["unchanged"] * 5


# ---- what repeats ---------------------------------------------------------------------------------------


def days(guru: Guru) -> list[str]:
    return [one[0] for one in shown(guru)]


def test_a_weekly_event_is_followed_for_the_days_asked_for(guru: Guru) -> None:
    event = at("20260106T090000", "20260106T093000", "Team", "RRULE:FREQ=WEEKLY;BYDAY=TU")
    bring(guru, ics(event), last=date(2026, 12, 20))
    assert days(guru) == [f"12-{day:02d} 09:00-09:30" for day in (1, 8, 15)]
    assert bring(guru, ics(event), last=date(2026, 12, 20)).unchanged == 3


def test_exceptions_and_changed_occurrences_hold(guru: Guru) -> None:
    weekly = at("20261201T090000", "20261201T093000", "Team",
                "UID:w\nRRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Africa/Johannesburg:20261208T090000")  # fmt: skip
    moved = at(
        "20261216T140000", "20261216T143000", "Team", "UID:w\nRECURRENCE-ID;TZID=Africa/Johannesburg:20261215T090000"
    )
    gone = at("20261222T090000", "20261222T093000", "Team",
              "UID:w\nSTATUS:CANCELLED\nRECURRENCE-ID:20261222T070000Z")  # fmt: skip
    bring(guru, ics(weekly, moved, gone))
    assert days(guru) == ["12-01 09:00-09:30", "12-16 14:00-14:30", "12-29 09:00-09:30"]


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=DAILY;UNTIL=20261203", 3),
        ("FREQ=DAILY;UNTIL=20261202T070000Z", 2),
        ("FREQ=DAILY;COUNT=4", 4),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", 4),
        ("FREQ=MONTHLY;BYMONTHDAY=31", 8),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 1),
        ("FREQ=DAILY;COUNT=9;BYMONTH=2;BYMONTHDAY=30", 1),
    ],
)
def test_a_rule_ends_where_it_says_and_one_that_never_comes_true_ends_too(guru: Guru, rule: str, count: int) -> None:
    event = at("20261201T090000", "20261201T093000", "Team", f"RRULE:{rule}")
    assert bring(guru, ics(event), dry_run=True).would_create == count


def test_weekly_at_nine_elsewhere_follows_the_clocks_there(guru: Guru) -> None:
    event = "DTSTART;TZID=Europe/London:20270322T090000\nDURATION:PT1H\nSUMMARY:Call\nRRULE:FREQ=WEEKLY;COUNT=2"
    bring(guru, ics(event))
    found = [f"{entry.starts:%m-%d %H:%M}" for entry in entries(guru, date(2027, 3, 1))]
    assert found == ["03-22 11:00", "03-29 10:00"]


def test_what_is_over_is_left_out_and_counted(guru: Guru) -> None:
    event = at("20261001T090000", "20261001T093000", "Old")
    report = bring(guru, ics(event, at()))
    assert (report.over, report.would_create) == (1, 1)
    assert bring(guru, ics(event, at()), first=date(2026, 1, 1)).would_create == 1


def test_an_event_without_a_name_keeps_one_of_its_own(guru: Guru) -> None:
    event = at() + "\nNOUID"
    assert bring(guru, ics(event)).would_create == 1
    assert bring(guru, ics(event)).unchanged == 1
    [(uid,)] = sql(guru, "SELECT uid FROM blocked_time").fetchall()
    assert uid.startswith("ics:")


CELLS = st.text(max_size=14) | st.sampled_from(["31/12/2026", "10:00", "1e9", "99:99", "0"])
PIECES = st.sampled_from(
    ["BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR", "BEGIN:VCALENDAR", "BEGIN:VTIMEZONE",
     "\r\n ", ":", ";", ",", "\\", '"',
     "RRULE:FREQ=DAILY;COUNT=99999", "RRULE:FREQ=YEARLY;INTERVAL=0", "RRULE:FREQ=DAILY;COUNT=-1", "DURATION:-P1D",
     "DTSTART:00010101T000000Z", "DTEND:99991231T235959Z", "RECURRENCE-ID:20261201", "EXDATE:x", "RDATE:20261201/P1D",
     "DTSTART;VALUE=DATE:20261130", "\x00", "\ud83d\ude00", "2026", "UID:"]
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 12), PIECES), max_size=4),
    lines=st.lists(st.tuples(st.integers(0, 14), PIECES), max_size=3),
)
def test_whatever_a_file_holds_it_is_a_sentence_at_worst(
    guru: Guru, cuts: list[tuple[int, int, str]], lines: list[tuple[int, str]]
) -> None:
    text = ics(at(more="RRULE:FREQ=WEEKLY;COUNT=3\nATTENDEE;CN=A:mailto:a@b.example"), at()).decode()
    rows = text.split("\r\n")
    for at_row, piece in lines:
        rows.insert(at_row, piece)
    text = "\r\n".join(rows)
    for begin, length, piece in cuts:
        text = text[:begin] + piece + text[begin + length :]
    with suppress(GuruError):
        bring(guru, text.encode("utf-8", "surrogatepass"), dry_run=True, new_clients=True, with_free=True)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(CELLS, max_size=24))
def test_whatever_a_table_holds_it_is_a_sentence_at_worst(guru: Guru, cells: list[str]) -> None:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["Subject", "Start Date", "Start Time", "End Time", "Minutes", "Client", "Mobile", "Fee"])
    for begin in range(0, len(cells), 8):
        rows.writerow(cells[begin : begin + 8])
    with suppress(GuruError):
        bring(guru, out.getvalue().encode("utf-8", "ignore"), dry_run=True)


# ---- tables ---------------------------------------------------------------------------------------------

OUTLOOK = (
    '"Subject","Start Date","Start Time","End Date","End Time","All day event","Reminder on/off","Required Attendees",'
    '"Location","Description","Show time as"\r\n'
    '"Sarah Botha","11/30/2026","10:00:00 AM","11/30/2026","11:00:00 AM","False","False","","Sea Point","","2"\r\n'
    '"Leave","12/16/2026","12:00:00 AM","12/19/2026","12:00:00 AM","True","False","","","","4"\r\n'
    '"Maybe","12/1/2026","1:00:00 PM","12/1/2026","2:00:00 PM","False","False","","","","3"\r\n'
).encode("utf-8-sig")


def test_an_export_of_outlook_is_read(guru: Guru) -> None:
    client(guru)
    report = bring(guru, OUTLOOK)
    assert (report.would_create, report.skipped()) == (2, {"shown as free": 1})
    assert shown(guru) == [
        ("11-30 10:00-11:00", "appointment", "Sarah Botha"),
        ("12-16 00:00-00:00", "block", "Leave"),
    ]
    assert entries(guru)[1].ends.date() == date(2026, 12, 19)
    assert bring(guru, OUTLOOK).unchanged == 2


def test_a_table_in_afrikaans_with_points_and_semicolons_is_read(guru: Guru) -> None:
    client(guru)
    table = "Datum;Begintyd;Eindtyd;Klient;Selfoon;Nota\n30.11.2026;10h00;11h00;Sarah Botha;;knie\n".encode("cp1252")
    bring(guru, table)
    assert shown(guru) == [("11-30 10:00-11:00", "appointment", "Sarah Botha")]
    assert entries(guru)[0].note == "knie"


def test_dates_that_can_be_read_in_two_ways_are_asked_about(guru: Guru) -> None:
    table = b"Subject,Date,Time,Duration\nCourse,01/12/2026,10:00,90\n"
    with pytest.raises(Ambiguous, match="01/12/2026"):
        bring(guru, table)
    bring(guru, table, dates="dmy")
    assert shown(guru) == [("12-01 10:00-11:30", "block", "Course")]


def test_a_column_with_clients_adds_those_who_are_not_known(guru: Guru) -> None:
    client(guru)
    table = b"Wie,Start,End,Mobile\nSarah Botha,2026-11-30 10:00,2026-11-30 11:00,\n" \
            b"Jan van Wyk,2026-11-30 11:00,2026-11-30 12:00,0825550199\n" \
            b"Jan van Wyk,2026-12-07 11:00,2026-12-07 12:00,082 555 0199\n"  # fmt: skip
    report = bring(guru, table, mapping={"Wie": "client"})
    assert (report.would_create, len(guru.reads.clients())) == (3, 2)
    assert [row.mobile for row in guru.reads.clients() if row.name == "Jan van Wyk"] == ["+27825550199"]


def test_rows_in_error_are_named_and_hold_up_the_others(guru: Guru) -> None:
    table = b"Subject,Start,End\nGood,2026-11-30 10:00,2026-11-30 11:00\nBad,30 Foo,\nWorse,2026-11-30 10:00,\n"
    report = bring(guru, table)
    assert (report.applied, [one.row for one in report.rejected]) == (False, [3, 4])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Subject,Wanneer\nx,2026-11-30\n", "start"),
        (b"Subject,Start\n", "no events"),
        (b"", "empty"),
    ],
)
def test_a_table_that_is_none_is_refused(guru: Guru, data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        bring(guru, data)


def test_a_column_that_is_not_there_is_named(guru: Guru) -> None:
    with pytest.raises(Invalid, match="wie"):
        bring(guru, OUTLOOK, mapping={"wie": "client"})


def test_now_is_the_clocks(guru: Guru, clock: FixedClock) -> None:
    clock.instant = datetime(2027, 6, 1, 8, tzinfo=UTC)
    assert bring(guru, ics(at())).over == 1


# ---- imported again, after the other calendar has changed a series ------------------------------------------


def weekly(start: str = "20261201T100000", until: str = "", more: str = "", uid: str = "w@google.com") -> str:
    end = f"{start[:9]}{int(start[9:11]) + 1:02d}{start[11:]}"
    return at(start, end, "Sarah Botha", f"UID:{uid}\nRRULE:FREQ=WEEKLY;{until or 'COUNT=4'}\n{more}")


def test_a_series_that_got_another_time_there_moves_and_doubles_nothing(guru: Guru) -> None:
    client(guru)
    bring(guru, ics(weekly()))
    moved = at("20261209T140000", "20261209T150000", "Sarah Botha",
               "UID:w@google.com\nRECURRENCE-ID;TZID=Africa/Johannesburg:20261208T110000")  # fmt: skip
    later = ics(weekly("20261201T110000"), moved)
    report = bring(guru, later)
    assert (report.would_create, report.would_update, report.stays) == (0, 4, 0)
    assert days(guru) == ["12-01 11:00-12:00", "12-09 14:00-15:00", "12-15 11:00-12:00", "12-22 11:00-12:00"]
    again = bring(guru, later)
    assert (again.would_create, again.would_update, again.unchanged) == (0, 0, 4)


def test_a_series_that_got_another_weekday_there_moves_by_the_week(guru: Guru) -> None:
    client(guru)
    bring(guru, ics(weekly()))
    assert bring(guru, ics(weekly("20261203T090000"))).would_update == 4
    assert days(guru) == [f"12-{day} 09:00-10:00" for day in ("03", "10", "17", "24")]


def test_a_series_that_google_cut_in_two_is_one_here(guru: Guru) -> None:
    client(guru)
    bring(guru, ics(weekly()))
    cut = weekly("20261215T120000", "COUNT=2", uid="w_R20261215T080000@google.com")
    assert bring(guru, ics(weekly(until="COUNT=2"), cut)).would_create == 0
    assert days(guru) == ["12-01 10:00-11:00", "12-08 10:00-11:00", "12-15 12:00-13:00", "12-22 12:00-13:00"]


def test_what_was_taken_out_or_cancelled_there_stays_and_is_said(guru: Guru) -> None:
    client(guru)
    lunch = at("20261202T120000", "20261202T130000", "Lunch", "UID:l\n")
    bring(guru, ics(weekly(), at("20261203T100000", "20261203T110000", "Sarah Botha"), lunch))
    report = bring(
        guru,
        ics(
            weekly(more="EXDATE;TZID=Africa/Johannesburg:20261208T100000"),
            at("20261203T100000", "20261203T110000", "Sarah Botha", "STATUS:CANCELLED"),
            f"{lunch}STATUS:CANCELLED",
        ),
    )
    assert sorted(line.remark for line in report.lines if line.becomes == "stays") == [
        "cancelled there; still blocked here as b1", "cancelled there; still booked here as 2",
        "no longer there; still booked here as 3",
    ]  # fmt: skip
    assert report.counts == "0 new, 0 moved, 3 there already, 3 no longer there"
    assert len(entries(guru)) == 6


def test_what_lies_outside_the_days_that_are_read_is_not_taken_for_gone(guru: Guru, clock: FixedClock) -> None:
    client(guru)
    bring(guru, ics(weekly()))
    assert bring(guru, ics(weekly()), last=date(2026, 12, 10)).stays == 0
    clock.advance(days=10)
    assert bring(guru, ics(weekly())).stays == 0


def test_a_series_that_moved_there_leaves_alone_what_was_changed_here(guru: Guru) -> None:
    client(guru)
    bring(guru, ics(weekly(until="COUNT=1")))
    [entry] = entries(guru)
    guru.booking.move(entry.id, datetime(2026, 12, 2, 9), notify=False)
    report = bring(guru, ics(weekly("20261201T110000", "COUNT=1")))
    assert (report.would_create, report.would_update) == (0, 0)
    assert "changed here" in report.lines[0].remark


def test_what_was_undone_here_was_not_changed_here(guru: Guru) -> None:
    client(guru)
    bring(guru, ics(at(title="Sarah Botha")))
    guru.undo.undo()
    guru.undo.redo()
    [entry] = entries(guru)
    guru.booking.move(entry.id, datetime(2026, 12, 2, 9), notify=False)
    guru.undo.undo()
    assert bring(guru, ics(at("20261130T140000", "20261130T150000", "Sarah Botha"))).would_update == 1
    assert days(guru) == ["11-30 14:00-15:00"]


@pytest.mark.parametrize("privacy", ["full", "first-name", "initials", "busy"])
def test_our_own_feed_changes_nothing_of_what_was_imported(guru: Guru, privacy: str) -> None:
    client(guru)
    bring(guru, ics(weekly(), at("20261201T130000", "20261201T140000", "Piet Retief")))
    before = entries(guru)
    report = bring(guru, guru.feed.make(privacy).content)
    assert (report.would_create, report.would_update, report.unchanged) == (0, 0, 5)
    assert entries(guru) == before
