"""Schedules with their numbers worked by hand, and a rule whose weight becomes its number.

K steps, counted from 1; 28 training cases in mini-batches of 5 are 6 steps an epoch.
"""

import numpy as np
import small_races
from small_races import NET

import minnet as mn
from minnet import naive

ADAPTIVE = ("automatic(0.1)", "plateau(0.1)", "warmup(automatic(0.1), steps=2)")

R2 = 2**-0.5  # cos 45 degrees
BY_HAND = [
    # text, epochs of 3 steps, {step: number}
    ("step(0.8, factor=0.5, every=1)", 3, {1: 0.8, 3: 0.8, 4: 0.4, 6: 0.4, 7: 0.2, 9: 0.2}),
    ("step(0.8, factor=0.5, every=2)", 5, {1: 0.8, 6: 0.8, 7: 0.4, 12: 0.4, 13: 0.2, 15: 0.2}),
    ("step(3)", 21, {1: 3, 30: 3, 31: 0.3, 60: 0.3, 61: 0.03}),
    ("exponential(2, factor=0.125)", 3, {1: 2, 2: 1, 3: 0.5, 4: 0.25, 7: 1 / 32, 9: 1 / 128}),
    ("exponential(1)", 2, {1: 1, 4: 0.9}),
    ("inverse_time(1, decay=0.5)", 3, {1: 1, 2: 2 / 3, 3: 0.5, 9: 0.2}),
    ("inverse_time(0.2)", 34, {1: 0.2, 101: 0.1}),
    ("cosine(0.4)", 3, {1: 0.4, 3: 0.2 + 0.2 * R2, 5: 0.2, 7: 0.2 - 0.2 * R2, 9: 0}),
    ("cosine(0.1, end=0.3)", 3, {1: 0.1, 5: 0.2, 9: 0.3}),
    ("ramp(0.5, end=0.9, steps=4)", 3, {1: 0.5, 2: 0.6, 3: 0.7, 4: 0.8, 5: 0.9, 9: 0.9}),
    ("ramp(0.9, end=0.1, steps=2)", 1, {1: 0.9, 2: 0.5, 3: 0.1}),
    ("ramp(end=0.99)", 201, {1: 0.5, 251: 0.745, 501: 0.99, 603: 0.99}),
    ("ramp", 201, {1: 0.5, 251: 0.7, 501: 0.9, 603: 0.9}),
    ("warmup(0.6, steps=3)", 3, {1: 0.2, 2: 0.4, 3: 0.6, 4: 0.6, 9: 0.6}),
    ("warmup(0.5)", 40, {1: 0.005, 50: 0.25, 100: 0.5, 120: 0.5}),
    (
        "warmup(cosine(0.4), steps=4)", 3,
        {1: 0.1, 3: 0.75 * (0.2 + 0.2 * R2), 5: 0.2, 7: 0.2 - 0.2 * R2, 9: 0},
    ),
    (
        "sutskever", 5000,
        {1: 0.5, 249: 0.5, 250: 0.75, 499: 0.75, 500: 5 / 6, 750: 0.875, 12249: 1 - 1 / 98,
         12250: 0.99, 15000: 0.99},
    ),
    ("sutskever(0.8)", 200, {1: 0.5, 250: 0.75, 500: 0.8, 600: 0.8}),
    ("automatic(0.3)", 2, {1: 0.3, 3: 0.3, 6: 0.3}),  # before it has seen a loss
    ("plateau(0.3)", 2, {1: 0.3, 3: 0.3, 6: 0.3}),
]  # fmt: skip


def small_race(optimizers, dtype="float64", **options):
    return small_races.small_race(optimizers, dtype, **({"epochs": 3} | options))


def schedule(text):
    return mn.parse(f"sgd(lr={text})")[0].hyperparameters["lr"]


def told(w, g, lr=0.1):
    """Not a descent: the weight becomes the number, so that it can be read off."""
    return lr


def gradient_of(data, w, cases):
    error, layers = naive.loss_and_gradients(
        NET.named(w), data.train.x[cases], data.train.t[cases], NET.hidden, NET.output, NET.loss,
        NET.l2,
    )  # fmt: skip
    return error, np.concatenate([a.ravel() for layer in layers for a in layer])
