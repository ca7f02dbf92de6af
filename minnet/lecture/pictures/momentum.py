"""Figures for slides 17 to 19: a ball in a ravine, its equations, and how fast it gets.

K steps, S seeds
"""

from typing import NamedTuple

import numpy as np

from ...surfaces import Surface
from .. import show
from ..claims import Finding
from ..probes import digits


class BallPath(NamedTuple):
    """A path through a ravine, and where it is steepest there."""

    w: np.ndarray  # (K + 1, 2)
    downhill: np.ndarray  # (K, 2), of length 1


def ball(
    turning: Finding[BallPath], damping: Finding[dict[str, np.ndarray]], ravine: Surface
) -> None:
    """The ball's path through the ravine, and its velocity along and across.

    Parameters
    ----------
    turning : Finding
        On claim 6c.1.
    damping : Finding
        On claim 6c.2, with the velocities (K,) along and across.
    ravine : Surface
    """
    path, downhill = turning.data
    with show.sheet(
        "slide17-ball", "The ball crosses the ravine, then turns along it",
        claims=[turning, damping], columns=2, size=(12.5, 5.5),
    ) as (left, right):  # fmt: skip
        levels = ravine.at(*path[0]) * np.array([0.03, 0.3, 1])
        show.contours(left, ravine.at, (-9.5, 1.5, -7, 1.5), levels)
        left.quiver(*path[:6].T, *downhill[:6].T, color=show.ORANGE, scale=11, width=0.006)
        show.path(left, path[:17], show.BLUE)
        left.plot(*path[0], "o", color=show.ORANGE, markersize=9)
        left.plot(*path[2], "o", color=show.GREEN, markersize=9)
        left.annotate("start", path[0], (-6, 10), textcoords="offset points", ha="right")
        left.annotate("after two steps", path[2], (10, -12), textcoords="offset points")
        left.set(xlabel="weight 1", ylabel="weight 2", aspect="equal",
                 title="blue: the ball; orange: steepest descent from there")  # fmt: skip
        show.lines(right, damping.data, np.arange(1, len(path)), xlabel="step",
                   ylabel="velocity (weight units a step)")  # fmt: skip
        right.set(title="across it dies away, along it is kept up", xticks=range(0, 21, 4))


def forms(same: Finding[dict[str, np.ndarray]]) -> None:
    """How far the other two forms of the equation are from the slide's.

    Parameters
    ----------
    same : Finding
        On claim 6c.3, with the distances (2, K + 1) at a constant and at a falling rate.
    """
    (_, constant), (changes, falling) = same.data.values()
    curves = {
        "eps outside the velocity, falling rate": falling,
        "from the change of w, falling rate": changes,
        "eps outside the velocity, constant rate": constant,
    }
    with show.sheet(
        "slide18-forms", "The same update, until the learning rate changes", claims=[same]
    ) as axes:
        show.lines(
            axes, {name: np.maximum(off, 1e-17) for name, off in curves.items()}, log="y",
            xlabel="step (the falling rate is cut to a fifth every 40)",
            ylabel="distance from the slide's form (weight units)",
        )  # fmt: skip
        axes.set_ylim(1e-18, 1e5)


def terminal_velocity(plane: Finding[dict[float, np.ndarray]]) -> None:
    """The velocity on a tilted plane for each alpha, up to its limit.

    Parameters
    ----------
    plane : Finding
        On claim 6c.4, with the velocities (K,) for each alpha.
    """
    curves = {f"alpha {alpha}": speed[:1000] for alpha, speed in plane.data.items()}
    with show.sheet(
        "slide19-terminal-velocity", "A hundred times faster, for those who wait", claims=[plane]
    ) as axes:
        show.lines(axes, curves, np.arange(1, 1001), log="xy", xlabel="step on the plane",
                   ylabel="velocity (steps of plain descent)")  # fmt: skip
        axes.get_legend().remove()
        for name, end in zip(curves, plane.value["speed"], strict=True):
            show.level(axes, end, name)
        axes.set_ylim(0.8, 200)


def ravine(faster: Finding[dict[str, np.ndarray]], stable: Finding[dict[str, np.ndarray]]) -> None:
    """Four optimizers in a ravine, and three near the edges of their stable rates.

    Parameters
    ----------
    faster, stable : Finding
        On claims 6c.5 and 6c.6, with the errors (K + 1,) of each optimizer.
    """
    with show.sheet(
        "slide19-ravine", "In a ravine momentum arrives sooner, and bears larger rates",
        claims=[faster, stable], columns=2, size=(12.5, 5),
    ) as (left, right):  # fmt: skip
        curves = {name: errors[:800] for name, errors in faster.data.items()}
        show.lines(left, curves, xlabel="step", ylabel="error E", log="y")
        left.set(ylim=(1e-12, 1e4), title="condition 100")
        curves = {name: errors[:501] for name, errors in stable.data.items()}
        show.lines(right, curves, xlabel="step", ylabel="error E", log="y")
        right.set(ylim=(1e-12, 1e12))
        right.set_title("plain descent diverges from .02 on, momentum from .038", fontsize=12)


class RateGrid(NamedTuple):
    """Momentum on the digits, at each rate and alpha."""

    rates: list[float]
    runs: dict[float, digits.TunedRule]  # by alpha


def rates_and_alphas(real: Finding[RateGrid]) -> None:
    """The updates that each pair of rate and alpha needs on the digits.

    Parameters
    ----------
    real : Finding
        On claim 6c.7.
    """
    rates, runs = real.data
    updates = np.array([np.median(run.grid, axis=1) for run in runs.values()])
    reached = np.where(np.isfinite(updates), updates, np.nan)
    with show.sheet(
        "slide19-digits", "On digits momentum needs fewer updates", claims=[real], size=(8.5, 5)
    ) as axes:
        axes.imshow(reached, cmap="cividis_r", aspect="auto", origin="lower")
        for (row, column), number in np.ndenumerate(reached):
            best = number == np.nanmin(reached[row])
            axes.text(
                column, row, "-" if np.isnan(number) else f"{number:.0f}", fontsize=10,
                ha="center", va="center", weight="bold" if best else "normal",
                color="white" if number > 170 else "black",
            )  # fmt: skip
        axes.set(xlabel="learning rate", ylabel="momentum alpha")
        axes.set(title="updates to training loss 0.1 (-: not within 300; bold: best of its row)")
        axes.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
        axes.set_yticks(range(len(runs)), runs)
        axes.grid(visible=False)


def schedules(early: Finding[dict[str, digits.TunedRule]]) -> None:
    """Five schedules of the momentum at one rate, and each at its own best.

    Parameters
    ----------
    early : Finding
        On claim 6c.8, with the runs at that one rate.
    """
    runs = early.data
    with show.sheet(
        "slide19-schedule",
        "From a large start .99 is better approached slowly; .9 is best at once",
        claims=[early], columns=2, size=(12.5, 5),
    ) as (left, right):  # fmt: skip
        show.lines(left, digits.curves(runs), xlabel="update", ylabel="training loss", log="y")
        left.set_title("all at the best rate of .5 to .99 (it rises until update 200)", fontsize=11)
        updates = {name: early.value[f"updates, {name}"] for name in runs}
        show.bars(right, updates, ylabel="updates to training loss 0.01")
        right.set(xlabel="momentum alpha")
        right.set_title("each at its own best rate", fontsize=11)
