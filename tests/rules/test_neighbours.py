"""The neighbours of rmsprop, against arithmetic done by hand from their papers.

(Against the answer book they stand with all the other rules, in test_rules_twins.)
"""

import math

import numpy as np
import pytest

from minnet.descent.walk import replay
from minnet.optimizers.catalogue import Adadelta, Adagrad, Adam, RMSpropCentered
from minnet.rules import neighbours


def moves(optimizer, gradients) -> np.ndarray:
    """How far one weight goes down at each step."""
    return -np.diff(replay(optimizer, 0.0, gradients)[:, 0])


def test_adagrad_remembers_everything():
    """s = 9, then 9 + 16 = 25: lr 3/3, then lr 4/5; its path on a steady slope is 2 lr sqrt(t)."""
    np.testing.assert_allclose(moves(Adagrad(lr=0.5), [3.0, 4.0]), [0.5, 0.4], rtol=1e-9)
    way = moves(Adagrad(lr=1.0), [2.0] * 10_000).sum()
    assert way == pytest.approx(2 * math.sqrt(10_000), rel=0.01)


def test_graves_divides_by_the_standard_deviation():
    """g = 2 twice: n - m^2 = 4 (p - p^2) with p = 0.05, then 1 - 0.95^2 = 0.0975; momentum 0.9."""
    first = 2e-4 / math.sqrt(4 * (0.05 - 0.05**2) + 1e-4)
    second = 0.9 * first + 2e-4 / math.sqrt(4 * (0.0975 - 0.0975**2) + 1e-4)
    np.testing.assert_allclose(moves(RMSpropCentered(), [2.0, 2.0]), [first, second], rtol=1e-12)


def test_graves_survives_a_variance_that_rounding_takes_below_zero():
    """Steady gradients have no variance left after many steps; eps = 1e-12 alone holds the root."""
    optimizer = RMSpropCentered(decay=0.5, momentum=0.0, eps=1e-12)
    gradients = np.full(200, np.float32(0.1234567))
    path = replay(optimizer, np.float32(0), gradients)
    assert np.isfinite(path).all()
    g, n, m = np.float32(0.1), np.float32(0.01), np.float32(0.1)
    w, *_ = neighbours.rmsprop_centered(
        w=0.0, g=g, mean_square=n * np.float32(0.9), mean=m, velocity=0.0, decay=np.float32(0.5)
    )
    assert np.isfinite(w)


def test_zeiler_needs_no_rate():
    """g = 2: sqrt(eps) / sqrt(.05 4 + eps) 2 = 4.47e-3, then the mean square of moves has grown."""
    first = 2 * math.sqrt(1e-6 / (0.05 * 4 + 1e-6))
    second = 2 * math.sqrt((0.05 * first**2 + 1e-6) / (0.0975 * 4 + 1e-6))
    assert first == pytest.approx(4.47e-3, rel=1e-3)
    np.testing.assert_allclose(moves(Adadelta(), [2.0, 2.0]), [first, second], rtol=1e-12)
    np.testing.assert_allclose(
        moves(Adadelta(lr=0.5), [2.0, 2.0]), [first / 2, second / 2], rtol=1e-12
    )


def test_adam_steps_one_learning_rate_on_a_steady_slope():
    """Both means are freed of their start at 0, so m^ = 3, v^ = 9 from the first step on."""
    np.testing.assert_allclose(moves(Adam(), [3.0] * 50), 0.001, rtol=1e-8)


def test_adam_by_hand():
    """g = 1, 0: m^ = 0.09 / 0.19, v^ = 0.000999 / 0.001999."""
    second = 0.001 * (0.09 / 0.19) / math.sqrt(0.000999 / 0.001999)
    np.testing.assert_allclose(moves(Adam(), [1.0, 0.0]), [0.001, second], rtol=1e-7)


@pytest.mark.parametrize("make", [Adagrad, RMSpropCentered, Adadelta, Adam])
def test_nothing_moves_on_the_flat(make):
    np.testing.assert_array_equal(replay(make(), np.ones(3), np.zeros((5, 3))), 1)
