"""Right work that calls earlier exercises under the notebook's names, ``forward`` and ``backward``.

It has a module of its own: within a check, right or wrong earlier work is put in the place of these names, and of all
that is the same, in the globals of the work. The checks go on with what their own modules import.
"""

from __future__ import annotations

import numpy as np

from graders.part7_hidden_layers.backward import exercise as backward_exercise
from graders.part7_hidden_layers.backward import gradients_of_the_loss as backward
from graders.part7_hidden_layers.forward import forward_pass as forward
from graders.part7_hidden_layers.two_layer_net import RightNet
from graders.part7_hidden_layers.two_layer_net import exercise as net_exercise


@backward_exercise.variant
def calls_forward(X, y, params):
    hidden, y_hat = forward(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@backward_exercise.variant
def whole_chain_rule(X, y, params):
    hidden, y_hat = forward(X, params)
    loss_by_y_hat = (y_hat - y) / (y_hat * (1 - y_hat))
    by_z2 = loss_by_y_hat * y_hat * (1 - y_hat)
    by_z1 = by_z2[:, None] * params["W2"][None, :] * (1 - hidden) * (1 + hidden)
    return {
        "W2": (by_z2[:, None] * hidden).mean(axis=0),
        "b2": by_z2.mean(),
        "W1": (X[:, :, None] * by_z1[:, None, :]).mean(axis=0),
        "b1": by_z1.mean(axis=0),
    }


@backward_exercise.variant
def divides_at_the_end(X, y, params):
    n = X.shape[0]
    hidden, y_hat = forward(X, params)
    dz2 = (y_hat - y).reshape(-1, 1)
    dz1 = dz2 @ params["W2"].reshape(1, -1) * (1 - np.square(hidden))
    return dict(W1=X.T.dot(dz1) / n, b1=dz1.mean(axis=0), W2=hidden.T.dot(dz2).ravel() / n, b2=dz2.mean())


@backward_exercise.variant
def with_einsum(X, y, params):
    hidden, y_hat = forward(X, params)
    error = np.subtract(y_hat, y) / y.size
    back = np.einsum("n,h,nh->nh", error, params["W2"], 1 - hidden**2)
    return {
        "W1": np.einsum("ni,nh->ih", X, back),
        "b1": np.einsum("nh->h", back),
        "W2": np.einsum("n,nh->h", error, hidden),
        "b2": np.array([error.sum()]),
    }


@net_exercise.variant
class CallsForwardAndBackward(RightNet):
    def epoch(self, X, y, learning_rate):
        losses, hits = [], []
        for k in range(len(y)):
            x, truth = X[[k]], y[[k]]
            y_hat = np.ravel(forward(x, self.params)[1])[0]
            losses.append(self.loss(truth[0], y_hat))
            hits.append((y_hat >= 0.5) == (truth[0] == 1))
            grads = backward(x, truth, self.params)
            self.params = {key: value - learning_rate * grads[key] for key, value in self.params.items()}
        return losses, hits

    def predict(self, X):
        return np.where(forward(X, self.params)[1] >= 0.5, 1, 0)
