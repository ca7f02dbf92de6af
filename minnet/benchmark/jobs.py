"""The jobs: net, cases, mini-batches and start weights, the same for all contenders.

    N cases   B batch   K steps   R runs   S seeds   n weights
    x (N, d)   t (N, o) one-hot   labels (N,)   batches (K, B) case indices   start (n,)

Every job ends with the mean loss on all N cases at the final weights: that is what must agree.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

import minnet as mn

DECAY, EPS = 0.9, 1e-8


@dataclass(frozen=True)
class NetJob:
    """Train one net with RMSprop in float32.

    Parameters
    ----------
    sizes : tuple of int
        Units of each layer, from the inputs to the outputs.
    hidden : "tanh" or "relu"
    batch : int
        B.
    cases : int
        N, a multiple of B, so that no mini-batch is short.
    epochs : int
    lr : float
    cores : int
        That each contender may use.
    seed : int
        Of the start weights and the plan; default 0.
    """

    sizes: tuple[int, ...]
    hidden: str
    batch: int
    cases: int
    epochs: int
    lr: float
    cores: int
    seed: int = 0

    @property
    def steps(self) -> int:
        """K, mini-batches in all."""
        return self.cases // self.batch * self.epochs

    @cached_property
    def net(self) -> mn.MLP:
        """The net, which draws the start weights."""
        return mn.MLP(self.sizes, hidden=self.hidden)

    @cached_property
    def data(self) -> mn.Data:
        """The first N digits, or N cases of fixed seed whose classes a random matrix chose."""
        from ..data import from_arrays

        if self.sizes[0] == 64:
            part = mn.load("digits").train
            x, labels = part.x[: self.cases], part.t[: self.cases].argmax(axis=1)
        else:
            rng = np.random.default_rng(6)
            x = rng.random((self.cases, self.sizes[0]), np.float32)
            scores = (x - 0.5) @ rng.normal(size=(self.sizes[0], self.sizes[-1]))
            labels = scores.argmax(axis=1)
        classes = np.eye(self.sizes[-1], dtype=np.float32)[labels]
        return from_arrays(x, classes, validation=0, test=0)

    @property
    def x(self) -> np.ndarray:
        """The inputs (N, d)."""
        return self.data.train.x

    @property
    def t(self) -> np.ndarray:
        """The targets (N, o)."""
        return self.data.train.t

    @cached_property
    def labels(self) -> np.ndarray:
        """The classes (N,)."""
        return self.t.argmax(axis=1)

    def start(self, seed: int | None = None) -> np.ndarray:
        """The start weights (n,) that the race will draw.

        Parameters
        ----------
        seed : int, optional
            Default that of the job.
        """
        return self.net.start(self.seed if seed is None else seed, "float32")

    def batches(self, seed: int | None = None) -> np.ndarray:
        """The mini-batches (K, B) that the race will take.

        Parameters
        ----------
        seed : int, optional
            Default that of the job.
        """
        plan = mn.Plan(
            self.cases, self.batch, self.epochs, seed=self.seed if seed is None else seed
        )
        return np.array(list(plan), np.int64)


@dataclass(frozen=True)
class SweepJob:
    """S races of R runs: the same net from S seeds with R learning rates each.

    Parameters
    ----------
    net_job : NetJob
        Whose seed and learning rate are replaced.
    seeds : int
        S.
    rates : int
        R.
    """

    net_job: NetJob
    seeds: int
    rates: int

    @cached_property
    def lrs(self) -> np.ndarray:
        """The learning rates (R,)."""
        return np.geomspace(3e-5, 3e-3, self.rates).astype(np.float32)

    @property
    def starts(self) -> np.ndarray:
        """Start weights (S, n)."""
        return np.stack([self.net_job.start(seed) for seed in range(self.seeds)])

    @property
    def batches(self) -> np.ndarray:
        """Mini-batches (S, K, B)."""
        return np.stack([self.net_job.batches(seed) for seed in range(self.seeds)])


@dataclass(frozen=True)
class SurfaceJob:
    """Four rules down Rosenbrock's valley, in float64.

    Parameters
    ----------
    steps : int
    start : two floats
    sgd, rmsprop : float
        Their learning rates.
    momentum : two floats
        Learning rate and momentum.
    rprop : float
        Its first step size.
    """

    steps: int
    start: tuple[float, float] = (-1.2, 1.0)
    sgd: float = 5e-4
    momentum: tuple[float, float] = (2e-4, 0.9)
    rmsprop: float = 2e-4  # a faster one bounces between the walls, and rounding grows with it
    rprop: float = 1e-3  # where the step sizes start


@dataclass(frozen=True)
class StepJob:
    """Some RMSprop steps on n weights, with a gradient that stays.

    Parameters
    ----------
    n, steps : int
    lr : float
        Default 0.001.
    """

    n: int
    steps: int
    lr: float = 1e-3

    @cached_property
    def w(self) -> np.ndarray:
        """Start weights (n,)."""
        return np.random.default_rng(0).standard_normal(self.n, np.float32)

    @cached_property
    def g(self) -> np.ndarray:
        """The gradient (n,)."""
        return np.random.default_rng(1).standard_normal(self.n, np.float32)

    def sample(self, w: ArrayLike) -> np.ndarray:
        """Some of the weights, to compare.

        Parameters
        ----------
        w : (n,) array
        """
        return np.asarray(w)[:: max(1, self.n // 1000)].copy()
