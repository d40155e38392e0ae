"""Whatever pattern takes the place of whichever: what takes place is what the rule gives, and undo takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guru_tui.bootstrap import Guru
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.recurrence import starts as rule_starts
from guru_tui.errors import Invalid, NotAllowed
from tests.outbox_support import book, client, setting, sql
from tests.services.test_series import TUESDAY, everything, request
from tests.services.test_series_becoming import own, row

_rules = st.builds(Repeat, st.sampled_from(("day", "week", "month")), st.integers(1, 3), count=st.integers(2, 8))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    former=_rules,
    rule=_rules,
    which=st.integers(0, 7),
    days=st.integers(-3, 20),
    hours=st.sampled_from((0, 0, 1, 3)),
    minutes=st.sampled_from((None, None, 45, 90)),
    others=st.lists(st.tuples(st.integers(0, 40), st.sampled_from((0, 30, 60))), max_size=4),
    words=st.lists(st.sampled_from(("skip", "shift", "keep")), min_size=8, max_size=8),
    by_hand=st.sampled_from(("", "move", "cancel")),
)
def test_what_is_live_from_then_on_is_what_the_rule_gives_and_undo_gives_back_every_row(
    guru: Guru,
    former: Repeat,
    rule: Repeat,
    which: int,
    days: int,
    hours: int,
    minutes: int | None,
    others: list[tuple[int, int]],
    words: list[str],
    by_hand: str,
) -> None:
    setting(guru, "public_holidays", "off")
    steps = sql(guru, "SELECT max(id) FROM action").fetchone()[0] or 0
    who = sql(guru, "SELECT min(id) FROM client").fetchone()[0] or client(guru)
    other = sql(guru, "SELECT max(id) FROM client").fetchone()[0]
    other = other if other != who else client(guru, "Jan", email="")
    made = guru.series.book(request(who), former, notify=False)
    key = made.ids[which % len(made.ids)]
    if by_hand == "move":
        guru.booking.move(made.ids[-1], datetime(2028, 2, 1, 7), notify=False)
    elif by_hand == "cancel" and made.ids[-1] != key:
        guru.booking.cancel(made.ids[-1], notify=False)
    for day, minute in others:
        book(guru, other, f"{TUESDAY + timedelta(days=day, minutes=minute):%Y-%m-%dT%H:%M}")
    first = datetime.fromisoformat(str(row(guru, key)["starts_local"])) + timedelta(days=days, hours=hours)
    kept = [
        own(guru, each) for each in made.ids if str(row(guru, each)["starts_at"]) < str(row(guru, key)["starts_at"])
    ]
    before = everything(guru)
    try:
        plan = guru.series.plan_pattern(key, rule, first, minutes)
        decisions = {
            one.start: word if word != "shift" or one.shifted else "skip"
            for one, word in zip(plan.occurrences, words, strict=False)
            if one.troubled or word == "skip"
        }
        expected = []
        for one in plan.occurrences:
            word = decisions.get(one.start, "keep")
            if word != "skip":
                expected.append(one.shifted if word == "shift" and one.shifted else one.start)
        change = guru.series.change_pattern(key, rule, decisions, start=first, minutes=minutes)
    except (Invalid, NotAllowed) as error:
        assert "already" in str(error) or "left out" in str(error)
        assert everything(guru) == before
    else:
        assert [one.start for one in plan.occurrences] == rule_starts(rule, first)
        live = sql(
            guru,
            "SELECT starts_local FROM appointment WHERE client_id = ? AND status IN ('booked', 'confirmed') "
            "AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY starts_at",
            who,
            str([each["id"] for each in kept]),
        )
        assert [text for (text,) in live] == [f"{start:%Y-%m-%dT%H:%M}" for start in sorted(expected)]
        assert [own(guru, int(str(each["id"]))) for each in kept] == kept, "those before are not touched"
        stays = [one for one in plan.occurrences if one.stays and decisions.get(one.start) != "skip"]
        assert {one.former for one in stays} <= set(expected)
        after = everything(guru)
        assert len(change.ids) == len(expected)
        guru.undo.undo()
        assert everything(guru) == before
        guru.undo.redo()
        assert everything(guru) == after
        guru.undo.undo()
    while (
        sql(guru, "SELECT max(id) FROM action WHERE undoes IS NULL AND undone_by IS NULL").fetchone()[0] or 0
    ) > steps:
        guru.undo.undo()
