"""Copy a student's folder that the student can change at any moment: nothing outside of it is read or written."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_MOST_DEPTH = 20
_MOST_ENTRIES = 5000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

FIRST = ("timestamp.txt", "submission_secret.txt")
"""Files of nbgrader's that are copied before any others use up the room."""

LINK_TARGET = "a link, which is not followed"
"""Where a copied link leads to: nowhere, so that whoever reads the copy sees a link and no file."""


class UnreadableFolder(Exception):
    """A student's folder can't be copied; the message says why."""


@dataclass
class CarefulCopy:
    """A copy in the making.

    A link is copied as a link that leads nowhere. Left out are pipes and devices; files of another owner than the
    folder's, which may have been linked there; and what is beyond the bounds.

    Attributes
    ----------
    is_wanted : callable
        Whether to copy what has this name.
    most_bytes : callable
        How large a file of this name may be.
    all_bytes, number : int
        How much all files may hold, and how many files and folders there may be.
    left_out : list of str
        The relative paths that were not copied.
    """

    is_wanted: Callable[[str], bool]
    most_bytes: Callable[[str], int]
    all_bytes: int
    number: int
    left_out: list[str] = field(default_factory=list)
    _owner: int = -1
    _looked_at: int = 0

    def copy(self, source: Path, target: Path) -> None:
        """Copy a folder to one that does not exist yet.

        Raises
        ------
        UnreadableFolder
            If the source is no folder that can be read.
        OSError
            If the target can't be written.
        """
        with contextlib.ExitStack() as opened:
            try:
                folder = opened.enter_context(_opened(source, _FOLDER))
            except OSError as error:
                raise UnreadableFolder(f"expected a folder that can be read, got: {error.strerror}") from error
            self._owner = os.fstat(folder).st_uid
            target.mkdir()
            self._copy_entries(folder, target, "", _MOST_DEPTH)

    def _copy_entries(self, folder: int, target: Path, below: str, depth: int) -> None:
        with os.scandir(folder) as entries:
            names = sorted((entry.name for entry in entries), key=lambda name: (name not in FIRST, name))
        for name in names:
            path = f"{below}{name}"
            self._looked_at += 1
            if self._looked_at > _MOST_ENTRIES:
                self.left_out.append(path)
                return
            if not self.is_wanted(name):
                continue
            try:
                is_copied = self.number > 0 and self._copy_entry(folder, name, target, path, depth)
            except OSError as error:
                if _is_about_room(error):
                    raise
                is_copied = False  # unreadable, gone meanwhile, or with a name that this file system does not take
            if not is_copied:
                self.left_out.append(path)

    def _copy_entry(self, folder: int, name: str, target: Path, path: str, depth: int) -> bool:
        """Copy a file, a link or a folder; return whether it could be."""
        kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(kind):
            (target / name).symlink_to(LINK_TARGET)
        elif stat.S_ISDIR(kind):
            if depth == 0:
                return False
            with _opened(name, _FOLDER, folder) as inner:
                (target / name).mkdir()
                self.number -= 1
                self._copy_entries(inner, target / name, f"{path}{os.sep}", depth - 1)
            return True
        elif stat.S_ISREG(kind):
            if not self._copy_file(folder, name, target / name):
                return False
        else:
            return False
        self.number -= 1
        return True

    def _copy_file(self, folder: int, name: str, target: Path) -> bool:
        most = min(self.most_bytes(name), self.all_bytes)
        with _opened(name, _FILE, folder) as descriptor:
            # It may have been exchanged since, so what was opened is looked at.
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode) or about.st_uid != self._owner or about.st_size > most:
                return False
            with open(descriptor, "rb", closefd=False) as file:
                content = file.read(most + 1)  # it may be growing
        if len(content) > most:
            return False
        with target.open("xb") as copied:
            copied.write(content)
        self.all_bytes -= len(content)
        return True


@contextmanager
def _opened(path: str | Path, flags: int, folder: int | None = None) -> Iterator[int]:
    descriptor = os.open(path, flags, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_about_room(error: OSError) -> bool:
    """Whether it is this machine that lacks something, rather than the student's folder that is odd."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


def replace_folder(new: Path, target: Path) -> None:
    """Put a folder in the place of another, which is there as a whole at any moment, or not at all."""
    old = new.with_name(f"{new.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if os.path.lexists(target):
        target.rename(old)
    new.rename(target)
    with contextlib.suppress(OSError):
        old.unlink() if old.is_symlink() else shutil.rmtree(old, ignore_errors=True)
