"""The preprocessors that grade a notebook, as the configuration names them."""

from __future__ import annotations

from nbconvert.preprocessors import Preprocessor
from nbgrader.converters import Autograde
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.utils.importstring import import_item

from fairgrade.course import CourseError


def autograde_steps(converter: Autograde) -> list[type[NbGraderPreprocessor]]:
    """``Autograde.autograde_preprocessors`` as classes; the configuration may give their dotted names.

    Raises
    ------
    CourseError
        If one of them is no class of preprocessors, nor the name of one.
    """
    return [_class_of(step) for step in converter.autograde_preprocessors]


def _class_of(step: object) -> type[NbGraderPreprocessor]:
    expected = "Autograde.autograde_preprocessors: expected classes of preprocessors, or their dotted names, got"
    try:
        found = import_item(step) if isinstance(step, str) else step
    except (ImportError, ValueError) as error:
        raise CourseError(f"{expected} {step!r} ({error}). Mend it in nbgrader_config.py.") from error
    if not isinstance(found, type) or not issubclass(found, Preprocessor):
        raise CourseError(f"{expected} {step!r}. Mend it in nbgrader_config.py.")
    return found
