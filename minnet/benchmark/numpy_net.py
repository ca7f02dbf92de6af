"""A net in NumPy by hand: flat weights, views for the layers, buffers made once.

R runs side by side, on a leading axis, or none      n weights      B batch      K steps
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .jobs import DECAY, EPS, NetJob


def views(flat: np.ndarray, sizes: Sequence[int]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each layer's weights (..., fan-in, fan-out) and biases (..., 1, fan-out), as views.

    Parameters
    ----------
    flat : (..., n) array
    sizes : sequence of int
        Units of each layer.
    """
    cut, first, lead = [], 0, flat.shape[:-1]
    for fan_in, fan_out in pairwise(sizes):
        stop = first + fan_in * fan_out
        biases = flat[..., stop : stop + fan_out].reshape(*lead, 1, fan_out)
        cut.append((flat[..., first:stop].reshape(*lead, fan_in, fan_out), biases))
        first = stop + fan_out
    return cut


class Net:
    """One net, or R of them side by side, that learns from mini-batches of B cases.

    Parameters
    ----------
    job : NetJob
    start : (n,) or (R, n) array
        Start weights.
    """

    def __init__(self, job: NetJob, start: np.ndarray) -> None:
        self.job, self.w = job, start.copy()
        self.g, self.mean_square = np.zeros_like(self.w), np.zeros_like(self.w)
        self.root = np.empty_like(self.w)
        self.layers, self.slopes = views(self.w, job.sizes), views(self.g, job.sizes)
        lead = self.w.shape[:-1]
        self.room = [np.empty((*lead, job.batch, m), np.float32) for m in job.sizes[1:]]
        self.deltas = [np.empty_like(y) for y in self.room]

    def forward(self, x: np.ndarray, room: Sequence[np.ndarray | None]) -> list[np.ndarray]:
        """The outputs of all layers, the last one's before softmax.

        Parameters
        ----------
        x : (B, d) array
        room : sequence of arrays
            Where to put them; None: into new arrays.
        """
        outputs = [x]
        for layer, ((weights, biases), out) in enumerate(zip(self.layers, room, strict=True)):
            z = np.matmul(outputs[-1], weights, out=out)
            z += biases
            if layer < len(self.layers) - 1:
                np.tanh(z, out=z) if self.job.hidden == "tanh" else np.maximum(z, 0, out=z)
            outputs.append(z)
        return outputs

    def gradient(self, x: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Fill `g`; returns the mean loss, one a net.

        Parameters
        ----------
        x : (B, d) array
        t : (B, o) array
        """
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

    def train(
        self, x: np.ndarray, t: np.ndarray, batches: np.ndarray, lr: np.ndarray | np.float32
    ) -> np.ndarray:
        """Take all steps; returns the losses (K, ...).

        Parameters
        ----------
        x : (N, d) array
        t : (N, o) array
        batches : (K, B) array
            Indices of the cases.
        lr : float32 or (R, 1) array
        """
        losses = []
        for cases in batches:
            losses.append(self.gradient(x[cases], t[cases]))
            rmsprop(self.w, self.g, self.mean_square, self.root, lr)
        return np.array(losses)

    def final_loss(self, x: np.ndarray, t: np.ndarray) -> np.ndarray:
        """The mean loss on all cases, one a net.

        Parameters
        ----------
        x : (N, d) array
        t : (N, o) array
        """
        return softmax_loss(self.forward(x, [None] * len(self.layers))[-1], t)[0]


def softmax_loss(z: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean cross-entropy, and the outputs.

    Parameters
    ----------
    z : (..., B, o) array
        Inputs of the softmax; become the outputs in place.
    t : (B, o) array
        One-hot targets.
    """
    z -= z.max(axis=-1, keepdims=True)
    agreement = (z * t).sum(axis=-1)
    np.exp(z, out=z)
    total = z.sum(axis=-1, keepdims=True)
    z /= total
    return (np.log(total[..., 0]) - agreement).mean(axis=-1), z


def rmsprop(
    w: np.ndarray, g: np.ndarray, mean_square: np.ndarray, room: np.ndarray,
    lr: np.ndarray | np.float32,
) -> None:  # fmt: skip
    """One step in place, nine passes over the weights.

    Parameters
    ----------
    w, g, mean_square : (..., n) array
        Weights, gradient, and the rule's slot.
    room : (..., n) array
        For intermediate results.
    lr : float32 or (R, 1) array
    """
    mean_square *= np.float32(DECAY)
    np.multiply(g, g, out=room)
    room *= np.float32(1 - DECAY)
    mean_square += room
    np.sqrt(mean_square, out=room)
    room += np.float32(EPS)
    np.divide(g, room, out=room)
    room *= lr
    w -= room
