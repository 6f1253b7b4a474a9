"""Counting words: a dictionary of numbers."""

import re
from collections import Counter

from fairgrade.grading import Exercise


def word_counts(text):
    return dict(Counter(re.findall(r"[a-z]+", text.lower())))


exercise = Exercise("word_counts", points=3, reference=word_counts)


@exercise.inputs
def a_sentence(rng):
    words = rng.choice(["rain", "sun", "Snow", "wind"], size=8)
    return "".join(f"{word}{rng.choice([' ', ', ', '. '])}" for word in words) + "Sun"


exercise.agrees_with_the_reference(points=3)


@exercise.misconception(hint="Is `Sun` another word than `sun`?", loses=1)
def keeps_capital_letters(text):
    return dict(Counter(re.findall(r"[A-Za-z]+", text)))


@exercise.misconception(hint="Look at the words at the end of a sentence.", loses=1)
def keeps_punctuation(text):
    return dict(Counter(text.lower().split()))


@exercise.variant
def by_hand(text):
    counts = {}
    for word in "".join(c if c.isalpha() else " " for c in text.lower()).split():
        counts[word] = counts.get(word, 0) + 1
    return counts
