"""A checkpoint of another race (data, net or optimizers) is refused, and the error says why."""

import numpy as np
import pytest
from checkpoint_races import assert_same, ctrl_c_at, small_race
from small_races import heavy, never, three_classes

import minnet as mn
from minnet import archive
from minnet.optimizers import schedules
from minnet.optimizers.optimizer import custom
from minnet.racing import checkpoint


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("data", {"data": three_classes(seed=5)}),
        ("data", {"data": three_classes(test=0.125)}),
        ("net", {"net": mn.MLP([3, 4, 3], "tanh", l2=0.02)}),
        ("net", {"net": mn.MLP([3, 4, 3], "relu", l2=0.01)}),
        ("net", {"net": mn.MLP([3, 5, 3], "tanh", l2=0.01)}),
        ("start weights", {"start": np.zeros(31)}),
        ("start weights", {"seed": 4, "plan": mn.Plan(28, 5, 2, seed=3)}),
        ("plan", {"plan": mn.Plan(28, 5, 2, seed=4)}),
        ("plan", {"epochs": 3}),
        ("plan", {"batch_size": 4}),
        ("plan", {"plan": "cyclic"}),
        ("plan", {"keep_short": False}),
        ("optimizers", {"optimizers": "sgd(0.5), adam(0.1)"}),
        ("optimizers", {"optimizers": "sgd(0.5), rprop, adam(0.1)"}),
        ("optimizers", {"optimizers": "sgd(0.5), adam(0.10000001), rprop"}),
        ("optimizers", {"optimizers": "sgd(lr=cosine(0.5)), adam(0.1), rprop"}),
    ],
)
def test_another_race_is_refused_and_told_what_differs(path, what, other):
    small_race(checkpoint=path, progress=ctrl_c_at(6))
    before = path.read_bytes()
    words = rf"^'.*race\.npz' is of another race: its {what} is .*, here .*"
    with pytest.raises(ValueError, match=words) as refusal:
        small_race(checkpoint=path, resume=True, progress=never, **other)
    assert "\n" not in str(refusal.value)
    assert path.read_bytes() == before


def test_another_dtype_is_refused(path):
    """The start weights differ too, unless they are the same in both; then the dtype is named."""
    start = np.zeros(31)
    small_race(checkpoint=path, start=start)
    with pytest.raises(ValueError, match=r"is of another race: its (dtype|start weights) is "):
        small_race(checkpoint=path, resume=True, start=start, dtype="float64")
    text, arrays = checkpoint.read(path)
    text["identity"]["dtype"] = "float64"
    archive.write(path, text, arrays)
    with pytest.raises(ValueError, match="its dtype is float64, here float32"):
        small_race(checkpoint=path, resume=True, start=start)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mn.MLP([3, 3], l2=0.01), mn.MLP([3, 3], l2=0.01, l2_biases=True)),
        (mn.MLP([3, 3], l2=0.01), mn.MLP([3, 3], l2=0.01000001)),
        (
            mn.MLP([3, 2, 2, 2, 3], ["tanh", "relu", "tanh"]),
            mn.MLP([3, 2, 2, 2, 3], ["tanh", "relu", "relu"]),
        ),
    ],
    ids=["l2_biases", "l2 to 7 digits", "order of the units"],
)
def test_another_net_of_the_same_description_is_refused(path, one, other):
    small_race(net=one, checkpoint=path)
    with pytest.raises(ValueError, match="another race"):
        small_race(net=other, checkpoint=path, resume=True)


def light():
    def heavy(w, g, velocity, lr=0.1, momentum=0.9):
        velocity = 0.1 * velocity - lr * g
        return w + velocity, velocity

    return heavy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mn.SGD(schedules.given([0.1, 0.2])), mn.SGD(schedules.given([0.3, 0.4]))),
        (custom(heavy), custom(light())),
    ],
    ids=["values given outright", "a user's rule, rewritten"],
)
def test_another_optimizer_of_the_same_label_is_refused(path, one, other):
    small_race([one], checkpoint=path)
    with pytest.raises(ValueError, match="another race"):
        small_race([other], checkpoint=path, resume=True)


NESTED = """
def nested(w, g, lr=0.1):
    half = lambda x: 0.5 * x
    return w - lr * half(g)
"""


def test_a_rule_with_a_function_inside_is_the_same_in_another_process(path):
    """Played by reading the same file twice."""
    rules = [{"__name__": "mine"}, {"__name__": "mine"}]
    for scope in rules:
        exec(compile(NESTED, "mine.py", "exec"), scope)
    one, other = (custom(scope["nested"]) for scope in rules)
    whole = small_race([one], checkpoint=path)
    assert_same(small_race([other], checkpoint=path, resume=True), whole)
