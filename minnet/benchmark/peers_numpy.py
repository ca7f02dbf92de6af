"""NumPy's contenders: a net by hand, rules on arrays of two weights; and plain Python's.

R runs side by side      n weights
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .jobs import DECAY, EPS, NetJob, StepJob, SurfaceJob, SweepJob
from .numpy_net import Net, rmsprop
from .turns import Contender

NEEDS = "numpy"
Rule = Callable[[Any, Any, Any, Any], tuple[Any, Any, Any]]  # (w, g, slot, other) -> the new ones


def train(job: NetJob) -> list[Contender]:
    """One run; BLAS may use all cores of the workload.

    Parameters
    ----------
    job : NetJob
    """
    batches, start = job.batches(), job.start()

    def run() -> np.ndarray:
        net = Net(job, start)
        net.train(job.x, job.t, batches, np.float32(job.lr))
        return net.final_loss(job.x, job.t)

    return [Contender("NumPy", run, job.steps)]


def sweep(job: SweepJob) -> list[Contender]:
    """The R runs of a seed side by side, one seed after the other (all at once is slower).

    Parameters
    ----------
    job : SweepJob
    """
    net_job, starts, batches = job.net_job, job.starts, job.batches

    def run() -> np.ndarray:
        finals = []
        for start, plan in zip(starts, batches, strict=True):
            net = Net(net_job, np.tile(start, (job.rates, 1)))
            net.train(net_job.x, net_job.t, plan, job.lrs[:, None])
            finals.append(net.final_loss(net_job.x, net_job.t))
        return np.stack(finals)

    return [Contender("NumPy, batched", run)]


def roll(job: SurfaceJob) -> list[Contender]:
    """Arrays of two weights in NumPy, and floats in plain Python.

    Parameters
    ----------
    job : SurfaceJob
    """
    return [
        Contender("NumPy", lambda: roll_with(ARRAYS, job), job.steps * 4),
        Contender("plain Python", lambda: roll_with(FLOATS, job), job.steps * 4),
    ]


def rosenbrock(x: float, y: float) -> tuple[float, float, float]:
    """E and its two derivatives.

    Parameters
    ----------
    x, y : float
    """
    off = y - x * x
    return (1 - x) ** 2 + 100 * off * off, -2 * (1 - x) - 400 * x * off, 200 * off


def roll_with(way: Any, job: SurfaceJob) -> np.ndarray:
    """The four final errors; every path and error is kept, as minnet keeps them.

    Parameters
    ----------
    way : ARRAYS or FLOATS
    job : SurfaceJob
    """
    momentum_lr, momentum = job.momentum

    def sgd(w: Any, g: Any, slot: Any, other: Any) -> tuple[Any, Any, Any]:
        return w - job.sgd * g, slot, other

    def with_momentum(w: Any, g: Any, velocity: Any, other: Any) -> tuple[Any, Any, Any]:
        velocity = momentum * velocity - momentum_lr * g
        return w + velocity, velocity, other

    def rmsprop_one(w: Any, g: Any, s: Any, other: Any) -> tuple[Any, Any, Any]:
        s = DECAY * s + (1 - DECAY) * g * g
        return w - job.rmsprop * g / (way.sqrt(s) + EPS), s, other

    finals = []
    for rule in (sgd, with_momentum, rmsprop_one, way.rprop):
        slot = job.rprop if rule is way.rprop else 0.0
        finals.append(way.descend(rule, job.start, job.steps, slot))
    return np.array(finals)


class ARRAYS:
    """A rule moves both weights as one array."""

    sqrt = staticmethod(np.sqrt)

    @staticmethod
    def rprop(
        w: np.ndarray, g: np.ndarray, size: np.ndarray, before: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rprop- with its slots `size` and the gradient `before`, (2,) each."""
        agreement = g * before
        grown, shrunk = np.minimum(size * 1.2, 50.0), np.maximum(size * 0.5, 1e-6)
        size = np.where(agreement > 0, grown, np.where(agreement < 0, shrunk, size))
        g = np.where(agreement < 0, 0.0, g)
        return w - np.sign(g) * size, size, g

    @staticmethod
    def descend(rule: Rule, start: tuple[float, float], steps: int, slot: float) -> float:
        """The last error of a path.

        Parameters
        ----------
        rule : callable
            Of (w, g, slot, other), all (2,) arrays or floats; returns w and both slots.
        start : two floats
        steps : int
        slot : float
            Where the first slot starts.
        """
        w, path, errors = np.array(start), np.empty((steps + 1, 2)), np.empty(steps + 1)
        one, other = np.full(2, slot), np.zeros(2)
        for k in range(steps):
            path[k] = w
            errors[k], *g = rosenbrock(*w.tolist())
            w, one, other = rule(w, np.array(g), one, other)
        path[steps], errors[steps] = w, rosenbrock(*w.tolist())[0]
        return errors[steps]


class FLOATS:
    """A rule moves one weight, a plain float, then the other."""

    sqrt = staticmethod(math.sqrt)

    @staticmethod
    def rprop(w: float, g: float, size: float, before: float) -> tuple[float, float, float]:
        """Rprop- with its slots `size` and the gradient `before`."""
        if g * before > 0:
            size = min(size * 1.2, 50.0)
        elif g * before < 0:
            size, g = max(size * 0.5, 1e-6), 0.0
        return w - (g > 0) * size + (g < 0) * size, size, g

    @staticmethod
    def descend(rule: Rule, start: tuple[float, float], steps: int, slot: float) -> float:
        """The last error of a path.

        Parameters
        ----------
        rule : callable
            Of (w, g, slot, other), all (2,) arrays or floats; returns w and both slots.
        start : two floats
        steps : int
        slot : float
            Where the first slot starts.
        """
        (x, y), path, errors = start, [start], []
        x_slot = y_slot = slot
        x_other = y_other = 0.0
        for _ in range(steps):
            error, gx, gy = rosenbrock(x, y)
            errors.append(error)
            x, x_slot, x_other = rule(x, gx, x_slot, x_other)
            y, y_slot, y_other = rule(y, gy, y_slot, y_other)
            path.append((x, y))
        return rosenbrock(x, y)[0]


def step(job: StepJob) -> list[Contender]:
    """In-place operations over the whole vector.

    Parameters
    ----------
    job : StepJob
    """
    w, mean_square, room = job.w.copy(), np.zeros_like(job.w), np.empty_like(job.w)

    def reset() -> None:
        w[:], mean_square[:] = job.w, 0

    def run() -> np.ndarray:
        for _ in range(job.steps):
            rmsprop(w, job.g, mean_square, room, np.float32(job.lr))
        return job.sample(w)

    return [Contender("NumPy, in place", run, job.steps, reset=reset)]
