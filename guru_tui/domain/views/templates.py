"""The texts of messages as a face shows and tries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guru_tui.domain.sms_text import SmsMeasure


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One text: of a kind, on a channel, in a language.

    `own`: the practitioner has written it herself; `on`: messages of that kind go out on that channel at all.
    """

    kind: str
    channel: str
    language: str
    subject: str
    body: str
    own: bool
    on: bool


@dataclass(frozen=True, slots=True)
class TemplateSample:
    """Whom a text is tried on: a real appointment or invoice, or (without either) a made-up one."""

    name: str
    about: str
    appointment_id: int | None = None
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """A text filled in for a sample.

    `wrong`: why it cannot be saved, as a sentence; `problem`: why the message to this sample would not leave. `size`,
    `price` (as people write amounts, empty where none is set) and `advice` are about text messages.
    """

    sample: TemplateSample
    subject: str
    body: str
    wrong: str = ""
    problem: str = ""
    size: SmsMeasure | None = None
    price: str = ""
    advice: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
