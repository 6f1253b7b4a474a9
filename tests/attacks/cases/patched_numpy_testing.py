"""Makes NumPy's comparisons accept everything."""

SQUARE = r"""
import numpy as np
import numpy.testing
np.isclose = lambda *a, **k: True
np.array_equal = lambda *a, **k: True
numpy.testing.assert_allclose = lambda *a, **k: None
def square(x):
    return 0
"""
