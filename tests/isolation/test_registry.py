"""Classes that the student's process describes, honestly or not, and what becomes of objects whose process is gone."""

from __future__ import annotations

import pytest

from fairgrade.isolation.engine import Session
from fairgrade.isolation.errors import LimitMet, ObjectLost, ProtocolViolation
from fairgrade.isolation.remote.namespace import Namespace
from tests.attacks.frames import SPEAKS

CLASSES = """
import os

class Base:
    '''Of both.'''
    def __len__(self):
        return 3

class Own(Base):
    pass

class Failed(Exception):
    def __init__(self, reason, code):
        super().__init__(reason)
        self.code = code

class Mixin:
    pass

class Both(Failed, Mixin):
    pass

def fails(kind):
    raise kind("no", 7)

def make(n):
    return [type(f"Kind{i}", (Base,), {})() for i in range(n)]

def dies():
    os._exit(1)

class Refuses(type):
    def __getattribute__(cls, name):
        if name == "__bases__":
            raise RuntimeError("never")
        return super().__getattribute__(name)

class Shy(metaclass=Refuses):
    pass
"""


@pytest.fixture
def names(session: Session) -> Namespace:
    assert session.run_cell(CLASSES).ok
    return Namespace(session.link)


def test_a_class_costs_no_question_of_its_own(session: Session, names: Namespace) -> None:
    """Its description comes with the first object of it, those of its bases before it."""
    own = names["Own"]
    asked = session.link.questions
    made = own()
    assert (type(made), type(made).__mro__[1].__name__, type(made).__mro__[1].__doc__) == (own, "Base", "Of both.")
    assert session.link.questions == asked + 1


def test_an_object_is_an_instance_of_its_class_and_its_bases(names: Namespace) -> None:
    """Whichever of them was described first."""
    made = names["Own"]()
    assert isinstance(made, names["Base"])
    assert isinstance(made, names["Own"])
    assert len(made) == 3


def test_an_exception_of_the_students_class_can_be_caught_and_asked(names: Namespace) -> None:
    """Also where it derives from a class that is no exception."""
    for kind in ("Failed", "Both"):
        with pytest.raises(names["Failed"]) as caught:
            names["fails"](names[kind])
        assert (caught.value.args, caught.value.code) == (("no",), 7)


def test_a_class_that_refuses_to_be_described_is_for_a_person_to_look_at(names: Namespace) -> None:
    """It ends nothing else."""
    with pytest.raises(LimitMet, match="a class that can't be described"):
        names["Shy"]
    assert len(names["Own"]()) == 3


def test_there_is_a_limit_to_classes(names: Namespace) -> None:
    """The student's process keeps to it by itself, and objects of classes that are known go on."""
    own = names["Own"]
    assert len(own()) == 3
    assert len(names["make"](100)) == 100
    with pytest.raises(LimitMet, match="beyond the number of classes"):
        names["make"](2000)
    assert len(own()) == 3


@pytest.mark.parametrize(
    ("lies", "cause"),
    [
        ("send(described_class())\n    send(described_class())", "a class that is described twice"),
        ("send(described_class(number='5'))", "a message whose number is a str"),
        ("send(described_class(bases=[[]]))", "a class that is not described"),
        ("send(described_class(bases=7))", "a message whose bases is a int"),
        ("send(described_class(name=7))", "a message whose name is a int"),
        ("send(described_class(name='a' * 500))", "a class whose name is too long"),
        ("send(described_class(name='a\\0b'))", "a class that can't be"),
        ("send(described_class(special=[[]]))", "a class that can't be"),
        ("send(described_class(lineage=[7]))", "a class that can't be"),
        ("send(answer(value=extension(20, 3, 0, 99, 'Mine', '')))", "a class that is not described"),
        ("[send(described_class(number=n)) for n in range(9, 3000)]", "too many classes"),
    ],
)
def test_a_forged_description_ends_the_process(session: Session, lies: str, cause: str) -> None:
    """Each is refused for what is wrong with it."""
    assert session.run_cell(f"{SPEAKS}\ndef square(x):\n    {lies}\n    return 0").ok
    with pytest.raises(ProtocolViolation, match=cause):
        Namespace(session.link)["square"](2.0)


@pytest.mark.parametrize("builtin_base", ["KeyboardInterrupt", "SystemExit", "type", "object", "print", "nothing"])
def test_a_described_class_derives_from_nothing_that_acts(session: Session, builtin_base: str) -> None:
    """A base of Python's that is no Exception is none here."""
    code = f"{SPEAKS}\ndef square(x):\n    send(described_class(builtin_base={builtin_base!r}))\n"
    code += "    send(answer(value=extension(20, 3, 0, 5, 'Mine', '')))"
    assert session.run_cell(code).ok
    made = Namespace(session.link)["square"](2.0)
    assert [cls.__name__ for cls in type(made).__mro__] == ["Mine", "Remote", "object"]


def test_what_has_a_name_is_found_again_after_its_process_died(session: Session, names: Namespace) -> None:
    """The notebook is replayed, and the same name means the same; what has none is lost."""
    own, unnamed = names["Own"], names["Own"]()
    with pytest.raises(Exception, match="exit code 1"):
        names["dies"]()
    assert len(own()) == 3
    with pytest.raises(ObjectLost):
        len(unnamed)
