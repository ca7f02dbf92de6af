"""The "more investigation" of slide 30: ten rules on seven unlike nets, an equal chance for each.

    S seeds, R rates of a rule, K mini-batches

Every rule tries the same number of rates on every net, from the same start weights and on the same
mini-batches for each seed.  What counts is the number of updates to a level of training loss; the
rate for a seed is chosen on the other seeds, so that no rule profits from luck.
"""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TypeVar

import numpy as np

from ...data import from_arrays, load
from ...data.cases import Data, Part
from ...net.mlp import MLP
from ...optimizers import catalogue
from ...optimizers.optimizer import Optimizer, custom
from ...racing.racing import available_cores, race
from ...rules.lecture import sign
from . import recurrent
from .digits import first_digits, net, updates_to

RATES = 8  # of each rule, each twice the one before
ONE = np.float32(1)
Result = TypeVar("Result")


def rmsprop_factor(  # type: ignore[no-untyped-def]
    w, g, mean_square, factor, move_before,
    lr=0.001, decay=0.9, eps=1e-8, s=0.05, low=0.1, high=10.0,
):  # fmt: skip
    """factor *= 1 + s if the last two moves agree, else 1 - s;  w -= lr factor g / sqrt(MeanSquare)

    rmsprop with multiplicative step adaptation, as in the library climin.
    """
    mean_square = decay * mean_square + (ONE - decay) * g * g
    move = -lr * factor * g / (math.sqrt(mean_square) + eps)
    factor = factor * (ONE + s if move * sign(move_before) > 0 else ONE - s)
    return w + move, mean_square, min(max(factor, low), high), move


# Each rule and its smallest rate; momentum is 0.9 and rmsprop's decay 0.9 throughout.
RULES: dict[str, tuple[Callable[..., Optimizer], float]] = {
    "SGD": (catalogue.SGD, 0.1),
    "momentum": (catalogue.Momentum, 0.02),
    "Nesterov": (catalogue.Nesterov, 0.02),
    "Adagrad": (catalogue.Adagrad, 0.02),
    "rmsprop": (catalogue.RMSprop, 0.002),
    "rmsprop + momentum": (catalogue.RMSpropMomentum, 0.0005),
    "rmsprop + Nesterov": (catalogue.RMSpropNesterov, 0.0005),
    "rmsprop, divided jump": (catalogue.RMSpropNesterovJump, 0.0005),
    "rmsprop + gains": (catalogue.RMSpropGains, 0.002),
    "rmsprop + factors": (partial(custom, rmsprop_factor, starts={"factor": 1.0}), 0.002),
}

COMPARED = tuple(RULES)[:7]  # those that the lecture prints, and Adagrad


@dataclass(frozen=True, eq=False)
class Bench:
    """A net, its cases, and the training loss to reach.

    Parameters
    ----------
    level : float
        That loss.
    per_pass : int
        Mini-batches in one pass through the cases.
    losses : callable
        From optimizers (R of them) and a seed to the losses (R, K) of their runs.
    scale : float
        Of all its rates; default 1.
    """

    level: float
    per_pass: int
    losses: Callable[[Sequence[Optimizer], int], np.ndarray]
    scale: float = 1.0


@dataclass(frozen=True, eq=False)
class Trial:
    """A rule on a bench: updates to the level, inf where it was not reached.

    Parameters
    ----------
    updates : (S,) array
        At the rate that is best on the other seeds.
    grid : (R, S) array
        At all rates.
    rates : list of R floats
    best : int
        Index of the rate that is best on all seeds.
    """

    updates: np.ndarray
    grid: np.ndarray
    rates: list[float]
    best: int


def _of_net(
    layers: MLP, cases: Data, level: float, batch_size: int, epochs: int, plan: str = "shuffled",
    scale: float = 1.0,
) -> Bench:  # fmt: skip
    def losses(optimizers: Sequence[Optimizer], seed: int) -> np.ndarray:
        return race(layers, cases, optimizers, batch_size=batch_size, epochs=epochs, seed=seed,
                    plan=plan, evaluate_every=0).losses  # fmt: skip

    return Bench(level, -(-len(cases.train) // batch_size), losses, scale)


@cache
def bench(name: str) -> Bench:
    """A bench by its name.

    Parameters
    ----------
    name : str
        One of `BENCHES`.
    """
    return BENCHES[name]()


def _digits() -> Bench:
    return _of_net(net(), first_digits(), 0.1, 100, 20, "cyclic")


def _deep() -> Bench:
    return _of_net(MLP([64, *[20] * 5, 10], hidden="tanh"), first_digits(), 0.1, 50, 20)


def _bottleneck() -> Bench:
    """The digits through two units; the mean image leaves 0.073."""
    digits = first_digits()
    images = Part(digits.train.x, digits.train.x)
    cases = replace(digits, train=images, validation=None, test=None, classes=None)
    layers = MLP([64, 30, 2, 30, 64], hidden="tanh", output="linear", loss="mean-squared")
    return _of_net(layers, cases, 0.065, 25, 12)


def _spirals() -> Bench:
    cases = load("spirals", validation=0, test=0)
    return _of_net(MLP([2, 20, 20, 2], hidden="tanh"), cases, 0.35, 50, 80)


def _moons() -> Bench:
    """Rates are four times the others': with these, some best ones were the largest of the grid."""
    cases = load("moons", validation=0, test=0)
    return _of_net(MLP([2, 20, 2], hidden="tanh"), cases, 0.05, 50, 40, scale=4.0)


def _regression() -> Bench:
    """A smooth function of four inputs, scaled to variance 1: guessing the mean has error 0.5."""
    x = np.random.default_rng(0).uniform(-1, 1, (1000, 4))
    y = np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2] + x[:, 3] ** 2
    cases = from_arrays(x, (y - y.mean()) / y.std(), task="regression", validation=0, test=0)
    return _of_net(MLP([4, 20, 1], hidden="tanh", loss="squared"), cases, 0.05, 50, 40)


def _recurrent() -> Bench:
    """Guessing the mean of the sums has error 0.083."""
    return Bench(0.04, 50, partial(recurrent.losses, steps=450, batch_size=20))


BENCHES = {
    "digits": _digits,
    "deep net": _deep,
    "bottleneck": _bottleneck,
    "recurrent": _recurrent,
    "spirals": _spirals,
    "moons": _moons,
    "regression": _regression,
}


def for_each_seed(work: Callable[[int], Result], seeds: Sequence[int]) -> list[Result]:
    """The result of a function for each seed; several at once: not all work uses all cores.

    Parameters
    ----------
    work : callable
        Of one seed.
    seeds : sequence of int
    """
    with ThreadPoolExecutor(available_cores()) as pool:
        return list(pool.map(work, seeds))


@cache
def trials(
    name: str, seeds: tuple[int, ...], rules: tuple[str, ...] = tuple(RULES), decay: float = 0.9
) -> dict[str, Trial]:
    """Rules at all their rates on a bench, once for each seed.

    Parameters
    ----------
    name : str
        Of the bench, one of `BENCHES`.
    seeds : tuple of S ints
    rules : tuple of str
        Names of `RULES`; default all.
    decay : float
        Of rmsprop; default 0.9.
    """
    place = bench(name)
    rates = {rule: [place.scale * RULES[rule][1] * 2**k for k in range(RATES)] for rule in rules}
    more = {"decay": decay} if decay != 0.9 else {}
    optimizers = [RULES[rule][0](lr=lr, **more) for rule in rules for lr in rates[rule]]
    updates = []
    for losses in for_each_seed(lambda seed: place.losses(optimizers, seed), seeds):
        losses = np.where(np.isfinite(losses), losses, np.nan)
        updates.append(updates_to(place.level, losses, place.per_pass))
    results = {}
    for k, rule in enumerate(rules):
        grid = np.stack(updates, axis=1)[k * RATES : (k + 1) * RATES]
        costs = np.where(np.isfinite(grid), grid, 2 * losses.shape[1])  # late is better than never
        best = int(costs.mean(axis=1).argmin())
        results[rule] = Trial(leave_one_out(grid, costs), grid, rates[rule], best)
    return results


def leave_one_out(grid: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """For each seed (S,), the entry of a grid at the rate that costs least on the other seeds.

    Parameters
    ----------
    grid : (R, S) array
    costs : (R, S) array
        The smaller the better, on average.

    Examples
    --------
    >>> grid = np.array([[1.0, 9.0, 9.0], [4.0, 4.0, 4.0]])
    >>> leave_one_out(grid, grid).tolist()
    [4.0, 4.0, 4.0]
    """
    seeds = np.arange(grid.shape[1])
    rest = [np.delete(costs, s, axis=1) if len(seeds) > 1 else costs for s in seeds]
    return np.array(
        [grid[own.mean(axis=1).argmin(), s] for s, own in zip(seeds, rest, strict=True)]
    )


def share(first: np.ndarray, second: np.ndarray) -> float:
    """Of the seeds, paired, in which the first number is smaller; a draw counts half.

    Parameters
    ----------
    first, second : (S,) array
    """
    return float(np.mean((first < second) + 0.5 * ~((first < second) | (first > second))))
