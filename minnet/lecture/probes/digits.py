"""The lecture's test bench: a thousand real digits, fifty hidden units, and the best rate of each.

    S seeds, R candidates, K mini-batches

Every comparison gives each rule the same number of learning rates to choose from, and the same
start weights and mini-batches for each seed; the rate that is best on average over the seeds
counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ... import data
from ...data.cases import Data, Part
from ...net.mlp import MLP
from ...optimizers.optimizer import Optimizer
from ...racing import racing
from ...report.report import Report

CASES, HIDDEN, SPREAD, BATCH = 1000, 50, 0.1, 100


@cache
def first_digits(cases: int = CASES, dtype: str = "float32") -> Data:
    """The first training cases of the digits, in one seeded permutation; the other parts whole."""
    digits = data.load("digits", dtype=dtype)
    order = np.random.default_rng(0).permutation(cases)
    return replace(digits, train=chosen(digits.train, order))


def chosen(part: Part, cases: np.ndarray) -> Part:
    """Some cases of a part, in the given order."""
    return Part(part.x[cases], part.t[cases], part.labels[cases])


def mislabelled(part: Part, portion: float = 0.1) -> Part:
    """A part in which a portion of the cases has a label drawn at random."""
    rng, labels = np.random.default_rng(1), part.labels.copy()
    drawn = rng.random(len(labels)) < portion
    labels[drawn] = rng.integers(0, 10, drawn.sum())
    return Part(part.x, np.eye(10, dtype=part.t.dtype)[labels], labels)


def net(hidden: int = HIDDEN, unit: str = "tanh", spread: float = SPREAD, **options) -> MLP:
    """64 inputs, one hidden layer, softmax; weights N(0, spread^2), biases 0."""
    return MLP([64, hidden, 10], hidden=unit, init=("normal", spread), **options)


def pass_loss(losses: np.ndarray, per_pass: int) -> np.ndarray:
    """The training loss as a run sees it: the mean of its last `per_pass` mini-batch losses.

    From losses (..., K) to (..., K); before one full pass, the mean of what there is.
    """
    total = np.cumsum(losses, axis=-1)
    with np.errstate(invalid="ignore"):  # a run that was lost has inf - inf
        total[..., per_pass:] = total[..., per_pass:] - total[..., :-per_pass]
    return total / np.minimum(np.arange(1, losses.shape[-1] + 1), per_pass)


def updates_to(level: float, losses: np.ndarray, per_pass: int) -> np.ndarray:
    """The first update after which the pass loss is below a level; inf where it never is.

    From losses (..., K) to (...).
    """
    reached = pass_loss(losses, per_pass) < level
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1) + 1.0, np.inf)


@dataclass(frozen=True, eq=False)
class Tuned:
    """One rule at its best rate: what it reached with each seed, and with each other rate."""

    best: Optimizer
    scores: np.ndarray  # (S,): smaller is better
    grid: np.ndarray  # (rates, S)
    losses: np.ndarray  # (S, K) of the best
    at_the_border: bool  # whether the best rate is the smallest or largest that was tried


def tuned(
    candidates: dict[str, Sequence[Optimizer]],
    seeds: Sequence[int],
    score: Callable[[Report], np.ndarray],
    *,
    bench: MLP | None = None,
    cases: Data | None = None,
    batch_size: int = BATCH,
    epochs: int = 30,
    plan: str = "cyclic",
    **options,
) -> dict[str, Tuned]:
    """Race all candidates with each seed; of each rule, the rate that is best on average.

    Parameters
    ----------
    candidates : {name: optimizers}
        Each rule at its rates, in order of the rate.
    seeds : sequence of int
        Of the start weights, and of the plan where it draws.
    score : callable
        From a Report to (R,) numbers, the smaller the better; inf and nan count as failure.
    """
    bench, cases = bench or net(), cases or first_digits()
    everyone = [optimizer for grid in candidates.values() for optimizer in grid]
    scores, losses = [], []
    for seed in seeds:
        report = racing.race(
            bench, cases, everyone, batch_size=batch_size, epochs=epochs, seed=seed, plan=plan,
            evaluate_every=0, dtype=cases.dtype, **options,
        )  # fmt: skip
        reached = score(report)
        scores.append(np.where(np.isnan(reached), np.inf, reached))
        losses.append(report.losses)
    scores, losses = np.stack(scores, axis=1), np.stack(losses, axis=1)  # (R, S), (R, S, K)
    found, first = {}, 0
    for name, grid in candidates.items():
        own = slice(first, first + len(grid))
        best = int(np.argmin(scores[own].mean(axis=1)))
        found[name] = Tuned(
            grid[best], scores[own][best], scores[own], losses[own][best],
            len(grid) > 1 and best in (0, len(grid) - 1),
        )  # fmt: skip
        first += len(grid)
    return found


def curves(found: dict[str, Tuned], per_pass: int = CASES // BATCH) -> dict[str, np.ndarray]:
    """{name with its best rate: pass losses (K,), the median over the seeds}, to be drawn.

    Rules without a rate, like Rprop, tell their first step size.
    """
    return {
        f"{name}, {'eps' if 'lr' in run.best.hyperparameters else 'first step'} "
        f"{next(iter(run.best.hyperparameters.values())):g}": np.median(
            pass_loss(run.losses, per_pass), 0
        )
        for name, run in found.items()
    }


def updates_score(level: float) -> Callable[[Report], np.ndarray]:
    """Score by the updates that it takes to bring the pass loss below a level."""
    return lambda report: updates_to(level, report.losses, report.info["steps_per_epoch"])


def rates(low: float, high: float, count: int) -> list[float]:
    """`count` learning rates from low to high, evenly spaced in their logarithm, two digits."""
    return [float(f"{rate:.2g}") for rate in np.geomspace(low, high, count)]
