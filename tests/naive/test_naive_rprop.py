"""Rprop of the one-page learner, by hand (slides 26 to 28).

T steps, n weights. Ids such as 6e.9 are the claims of the lecture's list.
"""

import numpy as np
import pytest
from naive_paths import SEQ, path, stream


@pytest.mark.parametrize(
    ("rule", "w", "growth"),
    [
        ("rprop_minus", (1.865, 26.38, 10760.55), 1.07495),
        ("irprop_minus", (2.080, 1509, 36086.56), 2.14991),
        ("rprop_plus", (1.650, 1280, 31357.55), 2.14991),
    ],
)
def test_rprop_runs_away_on_slide_28(rule, w, growth):
    """6e.9: w after 1, 10 and 100 cycles, and the growth of a cycle until the cap of 50.

    The list prints the last ones as 10,760, 36,087 and 31,358.
    """
    walked = -path(rule, SEQ, 1000)
    assert [float(f"{walked[10 * c]:.4g}") for c in (1, 10)] == list(w[:2])
    assert walked[1000] == pytest.approx(w[2], abs=0.005)
    cycles = np.diff(walked[::10])
    assert cycles[3] / cycles[2] == pytest.approx(growth, abs=1e-5)


def test_fixed_sign_steps_on_slide_28():
    """6e.8: with both factors 1 nine steps go up and one comes down: 8 a cycle."""
    walked = -path("rprop_minus", SEQ, 1000, eta_plus=1.0, eta_minus=1.0)
    np.testing.assert_allclose(walked[[10, 100, 1000]], [0.8, 8, 80])


def test_rprop_leaves_a_plateau():
    """6e.3: slope 1e-8, width 10: 17 steps; a fixed sign step of 0.1 needs 100."""
    assert np.argmax(-path("rprop_minus", stream(1e-8), 100) >= 10) == 17
    fixed = -path("rprop_minus", stream(1e-8), 110, eta_plus=1.0, eta_minus=1.0)
    assert np.argmax(fixed >= 10 - 1e-9) == 100


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_step_size_limits(scale):
    """6e.5: from 0.1, 35 agreements to 50 and 17 disagreements to 1e-6, at any scale (6e.2)."""
    up = np.abs(np.diff(path("rprop_minus", stream(scale), 50)))
    down = np.abs(np.diff(path("rprop_minus", stream(scale, -scale), 50)))
    assert np.argmax(np.isclose(up, 50)) == 35
    assert np.argmax(np.isclose(down, 1e-6)) == 17


def test_rprops_by_hand():
    """g = + + - - +: steps .1 .12 .06, then each variant does what its paper says."""
    g, g_zero = stream(1.0, 1.0, -1.0, -1.0, 1.0), stream(1.0, 0.0, 1.0)
    moves = {
        "rprop_minus": [-0.1, -0.12, 0.06, 0.072, -0.036],
        "rprop_plus": [-0.1, -0.12, 0.12, 0.06, -0.06],  # the last takes +0.06 back
        "irprop_minus": [-0.1, -0.12, 0, 0.06, 0],
        "irprop_plus": [-0.1, -0.12, 0, 0.06, 0],  # E stays 0: nothing to take back
    }
    for rule, expected in moves.items():
        np.testing.assert_allclose(np.diff(path(rule, g, 5)), expected, atol=1e-15)
        np.testing.assert_allclose(np.diff(path(rule, g_zero, 3)), [-0.1, 0, -0.1], atol=1e-15)


def test_irprop_plus_takes_back_only_if_the_error_grew():
    """E = 0 1 2 1 0 with g = + + - + -: taken back at step 2, left alone at step 4."""
    E, g = [0.0, 1.0, 2.0, 1.0, 0.0], [1.0, 1.0, -1.0, 1.0, -1.0]
    w = path("irprop_plus", lambda t, w: (E[t], np.full_like(w, g[t])), 5)
    np.testing.assert_allclose(np.diff(w), [-0.1, -0.12, 0.12, -0.06, 0], atol=1e-15)
