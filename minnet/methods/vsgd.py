"""vSGD, SGD without a learning rate to choose: it measures one for every weight at every step.

    K  mini-batches    n  weights, each with its own averages, memory and rate

A step far from the minimum should be as long as the curvature allows, 1/h; near it, most of the
gradient is sampling noise, and the rate must fall.  How much is noise, the gradients tell.
(Schaul, Zhang & LeCun 2013, "No more pesky learning rates", arXiv 1206.1106.)
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..checks import check_number, check_whole
from ..data.cases import Data, float_type
from ..descent.plan import Plan
from ..net.curvature import bbprop
from ..net.mlp import MLP
from ..racing.arguments import as_data, as_plan, as_start, fitted
from ..racing.blas import one_blas_thread
from ..racing.state import weights_hash

TINY = 1e-16  # keeps 0/0 away where a weight has had no gradient yet
MEMORY = 2.0  # steps that the averages remember at first, as in the authors' code

# A case or a mini-batch: from weights (n,) to its error E, gradient (n,) and curvature (n,).
Measure = Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]]


def vsgd(
    w: np.ndarray,
    g: np.ndarray,
    h: np.ndarray,
    mean: np.ndarray,
    square: np.ndarray,
    curvature: np.ndarray,
    memory: np.ndarray,
) -> tuple[np.ndarray, ...]:
    """w -= rate g,  rate = mean^2 / (curvature square)   (Schaul, Zhang & LeCun 2013, vSGD-l)

    mean, square and curvature are running means of g, g^2 and h over the last `memory` steps:
    mean = (1 - 1/memory) mean + g/memory.  Where the gradients agree, mean^2 = square, the memory
    is cut to 1; where they cancel it grows by 1 a step:  memory = (1 - mean^2/square) memory + 1.
    Order: the averages with the old memory, the rate from the new averages, then the memory.

    All arguments are (n,); the result is (w, mean, square, curvature, memory, rate), (n,) each.
    """
    new = 1 / memory  # (n,) the weight of this step in the averages
    mean = (1 - new) * mean + new * g
    square = (1 - new) * square + new * g * g
    curvature = (1 - new) * curvature + new * h
    # In [0, 1], (n,): 1 far from the minimum, where gradients agree; 0 where they are noise.
    agreement = mean * mean / (square + TINY)
    # 1/curvature would reach the minimum of a bowl at once; noise takes the rest off.
    rate = agreement / (curvature + TINY)
    memory = (1 - agreement) * memory + 1
    return w - rate * g, mean, square, curvature, memory, rate


def descend_stream(
    w: ArrayLike,
    stream: Iterable[Measure],
    *,
    samples: int = 10,
    slow_start: float | None = None,
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Descend error surfaces that come one at a time: yields E, the new weights and the rates.

    Parameters
    ----------
    w : float or (n,) array
        Start weights; not changed.  float32 stays float32, all else becomes float64.
    stream : iterable of callables
        Each takes weights (n,) and returns (E, g (n,), h (n,)): error, gradient and curvature of a
        case or a mini-batch.  The mean over a mini-batch counts as one sample here, so that square
        is of its mean gradient; the authors take it over single cases and divide the variance by
        the batch size, which has the same expectation.
    samples : int
        The number of first steps that only measure the first averages and do not move (rate 0); at
        least 1.
    slow_start : float, optional
        The factor by which the first averages of g^2 and h are made too large, at least 1; default:
        max(1, n/10), the paper's rule.  The authors' code has 2.

    Yields
    ------
    E : float
        Before the step.
    w : (n,) float32 or float64
        After it.
    rate : (n,) float64
        The descent ends with the first error that is not finite; its rates are 0.

    Raises
    ------
    ValueError
        If `samples` or `slow_start` is out of range.

    References
    ----------
    Slide 30 ("No more pesky learning rates"): arXiv 1206.1106.

    Examples
    --------
    Without noise the rate is 1/curvature, and one step is enough.

    >>> bowls = [lambda w: (2 * (w[0] - 3) ** 2, 4 * (w - 3), np.array([4.0]))] * 2
    >>> [w.item() for _, w, _ in descend_stream(0.0, bowls, samples=1)]
    [0.0, 3.0]
    """
    check_whole("samples", samples, 1)
    start = np.atleast_1d(np.array(w))
    start = start.astype(start.dtype if start.dtype == np.float32 else np.float64)
    slow_start = max(1.0, start.size / 10) if slow_start is None else slow_start
    check_number("slow_start", slow_start, low=1.0)
    return _descend(start, iter(stream), samples, slow_start)


def _descend(
    w: np.ndarray, stream: Iterator[Measure], samples: int, slow_start: float
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    sums = np.zeros((3, w.size))  # of g, g^2 and h; averages stay in float64
    memory = np.full(w.size, MEMORY)
    for k, measure in enumerate(stream):
        error, g, h = measure(w)  # E, (n,), (n,)
        if not np.isfinite(error):
            yield error, w, np.zeros(w.size)
            return
        g, h = np.asarray(g, np.float64), np.asarray(h, np.float64)
        if k < samples:
            sums += g, g * g, h
            rate = np.zeros(w.size)
        else:
            # Averages of a few samples may be too small by chance, and the rates too large: so
            # those of g^2 and h begin too large.
            if k == samples:
                mean, square, curvature = sums * [[1], [slow_start], [slow_start]] / samples
            moved, mean, square, curvature, memory, rate = vsgd(
                w, g, h, mean, square, curvature, memory
            )
            w = moved.astype(w.dtype)
        yield error, w, rate


def noisy_bowls(centres: ArrayLike, lam: float = 1.0) -> Iterator[Measure]:
    """Bowls E = lam/2 (w - c)^2, one for each centre c: the cases of the paper's 1-D problem.

    With c ~ N(0, sigma^2) the best rate at w is w^2 / (w^2 + sigma^2) / lam.

    Parameters
    ----------
    centres : (K,) or (K, n) array
        One bowl each; (K, n) for n descents at once, whose mean is E.
    lam : float
        The curvature of all bowls.

    Returns
    -------
    iterator of callables
        A stream for `descend_stream`.
    """

    def measure(c: np.ndarray, w: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return float(np.mean(lam / 2 * (w - c) ** 2)), lam * (w - c), np.full(w.size, lam)

    return (partial(measure, c) for c in np.asarray(centres, float))


@dataclass(frozen=True, eq=False)
class Run:
    """One descent with vSGD.

    Attributes
    ----------
    losses : (K,) float64
        E on each mini-batch before the step on it, as in `Report.losses`; NaN after a divergence.
    rates : (K,) float64
        The median over the weights of the rates of each step; 0 while it only measures.
    weights : (n,) float32 or float64
        At the end.
    last_rates : (n,) float64
        Those of the last step.
    diverged_at : int
        The step whose loss was not finite, from 1; 0: none.
    start_hash, plan_hash : str
        Hashes of the start weights and of the mini-batches, as in a `Report`: equal to those of a
        race that had the same.
    """

    losses: np.ndarray
    rates: np.ndarray
    weights: np.ndarray
    last_rates: np.ndarray
    diverged_at: int
    start_hash: str
    plan_hash: str


def train(
    net: MLP,
    data: Data | str | os.PathLike,
    *,
    batch_size: int = 32,
    epochs: int = 20,
    seed: int = 0,
    plan: str | Plan | Sequence = "shuffled",
    keep_short: bool = True,
    start: ArrayLike | None = None,
    dtype: DTypeLike = "float32",
    samples: int = 10,
    slow_start: float | None = None,
    curvature: Callable[[MLP, np.ndarray, np.ndarray], np.ndarray] = bbprop,
) -> Run:
    """Train a net with vSGD, from the start and on the plan that `race` has for these arguments.

    Parameters
    ----------
    net : MLP
    data : Data, or a name or path for `load`
    batch_size : int
        Cases in a mini-batch, from 1 to those of the training part.
    epochs : int
        Passes over the training part; at least 1.
    seed : int
        Draws start weights and mini-batches; at least 0.
    plan : str, Plan, or sequence of int arrays
        An order (see `Plan`), a plan, or the mini-batches of every epoch given outright.
    keep_short : bool
        Whether a last, shorter mini-batch is used or dropped.
    start : (n,) array, optional
        Finite start weights; default: ``net.start(seed)``.
    dtype : "float32" or "float64"
        Of weights and gradients; the averages are float64.
    samples, slow_start
        As for `descend_stream`; the mini-batches that only measure are the plan's first ones.
    curvature : callable
        `curvature.bbprop`, as in the paper, or `curvature.gauss_newton_diagonal`: from a net,
        weights (n,) and inputs (B, d) to one curvature a weight, (n,).

    Returns
    -------
    Run
        A divergence is recorded, not raised.

    Raises
    ------
    ValueError
        If an argument is out of range or sizes do not fit.
    FileNotFoundError
        If there are no data at a path.

    References
    ----------
    Slide 30 ("No more pesky learning rates"): arXiv 1206.1106.

    Examples
    --------
    >>> from minnet import MLP
    >>> train(MLP([64, 16, 10]), "digits", epochs=1).losses.shape
    (45,)
    """
    kind = float_type(dtype)
    data = fitted(net, as_data(data, kind))
    plan = as_plan(plan, data, batch_size, epochs, seed, keep_short)
    w = as_start(net, start, seed, kind)
    losses, rates = np.full(plan.steps, np.nan), np.zeros(plan.steps)
    diverged_at, start_hash, rate = 0, weights_hash(w), np.zeros(w.size)

    def measure(
        x: np.ndarray, t: np.ndarray, w: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        return *net.gradient(w, x, t), curvature(net, w, x)

    part = data.train
    stream = (partial(measure, part.x[cases], part.t[cases]) for cases in plan)
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):  # E tells of it
        descent = descend_stream(w, stream, samples=samples, slow_start=slow_start)
        for k, (error, moved, rate) in enumerate(descent):
            losses[k], rates[k], w = error, np.median(rate), moved
            if not np.isfinite(error):
                diverged_at = k + 1
    return Run(losses, rates, w, rate, diverged_at, start_hash, plan.hash)
