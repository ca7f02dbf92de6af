"""Start weights: drawn in proportion to the fan-in, from a range, or given outright.

n  weights in all
"""

import numpy as np

from ..checks import check_number


def draw(w: np.ndarray, matrices: list[np.ndarray], init: object, seed: int) -> None:
    """Fill w (n,), zeros so far, of which each layer's weights are a view; biases stay 0.

    Parameters
    ----------
    w : (n,) float64 array
        Weights and biases.
    matrices : list of arrays (fan-in, fan-out)
        Each layer's weights, as views into `w`.
    init : str, (str, float), array or callable
        As in `MLP`.
    seed : int
        Draws them, where they are drawn.

    Raises
    ------
    ValueError
        If `init` is unknown, or its vector has another length or non-finite entries.

    References
    ----------
    Slide 10: smaller start weights for bigger fan-in, in proportion to 1/sqrt(fan-in).
    """
    if callable(init) or isinstance(init, (np.ndarray, list)):
        values = np.array(init(w.size) if callable(init) else init, np.float64)
        if values.shape != w.shape or not np.isfinite(values).all():
            raise ValueError(
                f"start weights must be {w.size} finite numbers, got an array of shape "
                f"{values.shape}"
            )
        w[:] = values
        return
    rng = np.random.default_rng(seed)
    for matrix in matrices:
        matrix[:] = _drawn(init, rng, *matrix.shape)


def _drawn(init: object, rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """The weights of one layer."""
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
