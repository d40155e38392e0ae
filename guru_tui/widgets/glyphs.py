"""How states look: a glyph, a word and a tone each, so that none depends on colour alone."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """The glyph, the word and the tone of a state."""

    glyph: str
    word: str
    tone: str


STATUS: dict[str, Look] = {
    "booked": Look("○", "booked", ""),
    "confirmed": Look("●", "confirmed", "sure"),
    "attended": Look("✓", "attended", "ok"),
    "no-show": Look("✗", "no-show", "bad"),
    "late-cancelled": Look("—", "late-cancelled", "warn"),
    "cancelled": Look("—", "cancelled", "faint"),
}
NOW = Look("▶", "now", "now")
BLOCK = Look("▒", "blocked", "dim")
GAP = Look("┊", "gap", "faint")
CLASH = Look("‼", "clash", "bad")

REMINDER: dict[str, Look] = {
    "-": Look("r–", "no reminder", "faint"),
    "off": Look("r–", "reminder off", "faint"),
    "no-address": Look("r?", "no number or address", "warn"),
    "scheduled": Look("r·", "reminder scheduled", "dim"),
    "held": Look("r>", "reminder held", ""),
    "queued": Look("r>", "reminder queued", ""),
    "sent": Look("r→", "reminder sent", "ok"),
    "delivered": Look("r✓", "reminder delivered", "ok"),
    "failed": Look("r!", "reminder failed", "bad"),
    "unknown": Look("r…", "reminder may or may not have gone", "bad"),
    "missed": Look("r!", "reminder missed", "warn"),
}

BILLING: dict[str, Look] = {
    "-": Look("–", "nothing to invoice yet", "faint"),
    "uninvoiced": Look("", "uninvoiced", "warn"),
    "draft": Look("", "draft", "sure"),
    "sent": Look("", "invoiced", ""),
    "overdue": Look("‼", "OVERDUE", "bad"),
    "paid": Look("", "paid", "ok"),
    "void": Look("", "void", "faint"),
}

# The same glyphs as in REMINDER, without the r.
MESSAGE: dict[str, Look] = {
    "planned": Look("·", "scheduled", "dim"),
    "held": Look(">", "held", "warn"),
    "queued": Look(">", "queued", ""),
    "claimed": Look(">", "sending", ""),
    "sending": Look(">", "sending", ""),
    "sent": Look("→", "sent", "ok"),
    "delivered": Look("✓", "delivered", "ok"),
    "undelivered": Look("!", "not delivered", "bad"),
    "failed": Look("!", "failed", "bad"),
    "unknown": Look("…", "fate unknown", "bad"),
    "blocked": Look("?", "blocked", "warn"),
    "cancelled": Look("—", "withdrawn", "faint"),
    "expired": Look("!", "too late", "bad"),
    "missed": Look("!", "missed", "bad"),
}

LEGEND: tuple[tuple[str, str], ...] = (
    ("status", "✓ attended  ▶ now  ● confirmed  ○ booked  ✗ no-show  — cancelled  ▒ blocked  ┊ gap  ‼ clash"),
    ("reminder", "r✓ delivered  r→ sent  r· scheduled  r> queued  r! failed  r… unknown  r? no number  r– off"),
)


def status(word: str) -> Look:
    """The look of an appointment's status."""
    return STATUS.get(word, Look("○", word, ""))


def reminder(word: str) -> Look:
    """The look of what became of a reminder."""
    return REMINDER.get(word, REMINDER["-"])


def billing(word: str) -> Look:
    """The look of how far an appointment is invoiced."""
    return BILLING.get(word, Look("", word, ""))


def message(state: str) -> Look:
    """The look of a message's state."""
    return MESSAGE.get(state, Look("·", state, ""))
