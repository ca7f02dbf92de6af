"""Slide 28's stream of gradients: +0.1 on nine mini-batches, -0.9 on the tenth, over and over.

K  mini-batches
"""

from dataclasses import replace

import numpy as np

from ... import rules, stepwise
from ...descent import walk as descent
from ...optimizers.notation import as_optimizer
from ...optimizers.optimizer import Optimizer

CYCLE = np.array([0.1] * 9 + [-0.9])  # they sum to 0
MEAN_SQUARE = float(np.mean(CYCLE**2))  # 0.09: the average that a running one goes to


def stream(cycles: int, shuffled_by: int | None = None) -> np.ndarray:
    """The gradients (K,) of so many cycles of ten; with a seed, each cycle in its own order."""
    gradients = np.tile(CYCLE, (cycles, 1))
    if shuffled_by is not None:
        gradients = np.random.default_rng(shuffled_by).permuted(gradients, axis=1)
    return gradients.ravel()


def sign_step(w, g, step=0.1):
    """w -= step sign(g): all moves have one size   (slide 27)"""
    return w - step * rules.sign(g)


def begun(optimizer, **starts: float) -> Optimizer:
    """The optimizer with slots that start elsewhere, like `mean_square=0.09`."""
    optimizer = as_optimizer(optimizer)
    return replace(optimizer, starts={**optimizer.starts, **starts})


def moved(optimizer, gradients: np.ndarray) -> np.ndarray:
    """How far a weight moves the way that positive gradients push it, (K + 1,), from 0 on."""
    return 0.0 - descent.replay(optimizer, 0.0, gradients)[:, 0]


def drift(optimizer, cycles: int) -> float:
    """How far the weight moves in the last of so many cycles of the stream."""
    path = moved(optimizer, stream(cycles))
    return float(path[-1] - path[-1 - len(CYCLE)])


def remembered(optimizer, gradients: np.ndarray, slot: str) -> np.ndarray:
    """What a rule remembers of one weight, (K + 1,): a slot at the start and after each step."""
    rows = stepwise.table(optimizer, gradients, errors=np.zeros(len(gradients))).rows
    return np.array([row[slot] for row in rows])
