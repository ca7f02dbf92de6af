"""Error surfaces of two weights, on which a rule can be watched.

    R runs, K steps

A surface is a function of two numbers that returns the error and its two derivatives; it goes
through the same compiled steps as a net.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import types

from . import lift
from ._jit import entry, kernel
from .checks import check_name, check_whole
from .notation import as_optimizer
from .schedules import Course

MEASURE = "def lifted(w, g):\n    error, g[0], g[1] = scalar(w[0], w[1])\n    return error\n"
SIGNATURE = types.float64(types.float64[::1], types.float64[::1])


def rosenbrock(x, y):
    """E = (1 - x)^2 + 100 (y - x^2)^2, least at (1, 1)   (Rosenbrock 1960)"""
    off = y - x * x
    return (1 - x) ** 2 + 100 * off * off, -2 * (1 - x) - 400 * x * off, 200 * off


def bowl(x, y):
    """E = 1/2 (x^2 + 100 y^2): a ravine along x, condition number 100   (slide 3)"""
    return 0.5 * (x * x + 100 * y * y), x, 100 * y


def saddle(x, y):
    """E = x^2 - y^2: downhill along y, a minimum along x"""
    return x * x - y * y, 2 * x, -2 * y


SURFACES = {function.__name__: function for function in (rosenbrock, bowl, saddle)}


@dataclass(frozen=True, eq=False)
class Paths:
    """Where each run went: `w` (R, K + 1, 2) and the errors there, `errors` (R, K + 1)."""

    labels: list[str]
    w: np.ndarray
    errors: np.ndarray


class Surface:
    """An error surface, compiled: calling it with (w (2,), g (2,)) writes the gradient, returns E.

    Parameters
    ----------
    function : callable or str
        A function of (x, y) that returns (E, dE/dx, dE/dy), or the name of one in `SURFACES`.
    """

    def __init__(self, function: Callable | str):
        if isinstance(function, str):
            check_name("surface", function, SURFACES)
            function = SURFACES[function]
        self.function = function
        self.name = self.function.__name__
        label = f"surface.{self.function.__module__}.{self.name}"
        self.measure = lift.generated(MEASURE, label, self.function, SIGNATURE)

    def __call__(self, w: np.ndarray, g: np.ndarray) -> float:
        return self.measure(w, g)


@kernel
def descend(w, slots, numbers, step, jump, looks_ahead, measure, path, errors):
    """Roll one run down a surface: path (K + 1, 2) and errors (K + 1,), from w (2,) on."""
    g, ahead = np.empty_like(w), np.empty_like(w)
    errors[0] = measure(w, g)
    for k in range(path.shape[0]):
        path[k, 0], path[k, 1] = w[0], w[1]
        if k + 1 == path.shape[0]:
            return
        worse = k > 0 and errors[k] > errors[k - 1]
        if looks_ahead:
            jump(w, ahead, slots, numbers[k], k + 1, False)
            measure(ahead, g)
        step(w, g, slots, numbers[k], k + 1, worse)
        errors[k + 1] = measure(w, g)


@cache
def compiled():
    """`descend`, to be called by those who know their arrays."""
    vector, matrix = types.float64[::1], types.float64[:, ::1]
    step = types.FunctionType(lift.signature("float64"))
    measure = types.FunctionType(SIGNATURE)
    return entry(
        descend, vector, matrix, matrix, step, step, types.boolean, measure, matrix, vector
    )


def roll(surface, optimizers, start, steps: int) -> Paths:
    """Take optimizers down one surface, from one start.

    Parameters
    ----------
    surface : Surface, str or callable
        See `Surface`.
    optimizers : sequence of Optimizer, str or rule
    start : (2,) array
    steps : int

    Returns
    -------
    Paths
        In float64.

    Raises
    ------
    ValueError
        If the start is not two finite numbers, or the steps are not a whole number.

    Examples
    --------
    >>> roll("bowl", ["sgd(lr=0.01)"], (1, 1), 2).w[0].round(4).tolist()
    [[1.0, 1.0], [0.99, 0.0], [0.9801, 0.0]]
    """
    surface = surface if isinstance(surface, Surface) else Surface(surface)
    chosen = [as_optimizer(optimizer) for optimizer in optimizers]
    start = np.array(start, np.float64)
    if start.shape != (2,) or not np.isfinite(start).all():
        raise ValueError(f"start must be two finite numbers, got {start.tolist()}")
    check_whole("steps", steps, 0)
    roll_down = compiled()
    path = np.empty((len(chosen), steps + 1, 2))
    errors = np.empty((len(chosen), steps + 1))
    for r, optimizer in enumerate(chosen):
        course = Course(steps, 1)
        optimizer.check_course(course, without_losses="roll")
        w = start.copy()
        roll_down(
            w, optimizer.start(2, "float64"), optimizer.table(1, steps, course, "float64"),
            *optimizer.compiled("float64"), surface.measure, path[r], errors[r],
        )  # fmt: skip
    return Paths([str(optimizer) for optimizer in chosen], path, errors)
