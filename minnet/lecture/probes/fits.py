"""What an error surface looks like nearby: a quadratic, an ellipse, a Taylor expansion.

n weights, N cases, P points
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq


def error_surface(net, x: np.ndarray, t: np.ndarray) -> Callable:
    """The error of these cases as a function of weights (..., n), one gradient call a point."""
    return lambda w: np.apply_along_axis(lambda v: net.gradient(v, x, t)[0], -1, np.asarray(w))


def quadratic(w: np.ndarray, errors: np.ndarray) -> tuple[float, np.ndarray]:
    """Fit a polynomial of degree 2 to errors (...) at w (..., 2): largest misfit, Hessian (2, 2).

    The misfit is a share of the largest error.
    """
    w1, w2 = w.reshape(-1, 2).T
    terms = np.stack([w1**2, w1 * w2, w2**2, w1, w2, np.ones_like(w1)], axis=1)
    fit = np.linalg.lstsq(terms, errors.ravel(), rcond=None)[0]
    misfit = np.abs(terms @ fit - errors.ravel()).max() / np.abs(errors).max()
    return float(misfit), np.array([[2 * fit[0], fit[1]], [fit[1], 2 * fit[2]]])


def level_curve(error: Callable, centre: np.ndarray, rise: float, points: int = 60) -> np.ndarray:
    """Where, seen from a minimum (2,), the error has risen so much: (P, 2), by root finding."""
    turn, level = np.linspace(0, 2 * np.pi, points, endpoint=False), error(centre) + rise
    rays = np.stack([np.cos(turn), np.sin(turn)], axis=1)

    def reach(ray: np.ndarray) -> float:
        return brentq(lambda r: error(centre + r * ray) - level, 0, 50, xtol=1e-13)

    return centre + rays * np.array([[reach(ray)] for ray in rays])


def conic(w: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Fit A x^2 + B x y + C y^2 + D x + E y = 1 to points (P, 2).

    Returns B^2 - 4AC, negative for an ellipse; its long axis over its short one; and the
    direction (2,) of the long one.
    """
    w1, w2 = w.T
    terms = np.stack([w1**2, w1 * w2, w2**2, w1, w2], axis=1)
    a, b, c, *_ = np.linalg.lstsq(terms, np.ones(len(w)), rcond=None)[0]
    (low, high), axes = np.linalg.eigh(np.array([[a, b / 2], [b / 2, c]]) * np.sign(a))
    return b * b - 4 * a * c, float(np.sqrt(np.abs(high / low))), axes[:, 0]


def hessian(net, w: np.ndarray, x: np.ndarray, t: np.ndarray, size: float = 1e-4) -> np.ndarray:
    """The second derivatives (n, n), from central differences of the net's gradient."""
    rows = [
        net.gradient(w + size * axis, x, t)[1] - net.gradient(w - size * axis, x, t)[1]
        for axis in np.eye(w.size)
    ]
    return (np.array(rows) + np.array(rows).T) / (4 * size)


def expansion(net, w: np.ndarray, x: np.ndarray, t: np.ndarray) -> Callable:
    """The Taylor expansion of the error about w (n,) to second order, for weights (..., n)."""
    (error, g), second = net.gradient(w, x, t), hessian(net, w, x, t)
    return lambda v: error + (v - w) @ g + 0.5 * np.sum((v - w) @ second * (v - w), axis=-1)
