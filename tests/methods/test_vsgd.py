"""Does vSGD measure the rates that the paper calls best, on the race's own mini-batches?"""

import math

import numpy as np
import pytest

import minnet as mn
from minnet.methods.vsgd import descend_stream, noisy_bowls, train
from minnet.net.curvature import bbprop, gauss_newton_diagonal

NET = mn.MLP([2, 4, 2])
DATA = mn.load("moons", cases=60, dtype="float64")


def walked(w, stream, samples, slow_start):
    """The paper's algorithm for one weight in plain floats; stream of (g(w), h)."""
    stream, path = list(stream), []
    first = [(g(w), h) for g, h in stream[:samples]]
    mean = sum(g for g, _ in first) / samples
    square = slow_start * sum(g * g for g, _ in first) / samples
    curvature = slow_start * sum(h for _, h in first) / samples
    memory = 2.0
    for g, h in stream[samples:]:
        g = g(w)
        mean += (g - mean) / memory
        square += (g * g - square) / memory
        curvature += (h - curvature) / memory
        rate = mean**2 / (curvature * square)
        w -= rate * g
        memory += 1 - memory * mean**2 / square
        path.append((w, rate))
    return path


def test_one_weight_against_plain_floats():
    centres = np.random.default_rng(0).normal(0, 1, 40)
    stream = [(lambda w, c=c: 3 * (w - c), 3.0) for c in centres]
    expected = walked(5.0, stream, samples=4, slow_start=2.0)
    found = list(descend_stream(5.0, noisy_bowls(centres, 3.0), samples=4, slow_start=2.0))
    assert [(w.item(), rate.item()) for _, w, rate in found[:4]] == [(5.0, 0.0)] * 4
    np.testing.assert_allclose([(w.item(), r.item()) for _, w, r in found[4:]], expected, 1e-12)
    assert found[0][0] == 1.5 * (5 - centres[0]) ** 2


def test_without_noise_the_rate_is_that_of_newton():
    (_, w, rate), *_ = list(descend_stream(7.0, noisy_bowls([2.0] * 2, 4.0), samples=1))[1:]
    assert w.item() == pytest.approx(2.0, abs=1e-12) and rate.item() == pytest.approx(0.25)


def test_the_rate_is_the_best_one_for_the_noise():
    """w^2 / (w^2 + sigma^2) / lam, where the averages remember long: w hardly moves here."""
    w0, sigma, lam = 0.5, 1.0, 2.0
    centres = np.random.default_rng(1).normal(0, sigma, (4000, 20))
    *_, (_, _, rate) = descend_stream(
        np.full(20, w0), noisy_bowls(centres[:3001], lam), samples=3000, slow_start=1
    )
    fraction = w0**2 / (w0**2 + sigma**2)
    # the first step's memory is 2: half of the averages are one sample, known here
    g = lam * (w0 - centres[3000])
    mean, square = (lam * w0 + g) / 2, (lam**2 * (w0**2 + sigma**2) + g**2) / 2
    np.testing.assert_allclose(rate, mean**2 / square / lam, rtol=0.2, atol=0.01)
    assert np.median(rate) < 3 * fraction / lam


def test_the_descent_keeps_up_with_the_best_rate_there_is():
    """The oracle takes w^2 / (w^2 + sigma^2) / lam at each step; vSGD knows neither w nor sigma."""
    rng, steps, runs = np.random.default_rng(2), 200, 200
    centres = rng.normal(0, 1, (steps, runs))
    oracle = np.full(runs, 10.0)
    for c in centres:
        oracle -= oracle**2 / (oracle**2 + 1) * (oracle - c)
    *_, (_, w, _) = descend_stream(np.full(runs, 10.0), noisy_bowls(centres), slow_start=1)
    sgd = np.full(runs, 10.0)
    for c in centres:
        sgd -= 1.0 * (sgd - c)
    assert np.mean(w**2) < 0.5 * np.mean(sgd**2)
    assert np.mean(w**2) < 40 * np.mean(oracle**2)


def test_a_slow_start_is_slow():
    centres = np.ones(2)
    moved = {
        slow: next(
            iter(list(descend_stream(0.0, noisy_bowls(centres), samples=1, slow_start=slow))[1:])
        )
        for slow in (1.0, 9.0)
    }
    # halves of old and new: square and curvature are (9 + 1) / 2 times too big
    assert moved[1.0][1].item() == pytest.approx(1.0)
    assert moved[9.0][1].item() == pytest.approx(1 / 25)


def test_the_papers_slow_start_is_a_tenth_of_the_weights():
    stream = noisy_bowls(np.ones((2, 50)))
    *_, (_, w, _) = descend_stream(np.zeros(50), stream, samples=1)
    np.testing.assert_allclose(w, 1 / 9)  # (5 + 1) / 2 each
    *_, (_, w, _) = descend_stream(np.zeros(3), noisy_bowls(np.ones((2, 3))), samples=1)
    np.testing.assert_allclose(w, 1)


def test_a_weight_without_gradient_stays():
    stream = [lambda w: (0.0, np.zeros(1), np.zeros(1))] * 4
    assert [w.item() for _, w, _ in descend_stream(1.5, stream, samples=1)] == [1.5] * 4


def test_the_descent_ends_with_the_first_error_that_is_not_finite():
    one = np.ones(1)
    errors = [1.0, 1.0, math.nan, 1.0]
    found = list(descend_stream(0.0, [lambda w, e=e: (e, one, one) for e in errors], samples=1))
    assert len(found) == 3 and found[-1][1] == found[-2][1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"samples": 0}, "samples must be a whole number at least 1, got 0"),
        ({"slow_start": 0.5}, "slow_start must be a finite number, at least 1, got 0.5"),
        ({"slow_start": math.nan}, "slow_start must be a finite number"),
    ],
)
def test_bad_numbers_are_refused(options, told):
    with pytest.raises(ValueError, match=told):
        list(descend_stream(0.0, [], **options))


# ---------------------------------------------------------------------------- nets


@pytest.mark.parametrize("curvature", [bbprop, gauss_newton_diagonal])
def test_a_net_goes_down_the_races_own_plan(curvature):
    options = {"batch_size": 7, "epochs": 4, "seed": 3, "dtype": "float64"}
    run = train(NET, DATA, samples=3, curvature=curvature, **options)
    report = mn.race(NET, DATA, "sgd(0.1)", **options)
    assert run.start_hash == report.info["start_hash"]
    assert run.plan_hash == report.info["plan_hash"]
    assert run.losses.shape == report.losses[0].shape and run.losses[0] == report.losses[0, 0]
    # once more, by hand
    w, part = NET.start(3, "float64"), DATA.train
    measures = [
        (lambda w, x=part.x[c], t=part.t[c]: (*NET.gradient(w, x, t), curvature(NET, w, x)))
        for c in mn.Plan(len(part), 7, 4, seed=3)
    ]
    *_, (_, w, rates) = descend_stream(w, measures, samples=3)
    np.testing.assert_array_equal(run.weights, w)
    np.testing.assert_array_equal(run.last_rates, rates)
    assert run.rates[-1] == np.median(rates) and not run.rates[:3].any() and run.rates[3:].all()
    assert run.diverged_at == 0


def test_float32_weights_stay_float32():
    run = train(NET, DATA, batch_size=16, epochs=1, samples=1)
    assert run.weights.dtype == np.float32 and run.losses.dtype == np.float64


def test_a_divergence_is_told():
    points = mn.from_arrays([[1e30], [2e30]], [1e30, 0.0], validation=0, test=0)
    line = mn.MLP([1, 1], loss="squared")
    run = train(line, points, batch_size=1, epochs=3, samples=1)
    assert run.diverged_at == 1 and not np.isfinite(run.losses[0])
    assert np.isnan(run.losses[1:]).all()


def test_sizes_are_checked():
    with pytest.raises(ValueError, match="the net has 3 inputs"):
        train(mn.MLP([3, 2]), DATA)
