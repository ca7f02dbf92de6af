# %% [markdown]
# # 6e · rmsprop, the mini-batch version of rprop
#
# What dividing the gradient by a running average of its size gives back, and how much of it.

# %%
import numpy as np

import minnet as mn
from minnet.dialects import slide
from minnet.lecture import experiment
from minnet.lecture.pictures import mean_square as pictures
from minnet.lecture.probes import digits, streams

DECAYS = np.array([0.9, 0.99, 0.999])
sign_step = streams.sign_step  # w -= step sign(g), with a step of 0.1

# %% [markdown]
# ## Slide 29 · rmsprop: a mini-batch version of rprop
#
# rprop is the gradient divided by its own size, on each mini-batch by another number.  So make the
# divisor similar for neighbouring mini-batches, with a running average:
#
# $$\mathrm{MeanSquare}(w, t) = 0.9\,\mathrm{MeanSquare}(w, t-1) + 0.1\,g(t)^2,\qquad
# \Delta w = -\varepsilon\, g(t) / \sqrt{\mathrm{MeanSquare}(w, t)}$$
#
# The slide prints no rate, no guard against 0/0 and no first MeanSquare; we start from 0.


# %% 6e.13 rprop is the gradient divided by its own size
@experiment("6e.13")
def own_size(rule=slide.RMSprop):
    random = np.random.default_rng(0)
    g = random.choice([-1, 1], 300) * 10 ** random.uniform(-6, 6, 300)
    rules = {"sign alone": sign_step, "rmsprop, decay 0": rule(0.1, decay=0),
             "rmsprop, decay 0.9": rule(0.1)}  # fmt: skip
    paths = {name: streams.displacement(optimizer, g) for name, optimizer in rules.items()}
    return np.abs(paths["sign alone"] - paths["rmsprop, decay 0"]).max(), paths


# %% 6e.14 What each mini-batch is divided by
@experiment("6e.14")
def divisors(seeds, rule=slide.RMSprop, settled=100):
    net, part = digits.net(), digits.first_digits().train
    spread, ratios = {"sign step": [], "rmsprop": []}, {}
    for seed in seeds:
        w, gradients = net.start(seed), []
        for cases in mn.Plan(1000, 100, 30, order="cyclic"):
            gradients.append(net.gradient(w, part.x[cases], part.t[cases])[1])
            w -= np.float32(0.5) * gradients[-1]
        g = np.array(gradients, float)
        g = g[:, (g != 0).all(axis=0)]  # not the weights of blank pixels
        for name, optimizer in {"sign step": sign_step, "rmsprop": rule(0.1)}.items():
            moves = np.diff(mn.replay(optimizer, np.zeros(g.shape[1]), g), axis=0)
            divided_by = 0.1 * np.abs(g / moves)  # a move is 0.1 g / divisor
            ratios[name] = np.diff(np.log10(divided_by[settled:]), axis=0)
            spread[name].append(ratios[name].std())
    return spread, ratios


pictures.divisors(own_size(), divisors())


# %% 6e.15 The first steps
@experiment("6e.15")
def first_steps(rule=slide.RMSprop):
    paths = [streams.displacement(rule(1.0, decay=decay), np.full(3000, 0.7)) for decay in DECAYS]
    steps = np.diff(paths, axis=1)
    first, settled, longest = steps[0, :3], steps[0, 99], steps.max(axis=1)
    value = {"first steps": first, "step 100": settled, "longest": longest}
    return value, pictures.StepLengths(DECAYS, steps)


pictures.first_steps(first_steps())

# %% [markdown]
# **Erratum E7.**  With 0.9 the ten gradients of slide 28 do not quite cancel: 0.68 learning rates
# of drift a cycle are left (by the sign alone: 8), with 0.99 a tenth of that.  And the long first
# steps move the weight much further, unless MeanSquare starts at its true 0.09.


# %% 6e.16 rmsprop restores the averaging
@experiment("6e.16")
def restores(seeds, rule=slide.RMSprop):
    def at_rest(lr, decay):  # its MeanSquare is that of the stream from the start
        return streams.with_starts(rule(lr, decay=decay), mean_square=streams.MEAN_SQUARE)

    once, long = streams.stream(1), 2000
    settled = [at_rest(1.0, decay) for decay in DECAYS]
    steady = [streams.drift(run, 1000) for run in settled]
    shuffled = [
        [streams.displacement(run, streams.stream(long, seed))[-1] / long for seed in seeds]
        for run in settled
    ]
    unbiased = [mn.Adam(1.0, beta1=0, beta2=decay, eps=1e-300) for decay in DECAYS]
    runs = {"sign alone": sign_step, "Rprop-, 1.2 / 0.5": mn.Rprop(), "SGD": mn.SGD(1.0),
            "Adagrad": mn.Adagrad(0.1)}  # fmt: skip
    runs |= {f"rmsprop {decay}": at_rest(0.1, decay) for decay in DECAYS}
    paths = {name: streams.displacement(run, streams.stream(3)) for name, run in runs.items()}
    return {
        "steady": steady, "slope": np.polyfit(np.log(1 - DECAYS), np.log(np.abs(steady)), 1)[0],
        "shuffled": np.mean(shuffled, axis=1), "sign step": streams.drift(sign_step, 100) / 0.1,
        "Adagrad": streams.drift(mn.Adagrad(1.0), 1000),
        "first cycle": [streams.displacement(rule(1.0, decay=d), once)[-1] for d in DECAYS],
        "freed of bias": [streams.displacement(run, once)[-1] for run in unbiased],
        "from 0.09": [streams.displacement(run, once)[-1] for run in settled],
    }, pictures.Drifts(DECAYS, paths)  # fmt: skip


pictures.nine_and_one(restores())


# %% 6e.17 The scale of a weight's gradient does not matter
@experiment("6e.17")
def rescaled(seeds, rules="slide.rmsprop(0.003), sgd(0.5)"):
    net, part = digits.net(), digits.first_digits(dtype="float64").train
    apart, losses = {"rmsprop": [], "SGD": []}, {}
    for seed in seeds:
        random = 10 ** np.random.default_rng(seed).uniform(-3, 3, net.n_weights)
        for name, rule in zip(apart, mn.parse(rules), strict=True):
            ends, step = [], rule.compiled("float64")[0]
            for words, scale in (("", np.ones_like(random)), (", each gradient scaled", random)):
                w, slots = net.start(seed, "float64"), rule.start(net.n_weights, "float64")
                curve = losses[name + words] = []
                for t, cases in enumerate(mn.Plan(1000, 100, 10, order="cyclic"), 1):
                    error, g = net.gradient(w, part.x[cases], part.t[cases])
                    step(w, scale * g, slots, rule.values("float64"), t, False)
                    curve.append(error)
                ends.append(w)
            apart[name].append(np.abs(ends[1] - ends[0]).max())
    return apart, losses


pictures.scale_of_each_weight(rescaled())


# %% 6e.18 It makes learning work much better
@experiment("6e.18")
def better(seeds):
    rules = {"SGD": [mn.SGD(rate) for rate in digits.rates(0.15, 9.6, 7)],
             "rmsprop": [mn.RMSprop(rate) for rate in digits.rates(1e-3, 1.0, 7)]}  # fmt: skip
    runs = {level: digits.tune(rules, seeds, digits.updates_score(level), epochs=100)
            for level in (0.1, 0.01)}  # fmt: skip
    value = {f"{name} to {level}": run.scores for level, at_level in runs.items()
             for name, run in at_level.items()}  # fmt: skip
    return value, pictures.TwoLevels(rules, runs)


pictures.much_better(better())


# %% 6e.19 At a constant rate it never comes to rest
@experiment("6e.19")
def floor(rule=slide.RMSprop, rates=(0.1, 0.01), steps=3000):
    w = mn.roll(mn.surfaces.bowl(100), [rule(rate) for rate in rates], steps=steps).w
    one, two = w[:, -2] / np.reshape(rates, (-1, 1)), w[:, -1] / np.reshape(rates, (-1, 1))
    value = {"half width": np.abs(two - one) / 2, "centre": np.abs(two + one).max() / 2}
    return value, pictures.SwingPaths(rates, w)


pictures.floor(floor())
