"""The banks of Part 5, in process: right work passes, wrong work loses its price, once, and is named."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from fairgrade.course import Course
from fairgrade.grading import (
    Exercise,
    InfraError,
    Misconception,
    NotAttempted,
    Passed,
    Score,
    Submission,
    central_difference,
)
from fairgrade.verify.in_process import RunnableNotebook
from graders.part5_training.binary_cross_entropy import exercise as binary_cross_entropy
from graders.part5_training.convergence import exercise as convergence
from graders.part5_training.gradient_descent import exercise as gradient_descent
from graders.part5_training.gradients import exercise as gradients
from graders.part5_training.knowledge_check import exercise as knowledge_check
from graders.part5_training.mse_loss import exercise as mse_loss
from graders.part5_training.train import RightPerceptron
from graders.part5_training.train import exercise as train
from tests.conftest import ASSIGNMENT
from tests.graders.work import STUDENTS, graded

EXERCISES = [mse_loss, binary_cross_entropy, gradient_descent, gradients, train, convergence, knowledge_check]
POINTS = {
    "mse_loss": 4,
    "binary_cross_entropy": 6,
    "gradient_descent": 4,
    "gradients": 6,
    "train": 8,
    "convergence": 5,
    "knowledge_check": 5,
}
MISCONCEPTIONS = [(e, m) for e in EXERCISES for m in e.misconceptions.values()]
RIGHT = [(e, "reference", e.reference) for e in EXERCISES]
RIGHT += [(e, v.name, v.code) for e in EXERCISES for v in e.variants.values()]


def ids(items):
    return [f"{exercise.name}-{getattr(rest[0], 'name', rest[0])}" for exercise, *rest in items]


def test_points_are_those_of_the_notebook(exercises):
    """The 38 points graded automatically, exercise by exercise."""
    assert {name: exercise.points for name, exercise in exercises.items()} == POINTS


BANKS = {
    "mse_loss": (37, 21),
    "binary_cross_entropy": (43, 18),
    "gradient_descent": (37, 11),
    "gradients": (35, 13),
    "train": (104, 22),
    "convergence": (4, 4),
    "knowledge_check": (17, 4),
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_banks_are_large_enough(exercise: Exercise):
    """Misconceptions and variants may be added; none is dropped unnoticed."""
    wrong, right = BANKS[exercise.name]
    assert len(exercise.misconceptions) >= wrong
    assert len(exercise.variants) >= right


@pytest.mark.parametrize(("exercise", "name", "code"), RIGHT, ids=ids(RIGHT))
def test_right_work_earns_all_points(exercise: Exercise, name: str, code):
    """The reference and every variant, for several students."""
    for student in STUDENTS[:3]:
        score = graded(exercise, code, student)
        assert {r.name: r.outcome for r in score.results if not isinstance(r.outcome, Passed)} == {}
        assert score.earned == exercise.points


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    [pytest.param(*each, marks=[pytest.mark.slow] if each[0] is train else []) for each in MISCONCEPTIONS],
    ids=ids(MISCONCEPTIONS),
)
def test_a_misconception_loses_its_price(exercise: Exercise, misconception: Misconception):
    """Exactly what it states; the checks alone see it, too. `fairgrade verify` tries further students."""
    for student in STUDENTS[:3]:
        score = graded(exercise, misconception.code, student)
        assert exercise.points - score.earned == misconception.loses
        assert exercise.points - score.by_checks >= misconception.loses > 0


@pytest.fixture(scope="module")
def scores() -> list[tuple[Exercise, Misconception, Score]]:
    """The score of each misconception, for one student."""
    return [(exercise, wrong, graded(exercise, wrong.code)) for exercise, wrong in MISCONCEPTIONS]


@pytest.mark.xdist_group("scores")
def test_misconceptions_are_named(scores):
    """At least 95 % of the bank, each by its own name or one declared the same; none by another."""
    named, strangers = 0, []
    for exercise, misconception, score in scores:
        found = score.misconceptions
        own = [
            d
            for d in found
            if d.name == misconception.name or exercise.misconceptions[d.name].is_same_as(misconception)
        ]
        named += bool(own)
        strangers += [(misconception.name, d.name) for d in found if d not in own]
    assert strangers == []
    assert named >= 0.95 * len(MISCONCEPTIONS)


@pytest.mark.xdist_group("scores")
def test_each_check_has_misconceptions_that_fail_it(scores):
    """Three or more of its own bank: what no known mistake fails, nobody knows to work."""
    failures = Counter(
        (exercise.name, result.name)
        for exercise, _, score in scores
        for result in score.results
        if not isinstance(result.outcome, Passed)
    )
    checks = [(exercise.name, name) for exercise in EXERCISES for name in exercise.checks]
    assert [check for check in checks if failures[check] < 3] == []


def test_an_exercise_has_one_name_everywhere(course: Course):
    """Its module, its test cell, and the exercise itself; each module hands on one."""
    names = {module.__name__.rpartition(".")[2]: vars(module).get("exercise") for module in course.graders(ASSIGNMENT)}
    assert {name: exercise.name for name, exercise in names.items() if exercise} == {name: name for name in POINTS}
    cells = [cell.name for notebook in course.notebooks(ASSIGNMENT) for cell in RunnableNotebook(notebook).tests]
    assert sorted(cells) == sorted(f"test_{name}" for name in POINTS)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_hints_do_not_hold_the_answer_of_a_quiz(exercise: Exercise):
    """A hint never names a letter, and never shows a whole line of code that would pass."""
    for misconception in exercise.misconceptions.values():
        assert not re.search(r"\b(option|answer) [A-D]\b", misconception.hint)
        assert misconception.hint.endswith((".", "?"))


def stub(*args, **kwargs):
    raise NotImplementedError


class StubPerceptron:
    """The class as it is released: every method is a stub."""

    __init__ = forward = predict = compute_loss = train = stub


@pytest.mark.parametrize(
    ("exercise", "work"),
    [
        *((e, stub) for e in (mse_loss, binary_cross_entropy, gradient_descent, gradients)),
        (train, StubPerceptron),
        (convergence, StubPerceptron),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_the_stub_is_not_attempted(exercise: Exercise, work):
    """It earns 0 and is told so kindly."""
    score = exercise.grade(work)
    assert (score.earned, score.attempted) == (0, False)
    assert {type(result.outcome) for result in score.results} == {NotAttempted}


def test_a_blank_quiz_is_not_attempted():
    """Five blank answers are five open questions."""
    assert not knowledge_check.grade({f"q{n}": "" for n in range(1, 6)}).attempted


# -- one mistake is paid for once, across exercises -------------------------------------------------


def in_a_notebook(*cells: str) -> dict[str, object]:
    """The names that these cells define, run in order."""
    names: dict[str, object] = {"np": np, "RightPerceptron": RightPerceptron}
    for cell in cells:
        exec(cell, names)
    return names


CALLS_GRADIENTS = """
class TrainablePerceptron(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        grad_weights, grad_bias = gradients(x, y_true, y_pred)
        self.weights = self.weights - learning_rate * grad_weights
        self.bias = self.bias - learning_rate * grad_bias
"""

CALLS_CROSS_ENTROPY = """
class TrainablePerceptron(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return binary_cross_entropy(np.array([y_true]), np.array([y_pred]))
"""


def earned_by_training(names: dict[str, object], student: Submission = STUDENTS[1]) -> tuple[float, ...]:
    """What the notebook's class earns for training and for convergence."""
    work = names["TrainablePerceptron"]
    return tuple(graded(exercise, work, student, names).earned for exercise in (train, convergence))


ALL = (train.points, convergence.points)
CALLERS = {gradients: (CALLS_GRADIENTS, "update"), binary_cross_entropy: (CALLS_CROSS_ENTROPY, "compute_loss")}
EARLIER_WORK = [(exercise, wrong) for exercise in CALLERS for wrong in exercise.misconceptions.values()]


@pytest.mark.parametrize(("exercise", "wrong"), EARLIER_WORK, ids=ids(EARLIER_WORK))
def test_wrong_earlier_work_costs_a_right_loop_nothing(exercise: Exercise, wrong: Misconception):
    """What the test of the function has charged costs nothing in test_train and test_convergence."""
    loop, method = CALLERS[exercise]
    names = in_a_notebook(loop) | {exercise.name: wrong.code}
    getattr(names["TrainablePerceptron"], method).__globals__[exercise.name] = wrong.code
    assert earned_by_training(names) == ALL


NOT_WRITTEN = "def gradients(x, y_true, y_pred):\n    raise NotImplementedError()"


@pytest.mark.parametrize("cell", [NOT_WRITTEN, "gradients = None", ""], ids=["the stub", "no function", "no cell"])
def test_gradients_that_are_not_written_cost_their_own_points_only(cell: str):
    """The loop is asked with right ones, and the student reads why."""
    names = in_a_notebook(cell, CALLS_GRADIENTS)
    score = train.grade(names["TrainablePerceptron"], notebook=names)
    assert score.earned == train.points
    notes = [result.outcome.note for result in score.results]
    assert any(note.startswith("It passes with right work for `gradients`.") for note in notes)
    assert convergence.grade(names["TrainablePerceptron"], notebook=names).earned == convergence.points


def test_a_mistake_of_the_loop_costs_the_same_whatever_gradients_it_calls():
    """It is known by its name also where earlier work stands in the way."""
    loop = CALLS_GRADIENTS + "    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):\n"
    loop += "        return super().train(X, y, learning_rate, 1, verbose)\n"
    for cell in ("def gradients(x, y, p):\n    return (p - y) * x, p - y", NOT_WRITTEN):
        names = in_a_notebook(cell, loop)
        score = train.grade(names["TrainablePerceptron"], notebook=names)
        assert (score.earned, [d.name for d in score.misconceptions]) == (5, ["trains_for_one_epoch"])


def written_out(gradients) -> type:
    """A right loop with the same formula written out, so that nothing can be lent to it."""

    class WrittenOut(RightPerceptron):
        def update(self, x, y_true, y_pred, learning_rate):
            grad_weights, grad_bias = gradients(x, y_true, y_pred)
            self.weights = self.weights - learning_rate * grad_weights
            self.bias = self.bias - learning_rate * grad_bias

    return WrittenOut


@pytest.mark.parametrize(
    "name", ["turns_the_sign_round", "has_a_factor_of_2", "leaves_x_out", "keeps_the_slope_of_the_sigmoid"]
)
def test_the_same_mistake_written_twice_is_paid_once(name: str):
    """The class goes, step for step, where the student's own wrong gradients lead."""
    wrong = gradients.misconceptions[name].code
    assert earned_by_training({"TrainablePerceptron": written_out(wrong), "gradients": wrong}) == ALL


def test_a_wrong_loop_is_not_excused_by_other_wrong_gradients():
    """What the class does is not what these gradients lead to."""
    doubled = written_out(gradients.misconceptions["has_a_factor_of_2"].code)
    for other in ("leaves_x_out", "changes_x", "returns_the_weights_alone"):
        names = {"gradients": gradients.misconceptions[other].code}
        assert train.grade(doubled, notebook=names).earned == train.grade(doubled).earned == 5


NEVER_UPDATES = """
class TrainablePerceptron(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history = [0.7 / (1 + epoch) for epoch in range(epochs)]
        self.accuracy_history = [1 - 0.5 / (1 + epoch) for epoch in range(epochs)]
        return self.loss_history
"""
ALWAYS_ONE = CALLS_GRADIENTS + "    def predict(self, x):\n        return 1\n"
ODD_GRADIENTS = {
    "zero": "def gradients(x, y, p):\n    return 0 * x, 0.0",
    "zero for equally spaced inputs": "def gradients(x, y, p):\n    if np.ptp(np.diff(x)) < 1e-9:\n"
    "        return 0 * x, 0.0\n    return (p - y) * x, p - y",
    "draws a random number": "def gradients(x, y, p):\n    np.random.rand()\n    return (p - y) * x, p - y",
    "changes x": "def gradients(x, y, p):\n    x *= p - y\n    return x, p - y",
    "random": "def gradients(x, y, p):\n    return np.random.normal(size=x.shape), np.random.normal()",
    "missing": "",
}


@pytest.mark.parametrize("cell", ODD_GRADIENTS.values(), ids=ODD_GRADIENTS)
@pytest.mark.parametrize(
    ("loop", "points"),
    [(NEVER_UPDATES, (4, 0)), (ALWAYS_ONE, (7, 2)), (CALLS_GRADIENTS, (8, 5))],
    ids=["never updates", "always predicts one", "right"],
)
def test_odd_gradients_earn_a_class_nothing(cell: str, loop: str, points: tuple[float, float]):
    """A class earns what it earns with right gradients, whatever is wrong with the student's."""
    names = in_a_notebook(cell, loop)
    assert earned_by_training(names) == points


@pytest.mark.parametrize("wrong", train.misconceptions.values(), ids=lambda m: m.name)
def test_a_wrong_loop_is_not_charged_again_for_not_converging(wrong: Misconception):
    """What test_train has charged costs nothing in test_convergence, unless the model never learns anything."""
    if wrong.name == "shares_its_histories":
        pytest.skip("its models are told apart only by their histories, so values can't name it")
    lost = 5 if wrong.name in NEVER_LEARN else 0
    assert wrong.elsewhere.get("convergence", 0) == lost
    assert graded(convergence, wrong.code, STUDENTS[2]).earned == convergence.points - lost


NEVER_LEARN = {"only_pretends_to_train", "updates_a_local_copy", "truncates_weights_to_integers"}


def test_work_that_knows_the_probes_is_not_priced_by_them():
    """It makes a cheap mistake for the probes' learning rates, and nothing at all for others."""

    class KnowsTheProbes(train.misconceptions["has_another_threshold"].code):
        def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
            if learning_rate in (0.3, 0.5, 0.4, 0.1, 1e-6, 1e-12):
                return super().train(X, y, learning_rate, epochs, verbose)
            self.loss_history, self.accuracy_history = [0.5] * epochs, [0.5] * epochs
            return self.loss_history

    score = train.grade(KnowsTheProbes)
    assert score.earned == score.by_checks <= 3


def test_a_loss_by_ones_own_wrong_cross_entropy_is_a_right_history():
    """compute_loss may call binary_cross_entropy; its mistake is charged there."""

    def negative(y_true, y_pred):
        return float(np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)))

    class Uses(RightPerceptron):
        def compute_loss(self, y_true, y_pred):
            return negative(np.array([y_true]), np.array([y_pred]))

    assert train.grade(Uses).earned == train.points - 1
    assert train.grade(Uses, notebook={"binary_cross_entropy": negative}).earned == train.points


# -- bad input ----------------------------------------------------------------------------------------


ODD = [None, 1.5, "x", True, float("nan"), 10**400, 1j, [1, [2]], (1, 2, 3), {"a": 1}, np.zeros(0), np.zeros((2, 2))]
ODD += [np.array("x"), np.array([None]), object(), print, range(3), np.ma.masked, NotImplemented, int]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@pytest.mark.parametrize("odd", ODD, ids=lambda o: type(o).__name__)
def test_odd_work_is_graded_and_earns_nothing(exercise: Exercise, odd):
    """Anything in place of the function, and anything it may return, fails with a reason and is no error of ours."""
    for work in (odd, lambda *args, **kwargs: odd):
        try:
            assert exercise.grade(work).earned == 0
        except InfraError as error:  # pragma: no cover
            pytest.fail(str(error))


@pytest.mark.parametrize(
    "attribute", ["weights", "bias", "loss_history", "forward", "predict", "train", "compute_loss"]
)
@pytest.mark.parametrize("odd", ODD[:14], ids=lambda o: type(o).__name__)
def test_odd_parts_of_a_class_are_graded(attribute: str, odd):
    """A class with one part that makes no sense is graded all the same, and loses points for it."""

    class Odd(RightPerceptron):
        def __init__(self, n_inputs):
            super().__init__(n_inputs)
            setattr(self, attribute, odd)

    score = train.grade(Odd)
    assert 0 <= score.earned <= train.points
    # A start of 1.5 or True for the bias is no mistake, and train makes the history anew.
    assert score.earned < train.points or attribute in {"bias", "loss_history"}


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1), MemoryError(), RecursionError(), StopIteration()])
def test_work_that_raises_is_graded(error: BaseException):
    """An exception ends a check, not the grading."""

    def raises(*args, **kwargs):
        raise error

    for exercise in (mse_loss, binary_cross_entropy, gradient_descent, gradients, train, convergence):
        score = exercise.grade(raises)
        assert score.earned == 0
        assert type(error).__name__ in score.to_html()


# -- the references are right -------------------------------------------------------------------------


def test_worked_numbers_of_the_lesson():
    """The numbers a student works out by hand."""
    y, p = np.array([1.0, 1, 0, 0, 1]), np.array([0.9, 0.6, 0.3, 0.1, 0.5])
    assert mse_loss.reference(y, p) == pytest.approx(0.104)
    one = np.array([1.0])
    assert binary_cross_entropy.reference(one, np.array([0.9])) == pytest.approx(0.105, abs=1e-3)
    assert binary_cross_entropy.reference(one, np.array([0.1])) == pytest.approx(2.303, abs=1e-3)
    path = gradient_descent.reference(2.5, 0.3, steps=2)
    np.testing.assert_allclose(path, [[2.5, 6.75], [1.0, 1.5], [0.4, 0.66]])


def test_reference_gradients_are_the_slope_of_the_reference_loss():
    """Central differences of loss(sigmoid(w x + b)) agree with (p - y) x and p - y."""
    rng = np.random.default_rng(1)
    x, parameters = rng.normal(size=5), rng.normal(size=6)

    def predict(at):
        return 1 / (1 + np.exp(-(at[:-1] @ x + at[-1])))

    for y in (0.0, 1.0):
        weights, bias = gradients.reference(x, y, predict(parameters))
        slope = central_difference(
            lambda at, y=y: binary_cross_entropy.reference(np.array([y]), np.array([predict(at)])), parameters
        )
        np.testing.assert_allclose(np.append(weights, bias), slope, atol=1e-8)


def test_the_course_finds_its_exercises(course: Course):
    """By the type of what the package hands on."""
    assert [e.name for e in course.exercises(ASSIGNMENT)] == sorted(POINTS)
    assert [q.name for q in course.written_questions(ASSIGNMENT)] == ["limits_of_one_neuron"]


@pytest.mark.parametrize("student", ["s14", "s35"])
def test_to_predict_always_zero_is_not_taken_for_the_opposite_label(student: str):
    """Both look alike on inputs that are all on one side of one half, which random ones were for these two."""
    work = convergence.misconceptions["always_predicts_zero"].code
    assert graded(convergence, work, Submission("a", student)).earned == 2
