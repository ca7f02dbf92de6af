"""The lecture's test bench: a thousand digits, a net of fifty hidden units, tuned learning rates.

    S seeds, R candidates, K mini-batches, n weights

Every comparison gives each rule the same number of learning rates to choose from, and the same
start weights and mini-batches for each seed; the rate that is best on average over the seeds
counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np

from ... import data
from ...data.cases import Data, Part
from ...net.mlp import MLP
from ...optimizers.optimizer import Optimizer
from ...racing import racing
from ...report.report import Report

CASES, HIDDEN, SPREAD, BATCH = 1000, 50, 0.1, 100
Name = TypeVar("Name")


@cache
def first_digits(cases: int = CASES, dtype: str = "float32") -> Data:
    """The first training cases of the digits, in one seeded permutation; the other parts whole.

    Parameters
    ----------
    cases : int
        How many; default 1000.
    dtype : "float32" or "float64"
    """
    digits = data.load("digits", dtype=dtype)
    order = np.random.default_rng(0).permutation(cases)
    return replace(digits, train=subset(digits.train, order))


def subset(part: Part, cases: np.ndarray) -> Part:
    """Some cases of a part, in this order.

    Parameters
    ----------
    part : Part
    cases : int array
        Their indices; a case may come several times.
    """
    labels = None if part.labels is None else part.labels[cases]
    return Part(part.x[cases], part.t[cases], labels)


def mislabelled(part: Part, portion: float = 0.1) -> Part:
    """A part in which some cases have a label drawn at random.

    Parameters
    ----------
    part : Part
        Of ten classes.
    portion : float
        Share of these cases; default 0.1.
    """
    rng, labels = np.random.default_rng(1), part.t.argmax(axis=1)
    wrong = rng.random(len(labels)) < portion
    labels[wrong] = rng.integers(0, 10, wrong.sum())
    return Part(part.x, np.eye(10, dtype=part.t.dtype)[labels], labels)


def net(hidden: int = HIDDEN, unit: str = "tanh", spread: float = SPREAD, **options: Any) -> MLP:
    """64 inputs, one hidden layer, softmax; weights N(0, spread^2), biases 0.

    Parameters
    ----------
    hidden : int
        Hidden units; default 50.
    unit : str
        Their kind; default "tanh".
    spread : float
        Standard deviation of the start weights; default 0.1.
    **options
        Others of `MLP`.
    """
    return MLP([64, hidden, 10], hidden=unit, init=("normal", spread), **options)


def weights_and_biases(net: MLP, w: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each layer's weights (fan-in, fan-out) and biases (fan-out,), as views into `w`.

    Parameters
    ----------
    net : MLP
        With biases.
    w : (n,) array
    """
    return [(weights, biases) for weights, biases in net.named(w) if biases is not None]


def pass_loss(losses: np.ndarray, per_pass: int) -> np.ndarray:
    """The training loss as a run sees it: the mean of its last mini-batch losses, (..., K).

    Parameters
    ----------
    losses : (..., K) array
    per_pass : int
        Mini-batches in one pass through the cases; before one full pass, the mean is of those that
        there are.
    """
    total = np.cumsum(losses, axis=-1)
    with np.errstate(invalid="ignore"):  # a run that was lost has inf - inf
        total[..., per_pass:] = total[..., per_pass:] - total[..., :-per_pass]
    return total / np.minimum(np.arange(1, losses.shape[-1] + 1), per_pass)


def updates_to(level: float, losses: np.ndarray, per_pass: int) -> np.ndarray:
    """The first update after which the pass loss is below a level, (...); inf where it never is.

    Parameters
    ----------
    level : float
    losses : (..., K) array
    per_pass : int
        Mini-batches in one pass through the cases.
    """
    reached = pass_loss(losses, per_pass) < level
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1) + 1.0, np.inf)


@dataclass(frozen=True, eq=False)
class TunedRule:
    """A rule at its best rate: its scores with each seed, and with each other rate.

    Parameters
    ----------
    best : Optimizer
        At the rate that is best on average.
    scores : (S,) array
        Of the best; smaller is better.
    grid : (rates, S) array
        The scores at all rates.
    losses : (S, K) array
        Of the best.
    at_the_border : bool
        Whether the best rate is the smallest or the largest of the grid.
    """

    best: Optimizer
    scores: np.ndarray
    grid: np.ndarray
    losses: np.ndarray
    at_the_border: bool


def tune(
    candidates: Mapping[Name, Sequence[Optimizer]],
    seeds: Sequence[int],
    score: Callable[[Report], np.ndarray],
    *,
    bench: MLP | None = None,
    cases: Data | None = None,
    batch_size: int = BATCH,
    epochs: int = 30,
    plan: str = "cyclic",
    **options: Any,
) -> dict[Name, TunedRule]:
    """Race all candidates with each seed; of each rule, the rate that is best on average.

    Parameters
    ----------
    candidates : {name: optimizers}
        Each rule at its rates, in order of the rate.
    seeds : sequence of int
        Of the start weights, and of the plan where it draws.
    score : callable
        From a Report to (R,) numbers, the smaller the better; inf and nan count as failure.
    bench : MLP, optional
        The net; default `net()`.
    cases : Data, optional
        Default `first_digits()`.
    batch_size, epochs : int
        Default 100 and 30.
    plan : str
        Order of the mini-batches; default "cyclic".
    **options
        Others of `minnet.race`.
    """
    bench, cases = bench or net(), cases or first_digits()
    optimizers = [optimizer for grid in candidates.values() for optimizer in grid]
    scores_by_seed, losses_by_seed = [], []
    for seed in seeds:
        report = racing.race(
            bench, cases, optimizers, batch_size=batch_size, epochs=epochs, seed=seed, plan=plan,
            evaluate_every=0, dtype=cases.dtype, **options,
        )  # fmt: skip
        reached = score(report)
        scores_by_seed.append(np.where(np.isnan(reached), np.inf, reached))
        losses_by_seed.append(report.losses)
    scores = np.stack(scores_by_seed, axis=1)  # (R, S)
    losses = np.stack(losses_by_seed, axis=1)  # (R, S, K)
    rules, first = {}, 0
    for name, grid in candidates.items():
        own = slice(first, first + len(grid))
        best = int(np.argmin(scores[own].mean(axis=1)))
        rules[name] = TunedRule(
            grid[best], scores[own][best], scores[own], losses[own][best],
            len(grid) > 1 and best in (0, len(grid) - 1),
        )  # fmt: skip
        first += len(grid)
    return rules


def curves(runs: Mapping[Any, TunedRule], per_pass: int = CASES // BATCH) -> dict[str, np.ndarray]:
    """{name with its best rate: pass losses (K,), the median over the seeds}, to be drawn.

    Rules without a rate, like Rprop, show their first step size.

    Parameters
    ----------
    runs : {name: TunedRule}
    per_pass : int
        Mini-batches in one pass through the cases; default 10.
    """
    return {
        f"{name}, {'eps' if 'lr' in run.best.hyperparameters else 'first step'} "
        f"{next(iter(run.best.hyperparameters.values())):g}": np.median(
            pass_loss(run.losses, per_pass), 0
        )
        for name, run in runs.items()
    }


def updates_score(level: float) -> Callable[[Report], np.ndarray]:
    """Score by the updates that it takes to bring the pass loss below a level.

    Parameters
    ----------
    level : float
    """
    return lambda report: updates_to(level, report.losses, report.info["steps_per_epoch"])


def rates(low: float, high: float, count: int) -> list[float]:
    """Learning rates evenly spaced in their logarithm, of two digits.

    Parameters
    ----------
    low, high : float
        The first and the last.
    count : int
    """
    return [float(f"{rate:.2g}") for rate in np.geomspace(low, high, count)]
