"""An error surface: a formula with its numbers, where it is least, and what part of it to look at.

    P numbers of a formula      M minima      N cases of a linear neuron

A surface of one's own is a function like those in `heights`: (x, y, then numbers with defaults) to
(E, dE/dx, dE/dy).  The ready ones are made in `surfaces`.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numba import types

from ..checks import check_name, check_number
from ..kernels.jit import entry, kernel
from ..rules import lift
from . import heights

SIGNATURE = types.float64(types.float64[::1], types.float64[::1], types.float64[::1])
NARROW = 0.05  # an ellipse slimmer than this is drawn with unequal axes, or it would be a line
WIDE = 0.3  # the least height of a picture, in widths
READY: dict[str, Callable] = {}  # the ready surfaces by name, as `gallery` makes them


class Surface:
    """An error surface of two weights, compiled.

    Parameters
    ----------
    function : callable or str
        A function of (x, y) that returns (E, dE/dx, dE/dy).  It may take numbers after x and y,
        with defaults; they are passed at run time, so other values need no new compilation.  Or
        the name of a ready surface, and nothing else.
    numbers : mapping of str to float, optional
        Values that replace the defaults.
    label : str, optional
        What it is called in tables and figures.
    minima : (M, 2) array, optional
        Where it is least; none if left out.
    window : tuple of float, optional
        (left, right, bottom, top) of its picture.
    start : tuple of float, optional
        A good place to start from.
    cases : (N, P) array, optional
        The numbers of the surface that each case alone would make: they allow mini-batches.

    Raises
    ------
    ValueError
        If the name or a number is unknown, or a number not finite.
    RuleError
        If the function does not compile.

    Examples
    --------
    >>> surface = Surface(heights.rosenbrock, minima=[(1, 1)])
    >>> surface.at([0, 1], [0, 1]).tolist(), surface.gradient((0, 1)).tolist()
    ([1.0, 0.0], [-2.0, 200.0])
    """

    def __init__(
        self,
        function: Callable | str,
        numbers: Mapping[str, float] | None = None,
        *,
        label: str | None = None,
        minima=(),
        window: tuple | None = None,
        start: tuple | None = None,
        cases: np.ndarray | None = None,
    ):
        if isinstance(function, str):
            check_name("surface", function, READY)
            vars(self).update(vars(READY[function]()))
            return
        self.function = getattr(function, "py_func", function)
        self.label = label or self.function.__name__
        self.name = self.label.split("(")[0]
        known = defaults(self.function)
        for name, value in (numbers or {}).items():
            check_name(f"number of {self.name}", name, known)
            check_number(f"{name} of {self.name}", value, low=-np.inf)
        self.numbers = np.array([*(known | dict(numbers or {})).values()], np.float64)
        self.minima = np.array(minima, np.float64).reshape(-1, 2)
        self.window, self.start, self.cases = window, start, cases
        self.measure = measured(function)

    def __str__(self) -> str:
        return self.label

    def __repr__(self) -> str:
        return f"<surface {self.label}>"

    def __call__(self, w: np.ndarray, g: np.ndarray) -> float:
        """Write the gradient at w (2,) into g (2,), both float64, and return the error."""
        return self.measure(w, g, self.numbers)

    def gradient(self, w) -> np.ndarray:
        """The gradient (2,) at w (2,)."""
        g = np.empty(2)
        self(np.array(w, np.float64), g)
        return g

    def at(self, x, y) -> np.ndarray:
        """The errors at all places of the arrays x and y, which broadcast."""
        x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        errors = np.empty(x.shape)
        flat = (np.ascontiguousarray(x).ravel(), np.ascontiguousarray(y).ravel())
        surveyor()(self.measure, self.numbers, *flat, errors.reshape(-1))
        return errors

    def hessian(self, w=(0.0, 0.0)) -> np.ndarray:
        """The second derivatives (2, 2) at w.

        Exact for bowls and linear neurons; else central differences of the gradient, good to some
        nine digits.
        """
        if self.function is heights.quadratic:
            xx, xy, yy = self.numbers[:3]
            return np.array([[xx, xy], [xy, yy]])
        w = np.array(w, np.float64)
        sizes = np.cbrt(np.finfo(float).eps) * np.maximum(1, np.abs(w))
        columns = [
            (self.gradient(w + size * axis) - self.gradient(w - size * axis)) / (2 * size)
            for size, axis in zip(sizes, np.eye(2), strict=True)
        ]
        return 0.5 * (np.array(columns) + np.array(columns).T)


def defaults(function: Callable) -> dict[str, float]:
    """The numbers that a surface's function takes after x and y."""
    _, _, *rest = given = list(inspect.signature(function).parameters.values()) + [None] * 2
    numbers = [parameter for parameter in rest if parameter is not None]
    wrong = [p for p in numbers if p.default is p.empty or p.kind is not p.POSITIONAL_OR_KEYWORD]
    if None in given[:2] or wrong:
        raise lift.RuleError(
            f"a surface takes x, y, then numbers with defaults; {function.__name__} takes "
            f"({', '.join(inspect.signature(function).parameters) or 'nothing'})"
        )
    return {parameter.name: parameter.default for parameter in numbers}


@cache
def measured(function: Callable) -> Callable:
    """Compile measure(w (2,), g (2,), numbers (P,)) -> error for a surface's function."""
    plain = getattr(function, "py_func", function)
    places = "".join(f", numbers[{k}]" for k in range(len(defaults(plain))))
    text = (
        "def lifted(w, g, numbers):\n"
        f"    error, g[0], g[1] = scalar(w[0], w[1]{places})\n"
        "    return error\n"
    )
    label = f"surface.{plain.__module__}.{plain.__name__}"
    return lift.generated(text, label, function, SIGNATURE)


@kernel
def survey(measure, numbers, x, y, errors):
    """The errors (n,) at the places x (n,), y (n,)."""
    w, g = np.empty(2), np.empty(2)
    for i in range(x.size):
        w[0], w[1] = x[i], y[i]
        errors[i] = measure(w, g, numbers)


@cache
def surveyor():
    """`survey`, to be called by those who know their arrays."""
    vector = types.float64[::1]
    return entry(survey, types.FunctionType(SIGNATURE), vector, vector, vector, vector)


def framed(hessian: np.ndarray, centre, start, margin: float = 1.15) -> tuple:
    """The window that holds the ellipse of a bowl's equal errors through `start`."""
    sizes, axes = np.linalg.eigh(hessian)
    off = np.subtract(start, centre)
    level = off @ hessian @ off
    if sizes[1] <= 0 or level <= 0:
        half = np.full(2, max(1.0, *np.abs(off)))
    else:
        sizes = np.where(sizes > 1e-9 * sizes[1], sizes, sizes[1] / 100)  # a trough has no end
        half = np.sqrt(level * ((axes**2) @ (1 / sizes)))
    if half.min() > NARROW * half.max():
        half = np.maximum(half, WIDE * half.max())
    (left, bottom), (right, top) = centre - margin * half, centre + margin * half
    return float(left), float(right), float(bottom), float(top)
