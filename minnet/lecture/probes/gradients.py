"""How gradients are compared, and what one costs: angles, kept weights, and a NumPy twin to time.

Q kept steps, n weights, N cases, B cases of a mini-batch
"""

import time

import numpy as np

from ...racing import racing
from ...racing.surroundings import one_blas_thread
from . import digits


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine of the angle between two vectors."""
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def kept_weights(at, seed: int, *, net=None, cases=None, lr: float = 0.5) -> np.ndarray:
    """The weights (Q, n) after so many updates of plain descent on mini-batches, in float64."""
    net, cases = net or digits.net(), cases or digits.first_digits(dtype="float64")
    per_epoch = -(-len(cases.train) // digits.BATCH)
    report = racing.race(
        net, cases, f"sgd(lr={lr})", batch_size=digits.BATCH, plan="cyclic", seed=seed, keep=at,
        epochs=max(1, -(-max(at) // per_epoch)), evaluate_every=0, dtype="float64",
    )  # fmt: skip
    return report.kept[0]


def numpy_gradient(layers, x: np.ndarray, t: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Backprop in NumPy for tanh and softmax: dE/dw of each layer's (weights, biases)."""
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


def numpy_seconds(net, part, batch_size: int, lr: float = 0.1) -> float:
    """The time of one pass of plain descent in NumPy, mini-batch by mini-batch, on one core."""
    layers = net.named(net.start(0))
    with one_blas_thread():
        begun = time.perf_counter()
        for first in range(0, len(part), batch_size):
            chosen = slice(first, first + batch_size)
            slopes = numpy_gradient(layers, part.x[chosen], part.t[chosen])
            for (weights, biases), (dw, db) in zip(layers, slopes, strict=True):
                weights -= np.float32(lr) * dw
                biases -= np.float32(lr) * db
        return time.perf_counter() - begun


def minnet_seconds(net, cases, batch_size: int, lr: float = 0.1) -> float:
    """The time of the same pass in minnet: of its steps alone, on one core."""
    report = racing.race(
        net, cases, f"sgd(lr={lr})", batch_size=batch_size, epochs=1, plan="cyclic",
        evaluate_every=0, threads=1,
    )  # fmt: skip
    return float(report.seconds[0])
