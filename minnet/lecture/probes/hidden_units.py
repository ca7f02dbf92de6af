"""States of hidden units: clones that stay alike, and units that a big rate has saturated.

N cases, d inputs, h hidden units, o outputs, n weights
"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import softmax

from ...data.cases import Part
from ...net.mlp import MLP
from ...optimizers.optimizer import Optimizer
from ...racing import racing
from ...report.report import Report
from . import digits
from .digits import weights_and_biases

PASS = digits.CASES // digits.BATCH


def race(start: np.ndarray, optimizers: str | Sequence[Optimizer], epochs: int = 50) -> Report:
    """The test bench of `digits` from these start weights, in float64.

    Parameters
    ----------
    start : (n,) array
    optimizers : sequence of Optimizer, or str
    epochs : int
        Default 50.
    """
    return racing.race(
        digits.net(), digits.first_digits(dtype="float64"), optimizers, batch_size=digits.BATCH,
        epochs=epochs, plan="cyclic", start=start, dtype="float64", evaluate_every=0,
    )  # fmt: skip


def batches(part: Part, updates: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(x, t) of the mini-batches in turn, as in a cyclic plan.

    Parameters
    ----------
    part : Part
        A thousand cases.
    updates : int
        How many mini-batches.
    """
    for k in range(updates):
        batch = slice(k % PASS * digits.BATCH, (k % PASS + 1) * digits.BATCH)
        yield part.x[batch], part.t[batch]


def clones(net: MLP, seed: int, noise: float = 0.0) -> np.ndarray:
    """Start weights (n,) with all hidden units alike, up to noise.

    Parameters
    ----------
    net : MLP
        With one hidden layer.
    seed : int
        Of the weights and of the noise.
    noise : float
        Standard deviation of the incoming weights' differences; default 0.
    """
    w = net.start(seed, "float64")
    (incoming, _), (outgoing, _) = net.named(w)
    incoming[:], outgoing[:] = incoming[:, :1], outgoing[:1]
    incoming += noise * np.random.default_rng(seed).standard_normal(incoming.shape)
    return w


def unit_by_unit(net: MLP, w: np.ndarray, x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The gradient (n,), every hidden unit's sums taken by themselves and in the same order.

    Parameters
    ----------
    net : MLP
        With one hidden layer of tanh units, and softmax.
    w : (n,) array
    x : (N, d) array
    t : (N, o) array
    """
    g = np.empty_like(w)
    (w1, b1), (w2, b2) = weights_and_biases(net, w)
    (g1, c1), (g2, c2) = weights_and_biases(net, g)
    y = [np.tanh(x @ w1[:, j].copy() + b1[j]) for j in range(len(b1))]
    delta = (softmax(np.stack(y, axis=1) @ w2 + b2, axis=1) - t) / len(x)
    c2[:] = delta.sum(axis=0)
    for j, activity in enumerate(y):
        back = delta @ w2[j].copy() * (1 - activity**2)
        g1[:, j], c1[j], g2[j] = back @ x, back.sum(), activity @ delta
    return g


def apart(net: MLP, w: np.ndarray) -> float:
    """The largest difference between two units' weights from the same input.

    Parameters
    ----------
    net : MLP
    w : (n,) array
    """
    return float(np.ptp(net.named(w)[0][0], axis=1).max())


def activities(net: MLP, w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The outputs (N, h) of the first layer of tanh units.

    Parameters
    ----------
    net : MLP
    w : (n,) array
    x : (N, d) array
    """
    incoming, biases = weights_and_biases(net, w)[0]
    return np.tanh(x @ incoming + biases)


def one_sided(pull: np.ndarray) -> float:
    """The share of a unit's pulls that lies on its bigger side, the mean over the units.

    Parameters
    ----------
    pull : (d, h) array
        What each input adds to each unit's total input.
    """
    share = np.where(pull > 0, pull, 0).sum(axis=0) / np.abs(pull).sum(axis=0)
    return float(np.maximum(share, 1 - share).mean())


def state(net: MLP, w: np.ndarray, part: Part) -> dict[str, float]:
    """How far the hidden units are stuck.

    Parameters
    ----------
    net : MLP
    w : (n,) array
    part : Part
        The cases on which they are asked.
    """
    incoming = net.named(w)[0][0]
    loss, g = net.gradient(w, part.x, part.t)
    return {
        "same sign": one_sided(np.sign(incoming)),
        "same sign, by pull": one_sided(incoming * part.x.mean(axis=0)[:, None]),
        "saturated": float(np.mean(np.abs(activities(net, w, part.x)) > 0.99)),
        "loss": loss,
        "hidden gradient": float(np.linalg.norm(net.named(g)[0][0])),
    }


def settled(net: MLP, w: np.ndarray, part: Part) -> np.ndarray:
    """The same net with output biases that guess the proportions, if all hidden units are stuck.

    Parameters
    ----------
    net : MLP
    w : (n,) array
    part : Part
        Whose classes' proportions are guessed.
    """
    w = w.copy()
    outgoing, biases = weights_and_biases(net, w)[1]
    outputs = activities(net, w, part.x).mean(axis=0)
    biases[:] = np.log(part.t.mean(axis=0)) - outputs @ outgoing
    return w


def scaled(net: MLP, w: np.ndarray, hidden: float = 1.0, output: float = 1.0) -> np.ndarray:
    """Weights (n,) of which those of each layer are multiplied, biases included.

    Parameters
    ----------
    net : MLP
        With one hidden layer.
    w : (n,) array
    hidden, output : float
        The factors of its two layers; default 1.
    """
    first = sum(array.size for array in weights_and_biases(net, w)[0])
    return np.concatenate([hidden * w[:first], output * w[first:]])
