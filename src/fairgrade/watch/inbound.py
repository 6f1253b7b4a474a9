"""The exchange's inbound folder: which submissions of an assignment have arrived there and are complete.

Students own what is in it, and choose its names.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fairgrade.nbgrader.course_directory import parse_timestamp
from fairgrade.watch.careful_copy import FIRST
from fairgrade.watch.settled import SettledFolders, snapshot_of

UNMARKED_S = 10.0
"""A folder that lacks the marks of ``nbgrader submit`` is complete if nothing in it has changed for this long."""

_ALL_MAY_DO_ALL = 0o777
"""The last thing that ``nbgrader submit`` does is to set this mode, so that the instructor can remove the folder."""


@dataclass(frozen=True)
class Arrival:
    """A complete submission in the exchange.

    Attributes
    ----------
    student : str
    folder : Path
    timestamp : datetime
        When it was handed in as its name says, in UTC.
    arrived : datetime
        When it was last changed, by the clock of the file system, in UTC; a student can't set it.
    """

    student: str
    folder: Path
    timestamp: datetime
    arrived: datetime


class Inbound:
    """The submissions of one assignment in the exchange's inbound folder.

    Parameters
    ----------
    folder : Path
    assignment : str
    check_owner : bool
        Whether a submission has to belong to the account of the student whom its name gives.
    say : callable
        Tells the instructor a sentence.
    """

    def __init__(self, folder: Path, assignment: str, say: Callable[[str], None], *, check_owner: bool) -> None:
        self.folder = folder
        self._assignment = assignment
        self._check_owner = check_owner
        self._say = say
        self._unmarked = SettledFolders(UNMARKED_S)
        self._settled: set[str] = set()
        self._done: set[str] = set()
        self._done_unmarked: set[str] = set()

    @property
    def arriving(self) -> bool:
        """Whether there are submissions that are not complete yet."""
        return bool(self._unmarked.changing)

    def look(self) -> list[Arrival]:
        """Return each student's newest complete submission, unless :meth:`done` has been told of it."""
        with os.scandir(self.folder) as entries:
            names = {entry.name for entry in entries}
        self._done &= names  # what is gone is forgotten
        newest: dict[str, Arrival] = {}
        for arrival in sorted(self._complete(names - self._done), key=lambda arrival: arrival.timestamp):
            if arrival.student in newest:
                self.done(newest[arrival.student])  # it is superseded
            newest[arrival.student] = arrival
        return list(newest.values())

    def done(self, arrival: Arrival) -> None:
        """Don't return this submission again; one without marks is returned once more if they come after all."""
        name = arrival.folder.name
        (self._done_unmarked if name in self._settled else self._done).add(name)

    def _complete(self, names: set[str]) -> Iterator[Arrival]:
        unmarked = {}
        for name in sorted(names):
            folder = self.folder / name
            try:
                student, timestamp = parse_name(name, self._assignment)
                about = folder.lstat()
                self._expect_owner(student, about)
            except (NotOfThisAssignment, FileNotFoundError):
                self._done.add(name)
            except ValueError as error:
                self._say(f"{self.folder.name}/{name}: {error}. It is left where it is.")
                self._done.add(name)
            else:
                arrival = Arrival(student, folder, timestamp, last_changed(folder))
                if is_marked_complete(folder, about):
                    self._settled.discard(name)
                    yield arrival
                elif name not in self._done_unmarked:
                    unmarked[folder] = arrival
        self._settled |= {folder.name for folder in self._unmarked.look(unmarked)}
        yield from (arrival for folder, arrival in unmarked.items() if folder.name in self._settled)

    def _expect_owner(self, student: str, about: os.stat_result) -> None:
        if not stat.S_ISDIR(about.st_mode):
            raise ValueError("expected a folder, got something else")
        if not self._check_owner:
            return
        import pwd  # noqa: PLC0415 - only Unix has it

        try:
            owner = pwd.getpwuid(about.st_uid).pw_name
        except KeyError:
            owner = f"user {about.st_uid}"
        if owner != student:
            raise ValueError(f"expected the folder to be {student}'s, but {owner} owns it")


class NotOfThisAssignment(ValueError):
    """A name in the inbound folder is of another assignment, or of something else."""


def parse_name(name: str, assignment: str) -> tuple[str, datetime]:
    """Return the student and the time in the name of a submission, such as ``s001+ps1+2030-01-01 10:00:00 UTC+x``.

    Raises
    ------
    NotOfThisAssignment
    ValueError
        If the name can't be a submission's; the message says why.
    """
    for parts in (name.rsplit("+", 3), name.rsplit("+", 2)):  # with the random characters at the end, or without
        if len(parts) > 2 and parts[1] == assignment:
            student = parts[0]
            if not student or student.startswith(".") or not student.isprintable() or set(student) & set("*?[]{}/\\"):
                raise ValueError("expected the name of a student, got something else")
            try:
                return student, parse_timestamp(parts[2])
            except ValueError:
                raise ValueError("expected a time such as 2030-01-31 23:59:00 UTC in its name") from None
    raise NotOfThisAssignment(name)


def is_marked_complete(folder: Path, about: os.stat_result) -> bool:
    """Whether ``nbgrader submit`` has done its last step: a secret, a time, and a mode for all."""
    if stat.S_IMODE(about.st_mode) & _ALL_MAY_DO_ALL != _ALL_MAY_DO_ALL:
        return False
    try:
        return all((folder / name).lstat().st_size > 0 for name in FIRST)
    except OSError:
        return False


def last_changed(folder: Path) -> datetime:
    """When anything in a folder was last changed, in UTC, by times that can't be set."""
    return utc_at(max((changed_ns for *_, changed_ns in snapshot_of(folder)), default=0))


def utc_at(nanoseconds: int) -> datetime:
    """Return a time of the file system as the gradebook has times: in UTC, without a time zone."""
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).replace(tzinfo=None)
