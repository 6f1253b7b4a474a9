"""An example shows the mistake and nothing of the person."""

from __future__ import annotations

import pytest

from fairgrade.discovery.typical_answer import normalised, typical_answer


def test_names_comments_and_texts_of_a_person_are_gone() -> None:
    source = '''
import numpy as np

# Erika Mustermann, 4711
ERIKA = 2

def erikas_helper(mustermann: "Erika", scale=1):
    """Written by Erika."""
    return mustermann * scale

def spread(erika: list) -> "Mustermann":
    print("Erika was here", f"{erika}")
    total = erikas_helper(erika, scale=ERIKA)
    class Erika:
        erika_attribute = "Erika"
    if total is None:
        raise ValueError("Erika!")
    return np.einsum("i,i->", total, other_erika)

print(spread([1]))
'''
    assert normalised(source, "spread", {"total", "np"}, ["x"]) == (
        "import numpy as np\n"
        "v1 = 2\n\n"
        "def v2(v3, v4=1):\n"
        "    return v3 * v4\n\n"
        "def spread(x):\n"
        "    print('...', '...')\n"
        "    total = v2(x, v4=v1)\n\n"
        "    class v5:\n"
        "        v6 = '...'\n"
        "    if total is None:\n"
        "        raise ValueError\n"
        "    return np.einsum('i,i->', total, v7)"
    )


def test_the_most_frequent_answer_is_typical() -> None:
    sources = ["def f(a):\n    return a + 1", "def f(q):\n    return q + 1  # mine", "def f(x): return 1 + x", "oops ("]
    assert typical_answer(sources, "f", "", ["x"]) == "def f(x):\n    return x + 1"


@pytest.mark.parametrize("source", ["", "x = (", "g = 1", "f" + "(" * 5000, "#" * 50_000, "def f(:\n\x00"])
def test_what_defines_nothing_has_no_example(source: str) -> None:
    """A student's text may be anything."""
    assert normalised(source, "f", set()) is None
