"""Client lists in and out: matching, idempotence, all or nothing, one step of undo."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import Invalid
from guru_tui.services.transfer import ImportReport
from guru_tui.settings import Settings
from guru_tui.store import schema

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


def load(guru: Guru, text: str | bytes, **options: object) -> ImportReport:
    data = text.encode() if isinstance(text, str) else text
    return guru.transfer.import_csv(data, **options)  # type: ignore[arg-type]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, len(report.rejected)


def people(guru: Guru) -> list[tuple[str, str, str]]:
    return [(row.name, row.mobile, row.email) for row in guru.reads.clients()]


def test_a_list_comes_in_once(guru: Guru) -> None:
    data = (SAMPLES / "clients.csv").read_bytes()
    report = load(guru, data)
    assert counts(report) == (10, 0, 0, 0)
    assert report.applied and report.created_names[:2] == ("Thandi Nkosi", "Sarah Botha")
    before = guru.connection.execute("SELECT count(*) FROM change").fetchone()
    for _ in range(2):
        assert counts(load(guru, data)) == (0, 0, 10, 0)
    assert guru.connection.execute("SELECT count(*) FROM change").fetchone() == before
    assert ("Siobhán O’Brien", "+353851234567", "siobhan.obrien@example.com") in people(guru)
    thandi = guru.reads.clients("thandi")[0]
    assert guru.reads.client(thandi.id).address == "14 Kloof Street\nGardens\nCape Town 8001"


def test_the_afrikaans_sample(guru: Guru) -> None:
    load(guru, (SAMPLES / "clients.csv").read_bytes())
    assert counts(load(guru, (SAMPLES / "clients-afrikaans.csv").read_bytes())) == (
        6,
        1,
        0,
        0,
    )  # a language is filled in
    assert ("Piet le Roux", "+27825550143", "piet.leroux@example.com") in people(guru)
    assert ("Johan de Villiers", "", "johan@example.com") in people(guru)
    assert ("André Müller", "+27825550111", "andre.mueller@example.com") in people(guru)


def test_an_import_is_one_step_of_undo(guru: Guru) -> None:
    guru.clients.add("Sarah", "Botha", "0825550134")
    load(guru, "Name,Cell,Email\nSarah Botha,0825550134,sarah@example.com\nZoe,0835550177,\n")
    assert len(people(guru)) == 2
    undone = guru.undo.undo()
    assert undone.summary == "Imported 1 client and completed 1 client from a file"
    assert people(guru) == [("Sarah Botha", "+27825550134", "")]


def test_rejected_rows_are_named_and_stop_everything(guru: Guru) -> None:
    text = (
        "Name,Cell,Email,Address\n"
        'Sarah Botha,0825550134,sarah@example.com,"1 Main\nCape Town"\n'
        ",0835550177,,\n"
        "Jan Smit,12345,jan@,\n"
        "\n"
        "Piet Nel,8.2555E+08,,\n"
        "SARAH BOTHA,+27 82 555 0134,,\n"
        "Ann Nel,n/a,-,\n"
    )
    report = load(guru, text)
    assert counts(report) == (0, 0, 0, 4)
    assert not report.applied and report.would_create == 2
    reasons = {one.row: one.reason for one in report.rejected}
    assert reasons[3] == "The row has no name."
    assert "'12345' is not a phone number" in reasons[4] and "'jan@' is not an email address" in reasons[4]
    assert "lost digits in a spreadsheet" in reasons[6]
    assert reasons[7] == "This is the same client as in row 2."
    assert people(guru) == []

    dry = load(guru, text, dry_run=True)
    assert (counts(dry), dry.applied, people(guru)) == ((2, 0, 0, 4), False, [])
    skipped = load(guru, text, skip_errors=True)
    assert (counts(skipped), skipped.applied) == ((2, 0, 0, 4), True)
    assert people(guru) == [("Sarah Botha", "+27825550134", "sarah@example.com"), ("Ann Nel", "", "")]
    assert counts(load(guru, text, skip_errors=True)) == (0, 0, 2, 4)


def test_a_dry_run_leaves_no_trace(guru: Guru) -> None:
    before = guru.connection.execute("SELECT count(*), max(id) FROM action").fetchone()
    report = load(guru, "Name,Cell\nSarah Botha,0825550134\n", dry_run=True)
    assert counts(report) == (1, 0, 0, 0)
    assert (report.applied, report.dry_run) == (False, True)
    assert people(guru) == []
    assert guru.connection.execute("SELECT count(*), max(id) FROM action").fetchone() == before


@pytest.mark.parametrize(
    ("line", "expected", "after"),
    [
        ("Sarah Botha,0825550134,sarah@example.com", (0, 0, 1), ("+27825550134", "sarah@example.com")),
        ("SARAH BOTHÁ,0825550134,", (0, 0, 1), ("+27825550134", "sarah@example.com")),
        ("Sarah Botha,,", (0, 0, 1), ("+27825550134", "sarah@example.com")),
        ("Sarah Botha,,SARAH@example.com", (0, 0, 1), ("+27825550134", "sarah@example.com")),
        ("Sarah Botha,0835550177,sarah@example.com", (0, 1, 0), ("+27835550177", "sarah@example.com")),
        ("Sarah Botha,0825550134,new@example.com", (0, 1, 0), ("+27825550134", "new@example.com")),
        ("Sarah Botha,0835550177,", (1, 0, 0), ("+27825550134", "sarah@example.com")),
        ("Sarah Botha,0835550177,other@example.com", (1, 0, 0), ("+27825550134", "sarah@example.com")),
        ("Jan Botha,0825550134,sarah@example.com", (1, 0, 0), ("+27825550134", "sarah@example.com")),
    ],
)
def test_who_is_who(guru: Guru, line: str, expected: tuple[int, int, int], after: tuple[str, str]) -> None:
    key = guru.clients.add("Sarah", "Botha", "0825550134", "sarah@example.com")
    text = f"Name,Cell,Email\n{line}\n"
    assert counts(load(guru, text))[:3] == expected
    row = guru.reads.client(key).row
    assert (row.name, row.mobile, row.email) == ("Sarah Botha", *after)
    assert counts(load(guru, text))[:3] == (0, 0, 1)


def test_blanks_are_filled_and_nothing_else_is_lost(guru: Guru) -> None:
    key = guru.clients.add("Sarah", "Botha", address="1 Main", language="af", sms_allowed=False)
    text = (
        "Name,Cell,Address,Date of birth,Language,SMS allowed,Email allowed\n"
        "Sarah Botha,0825550134,2 Long,1985-03-02,en,yes,no\n"
    )
    assert counts(load(guru, text)) == (0, 1, 0, 0)
    found = guru.reads.client(key)
    assert (found.row.mobile, found.address, found.birth_date) == ("+27825550134", "1 Main", "1985-03-02")
    assert (found.sms_allowed, found.email_allowed) == (False, False)  # a "no" is never turned into a "yes"
    assert counts(load(guru, text)) == (0, 0, 1, 0)


def test_two_namesakes_and_a_row_that_could_be_either(guru: Guru) -> None:
    guru.clients.add("Jan", "Smit", "0825550134")
    guru.clients.add("Jan", "Smit", "0835550177")
    report = load(guru, "Name,Email\nJan Smit,jan@example.com\n")
    assert [one.reason for one in report.rejected] == [
        "2 clients are called Jan Smit; give the mobile or email of one."
    ]
    assert counts(load(guru, "Name,Cell,Email\nJan Smit,0835550177,jan@example.com\n")) == (0, 1, 0, 0)


def test_an_archived_client_is_known_and_stays_archived(guru: Guru) -> None:
    key = guru.clients.add("Sarah", "Botha", "0825550134")
    guru.clients.archive(key)
    assert counts(load(guru, "Name,Cell\nSarah Botha,0825550134\n")) == (0, 0, 1, 0)
    assert guru.reads.client(key).row.archived


def test_the_map(guru: Guru) -> None:
    report = load(guru, "Wie,Waar\nSarah Botha,0825550134\n", mapping={"Wie": "name", "waar": "mobile"})
    assert counts(report) == (1, 0, 0, 0)
    with pytest.raises(Invalid, match="no column 'Nope'"):
        load(guru, "Name\nSarah\n", mapping={"Nope": "mobile"})


def test_the_export_is_safe_for_spreadsheets_and_reads_back(guru: Guru) -> None:
    guru.clients.add("=HYPERLINK(1)", "@SUM", "0825550134", "+x@example.com", address="-1 Main\n=2", bill_to_name="'=x")
    guru.clients.add("Łucja", 'O"Brien, Jr', "+353 85 123 4567")
    guru.clients.add("Twin", "One", "0835550177")
    guru.clients.add("Twin", "One", "0835550177", force=True)
    guru.clients.add("Twin", "One", force=True)
    gone = guru.clients.add("Gone", "Away", "0845550177")
    guru.clients.archive(gone)

    text = guru.transfer.export_csv()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0][:5] == ["First name", "Last name", "Mobile", "Email", "Address"]
    assert len(rows) == 6 and text.endswith("\r\n")
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    assert ["Łucja", 'O"Brien, Jr', "'+353851234567"] in [row[:3] for row in rows]
    assert counts(load(guru, text)) == (0, 0, 5, 0)
    assert counts(load(guru, text.encode("utf-8-sig"))) == (0, 0, 5, 0)

    everyone = guru.transfer.export_csv(archived=True)
    assert counts(load(guru, everyone)) == (0, 0, 6, 0)
    with elsewhere() as other:
        load(other, everyone, skip_errors=True)
        assert [row.name for row in other.reads.clients(archived=True)] == ["Gone Away"]
        assert "=HYPERLINK(1) @SUM" in [row.name for row in other.reads.clients()]


def test_numbers_read_back_in_a_practice_abroad(guru: Guru) -> None:
    guru.practice.set("country", "GB")
    guru.clients.add("Ann", "Home", "020 7946 0958")
    guru.clients.add("Sarah", "Away", "+27 82 555 0134")
    assert counts(load(guru, guru.transfer.export_csv())) == (0, 0, 2, 0)


def test_five_thousand_rows(guru: Guru) -> None:
    lines = ["First name;Surname;Cell;Email"]
    lines += [f"First{at % 331};Last{at % 997};08255{at:05};person{at}@example.com" for at in range(5000)]
    assert counts(load(guru, "\n".join(lines))) == (5000, 0, 0, 0)
    assert counts(load(guru, "\n".join(lines))) == (0, 0, 5000, 0)


@contextmanager
def elsewhere() -> Iterator[Guru]:
    """Another practice, empty."""
    from tests.conftest import NOW

    with tempfile.TemporaryDirectory() as folder:
        where = Settings(Path(folder) / "other")
        schema.create(where.database)
        opened = Guru(where, FixedClock(NOW), origin="test")
        try:
            yield opened
        finally:
            opened.close()


NAMES = st.sampled_from(
    ["Sarah Botha", "sarah bothá", "Botha, Sarah", "Jan Smit", "", "Zoë van der Merwe", "=1", "'t Hooft"]
)
CELLS = st.sampled_from(["", "0825550134", "+27 82 555 0134", "0835550177", "12", "n/a"])
MAILS = st.sampled_from(["", "a@example.com", "A@example.com", "b@example.com", "nope"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.tuples(NAMES, CELLS, MAILS), max_size=6), min_size=1, max_size=3))
def test_whatever_is_imported_a_second_time_changes_nothing(files: list[list[tuple[str, str, str]]]) -> None:
    with elsewhere() as practice:
        for rows in files:
            out = io.StringIO()
            csv.writer(out, delimiter=";").writerows([("Name", "Cell", "Email"), *rows])
            if not any("".join(row) for row in rows):
                continue
            first = load(practice, out.getvalue(), skip_errors=True)
            after = people(practice)
            again = load(practice, out.getvalue(), skip_errors=True)
            assert counts(again)[:2] == (0, 0)
            assert again.unchanged == first.created + first.updated + first.unchanged
            assert len(again.rejected) == len(first.rejected)
            assert people(practice) == after
        if people(practice):
            exported = load(practice, practice.transfer.export_csv())
            assert counts(exported) == (0, 0, len(people(practice)), 0)
