"""A small race of eight epochs, long enough for a criterion to stop it.

28 training cases in mini-batches of 5 are 6 steps an epoch, and so between two evaluations.
"""

import small_races


def small_race(optimizers, dtype="float64", **options):
    return small_races.small_race(optimizers, dtype, **({"epochs": 8} | options))
