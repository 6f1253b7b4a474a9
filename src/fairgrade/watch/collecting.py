"""Collect submissions from the exchange into ``submitted/``, as ``nbgrader collect --update`` does, but carefully."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect
from traitlets.config import Config

from fairgrade.autograde.bundle import AssignmentBundle
from fairgrade.autograde.gradebook_writer import explained
from fairgrade.autograde.results_store import ResultsStore
from fairgrade.intake.extra_files import is_ignored
from fairgrade.intake.files import candidates
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.course_directory import bounds_of
from fairgrade.nbgrader.gradebook import gradebook_at
from fairgrade.watch.careful_copy import CarefulCopy, UnreadableFolder, replace_folder
from fairgrade.watch.inbound import Arrival, Inbound


def inbound_of(store: ResultsStore, assignment: str, config: Config, say: Callable[[str], None]) -> Inbound | None:
    """Return the inbound folder of the course's exchange; None where there is none to look into."""
    exchange = ExchangeFactory(config=config).collect
    if not issubclass(exchange, ExchangeCollect) or not store.directory.course_id:
        return None
    collect = exchange(coursedir=store.directory, config=config)
    folder = Path(collect.root) / store.directory.course_id / "inbound"
    return Inbound(folder, assignment, say, check_owner=collect.check_owner) if folder.is_dir() else None


def due_date(db_url: str, assignment: str, student: str) -> datetime | None:
    """Return until when a student may hand in, by the gradebook as it is now, in UTC; None if there is no limit.

    Raises
    ------
    GradebookUnavailable
    """
    with explained(), gradebook_at(db_url) as gradebook:
        due: datetime | None = gradebook.find_assignment(assignment).duedate
        try:
            extension: timedelta | None = gradebook.find_submission(assignment, student).extension
        except MissingEntry:
            extension = None
    return due if due is None or extension is None else due + extension


@dataclass
class Collector:
    """Takes submissions from the exchange.

    Attributes
    ----------
    inbound : Inbound
    store : ResultsStore
    bundle : AssignmentBundle
        Says how large notebooks may be.
    say : callable
        Tells the instructor a sentence.
    """

    inbound: Inbound
    store: ResultsStore
    bundle: AssignmentBundle
    say: Callable[[str], None]

    def collect(self, arrival: Arrival) -> bool:
        """Take one submission; return whether it is in ``submitted/`` now.

        It is left where it is if it arrived after the due date, is not newer than the one in ``submitted/``, or can't
        be read.

        Raises
        ------
        OSError
            If the copy can't be written.
        """
        is_taken = self._is_wanted(arrival) and self._take(arrival)
        self.inbound.done(arrival)
        return is_taken

    def _is_wanted(self, arrival: Arrival) -> bool:
        known = self.store.submitted_at(arrival.student)
        if known is not None and arrival.timestamp <= known:
            return False
        due = due_date(self.store.directory.db_url, self.bundle.assignment, arrival.student)
        if due is not None and arrival.arrived > due:
            self.say(f"{arrival.student}: arrived after the due date, and is left to nbgrader collect.")
            return False
        return True

    def _take(self, arrival: Arrival) -> bool:
        target = self.store.submitted(arrival.student)
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        copy = self._copy()
        try:
            copy.copy(arrival.folder, new)
            if not candidates(new):
                raise UnreadableFolder("expected a notebook in it, found none")
            self._set_permissions(new)
            replace_folder(new, target)
        except UnreadableFolder as error:
            self.say(f"{arrival.student}: {arrival.folder.name}: {error}. It is left where it is.")
            return False
        finally:
            shutil.rmtree(new, ignore_errors=True)
        if copy.left_out:
            self.say(f"{arrival.student}: {len(copy.left_out)} files are left out, such as {copy.left_out[0]}.")
        return True

    def _copy(self) -> CarefulCopy:
        course = self.store.directory
        bounds = bounds_of(course, Isolation(config=course.config).of(self.bundle.assignment))
        notebook_bytes = self.bundle.limits.file_bytes
        return CarefulCopy(
            is_wanted=lambda name: not is_ignored(name, course.ignore),
            most_bytes=lambda name: notebook_bytes if ".ipynb" in name.lower() else bounds.file_bytes,
            all_bytes=notebook_bytes + bounds.all_bytes,
            number=bounds.number,
        )

    def _set_permissions(self, folder: Path) -> None:
        """Let the course's group read and write, if it shares the course."""
        if self.store.directory.groupshared:
            for path in [folder, *(path for path in folder.rglob("*") if not path.is_symlink())]:
                path.chmod(0o2775 if path.is_dir() else 0o664)
