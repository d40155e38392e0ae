"""Quick-add beyond single phrases: choices, slots, defaults, blocked times, and what holds for any text."""

from __future__ import annotations

import string
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guru_tui.domain.quick_add import (
    ClientList,
    ClientMatch,
    LastVisit,
    Reading,
    format_reading,
    guess_date,
    is_block,
    parse,
    parse_block,
    parse_when,
)
from guru_tui.domain.quick_add.phrases import Phrase, cheapest
from guru_tui.domain.quick_add.words import distance, misspelt_day
from guru_tui.domain.recurrence import first_on
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow
from guru_tui.errors import Invalid

NOW = datetime(2026, 11, 25, 10, 0)
HOURS = [Interval(day, opens, closes) for day in range(5) for opens, closes in ((480, 750), (810, 1020))]
TYPES = [
    AppointmentTypeRow(1, "Follow-up", 60, 45000, 1, "Sea Point", 0, 0, True),
    AppointmentTypeRow(2, "Massage", 45, 60000, 2, "Gardens", 0, 0, True),
    AppointmentTypeRow(3, "Massage long", 90, 90000, None, "", 0, 0, True),
]
PLACES = [
    LocationRow(1, "Sea Point", "", "", "", "", True),
    LocationRow(2, "Gardens", "", "", "", "", True),
    LocationRow(3, "Sea View", "", "", "", "", True),
]
SEEN = datetime(2026, 11, 1, 8, tzinfo=UTC)
CLIENTS = [
    ClientMatch(1, "Sarah", "Botha", "+27825550101", "", LastVisit(2, "Massage", 30, 50000, 1, SEEN), 7, 90000),
    ClientMatch(
        2, "Sarah", "Bosman", "+27825550102", last=LastVisit(1, "Follow-up", 60, 45000, 1, SEEN.replace(day=9))
    ),
    ClientMatch(3, "Thandi", "Nkosi", "+27825550103"),
    ClientMatch(4, "June", "Smith"),
    ClientMatch(5, "Pieter", "Botha", last=LastVisit(99, "Retired type", 20, 100, None, SEEN)),
    ClientMatch(6, "John", "Doe", "+27825550106"),
    ClientMatch(7, "John", "Doe", "+27825550107"),
    ClientMatch(8, "Friday", "Dube"),
    ClientMatch(9, "Ann", "Lee"),
    ClientMatch(10, "Annelie", "Leeds", last=LastVisit(1, "Follow-up", 60, 45000, 1, SEEN)),
]


def read(text: str, now: datetime = NOW, **options: object) -> Reading:
    wanted: dict[str, object] = {
        "hours": HOURS, "types": TYPES, "locations": PLACES, "clients": ClientList(CLIENTS), **options
    }  # fmt: skip
    return parse(text, now=now, **wanted)  # type: ignore[arg-type]


class TestClient:
    def test_two_who_match_are_asked_the_lately_seen_first(self) -> None:
        reading = read("sarah bo tue 10")
        assert not reading.complete
        assert reading.ambiguous == (("client", ("Sarah Bosman (082 555 0102)", "Sarah Botha (082 555 0101)")),)
        assert [client.id for client in reading.client_choices] == [2, 1]

    def test_a_pick_settles_it(self) -> None:
        for pick, client_id in ((0, 2), (1, 1), (2, 2)):
            reading = read("sarah bo tue 10", picks={"client": pick})
            assert reading.complete and reading.client is not None and reading.client.id == client_id

    def test_a_whole_name_is_that_client(self) -> None:
        reading = read("ann lee tue 10")
        assert reading.complete and reading.client is not None and reading.client.id == 9
        assert [client.id for client in reading.client_choices] == [9, 10]

    def test_a_whole_word_of_a_name_comes_before_one_that_only_begins_so(self) -> None:
        lately = next(client.last for client in CLIENTS if client.last)
        thandi, thandiwe = ClientMatch(91, "Thandi", "Zulu"), ClientMatch(92, "Thandiwe", "Zulu", last=lately)
        reading = read("thandi tue 10", clients=ClientList([thandiwe, thandi]))
        assert not reading.complete, "both are meant by it, so it is asked"
        assert [client.id for client in reading.client_choices] == [91, 92]

    def test_two_of_the_same_name_are_told_apart_by_their_number(self) -> None:
        reading = read("john doe tue 10")
        assert reading.ambiguous[0].choices == ("John Doe (082 555 0106)", "John Doe (082 555 0107)")

    def test_a_likeness_is_offered_and_never_taken(self) -> None:
        reading = read("tandi nkosy tue 10")
        assert reading.client is None and not reading.complete
        assert reading.problems[0].choices == ("Thandi Nkosi (082 555 0103)", "new client")
        assert reading.new_client == "tandi nkosy"
        assert read("tandi nkosy tue 10", picks={"client": 0}).complete
        assert not read("tandi nkosy tue 10", picks={"client": 1}).complete

    def test_a_first_name_does_not_hide_an_unknown_surname(self) -> None:
        reading = read("thandi zulu tue 10")
        assert reading.client is None and reading.new_client == "thandi zulu"

    def test_no_name_is_no_new_client(self) -> None:
        assert read("tue 10").new_client == ""
        assert read("#77 tue 10").new_client == ""


class TestDefaults:
    def test_those_of_the_last_visit(self) -> None:
        reading = read("sarah botha tue 10")
        assert (reading.type, reading.minutes, reading.fee_minor) == (TYPES[1], 30, 50000)
        assert reading.location == PLACES[0]

    def test_a_named_type_brings_its_own(self) -> None:
        reading = read("sarah botha tue 10 follow")
        assert (reading.type, reading.minutes, reading.fee_minor) == (TYPES[0], 60, 45000)
        reading = read("sarah bosman tue 10 massage")
        assert (reading.type, reading.minutes, reading.location) == (TYPES[1], 45, PLACES[1])

    def test_without_a_visit_the_first_type(self) -> None:
        reading = read("thandi tue 10")
        assert (reading.type, reading.minutes, reading.fee_minor) == (TYPES[0], 60, 45000)

    def test_a_retired_type_gives_way_to_the_first(self) -> None:
        reading = read("pieter tue 10")
        assert (reading.type, reading.minutes, reading.fee_minor) == (TYPES[0], 60, 45000)

    def test_a_typed_fee_keeps_the_usual_one_in_sight(self) -> None:
        reading = read("sarah botha tue 10 R450")
        assert (reading.fee_minor, reading.usual_fee_minor) == (45000, 50000)

    def test_a_practice_without_types_and_places(self) -> None:
        reading = read("thandi tue 10", types=[], locations=[])
        assert reading.complete and reading.type is None and reading.location is None
        assert (reading.minutes, reading.fee_minor) == (60, 0)
        assert "guru locations add" in read("thandi tue 10 @sea", types=[], locations=[]).problems[0].message

    def test_two_types_or_places_that_match_are_asked(self) -> None:
        assert read("thandi tue 10 mass").ambiguous == (("type", ("Massage", "Massage long")),)
        assert read("thandi tue 10 massage").complete
        assert read("thandi tue 10 @sea").ambiguous == (("place", ("Sea Point", "Sea View")),)
        assert read("thandi tue 10 @sea", picks={"place": 1}).location == PLACES[2]

    def test_another_currency(self) -> None:
        reading = read("thandi tue 10 €45,50", currency="EUR")
        assert (reading.fee_minor, reading.currency) == (4550, "EUR")
        assert read("thandi tue 10 ¥4500", currency="JPY").fee_minor == 4500


class TestWhen:
    def test_next_friday_is_asked(self) -> None:
        reading = read("thandi next fri 10")
        assert not reading.complete
        assert reading.ambiguous == (("date", ("Fri 27 Nov", "Fri 4 Dec")),)
        picked = read("thandi next fri 10", picks={"date": 1})
        assert picked.complete and picked.start == datetime(2026, 12, 4, 10)

    def test_next_week_alone_asks_for_the_day(self) -> None:
        choices = ("Mon 30 Nov", "Tue 1 Dec", "Wed 2 Dec", "Thu 3 Dec", "Fri 4 Dec")
        assert read("thandi next week 10").ambiguous == (("date", choices),)

    def test_an_hour_that_is_open_twice_is_asked(self) -> None:
        late = [Interval(day, 360, 1260) for day in range(6)]
        reading = read("thandi tue 7", hours=late)
        assert reading.ambiguous == (("time", ("07:00", "19:00")),)
        assert read("thandi tue 7", hours=late, picks={"time": 1}).start == datetime(2026, 12, 1, 19)
        assert read("thandi tue 7-8pm", hours=late).start == datetime(2026, 12, 1, 19)
        assert read("thandi tue 07:00", hours=late).complete

    def test_a_bare_hour_without_hours_is_one_of_a_working_day(self) -> None:
        for text, hour in (("thandi tue 3", 15), ("thandi tue 7", 7), ("thandi tue 6", 18), ("thandi tue 12", 12)):
            assert read(text, hours=[]).start == datetime(2026, 12, 1, hour)

    def test_the_slot_stands_in_for_day_and_time(self) -> None:
        slot = datetime(2026, 11, 27, 14, 30)
        assert read("thandi", at=slot).start == slot and read("thandi", at=slot).complete
        assert read("thandi 16:00", at=slot).start == datetime(2026, 11, 27, 16)
        assert read("thandi 45m massage long", at=slot).start == slot
        assert read("friday", at=slot).client == CLIENTS[7]
        elsewhere = read("thandi tue", at=slot)
        assert not elsewhere.complete and elsewhere.start is None and elsewhere.day == date(2026, 12, 1)
        assert not read("thandi", at=slot).date_given and not read("thandi", at=slot).time_given

    def test_the_past_is_told_not_refused(self) -> None:
        for text in ("thandi today 9", "thandi yesterday 9", "thandi 2026-11-20 10", "thandi 1/2/2026 10"):
            reading = read(text)
            assert reading.complete and reading.past, text
        assert not read("thandi today 10").past
        assert read("thandi yesterday").past and not read("thandi").past

    def test_the_distance_is_always_there(self) -> None:
        for text, words in (
            ("thandi tue 10", "in 6 days"),
            ("thandi tomorrow 10", "tomorrow"),
            ("thandi today 15:00", "today"),
            ("thandi yesterday 15:00", "yesterday"),
            ("thandi 2026-11-20 9", "5 days ago"),
            ("thandi tue", "in 6 days"),
        ):
            assert read(text).distance == words

    def test_month_first_where_the_country_writes_so(self) -> None:
        assert read("thandi 3/9 10", month_first=True).start == datetime(2027, 3, 9, 10)

    def test_a_time_that_the_clocks_skip_or_show_twice(self) -> None:
        skipped = read("thandi 28/3/2027 02:30", zone="Europe/Berlin")
        assert skipped.problems[0].field == "time" and "does not exist" in skipped.problems[0].message
        twice = read("thandi 31/10/2027 02:30", zone="Europe/Berlin")
        assert twice.ambiguous[0].field == "fold" and len(twice.ambiguous[0].choices) == 2
        assert read("thandi 31/10/2027 02:30", zone="Europe/Berlin", picks={"fold": 1}).fold == 1

    def test_a_length_is_time_that_passes_and_a_typed_end_a_time_on_the_clock(self) -> None:
        for text, end, minutes in (
            ("thandi 31/10/2027 01:30 120m", datetime(2027, 10, 31, 2, 30), 120),  # the second 02:30
            ("thandi 31/10/2027 01:30-03:30", datetime(2027, 10, 31, 3, 30), 180),
            ("thandi 28/3/2027 01:30 60m", datetime(2027, 3, 28, 3, 30), 60),
            ("thandi 28/3/2027 01:30-03:30", datetime(2027, 3, 28, 3, 30), 60),
        ):
            reading = read(text, zone="Europe/Berlin")
            assert (reading.end, reading.minutes) == (end, minutes), text
        assert read("thandi 28/3/2027 01:30-02:30", zone="Europe/Berlin").problems[0].field == "time"

    def test_what_the_grammar_does_not_know_is_guessed_only_as_a_whole_date(self) -> None:
        asked: list[str] = []

        def guess(text: str, now: datetime) -> date | None:
            asked.append(text)
            return date(2026, 12, 1)

        reading = read("thandi first of december 10:30", guess=guess)
        assert asked == ["first of december"] and reading.start == datetime(2026, 12, 1, 10, 30) and reading.complete
        asked.clear()
        assert not read("thandi blah blub 10:30", guess=guess).complete
        assert not read("thandi tue 10 blah december", guess=guess).complete
        assert asked == []

    def test_dateparser_reads_dates_ahead_and_nothing_else(self) -> None:
        assert guess_date("24th december", NOW) == date(2026, 12, 24)
        assert guess_date("3 maart", NOW) == date(2027, 3, 3)
        assert guess_date("complete nonsense", NOW) is None


class TestBlock:
    @pytest.mark.parametrize(
        ("text", "start", "end", "title"),
        [
            ("fri pm", "2026-11-27 12:00", "2026-11-27 17:00", ""),
            ("b: fri pm", "2026-11-27 12:00", "2026-11-27 17:00", ""),
            ("fri am", "2026-11-27 08:00", "2026-11-27 12:00", ""),
            ("vrydag middag", "2026-11-27 12:00", "2026-11-27 17:00", ""),
            ("tomorrow morning Bank", "2026-11-26 08:00", "2026-11-26 12:00", "Bank"),
            ("sat pm", "2026-11-28 12:00", "2026-11-28 17:00", ""),
            ("fri evening", "2026-11-27 17:00", "2026-11-28 00:00", ""),
            ("fri", "2026-11-27 00:00", "2026-11-28 00:00", ""),
            ("16/12 all day", "2026-12-16 00:00", "2026-12-17 00:00", ""),
            ("heeldag vrydag", "2026-11-27 00:00", "2026-11-28 00:00", ""),
            ("mon-wed", "2026-11-30 00:00", "2026-12-03 00:00", ""),
            ("wed-fri", "2026-11-25 00:00", "2026-11-28 00:00", ""),
            ("fri-mon", "2026-11-27 00:00", "2026-12-01 00:00", ""),
            ("mon to wed Leave", "2026-11-30 00:00", "2026-12-03 00:00", "Leave"),
            ("16-18 dec Leave", "2026-12-16 00:00", "2026-12-19 00:00", "Leave"),
            ("28/12-3/1 ::at the sea", "2026-12-28 00:00", "2027-01-04 00:00", "at the sea"),
            ("16 dec - 18 dec conference", "2026-12-16 00:00", "2026-12-19 00:00", "conference"),
            ("today 12:30-13:30 lunch", "2026-11-25 12:30", "2026-11-25 13:30", "lunch"),
            ("tomorrow 9-12 Dentist", "2026-11-26 09:00", "2026-11-26 12:00", "Dentist"),
            ("fri 14:00 2h Staff Training", "2026-11-27 14:00", "2026-11-27 16:00", "Staff Training"),
            ("Sunday school sat 9-10", "2026-11-28 09:00", "2026-11-28 10:00", "Sunday school"),
            ("Weekly meeting fri 9-10", "2026-11-27 09:00", "2026-11-27 10:00", "Weekly meeting"),
            ("fri 22:00-24:00", "2026-11-27 22:00", "2026-11-28 00:00", ""),
        ],
    )
    def test_reads(self, text: str, start: str, end: str, title: str) -> None:
        reading = parse_block(text, now=NOW, hours=HOURS)
        assert reading.complete, reading
        assert (reading.start, reading.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))
        assert reading.title == title

    @pytest.mark.parametrize(
        ("text", "field"),
        [
            ("lunch", "date"),
            ("31/11", "date"),
            ("fri 14:00", "length"),
            ("fri 2h", "time"),
            ("fri 15:00-14:00", "time"),
            ("mon-wed 9-10", "time"),
            ("12/12-11/12", "date"),
            ("every fri pm x1", "repeat"),
            ("every fri pm weekly x6", "repeat"),
            ("fri 9-10 77", "text"),
        ],
    )  # fmt: skip
    def test_refuses(self, text: str, field: str) -> None:
        reading = parse_block(text, now=NOW, hours=HOURS)
        fields = [problem.field for problem in reading.problems]
        assert field in fields and not reading.complete, reading

    def test_next_friday_is_asked_here_too(self) -> None:
        reading = parse_block("next fri pm", now=NOW, hours=HOURS)
        assert not reading.complete and reading.ambiguous[0].field == "date"
        picked = parse_block("next fri pm", now=NOW, hours=HOURS, picks={"date": 1})
        assert picked.complete and picked.start == datetime(2026, 12, 4, 12)

    def test_the_slot_gives_the_time(self) -> None:
        slot = datetime(2026, 11, 27, 14, 30)
        reading = parse_block("lunch 30m", now=NOW, hours=HOURS, at=slot)
        assert (reading.start, reading.end, reading.title) == (slot, slot + timedelta(minutes=30), "lunch")
        assert parse_block("pm", now=NOW, hours=HOURS, at=slot).end == datetime(2026, 11, 27, 17)

    def test_the_prefix(self) -> None:
        assert is_block("b: fri") and is_block(" B:fri") and not is_block("b fri")
        assert "blocks time" in read("b: fri pm").problems[0].message


class TestMoving:
    AT = datetime(2026, 11, 30, 9, 0)

    @pytest.mark.parametrize(
        ("text", "start", "minutes"),
        [
            ("fri", "2026-11-27 09:00", None),
            ("fri 10", "2026-11-27 10:00", None),
            ("15:00", "2026-11-30 15:00", None),
            ("3", "2026-11-30 15:00", None),
            ("tue 9-10:30", "2026-12-01 09:00", 90),
            ("26 nov 3pm 45m", "2026-11-26 15:00", 45),
        ],
    )
    def test_what_is_not_said_stays(self, text: str, start: str, minutes: int | None) -> None:
        reading = parse_when(text, now=NOW, hours=HOURS, at=self.AT)
        assert reading.complete and reading.start == datetime.fromisoformat(start)
        assert reading.minutes == minutes

    @pytest.mark.parametrize("text", ["", "foo", "31/11", "fri foo", "next fri", "45m", "fri 25:00"])
    def test_what_says_nothing_is_refused(self, text: str) -> None:
        assert not parse_when(text, now=NOW, hours=HOURS, at=self.AT).complete


VOCABULARY = """
sarah botha bo thandi june friday mon tue friday vrydag next this week in 2 two weeks days tomorrow môre day after
9 10 1030 10:30 14h00 25:00 3pm pm half past quarter to 3 9-10:30 - 45m 1h30 for minutes hour 31/11 9/3 2027-03-09
9 March 2027 1st feb 30 R450 R1 850 $5 @sea @ point @x x6 every massage long follow-up all noon blah #1 #99 ! :: , .
mon-wed 0 00 24 99999999999999999999 ½ ٣ １０ ² at on the until dec
"""
WORDS = st.sampled_from(VOCABULARY.split())


class TestAnyText:
    @given(st.text(max_size=200))
    @settings(max_examples=300, deadline=None)
    @example("::")
    @example("! ! !")
    @example("@ @ @")
    @example("R R R1,,,")
    def test_no_text_fails(self, text: str) -> None:
        for reading in (read(text), parse_block(text, now=NOW, hours=HOURS), parse_when(text, now=NOW, hours=HOURS)):
            assert reading.text == text

    @given(st.lists(WORDS, max_size=12))
    @settings(max_examples=400, deadline=None)
    def test_no_words_fail_and_readings_hold_together(self, words: list[str]) -> None:
        text = " ".join(words)
        reading = read(text, zone="Africa/Johannesburg")
        parse_block(text, now=NOW, hours=HOURS)
        parse_when(text, now=NOW, hours=HOURS, at=NOW)
        if reading.start is not None and reading.end is not None:
            assert reading.end - reading.start == timedelta(minutes=reading.minutes) and reading.minutes > 0
            assert reading.day == reading.start.date()
        if reading.complete:
            assert reading.client is not None and not reading.ambiguous
        assert all(problem.message and "\n" not in problem.message for problem in reading.problems)
        self._same_again(reading)

    @given(
        client=st.sampled_from(CLIENTS),
        day=st.dates(date(2026, 11, 26), date(2031, 1, 1)),
        minute=st.integers(0, 1439),
        minutes=st.integers(1, 600),
        row=st.sampled_from(TYPES),
        place=st.sampled_from(PLACES),
        fee=st.integers(0, 99_999_99),
        note=st.text(string.ascii_letters + " !:@é€", max_size=30),
        silent=st.booleans(),
        repeat=st.one_of(
            st.just(""),
            st.builds(
                "{} {}".format,
                st.one_of(
                    st.builds(
                        "every {} {}s".format, st.integers(2, 52), st.sampled_from(["day", "week", "month", "year"])
                    ),
                    st.sampled_from(["daily", "weekly", "every mon and thu", "every 2 weeks on tue, wed and sun"]),
                ),
                st.one_of(st.builds("x{}".format, st.integers(2, 40)), st.sampled_from(["", "for 2 years"])),
            ),
        ),
    )
    @settings(max_examples=200, deadline=None)
    def test_a_printed_reading_reads_the_same(
        self,
        client: ClientMatch,
        day: date,
        minute: int,
        minutes: int,
        row: AppointmentTypeRow,
        place: LocationRow,
        fee: int,
        note: str,
        silent: bool,
        repeat: str,
    ) -> None:
        line = f"#{client.id} {day:%Y-%m-%d} {minute // 60:02d}:{minute % 60:02d} {minutes}m {row.name}"
        line += f" @{place.name} R{fee // 100}.{fee % 100:02d} {repeat}" + (" !" if silent else "") + f" ::{note}"
        reading = read(line)
        assert (reading.repeat is not None) == bool(repeat) or reading.problems[0].field == "repeat"
        if reading.problems and repeat:
            return  # more than there can be, or once only
        assert reading.complete, reading.problems
        assert (reading.client, reading.type, reading.location) == (client, row, place)
        assert (reading.minutes, reading.fee_minor) == (minutes, fee)
        first = first_on(reading.repeat, day) if reading.repeat else day
        assert reading.start == datetime(first.year, first.month, first.day, minute // 60, minute % 60)
        self._same_again(reading)

    @staticmethod
    def _same_again(reading: Reading) -> None:
        if not reading.complete:
            return
        again = read(format_reading(reading), zone="Africa/Johannesburg")
        for name in ("client", "start", "end", "minutes", "type", "location", "fee_minor", "note", "notify", "repeat"):
            assert getattr(again, name) == getattr(reading, name), (name, reading.text, format_reading(reading))
        assert again.complete

    def test_too_long_a_line_says_so(self) -> None:
        assert "more than 40 words" in read("tue " * 50).problems[0].message
        assert "more than 40 words" in parse_block("tue " * 50, now=NOW, hours=HOURS).problems[0].message
        with pytest.raises(Invalid, match="shorten"):
            read("x" * 501)


class TestChips:
    def test_they_show_what_was_typed_and_what_was_taken(self) -> None:
        reading = read("sarah botha tue 10 R450 ::bring scans !")
        assert [(chip.field, chip.text, chip.state) for chip in reading.chips] == [
            ("client", "Sarah Botha (082 555 0101)", "typed"),
            ("when", "Tue 1 Dec 2026 10:00–10:30 · in 6 days", "typed"),
            ("type", "Massage", "default"),
            ("fee", "R450", "typed"),
            ("place", "Sea Point", "default"),
            ("note", "bring scans", "typed"),
            ("notify", "no", "typed"),
        ]

    def test_they_show_what_is_open_missing_or_wrong(self) -> None:
        def state(text: str, field: str) -> str:
            return next(chip.state for chip in read(text).chips if chip.field == field)

        assert state("sarah bo tue 10", "client") == "open"
        assert state("zzz tue 10", "client") == "wrong"
        assert state("tue 10", "client") == "missing"
        assert state("thandi", "when") == "missing"
        assert state("thandi next fri 10", "when") == "open"
        assert state("thandi 31/11 10", "when") == "wrong"
        assert state("thandi tue 10 @x", "place") == "wrong"


class TestPieces:
    def test_slips_are_counted(self) -> None:
        assert (distance("", "ab"), distance("tuseday", "tuesday"), distance("abc", "abc")) == (2, 1, 0)

    def test_names_are_no_misspelt_days(self) -> None:
        for name in ("mandy", "fridah", "sunny", "tanya", "thandi", "monica", "saturnin", "donna"):
            assert misspelt_day(name) is None, name

    def test_the_cheapest_cover_wins(self) -> None:
        lattice = [[Phrase("time", 1), Phrase("date", 2)], [Phrase("client", 1, cost=1.0)]]
        cost, steps = cheapest(lattice, missing={}, leftover=[10.0, 10.0])
        assert cost == pytest.approx(0.2) and [step.phrase for step in steps] == [lattice[0][1]]

    def test_a_line_is_read_within_a_key_press(self) -> None:
        read("sarah bo tue 1030 45m @sea R450 ::bring scans")
        took = []
        for _ in range(20):
            begun = time.perf_counter()
            read("sarah bo tue 1030 45m @sea R450 ::bring scans")
            took.append(time.perf_counter() - begun)
        assert min(took) < 0.005
