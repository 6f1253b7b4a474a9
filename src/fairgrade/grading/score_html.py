"""A score as a page fragment: what was right, what was wrong, and what to look at next.

The fragment carries its own style and takes its colours from the page around it, so it reads well in
nbgrader's feedback, in JupyterLab's light and dark themes, and on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape


def render_score(
    score: Mapping[str, Any], diagnoses: Iterable[Mapping[str, Any]], by_price: bool, *, with_points: bool = True
) -> str:
    """Return the HTML of a score; every text in it is escaped.

    Parameters
    ----------
    score : mapping
        As :meth:`fairgrade.grading.Score.to_dict` returns it.
    diagnoses : iterable of mapping
        For each diagnosis its ``title``, its ``hint`` and the points it ``loses``.
    by_price : bool
        Whether the price of the diagnoses leaves more points than the checks gave.
    with_points : bool
        Whether to show points; else diagnoses need no price.
    """
    checks = _without_repeated_reasons(score["checks"])
    return _template().render(
        score=score, checks=checks, diagnoses=diagnoses, by_price=by_price, verdict=_verdict(score), number=_number,
        with_points=with_points,
    )  # fmt: skip


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("fairgrade.grading"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = backticks_as_code
    return environment.get_template("score.html.j2")


def backticks_as_code(text: str) -> Markup:
    """Escape `text`, and set what stands between backticks as code."""
    return Markup(  # noqa: S704 - all but the tags is escaped
        re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    )


def _without_repeated_reasons(checks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows, last = [], ""
    for check in checks:
        reason = check["reason"]
        rows.append({**check, "reason": "As above." if reason and reason == last else reason})
        last = reason or last
    return rows


def _verdict(score: Mapping[str, Any]) -> str:
    if not score["attempted"]:
        return "Not attempted yet. Write the cell above, run it, and submit again."
    if score["earned"] >= score["points"]:
        return "Full marks."
    if any(check["outcome"] == "Failed" for check in score["checks"]):
        return "Look at the first cross."
    return "What is there is right; the rest is still open."


def _number(value: float) -> str:
    return f"{value:.4g}"
