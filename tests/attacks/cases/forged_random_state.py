"""Sends a random state whose position lies far outside of it: NumPy would draw from the grader's memory there."""

from tests.attacks.frames import Forged, random_state

FORGED = Forged(
    lie=f"answer(value=4.0, state={random_state(position=10**6)})",
    truth=f"answer(value=4.0, state={random_state()})",
)

SQUARE = FORGED.square()

CAUSE = "sent something malformed: not a state of NumPy's generator"
