"""Files of a class: graded submissions appear whole or not at all, and a fingerprint beside says what they came from.

A result is done once its fingerprint in ``reports/<assignment>/results/`` is written, which happens last. Whatever
ends a run before that, the next one grades the submission again.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from fairgrade.autograde.result import SubmissionResult
from fairgrade.intake.files import candidates
from fairgrade.nbgrader.course_directory import CarefulCourse


@dataclass(frozen=True)
class Fingerprint:
    """What is known of a result besides the gradebook.

    Attributes
    ----------
    key : str
        Of the submission and the bundle it follows from.
    scores : mapping of str to float or None
        What tests gave, by ``notebook/cell``.
    notebooks : mapping of str to str
        The hash of each graded notebook's file, by name.
    sandbox : str
        Which one it ran in.
    seconds : float
    """

    key: str
    scores: Mapping[str, float | None]
    notebooks: Mapping[str, str]
    sandbox: str
    seconds: float


def fingerprint_of(result: SubmissionResult) -> Fingerprint:
    """The fingerprint of a result."""
    return Fingerprint(
        key=result.key,
        scores={f"{nb.name}/{cell}": score for nb in result.notebooks for cell, score in nb.autoscores.scores.items()},
        notebooks={nb.name: _hash(nb.text.encode()) for nb in result.notebooks},
        sandbox=", ".join(sorted({nb.sandbox for nb in result.notebooks})),
        seconds=round(result.seconds, 3),
    )


_LONGEST_NAME = 200


class ClaimedByAnother(Exception):
    """Another run, or another watcher, is at work over the same assignment of the same course."""


class ResultsStore:
    """Where one assignment's submissions and results lie.

    Parameters
    ----------
    directory : CourseDirectory
    assignment : str
    config : Config
        nbgrader's, for permissions.
    """

    def __init__(self, directory: CourseDirectory, assignment: str, config: Config) -> None:
        self.directory = CarefulCourse(directory)
        self._assignment = assignment
        self._mode = int(str(Autograde(coursedir=directory, config=config).permissions), 8)
        self.reports = Path(directory.root) / "reports" / assignment

    def students(self) -> list[str]:
        """Who has handed in something, by name."""
        step, assignment = self.directory.submitted_directory, self._assignment
        name = re.compile(self.directory.format_path(step, "(?P<student>[^/]+)", assignment, escape=True))
        matches = (name.fullmatch(folder) for folder in glob.glob(str(self.submitted("*"))))  # noqa: PTH207
        return sorted(match["student"] for match in matches if match and _has_handed_in(Path(match[0])))

    def submitted(self, student: str) -> Path:
        """The folder a student's submission lies in."""
        return Path(self.directory.format_path(self.directory.submitted_directory, student, self._assignment))

    def autograded(self, student: str) -> Path:
        """The folder its graded notebooks lie in."""
        return Path(self.directory.format_path(self.directory.autograded_directory, student, self._assignment))

    def has_feedback(self, student: str) -> bool:
        """Whether there is a feedback page, which nbgrader does not make again by itself."""
        folder = self.directory.format_path(self.directory.feedback_directory, student, self._assignment)
        return any(Path(folder).glob("*.html"))

    def submitted_at(self, student: str) -> datetime | None:
        """When a submission was handed in, in UTC; None where nothing says so."""
        found: datetime | None = self.directory.get_existing_timestamp(str(self.submitted(student)))
        return found

    # -- graded notebooks -----------------------------------------------------------------------

    def stage(self, result: SubmissionResult, files: Mapping[str, bytes]) -> None:
        """Write a graded submission where nobody looks for it yet; :meth:`publish` then moves it where they do.

        Parameters
        ----------
        result : SubmissionResult
        files : mapping of str to bytes
            What lies beside the notebooks, by relative path.

        Raises
        ------
        OSError
            If it can't be written; then nothing of it is left.
        """
        folder = self._beside(result.student, "new")
        shutil.rmtree(folder, ignore_errors=True)
        try:
            for path, content in files.items():
                _write(folder / path, content, self._mode)
            for notebook in result.notebooks:
                _write(folder / f"{notebook.name}.ipynb", notebook.text.encode(), self._mode)
            if self.directory.groupshared:
                root = self.directory.format_path(self.directory.autograded_directory, ".", ".")
                for here in [Path(root), *(Path(here) for here, _, _ in os.walk(folder))]:
                    here.chmod(here.stat().st_mode & 0o7777 | 0o2770)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def publish(self, student: str) -> None:
        """Put a staged submission in its place; what was there is replaced as a whole."""
        target, old = self.autograded(student), self._beside(student, "old")
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        self._beside(student, "new").rename(target)
        shutil.rmtree(old, ignore_errors=True)

    def discard(self, student: str) -> None:
        """Remove what was staged for a student."""
        shutil.rmtree(self._beside(student, "new"), ignore_errors=True)

    def _beside(self, student: str, what: str) -> Path:
        target = self.autograded(student)
        return target.with_name(f".{target.name}.{what}")

    def claimed(self) -> AbstractContextManager[None]:
        """Keep other runs from writing here within the block; however this process ends, the claim ends with it.

        Raises
        ------
        ClaimedByAnother
            If another run has it.
        """
        return self._locked("lock", "run over it", "Wait for its end")

    def watched(self) -> AbstractContextManager[None]:
        """Keep other watchers away within the block, as :meth:`claimed` keeps other runs away.

        Raises
        ------
        ClaimedByAnother
            If another watcher is at work.
        """
        return self._locked("watch.lock", "watcher of it", "Stop that one first, or let it do the work")

    @contextmanager
    def _locked(self, name: str, what: str, cure: str) -> Iterator[None]:
        import fcntl  # noqa: PLC0415 - only Unix has it, and results are read elsewhere, too

        self.reports.mkdir(parents=True, exist_ok=True)
        with (self.reports / name).open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise ClaimedByAnother(
                    f"{self._assignment}: expected to be the only {what}, found another "
                    f"(process {file.read(20).strip() or 'unknown'}). {cure}."
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    # -- notes ----------------------------------------------------------------------------------

    def fingerprint(self, student: str) -> Fingerprint | None:
        """The fingerprint of a student's result, if there is one that can be read."""
        try:
            return Fingerprint(**read_json(self.note_file("results", student)))
        except TypeError:
            return None

    def write_fingerprint(self, student: str, fingerprint: Fingerprint) -> None:
        """Write the fingerprint: from now on the result counts as done."""
        write_json(self.note_file("results", student), asdict(fingerprint))

    def note_file(self, kind: str, student: str) -> Path:
        """Return the file of notes on a student. A name may be as long as names can be: no room for an ending."""
        name = os.fsencode(student)
        is_long = len(name) > _LONGEST_NAME
        return self.reports / kind / f"{f'{student[:40]}-{_hash(name)[:32]}' if is_long else student}.json"

    def intact(self, student: str, fingerprint: Fingerprint) -> bool:
        """Whether the graded notebooks are those the fingerprint speaks of."""
        try:
            return all(
                _hash((self.autograded(student) / f"{name}.ipynb").read_bytes()) == digest
                for name, digest in fingerprint.notebooks.items()
            )
        except OSError:
            return False


def _has_handed_in(folder: Path) -> bool:
    """Whether there is anything to grade, or to refuse."""
    return folder.is_symlink() or bool(candidates(folder))


def write_json(path: Path, content: Any, mode: int = 0o644) -> None:
    """Write a JSON file so that it is there whole or not at all."""
    write_whole(path, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(), mode)


def write_whole(path: Path, content: bytes, mode: int) -> None:
    """Write a file so that it is there whole or not at all, and is never readable by more people than in the end."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        _write(temporary, content, mode)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """The content of a JSON file; None if it is missing or damaged."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def _write(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    path.chmod(mode)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
