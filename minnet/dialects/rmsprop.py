"""The formulas of RMSprop on the slide, in PyTorch and in Keras (optax: see `rmsprop_optax`).

    w  weight        g  gradient        ms  the mean square        v  velocity        m  mean of g

Read down the docstrings: eps stands outside the root or inside; lr is outside v or inside; weight
decay joins the gradient (PyTorch) or shrinks the weight (Keras); direction is -1 to climb.  What
rounding takes from a variance below 0 counts as 0, where the libraries return NaN.

Checked against torch 2.13 (torch/optim/rmsprop.py) and keras 3.15 (src/optimizers/rmsprop.py).
"""

import math

import numpy as np

ZERO, ONE = np.float32(0), np.float32(1)


def slide_rmsprop(w, g, mean_square, lr=0.001, decay=0.9):
    """ms = decay ms + (1 - decay) g^2;  w -= lr g / sqrt(ms), where 0/0 is 0   (slide 29)"""
    mean_square = decay * mean_square + (ONE - decay) * g * g
    if mean_square == ZERO:
        return w, mean_square
    return w - lr * g / math.sqrt(mean_square), mean_square


def torch_rmsprop(
    w, g, mean_square, lr=0.01, decay=0.99, eps=1e-8, weight_decay=0.0, direction=1.0
):
    """ms = decay ms + (1 - decay) g^2;  w -= lr g / (sqrt(ms) + eps)   (PyTorch)"""
    g = direction * g + weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    return w - lr * g / (math.sqrt(mean_square) + eps), mean_square


def torch_rmsprop_momentum(
    w, g, mean_square, velocity,
    lr=0.01, decay=0.99, eps=1e-8, weight_decay=0.0, momentum=0.9, direction=1.0,
):  # fmt: skip
    """v = momentum v + g / (sqrt(ms) + eps);  w -= lr v   (PyTorch: lr is outside v)"""
    g = direction * g + weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    velocity = momentum * velocity + g / (math.sqrt(mean_square) + eps)
    return w - lr * velocity, mean_square, velocity


def torch_rmsprop_centered(
    w, g, mean_square, mean, lr=0.01, decay=0.99, eps=1e-8, weight_decay=0.0, direction=1.0
):
    """m = decay m + (1 - decay) g;  w -= lr g / (sqrt(ms - m^2) + eps)   (PyTorch)"""
    g = direction * g + weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    spread = math.sqrt(max(mean_square - mean * mean, ZERO * g))
    return w - lr * g / (spread + eps), mean_square, mean


def torch_rmsprop_centered_momentum(
    w, g, mean_square, mean, velocity,
    lr=0.01, decay=0.99, eps=1e-8, weight_decay=0.0, momentum=0.9, direction=1.0,
):  # fmt: skip
    """v = momentum v + g / (sqrt(ms - m^2) + eps);  w -= lr v   (PyTorch)"""
    g = direction * g + weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    spread = math.sqrt(max(mean_square - mean * mean, ZERO * g))
    velocity = momentum * velocity + g / (spread + eps)
    return w - lr * velocity, mean_square, mean, velocity


def keras_rmsprop(w, g, mean_square, lr=0.001, decay=0.9, eps=1e-7, weight_decay=0.0):
    """ms = decay ms + (1 - decay) g^2;  w -= lr g / sqrt(ms + eps)   (Keras)"""
    w = w - lr * weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    return w - lr * g / math.sqrt(mean_square + eps), mean_square


def keras_rmsprop_momentum(
    w, g, mean_square, velocity, lr=0.001, decay=0.9, momentum=0.9, eps=1e-7, weight_decay=0.0
):
    """v = momentum v + lr g / sqrt(ms + eps);  w -= v   (Keras: lr is inside v)"""
    w = w - lr * weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    velocity = momentum * velocity + lr * g / math.sqrt(mean_square + eps)
    return w - velocity, mean_square, velocity


def keras_rmsprop_centered(
    w, g, mean_square, mean, lr=0.001, decay=0.9, eps=1e-7, weight_decay=0.0
):
    """m = decay m + (1 - decay) g;  w -= lr g / sqrt(ms - m^2 + eps)   (Keras)"""
    w = w - lr * weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    variance = max(mean_square - mean * mean, ZERO * g)
    return w - lr * g / math.sqrt(variance + eps), mean_square, mean


def keras_rmsprop_centered_momentum(
    w, g, mean_square, mean, velocity,
    lr=0.001, decay=0.9, momentum=0.9, eps=1e-7, weight_decay=0.0,
):  # fmt: skip
    """v = momentum v + lr g / sqrt(ms - m^2 + eps);  w -= v   (Keras)"""
    w = w - lr * weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    variance = max(mean_square - mean * mean, ZERO * g)
    velocity = momentum * velocity + lr * g / math.sqrt(variance + eps)
    return w - velocity, mean_square, mean, velocity
