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


def test_a_cell_is_believed_its_execution_count(session: Session) -> None:  # noqa: F811
    told = session.run_cell(CASES["negative_count"].SQUARE.replace("execution_count=-5", "execution_count=5"))
    assert (told.ok, told.count) == (True, 5)


def test_an_impossible_execution_count_is_refused_by_name(session: Session) -> None:  # noqa: F811
    told = session.run_cell(CASES["negative_count"].SQUARE)
    assert CASES["negative_count"].CAUSE in told.outputs[-1].evalue


def test_both_messages_of_the_forged_end_are_taken(session: Session) -> None:  # noqa: F811
    assert session.run_cell(CASES["forged_done"].SQUARE).ok
    assert session.link.names == {"square", "triple"}
    assert Namespace(session.link)["square"] == 4.0


def test_keys_are_refused_for_their_one_hash(session: Session) -> None:  # noqa: F811
    lie = CASES["colliding_keys_sent"].SQUARE
    assert session.run_cell(lie.replace("i * (2**61 - 1)", "2**70 + i") + "    return 0\n").ok
    assert len(Namespace(session.link)["square"](2.0)) == 10_000
    session.close()
    session.link.budget.renew()
    assert session.run_cell(lie).ok
    with pytest.raises(ProtocolViolation, match="too many keys of one hash"):
        Namespace(session.link)["square"](2.0)


def test_each_case_that_speaks_to_the_grader_says_what_it_is_refused_for() -> None:
    speaks = {name for name, case in CASES.items() if "def channel():" in getattr(case, "SQUARE", "")}
    assert FORGED.keys() <= speaks
    assert [name for name in speaks if not getattr(CASES[name], "CAUSE", "")] == []
