"""The descent as a plain Python loop: `walk` with a net's gradients, `replay` with given ones.

    K  mini-batches    n  weights    S  slots    H  hyperparameters of the rule

`loop.py` is the same loop, compiled; both call the same gradient and the same step, and agree bit
for bit.
"""

from collections.abc import Iterator

import numpy as np

from ..optimizers.notation import as_optimizer
from ..optimizers.schedules import Course


def walk(net, part, optimizer, plan, w) -> Iterator[tuple[float, np.ndarray]]:
    """The descent to read aloud: yields each mini-batch's error E and the weights after its step.

    Parameters
    ----------
    net : MLP
    part : Part
        The training cases, x (N, d) and t (N, o), of the dtype of `w`.
    optimizer : Optimizer, str or rule
    plan : Plan
    w : (n,) float32 or float64 array
        Start weights; changed in place, and yielded again after each step.
    """
    optimizer = as_optimizer(optimizer)
    step, jump, looks_ahead = optimizer.compiled(w.dtype)
    slots, course = optimizer.start(w.size, w.dtype), Course(plan.steps, plan.steps_per_epoch)
    optimizer.check_course(course, without_losses="walk")
    before = np.inf
    for t, cases in enumerate(plan, start=1):
        hyper = optimizer.table(t, 1, course, w.dtype)[0]
        place = w
        if looks_ahead:
            place = np.empty_like(w)
            jump(w, place, slots, hyper, t, False)
        error, g = net.gradient(place, part.x[cases], part.t[cases])
        if np.isfinite(error):
            step(w, g, slots, hyper, t, error > before)
        yield error, w
        if not np.isfinite(error):
            return
        before = error


def replay(optimizer, w0, gradients, errors=None, *, take=None) -> np.ndarray:
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
    gradients = np.ascontiguousarray(gradients, w.dtype)
    if w.size == 1 and gradients.ndim == 1:
        gradients = gradients[:, None]
    if w.ndim != 1 or gradients.ndim != 2 or gradients.shape[1] != w.size:
        raise ValueError(
            f"gradients must be (K, {w.size}) for {w.size} weights, got {gradients.shape}"
        )
    if errors is None and optimizer.asks_worse:
        raise ValueError(f"{optimizer.name} asks whether the error grew: give errors, one a step")
    errors = np.zeros(len(gradients)) if errors is None else np.asarray(errors, float)
    if errors.shape != (len(gradients),):
        raise ValueError(f"errors must be ({len(gradients)},), one a step, got {errors.shape}")
    course = Course(len(gradients), 1)
    optimizer.check_course(course, without_losses="replay")
    slots = optimizer.start(w.size, w.dtype)
    hyper = optimizer.table(1, len(gradients), course, w.dtype)
    path = np.empty((len(gradients) + 1, w.size), w.dtype)
    path[0] = w
    worse = np.concatenate([[False], errors[1:] > errors[:-1]])
    (take or take_steps)(optimizer, w, gradients, slots, hyper, worse[: len(gradients)], path)
    return path


def take_steps(optimizer, w, gradients, slots, hyper, worse, path) -> None:
    """Move w (n,) and slots (S, n) by gradients (K, n); writes where w was, to path[1:]."""
    step, _, _ = optimizer.compiled(w.dtype)
    for k, g in enumerate(gradients):
        step(w, g, slots, hyper[k], k + 1, bool(worse[k]))
        path[k + 1] = w
