"""Figures for slide 31: which method suits which data, net and task.

S seeds, K updates or passes, N nets, R rules, P rates
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import rankdata

from .. import show
from ..claims import Finding


def small_data(claim: Finding[dict[str, dict[str, np.ndarray]]], mini: Collection[str]) -> None:
    """Where every method ends, for every version of the task.

    Parameters
    ----------
    claim : Finding
        On claim 6e.24, with the errors (S,) of each method on each version.
    mini : collection of str
        The methods on mini-batches.
    """
    with show.sheet(
        "slide31-small-data", "A thousand digits: L-BFGS wins once the passes are enough for it",
        claims=[claim], columns=3, sharey=True, size=(14, 5),
    ) as panels:  # fmt: skip
        for axes, (task, best) in zip(panels, claim.data.items(), strict=True):
            for i, (rule, losses) in enumerate(best.items()):
                color = show.ORANGE if rule in mini else show.BLUE
                axes.plot(losses, np.full(len(losses), i), ".", color=color, markersize=7)
                axes.plot(np.median(losses), i, "|", color=color, markersize=22, markeredgewidth=3)
            axes.set(xscale="log", title=task, xlabel="training loss")
        panels[0].set_yticks(range(len(best)), best)
        panels[0].invert_yaxis()
        for words, color, y in (("full batch", show.BLUE, 0.4), ("mini-batches", show.ORANGE, 0.3)):
            panels[0].text(0.03, y, words, color=color, transform=panels[0].transAxes)


class PassesToGoal(NamedTuple):
    """Full-batch methods on their way to where mini-batches are after one pass."""

    goals: list[float]  # S
    losses: dict[str, list[np.ndarray]]  # (K,) for each seed


def redundant(claim: Finding[PassesToGoal]) -> None:
    """Full-batch methods pass after pass, and where mini-batches are after one pass.

    Parameters
    ----------
    claim : Finding
        On claim 6e.25.
    """
    middle = {name: np.median(losses, axis=0) for name, losses in claim.data.losses.items()}
    passes, goal = np.arange(1, 1 + len(middle["L-BFGS"])), np.median(claim.data.goals)
    with show.sheet(
        "slide31-redundant",
        "Redundant data: one pass in mini-batches is worth twenty in full batches",
        claims=[claim], size=(9.4, 5.2),
    ) as axes:  # fmt: skip
        show.lines(axes, middle, passes, xlabel="passes through 20,000 cases",
                   ylabel="training loss", log="y")  # fmt: skip
        axes.axhline(goal, color="black", linewidth=1, linestyle=":")
        axes.plot(1, goal, "*", color="black", markersize=16)
        axes.annotate("mini-batches,\nafter one pass", (1, goal), (10, 8),
                      textcoords="offset points")  # fmt: skip


class Slowdowns(NamedTuple):
    """How many times the updates of a net's best rule the others need."""

    by_net: np.ndarray  # (N, R), each rule at the rate that is best there
    for_all: tuple[str, float]  # the one rule and rate that does best on the worst net


def nets(claim: Finding[Slowdowns], names: Collection[str], rules: Sequence[str]) -> None:
    """Ranks of the rules on every net, and how much slower than the best each is.

    Parameters
    ----------
    claim : Finding
        On claim 6e.26.
    names : collection of N str
    rules : sequence of R str
    """
    slower, (rule, lr) = claim.data
    ranks = rankdata(slower, axis=1)
    with show.sheet(
        "slide31-nets", "One rule does well on all seven nets, but not with one learning rate",
        claims=[claim], size=(11, 5.4),
    ) as axes:  # fmt: skip
        image = axes.imshow(ranks, cmap="cividis_r", aspect="auto")
        for (i, j), times in np.ndenumerate(slower):
            color = "white" if ranks[i, j] > 4.5 else "black"
            axes.text(j, i, f"{times:.1f}x", ha="center", va="center", color=color)
        axes.set_xticks(range(len(rules)), [rule.replace("+ ", "+\n") for rule in rules])
        axes.set_yticks(range(len(names)), names)
        axes.grid(visible=False)
        axes.figure.colorbar(image, label="rank (1: fewest updates)")
        times = claim.value["one rule at one rate"]
        axes.set_xlabel(
            "cells: updates, times those of the net's best rule; at one rate for all nets,\n"
            f"the best choice ({rule}, {lr:g}) needs up to {times:.1f} times as many"
        )


class AccurateRuns(NamedTuple):
    """The errors of a linear neuron, for the last seed."""

    rates: Sequence[float]  # P
    losses: np.ndarray  # (2 P, K): at constant rates, then turned down
    bfgs: np.ndarray  # of L-BFGS


def tasks(accurate: Finding[AccurateRuns], rare: Finding[np.ndarray]) -> None:
    """Errors that stop falling, and features that are learnt late.

    Parameters
    ----------
    accurate, rare : Finding
        On claims 6e.27 and 6e.28; the last with the updates (S, 3, 2) that three rules need for
        each of two features.
    """
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


def fine_print(escape: Mapping[str, int], slope: Mapping[str, np.ndarray]) -> None:
    """Steps to leave a saddle, and the way down a steady slope.

    Parameters
    ----------
    escape : {rule: steps}
    slope : {rule: (K + 1,) distances}
    """
    with show.sheet(
        "slide31-fine-print", "rmsprop leaves a saddle soon; Adagrad's steps shrink for ever",
        columns=2,
    ) as (left, right):  # fmt: skip
        show.bars(left, escape, ylabel="steps to leave the saddle, rate 0.01", form="{:.0f}")
        show.lines(right, slope, xlabel="step on a steady slope", ylabel="distance, rate 0.01")


def verdicts(findings: Sequence[Finding[Any]]) -> None:
    """The claims of both slides with their verdicts.

    Parameters
    ----------
    findings : sequence of Finding
        On claims 6e.20 to 6e.28.
    """
    with show.sheet("slide31-advice", "What became of slides 30 and 31", size=(12, 4.2)) as axes:
        axes.axis("off")
        for y, finding in enumerate(findings):
            color = show.BLUE if finding.verdict == "CONFIRMED" else show.ORANGE
            axes.text(0, y, finding.claim.id)
            axes.text(1, y, finding.claim.statement)
            axes.text(12.5, y, finding.verdict, color=color, weight="bold")
        axes.set(xlim=(0, 15), ylim=(len(findings) - 0.5, -0.5))
