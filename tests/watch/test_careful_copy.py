"""Copying a folder that a student owns: nothing outside of it is read or written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fairgrade.watch.careful_copy import CarefulCopy, UnreadableFolder, replace_folder


def copy(source: Path, target: Path, **bounds: int) -> list[str]:
    """Copy with these bounds; gives what was left out."""
    made = CarefulCopy(
        is_wanted=lambda name: name != "__pycache__",
        most_bytes=lambda name: 1000,
        **({"all_bytes": 2000, "number": 10} | bounds),
    )
    made.copy(source, target)
    return made.left_out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "handed in"
    folder.mkdir()
    (folder / "ps1.ipynb").write_text("{}")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_files_and_folders_are_copied(tmp_path: Path, folder: Path):
    (folder / "data" / "more").mkdir(parents=True)
    (folder / "data" / "more" / "x.csv").write_text("1")
    (folder / "__pycache__").mkdir()
    assert copy(folder, tmp_path / "copy") == []
    assert names(tmp_path / "copy") == ["data", "data/more", "data/more/x.csv", "ps1.ipynb"]
    assert (tmp_path / "copy" / "data" / "more" / "x.csv").read_text() == "1"


def test_links_lead_nowhere_in_the_copy(tmp_path: Path, folder: Path):
    (tmp_path / "secret.txt").write_text("of the instructor")
    (folder / "notes.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "data").symlink_to(tmp_path)
    assert copy(folder, tmp_path / "copy") == []
    for name in ("notes.txt", "data"):
        assert (tmp_path / "copy" / name).is_symlink()
        assert not (tmp_path / "copy" / name).exists()
    with pytest.raises(UnreadableFolder, match="expected a folder that can be read"):
        copy(folder / "data", tmp_path / "other copy")
    assert not (tmp_path / "other copy").exists()


def test_pipes_sockets_and_files_of_others_are_left_out(tmp_path: Path, folder: Path):
    os.mkfifo(folder / "pipe.txt")
    (folder / "empty.txt").touch()
    if os.geteuid() == 0:
        (tmp_path / "of another.txt").write_text("linked here by its number")
        os.link(tmp_path / "of another.txt", folder / "linked.txt")
        for path in (folder, folder / "ps1.ipynb", folder / "empty.txt"):
            os.chown(path, 12345, -1)
    left_out = copy(folder, tmp_path / "copy")
    assert left_out == (["linked.txt", "pipe.txt"] if os.geteuid() == 0 else ["pipe.txt"])
    assert names(tmp_path / "copy") == ["empty.txt", "ps1.ipynb"]


def test_what_is_too_large_too_many_or_too_deep_is_left_out(tmp_path: Path, folder: Path):
    with (folder / "huge.txt").open("wb") as sparse:
        sparse.truncate(1 << 40)
    for number in range(3):
        (folder / f"z{number}.txt").write_text("x" * 900)
    deep = folder / "a"
    for _ in range(30):
        deep = deep / "a"
    deep.mkdir(parents=True)
    left_out = copy(folder, tmp_path / "copy", number=40)
    assert left_out == ["/".join(["a"] * 21), "huge.txt", "z2.txt"]
    assert copy(folder, tmp_path / "fewer", number=2) == [
        "a/a/a",
        "huge.txt",
        "ps1.ipynb",
        "z0.txt",
        "z1.txt",
        "z2.txt",
    ]


def test_time_and_secret_are_copied_before_all_else(tmp_path: Path, folder: Path):
    for name in ("submission_secret.txt", "timestamp.txt", "a.txt"):
        (folder / name).write_text("x")
    assert copy(folder, tmp_path / "copy", number=2) == ["a.txt", "ps1.ipynb"]


def test_a_folder_takes_the_place_of_another_as_a_whole(tmp_path: Path, folder: Path):
    target = tmp_path / "s001"
    replace_folder(folder, target)
    assert names(target) == ["ps1.ipynb"]
    folder.mkdir()
    (folder / "other.ipynb").touch()
    replace_folder(folder, target)
    assert names(target) == ["other.ipynb"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s001"]
