"""Comparison and cost of gradients: cosines, weights along a run, timings beside a NumPy twin.

Q moments of a run, n weights, N cases, B cases of a mini-batch, d inputs, o outputs
"""

import time
from collections.abc import Sequence

import numpy as np

from ...data.cases import Data, Part
from ...net.mlp import MLP
from ...racing import racing
from ...racing.blas import one_blas_thread
from . import digits

Layers = Sequence[tuple[np.ndarray, np.ndarray]]  # each layer's weights and biases


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine of the angle between two vectors.

    Parameters
    ----------
    a, b : (n,) array
    """
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def weights_after(
    updates: Sequence[int], seed: int, *, net: MLP | None = None, cases: Data | None = None,
    lr: float = 0.5,
) -> np.ndarray:  # fmt: skip
    """The weights (Q, n) at moments of a run of plain descent on mini-batches, in float64.

    Parameters
    ----------
    updates : sequence of int
        After how many updates: Q numbers.
    seed : int
        Of the start weights.
    net : MLP, optional
        Default that of the test bench.
    cases : Data, optional
        Default the first digits.
    lr : float
        Default 0.5.
    """
    net, cases = net or digits.net(), cases or digits.first_digits(dtype="float64")
    per_epoch = -(-len(cases.train) // digits.BATCH)
    report = racing.race(
        net, cases, f"sgd(lr={lr})", batch_size=digits.BATCH, plan="cyclic", seed=seed,
        keep=updates, epochs=max(1, -(-max(updates) // per_epoch)), evaluate_every=0,
        dtype="float64",
    )  # fmt: skip
    return report.kept[0]


def numpy_gradient(layers: Layers, x: np.ndarray, t: np.ndarray) -> Layers:
    """Backprop in NumPy for tanh and softmax: dE/dw of each layer's (weights, biases).

    Parameters
    ----------
    layers : sequence of (weights, biases)
    x : (B, d) array
    t : (B, o) array
    """
    outputs = [x]
    for weights, biases in layers[:-1]:
        outputs.append(np.tanh(outputs[-1] @ weights + biases))
    z = outputs[-1] @ layers[-1][0] + layers[-1][1]
    y = np.exp(z - z.max(axis=1, keepdims=True))
    delta = (y / y.sum(axis=1, keepdims=True) - t) / np.float32(len(x))
    slopes = []
    for (weights, _), y in zip(layers[::-1], outputs[::-1], strict=True):
        slopes.append((y.T @ delta, delta.sum(axis=0)))
        delta = (delta @ weights.T) * (1 - y * y)
    return slopes[::-1]


def numpy_seconds(net: MLP, part: Part, batch_size: int, lr: float = 0.1) -> float:
    """The time of one pass of plain descent in NumPy, mini-batch by mini-batch, on one core.

    Parameters
    ----------
    net : MLP
    part : Part
        N cases.
    batch_size : int
        B.
    lr : float
        Default 0.1.
    """
    layers = digits.weights_and_biases(net, net.start(0))
    with one_blas_thread():
        start = time.perf_counter()
        for first in range(0, len(part), batch_size):
            batch = slice(first, first + batch_size)
            slopes = numpy_gradient(layers, part.x[batch], part.t[batch])
            for (weights, biases), (dw, db) in zip(layers, slopes, strict=True):
                weights -= np.float32(lr) * dw
                biases -= np.float32(lr) * db
        return time.perf_counter() - start


def minnet_seconds(net: MLP, cases: Data, batch_size: int, lr: float = 0.1) -> float:
    """The time of the same pass in minnet: of its steps alone, on one core.

    Parameters
    ----------
    net : MLP
    cases : Data
        Whose training part has N cases.
    batch_size : int
        B.
    lr : float
        Default 0.1.
    """
    report = racing.race(
        net, cases, f"sgd(lr={lr})", batch_size=batch_size, epochs=1, plan="cyclic",
        evaluate_every=0, threads=1,
    )  # fmt: skip
    return float(report.seconds[0])
