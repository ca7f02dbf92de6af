"""Do rules roll down the surfaces as the answer book does, and as the slides draw them?

R runs, K steps; w (R, K + 1, 2), errors (R, K + 1).
"""

import numba
import numpy as np
import pytest
from small_races import heavy

from minnet import naive
from minnet.descent.plan import Plan
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.rules import lift
from minnet.surfaces import Surface, as_surface, bowl, linear_neuron, plane, plateau, roll

INTERPRETED = bool(numba.config.DISABLE_JIT)
MAKERS = {make().name: make for make in OPTIMIZERS}
START = {"rosenbrock": (-1.2, 1.0), "bowl": (10.0, 1.0), "saddle": (1.0, 0.25)}
# Numbers with which a rule stays on the surface; the rest keep their defaults.
GENTLE = {"lr": 2e-4, "step": 0.01}


def gentle(name):
    make = MAKERS[name]
    return make(**{key: value for key, value in GENTLE.items() if key in make().hyperparameters})


PLAIN = {  # the same surfaces, written down once more
    "rosenbrock": lambda x, y: (
        (1 - x) ** 2 + 100 * (y - x**2) ** 2, -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)
    ),
    "bowl": lambda x, y: (0.5 * (x**2 + 100 * y**2), x, 100 * y),
    "saddle": lambda x, y: (x**2 - y**2, 2 * x, -2 * y),
}  # fmt: skip


def naive_path(optimizer, surface, start, steps):
    def gradient(t, w):
        error, *g = PLAIN[surface](*w)
        return error, g

    walk = naive.RULES[{"rprop": "rprop_minus"}.get(optimizer.name, optimizer.name)]
    return walk(np.array(start), gradient, steps, **optimizer.hyperparameters)


# ---------------------------------------------------------------------------- rolling


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("surface", PLAIN)
def test_every_rule_follows_the_answer_book(name, surface):
    """Gradients depend on the place here, so this is where a jump shows."""
    optimizer, start = gentle(name), START[surface]
    paths = roll(surface, [optimizer], start, 40)
    expected = naive_path(optimizer, surface, start, 40)
    np.testing.assert_allclose(paths.w[0], expected, rtol=1e-10, atol=1e-10)
    errors = [PLAIN[surface](*w)[0] for w in expected]
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
        w, naive_path(MAKERS["irprop_plus"](step=0.7), "bowl", (10.0, 1.0), 60), atol=1e-12
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


# ---------------------------------------------------------------------------- noise and cases


def test_noise_is_added_to_the_gradient_alike_for_all():
    """The same seed, the same noise: sgd's steps differ from those without it by -lr * noise."""
    noise = 0.5 * np.random.default_rng(3).standard_normal((2, 2))
    both = roll("plane", ["sgd(lr=0.1)", "sgd(lr=0.2)"], (0, 0), 2, noise=0.5, seed=3)
    for w, lr in zip(both.w, (0.1, 0.2), strict=True):
        np.testing.assert_allclose(np.diff(w, axis=0), -lr * (noise - (1, 0)), atol=1e-15)
    assert both.setting == "gradient noise of sd 0.5, seed 3"
    np.testing.assert_allclose(both.errors, -both.w[:, :, 0])  # of the surface without noise
    other = roll("plane", ["sgd(lr=0.1)"], (0, 0), 2, noise=0.5, seed=4)
    assert np.abs(other.w[0] - both.w[0]).max() > 0.01


def test_noise_comes_after_a_jump():
    jumping = roll("plane", ["nesterov(lr=0.1)"], (0, 0), 20, noise=0.5).w
    plain = roll("plane", ["momentum(lr=0.1)"], (0, 0), 20, noise=0.5).w
    assert jumping.tobytes() == plain.tobytes()  # on a plane the gradient is the same everywhere


X = np.array([(1.0, 0.2), (0.2, 1.0), (0.5, 0.5), (-1.0, 2.0), (0.3, -0.7)])
T = np.array([1.0, -1.0, 2.0, 0.5, 0.0])


def online(batches, lr, steps):
    """Gradient descent on mini-batches of X, T, written down as it is said."""
    w, path = np.zeros(2), [np.zeros(2)]
    for k in range(steps):
        b = batches[k % len(batches)]
        w = w + lr * (T[b] - X[b] @ w) @ X[b]
        path.append(w)
    return np.array(path)


@pytest.mark.parametrize(
    ("size", "batches"),
    [(1, [[0], [1], [2], [3], [4]]), (2, [[0, 1], [2, 3], [4]]), (5, [[0, 1, 2, 3, 4]])],
)
def test_cyclic_mini_batches_of_a_linear_neuron(size, batches):
    paths = roll(linear_neuron(X, T), ["sgd(lr=0.1)"], (0, 0), 12, batch_size=size)
    expected = online(batches, 0.1, 12)
    np.testing.assert_allclose(paths.w[0], expected, atol=1e-14)
    left = T - expected @ X.T  # the errors are those of all cases
    np.testing.assert_allclose(paths.errors[0], 0.5 * np.sum(left**2, axis=1))
    assert paths.setting == f"cyclic mini-batches of {size}"


def test_shuffled_mini_batches_follow_a_plan():
    steps, plan = 13, Plan(len(X), 2, 5, "shuffled", seed=8)
    paths = roll(
        linear_neuron(X, T), ["sgd(lr=0.1)"], (0, 0), steps, batch_size=2, order="shuffled", seed=8
    )
    np.testing.assert_allclose(paths.w[0], online(list(plan), 0.1, steps), atol=1e-14)
    assert paths.setting == "shuffled mini-batches of 2, seed 8"


def test_a_jump_is_measured_on_the_mini_batch():
    """v = a v - lr g(w + a v), w += v, with the case of each step."""
    w, v, surface = np.zeros(2), np.zeros(2), linear_neuron(X, T)
    path = roll(surface, ["nesterov(lr=0.1, momentum=0.5)"], (0, 0), 7, batch_size=1).w[0]
    for k in range(7):
        x, t = X[k % 5], T[k % 5]
        v = 0.5 * v + 0.1 * (t - x @ (w + 0.5 * v)) * x
        w = w + v
        np.testing.assert_allclose(path[k + 1], w, atol=1e-14)


def test_only_surfaces_of_cases_have_mini_batches():
    with pytest.raises(ValueError, match="batch_size is for surfaces made of cases, like linear"):
        roll("bowl", ["sgd"], (1, 1), 3, batch_size=1)
    with pytest.raises(ValueError, match=r"between 1 and 2 \(cases of the surface\), got 3"):
        roll("linear_neuron", ["sgd"], steps=3, batch_size=3)
    with pytest.raises(ValueError, match="noise must be a finite number, at least 0, got -1"):
        roll("bowl", ["sgd"], steps=3, noise=-1)


# ---------------------------------------------------------------------------- divergence


def test_divergence_is_recorded_and_harms_no_other_run():
    """Times -99 each step in y: 1e308 is passed after 155 steps; the other run goes on."""
    paths = roll("bowl", ["sgd(lr=1)", "sgd(lr=0.01)"], (0.0, 1.0), 200)
    lost = int(np.log(1.79e308) / np.log(99)) + 1
    assert abs(paths.diverged_at[0] - lost / 2) <= 2  # the error, a square, is the first to pass
    assert paths.diverged_at[1] == 0
    assert np.isnan(paths.w[0, -1]).all() and np.isnan(paths.errors[0, -1])
    assert np.isnan(paths.steps_to()[0]) and paths.steps_to()[1] == 1


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
    own, ours = roll(narrow, [heavy, MAKERS["momentum"]()], (1.0, 2.0), 30).w
    assert own.tobytes() == ours.tobytes()


def test_a_surface_that_does_not_return_three_values():
    def flat(x, y):
        return x

    with pytest.raises((lift.RuleError, TypeError)):
        roll(flat, ["sgd"], (1.0, 1.0), 1)


# ---------------------------------------------------------------------------- the slides' numbers


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
    assert roll("bowl", [text], steps=800).steps_to() == steps


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


@pytest.mark.parametrize(
    ("text", "flat", "turned"),
    [
        ("gains(lr=0.005)", 352, 661),
        ("rprop(step_min=1e-12)", 41, 1527),
        ("irprop-(step_min=1e-12)", 59, 365),
        ("rprop+", 58, 210),
        ("adagrad(lr=1)", 419, 1229),
    ],
)
def test_a_turned_ravine_is_slow_for_rates_of_single_weights(text, flat, turned):
    """Claim 6d.10: the counts of the list, which let Rprop's steps shrink without limit."""
    for angle, steps in ((0, flat), (90, flat), (45, turned)):
        found = roll(bowl(100, angle), [text], steps=1600).steps_to()
        # gains switch by the sign of a product near 0, so a last bit can cost a few steps
        assert abs(found - steps) <= (8 if text.startswith("gains") and angle == 45 else 0)


def test_the_slides_least_step_keeps_rprop_from_the_bottom_of_a_turned_ravine():
    """With a millionth as the least step (slide 27) it stops 7e-6 of the way off, for ever."""
    paths = roll(bowl(100, 45), ["rprop"], steps=3000)
    assert np.isnan(paths.steps_to()) and paths.steps_to(1e-5) < 1600


@pytest.mark.parametrize(
    ("x", "steps"), [(((101, 101), (101, 99)), 276_352), (((0.1, 10), (0.1, -10)), 69_078)]
)
def test_shifted_and_unscaled_inputs_cost_steps(x, steps):
    """Claims 6b.7 and 6b.13: at the best rate, 2 / (l1 + l2); with (1, 1), (1, -1) one step."""
    surface = linear_neuron(x, (2, 0))
    rate = 2 / np.trace(surface.hessian())
    if INTERPRETED:
        steps_of_sgd = np.log(1e-6) / np.log(1 - rate * np.linalg.eigvalsh(surface.hessian())[0])
        assert abs(steps_of_sgd - steps) < 5 * steps / 1000
        return
    assert roll(surface, [MAKERS["sgd"](rate)], steps=steps + 1).steps_to() == steps
    assert roll("linear_neuron", ["sgd(lr=0.5)"], steps=2).steps_to() == 1


def test_momentums_terminal_velocity_on_a_plane():
    """Slide 19: 1 / (1 - 0.9) times the step of steepest descent."""
    w = roll(plane(2.0), ["sgd(lr=0.1)", "momentum(lr=0.1, momentum=0.9)"], steps=300).w
    speed = np.diff(w[:, -2:, 0], axis=1).ravel()
    np.testing.assert_allclose(speed, [0.2, 2.0], rtol=1e-9)


def test_rprop_crosses_a_plateau_of_slope_1e_8():
    """Claim 6e.3: 10 are covered by steps that grow by 1.2 from 0.1, 17 of them."""
    paths = roll(plane(1e-8), ["rprop", "sgd(lr=0.1)"], steps=17).w[:, :, 0]
    assert np.argmax(paths[0] >= 10) == 17 and paths[1, -1] == pytest.approx(1.7e-8)


@pytest.mark.parametrize("factor", [1, 1.5, 5, 20, 100])
def test_a_rate_that_crosses_the_plateau_misses_the_pit(factor):
    """Claim 6e.4: the wall throws such a rate's weight many pits away; Rprop stays in the pit."""
    surface = plateau(slope=1e-5)
    rate = factor * 10 / (1000 * 1e-5)  # 1 crosses the 10 in a thousand steps
    fast, rprop = roll(surface, [MAKERS["sgd"](rate), "rprop"], steps=1500).w[:, :, 0]
    assert np.argmax(fast > -3) < 1000 and abs(fast[-1]) > 10
    assert abs(rprop[-1]) < 1e-5


def test_text_names_a_surface_with_its_parameters():
    assert str(roll("bowl(condition=10)", ["sgd"], steps=1).surface) == str(as_surface(bowl(10)))
