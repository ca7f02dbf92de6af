"""The formulas of Adagrad in PyTorch, Keras, TensorFlow 1 and optax: they differ in eps and start.

    w  weight        g  gradient        s  the sum of squares, from `initial_accumulator_value` on

The sum starts at 0 in PyTorch and at 0.1 elsewhere: gradients below 0.3 then hardly count at first.

Checked against torch 2.13 (torch/optim/adagrad.py), keras 3.15 (src/optimizers/adagrad.py),
TensorFlow 1.15 (core/kernels/training_ops.cc: ApplyAdagrad; python/training/adagrad.py) and
optax 0.2.8 (_src/transform.py: scale_by_rss).
"""

import math

import numpy as np

ONE = np.float32(1)


def torch_adagrad(
    w, g, sum_squares, t, lr=0.01, lr_decay=0.0, weight_decay=0.0, eps=1e-10, direction=1.0
):
    """s += g^2;  w -= lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps)   (PyTorch)"""
    g = direction * g + weight_decay * w
    sum_squares = sum_squares + g * g
    rate = lr / (ONE + (t - ONE) * lr_decay)
    return w - rate * g / (math.sqrt(sum_squares) + eps), sum_squares


def keras_adagrad(w, g, sum_squares, lr=0.001, eps=1e-7, weight_decay=0.0):
    """s += g^2;  w -= lr g / sqrt(s + eps)   (Keras)"""
    w = w - lr * weight_decay * w
    sum_squares = sum_squares + g * g
    return w - lr * g / math.sqrt(sum_squares + eps), sum_squares


def tf1_adagrad(w, g, sum_squares, lr=0.001):
    """s += g^2;  w -= lr g / sqrt(s)   (TensorFlow 1: no eps, so s must start above 0)"""
    sum_squares = sum_squares + g * g
    return w - lr * g / math.sqrt(sum_squares), sum_squares


def optax_adagrad(w, g, sum_squares, lr=0.001, eps=1e-7):
    """s += g^2;  w -= lr g / sqrt(s + eps)   (optax)"""
    sum_squares = sum_squares + g * g
    return w - lr * g / math.sqrt(sum_squares + eps), sum_squares
