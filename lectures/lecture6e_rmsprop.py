# %% [markdown]
# # 6e · What rmsprop combines with, and which method for what
#
# Slide 30 leaves questions to "more investigation".  Here they get one: ten rules on seven unlike
# nets, eight rates each, ten seeds.  Then slide 31: which method suits which task?

# %%
from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr

import minnet as mn
from minnet import fullbatch, schedules, vsgd
from minnet.data import Data, Part, from_arrays
from minnet.lecture import experiment
from minnet.lecture.pictures import method_choice, rmsprop
from minnet.lecture.probes import contestants, digits
from minnet.lecture.probes.investigation import BENCHES, COMPARED, share, trials
from minnet.lecture.session import current

# %% [markdown]
# ## Slide 30 · Further developments of rmsprop
#
# **With standard momentum** it is said to gain less than usual.  The seven nets: one hidden layer
# on the digits; a deep net; an autoencoder through two units; a recurrent net that adds two
# numbers; spirals; moons; a regression.  We count updates to a fixed training loss, from the same
# start weights, on the same mini-batches, at the rate that was best for the *other* seeds.


# %% 6e.20 Standard momentum helps rmsprop less than usual
@experiment("6e.20")
def momentum_helps_less(seeds, nets=tuple(BENCHES), trials=trials):
    usual, here = {}, {}
    for net in nets:
        updates = {rule: run.updates for rule, run in trials(net, tuple(seeds)).items()}
        usual[net] = updates["SGD"] / updates["momentum"]
        here[net] = updates["rmsprop"] / updates["rmsprop + momentum"]
    return {net: share(here[net], usual[net]) for net in nets}, rmsprop.SpeedUps(usual, here)


rmsprop.momentum(momentum_helps_less())

# %% [markdown]
# **With Nesterov momentum**, what should the root mean square divide?  The *correction*:
# $v \leftarrow \alpha v - \epsilon g/\sqrt{m}$, or the *jump*:
# $v \leftarrow \alpha v - \epsilon g$, $\;\Delta w = v/\sqrt{m}$.  If $m$ hardly changes from one
# mini-batch to the next the two are the same; so the right panel lets it forget faster or slower.


# %% 6e.21 With Nesterov momentum, divide the correction, not the jump
@experiment("6e.21")
def divide_the_correction(seeds, nets=tuple(BENCHES), trials=trials):
    both = ("rmsprop + Nesterov", "rmsprop, divided jump")
    shares, ratios, forgetting = {}, {}, {}
    for net in nets:
        correction, jump = (trials(net, tuple(seeds))[rule].updates for rule in both)
        shares[net], ratios[net] = share(correction, jump), jump / correction
    for decay in (0.5, 0.9, 0.99, 0.999):
        runs = trials("regression", tuple(seeds), both, decay)
        forgetting[decay] = runs[both[1]].updates / runs[both[0]].updates
    return shares, rmsprop.JumpRatios(ratios, forgetting)


rmsprop.nesterov(divide_the_correction())

# %% [markdown]
# **With an adaptive rate for each connection**: the gains of slide 24 ($+0.05$, $\times 0.95$), or
# factors $\times(1 \pm 0.05)$ from the agreement of two successive moves, as in the library climin.
# The slide expects nothing; we ask whether they help, each at its best rate.


# %% 6e.22 Adaptive rates for each connection may be added to rmsprop
@experiment("6e.22")
def add_adaptive_rates(seeds, nets=tuple(BENCHES), trials=trials):
    shares, faster = {"gains": {}, "factors": {}}, {"gains": {}, "factors": {}}
    for net in nets:
        updates = {rule: run.updates for rule, run in trials(net, tuple(seeds)).items()}
        for way in shares:
            shares[way][net] = share(updates[f"rmsprop + {way}"], updates["rmsprop"])
            faster[way][net] = updates["rmsprop"] / updates[f"rmsprop + {way}"]
    return shares, faster


rmsprop.adaptive_rates(add_adaptive_rates())

# %% [markdown]
# **"No more pesky learning rates"**: vSGD gives each weight the rate
# $\bar g^2 / (\bar h\, \overline{g^2})$: one over the curvature $h$ while gradients agree, less
# when they are mostly noise.  It has no rate to tune.  Its rival is SGD at the best of seven rates,
# on a bowl with noisy minima, where SGD's error is known in closed form, and on the digits.


# %% 6e.23 A method that computes its own learning rates replaces the tuning
@experiment("6e.23")
def no_more_rates(seeds, steps=1000, start=10.0, curvature=vsgd.bbprop):
    t, bowl = np.arange(1, steps + 1), {}
    for lr in digits.rates(0.001, 1, 7):  # from the mean and variance of w after t steps of SGD
        left = (1 - lr) ** (2 * t)
        bowl[lr] = 0.5 * (start**2 * left + lr / (2 - lr) * (1 - left))
    best = min(excess[-1] for excess in bowl.values())
    own = []
    for seed in seeds:
        centres = np.random.default_rng(seed).standard_normal((steps, 1000))  # a thousand bowls
        stream = vsgd.noisy_bowls(centres)
        descent = vsgd.descend_stream(np.full(1000, start), stream, slow_start=1)
        own.append([0.5 * np.mean(w**2) for _, w, _ in descent])
    sgd = {"SGD": [mn.SGD(lr) for lr in digits.rates(0.1, 3, 7)]}
    tuned = digits.tune(sgd, seeds, lambda run: digits.pass_loss(run.losses, 10)[:, -1])["SGD"]
    place = {"batch_size": digits.BATCH, "epochs": 30, "plan": "cyclic", "curvature": curvature}
    runs = [vsgd.train(digits.net(), digits.first_digits(), seed=s, **place) for s in seeds]
    untuned = digits.pass_loss(np.array([run.losses for run in runs]), 10)
    ratios = {"noisy bowl": np.array(own)[:, -1] / best, "digits": untuned[:, -1] / tuned.scores}
    curves = {"vSGD": np.median(untuned, axis=0)} | digits.curves({"best SGD": tuned})
    return ratios, rmsprop.VsgdBesideSgd(bowl, np.median(own, axis=0), curves)


rmsprop.no_rates(no_more_rates())

# %% [markdown]
# ## Slide 31 · Which method for which task
#
# **Small data, or little redundancy: full batches.**  A thousand digits, equally many passes for
# all: L-BFGS, conjugate gradient and iRprop- on full batches; on mini-batches momentum, rmsprop,
# both, and both with Nesterov and a rate that is turned down to 0.  Rules with a rate try three.
# Clean labels are soon fitted exactly; so a tenth of the labels is drawn at random, too.


# %% 6e.24 Small data sets are for full-batch methods
@experiment("6e.24")
def small_data(seeds):
    net, clean, shares, reached = digits.net(), digits.first_digits(dtype="float64"), {}, {}
    wrong = replace(clean, train=digits.mislabelled(clean.train))
    for task, cases, passes in (
        ("clean labels, 50 passes", clean, 50),
        ("10 % random labels, 50 passes", wrong, 50),
        ("10 % random labels, 200 passes", wrong, 200),
    ):
        reached[task], full, mini = contestants.compare(net, cases, passes, seeds)
        shares[task] = share(full, mini)
    return shares, reached


method_choice.small_data(small_data(), contestants.MINI)

# %% [markdown]
# With random labels fifty evaluations are too few for L-BFGS, while mini-batches make five hundred
# updates in that time.  Small data sets leave time for more passes, and then it is far ahead.
#
# **Big and redundant: mini-batches.**  The same digits, each twenty times with a little jitter.
# Mini-batches go through them once, full-batch methods thirty times; each rule tries two rates.


# %% 6e.25 Big redundant data sets are for mini-batches
@experiment("6e.25")
def redundant(seeds, copies=20, jitter=0.05, passes=30):
    first, net = digits.first_digits(), digits.net(hidden=20)
    x, t, labels = (np.concatenate([array] * copies) for array in vars(first.train).values())
    x += np.random.default_rng(0).uniform(-jitter, jitter, x.shape).astype(x.dtype)
    cases = replace(first, train=Part(x, t, labels))
    mini = [mn.Momentum(0.1), mn.Momentum(0.3), mn.RMSprop(0.01), mn.RMSprop(0.03)]
    names = ("gradient descent", "momentum", "iRprop-")
    full = [mn.SGD(1), mn.SGD(2), mn.Momentum(0.5), mn.Momentum(1),
            mn.IRpropMinus(step=0.01), mn.IRpropMinus(step=0.03)]  # fmt: skip
    goals, needed, curves = [], {}, {}
    for seed in seeds:
        run = mn.race(net, cases, mini, batch_size=100, epochs=1, seed=seed, evaluate_every=0)
        goals.append(min(net.gradient(w, x, t)[0] for w in run.weights))
        run = mn.race(net, cases, full, epochs=passes, plan="full", seed=seed, evaluate_every=0)
        losses = dict(zip(names, run.losses.reshape(3, 2, passes), strict=True))
        bfgs = fullbatch.minimise(net, cases.train, net.start(seed, "float64"), "l-bfgs", passes)
        for name, pair in (losses | {"L-BFGS": bfgs.best[None]}).items():
            needed.setdefault(name, []).append(digits.updates_to(goals[-1], pair, 1).min())
            curves.setdefault(name, []).append(pair[np.nanargmin(pair[:, -1])])
    return needed, method_choice.PassesToGoal(goals, curves)


method_choice.redundant(redundant())

# %% [markdown]
# **Why no simple recipe?  Nets differ**: very deep ones, with narrow bottlenecks; recurrent ones;
# shallow ones.  A recipe would name a rule *and* its rate.  The cells give how many times the
# updates of the net's own best rule are needed, at the rate that is best there.


# %% 6e.26 There is no simple recipe: nets differ
@experiment("6e.26")
def nets_differ(seeds, nets=tuple(BENCHES), trials=trials):
    runs = [trials(net, tuple(seeds)) for net in nets]
    tuned = np.array([[np.median(run[rule].updates) for rule in COMPARED] for run in runs])
    best, fixed = tuned.min(axis=1), {}  # (nets,)
    for rule in COMPARED:
        for lr in set.intersection(*(set(run[rule].rates) for run in runs)):
            rows = [run[rule].grid[run[rule].rates.index(lr)] for run in runs]
            fixed[rule, lr] = np.max(np.median(rows, axis=1) / best)
    alike = spearmanr(tuned, axis=1).statistic[np.triu_indices(len(nets), 1)]
    slower = tuned / best[:, None]
    return {
        "one rule": slower.max(axis=0).min(), "one rule at one rate": min(fixed.values()),
        "winners": len(set(tuned.argmin(axis=1))), "lowest rank correlation": alike.min(),
    }, method_choice.Slowdowns(slower, min(fixed, key=fixed.get))  # fmt: skip


method_choice.nets(nets_differ(), BENCHES, COMPARED)

# %% [markdown]
# **Tasks differ.**  Some need *very accurate weights*: here a linear neuron, to an error of
# $10^{-6}$.  At a constant rate rmsprop ends at $\pm\epsilon/2$ along every axis, and the error of
# $n$ weights on a round bowl at $n\epsilon^2/8$; a classifier does not mind.  Others have *rare
# cases*, as words are: a feature of one case in a hundred is learnt slowly.


# %% 6e.27 There is no simple recipe: some tasks need very accurate weights
@experiment("6e.27")
def accurate_weights(seeds, rule=mn.RMSprop, steps=500, n=10):
    neuron, value = mn.MLP([n, 1], loss="squared", biases=False), {}
    rates = digits.rates(1e-4, 1, 13)
    rules = [rule(lr) for lr in (*rates, *map(schedules.cosine, rates))]
    for seed in seeds:
        rng = np.random.default_rng(seed)
        x = np.linalg.qr(rng.standard_normal((200, n)))[0] * np.sqrt(200)  # white: a round bowl
        part = Part(x, x @ rng.standard_normal((n, 1)))
        line = Data("line", part, None, None, None, "drawn from a seed")
        losses = mn.race(neuron, line, rules, epochs=steps, plan="full", start=np.zeros(n),
                         dtype="float64", evaluate_every=0).losses  # fmt: skip
        bfgs = fullbatch.minimise(neuron, part, np.zeros(n), evaluations=steps).best
        pair = [mn.RMSprop(0.005), mn.RMSprop(schedules.cosine(0.005))]
        race = mn.race(digits.net(), "digits", pair, seed=seed, evaluate_every=0)
        for name, number in {
            "constant": losses[:13, -1].min(), "turned down": losses[13:, -1].min(),
            "L-BFGS": bfgs[-1], "floor": losses[9, -1] / (n * rates[9] ** 2 / 8),
            "digits": np.subtract(*race.final("test")),
        }.items():  # fmt: skip
            value.setdefault(name, []).append(number)
    return value, method_choice.AccurateRuns(rates, losses, bfgs)


accurate = accurate_weights()


# %% 6e.28 There is no simple recipe: some tasks have many rare cases
@experiment("6e.28")
def rare_cases(seeds, frequencies=(0.5, 0.01), steps=1500):
    neuron = mn.MLP([2, 1], loss="squared", biases=False)
    rules = {"SGD": mn.SGD(0.5), "Adagrad": mn.Adagrad(0.3), "rmsprop": mn.RMSprop(0.03)}
    learnt = []  # (S, rules, features): steps to 90 % of each weight
    for seed in seeds:
        x = 1.0 * (np.random.default_rng(seed).random((10 * steps, 2)) < frequencies)
        cases = from_arrays(x, x.sum(axis=1), task="regression", validation=0, test=0)
        race = mn.race(neuron, cases, list(rules.values()), batch_size=10, epochs=1, plan="cyclic",
                       start=np.zeros(2), evaluate_every=0, keep=range(steps + 1))  # fmt: skip
        near = np.abs(race.kept - 1) < 0.1  # (rules, steps, features)
        learnt.append(np.where(near.any(axis=1), near.argmax(axis=1), np.inf))
    learnt = np.array(learnt)
    return dict(zip(rules, (learnt[..., 1] / learnt[..., 0]).T, strict=True)), learnt


method_choice.tasks(accurate, rare_cases())

# %% [markdown]
# ## Fine print · Saddles, and steps that shrink
#
# On $E = x^2 - y^2$, a thousandth off the ridge, SGD needs $\ln 1000 / \ln(1 + 2\epsilon) = 349$
# steps.  On a steady slope rmsprop walks $\epsilon t$, Adagrad only $2\epsilon\sqrt t$.

# %%
RULES = {make.__name__: make(lr=0.01) for make in (mn.SGD, mn.Momentum, mn.RMSprop, mn.Adagrad)}
away = mn.roll("saddle", [*RULES.values()], steps=1500).w[:, :, 1]  # along y
escape = {rule: int(np.argmax(np.abs(y) > 1)) for rule, y in zip(RULES, away, strict=True)}
slope = {rule: -mn.replay(RULES[rule], 0.0, np.ones(1000))[:, 0] for rule in ("RMSprop", "Adagrad")}
method_choice.fine_print(escape, slope)

# %% [markdown]
# ## Slide 31 · The advice, and what became of it here
#
# Small data: full batches.  Big redundant data: mini-batches, with momentum, or rmsprop, or a
# method that finds its own rates.  No recipe for all, since nets and tasks differ.

# %%
method_choice.verdicts([current().findings[f"6e.{k}"] for k in range(20, 29)])
