"""The lesson's own text on a feedback page: folded away between the student's answers, without orphaned captions."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from fairgrade.notebook.titles import headings_in

FOLDED, SHOWN, LEFT_OUT = "folded", "shown", "left out"

_CAPTION = re.compile(r"\A\s*[*_]{1,2}What you see\b.*?(?:\n\s*\n|\Z)", re.DOTALL)
_MOST_TITLES = 2


def arrange_lesson(cells: list[NotebookNode], how: str) -> list[NotebookNode]:
    """Fold the lesson away, show it, or leave it out; captions go where their picture is not there.

    Parameters
    ----------
    cells : list of NotebookNode
        With the ``fairgrade_kind`` of each in its metadata.
    how : str
        FOLDED, SHOWN or LEFT_OUT.

    Returns
    -------
    list of NotebookNode
        The cells of the page. The first and the last cell of a fold have ``fairgrade_opens``, the titles in it, and
        ``fairgrade_closes`` in their metadata.
    """
    _drop_captions(cells)
    cells = [cell for cell in cells if cell.source.strip() or cell.get("outputs") or not _is_lesson(cell)]
    if how == LEFT_OUT:
        return [cell for cell in cells if not _is_lesson(cell)]
    for run in _runs_of_lesson(cells) if how == FOLDED else ():
        titles = [title for cell in run if cell.cell_type == "markdown" for title in headings_in(cell.source)]
        more = " …" if len(titles) > _MOST_TITLES else ""
        run[0].metadata["fairgrade_opens"] = "Lesson" + ": " * bool(titles) + "; ".join(titles[:_MOST_TITLES]) + more
        run[-1].metadata["fairgrade_closes"] = True
    return cells


def _is_lesson(cell: NotebookNode) -> bool:
    return cell.metadata.fairgrade_kind in ("other", "given", "setup")


def _runs_of_lesson(cells: list[NotebookNode]) -> Iterator[list[NotebookNode]]:
    run: list[NotebookNode] = []
    for cell in cells:
        if _is_lesson(cell):
            run.append(cell)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _drop_captions(cells: list[NotebookNode]) -> None:
    """Drop the paragraph "What you see: ..." where the code above it has not drawn anything.

    Demonstrations are not run while grading (tag ``skip-execution``).
    """
    for above, cell in itertools.pairwise(cells):
        is_text = cell.cell_type == "markdown" and not is_solution(cell)
        if is_text and above.cell_type == "code" and not above.outputs:
            cell.source = _CAPTION.sub("", cell.source)
