"""Whatever comes in costs no more than its size explains: hypothesis makes it, time and memory are watched.

``pytest tests/fuzz`` takes some seconds; ``make fuzz`` goes on for ten minutes, or ``FUZZ_MINUTES``.
"""
