"""A generator of mangled submissions: each function takes an honest one and does one thing that happens, or is done.

A function's docstring says what. Its decorator says how it is handed in and what must come of it: the points,
the notes that explain what was unusual, or the cause for which it can't be graded.
"""

from __future__ import annotations

import base64
import copy
import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from fairgrade.intake import Cause, Kind
from tests.intake.lab import FULL, NOTEBOOK, RIGHT
from tests.notebooks import cell_of

FILE = f"{NOTEBOOK}.ipynb"
PIXEL = base64.b64encode(b"\x89PNG not really, but base64").decode()
SECRET = "CANARY-linked-file-77aa"


@dataclass(frozen=True)
class Case:
    """One way to mangle."""

    name: str
    hand_in: Callable[[Path, Any], None]
    scores: dict[str, float | None]
    kinds: frozenset[Kind]
    cause: Cause | None


CASES: dict[str, Case] = {}


def _case(*kinds: Kind, cause: Cause | None = None, way: str, **changed: float | None) -> Any:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        def hand_in(folder: Path, notebook: Any) -> None:
            if way == "folder":
                function(folder, notebook)
            elif way == "bytes":
                (folder / FILE).write_bytes(function(notebook))
            else:
                function(notebook)
                (folder / FILE).write_text(json.dumps(notebook))

        scores = dict.fromkeys(FULL, 0.0) if cause else {**FULL, **changed}
        assert function.__doc__, function.__name__
        CASES[function.__name__] = Case(function.__name__, hand_in, scores, frozenset(kinds), cause)
        return function

    return register


def cells(*kinds: Kind, **changed: float | None) -> Any:
    """The function changes the notebook, a tree of JSON data, in place."""
    return _case(*kinds, way="cells", **changed)


def content(*kinds: Kind, cause: Cause | None = None) -> Any:
    """The function returns the file's bytes."""
    return _case(*kinds, cause=cause, way="bytes")


def folder(*kinds: Kind, cause: Cause | None = None, **changed: float | None) -> Any:
    """The function fills the student's folder."""
    return _case(*kinds, cause=cause, way="folder", **changed)


def write(path: Path, notebook: Any) -> None:
    """Write a notebook as Jupyter would."""
    path.write_text(json.dumps(notebook))


def position(nb: Any, grade_id: str) -> int:
    """Where a cell is."""
    return nb["cells"].index(cell_of(nb, grade_id))


def remove(nb: Any, grade_id: str) -> Any:
    """Take a cell out."""
    return nb["cells"].pop(position(nb, grade_id))


def code(source: str, **rest: Any) -> dict[str, Any]:
    """A cell as a student adds it."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **rest}


# -- cells deleted, duplicated, split, merged, reordered ------------------------------------------


@cells(Kind.RESTORED)
def deletes_a_test(nb):
    """A graded test is gone."""
    remove(nb, "test_square")


@cells(Kind.RESTORED)
def deletes_all_locked_cells(nb):
    """Only what the student wrote is left."""
    nb["cells"] = [cell_of(nb, name) for name in RIGHT]


@cells(Kind.MISSING, test_square=0.0, test_twice=0.0)
def deletes_a_solution(nb):
    """The work itself is gone, and what builds on it fails with it."""
    remove(nb, "square")


@cells(Kind.MISSING)
def deletes_the_answer(nb):
    """A written answer is gone; a person has to look."""
    remove(nb, "words")


@cells(Kind.DUPLICATED)
def has_the_stub_again_behind(nb):
    """A second copy that was never touched."""
    again = copy.deepcopy(cell_of(nb, "square"))
    again["source"] = "def square(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    nb["cells"].append(again)


@cells(Kind.DUPLICATED)
def corrects_itself_in_a_copy(nb):
    """First a wrong copy, then a right one."""
    wrong = copy.deepcopy(cell_of(nb, "square"))
    wrong["source"] = "def square(x):\n    return x"
    nb["cells"].insert(position(nb, "square"), wrong)


@cells(Kind.DUPLICATED, test_square=0.0, test_twice=0.0)
def spoils_itself_in_a_copy(nb):
    """First a right copy, then a wrong one: the last counts."""
    wrong = copy.deepcopy(cell_of(nb, "square"))
    wrong["source"] = "def square(x):\n    return x"
    nb["cells"].insert(position(nb, "square") + 1, wrong)


@cells(Kind.DUPLICATED)
def duplicates_every_cell(nb):
    """The whole notebook, twice."""
    nb["cells"] += copy.deepcopy(nb["cells"])


@cells(Kind.DUPLICATED)
def splits_between_functions(nb):
    """A helper in the first part, the function in the second, both with the marks."""
    first, second = cell_of(nb, "twice"), copy.deepcopy(cell_of(nb, "twice"))
    first["source"] = "def helper(x):\n    return 2 * x"
    second["source"] = "def twice(x):\n    return helper(x)"
    nb["cells"].insert(position(nb, "twice") + 1, second)


@cells(Kind.SPLIT)
def splits_inside_a_function(nb):
    """In the middle of the function, both parts with the marks."""
    first, second = cell_of(nb, "square"), copy.deepcopy(cell_of(nb, "square"))
    first["source"] = "def square(x):\n    result = x * x"
    second["source"] = "    return result"
    nb["cells"].insert(position(nb, "square") + 1, second)


@cells(Kind.SPLIT)
def splits_and_loses_the_marks(nb):
    """In the middle of the function, the second part a plain cell."""
    cell_of(nb, "square")["source"] = "def square(x):\n    result = x * x"
    nb["cells"].insert(position(nb, "square") + 1, code("    return result"))


@cells(Kind.MISSING)
def merges_two_solutions(nb):
    """Both functions in the first cell, the second gone."""
    cell_of(nb, "square")["source"] += "\n\n" + remove(nb, "twice")["source"]


@cells(Kind.RESTORED)
def merges_solution_and_test(nb):
    """The visible test in the solution's cell."""
    cell_of(nb, "square")["source"] += "\n" + remove(nb, "test_square")["source"]


@cells(Kind.MISSING, Kind.EDITED)
def writes_the_solution_into_the_test(nb):
    """The work above the visible test, its own cell gone."""
    test = cell_of(nb, "test_square")
    test["source"] = remove(nb, "square")["source"] + "\n" + test["source"]


@cells(Kind.REORDERED)
def reverses_all_cells(nb):
    """From last to first."""
    nb["cells"].reverse()


@cells(Kind.REORDERED)
def shuffles_all_cells(nb):
    """Any order."""
    random.Random(5).shuffle(nb["cells"])


# -- retyped, retagged, forged, without marks -----------------------------------------------------


@cells(Kind.RETYPED)
def turns_a_solution_into_markdown(nb):
    """Code in a text cell."""
    cell_of(nb, "square")["cell_type"] = "markdown"


@cells(Kind.RETYPED)
def turns_a_solution_into_raw(nb):
    """Code in a raw cell."""
    cell_of(nb, "square")["cell_type"] = "raw"


@cells(Kind.RETYPED)
def turns_a_test_into_markdown(nb):
    """A test that would not run."""
    cell_of(nb, "test_square")["cell_type"] = "markdown"


@cells(Kind.RETYPED)
def turns_the_answer_into_code(nb):
    """Prose in a code cell."""
    cell_of(nb, "words")["cell_type"] = "code"


@cells(Kind.RETAGGED)
def tags_a_test_to_be_skipped(nb):
    """Full marks under stock nbgrader."""
    cell_of(nb, "test_square")["metadata"]["tags"] = ["skip-execution", "raises-exception"]


@cells(Kind.RETAGGED)
def tags_a_solution_as_setup(nb):
    """So that it might run in the grading process."""
    cell_of(nb, "square")["metadata"]["tags"] = ["setup"]


@cells(Kind.MARKS_CHANGED)
def forges_points(nb):
    """A hundred points for four."""
    cell_of(nb, "test_square")["metadata"]["nbgrader"]["points"] = 100


@cells(Kind.MARKS_CHANGED)
def locks_its_solution(nb):
    """Marks that would have it overwritten."""
    cell_of(nb, "square")["metadata"]["nbgrader"].update(locked=True, solution=False)


@cells(Kind.MARKS_CHANGED)
def grades_its_solution(nb):
    """A solution that claims to be a test."""
    cell_of(nb, "square")["metadata"]["nbgrader"].update(grade=True, points=50)


@cells(Kind.UNMARKED)
def renames_an_id(nb):
    """A grade_id that no cell has."""
    cell_of(nb, "square")["metadata"]["nbgrader"]["grade_id"] = "sqare"


@cells(Kind.UNMARKED)
def swaps_the_ids_of_two_solutions(nb):
    """Each function in the other's cell."""
    one, other = cell_of(nb, "square"), cell_of(nb, "twice")
    one["source"], other["source"] = other["source"], one["source"]


@cells(Kind.EDITED)
def claims_to_be_a_test(nb):
    """A cell of its own with a test's id."""
    forged = copy.deepcopy(cell_of(nb, "test_square"))
    forged["source"] = "100"
    nb["cells"].insert(0, forged)


@cells(Kind.UNKNOWN, Kind.ADDED)
def invents_a_test(nb):
    """A graded cell the assignment does not have."""
    forged = copy.deepcopy(cell_of(nb, "test_square"))
    forged["source"], forged["metadata"]["nbgrader"]["grade_id"], forged["id"] = "1", "test_bonus", "bonus"
    nb["cells"].append(forged)


@cells(Kind.UNMARKED)
def loses_all_metadata(nb):
    """As after a tool that keeps only cells."""
    nb["metadata"] = {}
    for cell in nb["cells"]:
        cell["metadata"] = {}


@cells(Kind.UNMARKED)
def loses_all_metadata_and_ids(nb):
    """As after a tool that writes an older format."""
    nb.update(metadata={}, nbformat_minor=4)
    for cell in nb["cells"]:
        cell["metadata"] = {}
        del cell["id"]


@cells(Kind.UNMARKED)
def has_metadata_of_wrong_types(nb):
    """Lists where objects should be."""
    nb["metadata"] = ["kernelspec"]
    for number, cell in enumerate(nb["cells"]):
        cell["metadata"] = [[], "text", None, {"nbgrader": "solution", "tags": {"setup": 1}}, 7][number % 5]


# -- edited and added -----------------------------------------------------------------------------


@cells(Kind.EDITED)
def edits_a_test(nb):
    """A test that always passes."""
    cell_of(nb, "test_square")["source"] = "pass"


@cells(Kind.EDITED)
def edits_setup(nb):
    """A helper of the course's that does something else."""
    cell_of(nb, "setup")["source"] = "def shifted(x, by):\n    return 0"


@cells(Kind.EDITED)
def edits_a_task(nb):
    """Remarks in a locked text."""
    cell_of(nb, "square-task")["source"] += "\n\n(I found this hard.)"


@cells(Kind.ADDED)
def adds_cells_everywhere(nb):
    """Cells between all others."""
    nb["cells"] = [cell for pair in ((c, code("print('here')")) for c in nb["cells"]) for cell in pair]


@cells(Kind.ADDED)
def adds_a_helper_the_solution_needs(nb):
    """Right before the solution that calls it."""
    nb["cells"].insert(position(nb, "square"), code("def times(a, b):\n    return a * b"))
    cell_of(nb, "square")["source"] = "def square(x):\n    return times(x, x)"


@cells(Kind.ADDED)
def changes_an_unlocked_cell(nb):
    """A cell that is the student's to change, and is needed."""
    nb["cells"][2]["source"] = "scale = 2"
    cell_of(nb, "twice")["source"] = "def twice(x):\n    return scale * x"


@cells(Kind.ADDED)
def adds_cells_of_unknown_types(nb):
    """From another system."""
    nb["cells"] += [{"cell_type": "sql", "source": "select 1", "metadata": {}}, 7, None, {}, {"source": {"a": 1}}]


@cells(Kind.ADDED)
def has_null_bytes_and_surrogates(nb):
    """Characters that can't be run or written."""
    nb["cells"].append(code("x = '\0'\n"))
    cell_of(nb, "square")["source"] += "  # \ud83d lone"


# -- the file: formats, kernels, attachments, outputs, text --------------------------------------


@cells(Kind.OLD_FORMAT)
def is_of_format_4_0(nb):
    """No ids yet."""
    nb["nbformat_minor"] = 0
    for cell in nb["cells"]:
        del cell["id"]


@cells()
def has_lines_in_one_string_and_odd_ids(nb):
    """Ids twice, too long, empty, no text at all."""
    for number, cell in enumerate(nb["cells"]):
        cell["source"] = "".join(cell["source"])
        cell["id"] = ["same", "same", "x" * 99, "", 5, "a b"][number % 6]


@content(Kind.OLD_FORMAT)
def is_of_format_3(nb):
    """Worksheets, input in place of source."""
    old = nbformat.convert(nbformat.from_dict(nb), 3)
    return nbformat.writes(old, version=3).encode()


@cells(Kind.KERNEL)
def names_another_kernel(nb):
    """A kernel nobody else has."""
    nb["metadata"]["kernelspec"] = {"name": "my-env", "display_name": "mine", "language": "python"}


@cells(Kind.PICTURES)
def attaches_a_picture(nb):
    """A photo of handwriting in a written answer."""
    cell_of(nb, "words")["attachments"] = {"photo.png": {"image/png": PIXEL}}


@cells(Kind.ATTACHMENTS)
def attaches_a_page(nb):
    """A script as an attachment."""
    cell_of(nb, "words")["attachments"] = {"a.html": {"text/html": "<script>alert(1)</script>"}, "b": 3}


@content(Kind.LARGE_OUTPUTS)
def has_25_mb_of_outputs(nb):
    """A loop that printed far too much."""
    output = {"output_type": "stream", "name": "stdout", "text": ["0123456789" * 10 + "\n"] * 1000}
    cell_of(nb, "square")["outputs"] = [output] * 250
    return json.dumps(nb).encode()


@cells()
def has_outputs_of_wrong_types(nb):
    """Nothing a notebook's schema knows."""
    for cell in nb["cells"]:
        cell["outputs"], cell["execution_count"] = {"stream": [1, 2]}, "seven"


@content(Kind.LINE_ENDS)
def has_windows_line_ends(nb):
    """In the file and in the cells."""
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    return json.dumps(nb, indent=1).replace("\n", "\r\n").encode()


@content(Kind.ENCODING)
def has_a_byte_order_mark(nb):
    """As some editors write."""
    return b"\xef\xbb\xbf" + json.dumps(nb).encode()


@content(Kind.ENCODING)
def is_utf_16(nb):
    """As some editors write."""
    return json.dumps(nb).encode("utf-16")


@content(Kind.ENCODING)
def is_latin_1(nb):
    """Letters in an encoding that is not UTF-8."""
    cell_of(nb, "square")["source"] += "  # carré"
    return json.dumps(nb, ensure_ascii=False).encode("latin-1")


# -- the folder -----------------------------------------------------------------------------------


@folder(Kind.RENAMED)
def renames_the_notebook(path, nb):
    """As a browser names a second download."""
    write(path / "lab (1).ipynb", nb)


@folder(Kind.RENAMED)
def renames_the_notebook_to_text(path, nb):
    """As a browser names what it takes for text."""
    write(path / "Lab.ipynb.txt", nb)


@folder(Kind.RENAMED, Kind.OTHER_NOTEBOOKS)
def hides_the_notebook_behind_another(path, nb):
    """An unrelated notebook under the right name, the right one under another."""
    write(path / FILE, {"cells": [code("1")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    write(path / "final version.ipynb", nb)


@folder(Kind.OTHER_NOTEBOOKS)
def hands_in_drafts_as_well(path, nb):
    """The notebook, and an older copy beside it."""
    write(path / FILE, nb)
    remove(nb, "square")
    write(path / "lab-Copy1.ipynb", nb)
    (path / ".ipynb_checkpoints").mkdir()
    write(path / ".ipynb_checkpoints" / "lab-checkpoint.ipynb", nb)


@folder()
def hands_in_modules_that_shadow(path, nb):
    """Files that would be imported in place of libraries, and a changed data file."""
    write(path / FILE, nb)
    for name in ("numpy.py", "json.py", "nbgrader_config.py"):
        (path / name).write_text("raise SystemExit('shadowed')\n")
    (path / "data.csv").write_text("9,9\n")
    (path / "helper.py").write_text("value = 2\n")


@folder(Kind.OTHER_FILES)
def links_to_other_files(path, nb):
    """To the gradebook, to nothing, and to a device that never ends."""
    write(path / FILE, nb)
    secret = path.parents[2] / "secret.txt"
    secret.write_text(SECRET)
    (path / "notes.txt").symlink_to(secret)
    (path / "gone.txt").symlink_to(path / "nowhere")
    (path / "zero.txt").symlink_to("/dev/zero")
    (path / "everything").symlink_to("/", target_is_directory=True)
    os.mkfifo(path / "pipe.txt")


@folder(Kind.OTHER_FILES)
def puts_folders_where_files_go(path, nb):
    """A folder with the name of the course's data file."""
    write(path / FILE, nb)
    (path / "data.csv").mkdir()
    (path / "data.csv" / "more.txt").write_text("x")


@folder()
def has_a_timestamp_nobody_can_read(path, nb):
    """As an editor or a tool leaves it."""
    write(path / FILE, nb)
    (path / "timestamp.txt").write_text("yesterday, I think")


@folder(Kind.OTHER_FILES)
def has_an_endless_timestamp(path, nb):
    """A link to a device."""
    write(path / FILE, nb)
    (path / "timestamp.txt").symlink_to("/dev/zero")


@folder()
def is_late(path, nb):
    """After the due date."""
    write(path / FILE, nb)
    (path / "timestamp.txt").write_text("2031-01-01 00:00:00 UTC")


# -- what can't be graded -------------------------------------------------------------------------


@content(cause=Cause.NOT_JSON)
def is_cut_off(nb):
    """A disk was full."""
    return json.dumps(nb).encode()[:2000]


@content(cause=Cause.NOT_JSON)
def is_a_web_page(nb):
    """A log-in page was saved in its place."""
    return b"<!doctype html><title>Log in</title>"


@content(cause=Cause.NOT_JSON)
def is_a_zip_file(nb):
    """Compressed."""
    return b"PK\x03\x04" + bytes(range(256)) * 20


@content(cause=Cause.NOT_JSON)
def is_nested_without_end(nb):
    """Brackets, a hundred thousand deep."""
    return b'{"cells":' + b"[" * 100_000


@content(cause=Cause.EMPTY)
def is_empty(nb):
    """No byte."""
    return b""


@content(cause=Cause.EMPTY)
def is_blank(nb):
    """Only blanks."""
    return b"\n \n"


@content(cause=Cause.NOT_A_NOTEBOOK)
def is_other_json(nb):
    """A list."""
    return b'["cells"]'


@content(cause=Cause.NOT_A_NOTEBOOK)
def has_cells_that_are_no_list(nb):
    """An object of cells."""
    return json.dumps({**nb, "cells": {"0": {}}}).encode()


@content(cause=Cause.NO_KNOWN_CELL)
def is_another_notebook(nb):
    """The wrong week's."""
    return json.dumps({**nb, "cells": [code("import antigravity")]}).encode()


@content(cause=Cause.TOO_MANY_CELLS)
def has_too_many_cells(nb):
    """Twenty thousand of them."""
    return json.dumps({**nb, "cells": nb["cells"] + [code("1")] * 20_000}).encode()


@content(cause=Cause.TOO_MUCH_TEXT)
def has_too_much_text(nb):
    """A cell of twenty megabytes."""
    cell_of(nb, "square")["source"] = "#" * 20_000_000
    return json.dumps(nb).encode()


@content(cause=Cause.TOO_MUCH_MEMORY)
def would_fill_the_memory(nb):
    """Small brackets, each a list of its own once it is read."""
    return b'{"cells": [' + b"[]," * 10_000_000 + b"[]]}"


@content(cause=Cause.TOO_MUCH_MEMORY)
def would_fill_the_memory_with_text(nb):
    """One character that makes each of twenty-four million take four bytes."""
    nb["cells"].append({**code(""), "outputs": [{"output_type": "stream", "text": "x" * 24_000_000 + "\U0001f600"}]})
    return json.dumps(nb, ensure_ascii=False).encode()


@folder(cause=Cause.TOO_LARGE)
def is_far_too_large(path, nb):
    """Half a gigabyte."""
    with (path / FILE).open("wb") as file:
        file.truncate(512 << 20)


@folder(cause=Cause.LINK)
def is_a_link(path, nb):
    """To a notebook that the student must not see."""
    (path / FILE).symlink_to(path.parents[2] / "source" / NOTEBOOK / FILE)


@folder(cause=Cause.LINK)
def is_a_link_to_a_device(path, nb):
    """Which never ends."""
    (path / FILE).symlink_to("/dev/zero")


@folder(cause=Cause.LINK)
def is_a_linked_folder(path, nb):
    """The whole submission is a link."""
    elsewhere = path.parents[2] / "elsewhere"
    elsewhere.mkdir()
    write(elsewhere / FILE, nb)
    path.rmdir()
    path.symlink_to(elsewhere, target_is_directory=True)


@folder(cause=Cause.NOT_A_FILE)
def is_a_folder(path, nb):
    """A folder with the notebook's name."""
    (path / FILE).mkdir()
    write(path / FILE / FILE, nb)


@folder(cause=Cause.NOT_A_FILE)
def is_a_pipe(path, nb):
    """Reading it would wait for ever."""
    os.mkfifo(path / FILE)
