"""A gradient check: the gradient of backprop against finite differences of the error itself.

    n  weights      N  cases, d inputs, o outputs

Each weight is moved by +h and -h (and +-2h), and E measured there, in float64.  A difference is
inexact for two reasons: the curve of E bends within h, and E itself is rounded, which is divided by
h.  So an entry is wrong only if it is wrong at each of several h, by more than the rounding of E.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import backprop
from .mlp import MLP

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Gradient = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[float, np.ndarray]]

TOLERANCE = {2: 1e-5, 4: 1e-7}  # by the number of points: up to here an entry counts as right
STEPS = {2: (1e-5, 1e-4, 1e-6), 4: (1e-3, 1e-4, 1e-5)}  # h, in the order in which they are tried
EPS = float(np.finfo(np.float64).eps)
ROUNDINGS = 20  # of E, that may add up in a difference
HIDDEN = 0.01  # mistakes smaller than this share of an entry are spoken of, if rounding hides them


@dataclass(frozen=True)
class Worst:
    """The entry of one layer whose two gradients differ most.

    Attributes
    ----------
    layer : int or None
        From 0, the first layer of weights; None for a function, which has no layers.
    what : str
        "weights" or "biases".
    index : tuple of int
        The entry's place there: (from unit, to unit), or (unit,); of a function, (weight,).
    backprop, difference : float
        Both gradients.
    relative : float
        The difference of the two beyond what the rounding of E explains, over the sum of their
        sizes.
    crossed : bool
        Whether the step took a ReLU over its kink, where a difference says nothing about the slope.
    """

    layer: int | None
    what: str
    index: tuple[int, ...]
    backprop: float
    difference: float
    relative: float
    crossed: bool


@dataclass(frozen=True)
class Check:
    """The result of a gradient check; true if every entry that could be judged is right.

    Attributes
    ----------
    worst : list of Worst
        One for each layer's weights and biases, over the entries that crossed no kink (or, if all
        crossed, over those).
    crossings : int
        Entries left out because the step crossed a kink.
    points : int
        2 or 4: at how many places E was measured for an entry.
    tolerance : float
        The relative error up to which an entry counts as right: 1e-5 with 2 points, 1e-7 with 4.
    hidden : int
        Entries, other than 0, that are so small that the rounding of E would hide a mistake of 1 %.
    """

    worst: list[Worst]
    crossings: int
    points: int
    tolerance: float
    hidden: int = 0

    def __bool__(self) -> bool:
        return all(w.crossed or w.relative <= self.tolerance for w in self.worst)

    def __str__(self) -> str:
        lines = [
            f"{'' if w.layer is None else f'layer {w.layer} '}{w.what:<7} worst at {w.index}: "
            f"backprop {w.backprop:.8g}, difference {w.difference:.8g}, "
            f"relative error {w.relative:.1e}" + (" (crossed a kink)" if w.crossed else "")
            for w in self.worst
        ]
        verdict = f"gradient {'right' if self else 'WRONG'} to {self.tolerance:g}"
        if self.crossings:
            verdict += f", {self.crossings} entries crossed a kink and were left out"
        if self.hidden:
            verdict += (
                f"; {self.hidden} entries are so small that the rounding of E would hide a mistake "
                "of 1 % in them"
            )
        return "\n".join([*lines, verdict])


def check_gradient(
    net: MLP | Gradient,
    w: "ArrayLike",
    x: "ArrayLike",
    t: "ArrayLike",
    *,
    points: int = 4,
    h: float | None = None,
) -> Check:
    """Compare a gradient with central differences of the error, weight by weight.

    Parameters
    ----------
    net : MLP, or function (w, x, t) -> (E, dE/dw)
        Whose gradient is checked: a net's, or that of a function of one's own, with w (n,) float64
        and x, t as they are given.
    w : (n,) array
        The weights at which both gradients are computed, in float64 whatever the dtype.
    x : (N, d) array
        The inputs of a few cases: E is measured `points` times for every weight, and again for
        entries that look wrong.
    t : (N, o) array
        Their targets.
    points : 2 or 4
        (E(+h) - E(-h)) / 2h, or the 4-point formula (8 (E(h) - E(-h)) - (E(2h) - E(-2h))) / 12h.
    h : float, optional
        How far a weight is moved; left out, several are tried: 1e-3, 1e-4, 1e-5 for 4 points, 1e-5,
        1e-4, 1e-6 for 2.

    Returns
    -------
    Check
        True if every entry that could be judged is right; prints the worst ones.

    Raises
    ------
    ValueError
        If `points` is neither 2 nor 4, or a shape does not fit the net, or a function returns
        something else than a number and n numbers.

    Examples
    --------
    >>> from minnet import MLP
    >>> net = MLP([2, 3, 1], output="linear", loss="squared")
    >>> bool(check_gradient(net, net.start(1), [[1.0, -1.0]], [[0.5]]))
    True
    >>> def bowl(w, x, t):
    ...     return 0.5 * float(np.sum((w - t) ** 2)), w - t
    >>> print(check_gradient(bowl, [1.0, 2.0], 0.0, [0.5, 0.5]).worst[0].what)
    weights
    """
    if points not in TOLERANCE:
        raise ValueError(f"points must be 2 or 4, got {points!r}")
    w = np.array(w, np.float64, order="C", ndmin=1)
    if isinstance(net, MLP):
        x, t = (np.array(a, np.float64, order="C", ndmin=2) for a in (x, t))
    else:
        x, t = np.asarray(x), np.asarray(t)
    measure = net.gradient if isinstance(net, MLP) else _own(net)
    e, g = measure(w, x, t)
    g = np.array(g, np.float64)
    rounding = max(ROUNDINGS * EPS * abs(e), ROUNDINGS / 2 * _noise(measure, w, x, t))
    signs = kinks(net, w, x) if isinstance(net, MLP) else None
    best = np.full(w.size, np.inf)  # the relative error at the h that suits an entry best
    differences, crossed = np.zeros(w.size), np.ones(w.size, bool)
    hidden = np.ones(w.size, bool)
    for step in STEPS[points] if h is None else (h,):
        for i in map(int, np.flatnonzero((best > TOLERANCE[points]) | crossed)):
            d, over = _difference(net, measure, w, x, t, i, step, points, signs)
            if over and not crossed[i]:
                continue
            size = abs(g[i]) + abs(d)
            beyond = max(abs(g[i] - d) - rounding / step, 0.0)
            relative = beyond / size if size else 0.0
            relative = np.inf if np.isnan(relative) else relative
            if (crossed[i] and not over) or relative < best[i] or not np.isfinite(best[i]):
                best[i], differences[i] = relative, d
            hidden[i] &= size > 0 and rounding / step > HIDDEN * size
            crossed[i] &= over
    worst = _worst(net, g, differences, best, crossed)
    judged = hidden & ~crossed
    return Check(worst, int(crossed.sum()), points, TOLERANCE[points], int(judged.sum()))


def _own(function: Gradient) -> Gradient:
    """A function of the user's, whose results are looked at before they are used."""

    def measured(w: np.ndarray, x: np.ndarray, t: np.ndarray) -> tuple[float, np.ndarray]:
        result = function(w.copy(), x, t)
        if not isinstance(result, tuple) or len(result) != 2:
            raise ValueError(f"the function must return (E, dE/dw), got {type(result).__name__}")
        g = np.asarray(result[1], np.float64)
        if np.size(result[0]) != 1 or g.shape != w.shape:
            raise ValueError(
                f"the function must return a number E and dE/dw of shape {w.shape}, "
                f"got shapes {np.shape(result[0])} and {g.shape}"
            )
        return float(np.asarray(result[0]).reshape(())), g

    return measured


def _noise(measure: Gradient, w: np.ndarray, x: np.ndarray, t: np.ndarray) -> float:
    """The standard deviation of the rounding of E, from its fourth differences along a line.

    A smooth E has next to none, and each difference mixes independent roundings (More & Wild 2011,
    "Estimating computational noise").  The middle one of three lines counts: one may cross a kink.
    """
    rng, noises = np.random.default_rng(0), []
    for _ in range(3):
        step = rng.choice([-1e-5, 1e-5], w.size) / np.sqrt(w.size)
        errors = np.array([measure(w + k * step, x, t)[0] for k in range(9)])
        noises.append(np.sqrt(np.mean(np.diff(errors, 4) ** 2) / 70))
    return float(np.nan_to_num(np.median(noises), nan=0.0, posinf=0.0))


def _difference(
    net: MLP | Gradient,
    measure: Gradient,
    w: np.ndarray,
    x: np.ndarray,
    t: np.ndarray,
    i: int,
    h: float,
    points: int,
    signs: np.ndarray | None,
) -> tuple[float, bool]:
    """The difference quotient of E along weight i, and whether it crossed a kink."""
    errors, crossed = {}, False
    for k in (-1, 1) if points == 2 else (-2, -1, 1, 2):
        moved = w.copy()
        moved[i] += k * h
        errors[k] = measure(moved, x, t)[0]
        if isinstance(net, MLP) and signs is not None and not crossed:
            crossed = not np.array_equal(signs, kinks(net, moved, x))
    near = errors[1] - errors[-1]
    if points == 2:
        return near / (2 * h), crossed
    return (8 * near - (errors[2] - errors[-2])) / (12 * h), crossed


def kinks(net: MLP, w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Whether each relu and leaky relu is above its kink, for each case of x (N, d): bool, flat."""
    y = np.empty(len(x) * sum(net.sizes[1:]))
    backprop.forward(w, net.layers, net.compiled(w.dtype).activate, x, y)
    sides, first = [], 0
    for size, name in zip(net.sizes[1:], (*net.hidden, net.output), strict=True):
        if name in ("relu", "leaky_relu"):
            sides.append(y[first : first + len(x) * size] > 0)
        first += len(x) * size
    return np.concatenate(sides) if sides else np.empty(0, bool)


def _worst(
    net: MLP | Gradient,
    g: np.ndarray,
    differences: np.ndarray,
    relative: np.ndarray,
    crossed: np.ndarray,
) -> list[Worst]:
    """The worst entry of each layer's weights and biases; all arrays are (n,)."""
    entries = []
    arrays = g, differences, relative, crossed
    if isinstance(net, MLP):
        layers = [
            list(zip(*groups, strict=True)) for groups in zip(*map(net.named, arrays), strict=True)
        ]
    else:
        layers = [[arrays]]
    for layer, groups in enumerate(layers):
        for what, (gs, ds, rs, cs) in zip(("weights", "biases"), groups, strict=False):
            if gs is None:
                continue
            judged = np.where(cs, -1.0, rs)
            index = np.unravel_index(np.argmax(rs if cs.all() else judged), rs.shape)
            entries.append(
                Worst(
                    layer if isinstance(net, MLP) else None, what, tuple(map(int, index)),
                    float(gs[index]), float(ds[index]), float(rs[index]), bool(cs[index]),
                )
            )  # fmt: skip
    return entries
