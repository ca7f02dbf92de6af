"""Does the loop around a scalar rule do what the rule says, and is a bad rule told why?"""

import math

import numba
import numpy as np
import pytest
from numba.core import event
from small_races import heavy

from minnet import rules
from minnet.descent.walk import replay
from minnet.kernels import cache as kernel_cache
from minnet.optimizers.catalogue import Momentum, RMSprop
from minnet.optimizers.optimizer import Optimizer, custom
from minnet.rules import lift, neighbours
from minnet.rules.lift import RuleError

ONE = np.float32(1)

compiled_only = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="asks what Numba compiles, and nothing is compiled"
)


# ---------------------------------------------------------------------------- a rule's parameters


@pytest.mark.parametrize(
    ("rule", "slots", "numbers"),
    [
        (rules.sgd, (), {"lr": 0.1}),
        (rules.momentum, ("velocity",), {"lr": 0.1, "momentum": 0.9}),
        (
            rules.irprop_plus,
            ("size", "g_before", "move"),  # `worse` is given, not remembered
            {"eta_plus": 1.2, "eta_minus": 0.5, "step_min": 1e-6, "step_max": 50.0},
        ),
        (
            neighbours.adam,  # and so is `t`
            ("mean", "mean_square"),
            {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        ),
    ],
)
def test_slots_have_no_default_and_numbers_have_one(rule, slots, numbers):
    found = lift.slots_and_hyperparameters(rule)
    assert found == (slots, numbers)
    assert list(found[1]) == list(numbers)
    with pytest.raises(TypeError):
        found[1]["lr"] = 0.2  # it is remembered, so it cannot be changed


GOLDEN = """\
def lifted(w, g, slots, hyper, step_number, worse):
    lr = hyper[0]
    up = hyper[1]
    down = hyper[2]
    low = hyper[3]
    high = hyper[4]
    t = w.dtype.type(step_number)
    for i in range(w.size):
        w[i], slots[0, i], slots[1, i] = scalar(w[i], g[i], slots[0, i], slots[1, i], t, lr, \
up, down, low, high)
"""

GOLDEN_JUMP = """\
def lifted(w, g, slots, hyper, step_number, worse):
    momentum = hyper[1]
    for i in range(w.size):
        g[i] = scalar(w[i], slots[0, i], momentum)
"""


def test_the_text_that_a_debugger_shows():
    assert lift.source(rules.gains, rules.gains) == GOLDEN
    assert lift.source(rules.momentum, rules.jump, jump=True) == GOLDEN_JUMP


def test_a_jump_takes_its_slots_from_the_rule_it_goes_with():
    """The velocity stands second in rmsprop_momentum, and its momentum third among the numbers."""
    text = lift.source(rules.rmsprop_momentum, rules.jump, jump=True)
    assert "momentum = hyper[2]" in text and "scalar(w[i], slots[1, i], momentum)" in text


# ---------------------------------------------------------------------------- steps


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_step_changes_weights_and_slots_in_place(dtype):
    """v = 0.5 v - 0.25 g, w += v, by hand: v = 1, -2 and g = 4, 8."""
    step, _, looks_ahead = Momentum(lr=0.25, momentum=0.5).compiled(dtype)
    w, g, slots = np.ones(2, dtype), np.array([4, 8], dtype), np.array([[1, -2]], dtype)
    assert step(w, g, slots, np.array([0.25, 0.5], dtype), 1, False) is None
    assert not looks_ahead
    np.testing.assert_array_equal(slots, [[-0.5, -3]])
    np.testing.assert_array_equal(w, [0.5, -2])
    np.testing.assert_array_equal(g, [4, 8])


def test_a_jump_writes_where_to_measure_and_nothing_else():
    optimizer = Optimizer("looking", rules.momentum, jump=rules.jump)
    _, jump, looks_ahead = optimizer.compiled("float64")
    w, ahead, slots = np.array([1.0, 2.0]), np.zeros(2), np.array([[4.0, -4.0]])
    jump(w, ahead, slots, np.array([0.1, 0.5]), 1, False)
    assert looks_ahead
    np.testing.assert_array_equal(ahead, [3, 0])
    np.testing.assert_array_equal(w, [1, 2])
    np.testing.assert_array_equal(slots, [[4, -4]])


def test_a_rule_is_given_the_step_and_whether_the_error_grew():
    def told(w, g, last, t, worse, lr=1.0):
        return (w - lr * t if worse else w + lr * t), t

    path = replay(told, np.zeros(2), np.zeros((4, 2)), [1.0, 2.0, 2.0, 3.0])
    np.testing.assert_array_equal(path[:, 0], [0, 1, -1, 2, -2])  # +1 -2 +3 -4
    np.testing.assert_array_equal(path[:, 1], path[:, 0])


def test_t_is_of_the_weights_dtype():
    """A float64 step number would widen a float32 rule: 1/3 tells which it was."""

    def thirds(w, g, t, lr=1.0):
        return w + lr * (ONE / (t + ONE + ONE))

    path = replay(thirds, np.float32(0), np.zeros(1, np.float32))
    assert path[1, 0] == np.float32(1) / np.float32(3)
    assert replay(thirds, 0.0, np.zeros(1))[1, 0] == 1 / 3


def test_parameters_may_stand_in_any_order_after_w_and_g():
    def mixed(w, g, lr=0.1, *, t=None):  # pragma: no cover
        return w

    def ordered(w, g, worse, a, t, b, momentum=0.5, lr=1.0):
        return w + lr * (10 * a + b) + momentum, a + t, b + 2 * t

    with pytest.raises(RuleError, match="ordinary"):
        lift.slots_and_hyperparameters(mixed)
    # a, b = 0, 0 then 1, 2 then 3, 6: 0 + 12 + 36, and a half each time
    path = replay(custom(ordered), 0.0, np.zeros(3), np.zeros(3))
    np.testing.assert_array_equal(path[:, 0], [0, 0.5, 13, 49.5])


# ---------------------------------------------------------------------------- a user's own rule


def divided(w, g, mean_square, lr=0.001, decay=0.9, eps=1e-8):
    mean_square = decay * mean_square + (ONE - decay) * g * g
    return w - lr * g / (math.sqrt(mean_square) + eps), mean_square


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("own", "ours"), [(heavy, Momentum()), (divided, RMSprop())])
def test_the_same_formula_gives_the_same_bits(own, ours, dtype):
    rng = np.random.default_rng(3)
    w0, gradients = rng.normal(size=100).astype(dtype), rng.normal(size=(50, 100)).astype(dtype)
    assert replay(own, w0, gradients).tobytes() == replay(ours, w0, gradients).tobytes()


def test_an_already_compiled_rule_works():
    path = replay(numba.njit(heavy), np.zeros(2), [[1.0, -2.0], [3.0, 4.0]])
    assert path.tobytes() == replay(heavy, np.zeros(2), [[1.0, -2.0], [3.0, 4.0]]).tobytes()


def test_a_closure_keeps_what_it_closes_over():
    def times(factor):
        def rule(w, g, lr=1.0):
            return w - lr * factor * g

        return rule

    assert replay(times(2.0), 0.0, [1.0])[1, 0] == -2
    assert replay(times(3.0), 0.0, [1.0])[1, 0] == -3


def test_a_value_outside_a_rules_domain_says_nothing_about_others():
    """A rule is tried at 0.5; it may divide by zero there, or take a root of something negative."""

    def pole(w, g, lr=1.0):
        return w + lr / (g - 0.5) + math.sqrt(g - 1)

    assert replay(pole, 0.0, [2.5])[1, 0] == 0.5 + math.sqrt(1.5)


@compiled_only
def test_the_second_use_compiles_nothing():
    def fresh(w, g, velocity, lr=0.1):
        return w - lr * g, velocity

    gradients = np.ones((3, 2))
    replay(fresh, np.zeros(2), gradients)
    replay(RMSprop(), np.zeros(2), gradients)
    before = list(kernel_cache.compiled)
    with event.install_recorder("numba:compile") as seen:
        replay(fresh, np.zeros(2), gradients)
        replay(custom(fresh, lr=0.7), np.zeros(5), np.ones((4, 5)))
        replay(RMSprop(0.5), np.zeros(4), np.ones((2, 4)))
    assert not seen.buffer
    assert kernel_cache.compiled == before
    with event.install_recorder("numba:compile") as seen:
        replay(fresh, np.zeros(2, np.float32), gradients)
    assert seen.buffer  # so that the recorder would have told


@compiled_only
def test_every_step_has_the_one_signature():
    for dtype in ("float32", "float64"):
        one = lift.signature(dtype)
        assert lift.signature(dtype) is one
        for rule in (rules.sgd, rules.irprop_plus, neighbours.adam, heavy):
            assert lift.lift(rule, rule, dtype).signature() == one
    assert lift.signature("float32") != lift.signature("float64")


# ---------------------------------------------------------------------------- bad rules


def takes_x(x, g):
    return x


def takes_nothing():
    return 0.0


def with_args(w, g, *rest):
    return w


def with_keyword_only(w, g, *, lr=0.1):
    return w


def with_any_keywords(w, g, **others):
    return w


def forgets_its_slot(w, g, velocity, lr=0.1):
    return w - lr * g


def forgets_one_of_two(w, g, velocity, mean, lr=0.1):
    return w - lr * g, velocity


def returns_too_much(w, g, lr=0.1):
    return w - lr * g, g


def unknown_name(w, g, lr=0.1):
    return w - rate * g  # noqa: F821


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (takes_x, "a rule takes w, g, then its slots and its hyperparameters; takes_x takes x, g"),
        (takes_nothing, "takes_nothing takes nothing"),
        (with_args, r"rule with_args: parameter \*rest must be an ordinary one"),
        (with_keyword_only, "rule with_keyword_only: parameter lr=0.1 must be an ordinary one"),
        (with_any_keywords, r"parameter \*\*others must be an ordinary one"),
        (forgets_its_slot, r"forgets_its_slot returns 1 value\(s\), but must return 2: the new"),
        (forgets_one_of_two, r"returns 2 value\(s\), but must return 3"),
        (returns_too_much, r"returns 2 value\(s\), but must return 1"),
        (unknown_name, "rule unknown_name: NameError: name 'rate' is not defined .line "),
    ],
)
def test_a_bad_rule_is_told_what_is_wrong(rule, words):
    with pytest.raises(RuleError, match=words) as caught:
        replay(rule, 0.0, [1.0])
    assert "\n" not in str(caught.value)


def test_the_line_of_the_mistake_is_named():
    with pytest.raises(RuleError) as caught:
        replay(unknown_name, 0.0, [1.0])
    line = unknown_name.__code__.co_firstlineno + 1
    assert f"line {line} of" in str(caught.value) and "test_lift.py" in str(caught.value)


def test_a_mistake_in_a_function_that_the_rule_calls():
    def scaled(g):
        return g * missing  # noqa: F821

    def calls(w, g, lr=0.1):
        return w - lr * scaled(g)

    with pytest.raises(RuleError, match="name 'missing' is not defined"):
        replay(calls, 0.0, [1.0])


@compiled_only
@pytest.mark.parametrize(
    "bad",
    [
        lambda w, g: np.linalg.svd(w),
        lambda w, g: w - g * float(str(g)),
        lambda w, g: None,
        lambda w, g: [w],
        lambda w, g: (w,),
    ],
    ids=["svd", "text", "none", "list", "tuple"],
)
def test_what_numba_cannot_compile_is_one_readable_line(bad):
    with pytest.raises(RuleError) as caught:
        replay(bad, 0.0, [1.0])
    message = str(caught.value)
    assert "\n" not in message and len(message) < 400
    if "does not compile" in message:
        assert message.endswith("a rule uses arithmetic, math, min, max, if")


def test_a_rule_error_is_a_type_error():
    assert issubclass(RuleError, TypeError)


def written(text):
    """The rule in a text, as one written in a user's file."""
    scope = {"__name__": "mine"}
    exec(text, scope)
    return scope["rule"]


@pytest.mark.parametrize(
    "name",
    [
        "i", "step_number", "hyper", "slots", "scalar", "lifted", "range",
    ],
)  # fmt: skip
def test_the_names_of_the_loop_are_not_a_rules(name):
    """Silently taking the loop's variable for a rule's number would be the worst."""
    number = f"def rule(w, g, past, t, {name}=0.5, zoom=1.0):\n    return w - zoom * {name}, past\n"
    slot = f"def rule(w, g, {name}, lr=0.1):\n    return w - lr * g, {name}\n"
    for text in (number, slot):
        with pytest.raises(
            RuleError, match=f"^rule rule: the loop around it uses the name '{name}'$"
        ):
            replay(written(text), np.zeros(3), np.ones((1, 3)))


@pytest.mark.parametrize("name", ["k", "n", "size", "dtype", "step", "w0", "rule", "jump"])
def test_any_other_name_is_a_rules(name):
    text = (
        f"def rule(w, g, past, t, {name}=0.5, zoom=1.0):\n    return w - zoom * {name} * g, past\n"
    )
    path = replay(written(text), np.zeros(3), np.ones((1, 3)))
    np.testing.assert_array_equal(path[1], -0.5)
