"""A reader who follows the tutorial by its words alone gets what it promises."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from fairgrade.notebook.cell import grade_id_of
from tests.conftest import ROOT, run

TUTORIAL = ROOT / "docs" / "TUTORIAL.md"

SOURCE = Path("source") / "first_steps" / "first_steps.ipynb"

CELL_TYPES = {
    "Autograded answer": {"grade": False, "solution": True, "locked": False},
    "Autograder tests": {"grade": True, "solution": False, "locked": True},
}
"""What nbgrader's *Create Assignment* writes for a type."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tutorial")]


@dataclass(frozen=True)
class Block:
    """A fenced block, and the last line of text above it, which says where it goes."""

    above: str
    language: str
    text: str


def blocks() -> Iterator[Block]:
    """Yield the tutorial's fenced blocks in their order."""
    above, language, inside = "", "", []
    for line in TUTORIAL.read_text().splitlines():
        if line == "```":
            yield Block(above, language, "\n".join(inside))
            language, inside = "", []
        elif line.startswith("```"):
            language = line[3:]
        elif language:
            inside.append(line)
        elif line:
            above = line


class Reader:
    """Somebody who does what the tutorial says, block after block, and nothing else."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder, self.output, self._place = folder, "", scratch / "place"

    def follow(self, block: Block) -> None:
        """Do what a block asks for."""
        steps = {"console": self._type, "text": self._compare, "python": self._write, "markdown": self._write}
        steps[block.language](block)

    def _type(self, block: Block) -> None:
        """Type commands into a shell; the next block finds it in the folder where it is then."""
        done = run("bash", "-ec", f'{block.text}\npwd > "{self._place}"', cwd=self.folder)
        assert done.returncode == 0, f"{block.text}\n{done.stdout}"
        self.output, self.folder = done.stdout, Path(self._place.read_text().strip())

    def _compare(self, block: Block) -> None:
        """Look for each line in what the last commands showed."""
        assert [line for line in block.text.splitlines() if line not in self.output] == [], self.output

    def _write(self, block: Block) -> None:
        """Write a block to where the line above it says."""
        if found := re.search(r"the file `(.+?)`", block.above):
            (self.folder / found[1]).write_text(block.text + "\n")
        elif found := re.search(r"Fill in the cell `(.+?)` of `(.+?)`", block.above):
            self._fill_in(self.folder / found[2], found[1], block.text)
        elif found := re.search(r"A code cell `(.+?)` of the type \*(.+?)\*(?: with (\d+) points)?", block.above):
            points = {"points": int(found[3])} if found[3] else {}
            made = {"grade_id": found[1], "schema_version": 3, "task": False, **CELL_TYPES[found[2]], **points}
            self._add_cell(nbformat.v4.new_code_cell(block.text, metadata={"nbgrader": made}))
        else:
            assert block.language == "markdown", f"Where does this go? {block}"
            self._add_cell(nbformat.v4.new_markdown_cell(block.text))

    def _add_cell(self, cell: NotebookNode) -> None:
        notebook = nbformat.read(self.folder / SOURCE, as_version=4)
        notebook.cells.append(cell)
        nbformat.write(notebook, self.folder / SOURCE)

    def _fill_in(self, path: Path, name: str, text: str) -> None:
        notebook = nbformat.read(path, as_version=4)
        (cell,) = [cell for cell in notebook.cells if grade_id_of(cell) == name]
        cell.source = text
        nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A reader who has come to the end: each command has succeeded and shown what the tutorial shows."""
    one = Reader(tmp_path_factory.mktemp("tutorial"), tmp_path_factory.mktemp("reader"))
    for block in blocks():
        one.follow(block)
    return one


def test_each_answer_gets_the_points_that_the_tutorial_names(reader: Reader) -> None:
    with (reader.folder / "exports" / "first_steps.csv").open(encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    exercise = {student: row["first_steps: test_moving_average"] for student, row in rows.items()}
    assert exercise == {"s001": "3", "s002": "1", "s003": "0"}
    assert {student: row["first_steps"] for student, row in rows.items()} == exercise


def test_feedback_names_the_mistake_with_hint_and_price(reader: Reader) -> None:
    pages = {path.parts[-3]: path.read_text() for path in reader.folder.glob("feedback/*/first_steps/*.html")}
    said = {student: "Adds up without dividing" in page for student, page in pages.items()}
    assert said == {"s001": False, "s002": True, "s003": False}
    assert "A mean is a sum divided by how many numbers there are." in pages["s002"]


def test_students_get_no_solution_and_no_hidden_test(reader: Reader) -> None:
    released = (reader.folder / "release" / "first_steps" / "first_steps.ipynb").read_text()
    assert "Five numbers have four pairs of neighbours." in released
    assert [word for word in ("cumsum", "HIDDEN", "graders.") if word in released] == []


def test_the_page_of_the_class_exists(reader: Reader) -> None:
    assert "Adds up without dividing" in (reader.folder / "reports" / "first_steps-class.html").read_text()
