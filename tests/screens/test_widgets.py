"""Text in cells, and the list whose cursor stays on its record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from guru_tui.widgets.bars import Hint, KeyBar
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Column, Columns, clip, fit, flow, harmless, still, words

LETTERS = st.text(st.sampled_from("abc Zoë王小明عبد\u0301👩‍⚕️…✓"), max_size=60)


@given(LETTERS, st.integers(0, 40))
def test_clipping_never_takes_more_cells_than_there_are(text: str, cells: int) -> None:
    assert cell_len(clip(text, cells)) <= cells


@given(st.lists(LETTERS, max_size=4), st.integers(1, 60), st.booleans())
def test_a_fitted_line_is_exactly_as_wide_as_asked(texts: list[str], cells: int, right: bool) -> None:
    assert sum(cell_len(text) for text, _ in fit([(text, "") for text in texts], cells, right=right)) == cells


@given(LETTERS, st.integers(1, 40))
def test_wrapping_loses_no_word(text: str, cells: int) -> None:
    lines = words(text, cells)
    assert "".join("".join(lines).split()) == "".join(harmless(text).split())


@given(st.lists(st.text("ab", min_size=1, max_size=9), max_size=9), st.integers(10, 40))
def test_what_flows_stays_inside(parts: list[str], cells: int) -> None:
    for line in flow([(part, "") for part in parts], cells):
        assert sum(cell_len(text) for text, _ in line) <= cells


def test_control_and_bidirectional_characters_do_not_get_out() -> None:
    assert harmless("a\x1b[31mb\u202ec\nd") == "a [31mbc d"
    assert harmless("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize("total", [20, 40, 80, 140])
def test_columns_take_the_whole_width(total: int) -> None:
    columns = Columns((Column("a", 5), Column("b", 10, grow=1), Column("c", 6, grow=2, right=True)))
    line = columns.line([(("x", ""),), (("y" * 200, ""),), (("z", ""),)], total)
    assert sum(cell_len(text) for text, _ in line) <= max(total, 20)


class Lists(App[None]):
    """One list of so many rows."""

    def __init__(self, keys: list[int]) -> None:
        super().__init__()
        self.keys = keys

    def compose(self) -> ComposeResult:
        yield RecordList()

    def on_mount(self) -> None:
        self.show(self.keys)

    def show(self, keys: list[int]) -> None:
        self.query_one(RecordList).show([Row(key, still(((f"row {key}", ""),)), selectable=key >= 0) for key in keys])

    CSS = "RecordList { height: 1fr; }"


async def test_the_cursor_stays_on_its_record_through_a_reload() -> None:
    app = Lists(list(range(100)))
    async with app.run_test(size=(30, 10)) as pilot:
        records = app.query_one(RecordList)
        records.point(50)
        app.show([-1, *range(20, 100)])
        await pilot.pause()
        assert records.key == 50
        app.show([-1, *range(20, 50), *range(51, 100)])
        assert records.key == 51
        app.show([-1])
        assert records.key is None
        app.show([])
        records.move("down")
        records.move("page_up")
        assert records.key is None


async def test_moving_skips_what_cannot_be_chosen_and_keeps_the_cursor_in_sight() -> None:
    app = Lists([-1, 0, -2, 1, *range(2, 200), -3])
    async with app.run_test(size=(30, 10)) as pilot:
        records = app.query_one(RecordList)
        assert records.key == 0
        records.move("down")
        assert records.key == 1
        for step, key in (("end", 199), ("home", 0), ("page_down", 8), ("page_up", 0)):
            records.move(step)
            await pilot.pause()
            assert records.key == key
            shown = [records.render_line(y).text.strip() for y in range(10)]
            assert f"row {key}" in shown


async def test_a_click_puts_the_cursor_there() -> None:
    app = Lists(list(range(100)))
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.click(RecordList, offset=(3, 4))
        assert app.query_one(RecordList).key == 4


@pytest.mark.parametrize("width", [20, 40, 80])
async def test_help_is_always_among_the_keys(width: int) -> None:
    class Bar(App[None]):
        def compose(self) -> ComposeResult:
            hints = [Hint(letter, "something", "x") for letter in "abcdefghij"]
            yield KeyBar([*hints, Hint("?", "help", "help")])

    app = Bar()
    async with app.run_test(size=(width, 5)):
        text = app.query_one(KeyBar).render_line(0).text
        assert text.rstrip().endswith("? help")
        assert cell_len(text) == width
