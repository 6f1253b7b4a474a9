"""The written answer: whether to buy a detector that is right in 99 % of cases, of which 1 % are positive.

Graded by hand against the mark scheme in the source notebook.
"""

from fairgrade.grading import WrittenQuestion

question = WrittenQuestion(
    "worth_buying",
    points=3,
    samples=(
        "Of 10,000 parts 100 are cracked. A detector that always says no is right for 9,900, which is 99 % as well, so "
        "the accuracy proves nothing. I would ask for recall and precision on parts that it was not trained on: how "
        "many of the 100 does it find, and how many alarms are false? Then I would weigh the costs of both errors.",
        "No, because always saying no has 99 %, too. I would ask for the recall.",
        "Yes. 99 % is more than our inspectors have.",
    ),
)
