"""The steps of `replay` on a device: a rule moves all weights by given gradients, step by step.

n weights, S slots, K steps, H hyperparameters
"""

import numpy as np
from numba import cuda

from ..optimizers.optimizer import Optimizer
from . import steps
from .device import Device


def take_steps(
    device: Device,
    optimizer: Optimizer,
    w: np.ndarray,
    gradients: np.ndarray,
    slots: np.ndarray,
    hyper: np.ndarray,
    worse: np.ndarray,
    path: np.ndarray,
) -> None:
    """Move weights by given gradients, as `descent.walk.take_steps` does on the CPU.

    Parameters
    ----------
    device : Device
        Where the steps are taken.
    optimizer : Optimizer
        Whose rule takes them; its jump plays no part.
    w : (n,) float32 or float64 array
        Start weights, on the host; not changed.
    gradients : (K, n) array of the dtype of `w`
        dE/dw at each step.
    slots : (S, n) array of the dtype of `w`
        What the rule remembers before the first step; not changed.
    hyper : (K, H) array of the dtype of `w`
        The hyperparameters at each step.
    worse : (K,) bool array
        Whether the error grew before each step.
    path : (K + 1, n) array of the dtype of `w`
        Gets the weights after each step, in path[1:].

    Raises
    ------
    RuleError
        If the rule is a user's own and does not compile.
    DeviceLost
        If CUDA reports an error.
    """
    steps.check(optimizer, w.dtype)
    step = steps.stepper((optimizer.rule, optimizer.jump))
    real, n = w.dtype.type, w.size
    grid = max(1, min(-(-n // device.threads), device.blocks)), device.threads
    with device.in_use():
        # A rule may have no slots, or no hyperparameters: one number more, so no array is empty.
        on_device = cuda.to_device(w)
        slots_on_device = cuda.to_device(np.append(slots.ravel(), real(0)))
        for k, g in enumerate(gradients):
            status = cuda.to_device(np.array([worse[k], True, 0], np.int64))
            row = cuda.to_device(np.append(hyper[k], real(0)))
            step[grid](on_device, cuda.to_device(g), slots_on_device, row, real(k + 1), status)
            path[k + 1] = on_device.copy_to_host()
