"""``fairgrade autograde``: grade a class, print what came of it, and tell by the exit code whether all is graded."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from traitlets.config import Config

from fairgrade.autograde import display, executors
from fairgrade.autograde.bundle import blueprints_of, configuration_of, read_assignment, titles_of
from fairgrade.autograde.gradebook_writer import GradebookWriter
from fairgrade.autograde.pool import ForkServer
from fairgrade.autograde.results_store import ResultsStore, write_json
from fairgrade.autograde.run import RUN_ENDING_ERRORS, Run
from fairgrade.autograde.run_manifest import secret_of
from fairgrade.autograde.summary import Summary
from fairgrade.console import print_error, print_stopped
from fairgrade.course import Course, CourseError
from fairgrade.isolation.sandbox.start import filter_weakness
from fairgrade.nbgrader.isolated_execute import IsolatedExecute

NO_SANDBOX_WARNING = "student code runs as you, and can read and write all you can. Results say so."
NO_PREFLIGHT_WARNING = "nobody has seen whether right work earns all points. Results say so."
SOME_NOT_GRADED, RUN_ENDED, INTERRUPTED = 1, 3, 130
"""Exit codes."""


def grade_class(
    opening: AbstractContextManager[Run],
    assignment: str,
    console: Console,
    *,
    students: list[str] | None = None,
    force: bool = False,
    dry: bool = False,
    compare: bool = False,
    json_file: Path | None = None,
    unsafe: bool = False,
) -> int:
    """Grade a class, report on the console, and return the command's exit code.

    Parameters
    ----------
    opening : context manager of Run
        As :func:`open_run` makes it.
    assignment, console
    students : list of str, optional
        Grade only their submissions.
    force, dry : bool
        As for :class:`~fairgrade.autograde.run.Run`.
    compare : bool
        Show whose points change.
    json_file : Path, optional
        Where to write the summary as data.
    unsafe : bool
        Whether the run has been opened without a sandbox, of which this warns.
    """
    summary = Summary()
    try:
        with opening as run:
            run.force, run.dry = force, dry
            wanted = run.students(students)
            _warn(console, run, unsafe)
            _watch(run, wanted, console, summary)
    except RUN_ENDING_ERRORS as error:
        print_error(error)
        code = RUN_ENDED
    except KeyboardInterrupt:
        print_stopped(kept=True)
        code = INTERRUPTED
    else:
        code = SOME_NOT_GRADED if summary.errors or summary.lacking else 0
    display.conclude(console, summary, assignment, dry=dry, compare=compare)
    if json_file is not None:
        write_json(json_file, summary.to_dict())
    return code


def _warn(console: Console, run: Run, unsafe: bool) -> None:
    if unsafe:
        console.print(f"[bold red]NO SANDBOX:[/] {NO_SANDBOX_WARNING}")
    elif run.executor.is_local and (weakness := filter_weakness()):
        console.print(f"[bold yellow]A weaker sandbox:[/] {weakness}", soft_wrap=True, highlight=False)
    if not run.preflight:
        console.print(f"[bold red]NO PREFLIGHT:[/] {NO_PREFLIGHT_WARNING}")


def _watch(run: Run, students: list[str], console: Console, summary: Summary) -> None:
    summary.preflight, summary.titles = run.preflight, titles_of(run.bundle)
    began = time.process_time()
    try:
        display.watch(run, students, console, summary)
    finally:
        graded = [] if run.dry else summary.graded
        summary.old_feedback = [student for student in graded if run.store.has_feedback(student)]
        summary.coordinator_s = time.process_time() - began
        summary.preflight_results = run.preflight_results


@contextlib.contextmanager
def open_run(
    course: Course,
    assignment: str,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    unsafe: bool = False,
    preflight: bool = True,
    server: ForkServer | None = None,
) -> Iterator[Run]:
    """Open a run over an assignment; whatever grades for it ends with the block.

    Parameters
    ----------
    course, assignment
    jobs : int, optional
        Grading processes on this machine; one per processor if not given.
    scheduler : str, optional
        The address of a Dask scheduler, whose workers then grade.
    unsafe : bool
        Run student code without a sandbox.
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
    execute = _settings(config)
    store = ResultsStore(directory, assignment, config)
    secret = secret_of(config, store)
    bundle = read_assignment(directory, course.root / "graders", assignment, config, secret)
    timeout_s = execute.isolation.of(assignment).notebook_timeout_s * len(bundle.notebooks)
    with contextlib.closing(GradebookWriter(directory, assignment, config, blueprints_of(bundle, config))) as gradebook:
        if scheduler is None:
            executor = executors.local(bundle, timeout_s, jobs or len(os.sched_getaffinity(0)), server)
        else:
            executor = executors.cluster(bundle, timeout_s, scheduler)
        with contextlib.closing(executor):
            yield Run(bundle, store, gradebook, executor, preflight=execute.preflight)


def _settings(config: Config) -> IsolatedExecute:
    execute = IsolatedExecute(config=config)
    if execute.tests == "auto" and not execute.preflight:
        raise CourseError(
            'IsolatedExecute.tests: expected "isolated" or "in-sandbox" without a preflight, got "auto", for which the '
            "preflight finds out where each test runs."
        )
    return execute
