"""Each stopping criterion in a race: every run stops by itself. And the time limit.

28 training cases in mini-batches of 5 are 6 steps an epoch, and so between two evaluations
"""

import itertools
import json
import time
from types import SimpleNamespace

import numpy as np
import pytest
from small_races import DTYPES, NET
from stopped_races import small_race

import minnet as mn
from minnet.cli import main as cli
from minnet.optimizers.optimizer import custom

# ---------------------------------------------------------------------------- in a race

# The rule marches: after k steps every weight of run r is 100^r k, so the script knows who asks.


def march(w, g, lr=1.0):
    return w + lr


MARCHERS = [custom(march, lr=100.0**r) for r in range(3)]
NAMES = [f"march(lr={100**r})" for r in range(3)]


def scripted(monkeypatch, losses, errors=None):
    """Validation losses (R, E) and errors from a script; all other parts score 1."""
    errors = losses if errors is None else errors

    def evaluate(self, w, x, t, *, classes):
        if len(x) != 8:
            return 1.0, 1.0
        r = 0 if w[0] == 0 else int(np.log10(w[0]) // 2)
        e = round(w[0] / 100**r / 6)
        return float(losses[r][e]), float(errors[r][e])

    monkeypatch.setattr(mn.MLP, "evaluate", evaluate)


def marched(stop, runs=3, **options):
    return small_race(MARCHERS[:runs], start=np.zeros(NET.n_weights), stop=stop, **options)


LOSSES = [
    [9, 8, 7, 6, 7, 8, 5, 4, 3],  # two worse ones at evaluations 4 and 5
    [9, 8, 7, 6, 5, 4, 3, 2, 1],
    [9, 3, 4, 5, 6, 7, 8, 9, 2],  # rising from evaluation 1 on
]


@pytest.mark.parametrize("chunk_bytes", [1, 4 << 20])
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_run_stops_and_the_others_go_on(monkeypatch, dtype, chunk_bytes):
    monkeypatch.setattr("minnet.racing.state.CHUNK_BYTES", chunk_bytes)
    scripted(monkeypatch, LOSSES)
    report = marched("patience(2)", dtype=dtype, keep=[18, 48])
    assert report.labels == NAMES
    assert report.stopped_at.tolist() == [30, 0, 18]
    assert report.info["stopped_by"] == ["patience(2)", "", "patience(2)"]
    assert report.losses.shape == (3, 48) and not report.interrupted
    for r, last in enumerate((30, 48, 18)):
        assert np.isfinite(report.losses[r, :last]).all()
        assert np.isnan(report.losses[r, last:]).all()
        assert report.weights[r].tolist() == [100**r * last] * NET.n_weights
        found = report.scores[r, :, 1, 0]
        np.testing.assert_array_equal(found[: last // 6 + 1], LOSSES[r][: last // 6 + 1])
        assert np.isnan(report.scores[r, last // 6 + 1 :]).all()
    assert report.best_at.tolist() == [18, 48, 6]
    assert report.best_weights[:, 0].tolist() == [18, 4800, 60000]
    assert report.kept[:, 0, 0].tolist() == [18, 1800, 180000]
    assert report.kept[:, 1, 0].tolist() == [30, 4800, 180000]  # where they stood
    assert report.diverged_at.tolist() == [0, 0, 0]


def test_the_race_ends_when_all_have_stopped(monkeypatch):
    scripted(monkeypatch, LOSSES)
    ticks = []
    report = marched("patience(2), target(4.5)", progress=lambda *tick: ticks.append(tick))
    assert report.stopped_at.tolist() == [30, 30, 6]
    assert report.info["stopped_by"] == ["patience(2)", "target(4.5)", "target(4.5)"]
    assert report.losses.shape == (3, 30) and ticks[-1] == (30, 48)
    assert report.evaluated_at.tolist() == [0, 6, 12, 18, 24, 30]
    assert report.info["steps_planned"] == 48 and not report.interrupted
    assert "patience(2)" in str(report) and "target(4.5)" in str(report)


def test_the_criteria_are_asked_after_evaluations_only(monkeypatch):
    """Evaluations 2, 4, 6, 8 of the script: 9, 7, 7, 5, 3 and 9, 4, 6, 8, 2."""
    scripted(monkeypatch, LOSSES)
    report = marched("generalisation_loss(40)", evaluate_every=2)
    assert report.stopped_at.tolist() == [0, 0, 24]
    assert report.evaluated_at.tolist() == [0, 12, 24, 36, 48]
    assert report.best_at.tolist() == [48, 48, 12]


def test_the_error_is_what_a_target_is_of(monkeypatch):
    errors = [[1, 1, 0.2, 0.1, 0.1], [0.1, 1, 1, 1, 0.05], [1, 1, 1, 1, 1]]
    scripted(monkeypatch, np.ones((3, 5)), errors)
    report = marched("target(0.1)", epochs=4)
    assert report.stopped_at.tolist() == [18, 24, 0]  # not asked at the start, but at the end
    assert report.info["stopped_by"] == ["target(0.1)", "target(0.1)", ""]


def test_a_stopped_run_is_what_it_was_in_the_race_that_goes_on():
    """With real losses: up to its stop, a run does not know that it will be stopped."""
    free = small_race("sgd(0.5), rmsprop(0.3), adam(0.2)", keep=range(0, 49, 6))
    report = small_race("sgd(0.5), rmsprop(0.3), adam(0.2)", stop="patience(1)")
    assert (report.stopped_at > 0).any()
    for r, last in enumerate(report.stopped_at):
        last = last or report.losses.shape[1]
        np.testing.assert_array_equal(report.losses[r, :last], free.losses[r, :last])
        losses = free.scores[r, :, 1, 0]
        e = next((e for e in range(1, 9) if losses[e] >= losses[:e].min()), 8)
        assert last == 6 * e
        np.testing.assert_array_equal(report.weights[r], free.kept[r, e])
        best = int(np.argmin(losses[: e + 1]))
        assert report.best_at[r] == 6 * best
        np.testing.assert_array_equal(report.best_weights[r], free.kept[r, best])


def test_a_run_that_diverges_stops_by_itself():
    x = np.random.default_rng(5).normal(size=(20, 2))
    data = mn.from_arrays(x, x @ [1.0, -1.0] + 0.25, test=0, dtype="float64")
    report = mn.race(
        mn.MLP([2, 1], loss="squared"), data, "sgd(1e9), sgd(0.1)", dtype="float64",
        batch_size=5, epochs=30, stop="time_limit(1000)",
    )  # fmt: skip
    assert report.diverged_at[0] > 0 == report.diverged_at[1]
    assert report.stopped_at.tolist() == [0, 0] and report.info["stopped_by"] == ["", ""]


def test_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["race", "--data", "xor", "--hidden", "4", "--batch-size", "100", "--epochs", "30"]
    optimizers = ["--optimizers", "rprop, sgd(1e-6)"]
    assert cli.main([*words, *optimizers, "--stop", "target(0.4)", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    stopped = report["stopped_at"][0]
    assert 0 < stopped < 240 and report["info"]["stopped_by"] == ["target(0.4)", ""]
    errors = [row[1][1] for row in report["scores"][0]]
    assert errors[stopped // 8] <= 0.4 < min(errors[1 : stopped // 8], default=1)
    assert report["losses"][0][stopped:] == [None] * (240 - stopped)
    assert cli.main([*words, "--stop", "patince"]) == 2
    error = capsys.readouterr().err
    assert error == "minnet: unknown criterion 'patince' (did you mean 'patience'?)\n"


# ---------------------------------------------------------------------------- clocks


def clock(monkeypatch, **clocks):
    """The clocks that the race looks at, replaced."""
    known = {"monotonic": time.monotonic, "perf_counter": time.perf_counter, "time": time.time}
    monkeypatch.setattr("minnet.racing.loop.time", SimpleNamespace(**(known | clocks)))


def test_a_time_limit_stops_all_runs(monkeypatch):
    """A clock that goes on by a second whenever it is looked at."""
    seconds = itertools.count()
    clock(monkeypatch, monotonic=lambda: float(next(seconds)))
    report = small_race("sgd(0.5), adam", stop="time_limit(4)")
    assert (report.stopped_at > 0).all() and report.losses.shape[1] < 48
    assert report.stopped_at[0] == report.stopped_at[1] == report.losses.shape[1]
    assert report.info["stopped_by"] == ["time_limit(4)"] * 2
    assert report.info["seconds"] >= 4


@pytest.mark.parametrize("jump", [1e6, -1e6])
def test_a_jump_of_the_wall_clock_is_no_passing_of_time(monkeypatch, jump):
    times = itertools.count(1e9, jump)
    monkeypatch.setattr(time, "time", lambda: float(next(times)))
    report = small_race("sgd(0.5)", stop="time_limit(1000)")
    assert report.stopped_at.tolist() == [0] and report.losses.shape == (1, 48)
    assert 0 < report.info["seconds"] < 1000


def test_time_spent_before_a_resume_counts(monkeypatch, tmp_path):
    """At the checkpoint 75 seconds are spent; of a limit of 90, 15 are left."""
    now = [0.0]
    clock(monkeypatch, monotonic=lambda: now[0])

    def before(done, total):
        if done == 24:
            raise KeyboardInterrupt
        now[0] += 25

    options = {"checkpoint": tmp_path / "race.npz", "stop": "time_limit(90)"}
    assert small_race("sgd(0.5)", progress=before, **options).stopped_at.tolist() == [0]
    now[0] = -5e8  # another day, another boot

    def after(done, total):
        now[0] += 10

    report = small_race("sgd(0.5)", resume=True, progress=after, **options)
    assert report.stopped_at.tolist() == [42]  # 75 at step 30, 85 at 36, 95 at 42
    assert report.info["stopped_by"] == ["time_limit(90)"]
    assert report.info["seconds"] == 105
