"""Small courses as their authors write them: without tags, with tests that look at more than values."""

COURSES = {
    "calculus": [
        ("given", "import math\nimport numpy as np\n\ndef parabola(x):\n    return x ** 2 - 2"),
        (
            "solution",
            "def bisect(f, low, high, steps=60):\n    for _ in range(steps):\n        middle = (low + high) / 2\n"
            "        if f(low) * f(middle) <= 0:\n            high = middle\n        else:\n            low = middle\n"
            "    return low\n\ndef derivative(f, h=1e-6):\n    return lambda x: (f(x + h) - f(x - h)) / (2 * h)\n\n"
            "def scaled(x):\n    return x * SCALE",
            "def bisect(f, low, high, steps=60):\n    return low\n\ndef derivative(f):\n    return f\n\ndef scaled(x):\n    return x",
        ),
        ("test", 1, "assert abs(bisect(parabola, 0, 2) - math.sqrt(2)) < 1e-9"),
        ("test", 1, "calls = []\nbisect(lambda x: calls.append(x) or x - 1.5, 0, 2)\nassert len(calls) > 50"),
        ("test", 1, "slope = derivative(derivative(np.sin, 1e-3), 1e-3)\nassert abs(slope(1.0) + np.sin(1.0)) < 1e-5"),
        ("test", 1, "SCALE = 3\nassert scaled(2) == 6\nSCALE = 4\nassert scaled(2) == 8"),
    ],
    "tables": [
        ("given", "import datetime\nfrom decimal import Decimal\nimport pandas as pd"),
        (
            "solution",
            "sales = pd.DataFrame({'day': pd.date_range('2024-01-01', periods=4, tz='UTC'), 'sum': [Decimal('1.10')] * 4})\n"
            "kinds = pd.Series(pd.Categorical(['low', 'high'], ['low', 'high'], ordered=True))\nfirst = datetime.date(2024, 1, 1)\n\n"
            "def clean(frame):\n    frame['double'] = 2 * frame['a']\n\n"
            "def monthly(series):\n    return series.resample('ME').sum()",
            "sales = pd.DataFrame({'day': [1], 'sum': [1]})\nkinds = pd.Series(['low', 'high'])\nfirst = 0\n"
            "def clean(frame):\n    pass\ndef monthly(series):\n    return 0",
        ),
        ("test", 1, "assert sales['day'].dt.day.tolist() == [1, 2, 3, 4]\nassert sum(sales['sum']) == Decimal('4.40')"),
        ("test", 1, "assert kinds.max() == 'high' and first.year == 2024"),
        (
            "test",
            1,
            "data = pd.DataFrame({'a': [1.0]})\nclean(data)\nassert data.to_dict('list') == {'a': [1.0], 'double': [2.0]}",
        ),
        (
            "test",
            1,
            "given = pd.Series(range(40), index=pd.date_range('2024-01-01', periods=40))\n"
            "pd.testing.assert_series_equal(monthly(given), given.resample('ME').sum())",
        ),
    ],
    "objects": [
        (
            "given",
            "import copy\nfrom enum import Enum\nfrom dataclasses import dataclass\n\nclass Color(Enum):\n    RED = 1\n\n"
            "@dataclass\nclass Point:\n    x: int\n\nclass Shape:\n    def area(self):\n        return 0",
        ),
        (
            "solution",
            "class Square(Shape):\n    def __init__(self, side):\n        self.side = side\n        self.tags = []\n"
            "    def area(self):\n        return self.side ** 2\n\nclass Row(list):\n    def last(self):\n        return self[-1]\n\n"
            "paint, origin, row = Color.RED, Point(0), Row([1, 2])\nitems = []\n\ndef add(x):\n    items.append(x)\n    return items",
            "class Square:\n    pass\nclass Row(list):\n    pass\npaint, origin, row, items = 1, 0, Row(), None\ndef add(x):\n    return []",
        ),
        (
            "test",
            1,
            "square = Square(3)\nassert square.area() == 9 and isinstance(square, Shape) and issubclass(Square, Shape)",
        ),
        ("test", 1, "assert paint is Color.RED and origin == Point(0)"),
        ("test", 1, "assert row == [1, 2] and row.last() == 2 and isinstance(row, list)"),
        ("test", 1, "items.append(1)\nassert add(2) == [1, 2] and items == [1, 2]"),
        ("test", 1, "one = Square(1)\nother = copy.deepcopy(one)\nother.tags.append('x')\nassert one.tags == []"),
    ],
    "surroundings": [
        ("given", "import os, random, sys, warnings\nimport numpy as np"),
        (
            "solution",
            "def invert(x):\n    return 1 / np.asarray(x)\n\ndef old():\n    warnings.warn('use new', DeprecationWarning)\n\n"
            "def roll():\n    return random.random()\n\ndef ask():\n    return int(input('n? '))\n\n"
            "def fail():\n    raise ValueError('low', 3)",
            "def invert(x):\n    return 0\ndef old():\n    pass\ndef roll():\n    return 0.1\ndef ask():\n    return 0\ndef fail():\n    pass",
        ),
        (
            "test",
            1,
            "with np.errstate(divide='raise'):\n    try:\n        invert([0.0])\n        assert False\n    except FloatingPointError:\n        pass",
        ),
        (
            "test",
            1,
            "with warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter('always')\n    old()\nassert len(seen) == 1",
        ),
        (
            "test",
            1,
            "from unittest import mock\nwith mock.patch('random.random', return_value=0.5):\n    assert roll() == 0.5",
        ),
        (
            "test",
            1,
            "from unittest import mock\nwith mock.patch('builtins.input', return_value='4'):\n    assert ask() == 4",
        ),
        (
            "test",
            1,
            "try:\n    fail()\n    assert False\nexcept ValueError as error:\n    assert error.args == ('low', 3)",
        ),
    ],
    "libraries": [
        (
            "given",
            "import numpy as np\nimport scipy.sparse as sparse\nimport sympy\nfrom scipy import special\n"
            "from sklearn.linear_model import LinearRegression\nimport networkx as nx\nx = sympy.symbols('x')",
        ),
        (
            "solution",
            "def slope(expression, variable):\n    return sympy.diff(expression, variable)\n\ncube = slope(x ** 3, x)\n"
            "matrix = sparse.csr_matrix([[1, 0], [0, 2]])\n\ndef degree(graph):\n    return max(d for _, d in graph.degree())\n\n"
            "def trace(m):\n    return m.diagonal().sum()\n\ndef fit(model, X, y):\n    return model.fit(X, y)\n\n"
            "def at(f, value):\n    return f(value)",
            "def slope(e, v):\n    return e\ncube = x\nmatrix = sparse.csr_matrix([[1, 0], [0, 1]])\ndef degree(g):\n    return 0\n"
            "def trace(m):\n    return 0\ndef fit(m, X, y):\n    return None\ndef at(f, v):\n    return v",
        ),
        ("test", 1, "assert cube == 3 * x ** 2 and slope(sympy.sin(x), x) == sympy.cos(x) and cube.subs(x, 2) == 12"),
        ("test", 1, "assert (matrix @ np.array([1, 1])).tolist() == [1, 2] and sparse.issparse(matrix)"),
        ("test", 1, "assert degree(nx.star_graph(3)) == 3 and trace(sparse.eye(3)) == 3"),
        (
            "test",
            1,
            "X = np.arange(5.0).reshape(-1, 1)\nmodel = fit(LinearRegression(), X, 2 * X[:, 0])\n"
            "assert isinstance(model, LinearRegression) and abs(model.coef_[0] - 2) < 1e-9",
        ),
        ("test", 1, "assert at(special.erf, 0.5) == special.erf(0.5)"),
    ],
}
