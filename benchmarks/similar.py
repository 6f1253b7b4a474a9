"""What ``fairgrade similar`` finds in classes with and without copies, and what it takes.

``python benchmarks/similar.py`` composes classes of this course's assignments out of their variants and misconceptions,
each student's in a style of its own (``tests/similar/composed.py``). In half of the classes work is copied, with other
names, comments, literals and order: all of it, half of the exercises, half of the lines of each exercise, and one work
by a group of six. It prints how many copies are above all pairs without a copy, how many are shown, and what is shown
of classes without copies. Before that, ``--sizes 200 2000`` measures time and memory of the command itself.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fairgrade.course import Course  # noqa: E402 - tests/ is found from here on only
from fairgrade.similar.pair_scores import PairScores, score_pairs  # noqa: E402
from fairgrade.similar.similar_groups import LEAST_Z, find_groups  # noqa: E402
from tests.similar.composed import Planted, class_code, compose, hand_in, plant  # noqa: E402

ASSIGNMENTS = ("part5_training", "part6_evaluation", "part7_hidden_layers")
COPIES = {"all": 6, "half of the exercises": 6, "half of the lines": 6}
GROUP = 6
MUST_BE_ABOVE = {"all": 1.0, "group": 1.0, "half of the exercises": 0.95}
"""The share of the copies of a kind above all pairs without a copy. Of 20,000 honest pairs, some begin with the same
variants in half of the exercises, and are as alike as a copy of half is."""


def course_at(folder: Path) -> Course:
    """Make a course that uses the sources and graders of this one, and has no submissions."""
    (folder / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    for name in ("source", "graders"):
        (folder / name).symlink_to(ROOT / name)
    return Course(folder)


def ranks(scores: PairScores, planted: list[Planted]) -> tuple[float, list[tuple[str, float]]]:
    """Return the highest z of a pair without a copy, and the kind and z of each copy; a group's with its closest."""
    place = {student: number for number, student in enumerate(scores.students)}
    group = {name for one in planted if one.kind == "group" for name in (one.author, one.copier)}
    honest = scores.z.copy()
    for one, other in [*((p.author, p.copier) for p in planted), *itertools.permutations(group, 2)]:
        honest[place[one], place[other]] = honest[place[other], place[one]] = -np.inf
    found = [(p.kind, float(scores.z[place[p.author], place[p.copier]])) for p in planted if p.kind != "group"]
    found += [("group", max(float(scores.z[place[name], place[other]]) for other in group - {name})) for name in group]
    return float(honest.max()), found


def find_copies(assignments: Sequence[str], students: int, seeds: int) -> bool:
    """Show where the copies are among all pairs; return whether those that must be found are above all others."""
    total, above, shown = Counter[str](), Counter[str](), Counter[str]()
    lowest: dict[str, float] = {}
    is_good = True
    for assignment, seed in itertools.product(assignments, range(seeds)):
        honest_works = compose(assignment, students, seed)
        code = class_code(honest_works, assignment)
        scores = score_pairs(code)
        report = find_groups(assignment, code, scores, {})
        line = f"{assignment} {seed}: highest z without copies {scores.z.max():.1f}, {len(report.groups)} groups shown"
        is_good &= not report.groups
        works, planted = plant(honest_works, seed, COPIES, GROUP)
        code = class_code(works, assignment)
        scores = score_pairs(code)
        highest, found = ranks(scores, planted)
        report = find_groups(assignment, code, scores, {})
        copied = [{p.author, p.copier} for p in planted if p.kind != "group"]
        copied.append({name for p in planted if p.kind == "group" for name in (p.author, p.copier)})
        wrong = [group.students for group in report.groups if not any(set(group.students) <= of for of in copied)]
        print(
            f"{line}; beside copies {highest:.1f}, {len(report.groups)} groups shown, {len(wrong)} of others",
            flush=True,
        )
        for kind, z in found:
            total[kind] += 1
            above[kind] += z > highest
            shown[kind] += z >= LEAST_Z
            lowest[kind] = min(z, lowest.get(kind, z))
    for kind, count in total.items():
        print(
            f"{kind}: {above[kind]} of {count} above all other pairs, {shown[kind]} shown, lowest z {lowest[kind]:.1f}"
        )
        is_good &= above[kind] >= MUST_BE_ABOVE.get(kind, 0) * count
    return is_good


def measure(students: int) -> None:
    """Print what the command takes for a class of this size with copies in it."""
    assignment = ASSIGNMENTS[0]
    works, _ = plant(compose(assignment, students, 0), 0, COPIES, GROUP)
    with tempfile.TemporaryDirectory() as folder:
        course = course_at(Path(folder))
        hand_in(works, assignment, course.root / "submitted")
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [Path(sys.executable).with_name("fairgrade"), "similar", assignment]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_s = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{students} submissions: {seconds:.1f} s, {processor_s:.1f} s of processor time, "
        f"{used.ru_maxrss / 1024:.0f} MB at most",
        flush=True,
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assignments", nargs="*", default=ASSIGNMENTS)
    parser.add_argument("--students", type=int, default=200, help="students per class with copies")
    parser.add_argument("--seeds", type=int, default=2, help="classes per assignment")
    parser.add_argument("--sizes", type=int, nargs="*", default=[200, 2000], help="classes whose time is measured")
    options = parser.parse_args()
    for size in sorted(options.sizes):
        measure(size)
    if options.seeds and not find_copies(options.assignments, options.students, options.seeds):
        raise SystemExit("Copies are not above all other pairs, or something is shown of a class without copies.")


if __name__ == "__main__":
    main()
