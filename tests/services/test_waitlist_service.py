"""The waiting list from the practitioner's side: who is on it, whom a freed time fits, offering and booking it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import Change
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.views.waitlist import WaitingChange
from guru_tui.domain.waitlist import Wish
from guru_tui.errors import Invalid, MovedOn, NotAllowed, NotFound, SlotTaken
from guru_tui.services.waitlist import WaitlistService
from tests.outbox_support import book, client, files, outbox, run, setting, states, texts

TUESDAY = datetime(2026, 12, 1, 10, 30)
MORNINGS = Wish(60, (1,), 0, 720, type_id=1)


@pytest.fixture
def thandi(guru: Guru) -> int:
    return client(guru, "Thandi", "Nkosi", mobile="072 555 0190")


@pytest.fixture
def entry(guru: Guru, thandi: int) -> int:
    return guru.waitlist.add(thandi, MORNINGS, "back is bad").entry_id


def said(change: Change | WaitingChange) -> list[tuple[str, str, str]]:
    return [(row.kind, row.channel, row.state) for row in change.messages]


# ---- the list ------------------------------------------------------------------------------------------


def test_who_was_put_on_the_list_stands_there_in_words(guru: Guru, thandi: int) -> None:
    change = guru.waitlist.add(thandi, replace(MORNINGS, last_on=date(2026, 12, 11)), "back is bad")
    assert change.summary == "Put Thandi Nkosi on the waiting list: Tue mornings"
    (row,) = guru.reads.waitlist()
    assert (row.client, row.wants, row.note) == (
        "Thandi Nkosi", "Tue mornings, 60 min Follow-up, until Fri 11 Dec", "back is bad",
    )  # fmt: skip
    assert row.since == guru.clock.now() and row.state == "waiting" and row.offered_start is None
    assert guru.reads.waiting(row.id) == row


def test_every_change_of_the_list_is_undone(guru: Guru, entry: int) -> None:
    before = guru.reads.waitlist()
    guru.waitlist.change(entry, Wish(45, (3,)), "")
    guru.waitlist.remove(entry)
    assert guru.reads.waitlist() == []
    assert guru.undo.undo().summary == "Took Thandi Nkosi off the waiting list"
    assert guru.reads.waiting(entry).wants == "Thu, 45 min"
    guru.undo.undo()
    assert guru.reads.waitlist() == before
    guru.undo.undo()
    assert guru.reads.waitlist() == []


def test_what_cannot_be_wished_for_is_refused(guru: Guru, thandi: int, entry: int) -> None:
    for wish in (Wish(0), Wish(60, opens=600, closes=630), Wish(60, (7,)), Wish(1440)):
        with pytest.raises(Invalid):
            guru.waitlist.add(thandi, wish)
    with pytest.raises(Invalid, match="swap the two"):
        guru.waitlist.add(thandi, Wish(60, first_on=date(2026, 12, 2), last_on=date(2026, 12, 1)))
    with pytest.raises(NotFound, match="no appointment type 99"):
        guru.waitlist.add(thandi, Wish(60, type_id=99))
    with pytest.raises(NotAllowed, match="waits for that already"):
        guru.waitlist.add(thandi, MORNINGS)
    with pytest.raises(NotAllowed, match="nothing was changed"):
        guru.waitlist.change(entry, MORNINGS)
    with pytest.raises(NotFound, match="guru waitlist list"):
        guru.waitlist.remove(99)
    assert len(guru.reads.waitlist()) == 1


def test_an_archived_client_drops_out_and_comes_back_with_the_client(guru: Guru, thandi: int, entry: int) -> None:
    guru.clients.archive(thandi)
    assert guru.reads.waitlist() == []
    with pytest.raises(NotAllowed, match="archived"):
        guru.waitlist.offer(entry, TUESDAY)
    guru.undo.undo()
    assert [row.id for row in guru.reads.waitlist()] == [entry]


def test_one_who_is_booked_elsewhere_stays_until_removed(guru: Guru, thandi: int, entry: int) -> None:
    book(guru, thandi, "2026-12-03T09:00")
    assert [row.id for row in guru.reads.waitlist()] == [entry]


# ---- whom a freed time fits ------------------------------------------------------------------------------


def test_whom_a_freed_time_fits_the_longest_waiting_first(guru: Guru, clock: FixedClock, entry: int) -> None:
    clock.advance(days=1)
    sarah = guru.waitlist.add(client(guru), Wish(30, (1,))).entry_id
    guru.waitlist.add(client(guru, "Lerato", "Mokoena", mobile="082 555 0134"), Wish(60, (2,)))
    found = guru.waiting.fits(TUESDAY, TUESDAY + timedelta(hours=1))
    assert [(fit.entry.id, fit.start) for fit in found] == [(entry, TUESDAY), (sarah, TUESDAY)]
    assert (
        guru.waiting.fits(TUESDAY, TUESDAY + timedelta(minutes=1), besides=found[0].entry.client_id)[0].entry.id
        == sarah
    )


def test_free_time_right_behind_what_was_freed_counts_with_it(guru: Guru, thandi: int) -> None:
    guru.waitlist.add(thandi, Wish(90, (1,)))
    half = TUESDAY + timedelta(minutes=30)
    assert [fit.start for fit in guru.waiting.fits(TUESDAY, half)] == [TUESDAY]
    book(guru, client(guru), "2026-12-01T11:30")
    assert guru.waiting.fits(TUESDAY, half) == []


def test_what_was_taken_again_and_what_is_past_fits_nobody(guru: Guru, thandi: int, clock: FixedClock) -> None:
    guru.waitlist.add(thandi, Wish(60))
    at = datetime(2026, 11, 25, 9, 30)
    assert [fit.start for fit in guru.waiting.fits(at, at + timedelta(hours=2))] == [datetime(2026, 11, 25, 10, 0)]
    clock.advance(minutes=5)
    assert [fit.start for fit in guru.waiting.fits(at, at + timedelta(hours=2))] == [datetime(2026, 11, 25, 10, 15)]
    assert guru.waiting.fits(at, at + timedelta(minutes=30)) == []
    book(guru, client(guru), "2026-11-25T10:15")
    assert [fit.start for fit in guru.waiting.fits(at, at + timedelta(hours=2))] == [datetime(2026, 11, 25, 11, 15)]


def test_a_day_is_searched_within_its_hours(guru: Guru, thandi: int) -> None:
    guru.waitlist.add(thandi, Wish(60, opens=12 * 60))
    assert [fit.start for fit in guru.waiting.fits_on(date(2026, 12, 1))] == [datetime(2026, 12, 1, 13, 30)]
    assert guru.waiting.fits_on(date(2026, 12, 5)) == []
    assert guru.waiting.fits_on(date(2026, 12, 16)) == []  # the Day of Reconciliation, a Wednesday


def test_the_next_times_that_somebody_waits_for(guru: Guru, entry: int) -> None:
    book(guru, client(guru), "2026-12-01T08:00")
    times = guru.waiting.times_for(guru.reads.waiting(entry), limit=3)
    assert times == [datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 10), datetime(2026, 12, 8, 8)]


# ---- offering --------------------------------------------------------------------------------------------


def test_an_offer_is_held_and_then_sent_once(guru: Guru, home: Path, entry: int, clock: FixedClock) -> None:
    change = guru.waitlist.offer(entry, TUESDAY)
    assert (change.summary, said(change)) == ("Offered Thandi Nkosi Tue 1 Dec 10:30", [("offer", "sms", "held")])
    row = guru.reads.waiting(entry)
    assert row.state == "offered" and row.offered_start is not None and row.offered_start.hour == 10
    assert run(guru).sent == 0
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    assert run(guru).sent == 0
    (text,) = texts(home)
    assert text.startswith("Hi Thandi, Sea Point Physio has a time free on Tue 1 December at 10:30.")
    (message,) = outbox(guru)
    assert (message.state, message.appointment_id, message.client_id) == ("sent", None, row.client_id)
    assert message.starts_at == message.expires_at == row.offered_start


def test_the_same_time_is_never_offered_twice(guru: Guru, entry: int, clock: FixedClock) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    for _ in range(3):
        with pytest.raises(NotAllowed, match="was offered Tue 1 Dec 10:30 already"):
            guru.waitlist.offer(entry, TUESDAY)
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    guru.undo.undo()  # the offer has left: the list is as before, the message stays gone
    with pytest.raises(NotAllowed, match=r"already \(message 1, sent\)"):
        guru.waitlist.offer(entry, TUESDAY)
    assert states(guru) == [("offer", "sms", "sent")]
    assert said(guru.waitlist.offer(entry, TUESDAY + timedelta(days=7))) == [("offer", "sms", "held")]


def test_one_offered_a_time_is_not_named_for_it_again(guru: Guru, entry: int) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    assert guru.waiting.fits(TUESDAY, TUESDAY + timedelta(hours=1)) == []


def test_undo_withdraws_the_offer_and_it_can_be_made_again(
    guru: Guru, home: Path, entry: int, clock: FixedClock
) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    assert guru.undo.undo().withdrawn == 1
    assert guru.reads.waiting(entry).state == "waiting"
    clock.advance(hours=1)
    assert run(guru).sent == 0 and files(home) == []
    assert said(guru.waitlist.offer(entry, TUESDAY)) == [("offer", "sms", "held")]
    clock.advance(minutes=4)
    assert run(guru).sent == 1 and len(outbox(guru)) == 1


def test_redo_offers_it_again(guru: Guru, entry: int, clock: FixedClock) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    guru.undo.undo()
    guru.undo.redo()
    assert guru.reads.waiting(entry).state == "offered"
    clock.advance(minutes=4)
    assert run(guru).sent == 1 and len(outbox(guru)) == 1


def _taken(guru: Guru, entry: int) -> None:
    book(guru, client(guru), "2026-12-01T11:00")


def _blocked(guru: Guru, entry: int) -> None:
    guru.booking.block(TUESDAY, TUESDAY + timedelta(hours=1), "Dentist")


def _removed(guru: Guru, entry: int) -> None:
    guru.connection.execute("BEGIN")
    guru.connection.execute("INSERT INTO action (name, summary, at, origin, undoable) VALUES ('x', '', '', '', 0)")
    guru.connection.execute("INSERT INTO action_context (id, action_id) SELECT 1, max(id) FROM action")
    guru.connection.execute("UPDATE waitlist_entry SET state = 'removed' WHERE id = ?", (entry,))
    guru.connection.execute("DELETE FROM action_context")
    guru.connection.execute("COMMIT")


def _archived(guru: Guru, entry: int) -> None:
    guru.clients.archive(guru.reads.waiting(entry).client_id)


def _no_sms(guru: Guru, entry: int) -> None:
    guru.clients.update(guru.reads.waiting(entry).client_id, sms_allowed="no", email_allowed="no")


def _off(guru: Guru, entry: int) -> None:
    setting(guru, "offer_channels", "off")


@pytest.mark.parametrize(
    ("meanwhile", "state", "reason"),
    [
        (_taken, "cancelled", "that time is no longer free"),
        (_blocked, "cancelled", "that time is no longer free"),
        (_removed, "cancelled", "the client was taken off the waiting list"),
        (_archived, "cancelled", "the client is archived"),
        (_no_sms, "blocked", "SMS is switched off for this client"),
        (_off, "cancelled", "the practice sends no offer messages (offer_channels is off)"),
    ],
)
def test_an_offer_is_checked_again_in_the_moment_of_sending(
    guru: Guru,
    home: Path,
    entry: int,
    clock: FixedClock,
    meanwhile: Callable[[Guru, int], None],
    state: str,
    reason: str,
) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    meanwhile(guru, entry)
    clock.advance(minutes=4)
    run(guru)
    assert files(home) == []
    message = outbox(guru)[0]
    assert (message.kind, message.state, message.reason) == ("offer", state, reason)


def test_an_offer_goes_another_way_where_the_practice_has_chosen_so_since(
    guru: Guru, entry: int, clock: FixedClock
) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    setting(guru, "offer_channels", "email")
    clock.advance(minutes=4)
    run(guru)
    run(guru)
    assert states(guru) == [("offer", "sms", "cancelled"), ("offer", "email", "sent")]
    with pytest.raises(NotAllowed, match="already"):
        guru.waitlist.offer(entry, TUESDAY)


def test_an_offer_goes_to_the_number_that_the_client_has_by_then(guru: Guru, entry: int, clock: FixedClock) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    guru.clients.update(guru.reads.waiting(entry).client_id, mobile="083 555 0199")
    clock.advance(minutes=4)
    run(guru)
    assert [(row.state, row.recipient) for row in outbox(guru)] == [("sent", "+27835550199")]
    with pytest.raises(NotAllowed, match="already"):
        guru.waitlist.offer(entry, TUESDAY)


def test_an_offer_waits_for_the_end_of_the_quiet_hours_and_expires_at_its_start(
    guru: Guru,
    home: Path,
    entry: int,
    clock: FixedClock,
) -> None:
    clock.advance(days=5, hours=13)  # Monday, 23:00
    guru.waitlist.offer(entry, TUESDAY)
    clock.advance(minutes=10)
    assert run(guru).sent == 0
    assert outbox(guru)[0].not_before.hour == 5  # 07:00 in Johannesburg
    clock.advance(hours=11, minutes=20)  # the start itself
    run(guru)
    assert files(home) == []
    assert (outbox(guru)[0].state, outbox(guru)[0].reason) == ("expired", "that time began before it was sent")


def test_a_mail_with_an_offer_carries_no_entry_for_the_calendar(
    guru: Guru, home: Path, entry: int, clock: FixedClock
) -> None:
    setting(guru, "offer_channels", "email")
    guru.waitlist.offer(entry, TUESDAY)
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    (mail,) = [path.read_text("utf-8") for path in (home / "outbox").glob("*.eml")]
    assert "text/calendar" not in mail and "A time has come free on Tue 1 December at 10:30" in mail


def test_an_afrikaans_client_is_offered_it_in_afrikaans(guru: Guru, home: Path, clock: FixedClock) -> None:
    lerato = client(guru, "Lerato", "Mokoena", mobile="082 555 0134", language="af")
    guru.waitlist.offer(guru.waitlist.add(lerato, Wish(60)).entry_id, TUESDAY)
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    assert texts(home)[0].startswith("Hallo Lerato, Sea Point Physio het 'n tyd oop op Di 1 Desember om 10:30.")


@pytest.mark.parametrize(
    ("prepare", "error", "words"),
    [
        (lambda guru, _: book(guru, client(guru), "2026-12-01T11:00"), SlotTaken, "overlaps Sarah Botha"),
        (_no_sms, NotAllowed, "cannot be told: SMS is switched off for this client; .*guru waitlist book"),
        (_off, NotAllowed, "Offers are switched off"),
        (lambda guru, entry: guru.waitlist.remove(entry), NotAllowed, "taken off the waiting list already"),
        (lambda guru, entry: guru.waitlist.book(entry, TUESDAY + timedelta(7)), NotAllowed, "has been booked already"),
    ],
)
def test_what_cannot_be_offered_changes_nothing(
    guru: Guru, entry: int, prepare: Callable[[Guru, int], object], error: type[Exception], words: str
) -> None:
    prepare(guru, entry)
    before = states(guru), guru.reads.waitlist()
    with pytest.raises(error, match=words):
        guru.waitlist.offer(entry, TUESDAY)
    assert (states(guru), guru.reads.waitlist()) == before


def test_a_time_that_is_past_is_not_offered(guru: Guru, entry: int) -> None:
    with pytest.raises(NotAllowed, match="is past"):
        guru.waitlist.offer(entry, datetime(2026, 11, 25, 10, 0))


def test_taking_off_the_list_withdraws_what_is_held_and_undo_brings_it_back(guru: Guru, entry: int) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    assert guru.waitlist.remove(entry).withdrawn == 1
    assert states(guru) == [("offer", "sms", "cancelled")]
    guru.undo.undo()
    assert states(guru) == [("offer", "sms", "held")]


def test_an_offer_that_was_sent_is_sent_once_more_by_hand_only(guru: Guru, entry: int, clock: FixedClock) -> None:
    guru.waitlist.offer(entry, TUESDAY)
    clock.advance(minutes=4)
    run(guru)
    again = guru.outbox.resend(1, sure=True)
    with pytest.raises(NotAllowed, match="on its way once more"):
        guru.outbox.resend(1, sure=True)
    assert run(guru).sent == 1
    assert guru.outbox.resend(1, sure=True).id == again.id + 1
    assert [row.resend_sequence for row in outbox(guru)] == [0, 1, 2]


# ---- booking ---------------------------------------------------------------------------------------------


def test_booking_what_was_waited_for_closes_the_entry_in_one_step(guru: Guru, thandi: int, entry: int) -> None:
    guru.waitlist.offer(entry, TUESDAY + timedelta(days=7))
    change = guru.waitlist.book(entry, TUESDAY)
    assert change.summary == "Booked Thandi Nkosi Tue 1 Dec 10:30 from the waiting list"
    assert (change.withdrawn, said(change)) == (1, [("confirmation", "email", "held")])
    booked = guru.reads.entry(change.appointment_id)
    assert (booked.client_id, booked.title, booked.minutes, booked.fee_minor, booked.location, booked.note) == (
        thandi, "Follow-up", 60, 45000, "Sea Point", "back is bad",
    )  # fmt: skip
    assert guru.reads.waitlist() == []
    assert guru.undo.undo().withdrawn == 1
    assert guru.reads.waiting(entry).state == "offered"
    assert states(guru) == [("offer", "sms", "held"), ("confirmation", "email", "cancelled")]


def test_a_taken_time_is_booked_on_purpose_only(guru: Guru, entry: int) -> None:
    book(guru, client(guru), "2026-12-01T11:00")
    with pytest.raises(SlotTaken):
        guru.waitlist.book(entry, TUESDAY)
    assert len(guru.reads.waitlist()) == 1
    guru.waitlist.book(entry, TUESDAY, force=True, notify=False)
    assert guru.reads.waitlist() == [] and states(guru) == []


def test_the_offers_of_the_others_end_when_the_time_is_booked(guru: Guru, entry: int, clock: FixedClock) -> None:
    other = guru.waitlist.add(client(guru), Wish(60)).entry_id
    guru.waitlist.offer(entry, TUESDAY)
    guru.waitlist.offer(other, TUESDAY)
    guru.waitlist.book(entry, TUESDAY, notify=False)
    clock.advance(minutes=4)
    assert run(guru).sent == 0
    assert [(row.state, row.reason) for row in outbox(guru)] == [
        ("cancelled", "the client has been booked"), ("cancelled", "that time is no longer free"),
    ]  # fmt: skip


def test_of_two_who_offer_the_same_time_at_once_one_does(guru: Guru, entry: int) -> None:
    """Two windows on one practice, thirty rounds: one message each, and the other hand is told."""
    other = Guru(guru.settings, guru.clock, origin="other")
    hands = [guru.waitlist, other.waitlist]

    def offer(hand: WaitlistService, start: datetime) -> bool:
        try:
            hand.offer(entry, start)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        for week in range(30):
            start = TUESDAY + timedelta(weeks=week)
            done = [future.result() for future in [pool.submit(offer, hand, start) for hand in hands]]
            assert sorted(done) == [False, True], week
    other.close()
    assert len({row.starts_at for row in outbox(guru)}) == len(outbox(guru)) == 30


# ---- what is not blocked any more -----------------------------------------------------------------------


def unblocked(guru: Guru, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
    """Whom a time fits that was blocked and is not any more, and from when on."""
    change = guru.booking.unblock(guru.booking.block(start, end, "leave", force=True))
    return [(fit.entry.client, fit.start) for fit in guru.waiting.fits_freed(change.gone)]


def test_unblocking_names_whom_the_time_fits(guru: Guru, entry: int) -> None:
    assert unblocked(guru, datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 10)) == [
        ("Thandi Nkosi", datetime(2026, 12, 1, 9))
    ]
    assert unblocked(guru, datetime(2026, 12, 2, 9), datetime(2026, 12, 2, 10)) == []


def test_of_days_off_only_the_hours_are_of_use(guru: Guru, entry: int) -> None:
    """A block from midnight to midnight offers nobody five in the morning."""
    assert unblocked(guru, datetime(2026, 11, 30), datetime(2026, 12, 5)) == [
        ("Thandi Nkosi", datetime(2026, 12, 1, 8))
    ]
    guru.opening.close(date(2026, 12, 1), date(2026, 12, 1), "Course")
    assert unblocked(guru, datetime(2026, 11, 30), datetime(2026, 12, 5)) == []


def test_what_else_stands_there_counts_and_the_time_behind_may_be_used(guru: Guru, entry: int) -> None:
    sarah = client(guru)
    book(guru, sarah, "2026-12-01T08:00")
    assert unblocked(guru, datetime(2026, 12, 1, 8), datetime(2026, 12, 1, 9, 30)) == [
        ("Thandi Nkosi", datetime(2026, 12, 1, 9))
    ]
    book(guru, sarah, "2026-12-01T09:30")
    assert unblocked(guru, datetime(2026, 12, 1, 8), datetime(2026, 12, 1, 9, 30)) == []


def test_of_a_series_of_blocks_each_is_looked_at(guru: Guru, entry: int) -> None:
    repeat = Repeat("week", count=3)
    made = guru.series.block(datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 10), "admin", repeat)
    change = guru.series.unblock(made.ids[0], "all")
    (fit,) = guru.waiting.fits_freed(change.gone)
    assert (fit.start, fit.times) == (datetime(2026, 12, 1, 9), 3)


def test_a_block_that_was_removed_elsewhere_is_said_to_be(guru: Guru) -> None:
    key = guru.booking.block(datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 10), "admin")
    seen = guru.reads.newest_change()
    guru.booking.unblock(key)
    with pytest.raises(MovedOn, match="removed elsewhere meanwhile"):
        guru.booking.unblock(key, version=seen)
    guru.undo.undo()
    assert guru.booking.unblock(key, version=seen).summary == "Removed admin Tue 1 Dec 09:00", "as it was is no news"


def test_a_time_that_the_clocks_skip_fits_nobody(guru: Guru, clock: FixedClock) -> None:
    setting(guru, "zone", "Europe/London")
    clock.instant = datetime.fromisoformat("2027-03-26T10:00+00:00")
    sarah, thandi, lerato = client(guru), client(guru, "Thandi"), client(guru, "Lerato")
    visit = book(guru, sarah, "2027-03-28T00:30")
    guru.booking.move(visit, datetime(2027, 3, 28, 0, 30), minutes=120, notify=False)
    guru.waitlist.add(thandi, Wish(30, opens=60))
    guru.waitlist.add(lerato, Wish(30, opens=120))
    gone = guru.booking.cancel(visit, notify=False).gone
    found = guru.waiting.fits_freed(gone)
    assert [(fit.entry.client_id, f"{fit.start:%H:%M}") for fit in found] == [(lerato, "02:00")]
