"""Limits of single assignments, set in one place."""

from __future__ import annotations

import pytest
from traitlets import TraitError
from traitlets.config import Config

from fairgrade.isolation.settings import Isolation


def settings(**own: object) -> Isolation:
    """What a course sets, with something of its own for ps3."""
    config = Config()
    config.Isolation.cell_timeout_s = 20.0
    config.Isolation.assignments = {"ps3": own}
    return Isolation(config=config)


def test_an_assignment_has_its_own_limits_and_otherwise_those_of_the_course():
    """What is not set for it is what the course sets; other assignments are untouched."""
    course = settings(notebook_timeout_s=900, memory_bytes=1 << 33)
    own = course.of("ps3")
    assert (own.notebook_timeout_s, own.memory_bytes, own.cell_timeout_s) == (900, 1 << 33, 20.0)
    assert own.limits().memory_bytes == 1 << 33
    assert course.of("ps1") is course


@pytest.mark.parametrize("own", [{"cell_timeout": 3}, {"backend": "none"}, {"cell_timeout_s": "long"}])
def test_what_is_no_limit_is_refused(own):
    """An unknown name, the sandbox itself, and a value of the wrong kind."""
    with pytest.raises(TraitError, match="cell_timeout"):
        settings(**own).of("ps3")
