"""What becomes of hidden units: clones that stay alike, and units that a big rate has driven stuck.

N cases, d inputs, h hidden units, n weights
"""

import numpy as np
from scipy.special import softmax

from ...net.backprop import FIRST_WEIGHT
from ...net.mlp import MLP
from ...racing import racing
from ...report.report import Report
from . import digits

PASS = digits.CASES // digits.BATCH


def race(start: np.ndarray, optimizers, epochs: int = 50) -> Report:
    """The test bench of `digits` from given start weights, in float64."""
    return racing.race(
        digits.net(), digits.first_digits(dtype="float64"), optimizers, batch_size=digits.BATCH,
        epochs=epochs, plan="cyclic", start=start, dtype="float64", evaluate_every=0,
    )  # fmt: skip


def batches(part, updates: int):
    """(x, t) of the mini-batches in turn, as in a cyclic plan."""
    for k in range(updates):
        batch = slice(k % PASS * digits.BATCH, (k % PASS + 1) * digits.BATCH)
        yield part.x[batch], part.t[batch]


def clones(net: MLP, seed: int, noise: float = 0.0) -> np.ndarray:
    """Start weights (n,) with all hidden units alike, up to noise of this sd."""
    w = net.start(seed, "float64")
    (incoming, _), (outgoing, _) = net.named(w)
    incoming[:], outgoing[:] = incoming[:, :1], outgoing[:1]
    incoming += noise * np.random.default_rng(seed).standard_normal(incoming.shape)
    return w


def unit_by_unit(net: MLP, w: np.ndarray, x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The gradient (n,), every hidden unit's sums taken by themselves and in the same order."""
    g = np.empty_like(w)
    (w1, b1), (w2, b2) = net.named(w)
    (g1, c1), (g2, c2) = net.named(g)
    y = [np.tanh(x @ w1[:, j].copy() + b1[j]) for j in range(len(b1))]
    delta = (softmax(np.stack(y, axis=1) @ w2 + b2, axis=1) - t) / len(x)
    c2[:] = delta.sum(axis=0)
    for j, activity in enumerate(y):
        back = delta @ w2[j].copy() * (1 - activity**2)
        g1[:, j], c1[j], g2[j] = back @ x, back.sum(), activity @ delta
    return g


def apart(net: MLP, w: np.ndarray) -> float:
    """The largest difference between two units' weights from the same input."""
    return float(np.ptp(net.named(w)[0][0], axis=1).max())


def activities(net: MLP, w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The outputs (N, h) of the tanh units."""
    incoming, biases = net.named(w)[0]
    return np.tanh(x @ incoming + biases)


def one_sided(pull: np.ndarray) -> float:
    """The share of a unit's pulls (d, h) that lies on its bigger side, the mean over the units."""
    share = np.where(pull > 0, pull, 0).sum(axis=0) / np.abs(pull).sum(axis=0)
    return float(np.maximum(share, 1 - share).mean())


def state(net: MLP, w: np.ndarray, part) -> dict[str, float]:
    """How far the hidden units are stuck on the cases of a part."""
    incoming = net.named(w)[0][0]
    loss, g = net.gradient(w, part.x, part.t)
    return {
        "same sign": one_sided(np.sign(incoming)),
        "same sign, by pull": one_sided(incoming * part.x.mean(axis=0)[:, None]),
        "saturated": float(np.mean(np.abs(activities(net, w, part.x)) > 0.99)),
        "loss": loss,
        "hidden gradient": float(np.linalg.norm(net.named(g)[0][0])),
    }


def settled(net: MLP, w: np.ndarray, part) -> np.ndarray:
    """The same net with output biases that guess the proportions, if all hidden units are stuck."""
    w = w.copy()
    outgoing, biases = net.named(w)[1]
    said = activities(net, w, part.x).mean(axis=0)
    biases[:] = np.log(part.t.mean(axis=0)) - said @ outgoing
    return w


def scaled(net: MLP, w: np.ndarray, hidden: float = 1.0, output: float = 1.0) -> np.ndarray:
    """w (n,) with the weights and biases of its two layers multiplied."""
    first = net.layers[1, FIRST_WEIGHT]
    return np.concatenate([hidden * w[:first], output * w[first:]])
