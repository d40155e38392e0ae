"""Quick-add: one line of natural language read as an appointment, a blocked time, a day or a time.

    client [type] when [duration] [@place] [Rprice] [::note] [!]

Order-free after the client, English and Afrikaans. Everything here is pure: clients are looked up through a
`ClientFinder`, and the present comes in as `now`.
"""

from guru_tui.domain.quick_add.block import parse_block, parse_when
from guru_tui.domain.quick_add.guess import guess_date
from guru_tui.domain.quick_add.lexer import is_block
from guru_tui.domain.quick_add.match import ClientList
from guru_tui.domain.quick_add.model import (
    NEW_CLIENT,
    BlockReading,
    Checks,
    Chip,
    ClientFinder,
    ClientMatch,
    LastVisit,
    Open,
    Problem,
    Reading,
    WhenReading,
)
from guru_tui.domain.quick_add.reading import parse
from guru_tui.domain.quick_add.show import format_reading

__all__ = [
    "NEW_CLIENT",
    "BlockReading",
    "Checks",
    "Chip",
    "ClientFinder",
    "ClientList",
    "ClientMatch",
    "LastVisit",
    "Open",
    "Problem",
    "Reading",
    "WhenReading",
    "format_reading",
    "guess_date",
    "is_block",
    "parse",
    "parse_block",
    "parse_when",
]
