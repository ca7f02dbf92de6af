# %% [markdown]
# # 6d · Tricks that make adaptive learning rates work better
#
# Gains have limits, need large mini-batches, and go together with momentum in a way of their own.

# %%
import numpy as np

import minnet as mn
from minnet import rules
from minnet.lecture import experiment
from minnet.lecture.pictures import gain_tricks as pictures
from minnet.lecture.probes import bowls, digits
from minnet.lecture.session import is_quick

# %% [markdown]
# ## Slide 25 · Tricks
#
# Limit the gains to a range like $[.1, 10]$ or $[.01, 100]$.  Use big mini-batches, so that signs
# do not change by sampling error.  With momentum, compare the gradient with the *velocity*.

# %% 6d.7 Limit the gains
LIMITS = {"[.1, 10]": (0.1, 10), "[.01, 100]": (0.01, 100), "none": (1e-9, 1e9)}


@experiment("6d.7")
def limited(seeds, rule=mn.Gains):
    optimizers = [rule(0.001, low=low, high=high) for low, high in LIMITS.values()]
    quiet = mn.roll("bowl", optimizers, steps=3000)
    noisy = [mn.roll("bowl", optimizers, None, 3000, noise=1.0, seed=s).errors for s in seeds]
    rest = np.nan_to_num(np.array(noisy)[:, :, 2000:].mean(axis=2), nan=np.inf)
    value = {f"steps, {name}": n for name, n in zip(LIMITS, quiet.steps_to(1e-6), strict=True)}
    value |= {f"noisy error, {name}": e for name, e in zip(LIMITS, rest.T, strict=True)}
    return value, pictures.RavineErrors(quiet.errors, np.median(noisy, axis=0))


pictures.limits(limited())


# %% 6d.8 Sign changes must not be sampling error
SIZES = (1, 4, 10, 100, 300)


def wrong_signs(net, w, train, rng, tries=20):
    """For every batch size: how often signs differ from the full gradient's, and agree in pairs."""
    full = np.sign(net.gradient(w, train.x, train.t)[1])
    wrong, agree = [], []
    for b in SIZES:
        batches = [rng.choice(len(train.x), b, replace=False) for _ in range(tries)]
        signs = [np.sign(net.gradient(w, train.x[c], train.t[c])[1]) for c in batches]
        signs = np.array(signs)[:, full != 0]  # border pixels are always 0
        wrong.append(np.mean(signs != full[full != 0]))  # zero counts as wrong
        agree.append(np.mean(signs[1:] * signs[:-1] > 0))
    return wrong, agree


def gains_of_net(net, w, train, batch_size, updates=200):
    """The gains after a number of updates with mini-batches of this size."""
    optimizer = mn.Gains(0.1, low=0.01, high=100)
    step, hyper = optimizer.compiled("float64")[0], optimizer.values("float64")
    slots, w = optimizer.start(w.size, "float64"), w.copy()
    plan = iter(mn.Plan(len(train.x), batch_size, epochs=updates, seed=8))
    for t in range(1, updates + 1):
        cases = next(plan)
        step(w, net.gradient(w, train.x[cases], train.t[cases])[1], slots, hyper, t, False)
    return slots[0]


@experiment("6d.8")
def sampling(seeds):
    net, data = digits.net(), digits.first_digits(dtype="float64")
    train, pairs = data.train, {"start": [], "later": []}  # both become (seeds, 2, sizes)
    for seed in seeds:
        race = mn.race(net, data, [mn.SGD(0.5)], batch_size=100, epochs=5, seed=seed,
                       plan="cyclic", keep=[0, 50], dtype="float64")  # fmt: skip
        for name, w in zip(("start", "later"), race.kept[0], strict=True):
            pairs[name].append(wrong_signs(net, w, train, np.random.default_rng(seed)))
    value = {name: [wrong for wrong, _ in rows] for name, rows in pairs.items()}
    value |= {f"agree, {name}": [agree for _, agree in rows] for name, rows in pairs.items()}
    start = net.start(0, "float64")
    gains = {f"batch {b}": gains_of_net(net, start, train, b) for b in (10, 100, 1000)}
    return value, pictures.GainsBySize(SIZES, gains)


pictures.batches(sampling())


# %% 6d.9 With momentum: does the gradient agree with the velocity?
def two_gradients(
    w, g, gain, velocity, g_before, t, lr=0.1, momentum=0.9, up=0.05, down=0.95, low=0.1, high=10.0
):
    gain = rules.adapted(gain, g * rules.sign(g_before), t, up, down, low, high)
    velocity = momentum * velocity - lr * gain * g
    return w + velocity, gain, velocity, g


def from_two_gradients(lr):
    return mn.custom(two_gradients, starts={"gain": 1.0}, lr=lr)


@experiment("6d.9")
def jacobs(seeds, rule=mn.GainsMomentum, level=0.02):  # at 0.1 the gains have hardly moved
    rates = digits.rates(0.03, 2, 6 if is_quick() else 11)
    makers = {"momentum alone": mn.Momentum, "two gradients": from_two_gradients}
    makers |= {"gradient and velocity": rule}
    grid = {name: [make(lr) for lr in rates] for name, make in makers.items()}
    runs = digits.tune(grid, seeds, digits.updates_score(level), epochs=40)
    return {name: run.scores for name, run in runs.items()}, runs


pictures.with_momentum(jacobs())

# %% [markdown]
# Last on the slide: adaptive rates stretch the axes, so they help with a ravine that lies along an
# axis and less with one that lies askew.  Momentum adds vectors and does not know the axes.
# (Rprop's smallest step is 1e-9 here: with the usual millionth Rprop- never gets to the goal at 45
# degrees.)

# %% 6d.10 Adaptive rates deal with axis-aligned effects only
ADAPTIVE = {
    "gains": mn.Gains(0.005), "rprop-": mn.Rprop(step_min=1e-9),
    "irprop-": mn.IRpropMinus(step_min=1e-9), "rprop+": mn.RpropPlus(step_min=1e-9),
    "adagrad": mn.Adagrad(1.0),
}  # fmt: skip
LINEAR = {
    "plain": mn.SGD(2 / 101), "momentum": mn.Momentum(0.01), "nesterov": mn.Nesterov(0.01)
}  # fmt: skip
ANGLES = np.linspace(0, 45, 6 if is_quick() else 31)


def turned(optimizers):
    """In a ravine of condition 100 at each angle: steps to 1e-6, and the first and last paths."""
    runs = [mn.roll(mn.surfaces.bowl(angle=a), optimizers.values(), steps=2500) for a in ANGLES]
    steps = np.transpose([run.steps_to(1e-6) for run in runs])
    paths = zip(runs[0].w, runs[-1].w, strict=True)
    return pictures.TurnedRavine(
        dict(zip(optimizers, steps, strict=True)), dict(zip(optimizers, paths, strict=True))
    )


@experiment("6d.10")
def along_the_axes(optimizers=ADAPTIVE):
    ravine = turned(optimizers)
    return {name: row[[0, -1]] for name, row in ravine.steps.items()}, ravine


aligned = along_the_axes()


# %% 6d.11 Momentum does not care about the alignment of the axes
@experiment("6d.11")
def any_axes(optimizers=LINEAR):
    ravine, turn = turned(optimizers), bowls.rotation(45).T
    off = max(np.abs(straight @ turn - askew).max() for straight, askew in ravine.paths.values())
    value = {name: row[[0, -1]] for name, row in ravine.steps.items()}
    return value | {"off the turned path": off}, ravine


pictures.turned_ravine(aligned, any_axes(), ANGLES)
