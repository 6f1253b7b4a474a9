"""What student code must not change is found, in process and in the sandbox."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from fairgrade.grading import CheckFailed, Exercise, StudentObject, expect_same, printed_by, student_object, unchanged
from fairgrade.grading.as_code import call_as_code
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.sandbox.start import BACKENDS
from fairgrade.isolation.student_process import Zygote
from tests.isolation.conftest import settings

MODEL = """
import numpy as np

class Layer:
    def __init__(self, n):
        self.W = np.zeros((n, 2))

class Net:
    def __init__(self):
        self.layers = [Layer(3), Layer(2)]
        self.first = self.layers[0]
        self.rate, self.history, self.activation = 0.1, [], np.tanh
        self.me = self

    def predict(self, X):
        return np.zeros(len(X))

    def deep(self, X):
        self.layers[1].W += 1

    def by_attribute(self, X):
        self.first.W[0, 0] = 5

    def remembers(self, X):
        self.history.append(1)

    def adds(self, X):
        self.extra = 1

    def rebinds(self, X):
        self.rate = 0.1 + 0.1

    def to_the_argument(self, X):
        X[0] = 9
"""


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """The first sandbox that this machine has."""
    backend = next((name for name in ("bubblewrap", "landlock") if not BACKENDS[name]().lacks()), None)
    if backend is None:
        pytest.skip("no sandbox")
    made = Zygote(settings(backend))
    yield made
    made.close()


@pytest.fixture
def session(zygote: Zygote) -> Iterator[Session]:
    """A fresh submission."""
    with Session(zygote, settings(zygote.backend), seed=7) as opened:
        yield opened


@pytest.fixture(params=["in process", "sandbox"])
def make(request: pytest.FixtureRequest, session: Session) -> StudentObject:
    """Return the student's class, which is here or in the sandbox."""
    if request.param == "in process":
        space: dict[str, Any] = {}
        exec(MODEL, space)
        return student_object(space["Net"])
    assert session.run_cell(MODEL).ok
    return student_object(Namespace(session.link)["Net"])


@pytest.mark.parametrize(
    ("method", "said"),
    [("deep", "`model.layers`"), ("by_attribute", "`model."), ("remembers", "`model.history`"),
     ("adds", "`model.extra`"), ("rebinds", "`model.rate`"), ("to_the_argument", "`X`")],
)  # fmt: skip
def test_a_change_is_found_and_named(make, method, said):
    """An attribute, an array in a layer, a list, a new attribute, and an argument."""
    model, X = make(), np.zeros(3)
    with pytest.raises(CheckFailed) as failure, unchanged(model=model, X=X):
        getattr(model, method)(X)
    assert said in failure.value.reason


def test_a_model_that_only_predicts_is_unchanged(make):
    model, X = make(), np.zeros(3)
    with unchanged(model=model, X=X, table={"a": [1, np.nan]}):
        expect_same(model.predict(X), np.zeros(3))


def starts(n, rng):
    return rng.normal(size=(n, 2)), np.zeros(2)


def test_a_generator_is_an_argument_like_another():
    """It may be drawn from; the message calls it `rng`."""
    exercise = Exercise("starts", points=1, reference=starts)

    @exercise.inputs
    def a_size(rng):
        return 3, np.random.default_rng(int(rng.integers(99)))

    exercise.agrees_with_the_reference(points=1)
    assert exercise.grade(starts).earned == 1
    assert exercise.grade(lambda n, rng: (np.zeros((n, 2)), np.zeros(2))).earned == 0
    assert call_as_code("starts", (3, np.random.default_rng(0))) == "`starts(3, rng)`"


def test_a_generator_reaches_the_sandbox(session):
    """It draws the same numbers there."""
    assert session.run_cell("import numpy as np\n" + inspect.getsource(starts)).ok
    work = student_object(Namespace(session.link)["starts"])
    expect_same(work(3, np.random.default_rng(5)), starts(3, np.random.default_rng(5)))


def test_a_property_fails_with_the_call_as_code():
    exercise = Exercise("total", points=1, reference=sum)

    @exercise.inputs
    def numbers(rng):
        return rng.integers(0, 99, 4).tolist()

    @exercise.property(points=1)
    def order_does_not_matter(total, rng, x):
        """The order does not matter."""
        expect_same(total(x[::-1]), total(x), what="the other order")

    assert exercise.grade(sum).earned == 1
    (result,) = exercise.run_checks(lambda x: x[0])
    assert result.sentence == "The order does not matter."
    assert "The other order gives" in result.outcome.reason
    assert "the same for different" in exercise.run_checks(lambda x: 3)[0].outcome.reason
    assert "is there a `return`" in exercise.run_checks(lambda x: None)[0].outcome.reason
    assert "The call is `total([" in result.outcome.reason


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        ({"f1": 0.5}, {"f1": 0.5, "recall": 1.0}, "1 of 2 keys are missing"),
        ({"f1": float("nan")}, {"f1": 0.0}, "The entry 'f1' of your function gives nan"),
        (np.eye(2), np.eye(2, dtype=int), "expected an array of whole numbers, got one of real numbers"),
        (
            (np.zeros(2), np.ones(3)),
            (np.zeros(2), np.ones(2)),
            "Item 1 of your function: expected shape (2,)",
        ),
        (np.zeros((2, 1)), (np.zeros(2), np.ones(1)), "Item 0 of your function: expected shape (2,), got (1,)"),
    ],
)
def test_dictionaries_pairs_and_matrices_say_which_part_is_wrong(got, want, said):
    with pytest.raises(CheckFailed) as failure:
        expect_same(got, want)
    assert said in failure.value.reason


def test_what_is_printed_in_the_sandbox_is_read(session):
    assert session.run_cell("def greet(name):\n    print('Hello,', name)").ok
    work = student_object(Namespace(session.link)["greet"])
    assert printed_by(lambda: work("you")) == "Hello, you\n"


def test_a_series_from_the_sandbox_goes_where_an_array_goes(session):
    assert session.run_cell("import pandas as pd\ndef ranks(n):\n    return pd.Series(range(n))").ok
    expect_same(student_object(Namespace(session.link)["ranks"])(3), np.arange(3))
