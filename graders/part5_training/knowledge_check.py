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
    why="The plain average of +0.4 and -0.4 is 0, as if both answers were perfect. Squares are never negative, so "
    "misses cannot cancel: here the mean is 0.16.",
    wrong={
        "A": (
            "thinks_squares_are_always_larger",
            "The errors here are smaller than 1. Try it: what is 0.4 squared, and is that larger than 0.4?",
        ),
        "C": (
            "takes_squares_for_probabilities",
            "Squaring works on errors, not on confidences. The sigmoid is what makes a score a probability.",
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
    why="Cross-entropy grows without bound as the confidence in a wrong answer grows, and its slope there stays "
    "large. Squared error stops at 1, and behind a sigmoid its slope nearly vanishes.",
    wrong={
        "A": (
            "thinks_cross_entropy_is_the_smaller_loss",
            "Look at the picture in section 4: for a bad answer, which of the two curves lies higher?",
        ),
        "B": (
            "thinks_right_votes_cost_nothing",
            "Every sample is charged its surprise, those with the right vote too. What does a confidence of 0.6 cost?",
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
    sentence="Question 4: what one step does to a weight.",
    right="C",
    why="The gradient is (0.9 - 0) times 0.5, which is 0.45. The step is 0.2 times that, 0.09, and it is subtracted.",
    wrong={
        "A": (
            "leaves_the_input_out_of_the_step",
            "That is the step of the bias. A pixel takes only as much of the blame as it is bright.",
        ),
        "B": (
            "takes_a_step_uphill",
            "The confidence was too high, and this pixel is bright. Which way does its weight have to go?",
        ),
        "D": (
            "leaves_the_rate_out_of_the_step",
            "That is the gradient. How much of it is one step, with a learning rate of 0.2?",
        ),
    },
)

add_question(
    exercise,
    "q5",
    sentence="Question 5: how many updates there are in a training run.",
    right="B",
    why="One epoch is one pass over all 200 images: 20 batches of 10, so 20 updates. Thirty epochs make 600.",
    wrong={
        "A": (
            "counts_epochs_for_updates",
            "That is the number of epochs. How many batches are there in each?",
        ),
        "C": (
            "counts_samples_for_updates",
            "That many images are looked at. How many of them share one update?",
        ),
        "D": (
            "multiplies_batch_size_and_epochs",
            "10 times 30 multiplies the size of a batch by the epochs. How many batches do 200 images make?",
        ),
    },
)


# -- what is also right ---------------------------------------------------------------------------

right = exercise.reference
exercise.variant({question: letter.lower() for question, letter in right.items()}, name="lower_case")
exercise.variant({question: f" {letter} " for question, letter in right.items()}, name="spaces_around_the_letters")
exercise.variant({**right, "q6": "A", "name": "s001"}, name="more_than_was_asked_for")
exercise.variant(dict(reversed(right.items())), name="another_order")
