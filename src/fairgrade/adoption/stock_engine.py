"""What a notebook earns in stock nbgrader: its own Execute runs the cells in one kernel, its own rules count points.

Nothing is protected here: this is for notebooks of the instructor's own, as ``nbgrader generate_solution`` runs them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearOutput, Execute
from nbgrader.utils import determine_grade
from traitlets.config import Config

from fairgrade.intake.extra_files import write_files
from fairgrade.isolation.worker.folders import temporary
from fairgrade.notebook.cell import AssignmentCell

PYTHON_KERNEL = "python3"


class StockFailure(Exception):
    """Stock nbgrader can't grade a notebook; the message says why."""


@dataclass(frozen=True)
class StockScore:
    """What a test cell earns in stock nbgrader.

    Attributes
    ----------
    earned : float
    why : str
        What took points away: an error, or output on stderr; empty if nothing did.
    """

    earned: float
    why: str = ""


def grade_by_stock(notebook: NotebookNode, files: Mapping[str, bytes], config: Config) -> dict[str, StockScore]:
    """Run a notebook in a temporary folder by nbgrader's own Execute, and count as nbgrader counts.

    Parameters
    ----------
    notebook : NotebookNode
        With tests complete. It stays as it is.
    files : mapping of str to bytes
        What lies beside it, by relative path.
    config : Config
        The course's, which may set time limits.

    Returns
    -------
    dict of str to StockScore
        By the grade_id of test cells.

    Raises
    ------
    StockFailure
        If the kernel dies, or nbgrader can't tell what a cell earns.
    """
    nb = nbformat.from_dict(notebook)
    if nb.metadata.get("kernelspec", {}).get("name") not in KernelSpecManager().find_kernel_specs():
        nb.metadata["kernelspec"] = {"name": PYTHON_KERNEL, "display_name": PYTHON_KERNEL, "language": "python"}
    with temporary() as folder, _as_nbgrader_runs_it():
        write_files(files, Path(folder))
        try:
            nb, resources = ClearOutput().preprocess(nb, {"metadata": {"path": folder}})
            execute = Execute(config=config)
            execute.extra_arguments = [*execute.extra_arguments, "--log-level=ERROR"]  # a kernel warns on our console
            nb, _ = execute.preprocess(nb, resources)
            return {
                cell.name: StockScore(float(determine_grade(cell.node)[0] or 0.0), _trouble(cell.node))
                for cell in map(AssignmentCell, nb.cells)
                if cell.is_test
            }
        except Exception as error:  # a kernel can fail in as many ways as there are layers below it
            raise StockFailure(f"{type(error).__name__}: {str(error)[:500]}") from error


@contextlib.contextmanager
def _as_nbgrader_runs_it() -> Iterator[None]:
    """Tell kernels that nbgrader grades, and leave out of their path what fairgrade's configuration puts there."""
    kept = dict(os.environ)
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.environ.pop("PYTHONPATH", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _trouble(cell: NotebookNode) -> str:
    for output in cell.outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"[:300]
        if output.output_type == "stream" and output.name == "stderr":
            return f"output on stderr, {output.text.strip()[:200]!r}"
    return ""
