"""Sandboxed sessions for tests; one zygote for each backend."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.sandbox.start import BACKENDS
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.student_process import Zygote

MIB = 1 << 20


def settings(backend: str) -> Isolation:
    """Small limits, but for those of time: on a busy machine, a test that meets none must not meet one by chance."""
    return Isolation(
        backend=backend, cell_timeout_s=60.0, call_timeout_s=30.0, notebook_timeout_s=300.0, memory_bytes=1024 * MIB,
        file_bytes=16 * MIB, scratch_bytes=32 * MIB, output_bytes=100_000, message_bytes=4 * MIB,
    )  # fmt: skip


def little_time(backend: str) -> Isolation:
    """Settings for tests that meet a limit of time, and so have to wait for it."""
    short = settings(backend)
    short.cell_timeout_s, short.call_timeout_s, short.notebook_timeout_s = 1.5, 0.7, 20.0
    return short


@pytest.fixture(scope="session", params=["bubblewrap", "landlock"])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    """A warm zygote."""
    if reason := BACKENDS[request.param]().lacks():
        pytest.skip(f"{request.param}: {reason}")
    made = Zygote(settings(request.param))
    yield made
    made.close()


@pytest.fixture
def session(zygote: Zygote) -> Iterator[Session]:
    """A fresh submission."""
    with Session(zygote, settings(zygote.backend), seed=7) as opened:
        yield opened


@pytest.fixture
def hurried(zygote: Zygote) -> Iterator[Session]:
    """A fresh submission that has little time."""
    with Session(zygote, little_time(zygote.backend), seed=7) as opened:
        yield opened


@pytest.fixture
def names(session: Session) -> Namespace:
    """What a test of that submission sees."""
    return Namespace(session.link)
