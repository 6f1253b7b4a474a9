"""Functions of functions: what a test passes in is exposed, or a function both sides know."""

CELLS = [
    ("given", "import math\nimport operator"),
    (
        "solution",
        """
def apply_twice(f, x):
    return f(f(x))

def compose(f, g):
    return lambda x: f(g(x))

def my_map(f, items):
    return [f(item) for item in items]

def memoise(f):
    cache = {}
    def inner(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]
    return inner

def integrate(f, a, b, n=1000):
    h = (b - a) / n
    return h * sum(f(a + (i + 0.5) * h) for i in range(n))

def make_adder(n):
    def add(x):
        return x + n
    return add

def fold(f, items, start):
    for item in items:
        start = f(start, item)
    return start

def safe(f, x):
    try:
        return f(x)
    except Exception as error:
        return str(error)
""",
        """
def apply_twice(f, x):
    return f(x)
def compose(f, g):
    return f
def my_map(f, items):
    return items
def memoise(f):
    return f
def integrate(f, a, b, n=1000):
    return 0
def make_adder(n):
    return n
def fold(f, items, start):
    return start
def safe(f, x):
    return f(x)
""",
    ),
    (
        "test",
        1,
        "from fairgrade.isolation import expose\nassert apply_twice(expose(lambda x: x + 3), 1) == 7\nassert apply_twice(abs, -2) == 2\nassert apply_twice(math.sqrt, 16) == 2",
    ),
    ("test", 1, "h = compose(math.sqrt, abs)\nassert h(-16) == 4\nassert callable(h)"),
    (
        "test",
        1,
        "assert my_map(len, ['a', 'bcd']) == [1, 3]\nassert my_map(str.upper, ['a']) == ['A']\nassert my_map(int, ['1', '2']) == [1, 2]",
    ),
    (
        "test",
        2,
        "from fairgrade.isolation import expose\ncalls = []\n\ndef slow(n):\n    calls.append(n)\n    return n * n\n\nfast = memoise(expose(slow))\nassert [fast(3), fast(3), fast(4)] == [9, 9, 16]\nassert calls == [3, 4]",
    ),
    ("test", 1, "assert abs(integrate(math.sin, 0, math.pi) - 2) < 1e-3"),
    ("test", 1, "add = make_adder(5)\nassert add(1) == 6 and make_adder(1)(1) == 2"),
    ("test", 1, "assert fold(operator.add, [1, 2, 3], 0) == 6\nassert fold(max, [1, 5, 2], 0) == 5"),
    (
        "test",
        1,
        "from fairgrade.isolation import expose\n\n\ndef broken(x):\n    raise ValueError('broken')\n\n\nassert 'broken' in safe(expose(broken), 1)",
    ),
]
