"""Several reminder rules, and what overrides them: from the rule to what leaves, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.services.message_rules import channels_for
from guru_tui.settings import Settings
from tests.outbox_support import book, client, files, outbox, run, setting, sql, states

FAR = "2026-12-07T09:00"  # a Monday, twelve days on
NEXT_DAY = "2026-11-26T09:00"


@pytest.fixture(autouse=True)
def _no_alerts(guru: Guru) -> None:
    setting(guru, "alert_channels", "off")


def kinds(guru: Guru) -> list[tuple[int, str, str]]:
    """Rule, channel and state of every message, oldest first."""
    return [(row.rule_id, row.channel, row.state) for row in outbox(guru)]


def go_to(clock: FixedClock, text: str) -> None:
    """Set the clock to a time in Johannesburg."""
    clock.advance(seconds=int((datetime.fromisoformat(f"{text}+02:00") - clock.now()).total_seconds()))


# ---- rules ------------------------------------------------------------------------------------------------


def test_a_rule_is_an_action_that_can_be_undone(guru: Guru) -> None:
    sarah = client(guru)
    guru.rules.add("reminder", days=7, at="9:00", channels="SMS")
    guru.rules.add("reminder", hours=2, client_id=sarah)
    guru.rules.add("confirmation", channels="sms", client_id=sarah)
    guru.rules.add("reminder", channels="off", type_id=1)
    assert [row.summary for row in guru.reads.actions(limit=4)][::-1] == [
        "Added a reminder 7 days before at 09:00 by SMS",
        "Added a reminder 2 hours before for Sarah Botha",
        "Added confirmation messages by SMS for Sarah Botha",
        "Added no reminders for Follow-up",
    ]
    rows = guru.reads.rules()
    assert [(row.id, row.kind, row.whom, row.name, row.channels, row.at) for row in rows] == [
        (0, "reminder", "", "", "sms+email", "10:00"),
        (3, "confirmation", "client", "Sarah Botha", "sms", ""),
        (1, "reminder", "", "", "sms", "09:00"),
        (4, "reminder", "type", "Follow-up", "off", ""),
        (2, "reminder", "client", "Sarah Botha", "", ""),
    ]
    guru.undo.undo()
    assert [row.id for row in guru.reads.rules()] == [0, 3, 1, 2]
    guru.rules.remove(1)
    assert [row.id for row in guru.reads.rules()] == [0, 3, 2]
    assert guru.undo.undo().summary == "Removed a reminder 7 days before at 09:00 by SMS"
    assert [row.id for row in guru.reads.rules()] == [0, 3, 1, 2]


def test_a_rule_can_be_changed(guru: Guru, clock: FixedClock) -> None:
    number = guru.rules.add("reminder", days=7)
    (since,) = sql(guru, "SELECT since FROM message_rule").fetchone()
    clock.advance(hours=1)
    guru.rules.change(number, days=7, channels="email")
    assert sql(guru, "SELECT since, channels FROM message_rule").fetchone() == (since, "email")
    guru.rules.change(number, days=7, at="08:00", channels="email")
    assert sql(guru, "SELECT since > ?, at_time FROM message_rule", since).fetchone() == (1, "08:00")
    assert guru.reads.actions(limit=1)[0].summary == "Changed rule 1 to a reminder 7 days before at 08:00 by email"
    with pytest.raises(NotAllowed, match="reads so already"):
        guru.rules.change(number, days=7, at="08:00", channels="email")
    with pytest.raises(NotAllowed, match="different rules"):
        guru.rules.change(number, channels="email")
    with pytest.raises(NotAllowed, match="guru settings set reminder_time"):
        guru.rules.change(0, days=2)


NONSENSE: dict[str, Callable[[Guru, int, int], object]] = {
    "from 0 to 365 days": lambda guru, who, visit: guru.rules.add("reminder", days=366),
    "from 0 to 365 days before, not -1": lambda guru, who, visit: guru.rules.add("reminder", days=-1),
    "from 1 to 168 hours": lambda guru, who, visit: guru.rules.add("reminder", hours=169),
    "from 1 to 168 hours before, not 0": lambda guru, who, visit: guru.rules.add("reminder", hours=0),
    "give one of the two": lambda guru, who, visit: guru.rules.add("reminder", days=1, hours=2),
    "hours before count from the start": lambda guru, who, visit: guru.rules.add("reminder", hours=2, at="10:00"),
    "is no time of day": lambda guru, who, visit: guru.rules.add("reminder", days=2, at="25:00"),
    "is no way to send": lambda guru, who, visit: guru.rules.add("reminder", days=2, channels="fax"),
    "is no kind of message": lambda guru, who, visit: guru.rules.add("agenda", channels="sms", client_id=who),
    "Only reminders have a lead": lambda guru, who, visit: guru.rules.add("confirmation", days=2, client_id=who),
    "or how long before": lambda guru, who, visit: guru.rules.add("reminder", client_id=who),
    "Say which channels": lambda guru, who, visit: guru.rules.add("confirmation", client_id=who),
    "guru settings set payment_reminder_channels sms": lambda guru, who, visit: guru.rules.add(
        "payment-reminder", channels="sms"
    ),
    "is about no appointment": lambda guru, who, visit: guru.rules.add("invoice", channels="sms", type_id=1),
    "name only one of them": lambda guru, who, visit: guru.rules.add("reminder", days=2, type_id=1, client_id=who),
    "There is no appointment type 99": lambda guru, who, visit: guru.rules.add("reminder", days=2, type_id=99),
    "There is no client with number 99": lambda guru, who, visit: guru.rules.add("reminder", days=2, client_id=99),
    "There is no appointment 99": lambda guru, who, visit: guru.rules.add("reminder", days=2, appointment_id=99),
    "There is no rule 99": lambda guru, who, visit: guru.rules.remove(99),
    "The practice reminds the day before at 10:00 already": lambda guru, who, visit: guru.rules.add(
        "reminder", days=1, at="10:00", channels="email"
    ),
    "There is such a rule already, number 1": lambda guru, who, visit: guru.rules.add("reminder", days=7, at="10:00"),
    "There is such a rule already, number 2": lambda guru, who, visit: guru.rules.add(
        "confirmation", channels="email", client_id=who
    ),
    "It is chosen already": lambda guru, who, visit: guru.rules.choose(visit, ""),
}


@pytest.mark.parametrize("sentence", NONSENSE)
def test_nonsense_is_refused_in_one_sentence(guru: Guru, sentence: str) -> None:
    sarah = client(guru)
    visit = book(guru, sarah, FAR)
    guru.rules.add("reminder", days=7)
    guru.rules.add("confirmation", channels="sms", client_id=sarah)
    before = guru.reads.rules()
    with pytest.raises((Invalid, NotAllowed, NotFound), match=sentence):
        NONSENSE[sentence](guru, sarah, visit)
    assert guru.reads.rules() == before


def test_one_function_says_the_channels(guru: Guru) -> None:
    sarah = client(guru)
    visit = book(guru, sarah, FAR)
    setting(guru, "messages_off", "confirmation.email")

    def ways(kind: str = "confirmation") -> str:
        practice = guru.reads.practice()
        about = {"type_id": 1, "client_id": sarah, "appointment_id": visit}
        return channels_for(guru.connection, practice, kind, **about)

    assert (ways(), ways("reschedule"), ways("invoice")) == ("sms", "email-or-sms", "email")
    guru.rules.add("reschedule", channels="email", type_id=1)
    guru.rules.add("invoice", channels="sms", client_id=sarah)
    assert (ways("reschedule"), ways("invoice")) == ("email", "sms")
    guru.rules.add("reschedule", channels="sms", client_id=sarah)
    assert ways("reschedule") == "sms"
    guru.rules.add("reschedule", channels="off", appointment_id=visit)
    assert ways("reschedule") == "off"


def test_a_clients_rule_decides_how_a_notice_goes_and_is_told_before(guru: Guru) -> None:
    sarah = client(guru)
    guru.rules.add("confirmation", channels="sms", client_id=sarah)
    visit = book(guru, sarah, FAR, notify=True)
    assert states(guru) == [("confirmation", "sms", "held")]
    guru.rules.add("cancellation", channels="off", type_id=1)
    preview = guru.notifications.preview(guru.connection, "cancellation", now=guru.clock.now(), appointment_id=visit)
    silence = guru.notifications.silence(guru.connection, "cancellation", now=guru.clock.now(), appointment_id=visit)
    assert (preview, silence) == ((), "cancellation messages are switched off for this appointment type")


# ---- several reminders ------------------------------------------------------------------------------------


def test_each_rule_reminds_once_at_its_moment(guru: Guru, clock: FixedClock, home: Path) -> None:
    guru.rules.add("reminder", days=7, at="09:00", channels="sms")
    guru.rules.add("reminder", hours=2, channels="email")
    book(guru, client(guru), FAR)
    seen = []
    for when in (
        "11-30T08:59",
        "11-30T09:00",
        "11-30T09:00",
        "12-06T10:00",
        "12-07T06:59",
        "12-07T07:00",
        "12-07T08:30",
    ):
        go_to(clock, f"2026-{when}")
        seen.append(run(guru).sent)
    assert seen == [0, 1, 0, 2, 0, 1, 0]
    assert kinds(guru) == [(1, "sms", "sent"), (0, "sms", "sent"), (0, "email", "sent"), (2, "email", "sent")]
    assert len(files(home)) == 4


@pytest.mark.parametrize(
    ("zone", "start", "moments"),
    [
        ("Africa/Johannesburg", "2026-12-07T09:00", ["2026-11-30T10:00+02:00", "2026-12-07T07:00+02:00"]),
        ("Europe/London", "2026-10-27T14:00", ["2026-10-20T10:00+01:00", "2026-10-27T12:00+00:00"]),
        ("America/New_York", "2026-11-03T14:00", ["2026-10-27T10:00-04:00", "2026-11-03T12:00-05:00"]),
    ],
)
def test_rules_keep_their_hour_across_a_change_of_the_clocks(
    guru: Guru, clock: FixedClock, zone: str, start: str, moments: list[str]
) -> None:
    clock.advance(days=-90)
    setting(guru, "zone", zone)
    setting(guru, "reminder_channels", "off")
    guru.rules.add("reminder", days=7, channels="sms")
    guru.rules.add("reminder", hours=2, channels="email")
    visit = book(guru, client(guru), start)
    assert [each.leaves for each in guru.reads.reminders(visit) if each.state == "planned"] == [
        datetime.fromisoformat(moment) for moment in moments
    ]
    for moment in moments:
        due = datetime.fromisoformat(moment)
        clock.advance(seconds=int((due - clock.now()).total_seconds()) - 1)
        assert run(guru).sent == 0
        clock.advance(seconds=1)
        assert run(guru).sent == 1


def test_off_for_days_sends_the_latest_once_and_misses_nothing(guru: Guru, clock: FixedClock) -> None:
    guru.rules.add("reminder", days=7)
    guru.rules.add("reminder", days=3)
    visit = book(guru, client(guru), FAR)
    go_to(clock, "2026-12-06T12:00")
    report = run(guru)
    assert (report.sent, report.missed, report.status) == (2, 0, 0)
    assert kinds(guru) == [(0, "sms", "sent"), (0, "email", "sent")]
    why = {each.rule_id: each.reason for each in guru.reads.reminders(visit) if each.state == "none"}
    assert why == dict.fromkeys((1, 2), "a later reminder takes its place")
    go_to(clock, "2026-12-07T12:00")
    assert (run(guru).missed, len(outbox(guru))) == (0, 2)


def test_what_began_without_any_reminder_is_missed_once(guru: Guru, clock: FixedClock) -> None:
    run(guru)
    guru.rules.add("reminder", days=7)
    guru.rules.add("reminder", hours=3)
    book(guru, client(guru), FAR)
    go_to(clock, "2026-12-08T12:00")
    report = run(guru)
    assert (report.missed, report.sent, report.status) == (1, 0, 3)
    assert kinds(guru) == [(2, "sms", "missed")]
    assert run(guru).missed == 0


def test_one_that_was_reminded_of_earlier_is_not_missed(guru: Guru, clock: FixedClock) -> None:
    guru.rules.add("reminder", days=7)
    book(guru, client(guru), FAR)
    go_to(clock, "2026-11-30T10:00")
    assert run(guru).sent == 2
    go_to(clock, "2026-12-08T12:00")
    assert (run(guru).missed, len(outbox(guru))) == (0, 2)


def test_a_new_rule_fires_no_burst(guru: Guru, clock: FixedClock) -> None:
    sarah = client(guru)
    for day in ("11-27", "11-30", "12-01", "12-07"):
        book(guru, sarah, f"2026-{day}T09:00")
    run(guru)
    guru.rules.add("reminder", days=7)
    assert run(guru).planned == 0
    go_to(clock, "2026-11-26T10:00")
    assert {row.rule_id for row in run(guru).messages} == {0}
    go_to(clock, "2026-11-30T10:00")
    run(guru)
    seventh = [row for row in outbox(guru) if row.rule_id]
    assert {row.starts_at.day for row in seventh if row.starts_at} == {7}


def test_a_new_rule_goes_where_it_is_the_only_reminder(guru: Guru) -> None:
    setting(guru, "reminder_channels", "off")
    book(guru, client(guru), "2026-11-27T09:00")
    assert run(guru).planned == 0
    guru.rules.add("reminder", days=7, channels="sms")
    assert run(guru).sent == 1


def test_a_confirmation_serves_for_the_rules_before_it(guru: Guru, clock: FixedClock) -> None:
    guru.rules.add("reminder", days=7)
    guru.rules.add("reminder", hours=2)
    visit = book(guru, client(guru), "2026-11-30T09:00", notify=True)
    clock.advance(minutes=3)
    run(guru)
    assert states(guru) == [("confirmation", "email", "sent")]
    served = [each for each in guru.reads.reminders(visit) if each.state == "none"]
    assert [(each.rule_id, each.reason) for each in served] == [
        (1, "the confirmation or the notice of the move serves for it (made Wed 25 Nov 10:00)")
    ]
    go_to(clock, "2026-11-30T07:00")
    run(guru)
    assert [row.rule_id for row in outbox(guru)[1:]] == [2, 2]  # of the two that are due


def test_a_types_rule_replaces_the_practices_and_a_clients_that(guru: Guru, clock: FixedClock) -> None:
    sarah, thandi = client(guru), client(guru, "Thandi", mobile="082 555 0102")
    guru.rules.add("reminder", days=3, type_id=1)
    guru.rules.add("reminder", days=2, client_id=thandi)
    book(guru, sarah, FAR)
    book(guru, thandi, FAR)
    sent = {}
    for day in range(3, 7):
        go_to(clock, f"2026-12-0{day}T12:00")
        sent[day] = [(row.recipient_name, row.rule_id) for row in run(guru).messages if row.channel == "sms"]
    assert sent == {3: [], 4: [("Sarah Botha", 1)], 5: [("Thandi Botha", 2)], 6: []}


def test_a_reminder_in_the_quiet_hours_before_an_early_start_goes_the_evening_before(
    guru: Guru, clock: FixedClock
) -> None:
    setting(guru, "reminder_channels", "off")
    guru.rules.add("reminder", hours=1, channels="sms")
    book(guru, client(guru), "2026-11-26T06:30")
    go_to(clock, "2026-11-25T19:59")
    assert run(guru).planned == 0
    go_to(clock, "2026-11-25T20:00")
    assert run(guru).sent == 1


def test_missed_in_the_evening_it_leaves_at_its_own_moment(guru: Guru, clock: FixedClock) -> None:
    setting(guru, "reminder_channels", "off")
    guru.rules.add("reminder", hours=1, channels="sms")
    book(guru, client(guru), "2026-11-26T06:30")
    for when, sent in (("25T22:30", 0), ("26T05:29", 0), ("26T05:30", 1)):
        go_to(clock, f"2026-11-{when}")
        assert run(guru).sent == sent


def test_switched_off_channels_are_off_in_every_reminder(guru: Guru) -> None:
    guru.rules.add("reminder", days=2, channels="sms")
    setting(guru, "messages_off", "reminder.sms")
    book(guru, client(guru), NEXT_DAY)
    run(guru)
    assert states(guru) == [("reminder", "email", "sent")]


# ---- what has not left follows the rules -------------------------------------------------------------------


def run_bare(guru: Guru) -> None:
    """A run without any channel set up: what is due is planned and waits."""
    bare = Guru(Settings(guru.settings.home, {}), guru.clock)
    run(bare)
    bare.close()


def test_a_rule_that_is_gone_takes_its_waiting_reminder_along(guru: Guru, clock: FixedClock) -> None:
    number = guru.rules.add("reminder", days=1, at="09:30", channels="email")
    setting(guru, "reminder_channels", "off")
    book(guru, client(guru), NEXT_DAY)
    run_bare(guru)
    assert kinds(guru) == [(number, "email", "queued")]
    guru.rules.remove(number)
    assert run(guru).sent == 0
    assert [(row.state, row.reason) for row in outbox(guru)] == [
        ("cancelled", "no rule asks for this reminder any more")
    ]


def test_other_channels_take_over_in_the_same_run(guru: Guru, clock: FixedClock) -> None:
    visit = book(guru, client(guru), NEXT_DAY)
    run_bare(guru)
    assert kinds(guru) == [(0, "email", "queued")]
    guru.rules.choose(visit, "sms")
    assert run(guru).sent == 1
    assert kinds(guru) == [(0, "email", "cancelled"), (0, "sms", "sent")]


def test_a_waiting_reminder_makes_way_for_the_one_after_it(guru: Guru, clock: FixedClock) -> None:
    guru.rules.add("reminder", days=3)
    book(guru, client(guru), FAR)
    go_to(clock, "2026-12-04T10:00")
    run_bare(guru)
    assert kinds(guru) == [(1, "email", "queued")]
    go_to(clock, "2026-12-06T10:00")
    run_bare(guru)
    assert kinds(guru) == [(1, "email", "cancelled"), (0, "email", "queued")]
    assert run(guru).sent == 1
    assert kinds(guru) == [(1, "email", "cancelled"), (0, "email", "sent")]


def test_one_that_comes_too_late_to_be_sent_is_missed_once(guru: Guru, clock: FixedClock) -> None:
    guru.rules.add("reminder", days=3)
    book(guru, client(guru), FAR)
    for when in ("12-04T10:00", "12-06T10:00", "12-07T09:00"):
        go_to(clock, f"2026-{when}")
        run_bare(guru)
    assert kinds(guru) == [(1, "email", "cancelled"), (0, "email", "missed")]


def test_a_notice_that_waits_follows_the_rule(guru: Guru, clock: FixedClock) -> None:
    sarah = client(guru)
    book(guru, sarah, FAR, notify=True)
    guru.rules.add("confirmation", channels="sms", client_id=sarah)
    clock.advance(minutes=3)
    assert run(guru).sent == 1
    assert states(guru) == [("confirmation", "email", "cancelled"), ("confirmation", "sms", "sent")]
    assert outbox(guru)[0].reason == "the practice no longer sends this by email"


def test_a_notice_that_is_switched_off_stays_here(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), FAR, notify=True)
    guru.rules.add("confirmation", channels="off", type_id=1)
    clock.advance(minutes=3)
    assert run(guru).sent == 0
    assert [(row.state, row.reason) for row in outbox(guru)] == [
        ("cancelled", "confirmation messages are switched off for this appointment type")
    ]


# ---- moving and choosing -----------------------------------------------------------------------------------


def test_moved_and_moved_back_within_the_hold_nothing_at_all_is_sent(guru: Guru, clock: FixedClock, home: Path) -> None:
    visit = book(guru, client(guru), FAR, notify=True)
    clock.advance(minutes=3)
    assert run(guru).sent == 1
    before = guru.reads.reminders(visit)
    guru.booking.move(visit, datetime(2026, 12, 8, 9))
    clock.advance(minutes=2)
    guru.booking.move(visit, datetime(2026, 12, 7, 9))
    clock.advance(minutes=30)
    assert run(guru).sent == 0
    assert len(files(home)) == 1
    assert guru.reads.reminders(visit) == before
    go_to(clock, "2026-12-06T10:00")
    assert run(guru).sent == 2


def test_a_waiting_reminder_is_back_in_place_after_a_move_there_and_back(guru: Guru, clock: FixedClock) -> None:
    visit = book(guru, client(guru, mobile=""), NEXT_DAY)
    run_bare(guru)
    guru.booking.move(visit, datetime(2026, 11, 26, 11))
    assert ("reminder", "email", "cancelled") in states(guru)
    guru.booking.move(visit, datetime(2026, 11, 26, 9))
    assert run(guru).sent == 1
    assert [row.state for row in outbox(guru) if row.kind == "reminder"] == ["sent"]
    clock.advance(minutes=5)
    run(guru)
    assert [(row.kind, row.state) for row in outbox(guru) if row.state == "sent"] == [("reminder", "sent")]


def test_a_move_voids_every_reminder_of_the_old_time_and_plans_the_new(guru: Guru, clock: FixedClock) -> None:
    guru.rules.add("reminder", days=3)
    visit = book(guru, client(guru), FAR)
    guru.booking.move(visit, datetime(2026, 12, 14, 9), notify=False)
    for day in (4, 6, 11, 13):
        go_to(clock, f"2026-12-{day:02d}T10:00")
        run(guru)
    assert {(row.rule_id, row.starts_at.day) for row in outbox(guru) if row.starts_at} == {(1, 14), (0, 14)}


def test_a_choice_for_one_appointment(guru: Guru, clock: FixedClock) -> None:
    guru.rules.add("reminder", days=2, channels="email")
    sarah = client(guru)
    visit, other = book(guru, sarah, FAR), book(guru, sarah, "2026-12-08T09:00")

    def ways(number: int) -> list[tuple[int, str]]:
        return [(each.rule_id, each.channel) for each in guru.reads.reminders(number) if each.state == "planned"]

    usual = [(1, "email"), (0, "email"), (0, "sms")]
    assert ways(visit) == ways(other) == usual
    assert guru.rules.choose(visit, "sms") == "Chose reminders by SMS for Sarah Botha Mon 7 Dec 09:00"
    assert (ways(visit), ways(other)) == ([(1, "sms"), (0, "sms")], usual)
    assert guru.rules.choose(visit, "off") == "Chose no reminders for Sarah Botha Mon 7 Dec 09:00"
    assert ways(visit) == []
    assert guru.reads.entry(visit).reminder == "off"
    guru.undo.undo()
    assert ways(visit) == [(1, "sms"), (0, "sms")]
    guru.rules.choose(visit, "")
    assert ways(visit) == usual
    assert sql(guru, "SELECT count(*) FROM message_rule WHERE appointment_id IS NOT NULL").fetchone() == (0,)


def test_a_choice_speaks_for_the_appointments_own_reminders_too(guru: Guru) -> None:
    visit = book(guru, client(guru), FAR)
    guru.rules.add("reminder", days=2, channels="email", appointment_id=visit)
    guru.rules.choose(visit, "sms")
    assert [(each.rule_id, each.channel) for each in guru.reads.reminders(visit)] == [(1, "sms")]
