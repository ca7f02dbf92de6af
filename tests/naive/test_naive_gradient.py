"""Gradient descent, momentum and gains of the one-page learner, by hand (slides 7 to 25).

T steps, n weights. Ids such as 6e.9 are the claims of the lecture's list.
"""

import math

import numpy as np
import pytest
from naive_paths import SEQ, path, stream

from minnet import naive

# ---------------------------------------------------------------------------- slides 7 to 21


def test_sgd_averages_slide_28_away():
    """6e.7: the ten gradients sum to zero."""
    assert abs(path("sgd", SEQ, 10)[-1]) < 1e-15
    np.testing.assert_allclose(path("sgd", stream(2.0), 3, lr=0.5), [0, -1, -2, -3])


@pytest.mark.parametrize(("alpha", "last", "steps"), [(0, 1, 1), (0.5, 2, 7), (0.9, 10, 44)])
@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_terminal_velocity(rule, alpha, last, steps):
    """6c.4: 1/(1-alpha) times lr g; 99 % of it after log(.01)/log(alpha) steps."""
    v = -np.diff(path(rule, stream(2.0), 500, lr=0.05, momentum=alpha)) / 0.1
    assert v[-1] == pytest.approx(last)
    assert np.argmax(v >= 0.99 * last) + 1 == steps


def test_terminal_velocity_at_099_is_a_hundred_times():
    """6c.4: 100 x, 99 % of it at step 459, the first after 458.2."""
    v = -np.diff(path("momentum", stream(1.0), 5000, lr=1.0, momentum=0.99))
    assert v[-1] == pytest.approx(100)
    assert np.argmax(v >= 99) + 1 == 459
    assert math.log(0.01) / math.log(0.99) == pytest.approx(458.2, abs=0.05)


def test_nesterov_in_the_look_ahead_variable():
    """Section 5: u = w + a v; v' = a v - lr g(u); u += a v' - lr g(u) is the same descent."""
    H, a, lr = np.array([[3.0, 1.0], [1.0, 2.0]]), 0.8, 0.1
    w0 = np.array([1.0, -2.0])
    walked = naive.RULES["nesterov"](w0, lambda t, w: (0.0, H @ w), 20, lr=lr, momentum=a)
    u, v = w0, np.zeros(2)
    for w in walked[1:]:
        g = H @ u
        v = a * v - lr * g
        u = u + a * v - lr * g
        np.testing.assert_allclose(w, u - a * v, rtol=1e-12, atol=1e-14)


def quad_steps(rule, degrees, **numbers):
    """Steps of S-QUAD: w'Hw/2, curvatures 1 and 100, from (10,1), both turned, until 1e-6 |w0|."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    R = np.array([[c, -s], [s, c]])
    H, w0 = R @ np.diag([1.0, 100.0]) @ R.T, R @ np.array([10.0, 1.0])
    walked = naive.RULES[rule](w0, lambda t, w: (w @ H @ w / 2, H @ w), 2000, **numbers)
    near = np.linalg.norm(walked, axis=1) < 1e-6 * np.linalg.norm(w0)
    return int(np.argmax(near)) if near.any() else None


@pytest.mark.parametrize(
    ("rule", "numbers", "straight", "turned"),
    [
        ("sgd", {"lr": 2 / 101}, 691, 691),
        ("momentum", {"lr": 4 / 11**2, "momentum": (9 / 11) ** 2}, 85, 85),
        ("momentum", {"lr": 0.01, "momentum": 0.9}, 235, 235),
        ("nesterov", {"lr": 0.01, "momentum": 0.9}, 208, 208),
        ("momentum", {"lr": 0.0379, "momentum": 0.9}, 251, 251),
        ("gains", {"lr": 0.005}, 352, 661),
        ("rprop_minus", {"step_min": 0.0}, 41, 1527),  # the list's numbers are without the
        ("irprop_minus", {"step_min": 0.0}, 59, 365),  # slide's lower limit of a millionth
        ("rprop_plus", {"step_min": 0.0}, 58, 210),
        ("rprop_minus", {}, 41, None),  # with it, caught in a two-cycle of 7e-5
        ("irprop_minus", {}, 59, 334),
        ("rprop_plus", {}, 58, 210),
        ("adagrad", {"lr": 1.0}, 419, 1229),
    ],
)
def test_steps_down_a_ravine(rule, numbers, straight, turned):
    """6c.5, 6c.6, 6c.10, 6d.10, 6d.11: steps at 0 and at 45 degrees."""
    assert quad_steps(rule, 0, **numbers) == straight
    assert quad_steps(rule, 45, **numbers) == turned


# ---------------------------------------------------------------------------- slides 22 to 25


@pytest.mark.parametrize(
    ("signs", "start", "until", "count", "limits"),
    [
        ([1.0], 1, 10, 180, {}),
        ([1.0], 1, 100, 1980, {"low": 0.01, "high": 100}),
        ([1.0, -1.0], 1, 0.1, 45, {}),
        ([1.0, -1.0], 1, 0.01, 90, {"low": 0.01, "high": 100}),
    ],
)
def test_gains_climb_slowly_and_fall_fast(signs, start, until, count, limits):
    """6d.4: 180 agreements 1 -> 10, 45 disagreements for a factor 10; 1980 and 90 for 100."""
    gain = np.abs(np.diff(path("gains", stream(*signs), 2200, lr=1.0, **limits)))
    assert gain[0] == start
    assert gain[-1] == pytest.approx(until)
    assert np.argmax(np.isclose(gain, until, rtol=1e-9)) == count


def test_gain_after_twenty_disagreements():
    """6d.6: 10 * 0.95^20 = 3.58, and a zero product is a disagreement as the slide prints it."""
    signs = [1.0] * 181 + [-1.0, 1.0] * 10
    gain = np.abs(np.diff(path("gains", stream(*signs), len(signs), lr=1.0)))
    assert gain[-1] == pytest.approx(10 * 0.95**20)
    assert gain[-1] == pytest.approx(3.58, abs=0.006)
    np.testing.assert_allclose(np.diff(path("gains", stream(1.0, 0.0), 3, lr=-1.0))[2], 0.95**2)


def test_gains_look_at_the_velocity():
    """By hand, lr 1, alpha 1/2: v = -1, then -.5 - 1.05, then -.775 + .9975 * 2."""
    w = path("gains_momentum", stream(1.0, 1.0, -2.0), 3, lr=1.0, momentum=0.5)
    np.testing.assert_allclose(np.diff(w), [-1, -1.55, -0.775 + 1.05 * 0.95 * 2])
