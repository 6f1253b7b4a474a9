"""What lies beside a notebook is looked over once, within bounds, and taken by its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fairgrade.intake.extra_files import Bounds, ExtraFiles, files_in, find_extra_files, is_ignored

BOUNDS = Bounds(file_bytes=100, all_bytes=250, number=50)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a student hands in, next to an empty source folder."""
    (tmp_path / "given").mkdir()
    (tmp_path / "[a]*").mkdir()
    return tmp_path / "[a]*"


def look(folder: Path, bounds: Bounds = BOUNDS, ignore: tuple[str, ...] = ()) -> ExtraFiles:
    return find_extra_files(folder, folder.parent / "given", ignore, bounds)


def test_files_are_taken_and_notebooks_are_not(folder: Path):
    """In folders, too, and whatever characters are in their names."""
    (folder / "*").mkdir()
    for name in ("a.txt", "x.ipynb", "*/[b]?.txt", "*/y.ipynb"):
        (folder / name).write_text("x")
    assert look(folder) == ExtraFiles(("*/[b]?.txt", "a.txt"))


def test_what_is_too_large_or_too_much_is_left_out(folder: Path):
    """The time comes first, then the names in order, as far as there is room."""
    for name, size in {"a": 101, "b": 100, "c": 100, "d": 100, "e": 10, "timestamp.txt": 40}.items():
        (folder / name).write_text("x" * size)
    assert look(folder) == ExtraFiles(("timestamp.txt", "b", "c", "e"), ("a", "d"))


def test_files_and_folders_are_counted(folder: Path):
    """Empty ones take room as well."""
    for name in "abcd":
        (folder / name).mkdir()
        (folder / name / "file").touch()
    found = look(folder, Bounds(file_bytes=1, all_bytes=1, number=5))
    assert found == ExtraFiles(("a/file", "b/file"), ("c/file", "d/file"))


def test_nobody_looks_further_than_worth_while(folder: Path):
    """Of a hundred thousand files the first are taken, and the rest is told as one."""
    for number in range(1100):
        (folder / f"{number:04}").touch()
    found = look(folder, Bounds(file_bytes=1, all_bytes=1, number=3))
    assert found.taken == ("0000", "0001", "0002")
    assert found.left_out[-1] == "."
    assert len(found.left_out) == 999


def test_links_and_what_stands_in_the_way_are_left_out(folder: Path):
    """So are pipes, and what lies deeper than anybody puts it."""
    given = folder.parent / "given"
    (given / "data").mkdir()
    (given / "file").touch()
    (folder / "data").touch()
    (folder / "file").mkdir()
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    (folder / Path(*"x" * 25)).mkdir(parents=True)
    assert look(folder) == ExtraFiles((), ("data", "file", "link", "pipe", "/".join("x" * 21)))


def test_a_folder_that_is_a_link_is_left_out_as_a_whole(folder: Path):
    """Whatever it points to."""
    (folder.parent / "link").symlink_to(folder)
    assert look(folder.parent / "link") == ExtraFiles((), (".",))


def test_patterns_are_of_names_as_in_a_shell(folder: Path):
    """What begins with a dot needs one in the pattern."""
    for name in ("a.pyc", ".b.pyc", "c.txt"):
        (folder / name).touch()
    assert look(folder, ignore=("*.pyc",)) == ExtraFiles((".b.pyc", "c.txt"))
    assert files_in(folder, ["*.pyc"]) == [".b.pyc", "c.txt"]
    assert is_ignored(".ipynb_checkpoints", [".ipynb_*"])
