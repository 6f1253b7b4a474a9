"""Several mistakes at once, in any size and form, are named if their code does the same; prices follow evidence."""

from __future__ import annotations

import numpy as np
import pytest

from fairgrade.grading import Exercise, Score, Submission, digits_kept, expect, expect_close, expect_number, grading_for
from fairgrade.grading.merging import combine


def right(y, p):
    q = np.clip(p, 1e-9, 1)
    return float(-np.mean(y * np.log(q)))


def without_minus(y, p):
    q = np.clip(p, 1e-9, 1)
    return np.mean(y * np.log(q))


def summed(y, p):
    q = np.clip(p, 1e-9, 1)
    return -np.sum(y * np.log(q))


def unclipped(y, p):
    q = p
    return -np.mean(y * np.log(q))


def rounded(y, p, *, right=right, digits=2):
    return round(float(right(y, p)), digits)


def digits_of(loss):
    digits = digits_kept([expect_number(loss(np.ones(1), np.array([p]))) for p in (0.3, 0.6, 0.7)])
    return None if digits is None else {"digits": digits}


def make(more_costs: float | None = None) -> Exercise:
    """A loss whose bank holds mistakes in it and a mistake around it."""
    exercise = Exercise("loss", points=9, reference=right, more_costs=more_costs)

    @exercise.check(points=7)
    def is_right(loss, rng):
        """The loss is right."""
        y, p = np.ones(3), rng.uniform(0.2, 0.8, 3)
        expect_close(expect_number(loss(y, p)), right(y, p))

    @exercise.check(points=1)
    def is_finite(loss):
        """The loss of a certain miss is a number."""
        expect(np.isfinite(expect_number(loss(np.ones(1), np.zeros(1)))), "It is not finite.")

    @exercise.check(points=1)
    def is_fast(loss):
        """Empty input gives 0."""
        expect_number(loss(np.ones(1), np.ones(1)))

    for n in (2, 3, 4):

        def probe(loss, rng, n=n):
            return loss(np.ones(n), rng.uniform(0.2, 0.8, n))

        probe.__name__ = f"a_batch_of_{n}"
        exercise.probe(probe)

    @exercise.probe
    def a_certain_miss(loss):
        return bool(np.isfinite(expect_number(loss(np.ones(1), np.zeros(1)))))

    exercise.misconception("Turn the sign round.", loses=1)(without_minus)
    exercise.misconception("Divide by their number.", loses=2)(summed)
    exercise.misconception("Keep away from 0.", loses=1)(unclipped)
    exercise.misconception("Leave all digits.", loses=1, fits=digits_of)(rounded)
    return exercise


def graded(work, exercise: Exercise | None = None) -> Score:
    with grading_for(Submission("a", "s001")):
        return (exercise or make()).grade(work)


def names(score: Score) -> list[str]:
    return [found.name for found in score.misconceptions]


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (lambda y, p: np.sum(y * np.log(np.clip(p, 1e-9, 1))), ["without_minus", "summed"]),
        (lambda y, p: -np.sum(y * np.log(p)), ["summed", "unclipped"]),
        (lambda y, p: np.sum(y * np.log(p)), ["without_minus", "summed", "unclipped"]),
        (lambda y, p: round(float(np.mean(y * np.log(p))), 2), ["without_minus", "unclipped", "rounded"]),
    ],
)
def test_mistakes_made_at_once_cost_the_sum_of_their_prices(work, expected):
    """Two or three, in the loss and around it; each is paid for once, however many checks they fail."""
    exercise = make()
    score = graded(work, exercise)
    assert names(score) == expected
    assert score.earned == 9 - sum(exercise.misconceptions[name].loses for name in expected)


def test_other_work_is_no_combination():
    """Without the same values there is no name, and the checks decide."""
    score = graded(lambda y, p: 2 * np.sum(y * np.log(np.clip(p, 1e-9, 1))))
    assert (names(score), score.priced_by, score.earned) == ([], None, 2)


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_a_mistake_is_known_in_any_size(digits):
    """The bank holds one that rounds to two digits; the work says to how many it rounds."""
    assert names(graded(lambda y, p: round(right(y, p), digits))) == ["rounded"]


def test_a_mistake_in_any_size_is_known_beside_another():
    """Rounding of a sum."""
    assert names(graded(lambda y, p: round(float(summed(y, p)), 3))) == ["rounded", "summed"]


@pytest.mark.parametrize(
    ("values", "digits"),
    [([0.25, 0.5], 2), ([1.0, 2.0], 0), ([1 / 3, 0.5], None), ([0.12345], 5), ([np.nan, 0.5], None)],
)
def test_to_how_many_decimals_numbers_are_rounded(values, digits):
    assert digits_kept(values) == digits


def test_a_form_hides_no_name():
    """A column of one number, a list of it, or the number: the same mistake."""
    for form in (float, np.array, lambda v: np.array([[v]]), lambda v: [v]):
        assert names(graded(lambda y, p, form=form: form(summed(y, p)))) == ["summed"]


def test_what_no_named_mistake_fails_is_paid_for_as_well():
    """The name explains one check; the other fails for a reason of its own."""

    def work(y, p):
        if np.all(p == 1):
            raise ValueError("certain")
        return summed(y, p)

    assert (names(graded(work)), graded(work).earned) == (["summed"], 9 - 2 - 1)


def test_more_than_what_is_asked_for_costs_its_price():
    """The loss and something else: known by the first of the two, also with a mistake in it."""
    score = graded(lambda y, p: (right(y, p), p), make(more_costs=1))
    assert ([found.name for found in score.relations], score.earned) == (["returns_more"], 8)
    score = graded(lambda y, p: (summed(y, p), p), make(more_costs=1))
    assert (names(score), score.earned) == (["summed"], 6)
    assert graded(lambda y, p: (right(y, p), p), make()).earned == 0


def test_names_that_contradict_each_other_are_never_given():
    """Neither of two that exclude each other is looked for beside the other."""
    exercise = Exercise("line", points=1, reference=lambda x: x)
    bank = exercise.misconceptions
    exercise.misconception("Less.", loses=1, excludes=("adds",))(subtracts)
    exercise.misconception("More.", loses=1)(adds)
    assert combine([identity], list(bank.values())) == []


def identity(x):
    return x


def adds(x, *, right=identity):
    return right(x) + 1


def subtracts(x, *, right=identity):
    return right(x) - 1


def test_two_that_cancel_out_are_reported():
    """No probe can tell them from right work, nor a mistake that none of them looks at."""
    exercise = Exercise("line", points=1, reference=identity)
    for n in (1, 2, 3):
        probe = lambda work, n=n: work(n)  # noqa: E731
        probe.__name__ = f"of_{n}"
        exercise.probe(probe)
    exercise.misconception("Less.", loses=1)(subtracts)
    exercise.misconception("More.", loses=1)(adds)
    exercise.misconception("Not below 0.", loses=1, name="drops_the_sign")(abs)
    assert set(exercise.unseen()) == {"drops_the_sign", "subtracts and adds"}


def test_what_probes_take_for_right_gets_no_name():
    """It fails for a reason that no probe looks at, so nothing is known of it."""
    score = graded(lambda y, p: right(y, p) if p.size > 1 or p[0] < 1 else None)
    assert (score.misconceptions, score.relations, score.earned) == ((), (), 8)


def test_work_that_ignores_what_it_is_given_has_no_price():
    """One and the same value shows nothing of what is right, whichever mistakes would give it, too."""
    exercise = make(more_costs=1)
    exercise.misconception("Not zero.", loses=1)(loses_all)
    for work in (lambda y, p: 0.0, lambda y, p: (0.0, 1.0), lambda y, p: range(3)):
        assert graded(work, exercise).by_checks == graded(work, exercise).earned


def loses_all(y, p, *, right=right):
    return 0 * right(y, p)
