"""The vocabulary in which an instructor says what is right: exercises, checks, misconceptions, variants."""

from fairgrade.grading.agreement import expect_raises
from fairgrade.grading.bank_items import Check, Combination, Equivalent, Misconception, Variant
from fairgrade.grading.captured_output import quiet
from fairgrade.grading.central_differences import central_difference, expect_gradient
from fairgrade.grading.charged import charged_mistakes
from fairgrade.grading.distributions import expect_distribution
from fairgrade.grading.drawings import drawn
from fairgrade.grading.equality import expect_same
from fairgrade.grading.exercise import Exercise
from fairgrade.grading.expect import (
    FloatArray,
    expect,
    expect_any_close,
    expect_array,
    expect_close,
    expect_dtype,
    expect_finite,
    expect_number,
    expect_shape,
)
from fairgrade.grading.expect_text import expect_text, printed_by
from fairgrade.grading.outcomes import (
    CheckFailed,
    Failed,
    InfraError,
    NotAttempted,
    NotWritten,
    Outcome,
    Passed,
    StudentError,
)
from fairgrade.grading.quiz import add_question
from fairgrade.grading.relations import digits_kept
from fairgrade.grading.score import SCORE_MIME, CheckResult, Diagnosis, Score
from fairgrade.grading.seeding import Submission, current_submission, grading_for
from fairgrade.grading.short_answers import add_choices, add_number, add_text
from fairgrade.grading.side_effects import random_state_untouched, unchanged
from fairgrade.grading.student import Notebook, StudentObject, at_once, attributes, each, student_object
from fairgrade.grading.training import (
    Gradients,
    Learned,
    State,
    StateForm,
    expect_history,
    expect_learned,
    measure,
    reachable_states,
    read_state,
    sgd_states,
    train_from,
    write_state,
)
from fairgrade.grading.written_question import WrittenQuestion

__all__ = [
    "SCORE_MIME",
    "Check",
    "CheckFailed",
    "CheckResult",
    "Combination",
    "Diagnosis",
    "Equivalent",
    "Exercise",
    "Failed",
    "FloatArray",
    "Gradients",
    "InfraError",
    "Learned",
    "Misconception",
    "NotAttempted",
    "NotWritten",
    "Notebook",
    "Outcome",
    "Passed",
    "Score",
    "State",
    "StateForm",
    "StudentError",
    "StudentObject",
    "Submission",
    "Variant",
    "WrittenQuestion",
    "add_choices",
    "add_number",
    "add_question",
    "add_text",
    "at_once",
    "attributes",
    "central_difference",
    "charged_mistakes",
    "current_submission",
    "digits_kept",
    "drawn",
    "each",
    "expect",
    "expect_any_close",
    "expect_array",
    "expect_close",
    "expect_distribution",
    "expect_dtype",
    "expect_finite",
    "expect_gradient",
    "expect_history",
    "expect_learned",
    "expect_number",
    "expect_raises",
    "expect_same",
    "expect_shape",
    "expect_text",
    "grading_for",
    "measure",
    "printed_by",
    "quiet",
    "random_state_untouched",
    "reachable_states",
    "read_state",
    "sgd_states",
    "student_object",
    "train_from",
    "unchanged",
    "write_state",
]
