"""The written answer: what becomes of a network whose weights all start at 0.

Graded by hand against the mark scheme in the source notebook.
"""

from fairgrade.grading import WrittenQuestion

question = WrittenQuestion(
    "zero_start",
    points=2,
    samples=(
        "She will see about 50 % right votes for ever, and a loss of 0.69. All hidden neurons say tanh(0) = 0, so W2 "
        "gets no gradient, and since W2 is 0 no blame is passed back to W1 either. Only b2 moves. And even with equal "
        "weights that are not 0, all neurons would get the same gradient and stay copies of one another.",
        "The accuracy stays at 50 % because all neurons are the same.",
        "It learns more slowly, so she needs more epochs.",
    ),
)
