"""No more pesky learning rates: vSGD measures a rate for every weight, and has none to choose.

    K  mini-batches    n  weights, each with its own averages, memory and rate

A step far from the minimum should be as long as the curvature allows, 1/h; near it, most of the
gradient is sampling noise, and the rate must fall.  How much is noise, the gradients tell.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..checks import check_number, check_whole
from ..data.cases import float_type
from ..net.curvature import bbprop
from ..racing.arguments import as_data, as_plan, as_start, fitted
from ..racing.state import weights_hash
from ..racing.surroundings import one_blas_thread

TINY = 1e-16  # keeps 0/0 away where a weight has had no gradient yet
MEMORY = 2.0  # steps that the averages remember at first, as in the authors' code


def vsgd(w, g, h, mean, square, curvature, memory):
    """w -= rate g,  rate = mean^2 / (curvature square)   (Schaul, Zhang & LeCun 2013, vSGD-l)

    mean, square and curvature are running means of g, g^2 and h over the last `memory` steps:
    mean = (1 - 1/memory) mean + g/memory.  Where the gradients agree, mean^2 = square, the memory
    is cut to 1; where they cancel it grows by 1 a step:  memory = (1 - mean^2/square) memory + 1.
    Order: the averages with the old memory, the rate from the new averages, then the memory.
    """
    new = 1 / memory
    mean = (1 - new) * mean + new * g
    square = (1 - new) * square + new * g * g
    curvature = (1 - new) * curvature + new * h
    agreement = mean * mean / (square + TINY)
    rate = agreement / (curvature + TINY)
    memory = (1 - agreement) * memory + 1
    return w - rate * g, mean, square, curvature, memory, rate


def descend_stream(
    w, stream: Iterable[Callable], *, samples: int = 10, slow_start: float | None = None
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Descend error surfaces that come one at a time: yields E, the new weights and the rates.

    Parameters
    ----------
    w : float or (n,) array
        Start weights; not changed.
    stream : iterable of callables
        Each takes weights (n,) and returns (E, g (n,), h (n,)): error, gradient and curvature of a
        case or a mini-batch.  The mean over a mini-batch counts as one sample here, so that square
        is of its mean gradient; the authors take it over single cases and divide the variance by
        the batch size, which has the same expectation.
    samples : int
        The first steps, which only measure the first averages and do not move (rate 0).
    slow_start : float, optional
        By how much the first averages of g^2 and h are made too big; default: max(1, n/10), the
        paper's rule.  The authors' code has 2.

    Yields
    ------
    E : float
        Before the step.
    w, rate : (n,) arrays
        The descent ends with the first error that is not finite.

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
    w = np.atleast_1d(np.array(w))
    w = w.astype(w.dtype if w.dtype == np.float32 else np.float64)
    slow_start = max(1.0, w.size / 10) if slow_start is None else slow_start
    check_number("slow_start", slow_start, low=1.0)
    return _descend(w, iter(stream), samples, slow_start)


def _descend(w, stream, samples, slow_start):
    sums = np.zeros((3, w.size))  # of g, g^2 and h; averages stay in float64
    memory = np.full(w.size, MEMORY)
    for k, measure in enumerate(stream):
        error, g, h = measure(w)
        if not np.isfinite(error):
            yield error, w, np.zeros(w.size)
            return
        g, h = np.float64(g), np.float64(h)
        if k < samples:
            sums += g, g * g, h
            rate = np.zeros(w.size)
        else:
            if k == samples:
                mean, square, curvature = sums * [[1], [slow_start], [slow_start]] / samples
            moved, mean, square, curvature, memory, rate = vsgd(
                w, g, h, mean, square, curvature, memory
            )
            w = moved.astype(w.dtype)
        yield error, w, rate


def noisy_bowls(centres: np.ndarray, lam: float = 1.0) -> Iterator[Callable]:
    """Bowls E = lam/2 (w - c)^2, one for each centre c: a case each, of the paper's 1-D problem.

    With c ~ N(0, sigma^2) the best rate at w is w^2 / (w^2 + sigma^2) / lam.  Centres may be (K,),
    or (K, n) for n descents at once; E is their mean.
    """

    def measure(c, w):
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
    weights, last_rates : (n,) arrays
        At the end.
    diverged_at : int
        The step whose loss was not finite, from 1; 0: none.
    start_hash, plan_hash : str
        Equal to those of the race beside it, if start and mini-batches are.
    """

    losses: np.ndarray
    rates: np.ndarray
    weights: np.ndarray
    last_rates: np.ndarray
    diverged_at: int
    start_hash: str
    plan_hash: str


def train(
    net,
    data,
    *,
    batch_size: int = 32,
    epochs: int = 20,
    seed: int = 0,
    plan="shuffled",
    keep_short: bool = True,
    start: np.ndarray | None = None,
    dtype="float32",
    samples: int = 10,
    slow_start: float | None = None,
    curvature: Callable = bbprop,
) -> Run:
    """Train a net with vSGD, from the start and on the plan that `race` has for these arguments.

    Parameters
    ----------
    net, data, batch_size, epochs, seed, plan, keep_short, start, dtype
        As for `minnet.race`.
    samples, slow_start
        As for `descend_stream`; the mini-batches that only measure are the plan's first ones.
    curvature : callable
        `curvature.bbprop`, as in the paper, or `curvature.gauss_newton_diagonal`.

    Raises
    ------
    ValueError
        If an argument is out of range or sizes do not fit.

    Examples
    --------
    >>> from minnet import MLP
    >>> train(MLP([64, 16, 10]), "digits", epochs=1).losses.shape
    (45,)
    """
    dtype = float_type(dtype)
    data = fitted(net, as_data(data, dtype))
    plan = as_plan(plan, data, batch_size, epochs, seed, keep_short)
    w = as_start(net, start, seed, dtype)
    losses, rates = np.full(plan.steps, np.nan), np.zeros(plan.steps)
    diverged_at, start_hash, rate = 0, weights_hash(w), np.zeros(w.size)

    def measure(x, t, w):
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
