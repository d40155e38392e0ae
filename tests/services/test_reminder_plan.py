"""The plan is visible before it happens: what will leave, when, where to, with which text, or why nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.views.messages import PlannedReminder
from guru_tui.errors import NotFound
from guru_tui.services.reminder_plan import in_words
from guru_tui.settings import Settings
from tests.outbox_support import book, client, outbox, run, setting, texts

FAR = "2026-12-07T09:00"
ZONE = "Africa/Johannesburg"


@pytest.fixture(autouse=True)
def _no_alerts(guru: Guru) -> None:
    setting(guru, "alert_channels", "off")


def shown(guru: Guru, visit: int) -> list[tuple[int, str, str, str]]:
    """Rule, channel, state and local moment of each reminder."""
    return [
        (each.rule_id, each.channel, each.state, f"{each.leaves + timedelta(hours=2):%a %d %H:%M}")
        for each in guru.reads.reminders(visit)
    ]


def line(guru: Guru, visit: int) -> str:
    return in_words(guru.reads.reminders(visit), ZONE)


def go_to(clock: FixedClock, text: str) -> None:
    clock.advance(seconds=int((datetime.fromisoformat(f"{text}+02:00") - clock.now()).total_seconds()))


def test_what_is_planned_is_what_leaves(guru: Guru, clock: FixedClock, home: object) -> None:
    guru.rules.add("reminder", hours=2, channels="sms")
    visit = book(guru, client(guru), FAR)
    planned = guru.reads.reminders(visit)
    assert shown(guru, visit) == [
        (0, "email", "planned", "Sun 06 10:00"),
        (0, "sms", "planned", "Sun 06 10:00"),
        (1, "sms", "planned", "Mon 07 07:00"),
    ]
    assert [each.when for each in planned] == ["the day before at 10:00", "the day before at 10:00", "2 hours before"]
    assert line(guru, visit) == "Reminder Sun 6 Dec 10:00 by SMS and email, then 1 more"
    for moment in sorted({each.leaves for each in planned}):
        clock.advance(seconds=int((moment - clock.now()).total_seconds()))
        run(guru)
    sent = sorted(outbox(guru), key=lambda row: (row.sent_at, row.rule_id, row.channel))
    assert [(row.channel, row.recipient, row.subject, row.body, row.sent_at) for row in sent] == [
        (each.channel, each.recipient, each.subject, each.body, each.leaves) for each in planned
    ]
    assert [each.state for each in guru.reads.reminders(visit)] == ["sent"] * 3
    assert line(guru, visit) == "Reminded Mon 7 Dec 07:00 by SMS"


def test_a_change_of_text_name_number_or_hour_shows_at_once(guru: Guru) -> None:
    sarah = client(guru, email="")
    visit = book(guru, sarah, FAR)
    (before,) = guru.reads.reminders(visit)
    setting(guru, "practice_name", "Another Practice")
    setting(guru, "reminder_time", "15:00")
    guru.clients.update(sarah, mobile="083 555 0199")
    (after,) = guru.reads.reminders(visit)
    assert "Another Practice" in after.body
    assert (after.recipient, after.leaves - before.leaves) == ("+27835550199", timedelta(hours=5))


def test_one_that_waits_is_shown_as_it_would_go(guru: Guru, clock: FixedClock) -> None:
    sarah = client(guru)
    visit = book(guru, sarah, "2026-11-26T09:00")
    bare = Guru(Settings(guru.settings.home, {}), clock)
    run(bare)
    bare.close()
    setting(guru, "practice_name", "Another Practice")
    (waiting,) = guru.reads.reminders(visit)
    assert (waiting.state, waiting.channel, waiting.message_id) == ("queued", "email", 1)
    assert "Another Practice" in waiting.body
    setting(guru, "reminder_time", "15:00")
    assert shown(guru, visit) == [(0, "email", "queued", "Wed 25 15:00")]
    guru.rules.choose(visit, "sms")
    setting(guru, "reminder_time", "10:00")
    assert shown(guru, visit) == [(0, "email", "none", "Wed 25 10:00"), (0, "sms", "planned", "Wed 25 10:00")]
    assert guru.reads.reminders(visit)[0].reason == "the practice no longer reminds this way"


WHY_NONE: dict[str, tuple[Callable[[Guru, int, int], object], str]] = {
    "practice": (
        lambda guru, who, visit: setting(guru, "reminder_channels", "off"),
        "the practice sends no reminder messages (reminder_channels is off)",
    ),
    "templates": (
        lambda guru, who, visit: setting(guru, "messages_off", "reminder.sms,reminder.email"),
        "reminder messages are switched off (guru templates on reminder)",
    ),
    "type": (
        lambda guru, who, visit: guru.rules.add("reminder", channels="off", type_id=1),
        "reminder messages are switched off for this appointment type",
    ),
    "client": (
        lambda guru, who, visit: guru.rules.add("reminder", channels="off", client_id=who),
        "reminder messages are switched off for this client",
    ),
    "appointment": (
        lambda guru, who, visit: guru.rules.choose(visit, "off"),
        "reminder messages are switched off for this appointment",
    ),
    "no address": (
        lambda guru, who, visit: guru.clients.update(who, mobile="", email=""),
        "no mobile number; no email address",
    ),
    "consent": (
        lambda guru, who, visit: guru.clients.update(who, sms_allowed=False, email=""),
        "SMS is switched off for this client; no email address",
    ),
    "cancelled": (lambda guru, who, visit: guru.booking.cancel(visit, notify=False), "the appointment is cancelled"),
    "attended": (lambda guru, who, visit: guru.booking.set_status(visit, "attended"), "the appointment is attended"),
}


@pytest.mark.parametrize("what", WHY_NONE)
def test_why_there_is_none(guru: Guru, what: str) -> None:
    sarah = client(guru)
    visit = book(guru, sarah, FAR)
    act, reason = WHY_NONE[what]
    act(guru, sarah, visit)
    (none,) = guru.reads.reminders(visit)
    assert (none.state, none.reason, none.message_id) == ("none", reason, None)
    assert line(guru, visit) == f"No reminder: {reason}"


def test_once_it_has_begun_nothing_comes(guru: Guru, clock: FixedClock) -> None:
    visit = book(guru, client(guru), FAR)
    go_to(clock, FAR)
    assert line(guru, visit) == "No reminder: the appointment has begun"
    with pytest.raises(NotFound, match="guru agenda"):
        guru.reads.reminders(99)


def test_what_went_wrong_comes_first(guru: Guru, clock: FixedClock) -> None:
    run(guru)
    visit = book(guru, client(guru), FAR)
    go_to(clock, "2026-12-08T09:00")
    run(guru)
    assert line(guru, visit).startswith("Reminder missed: guru was not running from Sun 6 Dec 10:00")


def test_a_reminder_withdrawn_by_hand_stays_withdrawn(guru: Guru, clock: FixedClock) -> None:
    visit = book(guru, client(guru, email=""), "2026-11-26T09:00")
    bare = Guru(Settings(guru.settings.home, {}), clock)
    run(bare)
    bare.close()
    guru.outbox.withdraw(1)
    assert shown(guru, visit) == [(0, "sms", "cancelled", "Wed 25 10:00")]
    assert line(guru, visit) == "No reminder: withdrawn by you"
    assert guru.reads.entry(visit).reminder == "-"


def test_it_costs_a_handful_of_reads(guru: Guru) -> None:
    visit = book(guru, client(guru), FAR)
    asked: list[str] = []
    guru.connection.set_trace_callback(asked.append)
    guru.reads.reminders(visit, texts=False)
    guru.connection.set_trace_callback(None)
    assert len(asked) <= 5


# ---- the word of the agenda says the same ------------------------------------------------------------------


def word_of(plan: list[PlannedReminder]) -> str:
    """The agenda's word, from the plan."""
    states = {each.state for each in plan}
    for state in ("failed", "unknown", "missed", "queued", "held", "delivered", "sent"):
        if state in states:
            return state
    if "planned" in states:
        return "scheduled"
    if any(each.channel for each in plan):
        return "no-address"
    off = ("switched off", "is off")
    return "off" if all(any(word in each.reason for word in off) for each in plan) else "-"


RULES: dict[str, Callable[[Guru, int, int], object]] = {
    "none": lambda guru, who, visit: None,
    "week": lambda guru, who, visit: guru.rules.add("reminder", days=7, channels="sms"),
    "hours": lambda guru, who, visit: guru.rules.add("reminder", hours=3, client_id=who),
    "type off": lambda guru, who, visit: guru.rules.add("reminder", channels="off", type_id=1),
    "client email": lambda guru, who, visit: guru.rules.add("reminder", channels="email", client_id=who),
    "chosen sms": lambda guru, who, visit: guru.rules.choose(visit, "sms"),
    "sms off": lambda guru, who, visit: setting(guru, "messages_off", "reminder.sms"),
    "practice off": lambda guru, who, visit: setting(guru, "reminder_channels", "off"),
}
CLIENTS: dict[str, dict[str, str]] = {
    "both": {},
    "landline": {"mobile": "021 555 0101", "email": ""},
    "mail": {"mobile": ""},
    "none": {"mobile": "", "email": ""},
}


@pytest.mark.parametrize(("rule", "who"), product(RULES, CLIENTS))
def test_the_agendas_word_agrees_with_the_plan(guru: Guru, clock: FixedClock, rule: str, who: str) -> None:
    person = client(guru, **CLIENTS[who])
    visits = [book(guru, person, start, notify=start == FAR) for start in ("2026-11-26T09:00", "2026-11-30T16:00", FAR)]
    clock.advance(minutes=4)
    RULES[rule](guru, person, visits[2])

    def agrees() -> None:
        for visit in visits:
            entry, plan = guru.reads.entry(visit), guru.reads.reminders(visit)
            if entry.starts > clock.now():
                assert entry.reminder == word_of(plan), (visit, plan)
            if entry.reminder == "scheduled":
                first = min((each for each in plan if each.state == "planned"), key=lambda each: each.leaves)
                assert entry.reminder_at == first.leaves

    agrees()
    for when in ("11-25T12:00", "11-26T08:30", "11-29T11:00", "11-30T15:00", "12-06T12:00"):
        run(guru)
        agrees()
        go_to(clock, f"2026-{when}")
        agrees()


def test_the_agendas_words_cost_no_read_per_row(guru: Guru) -> None:
    sarah = client(guru)
    guru.rules.add("reminder", days=7)
    for hour in range(8, 16):
        book(guru, sarah, f"2026-12-07T{hour:02d}:00")

    def reads(days: int) -> int:
        asked: list[str] = []
        guru.connection.set_trace_callback(asked.append)
        guru.reads.agenda(datetime(2026, 12, 7).date(), days)
        guru.connection.set_trace_callback(None)
        return len([each for each in asked if each.lstrip().startswith("SELECT")])

    one_day = reads(1)
    for day in range(8, 12):
        book(guru, sarah, f"2026-12-{day:02d}T09:00")
    assert reads(7) == one_day <= 4


def test_planning_reads_once_however_many_there_are(guru: Guru, clock: FixedClock) -> None:
    """Rules of a year over many appointments: one read of the calendar, and none per row that is not due."""
    sarah = client(guru)
    guru.rules.add("reminder", days=365)
    for day in range(1, 29):
        book(guru, sarah, f"2027-02-{day:02d}T09:00")
    run(guru)
    asked: list[str] = []
    guru.connection.set_trace_callback(asked.append)
    run(guru)
    guru.connection.set_trace_callback(None)
    assert sum("FROM appointment a" in each for each in asked) <= 2
    assert len(texts(guru.settings.home)) == len(outbox(guru)) if outbox(guru) else True
