# %% [markdown]
# # 6c · The momentum method
#
# A ball that rolls over the error surface keeps some of its velocity.  Each cell states one claim,
# tests it with a few lines of minnet, and draws what came out.

# %%
import numpy as np

import minnet as mn
from minnet import schedules
from minnet.dialects import torch
from minnet.lecture import experiment
from minnet.lecture.pictures import momentum as pictures
from minnet.lecture.probes import bowls, digits, linear
from minnet.lecture.session import is_quick

RAVINE = mn.surfaces.bowl(condition=50, angle=35)
TURN = bowls.rotation(35)  # its columns: along the ravine, across it
RIM = TURN @ (-8, 1)  # where the ball of slide 17 starts
BALL = mn.Momentum(lr=0.02, momentum=0.8)

# %% [markdown]
# ## Slide 17 · A ball in a ravine
#
# The weights are a place on the error surface.  At first the ball follows the gradient; as soon as
# it has velocity it moves elsewhere.  Across the ravine gradients of opposite sign cancel, along it
# small gradients of the same sign add up.


# %% 6c.1 Once it has velocity the ball no longer does steepest descent
@experiment("6c.1")
def off_the_steepest(ball=BALL):
    path = mn.roll(RAVINE, [ball], RIM, 20).w[0]
    downhill, moves = np.array([-RAVINE.gradient(w) for w in path[:-1]]), np.diff(path, axis=0)
    downhill /= np.linalg.norm(downhill, axis=1, keepdims=True)
    cosine = (moves * downhill).sum(axis=1) / np.linalg.norm(moves, axis=1)
    angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    value = {"first step": angle[0], "later, at least": angle[1:].min()}
    return value, pictures.BallPath(path, downhill)


turning = off_the_steepest()


# %% 6c.2 It damps the oscillation across the ravine and builds up speed along it
@experiment("6c.2")
def across_and_along(rule=mn.Momentum, alpha=0.9):
    across = linear.contraction(rule(1.0, alpha), [0.003, 0.1, 1.0, 2.5, 3.7])  # eps c
    along = []
    for rate in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5):  # gentler and gentler
        path = mn.roll("bowl(condition=1)", [rule(rate, alpha)], (1, 0), 500).w[0, :, 0]
        along.append(np.abs(np.diff(path)).max() / rate)  # in first steps of plain descent
    places = mn.roll(RAVINE, [rule(**BALL.hyperparameters)], RIM, 20).w[0] @ TURN  # along, across
    value = {"across": across, "along": along, "crosses after": int(np.argmax(places[:, 1] < 0))}
    return value, dict(zip(("along", "across"), np.diff(places, axis=0).T, strict=True))


pictures.ball(turning, across_and_along(), RAVINE)

# %% [markdown]
# Across, each step contracts by $\sqrt\alpha$ whatever the curvature $\lambda$, as long as
# $(1-\sqrt\alpha)^2 < \varepsilon\lambda < (1+\sqrt\alpha)^2$.  In the middle of that range plain
# descent, which contracts by $|1-\varepsilon\lambda|$, does better: the gain is at both its ends.
#
# ## Slide 18 · The equations
#
# $$v(t) = \alpha v(t-1) - \varepsilon \frac{\partial E}{\partial w}(t), \qquad
# \Delta w(t) = v(t) = \alpha\,\Delta w(t-1) - \varepsilon \frac{\partial E}{\partial w}(t)$$
#
# The course's assignment writes it a third way, $v = \alpha v - g$, $\Delta w = \varepsilon v$, and
# PyTorch does so too.


# %% 6c.3 The forms of the equation agree
def by_change(w, g, w_before, t, lr=0.1, momentum=0.9):  # remembers the weight, not a velocity
    change = momentum * (w - w_before) - lr * g if t > 1 else -lr * g
    return w + change, w


@experiment("6c.3")
def forms(delta_form=by_change):
    apart = {}
    for name, lr in {"constant rate": 0.01, "falling rate": schedules.step(0.01, 0.2, 40)}.items():
        others = [mn.custom(delta_form, lr=lr), torch.SGD(lr, momentum=0.9)]
        paths = mn.roll("bowl", [mn.Momentum(lr), *others], steps=200).w
        apart[name] = np.linalg.norm(paths[1:] - paths[0], axis=2)
    return {name: off.max() for name, off in apart.items()}, apart


pictures.forms(forms())

# %% [markdown]
# ## Slide 19 · The behaviour
#
# On a tilted plane the ball reaches the terminal velocity
# $v(\infty) = \frac{1}{1-\alpha}\left(-\varepsilon \frac{\partial E}{\partial w}\right)$:
# with $\alpha = .99$ a hundred times plain descent's, though 99 % of it only after 459 steps.


# %% 6c.4 The terminal velocity is 1/(1 - alpha)
@experiment("6c.4")
def terminal(rule=mn.Momentum, alphas=(0, 0.5, 0.9, 0.99)):
    paths = mn.roll("plane", [rule(1e-3, alpha) for alpha in alphas], steps=3000).w[:, :, 0]
    speed = np.diff(paths) / 1e-3  # in steps of plain descent
    soon = (speed > 0.99 * (1 - 1e-9) * speed[:, -1:]).argmax(axis=1) + 1
    return {"speed": speed[:, -1], "99 % at": soon}, dict(zip(alphas, speed, strict=True))


pictures.terminal_velocity(terminal())

# %% 6c.5 Much faster than plain gradient descent
FOUR = {
    "plain": mn.SGD(2 / 101),  # its best rate
    "momentum .9": mn.Momentum(0.01, 0.9),
    "nesterov .9": mn.Nesterov(0.01, 0.9),
    "best momentum": mn.Momentum(4 / 11**2, (9 / 11) ** 2),
}


@experiment("6c.5")
def steps_in_the_ravine(optimizers=FOUR):
    paths = mn.roll("bowl", optimizers.values(), steps=1000)  # curvatures 1 and 100
    steps = dict(zip(optimizers, paths.steps_to(1e-6), strict=True))
    return steps, dict(zip(optimizers, paths.errors, strict=True))


faster = steps_in_the_ravine()


# %% 6c.6 It can use rates that diverge without momentum
@experiment("6c.6")
def edges(momentum=mn.Momentum):
    optimizers = {
        "plain, eps .021": mn.SGD(0.021), "momentum .9, eps .0379": momentum(0.0379),
        "momentum .9, eps .0381": momentum(0.0381),
    }  # fmt: skip
    paths = mn.roll("bowl", optimizers.values(), steps=2000)
    _, inside, outside = paths.steps_to(1e-6)
    value = {
        "edge, plain": linear.edge(mn.SGD, 100), "edge, momentum": linear.edge(momentum, 100),
        "steps at .0379": inside, "steps at .0381": outside,
    }  # fmt: skip
    return value, dict(zip(optimizers, paths.errors, strict=True))


pictures.ravine(faster, edges())


# %% 6c.7 Momentum speeds up a real net
@experiment("6c.7")
def on_digits(seeds, rule=mn.Momentum, alphas=(0, 0.5, 0.8, 0.9, 0.95, 0.99)):
    rates = digits.rates(0.01, 3, 6 if is_quick() else 12)
    grid = {alpha: [rule(lr, alpha) for lr in rates] for alpha in alphas}
    runs = digits.tune(grid, seeds, digits.updates_score(0.1))
    value = {"plain": runs[0].scores, "momentum .9": runs[0.9].scores}
    return value, pictures.RateGrid(rates, runs)


pictures.rates_and_alphas(on_digits())

# %% [markdown]
# Early gradients may be very large: so the slide begins with $\alpha = .5$ and raises it smoothly
# to $.9$ or $.99$ once they are gone.  This net starts with weights of standard deviation 1, ten
# times those above; the momentum rises over 200 updates, and the target lies beyond them.  Each
# schedule may choose among the same rates.  Found: a ramp to .99 is sooner than .99 throughout, but
# not because of a peak in the loss; and .9 throughout is soonest of all.

# %% 6c.8 Begin with .5, raise it to .9 or .99
SCHEDULES = {
    ".5": 0.5, ".9": 0.9, ".99": 0.99,
    ".5 to .9": schedules.ramp(0.5, 0.9, 200), ".5 to .99": schedules.ramp(0.5, 0.99, 200),
}  # fmt: skip


@experiment("6c.8")
def big_start(seeds, alphas=SCHEDULES):
    bench = digits.net(spread=1.0)
    rates = digits.rates(0.01, 3, 11)
    grid = {name: [mn.Momentum(lr, alpha) for lr in rates] for name, alpha in alphas.items()}
    own = digits.tune(grid, seeds, digits.updates_score(0.01), bench=bench, epochs=60)
    rate = own[".5 to .99"].best.hyperparameters["lr"]  # of the ramp, now for all of them
    equal = {name: [mn.Momentum(rate, alpha)] for name, alpha in alphas.items()}
    runs = digits.tune(equal, seeds, lambda it: it.losses.max(axis=1), bench=bench, epochs=60)
    value = {f"updates, {name}": run.scores for name, run in own.items()}
    return value | {f"peak, {name}": run.scores for name, run in runs.items()}, runs


pictures.schedules(big_start())
