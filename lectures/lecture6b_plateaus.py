# %% [markdown]
# # 6b · Plateaus, and four ways to go faster
#
# Two kinds of plateau that look like local minima, and the race of the lecture: which rules need
# fewer updates than plain gradient descent on mini-batches.

# %%
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logit

import minnet as mn
from minnet.lecture import experiment
from minnet.lecture.pictures import plateaus as pictures
from minnet.lecture.probes import digits, hidden_units, inputs
from minnet.lecture.session import is_quick

NET, PART = digits.net(), digits.first_digits(dtype="float64").train

# %% [markdown]
# ## Slide 14 · Plateaus that look like local minima
#
# A far too big rate drives the weights of a hidden unit all to one side, as far as their inputs are
# ever on (others lag behind: they make up a fifth).  Then a unit says the same to every case, its
# slope $1-y^2$ is nothing, and the hidden layer stops learning.  The output layer can still guess
# the proportions of the classes; with the rate still up it fails even that: losses of thousands.


# %% 6b.18 Very big rates
@experiment("6b.18")
def far_too_big(seeds, rates=(0.35, 2, 5, 20, 50, 200), judged=20):
    states, ends = {}, {}
    for seed in seeds:
        race = hidden_units.race(NET.start(seed, "float64"), [*map(mn.Momentum, rates)])
        for rate, w in zip(rates, race.weights, strict=True):
            ends.setdefault(rate, []).append(w)
            for key, number in hidden_units.state(NET, w, PART).items():
                states.setdefault(rate, {}).setdefault(key, []).append(number)
    return states[judged], pictures.StatesByRate(states, ends)


stuck = far_too_big()
ends = stuck.data.weights
weights = {rate: NET.named(ends[rate][0])[0][0] for rate in (0.35, 20)}
activities = {rate: hidden_units.activities(NET, ends[rate][0], PART.x) for rate in weights}
pictures.saturated(stuck, weights, activities)

# %% [markdown]
# Let the output layer of such a net settle on its best guess, as at a small rate it would.  The
# gradient is next to nothing and five hundred updates change nothing, as in a minimum.  But along
# minus the gradient the error does fall, if by little; and the weights divided by 50 learn on.
# (To divide the incoming weights alone leaves the plateau too, but then the big outgoing weights
# throw the net about, with some seeds to far worse places.)


# %% 6b.19 A plateau and not a local minimum
@experiment("6b.19")
def plateau(seeds, ends):
    value, distances, falls, traces = {}, np.geomspace(1e-3, 1e3, 121), [], {}
    for seed in seeds:
        w = hidden_units.settled(NET, ends[seed], PART)
        error, g = NET.gradient(w, PART.x, PART.t)
        g = hidden_units.scaled(NET, g, output=0)
        size = np.linalg.norm(g)
        along = [NET.gradient(w - s * g / size, PART.x, PART.t)[0] for s in distances]
        falls.append(error - np.array(along))
        value.setdefault("gradient", []).append(size)
        value.setdefault("fall along it", []).append(falls[-1].max())
        starts = {"as it is": w, "weights / 50": w / 50,
                  "incoming / 50": hidden_units.scaled(NET, w, hidden=1 / 50)}  # fmt: skip
        for key, start in starts.items():
            race = hidden_units.race(start, "sgd(0.1)")
            traces.setdefault(key, []).append(digits.pass_loss(race.losses[0], 10))
            value.setdefault(key, []).append(traces[key][-1][-1])
    return value, pictures.WaysOut(distances, falls, traces)


pictures.no_local_minimum(plateau(ends=ends[20]))

# %% [markdown]
# The other plateau: with no use of the input, cross-entropy and squared error are both least where
# each output equals the share $p$ of the cases in which it should be 1; for ten balanced classes
# the loss is then $\ln 10$ for a softmax.  A net of small weights finds that first.  On the digits
# it seldom stays for long: of four settings, only the squared error with two hidden layers of small
# weights takes five times as long to improve on the guess as to find it.


# %% 6b.20 The best guess
def guessing(output, loss, y, t):
    """E of a net that says y (o,) whatever the input, on targets t (N, o)."""
    net = mn.MLP([1, t.shape[1]], output=output, loss=loss)
    w = np.concatenate([np.zeros(t.shape[1]), logit(np.broadcast_to(y, t.shape[1]))])
    return net.gradient(w, np.zeros((len(t), 1)), t)[0]


@experiment("6b.20")
def best_guess(proportions=(0.1, 0.3, 0.7)):
    best, curves, y, ten = [], {}, np.linspace(0.01, 0.99, 99), np.eye(10)
    for loss in ("cross-entropy", "squared"):
        for p in proportions:
            t = (np.arange(10) < round(10 * p))[:, None]
            error = lambda y, loss=loss, t=t: guessing("logistic", loss, y, t)  # noqa: E731
            fine = {"xatol": 1e-10}
            best.append(minimize_scalar(error, bounds=(0, 1), method="bounded", options=fine).x)
            errors = [error(output) for output in y]
            curves[loss, p] = pictures.ConstantOutput(errors, error(p))
    return {
        "best outputs": best,
        "softmax": guessing("softmax", "cross-entropy", 0.1, ten),
        "logistic": guessing("logistic", "cross-entropy", 0.1, ten),
        "one logistic": guessing("logistic", "cross-entropy", 0.1, ten[:, :1]),
        "squared": guessing("logistic", "squared", 0.1, ten),
    }, pictures.Guesses(y, curves)


# %% 6b.21 Found quickly, improved on slowly
@experiment("6b.21")
def guess_then_learn(seeds, depths=(1, 2), updates=2000):
    cases, value, traces = inputs.unbalanced_digits(), {}, {}
    p = cases.train.t.mean(axis=0)
    levels = {"cross-entropy": -(p * np.log(p)).sum(), "squared": 0.5 * (p * (1 - p)).sum()}
    for (loss, level), depth in [(item, depth) for item in levels.items() for depth in depths]:
        output, key = ("softmax" if loss == "cross-entropy" else "logistic"), f"{loss} {depth}"
        bench = mn.MLP([64, *[50] * depth, 10], output=output, loss=loss, init=("normal", 0.01))
        for seed in seeds:
            losses = mn.race(bench, cases, "sgd(0.1)", batch_size=len(cases.train), epochs=updates,
                             seed=seed, evaluate_every=0).losses[0]  # fmt: skip
            guess, better = losses < 1.01 * level, losses < 0.9 * level
            value.setdefault(f"{key} guess", []).append(guess.argmax() if any(guess) else np.inf)
            value.setdefault(f"{key} better", []).append(better.argmax() if any(better) else np.inf)
        traces.setdefault(loss, {})[f"{depth} hidden layer{'s' * (depth > 1)}"] = losses
    return value, pictures.GuessThenLearn(levels, traces)


pictures.best_guess(best_guess(), guess_then_learn())

# %% [markdown]
# ## Slide 15 · Four ways to go faster
#
# Momentum, a gain for every weight, rmsprop, and methods that use curvature (not in this lecture).
# Every rule gets the same number of rates, in equal ratios around its best; the same start weights
# and mini-batches for each seed; and is asked how many updates it needs.  Beside the lecture's own:
# Adagrad, and Rprop on mini-batches, which slide 28 warns of.  The grid must be fine: SGD is best
# close to the edge beyond which it diverges, and a coarse grid misses that.  rmsprop's `eps` hardly
# matters here once the grid is fine, as its second bar shows.
#
# The figure draws the best loss so far, so each curve meets the goal above the end of its bar
# (later some, like rmsprop, swing back for a while).  rprop gets there from none of its first steps
# within 400 updates; its curve belongs to the smallest.

# %% 6b.22 The ways to speed up mini-batch learning
RULES = {
    "sgd": (mn.SGD, 0.1),
    "momentum": (mn.Momentum, 0.05),
    "nesterov": (mn.Nesterov, 0.05),
    "gains": (mn.Gains, 0.1),
    "gains + momentum": (mn.GainsMomentum, 0.03),
    "rmsprop": (mn.RMSprop, 0.002),
    "rmsprop, eps 0.001": (lambda lr: mn.RMSprop(lr, eps=1e-3), 0.002),
    "rmsprop + momentum": (mn.RMSpropMomentum, 0.0005),
    "adagrad": (mn.Adagrad, 0.03),
    "rprop": (lambda step: mn.Rprop(step=step), 1e-4),
}  # each with its smallest rate


@experiment("6b.22")
def four_ways(seeds, rules=RULES, level=0.1):
    count = 8 if is_quick() else 16  # rates in one and a half decades
    candidates = {name: [make(rate) for rate in digits.rates(low, low * 10**1.5, count)]
                  for name, (make, low) in rules.items()}  # fmt: skip
    runs = digits.tune(candidates, seeds, digits.updates_score(level), epochs=40)
    value = {name: run.scores for name, run in runs.items()}
    return value, pictures.RaceToLevel(level, runs)


race = four_ways()
pictures.four_ways(race)
border = [name for name, run in race.data.runs.items()
          if run.at_the_border and np.isfinite(run.scores).all()]  # fmt: skip
print(f"best rate at the border of the grid: {border or 'none'}")
