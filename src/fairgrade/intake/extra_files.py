"""The files beside a submitted notebook: found in one bounded walk, and never by treating a name as a pattern."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

_MOST_DEPTH = 20
_MOST_LOOKED_AT = 20
"""Stop the walk after this many times the allowed number of entries."""


@dataclass(frozen=True)
class Bounds:
    """Bounds on the files beside a notebook.

    Attributes
    ----------
    file_bytes : int
        Of one file.
    all_bytes : int
        Of all files together.
    number : int
        Of files and folders.
    """

    file_bytes: int
    all_bytes: int
    number: int


@dataclass(frozen=True)
class ExtraFiles:
    """The files that a student has handed in beside the notebooks.

    Attributes
    ----------
    taken : tuple of str
        The files that are copied, by relative path.
    left_out : tuple of str
        Entries that are not copied, because of their kind or for lack of room; ``.`` stands for all remaining ones.
    """

    taken: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def find_extra_files(folder: Path, given: Path, ignore: Sequence[str], bounds: Bounds) -> ExtraFiles:
    """Find the files in a student's folder.

    Left out are links, devices and pipes; files that are too large, too deep, unreadable, or in the place of one of
    the assignment's own; and files beyond the bounds. The timestamp is taken first, the others in order of their names.

    Parameters
    ----------
    folder : Path
        The submitted folder. Notebooks in it are skipped.
    given : Path
        The assignment's source folder.
    ignore : sequence of str
        Patterns of names to skip without a note, ``CourseDirectory.ignore``.
    bounds : Bounds
    """
    if folder.is_symlink():
        return ExtraFiles((), (".",))
    taken: list[str] = []
    left_out: list[str] = []
    left_bytes, left_number = bounds.all_bytes, bounds.number
    entries = _entries(folder, "", given, ignore, bounds.file_bytes, _MOST_DEPTH)
    for number, (path, size) in enumerate(entries):
        if number > _MOST_LOOKED_AT * max(bounds.number, 50):
            left_out.append(".")
            break
        if size is _FOLDER:
            left_number -= 1
        elif size is None or size > left_bytes or left_number <= 0:
            left_out.append(path)
        else:
            taken.append(path)
            left_bytes -= size
            left_number -= 1
    return ExtraFiles(tuple(taken), tuple(left_out))


_FOLDER = -1


def _entries(
    root: Path, here: str, given: Path, ignore: Sequence[str], most_bytes: int, depth: int
) -> Iterator[tuple[str, int | None]]:
    """Yield all entries below a folder: files with their sizes, folders with ``_FOLDER``, unusable ones with None."""
    try:
        entries = sorted(os.scandir(root / here), key=lambda entry: (entry.name != "timestamp.txt", entry.name))
    except OSError:
        yield here or ".", None
        return
    for entry in entries:
        path = f"{here}{os.sep}{entry.name}" if here else entry.name
        if entry.is_symlink():
            yield path, None
        elif is_ignored(entry.name, ignore):
            continue
        elif entry.is_dir():
            if depth == 0 or (given / path).is_file():
                yield path, None
            else:
                yield path, _FOLDER
                yield from _entries(root, path, given, ignore, most_bytes, depth - 1)
        elif not entry.name.endswith(".ipynb"):
            size = entry.stat().st_size
            can_be = entry.is_file() and not (given / path).is_dir() and os.access(entry.path, os.R_OK)
            yield path, size if can_be and size <= most_bytes else None


def is_ignored(name: str, patterns: Sequence[str]) -> bool:
    """Whether a name fits one of `patterns`; as in a shell, a dot in front has to be in the pattern, too."""
    return any(fnmatchcase(name, each) and (each.startswith(".") or not name.startswith(".")) for each in patterns)


def files_in(folder: Path, ignore: Sequence[str]) -> list[str]:
    """The files in a folder of the instructor's, by relative path, sorted; no notebooks."""
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_ignored(name, ignore)]
        kept = [name for name in names if not is_ignored(name, ignore) and not is_ignored(name, ["*.ipynb"])]
        found += [os.path.relpath(f"{here}{os.sep}{name}", folder) for name in kept]
    return sorted(found)


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files, by their relative paths, into a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
