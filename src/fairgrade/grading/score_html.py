"""A score as a page fragment: what was right, what was wrong, and what to look at next.

The fragment carries its own style and takes its colours from the page around it, so it reads well in
nbgrader's feedback, in JupyterLab's light and dark themes, and on paper.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from fairgrade.grading.outcomes import Failed, NotAttempted, Passed

if TYPE_CHECKING:
    from fairgrade.grading.score import CheckResult, Score


def render_score(score: Score) -> str:
    """The HTML of `score`; every text in it is escaped."""
    return _template().render(score=score, rows=_rows(score), verdict=_verdict(score), number=_number)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("fairgrade.grading"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _code
    return environment.get_template("score.html.j2")


def _code(text: str) -> Markup:
    """`text` escaped, with what stands between backticks set as code."""
    return Markup(  # noqa: S704 - all but the tags is escaped
        re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    )


def _rows(score: Score) -> list[dict[str, object]]:
    """A row a check; a reason that was just given is not given again."""
    rows, said = [], ""
    for result in score.results:
        mark, reason = _mark_and_reason(result)
        rows.append({"mark": mark, "result": result, "reason": "As above." if reason and reason == said else reason})
        said = reason or said
    return rows


def _mark_and_reason(result: CheckResult) -> tuple[str, str]:
    match result.outcome:
        case Passed(note=note):
            return "passed", note
        case Failed(reason=reason):
            return "failed", reason
        case NotAttempted(reason=reason):
            return "open", reason


def _verdict(score: Score) -> str:
    if not score.attempted:
        return "Not attempted yet. Write the cell above, run it, and submit again."
    if score.earned >= score.points:
        return "Full marks."
    if any(isinstance(result.outcome, Failed) for result in score.results):
        return "Look at the first cross."
    return "What is there is right; the rest is still open."


def _number(value: float) -> str:
    return f"{value:.4g}"
