"""The descent, compiled: `walk` for many mini-batches without a return to Python.

    K  mini-batches    n  weights    S  slots    H  hyperparameters of the rule

It calls the same gradient and the same step as `walk`, and agrees with it bit for bit.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numba import types

from ..kernels.jit import entry, kernel
from ..net import backprop
from ..optimizers.optimizer import Moves
from ..rules import lift


class Room(NamedTuple):
    """Memory that one run works in, and that is used again for every mini-batch."""

    y: np.ndarray  # the outputs of all layers
    delta: np.ndarray  # dE/dz of all layers
    g: np.ndarray  # (n,) the gradient
    ahead: np.ndarray  # (n,) where a rule that looks ahead wants its gradient measured


def room_for(units: int, cases: int, n: int, dtype: np.dtype) -> Room:
    """Room for mini-batches of up to `cases` cases, in a net of so many units and n weights."""
    return Room(*(np.empty(size, dtype) for size in (units * cases, units * cases, n, n)))


@kernel
def descend(w, slots, hyper, moves, gradient, net, x, t, starts, first, before, losses, room):
    """Take one run through consecutive mini-batches.

    w (n,) and slots (S, n) change in place; hyper (K, H) holds the hyperparameters at each step;
    mini-batch k is cases starts[k]:starts[k+1] of x and t, and step number first + k of the run;
    before is the error of the step before.  Writes losses (K,) and returns the steps taken, fewer
    than K if an error was not finite.
    """
    steps = starts.size - 1
    for k in range(steps):
        place = w  # (n,) where the gradient is measured: after the jump, if the rule has one
        if moves.looks_ahead:
            moves.jump(w, room.ahead, slots, hyper[k], first + k, False)
            place = room.ahead
        cases, targets = x[starts[k] : starts[k + 1]], t[starts[k] : starts[k + 1]]
        e = gradient(place, net, cases, targets, room.y, room.delta, room.g)
        losses[k] = e
        # A step on an error that is no number would only spoil what the weights still show.
        if not np.isfinite(e):
            return k
        moves.step(w, room.g, slots, hyper[k], first + k, e > before)
        before = e
    return steps


@cache
def compiled(dtype: str) -> Callable:
    """`descend` for "float32" or "float64"; whoever calls it answers for the types."""
    f, i = getattr(types, dtype), types.int64
    vector, matrix = f[::1], f[:, ::1]
    step = types.FunctionType(lift.signature(dtype))
    gradient = types.FunctionType(backprop.signature(dtype))
    return entry(
        descend, vector, matrix, matrix, types.NamedTuple((step, step, types.boolean), Moves),
        gradient, backprop.net_type(dtype), matrix, matrix, i[::1], i, types.float64,
        types.float64[::1], types.NamedTuple((vector,) * 4, Room),
    )  # fmt: skip
