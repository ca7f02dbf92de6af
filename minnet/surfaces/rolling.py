"""Error surfaces of two weights, on which a rule can be watched.

    R runs, K steps      P numbers of a surface      N cases, B mini-batches

A surface goes through the same compiled steps as a net.  The ready ones stand in `gallery`, their
formulas in `heights`.
"""

from collections.abc import Callable
from functools import cache
from math import isfinite
from types import FunctionType

import numpy as np
from numba import types

from ..checks import check_number, check_whole
from ..descent.plan import Plan
from ..kernels.jit import entry, kernel
from ..optimizers.notation import as_optimizer
from ..optimizers.schedules import Course
from ..rules import lift
from .gallery import as_surface
from .landscapes import SIGNATURE, Surface
from .paths import Paths

step, jump, looks_ahead = None, None, False  # `compiled` puts those of a rule in their place


def descend(w, slots, hyper, measure, whole, batches, noise, path, errors):
    """Roll one run down a surface: path (K + 1, 2) and errors (K + 1,), from w (2,) on.

    The errors are those of `whole` (P,).  If there are `batches` (B, P), gradients are measured on
    them in turn; if there is `noise` (K, 2), it is added to the gradients.
    """
    g, ahead = np.empty_like(w), np.empty_like(w)
    batched, noisy = batches.shape[0] > 0, noise.shape[0] > 0
    path[0, 0], path[0, 1] = w[0], w[1]
    errors[0] = measure(w, g, whole)
    for k in range(path.shape[0] - 1):
        worse = k > 0 and errors[k] > errors[k - 1]
        if looks_ahead:
            jump(w, ahead, slots, hyper[k], k + 1, False)
        if batched:
            measure(ahead if looks_ahead else w, g, batches[k % batches.shape[0]])
        elif looks_ahead:
            measure(ahead, g, whole)
        if noisy:
            g[0] += noise[k, 0]
            g[1] += noise[k, 1]
        step(w, g, slots, hyper[k], k + 1, worse)
        path[k + 1, 0], path[k + 1, 1] = w[0], w[1]
        if not (isfinite(w[0]) and isfinite(w[1])):
            return
        errors[k + 1] = measure(w, g, whole)


@cache
def compiled(rule: Callable, ahead: Callable | None) -> Callable:
    """`descend` with a rule and its jump compiled into it, for those who know their arrays.

    Two weights are so few that a call of the step through its address would take as long as the
    step.
    """
    step = lift.pair(rule, rule)
    own = {"step": step, "jump": step, "looks_ahead": ahead is not None}
    if ahead is not None:
        own["jump"] = lift.pair(rule, ahead, jump=True)
    function = FunctionType(descend.__code__, globals() | own | {"__name__": rule.__module__})
    label = f"roll.{rule.__module__}.{rule.__name__}" + (f".{ahead.__name__}" if ahead else "")
    vector, matrix = types.float64[::1], types.float64[:, ::1]
    measure = types.FunctionType(SIGNATURE)
    with lift.rule_errors(rule):
        return entry(
            kernel(function, name=label), vector, matrix, matrix, measure, vector, matrix, matrix,
            matrix, vector,
        )  # fmt: skip


def in_batches(surface: Surface, steps: int, batch_size: int, order: str, seed: int) -> np.ndarray:
    """The numbers (B, P) of the surfaces that the mini-batches of a linear neuron's cases make.

    A mini-batch's error is the sum over its cases, so the numbers of its cases are summed.
    """
    if surface.cases is None:
        raise ValueError(
            f"batch_size is for surfaces made of cases, like linear_neuron; {surface} has none"
        )
    cases = len(surface.cases)
    check_whole("batch_size", batch_size, 1, cases, " (cases of the surface)")
    per_epoch = cases // batch_size + (cases % batch_size > 0)
    epochs = 1 if order == "cyclic" else max(1, -(-steps // per_epoch))
    chosen, starts = Plan(cases, batch_size, epochs, order, seed).cut(0, epochs * per_epoch)
    rows = np.add.reduceat(surface.cases[chosen], starts[:-1])
    rows[:, 3:5] = surface.numbers[3:5]
    return rows


def roll(
    surface,
    optimizers,
    start=None,
    steps: int = 100,
    *,
    noise: float = 0.0,
    batch_size: int | None = None,
    order: str = "cyclic",
    seed: int = 0,
) -> Paths:
    """Take optimizers down one surface, from one start.

    Parameters
    ----------
    surface : Surface, str or callable
        A `Surface`, a name like "bowl" or "bowl(condition=10, angle=45)", or a function of (x, y)
        that returns (E, dE/dx, dE/dy).
    optimizers : sequence of Optimizer, str or rule
    start : (2,) array, optional
        The surface's own start, if left out.
    steps : int
    noise : float
        Standard deviation of the normal noise that is added to each gradient: the same noise for
        every optimizer.
    batch_size : int, optional
        For a linear neuron: measure the gradients on mini-batches of so many of its cases.
    order : str
        How mini-batches are chosen: "cyclic", "shuffled" or "replacement" (see `Plan`).
    seed : int
        Of noise and mini-batches.

    Returns
    -------
    Paths
        In float64.  A run that diverges is recorded, not raised.

    Raises
    ------
    ValueError
        If the start is not two finite numbers, the steps are not a whole number, the noise is
        negative, or the surface has no cases to make mini-batches of.

    Examples
    --------
    >>> roll("bowl", ["sgd(lr=0.01)"], (1, 1), 2).w[0].round(4).tolist()
    [[1.0, 1.0], [0.99, 0.0], [0.9801, 0.0]]
    """
    surface = as_surface(surface)
    chosen = [as_optimizer(optimizer) for optimizer in optimizers]
    start = np.array(surface.start if start is None else start, np.float64)
    if start.shape != (2,) or not np.isfinite(start).all():
        raise ValueError(f"start must be two finite numbers, got {start.tolist()}")
    check_whole("steps", steps, 0)
    check_number("noise", noise)
    check_whole("seed", seed, 0)
    batches, told = np.empty((0, len(surface.numbers))), []
    if batch_size is not None:
        batches = in_batches(surface, steps, batch_size, order, seed)
        told.append(f"{order} mini-batches of {batch_size}")
    pushes = np.empty((0, 2))
    if noise:
        pushes = noise * np.random.default_rng(seed).standard_normal((steps, 2))
        told.append(f"gradient noise of sd {noise:g}")
    if noise or (batch_size is not None and order != "cyclic"):
        told.append(f"seed {seed}")
    path = np.full((len(chosen), steps + 1, 2), np.nan)
    errors = np.full((len(chosen), steps + 1), np.nan)
    for r, optimizer in enumerate(chosen):
        course = Course(steps, 1)
        optimizer.check_course(course, without_losses="roll")
        compiled(optimizer.rule, optimizer.jump)(
            start.copy(), optimizer.start(2, "float64"),
            optimizer.table(1, steps, course, "float64"), surface.measure, surface.numbers,
            batches, pushes, path[r], errors[r],
        )  # fmt: skip
    return Paths([str(optimizer) for optimizer in chosen], path, errors, surface, ", ".join(told))
