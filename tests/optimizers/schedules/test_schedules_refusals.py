"""Schedules that are refused: bad numbers, and numbers that leave a hyperparameter's range."""

import numpy as np
import pytest
from schedule_cases import schedule, small_race

import minnet as mn
from minnet.optimizers import schedules
from minnet.optimizers.optimizer import custom
from minnet.optimizers.schedules import SCHEDULES


@pytest.mark.parametrize(
    ("name", "numbers", "words"),
    [
        ("step", {"start": 0.1, "factor": 0}, r"factor of step must be in \(0, 1\], got 0$"),
        ("step", {"start": 0.1, "factor": 1.5}, r"factor of step must be in \(0, 1\], got 1.5"),
        ("step", {"start": 0.1, "factor": "a"}, "factor of step must be a finite number.* got 'a'"),
        ("step", {"start": 0.1, "every": 0}, "every of step must be a whole number between 1"),
        ("step", {"start": 0.1, "every": 1.5}, "every of step must be .* got 1.5"),
        ("step", {"start": "a"}, "start of step must be a finite number, got 'a'"),
        ("exponential", {"start": None}, "start of exponential must be a finite number, got None"),
        ("exponential", {"start": 0.1, "factor": -1}, r"factor of exponential must be in \(0, 1\]"),
        ("inverse_time", {"start": 0.1, "decay": -1}, "^decay of .* must be at least 0, got -1"),
        ("inverse_time", {"start": np.inf}, "start of inverse_time must be .* got inf"),
        ("cosine", {"start": np.nan}, "start of cosine must be a finite number, got nan"),
        ("cosine", {"start": True}, "start of cosine must be a finite number, got True"),
        ("cosine", {"start": [0.1, 0.2]}, "start of cosine must be .* got "),
        ("cosine", {"start": 0.1, "end": "0"}, "end of cosine must be .* got '0'"),
        ("ramp", {"steps": 0}, "steps of ramp must be a whole number between 1 and .*, got 0"),
        ("ramp", {"steps": 2.5}, "steps of ramp must be a whole number .*, got 2.5"),
        ("ramp", {"start": "a"}, "start of ramp"),
        ("warmup", {"then": 0.1, "steps": 0}, "steps of warmup must be a whole number"),
        ("warmup", {"then": "a"}, "a scheduled number must be a finite number, got 'a'"),
        ("sutskever", {"most": 1}, r"most of sutskever must be in \[0, 1\), got 1"),
        ("sutskever", {"most": -0.5}, r"most of sutskever must be in \[0, 1\), got -0.5"),
        ("automatic", {"start": 0.1, "up": 0.9}, "up of automatic must be at least 1, got 0.9"),
        ("automatic", {"start": 0.1, "down": 0}, r"down of automatic must be in \(0, 1\), got 0$"),
        ("automatic", {"start": 0.1, "down": 1}, r"down of automatic must be in \(0, 1\), got 1$"),
        ("automatic", {"start": 0.1, "up": "a"}, "up of automatic must be .* got 'a'"),
        ("automatic", {"start": "a"}, "must be a finite number, got 'a'"),
        ("automatic", {"start": schedules.cosine(0.1)}, "start of automatic must be .* got cosine"),
        ("plateau", {"start": 0.1, "patience": 0}, "patience of plateau .* between 1 .*, got 0"),
        ("plateau", {"start": 0.1, "factor": 2}, r"factor of plateau must be in \(0, 1\], got 2"),
        ("plateau", {"start": None}, "must be a finite number, got None"),
    ],
)  # fmt: skip
def test_bad_numbers_are_refused_in_one_line(name, numbers, words):
    with pytest.raises(ValueError, match=words) as refusal:
        SCHEDULES[name](**numbers)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("values", [[], [0.1, np.nan], [[0.1]], 0.1, None])
def test_bad_values_given_outright(values):
    with pytest.raises(
        ValueError, match="given needs a list of finite numbers, got shape"
    ) as refusal:
        schedules.given(values)
    assert "\n" not in str(refusal.value)


def test_a_bad_table_given_outright_gets_one_line():
    with pytest.raises(ValueError) as refusal:
        schedules.given(np.ones((3, 2)))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cosin(0.1)", r"unknown schedule 'cosin' \(did you mean 'cosine'\?\)"),
        ("given(0.1)", "unknown schedule 'given'"),
        ("cosine(0.1, stop=0)", "unknown hyperparameter of cosine 'stop'"),
        ("cosine(0.1, 0.2)", "name the hyperparameters of cosine after the first one"),
        ("cosine()", r"'cosine\(\)' must be cosine\(start, end\)"),
        ("cosine(0.1, start=0.2)", r"must be cosine\(start, end\)"),
        ("cosine(x)", "hyperparameters of cosine must be plain numbers or lists of them: 'x'"),
        ("cosine('a')", "start of cosine must be a finite number, got 'a'"),
        ("cosine([0.1, 0.2])", "start of cosine must be a finite number"),
        ("warmup(cosin(0.1))", "unknown schedule 'cosin'"),
        ("step(0.1, every=2.5)", "every .* got 2.5"),
        (
            "cosine(**{'start': 1})",
            r"hyperparameters of cosine must be plain .*: \"\*\*{'start': 1}\"$",
        ),
        (
            "cosine(0.1, End=0, end=1)",
            r"^end of cosine is given twice: 'cosine\(0.1, End=0, end=1\)'",
        ),
        ("cosine(sgd(0.1))", "unknown schedule 'sgd'"),
    ],
)
def test_what_the_notation_refuses(text, words):
    with pytest.raises(ValueError, match=words) as refusal:
        schedule(text)
    assert "\n" not in str(refusal.value)


def test_a_warm_up_longer_than_any_float():
    with pytest.raises(ValueError):
        small_race(f"sgd(lr=warmup(0.1, steps=1{'0' * 400}))")


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        (
            "momentum(momentum=ramp(0.5, end=1, steps=4))",
            r"momentum: ramp\(0.5, end=1, steps=4\): momentum must be in \[0, 1\), got 1$",
        ),
        ("momentum(momentum=cosine(0.9, end=-0.1))", r"momentum must be in \[0, 1\), got -0.1"),
        ("nesterov(momentum=exponential(1.5, factor=1))", r"must be in \[0, 1\), got 1.5$"),
        ("sgd(lr=cosine(0.1, end=-0.1))", "lr must be greater than 0, got -0.1"),
        ("sgd(lr=warmup(-1))", "lr must be greater than 0, got -"),
        ("sgd(lr=plateau(-1))", "lr must be greater than 0, got -1"),
        ("rmsprop(decay=ramp(0.5, end=2, steps=1))", r"decay must be in \[0, 1\), got 2"),
    ],
)
def test_a_schedule_that_leaves_its_numbers_range_is_refused_before_anything_runs(optimizer, words):
    ticks = []
    with pytest.raises(ValueError, match=words) as refusal:
        small_race(f"sgd, {optimizer}", progress=lambda *tick: ticks.append(tick))
    assert not ticks and "\n" not in str(refusal.value)


def test_a_range_is_looked_at_for_as_long_as_the_descent_is():
    """The ramp gets to 1 in its fifth step, the descent has four."""
    ramp = "momentum(momentum=ramp(0.5, end=1, steps=4))"
    assert np.isfinite(small_race(ramp, epochs=1, plan=[[0], [1], [2], [3]]).losses).all()
    with pytest.raises(ValueError, match="momentum must be"):
        small_race(ramp, epochs=1, plan=[[0], [1], [2], [3], [4]])


def test_a_rate_may_reach_0_and_the_descent_stands_still():
    report = small_race("sgd(lr=cosine(0.1))", keep=[16, 17, 18])
    before, last_but_one, last = report.kept[0]
    assert np.array_equal(last_but_one, last) and not np.array_equal(before, last_but_one)


def test_eps_must_not_reach_0():
    """Where a gradient is 0, eps = 0 makes 0 / 0 of it; as a plain number it is refused."""
    with pytest.raises(ValueError, match="eps must be greater than 0"):
        mn.parse("rmsprop(eps=0)")
    with pytest.raises(ValueError, match="eps must be greater than 0"):
        small_race("rmsprop(eps=cosine(0.001))")


def test_scheduled_limits_must_stay_in_order():
    with pytest.raises(ValueError, match="step_min must not exceed"):
        small_race("rprop(step_min=ramp(0.01, end=60, steps=5))")


def own(w, g, decay=2.0):
    """A rule by which decay may be anything."""
    return w - decay * g


def test_a_users_rule_may_mean_something_else_by_a_name():
    small_race([custom(own, decay=3.0)])
    small_race([custom(own, decay=schedules.ramp(3.0, end=2.0, steps=5))])


def test_where_a_slot_starts_cannot_be_a_schedule():
    with pytest.raises(ValueError, match="rprop: step is where a slot starts: it must be a number"):
        mn.parse("rprop(step=cosine(0.1))")
