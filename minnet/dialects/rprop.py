"""The formulas of Rprop in PyTorch and optax; both are iRprop-: a change of sign makes no move.

    w  weight        g  gradient        size  the step size, which starts at the learning rate

Keras and TensorFlow 1 have no Rprop.  optax makes every move one step late, the first step none at
all: a mistake that is known (pull request 1725 of google-deepmind/optax, open in July 2026) and
part of its rule until it is mended.  PyTorch limits the size at every step, optax only when it
changes.  Both multiply the gradient with what they remember and lose the sign when that product
underflows (minnet's own rules do not).

Checked against torch 2.13 (torch/optim/rprop.py) and optax 0.2.8 (_src/transform.py:
scale_by_rprop).
"""

import numpy as np

from ..kernels.jit import kernel
from ..rules.lecture import sign

ZERO, ONE = np.float32(0), np.float32(1)


@kernel
def factor(agreement, eta_minus, eta_plus):
    """eta_plus if two gradients agree (> 0), eta_minus if they disagree (< 0), else 1."""
    return eta_plus if agreement > ZERO else (eta_minus if agreement < ZERO else ONE)


def torch_rprop(
    w, g, size, g_before,
    eta_minus=0.5, eta_plus=1.2, step_min=1e-6, step_max=50.0, direction=1.0,
):  # fmt: skip
    """size = size factor, always within the limits;  w -= sign(g) size, or stays   (PyTorch)"""
    g = direction * g
    agreement = g * g_before
    size = min(max(size * factor(agreement, eta_minus, eta_plus), step_min), step_max)
    g = ZERO * g if agreement < ZERO else g
    return w - sign(g) * size, size, g


def optax_rprop(w, g, size, move, eta_minus=0.5, eta_plus=1.2, step_min=1e-6, step_max=50.0):
    """w -= the move of the step before, or stays;  move = sign(g) size, or 0   (optax 0.2.8)"""
    agreement = g * move
    if agreement > ZERO or agreement < ZERO:
        size = min(max(size * factor(agreement, eta_minus, eta_plus), step_min), step_max)
    late = ZERO * g if agreement < ZERO else move
    move = ZERO * g if agreement < ZERO else sign(g) * size
    return w - late, size, move
