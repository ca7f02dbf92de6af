"""How round inputs make the error surface: second moments, conditions, correlated cases.

N cases, d inputs, S seeds
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ... import data
from ...data.cases import Data
from ...net.mlp import MLP
from ...optimizers import catalogue
from ...surfaces.rolling import Surface
from ..session import is_quick
from . import digits


def spectrum(x: np.ndarray) -> np.ndarray:
    """Eigenvalues (d,) of the second moments, largest first: a linear neuron's curvatures."""
    x = np.asarray(x, np.float64)
    return np.linalg.eigvalsh(x.T @ x / len(x))[::-1]


def condition(x: np.ndarray, components: int | None = None) -> float:
    """The ratio of the first eigenvalue to the last, or to the one of this rank."""
    eigenvalues = spectrum(x)
    return float(eigenvalues[0] / eigenvalues[(components or len(eigenvalues)) - 1])


def gradients_around(bowl: Surface, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Places on an ellipse of equal error, from the minimum, and gradients there; (2, places)."""
    sizes, directions = np.linalg.eigh(bowl.hessian())
    angle = 2 * np.pi * (np.arange(places) + 0.5) / places
    off = directions * np.sqrt(sizes[0] / sizes) @ [np.cos(angle), np.sin(angle)]
    return off, np.array([bowl.gradient(bowl.minima[0] + place) for place in off.T]).T


def prepared(text: str, dtype: str = "float32") -> Data:
    """The first digits with their inputs transformed."""
    return data.transformed(digits.first_digits(dtype=dtype), text)


def tuned_sgd(seeds: Sequence[int], low: float, high: float, **setting) -> digits.Tuned:
    """SGD at its best rate: updates to a training loss of 0.1."""
    grid = [catalogue.SGD(rate) for rate in digits.rates(low, high, 6 if is_quick() else 11)]
    score = digits.updates_score(0.1)
    return digits.tuned({"sgd": grid}, seeds, score, epochs=40, **setting)["sgd"]


def learned(text: str, seeds: Sequence[int], hidden: int = 50) -> digits.Tuned:
    """As `tuned_sgd`, on transformed inputs."""
    cases = prepared(text)
    bench = MLP([cases.n_inputs, hidden, 10], init=("normal", digits.SPREAD))
    return tuned_sgd(seeds, 0.02, 20, bench=bench, cases=cases)


def correlated(rho: float, spread=(1, 3), mean=(3, 9), cases: int = 200) -> Data:
    """Cases of two inputs with exactly this correlation, standard deviations and means."""
    drawn = np.random.default_rng(0).standard_normal((cases, 2))
    exact = {"validation": 0, "test": 0, "dtype": "float64"}
    white = data.transformed(data.from_arrays(drawn, np.zeros(cases), **exact), "shift, whiten")
    mix = np.array([[1, 0], [rho, np.sqrt(1 - rho**2)]])
    x = white.train.x @ mix.T * spread + mean
    return data.from_arrays(x, x @ [1, 0.5], **exact)


def unbalanced_digits(most: int = 100, shrink: float = 0.7) -> Data:
    """The training digits, each class `shrink` times as often as the one before."""
    whole = data.load("digits", dtype="float64")
    labels = whole.train.labels
    cases = [np.flatnonzero(labels == k)[: int(most * shrink**k)] for k in range(10)]
    return replace(whole, train=digits.chosen(whole.train, np.concatenate(cases)))
