"""Series as they are changed: cancelled, moved, given another length or fee; this one, from here on, or all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from guru_tui.domain.booking import asked_fee
from guru_tui.domain.local_time import from_utc_text, from_wall_text, short_moment, to_local, wall_text
from guru_tui.domain.policies import Late, charge_words, lateness
from guru_tui.domain.recurrence import parse_rule, rule_text, shifted
from guru_tui.domain.series import Decisions, Edit, SeriesChange, SeriesPlan
from guru_tui.domain.text import clean
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Invalid, NotAllowed
from guru_tui.services.clients import client_row, full_name
from guru_tui.services.series_making import series_id
from guru_tui.services.series_pattern import Charges, SeriesPatterns, put
from guru_tui.services.series_plan import Times, Wish, decided
from guru_tui.services.series_scope import Chosen, chosen, chosen_blocks, counted, when
from guru_tui.services.versions import TIME, WORD
from guru_tui.store.models import Appointment, Series
from guru_tui.store.queries import practice as practice_queries
from guru_tui.store.unit_of_work import Work


class SeriesService(SeriesPatterns):
    """Makes and changes series; each method that writes is one action and one message to the client."""

    def rehearsal(self) -> SeriesService:
        """The same, but that nothing stays: shows what a step would come to, with the messages it would queue."""
        return SeriesService(self._uow.rehearsal(), self._notices, self._reads)

    # ---- cancelling ----------------------------------------------------------------------------------

    def cancel(
        self,
        appointment_id: int,
        scope: str,
        *,
        reason: str = "",
        notify: bool = True,
        late: Charges | None = None,
        version: int | None = None,
    ) -> SeriesChange:
        """Cancel the appointments of a scope (a word of `SCOPES`) that are still to come, in one message.

        Those in `late` are late-cancelled, for what stands there. What was attended, is on an invoice or has begun
        stays and is said. `version` is `reads.newest_change()` of when it was looked at. Raises `NotFound`,
        `NotAllowed` for an appointment of no series or where nothing is left to cancel, and `MovedOn` where one of them
        was changed elsewhere since `version`.
        """
        with self._uow.action("cancel series") as work:
            found = chosen(work, appointment_id, scope, version, WORD)
            late = late or {}
            if strange := late.keys() - set(found.ids):
                raise Invalid(f"Appointment {min(strange)} is not among those that are cancelled; leave it out.")
            withdrawn = self._called_off(work, found.rows, clean(reason, field="The reason"), late)
            withdrawn += self._notices.drop_untrue(work.connection, work.action_id, work.now)
            name = full_name(client_row(work, found.one.client_id))
            work.summary = f"Cancelled {counted(found.rows)} of {name} from {when(found.rows[0])}"
            if late:
                cost = sum(row.charge_minor or 0 for row in found.rows if row.id in late)
                work.summary += f", {len(late)} of them late: {charge_words(cost, found.one.currency)}"
            messages = self._told(work, "cancellation", found.series) if notify else ()
            return _changed(work, found, messages, withdrawn, found.ids)

    def short_notice(self, appointment_id: int, scope: str) -> tuple[Late, ...]:
        """Those of a scope that would be cancelled at short notice, by start; where none would be, the first of all.

        Raises like `cancel`.
        """
        with self._looking() as work:
            found = chosen(work, appointment_id, scope, None, WORD)
            practice = practice_queries.practice(work.connection)
            asked = []
            for row in found.rows:
                starts = to_local(from_utc_text(row.starts_at), row.zone)
                asked.append(lateness(practice, row.id or 0, starts, row.fee_minor, row.currency, work.now))
            return tuple(one for one in asked if one.notice.late) or tuple(asked[:1])

    # ---- moving and changing -------------------------------------------------------------------------

    def plan_edit(self, appointment_id: int, scope: str, edit: Edit, *, version: int | None = None) -> SeriesPlan:
        """Where the appointments of a scope would go, with what is in the way there; raises like `edit`."""
        with self._looking() as work:
            return self._planned(work.connection, work.now, chosen(work, appointment_id, scope, version, TIME), edit)[0]

    def edit(
        self,
        appointment_id: int,
        scope: str,
        edit: Edit,
        decisions: Decisions | None = None,
        *,
        notify: bool = True,
        version: int | None = None,
    ) -> SeriesChange:
        """Change the appointments of a scope that are still to come.

        `decisions`, by the new starts, says what is done where something is in the way: `skip` leaves that one as it
        is. Raises `SlotTaken` for an undecided one, `NotAllowed` where one would come to overlap another of them, and
        otherwise like `cancel`.
        """
        with self._uow.action("change series") as work:
            found = chosen(work, appointment_id, scope, version, TIME)
            plan, wishes = self._planned(work.connection, work.now, found, edit)
            made = decided(plan, wishes, decisions or {})
            _keep_apart(found.rows, plan, made, decisions or {})
            by = _moved_by(found, edit)
            former = {row.id: (row.starts_at, when(row)) for row in found.rows}
            moved = []
            for row, times in zip(found.rows, made, strict=True):
                if times is not None and _apply(row, edit, times):
                    moved.append(row)
                if scope == "all":
                    row.series_start = wall_text(from_wall_text(row.series_start) + by)
                work.session.add(row)
            if scope == "all":
                _apply_to_series(found.series, edit, by)
                work.session.add(found.series)
            work.session.flush()
            withdrawn = self._notices.withdraw(
                work.connection,
                [(row.id or 0, former[row.id][0]) for row in moved],
                "the appointment was moved",
                work.action_id,
                work.now,
            )
            withdrawn += self._notices.drop_untrue(work.connection, work.action_id, work.now)
            name = full_name(client_row(work, found.one.client_id))
            work.summary = f"Changed {counted(found.rows)} of {name} from {when(found.rows[0])}"
            if moved:
                first = moved[0]
                work.summary = (
                    f"Moved {counted(moved)} of {name}, the first from {former[first.id][1]} to {when(first)}"
                )
            messages = self._told(work, "reschedule", found.series) if notify and moved else ()
            kept = made.count(None)
            left = (*found.left, f"{kept} where they are") if kept else found.left
            return _changed(work, found._replace(left=left), messages, withdrawn, [row.id or 0 for row in moved])

    def _planned(
        self, connection: sqlite3.Connection, now: datetime, found: Chosen, edit: Edit
    ) -> tuple[SeriesPlan, list[Wish]]:
        by = _moved_by(found, edit)
        if not by and edit.minutes is None and (edit.fee_minor, edit.type_id, edit.title) == (None, None, None):
            raise Invalid("They are at those times already; nothing was changed.")
        former = [from_wall_text(row.starts_local) for row in found.rows]
        wishes = [
            Wish(
                start + by,
                row.zone,
                edit.minutes or row.minutes,
                location_id=row.location_id,
                fold=to_local(from_utc_text(row.starts_at), row.zone).fold,
                exclude=frozenset(found.ids),
            )
            for row, start in zip(found.rows, former, strict=True)
        ]
        occurrences = self.planner(connection, now).each([(wish, wish.first) for wish in wishes])
        told = tuple(replace(one, former=start) for one, start in zip(occurrences, former, strict=True))
        return SeriesPlan(parse_rule(found.series.rule), told), wishes

    # ---- blocked times -------------------------------------------------------------------------------

    def unblock(self, blocked_id: int, scope: str, *, version: int | None = None) -> SeriesChange:
        """Remove the blocked times of a scope that have not begun, and this one; raises like `cancel`."""
        with self._uow.action("unblock series") as work:
            one, rows = chosen_blocks(work, blocked_id, scope, version)
            times = "once" if len(rows) == 1 else f"{len(rows)} times"
            work.summary = f"Removed {one.title or 'blocked time'} {times} from {when(rows[0])}"
            for row in rows:
                work.session.delete(row)
            ids = tuple(row.id or 0 for row in rows)
            return SeriesChange(0, work.summary, (), 0, one.series_id or 0, ids, unblocked=ids)


def _changed(
    work: Work, found: Chosen, messages: tuple[MessageRow, ...], withdrawn: int, freed: Sequence[int]
) -> SeriesChange:
    return SeriesChange(
        found.one.id or 0,
        work.summary,
        messages,
        withdrawn,
        series_id(found.series),
        tuple(found.ids),
        found.left,
        tuple(freed),
    )


def _apply(row: Appointment, edit: Edit, times: Times) -> bool:
    """Change one appointment; whether that moved it."""
    if edit.fee_minor is not None:
        row.fee_minor = asked_fee(edit.fee_minor)
    if edit.type_id is not None:
        row.type_id = edit.type_id
    if edit.title is not None:
        row.title = clean(edit.title, field="The title")
    return put(row, times)


def _keep_apart(
    rows: Sequence[Appointment], plan: SeriesPlan, made: Sequence[Times | None], decisions: Decisions
) -> None:
    """Raise `NotAllowed` where one comes to overlap another of them, which was not in its way as all of them move."""
    spans = []
    for row, one, times in zip(rows, plan.occurrences, made, strict=True):
        former = (from_utc_text(row.starts_at), from_utc_text(row.ends_at))
        now = (times.begin, times.end) if times else former
        spans.append((now, former, one, times is not None and decisions.get(one.start) != "keep"))
    spans.sort(key=lambda span: span[0])
    for number, (now, former, one, free) in enumerate(spans):
        for other_now, other_former, other, other_free in spans[number + 1 :]:
            if other_now[0] >= now[1]:
                break
            if (free or other_free) and not (other_former[0] < former[1] and former[0] < other_former[1]):
                which = one if free else other
                raise NotAllowed(
                    f"{short_moment(which.start)} would overlap another of the series; "
                    "leave that one where it is, or keep it there all the same."
                )


def _moved_by(found: Chosen, edit: Edit) -> timedelta:
    """By how much the clock time moves: that of the chosen one, before it is changed."""
    one = from_wall_text(found.one.starts_local)
    return (edit.start or one) - one


def _apply_to_series(series: Series, edit: Edit, by: timedelta) -> None:
    """A change of all of them is one of what the series gives its occurrences."""
    first = from_wall_text(series.starts_local)
    series.rule = rule_text(shifted(parse_rule(series.rule), first, by))
    series.starts_local = wall_text(first + by)
    series.minutes = edit.minutes or series.minutes
    series.fee_minor = series.fee_minor if edit.fee_minor is None else edit.fee_minor
    series.type_id = edit.type_id or series.type_id
    series.title = series.title if edit.title is None else clean(edit.title, field="The title")
