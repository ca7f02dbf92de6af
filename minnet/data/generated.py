"""Generated data sets: moons, circles, spirals, xor, gaussians in the plane, and the redundant set.

N cases, d inputs

Each function draws `cases` cases from the generator `rng` and returns inputs `x` (N, d) float64 and
`labels` (N,) int64. `noise`, at least 0, is the standard deviation of what is added to each input;
in `redundant` alone it bounds the jitter between copies. The two drivers at the end check the
options and make a `Data` of the draw.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from .cases import Data
from .split import Share, from_arrays, new_generator

Cases = tuple[np.ndarray, np.ndarray]


def moons(rng: Generator, cases: int, noise: float) -> Cases:
    """Two half circles of radius 1 that reach into each other.

    Class 0 is open below, about (0, 0); class 1 is open above, about (1, 1/2).
    """
    labels = np.arange(cases) % 2
    angle = rng.uniform(0, np.pi, cases)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.array([1.0, 0.5]) - upper
    x = np.where(labels[:, None] == 0, upper, lower)
    return x + noise * rng.standard_normal(x.shape), labels


def circles(rng: Generator, cases: int, noise: float) -> Cases:
    """Class 0 on the circle of radius 1, class 1 on the circle of radius 1/2."""
    labels = np.arange(cases) % 2
    angle = rng.uniform(0, 2 * np.pi, cases)
    radius = np.where(labels == 0, 1.0, 0.5)
    x = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + noise * rng.standard_normal(x.shape), labels


def spirals(rng: Generator, cases: int, noise: float) -> Cases:
    """Two spiral arms of one and a half turns, radius 0 to 1; class 1 is class 0 turned by pi."""
    labels = np.arange(cases) % 2
    radius = rng.uniform(0, 1, cases)
    angle = 3 * np.pi * radius + np.pi * labels
    x = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + noise * rng.standard_normal(x.shape), labels


def xor(rng: Generator, cases: int, noise: float) -> Cases:
    """The square [-1, 1] x [-1, 1]; class 1 where the two signs differ (before the noise)."""
    x = rng.uniform(-1, 1, (cases, 2))
    labels = ((x[:, 0] > 0) != (x[:, 1] > 0)).astype(np.int64)
    return x + noise * rng.standard_normal(x.shape), labels


def gaussians(rng: Generator, cases: int, noise: float) -> Cases:
    """Three round clouds about the corners of a triangle: angles 90, 210, 330 degrees, radius 1."""
    labels = np.arange(cases) % 3
    angle = np.pi / 2 + 2 * np.pi / 3 * labels
    centre = np.column_stack([np.cos(angle), np.sin(angle)])
    return centre + noise * rng.standard_normal(centre.shape), labels


def redundant(rng: Generator, cases: int, copies: int, noise: float, fresh: int) -> Cases:
    """Sixteen inputs, four classes, and `cases` cases of which only one in `copies` is distinct.

    The first `cases // copies` rows are drawn about four centres; then the whole block comes again
    and again, each input moved by at most `noise`. So row i and row i + cases // copies are twins,
    and the first half of the cases gives nearly the gradient of the second (lecture 6a). The last
    `fresh` rows are new draws about the same centres, without twins, to validate and test on.

    Parameters
    ----------
    rng : Generator
    cases : int
        A multiple of `copies`.
    copies : int
        How often each distinct case comes, at least 1.
    noise : float
        Bound of the jitter in each input of a copy, at least 0.
    fresh : int
        Number of rows without twins, at the end.

    Returns
    -------
    x : array (cases + fresh, 16) float64
    labels : array (cases + fresh,) int64

    References
    ----------
    Lecture 6a, the slide on stochastic gradient descent.
    """
    distinct = cases // copies
    centres = rng.standard_normal((4, 16))
    labels = np.arange(distinct + fresh) % 4
    x = centres[labels] + rng.standard_normal((distinct + fresh, 16))
    repeated = np.tile(x[:distinct], (copies, 1))
    repeated[distinct:] += rng.uniform(-noise, noise, (cases - distinct, 16))
    return (
        np.concatenate([repeated, x[distinct:]]),
        np.concatenate([np.tile(labels[:distinct], copies), labels[distinct:]]),
    )


@dataclass(frozen=True)
class Recipe:
    """A set of points in the plane.

    Parameters
    ----------
    draw : function (rng, cases, noise) -> (x, labels)
    classes : int
    noise : float
        Its default standard deviation.
    """

    draw: Callable[[Generator, int, float], Cases]
    classes: int
    noise: float


RECIPES = {
    "moons": Recipe(moons, 2, 0.1),
    "circles": Recipe(circles, 2, 0.05),
    "spirals": Recipe(spirals, 2, 0.02),
    "xor": Recipe(xor, 2, 0.0),
    "gaussians": Recipe(gaussians, 3, 0.4),
}
REDUNDANT_CLASSES, REDUNDANT_NOISE, REDUNDANT_COPIES = 4, 0.05, 10
MOST_CASES = 10_000_000


def load_points(
    name: str,
    dtype: "DTypeLike",
    seed: int,
    cases: int | None,
    noise: float | None,
    validation: "Share",
    test: "Share",
) -> Data:
    """Draw one of the `RECIPES` and split it.

    Parameters
    ----------
    name : str
        One of `RECIPES`.
    dtype : "float32" or "float64"
    seed : int
        Draws the cases and shuffles them before they are split; at least 0.
    cases : int or None
        From 1 to ten million; None for 1000.
    noise : float or None
        Standard deviation, at least 0; None for the recipe's own.
    validation, test : float in [0, 1) or pair (x, t)
        As in `from_arrays`.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If a number is out of its range.
    """
    recipe = RECIPES[name]
    cases = _cases(1000 if cases is None else cases)
    noise = _noise(recipe.noise if noise is None else noise)
    rng = new_generator(seed)
    x, labels = recipe.draw(rng, cases, noise)
    return from_arrays(
        x,
        labels,
        name=name,
        classes=tuple(str(k) for k in range(recipe.classes)),
        seed=rng,
        dtype=dtype,
        source=f"generated by minnet: {name}, {cases} cases, noise {noise:g}, seed {seed}",
        validation=validation,
        test=test,
    )


def load_redundant(
    dtype: "DTypeLike", seed: int, cases: int | None, noise: float | None, copies: int | None
) -> Data:
    """Draw the redundant set: twins to train on, fresh cases to validate and test on.

    Parameters
    ----------
    dtype : "float32" or "float64"
    seed : int
        At least 0.
    cases : int or None
        In the training part, from 1 to ten million; None for 1000. Other parts get a tenth each.
    noise : float or None
        Bound of the jitter, at least 0; None for 0.05.
    copies : int or None
        How often each distinct case comes, a divisor of `cases`; None for 10.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If a number is out of its range.
    """
    cases = _cases(1000 if cases is None else cases)
    noise = _noise(REDUNDANT_NOISE if noise is None else noise)
    copies = REDUNDANT_COPIES if copies is None else copies
    if not _is_whole(copies) or copies < 1 or cases % copies:
        raise ValueError(f"copies must be a divisor of the {cases} cases, got {copies!r}")
    tenth = max(1, cases // 10)
    x, labels = redundant(new_generator(seed), cases, int(copies), noise, 2 * tenth)
    return from_arrays(
        x[:cases],
        labels[:cases],
        name="redundant",
        classes=tuple(str(k) for k in range(REDUNDANT_CLASSES)),
        validation=(x[cases : cases + tenth], labels[cases : cases + tenth]),
        test=(x[cases + tenth :], labels[cases + tenth :]),
        dtype=dtype,
        source=f"generated by minnet: redundant, {cases // copies} cases {copies} times, "
        f"noise {noise:g}, seed {seed}",
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _cases(cases: int) -> int:
    if not _is_whole(cases) or not 1 <= cases <= MOST_CASES:
        raise ValueError(f"cases must be a whole number from 1 to {MOST_CASES}, got {cases!r}")
    return int(cases)


def _noise(noise: float) -> float:
    if not isinstance(noise, Real) or not 0 <= noise < math.inf:
        raise ValueError(f"noise must be a finite number of at least 0, got {noise!r}")
    return float(noise)
