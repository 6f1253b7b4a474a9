"""First steps: an exercise per module."""

from graders.first_steps.data_types import exercise as data_types
from graders.first_steps.plot_of_a_sample import exercise as plot_of_a_sample
from graders.first_steps.standard_error import exercise as standard_error
from graders.first_steps.what_it_means import question as what_it_means

__all__ = ["data_types", "plot_of_a_sample", "standard_error", "what_it_means"]
