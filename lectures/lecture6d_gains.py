# %% [markdown]
# # 6d · A separate, adaptive learning rate for each connection
#
# One global rate, set by hand, times a gain for every weight, found while learning.  Each cell
# states one claim, tests it with a few lines of minnet, and draws what came out.

# %%
import numpy as np

import minnet as mn
from minnet import rules
from minnet.lecture import experiment
from minnet.lecture.pictures import gains as pictures
from minnet.lecture.probes import digits, signs
from minnet.lecture.statements.part6d import SPREADS


def layer_sizes(net, w, x, t):
    """The root mean square gradient of every layer's weights, from the first on."""
    _, g = net.gradient(w, x, t)
    return np.array([np.sqrt(np.mean(weights**2)) for weights, _ in net.named(g)])


# %% [markdown]
# ## Slide 23 · The intuition
#
# The right learning rate varies from weight to weight.  Gradients of early layers can be tiny, the
# more so with small start weights; and the fan-in of a unit sets how far an update overshoots that
# changes all its incoming weights to mend the same error.


# %% 6d.1 Gradient sizes differ between layers, more for small start weights
@experiment("6d.1")
def between_layers(seeds, units=("logistic", "tanh"), spreads=SPREADS):
    train, sizes = digits.first_digits(dtype="float64").train, {}
    for unit in units:
        for spread in spreads:
            net = mn.MLP([64, 30, 30, 30, 30, 10], hidden=unit, init=("normal", spread))
            rows = [layer_sizes(net, net.start(s, "float64"), train.x, train.t) for s in seeds]
            sizes[f"{unit}, {spread:g}"] = np.array(rows)
    return {name: size[:, -1] / size[:, 0] for name, size in sizes.items()}, sizes


layers = between_layers()


# %% 6d.2 Early layers of very deep nets have tiny gradients
@experiment("6d.2")
def deeper(seeds, depths=(2, 4, 6, 8, 10, 12)):
    train, value, curves = digits.first_digits(dtype="float64").train, {}, {}
    for unit, init in (("logistic", "lecun"), ("tanh", "lecun"), ("relu", "he")):
        first = np.empty((len(seeds), len(depths)))
        for d, depth in enumerate(depths):
            net = mn.MLP([64, *[30] * depth, 10], hidden=unit, init=init)
            for s, seed in enumerate(seeds):
                first[s, d] = layer_sizes(net, net.start(seed, "float64"), train.x, train.t)[0]
        value[f"{unit}, a layer"] = np.exp(np.polyfit(depths, np.log(first).T, 1)[0])
        value[f"{unit}, straight"] = [np.corrcoef(depths, np.log(row))[0, 1] for row in first]
        curves[f"{unit}, {init} start"] = np.median(first, axis=0)
    return value, pictures.GradientByDepth(depths, curves)


deep = deeper()

# %% The net of the slide, on random cases
rng = np.random.default_rng(23)
small = mn.MLP([3, 4, 2], hidden="logistic", init=("normal", 0.1))
cases, classes = rng.normal(size=(300, 3)), np.eye(2)[rng.integers(2, size=300)]
pair = layer_sizes(small, small.start(0, "float64"), cases, classes)
pictures.layers(layers, deep, pair)


# %% 6d.3 The fan-in sets the overshoot
@experiment("6d.3")
def overshoot(seeds, optimizer="sgd(lr=0.01)", fan_ins=(10, 30, 100, 300, 1000), tries=100):
    moves, off = np.zeros((len(seeds), len(fan_ins))), 0.0
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        for k, n in enumerate(fan_ins):
            net = mn.MLP([n, 1], loss="squared", biases=False)
            w = net.start(seed, "float64")
            for x in rng.normal(size=(tries, 1, n)):  # one case each, with an error of 1 to mend
                y = net.predict(w, x)
                new = mn.replay(optimizer, w, net.gradient(w, x, y + 1)[1][None])[-1]
                change = (net.predict(new, x) - y)[0, 0]
                moves[s, k] += change / tries
                off = max(off, abs(change - 0.01 * (x @ x.T)[0, 0]))
    slope = np.polyfit(np.log10(fan_ins), np.log10(moves).T, 1)[0]
    return {"slope": slope, "off x'x": off}, pictures.Moves(fan_ins, moves)


pictures.fan_in(overshoot())

# %% [markdown]
# ## Slide 24 · One way to determine the individual rates
#
# $$\Delta w_{ij} = -\varepsilon\, g_{ij}\, \frac{\partial E}{\partial w_{ij}}, \qquad
# g_{ij}(t) = \begin{cases} g_{ij}(t-1) + .05 & \text{if the last two gradients agree in sign}\\
# .95\; g_{ij}(t-1) & \text{otherwise}\end{cases}$$
#
# Gains start at 1.  Below they are read off `replay`: with gradients of 1 and -1 and a rate of 1
# the steps *are* the gains.


# %% 6d.4 Gains add .05 or multiply by .95
STREAMS = {
    "always the same sign": np.ones(400),
    "alternating": signs.alternating(400),
    "200 agree, then it alternates": np.concatenate([np.ones(200), signs.alternating(200)]),
    "agree, disagree, agree, ...": np.tile([1.0, 1.0, -1.0, -1.0], 100),
}


@experiment("6d.4")
def climb_and_fall(rule=mn.Gains):
    counts = {}
    for top in (10, 100):
        climb = round((top - 1) / 0.05)
        stream = np.concatenate([np.ones(climb + 50), signs.alternating(200)[1:]])
        gain = signs.gain_trace(rule(1.0, low=0.01, high=top), stream)
        counts[f"1 to {top}"] = signs.first(gain > top * (1 - 1e-9))
        counts[f"{top} to 1"] = signs.first(gain[climb + 49 :] <= 1)  # from when it oscillates on
    return counts, {name: signs.gain_trace(rule(1.0), stream) for name, stream in STREAMS.items()}


pictures.traces(climb_and_fall())


# %% 6d.5 A totally random gradient leaves the gain around 1
@experiment("6d.5")
def hovering(seeds, optimizer=mn.Gains):
    ends = []
    for seed in seeds:
        *_, last = signs.random_gains(optimizer(1.0), seed, 20_000, 1000)
        ends.append(last)
    value = {"mean": np.mean(ends, axis=1), "sd": np.std(ends, axis=1)}
    value |= {"median": np.median(ends, axis=1), "2.5 %": np.quantile(ends, 0.025, axis=1)}
    return value | {"97.5 %": np.quantile(ends, 0.975, axis=1)}, np.concatenate(ends)


random = hovering()


# %% 6d.6 Why add up and multiply down
def multiply_both(w, g, gain, g_before, t, lr=1.0, up=1.05, down=0.95):
    if t > 1:
        gain = gain * up if g * g_before > 0 else gain * down
    return w - lr * gain * g, gain, g


def add_both(w, g, gain, g_before, t, lr=1.0, up=0.05, down=0.05):
    if t > 1:
        gain = gain + up if g * g_before > 0 else gain - down
    return w - lr * gain * g, gain, g


THREE = {"add / multiply": rules.gains, "multiply / multiply": multiply_both, "add / add": add_both}


@experiment("6d.6")
def three_ways(three=THREE):
    value, traces, walks = {}, {}, {}
    for name, rule in three.items():
        big = mn.custom(rule, starts={"gain": 10.0}, lr=1.0)
        traces[name] = signs.gain_trace(big, signs.alternating(61))
        value[f"fall, {name}"] = traces[name][20]
        limits = {"low": 1e-9, "high": 1e9} if rule is rules.gains else {}
        one = mn.custom(rule, starts={"gain": 1.0}, lr=1.0, **limits)
        gains = np.array([*signs.random_gains(one, 0, 1000, 2000)])
        size = np.log(gains) if name == "multiply / multiply" else gains
        value[f"spread, {name}"] = size[1999].std() / size[499].std()  # a random walk: 2
        walks[name] = np.quantile(gains[::20], [0.05, 0.5, 0.95], axis=1)
    return value, pictures.ThreeRules(traces, walks)


pictures.random_signs(random, three_ways())
