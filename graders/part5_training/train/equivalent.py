"""Changes of the reference that make no difference."""

from __future__ import annotations

from graders.part5_training.train.reference import exercise

exercise.equivalent(
    "return np.exp(-np.logaddexp(0, -z))",
    "return np.exp(-np.logaddexp(-z, 0))",
    why="A sum is the same in either order.",
)
exercise.equivalent(
    "return float(sigmoid(np.dot(self.weights, x) + self.bias))",
    "return float(sigmoid(np.dot(x, self.weights) + self.bias))",
    why="The dot product of two vectors is the same in either order.",
)
START = "self.weights = 0.1 * np.random.default_rng().standard_normal(n_inputs)"
for becomes in (
    "self.weights = 0.1 / np.random.default_rng().standard_normal(n_inputs)",
    "self.weights = 0.1 + np.random.default_rng().standard_normal(n_inputs)",
    "self.weights = np.random.default_rng().standard_normal(n_inputs)",
    "self.weights = 1.1 * np.random.default_rng().standard_normal(n_inputs)",
    "self.weights = 0.11 * np.random.default_rng().standard_normal(n_inputs)",
):
    exercise.equivalent(
        START, becomes, why="The loss of one neuron is convex: training leads to the same place from any start."
    )
CLIP = "p = min(max(y_pred, 1e-15), 1 - 1e-15)"
for becomes, why in {
    "p = min(1 - 1e-15, max(y_pred, 1e-15))": "The smaller of two numbers is the same in either order.",
    "p = min(max(1e-15, y_pred), 1 - 1e-15)": "The larger of two numbers is the same in either order.",
    "p = min(max(y_pred, 1.1e-15), 1 - 1e-15)": "Any epsilon from 1e-15 to 1e-6 is right.",
    "p = min(max(y_pred, 1e-15), 1 - 1.1e-15)": "Any epsilon from 1e-15 to 1e-6 is right.",
}.items():
    exercise.equivalent(CLIP, becomes, why=why)
EXACTLY_HALF = "It differs only for a confidence of exactly one half, which training never leaves behind."
exercise.equivalent(
    "return 1 if self.forward(x) >= 0.5 else 0", "return 1 if self.forward(x) > 0.5 else 0", why=EXACTLY_HALF
)
exercise.equivalent(
    "hits.append((y_pred >= 0.5) == (y_true == 1))", "hits.append((y_pred > 0.5) == (y_true == 1))", why=EXACTLY_HALF
)
exercise.equivalent(
    "def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):",
    "def train(self, X, y, learning_rate=0.1, epochs=100, verbose=False):",
    why="What is printed earns nothing and costs nothing.",
)
