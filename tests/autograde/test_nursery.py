"""Processes started together: each can be asked, waited for and killed by itself."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator

import pytest

from fairgrade.autograde.nursery import Child, start
from tests.autograde.classes import grading_processes


@pytest.fixture
def three() -> Iterator[list[Child]]:
    """Three processes that have loaded what they need; none is left after the test."""
    children = start(3)
    while len(grading_processes(os.getpid())) < 3:
        time.sleep(0.05)
    for child in children:
        while not child._has_greeted:
            with contextlib.suppress(TimeoutError):  # it has not greeted yet, or has no more to say
                assert child.receive(1.0) is not None
    yield children
    for child in children:
        child.close()
    assert grading_processes(os.getpid()) == []


@pytest.mark.parametrize("which", [0, 2], ids=["the first", "a fork of it"])
def test_each_can_be_killed_by_itself(three: list[Child], which: int):
    killed = three.pop(which)
    killed.kill()
    assert (killed.alive, killed.exit_code) == (False, -signal.SIGKILL)
    assert killed.receive(5.0) is None
    assert [child.alive for child in three] == [True, True]
    killed.close()


@pytest.mark.parametrize("which", [0, 2], ids=["the first", "a fork of it"])
def test_one_that_crashes_leaves_the_others(three: list[Child], which: int):
    os.kill(grading_processes(os.getpid())[which], signal.SIGSEGV)
    while not (ended := [child for child in three if not _answers(child)]):
        pass  # the kernel may take its time to end it
    assert len(ended) == 1
    ended[0].kill()
    assert ended[0].exit_code == -signal.SIGSEGV


def test_none_is_left_of_those_killed_while_they_load():
    children = start(3)
    for child in children:
        child.close()
    assert grading_processes(os.getpid()) == []


def _answers(child: Child) -> bool:
    """Whether it is still there, with nothing to say; who has ended says that at once."""
    try:
        return child.receive(1.0) is not None
    except TimeoutError:
        return True
