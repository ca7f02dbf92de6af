"""Part 6b: the exact numbers, twins of the probes, and wrong rules that must change a verdict."""

import numpy as np
import pytest

from minnet.lecture.parts import PARTS
from minnet.lecture.probes import digits, hidden_units, inputs
from minnet.lecture.statements import CLAIMS
from minnet.lecture.statements.part6b import CLAIMS as OURS
from minnet.lecture.verdicts import Verdict
from minnet.surfaces import linear_neuron

EXACT = {
    "turn_down": Verdict.CONFIRMED,
    "critical_rates": Verdict.CONFIRMED,
    "shifted": Verdict.CONFIRMED,
    "means_subtracted": Verdict.REFUTED,
    "rescaled": Verdict.REFUTED,
    "ignored": Verdict.CONFIRMED,
    "scaled": Verdict.CONFIRMED,
    "stages": Verdict.CONFIRMED,
    "best_guess": Verdict.CONFIRMED,
}


def test_every_claim_has_an_experiment():
    assert sorted(PARTS["6b"].claim_ids()) == sorted(claim.id for claim in OURS)
    assert len(OURS) == 22


@pytest.mark.parametrize("name", EXACT)
def test_exact_numbers_come_out_as_theory_says(shown, name):
    experiment = shown("6b")[0][name]
    value, _ = experiment.measure()
    assert experiment.claim.expect(value), value
    assert experiment.claim.judge(value)[0] is EXACT[name]


def test_what_was_shown_was_as_expected(shown):
    _, session = shown("6b")
    assert len(session.findings) == 22
    assert [f.claim.id for f in session.findings.values() if f.as_expected is False] == []
    assert session.findings["6b.5"].verdict is Verdict.REFUTED
    drawn = {id for drawing in session.drawings.values() for id in drawing.claims}
    assert drawn == set(session.findings)
    assert all(drawing.path.stat().st_size > 10_000 for drawing in session.drawings.values())


def verdict(experiment, **changes):
    return experiment.claim.judge(experiment.measure(**changes)[0])[0]


def test_noise_without_a_rate_that_falls_wins_nothing(shown):
    experiment, error = (shown("6b")[0][name] for name in ("turn_down", "expected_error"))
    assert verdict(experiment, error=lambda turn: error(turn, low=0.5)) is Verdict.REFUTED


def test_start_weights_that_grow_are_not_saved_by_the_other_name(shown):
    sizes = {"1/sqrt(n)": (1, 0.5), "constant": (0.1, 0), "sqrt(n)": (1, -0.5)}
    assert verdict(shown("6b")[0]["net_inputs"], sizes=sizes, seeds=[0, 1]) is Verdict.CONFIRMED


def test_the_printed_formula_is_right_for_a_steeper_unit(shown):
    steep = lambda x: 1 / (1 + np.exp(-2 * x))  # noqa: E731
    assert verdict(shown("6b")[0]["rescaled"], unit=steep) is Verdict.CONFIRMED


def test_a_shift_by_nothing_makes_no_difference(shown):
    assert verdict(shown("6b")[0]["shifted"], by=0) is Verdict.REFUTED


def test_without_a_division_by_the_roots_there_is_no_circle(shown):
    transforms = {"scaled": "shift, scale", "whitened": "shift, decorrelate"}
    assert verdict(shown("6b")[0]["stages"], transforms=transforms) is Verdict.REFUTED


def test_units_with_gradients_of_their_own_do_not_stay_alike(shown):
    def tilted(net, w, x, t):
        g = hidden_units.unit_by_unit(net, w, x, t)
        net.named(g)[0][0][:, 0] *= 1.01
        return g

    experiment = shown("6b")[0]["stay_alike"]
    assert verdict(experiment, gradient=tilted, seeds=[0], updates=30) is Verdict.REFUTED


def test_only_a_rule_that_falls_short_gets_no_credit():
    quick, slow = np.full(5, 50.0), np.full(5, 120.0)
    value = {"sgd": slow, "momentum": quick, "gains": quick, "rmsprop": quick}
    judge = CLAIMS["6b.22"].judge
    assert judge(value)[0] is Verdict.CONFIRMED
    assert judge(value | {"gains": slow - 2})[0] is Verdict.QUALIFIED
    assert judge(value | {"rmsprop": 2 * slow})[0] is Verdict.REFUTED
    mixed = np.array([50, 50, 150, 150, 100.0])
    assert judge(value | {"momentum": mixed})[0] is Verdict.NOT_CLEAR


def test_a_guess_that_lasts_must_last_five_times():
    keys = [f"{loss} {depth}" for loss in ("cross-entropy", "squared") for depth in (1, 2)]
    value = {f"{key} guess": [10, 12] for key in keys} | {f"{key} better": [90, 80] for key in keys}
    judge = CLAIMS["6b.21"].judge
    assert judge(value)[0] is Verdict.CONFIRMED
    assert judge(value | {"squared 1 better": [20, 30]})[0] is Verdict.QUALIFIED
    assert judge(value | {"squared 2 better": [20, 30]})[0] is Verdict.REFUTED


def test_a_plateau_that_nothing_leaves_would_be_a_minimum():
    value = {"gradient": [1e-9], "fall along it": [1e-6], "as it is": [2.3], "weights / 50": [0.4]}
    judge = CLAIMS["6b.19"].judge
    assert judge(value)[0] is Verdict.CONFIRMED
    assert judge(value | {"fall along it": [0.0]})[0] is Verdict.REFUTED
    assert judge(value | {"weights / 50": [2.2]})[0] is Verdict.REFUTED


def test_unit_by_unit_is_the_gradient():
    net = digits.net(hidden=5)
    part = digits.first_digits(dtype="float64").train
    w = net.start(3, "float64")
    wanted = net.gradient(w, part.x[:20], part.t[:20])[1]
    found = hidden_units.unit_by_unit(net, w, part.x[:20], part.t[:20])
    np.testing.assert_allclose(found, wanted, atol=1e-14)


def test_clones_are_alike_up_to_their_noise():
    net = digits.net(hidden=4)
    w = hidden_units.clones(net, 1)
    assert hidden_units.apart(net, w) == 0
    outgoing = net.named(w)[1][0]
    assert (outgoing == outgoing[0]).all() and (np.ptp(outgoing, axis=1) > 0).all()
    assert 0 < hidden_units.apart(net, hidden_units.clones(net, 1, noise=1e-6)) < 1e-5


def test_one_sided_is_the_bigger_share():
    pull = np.array([[3.0, -1.0], [-1.0, -1.0]])
    assert hidden_units.one_sided(pull) == (0.75 + 1) / 2


def test_a_settled_net_guesses_the_proportions():
    net, part = digits.net(hidden=3), digits.first_digits(dtype="float64").train
    w = net.start(0, "float64")
    (incoming, biases), _ = net.named(w)
    incoming[:], biases[:] = 1e-3, 30  # every unit says 1
    p = part.t.mean(axis=0)
    w = hidden_units.settled(net, w, part)
    np.testing.assert_allclose(net.predict(w, part.x[:1])[0], p, atol=1e-12)
    told = hidden_units.state(net, w, part)
    assert told["saturated"] == 1 and told["loss"] == pytest.approx(-(p * np.log(p)).sum())


def test_batches_go_through_the_cases_in_turn():
    part = digits.first_digits().train
    x, _ = list(hidden_units.batches(part, 12))[11]
    assert np.array_equal(x, part.x[100:200])


def test_correlated_cases_are_exactly_so():
    x = inputs.correlated(0.9, spread=(1, 3), mean=(2, 5)).train.x
    np.testing.assert_allclose(np.corrcoef(x.T)[0, 1], 0.9)
    np.testing.assert_allclose(x.std(axis=0), (1, 3))
    np.testing.assert_allclose(x.mean(axis=0), (2, 5))


def test_the_spectrum_is_of_second_moments():
    x = np.array([[3.0, 0], [-3, 0], [0, 1], [0, 1]])
    np.testing.assert_allclose(inputs.spectrum(x), [4.5, 0.5])
    assert inputs.condition(x) == pytest.approx(9) and inputs.condition(x, 1) == 1


def test_unbalanced_digits_thin_out():
    counts = inputs.unbalanced_digits(most=40, shrink=0.5).train.t.sum(axis=0)
    assert counts.tolist() == [40, 20, 10, 5, 2, 1, 0, 0, 0, 0]


def test_places_around_a_bowl_have_one_error():
    bowl = linear_neuron([[1, 2], [3, 1]], [2, 0])
    off, g = inputs.gradients_around(bowl, 7)
    errors = bowl.at(*(bowl.minima[0][:, None] + off))
    np.testing.assert_allclose(errors, errors[0])
    np.testing.assert_allclose(g, bowl.hessian() @ off, atol=1e-12)
    assert np.hypot(*off).max() <= 1
