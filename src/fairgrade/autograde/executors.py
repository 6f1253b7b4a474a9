"""Who grades: threads that each own a grading process here, or the workers of a Dask cluster."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from fairgrade.autograde.bundle import AssignmentBundle, SubmissionBundle
from fairgrade.autograde.pool import ForkServer, Pool, grade_in_dask_worker, kill_in_dask_worker
from fairgrade.autograde.pool_worker import PREFLIGHT
from fairgrade.autograde.result import SubmissionResult
from fairgrade.nbgrader.cell_results import CellResult, Runs


class ClusterUnavailable(Exception):
    """The Dask cluster can't be used; the message says why, and what to do."""


@dataclass
class GradingExecutor:
    """Graders at work, on any executor.

    Attributes
    ----------
    executor : Executor
    bundle : AssignmentBundle
    timeout_s : float
        What one submission may take.
    size : callable
        How many submissions are graded at once, as of now.
    close : callable
        Ends the executor and what it has started, finished or not.
    grade_packed : callable
        What is sent to the executor, as :meth:`~fairgrade.autograde.pool.Pool.grade`.
    is_local : bool
        Whether this machine grades.
    runs : Runs
        How tests run that don't run isolated; it goes along with each submission.
    """

    executor: Executor
    bundle: AssignmentBundle
    timeout_s: float
    size: Callable[[], int]
    close: Callable[[], None]
    grade_packed: Callable[[bytes, str, bytes, float], Any]
    is_local: bool

    def __post_init__(self) -> None:
        self._packed = pickle.dumps(self.bundle)
        self.runs: Runs = {}

    def pack(self, submission: SubmissionBundle) -> bytes:
        """Pickle a submission for :meth:`submit`, together with `runs`."""
        return pickle.dumps(replace(submission, runs=self.runs))

    def grade(self, submission: SubmissionBundle) -> Future[SubmissionResult]:
        """Have a submission graded; raises what :meth:`submit` raises."""
        return self.submit(self.pack(submission))

    def submit(self, packed: bytes) -> Future[Any]:
        """Have a packed submission graded.

        Raises
        ------
        ClusterUnavailable
            If there is nobody left to do it.
        """
        try:
            return self.executor.submit(self.grade_packed, self._packed, self.bundle.key, packed, self.timeout_s)
        except Exception:
            self.size()  # it may know better what is wrong
            raise

    def preflight(self) -> Future[tuple[CellResult, ...]]:
        """Have the bundle's own source graded.

        Raises
        ------
        ClusterUnavailable
            If there is nobody to do it.
        """
        return self.submit(pickle.dumps(PREFLIGHT))


def local(bundle: AssignmentBundle, timeout_s: float, jobs: int, server: ForkServer | None = None) -> GradingExecutor:
    """Grade in `jobs` processes on this machine, forked from `server` if it has been started already."""
    pool = Pool(server)
    executor = ThreadPoolExecutor(jobs, thread_name_prefix="grading")

    def close() -> None:
        executor.shutdown(wait=False, cancel_futures=True)
        pool.close()
        executor.shutdown()

    return GradingExecutor(executor, bundle, timeout_s, lambda: jobs, close, pool.grade, is_local=True)


def cluster(bundle: AssignmentBundle, timeout_s: float, scheduler: str) -> GradingExecutor:
    """The workers of a Dask cluster, which may come and go; nothing but this call is sent to them, and no file shared.

    Parameters
    ----------
    bundle : AssignmentBundle
    timeout_s : float
    scheduler : str
        Such as ``tcp://host:8786``.

    Raises
    ------
    ClusterUnavailable
        If Dask is not installed or the scheduler does not answer.
    """
    client = _client(scheduler)

    def size() -> int:
        try:
            if client.status == "running":
                return max(1, sum(map(int, client.ncores().values())))
        except OSError:
            pass  # it has been lost just now
        raise ClusterUnavailable(
            f"--scheduler {scheduler}: expected it to be there till the end, but the connection is lost. "
            "What is graded stays; run the same command again."
        )

    def close() -> None:
        executor.shutdown(wait=False)
        with contextlib.suppress(OSError):  # the scheduler has been lost just now
            if client.status == "running":
                client.run(kill_in_dask_worker, bundle.key, on_error="ignore")
        client.close()

    # Each grading is a fact about bytes, but a repeated one must run again: that is what a retry is.
    executor = client.get_executor(pure=False)
    return GradingExecutor(executor, bundle, timeout_s, size, close, grade_in_dask_worker, is_local=False)


def _client(scheduler: str) -> Any:
    try:
        import dask  # noqa: PLC0415 - an extra
        from distributed import Client  # noqa: PLC0415
    except ImportError:
        raise ClusterUnavailable(
            "--scheduler: expected Dask distributed, found none. Run: pip install 'fairgrade[cluster]'"
        ) from None
    # Dask keeps the last thousand messages for its own debugging; ours are whole submissions.
    dask.config.set({"distributed.admin.low-level-log-length": 1})
    try:
        return Client(scheduler, timeout="15s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterUnavailable(
            f"--scheduler {scheduler}: expected a Dask scheduler, got {error}. Is it running, and its port open?"
        ) from error
