"""A typical answer shows what students wrote, and nothing of who they are."""

from __future__ import annotations

import ast

import pytest

from fairgrade.report.anonymous_code import MAX_LINES, anonymous, common_words, shortened, typical_answer

ANSWER = '''
# Ada Lovelace, 20231234
import numpy as np

def loss(y, p):
    """By Ada."""
    ada_sum = 0  # mine
    print(f"Ada {ada_sum}", "ada@example.org")
    rng = np.random.default_rng(20231234)
    for i in range(len(y)):
        ada_sum += (y[i] - p[i]) ** 2
    return ada_sum
'''


def test_names_texts_comments_and_long_numbers_are_replaced() -> None:
    """What Python and NumPy know is kept, and what several students use."""
    shown = anonymous(ANSWER, common_words([], known=["def loss(y, p): rng, i"]))
    assert shown == (
        "import numpy as np\n\ndef loss(y, p):\n    v1 = 0\n    print('...', '...')\n"
        "    rng = np.random.default_rng(0)\n"
        "    for i in range(len(y)):\n        v1 += (y[i] - p[i]) ** 2\n    return v1"
    )


def test_what_three_students_use_is_kept() -> None:
    answers = ["total = 'both'\nmine = 1", "total = 'both'\nown = 2", "total = 'both'\nother = 3"]
    common = common_words(answers)
    assert common == {"total", "'both'"}
    assert anonymous(answers[0], common) == "total = 'both'\nv1 = 1"
    assert common_words(answers[:2]) == frozenset()


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("def f(x):\n    'Only a docstring.'", "def f(v1):\n    ..."),
        ("def ada(self, *, eve=1): return self.eve", "def v1(self, *, v2=1):\n    return self.v2"),
        ("lücke = zürich(ä)", "v1 = v2(v3)"),
        ("x = '''a\nb''' + 'é' + y", "v1 = '...' + '...' + v2"),
        ("def f(:", ""),
        ("%matplotlib inline", ""),
        ("\x00", ""),
        ("x = " + "(" * 5000, ""),
        ("x = " + "-" * 3000 + "1", ""),
    ],
    ids=str,
)  # fmt: skip
def test_any_text_gives_code_that_can_be_read_or_nothing(code: str, shown: str) -> None:
    found = anonymous(code, frozenset({"f"}))
    assert found == shown
    ast.parse(found)


def test_the_answer_of_most_students_is_typical() -> None:
    """Answers that differ in names and comments alone read alike."""
    found = typical_answer(["a = 1  # mine", "bob = 1", "a = 2", "not python!"], frozenset())
    assert found is not None
    assert (found.code, found.alike, found.of) == ("v1 = 1", 2, 4)


def test_few_students_have_no_typical_answer() -> None:
    assert typical_answer(["a = 1", "a = 1"], frozenset()) is None
    assert typical_answer(["?", "?", "?"], frozenset()) is None


def test_of_long_code_the_unusual_lines_are_shown() -> None:
    """With the heads of their blocks; the rest is left out."""
    usual = [f"    a{n} = {n}" for n in range(MAX_LINES)]
    code = "\n".join(["def f():", *usual, "    if a:", "        return 1", "x = 0"])
    known = {line.strip() for line in [*usual, "x = 0", "def f():", "if a:"]}
    assert shortened(code, known) == "def f():\n...\n    if a:\n        return 1\n..."
    assert len(shortened(code, set()).splitlines()) == MAX_LINES + 1
    assert shortened("a = 1", {"a = 1"}) == "a = 1"
