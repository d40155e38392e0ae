"""`guru rules`: reminders of a practitioner's own, from the rule to what would leave, by the installed program.

What no clock decides (how rules read, mistakes) runs in this process, at a tenth of the cost.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.cli import main
from tests.outbox_support import book, client
from tests.shell import Shell

MONDAY = "2026-11-30T09:00"
START = "2026-11-30T09:00:00+02:00"
SARAH, THANDI = 1, 2
MASSAGE = 3
Command = Callable[..., tuple[int, str, str]]

DAY_BEFORE = [("sms", "2026-11-29T10:00:00+02:00"), ("email", "2026-11-29T10:00:00+02:00")]


@pytest.fixture
def installed(guru: Guru, home: Path) -> Shell:
    """The installed program over a practice with two clients, each of whom comes on Monday at 09:00."""
    for first, mobile in (("Sarah", "082 555 0101"), ("Thandi", "082 555 0102")):
        book(guru, client(guru, first, mobile=mobile), MONDAY)
    return Shell(home, env={"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})


@pytest.fixture
def command(installed: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`guru rules ...` in this process: status, standard output, standard error."""
    monkeypatch.setenv("GURU_HOME", str(installed.home))

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["rules", *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def would_leave(shell: Shell, at: str, appointment: int = SARAH) -> list[tuple[str, str]]:
    """Channel and moment of what a run at a time would send about an appointment."""
    report = shell.json("remind", "--dry-run", "--at", at)
    return [
        (one["channel"], one["not_before"])
        for one in report["messages"]
        if (one["appointment"], one["kind"], one["state"]) == (appointment, "reminder", "queued")
    ]


def plan(shell: Shell, appointment: int = SARAH) -> list[tuple[str | None, str, str]]:
    """Channel, moment without its offset and state of every reminder of an appointment."""
    reminders = shell.json("rules", "show", str(appointment))["reminders"]
    assert all(one["leaves"].endswith(":00+02:00") for one in reminders)
    return sorted(((one["channel"], one["leaves"][5:16], one["state"]) for one in reminders), key=str)


def rules(shell: Shell) -> dict[int, dict[str, Any]]:
    """Every rule by its number."""
    return {row["id"]: row for row in shell.json("rules", "list", "--all")["rules"]}


# ---- from the rule to what leaves --------------------------------------------------------------------------


def test_a_second_reminder_two_hours_before_by_sms(installed: Shell) -> None:
    told = installed.run("rules", "add", "--hours", "2", "--channels", "sms").stdout
    assert told == "Added rule 1: a reminder 2 hours before by SMS for everyone.\n"
    assert would_leave(installed, "2026-11-29T09:59") == []
    assert sorted(would_leave(installed, "2026-11-29T10:00")) == sorted(DAY_BEFORE)
    installed.now = "2026-11-29T10:00:00+02:00"
    assert installed.json("remind")["sent"] == 4
    assert would_leave(installed, "2026-11-30T06:59") == []
    assert would_leave(installed, "2026-11-30T07:00") == [("sms", "2026-11-30T07:00:00+02:00")]
    assert plan(installed) == [
        ("email", "11-29T10:00", "sent"), ("sms", "11-29T10:00", "sent"), ("sms", "11-30T07:00", "planned"),
    ]  # fmt: skip


def test_a_types_rule_takes_the_place_of_everyones_and_a_clients_that(guru: Guru, installed: Shell) -> None:
    guru.rules.add("reminder", hours=2, channels="sms")
    told = installed.run("rules", "add", "--days", "2", "--at", "16:00", "--type", "follow").stdout
    assert told == (
        "Added rule 2: a reminder 2 days before at 16:00 for type Follow-up.\n"
        "It is the only reminder for type Follow-up now; another one needs a rule too, "
        "such as: guru rules add --hours 2 --type 1\n"
    )
    expected = [("email", "11-28T16:00", "planned"), ("sms", "11-28T16:00", "planned")]
    assert (plan(installed), plan(installed, THANDI)) == (expected, expected)
    assert would_leave(installed, "2026-11-28T15:59") == []
    assert len(would_leave(installed, "2026-11-28T16:00")) == 2
    installed.run("rules", "add", "--hours", "1", "--channels", "email", "--client", "thandi")
    assert plan(installed, THANDI) == [("email", "11-30T08:00", "planned")]
    assert plan(installed) == expected
    told = installed.run("rules", "add", "--days", "1", "--client", str(THANDI)).stdout
    assert "only reminder" not in told


def test_a_client_who_wants_none_and_an_appointment_that_has_some(installed: Shell) -> None:
    told = installed.run("rules", "add", "--channels", "off", "--client", "thandi botha").stdout
    assert told == "Added rule 1: no reminder messages for client Thandi Botha.\n"
    assert would_leave(installed, "2026-11-29T10:00", THANDI) == []
    assert sorted(would_leave(installed, "2026-11-29T10:00", SARAH)) == sorted(DAY_BEFORE)
    shown = installed.run("rules", "show", str(THANDI)).stdout
    assert shown == (
        "Thandi Botha Mon 30 Nov 09:00, Follow-up: booked\n"
        "No reminder (the day before at 10:00): reminder messages are switched off for this client\n"
    )
    told = installed.run("rules", "choose", str(THANDI), "SMS").stdout
    assert told == "Chose reminders by SMS for Thandi Botha Mon 30 Nov 09:00.\nReminder Sun 29 Nov 10:00 by SMS.\n"
    assert would_leave(installed, "2026-11-29T10:00", THANDI) == DAY_BEFORE[:1]
    installed.run("rules", "choose", str(THANDI), "default")
    assert would_leave(installed, "2026-11-29T10:00", THANDI) == []
    told = installed.run("rules", "choose", str(SARAH), "off").stdout
    assert told.endswith("No reminder: reminder messages are switched off for this appointment.\n")
    assert would_leave(installed, "2026-11-29T10:00") == []


def test_a_reminder_of_one_appointment(installed: Shell) -> None:
    told = installed.run("rules", "add", "--hours", "1", "--appointment", str(SARAH)).stdout
    assert told.startswith("Added rule 1: a reminder 1 hour before for appointment Sarah Botha Mon 30 Nov 09:00.\n")
    assert told.endswith(f"guru rules add --days 1 --appointment {SARAH}\n")
    assert plan(installed) == [("email", "11-30T08:00", "planned"), ("sms", "11-30T08:00", "planned")]
    assert len(plan(installed, THANDI)) == 2


def test_another_hour_holds_for_what_has_not_left(guru: Guru, installed: Shell) -> None:
    guru.rules.add("reminder", days=3, channels="sms")
    assert would_leave(installed, "2026-11-27T10:00") == [("sms", "2026-11-27T10:00:00+02:00")]
    told = installed.run("rules", "change", "1", "--at", "14:30").stdout
    assert told == "Rule 1 reads now: a reminder 3 days before at 14:30 by SMS for everyone.\n"
    assert would_leave(installed, "2026-11-27T14:29") == []
    assert would_leave(installed, "2026-11-27T14:30") == [("sms", "2026-11-27T14:30:00+02:00")]
    installed.now = "2026-11-27T14:30:00+02:00"
    assert installed.json("remind")["sent"] == 2
    installed.run("rules", "change", "1", "--at", "16:00")
    assert ("sms", "11-27T14:30", "sent") in plan(installed)
    installed.now = "2026-11-27T16:00:00+02:00"
    assert installed.json("remind")["messages"] == []


def test_a_rule_without_an_hour_keeps_to_the_practices(guru: Guru, installed: Shell) -> None:
    guru.rules.add("reminder", days=3, channels="sms")
    installed.run("rules", "change", "1", "--channels", "email")
    guru.practice.set("reminder_time", "15:00")
    assert plan(installed) == [
        ("email", "11-27T15:00", "planned"), ("email", "11-29T15:00", "planned"), ("sms", "11-29T15:00", "planned"),
    ]  # fmt: skip
    assert {row["at"] for row in rules(installed).values()} == {"15:00"}


# ---- changing, removing, undo ------------------------------------------------------------------------------


def test_what_is_not_given_stays(command: Command) -> None:
    def told(*options: str) -> str:
        status, out, error = command("change", "1", *options)
        assert (status, error) == (0, "")
        return out.removeprefix("Rule 1 reads now: ")

    command("add", "--days", "7", "--at", "9:00", "--channels", "sms", "--type", "Intro")
    assert told("--days", "5") == "a reminder 5 days before at 09:00 by SMS for type Intro.\n"
    assert told("--channels", "email, sms") == "a reminder 5 days before at 09:00 by SMS and email for type Intro.\n"
    assert told("--hours", "3") == "a reminder 3 hours before by SMS and email for type Intro.\n"
    assert (
        told("--days", "2", "--at", "08:00") == "a reminder 2 days before at 08:00 by SMS and email for type Intro.\n"
    )
    assert told("--at", "default") == "a reminder 2 days before at 10:00 by SMS and email for type Intro.\n"
    assert told("--channels", "default") == "a reminder 2 days before at 10:00 for type Intro.\n"
    assert told("--channels", "off") == "a reminder 2 days before at 10:00, switched off, for type Intro.\n"
    row = json.loads(command("change", "1", "--days", "0", "--json")[1])
    assert (row["id"], row["days"], row["channels"], row["when"]) == (1, 0, "off", "on the day at 10:00")


def test_undo_takes_each_step_back(installed: Shell) -> None:
    installed.run("rules", "add", "--hours", "2", "--channels", "sms")
    before = rules(installed)
    installed.run("rules", "change", "1", "--hours", "5")
    assert installed.run("undo").stdout.startswith("Undid: Changed rule 1 to a reminder 5 hours before by SMS")
    assert rules(installed) == before
    told = installed.run("rules", "remove", "1").stdout
    assert told == "Removed rule 1: a reminder 2 hours before by SMS for everyone. Take it back with: guru undo\n"
    assert list(rules(installed)) == [0]
    installed.run("undo")
    assert rules(installed) == before
    installed.run("rules", "choose", str(SARAH), "off")
    installed.run("undo")
    assert rules(installed) == before
    installed.run("undo")
    assert list(rules(installed)) == [0]
    assert sorted(would_leave(installed, "2026-11-29T10:00")) == sorted(DAY_BEFORE)


# ---- what is shown -----------------------------------------------------------------------------------------


def test_the_list(guru: Guru, installed: Shell) -> None:
    guru.rules.add("confirmation", channels="sms-or-email", client_id=SARAH)
    guru.rules.add("reminder", hours=2)
    guru.rules.add("reminder", days=7, at="09:00", channels="email", type_id=MASSAGE)
    guru.rules.choose(THANDI, "off")
    table, _, note = installed.run("rules", "list").stdout.partition("\n\n")
    assert [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in table.splitlines()] == [
        ["id", "kind", "for", "when", "channels"],
        ["0", "reminder", "everyone", "the day before at 10:00", "by SMS and email"],
        ["1", "confirmation", "client Sarah Botha", "-", "by SMS, or email without one"],
        ["2", "reminder", "everyone", "2 hours before", "as otherwise"],
        ["3", "reminder", "type Massage", "7 days before at 09:00", "by email"],
        ["4", "reminder", "appointment Thandi Botha Mon 30 Nov 09:00", "-", "not at all"],
    ]
    assert note.startswith("Rule 0 is the practice's own; it follows the settings reminder_lead_days")
    assert rules(installed) == {
        0: {"id": 0, "kind": "reminder", "for": None, "days": 1, "hours": None, "at": "10:00",
            "when": "the day before at 10:00", "channels": "sms+email"},
        1: {"id": 1, "kind": "confirmation", "for": {"what": "client", "id": SARAH, "name": "Sarah Botha",
            "start": None}, "days": None, "hours": None, "at": None, "when": None, "channels": "sms-or-email"},
        2: {"id": 2, "kind": "reminder", "for": None, "days": None, "hours": 2, "at": None,
            "when": "2 hours before", "channels": None},
        3: {"id": 3, "kind": "reminder", "for": {"what": "type", "id": MASSAGE, "name": "Massage", "start": None},
            "days": 7, "hours": None, "at": "09:00", "when": "7 days before at 09:00", "channels": "email"},
        4: {"id": 4, "kind": "reminder", "for": {"what": "appointment", "id": THANDI, "name": "Thandi Botha",
            "start": START}, "days": None, "hours": None, "at": None, "when": None, "channels": "off"},
    }  # fmt: skip


def test_rules_of_past_appointments_are_kept_out_of_the_way(guru: Guru, installed: Shell) -> None:
    guru.rules.choose(SARAH, "email")
    guru.rules.choose(THANDI, "off")
    assert [row["id"] for row in installed.json("rules", "list")["rules"]] == [0, 1, 2]
    installed.now = START
    assert [row["id"] for row in installed.json("rules", "list")["rules"]] == [0]
    assert "2 more for past appointments: guru rules list --all" in installed.run("rules", "list").stdout
    assert "appointment Sarah Botha Mon 30 Nov 09:00" in installed.run("rules", "list", "--all").stdout


def test_a_rule_whose_appointment_is_gone_can_still_be_seen_and_removed(guru: Guru, command: Command) -> None:
    from guru_tui.store.models import MessageRule

    with guru.unit_of_work.action("test") as work:
        work.session.add(MessageRule(kind="reminder", appointment_id=77, channels="off", since="2026-11-25T08:00:00Z"))
    assert "appointment 77, which is gone" in command("list", "--all")[1]
    (_, row) = json.loads(command("list", "--all", "--json")[1])["rules"]
    assert row["for"] == {"what": "appointment", "id": 77, "name": None, "start": None}
    assert command("remove", "1")[1].startswith("Removed rule 1: no reminder messages for appointment 77")


def test_the_reminders_of_an_appointment(guru: Guru, installed: Shell) -> None:
    guru.rules.add("reminder", hours=2, channels="sms")
    shown = installed.run("rules", "show", str(SARAH)).stdout
    assert shown.startswith(
        "Sarah Botha Mon 30 Nov 09:00, Follow-up: booked\n\n"
        "Sun 29 Nov 10:00 by email to sarah@example.com (the day before at 10:00): planned\n"
        "    Subject: Reminder: your appointment on Mon 30 November at 09:00\n\n"
    )
    assert "\n\nMon 30 Nov 07:00 by SMS to 082 555 0101 (2 hours before): planned\n    Hi Sarah, " in shown
    assert "/160 · 1 SMS)\n" in shown
    document = installed.json("rules", "show", str(SARAH))
    assert document["appointment"] == {
        "id": SARAH, "client": {"id": SARAH, "name": "Sarah Botha"}, "type": "Follow-up", "start": START,
        "status": "booked",
    }  # fmt: skip
    last = document["reminders"][-1]
    assert last.pop("body").startswith("Hi Sarah, ")
    assert last == {
        "rule": 1, "when": "2 hours before", "leaves": "2026-11-30T07:00:00+02:00", "channel": "sms",
        "to": "+27825550101", "state": "planned", "reason": "", "subject": "", "message": None,
    }  # fmt: skip
    assert installed.json("rules", "choose", str(SARAH), "sms") == installed.json("rules", "show", str(SARAH))


def test_one_that_has_left_names_its_message(installed: Shell) -> None:
    installed.now = "2026-11-29T10:00:00+02:00"
    (first, *_) = installed.json("remind")["messages"]
    shown = installed.run("rules", "show", str(first["appointment"])).stdout
    assert f"See it with: guru outbox show {first['id']}" in shown
    assert ": sent\n" in shown


def test_no_address_is_named(guru: Guru, installed: Shell) -> None:
    visit = book(guru, client(guru, "Lerato", mobile="", email=""), MONDAY)
    shown = installed.run("rules", "show", str(visit)).stdout
    assert "No reminder by SMS (the day before at 10:00): no mobile number; no email address\n" in shown
    assert installed.json("rules", "show", str(visit))["reminders"][0]["to"] is None


# ---- mistakes ----------------------------------------------------------------------------------------------


MISTAKES: list[tuple[tuple[str, ...], int, str]] = [
    (("add", "--hours", "2", "--client", "nobody"), 1, "guru clients list"),
    (("add", "--hours", "2", "--client", "99"), 1, "guru clients list"),
    (("add", "--hours", "2", "--client", "botha"), 1, "use the number in front"),
    (("add", "--hours", "2", "--client", ""), 1, "Name the client"),
    (("add", "--hours", "2", "--type", "Surgery"), 1, "there are: Follow-up, Intro, Massage"),
    (("add", "--hours", "2", "--appointment", "99"), 1, "guru agenda"),
    (("add", "agenda", "--channels", "sms"), 2, "guru rules add --help"),
    (("add", "--hours", "0"), 1, "from 1 to 168 hours"),
    (("add", "--hours", "two"), 2, "guru rules add --help"),
    (("add", "--days", "-1"), 1, "from 0 to 365 days"),
    (("add", "--days", "1", "--hours", "2"), 1, "give one of the two"),
    (("add", "--hours", "2", "--at", "10:00"), 1, "goes with a lead in days"),
    (("add", "--days", "2", "--at", "25:00"), 1, "write it like 10:00"),
    (("add", "--hours", "2", "--channels", "fax"), 1, "use one of sms+email"),
    (("add", "--hours", "2", "--client", "sarah", "--type", "Intro"), 1, "name only one of them"),
    (("add",), 1, "or how long before"),
    (("add", "--channels", "sms"), 1, "guru settings set reminder_channels sms"),
    (("add", "confirmation", "--days", "2", "--client", "sarah"), 1, "Only reminders have a lead"),
    (("add", "invoice", "--channels", "sms", "--type", "Intro"), 1, "make the rule for a client"),
    (("add", "--days", "1"), 1, "guru settings set reminder_channels"),
    (("add", "--days", "7", "--at", "10:00", "--channels", "sms"), 1, "number 1; change that one or remove it"),
    (("change", "1"), 2, "guru rules change --help"),
    (("change", "0", "--days", "2"), 1, "guru settings set reminder_time (or reminder_lead_days"),
    (("change", "99", "--days", "2"), 1, "guru rules list"),
    (("change", "1", "--days", "7"), 1, "nothing was changed"),
    (("change", "1", "--days", "7", "--hours", "2"), 1, "give one of the two"),
    (("change", "1", "--days", "1"), 1, "The practice reminds the day before"),
    (("remove", "0"), 1, "guru settings set reminder_channels off"),
    (("remove", "99"), 1, "guru rules list"),
    (("remove", "99999999999999999999"), 2, "guru rules remove --help"),
    (("show", "99"), 1, "guru agenda"),
    (("show", "x"), 2, "guru rules show --help"),
    (("choose", "99", "sms"), 1, "guru agenda"),
    (("choose", "1", "fax"), 1, "use one of sms+email"),
    (("choose", "1", "default"), 1, "nothing was changed"),
    ((), 2, "guru rules --help"),
]


def test_mistakes_are_one_sentence_and_change_nothing(guru: Guru, command: Command) -> None:
    guru.rules.add("reminder", days=7)
    before = guru.reads.rules()
    for arguments, status, said in MISTAKES:
        found, out, error = command(*arguments)
        sentence, *choices = error.splitlines()
        assert (found, out) == (status, ""), arguments
        assert sentence.startswith("guru: ") and said in sentence, arguments
        assert all(choice.startswith("  ") for choice in choices) and (not choices or "botha" in arguments), arguments
    assert guru.reads.rules() == before


def test_a_mistake_in_the_shell(installed: Shell) -> None:
    done = installed.run("rules", "add", "--hours", "0", status=1)
    assert done.stderr == "guru: A reminder goes from 1 to 168 hours before, not 0.\n"
    assert installed.run("rules", "remove", "99", status=1).stderr.endswith("see them with: guru rules list\n")
    assert installed.run("rules", "add", "agenda", status=2).stderr.endswith("see guru rules add --help\n")


def test_every_sub_command_has_help_with_an_example(command: Command) -> None:
    for what in ("list", "add", "change", "remove", "show", "choose"):
        status, told, _ = command(what, "--help")
        assert status == 0 and f"example:\n  guru rules {what}" in told
