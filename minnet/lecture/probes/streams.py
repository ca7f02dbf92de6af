"""Slide 28's stream of gradients: +0.1 on nine mini-batches, -0.9 on the tenth, over and over.

K  mini-batches
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from ... import rules, stepwise
from ...descent import walk as descent
from ...optimizers.notation import as_optimizer
from ...optimizers.optimizer import Optimizer

CYCLE = np.array([0.1] * 9 + [-0.9])  # they sum to 0
MEAN_SQUARE = float(np.mean(CYCLE**2))  # 0.09: the average that a running one goes to

Rule = Optimizer | str | Callable  # as `minnet.replay` takes it: a rule of one's own is a function


def stream(cycles: int, shuffled_by: int | None = None) -> np.ndarray:
    """The gradients (K,) of so many cycles of ten.

    Parameters
    ----------
    cycles : int
    shuffled_by : int, optional
        A seed: each cycle is then in its own random order.
    """
    gradients = np.tile(CYCLE, (cycles, 1))
    if shuffled_by is not None:
        gradients = np.random.default_rng(shuffled_by).permuted(gradients, axis=1)
    return gradients.ravel()


def sign_step(w, g, step=0.1):  # type: ignore[no-untyped-def]
    """w -= step sign(g): all moves have one size   (slide 27)"""
    return w - step * rules.sign(g)


def with_starts(optimizer: Rule, **starts: float) -> Optimizer:
    """The optimizer with slots that start elsewhere.

    Parameters
    ----------
    optimizer : Optimizer, str or rule
    **starts : float
        By the slot's name, like `mean_square=0.09`.
    """
    optimizer = as_optimizer(optimizer)
    return replace(optimizer, starts={**optimizer.starts, **starts})


def displacement(optimizer: Rule, gradients: ArrayLike) -> np.ndarray:
    """How far a weight moves the way that positive gradients push it, (K + 1,), from 0 on.

    Parameters
    ----------
    optimizer : Optimizer, str or rule
    gradients : (K,) array
    """
    return 0.0 - descent.replay(optimizer, 0.0, gradients)[:, 0]


def drift(optimizer: Rule, cycles: int) -> float:
    """How far the weight moves in the last cycle of the stream.

    Parameters
    ----------
    optimizer : Optimizer, str or rule
    cycles : int
        In all.
    """
    path = displacement(optimizer, stream(cycles))
    return float(path[-1] - path[-1 - len(CYCLE)])


def slot_trace(optimizer: Rule, gradients: ArrayLike, slot: str) -> np.ndarray:
    """What a rule remembers of one weight, (K + 1,): a slot at the start and after each step.

    Parameters
    ----------
    optimizer : Optimizer, str or rule
    gradients : (K,) array
    slot : str
        Its name, like "size".
    """
    stream = np.asarray(gradients, float).tolist()
    rows = stepwise.table(optimizer, stream, errors=[0.0] * len(stream)).rows
    return np.array([row[slot] for row in rows])
