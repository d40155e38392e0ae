"""The entry for the client's calendar, read back by the library that calendars are written with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guru_tui.documents.calendar_entry import Revision, entries, entry, shown
from guru_tui.documents.calendar_text import new_uid
from guru_tui.domain.local_time import resolve, utc_text, wall_text
from guru_tui.domain.message_facts import AppointmentFacts, Person
from guru_tui.domain.practice import Practice

NOW = datetime(2026, 11, 25, 8, 0, 30, 999, tzinfo=UTC)
PRACTICE = Practice.of(
    {
        "practice_name": "Sea Point Physio",
        "first_name": "Naledi",
        "profession": "Physiotherapist",
        "phone": "+27215550100",
        "email": "hello@seapointphysio.example",
    }
)
FACTS = AppointmentFacts(
    id=7,
    person=Person(3, "Łucja", "O’Brien", "+27825550101", "lucja@example.com", True, True, "en"),
    status="booked",
    starts_at="2026-11-26T07:00:00Z",
    starts_local="2026-11-26T09:00",
    zone="Africa/Johannesburg",
    created_at="2026-11-20T07:00:00Z",
    sequence=0,
    title="Post-operative knee assessment",
    fee_minor=45000,
    currency="ZAR",
    address="15 Flannery Road,\nSea Point; Cape Town",
    instructions="Ring twice",
    type_id=1,
    minutes=60,
    place="Sea Point",
)


def made(facts: AppointmentFacts = FACTS, practice: Practice = PRACTICE, **changed: Any) -> bytes:
    given_ = {"method": "REQUEST", "sequence": 0, "uid": "x@y.example", "organizer": "hello@seapointphysio.example"}
    return entry(facts, practice, **{**given_, "now": NOW, **changed})


def read(content: bytes) -> tuple[icalendar.Calendar, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    [event] = calendar.walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    assert event.errors == []
    return calendar, event


def test_an_invitation_says_when_where_and_with_whom() -> None:
    calendar, event = read(made(sequence=4))
    assert (calendar["METHOD"], calendar["VERSION"], event["STATUS"]) == ("REQUEST", "2.0", "CONFIRMED")
    assert (event["UID"], event["SEQUENCE"]) == ("x@y.example", 4)
    assert event["SUMMARY"] == "Sea Point Physio"
    assert event["LOCATION"] == "15 Flannery Road, Sea Point; Cape Town"
    assert event.decoded("DTSTART") == datetime(2026, 11, 26, 7, tzinfo=UTC)
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=60)
    assert event.decoded("DTSTAMP") == NOW.replace(microsecond=0)
    assert event["ORGANIZER"] == "mailto:hello@seapointphysio.example"
    assert event["ORGANIZER"].params["CN"] == "Sea Point Physio"
    guest = event["ATTENDEE"]
    assert guest == "mailto:lucja@example.com"
    assert guest.params["CN"] == "Łucja O’Brien"
    assert (guest.params["RSVP"], guest.params["PARTSTAT"]) == ("TRUE", "NEEDS-ACTION")


def test_a_cancellation_takes_the_same_entry_out() -> None:
    calendar, event = read(made(method="CANCEL", sequence=5))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 5)
    assert event["ATTENDEE"] == "mailto:lucja@example.com"
    assert event.decoded("DTSTART") == datetime(2026, 11, 26, 7, tzinfo=UTC)


def test_it_tells_nothing_of_what_the_appointment_is_for() -> None:
    text = made().decode()
    for private in ("knee", "450", "ZAR", "+27825550101", "825550101", "Physiotherapist", "Ring twice"):
        assert private not in text
    assert read(made())[1]["DESCRIPTION"] == "Sea Point Physio, 021 555 0100"


def test_an_answer_already_given_is_not_asked_for_again() -> None:
    assert read(made(replace(FACTS, status="confirmed")))[1]["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


@pytest.mark.parametrize("zone", ["Africa/Johannesburg", "Europe/London", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("day", ["2026-03-07", "2026-03-08", "2026-03-29", "2026-07-01", "2026-10-25", "2026-11-01"])
def test_the_wall_time_is_right_in_its_zone_all_year_round(zone: str, day: str) -> None:
    wall = datetime.fromisoformat(f"{day}T09:00")
    facts = replace(FACTS, starts_local=wall_text(wall), starts_at=utc_text(resolve(wall, zone)), zone=zone)
    event = read(made(facts))[1]
    assert event.decoded("DTSTART").astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
    assert event.decoded("DTEND").astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall + timedelta(hours=1)


def test_an_appointment_over_a_change_of_the_clocks_lasts_as_long_as_it_takes() -> None:
    start = resolve(datetime(2026, 10, 25, 0, 30), "Europe/London")
    event = read(made(replace(FACTS, starts_at=utc_text(start), zone="Europe/London", minutes=120)))[1]
    assert event.decoded("DTEND").astimezone(ZoneInfo("Europe/London")).strftime("%H:%M") == "01:30"


def test_the_uid_stays_the_same_and_tells_nothing() -> None:
    uid = new_uid(7, FACTS.created_at, "SeaPointPhysio.example")
    assert uid == new_uid(7, FACTS.created_at, "seapointphysio.example")
    assert uid.endswith("@seapointphysio.example") and FACTS.created_at not in uid
    others = {
        new_uid(8, FACTS.created_at, "seapointphysio.example"),
        new_uid(7, "2026-11-20T07:00:01Z", "seapointphysio.example"),
        new_uid(7, FACTS.created_at, "other.example"),
    }
    assert len(others | {uid}) == 4


@pytest.mark.parametrize(
    "change", [{"starts_at": "2026-11-27T07:00:00Z"}, {"minutes": 45}, {"address": "Elsewhere"}], ids=str
)
def test_what_a_calendar_shows_makes_another_revision(change: dict[str, Any]) -> None:
    def told(facts: AppointmentFacts, method: str = "REQUEST", organizer: str = "a@b.example") -> tuple[str, ...]:
        return shown(facts, PRACTICE, method=method, organizer=organizer)

    assert told(replace(FACTS, **change)) != told(FACTS)
    assert told(FACTS, method="CANCEL") != told(FACTS)
    assert told(FACTS, organizer="c@b.example") != told(FACTS)
    assert told(replace(FACTS, status="confirmed", title="Other", fee_minor=1, told_at="x")) == told(FACTS)


def test_a_video_link_or_a_name_is_a_place_and_none_is_left_out() -> None:
    assert (
        read(made(replace(FACTS, address="https://meet.example/a,b;c")))[1]["LOCATION"] == "https://meet.example/a,b;c"
    )
    assert read(made(replace(FACTS, address="")))[1]["LOCATION"] == "Sea Point"
    bare = read(made(replace(FACTS, address="", place=""), Practice.of({"practice_name": "Sea Point"})))[1]
    assert "LOCATION" not in bare and "DESCRIPTION" not in bare


@settings(deadline=None)
@given(
    first=st.text(max_size=120),
    address=st.text(max_size=200),
    name=st.text(max_size=120),
    sequence=st.integers(0, 10_000),
)
def test_no_text_breaks_an_entry_or_adds_a_line(first: str, address: str, name: str, sequence: int) -> None:
    facts = replace(FACTS, person=replace(FACTS.person, first_name=first, last_name=""), address=address)
    content = made(facts, Practice.of({"practice_name": name, "phone": "+27215550100"}), sequence=sequence)
    assert content.endswith(b"END:VCALENDAR\r\n") and content.count(b"\n") == content.count(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    content.decode("utf-8")
    calendar, event = read(content)
    assert set(event) <= {
        "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "ATTENDEE", "DESCRIPTION", "LOCATION", "ORGANIZER",
        "STATUS", "TRANSP",
    }  # fmt: skip
    assert set(calendar) == {"PRODID", "VERSION", "METHOD"}
    assert event["SEQUENCE"] == sequence and event["ATTENDEE"] == "mailto:lucja@example.com"


@pytest.mark.parametrize("lines", ["\r\nATTENDEE:mailto:evil@example.com", "\nX-EVIL:1", "\r\nEND:VEVENT", "\u2028X:1"])
def test_line_breaks_stay_inside_their_text(lines: str) -> None:
    facts = replace(
        FACTS,
        person=replace(FACTS.person, first_name=f"A{lines}", email=f"lucja@example.com{lines}"),
        address=f"Road{lines}",
    )
    _, event = read(made(facts, Practice.of({"practice_name": f"P{lines}"}), organizer=f"a@b.example{lines}"))
    assert "X-EVIL" not in event and not isinstance(event["ATTENDEE"], list)


def test_several_are_published_each_under_its_own_name() -> None:
    """RFC 5546, 3.2.1: an organizer, no guests; what does not take place any more is among them as cancelled."""
    moved = replace(FACTS, starts_at="2026-12-03T07:00:00Z", address="Elsewhere")
    given_ = [Revision(FACTS, "a@y.example", 0, False), Revision(moved, "b@y.example", 3, True)]
    calendar = icalendar.Calendar.from_ical(entries(given_, PRACTICE, organizer="a@b.example", now=NOW))
    assert isinstance(calendar, icalendar.Calendar) and calendar["METHOD"] == "PUBLISH"
    first, second = calendar.walk("VEVENT")
    assert (first["UID"], first["SEQUENCE"], first["STATUS"]) == ("a@y.example", 0, "CONFIRMED")
    assert (second["UID"], second["SEQUENCE"], second["STATUS"]) == ("b@y.example", 3, "CANCELLED")
    assert (first["LOCATION"], second["LOCATION"]) == ("15 Flannery Road, Sea Point; Cape Town", "Elsewhere")
    assert not any("ATTENDEE" in event for event in (first, second))
    assert all(event["ORGANIZER"] == "mailto:a@b.example" for event in (first, second))


@pytest.mark.parametrize("lines", ["\r\nATTENDEE:mailto:evil@example.com", "\r\nEND:VEVENT", "\r\nBEGIN:VEVENT\r\n"])
def test_no_text_makes_another_entry_among_several(lines: str) -> None:
    facts = replace(FACTS, address=f"Road{lines}")
    practice = Practice.of({"practice_name": f"P{lines}", "phone": "+27215550100"})
    given_ = [Revision(facts, f"{number}@y.example", number, False) for number in range(3)]
    calendar = icalendar.Calendar.from_ical(entries(given_, practice, organizer="a@b.example", now=NOW))
    events = calendar.walk("VEVENT")
    assert [int(event["SEQUENCE"]) for event in events] == [0, 1, 2]
    assert not any("ATTENDEE" in event for event in events)
