# %% [markdown]
# # 6a · Error surfaces, and how descent goes wrong on them
#
# Each cell states one claim of the slides, tests it with a few lines of minnet, and draws what
# came out.  Run the cells in order in an editor that knows `# %%`, or the whole file as a script.

# %%
import numpy as np

import minnet as mn
from minnet import fullbatch
from minnet.data import Part
from minnet.dialects import slide
from minnet.lecture import experiment
from minnet.lecture.pictures import error_surfaces as pictures
from minnet.lecture.probes import bowls, fits

# %% [markdown]
# ## Slide 2 · The error surface of a linear neuron
#
# Give each weight a horizontal axis and the error the vertical one.  With squared error
# $E = \frac12 \langle (t - w^\top x)^2 \rangle$, averaged over the cases, the surface is a bowl:
# cut it upright and you see parabolas, cut it level and you see ellipses.
# Their axes are the eigenvectors of the Hessian $H = \langle x x^\top \rangle$, and the longer one
# is $\sqrt{\lambda_{\max} / \lambda_{\min}}$ times the shorter one.

# %%
NEURON = mn.MLP([2, 1], biases=False, loss="squared")


def cases(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(50, 2)) * (0.6, 1.5) @ [[0.77, 0.64], [-0.64, 0.77]]
    return x, x @ [[0.8], [0.5]] + 0.3 * rng.normal(size=(50, 1))


# %% 6a.1 A linear neuron with squared error has a quadratic bowl for an error surface
@experiment("6a.1")
def bowl(seeds, net=NEURON):
    grid = np.stack(np.meshgrid(*2 * [np.linspace(-3, 4, 51)]), axis=-1)
    errors = [fits.error_surface(net, *cases(seed))(grid) for seed in seeds]
    misfits, hessians = zip(*(fits.quadratic(grid, each) for each in errors), strict=True)
    least = np.linalg.eigvalsh(hessians)[:, 0]
    return {"misfit": misfits, "least curvature": least}, pictures.BowlGrid(grid, errors[0])


# %% 6a.2 Vertical cuts are parabolas
@experiment("6a.2")
def parabolas(seeds, net=NEURON):
    s, cuts = np.linspace(-2, 2, 41), []
    for seed in seeds:
        error, rng = fits.error_surface(net, *cases(seed)), np.random.default_rng(seed)
        for angle in rng.uniform(0, np.pi, 8):
            cuts.append(error(rng.normal(size=2) + np.outer(s, [np.cos(angle), np.sin(angle)])))
    third, second, *_ = np.polyfit(s, np.transpose(cuts), 3)
    return np.max(np.abs(third / second)), pictures.Cuts(s, cuts[:8])


# %% 6a.3 Horizontal cuts are ellipses
@experiment("6a.3")
def ellipses(seeds, net=NEURON):
    value, axes = {"B^2 - 4AC": [], "axis ratio error": [], "direction error": []}, []
    for seed in seeds:
        x, t = cases(seed)
        centre = np.linalg.lstsq(x, t, rcond=None)[0].ravel()
        curve = fits.level_curve(fits.error_surface(net, x, t), centre, rise=1.0)
        discriminant, ratio, long_axis = fits.conic(curve)
        curvatures, eigenvectors = np.linalg.eigh(x.T @ x)
        value["B^2 - 4AC"].append(discriminant)
        value["axis ratio error"].append(abs(ratio / np.sqrt(np.divide(*curvatures[::-1])) - 1))
        value["direction error"].append(abs(long_axis @ eigenvectors[:, 1]))
        axes.append(pictures.EllipseAxes(centre, eigenvectors))
    return value, axes[0]


pictures.linear_neuron(bowl(), parabolas(), ellipses())

# %% [markdown]
# A net of several layers has a far more complicated surface.  Near any point it is still almost
# quadratic: what a second-order Taylor expansion leaves is of third order,
# $E(w + r d) = E + r\, g^\top d + \frac{r^2}{2} d^\top H d + O(r^3)$.  But quadratic is not yet a
# *bowl*: at random weights about half of the directions curve downward (a saddle), and they
# disappear only near a minimum.


# %% 6a.4 The surface of a multi-layer net is locally quadratic
@experiment("6a.4")
def locally(seeds, radii=(0.3, 0.1, 0.03, 0.01)):
    net = mn.MLP([4, 5, 1], hidden="tanh", loss="squared", init=("normal", 0.5))
    keys = ("order", "rest at 0.01", "downward at the start", "downward at the end")
    value = {key: [] for key in keys}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(50, 4))
        t, w = np.sin(x.sum(axis=1, keepdims=True)), net.start(seed, "float64")
        error, near = fits.error_surface(net, x, t), fits.expansion(net, w, x, t)
        d = rng.normal(size=(20, w.size))
        d /= np.linalg.norm(d, axis=1, keepdims=True)  # twenty directions
        rest = [np.linalg.norm(error(w + r * d) - near(w + r * d)) for r in radii]
        bent = [np.linalg.norm(near(w + r * d) + near(w - r * d) - 2 * near(w)) / 2 for r in radii]
        value["order"].append(np.polyfit(np.log(radii), np.log(rest), 1)[0])
        value["rest at 0.01"].append(rest[-1] / bent[-1])
        low = fullbatch.minimise(net, Part(x, t), w, evaluations=2000).weights
        for when, place in (("start", w), ("end", low)):
            curvatures = np.linalg.eigvalsh(fits.hessian(net, place, x, t))
            value[f"downward at the {when}"].append(np.sum(curvatures < -1e-4 * curvatures[-1]))
    u = np.linspace(-1.5, 1.5, 61)
    patch = w + np.tensordot(np.stack(np.meshgrid(u, u), axis=-1), d[:2], axes=1)
    return value, pictures.Neighbourhood(radii, bent, rest, u, error(patch), near(patch))


pictures.nearly_quadratic(locally())

# %% [markdown]
# ## Slide 3 · Downhill is not towards the minimum
#
# On a bowl $E = \frac12 w^\top H w$ the gradient is $Hw$, but the minimum lies the way of $-w$.
# With condition number $\kappa$ the angle between the two is at most
# $\arccos\frac{2\sqrt\kappa}{1+\kappa}$.  Fine print: on the two axes of an ellipse it is 0.
# Along an eigenvector, gradient over distance is the curvature $\lambda$: where we are near the
# minimum the gradient is big, where we are far it is small.


# %% 6a.5 Steepest descent does not point at the minimum unless the ellipse is a circle
@experiment("6a.5")
def widest_angle(conditions=(1, 2, 10, 100, 10_000)):
    t, angles = np.linspace(0, np.pi / 2, 200_001), {}
    for condition in conditions:
        w = np.array([np.cos(t), np.sin(t) / np.sqrt(condition)])  # a quarter of an ellipse
        g = mn.surfaces.bowl(condition).hessian() @ w
        across, along = np.abs(w[0] * g[1] - w[1] * g[0]), (w * g).sum(axis=0)
        angles[condition] = np.degrees(np.arctan2(across, along))
    ends = max(angle[[0, -1]].max() for angle in angles.values())
    beside = min(angles[condition][10_000:-10_000].min() for condition in conditions[1:])
    widest = {condition: angle.max() for condition, angle in angles.items()}
    value = widest | {"on the axes": ends, "beside the axes": beside}
    ellipse = mn.surfaces.bowl(49, 30)  # the slide's, seven times as long as wide
    return value, pictures.DownhillAngles(t, angles, ellipse, bowls.rotation(30) @ [-5.0, 0.75])


# %% 6a.6 The gradient is big where the way is short
@experiment("6a.6")
def gradient_and_distance(condition=100.0, degrees=30.0):
    surface, axes = mn.surfaces.bowl(condition, degrees), bowls.rotation(degrees)
    far, near = np.abs(axes.T @ surface.start)
    pull_far, pull_near = np.abs(axes.T @ surface.gradient(surface.start))
    return {
        "long way": far, "short way": near, "gradient, long way": pull_far,
        "gradient, short way": pull_near,
        "ratio of the two ratios": (pull_near / near) / (pull_far / far),
    }  # fmt: skip


# %% 6a.7 On a long thin bowl full-batch descent is slow
@experiment("6a.7")
def steps_needed(conditions=(1, 3, 10, 30, 100, 300, 1000)):
    steps = {}
    for condition in conditions:
        bowl = mn.surfaces.bowl(condition)
        descent = mn.SGD(bowls.best_rate(bowl.hessian()))
        path = mn.roll(bowl, [descent], steps=10 * condition + 10)
        steps[condition] = path.steps_to(bowls.SMALL)[0]
    slope = np.polyfit(np.log(conditions[2:]), np.log([*steps.values()][2:]), 1)[0]
    return steps | {"slope": slope}, steps


pictures.steepest_descent(widest_angle(), gradient_and_distance(), steps_needed())

# %% [markdown]
# ## Slide 4 · How the learning goes wrong
#
# Along an eigenvector of curvature $\lambda$ each step multiplies the distance by
# $1 - \varepsilon\lambda$.  Below $\varepsilon = 1/\lambda$ it creeps; from there to $2/\lambda$ it
# jumps from side to side and still shrinks; beyond it grows.  The steepest direction sets the
# limit and the gentlest one pays for it.


# %% 6a.8 A big learning rate makes the weights slosh across the ravine
@experiment("6a.8")
def slosh(rate=1.9, steps=30, degrees=30.0):
    path = mn.roll(mn.surfaces.bowl(100, degrees), [mn.SGD(rate / 100)], steps=steps)
    across = path.w[0] @ bowls.rotation(degrees)[:, 1]
    factors = across[1:] / across[:-1]
    return {"sign flips": np.mean(factors < 0), "factor": np.median(factors)}, path


# %% 6a.9 Too big a rate diverges
@experiment("6a.9")
def diverge(curvature=100.0, steps=100):
    def left(rate):
        path = mn.roll(mn.surfaces.bowl(curvature), [mn.SGD(rate / curvature)], (0, 1), steps)
        return np.abs(path.w[0, :, 1])

    traces = {rate: left(rate) for rate in (1.9, 2.0, 2.1)}
    edge = bowls.edge(lambda rate: left(rate)[-1] < 1, 0.5, 4.0)
    climb = mn.roll(mn.surfaces.bowl(1), [mn.SGD(2.35)], (-0.6, 0), 4)  # the slide's parabola
    value = {rate: trace[-1] for rate, trace in traces.items()} | {"edge": edge}
    return value, pictures.Divergence(traces, climb)


pictures.going_wrong(slosh(), diverge())

# %% [markdown]
# What we would like: go quickly along directions with small but consistent gradients, and slowly
# across those with big but inconsistent ones.  Plain descent cannot, for it has a single rate.
# Here each method of the later parts gets the same stream: 0.1 along, and plus or minus 1 across.
# Along, its effective rate is the way made over the gradients' sum; across, step over gradient.


# %% 6a.10 Fast along small consistent gradients, slow across big inconsistent ones
@experiment("6a.10")
def effective_rates(steps=100, momentum=mn.Momentum):
    rules = [mn.SGD(), momentum(), mn.Gains(), mn.Rprop(), slide.RMSprop()]
    stream = np.stack([np.full(steps, 0.1), np.resize([1.0, -1.0], steps)], axis=1)
    names, ratio = ("sgd", "momentum", "gains", "rprop", "rmsprop"), {}
    for degrees in (0.0, 45.0):
        turn = bowls.rotation(degrees)
        for name, optimizer in zip(names, rules, strict=True):
            step = np.diff(mn.replay(optimizer, [0.0, 0.0], stream @ turn.T), axis=0) @ turn
            along = -step[:, 0].sum() / stream[:, 0].sum()
            ratio.setdefault(name, []).append(along / np.sqrt(np.mean(step[:, 1] ** 2)))
    return ratio


pictures.wish(effective_rates())
