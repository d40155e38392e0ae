"""A new client, or the name, the addresses and the language of one who is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from guru_tui.bootstrap import Guru
from guru_tui.domain.practice import LANGUAGES
from guru_tui.domain.views.clients import ClientRow
from guru_tui.errors import GuruError, NotAllowed
from guru_tui.screens.dialogs.form import Form
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint


class ClientForm(Form[int]):
    """Answers the client's id once saved."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+f", "force", "Add all the same", show=False, priority=True)]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎ ^S", "save", "save"),
        Hint("⇥", "next field", "app.focus_next"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session, client: ClientRow | None = None, *, name: str = "") -> None:
        super().__init__(session)
        self._client = client
        self._language = session.reads.client(client.id).language if client else ""
        self._given = name
        self._twin = False

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """The four that matter at the first visit, and the language of the messages."""
        client = self._client
        first, _, last = capitalised(self._given).partition(" ")
        mobile = self.session.phone(client.mobile) if client else ""
        yield "first_name", "First name", client.first_name if client else first, ""
        yield "last_name", "Last name", client.last_name if client else last, ""
        yield "mobile", "Mobile", mobile, "082 555 0134"
        yield "email", "Email", client.email if client else "", "name@example.com"
        usual = LANGUAGES[self.session.practice["language"]]
        yield "language", "Messages in", LANGUAGES.get(self._language, self._language), f"{usual}, as the practice"

    def on_mount(self) -> None:
        """Say whose it is; with a name given the number comes next."""
        self.entitle(f"Edit {self._client.name}" if self._client else "New client")
        if self._given:
            self.query_one("#field-mobile", Input).focus()

    def action_save(self) -> None:
        """Add or change the client."""
        self._save(force=False)

    def action_force(self) -> None:
        """Add a second client of the same name, on purpose."""
        if self._twin:
            self._save(force=True)

    def _save(self, *, force: bool) -> None:
        values = self.values()
        if not values["first_name"] and not values["last_name"]:
            self.problem("A client needs a name.")
            self.query_one("#field-first_name", Input).focus()
            return

        def save(guru: Guru) -> int:
            if self._client is None:
                return guru.clients.add(**values, force=force)
            changed = {name: value for name, _, former, _ in self.fields() if (value := values[name]) != former.strip()}
            guru.clients.update(self._client.id, **changed)
            return self._client.id

        self.change(save, self.dismiss)

    def complain(self, error: GuruError) -> None:
        """The sentence, and the key that goes ahead where the client seems to be there already."""
        if isinstance(error, NotAllowed) and self._client is None:
            self._twin = True
            text = self.session.discreet(str(error)).partition(";")[0]
            self.problem(f"{text}. Ctrl+F adds a second one on purpose.", "warn")
            return
        super().complain(error)


_PARTICLES = frozenset(
    ("da", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "la", "le", "ten", "ter", "van", "von", "zu")
)


def capitalised(name: str) -> str:
    """`jane van der merwe`, typed in haste, as `Jane van der Merwe`; one with a capital is left as it is."""
    if not name.islower():
        return name
    first, *others = name.split()
    return " ".join([first.title(), *(word if word in _PARTICLES else word.title() for word in others)])
