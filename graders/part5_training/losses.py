"""What the graders of the two losses share."""

from __future__ import annotations

import numpy as np

from fairgrade.grading import StudentError, digits_kept, each, expect, expect_number


def losses_of(loss_function, *batches):
    """Compute the losses of some batches, each of them labels and predictions."""
    labels, predictions = zip(*batches, strict=True)
    copies = [np.array(y) for y in labels], [np.array(p) for p in predictions]
    return [expect_number(loss) for loss in each(loss_function, *copies)]


def expect_to_depend_on_predictions(loss_function, y, p):
    """Fail if the loss is the same for three predictions, of which one is nearly right and one nearly wrong."""
    nearly_right = y + 0.1 * (p - y)
    losses = losses_of(loss_function, (y, p), (y, nearly_right), (y, 1 - nearly_right))
    expect(not np.allclose(losses, losses[0]), "Your loss is the same whatever the predictions are.")


def seen(loss_function, y, p):
    """Return the loss, and which of the two arrays has changed; None if there is no loss."""
    given = y.copy(), p.copy()
    loss = loss_function(y, p)
    changes = [not np.array_equal(now, then) for now, then in zip((y, p), given, strict=True)]
    return None if loss is None else (loss, changes)


def digits_of_the_loss(loss_function):
    """Find out to how many decimals losses of ordinary predictions are rounded."""
    labels, predictions = np.array([[1.0], [0.0], [1.0]]), np.array([[0.61937], [0.23571], [0.84629]])
    digits = digits_kept([np.ravel(loss)[0] for loss in each(loss_function, labels, predictions)])
    return None if digits is None else {"digits": digits}


def error_for_columns(loss_function):
    """Return the error with which the function stops for two columns, if it does."""
    y = np.array([[0.0], [1.0]] * 3 + [[1.0]])
    try:
        loss_function(y, 0.3 + 0.4 * y)
    except StudentError as error:
        return {"error": error}
    return None
