"""Part 6a: the exact rows have theory's numbers, wrong rules and nets change the verdicts, and the
probes agree with what can be worked out by hand."""

import numpy as np
import pytest

import minnet as mn
from minnet.lecture import Verdict
from minnet.lecture.probes import fits, gradients
from minnet.lecture.statements import CLAIMS

IDS = [f"6a.{k}" for k in range(1, 21)]


@pytest.fixture(scope="module")
def names(shown):
    return shown("6a")[0]


def verdict(experiment, **changes):
    return experiment.claim.judge(experiment.measure(**changes)[0])[0]


def test_every_claim_is_tested_and_drawn(shown):
    _, session = shown("6a")
    assert sorted(session.findings) == sorted(IDS)
    drawn = {id for drawing in session.drawings.values() for id in drawing.claims}
    assert drawn == set(IDS)
    assert all(drawing.path.stat().st_size > 10_000 for drawing in session.drawings.values())


def test_theory_s_numbers_are_found(shown):
    _, session = shown("6a")
    asked = {id: finding.as_expected for id, finding in session.findings.items()}
    assert {id for id, answer in asked.items() if answer is not None} == {
        "6a.1", "6a.2", "6a.3", "6a.5", "6a.6", "6a.7", "6a.8", "6a.9", "6a.11", "6a.17",
    }  # fmt: skip
    assert all(answer in (True, None) for answer in asked.values())


@pytest.mark.parametrize("id", ["6a.1", "6a.2", "6a.3", "6a.6", "6a.7", "6a.8", "6a.9", "6a.17"])
def test_exact_claims_are_confirmed(shown, id):
    assert shown("6a")[1].findings[id].verdict is Verdict.CONFIRMED


@pytest.mark.parametrize("id", ["6a.4", "6a.5", "6a.10"])
def test_conditions_are_found(shown, id):
    assert shown("6a")[1].findings[id].verdict is Verdict.QUALIFIED


def test_a_logistic_neuron_has_no_bowl(names):
    curved = mn.MLP([2, 1], biases=False, loss="squared", output="logistic")
    assert verdict(names["bowl"], seeds=[0], net=curved) is Verdict.REFUTED
    assert verdict(names["parabolas"], seeds=[0], net=curved) is Verdict.REFUTED


def test_the_widest_angle_is_the_formula_s(names):
    value, _ = names["widest_angle"].measure(conditions=(1, 5))
    assert value[5] == pytest.approx(np.degrees(np.arccos(2 * np.sqrt(5) / 6)), abs=1e-4)


def test_a_small_rate_does_not_slosh(names):
    assert verdict(names["slosh"], rate=0.9) is Verdict.REFUTED
    assert names["slosh"].measure(rate=1.5)[0]["factor"] == pytest.approx(-0.5)


def test_without_its_velocity_momentum_grants_no_wish(names):
    assert verdict(names["effective_rates"], momentum=mn.SGD) is Verdict.REFUTED


def test_the_gentle_direction_gets_momentum_s_factor(names):
    ratio = names["effective_rates"].measure(steps=10_000)[0]["momentum"]
    # 1 / (1 - 0.9) along; across, v = -g / (1 + 0.9) once the start has died away
    np.testing.assert_allclose(ratio, 19, rtol=2e-3)


def test_a_program_that_never_raises_the_rate_does_not_find_it(names):
    assert verdict(names["automatic_rate"], up=1.0) is Verdict.REFUTED


def test_sorted_plans_lose_only_if_they_do():
    losses = {"balanced": [0.1] * 5, "sorted": [0.3, 0.4, 0.5, 0.6, 0.7]}
    assert CLAIMS["6a.14"].judge(losses)[0] is Verdict.CONFIRMED
    losses["sorted"] = [0.11] * 5
    assert CLAIMS["6a.14"].judge(losses)[0] is Verdict.NOT_CLEAR
    losses["sorted"] = [0.09] * 5
    assert CLAIMS["6a.14"].judge(losses)[0] is Verdict.REFUTED


@pytest.mark.parametrize(
    ("late", "found"), [([0.9, 0.85], Verdict.CONFIRMED), ([0.9, -0.2], Verdict.QUALIFIED)]
)
def test_halves_must_agree_to_the_end(late, found):
    value = {"copies": [1.0, 1.0], "start": [0.95, 0.9], "after 500": late}
    assert CLAIMS["6a.11"].judge(value)[0] is found


def test_time_per_case_needs_a_margin():
    times = {"minnet 1": 2.0, "minnet 100": 0.3, "NumPy 1": 40.0, "NumPy 100": 1.0}
    assert CLAIMS["6a.13"].judge(times)[0] is Verdict.CONFIRMED
    assert CLAIMS["6a.13"].judge(times | {"minnet 100": 1.5})[0] is Verdict.REFUTED


def test_the_numpy_twin_has_minnet_s_gradient():
    net, rng = mn.MLP([3, 4, 2]), np.random.default_rng(1)
    x, t = rng.normal(size=(5, 3)), np.eye(2)[rng.integers(2, size=5)]
    w = rng.normal(size=net.n_weights)
    by_hand = gradients.numpy_gradient(net.named(w), x, t)
    flat = np.concatenate([np.ravel(part) for layer in by_hand for part in layer])
    np.testing.assert_allclose(flat, net.gradient(w, x, t)[1], rtol=1e-6)


def test_cosine_of_sixty_degrees():
    assert gradients.cosine(np.array([1.0, 0]), np.array([1, np.sqrt(3)])) == pytest.approx(0.5)


def test_quadratic_recovers_a_hessian():
    w = np.random.default_rng(0).normal(size=(30, 2))
    errors = 3 * w[:, 0] ** 2 + w[:, 0] * w[:, 1] + 2 * w[:, 1] ** 2 - w[:, 0] + 5
    misfit, hessian = fits.quadratic(w, errors)
    assert misfit < 1e-12
    np.testing.assert_allclose(hessian, [[6, 1], [1, 4]])


def test_conic_tells_an_ellipse_from_a_hyperbola():
    turn = np.linspace(0, 6, 20)
    discriminant, ratio, long_axis = fits.conic(
        np.stack([3 * np.cos(turn), 0.5 * np.sin(turn)], axis=1)
    )
    assert discriminant == pytest.approx(-4 / 9 * 4)  # x^2 / 9 + 4 y^2 = 1
    assert ratio == pytest.approx(6)
    np.testing.assert_allclose(np.abs(long_axis), [1, 0], atol=1e-9)
    s = np.linspace(-1, 1, 10)
    assert fits.conic(np.stack([np.cosh(s), np.sinh(s)], axis=1))[0] > 0


def test_a_linear_neuron_is_its_own_expansion():
    net, rng = mn.MLP([2, 1], biases=False, loss="squared"), np.random.default_rng(2)
    x, t, w = rng.normal(size=(6, 2)), rng.normal(size=(6, 1)), np.array([0.3, -1.0])
    np.testing.assert_allclose(fits.hessian(net, w, x, t), x.T @ x / 6, rtol=1e-7)
    there = np.array([[2.0, 1.0], [-1.0, 0.5]])
    expected = [np.mean((t[:, 0] - x @ v) ** 2) / 2 for v in there]
    np.testing.assert_allclose(fits.expansion(net, w, x, t)(there), expected, rtol=1e-7)
    np.testing.assert_allclose(fits.error_surface(net, x, t)(there), expected)
    centre = np.linalg.lstsq(x, t, rcond=None)[0].ravel()
    curve = fits.level_curve(fits.error_surface(net, x, t), centre, rise=0.5, points=7)
    off = curve - centre
    np.testing.assert_allclose(np.sum(off @ (x.T @ x / 6) * off, axis=1), 1.0)
