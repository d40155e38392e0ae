"""The Outbox screen's reads: each part holds what it should, a filter finds it, and no part walks the whole outbox."""

from __future__ import annotations

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.message import ENDED_BADLY, MESSAGE_STATES
from guru_tui.domain.views.outbox import PARTS, FilterWord
from guru_tui.store.queries import agenda, outbox_screen
from tests.outbox_support import book, client, sql

HOURS = {state: f"2026-12-{day:02d}T09:00" for day, state in enumerate(MESSAGE_STATES, start=1)}


@pytest.fixture
def states(guru: Guru) -> dict[str, int]:
    """One confirmation in each state, by state."""
    sarah = client(guru, mobile="")
    made = {}
    for state, when in HOURS.items():
        appointment = book(guru, sarah, when, notify=True)
        made[state] = guru.reads.messages_for_appointment(appointment)[0].id
        sql(guru, "UPDATE outbox_message SET state = ? WHERE id = ?", state, made[state])
    return made


def _in(guru: Guru, part: str, *words: FilterWord) -> list[int]:
    return outbox_screen.page(guru.connection, part, words)


def test_each_part_holds_its_states_and_the_counts_agree(guru: Guru, states: dict[str, int]) -> None:
    expected = {
        "all": set(states.values()),
        "needs": {states[state] for state in ENDED_BADLY},
        "waiting": {states[state] for state in ("held", "queued", "claimed", "sending")},
        "sent": {states[state] for state in ("sent", "delivered")},
    }
    assert {part: set(_in(guru, part)) for part in PARTS} == expected
    counts = guru.reads.outbox_counts()
    assert counts._asdict() == {part: len(ids) for part, ids in expected.items()}
    assert guru.reads.totals().failed_messages == counts.needs


def test_what_is_dealt_with_needs_nobody_however_old_the_rest_is(guru: Guru, states: dict[str, int]) -> None:
    sql(guru, "UPDATE outbox_message SET acknowledged_at = '2026-11-25T08:00:00Z' WHERE state = 'failed'")
    sql(guru, "UPDATE outbox_message SET created_at = '2025-01-01T08:00:00Z' WHERE state = 'unknown'")
    assert set(_in(guru, "needs")) == {states[state] for state in ENDED_BADLY if state != "failed"}
    assert [(need.state, need.messages) for need in guru.reads.needs() if need.state in ("failed", "unknown")] == [
        ("unknown", 1)
    ]
    assert guru.reads.totals().failed_messages == len(ENDED_BADLY) - 1


def test_what_waits_comes_in_the_order_in_which_it_leaves(guru: Guru, states: dict[str, int]) -> None:
    sql(guru, "UPDATE outbox_message SET not_before = '2026-11-25T07:00:00Z' WHERE state = 'queued'")
    sql(guru, "UPDATE outbox_message SET not_before = '2026-11-25T06:00:00Z' WHERE state = 'sending'")
    assert _in(guru, "waiting")[:2] == [states["sending"], states["queued"]]
    assert [row.state for row in guru.reads.outbox_page("waiting")][:2] == ["sending", "queued"]
    assert _in(guru, "all") == sorted(states.values(), reverse=True)
    assert _in(guru, "sent") == sorted((states["sent"], states["delivered"]), reverse=True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", True),  # the name without its diaeresis
        ("zoë", True),
        ("merwe", True),
        ("merwede", False),
        ("0825550190", True),  # as at home, stored with the country's code
        ("5550190", True),
        ("+2782", True),
        ("rugby", True),  # a word of the text
        ("%", False),
        ("_", False),
        ("'; drop table", False),
    ],
)
def test_a_filter_finds_names_numbers_and_text(guru: Guru, typed: str, found: bool) -> None:
    zoe = client(guru, "Zoë", "van der Merwe", mobile="082 555 0190", email="")
    wanted = guru.reads.messages_for_appointment(book(guru, zoe, "2026-12-01T09:00", notify=True))[0].id
    other = client(guru, "Thandi", "Nkosi", mobile="", email="thandi@example.com")
    book(guru, other, "2026-12-01T11:00", notify=True)
    sql(guru, "UPDATE outbox_message SET body = 'bring the rugby boots' WHERE id = ?", wanted)
    assert _in(guru, "all", FilterWord(typed)) == ([wanted] if found else [])


def test_every_word_of_a_filter_has_to_fit(guru: Guru, states: dict[str, int]) -> None:
    failed = FilterWord("failed", states=("failed",))
    assert _in(guru, "all", FilterWord("sarah"), failed) == [states["failed"]]
    assert _in(guru, "all", FilterWord("thandi"), failed) == []
    assert _in(guru, "all", FilterWord("invoice", kinds=("invoice",))) == []
    assert len(_in(guru, "all", FilterWord("mail", channels=("email",)))) == len(states)
    assert _in(guru, "all", FilterWord("x" * 5000)) == []


def test_an_invoice_is_found_by_its_number(guru: Guru) -> None:
    sarah = client(guru)
    appointment = book(guru, sarah, "2026-11-24T09:00")
    guru.booking.set_status(appointment, "attended")
    issued = guru.invoicing.invoice_client(sarah)
    sent = guru.invoicing.send(issued.row.id)
    sql(guru, "UPDATE outbox_message SET body = '', subject = ''")
    assert _in(guru, "all", FilterWord(f"#{issued.row.number}")) == [sent[0].id]
    assert guru.reads.invoice_numbers(guru.reads.messages()) == {issued.row.id: issued.row.number}


def test_a_thread_is_one_clients_newest_first(guru: Guru, states: dict[str, int]) -> None:
    thandi = client(guru, "Thandi", "Nkosi")
    book(guru, thandi, "2026-12-20T09:00", notify=True)
    sarah = guru.reads.messages()[-1].client_id
    assert sarah is not None
    thread = guru.reads.thread(sarah, limit=3)
    assert [row.id for row in thread] == sorted(states.values(), reverse=True)[:3]


@pytest.mark.parametrize("part", ["needs", "waiting", "sent"])
def test_no_part_walks_the_outbox(guru: Guru, part: str) -> None:
    for words in ((), (FilterWord("sarah"),)):
        asked: list[str] = []
        guru.connection.set_trace_callback(asked.append)
        outbox_screen.page(guru.connection, part, words)
        guru.connection.set_trace_callback(None)
        plan = [row[3] for statement in asked for row in sql(guru, f"EXPLAIN QUERY PLAN {statement}")]
        assert plan
        assert not [step for step in plan if step.startswith(("SCAN m", "SCAN outbox_message"))], plan


def test_counting_reads_indexes_alone(guru: Guru) -> None:
    asked: list[str] = []
    guru.connection.set_trace_callback(asked.append)
    outbox_screen.counts(guru.connection)
    outbox_screen.needs(guru.connection)
    agenda.totals(guru.connection, now=guru.clock.now(), today=guru.reads.today())
    guru.connection.set_trace_callback(None)
    plan = [row[3] for statement in asked for row in sql(guru, f"EXPLAIN QUERY PLAN {statement}")]
    about = [step for step in plan if "outbox_message" in step]
    assert about and all(step.startswith("SEARCH") or "COVERING INDEX" in step for step in about), plan
