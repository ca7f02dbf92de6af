"""Do dialects print and refuse as they should, and is every rule of theirs plain arithmetic?"""

import ast
import inspect

import numba
import numpy as np
import pytest
from dialect_cases import OPTIONS, distance, label, rates, stream
from driven import driven, made
from new_python import printed
from test_dialects_mutants import own_rules

import minnet as mn
from minnet import dialects
from minnet.dialects import BY_NAME, keras, optax, slide, tf1, torch
from minnet.kernels import jit
from minnet.optimizers.schedules import given

compiled_only = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="NUMBA_DISABLE_JIT: nothing is compiled"
)

# ---------------------------------------------------------------------------- words


def test_a_dialect_prints_itself_as_its_library_would_be_called():
    optimizer = torch.RMSprop(lr=0.01, momentum=0.9, centered=True)
    assert optimizer.name == "torch.rmsprop"
    assert optimizer.short == "torch.rmsprop(lr=0.01, momentum=0.9, centered=True)"
    assert str(optimizer) == repr(optimizer) == (
        "torch.rmsprop(lr=0.01, alpha=0.99, eps=1e-08, momentum=0.9, centered=True)"
    )  # fmt: skip
    assert str(keras.Adagrad(initial_accumulator_value=0.0)).endswith(
        "initial_accumulator_value=0, epsilon=1e-07)"
    )
    assert torch.Rprop().short == "torch.rprop(lr=0.01)"
    assert "etas=(0.5, 1.2), step_sizes=(1e-06, 50)" in str(torch.Rprop())


def test_its_numbers_bear_the_names_of_minnet():
    for optimizer in (torch.RMSprop(0.02), keras.RMSprop(0.02), optax.rmsprop(0.02)):
        assert optimizer.hyperparameters["lr"] == 0.02
        assert {"decay", "eps"} <= set(optimizer.hyperparameters)


def read(text):
    """The optimizer that a printed dialect names."""
    call = ast.parse(text, mode="eval").body
    words = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
    return BY_NAME[ast.unparse(call.func)](**words)


@pytest.mark.parametrize("name", OPTIONS)
def test_what_it_prints_makes_it_again(name):
    for options in OPTIONS[name]:
        optimizer = made(name, options, rates("constant"))
        for text in (str(optimizer), optimizer.short):
            again = read(text)
            assert str(again) == str(optimizer)
            assert again.rule is optimizer.rule
            assert again.hyperparameters == optimizer.hyperparameters


def test_a_schedule_may_stand_for_a_number():
    optimizer = keras.SGD(given([0.1, 0.2]), momentum=0.9)
    assert optimizer.short == "keras.sgd(learning_rate=given(2 values), momentum=0.9)"
    moves = np.diff(mn.replay(keras.SGD(given([0.1, 0.2])), 0.0, [1.0, 1.0])[:, 0])
    np.testing.assert_allclose(moves, [-0.1, -0.2])


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: optax.rmsprop(), TypeError, "optax.rmsprop: missing .*'learning_rate'"),
        (lambda: torch.RMSprop(decay=0.9), TypeError, "torch.rmsprop: .*'decay'.*alpha=0.99"),
        (lambda: torch.RMSprop(lr=-1), ValueError, "torch.rmsprop: lr must be greater than 0"),
        (lambda: torch.SGD(nesterov=True), ValueError, "nesterov needs a momentum"),
        (
            lambda: torch.SGD(momentum=0.9, dampening=0.1, nesterov=True),
            ValueError,
            "nesterov needs a momentum and no dampening",
        ),
        (lambda: tf1.AdagradOptimizer(0.1, 0.0), ValueError, "must be greater than 0"),
        (lambda: torch.Rprop(etas=(1.1, 1.2)), ValueError, "eta_minus"),
    ],
)
def test_wrong_arguments_are_refused_by_name(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_all_makers_are_told():
    for name, make in BY_NAME.items():
        library = getattr(dialects, name.split(".")[0])
        assert make in vars(library).values()
    assert all(make.__doc__ for make in BY_NAME.values())


# ---------------------------------------------------------------------------- facts


def path(optimizer, scale=1.0):
    w0, gradients = stream()
    return mn.replay(optimizer, w0, scale * gradients)


def test_tf1_is_optax_whose_mean_square_starts_at_1():
    mine = path(tf1.RMSPropOptimizer(0.01, momentum=0.9, centered=True))
    theirs = path(optax.rmsprop(0.01, eps=1e-10, momentum=0.9, centered=True, initial_scale=1.0))
    np.testing.assert_array_equal(mine, theirs)


def test_keras_is_optax_with_another_eps():
    mine, theirs = path(keras.RMSprop(0.01)), path(optax.rmsprop(0.01, eps=1e-7))
    assert distance(mine, theirs) < 1e-13


def test_torch_is_optax_with_eps_outside():
    mine = path(torch.RMSprop(0.01, alpha=0.9))
    assert distance(mine, path(optax.rmsprop(0.01, eps_in_sqrt=False))) < 1e-13


def test_the_rate_inside_or_outside_is_the_same_while_it_is_constant():
    for options in ({}, {"nesterov": True}):
        inside = path(keras.SGD(0.01, momentum=0.9, **options))
        assert distance(inside, path(torch.SGD(0.01, momentum=0.9, **options))) < 1e-12
    falling = given([0.1] * 10 + [0.01] * 40)
    inside, outside = (
        path(keras.SGD(falling, momentum=0.9)), path(torch.SGD(falling, momentum=0.9)),
    )  # fmt: skip
    assert distance(inside[:11], outside[:11]) < 1e-12 < 0.01 < distance(inside, outside)


def test_the_slide_does_not_see_the_scale_of_the_gradients():
    w0, gradients = stream()
    ordinary = gradients[:, [0, 1, 3, 5, 7]]
    one = mn.replay(slide.RMSprop(0.01), w0[[0, 1, 3, 5, 7]], ordinary)
    for scale in (1e-9, 1e9):
        other = mn.replay(slide.RMSprop(0.01), w0[[0, 1, 3, 5, 7]], scale * ordinary)
        assert distance(one, other) < 1e-12


def test_the_slide_takes_0_over_0_for_0_and_hides_no_nan():
    assert mn.replay(slide.RMSprop(), 1.0, [0.0, 0.0])[-1, 0] == 1.0
    assert np.isnan(mn.replay(slide.RMSprop(), 1.0, [np.nan])[-1, 0])


def test_maximize_climbs_as_far_as_minimize_falls():
    _, gradients = stream()
    start = np.zeros(gradients.shape[1])
    for make in (torch.SGD, torch.RMSprop, torch.Adagrad, torch.Rprop, torch.Adam, torch.Adadelta):
        down = mn.replay(make(), start, gradients)
        np.testing.assert_array_equal(mn.replay(make(maximize=True), start, gradients), -down)


def test_a_dialect_races():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((40, 3))
    data = mn.from_arrays(x, x @ np.ones((3, 1)), name="plane")
    net = mn.MLP([3, 2, 1], hidden="tanh", loss="squared")
    runs = [torch.RMSprop(), keras.RMSprop(), tf1.RMSPropOptimizer(0.01), optax.rmsprop(0.01)]
    report = mn.race(net, data, runs, batch_size=20, epochs=2, seed=1)
    assert np.isfinite(report.losses).all()
    assert report.labels[2] == "tf1.rmsprop(learning_rate=0.01, decay=0.9, epsilon=1e-10)"


# ---------------------------------------------------------------------------- plain rules


@pytest.mark.parametrize("rule", own_rules(), ids=lambda rule: rule.__name__)
def test_rules_are_plain_arithmetic(rule):
    """Bare numbers would widen float32; flags, checks and NumPy do not belong in a formula."""
    body = ast.parse(inspect.getsource(rule)).body[0]
    assert ast.get_docstring(body)
    for node in (node for statement in body.body[1:] for node in ast.walk(statement)):
        assert not isinstance(node, (ast.Constant, ast.Raise, ast.Assert, ast.Try, ast.For))
        assert not (isinstance(node, ast.Name) and node.id in ("np", "int", "float", "bool"))


@pytest.mark.slow
@compiled_only
@pytest.mark.parametrize("rule", own_rules(), ids=lambda rule: rule.__name__)
def test_float32_stays_float32(rule):
    arguments = (numba.float32,) * len(inspect.signature(rule).parameters)
    overload = numba.njit(arguments, **jit.FLAGS)(rule).overloads[arguments]
    returned = overload.signature.return_type
    assert set(getattr(returned, "types", [returned])) == {numba.float32}
    assert numba.float64 not in set(overload.type_annotation.typemap.values())


@pytest.mark.parametrize("name", OPTIONS)
def test_float32_follows_float64(name):
    """In single precision every dialect stays near its own path in double."""
    w0, gradients = stream(delicate=True)
    columns = [0, 1, 5, 7]  # no tiny gradients: their squares are less than float32 can hold
    w0, gradients, at = w0[columns], gradients[:, columns], rates("constant")
    single = driven(name, OPTIONS[name][0], w0.astype("float32"), gradients, at)
    double = driven(name, OPTIONS[name][0], w0, gradients, at)
    assert single.dtype == np.float32
    assert distance(single.astype(float), double) < 1e-4, label(name, OPTIONS[name][0])


def test_importing_the_dialects_imports_no_library():
    text = (
        "import sys, minnet.dialects.compare\n"
        "print([m for m in ('torch', 'keras', 'optax', 'jax', 'tensorflow') if m in sys.modules])"
    )
    assert printed(text).strip() == "[]"
    assert dialects.torch.__name__ == "minnet.dialects.torch"
