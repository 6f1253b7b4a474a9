"""Tokens stay the same when a copy is hidden, and come out of any text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fairgrade.similar.normal_tokens import normal_tokens

ORIGINAL = '''
import numpy as np

def loss(y_true, y_pred):
    """The mean."""
    total = np.sum((y_true - y_pred) ** 2)  # squared
    return total / len(y_true)
'''

HIDDEN = """
import numpy
# Other words
def f(a, b):
    r = numpy.sum((a - b)
                  ** 3)

    return r / len(a)
"""


def texts(code: str) -> list[str]:
    return [token.text for token in normal_tokens(code)]


def test_names_comments_literals_and_layout_make_no_difference() -> None:
    assert texts(ORIGINAL) == texts(HIDDEN)
    assert texts("x = 'a' \"b\" f'{c}'") == ["name", "=", "text"]
    assert texts("x = 1.5e-3 + .5 + 0xFF") == ["name", "=", "0", "+", "0", "+", "0"]


def test_what_a_copy_can_not_change_makes_one() -> None:
    """Functions of libraries and built-in ones, keywords and operators."""
    assert texts("np.mean(a)") == ["name", ".", "mean", "(", "name", ")"]
    assert texts("np.mean(a)") != texts("np.sum(a)")
    assert texts("len(a)") != texts("sum(a)")
    assert texts("a < b") != texts("a <= b")


def test_attributes_that_the_code_sets_are_names() -> None:
    assert texts("self.total = 0\nself.total.mean()") == texts("me.acc = 1\nme.acc.mean()")


def test_tokens_say_where_they_stand() -> None:
    code = "ä = 'é'\nb = np.exp(ä)"
    assert [code[token.start : token.end] for token in normal_tokens(code)][:3] == ["ä", "=", "'é'"]


def test_broken_code_has_tokens_too() -> None:
    assert texts("x = (1,\ny = 'open\nz = ?") == ["name", "=", "(", "0", ",", "name", "=", "text", "name", "=", "?"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("a.b'\"\\#()[{\n =1e_f%@!\0é\ud800")), max_size=60))
def test_any_text_has_tokens_in_order(code: str) -> None:
    spans = [(token.start, token.end) for token in normal_tokens(code)]
    assert spans == sorted(spans)
    assert all(start < end <= len(code) for start, end in spans)
