"""A small recurrent net, unrolled in time and trained by backprop: slide 31's second kind of net.

    R runs, side by side    T time steps    B cases    d inputs, h hidden units    n weights

It has to add two numbers that are marked in a sequence (Hochreiter & Schmidhuber 1997).
"""

from collections.abc import Sequence

import numpy as np

from ...optimizers.optimizer import Optimizer
from ...racing.blas import one_blas_thread

INPUTS, HIDDEN, TIME = 2, 16, 8
SHAPES = ((INPUTS, HIDDEN), (HIDDEN, HIDDEN), (1, HIDDEN), (HIDDEN, 1), (1, 1))
N_WEIGHTS = sum(rows * columns for rows, columns in SHAPES)


def cut(w: np.ndarray) -> list[np.ndarray]:
    """Views of weights: from the inputs, from the past, biases; to the output, its bias.

    Parameters
    ----------
    w : (R, n) array
    """
    stops = np.cumsum([rows * columns for rows, columns in SHAPES])[:-1]
    parts = np.split(w, stops, axis=1)
    return [part.reshape(len(w), *shape) for part, shape in zip(parts, SHAPES, strict=True)]


def start(seed: int) -> np.ndarray:
    """Start weights (n,) float32, sd 1/sqrt(fan-in); biases 0.

    Parameters
    ----------
    seed : int
    """
    rng, w = np.random.default_rng(seed), np.zeros((1, N_WEIGHTS), np.float32)
    for part in cut(w):
        if part.shape[1] > 1:  # not a bias
            part[:] = rng.normal(0, 1 / np.sqrt(part.shape[1]), part.shape)
    return w[0]


def gradient(w: np.ndarray, x: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E = 1/2 mean (y - t)^2 (R,) and dE/dw (R, n).

    y(k) = tanh(x(k) W + y(k-1) U + b), backwards: delta(k-1) = delta(k) U' (1 - y(k-1)^2).

    Parameters
    ----------
    w : (R, n) array
    x : (T, B, d) array
        Sequences.
    t : (B, 1) array
        Targets.
    """
    into, past, bias, out, bias_out = cut(w)
    y = [np.zeros((len(w), x.shape[1], HIDDEN), w.dtype)]
    for now in x:
        y.append(np.tanh(now @ into + y[-1] @ past + bias))
    delta = y[-1] @ out + bias_out - t
    error = 0.5 * np.square(delta).mean(axis=(1, 2))
    delta /= x.shape[1]
    g = np.zeros_like(w)
    g_into, g_past, g_bias, g_out, g_bias_out = cut(g)
    g_out[:], g_bias_out[:] = y[-1].swapaxes(1, 2) @ delta, delta.sum(axis=1, keepdims=True)
    back = delta @ out.swapaxes(1, 2)
    for k in range(len(x) - 1, -1, -1):
        delta = back * (1 - np.square(y[k + 1]))
        g_into += x[k].T @ delta
        g_past += y[k].swapaxes(1, 2) @ delta
        g_bias += delta.sum(axis=1, keepdims=True)
        back = delta @ past.swapaxes(1, 2)
    return error, g


def adding(rng: np.random.Generator, cases: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences x (T, N, 2) of a number in [0, 1] and a mark; t (N, 1) is the marked two's sum.

    One mark is in the first half, one in the second; numbers and sums are shifted to mean 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    cases : int
        N.
    """
    numbers, marks = rng.uniform(0, 1, (TIME, cases)), np.zeros((TIME, cases))
    for low, high in ((0, TIME // 2), (TIME // 2, TIME)):
        marks[rng.integers(low, high, cases), np.arange(cases)] = 1
    x, t = np.stack([numbers - 0.5, marks], axis=2), (numbers * marks).sum(axis=0)[:, None] - 1
    return x.astype(np.float32), t.astype(np.float32)


def losses(
    optimizers: Sequence[Optimizer], seed: int, *, steps: int, batch_size: int, cases: int = 1000
) -> np.ndarray:
    """Train all from one start on one plan of mini-batches: their losses (R, K), NaN if lost.

    Parameters
    ----------
    optimizers : sequence of R Optimizers
    seed : int
        Of the cases, the start weights and the mini-batches.
    steps : int
        K.
    batch_size : int
        B.
    cases : int
        N, default 1000.
    """
    rng = np.random.default_rng(seed)
    x, t = adding(rng, cases)
    w = np.tile(start(seed), (len(optimizers), 1))
    slots = [optimizer.start(N_WEIGHTS) for optimizer in optimizers]
    hyper = [optimizer.values() for optimizer in optimizers]
    compiled = [optimizer.compiled() for optimizer in optimizers]
    losses, place = np.full((len(optimizers), steps), np.nan), w.copy()
    running = list(range(len(optimizers)))
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        for k in range(steps):
            batch = rng.integers(0, cases, batch_size)
            for r in running:
                _, jump, looks_ahead = compiled[r]
                place[r] = w[r]
                if looks_ahead:
                    jump(w[r], place[r], slots[r], hyper[r], k + 1, False)
            errors, g = gradient(place, x[:, batch], t[batch])
            running = [r for r in running if np.isfinite(errors[r])]
            for r in running:
                losses[r, k] = errors[r]
                compiled[r][0](w[r], g[r], slots[r], hyper[r], k + 1, False)
    return losses
