"""The formulas of Adadelta in PyTorch, Keras and optax: they differ in weight decay and defaults.

    w  weight      g  gradient      s, d  running means of g^2 and of move^2

Zeiler's paper has no learning rate.  PyTorch's is 1, so that it is not there; Keras and TensorFlow
1 multiply the move by 0.001, a thousandth of the paper's step.

Checked against torch 2.13 (torch/optim/adadelta.py), keras 3.15 (src/optimizers/adadelta.py),
TensorFlow 1.15 (core/kernels/training_ops.cc: ApplyAdadelta; python/training/adadelta.py) and
optax 0.2.8 (_src/transform.py: scale_by_adadelta).
"""

import math

import numpy as np

ONE = np.float32(1)


def torch_adadelta(
    w, g, mean_square, mean_square_move,
    lr=1.0, decay=0.9, eps=1e-6, weight_decay=0.0, direction=1.0,
):  # fmt: skip
    """move = sqrt(d + eps) / sqrt(s + eps) g;  w -= lr move   (PyTorch)"""
    g = direction * g + weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    move = math.sqrt(mean_square_move + eps) / math.sqrt(mean_square + eps) * g
    mean_square_move = decay * mean_square_move + (ONE - decay) * move * move
    return w - lr * move, mean_square, mean_square_move


def keras_adadelta(
    w, g, mean_square, mean_square_move, lr=0.001, decay=0.95, eps=1e-7, weight_decay=0.0
):
    """w -= lr weight_decay w;  w -= lr move   (Keras; TensorFlow 1 without weight decay)"""
    w = w - lr * weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    move = math.sqrt(mean_square_move + eps) / math.sqrt(mean_square + eps) * g
    mean_square_move = decay * mean_square_move + (ONE - decay) * move * move
    return w - lr * move, mean_square, mean_square_move


def optax_adadelta(
    w, g, mean_square, mean_square_move, lr=1.0, decay=0.9, eps=1e-6, weight_decay=0.0
):
    """g += weight_decay w;  w -= lr move   (optax)"""
    g = g + weight_decay * w
    mean_square = decay * mean_square + (ONE - decay) * g * g
    move = math.sqrt(mean_square_move + eps) / math.sqrt(mean_square + eps) * g
    mean_square_move = decay * mean_square_move + (ONE - decay) * move * move
    return w - lr * move, mean_square, mean_square_move
