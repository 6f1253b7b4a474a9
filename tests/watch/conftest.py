"""A released course to watch, made once a module and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.autograde.classes import copy, make_course


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The short assignment, released; only to be copied."""
    return make_course(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def small_course(released: Path, tmp_path: Path) -> Path:
    """The short assignment, released, with nothing handed in yet."""
    return copy(released, tmp_path / "course")
