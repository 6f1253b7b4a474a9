"""``fairgrade discover``: wrong answers that behave alike and have no name yet, from the results of a class."""
