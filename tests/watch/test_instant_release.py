"""Feedback is where ``nbgrader fetch_feedback`` finds it, shows what the course allows, and is given no more often."""

from __future__ import annotations

import json
import pickle
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from fairgrade.autograde.bundle import configuration_of
from fairgrade.autograde.pool import ForkServer
from fairgrade.autograde.results_store import ResultsStore
from fairgrade.autograde.run import SubmissionOutcome
from fairgrade.course import Course, CourseError
from fairgrade.watch.instant_pages import PageBundle
from fairgrade.watch.instant_policy import InstantFeedback
from fairgrade.watch.instant_release import InstantRelease, utc_now
from fairgrade.watch.page_crew import PageCrew
from tests.autograde.classes import ASSIGNMENT, GRADERS, RIGHT, WRONG, copy, db_url, hand_in
from tests.watch.exchange import TestExchange, open_exchange, watch_once


def exchange_with(released: Path, folder: Path, setting: str) -> TestExchange:
    exchange = open_exchange(copy(released, folder / "course"), folder)
    configure(exchange, setting)
    return exchange


def configure(exchange: TestExchange, setting: str) -> None:
    with (exchange.course / "nbgrader_config.py").open("a") as config:
        config.write(f"c.InstantFeedback.{setting}\n")


pytestmark = pytest.mark.xdist_group("test_instant_release")  # its tests share an exchange, one after the other


@pytest.fixture(scope="module")
def exchange(released: Path, tmp_path_factory: pytest.TempPathFactory) -> TestExchange:
    """A course whose feedback shows points, ten minutes apart."""
    return exchange_with(released, tmp_path_factory.mktemp("exchange"), "shows = 'points'")


def text_of(page: Path) -> str:
    """What a page says."""
    body = page.read_text().partition("<body>")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def due(exchange: TestExchange, time: str) -> None:
    with Gradebook(db_url(exchange.course)) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=time)


def asks(exchange: TestExchange, student: str) -> list[bool]:
    """Whether the page of each submission that had its turn is released."""
    file = exchange.course / "reports" / ASSIGNMENT / "instant" / f"{student}.json"
    return [entry["released"] for entry in json.loads(file.read_text())]


def test_the_page_is_fetched_and_the_next_waits(exchange: TestExchange):
    """The first submission's at once; the second's not yet; nothing again after a restart."""
    exchange.submit("s001", WRONG)
    assert "s001: feedback released, 1 of 5." in watch_once(exchange.course)[1]
    (page,) = exchange.fetch_feedback("s001")
    assert "1 of the 5 points" in text_of(page)
    assert "Given x, your function gives an array in which 4 of 4 values are not right." in text_of(page)
    exchange.submit("s001", RIGHT)
    said = watch_once(exchange.course)[1]
    assert "s001: 5 of 9 points" in said
    assert "s001: feedback comes at " in said
    assert exchange.fetch_feedback("s001") == [page]
    again = watch_once(exchange.course)[1]
    assert "feedback released" not in again
    assert asks(exchange, "s001") == [True]


def test_a_corrected_grader_gives_the_same_submission_a_new_page(exchange: TestExchange):
    """It is not counted: the student has asked once."""
    exchange.submit("s002", WRONG)
    watch_once(exchange.course)
    (page,) = exchange.fetch_feedback("s002")
    grader = exchange.course / "graders" / ASSIGNMENT / "__init__.py"
    grader.write_text(GRADERS.replace("It doubles.", "It gives twice as much."))
    assert "s002: feedback released, 1 of 5." in watch_once(exchange.course)[1]
    exchange.fetch_feedback("s002")
    assert "It gives twice as much." in text_of(page)
    assert asks(exchange, "s002") == [True]


def test_what_a_person_has_graded_is_not_on_the_page(exchange: TestExchange):
    """Neither points nor comment; the sum is of what tests gave."""
    exchange.submit("s003", WRONG, answer="Early thoughts.")
    watch_once(exchange.course)
    with Gradebook(db_url(exchange.course)) as gradebook:
        grade = gradebook.find_grade("why", ASSIGNMENT, ASSIGNMENT, "s003")
        grade.manual_score, grade.needs_manual_grade = 3.5, False
        gradebook.find_comment("why", ASSIGNMENT, ASSIGNMENT, "s003").manual_comment = "Not for your eyes yet."
        gradebook.db.commit()
    configure(exchange, "minutes_apart = 0.0")
    exchange.submit("s003", RIGHT, answer="Early thoughts.")
    assert "s003: feedback released, 2 of 5." in watch_once(exchange.course)[1]
    text = text_of(exchange.fetch_feedback("s003")[-1])
    assert "5 of the 5 points that are graded so far; 4 are not graded yet" in text
    assert "Not for your eyes yet." not in text


def test_there_are_so_many_and_none_after_the_due_date(exchange: TestExchange):
    configure(exchange, "minutes_apart = 0.0")
    configure(exchange, "times = 2")
    for number in (1, 2):
        exchange.submit("s004", f"{RIGHT}\n# {number}")
        assert f"s004: feedback released, {number} of 2." in watch_once(exchange.course)[1]
    exchange.submit("s004", WRONG)
    said = watch_once(exchange.course)[1]
    assert "s004: 1 of 9 points" in said
    assert "s004: feedback comes with the final one. 2 of 2 had theirs." in said
    assert len(exchange.fetch_feedback("s004")) == 2
    due(exchange, "2020-01-15 12:00:00 UTC")
    secret = hand_in(exchange.course, "s005", at="2020-01-15 11:00:00 UTC").with_name("submission_secret.txt")
    secret.write_text("x" * 128)
    said = watch_once(exchange.course)[1]
    due(exchange, "2030-01-15 12:00:00 UTC")
    assert "s005: feedback comes with the final one. It is due 2020-01-15 12:00 UTC." in said


def test_who_waits_is_shown_the_newest_when_the_turn_comes(exchange: TestExchange):
    """The page is that of the submission as it is graded then."""
    exchange.submit("s006", WRONG)
    watch_once(exchange.course)
    configure(exchange, "minutes_apart = 10.0")
    configure(exchange, "times = 5")
    exchange.submit("s006", RIGHT)
    watch_once(exchange.course)
    config, directory = configuration_of(Course.at(exchange.course))
    store = ResultsStore(directory, ASSIGNMENT, config)
    bundle = PageBundle(directory.root, ASSIGNMENT, pickle.dumps(config), with_points=True)
    said: list[str] = []
    with closing(ForkServer()) as server, closing(PageCrew(bundle, server, 1)) as crew:
        release = InstantRelease(InstantFeedback.of(config), crew, store, ASSIGNMENT, said.append)
        began = utc_now()
        release.now = lambda: began + timedelta(minutes=1)
        release.consider(SubmissionOutcome("s006", work="of the second submission"))
        release.go_on(hurried=False)
        assert (set(release.waiting), set(release.busy)) == ({"s006"}, set())
        release.now = lambda: began + timedelta(minutes=11)
        release.go_on(hurried=False)
        assert (set(release.waiting), set(release.busy)) == (set(), {"s006"})
        assert asks(exchange, "s006") == [True, False]
        while release.busy:
            release.go_on(hurried=False)
    assert said == ["s006: feedback released, 2 of 5."]
    assert asks(exchange, "s006") == [True, True]
    first, second = map(text_of, exchange.fetch_feedback("s006"))
    assert "1 of the 5 points" in first
    assert "5 of the 5 points" in second


def test_a_page_of_checks_shows_no_points(released: Path, tmp_path: Path):
    """No number of points anywhere on it; checks, reasons and hints are there."""
    exchange = exchange_with(released, tmp_path, "shows = 'checks'")
    exchange.submit("s001", WRONG)
    hand_in(exchange.course, "s002")
    said = watch_once(exchange.course)[1]
    assert "s001: feedback released, 1 of 5." in said
    assert "s002: no feedback; it did not come through the exchange" in said
    (page,) = exchange.fetch_feedback("s001")
    text = text_of(page)
    assert "Checks and hints" in text
    assert "double ✗ It doubles. does not pass yet" in text
    assert "why graded later" in text
    assert "✗ It doubles. Given x, your function gives an array in which 4 of 4 values are not right." in text
    assert "✓ Twice nothing is nothing." in text
    assert re.findall(r"\d+ of \d+ points|\d+ / \d+|[\d.]+ points", page.read_text()) == []


def test_a_policy_that_cannot_be_kept_is_told(released: Path, tmp_path: Path):
    """There must be an exchange to release to."""
    course = copy(released, tmp_path / "course")
    hand_in(course, "s001")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Exchange.root = {str(tmp_path / 'none')!r}\nc.InstantFeedback.shows = 'points'\n")
    with pytest.raises(CourseError, match=r"expected an exchange to release feedback to, got none\. Set c\.Exchange"):
        watch_once(course)
