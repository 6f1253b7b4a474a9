"""``fairgrade similar``: submissions of a class that are more alike than its other submissions are."""
