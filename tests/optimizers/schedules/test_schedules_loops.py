"""Every loop (replay, walk, roll and race) gives a rule its schedule's number at each step.

K steps, counted from 1; 28 training cases in mini-batches of 5 are 6 steps an epoch
"""

import json
import re

import numpy as np
import pytest
from schedule_cases import ADAPTIVE, BY_HAND, gradient_of, schedule, small_race, told
from small_races import DTYPES, NET, three_classes

import minnet as mn
from minnet.cli import main as cli
from minnet.optimizers import schedules
from minnet.optimizers.optimizer import custom
from minnet.surfaces import roll

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
