"""Figures for slides 14 and 15: plateaus of two kinds, and which rules need how many updates.

P points of a curve, K updates, S seeds, N cases, h hidden units
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from .. import show
from ..claims import Finding
from ..probes import digits

LOOKS = {  # one colour for each kind of rule; dashed: with momentum
    "sgd": ("SGD", show.GREEN, "-"),
    "momentum": ("momentum", show.BLUE, "--"),
    "nesterov": ("Nesterov", show.BLUE, "-."),
    "gains": ("gains", show.PINK, "-"),
    "gains + momentum": ("gains + momentum", show.PINK, "--"),
    "rmsprop": ("rmsprop", show.BLACK, "-"),
    "rmsprop, eps 0.001": ("rmsprop, eps 0.001", show.BLACK, ":"),
    "rmsprop + momentum": ("rmsprop + momentum", show.BLACK, "--"),
    "adagrad": ("Adagrad", show.SKY, "-"),
    "rprop": ("rprop", show.ORANGE, "-"),
}


class StatesByRate(NamedTuple):
    """What became of the hidden units at each rate."""

    states: dict[float, dict[str, list[float]]]  # S numbers for each measure
    weights: dict[float, list[np.ndarray]]  # at the end, of each seed


def saturated(
    stuck: Finding[StatesByRate], weights: Mapping[float, np.ndarray],
    activities: Mapping[float, np.ndarray],
) -> None:  # fmt: skip
    """Weights and activities at two rates; loss and gradient at every rate.

    Parameters
    ----------
    stuck : Finding
        On claim 6b.18.
    weights : {rate: (64, h) array}
        Of the hidden units.
    activities : {rate: (N, h) array}
        Theirs.
    """
    with show.sheet(
        "slide14-saturated",
        "A far too big rate: weights of one sign, units that say the same to every case",
        claims=[stuck], columns=4, size=(20, 5),
    ) as (small, big, often, ends):  # fmt: skip
        for axes, rate, color in zip((small, big), weights, (show.BLUE, show.ORANGE), strict=True):
            show.weight_images(axes, weights[rate], f"weights of 20 units, rate {rate:g}")
            often.hist(activities[rate].ravel(), np.linspace(-1, 1, 41), alpha=0.6, color=color,
                       label=f"rate {rate:g}")  # fmt: skip
        often.set(xlabel="activity of a hidden unit", ylabel="how often", yticks=[],
                  xticks=[-1, -0.5, 0, 0.5, 1])  # fmt: skip
        often.legend(frameon=False)
        for key, marker, color in (("loss", "o", show.BLUE), ("hidden gradient", "s", show.ORANGE)):
            middles = [np.median(state[key]) for state in stuck.data.states.values()]
            ends.plot([*stuck.data.states], middles, marker + "-", color=color, label=key)
        ends.axhline(np.log(10), color="black", linestyle=":", label="loss of a guess, ln 10")
        ends.set(xscale="log", yscale="log", xlabel="learning rate (momentum 0.9)",
                 title="after 500 updates")  # fmt: skip
        ends.legend(frameon=False)


class WaysOut(NamedTuple):
    """Ways that lead off a plateau."""

    distances: np.ndarray  # (P,) along minus the gradient
    falls: list[np.ndarray]  # of the error there, (P,) for each seed
    losses: dict[str, list[np.ndarray]]  # (K,) for each seed, by the start weights


def no_local_minimum(plateau: Finding[WaysOut]) -> None:
    """How far the error falls along minus the gradient, and learning from smaller weights.

    Parameters
    ----------
    plateau : Finding
        On claim 6b.19.
    """
    distances, falls, losses = plateau.data
    with show.sheet(
        "slide14-plateau",
        "No local minimum: there is a way down, and the same weights made smaller learn on",
        claims=[plateau], columns=2,
    ) as (down, learning):  # fmt: skip
        for fall in falls:
            down.plot(distances, np.where(fall > 1e-15, fall, np.nan), color=show.BLUE)
        down.set(xscale="log", yscale="log", xlabel="distance along minus the gradient",
                 ylabel="fall of the error (one line a seed)")  # fmt: skip
        middles = {key: np.median(trace, axis=0) for key, trace in losses.items()}
        show.lines(learning, middles, xlabel="update at rate 0.1", ylabel="training loss", log="y")


class ConstantOutput(NamedTuple):
    """The error of a net whose output does not depend on its input."""

    errors: list[float]  # P, at each output
    least: float


class Guesses(NamedTuple):
    """Constant outputs, and their errors for each loss and proportion of the targets."""

    outputs: np.ndarray  # (P,)
    curves: dict[tuple[str, float], ConstantOutput]


class GuessThenLearn(NamedTuple):
    """Nets that find the best guess first."""

    levels: dict[str, float]  # the loss of the best guess, by loss
    losses: dict[str, dict[str, np.ndarray]]  # (K,), by loss and number of hidden layers


def best_guess(guess: Finding[Guesses], learning: Finding[GuessThenLearn]) -> None:
    """The error of every constant output, and how long nets stay near the best of them.

    Parameters
    ----------
    guess, learning : Finding
        On claims 6b.20 and 6b.21.
    """
    y, curves = guess.data
    with show.sheet(
        "slide14-guess",
        "The proportions are the best guess, and a net of small weights finds them first",
        claims=[guess, learning], columns=3,
    ) as (constant, *nets):  # fmt: skip
        looks = dict(zip(sorted({p for _, p in curves}), show.styles(3), strict=True))
        for (loss, p), (errors, least) in curves.items():
            thick = loss == "cross-entropy"
            constant.plot(y, errors, **looks[p] | {"linewidth": 2.2 if thick else 1},
                          label=f"p = {p}" if thick else None)  # fmt: skip
            constant.plot(p, least, "o", color=looks[p]["color"])
        constant.set(xlabel="output, whatever the input", ylim=(0, 1.6),
                     ylabel="error (thick: cross-entropy, thin: squared)")  # fmt: skip
        constant.legend(frameon=False)
        for axes, (loss, level) in zip(nets, learning.data.levels.items(), strict=True):
            show.lines(axes, learning.data.losses[loss], xlabel="update",
                       ylabel=f"training loss, {loss}", log="x")  # fmt: skip
            show.level(axes, level, "best guess")


class RaceToLevel(NamedTuple):
    """Rules at their best rates, on their way to a training loss."""

    level: float
    runs: dict[str, digits.TunedRule]


def four_ways(claim: Finding[RaceToLevel]) -> None:
    """Curves that run down to the goal, and below them, on the same axis of updates, the bars.

    Parameters
    ----------
    claim : Finding
        On claim 6b.22.
    """
    level, runs = claim.data
    needed = {name: float(np.median(scores)) for name, scores in claim.value.items()}
    order = sorted(needed, key=lambda name: needed[name])
    end = 1.15 * max(n for n in needed.values() if np.isfinite(n))
    with show.sheet(
        "slide15-four-ways", _title(level, needed), claims=[claim], rows=2, sharex=True,
        size=(12, 10), height_ratios=(1.2, 1),
    ) as (curves, bars):  # fmt: skip
        for name in order:
            label, color, dash = LOOKS[name]
            lowest = np.fmin.accumulate(digits.pass_loss(runs[name].losses, 10), axis=1)
            updates = np.arange(1, lowest.shape[1] + 1)
            curves.plot(updates, np.median(lowest, axis=0), color=color, linestyle=dash,
                        linewidth=2.2, label=label)  # fmt: skip
        curves.set(yscale="log", ylim=(level, 3), yticks=[level, 0.2, 0.5, 1, 2],
                   yticklabels=[f"goal: {level}", "0.2", "0.5", "1", "2"],
                   ylabel="training loss, best so far")  # fmt: skip
        curves.yaxis.set_minor_formatter("")
        curves.legend(frameon=False, fontsize=10, ncols=2)
        for row, name in enumerate(order):
            _bar(bars, row, claim.value[name], LOOKS[name][1], end)
        bars.set(xlim=(0, end), xlabel="updates, each of 100 cases (dots: seeds)",
                 yticks=range(len(order)),
                 yticklabels=[LOOKS[name][0] for name in order])  # fmt: skip
        bars.invert_yaxis()
        bars.grid(axis="y", visible=False)


def _title(level: float, needed: Mapping[str, float]) -> str:
    """The quickest rule, SGD, and who never got there."""
    quickest = min(needed, key=lambda name: needed[name])
    never = [LOOKS[name][0] for name, n in needed.items() if not np.isfinite(n)]
    title = (f"{LOOKS[quickest][0]} needs {needed[quickest]:.0f} updates to a training loss of "
             f"{level}, SGD {needed['sgd']:.0f}")  # fmt: skip
    return title + f"; {' and '.join(never)} never gets there" * bool(never)


def _bar(axes: Axes, row: int, scores: np.ndarray, color: str, end: float) -> None:
    """The median of the seeds with its number, or never."""
    middle = np.median(scores)
    if not np.isfinite(middle):
        axes.barh(row, end, height=0.72, color="none", edgecolor=color, hatch="//", alpha=0.5)
        axes.text(0.5 * end, row, "never", ha="center", va="center", weight="bold",
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 2})  # fmt: skip
        return
    axes.barh(row, middle, height=0.72, color=color, alpha=0.75)
    axes.plot(scores, np.full(len(scores), row), "o", color="black", markersize=5,
              markeredgecolor="white", markeredgewidth=0.8)  # fmt: skip
    right = max(scores[np.isfinite(scores)])
    axes.annotate(f"{middle:.0f}", (right, row), (6, 0), textcoords="offset points", va="center")
