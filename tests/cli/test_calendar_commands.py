"""`guru book`, `block`, `agenda`, `move`, `cancel`, `status`, `undo`, `log`: the installed program, by the contract."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.settings import Settings
from tests.shell import GURU, Shell


@pytest.fixture
def practice(guru: Guru, shell: Shell) -> Shell:
    """The practice of `guru` with three clients, two of one first name, as the installed program sees it."""
    guru.clients.add("Sarah", "Botha", "082 555 0101", "sarah@example.com")
    guru.clients.add("Sarah", "Naidoo", "082 555 0102", "naidoo@example.com")
    guru.clients.add("Thandi", "Nkosi", "082 555 0103", "thandi@example.com")
    settings: Settings = guru.settings
    shell.home = settings.home
    shell.env.update(settings.values)
    return shell


def test_a_booking_is_made_moved_cancelled_and_taken_back(practice: Shell) -> None:
    booked = practice.json("book", "thandi fri 10:30", "--yes")
    assert (booked["type"], booked["location"]) == ("Follow-up", "Sea Point")
    assert [row["kind"] for row in booked["messages"]] == ["confirmation"]
    key = str(booked["id"])

    moved = practice.json("move", key, "14:00")
    assert (moved["appointment"]["start"], moved["withdrawn"]) == ("2026-11-27T14:00:00+02:00", 1)
    assert [row["kind"] for row in moved["messages"]] == ["confirmation"]

    cancelled = practice.json("cancel", key, "--reason", "client asked", "--no-notify")
    assert (cancelled["appointment"]["status"], cancelled["messages"], cancelled["withdrawn"]) == ("cancelled", [], 1)
    assert "cancelled already" in practice.run("cancel", key, status=1).stderr

    undone = practice.json("undo")
    assert undone["undone"] == "Cancelled Thandi Nkosi Fri 27 Nov 14:00"
    assert practice.run("undo").stdout.startswith("Undid: Moved Thandi Nkosi from Fri 27 Nov 10:30 to 14:00")
    (day,) = practice.json("agenda", "fri")["days"]
    assert day["date"] == "2026-11-27"
    (entry,) = day["entries"]
    assert {name: entry[name] for name in ("id", "start", "end", "client", "type", "location", "status", "fee")} == {
        "id": int(key),
        "start": "2026-11-27T10:30:00+02:00",
        "end": "2026-11-27T11:30:00+02:00",
        "client": "Thandi Nkosi",
        "type": "Follow-up",
        "location": "Sea Point",
        "status": "booked",
        "fee": {"amount": "450.00", "currency": "ZAR"},
    }
    assert (entry["reminder"], entry["billing"]) == ("scheduled", "-")
    actions = practice.json("log", "--limit", "3")["actions"]
    assert [row["summary"].partition(" ")[0] for row in actions] == ["Undid:", "Undid:", "Cancelled"]
    assert [row["undone"] for row in actions] == [False, False, True]


def test_who_is_not_clear_or_not_there_is_refused_with_the_choices(practice: Shell) -> None:
    asked = practice.run("book", "sarah fri 10:30", "--yes", status=1)
    assert "Sarah Botha" in asked.stderr and "Sarah Naidoo" in asked.stderr
    document = practice.json("book", "sarah fri 10:30", "--dry-run", status=1)
    (open_field,) = document["ambiguous"]
    assert open_field["field"] == "client" and len(open_field["choices"]) == 2
    nobody = practice.run("book", "thandy fri 10:30", "--yes", status=1)
    assert "Thandi Nkosi" in nobody.stderr
    assert practice.json("agenda", "fri")["days"][0]["entries"] == []


def test_an_overlap_needs_force(practice: Shell) -> None:
    practice.run("block", "fri 10:00-11:00 Dentist")
    seen = practice.run("book", "thandi fri 10:30", "--dry-run", "--json", status=1)
    assert '"name": "Dentist"' in seen.stdout and "Dentist 10:00-11:00" in seen.stderr
    refused = practice.run("book", "thandi fri 10:30", "--yes", status=1)
    assert "Dentist 10:00-11:00" in refused.stderr and "--force" in refused.stderr
    practice.run("book", "thandi fri 10:30", "--yes", "--force", "--no-notify")
    kinds = [entry["kind"] for entry in practice.json("agenda", "fri")["days"][0]["entries"]]
    assert kinds == ["block", "appointment"]
    assert practice.json("outbox", "list")["messages"] == []
    assert "Dentist" in practice.run("block", "fri 10:15-10:45", status=1).stderr


def test_a_status_is_marked_once(practice: Shell) -> None:
    key = str(practice.json("book", "thandi today 8:00", "--yes")["id"])
    assert practice.run("status", key, "no-show").stdout.startswith("Marked Thandi Nkosi no-show")
    assert "no-show already" in practice.run("status", key, "no-show", status=1).stderr
    practice.run("status", key, "asleep", status=2)
    assert "no appointment 999" in practice.run("status", "999", "attended", status=1).stderr


def test_of_two_processes_for_one_slot_one_wins(practice: Shell) -> None:
    wanted = ("book", "thandi fri 10:30", "--yes"), ("book", "sarah botha fri 11:00", "--yes")
    both = [
        subprocess.Popen(
            [str(GURU), *arguments], env=practice.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for arguments in wanted
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    (entry,) = practice.json("agenda", "fri")["days"][0]["entries"]
    (refusal,) = (words for words in said if words)
    assert entry["client"] in refusal and "--force" in refusal


def test_an_end_is_told_by_the_time_that_passes(practice: Shell) -> None:
    practice.run("settings", "set", "zone", "Europe/London")
    night = practice.json("book", "thandi 31/10/2027 00:30 120m", "--dry-run")
    assert (night["start"], night["end"]) == ("2027-10-31T00:30:00+01:00", "2027-10-31T01:30:00+00:00")


def test_a_short_notice_is_named_and_charged_only_when_that_is_said(practice: Shell) -> None:
    practice.run("settings", "set", "late_cancellation_fee", "50%")
    key = str(practice.json("book", "thandi thu 8:00", "--yes")["id"])
    done = practice.run("cancel", key)
    assert "Short notice (22h before, 24h asked for): late-cancelled it is" in done.stdout
    assert f"guru cancel {key} --late" in done.stdout and "Cancelled Thandi Nkosi" in done.stdout
    practice.run("undo")
    late = practice.json("cancel", key, "--late")["appointment"]
    assert late["status"] == "late-cancelled" and late["billing"] == "uninvoiced"
    assert float(late["charge"]["amount"]) * 2 == float(late["fee"]["amount"])
    practice.run("undo")
    assert practice.json("cancel", key, "--charge", "none")["appointment"]["charge"]["amount"] == "0.00"
    practice.run("undo")
    assert "Short notice" not in practice.run("cancel", key, "--not-late").stdout
    assert "leave out --not-late" in practice.run("cancel", key, "--not-late", "--charge", "5", status=2).stderr


def test_what_moves_while_the_question_stands_is_not_cancelled(practice: Shell) -> None:
    key = str(practice.json("book", "thandi thu 8:00", "--yes")["id"])
    hand, terminal = os.openpty()
    command = [str(GURU), "cancel", key]
    try:
        with subprocess.Popen(
            command, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=practice.environment()
        ) as asked:
            assert asked.stderr is not None
            said = b""
            while b"[y/N]" not in said:
                said += os.read(asked.stderr.fileno(), 1000)
            practice.run("move", key, "fri 8:00")
            os.write(hand, b"n\n")
            refused = asked.stderr.read().decode()
            assert asked.wait(60) == 1
    finally:
        os.close(hand)
        os.close(terminal)
    assert "Changed elsewhere meanwhile: it is at Fri 27 Nov 08:00" in refused
    assert practice.json("agenda", "2026-11-27")["days"][0]["entries"][0]["status"] == "booked"


def test_a_question_leaves_standard_output_to_the_document(practice: Shell) -> None:
    hand, terminal = os.openpty()
    try:
        os.write(hand, b"y\n")
        done = subprocess.run(
            [str(GURU), "book", "thandi thu 8:00", "--json"],
            stdin=terminal,
            capture_output=True,
            text=True,
            env=practice.environment(),
            timeout=60,
        )
    finally:
        os.close(hand)
        os.close(terminal)
    assert json.loads(done.stdout)["start"] == "2026-11-26T08:00:00+02:00"
    assert "Book it? [y/N]" in done.stderr


def test_a_no_show_costs_what_is_said_or_what_the_policy_says(practice: Shell) -> None:
    key = str(practice.json("book", "thandi thu 8:00", "--yes")["id"])
    assert practice.json("status", key, "no-show", "--charge", "200")["appointment"]["charge"]["amount"] == "200.00"
    assert practice.run("status", key, "no-show", "--charge", "none").stdout.startswith("Changed Thandi Nkosi no-show")
    assert "in place of the fee" in practice.run("status", key, "attended", "--charge", "5", status=1).stderr
    assert "not an amount" in practice.run("status", key, "no-show", "--charge", "lots", status=1).stderr
    assert practice.run("invoice", "thandi", status=1).stderr
    practice.run("status", key, "no-show", "--charge", "120")
    assert practice.json("invoice", "thandi")["total"]["amount"] == "120.00"
