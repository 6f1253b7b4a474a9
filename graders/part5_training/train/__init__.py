"""The training loop: a class with a ``train`` method.

Open ``reference.py`` first: it has the exercise and its right solution. ``checks.py`` says what earns points,
``probes.py`` what tells mistakes apart; ``also_right.py``, ``wrong.py`` and ``wrong_records.py`` are the banks.
``drawn.py`` and ``observe.py`` serve the checks, ``facts`` serves the probes.
"""

from graders.part5_training.train import also_right, checks, probes, wrong, wrong_records  # noqa: F401
from graders.part5_training.train.reference import RightPerceptron, exercise, sigmoid

__all__ = ["RightPerceptron", "exercise", "sigmoid"]
