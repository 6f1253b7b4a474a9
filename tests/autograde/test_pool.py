"""Grading processes, forked from one: each can be asked, waited for and killed by itself."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fairgrade.autograde.pool import ForkServer, Pool, WorkerHandle
from fairgrade.isolation.lost_tests import GradingProcessLost
from tests.autograde.classes import fork_servers, grading_processes, hand_in
from tests.autograde.test_faults import is_running
from tests.autograde.test_grade import bundle_and_work


@pytest.fixture
def server() -> Iterator[ForkServer]:
    """One that has been started; nothing of it is left after the test."""
    with contextlib.closing(ForkServer()) as started:
        yield started
    assert fork_servers(os.getpid()) == []
    assert not started.folder.exists()


@pytest.fixture
def three(server: ForkServer) -> list[WorkerHandle]:
    """Three processes of one server, in the order of their ids."""
    workers = [WorkerHandle(server, pickle.dumps("no bundle"), "") for _ in range(3)]
    assert len(grading_processes(os.getpid())) == 3
    return workers


def test_each_can_be_killed_by_itself(three: list[WorkerHandle]):
    """The others go on, and whoever waits for the killed one learns its exit code."""
    before = grading_processes(os.getpid())
    three[1].kill()
    assert three[1].exit_code == -signal.SIGKILL
    assert grading_processes(os.getpid()) == [before[0], before[2]]
    with pytest.raises(GradingProcessLost, match=f"exit code -{signal.SIGKILL:d}"):
        three[1].grade(b"", 1.0)


def test_one_that_crashes_leaves_the_others(three: list[WorkerHandle]):
    """Its exit code says how it ended."""
    before = grading_processes(os.getpid())
    os.kill(before[1], signal.SIGSEGV)
    with pytest.raises(GradingProcessLost, match=f"exit code -{signal.SIGSEGV:d}"):
        three[1].grade(b"", 1.0)
    assert grading_processes(os.getpid()) == [before[0], before[2]]


def test_none_is_left_when_the_server_is_closed(server: ForkServer):
    """Neither while it loads nor once it has forked."""
    server.close()
    assert fork_servers(os.getpid()) == []
    with contextlib.closing(ForkServer()) as other:
        WorkerHandle(other, pickle.dumps("no bundle"), "")
        (fork,) = grading_processes(os.getpid())
        other.close()
        while is_running(fork):
            pass  # the kernel may take its time to end it


@pytest.mark.parametrize("killed", [grading_processes, fork_servers])
def test_a_process_killed_with_nothing_to_do_costs_no_submission(
    small_course: Path, killed: Callable[[int], list[int]]
) -> None:
    """Another one grades the next, whether it was killed alone or with the server that it was forked from."""
    hand_in(small_course, "s001")
    bundle, work = bundle_and_work(small_course)
    call = pickle.dumps(bundle), bundle.key, pickle.dumps(work), 60.0
    with contextlib.closing(Pool()) as pool:
        pool.grade(*call)
        (idle,) = grading_processes(os.getpid())
        os.kill(killed(os.getpid())[0], signal.SIGKILL)
        while is_running(idle):
            pass  # the kernel may take its time to end it
        assert pool.grade(*call).notebooks[0].autoscores.scores["test_double"] == 3
        assert grading_processes(os.getpid()) != [idle]
    with pytest.raises(GradingProcessLost, match="the run was stopped"):
        pool.grade(*call)
