"""Each command is one object, bound once, with its help; the screens can do what they say."""

from __future__ import annotations

from collections import Counter

import pytest

from guru_tui.commands.command import GROUPS, Command, bindings, key_text, matching
from guru_tui.screens.base import PracticeScreen
from guru_tui.screens.clients import ClientsScreen
from guru_tui.screens.invoice import InvoiceScreen
from guru_tui.screens.invoices import InvoicesScreen
from guru_tui.screens.log import LogScreen
from guru_tui.screens.outbox import OutboxScreen
from guru_tui.screens.record import RecordScreen
from guru_tui.screens.templates import TemplatesScreen
from guru_tui.screens.today import TodayScreen

SCREENS = [
    TodayScreen, ClientsScreen, RecordScreen, InvoicesScreen, InvoiceScreen, OutboxScreen, TemplatesScreen, LogScreen,
]  # fmt: skip


def commands_of(screen: type[PracticeScreen]) -> tuple[Command, ...]:
    return screen.commands(screen)  # type: ignore[arg-type]


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_does_two_things(screen: type[PracticeScreen]) -> None:
    keys = Counter(key for command in commands_of(screen) for key in command.keys.split(",") if key)
    assert [key for key, count in keys.items() if count > 1] == []
    firsts = {first for command in commands_of(screen) for first, _ in command.chords}
    assert firsts & {key for command in commands_of(screen) for key in command.singles} == set()


@pytest.mark.parametrize("screen", SCREENS)
def test_every_command_is_there_and_explained(screen: type[PracticeScreen]) -> None:
    found = commands_of(screen)
    assert len({command.id for command in found}) == len(found)
    for command in found:
        assert hasattr(screen, f"action_{command.action.partition('(')[0]}"), command.id
        assert command.help and not command.help.endswith(".")
        assert command.group in GROUPS


@pytest.mark.parametrize("screen", SCREENS)
def test_only_keys_that_terminals_pass_on(screen: type[PracticeScreen]) -> None:
    lost = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+left_square_bracket"}
    for command in commands_of(screen):
        assert not lost & set(command.keys.split(","))
        assert "alt+" not in command.keys


def test_a_chord_is_bound_by_its_first_key_once() -> None:
    made = bindings(
        [
            Command("one", "d,s>a", "status('attended')", "Mark it attended", "Status"),
            Command("two", "s>n", "status('no-show')", "Mark it a no-show", "Status"),
        ]
    )
    assert [(each.key, each.action, each.id) for each in made] == [
        ("s", "chord('s')", "chord.s"),
        ("d", "status('attended')", "one"),
    ]


def test_keys_are_written_as_people_know_them() -> None:
    assert [key_text(key) for key in ("ctrl+s", "question_mark", "f1", "enter", "S", "pagedown")] == [
        "^S", "?", "F1", "⏎", "S", "PgDn",
    ]  # fmt: skip


def test_help_is_filtered_by_every_word() -> None:
    commands = [
        Command("one", "a", "add", "Book an appointment", "Act"),
        Command("two", "b", "block", "Block time", "Act"),
    ]
    assert [command.id for command in matching(commands, "book app")] == ["one"]
    assert [command.id for command in matching(commands, "")] == ["one", "two"]
