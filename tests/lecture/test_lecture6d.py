"""Part 6d: do its experiments find what theory says, and do they notice a wrong rule?"""

import numpy as np
import pytest

import minnet as mn
from minnet.lecture import Verdict
from minnet.lecture.parts import PARTS
from minnet.lecture.probes import signs
from minnet.lecture.statements import CLAIMS

EXACT = ["climb_and_fall", "hovering", "three_ways", "along_the_axes", "any_axes"]


def judged(experiment, **changes):
    """The value that an experiment measures with these changes, and the verdict on it."""
    value, _ = experiment.measure(**changes)
    return value, experiment.claim.judge(value)[0]


def test_all_claims_are_shown(shown):
    ids = [f"6d.{i}" for i in range(1, 12)]
    assert PARTS["6d"].claim_ids() == ids
    _, session = shown("6d")
    assert list(session.findings) == ids
    assert {id for drawing in session.drawings.values() for id in drawing.claims} == set(ids)


@pytest.mark.parametrize("name", EXACT)
def test_exact_claims_have_the_numbers_of_theory(shown, name):
    names, session = shown("6d")
    finding = session.findings[names[name].claim.id]
    assert finding.as_expected, finding.value
    assert finding.verdict is Verdict.CONFIRMED


# ---------------------------------------------------------------- wrong rules change the verdict


def test_gains_that_fall_as_slowly_as_they_climb_are_noticed(shown):
    names, _ = shown("6d")

    def slow(lr, **limits):
        return mn.Gains(lr, down=0.999, **limits)

    value, verdict = judged(names["climb_and_fall"], rule=slow)
    assert verdict is Verdict.REFUTED
    assert not names["climb_and_fall"].claim.expect(value)


def test_gains_that_climb_too_fast_do_not_hover_around_1(shown):
    names, _ = shown("6d")
    value, verdict = judged(
        names["hovering"], seeds=[0], optimizer=lambda lr: mn.Gains(lr, up=0.1, high=100)
    )
    np.testing.assert_allclose(value["mean"], 0.1 / 0.05, rtol=0.02)  # up / (1 - down)
    assert verdict is Verdict.REFUTED


def test_another_rule_in_place_of_the_slides_is_noticed(shown):
    names, _ = shown("6d")
    three = names["THREE"]
    swapped = three | {"add / multiply": three["add / add"]}
    assert judged(names["three_ways"], three=swapped)[1] is Verdict.REFUTED


def test_agreement_with_the_wrong_sign_of_the_velocity_is_slower(shown):
    names, _ = shown("6d")

    def wrong(w, g, gain, velocity, t, lr=0.1, momentum=0.9):
        if t > 1:
            gain = max(gain * 0.95, 0.1) if -g * velocity > 0 else min(gain + 0.05, 10.0)
        velocity = momentum * velocity - lr * gain * g
        return w + velocity, gain, velocity

    opposite = {"starts": {"gain": 1.0}}
    value, verdict = judged(
        names["jacobs"], seeds=[0, 1], rule=lambda lr: mn.custom(wrong, lr=lr, **opposite)
    )
    assert np.all(value["gradient and velocity"] > value["momentum alone"])
    assert verdict is not Verdict.CONFIRMED


def test_what_is_linear_does_not_know_the_axes_and_what_is_adaptive_does(shown):
    names, _ = shown("6d")
    assert judged(names["along_the_axes"], optimizers=names["LINEAR"])[1] is Verdict.REFUTED
    adaptive = dict(zip(names["LINEAR"], names["ADAPTIVE"].values(), strict=False))
    value, verdict = judged(names["any_axes"], optimizers=adaptive)
    assert verdict is Verdict.REFUTED
    assert value["off the turned path"] > 0.1


def test_a_normalised_step_overshoots_alike_for_all_fan_ins(shown):
    names, _ = shown("6d")
    value, verdict = judged(
        names["overshoot"], seeds=[0], optimizer="sgd(lr=0.02)", fan_ins=(10, 100), tries=5
    )
    assert value["off x'x"] > 0.05  # twice the rate moves twice as far
    assert verdict is Verdict.REFUTED


# ------------------------------------------------------------------------ the streams, by hand


def test_gain_traces_by_hand():
    gains = signs.gain_trace(mn.Gains(1.0), np.array([1.0, 1.0, 1.0, -1.0, 1.0]))
    np.testing.assert_allclose(gains, [1, 1.05, 1.1, 1.1 * 0.95, 1.1 * 0.95**2])
    assert signs.alternating(3).tolist() == [1, -1, 1]
    assert signs.first(np.array([False, True, True])) == 1
    assert signs.first(np.array([False])) == np.inf


def test_random_gains_are_those_of_their_signs():
    found = np.array([*signs.random_gains(mn.Gains(1.0), seed=3, n=2, steps=6)])
    rng = np.random.default_rng(3)
    drawn = np.array([rng.choice([-1.0, 1.0], 2) for _ in range(6)])
    for k in range(2):
        np.testing.assert_allclose(found[:, k], signs.gain_trace(mn.Gains(1.0), drawn[:, k]))


# ------------------------------------------------------------------- the logic of measured claims


def test_layers_are_judged_by_unit():
    claim = CLAIMS["6d.1"]
    logistic = {"logistic, 0.5": [30, 40], "logistic, 0.1": [3e3] * 2, "logistic, 0.01": [1e7] * 2}
    even = {"tanh, 0.5": [2, 2], "tanh, 0.1": [3, 3], "tanh, 0.01": [4, 4]}
    uneven = {"tanh, 0.5": [20, 20], "tanh, 0.1": [30, 30], "tanh, 0.01": [40, 40]}
    assert claim.judge(logistic | even)[0] is Verdict.QUALIFIED
    assert claim.judge(logistic | uneven)[0] is Verdict.CONFIRMED
    flat = logistic | {"logistic, 0.01": [30, 20]}
    assert claim.judge(flat | even)[0] is Verdict.REFUTED


def test_limits_are_judged_by_noise_then_by_speed():
    claim, ones = CLAIMS["6d.7"], np.ones(5)
    value = {"steps, [.1, 10]": 1456, "steps, [.01, 100]": 720, "steps, none": 720}
    errors = {f"noisy error, {name}": ones for name in ("[.1, 10]", "[.01, 100]", "none")}
    assert claim.judge(value | errors)[0] is Verdict.QUALIFIED
    blown = errors | {"noisy error, none": 3 * ones}
    assert claim.judge(value | blown)[0] is Verdict.CONFIRMED
    assert claim.judge(value | errors | {"steps, [.01, 100]": 1456})[0] is Verdict.REFUTED


def test_wrong_signs_must_fall_with_every_larger_batch():
    claim = CLAIMS["6d.8"]
    start, later = [[0.7, 0.5, 0.1]] * 2, [[0.7, 0.6, 0.2]] * 2
    assert claim.judge({"start": start, "later": later})[0] is Verdict.CONFIRMED
    assert claim.judge({"start": start, "later": [[0.7, 0.6, 0.3]]})[0] is Verdict.QUALIFIED
    assert claim.judge({"start": [[0.5, 0.7, 0.1]], "later": later})[0] is Verdict.REFUTED
