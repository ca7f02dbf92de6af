"""How a schedule stands in a label and is read back, and how an optimizer holds it."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from schedule_cases import BY_HAND, schedule

import minnet as mn
from minnet.optimizers import schedules
from minnet.optimizers.schedules import SCHEDULES, Course

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
