"""Processes that make pages beside those that grade: a page of a long lesson takes longer than grading it."""

from __future__ import annotations

import pickle
from concurrent.futures import Future, ThreadPoolExecutor

from fairgrade.autograde.pool import ForkServer, Pool
from fairgrade.watch.instant_pages import NOBODY, PageBundle

PAGE_TIMEOUT_S = 60.0
"""For all pages of one submission; a student's work may be made to take long."""

_KEY = "pages"


class PageCrew:
    """Makes pages in processes of their own, which are started when they are needed.

    Parameters
    ----------
    bundle : PageBundle
    server : ForkServer
        The processes are forked from this one, which may serve others as well.
    jobs : int
        The most processes.

    Attributes
    ----------
    jobs : int
    """

    def __init__(self, bundle: PageBundle, server: ForkServer, jobs: int) -> None:
        self._bundle = pickle.dumps(bundle)
        self.jobs = jobs
        self._pool = Pool(server)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="pages")

    def release(self, student: str) -> Future[int]:
        """Have the pages of a student's graded submission released; gives how many there are."""
        return self._threads.submit(self._pool.grade, self._bundle, _KEY, pickle.dumps(student), PAGE_TIMEOUT_S)

    def warm_up(self) -> None:
        """Start all processes, so that the first page takes no longer than others.

        Raises
        ------
        InfraError
            If a process can't be started, or can't make pages.
        """
        for started in [self.release(NOBODY) for _ in range(self.jobs)]:
            started.result()

    def close(self) -> None:
        """End all processes, whatever they are busy with, and the server."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._pool.close()
        self._threads.shutdown()
