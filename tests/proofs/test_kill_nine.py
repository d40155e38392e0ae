"""kill -9 at random moments of a send, hundreds of times: no message twice, none lost, what is unknown is named.

A message counts as sent twice when the server has taken it twice, whatever the outbox says.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from tests.outbox_support import book, client, sql
from tests.servers import ClickatellServer, SmtpServer

pytestmark = pytest.mark.slow

THURSDAY = "2026-11-26T09:00"
ROUNDS = 240
CLIENTS = 200


class Zygote:
    """Starts senders and kills them."""

    def __init__(self, home: Path, clock: FixedClock, env: dict[str, str]) -> None:
        self._home, self._clock, self._env = home, clock, env
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip

    @property
    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def run(self, *, die_after: float | None = None) -> int:
        """One sender, killed `die_after` seconds from its start; returns its status, or below 0 the signal."""
        orders, answers = self._pipes
        now = self._clock.now().isoformat()
        order = {"home": str(self._home), "now": now, "env": self._env, "die_after": die_after}
        orders.write(json.dumps(order) + "\n")
        orders.flush()
        return int(answers.readline())

    def close(self) -> None:
        """Stop it."""
        self._pipes[0].close()
        self._process.wait(timeout=30)


@pytest.fixture
def start(guru: Guru, home: Path, clock: FixedClock) -> Iterator[Callable[[dict[str, str]], Zygote]]:
    """Starts a `Zygote` with these settings."""
    started: list[Zygote] = []

    def begin(env: dict[str, str]) -> Zygote:
        started.append(Zygote(home, clock, env))
        return started[-1]

    yield begin
    for each in started:
        each.close()


@pytest.fixture
def chance() -> random.Random:
    """Another one each time; a failure shows its seed."""
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")
    return random.Random(seed)


def check(guru: Guru, received: Counter[str], key: str) -> None:
    """What must hold when it is all over. `received`: how often the provider has taken each message."""
    assert max(received.values()) == 1, "a message went twice"
    rows = guru.connection.execute(f"SELECT id, state, {key}, reason FROM outbox_message").fetchall()
    assert {state for _, state, _, _ in rows} <= {"sent", "unknown", "failed"}, "a message was left behind"
    for number, state, name, reason in rows:
        if state == "sent":
            assert received[name] == 1, f"message {number} is called sent and never arrived"
        else:
            assert reason, f"message {number} is {state} and does not say why"
    assert len(rows) == CLIENTS, "a reminder was lost"
    named = {name for _, _, name, _ in rows}
    assert set(received) <= named
    assert guru.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def die_and_die_again(guru: Guru, zygote: Zygote, clock: FixedClock, chance: random.Random) -> Counter[str]:
    """Kill senders until the rounds are over, then let some finish; returns how the senders ended.

    The longest life is steered so that the messages last for all rounds: then most deaths fall into a send.
    """
    ends: Counter[str] = Counter()
    longest = 0.03
    for left in range(ROUNDS, 0, -1):
        status = zygote.run(die_after=chance.uniform(0.0, longest))
        ends["killed" if status == -signal.SIGKILL else str(status)] += 1
        (waiting,) = sql(guru, "SELECT count(*) FROM outbox_message WHERE state IN ('queued', 'claimed')").fetchone()
        (any_yet,) = sql(guru, "SELECT count(*) FROM outbox_message").fetchone()
        longest = min(max(longest * (0.8 if any_yet and waiting < CLIENTS * left / ROUNDS else 1.25), 0.004), 0.6)
        clock.advance(seconds=1)
    for _ in range(3):
        clock.advance(minutes=20)
        zygote.run()
    return ends


def test_mail(
    guru: Guru,
    clock: FixedClock,
    start: Callable[..., Zygote],
    start_smtp: Callable[..., SmtpServer],
    chance: random.Random,
) -> None:
    server = start_smtp(users={"naledi": "pass word"})
    for number in range(CLIENTS):
        book(guru, client(guru, f"Client{number}", mobile=""), THURSDAY)
    zygote = start({**server.variables(), "GURU_SMS_BACKEND": "none"})
    ends = die_and_die_again(guru, zygote, clock, chance)
    received = Counter(mail.recipients[0] for mail in server.mails)
    check(guru, received, "recipient")
    assert ends["killed"] >= ROUNDS * 0.8, ends
    assert 0 < sql(guru, "SELECT count(*) FROM outbox_message WHERE state = 'unknown'").fetchone()[0] < CLIENTS


def test_text_messages(
    guru: Guru,
    clock: FixedClock,
    start: Callable[..., Zygote],
    clickatell_server: ClickatellServer,
    chance: random.Random,
) -> None:
    for number in range(CLIENTS):
        book(guru, client(guru, f"Client{number}", mobile=f"0825550{number:03}", email=""), THURSDAY)
    zygote = start({**clickatell_server.variables(), "GURU_EMAIL_BACKEND": "none"})
    ends = die_and_die_again(guru, zygote, clock, chance)
    check(guru, Counter(f"+{number}" for number, _ in clickatell_server.texts), "recipient")
    assert ends["killed"] >= ROUNDS * 0.8, ends
