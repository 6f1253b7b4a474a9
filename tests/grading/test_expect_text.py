"""Text that is printed or returned, and frames where arrays go."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairgrade.grading import CheckFailed, expect_close, expect_same, expect_text, printed_by, student_object


@pytest.mark.parametrize("got", ["a  b\nC\n", " a b\t\n\nC", "a b \r\nC"])
def test_spaces_and_empty_lines_do_not_matter(got):
    expect_text(got, "a b\nC")
    with pytest.raises(CheckFailed):
        expect_text(got, "a b\nC", ignore_spaces=False)


@pytest.mark.parametrize(
    ("got", "said"),
    [(None, "without `return`"), (3, "expected text, got a value of type int"), ("", "expected text, got none"),
     ("a\nx\n", "line 2, 'x', is not right"), ("a", "expected 2 lines, got 1"), ("A\nsecret", "line 1, 'A'")],
)  # fmt: skip
def test_the_first_wrong_line_is_shown_and_the_right_one_is_not(got, said):
    with pytest.raises(CheckFailed) as failure:
        expect_text(got, "a\nsecret")
    assert said in failure.value.reason
    assert "secret" not in failure.value.reason


def test_case_matters_unless_told():
    expect_text("ABC", "abc", ignore_case=True)


def test_printed_text_is_read_up_to_a_limit():
    work = student_object(lambda n: print("x" * n))
    assert printed_by(lambda: work(3)) == "xxx\n"
    assert len(printed_by(lambda: work(10**6))) == 10_000


def test_a_series_goes_where_an_array_goes():
    expect_close(student_object(pd.Series([1.0, 2.0])), [1, 2])
    expect_same(student_object(pd.DataFrame({"a": [1, 2]})), np.array([[1], [2]]))
    with pytest.raises(CheckFailed, match="1 of 2 values are not right"):
        expect_close(student_object(pd.Series([1.0, 3.0])), [1, 2])


@pytest.mark.parametrize(
    ("got", "said"),
    [({"a": [1], "c": [2.0]}, "The columns of your function: 'c' should not be there"),
     ({"b": [2.0], "a": [1]}, "are in another order than asked for: ['b', 'a']"),
     ({"a": [1], "b": [3.0]}, "Column 'b' of your function gives an array in which 1 of 1"),
     ({"a": [1.5], "b": [2.0]}, "Column 'a' of your function: expected an array of whole numbers")],
)  # fmt: skip
def test_a_frame_says_which_column_is_wrong(got, said):
    with pytest.raises(CheckFailed) as failure:
        expect_same(pd.DataFrame(got), pd.DataFrame({"a": [1], "b": [2.0]}))
    assert said in failure.value.reason
