"""Each cell costs only itself: what dies is named, and grading goes on."""

from __future__ import annotations

import signal
import time

import pytest

from fairgrade.grading import InfraError
from fairgrade.isolation import trusted_cells
from fairgrade.isolation.engine import Session
from fairgrade.isolation.errors import Crashed, ObjectLost, TimeLimit
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.student_process import Zygote
from tests.isolation.conftest import settings


@pytest.mark.parametrize(
    ("source", "name", "cause"),
    [
        ("import os\nos._exit(3)", "Crashed", "ended its own process (exit code 3)"),
        ("import ctypes\nctypes.string_at(0)", "Crashed", "crashed (segmentation fault)"),
        ("import os\nos.abort()", "Crashed", "crashed"),
        ("while True: print('x' * 10_000)", "OutputLimit", "stopped because it showed far too much"),
    ],
)
def test_a_cell_that_dies_is_named_and_the_others_are_replayed(
    session: Session, source: str, name: str, cause: str
) -> None:
    costs_only_itself(session, source, name, cause)


@pytest.mark.parametrize("source", ["while True: pass", "import time\ntime.sleep(100)"])
def test_a_cell_without_end_is_stopped_and_the_others_are_replayed(hurried: Session, source: str) -> None:
    costs_only_itself(hurried, source, "TimeLimit", "stopped after 1.5 s")


def costs_only_itself(session: Session, source: str, name: str, cause: str) -> None:
    """A cell ends with this error, and the others are as they were."""
    session.run_cell("kept = 42\nimport random\nfirst = random.random()")
    before = session.link.get("first")
    ran = session.run_cell(source)
    assert not ran.ok
    assert ran.outputs[-1].ename == name
    assert cause in ran.outputs[-1].evalue
    assert session.run_cell("kept").outputs[0].data["text/plain"] == "42"
    assert session.link.get("first") == before


def test_memory_beyond_the_limit_is_an_error_of_that_cell(session: Session) -> None:
    ran = session.run_cell("x = bytearray(2_000_000_000)")
    assert ran.outputs[-1].ename == "MemoryError"
    assert "1 GiB" in ran.outputs[-1].evalue
    assert session.run_cell("1").ok


def test_a_call_that_dies_is_named_and_the_next_is_answered(hurried: Session) -> None:
    hurried.run_cell(
        "def die():\n    import os\n    os._exit(1)\ndef loop():\n    while True: pass\ndef fine(): return 5"
    )
    names = Namespace(hurried.link)
    fine = names["fine"]
    with pytest.raises(Crashed, match="exit code 1"):
        names["die"]()
    assert fine() == 5
    with pytest.raises(TimeLimit, match=r"stopped after 0\.7 s"):
        names["loop"]()
    assert fine() == 5


def test_an_object_of_a_dead_process_says_so(session: Session, names: Namespace) -> None:
    session.run_cell("class A:\n    x = 1\ndef die():\n    import os\n    os._exit(1)")
    instance = names["A"]()
    with pytest.raises(Crashed):
        names["die"]()
    with pytest.raises(ObjectLost):
        _ = instance.x
    assert names["A"]().x == 1


def test_no_time_left_is_told_at_once(session: Session, names: Namespace) -> None:
    session.run_cell("def f(): return 1")
    f = names["f"]
    session.link.deadline = time.monotonic() - 1
    with pytest.raises(TimeLimit, match="for the whole test"):
        f()


def test_a_notebook_that_dies_again_and_again_ends_at_its_total_time(zygote: Zygote) -> None:
    limits = settings(zygote.backend)
    limits.cell_timeout_s, limits.notebook_timeout_s = 0.2, 3.0
    with Session(zygote, limits, seed=1) as session:
        causes = [session.run_cell("while True: pass").outputs[-1].evalue for _ in range(17)]
    assert causes[0] == "stopped after 0.2 s"
    assert causes[-1].startswith("not run: the notebook has used up its 3 s")


def test_a_test_that_never_ends_is_interrupted(
    session: Session, names: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trusted_cells, "GRACE_S", 0.1)
    ran = trusted_cells.run("while True:\n    pass", names, "t", 0.2)
    assert isinstance(ran.error, TimeLimit)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_dead_zygote_is_a_fault_of_ours(zygote: Zygote) -> None:
    own = Zygote(settings(zygote.backend))
    with Session(own, settings(zygote.backend), seed=1) as session:
        own._started.process.kill()
        own._started.process.wait()
        with pytest.raises(InfraError, match="expected a"):
            session.run_cell("1")
    assert not own.alive
