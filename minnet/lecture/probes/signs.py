"""Gains under streams of signs: what becomes of them by agreement, oscillation and chance.

    K steps, n weights

With gradients of 1 and -1 and a learning rate of 1, the sizes of the steps are the gains.
"""

from collections.abc import Iterator

import numpy as np

from ...descent.walk import replay
from ...optimizers.optimizer import Optimizer


def alternating(steps: int) -> np.ndarray:
    """The stream 1, -1, 1, ...: (K,).

    Parameters
    ----------
    steps : int
        K.
    """
    return (-1.0) ** np.arange(steps)


def gain_trace(optimizer: Optimizer, signs: np.ndarray) -> np.ndarray:
    """The gain at every step (K,) of a stream of signs.

    Parameters
    ----------
    optimizer : Optimizer
        With a learning rate of 1.
    signs : (K,) array of 1 and -1
        Its gradients.
    """
    return np.abs(np.diff(replay(optimizer, 0.0, signs)[:, 0]))


def random_gains(optimizer: Optimizer, seed: int, n: int, steps: int) -> Iterator[np.ndarray]:
    """The gains (n,) after each step, when every gradient has a random sign.

    Parameters
    ----------
    optimizer : Optimizer
        With a slot "gain" and a learning rate of 1.
    seed : int
        Draws the signs.
    n : int
        Weights.
    steps : int
        K.
    """
    rng, w = np.random.default_rng(seed), np.zeros(n)
    step, slots = optimizer.compiled("float64")[0], optimizer.start(n, "float64")
    hyper, gain = optimizer.values("float64"), optimizer.slots.index("gain")
    for t in range(1, steps + 1):
        step(w, rng.choice([-1.0, 1.0], n), slots, hyper, t, False)
        yield slots[gain].copy()


def first(reached: np.ndarray) -> float:
    """The number of the first step (from 0) at which something is true; inf if at none.

    Parameters
    ----------
    reached : (K,) array of bool
    """
    return int(np.argmax(reached)) if np.any(reached) else np.inf
