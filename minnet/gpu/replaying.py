"""A rule on given gradients, on a device: one pass over all weights for each step.

n weights, S slots, K steps
"""

import numpy as np
from numba import cuda

from . import steps
from .device import Device


def take_steps(device: Device, optimizer, w, gradients, slots, hyper, worse, path) -> None:
    """As `descent.take_steps`: w (n,), gradients (K, n), slots (S, n), hyper (K, H), path."""
    steps.check(optimizer, w.dtype)
    step = steps.stepper((optimizer.rule, optimizer.jump))
    real, n = w.dtype.type, w.size
    grid = max(1, min(-(-n // device.threads), device.blocks)), device.threads
    with device.in_use():
        there, remembered = cuda.to_device(w), cuda.to_device(np.append(slots.ravel(), real(0)))
        for k, g in enumerate(gradients):
            told = cuda.to_device(np.array([worse[k], True, 0], np.int64))
            hyper_now = cuda.to_device(np.append(hyper[k], real(0)))
            step[grid](there, cuda.to_device(g), remembered, hyper_now, real(k + 1), told)
            path[k + 1] = there.copy_to_host()
