"""Nothing of a run stays among temporary files, however it ends, and nobody else can read what is there meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fairgrade.isolation.worker.folders import remove
from tests.autograde.classes import (
    ASSIGNMENT,
    POINTS,
    RIGHT,
    grading_processes,
    hand_in,
    points,
    source,
    write_source,
)
from tests.autograde.test_cluster import Start, Started, scheduling, start, start_worker  # noqa: F401 - fixtures
from tests.autograde.test_faults import COMMAND, is_running
from tests.conftest import environment, run, started

pytestmark = pytest.mark.slow

WAITING = "import os, time\nopen('mine', 'w').close()\ntime.sleep(500)"
"""A cell that has a file, and takes until it is stopped."""

NBGRADER = ("nbgrader", "autograde", ASSIGNMENT)
OURS = ("fairgrade", "autograde", ASSIGNMENT, "--jobs", "2")


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files as others are: everybody may look into it."""
    folder = Path(tempfile.mkdtemp(prefix="leftovers-"))
    folder.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    remove(str(folder))


@pytest.fixture(params=["bubblewrap", "landlock"])
def sandboxed(request: pytest.FixtureRequest, small_course: Path) -> Path:
    """The short course, graded in one of the sandboxes."""
    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Isolation.backend = {request.param!r}\n")
        config.write("c.Isolation.cell_timeout_s = c.Isolation.notebook_timeout_s = 600.0\n")
    return small_course


def wait_for(what: Callable[[], object]) -> None:
    """Wait until something is so; what never is fails the test."""
    ends = time.monotonic() + 120
    while not what():
        assert time.monotonic() < ends, "it never came to that"
        time.sleep(0.1)


def contents(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def readable_by_others(folder: Path) -> list[Path]:
    """What in a folder anybody but its owner may read, enter or write."""
    return [path for path in folder.iterdir() if path.stat().st_mode & 0o077]


def processes_of(folder: Path) -> list[int]:
    """Those which have their temporary files below a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}".encode() in (entry / "environ").read_bytes() and is_running(int(entry.name)):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def students_at_work(above: int) -> int:
    """How many students' processes there are below a process: zygotes stay in the root folder, their forks do not."""
    found = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if b"isolation/worker" in (entry / "cmdline").read_bytes() and above in lineage(int(entry.name)):
                found += (entry / "cwd").readlink() != Path("/")
        except PermissionError:  # a fork can't be looked at, by anybody but root
            found += 1
        except OSError:
            continue
    return found


def lineage(pid: int) -> list[int]:
    """The processes above one."""
    above = []
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        above.append(pid)
    return above


@pytest.mark.parametrize("command", [NBGRADER, OURS], ids=["nbgrader", "fairgrade"])
def test_after_an_ordinary_run(sandboxed: Path, temporary: Path, command: tuple[str, ...]) -> None:
    for student in ("s001", "s002", "s003"):
        hand_in(sandboxed, student, RIGHT)
    done = run(*command, cwd=sandboxed)
    assert done.returncode == 0, done.stdout
    assert points(sandboxed) == dict.fromkeys(("s001", "s002", "s003"), POINTS[RIGHT])
    assert contents(temporary) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_after_a_run_that_was_ended(sandboxed: Path, temporary: Path, number: int) -> None:
    """By Ctrl-C, politely, or at once."""
    for student in ("s001", "s002"):
        hand_in(sandboxed, student, WAITING)
    with started(*COMMAND, cwd=sandboxed) as process:
        wait_for(lambda: len(grading_processes(process.pid)) == 2 and students_at_work(process.pid) == 2)
        assert readable_by_others(temporary) == []
        process.send_signal(number)
        process.wait()
    wait_for(lambda: not processes_of(temporary))
    assert contents(temporary) == []


@pytest.mark.parametrize("at", ["the preflight", "submissions"])
def test_after_grading_processes_were_killed(sandboxed: Path, temporary: Path, at: str) -> None:
    """The class is graded by others, and nothing of it stays."""
    slowly = "import time\ntime.sleep(3)\n"
    hand_in(sandboxed, "s001", RIGHT)
    hand_in(sandboxed, "s002", slowly + RIGHT)
    if at == "the preflight":
        notebook = source()
        notebook.cells[2].source = notebook.cells[2].source.replace("def double", slowly + "def double")
        write_source(sandboxed, notebook)
    passed = sandboxed / "reports" / ASSIGNMENT / "preflight.json"
    with started(*COMMAND, cwd=sandboxed) as process:
        wait_for(
            lambda: (
                len(grading_processes(process.pid)) == (2 if at == "submissions" else 1)
                and passed.exists() == (at == "submissions")
                and students_at_work(process.pid)
            )
        )
        # The coordinator stands still meanwhile: all of them die at one moment for it, with work and without.
        process.send_signal(signal.SIGSTOP)
        for pid in grading_processes(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.send_signal(signal.SIGCONT)
        assert process.stdout is not None
        rest = process.stdout.read()
        assert process.wait() == 0, rest
    assert points(sandboxed) == {"s001": 5.0, "s002": 5.0}
    wait_for(lambda: not processes_of(temporary))
    assert contents(temporary) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_after_nbgraders_own_command_was_ended(sandboxed: Path, temporary: Path, number: int) -> None:
    hand_in(sandboxed, "s001", WAITING)
    command = ["env", "--default-signal=INT", *NBGRADER]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=sandboxed, env=environment(), stdout=quiet, stderr=quiet) as process:
        wait_for(lambda: students_at_work(process.pid))
        assert readable_by_others(temporary) == []
        process.send_signal(number)
    wait_for(lambda: not processes_of(temporary))
    assert contents(temporary) == []


HOLDS_A_FOLDER = """
import sys
from fairgrade.isolation.worker.folders import temporary
with temporary() as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""

WRITES = """
import os, sys, time
ends = time.monotonic() + 1
try:
    while time.monotonic() < ends:
        os.mkdir(f"{sys.argv[1]}/{time.monotonic_ns()}")
except FileNotFoundError:
    pass
"""


def test_while_another_process_still_writes(temporary: Path) -> None:
    """Whoever has made the folder was killed, and the other ends a moment later."""
    holder = [sys.executable, "-c", HOLDS_A_FOLDER]
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder = process.stdout.readline().strip()
        assert contents(temporary) == [Path(folder).name]
        with subprocess.Popen([sys.executable, "-c", WRITES, folder]):
            wait_for(lambda: contents(Path(folder)))
            process.kill()
    wait_for(lambda: not processes_of(temporary))
    assert contents(temporary) == []


def test_after_a_cluster_has_graded(
    small_course: Path, temporary: Path, start: Start, scheduling: Started  # noqa: F811 - fixtures
) -> None:  # fmt: skip
    """A worker of Dask's goes on; what its grading processes had does not."""
    _, scheduler = scheduling
    hand_in(small_course, "s001", RIGHT)
    start_worker(start, scheduler)
    before = contents(temporary)
    done = run("fairgrade", "autograde", ASSIGNMENT, "--scheduler", scheduler, cwd=small_course)
    assert done.returncode == 0, done.stdout
    assert points(small_course) == {"s001": 5.0}
    assert contents(temporary) == before


def test_a_folder_is_removed_whatever_is_in_it(tmp_path: Path) -> None:
    """Nested 3,000 deep, unreadable, and with links out of it, which are not followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "shut").mkdir()
    (folder / "shut" / "file").touch()
    (folder / "shut").chmod(0)
    here = os.open(folder, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("a", dir_fd=here)
        deeper = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    remove(str(folder))
    assert contents(tmp_path) == ["outside"]
