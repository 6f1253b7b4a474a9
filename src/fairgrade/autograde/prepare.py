"""From a course's folder and configuration to a run over one of its assignments."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from fairgrade.autograde import executors
from fairgrade.autograde.bundle import AssignmentBundle, blueprints_of, read_assignment
from fairgrade.autograde.gradebook_writer import GradebookWriter
from fairgrade.autograde.pool import ForkServer
from fairgrade.autograde.results_store import ResultsStore
from fairgrade.autograde.run import Run
from fairgrade.autograde.run_manifest import last_secret
from fairgrade.course import Course, CourseError
from fairgrade.grading import Submission
from fairgrade.nbgrader.isolated_execute import IsolatedExecute


def configuration_of(course: Course) -> tuple[Config, CourseDirectory]:
    """What nbgrader_config.py sets, and the course as nbgrader knows it."""
    # nbgrader makes a new gradebook with alembic, which it looks for on the PATH.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    app = NbGrader(logfile="")
    with contextlib.chdir(course.root):
        app.initialize([], root=str(course.root))
    return app.config, app.coursedir


def bundle_of(course: Course, assignment: str) -> AssignmentBundle:
    """All that grading an assignment takes besides a submission."""
    config, directory = configuration_of(course)
    secret = IsolatedExecute(config=config).secret or Submission.from_environment().secret
    return read_assignment(directory, course.root / "graders", assignment, config, secret)


@contextlib.contextmanager
def prepared(
    course: Course,
    assignment: str,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    unsafe: bool = False,
    preflight: bool = True,
    server: ForkServer | None = None,
) -> Iterator[Run]:
    """A run over an assignment; whatever grades for it ends with the block.

    Parameters
    ----------
    course : Course
    assignment : str
    jobs : int, optional
        Grading processes on this machine; one a processor if not given.
    scheduler : str, optional
        The address of a Dask scheduler, whose workers then grade.
    unsafe : bool
        Without a sandbox.
    preflight : bool
        Whether the source has to earn its own points first; the configuration may say that it need not.
    server : ForkServer, optional
        Where grading processes of this machine are forked from, if it has been started already.

    Raises
    ------
    CourseError
        If the course lacks something.
    ClusterUnavailable, GradebookUnavailable
    """
    config, directory = configuration_of(course)
    if unsafe:
        config.Isolation.backend = "none"
    if not preflight:
        config.IsolatedExecute.preflight = False
    execute = IsolatedExecute(config=config)
    if execute.tests == "auto" and not execute.preflight:
        raise CourseError(
            'IsolatedExecute.tests: expected "isolated" or "in-sandbox" without a preflight, got "auto", for which the '
            "preflight finds out where each test runs."
        )
    store = ResultsStore(directory, assignment, config)
    secret = execute.secret or Submission.from_environment().secret or last_secret(store)
    bundle = read_assignment(directory, course.root / "graders", assignment, config, secret)
    timeout_s = execute.isolation.of(assignment).notebook_timeout_s * len(bundle.notebooks)
    recorder = GradebookWriter(directory, assignment, config, blueprints_of(bundle, config))
    with contextlib.closing(recorder):
        if scheduler is None:
            workers = executors.local(bundle, timeout_s, jobs or len(os.sched_getaffinity(0)), server)
        else:
            workers = executors.cluster(bundle, timeout_s, scheduler)
        with contextlib.closing(workers):
            yield Run(bundle, store, recorder, workers, preflight=execute.preflight)


def students_of(run: Run, wanted: list[str] | None = None) -> list[str]:
    """Whose submissions to grade: those `wanted`, or all there are.

    Raises
    ------
    CourseError
        If one of them has handed in nothing, or nobody has.
    """
    have = run.store.students()
    missing = sorted(set(wanted or ()) - set(have))
    if missing or not have:
        raise CourseError(
            f"{run.store.submitted('*')}: expected a submission of {', '.join(missing) or 'at least one student'}, "
            "found none. Put notebooks there, or collect them with nbgrader."
        )
    return sorted(set(wanted)) if wanted else have
