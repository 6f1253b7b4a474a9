"""Flattening lists of any depth."""

from fairgrade.grading import Exercise


def flatten(items):
    return [x for item in items for x in (flatten(item) if isinstance(item, list) else [item])]


exercise = Exercise("flatten", points=2, reference=flatten)


@exercise.inputs(depth=(0, 1, 4))
def nested(rng, depth):
    items = rng.integers(0, 99, 3).tolist()
    for _ in range(depth):
        items = [*rng.integers(0, 99, 2).tolist(), items, []]
    return items


exercise.agrees_with_the_reference(points=2)


@exercise.misconception(hint="What if a list within a list holds lists?", loses=1)
def flattens_one_level(items):
    return [x for item in items for x in (item if isinstance(item, list) else [item])]


@exercise.misconception(hint="The caller's list is not yours to change.", loses=1)
def empties_its_argument(items):
    out = []
    while items:
        item = items.pop(0)
        out.extend(empties_its_argument(item) if isinstance(item, list) else [item])
    return out


@exercise.variant
def with_a_stack(items):
    stack, out = list(items), []
    while stack:
        item = stack.pop()
        stack.extend(item) if isinstance(item, list) else out.append(item)
    return out[::-1]
