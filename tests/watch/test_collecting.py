"""Submissions are taken from the exchange, graded, and left where they are if they are not to be taken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.autograde.classes import ASSIGNMENT, RIGHT, WRONG, copy, db_url, points
from tests.watch.exchange import TestExchange, open_exchange, watch_once

pytestmark = pytest.mark.xdist_group("test_collecting")  # its tests share an exchange, one after the other


@pytest.fixture(scope="module")
def exchange(released: Path, tmp_path_factory: pytest.TempPathFactory) -> TestExchange:
    """A course with an exchange."""
    folder = tmp_path_factory.mktemp("exchange")
    return open_exchange(copy(released, folder / "course"), folder)


def due(exchange: TestExchange, time: str) -> None:
    with Gradebook(db_url(exchange.course)) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=time)


def test_all_that_is_in_the_exchange_is_collected_and_graded(exchange: TestExchange, tmp_path: Path):
    """A newer submission takes the place of an older one; whatever else lies there keeps nobody from it."""
    secret = tmp_path / "secret.txt"
    secret.write_text("of the instructor")
    exchange.submit("s001", WRONG)
    exchange.submit("s001", RIGHT)
    exchange.submit("s002", WRONG)
    odd = exchange.submit("s003")
    (odd / "notes.txt").symlink_to(secret)
    linked = exchange.submit("s004")
    (linked / f"{ASSIGNMENT}.ipynb").unlink()
    (linked / f"{ASSIGNMENT}.ipynb").symlink_to(exchange.course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    empty = exchange.submit("s005")
    (empty / f"{ASSIGNMENT}.ipynb").unlink()
    (exchange.inbound / f"s006+{ASSIGNMENT}+2029-01-15 10:00:00 UTC+x").symlink_to(linked)
    code, said = watch_once(exchange.course)
    assert code == 0, said
    assert "s005: s005+ps1+" in said
    assert "expected a notebook in it, found none" in said
    assert "inbound/s006+ps1+2029-01-15 10:00:00 UTC+x: expected a folder, got something else." in said
    assert "All that is there: 4 graded, 0 unchanged, 0 not graded." in said
    assert points(exchange.course) == {"s001": 5.0, "s002": 1.0, "s003": 5.0, "s004": 0.0}
    copied = exchange.course / "submitted" / "s003" / ASSIGNMENT
    assert (copied / "timestamp.txt").read_text() == (odd / "timestamp.txt").read_text()
    assert not (copied / "notes.txt").exists()
    assert sorted(path.name for path in (exchange.course / "submitted").glob("*/.*")) == []
    assert "0 graded, 4 unchanged" in watch_once(exchange.course)[1]


def test_what_arrives_after_the_due_date_is_left_to_the_instructor(exchange: TestExchange):
    """Whatever time the student's files claim; an extension counts."""
    before = points(exchange.course)
    due(exchange, "2020-01-15 12:00:00 UTC")
    late = exchange.submit("s002", RIGHT)
    forged = late.with_name(f"s008+{ASSIGNMENT}+2020-01-01 10:00:00 UTC+x")
    shutil.copytree(late, forged)
    (forged / "timestamp.txt").write_text("2020-01-01 10:00:00 UTC")
    code, said = watch_once(exchange.course)
    assert code == 0
    assert "s002: arrived after the due date, and is left to nbgrader collect." in said
    assert "s008: arrived after the due date, and is left to nbgrader collect." in said
    assert points(exchange.course) == before
    with Gradebook(db_url(exchange.course)) as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "s002", weeks=10_000)
    assert "s002: 5 of 9 points" in watch_once(exchange.course)[1]
    due(exchange, "2030-01-15 12:00:00 UTC")
