"""`roll`: descents of several optimizers on one error surface of two weights.

    R runs, K steps      S slots, H hyperparameters of a rule
    P parameters of a surface      N cases, B mini-batches

The steps are the same compiled rules that train a net.
"""

from collections.abc import Callable, Iterable
from functools import cache
from math import isfinite
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import types

from ..checks import check_number, check_whole
from ..kernels.jit import entry, kernel
from ..optimizers.notation import as_optimizer
from ..optimizers.optimizer import Optimizer
from ..optimizers.schedules import Course
from ..rules import lift
from .gallery import as_surface
from .landscapes import SIGNATURE, Surface
from .neuron import in_batches
from .paths import Paths

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


# Globals of `descend` that have no value here: `compiled` binds them to a rule's own.
step: Any = None
jump: Any = None
looks_ahead = False


def descend(
    w: np.ndarray,
    slots: np.ndarray,
    hyper: np.ndarray,
    measure: Callable,
    whole: np.ndarray,
    batches: np.ndarray,
    noise: np.ndarray,
    path: np.ndarray,
    errors: np.ndarray,
) -> None:
    """Descend a surface from w (2,) on: write path (K + 1, 2) and errors (K + 1,).

    w and slots (S, 2) change; hyper (K, H) has a row for each step.  The errors are those of the
    surface with the parameters `whole` (P,).  If there are `batches` (B, P), gradients are measured
    on them in turn; if there is `noise` (K, 2), it is added to the gradients.
    """
    g, ahead = np.empty_like(w), np.empty_like(w)  # (2,) each
    batched, noisy = batches.shape[0] > 0, noise.shape[0] > 0
    path[0, 0], path[0, 1] = w[0], w[1]
    errors[0] = measure(w, g, whole)
    for k in range(path.shape[0] - 1):
        # Only the errors of the whole surface tell whether it got worse: those of two different
        # mini-batches cannot be compared.
        worse = k > 0 and errors[k] > errors[k - 1]
        if looks_ahead:
            jump(w, ahead, slots, hyper[k], k + 1, False)  # `ahead`: where to measure
        # Without mini-batches and jump, g is there already: it was measured with the last error.
        if batched:
            measure(ahead if looks_ahead else w, g, batches[k % batches.shape[0]])
        elif looks_ahead:
            measure(ahead, g, whole)
        if noisy:
            g[0] += noise[k, 0]
            g[1] += noise[k, 1]
        step(w, g, slots, hyper[k], k + 1, worse)
        path[k + 1, 0], path[k + 1, 1] = w[0], w[1]
        # A run that diverged ends here; what is left of its path stays NaN.
        if not (isfinite(w[0]) and isfinite(w[1])):
            return
        errors[k + 1] = measure(w, g, whole)


@cache
def compiled(rule: Callable, ahead: Callable | None) -> Callable:
    """`descend` with a rule and its jump compiled into it; it checks no argument.

    Two weights are so few that a call of the step through its address would take as long as the
    step.  Arrays of another dtype than float64 would read wrong memory.
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


def roll(
    surface: Surface | str | Callable,
    optimizers: Iterable[Optimizer | str | Callable],
    start: "ArrayLike | None" = None,
    steps: int = 100,
    *,
    noise: float = 0.0,
    batch_size: int | None = None,
    order: str = "cyclic",
    seed: int = 0,
) -> Paths:
    """The paths of several optimizers on one error surface, from one start.

    Parameters
    ----------
    surface : Surface, str or callable
        A `Surface`, a name like "bowl" or "bowl(condition=10, angle=45)", or a function of (x, y)
        that returns (E, dE/dx, dE/dy).
    optimizers : sequence of Optimizer, str or rule
        Each makes one run; ``"sgd(lr=0.01)"`` is the notation, a plain function a user's own rule.
    start : (2,) array, optional
        Finite weights; default: the surface's own start.
    steps : int
        K, at least 0.
    noise : float
        Standard deviation of the normal noise that is added to each gradient, the same noise for
        every optimizer; at least 0.
    batch_size : int, optional
        For a linear neuron: measure the gradients on mini-batches of so many of its N cases, from
        1 to N.  Default: on all cases.
    order : str
        The order of the cases in mini-batches: "cyclic", "shuffled" or "replacement" (see
        `Plan`).
    seed : int
        Draws the noise and the mini-batches; at least 0.

    Returns
    -------
    Paths
        In float64.  A run that diverges is recorded, not raised.

    Raises
    ------
    ValueError
        If the start is not two finite numbers, the steps or the seed are no such whole number, the
        noise is negative, an optimizer or a surface cannot be read, a schedule looks at losses
        (there are none here), or the surface has no cases to make mini-batches of.
    RuleError
        If a rule, or a surface of one's own, does not compile.

    References
    ----------
    Lecture 6a, slides 2 to 4: error surfaces of a linear neuron, and steepest descent on them.

    Examples
    --------
    >>> roll("bowl", ["sgd(lr=0.01)"], (1, 1), 2).w[0].round(4).tolist()
    [[1.0, 1.0], [0.99, 0.0], [0.9801, 0.0]]
    """
    surface = as_surface(surface)
    runs = [as_optimizer(optimizer) for optimizer in optimizers]
    start = np.array(surface.start if start is None else start, np.float64)
    if start.shape != (2,) or not np.isfinite(start).all():
        raise ValueError(f"start must be two finite numbers, got {start.tolist()}")
    check_whole("steps", steps, 0)
    check_number("noise", noise)
    check_whole("seed", seed, 0)
    batches, setting = np.empty((0, len(surface.parameters))), []
    if batch_size is not None:
        batches = in_batches(surface, steps, batch_size, order, seed)
        setting.append(f"{order} mini-batches of {batch_size}")
    noises = np.empty((0, 2))
    if noise:
        noises = noise * np.random.default_rng(seed).standard_normal((steps, 2))
        setting.append(f"gradient noise of sd {noise:g}")
    if noise or (batch_size is not None and order != "cyclic"):
        setting.append(f"seed {seed}")
    path = np.full((len(runs), steps + 1, 2), np.nan)
    errors = np.full((len(runs), steps + 1), np.nan)
    for r, optimizer in enumerate(runs):
        course = Course(steps, 1)
        optimizer.check_course(course, without_losses="roll")
        compiled(optimizer.rule, optimizer.jump)(
            start.copy(), optimizer.start(2, "float64"),
            optimizer.table(1, steps, course, "float64"), surface.measure, surface.parameters,
            batches, noises, path[r], errors[r],
        )  # fmt: skip
    return Paths([str(run) for run in runs], path, errors, surface, ", ".join(setting))
