"""The policy of instant feedback: what it shows, and when it is a submission's turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from traitlets import Enum, Float, Integer, TraitError
from traitlets.config import Config, Configurable

from fairgrade.course import CourseError


class InstantFeedback(Configurable):
    """The feedback that ``fairgrade watch`` releases, set as ``c.InstantFeedback.<name> = <value>``."""

    shows = Enum(
        ["nothing", "checks", "points"],
        default_value="nothing",
        help="""What a page shows that is released at once: "points", all that the ordinary page shows; "checks", the
        same without any points; "nothing", there is none. What a person has graded is never on it.""",
    ).tag(config=True)
    times = Integer(5, min=0, help="How many submissions of a student get one, per assignment.").tag(config=True)
    minutes_apart = Float(
        10.0, min=0.0, help="Minutes between two of them; the newest submission waits for its turn."
    ).tag(config=True)

    @classmethod
    def of(cls, config: Config) -> InstantFeedback:
        """Return the policy that the configuration sets.

        Raises
        ------
        CourseError
            If it sets something that does not exist, or to a value of the wrong kind.
        """
        unknown = sorted(set(config.get("InstantFeedback", {})) - set(cls.class_trait_names(config=True)))
        if unknown:
            names = ", ".join(sorted(cls.class_trait_names(config=True)))
            raise CourseError(f"c.InstantFeedback: expected {names}, got {', '.join(unknown)}.")
        try:
            return cls(config=config)
        except TraitError as error:
            raise CourseError(f"c.InstantFeedback: {error}") from error


@dataclass(frozen=True)
class Shown:
    """A submission whose feedback its student may see at once.

    Attributes
    ----------
    work : str
        A hash over the submission.
    at : datetime
        When its turn was, in UTC.
    released : bool
        Whether the page is where the student can fetch it.
    """

    work: str
    at: datetime
    released: bool


def turn_of(
    policy: InstantFeedback, work: str, arrived: datetime, due: datetime | None, before: Sequence[Shown]
) -> datetime | None:
    """Return when feedback on a submission may be shown; None if only with the final feedback.

    Parameters
    ----------
    policy : InstantFeedback
    work : str
        A hash over the submission.
    arrived : datetime
        When it arrived, in UTC.
    due : datetime or None
        Until when the student may hand in, in UTC.
    before : sequence of Shown
        Which submissions of the student had their turn, in order of time.
    """
    if policy.shows == "nothing":
        return None
    known = [shown.at for shown in before if shown.work == work]
    if known:
        return known[0]
    if len(before) >= policy.times:
        return None
    turn = max([arrived, *(shown.at + timedelta(minutes=policy.minutes_apart) for shown in before)])
    return turn if due is None or turn <= due else None
