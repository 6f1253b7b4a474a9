"""Make pages of feedback and release them to where ``nbgrader fetch_feedback`` finds them, one student at a time."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from fairgrade.autograde.results_store import ResultsStore
from fairgrade.course import CourseError
from fairgrade.intake import Refused
from fairgrade.intake.read import plain_bytes
from fairgrade.nbgrader.feedback import FairgradeFeedback, FeedbackExporter
from fairgrade.nbgrader.feedback_lesson import LEFT_OUT
from fairgrade.nbgrader.instant_steps import INSTANT_TEMPLATE, HideManualGrades, HidePoints

NOBODY = ""
"""The student for whom nothing is released: a request that only starts a process."""

_SECRET_BYTES = 1000
_NICE = 5


@dataclass(frozen=True)
class PageBundle:
    """All that making pages takes, for a process that does nothing else.

    Attributes
    ----------
    root : str
        The course's folder.
    assignment : str
    config : bytes
        nbgrader's configuration, pickled.
    with_points : bool
        Whether a page shows points.
    """

    root: str
    assignment: str
    config: bytes
    with_points: bool

    def open(self) -> InstantPages:
        """Become a process that makes pages: one that leaves the processors to those that grade."""
        os.nice(_NICE)
        os.chdir(self.root)  # the page names the course's folder "course"
        return InstantPages(self)


class InstantPages:
    """Makes and releases pages, by exporters and steps of ``nbgrader generate_feedback``.

    Parameters
    ----------
    bundle : PageBundle

    Raises
    ------
    CourseError
        If there is no exchange to release to, or the course's page can't be shown without points.
    """

    def __init__(self, bundle: PageBundle) -> None:
        config: Config = pickle.loads(bundle.config)  # noqa: S301 - of the course's own configuration
        directory = CourseDirectory(config=config, root=bundle.root)
        self._store = ResultsStore(directory, bundle.assignment, config)
        self._assignment = bundle.assignment
        self._folder = _feedback_folder(self._store, config)
        converter = GenerateFeedback(coursedir=directory, config=config)
        self._mode = int(str(converter.permissions), 8)
        steps = list(_steps(converter, with_points=bundle.with_points))
        if HideManualGrades not in steps or not issubclass(converter.exporter_class, FeedbackExporter):
            raise CourseError(
                "c.InstantFeedback.shows: expected fairgrade's page of feedback, which "
                "fairgrade.nbgrader.configure sets, got another one."
            )
        # Students have the lesson, which takes most of the time that a page takes.
        converter.config.FairgradeFeedback.lesson = LEFT_OUT
        if not bundle.with_points:
            converter.config.FeedbackExporter.template_name = INSTANT_TEMPLATE
        self._exporter = converter.exporter_class(parent=converter, config=converter.config)
        for step in steps:
            self._exporter.register_preprocessor(step, enabled=True)
        self._exporter.template  # noqa: B018 - compiled now, so that the first page takes no longer than others

    def grade(self, student: str) -> int:
        """Release the pages of a student's graded submission; return how many.

        There is none if the submission did not come through the exchange: nobody but its student may find a page, by a
        secret that ``nbgrader submit`` has made.

        Raises
        ------
        OSError
            If a page can't be written.
        """
        if student == NOBODY:
            return 0
        graded = self._store.autograded(student)
        secret = plain_bytes(graded / "submission_secret.txt", _SECRET_BYTES)
        if isinstance(secret, Refused) or not secret:
            return 0
        pages = {path.stem: self._page(student, path.stem) for path in sorted(graded.glob("*.ipynb"))}
        for notebook, page in pages.items():
            name = notebook_hash(secret=secret.decode(errors="replace"), notebook_id=notebook)
            new = self._folder / f"{name}-tmp.html"
            new.write_text(page, encoding="utf-8")
            new.chmod(self._mode)
            new.replace(self._folder / f"{name}.html")
        return len(pages)

    def _page(self, student: str, notebook: str) -> str:
        resources: dict[str, Any] = {
            "unique_key": notebook,
            "output_files_dir": f"{notebook}_files",
            "nbgrader": {
                "student": student,
                "assignment": self._assignment,
                "notebook": notebook,
                "db_url": self._store.directory.db_url,
            },
        }
        path = self._store.autograded(student) / f"{notebook}.ipynb"
        page: str = self._exporter.from_filename(str(path), resources=resources)[0]
        return page


def _steps(converter: GenerateFeedback, *, with_points: bool) -> Iterator[type[Preprocessor]]:
    """Yield the steps of the ordinary page, and those that leave something out."""
    for step in converter.preprocessors:
        made = import_item(step) if isinstance(step, str) else step
        if issubclass(made, FairgradeFeedback):
            if not with_points:
                yield HidePoints
            yield made
            yield HideManualGrades
        else:
            yield made


def _feedback_folder(store: ResultsStore, config: Config) -> Path:
    """Return the exchange's folder of feedback, which is made if it is not there.

    Raises
    ------
    CourseError
        If there is no exchange of nbgrader's own kind.
    """
    step = ExchangeFactory(config=config).release_feedback
    expected = "c.InstantFeedback.shows: expected an exchange to release feedback to, got"
    if not issubclass(step, ExchangeReleaseFeedback):
        raise CourseError(f"{expected} one of another kind, {step.__name__}.")
    release = step(coursedir=store.directory, config=config)
    if not store.directory.course_id or not Path(release.root).is_dir():
        raise CourseError(f"{expected} none. Set c.Exchange.root and c.CourseDirectory.course_id.")
    try:
        release.init_dest()
    except (ExchangeError, OSError) as error:
        raise CourseError(f"{expected} none that can be written to: {error}") from error
    return Path(release.dest_path)
