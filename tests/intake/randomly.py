"""Random mangling: any number of small accidents, one after the other."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions, ComputeChecksums

Accident = Callable[[Any, random.Random], None]


def release(source: NotebookNode) -> NotebookNode:
    """What ``nbgrader generate_assignment`` makes of a source notebook."""
    released, resources = copy.deepcopy(source), {}
    for step in (ClearSolutions(), ClearHiddenTests(), ClearMarkScheme(), ComputeChecksums()):
        released, resources = step.preprocess(released, resources)
    return released


def shuffle(nb, rng):
    rng.shuffle(nb["cells"])


def drop(nb, rng):
    if len(nb["cells"]) > 3:
        nb["cells"].pop(rng.randrange(len(nb["cells"])))


def double(nb, rng):
    nb["cells"].insert(rng.randrange(len(nb["cells"])), copy.deepcopy(rng.choice(nb["cells"])))


def retag(nb, rng):
    rng.choice(nb["cells"])["metadata"]["tags"] = rng.sample(["setup", "skip-execution", "in-sandbox"], 2)


def retype(nb, rng):
    rng.choice(nb["cells"])["cell_type"] = rng.choice(["code", "markdown", "raw", "heading"])


def lose_marks(nb, rng):
    rng.choice(nb["cells"])["metadata"] = {}


def lose_id(nb, rng):
    rng.choice(nb["cells"]).pop("id", None)


def swap_marks(nb, rng):
    one, other = rng.choice(nb["cells"]), rng.choice(nb["cells"])
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


def forge(nb, rng):
    marks = rng.choice(nb["cells"])["metadata"].get("nbgrader", {})
    if marks:
        marks[rng.choice(["points", "grade", "locked", "solution", "grade_id"])] = rng.choice([0, True, 1e9, "x"])


def add(nb, rng):
    cell = {"cell_type": "code", "metadata": {}, "source": "helper = 1", "outputs": [], "execution_count": None}
    nb["cells"].insert(rng.randrange(len(nb["cells"]) + 1), cell)


ACCIDENTS: list[Accident] = [shuffle, drop, double, retag, retype, lose_marks, lose_id, swap_marks, forge, add]


def mangle(notebook: Any, accidents: list[Accident], seed: int) -> Any:
    """The notebook after these accidents."""
    rng = random.Random(seed)
    for accident in accidents:
        accident(notebook, rng)
    return notebook
