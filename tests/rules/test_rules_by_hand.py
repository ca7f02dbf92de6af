"""Do the rules move a weight as their slides say? Asked of arithmetic by hand.

K steps, n weights, S slots; paths (K + 1, n).
"""

import numpy as np
import pytest
from hypothesis import example, given, strategies as st
from rule_paths import assert_same_path, one, remembered

from minnet import rules
from minnet.descent.walk import replay
from minnet.optimizers.catalogue import (
    SGD,
    Adagrad,
    Gains,
    GainsMomentum,
    IRpropMinus,
    IRpropPlus,
    Momentum,
    Nesterov,
    RMSprop,
    RMSpropGains,
    RMSpropMomentum,
    Rprop,
    RpropPlus,
)

# ---------------------------------------------------------------------------- numbers by hand

RPROPS = [Rprop, RpropPlus, IRpropMinus, IRpropPlus]
SLIDE_28 = [0.1] * 9 + [-0.9]


def test_sgd_averages_slide_28_away():
    """9 * 0.1 - 0.9 = 0."""
    assert abs(one(SGD(), SLIDE_28)[-1]) < 1e-15
    np.testing.assert_array_equal(one(SGD(lr=0.5), [2.0, 2.0, -4.0]), [0, -1, -2, 0])


@pytest.mark.parametrize("make", [Momentum, Nesterov])
@pytest.mark.parametrize(("alpha", "last", "steps"), [(0, 1, 1), (0.5, 2, 7), (0.9, 10, 44)])
def test_terminal_velocity(make, alpha, last, steps):
    """v = lr g / (1 - alpha); 99 % of it after log(0.01) / log(alpha) steps: 6.6, 43.7."""
    velocity = -np.diff(one(make(lr=0.05, momentum=alpha), [2.0] * 400)) / 0.1
    assert velocity[-1] == pytest.approx(last)
    assert np.argmax(velocity >= 0.99 * last) + 1 == steps


def test_gains_climb_in_180_steps_and_fall_in_45():
    """(10 - 1) / 0.05 = 180;  10 * 0.95^44 = 1.047, 10 * 0.95^45 = 0.994."""
    # The first gradient has nothing to agree with; each of the 180 that follow agrees.
    gradients = [1.0] * 181 + [-1.0, 1.0] * 23
    gain = remembered(Gains(), "gain", gradients)
    assert gain[0] == gain[1] == 1
    assert gain[180] == pytest.approx(9.95) and gain[181] == pytest.approx(10)
    assert gain[181 + 44] == pytest.approx(1.047, abs=5e-4)
    assert gain[181 + 45] == pytest.approx(0.994, abs=5e-4) and gain[181 + 45] < 1


def test_gains_stay_within_their_limits():
    """0.95^44 = 0.1047, 0.95^45 = 0.0994, held at 0.1; up, held at 10."""
    down = remembered(Gains(), "gain", [1.0, -1.0] * 30)
    assert down[45] == pytest.approx(0.1047, abs=5e-5) and down[46] == down[-1] == 0.1
    up = remembered(Gains(high=2.0), "gain", [1.0] * 60)
    assert max(up) == up[-1] == 2


def test_a_zero_gradient_disagrees():
    """Slide 24: "> 0 then add, else multiply": 1, then 0 times 1 and 1 times 0 are not > 0."""
    assert remembered(Gains(), "gain", [1.0, 0.0, 1.0])[1:] == [1, 0.95, 0.95 * 0.95]


def test_gains_with_momentum_look_at_the_velocity():
    """lr 1, alpha 1/2, g = 1, 1, -2.

    v = -1.  Then -g and v agree: gain 1.05, v = -0.5 - 1.05 = -1.55.  Then -g = 2 against v:
    gain 1.05 * 0.95 = 0.9975, v = -0.775 + 0.9975 * 2 = 1.22.
    """
    path = one(GainsMomentum(lr=1.0, momentum=0.5), [1.0, 1.0, -2.0])
    np.testing.assert_allclose(np.diff(path), [-1, -1.55, 1.22], rtol=1e-14)


@pytest.mark.parametrize(
    ("make", "after_one", "after_ten", "after_hundred", "growth"),
    [
        (Rprop, 1.865, 26.38, 10760.55, 1.07495),
        (IRpropMinus, 2.080, 1509, 36086.56, 2.14991),
        (RpropPlus, 1.650, 1280, 31357.55, 2.14991),
    ],
)
def test_rprop_runs_away_on_slide_28(make, after_one, after_ten, after_hundred, growth):
    """Nine steps 0.1, 0.12, ..., 0.43 are 0.1 (1.2^9 - 1) / 0.2 = 2.080 in all.

    The tenth goes half of 0.43 back: 1.865; or nowhere: 2.080; or takes 0.43 back: 1.650.  A cycle
    multiplies the step size by 0.5^2 1.2^8 = 1.07495, or 0.5 1.2^8 = 2.14991, up to the cap of 50.
    """
    path = -one(make(), SLIDE_28 * 100)
    assert path[10] == pytest.approx(after_one, abs=5e-4)
    assert path[100] == pytest.approx(after_ten, rel=5e-4)
    assert path[1000] == pytest.approx(after_hundred, abs=5e-3)
    cycles = np.diff(path[::10])
    assert cycles[3] / cycles[2] == pytest.approx(growth, abs=1e-5)


def test_the_four_rprops_by_hand():
    """g = + + - - +, from 0.1: the step size is 0.1, 0.12, 0.06, then each has its own way."""
    moves = {
        Rprop: [-0.1, -0.12, 0.06, 0.072, -0.036],
        RpropPlus: [-0.1, -0.12, 0.12, 0.06, -0.06],
        IRpropMinus: [-0.1, -0.12, 0.0, 0.06, 0.0],
        IRpropPlus: [-0.1, -0.12, 0.0, 0.06, 0.0],  # the error never grows
    }
    for make, expected in moves.items():
        path = one(make(), [1.0, 1.0, -1.0, -1.0, 1.0])
        np.testing.assert_allclose(np.diff(path), expected, atol=1e-15)


def test_irprop_plus_takes_back_only_if_the_error_grew():
    """E = 0 1 2 1 0, g = + + - + -: +0.12 back at the third step, nothing back at the fifth."""
    path = one(IRpropPlus(), [1.0, 1.0, -1.0, 1.0, -1.0], [0, 1, 2, 1, 0])
    np.testing.assert_allclose(np.diff(path), [-0.1, -0.12, 0.12, -0.06, 0], atol=1e-15)
    fell = one(IRpropPlus(), [1.0, 1.0, -1.0], [2, 1, 1])
    np.testing.assert_allclose(np.diff(fell), [-0.1, -0.12, 0], atol=1e-15)


@pytest.mark.parametrize("make", RPROPS)
def test_a_zero_gradient_leaves_the_step_size(make):
    path = one(make(), [1.0, 0.0, 1.0, 1.0])
    np.testing.assert_allclose(np.diff(path), [-0.1, 0, -0.1, -0.12], atol=1e-15)


@pytest.mark.parametrize("make", RPROPS)
def test_step_sizes_reach_their_limits(make):
    """0.1 * 1.2^34 = 49.2 and 0.1 * 1.2^35 = 59 -> 50;  0.1 / 2^16 = 1.5e-6, / 2^17 -> 1e-6."""
    size = remembered(make(), "size", [1.0] * 40)
    assert size[1] == 0.1  # the first gradient agrees with nothing
    assert size[35] == pytest.approx(49.22, abs=5e-3) and size[36] == size[-1] == 50
    # + - disagrees at each step, but the forgetful variants look at every other sign only.
    gradients = [1.0, -1.0] * 10 if make is Rprop else [1.0, -1.0, -1.0, 1.0] * 10
    size = [*dict.fromkeys(remembered(make(), "size", gradients))]
    assert len(size) == 18 and size[16] == pytest.approx(0.1 / 2**16) and size[17] == 1e-6


@pytest.mark.parametrize("power", [-600, -1, 1, 40, 600])
@pytest.mark.parametrize("make", RPROPS)
def test_rprop_cannot_tell_the_scale_of_the_error(make, power):
    """Bit for bit: even where the product of two gradients is 0 or infinite (2^-1200, 2^1200)."""
    rng = np.random.default_rng(1)
    gradients, errors = rng.normal(size=(60, 5)), rng.normal(size=60)
    path = replay(make(), np.ones(5), gradients, errors)
    scaled = replay(make(), np.ones(5), np.ldexp(gradients, power), np.ldexp(errors, power))
    assert path.tobytes() == scaled.tobytes()
    assert not np.array_equal(path[1], path[-1])


@pytest.mark.parametrize("make", RPROPS)
def test_rprop_leaves_a_plateau(make):
    """Slope 1e-8, width 10: 0.1 (1.2^17 - 1) / 0.2 = 10.6 after 17 steps, 8.7 after 16."""
    assert np.argmax(-one(make(), [1e-8] * 30) >= 10) == 17


def test_first_steps_of_rmsprop():
    """lr / sqrt(1 - 0.9^t), whatever the slope: 1/sqrt(0.1), 1/sqrt(0.19), 1/sqrt(0.271)."""
    steps = -np.diff(one(RMSprop(lr=1.0), [7.0] * 200))
    np.testing.assert_allclose(steps[:3], [3.1623, 2.2942, 1.9209], atol=5e-5)
    np.testing.assert_allclose(steps, 1 / np.sqrt(1 - 0.9 ** np.arange(1, 201)), rtol=1e-8)
    assert -one(RMSprop(), [7.0])[1] == pytest.approx(0.001 * np.sqrt(10), rel=1e-8)


@pytest.mark.parametrize(
    ("decay", "first", "drift"),
    [(0.9, 13.0, 0.6795), (0.99, 37.9, 0.0667), (0.999, 118.9, 0.00667)],
)
def test_rmsprop_nearly_cancels_slide_28(decay, first, drift):
    """In learning rates a cycle: at first the mean square is too small; in the end it repeats.

    With q = 0.9 the mean square after the cycle's k-th +0.1 is 0.01 (1 - q^k) + q^k s, where
    s = 0.1 * 0.81 + 0.9 s9 closes the cycle: the sum of 0.1 / sqrt(...) less 0.9 / sqrt(s).
    """
    path = -one(RMSprop(lr=1.0, decay=decay, eps=1e-300), SLIDE_28 * 1500)
    assert path[10] == pytest.approx(first, abs=0.05)
    assert path[-1] - path[-11] == pytest.approx(drift, rel=1e-3)
    q = decay
    s = (1 - q) * 0.81 + q * 0.01 * (1 - q**9)
    s /= 1 - q**10
    by_hand = sum(0.1 / np.sqrt(0.01 * (1 - q**k) + q**k * s) for k in range(1, 10))
    assert path[-1] - path[-11] == pytest.approx(by_hand - 0.9 / np.sqrt(s), rel=1e-5)


def test_rmsprop_without_memory_is_the_sign():
    path = one(RMSprop(lr=1.0, decay=0.0), [3.0, -0.2, 50.0])
    np.testing.assert_allclose(np.diff(path), [-1, 1, -1], rtol=1e-7)


def test_rmsprop_does_not_divide_by_zero():
    """The slide's formula has 0/0 here; eps makes it 0."""
    np.testing.assert_array_equal(one(RMSprop(), [0.0] * 3), 0)
    assert np.isfinite(replay(RMSprop(), np.float32(0), np.float32([1e-30, 0, 1e10]))).all()


def test_rmsprop_forgets_the_scale_of_each_weight():
    """Gradients times 10^U(-3, 3), weight by weight: the same path, but for eps."""
    rng = np.random.default_rng(2)
    gradients = rng.normal(size=(50, 8))
    scales = 10 ** rng.uniform(-3, 3, 8)
    path = replay(RMSprop(eps=1e-300), np.zeros(8), gradients)
    scaled = replay(RMSprop(eps=1e-300), np.zeros(8), gradients * scales)
    assert_same_path(scaled, path, 1e-12)


def test_rmsprop_with_momentum_by_hand():
    """g = 1 twice, lr 1, alpha 1/2: -1/sqrt(.1), then half of that and -1/sqrt(.19) more."""
    a, b = 1 / np.sqrt(0.1), 1 / np.sqrt(0.19)
    path = one(RMSpropMomentum(lr=1.0, momentum=0.5), [1.0, 1.0])
    np.testing.assert_allclose(path, [0, -a, -1.5 * a - b], rtol=1e-7)


def test_rmsprop_with_gains_by_hand():
    """g = + + -: gains 1, 1.05, 1.05 * 0.95 times rmsprop's own steps."""
    plain = np.diff(one(RMSprop(), [1.0, 1.0, -1.0]))
    with_gains = np.diff(one(RMSpropGains(), [1.0, 1.0, -1.0]))
    np.testing.assert_allclose(with_gains / plain, [1, 1.05, 1.05 * 0.95], rtol=1e-12)


def test_adagrad_slows_down_as_one_over_root_t():
    """s = t g^2: lr g / (sqrt(t) g)."""
    steps = -np.diff(one(Adagrad(), [5.0] * 100))
    np.testing.assert_allclose(steps, 0.01 / np.sqrt(np.arange(1, 101)), rtol=1e-9)


# ---------------------------------------------------------------------------- the parts


@given(st.floats())
@example(-0.0)
@example(5e-324)
def test_sign(g):
    np.testing.assert_array_equal(rules.sign(np.float64(g)), np.sign(g))


def test_resized_is_clamped_only_where_it_moves():
    """A step size outside the limits is left alone by a zero, and brought back by a sign."""

    def resized(size, agreement):
        return rules.resized(size, np.float64(agreement), 1.2, 0.5, 1.0, 2.0)

    assert resized(1.5, 0) == 1.5 and resized(7.0, 0) == 7
    assert resized(1.5, 1e-300) == pytest.approx(1.8) and resized(1.9, 1) == 2
    assert resized(2.4, -1e-300) == pytest.approx(1.2) and resized(1.5, -1) == 1


def test_jumps():
    """w + a v, and w + a v / (sqrt(s) + eps), from w 1, v -2, s 4, a 1/2, eps 2."""
    assert rules.jump(1.0, -2.0, 0.5) == 0
    assert rules.rmsprop_jump(1.0, 4.0, -2.0, 0.5, 2.0) == 0.75
