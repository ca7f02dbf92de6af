"""The error surface of a linear neuron with two inputs, made from its training cases.

    N cases, B mini-batches      P parameters of a surface

The error of every case is a quadratic function of the two weights, and so is any sum of them.
"""

import numpy as np
from numpy.typing import ArrayLike

from ..checks import check_whole
from ..descent.plan import Plan
from . import heights
from .landscapes import Surface, framed

SHIFTED = ((101, 101), (101, 99)), (2, 0)  # the two cases of slide 11, before the mean is taken off


def linear_neuron(x: ArrayLike = ((1, 1), (1, -1)), t: ArrayLike = (2, 0)) -> Surface:
    """The error 1/2 sum (t - w . x)^2 of a linear neuron on its training cases: always a bowl.

    Parameters
    ----------
    x : (N, 2) array
        The inputs, finite, N at least 1.
    t : (N,) array
        The targets, finite.

    Returns
    -------
    Surface
        Its gradients can be measured on mini-batches of the cases (see `roll`).  Where the cases
        leave a direction open, a whole line is least, and `minima` is empty.

    Raises
    ------
    ValueError
        If the arrays do not fit, or are not finite.

    References
    ----------
    Lecture 6a, slide 2; 6b, slides 11 and 12.

    Examples
    --------
    >>> linear_neuron().minima.round(6).tolist()
    [[1.0, 1.0]]
    >>> float(np.linalg.cond(linear_neuron(*SHIFTED).hessian()).round(1))
    40005.9
    """
    try:
        x, t = np.array(x, np.float64), np.array(t, np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("the cases of linear_neuron must be finite numbers") from None
    if x.ndim != 2 or x.shape[1] != 2 or not len(x) or t.shape != x.shape[:1]:
        raise ValueError(f"x must be (N, 2) and t (N,), got {x.shape} and {t.shape}")
    if not (np.isfinite(x).all() and np.isfinite(t).all()):
        raise ValueError("the cases of linear_neuron must be finite numbers")
    centre, _, rank, _ = np.linalg.lstsq(x, t, rcond=None)
    off = t - x @ centre
    size = np.abs(t) + np.abs(x) @ np.abs(centre)
    off[np.abs(off) < 1e-13 * size] = 0.0  # rounding
    # The parameters of each case's own error, written around the minimum of all: these add up.
    cases = np.zeros((len(x), 8))
    cases[:, 0], cases[:, 1], cases[:, 2] = x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 1] ** 2
    cases[:, 5:7], cases[:, 7] = -off[:, None] * x, 0.5 * off**2
    xx, xy, yy, *_, floor = cases.sum(axis=0)
    parameters = {"xx": xx, "xy": xy, "yy": yy, "x0": centre[0], "y0": centre[1], "floor": floor}
    return Surface(
        heights.quadratic,
        {key: float(value) for key, value in parameters.items()},
        label=f"linear_neuron({len(x)} cases)",
        minima=[centre] if rank == 2 else (),
        window=framed(np.array([[xx, xy], [xy, yy]]), centre, (0, 0)),
        start=(0.0, 0.0),
        cases=cases,
    )


def in_batches(surface: Surface, steps: int, batch_size: int, order: str, seed: int) -> np.ndarray:
    """The parameters (B, P) of the surfaces that mini-batches of a linear neuron's cases make.

    A mini-batch's error is the sum over its cases, so the parameters of its cases are summed, but
    for x0 and y0 (columns 3 and 4), around which all cases are written.
    """
    if surface.cases is None:
        raise ValueError(
            f"batch_size is for surfaces made of cases, like linear_neuron; {surface} has none"
        )
    cases = len(surface.cases)
    check_whole("batch_size", batch_size, 1, cases, " (cases of the surface)")
    per_epoch = cases // batch_size + (cases % batch_size > 0)
    epochs = 1 if order == "cyclic" else max(1, -(-steps // per_epoch))
    sequence, starts = Plan(cases, batch_size, epochs, order, seed).cut(0, epochs * per_epoch)
    rows = np.add.reduceat(surface.cases[sequence], starts[:-1])
    rows[:, 3:5] = surface.parameters[3:5]
    return rows
