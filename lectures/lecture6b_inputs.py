# %% [markdown]
# # 6b · What to do with the inputs
#
# Shift them, scale them, decorrelate them: each makes the error surface rounder, and steepest
# descent faster.

# %%
import numpy as np
from scipy.special import expit as logistic

import minnet as mn
from minnet.lecture import experiment
from minnet.lecture.pictures import prepared_inputs as pictures
from minnet.lecture.probes import bowls, digits, inputs
from minnet.lecture.session import is_quick
from minnet.surfaces import linear_neuron

# %% [markdown]
# ## Slide 11 · Shift the inputs
#
# A linear neuron with $E = \frac12\sum(t - w^\top x)^2$ has $H = \sum x x^\top$.  Each training
# case pulls the weights to its own line.  With inputs (101, 101) and (101, 99) the two lines are
# almost one, and the ellipse is 200 times as long as wide; 100 off each input makes it a circle.
#
# **E4:** the slides draw this ellipse, and the next, about 7:1.  Left is what they are.


# %% 6b.7 Shifting the inputs
def compared(raw, better, t=(2, 0)):
    """Steps of steepest descent to a millionth of the distance, and the two bowls."""
    value, neurons = {}, []
    for name, x in (("raw", raw), ("prepared", better)):
        neuron = linear_neuron(x, t)
        rate = bowls.best_rate(neuron.hessian())
        value[name] = mn.roll(neuron, [mn.SGD(rate)], (0, 0), 300_000).steps_to(1e-6)[0]
        neurons.append(pictures.Neuron(np.asarray(x, float), neuron))
    (a, b), bowl = neurons[0]
    angle = np.degrees(np.arctan2(abs(a[0] * b[1] - a[1] * b[0]), abs(a @ b)))  # the acute one
    condition = np.linalg.cond(bowl.hessian())
    value |= {"condition": condition, "axis ratio": condition**0.5, "lines' angle": angle}
    return value | {"w*": bowl.minima[0]}, pictures.Preparation(*neurons)


@experiment("6b.7")
def shifted(raw=((101, 101), (101, 99)), by=100):
    return compared(raw, np.subtract(raw, by))


pictures.shifted(shifted())

# %% [markdown]
# **E3:** what the slide does is subtract 100.  Subtracting each input's *mean* from these two cases
# leaves (0, 1) and (0, -1): the first weight can never be learnt, and the targets' mean of 1 is
# left over, which only a bias could give.


# %% 6b.9 Zero mean in the slide's example (E3)
@experiment("6b.9")
def means_subtracted(raw=((101, 101), (101, 99)), t=(2, 0)):
    x = np.subtract(raw, np.mean(raw, axis=0))
    trough = linear_neuron(x, t)
    with_bias = linear_neuron(np.column_stack([np.ones(2), x[:, 1]]), t)  # beside input 2
    return {
        "eigenvalues": np.linalg.eigvalsh(trough.hessian()),
        "error left": mn.roll(trough, [mn.SGD(0.5)], (0, 0), 100).errors[0, -1],
        "with a bias": np.linalg.eigvalsh(with_bias.hessian()),
    }, pictures.BiasOrNot(trough, with_bias)


pictures.means_subtracted(means_subtracted())

# %% [markdown]
# **E2:** $2\sigma(x) - 1$ is $\tanh(x/2)$, so $\tanh x = 2\sigma(2x) - 1$.  Its activities have
# a mean near 0, which is what the next layer wants of its inputs.  The logistic has a virtue too:
# far below threshold it says nothing, whatever its input does; a tanh that is as deaf says -1.


# %% 6b.10 tanh and the logistic (E2)
@experiment("6b.10")
def rescaled(unit=logistic):
    x = np.linspace(-10, 10, 200_001)
    tanh, corrected, printed = np.tanh(x), 2 * unit(2 * x) - 1, 2 * unit(x) - 1
    off = np.abs(tanh - printed)
    return {
        "as printed": off.max(),
        "at": abs(x[off.argmax()]),
        "rescaled": np.abs(tanh - corrected).max(),
    }, pictures.TanhFormulas(x, tanh, corrected, printed)


# %% 6b.12 A logistic unit ignores big negative inputs
@experiment("6b.12")
def ignored(z=-6.0):
    y, tanh = logistic(z), np.tanh(z)
    value = {"logistic value": y, "tanh value": tanh}
    value |= {"logistic slope": y * (1 - y), "tanh slope": 1 - tanh**2}
    x = np.linspace(z - 3, 4, 521)
    return value, pictures.Units(x, logistic(x), np.tanh(x))


pictures.tanh_and_logistic(rescaled(), ignored())


# %% 6b.11 tanh activities are roughly zero-mean
@experiment("6b.11")
def activities(seeds, units=("logistic", "tanh")):
    x, value, layers = inputs.prepared("shift, scale", "float64").train.x, {}, {}
    for unit in units:
        layer = mn.MLP([64, 64], output=unit, loss="squared")
        y = [layer.predict(layer.start(seed, "float64"), x) for seed in seeds]
        value[f"{unit} mean"] = np.array([a.mean() for a in y])
        value[f"{unit} condition"] = np.array([inputs.condition(a) for a in y])
        layers[unit] = pictures.Activities(y[0], inputs.spectrum(y[0]))
    return value, layers


layers = activities()
nets = {unit: inputs.tune_sgd(range(1 if is_quick() else 3), 0.2, 20, bench=digits.net(unit=unit))
        for unit in layers.data}  # fmt: skip
pictures.activities(layers, nets)

# %% [markdown]
# ## Slide 12 · Scale the inputs
#
# Inputs of 0.1 and 10 give curvatures $2\cdot0.1^2$ and $2\cdot10^2$: the ellipse is 100 times as
# long as wide, along the weight of the small input (E4 again).


# %% 6b.13 Scaling the inputs
@experiment("6b.13")
def scaled(raw=((0.1, 10), (0.1, -10)), by=(0.1, 10)):
    return compared(raw, np.divide(raw, by))


pictures.scaled(scaled())

# %% [markdown]
# ## Slides 11 to 13 · The same on real inputs
#
# The digits' pixels are all positive, so centring pays most.  Scaling adds less: most pixels are
# of a size already, but those at the rim, which are seldom on, get their say.  The last principal
# components carry next to nothing: 45 of 60 learn as fast as all, half of them nearly so.


# %% 6b.8 Zero mean for real inputs
@experiment("6b.8")
def centring(seeds):
    spectra = {"raw": inputs.spectrum(inputs.prepared("").train.x),
               "centred": inputs.spectrum(inputs.prepared("shift").train.x)}  # fmt: skip
    return {
        "raw eigenvalue": spectra["raw"][0],
        "centred eigenvalue": spectra["centred"][0],
        "raw updates": inputs.tune_sgd_on("", seeds).scores,
        "centred updates": inputs.tune_sgd_on("shift", seeds).scores,
    }, spectra


# %% 6b.14 Unit variance
@experiment("6b.14")
def unit_variance(seeds, before, components=50):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1000, 10)) * np.geomspace(0.01, 100, 10)
    regression = mn.data.from_arrays(x, x.sum(axis=1), validation=0, test=0, dtype="float64")
    centred, scaled = (inputs.prepared(text).train.x for text in ("shift", "shift, scale"))
    return {
        "regression raw": inputs.condition(regression.train.x),
        "regression scaled": inputs.condition(mn.transformed(regression, "shift, scale").train.x),
        "digits centred": inputs.condition(centred, components),
        "digits scaled": inputs.condition(scaled, components),
        "centred updates": before,
        "scaled updates": inputs.tune_sgd_on("shift, scale", seeds).scores,
    }, inputs.spectrum(scaled)


# %% 6b.16 Dropping small principal components
@experiment("6b.16")
def dropping(seeds, components=(10, 20, 30, 45, 60), half=30, most=60):  # 4 pixels never change
    eigenvalues = inputs.spectrum(inputs.prepared("shift").train.x)
    scores = {k: inputs.tune_sgd_on(f"shift, drop(components={k}), whiten", seeds).scores
              for k in components}  # fmt: skip
    shares = np.cumsum(eigenvalues) / eigenvalues.sum()
    return {
        "variance kept": shares[half - 1],
        "condition of half": eigenvalues[0] / eigenvalues[half - 1],
        "condition of all": eigenvalues[0] / eigenvalues[most - 1],
        "half": scores[half],
        "three quarters": scores[most * 3 // 4],
        "all": scores[most],
    }, pictures.Components(shares, scores)


centred = centring()
pictures.real_inputs(centred, unit_variance(before=centred.value["centred updates"]), dropping())

# %% [markdown]
# ## Slide 13 · Decorrelate the inputs
#
# Rotated onto their principal components and divided by $\sqrt{\text{eigenvalue}}$, inputs have
# $H \propto I$: downhill is straight to the minimum, and $\epsilon = 1/\lambda$ gets there in one
# step.  Shifting and scaling alone leave $(1+\rho)/(1-\rho)$.

# %% 6b.15 Principal components make the surface circular
STAGES = {"raw": "", "shifted": "shift", "scaled": "shift, scale",
          "rotated": "shift, scale, decorrelate", "whitened": "shift, whiten"}  # fmt: skip


@experiment("6b.15")
def stages(rho=0.99, transforms=STAGES):
    value, surfaces, cases = {}, {}, inputs.correlated(rho)
    for name, text in transforms.items():
        bowl = linear_neuron(mn.transformed(cases, text).train.x, cases.train.t[:, 0])
        rate = bowls.best_rate(bowl.hessian())
        steps = mn.roll(bowl, [mn.SGD(rate)], (0, 0), 100_000).steps_to()[0]
        value[name], value[f"steps {name}"] = np.linalg.cond(bowl.hessian()), steps
        surfaces[name] = bowl
    return value, surfaces


# %% 6b.17 On a circle the gradient points straight at the minimum
@experiment("6b.17")
def beside_the_minimum(surfaces):
    value = {}
    for name, bowl in surfaces.items():
        off, g = inputs.gradients_around(bowl, 360)
        beside = np.abs(off[0] * g[1] - off[1] * g[0])
        value[name] = np.degrees(np.arctan2(beside, (off * g).sum(axis=0))).max()
    return value


bowl_by_stage = stages()
pictures.stages(bowl_by_stage, beside_the_minimum(surfaces=bowl_by_stage.data))
