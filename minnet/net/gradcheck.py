"""A gradient check: the gradient of backprop against finite differences of the error itself.

    n  weights      N  cases, d inputs, o outputs

Each weight is moved by +h and -h (and +-2h), and E measured there, in float64.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import backprop
from .mlp import MLP

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


# By the number of points.  E is rounded, which leaves 1e-16 |E| / h of every difference.
TOLERANCE = {2: 1e-5, 4: 1e-7}  # relative errors up to which an entry counts as right
STEP = {2: 1e-5, 4: 1e-3}


@dataclass(frozen=True)
class Worst:
    """The entry of one layer whose two gradients differ most.

    Attributes
    ----------
    layer : int
        From 0, the first layer of weights.
    what : str
        "weights" or "biases".
    index : tuple of int
        The entry's place there: (from unit, to unit), or (unit,).
    backprop, difference : float
        Both gradients.
    relative : float
        The difference of the two, over the sum of their sizes.
    crossed : bool
        Whether the step took a ReLU over its kink, where a difference says nothing about the slope.
    """

    layer: int
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
    """

    worst: list[Worst]
    crossings: int
    points: int
    tolerance: float

    def __bool__(self) -> bool:
        return all(w.crossed or w.relative <= self.tolerance for w in self.worst)

    def __str__(self) -> str:
        lines = [
            f"layer {w.layer} {w.what:<7} worst at {w.index}: backprop {w.backprop:.8g}, "
            f"difference {w.difference:.8g}, relative error {w.relative:.1e}"
            + (" (crossed a kink)" if w.crossed else "")
            for w in self.worst
        ]
        verdict = "right" if self else "WRONG"
        kinks = (
            f", {self.crossings} entries crossed a kink and were left out" if self.crossings else ""
        )
        return "\n".join([*lines, f"gradient {verdict} to {self.tolerance:g}{kinks}"])


def check_gradient(
    net: MLP,
    w: "ArrayLike",
    x: "ArrayLike",
    t: "ArrayLike",
    *,
    points: int = 4,
    h: float | None = None,
) -> Check:
    """Compare `net.gradient` with central differences of the error, weight by weight.

    Parameters
    ----------
    net : MLP
    w : (n,) array
        The weights at which both gradients are computed, in float64 whatever the dtype.
    x : (N, d) array
        The inputs of a few cases: E is measured `points` times for every weight.
    t : (N, o) array
        Their targets.
    points : 2 or 4
        (E(+h) - E(-h)) / 2h, or the 4-point formula (8 (E(h) - E(-h)) - (E(2h) - E(-2h))) / 12h.
    h : float, optional
        How far a weight is moved; default: 1e-5 for 2 points, 1e-3 for 4.

    Returns
    -------
    Check
        True if every entry that could be judged is right; prints the worst ones.

    Raises
    ------
    ValueError
        If `points` is neither 2 nor 4, or a shape does not fit the net.

    Examples
    --------
    >>> from minnet import MLP
    >>> net = MLP([2, 3, 1], output="linear", loss="squared")
    >>> bool(check_gradient(net, net.start(1), [[1.0, -1.0]], [[0.5]]))
    True
    """
    if points not in TOLERANCE:
        raise ValueError(f"points must be 2 or 4, got {points!r}")
    w, x, t = (np.array(a, np.float64, order="C", ndmin=d) for a, d in ((w, 1), (x, 2), (t, 2)))
    h = STEP[points] if h is None else h
    g = net.gradient(w, x, t)[1]
    signs = kinks(net, w, x)
    differences, crossed = np.empty_like(w), np.zeros(w.size, bool)
    for i in range(w.size):
        errors = {}
        for k in (-1, 1) if points == 2 else (-2, -1, 1, 2):
            moved = w.copy()
            moved[i] += k * h
            errors[k] = net.gradient(moved, x, t)[0]
            crossed[i] |= not np.array_equal(signs, kinks(net, moved, x))
        near = errors[1] - errors[-1]
        differences[i] = (
            near / (2 * h) if points == 2 else (8 * near - (errors[2] - errors[-2])) / (12 * h)
        )
    # The floor keeps derivatives that are 0 up to rounding from counting as wrong.
    floor = 1e-6 * np.fmax(np.fmax.reduce(np.abs([*g, *differences])), 1e-6)
    relative = np.abs(g - differences) / np.maximum(np.abs(g) + np.abs(differences), floor)
    worst = _worst(net, g, differences, np.where(np.isnan(relative), np.inf, relative), crossed)
    return Check(worst, int(crossed.sum()), points, TOLERANCE[points])


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
    net: MLP,
    g: np.ndarray,
    differences: np.ndarray,
    relative: np.ndarray,
    crossed: np.ndarray,
) -> list[Worst]:
    """The worst entry of each layer's weights and biases; all arrays are (n,)."""
    entries = []
    places = zip(
        *(net.named(a) for a in (g, differences, relative, crossed)),
        strict=True,
    )
    for layer, groups in enumerate(places):
        for what, (gs, ds, rs, cs) in zip(
            ("weights", "biases"), zip(*groups, strict=True), strict=True
        ):
            if gs is None:
                continue
            judged = np.where(cs, -1.0, rs)
            index = np.unravel_index(np.argmax(rs if cs.all() else judged), rs.shape)
            entries.append(
                Worst(
                    layer, what, tuple(map(int, index)), float(gs[index]), float(ds[index]),
                    float(rs[index]), bool(cs[index]),
                )
            )  # fmt: skip
    return entries
