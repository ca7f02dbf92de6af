# %% [markdown]
# # 6c · Nesterov's momentum, and what momentum is for
#
# First jump, then correct where you have landed: a better kind of momentum for stiff directions.

# %%
import numpy as np

import minnet as mn
from minnet import rules
from minnet.lecture import experiment
from minnet.lecture.pictures import nesterov as pictures
from minnet.lecture.probes import bowls, digits, linear
from minnet.lecture.session import is_quick

RAVINE = mn.surfaces.bowl(condition=50, angle=35)
RIM = bowls.rotation(35) @ (-8, 1)  # eight units along the ravine, one across it

# %% [markdown]
# ## Slides 20 and 21 · Jump first, then correct
#
# Standard momentum measures the gradient where it is, then jumps.  Nesterov's way (in Sutskever's
# form) jumps along the old velocity, measures the gradient there, and corrects:
# $v(t) = \alpha v(t-1) - \varepsilon \frac{\partial E}{\partial w}(w + \alpha v(t-1))$.

# %% 6c.9 Nesterov = jump, then correct
SLIDE = {  # places read off the slide, to about a tenth
    "A": (0, 0), "B": (2.10, 0.76), "C": (2.33, 0.39), "D": (4.18, 0.62), "E": (3.98, 0.39),
    "F": (0.35, 0.38), "G": (2.31, 1.09),
}  # fmt: skip


@experiment("6c.9")
def jump_and_correct(jump=rules.jump, alpha=0.8):
    # The slide gives the first jump and three gradients (with lr 1); all else is computed.
    on_slide = {name: np.array(place) for name, place in SLIDE.items()}
    v, ball = on_slide["B"] / alpha, mn.Momentum(1.0, alpha)
    gradients = [-v, on_slide["B"] - on_slide["C"], on_slide["D"] - on_slide["E"]]
    _, A, C, E = mn.replay(ball, -v, gradients)  # Nesterov's: measured after the jumps
    *_, G = mn.replay(ball, -v, [-v, -on_slide["F"]])  # standard: measured at A
    at = {"A": A, "B": jump(A, v, alpha), "C": C, "D": jump(C, C - A, alpha), "E": E}
    at |= {"F": A + on_slide["F"], "G": G}
    off = max(np.linalg.norm(at[name] - on_slide[name]) for name in on_slide)
    # And in a ravine: a step of the compiled Nesterov is that jump, and the correction there.
    w = mn.roll(RAVINE, [mn.Nesterov(0.01, alpha)], RIM, 30).w[0]
    landed = jump(w[1:-1], np.diff(w, axis=0)[:-1], alpha)
    corrected = landed - 0.01 * np.array([RAVINE.gradient(place) for place in landed])
    value = {"off the drawing": off, "off jump + correction": np.abs(corrected - w[2:]).max()}
    return value, pictures.Places(at, on_slide)


pictures.jump_and_correct(jump_and_correct())


# %% 6c.10 Nesterov's momentum often works better
@experiment("6c.10")
def nesterov_on_digits(seeds, nesterov=mn.Nesterov):
    rates = digits.rates(0.1, 3, 6 if is_quick() else 12)
    makers = {"plain": mn.SGD, "momentum .9": mn.Momentum, "nesterov .9": nesterov}
    grid = {name: [rule(lr) for lr in rates] for name, rule in makers.items()}
    runs = digits.tune(grid, seeds, digits.updates_score(0.1))
    steps = mn.roll("bowl", [mn.Momentum(0.01), nesterov(0.01)], steps=1000).steps_to(1e-6)
    value = {name: run.scores for name, run in runs.items()}
    return value | {"ravine, momentum": steps[0], "ravine, nesterov": steps[1]}, runs


pictures.on_digits(nesterov_on_digits())


# %% 6c.11 Why: stiff directions are corrected
@experiment("6c.11")
def stiff(momentum=mn.Momentum, nesterov=mn.Nesterov):
    curvatures = np.linspace(0, 4, 401)  # with eps = 1: eps times curvature
    three = {"plain": mn.SGD(1.0), "momentum .9": momentum(1.0), "nesterov .9": nesterov(1.0)}
    radius = {name: linear.contraction(rule, curvatures) for name, rule in three.items()}
    effective = np.linalg.det(linear.step_matrices(nesterov(1.0), [0, 0.25, 0.5, 0.75, 1]))
    value = {name: curve[100] for name, curve in radius.items()}
    value |= {"effective momentum": effective}
    return value, pictures.Contractions(curvatures, radius)


why = stiff()


# %% 6c.12 Fine print: Nesterov's momentum has the smaller range of stable rates
@experiment("6c.12")
def ranges(momentum=mn.Momentum, nesterov=mn.Nesterov):
    steps = mn.roll("bowl", [nesterov(0.0135), nesterov(0.0136)], steps=2000).steps_to(1e-6)
    value = {
        "edge, momentum": linear.edge(momentum), "edge, nesterov": linear.edge(nesterov),
        "steps at .0135": steps[0], "steps at .0136": steps[1],
    }  # fmt: skip
    curvatures, alphas = np.linspace(0, 4, 401), np.linspace(0, 0.99, 34 if is_quick() else 100)
    radius = {
        name: [linear.contraction(rule(1.0, alpha), curvatures) for alpha in alphas]
        for name, rule in {"Momentum": momentum, "Nesterov": nesterov}.items()
    }
    return value, pictures.ContractionMaps(curvatures, alphas, radius)


pictures.stability(why, ranges())


# %% 6c.13 Momentum works for full batch and mini-batches
@experiment("6c.13")
def full_and_mini(seeds, budgets=(50, 200)):
    count, value, by_budget = (4 if is_quick() else 7), {}, {}
    grid = {
        "plain": [mn.SGD(lr) for lr in digits.rates(0.3, 6, count)],
        "momentum": [mn.Momentum(lr) for lr in digits.rates(0.1, 3, count)],
        "nesterov": [mn.Nesterov(lr) for lr in digits.rates(0.1, 3, count)],
    }
    for plan, name, in_epoch in (("full", "full batch", 1), ("cyclic", "mini-batches", 10)):
        for updates in budgets:
            runs = digits.tune(
                grid, seeds, lambda report: report.final("train", "loss"), plan=plan,
                epochs=updates // in_epoch,
            )  # fmt: skip
            for rule, run in runs.items():
                value[f"{name}, {updates}, {rule}"] = run.scores
            by_budget[f"{name}, {updates} updates"] = pictures.Budget(runs, in_epoch)
    return value, by_budget


pictures.full_and_mini(full_and_mini())

# %% [markdown]
# Note the full batch: there the standard ball ends lower than Nesterov's, which has to take a
# smaller rate (6c.12).  "Often" better is not always better.
#
# At the same training loss a ball that was given three times plain descent's long-run rate
# generalises somewhat worse, one with twice or the same rate about equally well: no regulariser.


# %% 6c.14 The purpose of momentum is speed, not regularisation
@experiment("6c.14")
def gap(seeds, rule=mn.Momentum, level=0.05):
    gaps, passes = np.full((2, 4, len(seeds)), np.nan)  # held-out minus training loss, and when
    contest = [mn.SGD(1.0), rule(0.1, 0.9), rule(0.2, 0.9), rule(0.3, 0.9)]
    for s, seed in enumerate(seeds):
        report = mn.race(
            digits.net(), digits.first_digits(), contest, batch_size=100, epochs=60, seed=seed,
            plan="cyclic",
        )  # fmt: skip
        for r, (train, *held_out) in enumerate(report.scores[..., 0].transpose(0, 2, 1)):
            k = int(np.argmax(train < level))  # between passes k - 1 and k it has just this loss
            share = (train[k - 1] - level) / (train[k - 1] - train[k]) if k else np.nan
            before, after = np.mean(held_out, axis=0)[[k - 1, k]]
            gaps[r, s], passes[r, s] = before + share * (after - before) - level, k - 1 + share
    value = {"gap, plain": gaps[0], "gap, momentum": gaps[3], "change": gaps[3] - gaps[0]}
    value |= {"speed-up": passes[0] / passes[3]}
    return value, pictures.Gaps(contest, gaps, passes)


pictures.purpose(gap())
