"""Update rules around rmsprop that are on no slide: Adagrad, centered rmsprop, Adadelta, Adam.

Written like those of `lecture`: weight, gradient, slots, then the hyperparameters.
"""

import math

import numpy as np

ZERO, ONE = np.float32(0), np.float32(1)


def adagrad(w, g, sum_squares, lr=0.01, eps=1e-10):
    """s(t) = s(t-1) + g^2;  w -= lr g / (sqrt(s(t)) + eps)

    (Duchi, Hazan & Singer 2011)
    """
    sum_squares = sum_squares + g * g
    return w - lr * g / (math.sqrt(sum_squares) + eps), sum_squares


def rmsprop_centered(
    w, g, mean_square, mean, velocity, lr=1e-4, decay=0.95, momentum=0.9, eps=1e-4
):
    """n, m = running means of g^2, g;  v = momentum v - lr g / sqrt(n - m^2 + eps)

    (Graves 2013, equations 38-41)  n - m^2 is a variance; what rounding takes below 0 is 0.
    """
    mean_square = decay * mean_square + (ONE - decay) * g * g
    mean = decay * mean + (ONE - decay) * g
    variance = max(mean_square - mean * mean, ZERO * g)
    velocity = momentum * velocity - lr * g / math.sqrt(variance + eps)
    return w + velocity, mean_square, mean, velocity


def adadelta(w, g, mean_square, mean_square_move, lr=1.0, decay=0.95, eps=1e-6):
    """move = sqrt(MeanSquare(move) + eps) / sqrt(MeanSquare(g) + eps) g;  w -= lr move

    (Zeiler 2012, algorithm 1)
    """
    mean_square = decay * mean_square + (ONE - decay) * g * g
    move = math.sqrt(mean_square_move + eps) / math.sqrt(mean_square + eps) * g
    mean_square_move = decay * mean_square_move + (ONE - decay) * move * move
    return w - lr * move, mean_square, mean_square_move


def adam(w, g, mean, mean_square, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """w -= lr m^ / (sqrt(v^) + eps), with m^ = m / (1 - beta1^t), v^ = v / (1 - beta2^t)

    (Kingma & Ba 2015, algorithm 1)
    """
    mean = beta1 * mean + (ONE - beta1) * g
    mean_square = beta2 * mean_square + (ONE - beta2) * g * g
    unbiased = mean / (ONE - beta1**t)
    spread = math.sqrt(mean_square / (ONE - beta2**t))
    return w - lr * unbiased / (spread + eps), mean, mean_square
