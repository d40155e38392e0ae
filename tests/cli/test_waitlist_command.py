"""`guru waitlist`, and what `guru cancel` and `guru move` say about it."""

from __future__ import annotations

import pytest

from tests.shell import Shell

LINE = "thandi tue, thu mornings 45 min massage before 12 dec ::back is bad"


@pytest.fixture
def practice(shell: Shell) -> Shell:
    """A practice with two clients whose messages go to files; it is Wednesday 25 November, 10:00."""
    shell.env = {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}
    shell.run(
        "init",
        "--zone",
        "Africa/Johannesburg",
        "--name",
        "Naledi Khumalo",
        "--practice",
        "Sea Point Physio",
        "--phone",
        "021 555 0100",
    )
    shell.run("types", "add", "Follow-up", "--minutes", "60", "--fee", "450")
    shell.run("types", "add", "Massage", "--minutes", "45", "--fee", "600")
    shell.run("hours", "set", "Mon-Fri 08:00-12:30 13:30-17:00")
    shell.run("clients", "add", "--first", "Sarah", "--last", "Botha", "--email", "sarah@example.com")
    shell.run("clients", "add", "--first", "Thandi", "--last", "Nkosi", "--mobile", "072 555 0190")
    return shell


def test_a_client_is_put_on_the_list_and_stands_there(practice: Shell) -> None:
    done = practice.run("waitlist", "add", LINE)
    assert done.stdout == (
        "Thandi Nkosi (entry 1): Tue and Thu mornings, 45 min Massage, until Fri 11 Dec\nnote: back is bad\n"
    )
    assert practice.json("waitlist", "list") == {
        "waiting": [
            {
                "id": 1,
                "client": {"id": 2, "name": "Thandi Nkosi"},
                "wants": "Tue and Thu mornings, 45 min Massage, until Fri 11 Dec",
                "minutes": 45,
                "type": "Massage",
                "weekdays": ["tuesday", "thursday"],
                "from": None,
                "to": "12:00",
                "first": None,
                "last": "2026-12-11",
                "note": "back is bad",
                "state": "waiting",
                "since": "2026-11-25T10:00:00+02:00",
                "offered": None,
            }
        ]
    }
    assert "Thandi Nkosi" in practice.run("waitlist", "list").stdout
    practice.run("waitlist", "change", "1", "vrydae na 14:00")
    (row,) = practice.json("waitlist", "list")["waiting"]
    assert (row["wants"], row["note"]) == ("Fri after 14:00, 60 min Follow-up", "back is bad")
    assert practice.run("waitlist", "remove", "1").stdout == "Took Thandi Nkosi off the waiting list\n"
    assert practice.json("waitlist", "list") == {"waiting": []}
    assert "Nobody waits" in practice.run("waitlist", "list").stdout


def test_what_cannot_be_read_is_one_sentence(practice: Shell) -> None:
    assert "Who waits?" in practice.run("waitlist", "add", "tue mornings", status=1).stderr
    assert "No client is called “zola”" in practice.run("waitlist", "add", "zola tue", status=1).stderr
    assert "no entry 9" in practice.run("waitlist", "remove", "9", status=1).stderr
    assert "no entry 9" in practice.run("waitlist", "offer", "9", "tue 10:30", status=1).stderr
    practice.run("waitlist", "add", LINE)
    assert "At what time?" in practice.run("waitlist", "offer", "1", "tue", status=1).stderr
    practice.run("waitlist", status=2)


def test_cancelling_names_who_fits_and_how_to_offer_it(practice: Shell) -> None:
    practice.run("book", "sarah tue 10:30", "--yes", "--no-notify")
    practice.run("waitlist", "add", LINE)
    done = practice.run("cancel", "1", "--no-notify")
    assert done.stdout.splitlines() == [
        "Cancelled Sarah Botha Tue 1 Dec 10:30",
        "fits: Thandi Nkosi, Tue and Thu mornings; offer it with: guru waitlist offer 1 'tue 10:30'",
    ]
    offered = practice.run("waitlist", "offer", "1", "tue 10:30").stdout
    assert offered.splitlines() == [
        "Offered Thandi Nkosi Tue 1 Dec 10:30",
        "offer by sms to +27725550190, held until 10:03 (guru undo takes it back)",
    ]
    assert "already" in practice.run("waitlist", "offer", "1", "tue 10:30", status=1).stderr
    assert [row["state"] for row in practice.json("outbox", "list")["messages"]] == ["held"]
    assert practice.json("waitlist", "list")["waiting"][0]["offered"] == "2026-12-01T10:30:00+02:00"
    practice.run("undo")
    assert [row["state"] for row in practice.json("outbox", "list")["messages"]] == ["cancelled"]


def test_moving_names_who_fits_the_former_time(practice: Shell) -> None:
    practice.run("book", "sarah tue 10:30", "--yes", "--no-notify")
    practice.run("waitlist", "add", LINE)
    moved = practice.json("move", "1", "fri 9", "--no-notify")
    assert [(row["id"], row["start"]) for row in moved["fits"]] == [(1, "2026-12-01T10:30:00+02:00")]
    assert practice.json("move", "1", "fri 10", "--no-notify")["fits"] == []


def test_three_at_most_are_named_and_the_client_who_gave_it_up_is_not(practice: Shell) -> None:
    practice.run("book", "sarah tue 10:30", "--yes", "--no-notify")
    practice.run("waitlist", "add", "sarah tue")
    for number in range(4):
        practice.run("clients", "add", "--first", f"Anna{'abcd'[number]}", "--last", "Smit")
        practice.run("waitlist", "add", f"anna{'abcd'[number]} tue")
    lines = practice.run("status", "1", "late-cancelled").stdout.splitlines()
    assert [line.split(",")[0] for line in lines[1:4]] == [f"fits: Anna{letter} Smit" for letter in "abc"]
    assert lines[4:] == ["and 1 more: guru waitlist list"]


def test_whom_a_time_or_a_day_fits(practice: Shell) -> None:
    practice.run("waitlist", "add", LINE)
    assert practice.run("waitlist", "fits", "tue 10:30").stdout == (
        "Thandi Nkosi, Tue and Thu mornings, 45 min Massage, until Fri 11 Dec; "
        "offer it with: guru waitlist offer 1 'tue 10:30'\n"
    )
    assert practice.json("waitlist", "fits", "8 dec")["fits"][0]["start"] == "2026-12-08T08:00:00+02:00"
    assert practice.json("waitlist", "fits", "tue 12:15") == {"fits": []}
    assert "Nobody" in practice.run("waitlist", "fits", "fri").stdout


def test_booking_from_the_list_closes_the_entry(practice: Shell) -> None:
    practice.run("waitlist", "add", LINE)
    assert (
        practice.run("waitlist", "offer", "1", "fri 15:00")
        .stdout.splitlines()[1]
        .startswith("note: not what was asked")
    )
    done = practice.json("waitlist", "book", "1", "tue 10:30")
    assert done["summary"] == "Booked Thandi Nkosi Tue 1 Dec 10:30 from the waiting list"
    assert (done["appointment"]["type"], done["appointment"]["fee"]["amount"], done["withdrawn"]) == (
        "Massage",
        "600.00",
        1,
    )
    assert practice.json("waitlist", "list") == {"waiting": []}


def test_unblocking_says_who_fits(practice: Shell) -> None:
    practice.run("waitlist", "add", "thandi fri mornings")
    made = practice.run("block", "fri 9-11 admin").stdout
    assert made == "Blocked Fri 27 Nov 09:00–11:00: admin (b1)\n"
    assert "b1" in practice.run("agenda", "fri").stdout
    done = practice.run("unblock", "b1").stdout.splitlines()
    assert done[0] == "Removed admin Fri 27 Nov 09:00"
    assert done[1].startswith("fits: Thandi Nkosi, Fri mornings; offer it with: guru waitlist offer 1 'fri 09:00'")
    assert "may have been removed already" in practice.run("unblock", "1", status=1).stderr
    practice.run("undo")
    found = practice.json("unblock", "1")
    assert found["removed"] == [1]
    assert [(fit["client"]["name"], fit["start"]) for fit in found["fits"]] == [
        ("Thandi Nkosi", "2026-11-27T09:00:00+02:00")
    ]


def test_blocked_times_that_repeat_are_removed_by_scope(practice: Shell) -> None:
    practice.run("block", "every fri 9-11 x4 admin")
    assert practice.run("unblock", "2", "--scope", "later").stdout.startswith("Removed admin 3 times from Fri 4 Dec")
    assert practice.json("unblock", "1")["removed"] == [1]
