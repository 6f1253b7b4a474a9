"""How long ``fairgrade report`` takes for a large class, and how much memory.

``python benchmarks/report.py`` grades a made-up class of 40 of ``part5_training`` and copies its results until they are
those of 2,000 students: the graded notebooks, the submissions, what is kept of them in reports/, and the rows of the
gradebook. So there are 40 different pieces of work, each with a comment of its own in every answer; the files are as
many and as large as those of a real class. Then the command itself is run, as often as ``--rounds`` says; the middle
one counts. ``--demo FOLDER`` takes a class that ``fairgrade demo --folder FOLDER`` has graded already.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook, new_uuid

from fairgrade.autograde.bundle import configuration_of, read_assignment, read_submission
from fairgrade.autograde.results_store import ResultsStore
from fairgrade.autograde.run_manifest import secret_of
from fairgrade.course import Course

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "part5_training"
GRADED = 40


def main() -> None:
    """Make the class, run the command, and show its figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--demo", type=Path, help="a class that is graded already; it is not changed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="fairgrade-report-") as temporary:
        folder = Path(temporary) / "class"
        if options.demo is not None:
            shutil.copytree(options.demo, folder, symlinks=True)
        else:
            command = ["demo", "--course", str(ROOT), "--assignment", ASSIGNMENT]
            run(*command, "--students", str(GRADED), "--folder", str(folder), cwd=ROOT)
        enlarge(Course(folder), options.students)
        rounds = [run("report", ASSIGNMENT, cwd=folder) for _ in range(options.rounds)]
        size = (folder / "reports" / f"{ASSIGNMENT}-class.html").stat().st_size
    for name, values in zip(
        ("seconds", "processor seconds", "peak memory in MB"), zip(*rounds, strict=True), strict=True
    ):
        print(f"{name:20} {statistics.median(values):8.1f}  ({min(values):.1f} to {max(values):.1f})")
    print(f"{'page in kB':20} {size / 1000:8.0f}")


def run(*arguments: str, cwd: Path) -> tuple[float, float, float]:
    """Run a command of fairgrade; return its seconds, processor seconds and peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "fairgrade", *arguments], cwd=cwd, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"fairgrade {' '.join(arguments)} has failed.")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000


def enlarge(course: Course, students: int) -> None:
    """Copy the results of a class until they are those of so many students."""
    config, directory = configuration_of(course)
    store = ResultsStore(directory, ASSIGNMENT, config)
    graded = [student for student in store.students() if store.fingerprint(student) is not None]
    copies = {f"c{number:05}": graded[number % len(graded)] for number in range(students - len(graded))}
    bundle = read_assignment(directory, course.root / "graders", ASSIGNMENT, config, secret_of(config, store))
    for student, original in copies.items():
        for place in (store.submitted, store.autograded):
            shutil.copytree(place(original), place(student))
        for path in store.autograded(student).glob("*.ipynb"):
            sign(path, student)
        kept = store.fingerprint(original)
        assert kept is not None
        submission = read_submission(store.submitted(student), student, bundle, store.directory)
        store.write_fingerprint(student, replace(kept, key=submission.key))
    with Gradebook(directory.db_url) as gradebook:
        copy_rows(gradebook, copies)


def sign(path: Path, student: str) -> None:
    """Make the answers in a graded notebook differ from those of all others."""
    notebook = json.loads(path.read_bytes())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["cell_type"] == "code":
            cell["source"] = "".join(cell["source"]) + f"\n# {student}"
    path.write_text(json.dumps(notebook, indent=1))


def copy_rows(gradebook: Gradebook, copies: dict[str, str]) -> None:
    """Give each copy the rows that its original has in the gradebook."""
    rows: list[object] = []
    originals = {student: gradebook.find_submission(ASSIGNMENT, student) for student in set(copies.values())}
    for student, name in copies.items():
        gradebook.add_student(student)
        original = originals[name]
        submission = copied(original, SubmittedAssignment, student_id=student)
        rows.append(submission)
        for notebook in original.notebooks:
            own = copied(notebook, SubmittedNotebook, assignment_id=submission.id)
            rows.append(own)
            rows += [copied(grade, Grade, notebook_id=own.id) for grade in notebook.grades]
            rows += [copied(comment, Comment, notebook_id=own.id) for comment in notebook.comments]
    gradebook.db.bulk_save_objects(rows)
    gradebook.db.commit()


def copied(row: Any, kind: Any, **changed: str) -> Any:
    """Return a row like another one, with an id of its own."""
    values = {column.name: getattr(row, column.name) for column in kind.__table__.columns}
    return kind(**values | {"id": new_uuid()} | changed)


if __name__ == "__main__":
    main()
