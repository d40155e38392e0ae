"""What is open in a line of words, as the exception that fits it."""

from __future__ import annotations

from collections.abc import Sequence

from guru_tui.domain.quick_add import NEW_CLIENT, Open, Problem
from guru_tui.errors import Ambiguous, GuruError, Invalid


def not_settled(problems: Sequence[Problem], ambiguous: Sequence[Open], missing: str) -> GuruError:
    """The first thing in a reading that is open, as the exception that fits it; `missing` where nothing is named."""
    for problem in problems:
        known = [choice for choice in problem.choices if choice != NEW_CLIENT]
        text = problem.message
        if NEW_CLIENT in problem.choices:
            text += " A new one is added with: guru clients add --first NAME --last NAME --mobile NUMBER"
        return Ambiguous(text, known) if problem.choices else Invalid(text)
    for field, choices in ambiguous:
        if field == "fold":
            return Ambiguous(
                "The clocks go back over that time, so it happens twice; choose one outside that hour.", choices
            )
        return Ambiguous(f"The {field} can be read in more than one way; say which.", choices)
    return Invalid(missing)
