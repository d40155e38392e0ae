"""Templates: the texts of messages, written with their tags and tried on a real appointment while one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import TextArea

from guru_tui.bootstrap import Guru
from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE, GENERAL
from guru_tui.commands.templates import TEMPLATES, WRITING
from guru_tui.domain.merge_tags import completions, tags_for
from guru_tui.domain.practice import CHANNELS, CLIENT_KINDS, LANGUAGES
from guru_tui.domain.views.messages import MessageRow
from guru_tui.domain.views.templates import TemplatePreview, TemplateRow, TemplateSample
from guru_tui.errors import NotFound
from guru_tui.screens.base import hints
from guru_tui.screens.everywhere_acts import EverywhereActs
from guru_tui.screens.session import Session
from guru_tui.screens.template_lines import (
    about_lines,
    filled_lines,
    hint,
    kind_word,
    mark,
    named,
    tag_lines,
    verdict_lines,
)
from guru_tui.widgets.bars import KeyBar
from guru_tui.widgets.completion import Completion
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.tag_area import TagArea
from guru_tui.widgets.text import Column, Columns, Line, one_line

_COLUMNS = Columns((Column("message", 16, grow=1), Column("mail", 4), Column("SMS", 3)))
_BACK = next(command for command in GENERAL if command.id == "back")._replace(label="back")


class TemplatesScreen(EverywhereActs):
    """The kinds of message on the left, the text and its preview beside them, the tags where there is room."""

    TITLE_IN_HEADER = "Templates"
    ACTIONS: ClassVar[tuple[Command, ...]] = TEMPLATES + WRITING
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TEMPLATES + WRITING + EVERYWHERE)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._channel = CHANNELS[-1]
        self._language = session.practice["language"]
        self._texts: dict[tuple[str, str], TemplateRow] = {}
        self._row: TemplateRow | None = None
        self._samples: Sequence[TemplateSample] = ()
        self._sample = 0
        self._shown: TemplatePreview | None = None
        self._warned = False

    def body(self) -> ComposeResult:
        """The list, the text with its preview, the tags, and over them what completes one."""
        with Horizontal(id="body"):
            with Vertical(id="kinds", classes="panel"):
                yield RecordList(id="templates")
            with Vertical(id="writing", classes="panel"):
                yield Pane(id="about")
                yield TagArea(one_line=True, id="subject")
                yield TagArea(id="message")
                yield Pane(id="tried-on")
                with VerticalScroll(id="trial", can_focus=False):
                    yield Pane(id="filled")
                yield Pane(id="verdict")
            with Vertical(id="tags", classes="panel"), VerticalScroll(can_focus=False):
                yield Pane(id="tag-list")
        yield Completion(id="completion")

    def on_mount(self) -> None:
        """Titles that stay; then the first reading."""
        entitle(self.query_one("#kinds"), "Templates")
        for area in (self.subject, self.message):
            area.complete = self._completions
        super().on_mount()

    # ---- what is on show -----------------------------------------------------------------------------

    @property
    def subject(self) -> TagArea:
        """The field for a mail's subject."""
        return self.query_one("#subject", TagArea)

    @property
    def message(self) -> TagArea:
        """The field for the text."""
        return self.query_one("#message", TagArea)

    @property
    def writing(self) -> TagArea | None:
        """The field that is written in."""
        return self.focused if isinstance(self.focused, TagArea) else None

    @property
    def changed_text(self) -> bool:
        """Whether what stands in the fields has not been saved."""
        row = self._row
        return row is not None and (self.subject.text, self.message.text) != (row.subject, row.body)

    def _completions(self, typed: str) -> Sequence[str]:
        return completions(typed, self._row.kind) if self._row else ()

    def load(self) -> None:
        """Read every text; one that is being changed stays as it stands in the fields."""
        self._texts = {(row.kind, row.channel): row for row in self.session.reads.templates(self._language)}
        self.query_one(RecordList).show(
            [Row(kind, one_line(self._line, kind)) for kind in CLIENT_KINDS],
            at=self._row.kind if self._row else None,
            columns=lambda _width: _COLUMNS,
        )
        self._show()

    def _line(self, kind: str, width: int) -> Line:
        cells: list[Line] = [((kind_word(kind), ""),)]
        return _COLUMNS.line([*cells, *(mark(self._texts[kind, channel]) for channel in CHANNELS)], width)

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        if self._row is not None and self._row.kind != self.records.key:
            self._show()

    def _show(self) -> None:
        """Put the text under the cursor into the fields, unless that would lose what is written there."""
        kind = self.records.key
        if not isinstance(kind, str):
            return
        if self.changed_text and self._row is not None:
            if (self._row.kind, self._row.channel, self._row.language) != (kind, self._channel, self._language):
                self._keep_place(self._row)
        else:
            self._fill(self._texts[kind, self._channel])
        self._try()

    def _keep_place(self, row: TemplateRow) -> None:
        self._channel = row.channel
        if self._language != row.language:
            self._language = row.language
            self._texts = {(each.kind, each.channel): each for each in self.session.reads.templates(row.language)}
        self.point(row.kind)
        self.say("Not saved yet: Ctrl+S saves it, e goes on writing, Esc in the text leaves it.", "warn")

    def _fill(self, row: TemplateRow) -> None:
        self._row = row
        for area, text in ((self.subject, row.subject), (self.message, row.body)):
            if area.text != text:
                area.text = text
        self.set_class(row.channel == "email", "-mail")
        self._warned = False
        self._find_samples()

    # ---- trying it on somebody -----------------------------------------------------------------------

    def _find_samples(self) -> None:
        """Whom the text can be tried on; the one on show stays on show."""
        former = self._samples[self._sample] if self._samples else None
        self._samples = self.session.reads.template_samples(self._row.kind) if self._row else ()
        self._sample = next((at for at, sample in enumerate(self._samples) if sample == former), 0)

    def _try(self) -> None:
        """Fill the text in and show it with what is wrong and what it costs."""
        row = self._row
        if row is None:
            return
        try:
            shown = self._preview(row)
        except NotFound:
            self._find_samples()
            shown = self._preview(row)
        self._shown = shown
        entitle(self.query_one("#writing"), f"{kind_word(row.kind)}")
        entitle(self.query_one("#tags"), f"Tags · {shown.sample.name}")
        changed = self.changed_text
        self.query_one("#about", Pane).show(lambda width: about_lines(row, width, changed=changed))
        self.query_one("#tried-on", Pane).show(lambda width: self._tried_on(shown, width))
        self.query_one("#filled", Pane).show(lambda width: filled_lines(shown, width))
        self.query_one("#verdict", Pane).show(lambda width: verdict_lines(shown, width))
        self.query_one("#tag-list", Pane).show(lambda width: tag_lines(tags_for(row.kind), shown.values, width))

    def _preview(self, row: TemplateRow) -> TemplatePreview:
        sample = self._samples[self._sample] if self._samples else None
        return self.session.reads.template_preview(
            row.kind,
            row.channel,
            language=row.language,
            subject=self.subject.text,
            body=self.message.text,
            appointment_id=sample.appointment_id if sample else None,
            invoice_id=sample.invoice_id if sample else None,
            made_up=self.session.privacy or sample is None,
        )

    def _tried_on(self, shown: TemplatePreview, width: int) -> Sequence[Line]:
        sample = shown.sample
        told = f" Preview · {sample.name}, {sample.about} "
        return ((("──", "rule"), (told, "dim"), ("─" * max(width - cell_len(told) - 2, 0), "rule")),)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._row is not None:
            self._warned = False
            self._try()

    @on(TagArea.Offered)
    def _offered(self, event: TagArea.Offered) -> None:
        """Show what the tag that is being written may become, with its value for the sample."""
        popup = self.query_one(Completion)
        if not event.tags:
            popup.hide()
            return
        values = self._shown.values if self._shown else {}
        entries = [(tag, hint(tag, values)) for tag in event.tags]
        popup.show(entries, event.chosen, event.area.cursor_screen_offset, self.size)

    # ---- acts ----------------------------------------------------------------------------------------

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The keys at the foot are those that work now; where there is little room, so are the panes."""
        inside = self.writing is not None
        self.set_class(inside, "-writing")
        self.query_one(KeyBar).show(hints([*WRITING, _BACK] if inside else self.footer()))

    @on(RecordList.Chosen)
    def action_edit(self) -> None:
        """Into the text."""
        self.add_class("-writing")  # first of all: where there is little room, the fields are shown only then
        area = self.message
        if self._row is not None and self._row.channel == "sms":
            area.move_cursor(area.document.end)
        self.call_after_refresh(self.set_focus, area)

    def action_tags(self) -> None:
        """Begin a tag where the cursor stands."""
        if self.writing is None:
            self.action_edit()
        self.call_after_refresh((self.writing or self.message).begin_tag)

    def action_channel(self) -> None:
        """The other channel; while one writes a mail, the other field."""
        if self.writing is not None:
            if self.has_class("-mail"):
                (self.message if self.subject.has_focus else self.subject).focus()
            return
        self._channel = CHANNELS[(CHANNELS.index(self._channel) + 1) % len(CHANNELS)]
        self._show()

    def action_language(self) -> None:
        """The other language."""
        languages = list(LANGUAGES)
        self._language = languages[(languages.index(self._language) + 1) % len(languages)]
        self.reload()

    def action_sample(self) -> None:
        """The next client."""
        if self._samples:
            self._sample = (self._sample + 1) % len(self._samples)
            self._try()

    def action_cursor(self, step: str) -> None:
        """The list is short: a page more or less is one of the preview."""
        trial = self.query_one("#trial", VerticalScroll)
        if step in ("page_down", "page_up"):
            trial.scroll_page_down(animate=False) if step == "page_down" else trial.scroll_page_up(animate=False)
        else:
            super().action_cursor(step)

    def action_save(self) -> None:
        """Keep the text, or say what is wrong with it."""
        row = self._row
        if row is None:
            return
        if not self.changed_text:
            self.say("Nothing has changed.", "")
            self.records.focus()
            return
        subject, body = self.subject.text, self.message.text
        self.change(
            lambda guru: guru.templates.save(row.kind, row.channel, row.language, subject, body),
            lambda own: self._kept(f"Saved the {named(row)}" if own else f"The {named(row)} is the default text"),
        )

    def _kept(self, told: str) -> None:
        """What stands in the fields is saved or no longer wanted: read the text anew."""
        self._row = None
        self.records.focus()
        self.changed(told)

    def action_reset(self) -> None:
        """Back to the default text."""
        row = self._row
        if row is None:
            return
        if not row.own and not self.changed_text:
            self.say("That is the default text already.", "warn")
            return
        self.change(
            lambda guru: guru.templates.reset(row.kind, row.channel, row.language),
            lambda _changed: self._kept(f"The {named(row)} is the default text again"),
        )

    def action_switch(self) -> None:
        """On or off."""
        row = self._row
        if row is None:
            return
        told = f"The {named(row)} {'is off: nobody gets it' if row.on else 'goes out again'}"
        self.change(
            lambda guru: guru.templates.switch(row.kind, row.channel, not row.on), lambda _changed: self._switched(told)
        )

    def _switched(self, told: str) -> None:
        if not self.changed_text:
            self._row = None
        self.changed(told)

    def action_test(self) -> None:
        """Ask where to, and send what stands in the fields."""
        from guru_tui.screens.dialogs.send_test import SendTest

        row, shown = self._row, self._shown
        if row is None or shown is None:
            return
        if shown.wrong:
            self.say(shown.wrong, "bad")
            return
        subject, body, sample = self.subject.text, self.message.text, shown.sample
        made_up = self.session.privacy

        def send(guru: Guru, to: str) -> MessageRow:
            return guru.templates.send_test(
                row.kind,
                row.channel,
                row.language,
                subject=subject,
                body=body,
                appointment_id=sample.appointment_id,
                invoice_id=sample.invoice_id,
                made_up=made_up,
                to=to,
            )

        self.ask(SendTest(self.session, row.channel, send), self._tested)

    def _tested(self, message: MessageRow) -> None:
        self.changed(f"A test to {message.recipient} leaves with the next run", undo=False)

    def action_back(self) -> None:
        """Out of the text; one that was changed says first that something would be lost."""
        if self.writing is None:
            super().action_back()
            return
        if self.changed_text and not self._warned:
            self._warned = True
            self.say("Not saved yet. Esc again leaves without saving, Ctrl+S saves.", "warn")
            return
        self.say("")
        self._leave_text()

    def _leave_text(self) -> None:
        row, self._row = self._row, None
        if row is not None:
            self._fill(row)
        self.records.focus()
        self._try()

    def action_leave(self) -> None:
        """Close guru, unless a text would be lost."""
        if self.changed_text and not self._warned:
            self._warned = True
            self.say("A text is not saved yet. e goes on writing it, q again leaves it.", "warn")
            return
        super().action_leave()
