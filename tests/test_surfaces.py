"""Do rules roll down the surfaces as the answer book does, and as the slides draw them?

R runs, K steps; w (R, K + 1, 2), errors (R, K + 1).
"""

import naive
import numpy as np
import pytest

from minnet import lift
from minnet.catalogue import OPTIMIZERS
from minnet.surfaces import SURFACES, Surface, bowl, roll, rosenbrock, saddle

MAKERS = {make().name: make for make in OPTIMIZERS}
START = {"rosenbrock": (-1.2, 1.0), "bowl": (10.0, 1.0), "saddle": (1.0, 0.25)}
# Numbers with which a rule stays on the surface; the rest keep their defaults.
GENTLE = {"lr": 2e-4, "step": 0.01}


def gentle(name):
    make = MAKERS[name]
    return make(**{key: value for key, value in GENTLE.items() if key in make().numbers})


def naive_path(optimizer, surface, start, steps):
    def gradient(t, w):
        error, *g = surface(*w)
        return error, g

    walk = naive.RULES[{"rprop": "rprop_minus"}.get(optimizer.name, optimizer.name)]
    return walk(np.array(start), gradient, steps, **optimizer.numbers)


# ---------------------------------------------------------------------------- surfaces


@pytest.mark.parametrize("name", SURFACES)
def test_gradients(name):
    surface, g = Surface(name), np.empty(2)
    for w in np.random.default_rng(0).uniform(-2, 2, (20, 2)):
        assert surface(w, g) == pytest.approx(SURFACES[name](*w)[0])
        expected = naive.finite_differences(lambda v: SURFACES[name](*v)[0], w)
        np.testing.assert_allclose(g, expected, rtol=1e-6, atol=1e-6)


def test_values_by_hand():
    """Rosenbrock's start (-1.2, 1): (2.2)^2 + 100 * 0.44^2 = 24.2, and 0 at (1, 1)."""
    assert rosenbrock(-1.2, 1.0) == pytest.approx((24.2, -215.6, -88))
    assert rosenbrock(1.0, 1.0) == (0, 0, 0)
    assert bowl(2.0, 3.0) == (452, 2, 300)
    assert saddle(2.0, 3.0) == (-5, 4, -6)


def test_a_surface_is_its_function_or_its_name():
    surface = Surface(bowl)
    assert surface.name == Surface("bowl").name == "bowl" and surface.function is bowl
    g = np.empty(2)
    assert surface(np.array([2.0, 3.0]), g) == 452 and g.tolist() == [2, 300]


def test_an_unknown_surface_meets_the_nearest_known_one():
    with pytest.raises(ValueError, match=r"^unknown surface 'bowll' \(did you mean 'bowl'\?\)$"):
        Surface("bowll")
    with pytest.raises(ValueError, match="unknown surface 'sea'; there is rosenbrock, bowl, sadd"):
        roll("sea", ["sgd"], (1.0, 1.0), 1)


# ---------------------------------------------------------------------------- rolling


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("surface", [bowl, rosenbrock, saddle])
def test_every_rule_follows_the_answer_book(name, surface):
    """Gradients depend on the place here, so this is where a jump shows."""
    optimizer, start = gentle(name), START[surface.__name__]
    paths = roll(surface.__name__, [optimizer], start, 40)
    expected = naive_path(optimizer, surface, start, 40)
    np.testing.assert_allclose(paths.w[0], expected, rtol=1e-10, atol=1e-10)
    errors = [surface(*w)[0] for w in expected]
    np.testing.assert_allclose(paths.errors[0], errors, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", ["nesterov", "rmsprop_nesterov", "rmsprop_nesterov_jump"])
def test_a_jump_makes_a_difference(name):
    """Or the test above would not see one that is never made."""
    without = {"nesterov": "momentum"}.get(name, "rmsprop_momentum")
    jumping, plain = roll("rosenbrock", [gentle(name), gentle(without)], (-1.2, 1.0), 40).w
    assert np.abs(jumping - plain).max() > 1e-4


def test_irprop_plus_is_told_that_the_error_grew():
    """From (10, 1) across the ravine and back: some moves are taken back, some are not."""
    w = roll("bowl", [MAKERS["irprop_plus"](step=0.7)], (10.0, 1.0), 60).w[0]
    np.testing.assert_allclose(
        w, naive_path(MAKERS["irprop_plus"](step=0.7), bowl, (10.0, 1.0), 60), atol=1e-12
    )
    minus = roll("bowl", [MAKERS["irprop_minus"](step=0.7)], (10.0, 1.0), 60).w[0]
    assert np.abs(w - minus).max() > 0.01


def test_many_runs_from_one_start():
    optimizers = ["sgd(lr=0.001)", gentle("rprop"), "rmsprop"]
    paths = roll("rosenbrock", optimizers, (-1.2, 1.0), 5)
    assert paths.w.shape == (3, 6, 2) and paths.errors.shape == (3, 6)
    assert paths.labels[0] == "sgd(lr=0.001)" and paths.labels[2].startswith("rmsprop(lr=0.001")
    assert (paths.w[:, 0] == [-1.2, 1.0]).all() and np.allclose(paths.errors[:, 0], 24.2)
    for r, optimizer in enumerate(optimizers):
        alone = roll("rosenbrock", [optimizer], (-1.2, 1.0), 5)
        assert alone.w.tobytes() == paths.w[r].tobytes()


def test_no_steps_at_all():
    paths = roll("bowl", ["sgd"], (2.0, 3.0), 0)
    assert paths.w.tolist() == [[[2, 3]]] and paths.errors.tolist() == [[452]]


def test_the_start_is_left_alone():
    start = np.array([1.0, 1.0])
    roll("bowl", ["sgd(lr=0.01)"], start, 3)
    assert start.tolist() == [1, 1]


@pytest.mark.parametrize(
    "start",
    [(1.0,), (1.0, 2.0, 3.0), 1.0, [[1.0, 2.0]], [], (1.0, np.nan), (np.inf, 0.0), (None, 1.0)],
)
def test_a_start_has_two_finite_numbers(start):
    with pytest.raises(ValueError, match="start must be two finite numbers, got "):
        roll("bowl", ["sgd"], start, 0)


@pytest.mark.parametrize("steps", [-1, 1.5, "3", None])
def test_steps_are_a_whole_number(steps):
    with pytest.raises(ValueError, match="steps must be a whole number at least 0, got "):
        roll("bowl", ["sgd"], (1.0, 1.0), steps)


# ---------------------------------------------------------------------------- one's own


def narrow(x, y):
    """A surface of the user's own, with integers where it has no slope."""
    return abs(x) + 0.5 * y * y, (1 if x > 0 else -1), y


def test_a_users_own_surface():
    """|x| + y^2/2 from (1, 1) with lr 0.25: x falls by 0.25, y by a quarter of itself."""
    paths = roll(narrow, ["sgd(lr=0.25)"], (1.0, 1.0), 3)
    np.testing.assert_allclose(
        paths.w[0], [[1, 1], [0.75, 0.75], [0.5, 0.5625], [0.25, 0.75**3]], rtol=1e-7
    )
    assert paths.errors[0, 1] == pytest.approx(0.75 + 0.75**2 / 2)
    again = roll(Surface(narrow), ["sgd(lr=0.25)"], (1.0, 1.0), 3)
    assert again.w.tobytes() == paths.w.tobytes()


def test_a_users_own_rule_on_a_users_own_surface():
    def heavy(w, g, velocity, lr=0.1, momentum=0.9):
        velocity = momentum * velocity - lr * g
        return w + velocity, velocity

    own, ours = roll(narrow, [heavy, MAKERS["momentum"]()], (1.0, 2.0), 30).w
    assert own.tobytes() == ours.tobytes()


def test_a_surface_that_does_not_return_three_values():
    def flat(x, y):
        return x

    with pytest.raises((lift.RuleError, TypeError)):
        roll(flat, ["sgd"], (1.0, 1.0), 1)


# ---------------------------------------------------------------------------- the slides' numbers


def steps_to_the_bottom(optimizer):
    """Steps from (10, 1) until a millionth of the way is left."""
    w = roll("bowl", [optimizer], (10.0, 1.0), 800).w[0]
    near = np.linalg.norm(w, axis=1) < 1e-6 * np.sqrt(101)
    return int(np.argmax(near)) if near.any() else None


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        # sgd: ((100 - 1) / (100 + 1))^691 < 1e-6 <= the power before; lr = 2 / (1 + 100).
        ("sgd(lr=0.019801980198019802)", 691),
        ("momentum(lr=0.01, momentum=0.9)", 235),
        ("nesterov(lr=0.01, momentum=0.9)", 208),
        ("momentum(lr=0.0379, momentum=0.9)", 251),
        ("gains(lr=0.005)", 352),
        ("rprop", 41),
        ("irprop-", 59),
        ("rprop+", 58),
        ("adagrad(lr=1)", 419),
    ],
)
def test_steps_down_a_ravine(text, steps):
    """Claims 6c.5, 6c.6, 6d.10 and 6d.11 of the list."""
    assert steps_to_the_bottom(text) == steps


def test_too_big_a_rate_climbs_the_ravine():
    """lr * 100 = 1.9, 2, 2.1: the stiff coordinate times -0.9, -1, -1.1 each step (6a.9)."""
    for rate, factor in ((0.019, -0.9), (0.02, -1.0), (0.021, -1.1)):
        y = roll("bowl", [MAKERS["sgd"](rate)], (0.0, 1.0), 100).w[0, :, 1]
        np.testing.assert_allclose(y[1:] / y[:-1], factor, rtol=1e-9)


@pytest.mark.parametrize("lr", [0.1, 0.01])
def test_rmsprop_ends_in_a_two_cycle(lr):
    """At a constant rate it does not converge: lr / 2 to each side, on every axis (6e.19)."""
    w = roll("bowl", [MAKERS["rmsprop"](lr=lr, eps=1e-300)], (10.0, 1.0), 3000).w[0]
    np.testing.assert_allclose(np.abs(w[-2:]), lr / 2, rtol=1e-3)
    assert np.all(w[-1] * w[-2] < 0)


@pytest.mark.parametrize(
    ("text", "steps"),
    [("sgd(0.01)", 349), ("rmsprop(0.01)", 72), ("momentum(0.01)", 72), ("adagrad(0.01)", 1263)],
)
def test_steps_off_a_saddle(text, steps):
    """From (1, 1/1000) until |y| > 1; for sgd ln(1000) / ln(1.02) = 348.8."""
    w = roll("saddle", [text], (1.0, 1e-3), 1300).w[0]
    assert np.argmax(np.abs(w[:, 1]) > 1) == steps
