"""Facts: mistakes made at once are recognised side by side where each shows in facts of its own."""

from __future__ import annotations

import pytest

from fairgrade.grading import Exercise, Submission, expect, grading_for


class Right:
    """Counts in steps of one from zero, and says so."""

    start, step, says = 0, 1, "done"

    def count(self, number):
        return [self.start + self.step * i for i in range(number)], self.says


class StartsAtOne(Right):
    start = 1


class CountsByTwo(Right):
    step = 2


class CountsByThree(Right):
    step = 3


class SaysNothing(Right):
    says = None


class StandsStill(Right):
    step = 0


def make(*misconceptions, loses=1.0) -> Exercise:
    exercise = Exercise("counting", points=3, reference=Right, has_fact_probes=True)

    @exercise.check(points=3)
    def counts(Work):
        """It counts."""
        expect(Work().count(3) == ([0, 1, 2], "done"), "It does not count.")

    @exercise.probe
    def how_it_counts(Work):
        (first, second), _ = Work().count(2)
        step = second - first
        words = {0: "nothing", 1: "one"}.get(step, "more")
        return {"the step is": words, "it goes": "up" if step > 1 else "along" if step else "nowhere"}

    @exercise.probe
    def where_it_starts(Work):
        return {"it starts at": Work().count(1)[0][0]}

    @exercise.probe
    def what_it_says(Work):
        return {"it says": str(Work().count(1)[1])}

    for code in misconceptions:
        exercise.misconception("Look again.", loses=loses)(code)
    return exercise


BANK = (StartsAtOne, CountsByTwo, SaysNothing, StandsStill)


def graded(work, *misconceptions, **options):
    with grading_for(Submission("a", "s001")):
        return make(*(misconceptions or BANK), **options).grade(work)


def named(work, *misconceptions):
    return {found.name for found in graded(work, *misconceptions).misconceptions}


def test_one_mistake_is_named():
    """As in any exercise."""
    assert named(CountsByTwo) == {"counts_by_two"}


def test_mistakes_of_one_kind_are_one_mistake_in_any_size():
    """Words make a family of what differs in a number."""
    assert named(CountsByThree) == {"counts_by_two"}


def test_three_mistakes_at_once_are_named_and_cost_their_prices():
    """Each shows in facts of its own."""

    class All(StartsAtOne, CountsByThree, SaysNothing):
        pass

    score = graded(All)
    assert {found.name for found in score.misconceptions} == {"starts_at_one", "counts_by_two", "says_nothing"}
    assert score.earned == 0  # three times 1 of 3
    assert graded(type("Two", (StartsAtOne, SaysNothing), {}), loses=0.5).earned == 2


def test_what_no_mistake_explains_is_told_and_keeps_the_price_from_holding():
    """What is certain is named all the same."""

    class Odd(StartsAtOne):
        says = "goodbye"

    score = graded(Odd)
    assert [found.name for found in score.misconceptions] == ["starts_at_one"]
    assert score.relations[0].hint == "What was measured: it says goodbye (asked for: done)."
    assert score.earned == 0
    assert score.priced_by is None


def test_a_mistake_whose_effects_are_missing_is_not_named():
    """The step is larger, and yet the work goes along: that is not what counting by two does."""

    class Sideways(Right):
        def count(self, number):
            return [(0, 2)[i % 2] if number > 1 else 0 for i in range(number)], "never"

    class GoesUpAndSaysNever(CountsByTwo):
        says = "never"

    assert named(Sideways, GoesUpAndSaysNever) == {"goes_up_and_says_never"}
    assert named(CountsByTwo, GoesUpAndSaysNever) == set()


def test_a_mistake_may_be_hidden_in_part_by_another():
    """Who stands still does not count by two, but a name that shows in another fact, too, may be true."""

    class CountsByTwoAndSaysSo(Right):
        step, says = 2, "by two"

    class Both(StandsStill):
        says = "by two"

    assert named(Both, StandsStill, CountsByTwoAndSaysSo) == {"stands_still", "counts_by_two_and_says_so"}


def test_two_names_that_fit_alike_are_not_given():
    """Neither is certain."""

    class CountsByFour(Right):
        step = 4

    class Other(StartsAtOne):
        step = 5

    assert named(Other, StartsAtOne, CountsByTwo, CountsByFour) == {"starts_at_one"}


class DoublesAll(Right):
    def count(self, number):
        numbers, says = super().count(number)
        return [2 * each for each in numbers], says


def test_two_mistakes_that_show_together_as_neither_does_alone_are_named_and_cost_their_prices():
    """A start of two is neither one mistake's nor the other's: both are made together and compared."""

    class StartsAtTwo(Right):
        def count(self, number):
            return [2 + 2 * i for i in range(number)], "done"

    score = graded(StartsAtTwo, StartsAtOne, SaysNothing, DoublesAll)
    assert [found.name for found in score.misconceptions] == ["starts_at_one", "doubles_all"]
    assert score.earned == 1
    assert named(StartsAtTwo, StartsAtOne, SaysNothing) == set()


def test_a_mistake_that_another_hides_from_all_probes_costs_its_price_where_a_check_sees_it():
    """Nothing but zeros can be seen of work that stands still; that it counts one more shows in a check of its own."""

    class Counted(Right):
        made = 0

        def count(self, number):
            self.made = number
            return super().count(number)

    class StandsStillHere(Counted):
        step = 0

    class CountsOneMoreHere(Counted):
        def count(self, number):
            numbers, says = super().count(number + 1)
            return numbers[1:], says

    exercise = Exercise("counting", points=8, reference=Counted, has_fact_probes=True)

    @exercise.check(points=5)
    def makes_no_more(Work):
        """It makes no more numbers than it is asked for."""
        (work := Work()).count(3)
        expect(work.made == 3, "It makes more.")

    @exercise.check(points=3)
    def counts(Work):
        """It counts."""
        expect(Work().count(3)[0] == [0, 1, 2], "It does not count.")

    @exercise.probe
    def where_it_starts(Work):
        return {"it starts at": Work().count(1)[0][0]}

    @exercise.probe
    def where_it_goes(Work):
        return {"it goes to": Work().count(2)[0][1]}

    @exercise.probe
    def what_it_says(Work):
        return {"it says": Work().count(1)[1]}

    exercise.misconception("Look again.", loses=3)(StandsStillHere)
    exercise.misconception("Look again.", loses=1)(CountsOneMoreHere)

    with grading_for(Submission("a", "s001")):
        score = exercise.grade(type("Both", (StandsStillHere, CountsOneMoreHere), {}))
    assert score.by_checks == 0
    assert score.earned == 4
    assert [found.name for found in score.misconceptions] == ["stands_still_here", "counts_one_more_here"]


@pytest.mark.parametrize("work", [3, None, lambda: 0, type("Empty", (), {})])
def test_work_that_probes_cannot_use_has_no_facts(work):
    """It is graded all the same, without a name."""
    score = graded(work)
    assert (score.earned, score.misconceptions) == (0, ())
