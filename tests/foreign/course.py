"""Ten small assignments as courses write them for one kernel, with nothing of fairgrade's in them.

Each is a list of cells: ``given`` (locked), ``plain`` (no marks of nbgrader's), ``solution`` and ``test``. A solution
is the text between the marks and its corrupted form. Of a test the part below ``# hidden`` is hidden; its points follow.
"""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode

from tests.notebooks import cell, hidden, notebook_of

FILES = {"rain.csv": "day,mm\n2024-03-01,0.5\n2024-03-02,12.0\n2024-03-09,7.5\n2024-04-01,3.0\n"}

ASSIGNMENTS: dict[str, list[tuple[Any, ...]]] = {
    "a01_first_steps": [
        ("plain", "from math import pi"),
        ("solution", "seconds = 7 * 24 * 60 * 60\nname = 'Ada'.upper()", "seconds = 7 * 24 * 60\nname = 'Ada'.upper()"),
        ("test", "assert seconds == 604800, 'How many seconds has a week?'", 1),
        ("test", "assert name == 'ADA'\n# hidden\nassert name.isupper() and isinstance(name, str)", 1),
        ("solution", "def area(r):\n    return pi * r ** 2", "def area(r):\n    return pi * r"),
        ("test", "assert abs(area(1) - pi) < 1e-9\n# hidden\nfor r in (0, 2, 3.5):\n    assert abs(area(r) - pi * r * r) < 1e-9", 2),
        ("solution", "def greet(who):\n    print(f'Hello, {who}!')", "def greet(who):\n    print(f'Hello {who}')"),
        (
            "test",
            "import io\nfrom contextlib import redirect_stdout\nout = io.StringIO()\nwith redirect_stdout(out):\n"
            "    greet('Bob')\nassert out.getvalue() == 'Hello, Bob!\\n'",
            2,
        ),
    ],
    "a02_functions": [
        ("given", "def cube(x):\n    return x ** 3"),
        (
            "solution",
            "def derivative(f, x, h=1e-5):\n    return (f(x + h) - f(x - h)) / (2 * h)",
            "def derivative(f, x, h=1e-5):\n    return (f(x + h) - f(x - h)) / h",
        ),
        ("test", "assert abs(derivative(cube, 2.0) - 12) < 1e-4", 1),
        ("test", "import math\nassert abs(derivative(lambda t: math.sin(t), 0.0) - 1) < 1e-4", 1),
        (
            "solution",
            "def bisect(f, a, b):\n    while b - a > 1e-10:\n        m = (a + b) / 2\n"
            "        if f(a) * f(m) <= 0:\n            b = m\n        else:\n            a = m\n    return a",
            "def bisect(f, a, b):\n    return (a + b) / 2",
        ),
        ("test", "calls = []\ndef shifted(x):\n    calls.append(x)\n    return x - 0.3\n"
                 "assert abs(bisect(shifted, 0, 1) - 0.3) < 1e-6\nassert len(calls) > 10", 2),
        ("solution", "by_last = lambda words: sorted(words, key=lambda w: w[-1])", "by_last = lambda words: sorted(words)"),
        ("test", "assert by_last(['ab', 'ca', 'bc']) == ['ca', 'ab', 'bc']\nassert callable(by_last)", 1),
        ("solution", "def compose(*fs):\n    def run(x):\n        for f in reversed(fs):\n            x = f(x)\n        return x\n    return run",
         "def compose(*fs):\n    def run(x):\n        for f in fs:\n            x = f(x)\n        return x\n    return run"),
        ("test", "assert compose(lambda x: x + 1, lambda x: 2 * x)(5) == 11\n# hidden\nassert compose()(3) == 3", 2),
    ],
    "a03_globals": [
        ("given", "RATE = 2\nhistory = []"),
        ("solution", "def convert(x):\n    history.append(x)\n    return x * RATE", "def convert(x):\n    return x * 2"),
        ("test", "assert convert(3) == 6", 1),
        ("test", "RATE = 5\nassert convert(3) == 15\nRATE = 2", 2),
        ("test", "history.clear()\nconvert(1)\nconvert(2)\nassert history == [1, 2]", 2),
        ("solution", "count = 0\ndef tick():\n    global count\n    count += 1", "count = 0\ndef tick():\n    count = 1"),
        ("test", "before = count\ntick()\ntick()\nassert count == before + 2", 2),
        ("solution", "settings = {'unit': 'm'}\ndef show(x):\n    return f\"{x} {settings['unit']}\"",
         "settings = {'unit': 'm'}\ndef show(x):\n    return f'{x} m'"),
        ("test", "settings['unit'] = 'km'\nassert show(3) == '3 km'", 1),
    ],
    "a04_classes": [
        ("given", "class Shape:\n    def area(self):\n        raise NotImplementedError\n    def twice(self):\n        return 2 * self.area()"),
        ("solution", "class Square(Shape):\n    def __init__(self, side):\n        self.side = side\n    def area(self):\n        return self.side ** 2",
         "class Square(Shape):\n    def __init__(self, side):\n        self.side = side\n    def area(self):\n        return self.side * 4"),
        ("test", "s = Square(3)\nassert s.area() == 9 and s.twice() == 18", 2),
        ("test", "assert issubclass(Square, Shape) and isinstance(Square(1), Shape)\n# hidden\nassert Square(1).side == 1", 1),
        ("solution", "class Account:\n    def __init__(self, balance=0):\n        self.balance = balance\n    def deposit(self, x):\n        self.balance += x\n"
         "    def __eq__(self, other):\n        return self.balance == other.balance\n    def __repr__(self):\n        return f'Account({self.balance})'\nmine = Account(100)",
         "class Account:\n    def __init__(self, balance=0):\n        self.balance = balance\n    def deposit(self, x):\n        self.balance = x\n"
         "    def __repr__(self):\n        return f'Account({self.balance})'\nmine = Account(100)"),
        ("test", "mine.deposit(50)\nassert mine.balance == 150", 1),
        ("test", "mine.deposit(25)\nassert mine.balance == 175 and repr(mine) == 'Account(175)'", 1),
        ("test", "assert Account(3) == Account(3) and not Account(3) == Account(4)", 1),
        ("test", "class Savings(Account):\n    def deposit(self, x):\n        super().deposit(2 * x)\nsaved = Savings(1)\nsaved.deposit(2)\nassert saved.balance == 5", 1),
    ],
    "a05_arrays": [
        ("given", "import numpy as np\nrng = np.random.default_rng(0)\ndata = rng.normal(size=(20, 3))"),
        ("solution", "def standardise(X):\n    return (X - X.mean(axis=0)) / X.std(axis=0)", "def standardise(X):\n    return (X - X.mean()) / X.std()"),
        ("test", "Z = standardise(data)\nassert Z.shape == data.shape\nnp.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-12)", 2),
        ("test", "Z = standardise(data)\nZ -= Z.min()\nassert (Z >= 0).all()\n# hidden\nassert np.allclose(standardise(data).std(axis=0), 1)", 1),
        ("solution", "def clip(v):\n    v[v < 0] = 0", "def clip(v):\n    return np.maximum(v, 0)"),
        ("test", "v = np.array([-1.0, 2.0, -3.0])\nassert clip(v) is None\nassert v.tolist() == [0, 2, 0]", 1),
        ("solution", "def walk(n):\n    return np.cumsum(np.random.choice([-1, 1], size=n))", "def walk(n):\n    return np.random.choice([-1, 1], size=n)"),
        ("test", "np.random.seed(3)\nw = walk(50)\nnp.random.seed(3)\nassert (w == np.cumsum(np.random.choice([-1, 1], size=50))).all()", 2),
        ("test", "score = 0\nfor n in (1, 10):\n    score += len(walk(n)) == n\nscore += abs(walk(400)).max() > 1\nfloat(score)", 3),
    ],
    "a06_tables": [
        ("given", "import pandas as pd"),
        ("solution", "rain = pd.read_csv('rain.csv', parse_dates=['day'])", "rain = pd.read_csv('rain.csv')"),
        ("test", "assert rain.shape == (4, 2) and list(rain.columns) == ['day', 'mm']", 1),
        ("test", "assert rain.day.dt.month.tolist() == [3, 3, 3, 4]", 1),
        ("solution", "monthly = rain.groupby(rain['day'].dt.month)['mm'].sum()", "monthly = rain.groupby('day')['mm'].sum()"),
        ("test", "expected = pd.Series([20.0, 3.0], index=pd.Index([3, 4], name='day', dtype='int32'), name='mm')\n"
                 "pd.testing.assert_series_equal(monthly, expected)", 2),
        ("solution", "def wettest(df):\n    df['rank'] = df['mm'].rank(ascending=False)\n    return df.sort_values('rank').iloc[0]['day']",
         "def wettest(df):\n    return df.sort_values('mm').iloc[0]['day']"),
        ("test", "table = pd.DataFrame({'day': ['a', 'b', 'c'], 'mm': [1.0, 9.0, 4.0]})\nassert wettest(table) == 'b'\nassert 'rank' in table.columns", 2),
        ("test", "assert wettest(rain) == pd.Timestamp('2024-03-02')", 1),
    ],
    "a07_figures": [
        ("given", "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport matplotlib"),
        ("solution", "fig, ax = plt.subplots()\nax.plot([0, 1, 2], [0, 1, 4], label='squares')\nax.set_xlabel('x')\nax.set_title('Squares')\nax.legend();",
         "fig, ax = plt.subplots()\nax.plot([0, 1, 2], [0, 1, 2])\nax.set_title('Squares');"),
        ("test", "assert isinstance(ax, matplotlib.axes.Axes)\nassert ax.get_title() == 'Squares'", 1),
        ("test", "line, = ax.get_lines()\nassert list(line.get_ydata()) == [0, 1, 4]", 1),
        ("test", "assert ax.get_xlabel() == 'x'\n# hidden\nassert [t.get_text() for t in ax.get_legend().get_texts()] == ['squares']", 2),
        ("solution", "def bars(values):\n    plt.figure()\n    plt.bar(range(len(values)), values)\n    plt.ylabel('n')", "def bars(values):\n    plt.figure()\n    plt.bar(range(len(values)), values)"),
        ("test", "bars([3, 1])\nnow = plt.gca()\nassert [p.get_height() for p in now.patches] == [3, 1]\nassert now.get_ylabel() == 'n'\nplt.close('all')", 2),
    ],
    "a08_files": [
        ("given", "import os\nimport json"),
        ("solution", "def total(path):\n    with open(path) as file:\n        next(file)\n        return sum(float(line.split(',')[1]) for line in file)",
         "def total(path):\n    with open(path) as file:\n        return len(file.readlines())"),
        ("test", "assert total('rain.csv') == 23.0", 1),
        ("test", "with open('other.csv', 'w') as file:\n    file.write('a,b\\n1,2\\n3,4.5\\n')\nassert total('other.csv') == 6.5", 1),
        ("solution", "def save(path, value):\n    with open(path, 'w') as file:\n        json.dump(value, file)", "def save(path, value):\n    return json.dumps(value)"),
        ("test", "save('kept.json', {'a': [1, 2]})\nassert os.path.exists('kept.json')\nassert json.load(open('kept.json')) == {'a': [1, 2]}", 2),
        ("solution", "with open('notes.txt', 'w') as file:\n    file.write('one\\ntwo\\n')", "notes = 'one\\ntwo\\n'"),
        ("test", "assert open('notes.txt').read().splitlines() == ['one', 'two']", 1),
    ],
    "a09_errors": [
        ("given", "import unittest\ncheck = unittest.TestCase()"),
        ("solution", "class TooCold(ValueError):\n    def __init__(self, degrees):\n        super().__init__(f'{degrees} is too cold')\n        self.degrees = degrees\n"
         "def boil(t):\n    if t < -273.15:\n        raise TooCold(t)\n    return t >= 100",
         "class TooCold(Exception):\n    pass\ndef boil(t):\n    if t < -273.15:\n        raise TooCold(t)\n    return t >= 100"),
        ("test", "assert boil(100) is True and boil(20) is False", 1),
        ("test", "try:\n    boil(-300)\nexcept ValueError as e:\n    assert e.degrees == -300 and str(e) == '-300 is too cold'\nelse:\n    assert False, 'nothing was raised'", 1),
        ("test", "with check.assertRaises(TooCold) as seen:\n    boil(-1000)\nassert seen.exception.args == ('-1000 is too cold',)", 1),
        ("solution", "def evens(limit):\n    n = 0\n    while n < limit:\n        yield n\n        n += 2", "def evens(limit):\n    return list(range(1, limit, 2))"),
        ("test", "import types\nassert isinstance(evens(4), types.GeneratorType)\nassert list(evens(7)) == [0, 2, 4, 6]", 2),
        ("solution", "def safe(f, *args):\n    try:\n        return f(*args)\n    except ZeroDivisionError:\n        return None", "def safe(f, *args):\n    return f(*args)"),
        ("test", "assert safe(lambda a, b: a / b, 1, 2) == 0.5\n# hidden\nassert safe(lambda a, b: a / b, 1, 0) is None\ncheck.assertRaises(TypeError, safe, len, 3)", 2),
    ],
    "a10_chance": [
        ("given", "import random\nimport re"),
        ("solution", "def dice(n):\n    return [random.randint(1, 6) for _ in range(n)]", "def dice(n):\n    return [random.randint(0, 6) for _ in range(n)]"),
        ("test", "random.seed(1)\nfirst = dice(5)\nrandom.seed(1)\nassert first == [random.randint(1, 6) for _ in range(5)]", 1),
        ("test", "real, random.randint = random.randint, lambda a, b: b\ntry:\n    assert dice(3) == [6, 6, 6]\nfinally:\n    random.randint = real\n"
                 "# hidden\nassert set(dice(300)) == {1, 2, 3, 4, 5, 6}", 2),
        ("solution", "words = re.compile(r'[a-z]+')\ndef table(text):\n    for i, w in enumerate(words.findall(text.lower())):\n        print(i, w)",
         "words = re.compile(r'[a-z]+')\ndef table(text):\n    for w in words.findall(text):\n        print(w)"),
        ("test", "assert words.findall('ab, cd') == ['ab', 'cd']", 1),
        ("test", "%%capture shown\ntable('One two')", 1),
        ("test", "assert shown.stdout == '0 one\\n1 two\\n'", 2),
        ("solution", "def ask():\n    return int(input('How many? ')) + 1", "def ask():\n    return input('How many? ')"),
        ("test", "input = lambda prompt='': '4'\nassert ask() == 5\ndel input", 1),
    ],
}  # fmt: skip


def source(name: str) -> NotebookNode:
    """The instructor's notebook."""
    cells = [cell("plain", f"# {name[4:].replace('_', ' ').title()}", grade_id="title", markdown=True)]
    for number, (kind, text, *more) in enumerate(ASSIGNMENTS[name]):
        points = more[0] if kind == "test" else None
        cells.append(cell(kind, _text(kind, text), points, grade_id=f"{kind}_{number}"))
    return notebook_of(*cells)


def _text(kind: str, text: str) -> str:
    if kind == "solution":
        return f"### BEGIN SOLUTION\n{text}\n### END SOLUTION"
    shown, mark, rest = text.partition("# hidden\n")
    return shown + hidden(rest) if mark else text


def handed_in(name: str, released: NotebookNode, work: str) -> NotebookNode:
    """A released notebook with the ``solution``, its ``corrupted`` form, or the ``stub`` it was released with."""
    made = nbformat.from_dict(released)
    for made_cell, (kind, text, *more) in zip(made.cells[1:], ASSIGNMENTS[name], strict=True):
        if kind == "solution" and work != "stub":
            made_cell.source = text if work == "solution" else more[0]
    return made
