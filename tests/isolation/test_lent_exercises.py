"""Exercises that build on one another, in the sandbox: the same points as in process, whatever earlier work is like."""

from __future__ import annotations

import pytest

from fairgrade.bank_source import cell_source
from fairgrade.grading import InfraError
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace
from graders.part5_training.convergence import exercise as convergence
from graders.part5_training.train import exercise as train
from graders.part5_training.train.also_right import CallsEarlierWork
from graders.part7_hidden_layers.backward import exercise as backward

RIGHT = cell_source(CallsEarlierWork, "TrainablePerceptron")

EARLIER = {
    "right": "",
    "not written": "def gradients(x, y_true, y_pred):\n    raise NotImplementedError()",
    "no function": "gradients = None",
    "deleted": "del gradients",
    "zeros": "def gradients(x, y, p):\n    return 0 * x, 0.0",
    "changes x": "def gradients(x, y, p):\n    x *= p - y\n    return x, p - y",
    "one value": "def gradients(x, y, p):\n    return (p - y) * x",
    "no loss": "def binary_cross_entropy(y_true, y_pred):\n    print(0.5)",
    "ends the process": "import os\ndef gradients(x, y, p):\n    os._exit(1)",
}

NEVER_UPDATES = """
class TrainablePerceptron(TrainablePerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history = [0.5] * epochs, [0.5] * epochs
        return self.loss_history
"""
KNOWS_WHAT_IS_LENT = """
class TrainablePerceptron(TrainablePerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        if type(gradients).__module__ != "builtins":
            self.bias += learning_rate
"""


def prepared(session: Session, names: Namespace, *cells: str) -> None:
    """Run the cells of a notebook."""
    for cell in cells:
        assert session.run_cell(cell).ok


@pytest.mark.parametrize("earlier", EARLIER.values(), ids=EARLIER)
def test_a_right_class_earns_all_points(session: Session, names: Namespace, earlier: str) -> None:
    """Whatever is wrong with the functions it calls."""
    prepared(session, names, RIGHT, earlier)
    work = names["TrainablePerceptron"]
    assert train.grade(work, notebook=names).earned == train.points
    assert convergence.grade(work, notebook=names).earned == convergence.points


@pytest.mark.parametrize("earlier", ["right", "zeros", "not written"])
@pytest.mark.parametrize(
    ("wrong", "points"), [(NEVER_UPDATES, 3), (KNOWS_WHAT_IS_LENT, 5)], ids=["never updates", "knows what is lent"]
)
def test_a_wrong_class_earns_the_same(
    session: Session, names: Namespace, earlier: str, wrong: str, points: float
) -> None:  # fmt: skip
    """Neither wrong earlier work nor knowing that right work is lent is worth anything."""
    prepared(session, names, RIGHT, EARLIER[earlier], wrong)
    work = names["TrainablePerceptron"]
    assert train.grade(work, notebook=names).earned == points
    assert convergence.grade(work, notebook=names).earned == 0


@pytest.mark.parametrize("given", [None, {}], ids=["no names", "other names"])
def test_without_the_notebooks_names_nothing_is_graded(session: Session, names: Namespace, given: object) -> None:
    """Right functions can't be lent then: the author is told what to write, and no student gets a score."""
    prepared(session, names, RIGHT)
    with pytest.raises(InfraError, match=r"exercise\.grade\(TrainablePerceptron, notebook=globals\(\)\)"):
        train.grade(names["TrainablePerceptron"], notebook=given)


def test_a_function_needs_the_names_as_well(session: Session, names: Namespace) -> None:
    """Not only a class."""
    prepared(session, names, "def backward(X, y, params):\n    return {}")
    with pytest.raises(InfraError, match="it builds on `forward`; got none"):
        backward.grade(names["backward"])


def test_the_notebook_goes_on_with_its_own_functions(session: Session, names: Namespace) -> None:
    """Cells after the graded one find what the student wrote."""
    prepared(session, names, RIGHT, EARLIER["one value"])
    train.grade(names["TrainablePerceptron"], notebook=names)
    assert session.run_cell("assert gradients(np.ones(2), 1.0, 0.5).tolist() == [-0.5, -0.5]").ok
