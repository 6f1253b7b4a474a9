"""The knowledge check: five questions with one right option each, and what each wrong one gives away.

The notebook has the options. A student who chose the right one reads why it is right; one who did not reads a hint that
does not name it.
"""

from __future__ import annotations

from fairgrade.grading import Exercise, add_question

exercise = Exercise(
    "knowledge_check",
    points=5,
    reference={"q1": "B", "q2": "D", "q3": "A", "q4": "C", "q5": "B"},
    solution_name="answers",
)

add_question(
    exercise,
    "q1",
    sentence="Question 1: why errors are squared.",
    right="B",
    why="The plain average of +0.4 and -0.4 is 0, as if both votes were perfect. Squares are never negative, so "
    "misses cannot cancel: here the mean is 0.16.",
    wrong={
        "A": (
            "thinks_squares_are_always_larger",
            "The errors here are smaller than 1. Try it: what is 0.4 squared, and is that larger than 0.4?",
        ),
        "C": (
            "takes_squares_for_probabilities",
            "Squaring works on errors, not on votes. The sigmoid is what makes a vote a probability.",
        ),
        "D": (
            "thinks_squares_weigh_all_samples_alike",
            "Look at the five squares in section 3: does an error of 0.5 contribute as much as one of 0.1?",
        ),
    },
)

add_question(
    exercise,
    "q2",
    sentence="Question 2: why cross-entropy is the loss for a yes or no.",
    right="D",
    why="Cross-entropy grows without bound as a vote becomes sure of the wrong answer, and its slope there stays "
    "large. Squared error stops at 1, and behind a sigmoid its slope nearly vanishes.",
    wrong={
        "A": (
            "thinks_cross_entropy_is_the_smaller_loss",
            "Look at the picture in section 4: for a bad vote, which of the two curves lies higher?",
        ),
        "B": (
            "thinks_right_votes_cost_nothing",
            "Every sample is charged its surprise, the right votes too. What does a right vote of 0.6 cost?",
        ),
        "C": (
            "thinks_cross_entropy_needs_no_labels",
            "Read the formula again: the true label y stands in both of its terms.",
        ),
    },
)

add_question(
    exercise,
    "q3",
    sentence="Question 3: what makes a loss jump and grow.",
    right="A",
    why="Steps that are too long overshoot the bottom and land higher on the other side, as with a rate of 1.05 on "
    "the bowl of section 6. Lowering the learning rate is the first thing to try.",
    wrong={
        "B": (
            "takes_overshooting_for_crawling",
            "Short steps downhill make progress that is slow but steady. Which panel of section 6 looks like that?",
        ),
        "C": (
            "hopes_that_more_epochs_cure_divergence",
            "On the bowl of section 6 with rate 1.05, what would five more steps do to the loss?",
        ),
        "D": (
            "takes_a_growing_loss_for_the_bottom",
            "At the bottom the slope is zero. How long is a step there?",
        ),
    },
)

add_question(
    exercise,
    "q4",
    sentence="Question 4: what the factor x does in the gradient.",
    right="C",
    why="Each weight's gradient is the same error times its own input. Evidence that spoke loudly takes much of the"
    " blame, and a dark pixel (x = 0) takes none.",
    wrong={
        "A": (
            "takes_the_factor_x_for_a_squashing",
            "x multiplies the error after the vote has been made. Nothing is squashed at that point.",
        ),
        "B": (
            "thinks_bright_pixels_always_gain_weight",
            "The picture in section 7 has lit pixels with positive and with negative gradients. Which factor "
            "decides the sign?",
        ),
        "D": (
            "thinks_x_shrinks_over_the_epochs",
            "x is the image itself, and it is the same in every epoch. What else in the formula gets smaller "
            "during training?",
        ),
    },
)

add_question(
    exercise,
    "q5",
    sentence="Question 5: what an epoch is.",
    right="B",
    why="An epoch is one pass over all the data. With one update per image that is 100 iterations.",
    wrong={
        "A": (
            "takes_an_update_for_an_epoch",
            "That has a name of its own in the table of section 9. How many of these happen before each image "
            "has been seen once?",
        ),
        "C": (
            "takes_convergence_for_an_epoch",
            "That describes convergence. The length of an epoch depends only on the data, not on how the loss behaves.",
        ),
        "D": (
            "takes_one_forward_and_backward_pass_for_an_epoch",
            "Those two passes handle a single sample. How many samples does the training set have?",
        ),
    },
)


# -- what is also right ---------------------------------------------------------------------------

right = exercise.reference
exercise.variant({question: letter.lower() for question, letter in right.items()}, name="lower_case")
exercise.variant({question: f" {letter} " for question, letter in right.items()}, name="spaces_around_the_letters")
exercise.variant({**right, "q6": "A", "name": "s001"}, name="more_than_was_asked_for")
exercise.variant(dict(reversed(right.items())), name="another_order")
