"""A written answer, which you grade in the formgrader."""

from fairgrade.grading import WrittenQuestion

question = WrittenQuestion(
    "what_it_means",
    points=2,
    samples=(
        "Two thirds of such samples have a mean within one standard error of the true mean.",
        "It is the error of the measurement.",
    ),
)
