"""The written answer: why one neuron can't tell vertical from horizontal lines in any position.

Graded by hand against the mark scheme in the source notebook: a point for saying that a single line
drawn through the evidence can't separate the two (five of six patterns at most, about 83 %), and a point
for the reason (all columns together and all rows together add up to the same total weight) or for what
helps (a hidden layer).
"""

from fairgrade.grading import WrittenQuestion

question = WrittenQuestion(
    "limits_of_one_neuron",
    points=2,
    samples=(
        "The three columns and the three rows both add up to the sum of all nine weights. So if every column is above "
        "the threshold, the rows can't all be below it: at least one of the six patterns is always wrong, and one "
        "neuron stops at 5/6, about 83 %. A hidden layer could look for each line by itself.",
        "One neuron draws one straight boundary, and no straight boundary has all columns on one side and all rows on "
        "the other. We need more neurons.",
        "It needs more epochs and a smaller learning rate, then it would get there.",
    ),
)
