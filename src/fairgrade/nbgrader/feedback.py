"""Feedback pages: the part of a graded notebook that its student may see."""

from __future__ import annotations

import re
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

import nbgrader
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution, is_task
from pygments.formatters import HtmlFormatter
from traitlets import Enum
from traitlets.config import Config

from fairgrade.grading import SCORE_MIME
from fairgrade.grading.score_html import backticks_as_code
from fairgrade.isolation.decision import NEEDS_REVIEW
from fairgrade.nbgrader.autoscores import review_of
from fairgrade.nbgrader.feedback_lesson import FOLDED, LEFT_OUT, SHOWN, arrange_lesson
from fairgrade.nbgrader.feedback_summary import summary_of
from fairgrade.nbgrader.page_style import TEMPLATES, math_font
from fairgrade.nbgrader.sanitize_html import clean_html, clean_output, markdown2html
from fairgrade.notebook.cell import RECORD, SETUP_TAG, AssignmentCell, grade_id_of, tags_of
from fairgrade.notebook.titles import title_of, titles_by_heading

_MOST_INDENTATION = 16
"""Characters; a page on a phone has room for about 40."""

_NBGRADERS = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"


class FeedbackExporter(HTMLExporter):
    """The exporter of ``nbgrader generate_feedback``: nbgrader's template, extended, and no script on the page."""

    @property
    def default_config(self) -> Config:
        """The page's settings, which override those that GenerateFeedback sets for HTMLExporter."""
        config = Config(
            {
                "FeedbackExporter": {
                    "template_name": "fairgrade_feedback",
                    "extra_template_basedirs": [str(TEMPLATES), str(_NBGRADERS)],
                    "extra_template_paths": [str(TEMPLATES), str(_NBGRADERS)],
                    "filters": {
                        "markdown2html": markdown2html,
                        "clean_html": clean_html,
                        "hanging_lines": hanging_lines,
                        "backticks_as_code": backticks_as_code,
                    },
                    "exclude_anchor_links": True,
                },
                "WidgetsDataTypeFilter": {
                    "display_data_priority": [
                        *("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg"),
                        *("text/latex", "text/plain"),
                    ],
                },
            }
        )
        base = super().default_config.copy()
        # That section reaches nbgrader's preprocessors as well, which warn of it.
        base.pop("NbConvertBase", None)
        base.merge(config)
        return base

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """Convert a notebook; the font of formulas is on the page if there is a formula."""
        page, resources = super().from_notebook_node(nb, resources, **kw)
        if "<math" in page:
            page = page.replace("</style>", f"{math_font()}</style>", 1)
        return page, resources


class FairgradeFeedback(NbGraderPreprocessor):
    """Take out of a graded notebook what its student must not see; goes after GetGrades.

    That is hidden tests and marking schemes; the message of a failed test, unless it failed in a line the student has;
    the text that tests with a hidden part print; and paths of this machine.
    """

    lesson = Enum(
        [FOLDED, SHOWN, LEFT_OUT],
        default_value=FOLDED,
        help="""What becomes of all that is neither answer nor test: folded away, which is not printed; shown; or left
        out.""",
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tests = ClearHiddenTests(parent=self)
        self._schemes = ClearMarkScheme(parent=self)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Prepare `nb` for the page, and leave the summary in ``resources["fairgrade"]``."""
        ids = resources["nbgrader"]
        with Gradebook(ids["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            self._prepare_cells(nb, resources, submitted)
            summary = summary_of(nb, submitted)
        nb.cells = arrange_lesson(nb.cells, self.lesson)
        resources["fairgrade"] = {
            **summary,
            "score_mime": SCORE_MIME,
            "refused": nb.metadata.get(RECORD, {}).get("refused", ""),
            "light": HtmlFormatter(style="default").get_style_defs(".highlight"),
            "dark": HtmlFormatter(style="github-dark").get_style_defs(".highlight"),
        }
        return nb, resources

    def _prepare_cells(self, nb: NotebookNode, resources: Any, submitted: SubmittedNotebook) -> None:
        """Hide and clean what cells hold, and note in their metadata how the page shows them."""
        flagged = {g.name: g for g in submitted.grades if g.needs_manual_grade and g.manual_score is None}
        waiting = {name for name, grade in flagged.items() if grade.auto_score is None}
        for number, cell in enumerate(nb.cells):
            if grade_id_of(cell) and not is_solution(cell):
                self._hide(cell, resources, number)
        scrub, titles = _Scrub(), titles_by_heading(nb.cells)
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                scrub.output(clean_output(output, is_tests=AssignmentCell(cell).is_test))
            name = grade_id_of(cell) or ""
            cell.metadata["fairgrade_kind"] = _kind(cell)
            cell.metadata["fairgrade_title"] = titles.get(name) or title_of(name)
            cell.metadata["fairgrade_waits"] = grade_id_of(cell) in waiting
            cell.metadata["fairgrade_reviewed"] = grade_id_of(cell) in flagged and bool(review_of(cell))

    def _hide(self, cell: NotebookNode, resources: Any, number: int) -> None:
        """Hide what is hidden in one of the instructor's cells."""
        before = cell.source
        self._tests.preprocess_cell(cell, resources, number)
        self._schemes.preprocess_cell(cell, resources, number)
        if cell.cell_type == "code" and is_grade(cell):
            # What a test prints is not for the student if a hidden part may have printed it.
            hidden = cell.source != before
            kept = [output for output in cell.outputs if not (hidden and output.output_type == "stream")]
            cell.outputs = [_shown(output, cell.source) for output in kept]


def hanging_lines(html: str) -> str:
    """Have each line of highlighted code go on below its own beginning where it is too long for the page."""
    opening, pre, rest = html.partition("<pre>")
    code, end, closing = rest.rpartition("</pre>")
    lines = "".join(
        f'<span class="line" style="--indent: {_indentation(line)}ch">{line}\n</span>'
        for line in code.rstrip().split("\n")
    )
    return f"{opening}{pre}{lines}{end}{closing}"


def _indentation(line: str) -> int:
    text = re.sub(r"<[^>]*>", "", line)
    return min(len(text) - len(text.lstrip()), _MOST_INDENTATION)


def _shown(output: NotebookNode, visible: str) -> NotebookNode:
    """Remove from a test's output what a hidden part may have put there."""
    if output.output_type == "error" and output.ename == NEEDS_REVIEW:
        output.evalue = "Tests can't decide what this earns. A person will look at it."
        output.traceback = [output.evalue]
    elif output.output_type == "error":
        line = next((text for text in output.traceback if re.match(r"----> \d+ ", text)), "")
        if output.ename != "NotGraded" and (not line or line.split(maxsplit=2)[-1] not in visible):
            message = f"A check that is not shown here did not hold: {output.ename}."
            output.evalue, output.traceback = message, [message]
    elif output.output_type == "execute_result" and SCORE_MIME not in output.data:
        output.data = NotebookNode({"text/plain": output.data.get("text/plain", "")})
    return output


def _kind(cell: NotebookNode) -> str:
    """The kind of a cell, which decides how the page shows it."""
    if cell.metadata.get(RECORD, {}).get("notes"):
        return "notes"
    if is_task(cell):
        return "task"
    if is_grade(cell) and not is_solution(cell):
        return "test"
    if is_solution(cell):
        return "answer"
    if cell.cell_type == "code" and grade_id_of(cell):
        return "setup" if SETUP_TAG in tags_of(cell) or not cell.outputs else "given"
    return "other"


class _Scrub:
    """Replaces paths of this machine."""

    def __init__(self) -> None:
        paths = sysconfig.get_paths()
        python = {sys.prefix, sys.base_prefix, paths["stdlib"], paths["purelib"], paths["platlib"]}
        python |= {path for path in sys.path if Path(path).is_absolute()}
        known = {**dict.fromkeys(python, "python"), str(Path.cwd()): "course", str(Path.home()): "home"}
        known |= {str(Path(path).resolve()): name for path, name in known.items()}
        known |= {tempfile.gettempdir(): "tmp"}
        known.pop("/", None)
        # The longest first, since one may lie in another.
        self._known = dict(sorted(known.items(), key=lambda item: -len(item[0])))
        self._pattern = re.compile("|".join(re.escape(path) + r"(?=[/\"'\s:)<]|$)" for path in self._known))

    def text(self, text: str) -> str:
        return self._pattern.sub(lambda found: f"({self._known[found.group()]})", text)

    def output(self, output: NotebookNode) -> None:
        if "text" in output:
            output.text = self.text(output.text)
        if output.output_type == "error":
            output.evalue = self.text(output.evalue)
            output.traceback = [self.text(line) for line in output.traceback]
        for kind, content in output.get("data", {}).items():
            if kind.startswith("text/"):
                output.data[kind] = self.text(content)
