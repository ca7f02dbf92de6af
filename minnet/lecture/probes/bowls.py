"""Quadratic bowls, E = 1/2 (w - w*)' H (w - w*): the error surface of a linear neuron.

n weights, K steps
"""

from collections.abc import Callable

import numpy as np

SMALL = 1e-6  # of the distance at the start: there a descent counts as having arrived


def rotation(degrees: float) -> np.ndarray:
    """The matrix (2, 2) that turns the plane anti-clockwise.

    Parameters
    ----------
    degrees : float
    """
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def best_rate(hessian: np.ndarray) -> float:
    """The learning rate 2 / (l_min + l_max) with which steepest descent contracts most.

    Parameters
    ----------
    hessian : (n, n) array
    """
    curvatures = np.linalg.eigvalsh(hessian)
    return 2 / (curvatures[0] + curvatures[-1])


def edge(
    converges: Callable[[float], object], low: float, high: float, tolerance: float = 1e-6
) -> float:
    """The largest number for which something converges, by bisection.

    Parameters
    ----------
    converges : callable
        From a number to whether it converges.
    low, high : float
        Where it does, and where it does not.
    tolerance : float
        Width of the last interval as a share of its upper end; default 1e-6.
    """
    while high - low > tolerance * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if converges(middle) else (low, middle)
    return low
