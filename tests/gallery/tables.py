"""A group-by with pandas."""

import pandas as pd

from fairgrade.grading import Exercise


def mean_by_group(table):
    return table.groupby("group")["value"].mean()


exercise = Exercise("mean_by_group", points=3, reference=mean_by_group)


@exercise.inputs
def measurements(rng):
    groups = rng.permutation(["b", "a", "c", "a", "b", "c", "c"])
    return pd.DataFrame({"group": groups, "value": rng.normal(size=7).round(2)})


exercise.agrees_with_the_reference(points=3)


@exercise.misconception(hint="A sum grows with the number of rows.", loses=2)
def sums(table):
    return table.groupby("group")["value"].sum()


@exercise.misconception(hint="Groups of different size weigh alike: the mean is taken within each.", loses=2)
def divides_by_the_groups(table):
    return table.groupby("group")["value"].sum() / table["group"].nunique()


@exercise.variant
def pivoted(table):
    return table.pivot_table(index="group", values="value")["value"]
