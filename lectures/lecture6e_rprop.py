# %% [markdown]
# # 6e · rprop, and why it does not work with mini-batches
#
# What is left of a gradient when only its sign counts: much, on full batches.  Each cell states one
# claim, tests it with a few lines of minnet, and draws what came out.

# %%
import numpy as np

import minnet as mn
from minnet.lecture import experiment
from minnet.lecture.pictures import rprop as pictures
from minnet.lecture.probes import digits, streams
from minnet.lecture.session import is_quick
from minnet.surfaces import heights

sign_step = streams.sign_step  # w -= step sign(g), with a step of 0.1

# %% [markdown]
# ## Slide 27 · rprop: only the sign of the gradient
#
# Gradients differ in size between weights and change while the net learns: no one global rate fits.
# On full batches the sign alone will do, $\Delta w = -\Delta\,\mathrm{sign}(g)$.  rprop gives each
# weight a step size $\Delta$ of its own: times 1.2 when two successive signs agree, times 0.5 when
# they do not, within $10^{-6}$ and 50.


# %% 6e.1 Gradients differ in size between weights, and over time
@experiment("6e.1")
def sizes(seeds, updates=(1, 3, 10, 30, 100, 300, 1000), shares=(0.05, 0.5, 0.95)):
    net, data, quantiles = digits.net(), digits.first_digits(), []
    for seed in seeds:
        run = mn.train(net, data, "sgd(0.5)", batch_size=100, epochs=100, seed=seed, plan="cyclic",
                       evaluate_every=0, keep=updates)  # fmt: skip
        g = [np.abs(net.gradient(w, data.train.x, data.train.t)[1]) for w in run.kept[0]]
        quantiles.append([np.quantile(row[row > 0], shares) for row in g])  # 0: blank pixels
    low, middle, high = np.moveaxis(quantiles, 2, 0)  # (S, updates) each
    apart, change = (high / low).min(axis=1), middle.max(axis=1) / middle.min(axis=1)
    value = {"between weights": apart, "in time": change}
    return value, pictures.GradientSizes(updates, low, middle, high)


pictures.magnitudes(sizes())


# %% 6e.2 With only the sign, the scale of the error does not matter
@experiment("6e.2")
def scale_free(rules=(sign_step, "rprop", "sgd(0.015)"), scales=(2.0**-20, 1.0, 2.0**20)):
    hessian, runs = mn.surfaces.bowl(100, 30).hessian(), []
    for scale in scales:  # powers of two, so that scaling does not round
        xx, xy, yy = scale * hessian[[0, 0, 1], [0, 1, 1]]
        bowl = mn.Surface(heights.quadratic, {"xx": xx, "xy": xy, "yy": yy}, minima=[(0, 0)])
        runs.append(mn.roll(bowl, rules, (8, 6), 200))
    apart = [np.nan_to_num(np.abs(run.w - runs[1].w), nan=np.inf).max(axis=(1, 2)) for run in runs]
    names = "sign step", "Rprop-", "SGD"
    far = [dict(zip(names, run.distances(), strict=True)) for run in runs]
    return dict(zip(names, np.max(apart, axis=0), strict=True)), far


pictures.scales(scale_free())


# %% 6e.3 rprop escapes quickly from plateaus with tiny gradients
@experiment("6e.3")
def leave_plateau(rules=("rprop", sign_step, "sgd(0.1)"), slope=1e-8, width=10.0, steps=120):
    paths = [streams.displacement(rule, np.full(steps, slope)) for rule in rules]
    out = [np.append(path >= width * (1 - 1e-12), True).argmax() for path in paths]
    needed = [
        n if n <= steps else width / path[-1] * steps for n, path in zip(out, paths, strict=True)
    ]
    return dict(zip(("Rprop-", "sign step", "SGD"), needed, strict=True)), paths


escaped = leave_plateau()


# %% 6e.4 A higher learning rate cannot buy that
@experiment("6e.4")
def throws(rule=mn.SGD, slope=1e-8, width=10.0):
    pit = mn.Surface(heights.plateau, {"slope": slope})  # of radius 1, behind the plateau
    rates = width / slope / np.geomspace(1000, 1, 200)  # to cross in 1000 steps ... in one
    x = mn.roll(pit, [*map(rule, rates), "rprop"], (width + 1, 0), 1100).w[:, :, 0]
    crossed = np.maximum.accumulate(x < 1, axis=1)
    thrown, arrived = np.where(crossed, np.abs(x), 0).max(axis=1), np.abs(x[:, -1]) < 1
    return {
        "least throw": thrown[:-1].min(), "share above 100": np.mean(thrown[:-1] > 100),
        "share that arrives": np.mean(arrived[:-1]), "Rprop-": thrown[-1],
    }, pictures.Throws(crossed.argmax(axis=1), thrown)  # fmt: skip


pictures.plateau(escaped, throws())


# %% 6e.5 Step sizes: times 1.2, times 0.5, from a millionth to 50
@experiment("6e.5")
def limits(variants=(mn.Rprop, mn.IRpropMinus, mn.RpropPlus, mn.IRpropPlus)):
    agree, differ = np.ones(60), np.tile([1.0, -1.0], 30)
    grown = [streams.slot_trace(rule(), agree, "size") for rule in variants]
    shrunk = [streams.slot_trace(rule(), differ, "size") for rule in variants]
    up, down = grown[0][3] / grown[0][2], shrunk[0][3] / shrunk[0][2]
    disagree = np.linspace(0, 0.6, 61)  # share of the pairs of signs
    return {
        "agreements to 50": [int((np.diff(size) > 0).sum()) for size in grown],
        "disagreements to 1e-6": [int((np.diff(size) < 0).sum()) for size in shrunk],
        "agreements for a disagreement": -np.log(down) / np.log(up),
        "share in balance": np.log(up) / np.log(up / down),
    }, pictures.StepSizes(grown[0], shrunk[0], disagree, up ** (1 - disagree) * down**disagree)


pictures.step_sizes(limits())

# %% [markdown]
# Below, five rules compete with seven rates each (for rprop: first step sizes).  A loss of 1e-9 is
# the least that float32 can tell from 0.

# %%
STEPS = digits.rates(1e-4, 1.0, 7)
RULES = {
    "SGD": [mn.SGD(rate) for rate in digits.rates(0.15, 9.6, 7)],
    "rmsprop": [mn.RMSprop(rate) for rate in digits.rates(1e-3, 1.0, 7)],
    "Rprop-": [mn.Rprop(step) for step in STEPS],
    "iRprop-": [mn.IRpropMinus(step) for step in STEPS],
    "Rprop+": [mn.RpropPlus(step) for step in STEPS],
}


def final_loss(report):
    return digits.pass_loss(report.losses, report.info["steps_per_epoch"])[:, -1]


# %% 6e.6 rprop is excellent on full batches
@experiment("6e.6")
def full_batch(seeds, rules=RULES):
    runs = digits.tune(rules, seeds, final_loss, plan="full", epochs=100)
    return {name: run.scores for name, run in runs.items()}, runs


full = full_batch()  # drawn beside 6e.11

# %% [markdown]
# ## Slide 28 · Why rprop does not work with mini-batches
#
# SGD with a small rate averages gradients over successive mini-batches.  A weight whose gradient
# is $+0.1$ on nine mini-batches and $-0.9$ on the tenth should stay where it is; by the sign alone
# it goes nine steps one way and one back.
#
# **Erratum E6.**  The slide assumes that step sizes hardly adapt meanwhile.  With its own 1.2 and
# 0.5 they are multiplied by $0.5 \cdot 0.5 \cdot 1.2^8 = 1.075$ a cycle (by 2.150 where a change of
# sign is forgotten): exponential growth, until 50.  The conclusion only gets stronger.


# %% 6e.7 SGD averages over the mini-batches
@experiment("6e.7")
def averaged(rule="sgd(1.0)", cycles=(1, 10, 100)):
    path = streams.displacement(rule, streams.stream(max(cycles)))
    return {"after 1, 10, 100 cycles": [path[10 * c] for c in cycles]}, path


# %% 6e.8 The sign alone: nine up, one down
@experiment("6e.8")
def signed(rule=sign_step, cycles=(1, 10, 100), step=0.1):
    path = streams.displacement(rule, streams.stream(max(cycles)))
    return {"after 1, 10, 100 cycles": [path[10 * c] / step for c in cycles]}, path


# %% 6e.9 rprop makes the weight grow a lot
@experiment("6e.9")
def grows(cycles=(1, 10, 100), **hyper):
    rules = {"Rprop-": mn.Rprop, "iRprop-": mn.IRpropMinus, "Rprop+": mn.RpropPlus}
    gradients = streams.stream(max(cycles))
    paths = {name: streams.displacement(rule(**hyper), gradients) for name, rule in rules.items()}
    sizes = [streams.slot_trace(rule(**hyper), gradients, "size") for rule in rules.values()]
    value = {name: [path[10 * c] for c in cycles] for name, path in paths.items()}
    value |= {"growth": [size[40] / size[30] for size in sizes]}
    return value, pictures.StreamOfTen(paths, sizes)


pictures.nine_and_one(averaged(), signed(), grows())

# %% [markdown]
# In the digit net the weights blow up too, with batches of up to 250, and it learns little.  (On
# the full batch they grow even more, given as many updates, but there the loss goes to 0.)  With
# factors nearer to 1 rprop learns much more from batches of 100 or 250; for 500 the usual ones do.


# %% 6e.10 The same in a real net
@experiment("6e.10")
def blow_up(seeds, rules=("rprop(0.001)", "rmsprop(0.01)"), sizes=(4, 10, 50, 100, 250, 500, 1000)):
    largest, losses = {}, {}
    for size, epochs in [(size, 20) for size in sizes] + [(1000, 200)]:
        runs = [mn.race(digits.net(), digits.first_digits(), rules, batch_size=size, epochs=epochs,
                        seed=seed, plan="cyclic", evaluate_every=0) for seed in seeds]  # fmt: skip
        name = str(size) if epochs == 20 else "1000, 200 epochs"
        largest[name] = np.array([np.abs(run.weights).max(axis=1) for run in runs]).T
        losses[name] = np.array([run.final("train", "loss") for run in runs]).T
    value = {name: w[0] for name, w in largest.items()}
    value |= {f"loss {name}": loss[0] for name, loss in losses.items()}
    return value, pictures.GrowthBySize(largest, losses)


pictures.blow_up(blow_up())


# %% 6e.11 rprop does not learn well on mini-batches
@experiment("6e.11")
def mini_batch(seeds, rules=RULES):
    runs = digits.tune(rules, seeds, final_loss, epochs=100)
    return {name: run.scores for name, run in runs.items()}, runs


pictures.full_and_mini(full, mini_batch())


# %% 6e.12 More cautious factors and big mini-batches
@experiment("6e.12")
def cautious(seeds, pairs=((1.2, 0.5), (1.05, 0.85), (1.02, 0.95), (1.01, 0.98))):
    steps, scores, borders = digits.rates(1e-3, 1.0, 4 if is_quick() else 5), {}, {}
    rules = {f"{up} / {down}": [mn.Rprop(step, up, down) for step in steps] for up, down in pairs}
    for size in (100, 250, 500):
        runs = digits.tune(
            rules | {"SGD": RULES["SGD"]}, seeds, final_loss, batch_size=size, epochs=60
        )
        scores[size] = {name: run.scores for name, run in runs.items()}
        borders[size] = [name for name, run in runs.items() if run.at_the_border]
    return scores, borders


pictures.cautious(cautious())
