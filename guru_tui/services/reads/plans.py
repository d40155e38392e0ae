"""What messages will be: rules, reminders to come, texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guru_tui.services.reads.calendar import CalendarReads

if TYPE_CHECKING:
    from guru_tui.domain.views.agenda import AgendaEntry
    from guru_tui.domain.views.messages import PlannedReminder
    from guru_tui.domain.views.rules import RuleRow
    from guru_tui.domain.views.templates import TemplatePreview, TemplateRow, TemplateSample


class PlanReads(CalendarReads):
    """What messages will be: rules, reminders to come, texts."""

    def rules(self) -> list[RuleRow]:
        """Every rule of how messages go out, the practice's own reminder first."""
        from guru_tui.services.message_rules import rule_rows

        return rule_rows(self._connection, self.practice())

    def reminders(self, appointment_id: int, *, texts: bool = True) -> list[PlannedReminder]:
        """What an appointment's reminders come to, by the moment each leaves; raises `NotFound`."""
        from guru_tui.services.reminder_plan import reminders_of

        return reminders_of(
            self._connection, self._settings, self.practice(), self._clock.now(), appointment_id, texts=texts
        )

    def reminders_in_words(self, appointment_id: int, *, privacy: bool = False) -> str:
        """What an appointment's reminders come to, as one line; raises `NotFound`."""
        from guru_tui.services.reminder_plan import in_words

        return in_words(self.reminders(appointment_id, texts=False), self.practice().zone, privacy=privacy)

    def planned_reminders(self, *, days: int = 7) -> list[tuple[AgendaEntry, PlannedReminder]]:
        """The reminders of the next `days` local days that no run has queued yet, without texts, as they leave."""
        from guru_tui.services.reminder_plan import reminders_of

        settings, now, today = self.practice(), self._clock.now(), self.today()
        found = [
            (entry, reminder)
            for entry in self.agenda(today, days + 1)
            if entry.status in ("booked", "confirmed") and entry.starts > now
            for reminder in reminders_of(self._connection, self._settings, settings, now, entry.id, texts=False)
            if reminder.state == "planned"
        ]
        return sorted(found, key=lambda pair: (pair[1].leaves, pair[0].starts, pair[0].id))

    def templates(self, language: str = "") -> list[TemplateRow]:
        """Every text in a language (default: the practice's), the own ones over the defaults; raises `Invalid`."""
        from guru_tui.services import template_previews

        return template_previews.rows(self._connection, language)

    def template_samples(self, kind: str) -> list[TemplateSample]:
        """Whom a text of `kind` can be tried on: coming appointments or the newest invoices, else somebody made up."""
        from guru_tui.services import template_previews

        return template_previews.samples(self._connection, kind, self._clock.now())

    def template_preview(
        self,
        kind: str,
        channel: str,
        *,
        language: str = "",
        subject: str | None = None,
        body: str | None = None,
        appointment_id: int | None = None,
        invoice_id: int | None = None,
        made_up: bool = False,
    ) -> TemplatePreview:
        """A text (default: the one that holds now) as it would go out; see `template_previews.preview`."""
        from guru_tui.services import template_previews

        return template_previews.preview(
            self._connection,
            kind,
            channel,
            now=self._clock.now(),
            language=language,
            subject=subject,
            body=body,
            appointment_id=appointment_id,
            invoice_id=invoice_id,
            made_up=made_up,
        )
