"""A released course to watch, made once a module and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.autograde.classes import copy, make_course
from tests.conftest import graders_apart


@pytest.fixture(scope="module", autouse=True)
def own_graders_of_the_module() -> Iterator[None]:
    """`watch_once` opens the course in this process."""
    with graders_apart():
        yield


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The short assignment, released; only to be copied."""
    return make_course(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def small_course(released: Path, tmp_path: Path) -> Path:
    """The short assignment, released, with nothing handed in yet."""
    return copy(released, tmp_path / "course")
