"""Figures for slide 29: what rmsprop divides by, how it starts, and what that gives back.

K steps, D decays, S seeds, R rates
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ...optimizers.optimizer import Optimizer
from .. import show
from ..claims import Finding
from ..probes import digits


def divisors(same: Finding[dict[str, np.ndarray]], spread: Finding[dict[str, np.ndarray]]) -> None:
    """Decay 0 is rprop; the divisors of neighbouring mini-batches, of each rule.

    Parameters
    ----------
    same, spread : Finding
        On claims 6e.13 (with each rule's path (K + 1,)) and 6e.14 (with the logarithms of the
        ratios of successive divisors).
    """
    wide, dashed, plain = show.rule_styles(same.data)
    looks = [{**wide, "linewidth": 7, "alpha": 0.4}, {**dashed, "linestyle": "--"}, plain]
    with show.sheet(
        "slide29-divisors", "rprop divides by a new number each time, rmsprop by a similar one",
        claims=[same, spread], columns=2,
    ) as (left, right):  # fmt: skip
        show.lines(left, {name: path[:60] for name, path in same.data.items()},
                   xlabel="random gradients", ylabel="weight", looks=looks)  # fmt: skip
        left.set_ylim(top=1.5)
        for name, label, colour in (
            ("sign step", "rprop: |g|", show.BLUE),
            ("rmsprop", "rmsprop:\nroot mean square", show.BLACK),
        ):
            right.hist(spread.data[name].ravel(), np.linspace(-2, 2, 161), density=True, log=True,
                       label=label, color=colour, alpha=0.6)  # fmt: skip
        right.set(xlabel="log10 (divisor / divisor one mini-batch before)",
                  ylabel="density, all weights")  # fmt: skip
        right.legend(frameon=False, loc="upper left")


class StepLengths(NamedTuple):
    """How long rmsprop's steps are at a constant gradient, in learning rates."""

    decays: np.ndarray  # (D,)
    steps: np.ndarray  # (D, K)


def first_steps(claim: Finding[StepLengths]) -> None:
    """How long the steps are while MeanSquare grows from 0.

    Parameters
    ----------
    claim : Finding
        On claim 6e.15.
    """
    decays, steps = claim.data
    names = [f"decay {decay}: the first {first:.3g}"
             for decay, first in zip(decays, claim.value["longest"], strict=True)]  # fmt: skip
    with show.sheet(
        "slide29-first-steps", "From MeanSquare 0 the first steps are too long", claims=[claim]
    ) as axes:
        show.lines(axes, dict(zip(names, steps, strict=True)), np.arange(1, 3001), log="xy",
                   xlabel="step, at a constant gradient",
                   ylabel="step / learning rate")  # fmt: skip


class Drifts(NamedTuple):
    """Rules under slide 28's stream of gradients."""

    decays: np.ndarray  # (D,) of rmsprop
    paths: dict[str, np.ndarray]  # (K + 1,)


def nine_and_one(claim: Finding[Drifts]) -> None:
    """Slide 28's gradients again: rmsprop beside the others, and what drift is left.

    Parameters
    ----------
    claim : Finding
        On claim 6e.16.
    """
    decays, paths = claim.data
    names = {"first cycle": "first cycle, MeanSquare from 0", "freed of bias": "... bias removed",
             "steady": "later cycles", "shuffled": "... in random order"}  # fmt: skip
    with show.sheet(
        "slide29-nine-and-one", "The same ten gradients: rmsprop averages again, almost",
        claims=[claim], columns=2, size=(13, 5.6),
    ) as (left, right):  # fmt: skip
        show.lines(left, paths, xlabel="mini-batches", ylabel="weight, the way of the nine",
                   looks=show.rule_styles(paths))  # fmt: skip
        left.set_title("once MeanSquare has settled")
        looks = [{**style, "color": show.BLACK} for style in show.styles(len(names))]
        show.lines(right, {names[key]: claim.value[key] for key in names}, 1 - decays, log="xy",
                   xlabel="1 - decay of rmsprop", ylabel="drift a cycle / learning rate",
                   looks=looks)  # fmt: skip
        right.axhline(claim.value["sign step"], color=show.BLUE)
        right.annotate("sign alone: 8", (1e-3, 8), (0, 4), textcoords="offset points",
                       color=show.BLUE)  # fmt: skip
        right.set_title(f"E7: what is left falls as (1 - decay)^{claim.value['slope']:.2f}")


def scale_of_each_weight(rescaled: Finding[dict[str, list[float]]]) -> None:
    """The loss with and without a scale for each weight's gradient.

    Parameters
    ----------
    rescaled : Finding
        On claim 6e.17, with the losses (K,) of the last seed.
    """
    looks = [style | ({"linestyle": "--"} if "scaled" in name else
                      {"linestyle": "-", "linewidth": 7, "alpha": 0.35})
             for name, style in
             zip(rescaled.data, show.rule_styles(rescaled.data), strict=True)]  # fmt: skip
    with show.sheet(
        "6e17-scale-of-each-weight", "rmsprop: the scale of a gradient does not matter",
        claims=[rescaled],
    ) as axes:  # fmt: skip
        show.lines(axes, rescaled.data, log="y", xlabel="updates",
                   ylabel="training loss, last seed", looks=looks)  # fmt: skip


class TwoLevels(NamedTuple):
    """Rules at all their rates, on their way to two training losses."""

    rules: Mapping[str, Sequence[Optimizer]]
    runs: dict[float, dict[str, digits.TunedRule]]  # by the loss


def much_better(better: Finding[TwoLevels]) -> None:
    """The loss at the best rates, and the updates that each rate takes.

    Parameters
    ----------
    better : Finding
        On claim 6e.18.
    """
    rules, runs = better.data
    looks = show.rule_styles(rules)
    with show.sheet(
        "6e18-much-better", "rmsprop gets there sooner, and at more rates", claims=[better],
        columns=2,
    ) as (left, right):  # fmt: skip
        show.lines(left, digits.curves(runs[0.01]), log="y", xlabel="updates",
                   ylabel="training loss over the last pass", looks=looks)  # fmt: skip
        for (name, run), style in zip(runs[0.1].items(), looks, strict=True):
            rates = [optimizer.hyperparameters["lr"] for optimizer in rules[name]]
            right.loglog(rates, np.median(run.grid, axis=1), marker="o", label=name, **style)
        right.set(xlabel="learning rate (no dot: not in 1000 updates)",
                  ylabel="updates to a loss of 0.1")  # fmt: skip
        right.set_yticks([100, 200, 400, 800], [100, 200, 400, 800])
        right.yaxis.set_minor_formatter("")
        right.legend(frameon=False)


class SwingPaths(NamedTuple):
    """Paths of rmsprop on a bowl."""

    rates: Sequence[float]  # R
    w: np.ndarray  # (R, K + 1, 2)


def floor(claim: Finding[SwingPaths]) -> None:
    """Every axis of a bowl ends in a swing of half the rate.

    Parameters
    ----------
    claim : Finding
        On claim 6e.19.
    """
    rates, w = claim.data
    curves = {f"rate {rate}, curvature {curvature}": np.abs(path[1:, axis])
              for rate, path in zip(rates, w, strict=True)
              for axis, curvature in enumerate((1, 100))}  # fmt: skip
    with show.sheet(
        "6e19-floor", "In the end rmsprop swings by half its rate", claims=[claim]
    ) as axes:
        show.lines(axes, curves, np.arange(1, w.shape[1]), log="xy",
                   xlabel="steps", ylabel="|w| along an axis of the bowl")  # fmt: skip
        for rate in rates:
            show.level(axes, rate / 2, f"{rate} / 2")
        axes.set_ylim(1e-4, 1e3)
        axes.legend(frameon=False, fontsize=10, loc="upper left")
