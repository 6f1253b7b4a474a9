"""Put the student's work into a clean copy of the source notebook.

The order, the marks and everything locked come from the source. Only the text of solution cells, written
answers and the student's own cells is taken from the submission. Nothing a student wrote is lost: text that
has no place in its cell goes in front of it, as a cell of the student's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from fairgrade.intake.accepted import Accepted, assemble, refuse
from fairgrade.intake.blueprint import Blueprint, BlueprintCell, defined_names, read_source
from fairgrade.intake.notes import Cause, Kind, Note, Refused, shown
from fairgrade.intake.read import ParsedNotebook
from fairgrade.intake.recognise import is_as_released, is_untouched, recognise
from fairgrade.notebook.cell import SETUP_TAG, grade_id_of, is_same_text, normalized, tags_of

_NO_ANSWER = {
    "code": "# This cell was not in what was handed in.",
    "markdown": "*This answer was not in what was handed in.*",
}
_MARKS = ("grade", "solution", "locked", "task", "points")


def take_in(source: NotebookNode | Blueprint, submitted: NotebookNode | ParsedNotebook) -> Accepted:
    """Transplant a student's work into a clean copy of the source notebook.

    Parameters
    ----------
    source : NotebookNode or Blueprint
        The instructor's notebook; read once as a blueprint, it serves a whole class.
    submitted : NotebookNode or ParsedNotebook
        What :func:`fairgrade.intake.read` made of the student's file.

    Returns
    -------
    Accepted
    """
    blueprint = source if isinstance(source, Blueprint) else read_source(source)
    handed_in = submitted if isinstance(submitted, ParsedNotebook) else ParsedNotebook(submitted)
    return _Transplant(blueprint, handed_in).run()


@dataclass
class _Place:
    """The submitted cells that belong to one cell of the source."""

    copies: list[int] = field(default_factory=list)
    before: list[NotebookNode] = field(default_factory=list)
    after: list[NotebookNode] = field(default_factory=list)


class _Transplant:
    """One submission, step by step."""

    def __init__(self, blueprint: Blueprint, submitted: ParsedNotebook) -> None:
        self._blueprint = blueprint
        self._cells = submitted.notebook.cells
        self._kernel = submitted.notebook.metadata.get("kernelspec", {}).get("name")
        self._found = recognise(blueprint, self._cells)
        self._places = {place: _Place() for place in range(-1, len(blueprint.cells))}
        self._notes = list(submitted.notes)
        self._about: dict[Kind, list[str]] = {}
        self._added = 0

    def run(self) -> Accepted:
        known = {place for place in self._found if place is not None}
        if not any(self._blueprint.cells[place].grade_id for place in known):
            return refuse(self._blueprint, Refused(Cause.NO_KNOWN_CELL, tuple(self._notes)))
        self._sort()
        self._compare()
        cells = list(self._places[-1].after)
        for place, source in enumerate(self._blueprint.cells):
            clean = self._cell(place, source)  # first, since this fills `before`
            cells += [*self._places[place].before, clean, *self._places[place].after]
        notes = (*self._notes, *self._notes_about_cells())
        return Accepted(assemble(self._blueprint, cells, notes), notes)

    # -- steps, in order ----------------------------------------------------------------------

    def _sort(self) -> None:
        """Sort the submitted cells; the student's own cells stay after the known cell that they followed."""
        here = -1
        for number, place in enumerate(self._found):
            cell = self._cells[number]
            if place is not None:
                here = place
                self._places[place].copies.append(number)
            elif self._continues(number, here):
                self._places[here].copies.append(number)
            else:
                self._keep_own(cell, here)

    def _continues(self, number: int, here: int) -> bool:
        """Whether a cell of the student's own begins indented, and so continues the solution before it."""
        if here < 0 or not self._blueprint.cells[here].is_solution or not _is_indented(self._cells[number]):
            return False
        copies = self._places[here].copies
        return bool(copies) and copies[-1] == number - 1

    def _keep_own(self, cell: NotebookNode, here: int) -> None:
        grade_id = grade_id_of(cell)
        if grade_id is not None and cell.metadata.nbgrader.get("locked") and is_as_released(cell):
            self._say(Kind.REMOVED, grade_id)
            return
        if not cell.source.strip():
            return
        if grade_id is not None:
            self._say(Kind.UNKNOWN, grade_id)
        self._added += 1
        self._places[here].after.append(_own(cell))

    def _compare(self) -> None:
        """Note what was changed about cells of the assignment as a whole."""
        firsts = [self._places[place].copies[0] for place in self._places if place >= 0 and self._places[place].copies]
        if firsts != sorted(firsts):
            self._notes.append(Note(Kind.REORDERED))
        expected = self._blueprint.metadata.get("kernelspec", {}).get("name")
        if self._kernel is not None and self._kernel != expected:
            self._notes.append(Note(Kind.KERNEL, detail=shown(self._kernel)))

    def _cell(self, place: int, source: BlueprintCell) -> NotebookNode:
        """The cell as it is graded."""
        copies = [self._cells[number] for number in self._places[place].copies if self._found[number] == place]
        for cell in copies:
            self._compare_marks(source, cell)
        if source.is_solution:
            return self._solution(place, source)
        if source.grade_id is None and SETUP_TAG not in source.tags:
            return self._unlocked(place, source)
        if not copies and source.grade_id is not None:
            self._say(Kind.RESTORED, source.grade_id)
        for cell in copies:
            self._given(place, source, cell)
        return copy.deepcopy(source.node)

    def _compare_marks(self, source: BlueprintCell, cell: NotebookNode) -> None:
        if source.grade_id is None:
            return
        marks = cell.metadata.get("nbgrader", {})
        if grade_id_of(cell) != source.grade_id:
            self._say(Kind.UNMARKED, source.grade_id)
            return
        ours = source.node.metadata.nbgrader
        if any(key in marks and marks[key] != ours.get(key, False) for key in _MARKS) and not is_as_released(cell):
            self._say(Kind.MARKS_CHANGED, source.grade_id)
        if cell.cell_type != source.node.cell_type:
            self._say(Kind.RETYPED, source.grade_id)
        if tags_of(cell) != source.tags:
            self._say(Kind.RETAGGED, source.grade_id)

    def _given(self, place: int, source: BlueprintCell, cell: NotebookNode) -> None:
        """Note how a copy differs from a cell that the student must not change."""
        name = source.grade_id or source.node.id
        if is_same_text(cell.source, source.released) or is_same_text(cell.source, source.node.source):
            return
        if is_as_released(cell):
            self._say(Kind.UPDATED, name)
        elif cell.source.strip():
            self._say(Kind.EDITED, name)
            self._places[place].before.append(_own(cell))

    def _unlocked(self, place: int, source: BlueprintCell) -> NotebookNode:
        """Return a cell of the instructor's without a lock, as the student may have changed it."""
        changed = [
            cell
            for cell in (self._cells[number] for number in self._places[place].copies)
            if not is_same_text(cell.source, source.released) and cell.source.strip()
        ]
        if not changed:
            return copy.deepcopy(source.node)
        self._added += len(changed)
        self._places[place].before += [_own(cell) for cell in changed[:-1]]
        return _own(changed[-1])

    def _solution(self, place: int, source: BlueprintCell) -> NotebookNode:
        """Return a cell that the student writes: the last copy that differs from the released text."""
        clean = copy.deepcopy(source.node)
        numbers = [number for number in self._places[place].copies if self._cells[number].source.strip()]
        assert source.grade_id is not None
        if not numbers:
            # Empty rather than the stub, which would undo the work if it was merged into another cell.
            self._say(Kind.MISSING, source.grade_id)
            clean.source = _NO_ANSWER[clean.cell_type] if source.is_graded_by_hand else ""
            return clean
        touched = [number for number in numbers if not is_untouched(self._blueprint, place, self._cells[number])]
        pieces = self._join(touched, source)
        if len(numbers) - len(touched) + len(pieces) > 1:
            self._say(Kind.DUPLICATED, source.grade_id)
        if pieces:
            last = pieces[-1]
            clean.source = last.source
            if "attachments" in last and clean.cell_type != "code":
                clean.attachments = last.attachments
            others = {
                normalized(piece.source): piece for piece in pieces[:-1] if not is_same_text(piece.source, last.source)
            }
            self._places[place].before += [_own(piece) for piece in others.values()]
            if not source.defines and self._is_doubtful(source, last):
                self._say(Kind.DOUBTFUL, source.grade_id)
        if not source.defines <= defined_names(clean.source):
            self._say(Kind.UNDEFINED, source.grade_id)
        return clean

    def _is_doubtful(self, source: BlueprintCell, cell: NotebookNode) -> bool:
        """Whether an answer that promises no names may be another cell's, or another cell may be the answer."""
        own = source.node.id
        if any(other.id == own and not is_same_text(other.source, cell.source) for other in self._cells):
            return True
        if cell.id == own:
            return False
        names = defined_names(cell.source)
        asked_for = (other.defines for other in self._blueprint.cells)
        return cell.id in self._blueprint.by_cell_id or any(wanted and wanted <= names for wanted in asked_for)

    def _join(self, numbers: list[int], source: BlueprintCell) -> list[NotebookNode]:
        """The copies, where one that begins indented is the rest of the copy right before it."""
        pieces: list[NotebookNode] = []
        for number in numbers:
            cell = self._cells[number]
            if pieces and source.node.cell_type == "code" and _is_indented(cell) and number - 1 in numbers:
                pieces[-1].source += "\n" + cell.source
                self._say(Kind.SPLIT, source.grade_id or source.node.id)
            else:
                pieces.append(copy.deepcopy(cell))
        return pieces

    # -- notes --------------------------------------------------------------------------------

    def _say(self, kind: Kind, name: str) -> None:
        names = self._about.setdefault(kind, [])
        if name not in names:
            names.append(name)

    def _notes_about_cells(self) -> Iterable[Note]:
        for kind in Kind:
            if kind in self._about:
                yield Note(kind, tuple(self._about[kind]), titles=self._blueprint.titles)
        if self._added:
            yield Note(Kind.ADDED, detail=str(self._added))


def _is_indented(cell: NotebookNode) -> bool:
    text = cell.source.lstrip("\n")
    return cell.cell_type == "code" and text[:1] in (" ", "\t") and bool(text.strip())


def _own(cell: NotebookNode) -> NotebookNode:
    """A cell of the student's: type, text and attached pictures, and no mark of any kind."""
    own = NotebookNode(cell_type=cell.cell_type, metadata=NotebookNode(), source=cell.source)
    if cell.cell_type == "code":
        own.outputs, own.execution_count = [], None
    elif "attachments" in cell:
        own.attachments = cell.attachments
    return own
