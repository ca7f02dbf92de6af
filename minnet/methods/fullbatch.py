"""Full-batch methods for small data (slide 31): L-BFGS and conjugate gradient, from SciPy.

    k  evaluations of E and its gradient      n  weights      N  training cases

SciPy chooses every step; the error and its gradient are minnet's, in float64.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..checks import check_name, check_number, check_whole
from ..racing.blas import one_blas_thread

if TYPE_CHECKING:
    from ..data import Part
    from ..net.mlp import MLP

METHODS = {"l-bfgs": "L-BFGS-B", "cg": "CG"}
ENDLESS = 10**9  # for SciPy's own limits: the budget is what ends a descent
SPENT = "the budget of evaluations is spent"


@dataclass(frozen=True, eq=False)
class Minimum:
    """The result of a full-batch method: its errors, and the weights of the lowest one.

    Attributes
    ----------
    losses : (k,) float64
        E of every evaluation, in SciPy's order: the trials of its line searches too.
    cases : (k,) int64
        The number of cases of each evaluation: all N, or those of a mini-batch.
    weights : (n,) float64
        Those of the lowest E measured; with mini-batches, of the lowest E on the last one.
    why : str
        What ended it: the budget, or SciPy's message.
    """

    losses: np.ndarray
    cases: np.ndarray
    weights: np.ndarray
    why: str

    @property
    def best(self) -> np.ndarray:
        """The lowest E so far, (k,) float64: what is drawn beside the losses of a race."""
        return np.fmin.accumulate(self.losses)


class BudgetSpent(Exception):
    """Raised inside SciPy's line search, which knows no budget of evaluations."""


class _Counter:
    """E and gradient for SciPy, counted; it remembers the lowest E and its weights."""

    def __init__(
        self, net: "MLP", x: np.ndarray, t: np.ndarray, w: np.ndarray, budget: int
    ) -> None:
        self.net, self.x, self.t, self.budget = net, x, t, budget
        self.losses: list[float] = []
        self.lowest, self.weights = np.inf, w

    def __call__(self, w: np.ndarray) -> tuple[float, np.ndarray]:
        if len(self.losses) == self.budget:
            raise BudgetSpent
        error, g = self.net.gradient(w, self.x, self.t)
        self.losses.append(error)
        if error < self.lowest:
            self.lowest, self.weights = error, w.copy()
        return error, g


def minimise(
    net: "MLP",
    part: "Part",
    w0: np.ndarray,
    method: str = "l-bfgs",
    evaluations: int = 200,
    tolerance: float | None = 0.0,
) -> Minimum:
    """Minimise a net's error on all cases of a part of the data.

    Parameters
    ----------
    net : MLP
    part : Part
        x (N, d) and t (N, o); computed with in float64.
    w0 : (n,) array
        Finite start weights, ``net.start(seed)`` say; not changed.
    method : "l-bfgs" or "cg"
        Limited-memory BFGS, or non-linear conjugate gradient (Polak-Ribiere).
    evaluations : int
        The budget of gradients, at least 1; those of line searches count as well.
    tolerance : float, optional
        The largest slope at which to stop, at least 0; 0, the default: only when no step helps any
        more.  None: SciPy's own criteria (slope 1e-5, and for L-BFGS an improvement of 2e-9 of E).

    Returns
    -------
    Minimum

    Raises
    ------
    ValueError
        If the method is unknown, a number out of range, or a shape does not fit.

    References
    ----------
    Slide 31: "full-batch method: conjugate gradient, LBFGS".

    Examples
    --------
    >>> from minnet import MLP
    >>> from minnet.data import Part
    >>> line = Part(np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [3.0], [5.0]]))
    >>> minimise(MLP([1, 1], loss="squared"), line, np.zeros(2)).weights.round(6).tolist()
    [2.0, 1.0]
    """
    x, t, w = _checked(net, part, w0, method, tolerance)
    check_whole("evaluations", evaluations, 1)
    counter = _Counter(net, x, t, w, evaluations)
    with one_blas_thread():
        why = _scipy(counter, w, method, tolerance, ENDLESS)
    cases = np.full(len(counter.losses), len(x))
    return Minimum(np.array(counter.losses), cases, counter.weights, why)


def minimise_batches(
    net: "MLP",
    part: "Part",
    w0: np.ndarray,
    batches: Iterable[np.ndarray],
    method: str = "l-bfgs",
    *,
    iterations: int = 5,
    passes: float = 50.0,
) -> Minimum:
    """Minimise a net's error on one mini-batch after another, some iterations on each.

    Each begins where the last one ended, but what the method has learned about the curvature is
    dropped.

    Parameters
    ----------
    net, part, w0, method
        As for `minimise`.
    batches : iterable of int arrays
        The case numbers of each mini-batch: a `Plan`, say.
    iterations : int
        Iterations (each a line search) on a mini-batch before the next one comes; at least 1.
    passes : float
        The budget, in evaluations of all N cases: never more than passes * N case gradients;
        greater than 0.

    Returns
    -------
    Minimum
        Of all mini-batches, one after another.

    Raises
    ------
    ValueError
        If the method is unknown, a number out of range, or a shape does not fit.

    References
    ----------
    Slide 7: fancy methods need mini-batches that are big enough.
    """
    x, t, w = _checked(net, part, w0, method, 0.0)
    check_whole("iterations", iterations, 1)
    check_number("passes", passes, above=0.0)
    left = int(passes * len(x))  # case gradients
    losses: list[float] = []
    cases: list[int] = []
    why = "all mini-batches were used"
    with one_blas_thread():
        for batch in batches:
            counter = _Counter(net, x[batch], t[batch], w, left // len(batch))
            end = _scipy(counter, w, method, 0.0, iterations)
            w = counter.weights
            losses += counter.losses
            cases += [len(batch)] * len(counter.losses)
            left -= len(batch) * len(counter.losses)
            if end == SPENT:
                why = SPENT
                break
    return Minimum(np.array(losses), np.array(cases, int), w, why)


def _checked(
    net: "MLP", part: "Part", w0: np.ndarray, method: str, tolerance: float | None
) -> list[np.ndarray]:
    """x (N, d), t (N, o) and w (n,), in float64."""
    check_name("method", method, METHODS)
    if tolerance is not None:
        check_number("tolerance", tolerance)
    w, x, t = net.checked(np.array(w0, np.float64), (part.x, net.sizes[0]), (part.t, net.sizes[-1]))
    if not np.isfinite(w).all():
        raise ValueError("start weights must be finite numbers")
    return [x, t, w]


def _scipy(
    counter: _Counter, w: np.ndarray, method: str, tolerance: float | None, iterations: int
) -> str:
    """Run SciPy's method from w (n,) on; what ended it."""
    from scipy.optimize import minimize

    options: dict = {"maxiter": iterations}
    if method == "l-bfgs":
        options["maxfun"] = ENDLESS
    if tolerance is not None:
        options["gtol"] = tolerance
        options |= {"ftol": 0.0} if method == "l-bfgs" else {}
    try:
        result = minimize(counter, w, jac=True, method=METHODS[method], options=options)
    except BudgetSpent:
        return SPENT
    return f"SciPy: {result.message}"
