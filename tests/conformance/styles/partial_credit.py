"""Points by number, names that may be missing, and tests that look at more than values."""

CELLS = [
    ("given", "import numpy as np\nimport inspect"),
    (
        "solution",
        """
def mean(values: list, default: float = 0.0) -> float:
    total = 0
    for value in values:
        total += value
    return total / len(values) if values else default

answer = "B"
constants = {"pi": 3.14159, "e": 2.71828}
def pair():
    return 1, "two"
double = lambda x: 2 * x
def count_calls(_state=[0]):
    _state[0] += 1
    return _state[0]
total = 0
def add_to_total(n):
    global total
    total += n
""",
        """
def mean(values):
    return sum(values)
""",
    ),
    (
        "test",
        4,
        "score = 0\nif mean([1, 2, 3]) == 2:\n    score += 2\nif mean([]) == 0:\n    score += 1\nif mean([5]) == 5:\n    score += 1\nscore",
    ),
    (
        "test",
        3,
        "points = 0.5\ntry:\n    answer\n    points += 0.5\nexcept NameError:\n    pass\nif 'answer' in globals() and answer.upper() == 'B':\n    points += 2\npoints",
    ),
    (
        "test",
        2,
        "assert 'constants' in globals() and 'constants' in dir() and 'constants' in locals()\nassert abs(constants['pi'] - np.pi) < 1e-3\nassert sorted(constants) == ['e', 'pi']",
    ),
    (
        "test",
        2,
        "assert 'for ' in inspect.getsource(mean) and 'sum(' not in inspect.getsource(mean)\nassert list(inspect.signature(mean).parameters) == ['values', 'default']\nassert inspect.signature(mean).parameters['default'].default == 0.0\nassert mean.__name__ == 'mean' and inspect.isfunction(mean)",
    ),
    (
        "test",
        1,
        "assert type(pair()) is tuple and pair() == (1, 'two')\nassert callable(double) and double(4) == 8 and double('a') == 'aa'",
    ),
    ("test", 1, "assert [count_calls() for _ in range(3)] == [1, 2, 3]"),
    ("test", 1, "before = total\nadd_to_total(5)\nassert total == before + 5"),
    ("test", 1, "assert 'never_defined' not in globals()\nassert globals().get('never_defined') is None"),
]
