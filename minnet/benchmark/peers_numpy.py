"""NumPy by hand: flat weights, views for the layers, buffers made once; and plain Python.

R runs side by side, on a leading axis, or none      n weights      B batch
"""

import math
from itertools import pairwise

import numpy as np

from .jobs import DECAY, EPS, NetJob, StepJob, SurfaceJob, SweepJob
from .turns import Contender

NEEDS = "numpy"


def views(flat: np.ndarray, sizes) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each layer's weights (..., fan-in, fan-out) and biases (..., 1, fan-out) in flat (..., n)."""
    cut, first, lead = [], 0, flat.shape[:-1]
    for fan_in, fan_out in pairwise(sizes):
        stop = first + fan_in * fan_out
        biases = flat[..., stop : stop + fan_out].reshape(*lead, 1, fan_out)
        cut.append((flat[..., first:stop].reshape(*lead, fan_in, fan_out), biases))
        first = stop + fan_out
    return cut


class Net:
    """One net, or R of them side by side, that learns from mini-batches of B cases."""

    def __init__(self, job: NetJob, start: np.ndarray):
        self.job, self.w = job, start.copy()
        self.g, self.mean_square = np.zeros_like(self.w), np.zeros_like(self.w)
        self.root = np.empty_like(self.w)
        self.layers, self.slopes = views(self.w, job.sizes), views(self.g, job.sizes)
        lead = self.w.shape[:-1]
        self.room = [np.empty((*lead, job.batch, m), np.float32) for m in job.sizes[1:]]
        self.deltas = [np.empty_like(y) for y in self.room]

    def forward(self, x: np.ndarray, room) -> list[np.ndarray]:
        """All layers' outputs, the last one's before softmax; `room` to put them, or Nones."""
        outputs = [x]
        for layer, ((weights, biases), out) in enumerate(zip(self.layers, room, strict=True)):
            z = np.matmul(outputs[-1], weights, out=out)
            z += biases
            if layer < len(self.layers) - 1:
                np.tanh(z, out=z) if self.job.hidden == "tanh" else np.maximum(z, 0, out=z)
            outputs.append(z)
        return outputs

    def gradient(self, x: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Fill `g`; returns the mean loss, one a net."""
        outputs = self.forward(x, self.room)
        loss, d = softmax_loss(outputs[-1], t)
        d -= t
        d *= np.float32(1 / self.job.batch)
        for layer in range(len(self.layers) - 1, -1, -1):
            slope, bias_slope = self.slopes[layer]
            np.matmul(outputs[layer].swapaxes(-1, -2), d, out=slope)
            np.sum(d, axis=-2, keepdims=True, out=bias_slope)
            if layer:
                y, below = outputs[layer], self.deltas[layer - 1]
                np.matmul(d, self.layers[layer][0].swapaxes(-1, -2), out=below)
                if self.job.hidden == "tanh":
                    np.multiply(y, y, out=y)
                    np.subtract(1, y, out=y)
                    below *= y
                else:
                    below *= y > 0
                d = below
        return loss

    def train(self, x, t, batches, lr) -> np.ndarray:
        """Take all steps; returns the losses (K, ...)."""
        losses = []
        for cases in batches:
            losses.append(self.gradient(x[cases], t[cases]))
            rmsprop(self.w, self.g, self.mean_square, self.root, lr)
        return np.array(losses)

    def final_loss(self, x, t) -> np.ndarray:
        """The mean loss on all cases, one a net."""
        return softmax_loss(self.forward(x, [None] * len(self.layers))[-1], t)[0]


def softmax_loss(z: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean cross-entropy, and z (..., B, o) turned into the outputs in place."""
    z -= z.max(axis=-1, keepdims=True)
    agreement = (z * t).sum(axis=-1)
    np.exp(z, out=z)
    total = z.sum(axis=-1, keepdims=True)
    z /= total
    return (np.log(total[..., 0]) - agreement).mean(axis=-1), z


def rmsprop(w, g, mean_square, room, lr) -> None:
    """One step in place, nine passes over the weights."""
    mean_square *= np.float32(DECAY)
    np.multiply(g, g, out=room)
    room *= np.float32(1 - DECAY)
    mean_square += room
    np.sqrt(mean_square, out=room)
    room += np.float32(EPS)
    np.divide(g, room, out=room)
    room *= lr
    w -= room


def train(job: NetJob) -> list[Contender]:
    """One run; BLAS may use all cores of the workload."""
    batches, start = job.batches(), job.start()

    def run():
        net = Net(job, start)
        net.train(job.x, job.t, batches, np.float32(job.lr))
        return net.final_loss(job.x, job.t)

    return [Contender("NumPy", run, job.steps)]


def sweep(job: SweepJob) -> list[Contender]:
    """The R runs of a seed side by side, one seed after the other (all at once is slower)."""
    net_job, starts, batches = job.net_job, job.starts, job.batches

    def run():
        finals = []
        for start, plan in zip(starts, batches, strict=True):
            net = Net(net_job, np.tile(start, (job.rates, 1)))
            net.train(net_job.x, net_job.t, plan, job.lrs[:, None])
            finals.append(net.final_loss(net_job.x, net_job.t))
        return np.stack(finals)

    return [Contender("NumPy, batched", run)]


def roll(job: SurfaceJob) -> list[Contender]:
    """Arrays of two weights in NumPy, and floats in plain Python."""
    return [
        Contender("NumPy", lambda: roll_with(ARRAYS, job), job.steps * 4),
        Contender("plain Python", lambda: roll_with(FLOATS, job), job.steps * 4),
    ]


def rosenbrock(x, y):
    """E and its two derivatives."""
    off = y - x * x
    return (1 - x) ** 2 + 100 * off * off, -2 * (1 - x) - 400 * x * off, 200 * off


def roll_with(way, job: SurfaceJob) -> np.ndarray:
    """The four final errors; every path and error is kept, as minnet keeps them."""
    momentum_lr, momentum = job.momentum

    def sgd(w, g, slot, other):
        return w - job.sgd * g, slot, other

    def with_momentum(w, g, velocity, other):
        velocity = momentum * velocity - momentum_lr * g
        return w + velocity, velocity, other

    def rmsprop_one(w, g, s, other):
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
    def rprop(w, g, size, before):
        agreement = g * before
        grown, shrunk = np.minimum(size * 1.2, 50.0), np.maximum(size * 0.5, 1e-6)
        size = np.where(agreement > 0, grown, np.where(agreement < 0, shrunk, size))
        g = np.where(agreement < 0, 0.0, g)
        return w - np.sign(g) * size, size, g

    @staticmethod
    def descend(rule, start, steps, slot):
        w, path, errors = np.array(start), np.empty((steps + 1, 2)), np.empty(steps + 1)
        slot, other = np.full(2, slot), np.zeros(2)
        for k in range(steps):
            path[k] = w
            errors[k], *g = rosenbrock(*w.tolist())
            w, slot, other = rule(w, np.array(g), slot, other)
        path[steps], errors[steps] = w, rosenbrock(*w.tolist())[0]
        return errors[steps]


class FLOATS:
    """A rule moves one weight, a plain float, then the other."""

    sqrt = staticmethod(math.sqrt)

    @staticmethod
    def rprop(w, g, size, before):
        if g * before > 0:
            size = min(size * 1.2, 50.0)
        elif g * before < 0:
            size, g = max(size * 0.5, 1e-6), 0.0
        return w - (g > 0) * size + (g < 0) * size, size, g

    @staticmethod
    def descend(rule, start, steps, slot):
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
    """In-place operations over the whole vector."""
    w, mean_square, room = job.w.copy(), np.zeros_like(job.w), np.empty_like(job.w)

    def reset():
        w[:], mean_square[:] = job.w, 0

    def run():
        for _ in range(job.steps):
            rmsprop(w, job.g, mean_square, room, np.float32(job.lr))
        return job.sample(w)

    return [Contender("NumPy, in place", run, job.steps, reset=reset)]
