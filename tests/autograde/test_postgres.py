"""A gradebook on a PostgreSQL server, which the test starts for itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.autograde.classes import ASSIGNMENT, copy, db_url, dump, hand_in_all_sorts
from tests.conftest import run


def programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the PATH, or where Debian keeps them."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return folders[0] if folders else None


@pytest.fixture
def server() -> Iterator[str]:
    """The address of an empty database on a server of its own, which listens on a socket in its folder."""
    binaries = programs()
    if binaries is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:  # a socket's path must be short
        as_user: list[str] = []
        if os.geteuid() == 0:  # which the server refuses to be
            shutil.chown(folder, "postgres")
            as_user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        data = f"{folder}/data"
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"

        def postgres(*command: str) -> None:
            subprocess.run([*as_user, binaries / command[0], *command[1:]], cwd=folder, check=True, capture_output=True)

        postgres("initdb", "-D", data, "-U", "grader", "--auth", "trust", "-E", "UTF8", "--no-sync")
        postgres("pg_ctl", "-D", data, "-o", settings, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql+psycopg://grader@/postgres?host={folder}"
        finally:
            postgres("pg_ctl", "-D", data, "-m", "immediate", "stop")


@pytest.mark.slow
def test_the_gradebook_holds_what_it_would_in_sqlite(small_course: Path, tmp_path: Path, server: str):
    """Every field of every table, for a class of all sorts."""
    other = copy(small_course, tmp_path / "other")
    with (other / "nbgrader_config.py").open("a") as config:
        config.write(f"c.CourseDirectory.db_url = {server!r}\n")
    made = run("nbgrader", "generate_assignment", ASSIGNMENT, "--force", cwd=other)
    assert made.returncode == 0, made.stdout
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text("UPDATE assignment SET duedate = '2030-01-15 12:00:00'"))
    engine.dispose()
    for course in (small_course, other):
        hand_in_all_sorts(course)
        done = run("fairgrade", "autograde", ASSIGNMENT, cwd=course)
        assert done.returncode == 0, done.stdout
    assert dump(server) == dump(db_url(small_course))
