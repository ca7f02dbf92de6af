"""Start weights: drawn in proportion to the fan-in, from a range, or given outright.

n  weights in all
"""

from typing import TYPE_CHECKING

import numpy as np

from ..checks import check_number

if TYPE_CHECKING:
    from .mlp import MLP


def start_weights(net: "MLP", init: object, seed: int) -> np.ndarray:
    """The start weights (n,) float64 of a net; `init` as in `MLP`.

    Raises
    ------
    ValueError
        If `init` is unknown, or its vector has another length or non-finite entries.

    References
    ----------
    Slide 10: smaller start weights for bigger fan-in, in proportion to 1/sqrt(fan-in).
    """
    n = net.n_weights
    if callable(init) or isinstance(init, (np.ndarray, list)):
        w = np.array(init(n) if callable(init) else init, np.float64)
        if w.shape != (n,) or not np.isfinite(w).all():
            raise ValueError(
                f"start weights must be {n} finite numbers, got an array of shape {w.shape}"
            )
        return w
    w, rng = np.zeros(n), np.random.default_rng(seed)
    for matrix, _ in net.named(w):
        matrix[:] = _drawn(init, rng, *matrix.shape)
    return w


def _drawn(init: object, rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """The weights of one layer; biases stay 0."""
    variances = {"lecun": 1 / fan_in, "glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if isinstance(init, str) and init in variances:
        return rng.normal(0, np.sqrt(variances[init]), (fan_in, fan_out))
    if isinstance(init, tuple) and len(init) == 2 and init[0] in ("normal", "uniform"):
        kind, size = init
        check_number(f"the size of init {kind!r}", size)
        if kind == "normal":
            return rng.normal(0, size, (fan_in, fan_out))
        return rng.uniform(-size, size, (fan_in, fan_out))
    raise ValueError(
        "init must be 'lecun', 'glorot', 'he', ('normal', sd), ('uniform', a), a vector or a "
        f"function of n, got {init!r}"
    )
