"""Examples of mistakes: a typical answer of the class, or else the code that the graders have for it."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cached_property

from fairgrade.bank_source import cell_source
from fairgrade.grading import Exercise
from fairgrade.grading.bank_items import Misconception
from fairgrade.report.anonymous_code import MAX_LINES, anonymous, common_words, shortened, typical_answer
from fairgrade.report.class_results import ClassMember

MAX_READ = 100
"""So many answers are looked at, evenly spaced among all; all of a large class would take a minute."""


def some_of(answers: Sequence[str]) -> Sequence[str]:
    """Return all answers, or an evenly spaced choice of many."""
    return answers[:: max(1, -(-len(answers) // MAX_READ))]


def answer_of(one: ClassMember, bank: Exercise | None) -> str:
    """Return a student's answer to an exercise; empty if there is none, or if nobody knows its cell."""
    return one.answers.get(bank.solution_cell, "") if bank is not None else ""


class Examples:
    """The examples of one exercise.

    Parameters
    ----------
    exercise : str
    bank : Exercise or None
        Its grader, if the course still has it.
    graded : sequence of ClassMember
    """

    def __init__(self, exercise: str, bank: Exercise | None, graded: Sequence[ClassMember]) -> None:
        self._exercise, self._bank, self._graded = exercise, bank, graded

    def misconception(self, name: str) -> Misconception | None:
        """Return what the graders know of a misconception."""
        return self._bank.misconceptions.get(name) if self._bank is not None else None

    def example(self, answers: Sequence[str], name: str = "") -> tuple[str, str]:
        """Return code that shows a mistake, and where it comes from, in words; both empty if there is none.

        Parameters
        ----------
        answers : sequence of str
            Of the students who make it.
        name : str
            Of the misconception, if it is one.
        """
        if typical := typical_answer(some_of(answers), self._common):
            source = f"One of these {typical.of} answers"
            if typical.alike > 1:
                source = f"A typical answer; {typical.alike} of {typical.of} read like it"
            return self._shortened(typical.code), source
        if self._bank is not None and (known := self.misconception(name)) is not None:
            try:
                # The last definition is the mistake; those before it are what it needs.
                code = cell_source(known.code, self._bank.solution_name).rpartition("\n\n\n")[2]
            except (ValueError, OSError, TypeError):  # it needs more than the graders, or its source is gone
                return "", ""
            return self._shortened(anonymous(code, self._common) or code), "The mistake as the graders have it"
        return "", ""

    def _shortened(self, code: str) -> str:
        return code if len(code.splitlines()) <= MAX_LINES else shortened(code, self._usual)

    @cached_property
    def _common(self) -> frozenset[str]:
        answers = some_of([answer for one in self._graded if (answer := answer_of(one, self._bank))])
        return common_words(answers, self._bank_sources())

    @cached_property
    def _usual(self) -> set[str]:
        """The lines of right answers."""
        right = [
            answer_of(one, self._bank)
            for one in self._graded
            for score in one.scores.values()
            if score["exercise"] == self._exercise and score["earned"] >= score["points"]
        ]
        lines = (line for text in some_of(right) for line in anonymous(text, self._common).splitlines())
        return {line.strip() for line in lines}

    def _bank_sources(self) -> list[str]:
        """Return the text of the modules that the exercise's code is from."""
        if self._bank is None:
            return []
        items = [self._bank.reference, *(known.code for known in self._bank.misconceptions.values())]
        modules = {module for item in items if (module := inspect.getmodule(item)) is not None}
        texts = []
        for module in modules:
            try:
                texts.append(inspect.getsource(module))
            except (OSError, TypeError):  # its file is gone
                continue
        return texts
