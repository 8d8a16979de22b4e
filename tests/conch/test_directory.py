"""The numbers survive broken edits, lost files and restarts; an edit is live at once."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conch import directory as module
from conch.contacts import ContactsError
from conch.directory import Directory
from tests.conch.conftest import Records

Write = Callable[[str, Any], Path]


@pytest.fixture
def files(records: Records, referral_words: dict, write: Write, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A sound pair of files, looked at on every call."""
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0)
    return write("contacts.yml", records), write("referrals.yml", referral_words)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the last good files are kept."""
    return tmp_path / "kept"


def names(directory: Directory) -> list[str]:
    """Who is shown."""
    return [contact.id for contact in directory.shown()]


@pytest.mark.parametrize("content", ["", "[]", "- id: [", "words", "- id: emergency_911\n", "[" * 3000, "\x00"])
def test_broken_edit_keeps_the_old_and_is_loud(
    files: tuple[Path, Path], kept: Path, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    directory = Directory(*files, kept)
    before = directory.referrals.text()
    files[0].write_text(content)
    with caplog.at_level(logging.ERROR):
        assert len(names(directory)) == 5
    assert directory.referrals.text() == before
    (fault,) = [entry for entry in caplog.records if entry.levelno == logging.ERROR]
    assert "edit refused" in fault.getMessage() and "contacts.yml: " in fault.getMessage()


def test_broken_words_keep_the_old(files: tuple[Path, Path], kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    directory = Directory(*files, kept)
    files[1].write_text("order: []")
    directory.refresh()
    assert directory.referrals.are_in(directory.referrals.text())
    assert "referrals.yml: " in caplog.text


def test_fault_that_nobody_foresaw_keeps_the_old(
    files: tuple[Path, Path], kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    directory = Directory(*files, kept)
    files[0].write_text(files[0].read_text() + "\n")

    def fail(_: Path) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(module, "read_contacts", fail)
    assert len(names(directory)) == 5
    assert "no room" in caplog.text


@pytest.mark.parametrize("place", [0, 1])
def test_deleted_file_keeps_the_old(files: tuple[Path, Path], kept: Path, place: int) -> None:
    directory = Directory(*files, kept)
    files[place].unlink()
    assert len(names(directory)) == 5
    assert directory.referrals.lines()[0].number == "911"


def test_broken_edit_is_reported_once_and_mended(
    files: tuple[Path, Path], kept: Path, records: Records, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    directory = Directory(*files, kept)
    files[0].write_text("broken")
    directory.refresh()
    directory.refresh()
    assert caplog.text.count("edit refused") == 1
    records[4]["name"]["en"] = "A line for children"
    write("contacts.yml", records)
    directory.refresh()
    assert directory.referrals.minors.name["en"] == "A line for children"


def test_edit_is_live(files: tuple[Path, Path], kept: Path, records: Records, write: Write) -> None:
    directory = Directory(*files, kept)
    records[4].update(status="inactive")
    records.append({**records[4], "id": "childhelp", "status": "active"})
    words = files[1].read_text().replace("for_minors: ncmec", "for_minors: childhelp")
    write("referrals.yml", words)
    write("contacts.yml", records)
    assert names(directory)[-1] == "childhelp" and "ncmec" not in names(directory)


def test_looks_only_so_often(
    files: tuple[Path, Path], kept: Path, records: Records, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = Directory(*files, kept)
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 3600)
    write("contacts.yml", [*records, {**records[4], "id": "childhelp"}])
    assert "childhelp" not in names(directory)
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0)
    assert "childhelp" in names(directory)


def test_restart_with_a_broken_file_serves_the_last_good(
    files: tuple[Path, Path], kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Directory(*files, kept)
    files[0].write_text("- broken")
    directory = Directory(*files, kept)
    assert len(names(directory)) == 5
    assert "serving the last good one" in caplog.text and "contacts.yml: " in caplog.text


def test_restart_without_files_serves_the_last_good(files: tuple[Path, Path], kept: Path) -> None:
    Directory(*files, kept)
    for path in files:
        path.unlink()
    assert len(names(Directory(*files, kept))) == 5


def test_last_good_follows_a_good_edit(files: tuple[Path, Path], kept: Path, records: Records, write: Write) -> None:
    directory = Directory(*files, kept)
    write("contacts.yml", [*records, {**records[4], "id": "childhelp"}])
    directory.refresh()
    files[0].write_text("broken")
    directory.refresh()
    assert "childhelp" in names(Directory(*files, kept))
    assert sorted(path.name for path in kept.iterdir()) == ["contacts.yml", "referrals.yml"]


def test_edit_that_breaks_while_it_is_copied_is_not_kept(
    files: tuple[Path, Path], kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    directory = Directory(*files, kept)
    good = (kept / "contacts.yml").read_text()
    monkeypatch.setattr(module.shutil, "copyfile", lambda _, copy: Path(copy).write_text("half a fi"))
    os.utime(files[0], (0, 0))
    directory.refresh()
    assert (kept / "contacts.yml").read_text() == good
    assert "could not be kept" in caplog.text
    assert sorted(path.name for path in kept.iterdir()) == ["contacts.yml", "referrals.yml"]


def test_place_that_cannot_be_written_does_no_harm(
    files: tuple[Path, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    assert len(names(Directory(*files, tmp_path / "taken"))) == 5
    assert "could not be kept" in caplog.text


def test_broken_file_and_no_copy_raises(files: tuple[Path, Path], kept: Path) -> None:
    files[0].write_text("broken")
    with pytest.raises(ContactsError, match=r"contacts\.yml: must be a list"):
        Directory(*files, kept)


def test_broken_file_and_broken_copy_raises(files: tuple[Path, Path], kept: Path) -> None:
    Directory(*files, kept)
    for path in (files[0], kept / "contacts.yml"):
        path.write_text("broken")
    with pytest.raises(ContactsError):
        Directory(*files, kept)
