"""Any value is compared with the right one in steps, and the first difference is told without the right value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairgrade.grading import CheckFailed, expect_same

FRAME = pd.DataFrame({"a": [1, 2], "b": [0.5, None]}, index=["x", "y"])


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (1.0 + 1e-9, 1.0),
        (3, 3.0),
        (3.0, 3),
        (np.float64(0.5), 0.5),
        (np.array([2.0]), 2.0),
        (float("nan"), float("nan")),
        (float("inf"), float("inf")),
        (np.True_, True),
        (1 + 2j, 1 + 2j),
        ("ab", "ab"),
        ([1, 2], (1, 2)),
        (np.array([1, 2]), [1, 2]),
        ([[1.0, 2.0]], np.array([[1.0, 2.0]])),
        (np.array([1, 2], dtype=np.int32), np.array([1, 2])),
        (np.array([np.nan, np.inf, 1.0]), np.array([np.nan, np.inf, 1.0])),
        (np.array([1j, 2.0]), np.array([1j, 2.0])),
        ({"b": 2, "a": [1.0]}, {"a": (1.0,), "b": 2}),
        ({1, 2}, frozenset({2, 1})),
        (None, None),
        (FRAME.copy(), FRAME),
        (FRAME["a"], FRAME["a"]),
        (pd.Series(["p", "q"]), pd.Series(["p", "q"])),
    ],
    ids=repr,
)
def test_values_that_agree(got: object, want: object) -> None:
    expect_same(got, want)


@pytest.mark.parametrize(
    ("got", "want", "says"),
    [
        (None, 1.0, "None, which is what a function without `return` gives"),
        ("1.0", 1.0, "a string"),
        (True, 1.0, "expected a number, got True"),
        (1, True, "expected True or False"),
        (1.5, 2.0, "gives 1.5, which is not right"),
        (2.0000001, 2, "is not right"),
        (float("nan"), 1.0, "gives nan"),
        (1 + 1j, 1 + 2j, "which is not right"),
        ("abd", "abc", "not right from character 3 on"),
        (["a", "b"], "ab", "expected text"),
        ([1, 2, 3], [1, 2], "expected a list of length 2, got length 3"),
        ([1, 5], [1, 2], "Item 1 of your function gives 5"),
        (3, [3], "expected a list"),
        ([1.0, 2.0], np.array([[1.0, 2.0]]), "expected shape (1, 2), got (2,)"),
        (np.array([1.0, 2.0]), np.array([1, 2]), "expected an array of whole numbers, got one of real numbers"),
        (np.array([1, 0]), np.array([True, False]), "expected an array of truth values"),
        (np.array([1.0, 3.0]), np.array([1.0, 2.0]), "1 of 2 values are not right"),
        (np.array([np.nan, 1.0]), np.array([1.0, np.nan]), "gives nan"),
        ({"a": 1}, {"a": 1, "b": 2}, "1 of 2 keys are missing"),
        ({"a": 1, "c": 2}, {"a": 1}, "a key too many, 'c'"),
        ({"a": 1}, {"a": 2}, "The entry 'a' of your function gives 1"),
        ({1}, {1, 2}, "1 elements are missing"),
        ([1, 2], {1, 2}, "expected a set"),
        (FRAME["a"], FRAME, "expected a DataFrame"),
        (FRAME[["b", "a"]], FRAME, "are in another order than asked for"),
        (FRAME.iloc[::-1], FRAME, "The index of your function"),
        (FRAME.fillna(0.0), FRAME, "1 entries are missing, or should be"),
        (FRAME.assign(a=[1, 3]), FRAME, "1 of 2 values are not right"),
        (pd.Series(["p", "r"]), pd.Series(["p", "q"]), "1 of 2 entries are not right"),
    ],
    ids=repr,
)
def test_the_first_difference_is_told(got: object, want: object, says: str) -> None:
    with pytest.raises(CheckFailed) as failure:
        expect_same(got, want)
    assert says in failure.value.reason
