"""Is the investigation of slide 30 fair, and do the verdicts of slides 30 and 31 follow from what
was measured, and change when a rule, a curvature or the data are other than claimed?"""

from types import SimpleNamespace

import numpy as np
import pytest

import minnet as mn
from minnet.lecture import Verdict
from minnet.lecture.probes import contestants, investigation, recurrent
from minnet.lecture.statements import CLAIMS
from minnet.methods import fullbatch
from minnet.net.curvature import bbprop

NETS = ("a", "b", "c", "d")


@pytest.fixture
def cell(shown):
    """`cell("rare_cases")`: an experiment of the lecture."""
    return shown("6e")[0].__getitem__


def shares(*values):
    return dict(zip(NETS, values, strict=False))


def made_up(**updates):
    """A `trials` that found these updates at its only rate, for the rules named; else 100."""

    def trials(net, seeds, *options):
        found = {}
        for rule in investigation.RULES:
            row = np.full(len(seeds), float(updates.get(rule.replace(" + ", "_"), 100)))
            found[rule] = SimpleNamespace(updates=row, grid=row[None], rates=[0.1], best=0)
        return found

    return trials


# --- the recurrent net ---


def test_gradient_through_time_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    x, t = (array.astype(float) for array in recurrent.adding(rng, 3))
    w = rng.normal(0, 0.3, (2, recurrent.N_WEIGHTS))
    errors, g = recurrent.gradient(w, x, t)
    assert errors.shape == (2,)
    for i in range(0, recurrent.N_WEIGHTS, 17):
        step = np.zeros_like(w)
        step[:, i] = 1e-5
        up, down = (recurrent.gradient(w + sign * step, x, t)[0] for sign in (1, -1))
        np.testing.assert_allclose(g[:, i], (up - down) / 2e-5, rtol=1e-6, atol=1e-9)


def test_the_sum_of_the_marked_numbers_is_the_target():
    x, t = recurrent.adding(np.random.default_rng(3), 50)
    numbers, marks = x[..., 0] + 0.5, x[..., 1]
    assert (marks[: recurrent.TIME // 2].sum(axis=0) == 1).all() and (marks.sum(axis=0) == 2).all()
    np.testing.assert_allclose((numbers * marks).sum(axis=0) - 1, t[:, 0], rtol=1e-6, atol=1e-6)


def test_recurrent_descent_is_nesterov_by_hand_and_loses_what_diverges():
    steps, lr, momentum = 3, 0.1, 0.9
    rules = [mn.Nesterov(lr, momentum), mn.SGD(1e30)]
    losses = recurrent.losses(rules, 5, steps=steps, batch_size=4, cases=20)
    rng = np.random.default_rng(5)
    x, t = recurrent.adding(rng, 20)
    w, v = recurrent.start(5)[None], 0.0
    for k in range(steps):
        batch = rng.integers(0, 20, 4)
        error, g = recurrent.gradient(w + np.float32(momentum) * v, x[:, batch], t[batch])
        assert losses[0, k] == pytest.approx(error[0], rel=1e-5)
        v = momentum * v - lr * g
        w = (w + v).astype(np.float32)
    assert np.isfinite(losses[1, 0]) and np.isnan(losses[1, 1:]).all()


# --- how rules are compared ---


def test_factors_grow_while_moves_agree_and_stay_in_their_limits():
    rule = mn.custom(investigation.rmsprop_factor, starts={"factor": 1.0}, lr=1.0, decay=0.0)
    path = mn.replay(rule, 0.0, np.array([1.0, 1.0, 1.0, -1.0, -1.0]))[:, 0]
    factors = [1, 0.95, 0.95 * 1.05, 0.95 * 1.05**2, 0.95**2 * 1.05**2]  # the first has no past
    np.testing.assert_allclose(np.abs(np.diff(path)), factors, rtol=1e-6)
    long = np.abs(np.diff(mn.replay(rule, 0.0, np.ones(100))[:, 0]))
    assert long.max() == pytest.approx(10, rel=1e-6)


def test_the_rate_is_chosen_without_the_seed_that_it_is_judged_by():
    grid = np.array([[1.0, 50.0, 50.0], [20.0, 20.0, 20.0], [np.inf, 30.0, 3.0]])
    costs = np.where(np.isfinite(grid), grid, 200.0)
    assert investigation.leave_one_out(grid, costs).tolist() == [np.inf, 20.0, 20.0]
    alone = investigation.leave_one_out(grid[:, :1], costs[:, :1])
    assert alone.tolist() == [1.0]  # one seed has no others


def test_share_counts_a_draw_half():
    first, second = np.array([1.0, 2.0, 3.0, np.inf]), np.array([2.0, 2.0, 1.0, np.inf])
    assert investigation.share(first, second) == 0.5
    assert investigation.share(first[:1], second[:1]) == 1.0


def test_every_rule_has_as_many_rates_and_the_tables_are_paired(monkeypatch):
    """On this bench a run reaches the level after (1 + seed) / lr steps."""

    def losses(optimizers, seed):
        needed = [(1 + seed) / rule.hyperparameters["lr"] for rule in optimizers]
        return np.array([[0.0 if k >= n else 1.0 for k in range(60)] for n in needed])

    bench = investigation.Bench(0.5, 1, losses, scale=2.0)
    monkeypatch.setitem(investigation.BENCHES, "made up", lambda: bench)
    found = investigation.trials("made up", (0, 1), ("SGD", "momentum"))
    assert {len(run.rates) for run in found.values()} == {investigation.RATES}
    assert found["SGD"].rates[:2] == [0.2, 0.4]
    assert found["SGD"].grid[1].tolist() == [4, 6]  # 2.5 and 5 steps, seen in the one after
    assert found["SGD"].best == 4 and found["SGD"].updates.tolist() == [2, 3]  # of the other seed


def test_contestants_end_where_each_ends_alone():
    cases = mn.load("moons", cases=125, validation=0.1, test=0.1, dtype="float64")
    net, passes = mn.MLP([2, 3, 2]), 2
    best, full, mini = contestants.compare(net, cases, passes, [4])
    run = fullbatch.minimise(net, cases.train, net.start(4, "float64"), "cg", passes)
    assert best["conjugate gradient"].tolist() == [run.best[-1]]
    alone = []
    for lr in (0.01, 0.03, 0.09):
        run = mn.train(net, cases, mn.RMSprop(lr), batch_size=100, epochs=passes, seed=4,
                       dtype="float64")  # fmt: skip
        alone.append(net.gradient(run.weights[0], cases.train.x, cases.train.t)[0])
    assert best["rmsprop"].tolist() == [min(alone)]
    assert len(best) == 7 and full <= best["iRprop-"] and mini <= best["rmsprop"]


# --- verdicts ---


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (shares(1, 0.8, 0.5, 0.6), Verdict.CONFIRMED),
        (shares(1, 0.7, 0.5, 0.6), Verdict.NOT_CLEAR),
        (shares(1, 0.9, 0.2, 0.6), Verdict.QUALIFIED),
        (shares(0, 0.1, 0.5, 0.6), Verdict.REFUTED),
    ],
)
@pytest.mark.parametrize("id", ["6e.20", "6e.21"])
def test_a_verdict_needs_half_of_the_nets_and_none_against(id, found, verdict):
    assert CLAIMS[id].judge(found)[0] == verdict


def test_verdicts_on_small_data_and_on_recipes():
    small, recipe = CLAIMS["6e.24"], CLAIMS["6e.26"]
    assert small.judge(shares(1, 1, 1))[0] == Verdict.CONFIRMED
    assert small.judge(shares(1, 0, 1))[0] == Verdict.QUALIFIED
    assert small.judge(shares(0, 0, 0.5))[0] == Verdict.REFUTED
    for rule, fixed, verdict in (
        (1.8, 5, Verdict.CONFIRMED), (1.1, 5, Verdict.QUALIFIED), (1.0, 1.2, Verdict.REFUTED),
    ):  # fmt: skip
        value = {"one rule": rule, "one rule at one rate": fixed}
        assert recipe.judge(value)[0] == verdict


def test_momentum_experiment_compares_speed_ups(cell):
    less = made_up(SGD=300, momentum=100, rmsprop=100, rmsprop_momentum=60)
    more = made_up(SGD=100, momentum=90, rmsprop=100, rmsprop_momentum=20)
    momentum = cell("momentum_helps_less")
    for trials, verdict in ((less, Verdict.CONFIRMED), (more, Verdict.REFUTED)):
        value, _ = momentum.measure(trials=trials, seeds=range(5))
        assert momentum.claim.judge(value)[0] == verdict


def test_nesterov_and_gains_experiments_ask_for_fewer_updates(cell):
    slower = made_up(rmsprop_Nesterov=120, rmsprop_gains=120, rmsprop_factors=120)
    faster = made_up(rmsprop_Nesterov=80, rmsprop_gains=80, rmsprop_factors=80)
    for name in ("divide_the_correction", "add_adaptive_rates"):
        for trials, verdict in ((faster, Verdict.CONFIRMED), (slower, Verdict.REFUTED)):
            value, _ = cell(name).measure(trials=trials, seeds=range(5))
            assert cell(name).claim.judge(value)[0] == verdict


# --- wrong rules, wrong data ---


def test_a_curvature_a_hundred_times_too_small_spoils_vsgd(cell):
    value, _ = cell("no_more_rates").measure(
        curvature=lambda *net: 0.01 * bbprop(*net), seeds=[0], steps=200
    )
    assert cell("no_more_rates").claim.judge(value)[0] != Verdict.CONFIRMED


def test_sgd_needs_no_falling_rate_to_be_accurate(cell):
    value, _ = cell("accurate_weights").measure(rule=mn.SGD, seeds=[0])
    assert cell("accurate_weights").claim.judge(value)[0] == Verdict.REFUTED
    value, _ = cell("accurate_weights").measure(seeds=[0])
    assert value["floor"][0] == pytest.approx(1, rel=1e-3)


def test_equally_common_features_learn_equally_fast(cell):
    value, _ = cell("rare_cases").measure(frequencies=(0.3, 0.3), seeds=[0, 1])
    assert cell("rare_cases").claim.judge(value)[0] == Verdict.REFUTED


def test_data_without_copies_need_not_have_mini_batches(cell):
    value, _ = cell("redundant").measure(copies=1, seeds=[0])
    assert cell("redundant").claim.judge(value)[0] == Verdict.REFUTED


def test_the_saddle_is_left_when_theory_says(cell):
    escape, slope = cell("escape"), cell("slope")
    assert escape["SGD"] == np.ceil(np.log(1000) / np.log(1.02))
    assert escape == {"SGD": 349, "Momentum": 72, "RMSprop": 72, "Adagrad": 1263}
    assert slope["Adagrad"][-1] == pytest.approx(
        0.01 * np.sum(np.arange(1, 1001) ** -0.5), rel=1e-6
    )
    assert np.diff(slope["RMSprop"])[-1] == pytest.approx(0.01, rel=1e-6)
