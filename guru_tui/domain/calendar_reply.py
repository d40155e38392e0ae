"""The answer that a client's calendar gives to an invitation (RFC 5546, 3.2.3; by mail: RFC 6047)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANSWERS = {"ACCEPTED": "yes", "DECLINED": "no"}
_LONGEST = 100_000
_LINE = re.compile(r'([A-Za-z-]+)((?:;[^":;=]+=(?:"[^"]*"|[^":;]*))*):(.*)')


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """`reading` is yes, no or unclear; `attendee` the address that answers, in lower case; `comment` what it adds."""

    uid: str
    sequence: int
    reading: str
    attendee: str
    comment: str = ""


def read_calendar(text: str) -> CalendarReply | None:
    """The answer in `text`; None where it is no answer.

    A counter-proposal, a delegation and a tentative answer are unclear, and so is one with a comment.
    """
    unfolded = re.sub(r"\r?\n[ \t]", "", text[:_LONGEST])  # RFC 5545, 3.1
    lines = [found.groups() for line in unfolded.splitlines() if (found := _LINE.fullmatch(line.strip()))]
    values = {name.upper(): value.strip() for name, _, value in reversed(lines)}  # of several the first
    method = values.get("METHOD", "").upper()
    if method not in ("REPLY", "COUNTER") or not values.get("UID"):
        return None
    attendees = [(parameters, value) for name, parameters, value in lines if name.upper() == "ATTENDEE"]
    status, attendee = "", ""
    if len(attendees) == 1:
        found = re.search(r';PARTSTAT="?([A-Za-z-]+)', attendees[0][0], re.IGNORECASE)
        status = found[1].upper() if found else ""
        attendee = re.sub(r"(?i)^mailto:", "", attendees[0][1].strip()).lower()
    comment = re.sub(r"\\[nN]", "\n", values.get("COMMENT", "")).replace("\\", "").strip()
    reading = _ANSWERS.get(status, "unclear") if method == "REPLY" and not comment else "unclear"
    sequence = values.get("SEQUENCE", "0")
    number = int(sequence) if re.fullmatch(r"[0-9]{1,9}", sequence) else -1
    return CalendarReply(values["UID"], number, reading, attendee, comment)
