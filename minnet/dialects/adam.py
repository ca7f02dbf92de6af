"""The formulas of Adam in PyTorch, Keras, TensorFlow 1 and optax, with AMSGrad, AdamW and Nadam.

    w  weight      g  gradient      m, v  running means of g and g^2      t  the step, from 1 on
    m^ = m / (1 - beta1^t),  v^ = v / (1 - beta2^t)

PyTorch and optax add eps to sqrt(v^); Keras and TensorFlow 1 to sqrt(v), the "epsilon hat" of the
paper: at the first step that is an eps 1/sqrt(1 - beta2) = 32 times as large.  AMSGrad keeps the
largest v (PyTorch, Keras) or the largest v^ (optax).  Weight decay joins g, or shrinks w.

Checked against torch 2.13 (torch/optim/adam.py), keras 3.15 (src/optimizers/adam.py), TensorFlow
1.15 (core/kernels/training_ops.cc: ApplyAdam; python/training/adam.py) and optax 0.2.8
(_src/transform.py: scale_by_adam, scale_by_amsgrad).
"""

import math

import numpy as np

ONE = np.float32(1)


def torch_adam(
    w, g, mean, mean_square, t,
    lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, direction=1.0,
):  # fmt: skip
    """w -= lr m^ / (sqrt(v^) + eps)   (PyTorch)"""
    g = direction * g + weight_decay * w
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    spread = math.sqrt(mean_square) / math.sqrt(ONE - beta2**t)
    return w - lr / (ONE - beta1**t) * mean / (spread + eps), mean, mean_square


def torch_adam_amsgrad(
    w, g, mean, mean_square, largest, t,
    lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, direction=1.0,
):  # fmt: skip
    """w -= lr m^ / (sqrt(max v / (1 - beta2^t)) + eps)   (PyTorch)"""
    g = direction * g + weight_decay * w
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    largest = max(largest, mean_square)
    spread = math.sqrt(largest) / math.sqrt(ONE - beta2**t)
    return w - lr / (ONE - beta1**t) * mean / (spread + eps), mean, mean_square, largest


def torch_adam_decoupled(
    w, g, mean, mean_square, t,
    lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, direction=1.0,
):  # fmt: skip
    """w -= lr weight_decay w;  w -= lr m^ / (sqrt(v^) + eps)   (PyTorch's AdamW)"""
    g = direction * g
    w = w - lr * weight_decay * w
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    spread = math.sqrt(mean_square) / math.sqrt(ONE - beta2**t)
    return w - lr / (ONE - beta1**t) * mean / (spread + eps), mean, mean_square


def torch_adam_decoupled_amsgrad(
    w, g, mean, mean_square, largest, t,
    lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, direction=1.0,
):  # fmt: skip
    """w -= lr weight_decay w;  w -= lr m^ / (sqrt(max v / (1 - beta2^t)) + eps)   (PyTorch)"""
    g = direction * g
    w = w - lr * weight_decay * w
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    largest = max(largest, mean_square)
    spread = math.sqrt(largest) / math.sqrt(ONE - beta2**t)
    return w - lr / (ONE - beta1**t) * mean / (spread + eps), mean, mean_square, largest


def keras_adam(
    w, g, mean, mean_square, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7, weight_decay=0.0
):
    """w -= lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps)   (Keras)"""
    w = w - lr * weight_decay * w
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    rate = lr * math.sqrt(ONE - beta2**t) / (ONE - beta1**t)
    return w - rate * mean / (math.sqrt(mean_square) + eps), mean, mean_square


def keras_adam_amsgrad(
    w, g, mean, mean_square, largest, t,
    lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7, weight_decay=0.0,
):  # fmt: skip
    """w -= lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(max v) + eps)   (Keras)"""
    w = w - lr * weight_decay * w
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    largest = max(largest, mean_square)
    rate = lr * math.sqrt(ONE - beta2**t) / (ONE - beta1**t)
    return w - rate * mean / (math.sqrt(largest) + eps), mean, mean_square, largest


def tf1_adam(w, g, mean, mean_square, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """w -= lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps)   (TensorFlow 1)"""
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    rate = lr * math.sqrt(ONE - beta2**t) / (ONE - beta1**t)
    return w - rate * mean / (math.sqrt(mean_square) + eps), mean, mean_square


def optax_adam(
    w, g, mean, mean_square, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, eps_root=0.0
):
    """w -= lr m^ / (sqrt(v^ + eps_root) + eps)   (optax)"""
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    unbiased = mean / (ONE - beta1**t)
    spread = math.sqrt(mean_square / (ONE - beta2**t) + eps_root)
    return w - lr * unbiased / (spread + eps), mean, mean_square


def optax_adam_nesterov(
    w, g, mean, mean_square, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, eps_root=0.0
):
    """m^ = beta1 m / (1 - beta1^(t+1)) + (1 - beta1) g / (1 - beta1^t)   (optax's Nadam)"""
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    ahead = beta1 * mean / (ONE - beta1 ** (t + ONE)) + (ONE - beta1) * g / (ONE - beta1**t)
    spread = math.sqrt(mean_square / (ONE - beta2**t) + eps_root)
    return w - lr * ahead / (spread + eps), mean, mean_square


def optax_amsgrad(
    w, g, mean, mean_square, largest, t,
    lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, eps_root=0.0,
):  # fmt: skip
    """w -= lr m^ / (sqrt(max v^ + eps_root) + eps)   (optax)"""
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    largest = max(largest, mean_square / (ONE - beta2**t))
    unbiased = mean / (ONE - beta1**t)
    return w - lr * unbiased / (math.sqrt(largest + eps_root) + eps), mean, mean_square, largest
