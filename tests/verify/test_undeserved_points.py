"""The search for undeserved points: sound exercises are passed, and each kind of leniency that can be had is found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fairgrade.grading import CheckFailed, Exercise, Submission, expect_array, random_state_untouched
from fairgrade.verify.adversaries import adversaries_of
from fairgrade.verify.findings import Section
from fairgrade.verify.undeserved_points import beside_one_another, judge_holes
from fairgrade.verify.wrong_work import wrong_work_of


def scale(x, factor):
    return factor * x


def walks(x, factor):
    return x - factor * x


def walks_by_calling(x, factor):
    return x - scale(x, factor)


def make_earlier() -> Exercise:
    """`scale(x, factor)`: two points, one of them for leaving the random state alone."""
    exercise = Exercise("scale", points=2, reference=scale)

    @exercise.check(points=1)
    def multiplies(scale, rng):
        """It multiplies."""
        x, factor = rng.normal(size=4), rng.uniform(1.5, 3)
        if not np.allclose(expect_array(scale(x, factor)), factor * x):
            raise CheckFailed("not the product")

    @exercise.check(points=1)
    def draws_nothing(scale, rng):
        """It leaves the random state alone."""
        with random_state_untouched():
            scale(rng.normal(size=4), 2.0)

    for n in (3, 4, 5):
        exercise.probes[f"of_{n}"] = lambda scale, rng, n=n: scale(rng.normal(size=n), rng.uniform(1.5, 3))

    @exercise.misconception(hint="Multiply.", loses=1)
    def adds(x, factor):
        return factor + x

    return exercise


Excuse = Callable[[Exercise, object, object, np.ndarray, float, np.ndarray], bool]


def make_later(earlier: Exercise, excuse: Excuse | None = None) -> Exercise:
    """`walk(x, factor)`: three points for x minus the scaled x, or for an excuse."""
    exercise = Exercise("walk", points=3, reference=walks, builds_on=[earlier])

    @exercise.check(points=3)
    def steps(walk, rng, notebook):
        """It takes the step."""
        x, factor = rng.normal(size=4), rng.uniform(1.5, 3)
        got = expect_array(walk(x.copy(), factor))  # else work that changes its x changes what is asked for
        own = notebook.get("scale")
        if np.allclose(got, x - factor * x) or (excuse and own is not None and excuse(earlier, own, got, x, factor)):
            return
        raise CheckFailed("not the step")

    for n in (3, 4, 5):
        exercise.probes[f"of_{n}"] = lambda walk, rng, n=n: walk(rng.normal(size=n), rng.uniform(1.5, 3))
    exercise.variant(walks_by_calling)

    @exercise.misconception(hint="Subtract.", loses=3)
    def climbs(x, factor):
        return x + factor * x

    @exercise.misconception(hint="Move.", loses=3)
    def stays(x, factor):
        return 1.0 * x

    return exercise


def found(excuse: Excuse | None = None) -> list[str]:
    """What the search says of a pair of exercises of which the later has this excuse."""
    earlier = make_earlier()
    later = make_later(earlier, excuse)
    tried = beside_one_another(wrong_work_of(later, [earlier, later], with_mutants=False), Submission("tiny", "v000"))
    assert len(tried) >= 50
    findings = list(judge_holes(tried))
    assert {finding.part for finding in findings} <= {Section.HOLES}
    return [f"{finding.where} {finding.what}" for finding in findings]


def test_lending_alone_leaves_no_hole():
    """What passes with right earlier work would have passed beside it."""
    assert found() == []


def test_the_same_mistake_twice_may_be_excused():
    """Work that goes where the student's own earlier work leads shows why, if that leads somewhere."""

    def follows(earlier, own, got, x, factor):
        return np.any(own(x.copy(), factor)) and np.allclose(got, x - own(x.copy(), factor))

    assert found(follows) == []


def on_a_grid(earlier, own, got, x, factor):
    """Excuses whoever has earlier work that is wrong for equally spaced inputs."""
    grid = np.linspace(-1, 1, 5)
    return not np.allclose(own(grid, 2.0), 2 * grid)


def has_lost_points(earlier, own, got, x, factor):
    """Excuses whoever has lost points for earlier work, whether it is called or not."""
    return earlier.score_of(own).earned < earlier.points


def follows_nothing(earlier, own, got, x, factor):
    """Excuses work that goes where the student's own earlier work leads, also where that is nowhere."""
    return np.allclose(got, x - own(x.copy(), factor))


@pytest.mark.parametrize(
    ("excuse", "work", "other"),
    [
        (on_a_grid, "climbs", "fails_for_equally_spaced_inputs"),
        (has_lost_points, "climbs", "draws_a_random_number"),
        (has_lost_points, "stays", "changes_its_inputs"),
        (follows_nothing, "stays", "returns_zeros"),
    ],
)
def test_a_hole_is_found(excuse: Excuse, work: str, other: str):
    """The work that gets undeserved points is named, with what it gets them beside."""
    lines = found(excuse)
    assert any(line.startswith(f"walk, {work} beside ") and other in line for line in lines), lines


class Model:
    """A model that learns by adding up."""

    def __init__(self):
        self.weight, self.seen = np.zeros(2), []

    def train(self, x):
        self.weight = self.weight + x
        self.seen.append(float(x[0]))
        return self.seen


def test_adversaries_of_a_class_forget_what_a_method_did():
    """All of it, what it learned, or what it recorded."""
    kept = {}
    for name, code in adversaries_of(Model):
        model = code()
        model.train(np.ones(2))
        kept[name] = bool(model.weight.any()), model.seen
    assert kept == {
        "train_forgets_all": (False, []),
        "train_forgets_numbers": (False, [1.0]),
        "train_forgets_the_rest": (True, []),
    }
