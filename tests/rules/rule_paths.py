"""Paths of weights under the rules, from the package and from the answer book.

K steps, n weights, S slots; paths (K + 1, n).
"""

import numpy as np

from minnet import naive
from minnet.descent.walk import replay
from minnet.optimizers.optimizer import Optimizer


def naive_path(optimizer: Optimizer, w0, gradients, errors) -> np.ndarray:
    """The answer book's path for given gradients, with the optimizer's own numbers."""
    walk = naive.RULES[{"rprop": "rprop_minus"}.get(optimizer.name, optimizer.name)]
    return walk(
        w0, lambda t, w: (errors[t], gradients[t]), len(gradients), **optimizer.hyperparameters
    )


def assert_same_path(path, expected, tolerance):
    """Equal to `tolerance` times the length of each weight's way, which is what rounding costs.

    Numbers below the smallest normal one are rounded to multiples of the smallest of all: there,
    no digits of a way need be left.
    """
    way = np.abs(expected[0]) + np.abs(np.diff(expected, axis=0)).sum(axis=0)
    assert path.shape == expected.shape
    assert np.all(np.abs(path - expected) <= tolerance * way + np.finfo(path.dtype).tiny)


def one(optimizer, gradients, errors=None) -> np.ndarray:
    """The path (K + 1,) of one weight that starts at 0."""
    if errors is None and optimizer.asks_worse:
        errors = np.zeros(len(gradients))
    return replay(optimizer, 0.0, gradients, errors)[:, 0]


def remembered(optimizer: Optimizer, slot: str, gradients) -> list[float]:
    """What one slot holds at the start and after each step, for one weight."""
    step, _, _ = optimizer.compiled("float64")
    slots, numbers, w = optimizer.start(1, "float64"), optimizer.values("float64"), np.zeros(1)
    row, seen = optimizer.slots.index(slot), []
    for t, g in enumerate(gradients, start=1):
        seen.append(slots[row, 0])
        step(w, np.array([float(g)]), slots, numbers, t, False)
    return [*seen, slots[row, 0]]
