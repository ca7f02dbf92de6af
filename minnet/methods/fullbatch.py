"""Full-batch methods for small data (slide 31): L-BFGS and conjugate gradient, from SciPy.

    k  evaluations of E and its gradient      n  weights      N  training cases

SciPy chooses every step; the error and its gradient are minnet's, in float64.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from ..checks import check_name, check_number, check_whole
from ..racing.surroundings import one_blas_thread

METHODS = {"l-bfgs": "L-BFGS-B", "cg": "CG"}
ENDLESS = 10**9  # SciPy's own limits: the budget ends a descent, not they
SPENT = "the budget of evaluations is spent"


@dataclass(frozen=True, eq=False)
class Minimum:
    """What a full-batch method found.

    Attributes
    ----------
    losses : (k,) float64
        E of every evaluation, in SciPy's order: the trials of its line searches too.
    cases : (k,) int
        Cases of each evaluation: all, or those of a mini-batch.
    weights : (n,) float64
        Of the lowest E measured; with mini-batches, of the lowest E on the last one.
    why : str
        What ended it: the budget, or SciPy's message.
    """

    losses: np.ndarray
    cases: np.ndarray
    weights: np.ndarray
    why: str

    @property
    def best(self) -> np.ndarray:
        """(k,) the lowest E so far: what is drawn beside the losses of a race."""
        return np.fmin.accumulate(self.losses)


class BudgetSpent(Exception):
    """Raised inside SciPy's line search, which knows no budget of evaluations."""


class _Count:
    """E and gradient for SciPy, counted; the lowest E and its weights are kept."""

    def __init__(self, net, x: np.ndarray, t: np.ndarray, w: np.ndarray, allowed: int):
        self.net, self.x, self.t, self.allowed = net, x, t, allowed
        self.losses: list[float] = []
        self.lowest, self.weights = np.inf, w

    def __call__(self, w: np.ndarray) -> tuple[float, np.ndarray]:
        if len(self.losses) == self.allowed:
            raise BudgetSpent
        error, g = self.net.gradient(w, self.x, self.t)
        self.losses.append(error)
        if error < self.lowest:
            self.lowest, self.weights = error, w.copy()
        return error, g


def minimise(
    net,
    part,
    w0: np.ndarray,
    method: str = "l-bfgs",
    evaluations: int = 200,
    tolerance: float | None = 0.0,
) -> Minimum:
    """Minimise a net's error on all cases.

    Parameters
    ----------
    net : MLP
    part : Part
        x (N, d) and t (N, o); taken as float64.
    w0 : (n,) array
        Start weights, `net.start(seed)` say.
    method : "l-bfgs" or "cg"
        Limited-memory BFGS, or non-linear conjugate gradient (Polak-Ribiere).
    evaluations : int
        The budget: never more gradients than these; line searches are counted.
    tolerance : float, optional
        Largest slope at which to stop; 0: only when no step helps any more.  None: SciPy's own
        criteria (slope 1e-5, and for L-BFGS an improvement of 2e-9 of E).

    Raises
    ------
    ValueError
        If a method is unknown, or a number or shape does not fit.

    References
    ----------
    Slide 31: "full-batch method: conjugate gradient, LBFGS".

    Examples
    --------
    >>> from minnet import MLP
    >>> from minnet.data import Part
    >>> line = Part(np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [3.0], [5.0]]))
    >>> found = minimise(MLP([1, 1], loss="squared"), line, np.zeros(2))
    >>> found.weights.round(6).tolist()
    [2.0, 1.0]
    """
    x, t, w = _checked(net, part, w0, method, tolerance)
    check_whole("evaluations", evaluations, 1)
    count = _Count(net, x, t, w, evaluations)
    with one_blas_thread():
        why = _scipy(count, w, method, tolerance, ENDLESS)
    cases = np.full(len(count.losses), len(x))
    return Minimum(np.array(count.losses), cases, count.weights, why)


def minimise_batches(
    net,
    part,
    w0: np.ndarray,
    batches: Iterable[np.ndarray],
    method: str = "l-bfgs",
    *,
    iterations: int = 5,
    passes: float = 50.0,
) -> Minimum:
    """The same on mini-batches: some iterations on each, from where the last one ended.

    What the method has learned about the curvature is dropped with each mini-batch.

    Parameters
    ----------
    batches : iterable of int arrays
        Case numbers: a `Plan`, say.
    iterations : int
        Iterations (each a line search) on a mini-batch before the next one comes.
    passes : float
        The budget, in evaluations of all N cases: never more than passes * N case gradients.
    net, part, w0, method
        As for `minimise`.

    References
    ----------
    Slide 7: fancy methods need mini-batches that are big enough.
    """
    x, t, w = _checked(net, part, w0, method, 0.0)
    check_whole("iterations", iterations, 1)
    check_number("passes", passes, above=0.0)
    left, losses, cases = int(passes * len(x)), [], []
    why = "all mini-batches were used"
    with one_blas_thread():
        for batch in batches:
            allowed = left // len(batch)
            count = _Count(net, x[batch], t[batch], w, allowed)
            ended = _scipy(count, w, method, 0.0, iterations)
            w = count.weights
            losses += count.losses
            cases += [len(batch)] * len(count.losses)
            left -= len(batch) * len(count.losses)
            if ended == SPENT:
                why = SPENT
                break
    return Minimum(np.array(losses), np.array(cases, int), w, why)


def _checked(net, part, w0, method: str, tolerance: float | None) -> list[np.ndarray]:
    check_name("method", method, METHODS)
    if tolerance is not None:
        check_number("tolerance", tolerance)
    w, x, t = net.checked(np.array(w0, np.float64), (part.x, net.sizes[0]), (part.t, net.sizes[-1]))
    if not np.isfinite(w).all():
        raise ValueError("start weights must be finite numbers")
    return [x, t, w]


def _scipy(
    count: Callable, w: np.ndarray, method: str, tolerance: float | None, iterations: int
) -> str:
    """Run SciPy's method; what ended it."""
    from scipy.optimize import minimize

    options: dict = {"maxiter": iterations}
    if method == "l-bfgs":
        options["maxfun"] = ENDLESS
    if tolerance is not None:
        options["gtol"] = tolerance
        options |= {"ftol": 0.0} if method == "l-bfgs" else {}
    try:
        found = minimize(count, w, jac=True, method=METHODS[method], options=options)
    except BudgetSpent:
        return SPENT
    return f"SciPy: {found.message}"
