"""A schedule says which number a rule gets at which step: here by hand, then in every loop.

K steps, counted from 1; 28 training cases in mini-batches of 5 are 6 steps an epoch
"""

import json
import re

import numpy as np
import pytest
import small_races
from hypothesis import given, strategies as st
from small_races import NET, three_classes

import minnet as mn
from minnet import naive
from minnet.cli import main as cli
from minnet.optimizers import schedules
from minnet.optimizers.optimizer import custom
from minnet.optimizers.schedules import SCHEDULES, Course, as_schedule
from minnet.surfaces import roll

DTYPES = ("float32", "float64")
ADAPTIVE = ("automatic(0.1)", "plateau(0.1)", "warmup(automatic(0.1), steps=2)")


def small_race(optimizers, dtype="float64", **options):
    return small_races.small_race(optimizers, dtype, **({"epochs": 3} | options))


def told(w, g, lr=0.1):
    """Not a descent: the weight becomes the number, so that it can be read off."""
    return lr


def schedule(text):
    return mn.parse(f"sgd(lr={text})")[0].hyperparameters["lr"]


# ---------------------------------------------------------------------------- by hand

R2 = 2**-0.5  # cos 45 degrees
BY_HAND = [
    # text, epochs of 3 steps, {step: number}
    ("step(0.8, factor=0.5, every=1)", 3, {1: 0.8, 3: 0.8, 4: 0.4, 6: 0.4, 7: 0.2, 9: 0.2}),
    ("step(0.8, factor=0.5, every=2)", 5, {1: 0.8, 6: 0.8, 7: 0.4, 12: 0.4, 13: 0.2, 15: 0.2}),
    ("step(3)", 21, {1: 3, 30: 3, 31: 0.3, 60: 0.3, 61: 0.03}),
    ("exponential(2, factor=0.125)", 3, {1: 2, 2: 1, 3: 0.5, 4: 0.25, 7: 1 / 32, 9: 1 / 128}),
    ("exponential(1)", 2, {1: 1, 4: 0.9}),
    ("inverse_time(1, decay=0.5)", 3, {1: 1, 2: 2 / 3, 3: 0.5, 9: 0.2}),
    ("inverse_time(0.2)", 34, {1: 0.2, 101: 0.1}),
    ("cosine(0.4)", 3, {1: 0.4, 3: 0.2 + 0.2 * R2, 5: 0.2, 7: 0.2 - 0.2 * R2, 9: 0}),
    ("cosine(0.1, end=0.3)", 3, {1: 0.1, 5: 0.2, 9: 0.3}),
    ("ramp(0.5, end=0.9, steps=4)", 3, {1: 0.5, 2: 0.6, 3: 0.7, 4: 0.8, 5: 0.9, 9: 0.9}),
    ("ramp(0.9, end=0.1, steps=2)", 1, {1: 0.9, 2: 0.5, 3: 0.1}),
    ("ramp(end=0.99)", 201, {1: 0.5, 251: 0.745, 501: 0.99, 603: 0.99}),
    ("ramp", 201, {1: 0.5, 251: 0.7, 501: 0.9, 603: 0.9}),
    ("warmup(0.6, steps=3)", 3, {1: 0.2, 2: 0.4, 3: 0.6, 4: 0.6, 9: 0.6}),
    ("warmup(0.5)", 40, {1: 0.005, 50: 0.25, 100: 0.5, 120: 0.5}),
    (
        "warmup(cosine(0.4), steps=4)", 3,
        {1: 0.1, 3: 0.75 * (0.2 + 0.2 * R2), 5: 0.2, 7: 0.2 - 0.2 * R2, 9: 0},
    ),
    (
        "sutskever", 5000,
        {1: 0.5, 249: 0.5, 250: 0.75, 499: 0.75, 500: 5 / 6, 750: 0.875, 12249: 1 - 1 / 98,
         12250: 0.99, 15000: 0.99},
    ),
    ("sutskever(0.8)", 200, {1: 0.5, 250: 0.75, 500: 0.8, 600: 0.8}),
    ("automatic(0.3)", 2, {1: 0.3, 3: 0.3, 6: 0.3}),  # before it has seen a loss
    ("plateau(0.3)", 2, {1: 0.3, 3: 0.3, 6: 0.3}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "epochs", "numbers"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_the_numbers_of_a_schedule(text, epochs, numbers):
    made = schedule(text if "(" in text else f"{text}()")
    steps = np.array(list(numbers))
    found = made(steps, 3 * epochs, 3)
    np.testing.assert_allclose(found, list(numbers.values()), rtol=1e-14, atol=1e-16)
    assert found.dtype == np.float64
    for step, number in numbers.items():  # one at a time: the same
        one = made(step, 3 * epochs, 3)
        assert isinstance(one, float) and one == found[steps == step][0]
        assert one == pytest.approx(number, rel=1e-14, abs=1e-16)


def test_every_schedule_is_worked_out_above():
    assert {text.split("(")[0] for text, _, _ in BY_HAND} == set(SCHEDULES)


def test_a_constant_and_values_given_outright():
    assert as_schedule(0.3)([1, 7, 9], 9, 3).tolist() == [0.3] * 3
    made = schedules.cosine(0.3)
    assert as_schedule(made) is made
    listed = schedules.given([0.3, 0.2, 0.1])
    assert listed([1, 2, 3, 4, 900]).tolist() == [0.3, 0.2, 0.1, 0.1, 0.1]
    assert str(listed) == "given(3 values)"


def test_a_descent_of_one_step_begins_at_the_start():
    for text in ("cosine(0.4)", "step(0.4)", "exponential(0.4)", "ramp(0.4)", "inverse_time(0.4)"):
        assert schedule(text)(1) == 0.4


# ---------------------------------------------------------------------------- what is refused


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


# ---------------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("step(0.5)", "step(0.5, factor=0.1, every=10)"),
        ("step(start=.5, every=3)", "step(0.5, factor=0.1, every=3)"),
        ("exponential(1e-3)", "exponential(0.001, factor=0.9)"),
        ("inverse_time(1)", "inverse_time(1, decay=0.01)"),
        ("cosine(0.1)", "cosine(0.1, end=0)"),
        ("ramp()", "ramp(0.5, end=0.9, steps=500)"),
        ("warmup(0.1)", "warmup(0.1, steps=100)"),
        ("warmup(cosine(0.1), steps=7)", "warmup(cosine(0.1, end=0), steps=7)"),
        ("sutskever()", "sutskever(0.99)"),
        ("automatic(0.1)", "automatic(0.1, up=1.05, down=0.5)"),
        ("plateau(0.1, patience=2)", "plateau(0.1, factor=0.1, patience=2)"),
    ],
)
def test_labels(text, label):
    made = schedule(text)
    assert str(made) == repr(made) == made.label == label
    assert str(mn.parse(f"momentum(lr={text})")[0]) == f"momentum(lr={label}, momentum=0.9)"
    assert mn.parse(f"momentum(lr={text})")[0].short == f"momentum(lr={label})"


def assert_there_and_back(optimizer):
    (again,) = mn.parse(str(optimizer))
    assert (
        str(again) == str(optimizer)
        and again.hyperparameters.keys() == optimizer.hyperparameters.keys()
    )
    steps, course = np.arange(1.0, 31), Course(30, 6)
    for name, number in optimizer.schedules.items():
        same = again.hyperparameters[name]
        np.testing.assert_array_equal(same.values(steps, course), number.values(steps, course))
        assert same.state == number.state and (same.adapt is None) == (number.adapt is None)
    np.testing.assert_array_equal(
        again.table(1, 30, course, "float64"), optimizer.table(1, 30, course, "float64")
    )


@pytest.mark.parametrize("text", [row[0] if "(" in row[0] else f"{row[0]}()" for row in BY_HAND])
def test_a_label_can_be_read(text):
    assert_there_and_back(mn.parse(f"rmsprop(lr={text}, decay=ramp(0.8, steps=3))")[0])


numbers = st.floats(1e-300, 1e300)
fractions = st.floats(1e-300, 1)
wholes = st.integers(1, 10**15)
simple = st.one_of(
    numbers,
    st.builds(schedules.step, numbers, fractions, wholes),
    st.builds(schedules.exponential, numbers, fractions),
    st.builds(schedules.inverse_time, numbers, st.floats(0, 1e300)),
    st.builds(schedules.cosine, numbers, numbers),
    st.builds(schedules.ramp, numbers, numbers, wholes),
    st.builds(schedules.sutskever, st.floats(0, 1, exclude_max=True)),
    st.builds(schedules.plateau, numbers, fractions, wholes),
    st.builds(
        schedules.automatic, numbers, st.floats(1, 1e300), st.floats(1e-300, 1, exclude_max=True)
    ),
)


@given(st.one_of(simple, st.builds(schedules.warmup, simple, wholes)))
def test_any_label_can_be_read_with_every_digit(number):
    assert_there_and_back(mn.SGD(number))


LONG = [("ramp", "steps"), ("step", "every"), ("plateau", "patience")]


@pytest.mark.parametrize(("name", "number"), [*LONG, ("warmup", "steps")])
def test_a_very_long_time_can_be_read_back(name, number):
    assert_there_and_back(mn.SGD(SCHEDULES[name](0.5, **{number: 10**15})))


@pytest.mark.parametrize(("name", "number"), LONG)
def test_a_longer_one_is_refused_or_can_be_read_back(name, number):
    try:
        made = SCHEDULES[name](0.5, **{number: 10**16})
    except ValueError:
        return
    assert_there_and_back(mn.SGD(made))


def test_a_list_of_schedules_makes_one_optimizer_each():
    made = mn.parse("sgd(lr=[0.1, cosine(0.1), warmup(cosine(0.1), steps=3)])")
    assert [str(optimizer) for optimizer in made] == [
        "sgd(lr=0.1)",
        "sgd(lr=cosine(0.1, end=0))",
        "sgd(lr=warmup(cosine(0.1, end=0), steps=3))",
    ]


# ---------------------------------------------------------------------------- in an optimizer


def test_the_table_of_an_optimizer():
    optimizer = mn.parse("rmsprop(lr=cosine(0.4), decay=ramp(0.5, steps=4))")[0]
    assert set(optimizer.schedules) == {"lr", "decay"}
    table = optimizer.table(1, 9, Course(9, 3), "float64")
    assert table.shape == (9, 3) and table.dtype == np.float64
    np.testing.assert_allclose(table[[0, 4, 8], 0], [0.4, 0.2, 0], atol=1e-16)
    np.testing.assert_allclose(table[:6, 1], [0.5, 0.6, 0.7, 0.8, 0.9, 0.9])
    assert (table[:, 2] == 1e-8).all()
    np.testing.assert_array_equal(optimizer.table(4, 2, Course(9, 3), "float64"), table[3:5])
    assert optimizer.table(1, 9, Course(9, 3)).dtype == np.float32
    assert optimizer.values("float64").tolist() == [0.4, 0.5, 1e-8]


def test_what_a_run_remembers_multiplies_its_numbers():
    (optimizer,) = mn.parse("momentum(lr=warmup(automatic(0.8), steps=4), momentum=ramp())")
    states = {"lr": {"factor": 0.5, "before": 1.0}, "momentum": {}}
    table = optimizer.table(1, 5, Course(5, 5), "float64", states)
    np.testing.assert_allclose(table[:, 0], [0.1, 0.2, 0.3, 0.4, 0.4])
    assert table[0, 1] == 0.5


# ---------------------------------------------------------------------------- replay


def test_a_replay_is_stepping_by_hand():
    """Momentum with a rate and a momentum that change, on given gradients; one epoch is a step."""
    gradients = np.random.default_rng(1).normal(size=(9, 2))
    path = mn.replay(
        "momentum(lr=step(0.8, factor=0.5, every=3), momentum=ramp(0.5, end=0.9, steps=4))",
        [1.0, -1.0],
        gradients,
    )
    w, v = np.array([1.0, -1.0]), np.zeros(2)
    rates = [0.8] * 3 + [0.4] * 3 + [0.2] * 3
    momenta = [0.5, 0.6, 0.7, 0.8, 0.9, 0.9, 0.9, 0.9, 0.9]
    for k in range(9):
        v = momenta[k] * v - rates[k] * gradients[k]
        w = w + v
        np.testing.assert_allclose(path[k + 1], w, rtol=1e-13)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("text", [row[0] for row in BY_HAND if row[0][:4] not in ("auto", "plat")])
def test_a_replay_uses_the_numbers(text, dtype):
    text = text if "(" in text else f"{text}()"
    path = mn.replay(custom(told, lr=schedule(text)), np.zeros(1, dtype), np.zeros(12))
    expected = schedule(text)(np.arange(1, 13), 12, 1)
    np.testing.assert_array_equal(path[1:, 0], expected.astype(dtype))


@pytest.mark.parametrize("text", ADAPTIVE)
def test_replay_walk_and_roll_have_no_losses_to_look_at(text):
    label = re.escape(str(schedule(text)))
    words = f"^lr={label} looks at the losses of every epoch: use race or train, not "
    optimizer, plan = f"sgd(lr={text})", mn.Plan(28, 5, 1)
    with pytest.raises(ValueError, match=f"{words}replay$"):
        mn.replay(optimizer, 0.0, [1.0])
    with pytest.raises(ValueError, match=f"{words}walk$"):
        next(mn.walk(NET, three_classes("float64").train, optimizer, plan, NET.start(0, "float64")))
    with pytest.raises(ValueError, match=f"{words}roll$"):
        roll("bowl", [optimizer], (1, 1), 3)


def test_a_surface_is_rolled_down_with_a_schedule():
    """On the bowl, sgd multiplies x by 1 - lr."""
    path = roll("bowl", ["sgd(lr=step(0.5, factor=0.5, every=2))"], (1, 0), 4).w[0]
    np.testing.assert_allclose(path[:, 0], np.cumprod([1, 0.5, 0.5, 0.75, 0.75]))


# ---------------------------------------------------------------------------- the race


def gradient_of(data, w, cases):
    error, layers = naive.loss_and_gradients(
        NET.named(w), data.train.x[cases], data.train.t[cases], NET.hidden, NET.output, NET.loss,
        NET.l2,
    )  # fmt: skip
    return error, np.concatenate([a.ravel() for layer in layers for a in layer])


@pytest.mark.parametrize("look_ahead", [False, True])
def test_a_race_is_driven_by_the_numbers_of_the_schedule(look_ahead):
    """Against the answer book's net, and momentum written out with a list of numbers."""
    name = "nesterov" if look_ahead else "momentum"
    report = small_race(
        f"{name}(lr=step(0.4, factor=0.5, every=1), momentum=ramp(0.5, end=0.9, steps=8))"
    )
    rates = [0.4] * 6 + [0.2] * 6 + [0.1] * 6
    momenta = [0.5 + 0.05 * min(k, 8) for k in range(18)]
    data, w = three_classes("float64"), NET.start(3, "float64")
    v, losses = np.zeros_like(w), []
    for k, cases in enumerate(mn.Plan(28, 5, 3, seed=3)):
        error, g = gradient_of(data, w + momenta[k] * v if look_ahead else w, cases)
        losses.append(error)
        v = momenta[k] * v - rates[k] * g
        w = w + v
    np.testing.assert_allclose(report.losses[0], losses, rtol=1e-9)
    np.testing.assert_allclose(report.weights[0], w, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_step_of_a_race_gets_its_number(dtype):
    texts = [
        f"{text}()" if "(" not in text else text
        for text, _, _ in BY_HAND
        if text[:4] not in ("auto", "plat")
    ]
    made = [schedule(text) for text in texts]
    report = small_race([custom(told, lr=s) for s in made], dtype, keep=range(19), threads=1)
    for r, number in enumerate(made):
        expected = number(np.arange(1, 19), 18, 6).astype(dtype)
        used = report.kept[r, 1:]
        np.testing.assert_array_equal(used, np.tile(expected[:, None], NET.n_weights))


SCHEDULED = [
    "sgd(lr=step(0.5, factor=0.5, every=1))",
    "sgd(lr=exponential(0.5))",
    "momentum(lr=inverse_time(0.3), momentum=sutskever())",
    "nesterov(lr=warmup(0.2, steps=7), momentum=ramp(0.5, steps=9))",
    "rmsprop(lr=cosine(0.02), decay=ramp(0.5, steps=20))",
    "rmsprop_nesterov_jump(lr=cosine(0.02), momentum=ramp(0.1, end=0.8, steps=9))",
    "rprop(eta_plus=ramp(1.5, end=1.1, steps=9), step_max=cosine(5, end=1))",
    "irprop_plus(eta_minus=ramp(0.2, end=0.6, steps=9))",
    "adam(lr=warmup(cosine(0.1), steps=4), beta2=ramp(0.9, end=0.99, steps=9))",
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("chunk_bytes", [1, 4 << 20])
def test_the_race_is_the_walk_bit_for_bit(dtype, chunk_bytes, monkeypatch):
    monkeypatch.setattr("minnet.racing.state.CHUNK_BYTES", chunk_bytes)
    report = small_race(SCHEDULED, dtype)
    data, plan = three_classes(dtype), mn.Plan(28, 5, 3, seed=3)
    for r, optimizer in enumerate(SCHEDULED):
        w = NET.start(3, dtype)
        errors = [e for e, _ in mn.walk(NET, data.train, optimizer, plan, w)]
        np.testing.assert_array_equal(report.losses[r], errors, err_msg=optimizer)
        np.testing.assert_array_equal(report.weights[r], w, err_msg=optimizer)
        assert np.isfinite(errors).all() and np.ptp(errors) > 0


def test_a_schedule_stands_in_the_label_and_the_report():
    report = mn.train(NET, three_classes("float64"), "sgd(lr=cosine(0.1))", batch_size=5, epochs=1)
    assert report.labels == ["sgd(lr=cosine(0.1, end=0))"]
    assert "sgd(lr=cosine(0.1, end=0))" in str(report)
    (told,) = report.info["optimizers"]
    assert told["hyperparameters"] == {"lr": "cosine(0.1, end=0)"}


def test_a_constant_schedule_is_a_constant():
    one, other = small_race("sgd(0.1)"), small_race([mn.SGD(schedules.given([0.1]))])
    np.testing.assert_array_equal(one.weights, other.weights)


def test_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    optimizers = "sgd(lr=cosine(0.1)), momentum(lr=automatic(0.1), momentum=ramp(steps=20))"
    words = ["race", "--data", "xor", "--hidden", "4", "--batch-size", "100", "--epochs", "2"]
    assert cli.main([*words, "--optimizers", optimizers, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["labels"] == [str(optimizer) for optimizer in mn.parse(optimizers)]
    same = mn.race(mn.MLP([2, 4, 2]), "xor", optimizers, batch_size=100, epochs=2)
    assert report["losses"] == same.losses.tolist()
    assert cli.main([*words, "--optimizers", "sgd(lr=cosin(0.1))"]) == 2
    error = capsys.readouterr().err
    assert error == "minnet: unknown schedule 'cosin' (did you mean 'cosine'?)\n"


# ---------------------------------------------------------------------------- automatic


def test_automatic_raises_on_progress_and_cuts_on_worsening():
    made = schedules.automatic(0.1)
    state, factors = made.state, []
    for training in (3.0, 2.0, 2.0, 4.0, 1.0, 0.5):
        state = made.adapt(state, training, np.nan)
        factors.append(state["factor"])
    by_hand = [1.05, 1.1025, 0.55125, 0.275625, 0.28940625, 0.3038765625]
    np.testing.assert_allclose(factors, by_hand, rtol=1e-14)
    assert made.state == {"factor": 1.0, "before": np.inf}  # one schedule serves many runs
    made = schedules.automatic(0.1, up=2, down=0.25)
    state = made.adapt(made.adapt(made.state, 1.0, 9.0), 2.0, 1.0)
    assert state == {"factor": 0.5, "before": 2.0}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("evaluate_every", [0, 1, 3])
def test_automatic_in_a_race(dtype, evaluate_every):
    """Each epoch's rate is the one before, times 1.05 or a half, by the mean training losses."""
    report = small_race(
        [custom(told, lr=schedules.automatic(0.1)), "sgd(lr=automatic(8))", "sgd(0.1)"], dtype,
        epochs=10, keep=range(61), evaluate_every=evaluate_every,
    )  # fmt: skip
    used = report.kept[0, 1:, 0].reshape(10, 6)
    assert (np.ptp(used, axis=1) == 0).all()
    means = report.losses[0].reshape(10, 6).mean(axis=1)
    rates = [0.1]
    for before, now in zip([np.inf, *means], means[:-1], strict=False):
        rates.append(rates[-1] * (1.05 if now < before else 0.5))
    np.testing.assert_allclose(used[:, 0], rates, rtol=1e-6, atol=1e-9)
    assert rates[1] == pytest.approx(0.105)


def test_automatic_against_the_answer_book():
    report = small_race("sgd(lr=automatic(3))", epochs=8)
    data, w = three_classes("float64"), NET.start(3, "float64")
    rates, losses, before = [3.0], [], np.inf
    for k, cases in enumerate(mn.Plan(28, 5, 8, seed=3), start=1):
        error, g = gradient_of(data, w, cases)
        losses.append(error)
        w = w - rates[-1] * g
        if k % 6 == 0:
            now = np.mean(losses[-6:])
            rates.append(rates[-1] * (1.05 if now < before else 0.5))
            before = now
    assert min(rates) < 1.6 and np.diff(rates).max() > 0  # both happened
    np.testing.assert_allclose(report.losses[0], losses, rtol=1e-7)
    np.testing.assert_allclose(report.weights[0], w, rtol=1e-6, atol=1e-9)


def test_every_run_has_its_own_rate():
    together = small_race("sgd(lr=automatic(3)), sgd(lr=automatic(0.1)), sgd(lr=automatic(30))")
    for r, lr in enumerate((3, 0.1, 30)):
        alone = small_race(f"sgd(lr=automatic({lr}))")
        np.testing.assert_array_equal(together.losses[r], alone.losses[0])


def test_two_races_of_one_optimizer_begin_alike():
    """What a schedule remembers is the run's, not the schedule's."""
    optimizer = mn.SGD(schedules.automatic(3))
    np.testing.assert_array_equal(small_race([optimizer]).losses, small_race([optimizer]).losses)


@pytest.mark.parametrize("chunk_bytes", [1, 4 << 20])
def test_the_size_of_a_chunk_does_not_matter(monkeypatch, chunk_bytes):
    optimizers = "sgd(lr=automatic(3)), sgd(lr=plateau(3, patience=1)), sgd(0.1)"
    whole = small_race(optimizers, epochs=6)
    monkeypatch.setattr("minnet.racing.state.CHUNK_BYTES", chunk_bytes)
    np.testing.assert_array_equal(small_race(optimizers, epochs=6).losses, whole.losses)


# ---------------------------------------------------------------------------- plateau


@pytest.mark.parametrize("patience", [1, 2, 3, 5])
def test_plateau_waits_exactly_its_patience(patience):
    made = schedules.plateau(0.1, factor=0.5, patience=patience)
    state = made.adapt(made.state, np.nan, 1.0)  # the first loss is the lowest so far
    factors = []
    for _ in range(3 * patience):
        state = made.adapt(state, np.nan, 1.0)  # not fallen: it is the same
        factors.append(state["factor"])
    assert factors == [0.5 ** ((epoch + 1) // patience) for epoch in range(3 * patience)]


def test_a_fall_begins_the_wait_anew():
    made = schedules.plateau(0.1, factor=0.1, patience=2)
    state, factors = made.state, []
    for validation in (5, 6, 4, 7, 3, 3, 3, 2):
        state = made.adapt(state, 0.0, float(validation))
        factors.append(state["factor"])
    assert factors == [1, 1, 1, 1, 1, 1, 0.1, 0.1] and state["best"] == 2 and state["waited"] == 0
    made = schedules.plateau(0.1, factor=0.5, patience=1)
    state = made.adapt(made.adapt(made.state, 0.0, 5.0), 0.0, 7.0)
    assert made.adapt(state, 0.0, 6.0)["factor"] == 0.25  # after a cut too, the lowest is 5


def test_plateau_in_a_race(monkeypatch):
    """Seven epochs with these validation losses; the rate is read off the weights."""
    script = iter([9.0, 5.0, 6.0, 7.0, 4.0, 4.0, 4.0, 1.0])

    def evaluate(self, w, x, t, *, classes):
        return (next(script) if len(x) == 8 else 1.0), 0.5

    monkeypatch.setattr(mn.MLP, "evaluate", evaluate)
    rates = schedules.plateau(0.8, factor=0.5, patience=2)
    report = small_race([custom(told, lr=rates)], epochs=7, keep=range(43), threads=1)
    assert report.scores[0, :, 1, 0].tolist() == [9, 5, 6, 7, 4, 4, 4, 1]
    used = report.kept[0, 1:, 0].reshape(7, 6)
    assert used.tolist() == [[rate] * 6 for rate in (0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2)]


def test_a_warm_plateau(monkeypatch):
    script = iter([9.0, 5.0, 6.0, 7.0])

    def evaluate(self, w, x, t, *, classes):
        return (next(script) if len(x) == 8 else 1.0), 0.5

    monkeypatch.setattr(mn.MLP, "evaluate", evaluate)
    rates = schedules.warmup(schedules.plateau(0.8, factor=0.5, patience=1), steps=8)
    report = small_race([custom(told, lr=rates)], keep=range(19), threads=1)
    expected = [0.1 * min(step, 8) for step in range(1, 13)] + [0.4] * 6
    np.testing.assert_allclose(report.kept[0, 1:, 0], expected)


@pytest.mark.parametrize("text", ["plateau(0.5)", "plateau(0.5, patience=1)"])
def test_plateau_needs_validation_losses(text):
    without = three_classes("float64", validation=0)
    label = re.escape(str(schedule(text)))
    with pytest.raises(ValueError, match=f"{label} needs a validation part, three has none$"):
        small_race(f"sgd(lr={text})", data=without)
    for every in (0, 2):
        words = f"{label} needs evaluate_every.*1, got {every}$"
        with pytest.raises(ValueError, match=words):
            small_race(f"sgd, sgd(lr={text})", evaluate_every=every)


@pytest.mark.parametrize(
    "options", [{"data": three_classes("float64", validation=0)}, {"evaluate_every": 0}]
)
def test_a_warm_plateau_needs_them_too(options):
    """Without them it judges by the training part, or cuts the rate every few epochs."""
    with pytest.raises(ValueError, match="needs"):
        small_race("sgd(lr=warmup(plateau(0.5)))", **options)


def test_automatic_needs_none():
    small_race(
        "sgd(lr=automatic(0.5))", data=three_classes("float64", validation=0), evaluate_every=0
    )
