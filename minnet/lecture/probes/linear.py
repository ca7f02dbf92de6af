"""The step of an optimizer on a parabola E = 1/2 c w^2 as a matrix, and how far it contracts.

C curvatures, S slots

An optimizer that is linear in gradient and slots maps (w, slots) to (w, slots).  Its compiled step
is called once for each column, so the matrix is the rule's own and not a copy of its formula.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ...optimizers.optimizer import Optimizer
from . import bowls


def step_matrices(optimizer: Optimizer, curvatures: ArrayLike) -> np.ndarray:
    """The matrices (C, 1 + S, 1 + S) that take (w, slots) to the next (w, slots).

    Parameters
    ----------
    optimizer : Optimizer
        Linear in the gradient and its slots.
    curvatures : (C,) array or float
    """
    curvatures = np.atleast_1d(np.asarray(curvatures, float))
    step, jump, looks_ahead = optimizer.compiled("float64")
    hyper, size = optimizer.values("float64"), 1 + len(optimizer.slots)
    matrices = np.empty((curvatures.size, size, size))
    for column in range(size):
        state = np.zeros((size, curvatures.size))
        state[column] = 1.0
        w, slots, place = state[0], state[1:], state[0].copy()
        if looks_ahead:
            jump(w, place, slots, hyper, 2, False)
        step(w, curvatures * place, slots, hyper, 2, False)
        matrices[:, :, column] = state.T
    return matrices


def contraction(optimizer: Optimizer, curvatures: ArrayLike) -> np.ndarray:
    """What each step multiplies the distance with in the long run, (C,); from 1 on it diverges.

    Parameters
    ----------
    optimizer : Optimizer
        Linear in the gradient and its slots.
    curvatures : (C,) array or float
    """
    return np.abs(np.linalg.eigvals(step_matrices(optimizer, curvatures))).max(axis=1)


def edge(make: Callable[[float], Optimizer], curvature: float = 1.0) -> float:
    """The largest learning rate with which an optimizer shrinks distances.

    Parameters
    ----------
    make : callable
        From a learning rate to the optimizer.
    curvature : float
        Default 1.
    """
    return bowls.edge(lambda lr: contraction(make(lr), curvature)[0] < 1, 1e-3, 10)
