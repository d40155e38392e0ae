"""Which rule wins, on which channels, and which of several reminders goes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.message_rules import (
    Reminder,
    Rule,
    RuleBook,
    applies,
    channel_words,
    decide,
    lead_words,
    obstacle,
    used,
    without,
)
from guru_tui.domain.practice import CHANNEL_RULES, CHANNELS, CLIENT_KINDS, Practice
from guru_tui.domain.reminders import GONE, UNDER_WAY, Standing, prospects

TYPE, CLIENT, VISIT = 3, 5, 7
WHOM = {"": {}, "type": {"type_id": TYPE}, "client": {"client_id": CLIENT}, "visit": {"appointment_id": VISIT}}
LEVELS = list(WHOM)
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


def practice(**settings: str) -> Practice:
    return Practice.of(settings)


def rule(number: int, whom: str = "", channels: str = "", **lead: object) -> Rule:
    return Rule(number, "reminder", channels=channels, **WHOM[whom], **lead)  # type: ignore[arg-type]


def got(*rules: Rule, **settings: str) -> list[tuple[int, str]]:
    """Rule and channels of each reminder of the appointment."""
    return [(one.rule_id, one.channels) for one in RuleBook(practice(**settings), rules).reminders(TYPE, CLIENT, VISIT)]


# ---- channels --------------------------------------------------------------------------------------------


def test_a_channel_that_is_switched_off_is_taken_out_of_a_rule() -> None:
    assert without("sms+email", {"sms"}) == "email"
    assert without("email-or-sms", {"email"}) == "sms"
    assert without("sms-or-email", {"email"}) == "sms"
    assert without("sms", {"sms"}) == without("sms+email", {"sms", "email"}) == without("off", {"sms"}) == "off"
    assert without("sms-or-email", set()) == "sms-or-email"


@given(st.sampled_from(CHANNEL_RULES), st.sets(st.sampled_from(CHANNELS)))
def test_what_is_left_of_a_rule_names_no_channel_that_is_off(word: str, gone: set[str]) -> None:
    left = without(word, gone)
    assert left in CHANNEL_RULES
    assert set(channel_words(left)) == set(channel_words(word)) - gone


@given(st.sampled_from(CHANNEL_RULES), st.sets(st.sampled_from(CHANNELS)), st.sets(st.sampled_from(CHANNELS)))
def test_a_message_takes_only_channels_that_its_rule_names_and_that_reach(
    word: str, reachable: set[str], available: set[str]
) -> None:
    ways = used(word, reachable, available)
    assert set(ways) <= set(channel_words(word)) & reachable
    assert not available or set(ways) <= available
    assert "+" in word or len(ways) <= 1
    if set(channel_words(word)) & reachable & available:
        assert ways


@given(
    st.sampled_from(CLIENT_KINDS),
    st.lists(st.tuples(st.sampled_from(LEVELS[1:]), st.sampled_from(CHANNEL_RULES)), unique_by=lambda pair: pair[0]),
)
def test_the_most_specific_channels_win(kind: str, named: list[tuple[str, str]]) -> None:
    rules = [Rule(number, kind, channels=word, **WHOM[whom]) for number, (whom, word) in enumerate(named, 1)]
    wanted = max(named, key=lambda pair: LEVELS.index(pair[0]))[1] if named else practice().channels_for(kind)
    found = decide(practice(), kind, rules)
    assert (found.channels, bool(found.reason)) == (wanted, wanted == "off")


def test_who_switched_it_off_is_named() -> None:
    assert "reminder_channels is off" in decide(practice(reminder_channels="off"), "reminder", []).reason
    assert "this client" in decide(practice(), "reminder", [rule(1, "client", "off")]).reason
    off = practice(messages_off="reminder.sms,reminder.email")
    assert "switched off" in decide(off, "reminder", []).reason
    assert decide(practice(messages_off="reminder.sms"), "reminder", []).channels == "email"


@pytest.mark.parametrize(
    ("channel", "recipient", "allowed", "words"),
    [
        ("sms", "+27825550101", True, ""),
        ("sms", "+27825550101", False, "SMS is switched off for this client"),
        ("sms", "", True, "no mobile number"),
        ("sms", "+27215550101", True, "the number is not a mobile number that takes SMS"),
        ("email", "sarah@example.com", True, ""),
        ("email", "sarah@example.com", False, "email is switched off for this client"),
        ("email", "", True, "no email address"),
    ],
)
def test_why_an_address_may_not_be_used(channel: str, recipient: str, allowed: bool, words: str) -> None:
    assert obstacle(channel, recipient, allowed) == words


# ---- which reminders -------------------------------------------------------------------------------------


def test_a_general_rule_adds_a_more_specific_one_replaces() -> None:
    week, hours = rule(1, lead_days=7), rule(2, lead_hours=2)
    assert got() == [(0, "sms+email")]
    assert got(week, hours) == [(0, "sms+email"), (1, "sms+email"), (2, "sms+email")]
    assert got(week, rule(3, "type", lead_days=2)) == [(3, "sms+email")]
    assert got(week, rule(3, "type", lead_days=2), rule(4, "client", lead_days=3)) == [(4, "sms+email")]
    every = (rule(3, "type", lead_days=2), rule(4, "client", lead_days=3), rule(5, "visit", lead_hours=1))
    assert got(*every) == [(5, "sms+email")]
    assert RuleBook(practice(), every).reminders(TYPE, 99, 99) == RuleBook(practice(), every[:1]).reminders(TYPE, 1, 1)
    assert [one.rule_id for one in RuleBook(practice(), every).reminders(None, None, None)] == [0]


def test_channels_come_from_the_rule_itself_or_from_the_most_specific_choice() -> None:
    week = rule(1, channels="sms", lead_days=7)
    assert got(week) == [(0, "sms+email"), (1, "sms")]
    assert got(week, rule(2, "client", "email")) == [(0, "email"), (1, "email")]
    assert got(rule(1, "client", "sms", lead_days=7), rule(2, "client", "email")) == [(1, "sms")]
    assert got(rule(1, "visit", "sms", lead_days=7), rule(2, "client", "email")) == [(1, "sms")]
    assert got(rule(1, "visit", lead_days=7), rule(2, "client", "email")) == [(1, "email")]


@pytest.mark.parametrize("whom", LEVELS[1:])
def test_off_on_a_level_means_none(whom: str) -> None:
    week = rule(1, channels="sms", lead_days=7)
    assert got(week, rule(2, whom, "off")) == [(0, "off"), (1, "off")]
    assert got(rule(1, whom, "sms", lead_days=7), rule(2, whom, "off")) == [(1, "off")]


def test_the_practice_off_leaves_the_rules_that_name_their_channels() -> None:
    assert got(rule(1, channels="sms", lead_days=7), rule(2, lead_days=2), reminder_channels="off") == [
        (0, "off"),
        (1, "sms"),
        (2, "off"),
    ]
    assert RuleBook(practice(reminder_channels="off")).silent
    assert not RuleBook(practice(reminder_channels="off"), [rule(1, channels="sms", lead_days=7)]).silent


def test_a_channel_switched_off_is_off_in_every_reminder() -> None:
    rules = (rule(1, channels="sms", lead_days=7), rule(2, channels="sms-or-email", lead_hours=2))
    assert got(*rules, messages_off="reminder.sms") == [(0, "email"), (1, "off"), (2, "email")]


RULES = st.lists(
    st.builds(
        lambda whom, channels, lead: rule(0, whom, channels, **lead),
        st.sampled_from(LEVELS),
        st.sampled_from(["", *CHANNEL_RULES]),
        st.one_of(
            st.just({}),
            st.integers(0, 365).map(lambda days: {"lead_days": days, "at": "09:00"}),
            st.integers(1, 168).map(lambda hours: {"lead_hours": hours}),
        ),
    ),
    max_size=8,
).map(lambda rules: [each._replace(id=number) for number, each in enumerate(rules, 1)])


@given(RULES, st.sampled_from([None, TYPE, 9]), st.sampled_from([CLIENT, 9]), st.sampled_from([VISIT, 9]))
def test_only_one_level_sets_the_times_and_nobody_is_left_without_a_rule(
    rules: list[Rule], type_id: int | None, client_id: int, appointment_id: int
) -> None:
    book = RuleBook(practice(), rules)
    found = book.reminders(type_id, client_id, appointment_id)
    assert found
    assert len({one.rule_id for one in found}) == len(found)
    mine = {each.id: each for each in rules if applies(each, type_id, client_id, appointment_id)}
    levels = {mine[one.rule_id].level if one.rule_id else 0 for one in found}
    assert len(levels) == 1
    assert levels == {max((each.level for each in mine.values() if each.timed), default=0)}
    assert all(one.channels in CHANNEL_RULES for one in found)
    assert max(one.longest_days for one in found) <= book.longest_days
    assert book.reminders(type_id, client_id, appointment_id) is found  # asked once for all that have no rule of theirs


def test_leads_in_words() -> None:
    assert lead_words(1, None, "10:00") == "the day before at 10:00"
    assert lead_words(0, None, "07:30") == "on the day at 07:30"
    assert lead_words(7, None, "09:00") == "7 days before at 09:00"
    assert lead_words(None, 1, "") == "1 hour before"
    assert lead_words(None, 2, "") == "2 hours before"


# ---- which of several goes -------------------------------------------------------------------------------


def reminder(number: int, *, since: str = "", channels: str = "sms+email") -> Reminder:
    return Reminder(number, channels, 1, None, time(10), since)


def fates(
    *moments: float, messages: tuple[Standing, ...] = (), since: str = "", told: float | None = None, made: str = ""
) -> list[str]:
    """What becomes of reminders 0, 1, 2, ... whose moments are so many hours from now."""
    found = prospects(
        [(reminder(n, since=since if n else ""), NOW + timedelta(hours=at)) for n, at in enumerate(moments)],
        messages,
        now=NOW,
        created_at=made,
        told_at=None if told is None else NOW + timedelta(hours=told),
    )
    return [each.fate for each in sorted(found, key=lambda each: each.reminder.rule_id)]


def has(number: int, state: str = "sent", channel: str = "sms", counts: bool | None = None) -> Standing:
    return Standing(number, channel, state, state in GONE if counts is None else counts)


def test_of_several_that_are_due_only_the_latest_goes() -> None:
    assert fates(-1) == ["due"]
    assert fates(1) == ["later"]
    assert fates(-2, -1) == ["superseded", "due"]
    assert fates(-1, -50, -2, 3) == ["due", "superseded", "superseded", "later"]


def test_what_the_outbox_has_is_not_sent_again_and_takes_the_place_of_the_earlier() -> None:
    assert fates(-2, -1, messages=(has(1),)) == ["superseded", "settled"]
    assert fates(-2, -1, messages=(has(0),)) == ["settled", "due"]
    assert fates(-2, -1, messages=(has(1, "queued"),)) == ["superseded", "settled"]
    assert fates(-2, -1, messages=(has(0, "queued"),)) == ["superseded", "due"]
    assert fates(-2, messages=(has(0, "cancelled", counts=False),)) == ["due"]
    assert fates(-2, messages=(has(0, "cancelled", counts=True),)) == ["settled"]


def test_a_message_on_a_channel_that_the_rule_no_longer_names_leaves_it_due() -> None:
    found = prospects(
        [(reminder(0, channels="sms"), NOW)], (has(0, "queued", "email"),), now=NOW, created_at="", told_at=None
    )
    assert [each.fate for each in found] == ["due"]


def test_a_notice_serves_for_what_was_due_before_it() -> None:
    assert fates(-2, -1, 1, told=-0.5) == ["notice", "notice", "later"]
    assert fates(-2, -1, told=-1.5) == ["superseded", "due"]


def test_a_new_rule_fires_only_where_it_is_all_that_the_client_gets() -> None:
    new = "2026-11-25T07:59:00Z"
    assert fates(3, -1, since=new) == ["later", "newer"]
    assert fates(-5, -1, since=new, messages=(has(0),)) == ["settled", "newer"]
    assert fates(-5, -1, since=new) == ["superseded", "due"]
    assert fates(-5, -1, since="2026-11-25T06:00:00Z", messages=(has(0),)) == ["settled", "due"]
    removed = (has(9),)
    assert fates(9, -1, since=new, messages=removed) == ["later", "newer"]
    off = [(reminder(0, channels="off"), NOW + timedelta(hours=3)), (reminder(1, since=new), NOW - timedelta(hours=1))]
    assert [each.fate for each in prospects(off, (), now=NOW, created_at="", told_at=None)] == ["due", "off"]


def test_an_appointment_made_after_a_moment_waits_for_the_next_one() -> None:
    made = "2026-11-25T07:00:00Z"
    assert fates(5, -24, made=made) == ["later", "newer"]
    assert fates(-1.5, -24, made=made) == ["due", "superseded"]


MESSAGES = st.lists(
    st.builds(
        has,
        st.integers(0, 4),
        st.sampled_from([*GONE, *UNDER_WAY, "cancelled", "failed", "missed", "blocked"]),
        st.sampled_from(["sms", "email"]),
        st.booleans(),
    ),
    max_size=5,
)


@given(
    st.lists(st.integers(-100, 100), min_size=1, max_size=5),
    MESSAGES,
    st.sampled_from(["", "2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z"]),
    st.one_of(st.none(), st.integers(-100, 0)),
)
def test_at_most_one_moment_goes_and_never_one_that_has_gone(
    moments: list[int], messages: list[Standing], since: str, told: int | None
) -> None:
    found = prospects(
        [(reminder(n, since=since), NOW + timedelta(hours=at)) for n, at in enumerate(moments)],
        messages,
        now=NOW,
        created_at="2026-11-01T00:00:00Z",
        told_at=None if told is None else NOW + timedelta(hours=told),
    )
    assert len(found) == len(moments)
    going = [each for each in found if each.fate == "due"]
    assert len({each.moment for each in going}) <= 1
    for each in going:
        assert each.moment <= NOW
        assert not any(one.counts and one.rule_id == each.reminder.rule_id for one in messages)
        done = {one.rule_id for one in messages if one.counts}
        assert not any(other.reminder.rule_id in done and other.moment > each.moment for other in found)
    if not messages and told is None:
        assert any(each.fate in ("due", "later") for each in found)  # nobody is left without any
