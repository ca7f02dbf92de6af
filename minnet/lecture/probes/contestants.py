"""Full-batch methods and mini-batch rules compared after equally many passes through the cases.

S seeds, R rates of a rule
"""

from collections.abc import Sequence

import numpy as np

from ...data.cases import Data
from ...methods import fullbatch
from ...net.mlp import MLP
from ...optimizers import catalogue as rules, schedules
from ...racing.racing import race
from .digits import BATCH
from .investigation import for_each_seed, leave_one_out

FREE = {"L-BFGS": "l-bfgs", "conjugate gradient": "cg"}  # these have no rate
FULL = {"iRprop-": [rules.IRpropMinus(step) for step in (0.01, 0.03, 0.09)]}
MINI = {
    "momentum": [rules.Momentum(lr) for lr in (0.1, 0.3, 0.9)],
    "rmsprop": [rules.RMSprop(lr) for lr in (0.01, 0.03, 0.09)],
    "rmsprop + momentum": [rules.RMSpropMomentum(lr) for lr in (0.001, 0.003, 0.009)],
    "+ Nesterov, turned down": [
        rules.RMSpropNesterov(schedules.cosine(lr)) for lr in (0.003, 0.009, 0.027)
    ],
}
SMALLEST = 1e-30  # of a loss whose logarithm is taken


def final_errors(net: MLP, cases: Data, passes: int, seed: int) -> dict[str, list[float]]:
    """The training error of each method after so many passes, for each of its rates.

    Parameters
    ----------
    net : MLP
    cases : Data
        Whose training part is learned, in float64.
    passes : int
        Evaluations of the full gradient, or epochs of mini-batches.
    seed : int
        Of the start weights and of the plan.
    """
    part, w0 = cases.train, net.start(seed, "float64")
    ends = {
        name: [fullbatch.minimise(net, part, w0, method, passes).best[-1]]
        for name, method in FREE.items()
    }
    for grids, plan in ((FULL, "full"), (MINI, "shuffled")):
        optimizers = [optimizer for grid in grids.values() for optimizer in grid]
        run = race(net, cases, optimizers, batch_size=BATCH, epochs=passes, plan=plan, seed=seed,
                   evaluate_every=0, dtype="float64")  # fmt: skip
        errors = iter([net.gradient(w, part.x, part.t)[0] for w in run.weights])
        ends |= {rule: [next(errors) for _ in grid] for rule, grid in grids.items()}
    return ends


def compare(
    net: MLP, cases: Data, passes: int, seeds: Sequence[int]
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """The training errors of all methods, and of the best of each kind.

    For each seed a rate is the one whose errors' logarithms are least on the other seeds.

    Parameters
    ----------
    net : MLP
    cases : Data
        Whose training part is learned, in float64.
    passes : int
        Evaluations of the full gradient, or epochs of mini-batches.
    seeds : sequence of int
        S.

    Returns
    -------
    best : {method: (S,) errors}
    full : (S,) array
        Those of the best full-batch method.
    mini : (S,) array
        Those of the best rule on mini-batches.
    """
    ends_by_seed = for_each_seed(lambda seed: final_errors(net, cases, passes, seed), seeds)
    best = {}
    for rule in ends_by_seed[0]:
        grid = np.array([ends[rule] for ends in ends_by_seed]).T  # (R, S)
        grid = np.where(np.isnan(grid), np.inf, np.maximum(grid, SMALLEST))
        best[rule] = leave_one_out(grid, np.log(grid))
    full = np.min([best[rule] for rule in (*FREE, *FULL)], axis=0)
    return best, full, np.min([best[rule] for rule in MINI], axis=0)
