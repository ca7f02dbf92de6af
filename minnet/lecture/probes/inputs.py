"""Inputs and the shape of the error surface: eigenvalues, condition numbers, correlated cases.

N cases, d inputs, S seeds
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ... import data
from ...data.cases import Data
from ...net.mlp import MLP
from ...optimizers import catalogue
from ...surfaces.rolling import Surface
from ..session import is_quick
from . import digits


def spectrum(x: np.ndarray) -> np.ndarray:
    """Eigenvalues (d,) of the second moments, largest first: a linear neuron's curvatures.

    Parameters
    ----------
    x : (N, d) array
    """
    x = np.asarray(x, np.float64)
    return np.linalg.eigvalsh(x.T @ x / len(x))[::-1]


def condition(x: np.ndarray, components: int | None = None) -> float:
    """The ratio of the first eigenvalue to the last, or to one before.

    Parameters
    ----------
    x : (N, d) array
    components : int, optional
        Rank of the smaller eigenvalue; default d.
    """
    eigenvalues = spectrum(x)
    return float(eigenvalues[0] / eigenvalues[(components or len(eigenvalues)) - 1])


def gradients_around(bowl: Surface, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Places on an ellipse of equal error, from the minimum, and gradients there; (2, places).

    Parameters
    ----------
    bowl : Surface
        Quadratic.
    places : int
    """
    sizes, directions = np.linalg.eigh(bowl.hessian())
    angle = 2 * np.pi * (np.arange(places) + 0.5) / places
    off = directions * np.sqrt(sizes[0] / sizes) @ [np.cos(angle), np.sin(angle)]
    return off, np.array([bowl.gradient(bowl.minima[0] + place) for place in off.T]).T


def prepared(transforms: str, dtype: str = "float32") -> Data:
    """The first digits with their inputs transformed.

    Parameters
    ----------
    transforms : str
        As in `minnet.transformed`, like "shift, scale".
    dtype : "float32" or "float64"
    """
    return data.transformed(digits.first_digits(dtype=dtype), transforms)


def tune_sgd(seeds: Sequence[int], low: float, high: float, **settings: Any) -> digits.TunedRule:
    """SGD at its best rate: updates to a training loss of 0.1.

    Parameters
    ----------
    seeds : sequence of int
        S.
    low, high : float
        The first and the last rate of the grid.
    **settings
        Options of `digits.tune`.
    """
    grid = [catalogue.SGD(rate) for rate in digits.rates(low, high, 6 if is_quick() else 11)]
    score = digits.updates_score(0.1)
    return digits.tune({"sgd": grid}, seeds, score, epochs=40, **settings)["sgd"]


def tune_sgd_on(transforms: str, seeds: Sequence[int], hidden: int = 50) -> digits.TunedRule:
    """As `tune_sgd`, on the first digits with their inputs transformed.

    Parameters
    ----------
    transforms : str
        As in `minnet.transformed`, like "shift, scale".
    seeds : sequence of int
        S.
    hidden : int
        Hidden units; default 50.
    """
    cases = prepared(transforms)
    bench = MLP([cases.n_inputs, hidden, 10], init=("normal", digits.SPREAD))
    return tune_sgd(seeds, 0.02, 20, bench=bench, cases=cases)


def correlated(
    rho: float, spread: Sequence[float] = (1, 3), mean: Sequence[float] = (3, 9), cases: int = 200
) -> Data:
    """Cases of two inputs with exactly this correlation, and the sum x1 + x2 / 2 as target.

    Parameters
    ----------
    rho : float
        The correlation, in [-1, 1].
    spread, mean : two floats
        Standard deviations and means of the inputs.
    cases : int
        N, default 200.
    """
    all_in_training = partial(data.from_arrays, validation=0, test=0, dtype="float64")
    sample = np.random.default_rng(0).standard_normal((cases, 2))
    white = data.transformed(all_in_training(sample, np.zeros(cases)), "shift, whiten")
    mix = np.array([[1, 0], [rho, np.sqrt(1 - rho**2)]])
    x = white.train.x @ mix.T * spread + mean
    return all_in_training(x, x @ [1, 0.5])


def unbalanced_digits(most: int = 100, shrink: float = 0.7) -> Data:
    """The training digits, each class less often than the one before.

    Parameters
    ----------
    most : int
        Cases of the first class; default 100.
    shrink : float
        The ratio of a class to the one before, in (0, 1]; default 0.7.
    """
    whole = data.load("digits", dtype="float64")
    labels = whole.train.labels
    cases = [np.flatnonzero(labels == k)[: int(most * shrink**k)] for k in range(10)]
    return replace(whole, train=digits.subset(whole.train, np.concatenate(cases)))
