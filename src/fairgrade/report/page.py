"""The report as one page that needs no network and no script."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from fairgrade.report.anonymous_code import MIN_HOLDERS
from fairgrade.report.class_report import ClassReport
from fairgrade.report.exercise_outcomes import ExerciseOutcome
from fairgrade.report.item_statistics import MIN_STUDENTS

MOST_ROWS = 12
"""Longer tables are folded from here on."""


def render(report: ClassReport, *, with_names: bool = False) -> str:
    """Return the page; every text in it is escaped.

    Parameters
    ----------
    report : ClassReport
    with_names : bool
        Whether students are listed by their ids.
    """
    environment = Environment(
        loader=PackageLoader("fairgrade.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "number": number, "interval": interval}
    environment.filters |= {"words": lambda name: name.replace("_", " "), "called": report.results.called}
    template = environment.get_template("class_report.html.j2")
    return template.render(
        report=report,
        with_names=with_names,
        MIN_STUDENTS=MIN_STUDENTS,
        MIN_HOLDERS=MIN_HOLDERS,
        MOST_ROWS=MOST_ROWS,
        OUTCOMES=list(ExerciseOutcome),
    )


def write_page(report: ClassReport, root: Path, *, with_names: bool = False) -> Path:
    """Write the page to the folder ``reports`` of a course, and return its path; for the rest see :func:`render`."""
    page = root / "reports" / f"{report.results.assignment}-class.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    new = page.with_name(f".{page.name}.new")
    new.write_text(render(report, with_names=with_names), encoding="utf-8")
    new.replace(page)
    return page


def percent(value: float | None) -> str:
    """Return a share in percent; a dash where it is undefined."""
    return "-" if value is None else f"{100 * value:.0f} %"


def interval(value: tuple[float, float] | None) -> str:
    """Return the ends of an interval; a dash where it is undefined."""
    return "-" if value is None else f"{number(value[0])} to {number(value[1])}"


def number(value: float | None) -> str:
    """Return a number with two decimals; a dash where it is undefined."""
    return "-" if value is None else f"{value:.2f}"
