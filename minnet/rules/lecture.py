"""The update rules of Lecture 6, in its order: each moves one weight one step.

A rule is a function of plain numbers.  It takes the weight `w` and its gradient `g`, then what it
remembers about this weight (its slots), then its hyperparameters, which are the arguments that have
a default value.  It returns the new weight, followed by the new slots in the same order.  It may
also ask for `t`, the number of this step (1, 2, ...), and for `worse`, which tells whether the
error on this mini-batch is greater than the error on the one before.

    w  weight        g  gradient dE/dw, on this mini-batch
    lr learning rate (eps on the slides)        momentum  (alpha on the slides)

The same text serves nets and error surfaces, on the CPU and on a GPU, and the debugger: so rules
use arithmetic, `math`, `min`, `max` and `if`, and constants that do not widen float32 (ONE, not 1).
The optimizers that are made of them, with ranges, defaults and sources: `minnet.optimizers`.
"""

import math

import numpy as np

from ..kernels.jit import kernel

__all__ = [
    "adapted", "gains", "gains_momentum", "irprop_minus", "irprop_plus", "jump", "momentum",
    "resized", "rmsprop", "rmsprop_divided_jump", "rmsprop_gains", "rmsprop_jump",
    "rmsprop_momentum", "rprop_minus", "rprop_plus", "sgd", "sign",
]  # fmt: skip
ZERO, ONE = np.float32(0), np.float32(1)


def sgd(w, g, lr=0.1):
    """w(t) = w(t-1) - lr g   (slide 7)"""
    return w - lr * g


def momentum(w, g, velocity, lr=0.1, momentum=0.9):
    """v(t) = momentum v(t-1) - lr g;  w(t) = w(t-1) + v(t)   (slide 18)"""
    velocity = momentum * velocity - lr * g
    return w + velocity, velocity


def jump(w, velocity, momentum=0.9):
    """w + momentum v(t-1): jump first, measure the gradient there, then correct   (slide 20)"""
    return w + momentum * velocity


def gains(w, g, gain, g_before, t, lr=0.1, up=0.05, down=0.95, low=0.1, high=10.0):
    """gain += up if g(t) g(t-1) > 0, else gain *= down;  w -= lr gain g   (slides 24, 25)"""
    gain = adapted(gain, g * sign(g_before), t, up, down, low, high)
    return w - lr * gain * g, gain, g


def gains_momentum(
    w, g, gain, velocity, t, lr=0.1, momentum=0.9, up=0.05, down=0.95, low=0.1, high=10.0
):
    """As gains, but gradient and velocity must agree: -g(t) v(t-1) > 0   (slide 25, Jacobs)"""
    gain = adapted(gain, -g * sign(velocity), t, up, down, low, high)
    velocity = momentum * velocity - lr * gain * g
    return w + velocity, gain, velocity


@kernel
def adapted(gain, agreement, t, up, down, low, high):
    """The gain after a step: larger if agreement > 0, else smaller; at the first step as it was."""
    if t > ONE:
        gain = gain + up if agreement > ZERO else gain * down
    return min(max(gain, low), high)


@kernel
def sign(g):
    """1, 0 or -1.  (g sign(g_before) agrees as g g_before does, and cannot underflow to 0.)"""
    return ONE if g > ZERO else (-ONE if g < ZERO else ZERO * g)


@kernel
def resized(size, agreement, eta_plus, eta_minus, step_min, step_max):
    """Rprop's step size after two gradients that agree (> 0), disagree (< 0), or neither."""
    if agreement > ZERO:
        return min(size * eta_plus, step_max)
    if agreement < ZERO:
        return max(size * eta_minus, step_min)
    return size


def rprop_minus(w, g, size, g_before, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50.0):
    """size *= 1.2 if g(t) g(t-1) > 0, *= 0.5 if < 0;  w -= sign(g) size   (slide 27)"""
    size = resized(size, g * sign(g_before), eta_plus, eta_minus, step_min, step_max)
    return w - sign(g) * size, size, g


def rprop_plus(
    w, g, size, g_before, move, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50.0
):
    """As Rprop-, but a change of sign takes the last move back   (Riedmiller & Braun 1993)"""
    agreement = g * sign(g_before)
    size = resized(size, agreement, eta_plus, eta_minus, step_min, step_max)
    if agreement < ZERO:
        return w - move, size, ZERO * g, -move
    move = -sign(g) * size
    return w + move, size, g, move


def irprop_minus(w, g, size, g_before, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50.0):
    """As Rprop-, but a change of sign makes no move and is forgotten   (Igel & Huesken 2000)"""
    agreement = g * sign(g_before)
    size = resized(size, agreement, eta_plus, eta_minus, step_min, step_max)
    if agreement < ZERO:
        g = ZERO * g
    return w - sign(g) * size, size, g


def irprop_plus(
    w, g, size, g_before, move, worse, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50.0
):
    """As Rprop+, but the last move is taken back only if the error grew   (Igel & Huesken 2000)"""
    agreement = g * sign(g_before)
    size = resized(size, agreement, eta_plus, eta_minus, step_min, step_max)
    if agreement < ZERO:
        move = -move if worse else ZERO * move
        return w + move, size, ZERO * g, move
    move = -sign(g) * size
    return w + move, size, g, move


def rmsprop(w, g, mean_square, lr=0.001, decay=0.9, eps=1e-8):
    """MeanSquare(t) = 0.9 MeanSquare(t-1) + 0.1 g^2;  w -= lr g / sqrt(MeanSquare(t))   (slide 29)

    The slide has no eps: here it keeps 0/0 away, outside the root as in PyTorch.
    """
    mean_square = decay * mean_square + (ONE - decay) * g * g
    return w - lr * g / (math.sqrt(mean_square) + eps), mean_square


def rmsprop_momentum(w, g, mean_square, velocity, lr=0.001, decay=0.9, momentum=0.9, eps=1e-8):
    """v(t) = momentum v(t-1) - lr g / sqrt(MeanSquare(t));  w += v(t)   (slide 30)

    Measured after `jump`, this is rmsprop with Nesterov momentum that divides the correction.
    """
    mean_square = decay * mean_square + (ONE - decay) * g * g
    velocity = momentum * velocity - lr * g / (math.sqrt(mean_square) + eps)
    return w + velocity, mean_square, velocity


def rmsprop_jump(w, mean_square, velocity, momentum=0.9, eps=1e-8):
    """w + momentum v(t-1) / sqrt(MeanSquare(t-1)): the jump, divided   (slide 30, to compare)"""
    return w + momentum * velocity / (math.sqrt(mean_square) + eps)


def rmsprop_divided_jump(w, g, mean_square, velocity, lr=0.001, decay=0.9, momentum=0.9, eps=1e-8):
    """v(t) = momentum v(t-1) - lr g;  w += v(t) / sqrt(MeanSquare(t))   (slide 30, to compare)"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    velocity = momentum * velocity - lr * g
    return w + velocity / (math.sqrt(mean_square) + eps), mean_square, velocity


def rmsprop_gains(
    w, g, mean_square, gain, g_before, t,
    lr=0.001, decay=0.9, eps=1e-8, up=0.05, down=0.95, low=0.1, high=10.0,
):  # fmt: skip
    """rmsprop with the gains of slide 24: w -= lr gain g / sqrt(MeanSquare(t))   (slide 30)"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    gain = adapted(gain, g * sign(g_before), t, up, down, low, high)
    return w - lr * gain * g / (math.sqrt(mean_square) + eps), mean_square, gain, g
