"""Where a race runs: on the CPU, or on a device, for which alone the GPU chapter is entered."""

from collections.abc import Sequence

import numpy as np

from ..data.cases import Data
from ..descent import walk
from ..descent.plan import Plan
from ..net.mlp import MLP
from ..optimizers.notation import OptimizerLike
from ..optimizers.optimizer import Optimizer
from .state import Race

CPU = "cpu"


def race_on(
    device: str,
    net: MLP,
    data: Data,
    optimizers: Sequence[Optimizer],
    plan: Plan,
    start: np.ndarray,
    threads: int,
) -> Race:
    """The state of a race, before its first step, where it is to run.

    Raises
    ------
    ValueError
        If there is no such device, or it cannot be used.
    """
    if device == CPU:
        return Race(net, data, optimizers, plan, start, threads)
    from .. import gpu

    return gpu.race_on(device, net, data, optimizers, plan, start)


def replay(
    optimizer: OptimizerLike,
    w0: float | np.ndarray,
    gradients: np.ndarray,
    errors: np.ndarray | None = None,
    *,
    device: str = CPU,
) -> np.ndarray:
    """Apply a rule to given gradients, on the CPU or on a device.

    Parameters
    ----------
    optimizer : Optimizer, str or rule
        The rule with its hyperparameters.
    w0 : float or (n,) array
        Start weights, taken as float64 unless they are float32.
    gradients : (K,) or (K, n) array
        dE/dw at each step, as measured (a rule's jump plays no part).
    errors : (K,) array, optional
        E at each step, for rules that ask whether it grew.
    device : str
        "cpu", "cuda" (or "cuda:1"), or "cuda-sim".

    Returns
    -------
    (K + 1, n) array
        The weights at the start and after each step.

    Raises
    ------
    ValueError
        If shapes do not fit, the rule needs errors and has none, or the device is not there.

    References
    ----------
    Slide 28: nine gradients of +0.1 and one of -0.9.

    Examples
    --------
    >>> path = replay("sgd(lr=0.1)", 0.0, [0.1] * 9 + [-0.9])
    >>> bool(abs(path[-1, 0]) < 1e-15)
    True
    """
    if device == CPU:
        return walk.replay(optimizer, w0, gradients, errors)
    from .. import gpu

    return walk.replay(optimizer, w0, gradients, errors, take=gpu.steps_on(device))
