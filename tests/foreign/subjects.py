"""Ten courses of different subjects in the shape of real ones: made in nbgrader's editor, tested in one kernel.

Each is a list of cells: ``text``, ``given`` (locked), ``plain`` (no marks of nbgrader's), ``solution``, ``answer`` (a person
grades it) and ``test``. Cells have the names that the editor makes up. Of a test the part below ``# hidden`` is hidden; its
points follow.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tests.notebooks import cell, hidden, notebook_of, solved

FILES: dict[str, dict[str, str]] = {
    "tables": {
        "data/orders.csv": "id,customer,day,amount\n1,a,2024-03-01,10.0\n2,b,2024-03-01,5.5\n3,a,2024-03-02,4.5\n4,c,2024-04-01,\n",
        "data/customers.csv": "customer,city\na,Bern\nb,Basel\nc,Bern\n",
    },
    "text": {"poem.txt": "The sea, the sky!\nThe sea is wide\nand the sky is high.\n"},
    "files": {"helpers.py": "def double(x):\n    return 2 * x\n"},
}


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


SUBJECTS: dict[str, list[tuple[Any, ...]]] = {
    "statistics": [
        ("text", "# Descriptive statistics\n\nDon't use `statistics`."),
        ("plain", "import math\nimport numpy as np\nfrom scipy import stats\n%matplotlib inline"),
        ("given", "sample = np.array([4.1, 5.0, 3.8, 4.4, 5.2, 4.9])"),
        ("text", "## 1. Mean and variance"),
        ("solution", "def mean(x):\n    return sum(x) / len(x)\n\ndef variance(x):\n    return sum((v - mean(x)) ** 2 for v in x) / (len(x) - 1)"),
        ("test", "assert np.isclose(mean(sample), sample.mean())", 1),
        ("test", "assert np.isclose(variance(sample), sample.var(ddof=1))\n# hidden\nassert variance([1, 1]) == 0", 2),
        ("text", "## 2. A confidence interval\n\nStore it in `low` and `high`."),
        ("solution", "half = stats.t.ppf(0.975, len(sample) - 1) * stats.sem(sample)\nlow, high = sample.mean() - half, sample.mean() + half"),
        ("test", "assert 'low' in globals() and 'high' in globals(), 'Define both.'\nassert low < sample.mean() < high", 1),
        ("test", f"import hashlib\nassert hashlib.sha256(repr(round(float(high), 3)).encode()).hexdigest() == '{_digest(5.148)}'", 2),
        ("text", "**Question 3.** What does the interval mean?"),
        ("answer", "", 3),
    ],
    "tables": [
        ("text", "# Tables with pandas"),
        ("plain", "import pandas as pd\nimport numpy as np\npd.set_option('display.max_rows', 10)"),
        ("text", "### Exercise 1: read"),
        ("solution", "orders = pd.read_csv('data/orders.csv', parse_dates=['day'])\ncustomers = pd.read_csv('data/customers.csv')\norders.head()"),
        ("test", "assert orders.shape == (4, 4)\nassert orders['day'].dtype.kind == 'M'", 1),
        ("text", "### Exercise 2: clean"),
        ("solution", "def clean(df):\n    df = df.copy()\n    df['amount'] = df['amount'].fillna(0)\n    return df\n\norders = clean(orders)"),
        ("test", "before = pd.DataFrame({'amount': [1.0, np.nan]})\nafter = clean(before)\nassert after['amount'].tolist() == [1, 0]\nassert before['amount'].isna().any(), 'Leave the argument as it is.'", 2),
        ("text", "### Exercise 3: join and group"),
        ("solution", "by_city = orders.merge(customers, on='customer').groupby('city')['amount'].agg(['sum', 'count'])"),
        ("test", "pd.testing.assert_frame_equal(by_city, pd.DataFrame({'sum': [5.5, 14.5], 'count': [1, 3]}, index=pd.Index(['Basel', 'Bern'], name='city')), check_index_type=False)", 2),
        ("test", "assert by_city.loc['Bern', 'sum'] == 14.5\n# hidden\nassert by_city['count'].sum() == len(orders)", 1),
        ("solution", "monthly = orders.set_index('day')['amount'].resample('MS').sum()"),
        ("test", "assert monthly.index[0] == pd.Timestamp('2024-03-01')\nassert list(monthly) == [20.0, 0.0]", 1),
    ],
    "text": [
        ("text", "# Working with text"),
        ("plain", "import re\nfrom collections import Counter"),
        ("text", "## Words"),
        ("solution", "with open('poem.txt') as file:\n    poem = file.read()\n\ndef words(text):\n    \"\"\"The words of a text in lower case.\"\"\"\n    return re.findall(r'[a-z]+', text.lower())"),
        ("test", "assert words('One, two!') == ['one', 'two']", 1),
        ("test", "assert len(words(poem)) == 13\n# hidden\nassert words('') == []\nassert words.__doc__", 1),
        ("text", "## Counting"),
        ("solution", "counts = Counter(words(poem))\n\ndef top(counts, n=2):\n    return [word for word, _ in counts.most_common(n)]"),
        ("test", "assert isinstance(counts, Counter)\nassert counts['the'] == 4", 1),
        ("test", "assert top(Counter('aaabbc')) == ['a', 'b']\nassert top(counts, 1) == ['the']", 1),
        ("text", "## Printing"),
        ("solution", "def show(counts):\n    for word in sorted(counts):\n        print(f'{word:<5}|{counts[word]}')"),
        ("test", "%%capture printed\nshow({'b': 1, 'a': 2})", 1),
        ("test", "assert printed.stdout.splitlines() == ['a    |2', 'b    |1']", 2),
        ("text", "## No loops"),
        ("solution", "def longest(words):\n    return max(words, key=len)"),
        ("test", "import inspect\nassert 'for' not in inspect.getsource(longest), 'No loop, please.'\nassert longest(['a', 'bcd', 'ef']) == 'bcd'", 2),
    ],
    "plots": [
        ("text", "# Plots"),
        ("plain", "import numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline\nplt.rcParams['figure.figsize'] = (4, 3)"),
        ("text", "**Problem 1.** Plot a wave. Name the axes of it `ax`."),
        ("solution", "x = np.linspace(0, 2 * np.pi, 50)\nfig, ax = plt.subplots()\nax.plot(x, np.sin(x), 'r--', label='sin')\nax.set_xlabel('x')\nax.set_ylabel('sin x')\nax.legend()\nplt.show()"),
        ("test", "assert ax.get_xlabel() and ax.get_ylabel(), 'Label both axes.'", 1),
        ("test", "line = ax.lines[0]\nnp.testing.assert_allclose(line.get_ydata(), np.sin(line.get_xdata()))\n# hidden\nassert line.get_linestyle() == '--' and len(line.get_xdata()) >= 50", 2),
        ("text", "**Problem 2.** Write a function that draws a histogram into the current figure."),
        ("solution", "def histogram(values, bins=10):\n    plt.figure()\n    plt.hist(values, bins=bins)\n    plt.title('Histogram')\n    return plt.gca()"),
        ("test", "axes = histogram([1, 2, 2, 3], bins=3)\nassert [p.get_height() for p in axes.patches] == [1, 2, 1]", 2),
        ("test", "histogram(np.arange(20), bins=5)\ncurrent = plt.gca()\nassert current.get_title() == 'Histogram'\nassert len(current.patches) == 5\nplt.close('all')", 1),
    ],
    "sql": [
        ("text", "# Databases with sqlite3"),
        ("given", "import sqlite3\nconnection = sqlite3.connect(':memory:')\nconnection.executescript('''\nCREATE TABLE band(id INTEGER PRIMARY KEY, name TEXT);\nCREATE TABLE album(id INTEGER PRIMARY KEY, band_id INTEGER, title TEXT, year INTEGER);\nINSERT INTO band VALUES (1, 'Moss'), (2, 'Fern');\nINSERT INTO album VALUES (1, 1, 'Rain', 1999), (2, 1, 'Mud', 2004), (3, 2, 'Sun', 2010);\n''')\n\ndef run(query, *values):\n    return connection.execute(query, values).fetchall()"),
        ("text", "## Part A: a query\n\nAlbums after the year 2000, newest first."),
        ("solution", "query_a = 'SELECT title FROM album WHERE year > 2000 ORDER BY year DESC'\nrun(query_a)"),
        ("test", "assert run(query_a) == [('Sun',), ('Mud',)]", 1),
        ("text", "## Part B: a join"),
        ("solution", "query_b = '''\nSELECT band.name, COUNT(*) FROM band JOIN album ON album.band_id = band.id GROUP BY band.id ORDER BY 1\n'''"),
        ("test", "rows = run(query_b)\nassert rows == [('Fern', 1), ('Moss', 2)]\n# hidden\nassert 'JOIN' in query_b.upper()", 2),
        ("text", "## Part C: a function"),
        ("solution", "def add_album(connection, band, title, year):\n    (band_id,), = connection.execute('SELECT id FROM band WHERE name = ?', (band,))\n    connection.execute('INSERT INTO album(band_id, title, year) VALUES (?, ?, ?)', (band_id, title, year))"),
        ("test", "add_album(connection, 'Fern', 'Moon', 2020)\nassert run('SELECT COUNT(*) FROM album') == [(4,)]", 1),
        ("test", "assert run('SELECT year FROM album WHERE title = ?', 'Moon') == [(2020,)]\n# hidden\nother = sqlite3.connect(':memory:')\nother.executescript(\"CREATE TABLE band(id, name); CREATE TABLE album(id, band_id, title, year); INSERT INTO band VALUES (7, 'Oak')\")\nadd_album(other, 'Oak', \"Robert'); --\", 1)\nassert other.execute('SELECT band_id, title FROM album').fetchall() == [(7, \"Robert'); --\")]", 2),
    ],
    "recursion": [
        ("text", "# Recursion"),
        ("text", "## Factorial"),
        ("solution", "def factorial(n):\n    if n < 0:\n        raise ValueError('n must not be negative')\n    return 1 if n == 0 else n * factorial(n - 1)"),
        ("test", "assert [factorial(n) for n in range(5)] == [1, 1, 2, 6, 24]\nassert factorial(50) == 30414093201713378043612608166064768844377641568960512000000000000", 1),
        ("test", "try:\n    factorial(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('factorial(-1) should raise a ValueError')", 1),
        ("text", "## Fibonacci, and fast"),
        ("solution", "from functools import lru_cache\n\n@lru_cache(maxsize=None)\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)"),
        ("test", "import time\nbegan = time.time()\nassert fib(80) == 23416728348467685\nassert time.time() - began < 5", 1),
        ("test", "assert hasattr(fib, 'cache_info') and fib.cache_info().currsize > 10", 1),
        ("text", "## The tower of Hanoi"),
        ("solution", "def hanoi(n, a='A', b='B', c='C'):\n    if n:\n        yield from hanoi(n - 1, a, c, b)\n        yield a, c\n        yield from hanoi(n - 1, b, a, c)"),
        ("test", "moves = list(hanoi(3))\nassert len(moves) == 7 and moves[0] == ('A', 'C')\n# hidden\npegs = {'A': [3, 2, 1], 'B': [], 'C': []}\nfor source, target in moves:\n    disc = pegs[source].pop()\n    assert not pegs[target] or pegs[target][-1] > disc\n    pegs[target].append(disc)\nassert pegs['C'] == [3, 2, 1]", 2),
        ("test", "real = factorial\ncalls = 0\ndef factorial(n):\n    global calls\n    calls += 1\n    return real(n)\nfactorial(6)\nassert calls > 5, 'factorial should call itself'\nfactorial = real", 2),
        ("text", "## Nested lists"),
        ("solution", "def flatten(items):\n    return [x for item in items for x in (flatten(item) if isinstance(item, list) else [item])]"),
        ("test", "assert flatten([1, [2, [3, []]], 4]) == [1, 2, 3, 4]", 1),
    ],
    "classes": [
        ("text", "# Classes and objects"),
        ("given", "class Animal:\n    count = 0\n\n    def __init__(self, name):\n        self.name = name\n        Animal.count += 1\n\n    def speak(self):\n        raise NotImplementedError"),
        ("text", "## Exercise A (2 points)"),
        ("solution", "class Dog(Animal):\n    def speak(self):\n        return f'{self.name} says woof'"),
        ("test", "assert issubclass(Dog, Animal)\nassert Dog('Rex').speak() == 'Rex says woof'", 2),
        ("text", "## Exercise B (4 points)"),
        ("solution", "class Stack:\n    def __init__(self, items=()):\n        self._items = list(items)\n\n    def push(self, item):\n        self._items.append(item)\n        return self\n\n    def pop(self):\n        if not self._items:\n            raise IndexError('the stack is empty')\n        return self._items.pop()\n\n    def __len__(self):\n        return len(self._items)\n\n    def __iter__(self):\n        return iter(self._items[::-1])\n\n    def __eq__(self, other):\n        return isinstance(other, Stack) and self._items == other._items\n\n    def __contains__(self, item):\n        return item in self._items\n\n    @property\n    def is_empty(self):\n        return not self._items"),
        ("test", "s = Stack()\nassert s.is_empty and len(s) == 0\ns.push(1).push(2)\nassert list(s) == [2, 1] and 1 in s and not s.is_empty", 1),
        ("test", "s = Stack('ab')\nassert s.pop() == 'b' and s == Stack('a') and s != Stack()\n# hidden\ns.pop()\ntry:\n    s.pop()\n    assert False\nexcept IndexError as error:\n    assert 'empty' in str(error)", 2),
        ("test", "class Bounded(Stack):\n    def push(self, item):\n        return self if len(self) >= 1 else super().push(item)\nassert len(Bounded().push(1).push(2)) == 1", 1),
        ("text", "## Exercise C (2 points)"),
        ("solution", "from dataclasses import dataclass, field\n\n@dataclass(order=True)\nclass Card:\n    rank: int\n    suit: str = field(compare=False, default='hearts')"),
        ("test", "assert Card(3) == Card(3, 'clubs') and sorted([Card(5), Card(2)])[0].rank == 2\nassert repr(Card(1)) == \"Card(rank=1, suit='hearts')\"", 2),
    ],
    "linear_algebra": [
        ("text", "# Linear algebra with NumPy"),
        ("plain", "import numpy as np\nfrom numpy.testing import assert_allclose, assert_array_equal\nnp.set_printoptions(precision=3)"),
        ("text", "### 1. Projection"),
        ("solution", "def project(A, b):\n    Q, _ = np.linalg.qr(A)\n    return Q @ (Q.T @ b)"),
        ("test", "rng = np.random.RandomState(1)\nA, b = rng.rand(5, 2), rng.rand(5)\np = project(A, b)\nassert_allclose(A.T @ (b - p), 0, atol=1e-12)", 2),
        ("text", "### 2. Elimination in place"),
        ("solution", "def eliminate(M):\n    for k in range(len(M)):\n        M[k] /= M[k, k]\n        for i in range(k + 1, len(M)):\n            M[i] -= M[i, k] * M[k]"),
        ("test", "M = np.array([[2.0, 4.0], [1.0, 3.0]])\nassert eliminate(M) is None\nassert_array_equal(M, [[1, 2], [0, 1]])", 2),
        ("text", "### 3. The power method"),
        ("solution", "def power_method(A, steps=200, callback=None):\n    v = np.ones(len(A))\n    for step in range(steps):\n        v = A @ v\n        v /= np.linalg.norm(v)\n        if callback is not None:\n            callback(step, v)\n    return v @ A @ v, v"),
        ("test", "value, vector = power_method(np.diag([3.0, 1.0]))\nassert abs(value - 3) < 1e-8 and vector.shape == (2,)", 1),
        ("test", "seen = []\npower_method(np.eye(2), 3, callback=lambda step, v: seen.append((step, v.copy())))\nassert [step for step, _ in seen] == [0, 1, 2]", 1),
        ("test", "points = 0\nfor n in (2, 3):\n    S = np.random.RandomState(n).rand(n, n)\n    S = S @ S.T\n    points += bool(np.isclose(power_method(S)[0], np.linalg.eigvalsh(S)[-1]))\npoints", 2),
    ],
    "learning": [
        ("text", "# Machine learning with scikit-learn"),
        ("plain", "import warnings\nimport numpy as np\nfrom sklearn.datasets import make_classification\nfrom sklearn.model_selection import cross_val_score, train_test_split\nfrom sklearn.base import BaseEstimator, ClassifierMixin"),
        ("given", "X, y = make_classification(120, 5, random_state=0)\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"),
        ("text", "## Q1 Scale and fit\n\nBind your pipeline to `model`."),
        ("solution", "from sklearn.linear_model import LogisticRegression\nfrom sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\n\nmodel = make_pipeline(StandardScaler(), LogisticRegression())\nmodel.fit(X_train, y_train)"),
        ("test", "assert model.score(X_test, y_test) > 0.7", 1),
        ("test", "from sklearn.pipeline import Pipeline\nassert isinstance(model, Pipeline)\nassert model.predict(X_test).shape == y_test.shape\n# hidden\nassert abs(model.predict_proba(X_test).sum(axis=1) - 1).max() < 1e-9", 1),
        ("text", "## Q2 Validate"),
        ("solution", "def mean_score(estimator, X, y, folds=3):\n    return cross_val_score(estimator, X, y, cv=folds).mean()"),
        ("test", "from sklearn.dummy import DummyClassifier\nassert 0.3 < mean_score(DummyClassifier(), X, y) < 0.7\nassert mean_score(model, X, y) > 0.7", 2),
        ("text", "## Q3 An estimator of your own"),
        ("solution", "class Nearest(BaseEstimator, ClassifierMixin):\n    def fit(self, X, y):\n        self.classes_ = np.unique(y)\n        self.means_ = np.array([X[y == c].mean(axis=0) for c in self.classes_])\n        return self\n\n    def predict(self, X):\n        return self.classes_[((X[:, None] - self.means_) ** 2).sum(axis=-1).argmin(axis=1)]"),
        ("test", "mine = Nearest().fit(X_train, y_train)\nassert (mine.predict(X_test) == y_test).mean() > 0.7", 2),
        ("test", "assert cross_val_score(Nearest(), X, y, cv=3).mean() > 0.7", 1),
    ],
    "files": [
        ("text", "# Files, errors and warnings"),
        ("plain", "import json, os, sys, warnings\nfrom pathlib import Path\nfrom helpers import double"),
        ("text", "#### Task 1"),
        ("solution", "def save(data, path):\n    with open(path, 'w') as file:\n        json.dump(data, file)\n\nsave({'a': double(1)}, 'out.json')"),
        ("test", "assert os.path.exists('out.json')\nassert json.loads(Path('out.json').read_text()) == {'a': 2}", 1),
        ("test", "save([1], 'other.json')\nassert json.load(open('other.json')) == [1]\nos.remove('other.json')", 1),
        ("text", "#### Task 2"),
        ("solution", "class TooSmall(ValueError):\n    pass\n\ndef root(x):\n    if x < 0:\n        raise TooSmall(f'{x} is below 0')\n    if x > 1e6:\n        warnings.warn('slow', UserWarning)\n    return x ** 0.5"),
        ("test", "try:\n    root(-1)\n    assert False, 'no error'\nexcept ValueError as error:\n    assert type(error).__name__ == 'TooSmall' and '-1' in str(error)", 1),
        ("test", "with warnings.catch_warnings(record=True) as found:\n    warnings.simplefilter('always')\n    root(1e7)\nassert len(found) == 1", 1),
        ("test", "assert root(4e6) == 2000", 1),
        ("text", "#### Task 3"),
        ("solution", "def ask():\n    return int(input('A number: ')) + 1"),
        ("test", "from unittest.mock import patch\nwith patch('builtins.input', return_value='4') as asked:\n    assert ask() == 5\nasked.assert_called_once()", 1),
        ("test", "import io\nsys.stdin = io.StringIO('7\\n')\nold, input = input, lambda *_: sys.stdin.readline()\nassert ask() == 8\ninput = old", 1),
    ],
}  # fmt: skip


def source(subject: str) -> NotebookNode:
    """Make the instructor's notebook."""
    cells = []
    for number, (kind, text, *points) in enumerate(SUBJECTS[subject]):
        name = hashlib.sha256(f"{subject} {number}".encode()).hexdigest()[:16]
        cells.append(_cell(kind, text, points[0] if points else None, f"cell-{name}"))
    return notebook_of(*cells)


def _cell(kind: str, text: str, points: float | None, name: str) -> NotebookNode:
    if kind in ("text", "answer"):
        return cell("plain" if kind == "text" else "solution", text, points, grade_id=name, markdown=True)
    if kind == "solution":
        return cell(kind, solved(text) if text.count("def ") == 1 else _all(text), grade_id=name)
    shown, mark, rest = text.partition("# hidden\n")
    return cell(kind, shown + hidden(rest) if mark else text, points, grade_id=name)


def _all(text: str) -> str:
    return f"### BEGIN SOLUTION\n{text}\n### END SOLUTION"


def write_course(folder: Path, subjects: Iterable[str] = tuple(SUBJECTS)) -> Path:
    """Write a course of these assignments, and return its folder."""
    for subject in subjects:
        place = folder / "source" / subject
        place.mkdir(parents=True)
        nbformat.write(source(subject), place / f"{subject}.ipynb")
        for name, text in FILES.get(subject, {}).items():
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(text)
    (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "subjects"\n')
    return folder


if __name__ == "__main__":
    write_course(Path(sys.argv[1]))
