"""A verification as one self-contained page, with the matrix of checks against misconceptions as a picture."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from fairgrade.verify.findings import Section
from fairgrade.verify.verification_report import Report


def write_page(report: Report, folder: Path) -> Path:
    """Write the page of a report into `folder`; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{report.assignment}-verify.html"
    path.write_text(render(report), encoding="utf-8")
    return path


def render(report: Report) -> str:
    """Return the page; every text in it is escaped."""
    environment = Environment(
        loader=PackageLoader("fairgrade.verify"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = lambda name: name.replace("_", " ")
    environment.filters["shade"] = _shade
    template = environment.get_template("verify.html.j2")
    return template.render(report=report, parts=list(Section), ROW=18, COLUMN=26, NAMES=330, HEADS=190)


def _shade(fraction: float) -> str:
    """Return the colour of a cell by how often the check failed: from transparent to a deep orange."""
    return f"rgba(196, 77, 20, {fraction:.2f})"
