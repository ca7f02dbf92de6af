"""What a report says of its runs, in numbers and as text.

R runs, K mini-batches, E evaluations
"""

import math

import numpy as np
import pytest
from report_cases import lines, stopped_at
from small_races import LINE

import minnet as mn
from minnet import race
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.optimizers.schedules import shortest
from minnet.report.report import PARTS

# ---------------------------------------------------------------------------- what it says


def test_shapes(report):
    assert report.losses.shape == (3, 15) and report.losses.dtype == np.float64
    assert report.evaluated_at.tolist() == [0, 6, 12, 15]
    assert report.scores.shape == (3, 4, 3, 2)
    assert report.weights.shape == report.best_weights.shape == (3, 6)
    assert report.kept.shape == (3, 2, 6) and report.kept_at.tolist() == [0, 7]
    assert report.seconds.shape == (3,) and (report.seconds >= 0).all()
    assert report.stopped_at.tolist() == [0, 0, 0] and report.info["stopped_by"] == ["", "", ""]
    assert report.diverged_at[0] == report.diverged_at[2] == 0 < report.diverged_at[1]
    assert not report.interrupted


@pytest.mark.parametrize("make", OPTIMIZERS, ids=lambda make: make.__name__)
def test_labels_carry_every_number(make):
    optimizer = make()
    label = str(optimizer)
    assert label.startswith(f"{optimizer.name}(")
    for name, value in optimizer.hyperparameters.items():
        assert f"{name}={shortest(value)}" in label
        assert float(shortest(value)) == value
    assert dict(mn.parse(label)[0].hyperparameters) == dict(optimizer.hyperparameters)


def test_labels_are_those_of_the_runs(report):
    assert report.labels == [
        "sgd(lr=0.05)", "sgd(lr=1000000000)", "rmsprop(lr=0.01, decay=0.9, eps=1e-08)"
    ]  # fmt: skip


def test_the_info_is_enough_to_race_again(report):
    info = report.info
    rules = [mn.parse(label)[0] for label in report.labels]
    again = race(LINE, lines(), rules, batch_size=4, epochs=5, seed=info["seed"], evaluate_every=2)
    for key in ("start_hash", "plan_hash", "data", "net", "plan", "dtype", "optimizers"):
        assert again.info[key] == info[key]
    np.testing.assert_array_equal(again.losses, report.losses)
    assert info["data"]["cases"] == {"train": 12, "validation": 4, "test": 4}
    assert info["optimizers"][2]["hyperparameters"] == {"lr": 0.01, "decay": 0.9, "eps": 1e-8}
    assert info["optimizers"][2]["rule"] == "rmsprop"
    assert info["versions"]["numpy"] == np.__version__
    assert info["steps_per_epoch"] == 3 and info["steps_planned"] == 15
    assert info["seconds"] > 0 and info["seed"] == 6


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("what", ["loss", "error"])
def test_final(report, part, what):
    w = report.weights[0]
    data = getattr(lines(), part)
    right = dict(
        zip(("loss", "error"), LINE.evaluate(w, data.x, data.t, classes=False), strict=True)
    )  # fmt: skip
    final = report.final(part, what)
    assert final[0] == right[what] and math.isnan(final[1]) and math.isfinite(final[2])


def test_final_is_the_error_unless_asked_otherwise(report):
    np.testing.assert_array_equal(report.final("test"), report.final("test", "error"))
    assert report.final("test")[0] != report.final("test", "loss")[0]


@pytest.mark.parametrize(("part", "what"), [("trane", "error"), ("train", "accuracy")])
def test_final_of_what_there_is_not(report, part, what):
    with pytest.raises(ValueError, match=r"trane|accuracy|not in"):
        report.final(part, what)


def test_final_of_a_run_that_was_stopped_is_where_it_stopped():
    """The second run reaches its target at once; the first goes on alone."""
    trained = race(
        LINE, lines(), "sgd(0.05), rprop(0.5)", batch_size=4, epochs=6, seed=6, stop="target(0.6)"
    )  # fmt: skip
    assert 0 == trained.stopped_at[0] < trained.stopped_at[1] < 18 == trained.losses.shape[1]
    assert trained.info["stopped_by"] == ["", "target(0.6)"]
    at = trained.evaluated_at.tolist().index(trained.stopped_at[1])
    assert np.isnan(trained.scores[1, at + 1 :]).all() and at + 1 < len(trained.evaluated_at)
    assert np.isnan(trained.losses[1, trained.stopped_at[1] :]).all()
    for p, part in enumerate(PARTS):
        assert trained.final(part)[0] == trained.scores[0, -1, p, 1]
        assert trained.final(part)[1] == trained.scores[1, at, p, 1]
    assert trained.final("validation")[1] <= 0.6 < trained.scores[1, at - 1, 1, 1]
    w, data = trained.weights[1], lines().validation
    assert trained.final("validation")[1] == LINE.evaluate(w, data.x, data.t, classes=False)[1]


def test_final_of_a_run_that_diverged_is_nan_whenever_it_did():
    """Also after the last evaluation."""
    options = {"batch_size": 4, "epochs": 5, "seed": 6}
    diverged = race(LINE, lines(), "sgd(1e6)", evaluate_every=1, **options)
    assert 0 < diverged.evaluated_at[-1] < diverged.diverged_at[0]
    assert np.isfinite(diverged.scores[0, -1]).all()
    assert all(np.isnan(diverged.final(part)[0]) for part in PARTS)


def test_a_missing_part_is_nan():
    bare = race(LINE, lines(validation=0, test=0), "sgd", batch_size=5, epochs=1)
    assert np.isnan(bare.final("validation")).all() and np.isnan(bare.final("test")).all()
    assert np.isfinite(bare.final("train")).all()
    assert bare.best_error()[0] == bare.scores[0, 1, 0, 1]


@pytest.mark.parametrize("validation", [0.2, 0])
def test_the_best_error_is_that_of_the_best_weights(validation):
    data = lines(validation=validation, test=0)
    trained = race(LINE, data, "sgd(0.05), sgd(0.9), sgd(1e9)", batch_size=4, epochs=4)
    part = data.validation if validation else data.train
    for r in range(3):
        _, error = LINE.evaluate(trained.best_weights[r], part.x, part.t, classes=False)
        assert trained.best_error()[r] == error
    assert (np.diff(trained.best_at) < 0).any()  # the best is not always the last


def test_an_interrupted_race_before_any_evaluation():
    """With evaluate_every=0 there is nothing to pause for: it is kept[3] that makes a chunk end."""
    report = stopped_at(3, evaluate_every=0, keep=[3])
    assert report.interrupted and report.scores.shape == (2, 0, 3, 2)
    assert np.isnan(report.final("train")).all() and np.isnan(report.best_error()).all()
    assert "stopped after 3 of 9 steps" in str(report)


# ---------------------------------------------------------------------------- text


def test_a_report_prints_as_its_table(report):
    from minnet.report.table import table

    assert str(report) == repr(report) == table(report)
