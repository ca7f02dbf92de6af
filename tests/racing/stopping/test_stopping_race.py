"""When does a run stop? Each criterion by hand on losses from a script, then in a race.

28 training cases in mini-batches of 5 are 6 steps an epoch, and so between two evaluations
"""

import itertools
import json
import time
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import small_races
from hypothesis import given, strategies as st
from small_races import NET, never, three_classes

import minnet as mn
from minnet.cli import main as cli
from minnet.optimizers.optimizer import custom
from minnet.racing.stopping import (
    CRITERIA,
    Criterion,
    as_criteria,
    first_reached,
    generalisation_loss,
    patience,
    target,
    time_limit,
)

DTYPES = ("float32", "float64")


def small_race(optimizers, dtype="float64", **options):
    return small_races.small_race(optimizers, dtype, **({"epochs": 8} | options))


def stops(criterion, losses, errors=None, seconds=0.0) -> list[bool]:
    """What the criterion answers after each evaluation."""
    errors = losses if errors is None else errors
    return [
        bool(criterion.reached(np.array(losses[:e]), np.array(errors[:e]), seconds))
        for e in range(1, len(losses) + 1)
    ]


# ---------------------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("evaluations", "losses", "first"),
    [
        (1, [5, 4, 3, 4], 3),
        (1, [5, 5], 1),  # the same is not lower
        (2, [5, 4, 6, 6], 3),
        (2, [5, 4, 6, 3, 6, 6], 5),
        (3, [1, 2, 3, 4, 5], 3),
        (3, [4, 3, 2, 1], None),
        (5, [1, 2, 2, 2, 2], None),
        (5, [1, 2, 2, 2, 2, 1], 5),
    ],
)
def test_patience(evaluations, losses, first):
    expected = [first is not None and e >= first for e in range(len(losses))]
    assert stops(patience(evaluations), losses)[: (first or len(losses)) + 1] == expected[
        : (first or len(losses)) + 1
    ]  # fmt: skip
    assert any(stops(patience(evaluations), losses)) == (first is not None)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(1, 5))
def test_patience_is_the_age_of_the_lowest(losses, evaluations):
    lowest = age = None
    for loss in losses:
        age = 0 if lowest is None or loss < lowest else age + 1
        lowest = loss if age == 0 else lowest
    assert stops(patience(evaluations), losses)[-1] == (age >= evaluations)


def test_generalisation_loss():
    """Prechelt's GL = 100 (E / E_lowest - 1), and it must be greater than the percentage."""
    assert stops(generalisation_loss(5), [2.0, 1.0, 1.04, 1.049, 1.06, 1.0]) == [
        False, False, False, False, True, False,
    ]  # fmt: skip
    assert stops(generalisation_loss(50), [1.0, 1.5, 1.51]) == [False, False, True]
    assert stops(generalisation_loss(), [4.0, 4.1, 4.3, 4.1]) == [False, False, True, False]


def test_generalisation_loss_above_a_lowest_loss_of_0():
    with warnings.catch_warnings(action="error"):
        assert stops(generalisation_loss(5), [1.0, 0.0, 0.0, 0.5]) == [False, False, False, True]


def test_target_is_of_the_error_not_of_the_loss():
    losses, errors = [0.01, 0.01, 0.01, 0.9], [0.5, 0.21, 0.2, 0.1]
    assert stops(target(0.2), losses, errors) == [False, False, True, True]
    assert stops(target(0), [1, 1], [0.1, 0]) == [False, True]


def test_time_limit():
    criterion = time_limit(60)
    assert stops(criterion, [1.0, 1.0], seconds=59.999) == [False, False]
    assert stops(criterion, [1.0, 1.0], seconds=60.0) == [True, True]


def test_the_first_one_that_is_reached_is_named():
    criteria = [patience(2), target(0.1), generalisation_loss(5)]
    losses = np.array([1.0, 2.0, 3.0])
    assert first_reached(criteria, losses, np.array([0.5, 0.5, 0.05]), 0) == "patience(2)"
    assert first_reached(criteria[1:], losses, np.array([0.5, 0.5, 0.05]), 0) == "target(0.1)"
    assert first_reached(criteria[1:], losses, losses, 0) == "generalisation_loss(5)"
    assert first_reached(criteria[1:2], losses, losses, 0) == ""
    assert first_reached([], losses, losses, 0) == ""


# ---------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("make", "value", "words"),
    [
        (patience, 0, "evaluations of patience must be a whole number at least 1, got 0"),
        (patience, 2.5, "evaluations of patience .* got 2.5"),
        (patience, True, "evaluations of patience .* got True"),
        (patience, "5", "evaluations of patience .* got '5'"),
        (
            generalisation_loss,
            0,
            "percent of generalisation_loss must be .*, greater than 0, got 0",
        ),
        (
            generalisation_loss,
            -1.0,
            "percent of generalisation_loss must be .*, greater than 0, got -1.0",
        ),
        (
            generalisation_loss,
            np.nan,
            "percent of generalisation_loss must be .*, greater than 0, got nan",
        ),
        (target, -0.1, "error of target must be a finite number, at least 0, got -0.1"),
        (target, np.nan, "error of target must be a finite number, at least 0, got nan"),
        (time_limit, 0, "seconds of time_limit must be .* greater than 0, got 0"),
        (time_limit, -5, "seconds of time_limit must be .* greater than 0, got -5"),
        (time_limit, np.nan, "seconds of time_limit must be .* greater than 0, got nan"),
    ],
)
def test_bad_numbers(make, value, words):
    with pytest.raises(ValueError, match=words) as refusal:
        make(value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", []),
        ("  ", []),
        ("patience", ["patience(5)"]),
        ("patience(3)", ["patience(3)"]),
        ("patience(evaluations=3), target(0.02)", ["patience(3)", "target(0.02)"]),
        ("generalisation_loss", ["generalisation_loss(5)"]),
        ("generalisation_loss(2.5),time_limit(60)", ["generalisation_loss(2.5)", "time_limit(60)"]),
        (" target ( error = 0 ) ", ["target(0)"]),
        ("Patience(3), Time-Limit(Seconds=60)", ["patience(3)", "time_limit(60)"]),
    ],
)
def test_the_notation(text, labels):
    criteria = as_criteria(text)
    assert [str(c) for c in criteria] == [repr(c) for c in criteria] == labels
    again = as_criteria(", ".join(labels))
    assert [c.label for c in again] == labels


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("patince(3)", r"unknown criterion 'patince' \(did you mean 'patience'\?\)"),
        ("xyzzy", "unknown criterion 'xyzzy'; there is patience, generalisation_loss, target, "),
        ("3", r"cannot read '3'; write e.g. 'patience\(5\), target\(0.02\)'"),
        ("patience(", r"cannot read 'patience\('; write e.g. 'patience\(5\), target\(0.02\)'"),
        ("patience target", "cannot read 'patience target'"),
        (
            "patience(3, 4)",
            r"name the parameters of patience after the first one: 'patience\(3, 4\)'",
        ),
        ("patience(epochs=3)", "unknown parameter of patience 'epochs'; there is evaluations"),
        ("patience(3, evaluations=4)", r"must be patience\(evaluations\)"),
        ("patience(0)", "evaluations of patience must be a whole number at least 1, got 0"),
        ("patience(x)", "parameters of patience must be plain numbers or lists of them: 'x'"),
        ("target", r"'target\(\)' must be target\(error\)"),
        ("target('a')", "error of target must be a finite number, at least 0, got 'a'"),
        ("target(cosine(0.1))", r"parameters of target must be plain .*: 'cosine\(0.1\)'"),
        ("time_limit([1, 2])", "seconds of time_limit must be a finite number"),
        ("time_limit(-1)", "seconds of time_limit must be .* greater than 0, got -1"),
        ("*patience", r"cannot read '\*patience'; write e.g. 'patience"),
        (
            "patience(**{'a': 1})",
            r"parameters of patience must be plain .*: \"\*\*{'a': 1}\"$",
        ),
        ("target(0.1, error=0.2)", "^error of target is given twice"),
        ("a" * 20_000, "cannot read 'aaa.*aaa...'; write"),
    ],
)
def test_what_cannot_be_read(text, words):
    with pytest.raises(ValueError, match=words) as refusal:
        as_criteria(text)
    assert "\n" not in str(refusal.value)
    with pytest.raises(ValueError, match=words):
        small_race("sgd", stop=text, progress=never)


def test_a_number_beyond_all_floats():
    with pytest.raises(ValueError):
        as_criteria(f"target(1{'0' * 400})")


@pytest.mark.parametrize("name", ["generalisation_loss", "target", "time_limit"])
def test_every_digit_is_printed(name):
    label = f"{name}(0.123456789)"
    assert str(as_criteria(label)[0]) == label


def test_criteria_as_objects():
    mine = Criterion("third time", lambda losses, errors, seconds: len(losses) == 3)
    assert as_criteria(mine) == [mine] and as_criteria((mine,)) == [mine] and as_criteria([]) == []
    report = small_race("sgd(0.5)", stop=[mine])
    assert report.stopped_at.tolist() == [12] and report.info["stopped_by"] == ["third time"]
    assert set(CRITERIA) == {"patience", "generalisation_loss", "target", "time_limit"}


def test_a_list_of_texts_is_read():
    mixed = ["patience(3), target(1)", target(0.5), ["time_limit(60)"]]
    assert [str(c) for c in as_criteria(mixed)] == [
        "patience(3)", "target(1)", "target(0.5)", "time_limit(60)",
    ]  # fmt: skip
    assert small_race("sgd(0.5)", stop=["target(1)"]).info["stopped_by"] == ["target(1)"]


@pytest.mark.parametrize("text", ["patience(2)", "target(0.1)", "generalisation_loss(5)"])
def test_validation_losses_are_needed(text):
    words = text.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=f"^{words} needs a validation part, three has none$"):
        small_race("sgd", stop=text, data=three_classes("float64", validation=0), progress=never)
    with pytest.raises(ValueError, match=f"^{words} needs evaluate_every"):
        small_race("sgd", stop=text, evaluate_every=0, progress=never)


def test_a_time_limit_needs_no_validation_part():
    small_race("sgd", stop="time_limit(60)", data=three_classes("float64", validation=0))
    with pytest.raises(ValueError, match=r"^time_limit\(60\) needs evaluate_every"):
        small_race("sgd", stop="time_limit(60)", evaluate_every=0)


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
