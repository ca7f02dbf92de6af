"""Figures for slides 23 and 24: gradients of very different sizes, and how gains move.

K steps, S seeds, L layers of weights, P depths or fan-ins
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from .. import show
from ..claims import Finding

SIZES = {"3 inputs": 3, "4 hidden": 4, "2 outputs": 2}  # the net of slide 23


class GradientByDepth(NamedTuple):
    """The size of the first layer's gradient in nets of several depths."""

    depths: Sequence[int]  # P
    sizes: dict[str, np.ndarray]  # (P,), the median of the seeds, for each kind of unit


def layers(
    between: Finding[dict[str, np.ndarray]], deep: Finding[GradientByDepth], pair: np.ndarray
) -> None:
    """The net of the slide with its two gradients, and what layers and depth do in larger nets.

    Parameters
    ----------
    between : Finding
        On claim 6d.1, with the gradient sizes (S, L) for each unit and start.
    deep : Finding
        On claim 6d.2.
    pair : (2,) array
        Gradient sizes of the slide's net, layer by layer.
    """
    with show.sheet(
        "slide23-layers", "Early layers have the smaller gradients", claims=[between, deep],
        rows=2, columns=2, size=(12.5, 9),
    ) as ((net, sizes), (by_layer, by_depth)):  # fmt: skip
        _net(net)
        bars = sizes.bar(["first layer", "second layer"], pair, color=(show.ORANGE, show.GREEN))
        sizes.bar_label(bars, fmt="%.2g", padding=3)
        sizes.set(ylabel="root mean square gradient", ylim=(0, 1.15 * pair.max()))
        sizes.grid(axis="x", visible=False)
        sizes.set_title("measured in this net, start weights of sd 0.1", fontsize=11)
        curves = {name: np.median(size, axis=0) for name, size in between.data.items()}
        show.lines(by_layer, curves, np.arange(1, 6), xlabel="layer of weights",
                   ylabel="root mean square gradient", log="y")  # fmt: skip
        by_layer.set(xticks=range(1, 6), ylim=(1e-12, None))
        by_layer.legend(frameon=False, fontsize=10, ncols=2, loc="lower right")
        by_layer.set_title("64-30-30-30-30-10 on digits: unit, sd of the start", fontsize=11)
        show.lines(by_depth, deep.data.sizes, deep.data.depths, xlabel="hidden layers",
                   ylabel="the first layer's gradient", log="y")  # fmt: skip
        by_depth.set_title("the deeper, the smaller; most of all logistic", fontsize=11)


def _net(axes: Axes) -> None:
    """The slide's net: the incoming weights of one unit in each layer stand out."""
    at = [[(i - (n - 1) / 2, y) for i in range(n)] for y, n in enumerate(SIZES.values())]
    for (lower, upper), colour in zip(pairwise(at), (show.ORANGE, show.GREEN), strict=True):
        for x0, y0 in lower:
            for x1, y1 in upper:
                mine = (x1, y1) == upper[0]
                axes.plot([x0, x1], [y0, y1], color=colour if mine else "#bbbbbb", zorder=1)
            axes.plot((x0 + upper[0][0]) / 2, y0 + 0.5, "o", color=colour, markersize=9)
    for x, y in (place for row in at for place in row):
        axes.plot(x, y, "o", color="white", markeredgecolor="black", markersize=22)
    for y, words in enumerate(SIZES):
        axes.text(-2.2, y, words, ha="right", va="center")
    axes.set(xlim=(-3.6, 2), ylim=(-0.4, 2.4))
    axes.set_axis_off()


class Moves(NamedTuple):
    """How far one update moves the output towards its target."""

    fan_ins: Sequence[int]  # P
    moves: np.ndarray  # (S, P), as a share of the error


def fan_in(overshoot: Finding[Moves]) -> None:
    """The share of an error that one update takes away, over the fan-in.

    Parameters
    ----------
    overshoot : Finding
        On claim 6d.3.
    """
    fan_ins, moves = overshoot.data
    with show.sheet(
        "slide23-fan-in",
        "At one rate, a large fan-in overshoots",
        claims=[overshoot],
        size=(7, 5),
    ) as axes:
        axes.loglog(fan_ins, moves.T, "o", color=show.BLUE, markersize=5)
        axes.loglog(fan_ins, 0.01 * np.array(fan_ins), color=show.BLUE, linewidth=1)
        axes.axhline(1, color="black", linewidth=1)
        axes.axhline(2, color=show.ORANGE, linewidth=1)
        axes.text(10, 1.06, "mended exactly", va="bottom")
        axes.text(10, 2.12, "above: worse than before", va="bottom", color=show.ORANGE)
        axes.set(xlabel="fan-in", ylabel="error taken away by one update (share of it)")
        axes.set_title("linear unit, eps .01; dots: seeds; line: eps times fan-in", fontsize=11)


def traces(climbing: Finding[dict[str, np.ndarray]]) -> None:
    """The gain under four streams of signs.

    Parameters
    ----------
    climbing : Finding
        On claim 6d.4, with the gains (K,) under each stream.
    """
    with show.sheet(
        "slide24-traces", "Gains climb slowly and fall fast", claims=[climbing], size=(8, 5)
    ) as axes:
        show.lines(axes, climbing.data, xlabel="step", ylabel="gain, limited to [.1, 10]", log="y")
        axes.set_ylim(0.08, 40)


class ThreeRules(NamedTuple):
    """The gains of three rules."""

    falls: dict[str, np.ndarray]  # (K,) under an oscillation
    walks: dict[str, np.ndarray]  # (3, 100) under random signs: 5 %, median, 95 %


def random_signs(hovering: Finding[np.ndarray], ways: Finding[ThreeRules]) -> None:
    """Gains after random signs; and three rules, under an oscillation and under random signs.

    Parameters
    ----------
    hovering, ways : Finding
        On claims 6d.5 (with all gains at the end) and 6d.6.
    """
    falls, walks = ways.data
    with show.sheet(
        "slide24-random",
        "With random signs the gain hovers around 1, because it adds and multiplies",
        claims=[hovering, ways], columns=3, size=(16, 5),
    ) as (left, middle, right):  # fmt: skip
        left.hist(hovering.data, bins=100, density=True, color=show.BLUE, alpha=0.75)
        left.axvline(1, color="black", linewidth=1)
        left.set(xlabel="gain after 1000 random signs", ylabel="density")
        mean, sd = np.mean(hovering.value["mean"]), np.mean(hovering.value["sd"])
        left.set_title(f"slide's rule: mean {mean:.3f}, sd {sd:.3f}", fontsize=11)
        show.lines(middle, falls, xlabel="step of an oscillation", ylabel="gain")
        middle.set_title("from 10: multiplying gets down fast", fontsize=11)
        for (name, (low, centre, high)), style in zip(walks.items(), show.styles(3), strict=True):
            steps = np.arange(0, 2000, 20)
            right.plot(steps, centre, label=name, **style)
            right.fill_between(steps, low, high, color=style["color"], alpha=0.15)
        right.set(xlabel="step with random signs", ylabel="gain: median, and 90 % of all")
        right.set_title("only the slide's rule comes to rest around 1", fontsize=11)
        right.legend(frameon=False, fontsize=10)
