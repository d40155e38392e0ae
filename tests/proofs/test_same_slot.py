"""Two processes take the same slot, hundreds of times: one commits, the other is told."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from tests.outbox_support import client, sql

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ROUNDS = 300

# One of the two: waits for each round's word, takes that round's slot, and says what became of it.
RIVAL = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import SlotTaken
from guru_tui.settings import Settings

home, now, client, way = sys.argv[1:]
guru = Guru(Settings(Path(home), {}), FixedClock(datetime.fromisoformat(now)))
_ = guru.booking
for line in sys.stdin:
    start = datetime(2027, 1, 4, 8) + timedelta(hours=int(line))
    try:
        if way == "block":
            guru.booking.block(start, start + timedelta(minutes=30), "mine")
        else:
            guru.booking.book(BookingRequest(int(client), start, 45, 1, 1, "Follow-up", 45000), notify=False)
        print("got it", flush=True)
    except SlotTaken:
        print("was told", flush=True)
"""


@pytest.mark.parametrize("other", ["book", "block"])
def test_of_two_at_once_exactly_one_gets_it(guru: Guru, home: Path, clock: FixedClock, other: str) -> None:
    ids = [client(guru, "Sarah"), client(guru, "Thandi")]
    rivals = [
        subprocess.Popen(
            [sys.executable, "-c", RIVAL, str(home), clock.now().isoformat(), str(ids[number]), way],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for number, way in enumerate(("book", other))
    ]  # fmt: skip
    first: Counter[int] = Counter()
    try:
        for number in range(ROUNDS):
            for rival in rivals[:: 1 if number % 2 else -1]:
                assert rival.stdin is not None
                rival.stdin.write(f"{number}\n")
                rival.stdin.flush()
            told = [rival.stdout.readline().strip() for rival in rivals if rival.stdout is not None]
            assert sorted(told) == ["got it", "was told"], (number, told)
            first[told.index("got it")] += 1
    finally:
        for rival in rivals:
            assert rival.stdin is not None
            rival.stdin.close()
            rival.wait(20)
    held = sql(guru, "SELECT (SELECT count(*) FROM appointment) + (SELECT count(*) FROM blocked_time)").fetchone()
    assert held == (ROUNDS,)
    assert min(first[0], first[1]) > 0, "both were quick at times, else nothing was proven"
