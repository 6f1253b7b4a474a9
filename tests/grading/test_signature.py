"""Signatures: wrong answers that nothing explains are recorded by what they do, alike for all students."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fairgrade.grading import CheckFailed, Exercise, Score, Submission, expect_close, grading_for
from fairgrade.grading.diagnosis import observe
from fairgrade.grading.signature import MAX_BYTES, decode, encode


def right(x):
    return 2 * x + 1


def make() -> Exercise:
    """An exercise on doubling a number and adding one, with a single misconception."""
    exercise = Exercise("line", points=2, reference=right)

    @exercise.check(points=2)
    def is_right(work, rng):
        """It doubles and adds one."""
        x = rng.uniform(1, 2)
        expect_close(work(x), 2 * x + 1)

    for name in ("first", "second", "third"):
        probe = lambda work, rng: work(float(rng.uniform(1, 2)))  # noqa: E731
        probe.__name__ = name
        exercise.probe(probe)

    @exercise.misconception("Look again.", loses=1)
    def forgets_to_add(x):
        return 2 * x

    return exercise


def graded(work: object, student: str, exercise: Exercise | None = None) -> Score:
    with grading_for(Submission("a", student, "salt")):
        return (exercise or make()).grade(work)


def test_answers_that_do_the_same_have_one_signature_whoever_gave_them() -> None:
    """They are compared on inputs that the course shares, not on each student's own."""
    one, other = graded(lambda x: 7 * x, "s001"), graded(lambda x: x * 3 + 4 * x, "s002")
    different = graded(lambda x: 8 * x, "s003")
    seen, again, others = (decode(score.to_dict()["signature"]) for score in (one, other, different))
    assert list(seen) == ["first", "second", "third"]
    assert all(seen[probe].equals(again[probe]) for probe in seen)
    assert not any(seen[probe].equals(others[probe]) for probe in seen)


def test_right_and_named_answers_have_no_signature() -> None:
    """It is kept only where points were lost and the bank says nothing."""
    assert "signature" not in graded(right, "s001").to_dict()
    named = graded(lambda x: x + x, "s001")
    assert [found.name for found in named.misconceptions] == ["forgets_to_add"]
    assert "signature" not in named.to_dict()


def test_work_that_is_not_written_has_no_signature() -> None:
    """A stub is no wrong answer."""

    def stub(x):
        raise NotImplementedError

    assert "signature" not in graded(stub, "s001").to_dict()


def test_a_failure_that_names_its_misconception_needs_no_signature() -> None:
    """A check may know the mistake by itself."""
    exercise = make()

    @exercise.check(points=1)
    def knows(work):
        """It is not constant."""
        raise CheckFailed("It is.", misconception="forgets_to_add")

    exercise.points = 3
    assert "signature" not in graded(lambda x: 7 * x, "s001", exercise).to_dict()


@pytest.mark.parametrize(
    "value",
    [
        1.5, True, None, "", "a text", [], {}, (1, "two", [3.0, 4.0]), {"a": 1, "b": (np.eye(2), "c")}, 1 + 2j,
        np.array([np.nan, np.inf, -np.inf, 0.0]), np.zeros((0, 3)), np.arange(6).reshape(2, 3),
    ],
)  # fmt: skip
def test_values_survive_as_data(value: object) -> None:
    """JSON has no nan, no infinity and no complex numbers; a signature has them."""
    seen = {"p": observe(lambda: value)}
    data = json.loads(json.dumps(encode(seen), allow_nan=False))
    assert decode(data)["p"].equals(seen["p"])


def test_errors_and_printed_numbers_survive() -> None:
    """Code that stops, or prints in place of returning, is known by that."""

    def stops():
        raise ValueError("no")

    seen = {"stops": observe(stops), "prints": observe(lambda: print(0.125))}
    back = decode(encode(seen))
    assert back["stops"].stopped_by == "ValueError: no"
    assert back["prints"].printed.tolist() == [0.125]


def test_a_signature_is_short_whatever_the_work_returns() -> None:
    """Work of a student's decides what probes see; it can't fill the course's disk."""
    seen = {f"p{i}": observe(lambda: {"x" * 10**5: "y" * 10**5, "n": np.arange(10.0**5)}) for i in range(100)}
    signature = encode(seen)
    assert len(json.dumps(signature["probes"])) <= MAX_BYTES + 500
    assert 0 < len(signature["probes"]) < 100


def test_long_arrays_are_told_apart_by_their_sums() -> None:
    """The numbers beyond the first ones are not kept, but count."""
    numbers = np.arange(1000.0)
    changed = numbers.copy()
    changed[-1] = 5000.0
    one, same, other = (decode(encode({"p": observe(lambda n=n: n)}))["p"] for n in (numbers, numbers + 0, changed))
    assert one.equals(same)
    assert not one.equals(other)


@pytest.mark.parametrize("data", [{}, {"version": 0}, {"version": 1}, {"version": 1, "probes": {"p": {"value": 3}}}])
def test_what_is_no_signature_is_refused(data: dict[str, object]) -> None:
    """A result of another version, or a damaged one."""
    with pytest.raises(ValueError, match="A signature: expected"):
        decode(data)
