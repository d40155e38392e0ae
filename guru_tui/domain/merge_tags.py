"""Merge tags: what a template may name in `{{ }}`, and putting values in their place.

A template is read once and values are never read again, so braces in a client's name stay braces.
`[[ ... ]]` marks an optional part: it is left out, with its line where it stands alone on one, when a tag
inside it has no value. Such a part does not nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from guru_tui.domain.message_kinds import INVOICE_KINDS, VISIT_KINDS
from guru_tui.errors import Invalid

TAGS = (
    "me.get_full_name",
    "me.first_name",
    "me.profession.name",
    "me.phone",
    "me.practice_name",
    "me.profile.banking_details",
    "client.get_full_name",
    "client.first_name",
    "appointment.currency",
    "appointment.price",
    "appointment_start_date",
    "appointment_start_time",
    "appointment.product.title",
    "appointment.product.service.address.address",
    "appointment.instructions",
    "invoice.number",
    "invoice.amount_due",
    "invoice.due_date",
)
"""Every tag a template may use, besides `PREVIOUS_TAGS`."""

PREVIOUS_TAGS = ("appointment_previous_date", "appointment_previous_time")
"""When the appointment was before it moved; empty in every other message."""

MEANINGS = {
    "client.first_name": "the client's first name",
    "client.get_full_name": "the client's first and last name",
    "appointment_start_date": "the day of the appointment, such as Wed 5 June",
    "appointment_start_time": "the time of the appointment, such as 10:30",
    "appointment_previous_date": "the day before it was moved",
    "appointment_previous_time": "the time before it was moved",
    "appointment.product.service.address.address": "where it takes place: the address or the video link",
    "appointment.instructions": "how to get there, from the location",
    "appointment.product.title": "what was booked; says something about the client's health",
    "appointment.price": "the fee, such as 450.00",
    "appointment.currency": "the sign of the currency, such as R",
    "invoice.number": "the invoice's number",
    "invoice.amount_due": "what is still due on it, such as R450.00",
    "invoice.due_date": "the day by which it is due, such as 5 June 2027",
    "me.practice_name": "the practice's name",
    "me.phone": "the number that clients call back",
    "me.get_full_name": "your first and last name",
    "me.first_name": "your first name",
    "me.profession.name": "your profession",
    "me.profile.banking_details": "your bank, branch and account",
}
"""What each tag stands for, the most used first."""

REQUIRED = frozenset(
    {
        "me.practice_name",
        "appointment_start_date",
        "appointment_start_time",
        "invoice.number",
        "invoice.amount_due",
        "invoice.due_date",
        "client.first_name",
        "client.get_full_name",
    }
)
"""Tags without which a message misleads: where one of them is empty the message must not leave."""

_KNOWN = frozenset(TAGS + PREVIOUS_TAGS)
_TAG = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}", re.DOTALL)
_BRACKETS = re.compile(r"\[\[|\]\]")
_SECTION = re.compile(r"\[\[((?:(?!\[\[).)*?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Rendered:
    """A filled-in template; `empty` are the tags outside optional parts that had no value, in order."""

    text: str
    empty: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The empty tags that matter, so that the message may not leave."""
        return tuple(tag for tag in self.empty if tag in REQUIRED)


def tags_for(kind: str) -> tuple[str, ...]:
    """The tags that can have a value in a message of `kind`, the most used first."""
    return tuple(tag for tag in MEANINGS if not _never(tag, kind))


def kinds_of(tag: str) -> tuple[str, ...]:
    """The kinds of message in which a tag can have a value."""
    return tuple(kind for kind in VISIT_KINDS + INVOICE_KINDS if not _never(tag, kind))


def completions(typed: str, kind: str) -> list[str]:
    """The tags that `typed` (what stands after `{{`) may become: those that begin with it, then those that hold it."""
    wanted = typed.strip().lower()
    tags = tags_for(kind)
    return [
        *(tag for tag in tags if tag.startswith(wanted)),
        *(tag for tag in tags if wanted in tag and not tag.startswith(wanted)),
    ]


@lru_cache(maxsize=64)
def check(template: str) -> None:
    """Raise `Invalid` for the first tag that does not exist, with what was probably meant, and for a `{{` left open."""
    for tag in _tags(template):
        if tag not in _KNOWN:
            raise Invalid(f"There is no tag {{{{{_short(tag)}}}}}; {_near(tag, TAGS, _EVERY)}")
    if "{{" in _TAG.sub("", template):
        raise Invalid("A tag is opened with {{ and never closed; write it like {{client.first_name}}.")


def check_for(template: str, kind: str) -> None:
    """Raise `Invalid` like `check`, and for whatever else would go wrong in a message of `kind`.

    That is a tag which can never have a value there, a `}}` without its `{{`, and `[[` and `]]` that do not pair up.
    """
    fitting = tags_for(kind)
    for tag in _tags(template):
        if tag not in _KNOWN:
            raise Invalid(f"There is no tag {{{{{_short(tag)}}}}}; {_near(tag, fitting, _WHERE)}")
        if tag not in fitting:
            raise Invalid(f"{{{{{tag}}}}} never has a value in a {_said(kind)}; {_instead(tag, kind)}")
    check(template)
    if "}}" in _TAG.sub("", template):
        raise Invalid("There is a }} without its {{; write a tag like {{client.first_name}}.")
    is_open = False
    for bracket in _BRACKETS.findall(template):
        if bracket == "[[" and is_open:
            raise Invalid("There is a [[ inside another [[ ]]; optional parts stand side by side, never in each other.")
        if bracket == "]]" and not is_open:
            raise Invalid("There is a ]] without its [[; an optional part is written like [[Call {{me.phone}}.]]")
        is_open = bracket == "[["
    if is_open:
        raise Invalid("An optional part is opened with [[ and never closed; end it with ]]")


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with the values it has, for looking at while it is written: what is no tag stays as it stands."""
    return _rendered(template, values).text


def render(template: str, values: Mapping[str, str]) -> Rendered:
    """`template` with every tag replaced by its value; raises `Invalid` like `check`."""
    check(template)
    return _rendered(template, values)


def _rendered(template: str, values: Mapping[str, str]) -> Rendered:
    # One text goes to many: how it reads depends on which tags have a value only, so that is worked out once.
    outline = _outline(template, frozenset(tag for tag in _KNOWN if values.get(tag, "").strip()))
    text = "".join(values.get(piece, "") if is_tag else piece for is_tag, piece in outline.pieces)
    return Rendered(text, outline.empty)


class _Outline(NamedTuple):
    """A template taken apart: its pieces, each a tag's name or text as it stands, and its tags without a value."""

    pieces: tuple[tuple[bool, str], ...]
    empty: tuple[str, ...]


@lru_cache(maxsize=128)
def _outline(template: str, filled: frozenset[str]) -> _Outline:
    """The template as it reads where the tags `filled` have a value and all others have none."""
    empty: dict[str, None] = {}
    pieces: list[tuple[bool, str]] = []
    at = 0
    for section in _SECTION.finditer(template):
        if at > section.start():
            continue
        pieces += _pieces(template[at : section.start()], filled, empty)
        inside = section.group(1)
        names = list(_tags(inside))
        at = section.end()
        if not names:
            pieces.append((False, section.group()))  # no tag, no condition: these are brackets that someone typed
        elif all(name in filled for name in names):
            pieces += _pieces(inside, filled, empty)
        else:
            at = _close_gap(template, section.start(), at)
    pieces += _pieces(template[at:], filled, empty)
    return _Outline(tuple(pieces), tuple(empty))


def _tags(template: str) -> Iterator[str]:
    return (match.group(1).strip() for match in _TAG.finditer(template))


def _pieces(text: str, filled: frozenset[str], empty: dict[str, None]) -> Iterator[tuple[bool, str]]:
    at = 0
    for match in _TAG.finditer(text):
        tag = match.group(1).strip()
        if tag not in _KNOWN:
            continue
        yield False, text[at : match.start()]
        yield True, tag
        if tag not in filled:
            empty[tag] = None
        at = match.end()
    yield False, text[at:]


def _close_gap(template: str, begin: int, end: int) -> int:
    """Where to read on after a part that was left out: past its line break, and one more, where it stood alone."""
    before = template[:begin]
    if before and not before.endswith("\n"):
        return end
    if template[end : end + 1] == "\n":
        end += 1
        if (not before or before.endswith("\n\n")) and template[end : end + 1] == "\n":
            end += 1
    return end


def _never(tag: str, kind: str) -> bool:
    """Whether no message of the kind ever has a value for the tag."""
    if tag in PREVIOUS_TAGS:
        return kind != "reschedule"
    if tag.startswith("invoice."):
        return kind not in INVOICE_KINDS
    return tag.startswith("appointment") and kind not in VISIT_KINDS


def _said(kind: str) -> str:
    return f"{kind.replace('-', ' ')} message"


def _instead(tag: str, kind: str) -> str:
    if tag in PREVIOUS_TAGS:
        return "only a reschedule message knows a former time."
    about = "an appointment" if kind in VISIT_KINDS else "an invoice"
    return f"that message is about {about}."


def _short(tag: str) -> str:
    tag = " ".join(tag.split())
    return tag if len(tag) <= _LONGEST_SHOWN else f"{tag[: _LONGEST_SHOWN - 1]}…"


_LONGEST_SHOWN = 50  # a tag that was never closed reaches to the next one's end


_EVERY = f"the tags are {', '.join(TAGS)}."
_WHERE = "see them with: guru templates tags"


def _near(tag: str, among: tuple[str, ...], otherwise: str) -> str:
    from difflib import get_close_matches

    wanted = _short(tag).lower()
    near = get_close_matches(wanted, among, n=3, cutoff=0.5)
    near = near or [each for each in among if wanted and wanted.strip("{} ") in each][:3]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return otherwise
