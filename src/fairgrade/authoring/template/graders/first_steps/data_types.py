"""A question with options: the notebook asks for a dictionary of letters, ``answers = {"q1": "A"}``."""

from fairgrade.grading import Exercise, add_question

exercise = Exercise("data_types", points=1, reference={"q1": "B"}, solution_name="answers")

add_question(
    exercise,
    "q1",
    sentence="What the standard error of a mean does as the sample grows",
    right="B",
    why="It falls with the root of n: four times as many numbers halve it.",
    wrong={
        "A": ("thinks_that_it_stays", "That is the standard deviation. What happens to the mean of many numbers?"),
        "C": ("thinks_that_it_falls_with_n", "Try it: twice as many numbers, is it half as large?"),
    },
)
