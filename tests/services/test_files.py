"""Files that a person names: how a name is completed, and what is written where."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from guru_tui.errors import Invalid, NotAllowed
from guru_tui.services.files import LARGEST, completed, read_file, replace_private, stamp, write_private


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a few files, which is where one stands, too."""
    for name in ("calendar.ics", "calling.csv", "clients.csv", ".hidden", "two words.ics"):
        (tmp_path / name).write_text("x")
    (tmp_path / "Down loads").mkdir()
    (tmp_path / "Down loads" / "export.ics").write_text("x")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "text", "names"),
    [
        ("cal", "cal", ("calendar.ics", "calling.csv")),
        ("cale", "calendar.ics", ()),
        ("~/cli", "~/clients.csv", ()),
        ("~", "~/", ()),
        ("~/Do", "~/Down loads/", ()),
        ("~/Down loads/", "~/Down loads/export.ics", ()),
        ("./two", "./two words.ics", ()),
        (".h", ".hidden", ()),
        ("nothing", "nothing", ()),
        ("nowhere/at/all", "nowhere/at/all", ()),
        ("~nobody-here/x", "~nobody-here/x", ()),
        ("a\0b/", "a\0b/", ()),
    ],
)
def test_a_path_is_completed_as_a_shell_does(folder: Path, typed: str, text: str, names: tuple[str, ...]) -> None:
    found = completed(typed)
    assert (found.text, found.names) == (text, names)


def test_everything_is_offered_but_what_is_hidden(folder: Path) -> None:
    assert completed("").names == ("Down loads/", "calendar.ics", "calling.csv", "clients.csv", "two words.ics")


def test_names_that_no_field_can_hold_are_not_offered(folder: Path) -> None:
    (folder / "calm\n.ics").write_text("x")
    (folder / os.fsdecode(b"cal\xff.ics")).write_text("x")
    assert completed("cal").names == ("calendar.ics", "calling.csv")


def test_what_cannot_be_read_is_a_sentence(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "endless").touch()
    os.truncate(folder / "endless", LARGEST + 1)  # takes no room on the disk
    for name, told in (
        ("pipe", "no file"), ("Down loads", "a folder"), ("gone.ics", "no file"), ("a\0b", "cannot be read"),
        ("endless", "100 MB, .* name the .ics file"), ("/dev/zero", "no file"),
        ("~nobody-here/x", "user"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=told):
            read_file(name, "the .ics file")


def test_a_file_is_replaced_on_purpose_only_and_whole(folder: Path) -> None:
    path = folder / "clients.csv"
    with pytest.raises(NotAllowed, match="--force"):
        write_private(path, b"new", replace=False)
    before = stamp(path)
    write_private(path, b"new", replace=True)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stamp(path) != before
    assert stamp(folder / "gone") == ()
    with pytest.raises(NotAllowed, match="choose another name"):
        write_private(folder / "nowhere" / "x", b"new", replace=True)


def test_two_threads_that_write_one_file_are_not_in_each_others_way(folder: Path) -> None:
    both, failed = threading.Barrier(2), []

    def write(data: bytes) -> None:
        for _ in range(60):
            both.wait(30)
            try:
                replace_private(folder / "calendar.ics", data)
            except OSError as error:
                failed.append(error)

    threads = [threading.Thread(target=write, args=(letter * 50_000,)) for letter in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert set((folder / "calendar.ics").read_bytes()) in ({ord("a")}, {ord("b")})
    assert not list(folder.glob(".*.part"))
