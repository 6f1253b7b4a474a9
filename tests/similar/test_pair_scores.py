"""Copies are above all other pairs of a class, whatever hides them; without copies there is nothing to see."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from fairgrade.similar.fingerprints import LENGTH, WINDOW, grams_of, winnow
from fairgrade.similar.normal_tokens import MAX_CHARACTERS
from fairgrade.similar.pair_scores import score_pairs
from fairgrade.similar.similar_groups import LEAST_Z, find_groups
from fairgrade.similar.submitted_code import ClassCode
from tests.similar.composed import Works, class_code, compose, plant

ASSIGNMENT = "part6_evaluation"


@pytest.fixture(scope="module")
def honest() -> Works:
    """A class of 60 in which nobody copied."""
    return compose(ASSIGNMENT, 60, 1)


def test_copies_are_above_all_other_pairs(honest: Works) -> None:
    """With other names, comments, literals and order: all of the work, half of it, and what a group shares."""
    works, planted = plant(honest, 3, {"all": 3, "half of the exercises": 2}, group=4)
    scores = score_pairs(class_code(works, ASSIGNMENT))
    place = {student: number for number, student in enumerate(scores.students)}
    group = {name for one in planted if one.kind == "group" for name in (one.author, one.copier)}
    copied = {frozenset((one.author, one.copier)) for one in planted} | {
        frozenset(pair) for pair in combinations(group, 2)
    }
    honest_z = max(
        scores.z[place[one], place[other]]
        for one, other in combinations(scores.students, 2)
        if frozenset((one, other)) not in copied
    )
    assert min(scores.z[place[one.author], place[one.copier]] for one in planted) > honest_z
    report = find_groups(ASSIGNMENT, class_code(works, ASSIGNMENT), scores, {})
    assert {frozenset(found.students) for found in report.groups} >= {
        frozenset((one.author, one.copier)) for one in planted if one.kind == "all"
    } | {frozenset(group)}


def test_without_copies_there_is_nothing_to_see(honest: Works) -> None:
    report = find_groups(ASSIGNMENT, class_code(honest, ASSIGNMENT), score_pairs(class_code(honest, ASSIGNMENT)), {})
    assert report.groups == ()
    assert not report.is_too_small


def test_released_code_counts_nothing(honest: Works) -> None:
    """Two students who hand in long given code are not alike for it."""
    given = honest["s001"]["scores"]
    works = {student: dict(of) for student, of in honest.items()}
    for student in ("s001", "s002"):
        works[student] = {"scores": given}
    code = class_code(works, ASSIGNMENT)
    free = ClassCode(code.students, code.exercises, (*code.released, given), {})
    assert score_pairs(code).scores[0, 1] > 0
    assert score_pairs(free).scores[0, 1] == 0


def test_what_everybody_writes_counts_nothing(honest: Works) -> None:
    works = {student: {"scores": honest["s001"]["scores"]} for student in honest}
    assert not score_pairs(class_code(works, ASSIGNMENT)).scores.any()


def test_short_work_is_not_compared() -> None:
    """Whatever two short answers share, anybody may have written it."""
    works = {f"s{number:03}": {"mean": f"def mean(x{number}):\n    return sum(x{number}) / 7"} for number in range(20)}
    code = ClassCode(tuple(works), {"mean": {student: of["mean"] for student, of in works.items()}}, (), {})
    scores = score_pairs(code)
    report = find_groups("ps1", code, scores, {})
    assert report.too_short == ["mean"]
    assert report.compared == []
    assert not scores.scores.any()


def test_in_a_tiny_class_nothing_is_shown(honest: Works) -> None:
    few = dict.fromkeys(list(honest)[:11], honest["s001"])
    report = find_groups(ASSIGNMENT, class_code(few, ASSIGNMENT), score_pairs(class_code(few, ASSIGNMENT)), {})
    assert report.is_too_small
    assert report.groups == ()


def test_work_that_is_too_long_is_compared_in_part_and_named(honest: Works) -> None:
    """Nobody hides a copy behind a lot of comments unnoticed."""
    works = {student: dict(of) for student, of in honest.items()}
    works["s007"]["scores"] = "#" * MAX_CHARACTERS
    assert class_code(works, ASSIGNMENT).cut == ["s007"]


def test_copies_of_a_copy_are_one_group_and_a_shared_wrong_result_comes_first(honest: Works) -> None:
    works = {student: dict(of) for student, of in honest.items()}
    for one, other in (("s001", "s002"), ("s002", "s003"), ("s010", "s011")):
        works[other] = works[one]
    code = class_code(works, ASSIGNMENT)
    scores = score_pairs(code)
    groups = find_groups(ASSIGNMENT, code, scores, {}).groups
    assert {group.students for group in groups} == {("s001", "s002", "s003"), ("s010", "s011")}
    assert sorted(len(group.pairs) for group in groups) == [1, 2]
    assert all(group.z >= LEAST_Z for group in groups)
    for first in (("s001", "s002", "s003"), ("s010", "s011")):
        same = {"scores": dict.fromkeys(first, "returns the mean")}
        ordered = find_groups(ASSIGNMENT, code, scores, same).groups
        assert ordered[0].students == first
        assert ordered[0].shares_behaviour
    common = {"scores": dict.fromkeys(works, "returns the mean")}
    assert not any(group.shares_behaviour for group in find_groups(ASSIGNMENT, code, scores, common).groups)


def test_a_shared_run_is_found_wherever_it_stands() -> None:
    """Winnowing promises it for runs of LENGTH + WINDOW - 1 tokens."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        run = [f"r{number}" for number in rng.integers(0, 9, LENGTH + WINDOW - 1)]
        found = []
        for own in "ab":
            ends = ([f"{own}{number}" for number in rng.integers(0, 9, rng.integers(0, 20))] for _ in range(2))
            grams = grams_of([*next(ends), *run, *next(ends)])
            found.append(set(grams[winnow(grams)].tolist()))
        assert found[0] & found[1]
