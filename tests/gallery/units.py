"""A quiz: several letters, a number with a unit, and a few words."""

from fairgrade.grading import Exercise, add_choices, add_number, add_text

exercise = Exercise("units", points=4, reference={"q1": "AC", "q2": "9.81 m/s^2", "q3": "gradient descent"})

add_choices(
    exercise,
    "q1",
    sentence="Question 1: what has a unit.",
    right="AC",
    why="Lengths and times are measured.",
    wrong={
        "A": ("forgets_lengths", "How long is a metre rule?"),
        "B": ("gives_ratios_a_unit", "What is left of a metre divided by a metre?"),
        "C": ("forgets_times", "What does a clock show?"),
    },
)
add_number(
    exercise,
    "q2",
    sentence="Question 2: the acceleration of free fall.",
    right=9.81,
    unit="m/s^2",
    units={"cm/s^2": 0.01},
    why="It is 9.81 metres per second, each second.",
    wrong={4.905: ("takes_half", "The half belongs to the distance, not to the acceleration.")},
)
add_text(
    exercise,
    "q3",
    sentence="Question 3: the name of the method.",
    right=("gradient descent", "steepest descent"),
    why="It goes down along the gradient.",
    wrong={"gradient ascent": ("goes_up", "Is the loss to grow?")},
    points=2,
)
