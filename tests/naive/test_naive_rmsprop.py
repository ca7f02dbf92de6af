"""RMSprop and Adagrad of the one-page learner, by hand (slides 29 and 30).

T steps, n weights. Ids such as 6e.9 are the claims of the lecture's list.
"""

import math

import numpy as np
import pytest
from naive_paths import SEQ, path, stream

from minnet import naive


def test_first_steps_of_rmsprop():
    """6e.15: 3.1623, 2.2942, 1.9209, ... -> 1 learning rates; sqrt(10) is the largest step."""
    step = -np.diff(path("rmsprop", stream(7.0), 300, lr=1.0, eps=0.0))
    np.testing.assert_allclose(step[:3], [3.1623, 2.2942, 1.9209], atol=5e-5)
    np.testing.assert_allclose(step, 1 / np.sqrt(1 - 0.9 ** np.arange(1, 301)))
    for decay, largest in ((0.99, 10), (0.999, 31.6)):
        first = -path("rmsprop", stream(7.0), 1, lr=1.0, eps=0.0, decay=decay)[1]
        assert first == pytest.approx(largest, abs=0.03)


@pytest.mark.parametrize(
    ("decay", "drift", "first", "corrected"),
    [(0.9, 0.6795, 13.0, 6.5), (0.99, 0.0667, 37.9, 6.1), (0.999, 0.00667, 118.9, 6.0)],
)
def test_rmsprop_nearly_cancels_slide_28(decay, drift, first, corrected):
    """6e.16: steady drift, first cycle from 0, first cycle with bias correction (Adam, beta1 0)."""
    cycle = -np.diff(path("rmsprop", SEQ, 20000, lr=1.0, eps=0.0, decay=decay)[::10])
    assert float(f"{cycle[-1]:.{4 if decay == 0.9 else 3}g}") == drift
    assert cycle[0] == pytest.approx(first, abs=0.05)
    unbiased = -path("adam", SEQ, 10, lr=1.0, beta1=0.0, beta2=decay, eps=0.0)[-1]
    assert unbiased == pytest.approx(corrected, abs=0.05)


def test_rmsprop_without_memory_is_the_sign():
    """6e.13: g / sqrt(g^2)."""
    w = path("rmsprop", stream(3.0, -0.2, 1e-5), 3, lr=1.0, decay=0.0, eps=0.0)
    np.testing.assert_allclose(np.diff(w), [-1, 1, -1])


def test_rmsprop_ends_in_a_two_cycle():
    """6e.19: amplitude lr/2 on every axis."""
    H, w0 = np.array([1.0, 100.0]), np.array([10.0, 1.0])
    w = naive.RULES["rmsprop"](w0, lambda t, w: (0.0, H * w), 3000, lr=0.01, eps=0.0)
    np.testing.assert_allclose(np.abs(w[-2:]), 0.005, rtol=1e-3)


def test_momentum_nesterov_and_jump_by_hand():
    """g = 1 twice, lr 1, alpha 1/2: RMS sqrt(.1), sqrt(.19); both look ahead to the same place."""
    a, b = 1 / math.sqrt(0.1), 1 / math.sqrt(0.19)
    numbers = {"lr": 1.0, "momentum": 0.5, "eps": 0.0}
    ends = {
        "rmsprop_momentum": (-a, -a - a / 2 - b, -a),
        "rmsprop_nesterov": (-a, -a - a / 2 - b, -1.5 * a),
        "rmsprop_nesterov_jump": (-a, -a - 1.5 * b, -1.5 * a),
    }
    for rule, (first, second, measured_at) in ends.items():
        places = []
        w = path(rule, lambda t, w, seen=places: (seen.append(w[0]), np.ones(1)), 2, **numbers)
        np.testing.assert_allclose(w, [0, first, second])
        np.testing.assert_allclose(places, [0, measured_at])


def test_rmsprop_gains_by_hand():
    """g = + + -: gains 1, 1.05, 1.05 * .95 on top of rmsprop's own steps."""
    plain = np.diff(path("rmsprop", stream(1.0, 1.0, -1.0), 3))
    with_gains = np.diff(path("rmsprop_gains", stream(1.0, 1.0, -1.0), 3))
    np.testing.assert_allclose(with_gains / plain, [1, 1.05, 1.05 * 0.95])


def test_neighbours_of_rmsprop_by_hand():
    """Adagrad lr/sqrt(t); first steps of Graves, Zeiler; Adam's steps of lr on a steady slope."""
    t = np.arange(1, 101)
    np.testing.assert_allclose(-np.diff(path("adagrad", stream(5.0), 100)), 0.01 / np.sqrt(t))
    graves = -np.diff(path("rmsprop_centered", stream(2.0), 2))
    q = 1 - 0.95**2
    one = 2e-4 / math.sqrt(4 * 0.05 * 0.95 + 1e-4)
    np.testing.assert_allclose(graves, [one, 0.9 * one + 2e-4 / math.sqrt(4 * q * (1 - q) + 1e-4)])
    zeiler = -np.diff(path("adadelta", stream(2.0), 2))
    one = 2 * math.sqrt(1e-6 / (0.05 * 4 + 1e-6))
    two = 2 * math.sqrt((0.05 * one**2 + 1e-6) / ((1 - 0.95**2) * 4 + 1e-6))
    np.testing.assert_allclose(zeiler, [one, two])
    np.testing.assert_allclose(-np.diff(path("adam", stream(3.0), 50)), 0.001, rtol=1e-8)
    assert -path("adam", stream(1.0, 0.0), 2, eps=0.0)[2] == pytest.approx(
        0.001 + 0.001 * (0.09 / 0.19) / math.sqrt(0.000999 / 0.001999)
    )


@pytest.mark.parametrize(
    ("rule", "numbers", "steps"),
    [("sgd", {}, 349), ("rmsprop", {}, 72), ("momentum", {}, 72), ("adagrad", {}, 1263)],
)
def test_steps_off_a_saddle(rule, numbers, steps):
    """B.3: x^2 - y^2 from (1, 1e-3) until |y| > 1, lr 0.01."""

    def saddle(t, w):
        return w[0] ** 2 - w[1] ** 2, np.array([2 * w[0], -2 * w[1]])

    w = naive.RULES[rule](np.array([1.0, 1e-3]), saddle, 1300, lr=0.01, **numbers)
    assert np.argmax(np.abs(w[:, 1]) > 1) == steps
