"""The formulas of SGD, momentum and Nesterov in PyTorch, Keras, TensorFlow 1 and optax.

    w  weight        g  gradient        v  velocity

While lr is constant, inside and outside are the same path.  When lr falls, a velocity that holds
it (Keras) still moves by the old rate for a while; one that does not (PyTorch, TensorFlow 1, optax)
obeys at once.  Nesterov is the look-ahead form everywhere: w is the place after the jump, so the
gradient is measured at w.  Weight decay joins the gradient (PyTorch) or shrinks w (Keras).

Checked against torch 2.13 (torch/optim/sgd.py), keras 3.15 (src/optimizers/sgd.py,
base_optimizer.py), TensorFlow 1.15 (core/kernels/training_ops.cc: ApplyMomentum;
python/training/momentum.py) and optax 0.2.8 (_src/alias.py; transforms/_accumulation.py: trace).
"""

import numpy as np

ONE = np.float32(1)


def torch_sgd(w, g, lr=0.001, weight_decay=0.0, direction=1.0):
    """w -= lr (g + weight_decay w)   (PyTorch)"""
    g = direction * g + weight_decay * w
    return w - lr * g


def torch_momentum(
    w, g, velocity, t, lr=0.001, momentum=0.9, dampening=0.0, weight_decay=0.0, direction=1.0
):
    """v = momentum v + (1 - dampening) g, but v = g at first;  w -= lr v   (PyTorch)"""
    g = direction * g + weight_decay * w
    velocity = momentum * velocity + (ONE - dampening) * g if t > ONE else g
    return w - lr * velocity, velocity


def torch_nesterov(w, g, velocity, lr=0.001, momentum=0.9, weight_decay=0.0, direction=1.0):
    """v = momentum v + g;  w -= lr (g + momentum v)   (PyTorch: no dampening here)"""
    g = direction * g + weight_decay * w
    velocity = momentum * velocity + g
    return w - lr * (g + momentum * velocity), velocity


def keras_sgd(w, g, lr=0.01, weight_decay=0.0):
    """w -= lr weight_decay w;  w -= lr g   (Keras)"""
    w = w - lr * weight_decay * w
    return w - lr * g


def keras_momentum(w, g, velocity, lr=0.01, momentum=0.9, weight_decay=0.0):
    """v = momentum v - lr g;  w += v   (Keras: lr is inside v, as on slide 18)"""
    w = w - lr * weight_decay * w
    velocity = momentum * velocity - lr * g
    return w + velocity, velocity


def keras_nesterov(w, g, velocity, lr=0.01, momentum=0.9, weight_decay=0.0):
    """v = momentum v - lr g;  w += momentum v - lr g   (Keras)"""
    w = w - lr * weight_decay * w
    velocity = momentum * velocity - lr * g
    return w + momentum * velocity - lr * g, velocity


def trace_momentum(w, g, velocity, lr=0.001, momentum=0.9):
    """v = momentum v + g;  w -= lr v   (TensorFlow 1 and optax: lr is outside v)"""
    velocity = momentum * velocity + g
    return w - lr * velocity, velocity


def trace_nesterov(w, g, velocity, lr=0.001, momentum=0.9):
    """v = momentum v + g;  w -= lr (g + momentum v)   (TensorFlow 1 and optax)"""
    velocity = momentum * velocity + g
    return w - lr * (g + momentum * velocity), velocity
