"""Part 6c: do its experiments find what theory says, and do they notice a wrong rule?

Expected numbers are worked out in the tests' own way, or stated in the claims (`expect`).
"""

import numpy as np
import pytest

import minnet as mn
from minnet.lecture import Verdict
from minnet.lecture.parts import PARTS
from minnet.lecture.probes import linear
from minnet.lecture.statements import CLAIMS
from minnet.lecture.statements.part6c import is_noise

EXACT = [
    "off_the_steepest", "across_and_along", "forms", "terminal", "steps_in_the_ravine", "edges",
    "jump_and_correct", "stiff", "ranges",
]  # fmt: skip


def test_all_claims_are_shown(shown):
    ids = [f"6c.{i}" for i in range(1, 15)]
    assert PARTS["6c"].claim_ids() == ids
    _, session = shown("6c")
    assert list(session.findings) == ids
    assert {id for drawing in session.drawings.values() for id in drawing.claims} == set(ids)


@pytest.mark.parametrize("name", EXACT)
def test_exact_claims_have_the_numbers_of_theory(shown, name):
    names, _ = shown("6c")
    claim, (value, _) = names[name].claim, names[name].measure()
    assert claim.expect is None or claim.expect(value), value
    verdict = Verdict.QUALIFIED if claim.id == "6c.3" else Verdict.CONFIRMED
    assert claim.judge(value)[0] is verdict


# ---------------------------------------------------------------- wrong rules change the verdict


def averaged(lr=0.1, momentum=0.9):
    """A velocity that averages: the gradient comes in with weight 1 - momentum."""

    def average(w, g, velocity, lr=0.1, momentum=0.9):
        velocity = momentum * velocity - (1 - momentum) * lr * g
        return w + velocity, velocity

    return mn.custom(average, lr=lr, momentum=momentum)


def test_an_averaging_velocity_has_no_higher_terminal_velocity(shown):
    names, _ = shown("6c")
    value, _ = names["terminal"].measure(rule=averaged)
    np.testing.assert_allclose(value["speed"], 1, rtol=1e-9)
    assert names["terminal"].claim.judge(value)[0] is Verdict.REFUTED


def test_an_averaging_velocity_builds_up_no_speed(shown):
    names, _ = shown("6c")
    value, _ = names["across_and_along"].measure(rule=averaged)
    assert names["across_and_along"].claim.judge(value)[0] is Verdict.REFUTED


def test_plain_descent_is_always_steepest(shown):
    names, _ = shown("6c")
    value, _ = names["off_the_steepest"].measure(ball=mn.SGD(0.01))
    assert value["later, at least"] < 1e-4
    assert names["off_the_steepest"].claim.judge(value)[0] is Verdict.REFUTED


def test_a_change_with_the_wrong_sign_is_another_update(shown):
    names, _ = shown("6c")

    def backwards(w, g, w_before, t, lr=0.1, momentum=0.9):
        return w + (momentum * (w_before - w) - lr * g if t > 1 else -lr * g), w

    value, _ = names["forms"].measure(delta_form=backwards)
    assert names["forms"].claim.judge(value)[0] is Verdict.REFUTED


def test_a_jump_along_the_whole_velocity_is_not_nesterovs(shown):
    names, _ = shown("6c")
    value, _ = names["jump_and_correct"].measure(jump=lambda w, velocity, momentum: w + velocity)
    assert value["off the drawing"] > 0.3
    assert names["jump_and_correct"].claim.judge(value)[0] is Verdict.REFUTED


def test_standard_momentum_in_nesterovs_place_is_noticed(shown):
    names, _ = shown("6c")
    for name in ("stiff", "ranges"):
        measured = names[name].measure(nesterov=mn.Momentum)
        value = measured[0]
        assert names[name].claim.judge(value)[0] is Verdict.REFUTED
        assert not names[name].claim.expect(value)


def test_without_momentum_no_larger_rate_is_stable(shown):
    names, _ = shown("6c")
    value, _ = names["edges"].measure(momentum=mn.SGD)
    assert names["edges"].claim.judge(value)[0] is Verdict.REFUTED


# ---------------------------------------------------------------------- the linear probe, by hand


def test_step_matrices_by_hand():
    """w' = w + .5 v - .25 c (w + .5 v), c = 2: Nesterov; and c w without the jump."""
    rows = linear.step_matrices(mn.Nesterov(0.25, 0.5), [2.0])[0]
    np.testing.assert_allclose(rows, [[0.5, 0.25], [-0.5, 0.25]])
    rows = linear.step_matrices(mn.Momentum(0.25, 0.5), [2.0])[0]
    np.testing.assert_allclose(rows, [[0.5, 0.5], [-0.5, 0.5]])


def test_contraction_and_edge():
    contraction = linear.contraction(mn.Momentum(1.0, 0.25), [0, 1, 2.5])
    np.testing.assert_allclose(contraction, [1, 0.5, 1], rtol=1e-7)
    assert linear.edge(mn.SGD, 4.0) == pytest.approx(0.5, rel=1e-5)
    alpha = 0.9
    assert linear.edge(mn.Nesterov) == pytest.approx((2 + 2 * alpha) / (1 + 2 * alpha), rel=1e-5)


# ------------------------------------------------------------------- the logic of measured claims


def test_noise_is_what_two_standard_errors_allow():
    assert is_noise([1.0, -1.0, 0.5, -0.5])
    assert not is_noise([1.0, 1.1, 0.9, 1.0])
    assert is_noise([0.0, 2.0])  # 1 away from 0, by one standard error


def test_schedules_are_judged_by_seed():
    claim, ones = CLAIMS["6c.8"], np.ones(5)
    value = {
        "updates, .9": 3 * ones, "updates, .99": 4 * ones, "updates, .5 to .9": 2 * ones,
        "updates, .5 to .99": 3 * ones, "peak, .99": 5 * ones, "peak, .5 to .99": 2 * ones,
    }  # fmt: skip
    assert claim.judge(value)[0] is Verdict.CONFIRMED
    assert claim.judge(value | {"updates, .9": ones})[0] is Verdict.QUALIFIED
    assert claim.judge(value | {"updates, .99": ones})[0] is Verdict.REFUTED


def test_a_wider_gap_is_no_regulariser_but_a_narrower_one_is():
    claim, change = CLAIMS["6c.14"], np.array([0.02, 0.021, 0.019])
    value = {"gap, plain": np.full(3, 0.04), "change": change, "speed-up": np.full(3, 2.0)}
    assert claim.judge(value)[0] is Verdict.QUALIFIED
    assert claim.judge(value | {"change": -change})[0] is Verdict.REFUTED
    assert claim.judge(value | {"change": change - 0.02})[0] is Verdict.CONFIRMED
