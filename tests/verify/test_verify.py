"""fairgrade verify, as an instructor runs it: a sound course passes, each planted fault is found and its cure named."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.autograde.test_faults import is_running
from tests.autograde.test_leftovers import wait_for
from tests.conftest import ROOT, environment, run
from tests.verify.tiny import GRADER, TEST, write_course


def verified(course: Path, *options: str) -> tuple[int, dict]:
    """The exit code and the report of a run."""
    data = course / "report.json"
    done = run("fairgrade", "verify", "tiny", "--seeds", "3", "--json", str(data), *options, cwd=course)
    assert data.is_file(), done.stdout
    return done.returncode, json.loads(data.read_text())


def only_finding(course: Path, *options: str) -> dict[str, str]:
    """The one finding of a run that fails."""
    code, report = verified(course, *options)
    assert code == 1
    assert len(report["findings"]) == 1, report["findings"]
    return report["findings"][0]


def planted(source: str, fault: str, by: str) -> str:
    """`source` with a fault in place of what was there."""
    assert source.count(fault) == 1
    return source.replace(fault, by)


def test_a_sound_course_meets_its_bars(tmp_path):
    """Exit code 0, no finding, and the figures add up."""
    code, report = verified(write_course(tmp_path / "course"), "--mutants")
    assert (code, report["findings"]) == (0, [])
    (exercise,) = report["exercises"]
    assert (exercise["variants"], exercise["variants_right"]) == (1, 1)
    assert [(row["name"], row["losses"], row["named"]) for row in exercise["wrong"]] == [
        ("adds", [3], 1),
        ("halves", [2], 1),
    ]
    assert exercise["mutants"] == exercise["killed"] + len(exercise["equivalents"])
    assert len(exercise["equivalents"]) == 1


def test_the_page_stands_by_itself(tmp_path):
    """It is in reports/, shows the matrix, and loads nothing from anywhere."""
    course = write_course(tmp_path / "course")
    verified(course)
    page = (course / "reports" / "tiny-verify.html").read_text()
    assert "multiplies: fails 100 % of halves" in page
    assert "is nothing without height: fails 0 % of halves" in page
    assert not any(word in page for word in ("src=", "href=", "http:", "https:", "@import"))


# With two sides of 2 the sum is the product, so both checks are blind to a plus.
WEAK = planted(GRADER, "rng.uniform(1.5, 4.0, 2)", "(2.0, 2.0)")
WEAK = planted(WEAK, "area(2.0, 0.0)), 0.0", "area(2.0, 2.0)), 4.0")


def test_a_weak_check_is_found(tmp_path):
    """A mistake of the bank that no check sees: the cure is a check."""
    finding = only_finding(write_course(tmp_path / "course", WEAK))
    assert finding["where"] == "area, adds"
    assert "expected to lose 3, lost 0 for all 3 students" in finding["what"]
    assert "Write a check" in finding["cure"]


def test_a_weak_check_is_found_by_a_mutant(tmp_path):
    """A mistake of no bank that no check sees: it is shown as a diff, with the inputs that were tried."""
    code, report = verified(write_course(tmp_path / "course", WEAK), "--mutants")
    assert code == 1
    (survivor,) = [f for f in report["findings"] if "+    return abs(width) + height" in f["what"]]
    assert "-    return abs(width) * height" in survivor["what"]
    assert "area(2, 2)" in survivor["what"]
    assert "equivalent('return abs(width) * height', 'return abs(width) + height', why=...)" in survivor["cure"]


def test_a_wrong_price_is_found(tmp_path):
    """A price that is not what is lost: the cure names the right one."""
    finding = only_finding(
        write_course(tmp_path / "course", planted(GRADER, 'halved here.", loses=2', 'halved here.", loses=3'))
    )
    assert finding["where"] == "area, halves"
    assert "expected to lose 3, lost 2 for all 3 students" in finding["what"]
    assert "state loses=2" in finding["cure"]


def test_a_misconception_that_no_probe_sees_is_found(tmp_path):
    """Right on all probes: the cure is a probe."""
    blind = GRADER + "\n\n@area.misconception(hint='Mind the sign.', loses=2)\ndef drops_abs(width, height):\n"
    blind += "    return width * height if height in (0, 0.5, 3) else 1.0\n"
    _, report = verified(write_course(tmp_path / "course", blind))
    (finding,) = [f for f in report["findings"] if "on the probes" in f["what"]]
    assert finding["where"] == "area, drops_abs"
    assert "Add a probe" in finding["cure"]


def test_a_leak_is_found(tmp_path):
    """Hidden lines in the release: the cure is to make it again."""
    finding = only_finding(
        write_course(
            tmp_path / "course",
            released_test=TEST.replace("### BEGIN HIDDEN TESTS\n", "").replace("### END HIDDEN TESTS\n", ""),
        )
    )
    assert finding["where"] == "release, test_area"
    assert "from graders.tiny import area" in finding["what"]
    assert "nbgrader generate_assignment tiny --force" in finding["cure"]


FLAKY = '''
@area.check(points=1)
def tosses_a_coin(area):
    """The area is width times height, mostly."""
    assert_it = np.random.default_rng().random()
    expect_close(assert_it, 0.5, atol=0.25, rtol=0)


'''


def test_a_flaky_check_is_found(tmp_path):
    """A check that draws from a generator of its own: the cure is the rng it is handed."""
    flaky = planted(GRADER, "points=3, reference", "points=4, reference")
    flaky = planted(flaky, "for width, height in ((2.0", FLAKY + "for width, height in ((2.0")
    code, report = verified(write_course(tmp_path / "course", flaky, points=4), "--seeds", "20")
    found = [finding for finding in report["findings"] if "tosses_a_coin" in finding["where"] + finding["what"]]
    assert code == 1
    assert any("state the rate" in finding["cure"] or "`rng`" in finding["cure"] for finding in found)


def test_right_work_that_loses_points_is_found(tmp_path):
    """The reason of the check that failed it is told."""
    strict = planted(GRADER, "expect_number(area(width, height))", "expect_number(area(width, int(height)))")
    _, report = verified(write_course(tmp_path / "course", strict))
    assert {f["where"] for f in report["findings"] if f["part"] == "right work"} == {
        "area, reference",
        "area, variant by_adding",
    }


EARNS_UNDONE = planted(GRADER, "expect_number(area(2.0, 0.0)", "(callable(area) - 1.0")


@pytest.mark.parametrize(
    ("where", "what", "change"),
    [
        ("test_area", "3 in the grader", {"points": 2}),
        ("test_area", "expected hidden lines that call a grader", {"test": "assert area(2, 3) == 6"}),
        ("test_area, by_adding", "AssertionError", {"test": planted(TEST, "== 6", "== 6 and area(2, 0.5) == 7")}),
        ("release, area", "got 1 points", {"grader": EARNS_UNDONE}),
    ],
)  # fmt: skip
def test_a_fault_of_the_notebook_is_found(tmp_path, where, what, change):
    """Points that disagree, a cell without a grader, a visible test that refuses right work, a stub that earns."""
    _, report = verified(write_course(tmp_path / "course", **change))
    assert any(where in f["where"] and what in f["what"] for f in report["findings"]), report["findings"]


def test_an_unknown_exercise_is_refused(tmp_path):
    """The message lists those there are."""
    done = run("fairgrade", "verify", "tiny", "--exercise", "volume", cwd=write_course(tmp_path / "course"))
    assert done.returncode == 2
    assert "expected one of area, got volume" in done.stdout


def test_a_misconception_that_does_not_end_is_a_result(tmp_path):
    """One call is waited for, then it is named; the rest of the bank is verified as ever."""
    endless = """
@area.misconception(hint="It goes round for ever.", loses=3)
def never_stops(width, height):
    while True:
        width += 1
"""
    course = write_course(tmp_path / "course", grader=GRADER + endless)
    code, report = verified(course, "--mutants")
    assert code == 1
    ((where, what),) = [(one["where"], one["what"]) for one in report["findings"] if one["part"] == "wrong work"]
    assert where == "area, never_stops"
    assert what.startswith("does not end")
    rows = {row["name"]: row for row in report["exercises"][0]["wrong"]}
    assert (rows["halves"]["losses"], rows["halves"]["named"]) == ([2], 1)


BUSY_WORKERS = """
import multiprocessing, os, pathlib, time

if multiprocessing.parent_process() is not None:
    pathlib.Path(f"worker-{os.getpid()}").touch()
    time.sleep(300)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_workers_end_with_the_run(number, tmp_path):
    """Whatever they are busy with, and however it is ended."""
    course = write_course(tmp_path / "course", grader=BUSY_WORKERS + GRADER)
    command = ("fairgrade", "verify", "tiny")
    with subprocess.Popen(command, cwd=course, env=environment(), stdout=subprocess.DEVNULL) as verifying:
        try:
            wait_for(lambda: list(course.glob("worker-*")))
        finally:
            verifying.send_signal(number)
    assert verifying.returncode == -number
    wait_for(lambda: not any(is_running(int(path.name.rpartition("-")[2])) for path in course.glob("worker-*")))


ISOLATED = (ROOT / "nbgrader_config.py").read_text()


def test_a_sample_is_handed_in(tmp_path):
    """Reference, variant and misconceptions go through the sandbox, too, and earn the same there."""
    code, report = verified(write_course(tmp_path / "course", config=ISOLATED))
    assert (code, report["findings"]) == (0, [])
    assert (report["handed_in"], report["not_handed_in"]) == (4, "")


def test_a_check_that_sees_the_sandbox_is_found(tmp_path):
    """What earns points in process and loses them when it is handed in is listed."""
    nosy = planted(
        GRADER, '"""The area is width times height."""', '"""It is a function."""\n    assert_function(area)'
    )
    nosy += """

def assert_function(area):
    from fairgrade.grading import expect

    expect(type(area._target).__name__ in ("function", "partial"), "It is a stand-in.")
"""
    _, report = verified(write_course(tmp_path / "course", grader=nosy, config=ISOLATED))
    found = [finding for finding in report["findings"] if finding["part"] == "in the sandbox"]
    assert found[0]["where"] == "area, reference"
    assert "expected 3 points and no name, as in process, got 1 points and no name" in found[0]["what"]


def test_a_course_without_a_sandbox_is_verified_in_process(tmp_path):
    """Nothing is handed in, and the report says why."""
    code, report = verified(write_course(tmp_path / "course"))
    assert (code, report["handed_in"]) == (0, 0)
    assert "IsolatedExecute" in report["not_handed_in"]
