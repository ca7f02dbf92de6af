"""The sixteen formulas of RMSprop in optax, two of which are TensorFlow 1's as well.

    ms  mean square of g, from `initial_scale` on    m  mean of g    v  trace (velocity), lr inside
    ms^ = ms / (1 - decay^t),  m^ = m / (1 - decay^t)    with bias_correction

Four choices: eps inside the root or outside (eps_in_sqrt), bias correction, ms or the variance
ms - m^2 (centered), and a plain or a Nesterov trace.  Without momentum the trace has momentum 0.
TensorFlow 1 is the first rule of each half, with ms from 1 on.  What rounding takes from a variance
below 0 counts as 0, where the libraries return NaN.  (Centered and corrected, the first step has
the variance g^2 - g^2: it is lr g over eps, and rounding.)

Checked against optax 0.2.8 (_src/alias.py, _src/transform.py: scale_by_rms, scale_by_stddev;
transforms/_accumulation.py: trace) and TensorFlow 1.15 (core/kernels/training_ops.cc:
ApplyRMSProp, ApplyCenteredRMSProp; python/training/rmsprop.py).
"""

import math

import numpy as np

ZERO, ONE = np.float32(0), np.float32(1)


def optax_rmsprop_inside(w, g, mean_square, velocity, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0):
    """v = momentum v + lr g / sqrt(ms + eps);  w -= v   (TensorFlow 1 too)"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    velocity = momentum * velocity + lr * g / math.sqrt(mean_square + eps)
    return w - velocity, mean_square, velocity


def optax_rmsprop_inside_nesterov(
    w, g, mean_square, velocity, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """step = lr g / sqrt(ms + eps);  v = momentum v + step;  w -= momentum v + step"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    step = lr * g / math.sqrt(mean_square + eps)
    velocity = momentum * velocity + step
    return w - (momentum * velocity + step), mean_square, velocity


def optax_rmsprop_outside(w, g, mean_square, velocity, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0):
    """v = momentum v + lr g / (sqrt(ms) + eps);  w -= v"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    velocity = momentum * velocity + lr * g / (math.sqrt(mean_square) + eps)
    return w - velocity, mean_square, velocity


def optax_rmsprop_outside_nesterov(
    w, g, mean_square, velocity, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """step = lr g / (sqrt(ms) + eps);  v = momentum v + step;  w -= momentum v + step"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    step = lr * g / (math.sqrt(mean_square) + eps)
    velocity = momentum * velocity + step
    return w - (momentum * velocity + step), mean_square, velocity


def optax_rmsprop_corrected_inside(
    w, g, mean_square, velocity, t, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """v = momentum v + lr g / sqrt(ms^ + eps);  w -= v"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    velocity = momentum * velocity + lr * g / math.sqrt(mean_square / (ONE - decay**t) + eps)
    return w - velocity, mean_square, velocity


def optax_rmsprop_corrected_inside_nesterov(
    w, g, mean_square, velocity, t, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """step = lr g / sqrt(ms^ + eps);  v = momentum v + step;  w -= momentum v + step"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    step = lr * g / math.sqrt(mean_square / (ONE - decay**t) + eps)
    velocity = momentum * velocity + step
    return w - (momentum * velocity + step), mean_square, velocity


def optax_rmsprop_corrected_outside(
    w, g, mean_square, velocity, t, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """v = momentum v + lr g / (sqrt(ms^) + eps);  w -= v"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    velocity = momentum * velocity + lr * g / (math.sqrt(mean_square / (ONE - decay**t)) + eps)
    return w - velocity, mean_square, velocity


def optax_rmsprop_corrected_outside_nesterov(
    w, g, mean_square, velocity, t, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """step = lr g / (sqrt(ms^) + eps);  v = momentum v + step;  w -= momentum v + step"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    step = lr * g / (math.sqrt(mean_square / (ONE - decay**t)) + eps)
    velocity = momentum * velocity + step
    return w - (momentum * velocity + step), mean_square, velocity


def optax_rmsprop_centered_inside(
    w, g, mean_square, mean, velocity, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """v = momentum v + lr g / sqrt(ms - m^2 + eps);  w -= v   (TensorFlow 1 too)"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    variance = max(mean_square - mean * mean, ZERO * g)
    velocity = momentum * velocity + lr * g / math.sqrt(variance + eps)
    return w - velocity, mean_square, mean, velocity


def optax_rmsprop_centered_inside_nesterov(
    w, g, mean_square, mean, velocity, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """step = lr g / sqrt(ms - m^2 + eps);  v = momentum v + step;  w -= momentum v + step"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    variance = max(mean_square - mean * mean, ZERO * g)
    step = lr * g / math.sqrt(variance + eps)
    velocity = momentum * velocity + step
    return w - (momentum * velocity + step), mean_square, mean, velocity


def optax_rmsprop_centered_outside(
    w, g, mean_square, mean, velocity, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """v = momentum v + lr g / (sqrt(ms - m^2) + eps);  w -= v"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    variance = max(mean_square - mean * mean, ZERO * g)
    velocity = momentum * velocity + lr * g / (math.sqrt(variance) + eps)
    return w - velocity, mean_square, mean, velocity


def optax_rmsprop_centered_outside_nesterov(
    w, g, mean_square, mean, velocity, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """step = lr g / (sqrt(ms - m^2) + eps);  v = momentum v + step;  w -= momentum v + step"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    variance = max(mean_square - mean * mean, ZERO * g)
    step = lr * g / (math.sqrt(variance) + eps)
    velocity = momentum * velocity + step
    return w - (momentum * velocity + step), mean_square, mean, velocity


def optax_rmsprop_centered_corrected_inside(
    w, g, mean_square, mean, velocity, t, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """v = momentum v + lr g / sqrt(ms^ - m^^2 + eps);  w -= v"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    filled = ONE - decay**t
    variance = max(mean_square / filled - (mean / filled) * (mean / filled), ZERO * g)
    velocity = momentum * velocity + lr * g / math.sqrt(variance + eps)
    return w - velocity, mean_square, mean, velocity


def optax_rmsprop_centered_corrected_inside_nesterov(
    w, g, mean_square, mean, velocity, t, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """step = lr g / sqrt(ms^ - m^^2 + eps);  v = momentum v + step;  w -= momentum v + step"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    filled = ONE - decay**t
    variance = max(mean_square / filled - (mean / filled) * (mean / filled), ZERO * g)
    step = lr * g / math.sqrt(variance + eps)
    velocity = momentum * velocity + step
    return w - (momentum * velocity + step), mean_square, mean, velocity


def optax_rmsprop_centered_corrected_outside(
    w, g, mean_square, mean, velocity, t, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """v = momentum v + lr g / (sqrt(ms^ - m^^2) + eps);  w -= v"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    filled = ONE - decay**t
    variance = max(mean_square / filled - (mean / filled) * (mean / filled), ZERO * g)
    velocity = momentum * velocity + lr * g / (math.sqrt(variance) + eps)
    return w - velocity, mean_square, mean, velocity


def optax_rmsprop_centered_corrected_outside_nesterov(
    w, g, mean_square, mean, velocity, t, lr=0.001, decay=0.9, eps=1e-8, momentum=0.0
):
    """step = lr g / (sqrt(ms^ - m^^2) + eps);  v = momentum v + step;  w -= momentum v + step"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    filled = ONE - decay**t
    variance = max(mean_square / filled - (mean / filled) * (mean / filled), ZERO * g)
    step = lr * g / (math.sqrt(variance) + eps)
    velocity = momentum * velocity + step
    return w - (momentum * velocity + step), mean_square, mean, velocity
