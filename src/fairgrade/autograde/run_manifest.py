"""What makes results come out the same again: a file for each run, in ``reports/<assignment>/runs/``."""

from __future__ import annotations

import platform
from datetime import UTC, datetime

import nbgrader
import numpy as np
from traitlets.config import Config

from fairgrade.autograde.bundle import AssignmentBundle
from fairgrade.autograde.results_store import ResultsStore, read_json, write_json
from fairgrade.grading import Submission
from fairgrade.nbgrader.isolated_execute import IsolatedExecute


def write_manifest(store: ResultsStore, bundle: AssignmentBundle) -> None:
    """Write down what a run's results follow from, readable by nobody else: it holds the course's secret."""
    started = datetime.now(UTC)
    content = {
        "started": started.isoformat(timespec="seconds"),
        "assignment": bundle.assignment,
        "secret": bundle.secret,
        "key": bundle.key,
        "versions": {
            "fairgrade": bundle.version,
            "nbgrader": nbgrader.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "settings": bundle.settings.splitlines(),
    }
    write_json(store.reports / "runs" / f"{started:%Y-%m-%dT%H%M%S.%f}.json", content, 0o600)


def secret_of(config: Config, store: ResultsStore) -> str:
    """Return the secret of a course: as it is configured, as the environment has it, or that of the latest run."""
    return IsolatedExecute(config=config).secret or Submission.from_environment().secret or last_secret(store)


def last_secret(store: ResultsStore) -> str:
    """The secret of the latest run, so that grading again without setting it gives the same scores."""
    for path in sorted((store.reports / "runs").glob("*.json"), reverse=True):
        content = read_json(path)
        if isinstance(content, dict) and isinstance(content.get("secret"), str):
            return str(content["secret"])
    return ""
