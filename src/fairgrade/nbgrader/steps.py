"""The preprocessors that grade a notebook, as the configuration names them."""

from __future__ import annotations

from nbgrader.converters import Autograde
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.utils.importstring import import_item


def autograde_steps(converter: Autograde) -> list[type[NbGraderPreprocessor]]:
    """``Autograde.autograde_preprocessors`` as classes; the configuration may give their dotted names."""
    return [import_item(step) if isinstance(step, str) else step for step in converter.autograde_preprocessors]
