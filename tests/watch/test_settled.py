"""Folders that somebody still copies into are waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fairgrade.watch import settled
from fairgrade.watch.settled import SETTLE_S, SettledFolders, snapshot_of


class Clock:
    """Shows what it is told to."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "s001"
    folder.mkdir()
    (folder / "ps1.ipynb").write_text("{}")
    return folder


def test_a_folder_is_returned_once_it_has_settled_and_only_once(clock: Clock, folder: Path):
    folders = SettledFolders(clock=clock)
    assert folders.look([folder]) == []
    assert folders.changing == [folder]
    clock.now_s += SETTLE_S
    assert folders.look([folder]) == [folder]
    clock.now_s += 10 * SETTLE_S
    assert folders.look([folder]) == []
    assert folders.changing == []


def test_each_change_begins_the_wait_anew(clock: Clock, folder: Path):
    folders = SettledFolders(clock=clock)
    for size in range(5):
        (folder / "ps1.ipynb").write_text("x" * size)
        assert folders.look([folder]) == []
        clock.now_s += 0.9 * SETTLE_S
    assert folders.look([folder]) == []
    clock.now_s += 0.2 * SETTLE_S
    assert folders.look([folder]) == [folder]


def test_a_change_of_the_same_size_deep_inside_is_seen(clock: Clock, folder: Path):
    (folder / "data" / "more").mkdir(parents=True)
    (folder / "data" / "more" / "x.csv").write_text("1")
    folders = SettledFolders(clock=clock)
    folders.take(folder)
    assert folders.look([folder]) == []
    (folder / "data" / "more" / "x.csv").write_text("2")
    os.utime(folder / "data" / "more" / "x.csv", (0, 0))  # a time that the student has set
    assert folders.look([folder]) == []
    clock.now_s += SETTLE_S
    assert folders.look([folder]) == [folder]


def test_a_folder_that_was_away_is_new_again(clock: Clock, folder: Path):
    folders = SettledFolders(clock=clock)
    folders.take(folder)
    assert folders.look([]) == []
    folders.look([folder])
    clock.now_s += SETTLE_S
    assert folders.look([folder]) == [folder]


def test_links_are_not_followed_and_large_trees_are_cut(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settled, "_MOST_ENTRIES", 50)
    (folder / "all").symlink_to("/")
    (folder / "loop").symlink_to(folder)
    (folder / "many").mkdir()
    for number in range(60):
        (folder / "many" / str(number)).touch()
    assert len(snapshot_of(folder)) == 50
    (tmp_path / "link").symlink_to(folder)
    assert len(snapshot_of(tmp_path / "link")) == 1
    assert snapshot_of(tmp_path / "gone") == ()
