"""Slides 30 and 31 drawn: what rmsprop combines with, and which method suits which task."""

import numpy as np
from scipy.stats import rankdata

from .. import show

TICKS = (0.25, 0.5, 0.7, 1, 1.4, 2, 3, 5, 10)  # of a ratio


def strips(axes, values: dict, ylabel: str) -> None:
    """Ratios {label: {net: (S,) numbers}}: a dot for each seed, a bar at the median."""
    for k, (label, nets) in enumerate(values.items()):
        color = (show.BLUE, show.ORANGE)[k]
        for i, numbers in enumerate(nets.values()):
            x = i + 0.16 * (2 * k - 1) * (len(values) > 1)
            axes.plot(np.full(len(numbers), x), numbers, ".", color=color, markersize=6, alpha=0.6)
            axes.hlines(np.median(numbers), x - 0.13, x + 0.13, color=color, linewidth=3,
                        label=None if i else label)  # fmt: skip
    axes.axhline(1, color="black", linewidth=1)
    axes.set(yscale="log", ylabel=ylabel)
    low, high = axes.get_ylim()
    ticks = [tick for tick in TICKS if low < tick < high]
    axes.set_yticks(ticks, ticks)
    axes.minorticks_off()
    axes.set_xticks(range(len(nets)), nets)
    if len(values) > 1:
        axes.legend(frameon=False, fontsize=10)


def momentum(found):
    """How much faster SGD and rmsprop become by momentum, on every net."""
    usual, here = found.data
    with show.sheet(
        "slide30-momentum",
        "Momentum helps rmsprop less than it helps SGD on some nets, not on all",
        claims=[found], size=(10, 5.2),
    ) as axes:  # fmt: skip
        strips(axes, {"SGD": usual, "rmsprop": here}, "speed-up by momentum (ratio of updates)")


def nesterov(found):
    """How many more updates it takes to divide the jump, on every net and by the decay."""
    ratios, forgetting = found.data
    with show.sheet(
        "slide30-nesterov",
        "Dividing the correction saves a few updates; the seeds differ by more",
        claims=[found], columns=2, size=(12.5, 5.2), width_ratios=(2, 1),
    ) as (left, right):  # fmt: skip
        strips(left, {"": ratios}, "updates: jump divided / correction divided")
        strips(right, {"": forgetting}, "")
        right.set(xlabel="decay of the mean square (regression)", ylim=left.get_ylim())


def adaptive_rates(found):
    """How much faster rmsprop becomes by two kinds of adaptive rates."""
    with show.sheet(
        "slide30-adaptive-rates", "Adaptive rates make rmsprop faster on nearly every net",
        claims=[found], size=(10, 5.2),
    ) as axes:  # fmt: skip
        strips(axes, found.data, "speed-up of rmsprop (ratio of updates)")


def no_rates(found):
    """vSGD and tuned SGD, on a noisy bowl and on the digits."""
    bowl, own, curves = found.data
    with show.sheet(
        "slide30-pesky-rates", "vSGD has no rate to tune, and ends below the best tuned SGD",
        claims=[found], columns=2,
    ) as (left, right):  # fmt: skip
        steps = np.arange(1, 1 + len(own))
        for lr, excess in bowl.items():
            left.plot(steps, excess, color="#999999", linewidth=1.2)
            left.text(steps[-1] * 1.05, excess[-1], f"{lr:g}", fontsize=9, color="#555555",
                      va="bottom" if lr > 0.1 else "top")  # fmt: skip
        left.plot(steps, own, color=show.BLUE, linewidth=2.5, label="vSGD")
        left.plot([1], bowl[max(bowl)][:1], color="#999999", label="SGD at seven rates")
        left.legend(frameon=False, fontsize=10)
        left.set(xscale="log", yscale="log", xlabel="case", title="a bowl with noisy minima",
                 ylabel="expected error above the minimum")  # fmt: skip
        show.lines(right, curves, xlabel="update", ylabel="training loss (mean of a pass)", log="y")
        right.set_title("digits")


def small_data(found, mini):
    """Where every method ends, for every version of the task; `mini`: those on mini-batches."""
    with show.sheet(
        "slide31-small-data", "A thousand digits: L-BFGS wins once the passes are enough for it",
        claims=[found], columns=3, sharey=True, size=(14, 5),
    ) as panels:  # fmt: skip
        for axes, (task, best) in zip(panels, found.data.items(), strict=True):
            for i, (rule, losses) in enumerate(best.items()):
                color = show.ORANGE if rule in mini else show.BLUE
                axes.plot(losses, np.full(len(losses), i), ".", color=color, markersize=7)
                axes.plot(np.median(losses), i, "|", color=color, markersize=22, markeredgewidth=3)
            axes.set(xscale="log", title=task, xlabel="training loss")
        panels[0].set_yticks(range(len(best)), best)
        panels[0].invert_yaxis()
        for words, color, y in (("full batch", show.BLUE, 0.4), ("mini-batches", show.ORANGE, 0.3)):
            panels[0].text(0.03, y, words, color=color, transform=panels[0].transAxes)


def redundant(found):
    """Full-batch methods pass after pass, and where mini-batches are after one pass."""
    goals, curves = found.data
    middle = {name: np.median(losses, axis=0) for name, losses in curves.items()}
    passes, goal = np.arange(1, 1 + len(middle["L-BFGS"])), np.median(goals)
    with show.sheet(
        "slide31-redundant",
        "Redundant data: one pass in mini-batches is worth twenty in full batches",
        claims=[found], size=(9.4, 5.2),
    ) as axes:  # fmt: skip
        show.lines(axes, middle, passes, xlabel="passes through 20,000 cases",
                   ylabel="training loss", log="y")  # fmt: skip
        axes.axhline(goal, color="black", linewidth=1, linestyle=":")
        axes.plot(1, goal, "*", color="black", markersize=16)
        axes.annotate("mini-batches,\nafter one pass", (1, goal), (10, 8),
                      textcoords="offset points")  # fmt: skip


def nets(found, names, rules):
    """Ranks of the rules on every net, and how much slower than the best each is."""
    slower, (rule, lr) = found.data
    ranks = rankdata(slower, axis=1)
    with show.sheet(
        "slide31-nets", "One rule does well on all seven nets, but not with one learning rate",
        claims=[found], size=(11, 5.4),
    ) as axes:  # fmt: skip
        image = axes.imshow(ranks, cmap="cividis_r", aspect="auto")
        for (i, j), times in np.ndenumerate(slower):
            color = "white" if ranks[i, j] > 4.5 else "black"
            axes.text(j, i, f"{times:.1f}x", ha="center", va="center", color=color)
        axes.set_xticks(range(len(rules)), [rule.replace("+ ", "+\n") for rule in rules])
        axes.set_yticks(range(len(names)), names)
        axes.grid(visible=False)
        axes.figure.colorbar(image, label="rank (1: fewest updates)")
        times = found.value["one rule at one rate"]
        axes.set_xlabel(
            "cells: updates, times those of the net's best rule; at one rate for all nets,\n"
            f"the best choice ({rule}, {lr:g}) needs up to {times:.1f} times as many"
        )


def tasks(accurate, rare):
    """Errors that stop falling, and features that are learnt late."""
    rates, losses, bfgs = accurate.data
    half = len(rates)  # the other half are turned down
    curves = {f"constant rate {rates[k]:g}": losses[k] for k in (7, 9, 11)}
    curves |= {"turned down": losses[half + losses[half:, -1].argmin()], "L-BFGS": bfgs}
    with show.sheet(
        "slide31-tasks", "Accurate weights need falling steps; rare cases need rates of their own",
        claims=[accurate, rare], columns=2,
    ) as (left, right):  # fmt: skip
        for (label, curve), style in zip(curves.items(), show.styles(5), strict=True):
            left.plot(curve, label=label, **style)
        left.axhline(1e-6, color="black", linewidth=1)
        left.set(yscale="log", ylim=(1e-14, None), xlabel="update", title="accurate weights",
                 ylabel="error of a linear neuron")  # fmt: skip
        left.legend(frameon=False, fontsize=9)
        labels = [f"{rule}\n{kind}" for rule in rare.value for kind in ("common", "rare")]
        steps = dict(zip(labels, rare.data.reshape(-1, 6).T, strict=True))
        show.bars(right, steps, ylabel="updates to 90 % of the weight", log=True, form="{:.0f}")
        right.set_xticks(range(6), steps, rotation=0, ha="center")
        right.set_title("a feature in half of the cases, and in 1 %")


def fine_print(escape: dict, slope: dict):
    """Steps to leave a saddle, and the way down a steady slope."""
    with show.sheet(
        "slide31-fine-print", "rmsprop leaves a saddle soon; Adagrad's steps shrink for ever",
        columns=2,
    ) as (left, right):  # fmt: skip
        show.bars(left, escape, ylabel="steps to leave the saddle, rate 0.01", form="{:.0f}")
        show.lines(right, slope, xlabel="step on a steady slope", ylabel="distance, rate 0.01")


def verdicts(findings):
    """The claims of both slides with their verdicts."""
    with show.sheet("slide31-advice", "What became of slides 30 and 31", size=(12, 4.2)) as axes:
        axes.axis("off")
        for y, found in enumerate(findings):
            color = show.BLUE if found.verdict == "CONFIRMED" else show.ORANGE
            axes.text(0, y, found.claim.id)
            axes.text(1, y, found.claim.statement)
            axes.text(12.5, y, found.verdict, color=color, weight="bold")
        axes.set(xlim=(0, 15), ylim=(len(findings) - 0.5, -0.5))
