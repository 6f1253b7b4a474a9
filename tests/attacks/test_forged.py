"""A forged message is refused for its one lie, and for nothing else: with the truth in its place it is taken."""

from __future__ import annotations

import pytest

from fairgrade.isolation.engine import Session
from fairgrade.isolation.errors import ProtocolViolation
from fairgrade.isolation.remote import objects
from fairgrade.isolation.remote.namespace import Namespace
from tests.attacks.frames import Forged
from tests.attacks.test_attacks import CASES
from tests.isolation.conftest import session, zygote  # noqa: F401 - fixtures

FORGED: dict[str, Forged] = {name: case.FORGED for name, case in CASES.items() if hasattr(case, "FORGED")}

TAKEN = ("forged_answer", "forged_module")
"""Their lies are values, which a test judges."""


def called_back(x: float) -> float:
    """What a test passes, for `callback` to call."""
    return x


@pytest.mark.parametrize("name", FORGED)
def test_the_truth_is_taken(session: Session, name: str) -> None:  # noqa: F811
    """And is what the call gives: it came before the answer that is right."""
    code = FORGED[name].square(FORGED[name].truth)
    if name == "forged_callback":
        code = code.replace("def square(x):", "def square(x, f):")
    assert session.run_cell(code).ok
    square = Namespace(session.link)["square"]
    given = square(2.0, called_back) if name == "forged_callback" else square(2.0)
    if name in ("forged_callback", "forged_class"):
        assert given == 0  # the call was answered, the class made, and the right answer came next
    elif name in ("forged_array", "forged_shape"):
        assert given.shape in ((0,), (2, 1))
    elif name == "forged_reference":
        assert issubclass(type(given), objects.Remote)
    else:
        assert given == 4.0


@pytest.mark.parametrize("name", sorted(FORGED.keys() - set(TAKEN)))
def test_the_lie_is_refused_by_name(session: Session, name: str) -> None:  # noqa: F811
    assert session.run_cell(FORGED[name].square()).ok
    with pytest.raises(ProtocolViolation) as refused:
        Namespace(session.link)["square"](2.0)
    assert CASES[name].CAUSE in str(refused.value)


def test_each_case_that_forges_a_message_is_among_them() -> None:
    speaks = {name for name, case in CASES.items() if "answer(value" in getattr(case, "SQUARE", "")}
    assert speaks - FORGED.keys() <= {"forged_done"}
