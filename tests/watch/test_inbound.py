"""The inbound folder: what has arrived, whose it is, and when it is complete."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from fairgrade.watch.inbound import Inbound, NotOfThisAssignment, parse_name


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("s001+ps1+2030-01-15 10:00:00.5 UTC+AbC-_9", "s001"),
        ("s001+ps1+2030-01-15 10:00:00.5 UTC", "s001"),
        ("a+b@c.example+ps1+2030-01-15 10:00:00.5 UTC+AbC-_9", "a+b@c.example"),
        ("a+b+ps1+2030-01-15 10:00:00.5 UTC", "a+b"),
    ],
)
def test_names_say_student_and_time(name: str, student: str):
    assert parse_name(name, "ps1") == (student, datetime(2030, 1, 15, 10, 0, 0, 500000))


@pytest.mark.parametrize("name", ["s001+ps2+2030-01-15 10:00:00 UTC+x", "ps1", "s001+ps1", "+", "x+y+ps1+z+1+2+3"])
def test_names_of_other_things_are_not_ours(name: str):
    with pytest.raises(NotOfThisAssignment):
        parse_name(name, "ps1")


@pytest.mark.parametrize(
    "name",
    [
        *(f"{student}+ps1+2030-01-15 10:00:00 UTC+x" for student in ("", ".", "..", "s*", "{0}", "a\nb", "\udcff")),
        *(f"s001+ps1+{time}+x" for time in ("", "tomorrow", "2030-01-15 10:00:00 ../../UTC", "9" * 200)),
    ],
)
def test_names_that_no_student_has_are_refused(name: str):
    with pytest.raises(ValueError, match="expected"):
        parse_name(name, "ps1")


class Box:
    """An inbound folder, and what is said of it."""

    def __init__(self, folder: Path, *, check_owner: bool = False) -> None:
        self.said: list[str] = []
        self.folder = folder
        self.inbound = Inbound(folder, "ps1", self.said.append, check_owner=check_owner)

    def add(self, name: str, *, complete: bool = True) -> Path:
        """A submission, as nbgrader submit makes it."""
        made = self.folder / name
        made.mkdir()
        (made / "ps1.ipynb").write_text("{}")
        if complete:
            (made / "timestamp.txt").write_text("2030-01-15 10:00:00 UTC")
            (made / "submission_secret.txt").write_text("secret")
            made.chmod(0o777)
        return made


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_submission_is_complete_with_its_last_mark(box: Box):
    made = box.add("s001+ps1+2030-01-15 10:00:00 UTC+a", complete=False)
    assert box.inbound.look() == []
    assert box.inbound.arriving
    (made / "timestamp.txt").write_text("2030-01-15 10:00:00 UTC")
    (made / "submission_secret.txt").touch()
    made.chmod(0o777)
    assert box.inbound.look() == []
    (made / "submission_secret.txt").write_text("secret")
    assert [arrival.folder for arrival in box.inbound.look()] == [made]
    assert not box.inbound.arriving


def test_the_newest_of_a_student_is_returned_until_it_is_done(box: Box):
    box.add("s001+ps1+2030-01-15 10:00:00 UTC+a")
    box.add("s001+ps1+2030-01-15 12:00:00 UTC+b")
    box.add("s001+ps1+2030-01-15 11:00:00 UTC+c")
    box.add("s002+ps2+2030-01-15 11:00:00 UTC+c")
    (arrival,) = box.inbound.look()
    assert (arrival.student, arrival.folder.name[-1]) == ("s001", "b")
    assert box.inbound.look() == [arrival]
    box.inbound.done(arrival)
    assert box.inbound.look() == []
    newer = box.add("s001+ps1+2030-01-15 13:00:00 UTC+d")
    assert [arrival.folder for arrival in box.inbound.look()] == [newer]


def test_the_time_of_arrival_can_not_be_set(box: Box):
    made = box.add("s001+ps1+2000-01-15 10:00:00 UTC+a")
    for path in (made, made / "ps1.ipynb"):
        os.utime(path, (0, 0))
    assert box.inbound.look()[0].arrived > datetime(2020, 1, 1)


def test_links_files_and_bad_names_are_refused_once(box: Box, tmp_path: Path):
    (tmp_path / "s001+ps1+2030-01-15 10:00:00 UTC+a").symlink_to("/")
    (tmp_path / "s002+ps1+2030-01-15 10:00:00 UTC+a").touch()
    (tmp_path / "s003+ps1+never+a").mkdir()
    box.add("s004+ps1+2030-01-15 10:00:00 UTC+a")
    assert [arrival.student for arrival in box.inbound.look()] == ["s004"]
    assert [arrival.student for arrival in box.inbound.look()] == ["s004"]
    assert len(box.said) == 3
    assert "s001+ps1+2030-01-15 10:00:00 UTC+a: expected a folder, got something else. It is left where" in box.said[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_submission_in_the_name_of_another_is_refused(tmp_path: Path):
    box = Box(tmp_path, check_owner=True)
    box.add("root+ps1+2030-01-15 10:00:00 UTC+a")
    box.add("daemon+ps1+2030-01-15 10:00:00 UTC+a")
    stranger = box.add("s003+ps1+2030-01-15 10:00:00 UTC+a")
    os.chown(stranger, 54321, -1)
    assert [arrival.student for arrival in box.inbound.look()] == ["root"]
    assert "expected the folder to be daemon's, but root owns it" in box.said[0]
    assert "expected the folder to be s003's, but user 54321 owns it" in box.said[1]
