"""A course full of secrets, and a class that tries to have them, or worse, on its pages of feedback."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import Gradebook

from tests.intake.lab import ASSIGNMENT, NOTEBOOK, Lab
from tests.notebooks import cell, cell_of, hidden, notebook_of, solved

SECRETS = (
    "CANARY-solution", "CANARY-hidden-source", "CANARY-printed", "CANARY-message", "CANARY-mark-scheme",
    "CANARY-answer-key", "CANARY-grader", "27182818", "54365636",
)  # fmt: skip
"""What no page may hold; the numbers are a hidden input and the value expected of it."""

PAYLOAD = "document.documentElement.setAttribute('data-pwned', '1')"

GRADER = '''
from fairgrade.grading import Exercise, expect_close


def reference(x):
    return 2 * x


twice = Exercise("twice", points=4, reference=reference)


@twice.check(points=2)
def small(twice, rng):
    """Small numbers are doubled."""
    expect_close(twice(3), 6, given="3")  # CANARY-grader


@twice.check(points=2)
def large(twice, rng):
    """Large numbers are doubled."""
    expect_close(twice(27182818), 54365636, given="a large number")


@twice.probe
def of_three(twice, rng):
    return twice(3)


@twice.probe
def of_five(twice, rng):
    return twice(5)


@twice.probe
def of_seven(twice, rng):
    return twice(7)


@twice.misconception(hint="Two times, not to the power of two.", loses=4)
def squares(x):
    return x * x
'''

_TITLE = (
    "# Doubling\n\nThe rule is $f(x) = 2x$, so $f(\\frac{1}{2}) = 1$.\n\n"
    "$$\\sum_{i = 1}^{n} \\left(\\frac{x_i}{2}\\right) = 1$$\n\n"
    "| measurement | | uncertainty | 0.12345 | interpretation | consequences |\n|---|---|---|---|---|---|\n"
    "| temperature | 293.15000 | negligible | 1013.25 | comparatively warm | none whatsoever |"
)

_TWICE = solved("def twice(x):\n    return 2 * x  # CANARY-solution")

_THRICE = """assert thrice(1) == 3
print("seen")
""" + hidden("""marker = "CANARY-hidden-source"
print("CANARY-printed")
import numpy as np
np.testing.assert_allclose(thrice(27182818), 54365636, err_msg="CANARY-message")""")

_DRAWING = "Draw it.\n=== BEGIN MARK SCHEME ===\nCANARY-mark-scheme\n=== END MARK SCHEME ==="

ACTIVE = [
    f"<script>{PAYLOAD}</script>",
    f'<img src="x" onerror="{PAYLOAD}">',
    f'<svg onload="{PAYLOAD}"><script>{PAYLOAD}</script></svg>',
    f'<iframe srcdoc="<script>parent.{PAYLOAD}</script>"></iframe>',
    f'<a href="javascript:{PAYLOAD}">press</a>',
    f'<details open ontoggle="{PAYLOAD}">x</details>',
    '<form action="https://collector.invalid/"><input autofocus onfocus="1"><button>Send</button></form>',
    '<link rel="stylesheet" href="https://collector.invalid/x.css"><img src="https://collector.invalid/x.png">',
    '<style>body { display: none } @import "https://collector.invalid/y.css";</style>',
    '<meta http-equiv="refresh" content="0;url=https://collector.invalid/"><base href="https://collector.invalid/">',
    '<div style="position:fixed;inset:0;background:url(https://collector.invalid/z.png)">over all</div>',
    f"$\\text{{<img src=x onerror={PAYLOAD}>}}$",
    f"<math><mtext><style><img src=x onerror={PAYLOAD}></style></mtext></math>",
]
"""What must not act, as HTML; Markdown takes it as it is."""


def source_notebook() -> NotebookNode:
    """The instructor's notebook."""
    return notebook_of(
        cell("plain", _TITLE, grade_id="title", markdown=True),
        cell("given", "import matplotlib.pyplot as plt", grade_id="setup", tags=["setup"]),
        cell("solution", _TWICE, grade_id="twice"),
        cell("test", hidden("from graders import twice as grader\ngrader.grade(twice)"), 4, grade_id="test_twice"),
        cell("solution", "def thrice(x):\n    return None", grade_id="thrice"),
        cell("test", _THRICE, 2, grade_id="test_thrice"),
        cell("solution", solved("Because."), 3, grade_id="words", markdown=True),
        cell("task", _DRAWING, 5, grade_id="drawing", markdown=True),
        cell("solution", 'answers = {"one": ""}', grade_id="quiz"),
        cell("test", hidden('assert answers["one"] == "CANARY-answer-key"'), 1, grade_id="test_quiz"),
    )


def make(folder: Path) -> Lab:
    """The course with three submissions, autograded, one of them commented on."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "graders.py").write_text(GRADER)  # releasing reads the points there
    lab = Lab(folder, {NOTEBOOK: source_notebook()})
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("c.IsolatedExecute.preflight = False  # not all of its tests can be passed\n")
    submit(lab, "s001", right(lab.released()))
    submit(lab, "s002", hostile(lab.released()))
    (lab.submission("s003") / f"{NOTEBOOK}.ipynb").write_text("{ cut off")
    lab.nbgrader("autograde", ASSIGNMENT)
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("words", NOTEBOOK, ASSIGNMENT, "s001")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.find_comment("words", NOTEBOOK, ASSIGNMENT, "s001").manual_comment = "Well put, *mostly*."
        gradebook.db.commit()
    return lab


def submit(lab: Lab, student: str, notebook: NotebookNode) -> None:
    """Hand in."""
    (lab.submission(student) / f"{NOTEBOOK}.ipynb").write_text(json.dumps(notebook))


def right(notebook: NotebookNode) -> NotebookNode:
    """Good work, with a plot and a small table."""
    cell_of(notebook, "twice").source = (
        "def twice(x):\n    if x:\n        return x + x  # the same as two times x, which is what is asked for here\n"
        "    return 0"
    )
    cell_of(notebook, "thrice").source = "def thrice(x):\n    return 3 * x"
    cell_of(notebook, "words").source = "Since $2x = x + x$, **always**."
    plot = "plt.plot([twice(x) for x in range(4)])\nplt.show()"
    table = (
        "from IPython.display import HTML\n"
        'HTML(\'<table class="dataframe"><tr><th style="color:red">a</th><td>1</td></tr></table>\')'
    )
    notebook.cells[5:5] = [new_code_cell(plot), new_code_cell(table)]
    return notebook


def hostile(notebook: NotebookNode) -> NotebookNode:
    """Everything active in every place, errors from deep inside libraries, and calls that tell what they get."""
    cell_of(notebook, "twice").source = "def twice(x):\n    print('called with', x)\n    return x * x"
    cell_of(notebook, "thrice").source = "def thrice(x):\n    print('called with', x)\n    return 3 * x"
    cell_of(notebook, "words").source = "\n\n".join(ACTIVE)
    shows = "from IPython.display import HTML, Javascript, Markdown, SVG, display\n" + "\n".join(
        f"display({kind}({text!r}))" for text in ACTIVE for kind in ("HTML", "Markdown")
    )
    shows += f"\ndisplay(Javascript({PAYLOAD!r}))\ndisplay(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\">'"
    shows += f" '<script>{PAYLOAD}</script></svg>'))\n"
    shows += f"display({{'image/png': 'x\" onerror=\"{PAYLOAD}', 'text/plain': '<b>'}}, raw=True)\n"
    shows += "print('\\x1b[31m<script>alert(1)</script>\\x1b[0m')"
    breaks = "import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))"
    where = "import sys, numpy\nprint(sys.prefix, numpy.__file__, sys.path)"
    notebook.cells += [new_code_cell(shows), new_code_cell(breaks), new_code_cell(where)]
    notebook.cells += [new_markdown_cell(text) for text in ACTIVE] + [new_raw_cell(ACTIVE[0])]
    return notebook
