"""The class `Surface`: the formula of an error surface, its parameters, its minima and its window.

    P parameters of a formula      M minima      N cases of a linear neuron

A surface of one's own is a function like those in `heights`: (x, y, then parameters with defaults)
to (E, dE/dx, dE/dy).  The ready ones are made in `gallery`.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numba import types

from ..checks import check_name, check_number
from ..kernels.jit import entry, kernel
from ..rules import lift
from . import heights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


SIGNATURE = types.float64(types.float64[::1], types.float64[::1], types.float64[::1])
NARROW = 0.05  # an ellipse slimmer than this is drawn with unequal axes, or it would be a line
WIDE = 0.3  # the least height of a picture, in widths
READY: dict[str, Callable[..., "Surface"]] = {}  # the ready surfaces by name, from `gallery`

Window = tuple[float, float, float, float]  # left, right, bottom, top


class Surface:
    """An error surface of two weights, compiled.

    Parameters
    ----------
    function : callable or str
        A function of (x, y) that returns (E, dE/dx, dE/dy), written in plain arithmetic and `math`.
        It may take parameters after x and y, with defaults; they are passed at run time, so other
        values need no new compilation.  Or the name of a ready surface, "bowl" say, and nothing
        else.
    parameters : mapping of str to float, optional
        Values that replace the defaults of the function's parameters; finite numbers.
    label : str, optional
        What it is called in tables and figures; default: the function's name.
    minima : (M, 2) array
        The places where the surface is least; none by default.
    window : (left, right, bottom, top), optional
        The part that its picture shows; default: what holds the paths.
    start : (x, y), optional
        A good place to start from; without one, `roll` needs a start.
    cases : (N, P) array, optional
        The parameters of the surface that each case alone would make, so that mini-batches of the
        cases can be formed; default: there are no mini-batches.

    Attributes
    ----------
    function, label, window, start, cases
        As above; `function` is the plain Python function.
    name : str
        The label up to its first parenthesis.
    parameters : (P,) float64
        All parameters, in the function's order.
    minima : (M, 2) float64
    measure : callable
        The compiled formula: measure(w (2,), g (2,), parameters (P,)) writes the gradient into g
        and returns E; all float64.

    Raises
    ------
    ValueError
        If the name or a parameter is unknown, or a parameter not finite.
    RuleError
        If the function has other arguments, or does not compile.

    Examples
    --------
    >>> surface = Surface(heights.rosenbrock, minima=[(1, 1)])
    >>> surface.at([0, 1], [0, 1]).tolist(), surface.gradient((0, 1)).tolist()
    ([1.0, 0.0], [-2.0, 200.0])
    """

    def __init__(
        self,
        function: Callable | str,
        parameters: Mapping[str, float] | None = None,
        *,
        label: str | None = None,
        minima: "ArrayLike" = (),
        window: Window | None = None,
        start: tuple[float, float] | None = None,
        cases: np.ndarray | None = None,
    ) -> None:
        if isinstance(function, str):
            check_name("surface", function, READY)
            vars(self).update(vars(READY[function]()))
            return
        self.function = getattr(function, "py_func", function)
        self.label = label or self.function.__name__
        self.name = self.label.split("(")[0]
        known = defaults(self.function)
        for name, value in (parameters or {}).items():
            check_name(f"parameter of {self.name}", name, known)
            check_number(f"{name} of {self.name}", value, low=-np.inf)
        self.parameters = np.array([*(known | dict(parameters or {})).values()], np.float64)
        self.minima = np.array(minima, np.float64).reshape(-1, 2)
        self.window, self.start, self.cases = window, start, cases
        self.measure = measured(function)

    def __str__(self) -> str:
        return self.label

    def __repr__(self) -> str:
        return f"<surface {self.label}>"

    def __call__(self, w: np.ndarray, g: np.ndarray) -> float:
        """Write the gradient at w (2,) into g (2,), both float64, and return the error there."""
        return self.measure(w, g, self.parameters)

    def gradient(self, w: "ArrayLike") -> np.ndarray:
        """The gradient (2,) at the weights w (2,), in float64."""
        g = np.empty(2)
        self(np.array(w, np.float64), g)
        return g

    def at(self, x: "ArrayLike", y: "ArrayLike") -> np.ndarray:
        """The errors, in float64, at all places (x, y).

        Parameters
        ----------
        x, y : arrays
            The two weights; their shapes broadcast, so that ``at(x, y[:, None])`` is a grid.
        """
        x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        errors = np.empty(x.shape)
        flat = (np.ascontiguousarray(x).ravel(), np.ascontiguousarray(y).ravel())
        surveyor()(self.measure, self.parameters, *flat, errors.reshape(-1))
        return errors

    def hessian(self, w: "ArrayLike" = (0.0, 0.0)) -> np.ndarray:
        """The second derivatives (2, 2) at the weights w (2,), in float64.

        Exact for bowls and linear neurons; else central differences of the gradient, good to some
        nine digits.
        """
        if self.function is heights.quadratic:
            xx, xy, yy = self.parameters[:3]
            return np.array([[xx, xy], [xy, yy]])
        w = np.array(w, np.float64)
        sizes = np.cbrt(np.finfo(float).eps) * np.maximum(1, np.abs(w))
        columns = [
            (self.gradient(w + size * axis) - self.gradient(w - size * axis)) / (2 * size)
            for size, axis in zip(sizes, np.eye(2), strict=True)
        ]
        return 0.5 * (np.array(columns) + np.array(columns).T)


def defaults(function: Callable) -> dict[str, float]:
    """The parameters that a surface's function takes after x and y, with their default values."""
    arguments = list(inspect.signature(function).parameters.values())
    parameters = arguments[2:]
    wrong = [p for p in parameters if p.default is p.empty or p.kind is not p.POSITIONAL_OR_KEYWORD]
    if len(arguments) < 2 or wrong:
        raise lift.RuleError(
            f"a surface takes x, y, then parameters with defaults; {function.__name__} takes "
            f"({', '.join(argument.name for argument in arguments) or 'nothing'})"
        )
    return {parameter.name: parameter.default for parameter in parameters}


@cache
def measured(function: Callable) -> Callable:
    """Compile measure(w (2,), g (2,), parameters (P,)) -> error for a surface's function."""
    plain = getattr(function, "py_func", function)
    places = "".join(f", parameters[{k}]" for k in range(len(defaults(plain))))
    text = (
        "def lifted(w, g, parameters):\n"
        f"    error, g[0], g[1] = scalar(w[0], w[1]{places})\n"
        "    return error\n"
    )
    label = f"surface.{plain.__module__}.{plain.__name__}"
    return lift.generated(text, label, function, SIGNATURE)


@kernel
def survey(
    measure: Callable, parameters: np.ndarray, x: np.ndarray, y: np.ndarray, errors: np.ndarray
) -> None:
    """Write the errors (n,) at the places x (n,), y (n,) of the surface with `parameters` (P,)."""
    w, g = np.empty(2), np.empty(2)  # a place; its gradient is not used
    for i in range(x.size):
        w[0], w[1] = x[i], y[i]
        errors[i] = measure(w, g, parameters)


@cache
def surveyor() -> Callable:
    """`survey`, compiled for float64; it checks no argument: wrong dtypes read wrong memory."""
    vector = types.float64[::1]
    return entry(survey, types.FunctionType(SIGNATURE), vector, vector, vector, vector)


def framed(
    hessian: np.ndarray, centre: Sequence[float], start: Sequence[float], margin: float = 1.15
) -> Window:
    """The window that holds the ellipse of a bowl's equal errors through `start`.

    `hessian` (2, 2) and `centre` (2,) are the bowl's; the window is `margin` times as large.
    """
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
