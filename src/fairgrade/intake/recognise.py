"""Find the cell of the source notebook that each submitted cell belongs to, even if its marks were changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from fairgrade.intake.blueprint import Blueprint, defined_names
from fairgrade.notebook.cell import grade_id_of, is_same_text, normalized


def recognise(blueprint: Blueprint, cells: Sequence[NotebookNode]) -> list[int | None]:
    """The place in the source notebook of each submitted cell; None for one of the student's own.

    By grade_id first, so that copies of a cell are all recognised, unless the text is another cell's, or what another
    cell with this id asks for; then, for cells not found yet, by the id that the notebook format gives cells, by the
    released text, by the names that the code defines, and by place: the only unknown cell between the same two known
    cells as the only solution that is missing there.
    """
    found = [_unless_crossed(blueprint, cell, _by_grade_id(blueprint, cell)) for cell in cells]
    _by_cell_id(blueprint, cells, found)
    _by_text(blueprint, cells, found)
    _by_names(blueprint, cells, found)
    _by_place(blueprint, cells, found)
    return found


def _by_grade_id(blueprint: Blueprint, cell: NotebookNode) -> int | None:
    place = blueprint.by_grade_id.get(grade_id_of(cell) or "")
    if place is None or is_same_text(cell.source, blueprint.cells[place].released):
        return place
    return blueprint.by_text.get(normalized(cell.source), place)


def _unless_crossed(blueprint: Blueprint, cell: NotebookNode, place: int | None) -> int | None:
    """The place that the cell's id names, where marks and id are of two solutions and the text fits the id's alone.

    A written answer promises no names, so that names alone do not tell which of the two it is.
    """
    other = blueprint.by_cell_id.get(cell.id)
    if place is None or other is None or other == place:
        return place
    marked, named = blueprint.cells[place], blueprint.cells[other]
    if not (marked.is_solution and named.is_solution) or bool(marked.defines) == bool(named.defines):
        return place
    names = defined_names(cell.source)
    fits = named.defines <= names if named.defines else not marked.defines <= names
    return other if fits else place


def _by_cell_id(blueprint: Blueprint, cells: Sequence[NotebookNode], found: list[int | None]) -> None:
    taken = set(found)
    for number, cell in enumerate(cells):
        place = blueprint.by_cell_id.get(cell.id)
        if found[number] is None and place is not None and place not in taken:
            found[number] = place
            taken.add(place)


def _by_text(blueprint: Blueprint, cells: Sequence[NotebookNode], found: list[int | None]) -> None:
    taken = set(found)
    free: dict[str, list[int]] = {}
    for place, source in enumerate(blueprint.cells):
        if place not in taken:
            free.setdefault(normalized(source.released), []).append(place)
    for number, cell in enumerate(cells):
        places = free.get(normalized(cell.source)) if found[number] is None and cell.source.strip() else None
        if places:
            found[number] = places.pop(0)


def _by_names(blueprint: Blueprint, cells: Sequence[NotebookNode], found: list[int | None]) -> None:
    wanted = {place: source.defines for place, source in enumerate(blueprint.cells) if source.defines}
    defined = {n: defined_names(cells[n].source) for n, place in enumerate(found) if place is None or place in wanted}
    # A cell that defines the names its own marks promise belongs to no other place.
    free = [n for n, names in defined.items() if (place := found[n]) is None or not wanted[place] <= names]
    for place, promised in wanted.items():
        if not any(promised <= names for n, names in defined.items() if found[n] == place):
            for n in free:
                if promised <= defined[n]:
                    found[n] = place


def _by_place(blueprint: Blueprint, cells: Sequence[NotebookNode], found: list[int | None]) -> None:
    anchors = [-1, *(number for number, place in enumerate(found) if place is not None), len(cells)]
    taken = set(found)
    for start, end in pairwise(anchors):
        first = found[start] if start >= 0 else -1
        last = found[end] if end < len(cells) else len(blueprint.cells)
        assert first is not None
        assert last is not None
        missing = [
            place for place in range(first + 1, last) if blueprint.cells[place].is_solution and place not in taken
        ]
        unknown = [number for number in range(start + 1, end) if cells[number].source.strip()]
        if len(missing) == len(unknown) == 1:
            source = blueprint.cells[missing[0]]
            if cells[unknown[0]].cell_type == source.node.cell_type:
                found[unknown[0]] = missing[0]
                taken.add(missing[0])


def known_cells(blueprint: Blueprint, cells: Sequence[NotebookNode]) -> tuple[int, int]:
    """How many of the source's marked cells were handed in: by their grade_ids alone, and by any sign."""
    by_id = {grade_id_of(cell) for cell in cells} & blueprint.by_grade_id.keys()
    places = {place for place in recognise(blueprint, cells) if place is not None}
    return len(by_id), sum(blueprint.cells[place].grade_id is not None for place in places)


def is_untouched(blueprint: Blueprint, place: int, cell: NotebookNode) -> bool:
    """Whether a submitted cell holds what was released: the current text, or the one its own checksum vouches for."""
    return is_same_text(cell.source, blueprint.cells[place].released) or is_as_released(cell)


def is_as_released(cell: NotebookNode) -> bool:
    """Whether a submitted cell's checksum is that of its text, as it is in a release of whatever age."""
    marks = cell.metadata.get("nbgrader", {})
    try:
        return bool(marks.get("checksum") == compute_checksum(cell))
    except (KeyError, AttributeError, TypeError, ValueError, OverflowError):
        return False
