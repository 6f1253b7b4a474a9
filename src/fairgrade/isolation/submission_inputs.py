"""What running a submitted notebook takes, as values: no course folder and no gradebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fairgrade.grading.seeding import Submission
from fairgrade.isolation.lost_tests import CellId
from fairgrade.notebook.plan import NotebookPlan


@dataclass(frozen=True)
class SubmissionInputs:
    """What running a submitted notebook takes besides the notebook.

    Attributes
    ----------
    plan : NotebookPlan
        What is done with its cells.
    submission : Submission
        Whose work it is; random inputs follow from it.
    files : mapping of str to bytes
        What lies beside the notebook for the student's code, by relative path.
    folder : Path
        Where tests find their data files.
    hidden : sequence of str
        Folders student code must not see.
    notebook : str
        The notebook's name.
    skipped : frozenset of CellId
        Cells that are not run, since the grading process was lost in them.
    """

    plan: NotebookPlan
    submission: Submission
    files: Mapping[str, bytes]
    folder: Path
    hidden: Sequence[str] = ()
    notebook: str = ""
    skipped: frozenset[CellId] = frozenset()
