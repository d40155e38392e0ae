"""How a text, its preview and its tags are drawn on Templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from guru_tui.domain.merge_tags import MEANINGS
from guru_tui.domain.practice import LANGUAGES
from guru_tui.widgets.text import Line, flow, harmless, words

if TYPE_CHECKING:
    from guru_tui.domain.views.templates import TemplatePreview, TemplateRow

WAYS = {"email": "mail", "sms": "SMS"}


def kind_word(kind: str) -> str:
    """`Payment reminder`."""
    return kind.replace("-", " ").capitalize()


def named(row: TemplateRow) -> str:
    """`reminder by SMS`."""
    return f"{kind_word(row.kind).lower()} by {WAYS[row.channel]}"


def mark(row: TemplateRow) -> Line:
    """Whether a message goes out, and a star where its text is the practitioner's own."""
    return (("✓" if row.on else "–", "ok" if row.on else "faint"), ("*" if row.own else "", "key"))


def about_lines(row: TemplateRow, width: int, *, changed: bool) -> Sequence[Line]:
    """Channel, language, whether it goes out, whose text it is."""
    pieces = [
        *((f" {word} ", "active" if channel == row.channel else "dim") for channel, word in WAYS.items()),
        (f" {LANGUAGES[row.language]}", ""),
        ("  goes out" if row.on else "  switched off", "ok" if row.on else "warn"),
        (
            "  not saved yet" if changed else "  your own text" if row.own else "  default text",
            "warn" if changed else "dim",
        ),
    ]
    return flow(pieces, width, separator="")


def filled_lines(shown: TemplatePreview, width: int) -> Sequence[Line]:
    """The message as it would arrive, line by line; layout made with blanks is kept where it fits."""
    lines: list[Line] = [((line, "strong"),) for line in words(shown.subject, width)] if shown.subject else []
    if lines:
        lines.append(())
    for line in shown.body.split("\n"):
        text = harmless(line)
        indent = " " * min(len(text) - len(text.lstrip()), width // 2)
        parts = [text] if cell_len(text) <= width else [indent + part for part in words(text, width - len(indent))]
        lines += [((part, ""),) for part in parts]
    return lines


def verdict_lines(shown: TemplatePreview, width: int) -> Sequence[Line]:
    """What is wrong with the text, what it costs, and what would make it cheaper."""
    lines: list[Line] = []
    if shown.wrong:
        return [
            ((f"{'‼ ' if not number else '  '}{line}", "bad"),)
            for number, line in enumerate(words(shown.wrong, width - 2))
        ]
    if shown.size is not None:
        size = shown.size
        room = size.per_segment * max(size.segments, 1)
        several = size.segments > 1
        lines += flow(
            [
                (f"{size.length}/{room}", "warn" if several else ""),
                (f"{size.segments} SMS", "warn" if several else ""),
                (shown.price, ""),
                (size.encoding, "dim"),
            ],
            width,
            separator=" · ",
        )
    if shown.advice:
        lines += [
            ((f"{'‼ ' if not number else '  '}{line}", "warn"),)
            for number, line in enumerate(words(shown.advice, width - 2))
        ]
    if shown.problem:
        lines += [((line, "warn"),) for line in words(f"It would be held back: {shown.problem}.", width)]
    return lines


def tag_lines(tags: Sequence[str], values: Mapping[str, str], width: int) -> Sequence[Line]:
    """Each tag with its value for the sample, or what it stands for where that has none."""
    lines: list[Line] = []
    for tag in tags:
        lines.append(((tag, "key"),))
        value = hint(tag, values)
        lines.append((("  ", ""), (value if cell_len(value) <= width - 2 else f"{value[: width - 3]}…", "dim")))
    return lines


def hint(tag: str, values: Mapping[str, str]) -> str:
    """The tag's value for the sample on one line, or what it stands for where it has none."""
    return " ".join(harmless(values.get(tag, "").replace("\n", " ")).split()) or f"({MEANINGS[tag]})"
