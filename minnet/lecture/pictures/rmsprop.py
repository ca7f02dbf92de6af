"""Figures for slide 30: what rmsprop combines with, and a method that has no rates to tune.

S seeds, K steps
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from .. import show
from ..claims import Finding

TICKS = (0.25, 0.5, 0.7, 1, 1.4, 2, 3, 5, 10)  # of a ratio
Ratios = Mapping[Any, np.ndarray]  # {net or decay: (S,) numbers}


def strips(axes: Axes, values: Mapping[str, Ratios], ylabel: str) -> None:
    """Ratios as strips: a dot for each seed, a bar at the median.

    Parameters
    ----------
    axes : Axes
    values : {label: {name: (S,) numbers}}
        One or two labels, with the same names.
    ylabel : str
    """
    for k, (label, groups) in enumerate(values.items()):
        color = (show.BLUE, show.ORANGE)[k]
        for i, numbers in enumerate(groups.values()):
            x = i + 0.16 * (2 * k - 1) * (len(values) > 1)
            axes.plot(np.full(len(numbers), x), numbers, ".", color=color, markersize=6, alpha=0.6)
            axes.hlines(np.median(numbers), x - 0.13, x + 0.13, color=color, linewidth=3,
                        label="" if i else label)  # fmt: skip
    axes.axhline(1, color="black", linewidth=1)
    axes.set(yscale="log", ylabel=ylabel)
    low, high = axes.get_ylim()
    ticks = [tick for tick in TICKS if low < tick < high]
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xticks(range(len(groups)), groups)
    if len(values) > 1:
        axes.legend(frameon=False, fontsize=10)


class SpeedUps(NamedTuple):
    """How many times faster momentum makes a rule, on every net."""

    sgd: Ratios
    rmsprop: Ratios


def momentum(claim: Finding[SpeedUps]) -> None:
    """How much faster SGD and rmsprop become by momentum, on every net.

    Parameters
    ----------
    claim : Finding
        On claim 6e.20.
    """
    ratios = {"SGD": claim.data.sgd, "rmsprop": claim.data.rmsprop}
    with show.sheet(
        "slide30-momentum",
        "Momentum helps rmsprop less than it helps SGD on some nets, not on all",
        claims=[claim], size=(10, 5.2),
    ) as axes:  # fmt: skip
        strips(axes, ratios, "speed-up by momentum (ratio of updates)")


class JumpRatios(NamedTuple):
    """Updates if the jump is divided, over those if the correction is."""

    by_net: Ratios
    by_decay: Ratios  # of the mean square, on the regression


def nesterov(claim: Finding[JumpRatios]) -> None:
    """How many more updates it takes to divide the jump, on every net and by the decay.

    Parameters
    ----------
    claim : Finding
        On claim 6e.21.
    """
    with show.sheet(
        "slide30-nesterov",
        "Dividing the correction saves a few updates; the seeds differ by more",
        claims=[claim], columns=2, size=(12.5, 5.2), width_ratios=(2, 1),
    ) as (left, right):  # fmt: skip
        strips(left, {"": claim.data.by_net}, "updates: jump divided / correction divided")
        strips(right, {"": claim.data.by_decay}, "")
        right.set(xlabel="decay of the mean square (regression)", ylim=left.get_ylim())


def adaptive_rates(claim: Finding[dict[str, Ratios]]) -> None:
    """How much faster rmsprop becomes by two kinds of adaptive rates.

    Parameters
    ----------
    claim : Finding
        On claim 6e.22, with the speed-ups by each kind.
    """
    with show.sheet(
        "slide30-adaptive-rates", "Adaptive rates make rmsprop faster on nearly every net",
        claims=[claim], size=(10, 5.2),
    ) as axes:  # fmt: skip
        strips(axes, claim.data, "speed-up of rmsprop (ratio of updates)")


class VsgdBesideSgd(NamedTuple):
    """vSGD, which tunes itself, beside SGD at several rates."""

    bowl: dict[float, np.ndarray]  # (K,) expected error of SGD at each rate, on noisy bowls
    bowl_vsgd: np.ndarray  # (K,)
    digits: dict[str, np.ndarray]  # training losses of vSGD and of the best SGD


def no_rates(claim: Finding[VsgdBesideSgd]) -> None:
    """vSGD and tuned SGD, on a noisy bowl and on the digits.

    Parameters
    ----------
    claim : Finding
        On claim 6e.23.
    """
    bowl, vsgd, curves = claim.data
    with show.sheet(
        "slide30-pesky-rates", "vSGD has no rate to tune, and ends below the best tuned SGD",
        claims=[claim], columns=2,
    ) as (left, right):  # fmt: skip
        steps = np.arange(1, 1 + len(vsgd))
        for lr, excess in bowl.items():
            left.plot(steps, excess, color="#999999", linewidth=1.2)
            left.text(steps[-1] * 1.05, excess[-1], f"{lr:g}", fontsize=9, color="#555555",
                      va="bottom" if lr > 0.1 else "top")  # fmt: skip
        left.plot(steps, vsgd, color=show.BLUE, linewidth=2.5, label="vSGD")
        left.plot([1], bowl[max(bowl)][:1], color="#999999", label="SGD at seven rates")
        left.legend(frameon=False, fontsize=10)
        left.set(xscale="log", yscale="log", xlabel="case", title="a bowl with noisy minima",
                 ylabel="expected error above the minimum")  # fmt: skip
        show.lines(right, curves, xlabel="update", ylabel="training loss (mean of a pass)", log="y")
        right.set_title("digits")
