"""Folders that have settled: somebody may still be copying into one that changed a moment ago."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

SETTLE_S = 1.0
"""A submission in ``submitted/`` is complete if nothing in it has changed for this long."""

_MOST_ENTRIES = 5000
_MOST_DEPTH = 20

Snapshot = tuple[tuple[str, int, int, int, int], ...]
"""The entries of a folder as they are: path, inode, size, and the times of the last change of content and of all."""


class SettledFolders:
    """Tells which folders are new or changed, each time once, and not before they have settled.

    Folders are looked at repeatedly; file systems that are shared over a network tell nobody about changes.

    Parameters
    ----------
    settle_s : float
        For how long nothing in a folder has changed when it has settled.
    clock : callable
        Seconds, of a clock that nobody sets.
    """

    def __init__(self, settle_s: float = SETTLE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._settle_s = settle_s
        self._clock = clock
        self._taken: dict[Path, Snapshot] = {}
        self._changing: dict[Path, tuple[Snapshot, float]] = {}

    @property
    def changing(self) -> list[Path]:
        """Folders that have changed since they were taken, and have not settled yet."""
        return list(self._changing)

    def look(self, folders: Iterable[Path]) -> list[Path]:
        """Return those of `folders` that have changed since they were returned last, and settled; forget all others."""
        now, settled = self._clock(), []
        taken, changing = self._taken, self._changing
        self._taken, self._changing = {}, {}
        for folder in folders:
            snapshot = snapshot_of(folder)
            if taken.get(folder) == snapshot:
                self._taken[folder] = snapshot
                continue
            before, since = changing.get(folder, (None, now))
            if before == snapshot and now - since >= self._settle_s:
                self._taken[folder] = snapshot
                settled.append(folder)
            else:
                self._changing[folder] = snapshot, since if before == snapshot else now
        return settled

    def take(self, folder: Path) -> None:
        """Take a folder as it is, which the caller has filled by itself: :meth:`look` won't return it."""
        self._changing.pop(folder, None)
        self._taken[folder] = snapshot_of(folder)


def snapshot_of(folder: Path) -> Snapshot:
    """Return what is in a folder, without following a link, and within bounds: it may be a student's."""
    try:
        found = [_entry(str(folder), folder.lstat())]
        if not folder.is_symlink():
            _add(found, str(folder), 0)
    except OSError:
        return ()
    return tuple(sorted(found))


def _add(found: list[tuple[str, int, int, int, int]], folder: str, depth: int) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if len(found) >= _MOST_ENTRIES:
            return
        with contextlib.suppress(OSError):
            found.append(_entry(entry.path, entry.stat(follow_symlinks=False)))
            if depth < _MOST_DEPTH and entry.is_dir(follow_symlinks=False):
                _add(found, entry.path, depth + 1)


def _entry(path: str, about: os.stat_result) -> tuple[str, int, int, int, int]:
    return path, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns
