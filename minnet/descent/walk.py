"""The descent as a plain Python loop: `walk` with a net's gradients, `replay` with given ones.

    K  mini-batches    n  weights    S  slots    H  hyperparameters of the rule

`loop.py` is the same loop, compiled; both call the same gradient and the same step, and agree bit
for bit.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..optimizers.notation import OptimizerLike, as_optimizer
from ..optimizers.optimizer import Optimizer
from ..optimizers.schedules import Course

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ..data.cases import Part
    from ..net.mlp import MLP
    from .plan import Plan


def walk(
    net: "MLP", part: "Part", optimizer: OptimizerLike, plan: "Plan", w: np.ndarray
) -> Iterator[tuple[float, np.ndarray]]:
    """The descent to read aloud: yields each mini-batch's error E and the weights after its step.

    Parameters
    ----------
    net : MLP
        Or anything else with ``gradient(w, x, t)`` that returns (E, dE/dw (n,)).
    part : Part
        The training cases, x (N, d) and t (N, o), of the dtype of `w`.
    optimizer : Optimizer, str or rule
        The rule with its hyperparameters; its schedules may not look at the losses of epochs.
    plan : Plan
        Which cases form which mini-batch; or any iterable of arrays of case numbers, with `steps`
        and `steps_per_epoch`.
    w : (n,) float32 or float64 array
        Start weights; changed in place, and yielded again after each step.

    Yields
    ------
    error : float
        E on the mini-batch before the step, the L2 penalty included; the descent ends after one
        that is not finite.
    w : (n,) array
        The weights after the step.

    Raises
    ------
    ValueError
        If a schedule leaves the range of its hyperparameter.

    References
    ----------
    Slide 6: mini-batch gradient descent.
    """
    optimizer = as_optimizer(optimizer)
    step, jump, looks_ahead = optimizer.compiled(w.dtype)
    slots, course = optimizer.start(w.size, w.dtype), Course(plan.steps, plan.steps_per_epoch)
    optimizer.check_course(course, without_losses="walk")
    before = np.inf
    for step_number, cases in enumerate(plan, start=1):
        hyper = optimizer.table(step_number, 1, course, w.dtype)[0]
        place = w
        if looks_ahead:
            place = np.empty_like(w)
            jump(w, place, slots, hyper, step_number, False)
        error, g = net.gradient(place, part.x[cases], part.t[cases])
        if np.isfinite(error):
            step(w, g, slots, hyper, step_number, error > before)
        yield error, w
        if not np.isfinite(error):
            return
        before = error


def replay(
    optimizer: OptimizerLike,
    w0: "ArrayLike",
    gradients: "ArrayLike",
    errors: "ArrayLike | None" = None,
    *,
    take: Callable[..., None] | None = None,
) -> np.ndarray:
    """Apply a rule to given gradients and return the path of the weights.

    Parameters
    ----------
    optimizer : Optimizer, str or rule
    w0 : float or (n,) array
        Start weights, taken as float64 unless they are float32.
    gradients : (K,) or (K, n) array
        dE/dw at each step, as measured (a rule's jump plays no part).
    errors : (K,) array, optional
        E at each step, for rules that ask whether it grew.
    take : callable, optional
        What takes the steps, as `take_steps` does on the CPU.

    Returns
    -------
    (K + 1, n) array
        The weights at the start and after each step.

    Raises
    ------
    ValueError
        If shapes do not fit, or the rule needs errors and has none.

    References
    ----------
    Slide 28: nine gradients of +0.1 and one of -0.9.

    Examples
    --------
    >>> path = replay("sgd(lr=0.1)", 0.0, [0.1] * 9 + [-0.9])
    >>> bool(abs(path[-1, 0]) < 1e-15)
    True
    """
    optimizer = as_optimizer(optimizer)
    w = np.atleast_1d(np.array(w0))
    w = np.ascontiguousarray(w, w.dtype if w.dtype == np.float32 else np.float64)
    g = np.ascontiguousarray(gradients, w.dtype)
    if w.size == 1 and g.ndim == 1:
        g = g[:, None]
    if w.ndim != 1 or g.ndim != 2 or g.shape[1] != w.size:
        raise ValueError(f"gradients must be (K, {w.size}) for {w.size} weights, got {g.shape}")
    if errors is None and optimizer.asks_worse:
        raise ValueError(f"{optimizer.name} asks whether the error grew: give errors, one a step")
    e = np.zeros(len(g)) if errors is None else np.asarray(errors, float)
    if e.shape != (len(g),):
        raise ValueError(f"errors must be ({len(g)},), one a step, got {e.shape}")
    course = Course(len(g), 1)
    optimizer.check_course(course, without_losses="replay")
    slots, hyper = optimizer.start(w.size, w.dtype), optimizer.table(1, len(g), course, w.dtype)
    path = np.empty((len(g) + 1, w.size), w.dtype)
    path[0] = w
    worse = np.concatenate([[False], e[1:] > e[:-1]])[: len(g)]
    (take or take_steps)(optimizer, w, g, slots, hyper, worse, path)
    return path


def take_steps(
    optimizer: Optimizer,
    w: np.ndarray,
    gradients: np.ndarray,
    slots: np.ndarray,
    hyper: np.ndarray,
    worse: np.ndarray,
    path: np.ndarray,
) -> None:
    """Move w (n,) and slots (S, n) by gradients (K, n); writes where w was, to path[1:]."""
    step, _, _ = optimizer.compiled(w.dtype)
    for k, g in enumerate(gradients):
        step(w, g, slots, hyper[k], k + 1, bool(worse[k]))
        path[k + 1] = w
