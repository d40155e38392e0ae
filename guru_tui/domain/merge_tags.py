"""Merge tags: what a template may name in `{{ }}`, and putting values in their place.

A template is read once and values are never read again, so braces in a client's name stay braces.
`[[ ... ]]` marks an optional part: it is left out, with its line where it stands alone on one, when a tag
inside it has no value. Such a part does not nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
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


def check(template: str) -> None:
    """Raise `Invalid` for the first tag that does not exist, with what was probably meant, and for a `{{` left open."""
    for tag in _tags(template):
        if tag not in _KNOWN:
            raise Invalid(f"There is no tag {{{{{tag}}}}}; {_near(tag)}")
    rest = _TAG.sub("", template)
    if "{{" in rest:
        raise Invalid("A tag is opened with {{ and never closed; write it like {{client.first_name}}.")


def render(template: str, values: Mapping[str, str]) -> Rendered:
    """`template` with every tag replaced by its value; raises `Invalid` like `check`."""
    check(template)
    empty: dict[str, None] = {}
    pieces: list[str] = []
    at = 0
    for section in _SECTION.finditer(template):
        if at > section.start():
            continue
        pieces.append(_fill(template[at : section.start()], values, empty))
        inside = section.group(1)
        names = list(_tags(inside))
        at = section.end()
        if not names:
            pieces.append(section.group())  # no tag, no condition: these are brackets that someone typed
        elif all(values.get(name, "").strip() for name in names):
            pieces.append(_fill(inside, values, empty))
        else:
            at = _close_gap(template, section.start(), at)
    pieces.append(_fill(template[at:], values, empty))
    return Rendered("".join(pieces), tuple(empty))


def _tags(template: str) -> Iterator[str]:
    return (match.group(1).strip() for match in _TAG.finditer(template))


def _fill(text: str, values: Mapping[str, str], empty: dict[str, None]) -> str:
    def value(match: re.Match[str]) -> str:
        tag = match.group(1).strip()
        found = values.get(tag, "")
        if not found.strip():
            empty[tag] = None
        return found

    return _TAG.sub(value, text)


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


def _near(tag: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(tag, TAGS, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return "the tags are " + ", ".join(TAGS) + "."
