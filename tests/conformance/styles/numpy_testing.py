"""Numerical methods: arrays in and out, in place, seeded random numbers, ``numpy.testing``."""

CELLS = [
    (
        "given",
        "import numpy as np\nfrom numpy.testing import assert_allclose, assert_array_equal, assert_raises\n%matplotlib inline",
    ),
    (
        "solution",
        """
def normalise(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)

def scale_in_place(x, factor=2.0):
    x *= factor

def noisy(n):
    return np.random.normal(size=n)

def newton(f, start, steps=20):
    x = start
    for _ in range(steps):
        x = x - f(x) / ((f(x + 1e-6) - f(x - 1e-6)) / 2e-6)
    return x

def solve(A, b):
    return np.linalg.solve(A, b)

grid = np.linspace(0, 1, 11)
""",
        """
def normalise(x):
    return x - x.mean()

def scale_in_place(x, factor=2.0):
    x = x * factor

def noisy(n):
    return np.random.default_rng(0).normal(size=n)

def newton(f, start, steps=20):
    return start

def solve(A, b):
    return b
""",
    ),
    (
        "test",
        2,
        "x = np.random.default_rng(1).normal(size=(20, 3))\nz = normalise(x)\nassert z.shape == x.shape\nassert_allclose(z.mean(axis=0), 0, atol=1e-12)\nassert_allclose(z.std(axis=0), 1)",
    ),
    ("test", 1, "x = np.arange(4.0)\nassert scale_in_place(x, factor=3) is None\nassert_array_equal(x, [0, 3, 6, 9])"),
    (
        "test",
        1,
        "np.random.seed(42)\nwant = np.random.normal(size=5)\nnp.random.seed(42)\nassert_allclose(noisy(5), want)\nassert 0 < np.random.rand() < 1",
    ),
    (
        "test",
        2,
        "assert abs(newton(np.cos, 1.0) - np.pi / 2) < 1e-6\nimport math\nassert_allclose(newton(math.sin, 3.0), math.pi)",
    ),
    (
        "test",
        1,
        "A = np.array([[2.0, 0.0], [0.0, 4.0]])\nassert_allclose(solve(A, np.array([2.0, 4.0])), [1, 1])\nassert_raises(np.linalg.LinAlgError, solve, np.zeros((2, 2)), np.ones(2))",
    ),
    ("test", 1, "assert isinstance(grid, np.ndarray) and grid.dtype == float and grid.size == 11"),
]
