"""What submissions that are made to be expensive cost a class: seconds, and memory of worker and coordinator.

``python benchmarks/hostile.py --submissions 60`` makes a class of ``part5_training`` in which one submission of each
kind below is hidden, grades it with ``fairgrade autograde --jobs 1``, and grades the same class without them. It ends
with an error if a submission is not graded, or a process takes more memory than it may.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from classroom import ASSIGNMENT, NOTEBOOK, ROOT, environment, make_class
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from fairgrade.intake.read import DEFAULT_LIMITS
from fairgrade.isolation.worker.messages import Answer, Done, frame

CELL = "mse_loss"
MOST_BYTES = 400e6

SPEAKS = r"""
import os, stat, struct, msgpack
def send(data):
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return os.write(fd, struct.pack(">I", len(data)) + data)
        except OSError:
            pass
"""

CODE: dict[str, str] = {
    "HTML nested 200,000 deep": "from IPython.display import HTML, display\ndisplay(HTML('<div>' * 200_000))",
    "HTML left open": "from IPython.display import HTML, display\n"
    "for _ in range(60): display(HTML(''.join(f'<i title={i}><p>' for i in range(900)) + '</i>' * 900))",
    "100,000 keys of one hash, sent": SPEAKS + "def mse_loss(*a):\n"
    "    keys = (msgpack.packb(msgpack.ExtType(4, (i * (2**61 - 1)).to_bytes(12, 'big'))) for i in range(100_000))\n"
    "    pairs = b''.join(key + b'\\0' for key in keys)\n"
    f"    before, after = msgpack.packb({frame(Answer('ok', 'here'))}).split(msgpack.packb('here'))\n"
    "    send(before + b'\\xdf' + (100_000).to_bytes(4, 'big') + pairs + after)",
    "a range of 300 million": "def mse_loss(*a): return range(3 * 10**8)",
    "400,000 named tuples": "from collections import namedtuple\n"
    "def mse_loss(*a): return [namedtuple(f'A{i}', 'x')(0) for i in range(500)] * 800",
    "3.5 million empty lists": "def mse_loss(*a): return [[[] for _ in range(1000)] for _ in range(3500)]",
    "an integer of 5,000 digits, shown": "import sys; sys.set_int_max_str_digits(0)\n"
    "from IPython.display import display\ndisplay({'application/json': {'n': 10**5000}}, raw=True)",
    "a count of -5": SPEAKS + f"send(msgpack.packb({frame(Done(True, -5, None))}))",
    "1,000 displays, updated together": "from IPython.display import display, update_display\n"
    "for _ in range(1000): display({'text/plain': ''}, raw=True, display_id='d')\n"
    "for _ in range(20): update_display({'text/plain': 'x' * 40_000}, raw=True, display_id='d')",
}


def in_each_cell(notebook: NotebookNode, folder: Path) -> None:
    """All that a cell may show, in four hundred."""
    notebook.cells += [new_code_cell("print('a line\\n' * 140_000)", id=f"more-{i}") for i in range(400)]


def many_files(notebook: NotebookNode, folder: Path) -> None:
    """Empty ones."""
    for number in range(70_000):
        (folder / f"{number:05}").touch()


def large_files(notebook: NotebookNode, folder: Path) -> None:
    """Together more than the sandbox holds."""
    for number in range(6):
        with (folder / f"{number}.bin").open("wb") as file:
            file.truncate(60_000_000)


def wide_text(most_bytes: int) -> Callable[[NotebookNode, Path], None]:
    """One character beyond the Basic Multilingual Plane, which makes a long text four times as large."""

    def edit(notebook: NotebookNode, folder: Path) -> None:
        text = "x" * most_bytes + "\U0001f600"
        notebook.cells.append(new_code_cell("", id="wide", outputs=[new_output("stream", text=text)]))

    return edit


def wide_source(notebook: NotebookNode, folder: Path) -> None:
    """As much text as the cells of a notebook may have, each character four bytes wide."""
    notebook.cells.append(new_code_cell("#" * (DEFAULT_LIMITS.source_bytes - 100_000) + "\U0001f600", id="wide"))


def all_that_is_taken(notebook: NotebookNode, folder: Path) -> None:
    """As many bytes of notebook and files as are read at all."""
    wide_text(DEFAULT_LIMITS.file_bytes - (1 << 20))(notebook, folder)
    for number in range(4):
        (folder / f"{number}.bin").write_bytes(bytes(8 << 20))


EDITS: dict[str, Callable[[NotebookNode, Path], None]] = {
    "400 cells that show 1 MB each": in_each_cell,
    "70,000 files": many_files,
    "360 MB of files": large_files,
    "60 MB of text, one emoji": wide_text(60 << 20),
    "46 MB of text, one emoji": wide_text(46 << 20),
    "14 MB of text, one emoji": wide_text(14 << 20),
    "a cell with 4 MB of text, one emoji": wide_source,
    "47 MB of notebook and 32 MB of files": all_that_is_taken,
    "the same again": all_that_is_taken,
}
NAMES = ["[s]*", "?", "n" * 255]


def make_hostile(course: Path) -> dict[str, str]:
    """Hand in one submission of each kind; gives the kind by student."""
    released = course / "release" / ASSIGNMENT / NOTEBOOK
    kinds = {f"x{i:02}": kind for i, kind in enumerate([*CODE, *EDITS])} | dict.fromkeys(NAMES, "an odd name")
    for student, kind in kinds.items():
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        notebook = nbformat.read(released, as_version=4)
        if kind in CODE:
            next(cell for cell in notebook.cells if cell.id == CELL).source = CODE[kind]
        if kind in EDITS:
            EDITS[kind](notebook, folder)
        nbformat.write(notebook, folder / NOTEBOOK)
    return kinds


def grade(course: Path) -> dict[str, Any]:
    """Grade a class, and what the run tells of it."""
    began = time.perf_counter()
    command = ["fairgrade", "autograde", ASSIGNMENT, "--jobs", "1", "--json", "out.json"]
    subprocess.run(command, cwd=course, env=environment(), stdout=subprocess.DEVNULL, check=False)
    told: dict[str, Any] = json.loads((course / "out.json").read_text())
    return told | {"seconds": time.perf_counter() - began}


def main() -> None:
    """Grade both classes, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=60, help="of the class, the hostile ones among them")
    options = parser.parse_args()
    (ROOT / "build").mkdir(exist_ok=True)
    # Not below /tmp, which a sandbox has for itself.
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        honest = make_class(Path(folder) / "honest", options.submissions - len(CODE) - len(EDITS) - len(NAMES))
        mixed = Path(folder) / "mixed"
        shutil.copytree(honest, mixed)
        kinds = make_hostile(mixed)
        alone, together = grade(honest), grade(mixed)
    rows = {row["student"]: row for row in together["submissions"]}
    print("| submission | seconds | points |\n| --- | ---: | ---: |")
    for student, kind in kinds.items():
        row = rows.get(student, {})
        print(f"| {kind} | {row.get('seconds', float('nan')):.1f} | {row.get('points')} {row.get('error', '')} |")
    megabytes = {
        who: [f"{told[f'{who}_bytes'] / 1e6:.0f}" for told in (alone, together)] for who in ("worker", "coordinator")
    }
    print(f"\n{options.submissions} submissions, {len(kinds)} of them hostile: {together['seconds']:.0f} s")
    print(f"without the hostile ones: {alone['seconds']:.0f} s; not graded: {together['errors']}")
    for who, (before, after) in megabytes.items():
        print(f"{who}: {after} MB, without the hostile ones {before} MB; the limit is {MOST_BYTES / 1e6:.0f} MB")
    if max(together["worker_bytes"], together["coordinator_bytes"]) > MOST_BYTES or together["errors"]:
        raise SystemExit("expected all to be graded within the limit")


if __name__ == "__main__":
    main()
