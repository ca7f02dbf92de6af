"""Local fits of an error surface: its quadratic, its level curve, its Taylor expansion.

n weights, N cases, d inputs, o outputs, P points
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from ...net.mlp import MLP


def error_surface(net: MLP, x: np.ndarray, t: np.ndarray) -> Callable[[ArrayLike], np.ndarray]:
    """The error of these cases as a function of weights (..., n), one gradient call a point.

    Parameters
    ----------
    net : MLP
    x : (N, d) array
    t : (N, o) array
    """
    return lambda w: np.apply_along_axis(lambda v: net.gradient(v, x, t)[0], -1, np.asarray(w))


def quadratic(w: np.ndarray, errors: np.ndarray) -> tuple[float, np.ndarray]:
    """Fit a polynomial of degree 2: its largest misfit and its Hessian (2, 2).

    Parameters
    ----------
    w : (..., 2) array
    errors : (...) array
        At these weights; the misfit is a share of the largest one.
    """
    w1, w2 = w.reshape(-1, 2).T
    terms = np.stack([w1**2, w1 * w2, w2**2, w1, w2, np.ones_like(w1)], axis=1)
    fit = np.linalg.lstsq(terms, errors.ravel(), rcond=None)[0]
    misfit = np.abs(terms @ fit - errors.ravel()).max() / np.abs(errors).max()
    return float(misfit), np.array([[2 * fit[0], fit[1]], [fit[1], 2 * fit[2]]])


def level_curve(
    error: Callable[[np.ndarray], np.ndarray], centre: np.ndarray, rise: float, points: int = 60
) -> np.ndarray:
    """Where, seen from a minimum, the error has risen so much: (P, 2), by root finding.

    Parameters
    ----------
    error : callable
        From weights (2,) to their error.
    centre : (2,) array
        The minimum.
    rise : float
        Of the error above that at the minimum.
    points : int
        P, default 60.
    """
    turn, level = np.linspace(0, 2 * np.pi, points, endpoint=False), error(centre) + rise
    rays = np.stack([np.cos(turn), np.sin(turn)], axis=1)

    def reach(ray: np.ndarray) -> float:
        return brentq(lambda r: error(centre + r * ray) - level, 0, 50, xtol=1e-13)

    return centre + rays * np.array([[reach(ray)] for ray in rays])


def conic(w: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Fit A x^2 + B x y + C y^2 + D x + E y = 1.

    Parameters
    ----------
    w : (P, 2) array
        Points of the curve.

    Returns
    -------
    discriminant : float
        B^2 - 4AC, negative for an ellipse.
    ratio : float
        Its long axis over its short one.
    direction : (2,) array
        Of the long axis.
    """
    w1, w2 = w.T
    terms = np.stack([w1**2, w1 * w2, w2**2, w1, w2], axis=1)
    a, b, c, *_ = np.linalg.lstsq(terms, np.ones(len(w)), rcond=None)[0]
    (low, high), axes = np.linalg.eigh(np.array([[a, b / 2], [b / 2, c]]) * np.sign(a))
    return b * b - 4 * a * c, float(np.sqrt(np.abs(high / low))), axes[:, 0]


def hessian(
    net: MLP, w: np.ndarray, x: np.ndarray, t: np.ndarray, size: float = 1e-4
) -> np.ndarray:
    """The second derivatives (n, n), from central differences of the net's gradient.

    Parameters
    ----------
    net : MLP
    w : (n,) array
    x : (N, d) array
    t : (N, o) array
    size : float
        Of the differences to either side; default 1e-4.
    """
    rows = [
        net.gradient(w + size * axis, x, t)[1] - net.gradient(w - size * axis, x, t)[1]
        for axis in np.eye(w.size)
    ]
    return (np.array(rows) + np.array(rows).T) / (4 * size)


def expansion(
    net: MLP, w: np.ndarray, x: np.ndarray, t: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """The Taylor expansion of the error to second order, as a function of weights (..., n).

    Parameters
    ----------
    net : MLP
    w : (n,) array
        The weights about which the error is expanded.
    x : (N, d) array
    t : (N, o) array
    """
    (error, g), second = net.gradient(w, x, t), hessian(net, w, x, t)
    return lambda v: error + (v - w) @ g + 0.5 * np.sum((v - w) @ second * (v - w), axis=-1)
