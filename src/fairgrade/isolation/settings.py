"""The settings of isolation, set as all of nbgrader's are: ``c.Isolation.<name> = <value>``."""

from __future__ import annotations

from traitlets import Dict, Enum, Float, Integer, List, TraitError, Unicode
from traitlets.config import Configurable

from fairgrade.isolation.worker.limits import ResourceLimits

MIB = 1 << 20


class Isolation(Configurable):
    """The sandbox and its limits."""

    backend = Enum(
        ["auto", "bubblewrap", "landlock", "none"],
        default_value="auto",
        help="""The sandbox. "auto" takes bubblewrap, else Landlock, else refuses to grade.
        "none" runs student code unprotected, says so in the log, and records it in each notebook.""",
    ).tag(config=True)
    cell_timeout_s = Float(30.0, help="Wall seconds one cell may take.").tag(config=True)
    call_timeout_s = Float(10.0, help="Wall seconds one call of a student's function by a test may take.").tag(
        config=True
    )
    notebook_timeout_s = Float(300.0, help="Wall seconds one notebook may take.").tag(config=True)
    memory_bytes = Integer(4096 * MIB, help="Address space of each process of a submission.").tag(config=True)
    processes = Integer(64, help="Processes and threads of a submission. Under Landlock it can't start processes.").tag(
        config=True
    )
    open_files = Integer(256, help="Open files of each process.").tag(config=True)
    file_bytes = Integer(64 * MIB, help="Size of one file a submission writes.").tag(config=True)
    scratch_bytes = Integer(256 * MIB, help="All files a submission writes (bubblewrap only).").tag(config=True)
    output_bytes = Integer(1 * MIB, help="What one cell may show; the rest is cut off.").tag(config=True)
    message_bytes = Integer(64 * MIB, help="The largest value that crosses between test and student code.").tag(
        config=True
    )
    answers_bytes = Integer(
        160 * MIB,
        help="Memory of the grading process that all values one test is given by student code may take.",
    ).tag(config=True)
    notebook_output_bytes = Integer(
        16 * MIB, help="What all cells of a notebook may show together; what is more is left out."
    ).tag(config=True)
    submitted_bytes = Integer(32 * MIB, help="All files submitted beside a notebook; what is more is left out.").tag(
        config=True
    )
    submitted_files = Integer(
        2000, help="How many files and folders submitted beside a notebook are taken; what is more is left out."
    ).tag(config=True)
    preload = List(
        Unicode(),
        default_value=["ipywidgets"],
        help="Modules imported once for all submissions, besides NumPy, matplotlib and IPython.",
    ).tag(config=True)
    readable = List(Unicode(), help="Further files and folders student code may read, such as a shared data set.").tag(
        config=True
    )

    assignments = Dict(
        key_trait=Unicode(),
        value_trait=Dict(),
        help="""What is otherwise for single assignments, by their names: {"ps3": {"cell_timeout_s": 120.0}}.""",
    ).tag(config=True)

    def of(self, assignment: str) -> Isolation:
        """Return these settings with those of one assignment in their place.

        Raises
        ------
        TraitError
            If something is set that does not exist, or to a value of the wrong kind.
        """
        own = self.assignments.get(assignment, {})
        unknown = sorted(set(own) - set(self.trait_names(config=True)) | set(own) & {"assignments", "backend"})
        if unknown:
            raise TraitError(
                f"c.Isolation.assignments[{assignment!r}]: expected limits such as cell_timeout_s, "
                f"got {', '.join(unknown)}."
            )
        return Isolation(config=self.config, **own) if own else self

    def limits(self) -> ResourceLimits:
        """Return the limits a student's process puts on itself before it runs any of the student's code."""
        return ResourceLimits(
            memory_bytes=self.memory_bytes,
            processes=self.processes,
            open_files=self.open_files,
            file_bytes=self.file_bytes,
            scratch_bytes=self.scratch_bytes,
            cpu_s=int(2 * self.notebook_timeout_s) + 1,
            output_bytes=self.output_bytes,
            message_bytes=self.message_bytes,
        )
