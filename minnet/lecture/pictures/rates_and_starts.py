"""Figures for slides 9 and 10: a rate turned down, clones of hidden units, and big fan-ins.

K updates, S seeds, P turns or powers, h hidden units
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .. import show
from ..claims import Finding


class ErrorCurves(NamedTuple):
    """The error of noisy descent with one schedule of the rate."""

    expected: np.ndarray  # (K,), in closed form
    sampled: np.ndarray  # the mean of sampled runs


def turned_down(
    claim: Finding[None], curves: dict[str, ErrorCurves], turns: Sequence[int],
    ratios: Sequence[np.ndarray],
) -> None:  # fmt: skip
    """Expected errors with the means of sampled runs, and their ratio for every turn.

    Parameters
    ----------
    claim : Finding
        On claim 6b.1.
    curves : {name: ErrorCurves}
        With the rate that stays, and with the one that is turned down.
    turns : sequence of P ints
        Updates at which the rate is turned down.
    ratios : sequence of P arrays (K,)
        The expected error of each over that of the rate that stays.
    """
    with show.sheet(
        "slide09-turn-down",
        "Turning the rate down at update 250: a quick win, then the other run overtakes",
        claims=[claim], columns=2,
    ) as (once, whenever):  # fmt: skip
        for (name, errors), color in zip(curves.items(), (show.GREEN, show.ORANGE), strict=True):
            once.plot(errors.sampled, color=color, linewidth=0.8, alpha=0.5)
            once.plot(errors.expected[:1000], color=color, linewidth=2.5, label=name)
        once.annotate("reduce the rate", (250, 0.66), (330, 0.95), arrowprops={"arrowstyle": "->"})
        once.set(ylim=(0, 1.5), xlim=(100, 1000), xlabel="update",
                 ylabel="expected error (thin: mean of 60 sampled runs)")  # fmt: skip
        once.legend(frameon=False)
        updates = np.arange(0, 1400, 10)
        image = whenever.pcolormesh(updates, turns, np.log2(ratios)[:, updates], cmap="PuOr_r",
                                    vmin=-1.5, vmax=1.5)  # fmt: skip
        bar = whenever.figure.colorbar(image, ax=whenever, label="error: turned down / not")
        bar.ax.set_yticks([-1, 0, 1], ["half", "same", "double"])
        whenever.set(xlabel="update", ylabel="update at which the rate is turned down")
        whenever.grid(visible=False)


class Parting(NamedTuple):
    """When clones of hidden units part, by the noise that makes them differ."""

    decades: Sequence[int]  # P: the noise is 10^-decades
    updates: np.ndarray  # (P, S)


def symmetry(alike: Finding[dict[str, np.ndarray]], parted: Finding[Parting]) -> None:
    """The weights of units after an equal and a random start; when the least noise parts them.

    Parameters
    ----------
    alike : Finding
        On claim 6b.2, with the incoming weights (64, h) after each start.
    parted : Finding
        On claim 6b.3.
    """
    decades, updates = parted.data
    with show.sheet(
        "slide10-symmetry",
        "Equal hidden units stay one feature; the least difference grows until they part",
        claims=[alike, parted], columns=3,
    ) as (clones, random, parting):  # fmt: skip
        for axes, (start, weights) in zip((clones, random), alike.data.items(), strict=True):
            loss = np.median(alike.value[f"{start} loss"])
            show.weight_images(axes, weights, f"20 units, {start} start: loss {loss:.2f}")
        noise = 10.0 ** -np.array(decades)
        parting.plot(noise, updates, ".", color=show.BLACK)
        parting.plot(noise, updates.mean(axis=1), color=show.BLUE, linewidth=2)
        parting.set(xscale="log", xlabel="noise that makes the clones differ (sd)",
                    ylabel="updates until the loss is below 1",
                    title=f"{parted.value['a decade']:.0f} updates for each decade")  # fmt: skip


class CriticalRates(NamedTuple):
    """The rates at which learning begins to diverge, over the fan-in."""

    fan_ins: Sequence[int]  # P
    rates: dict[str, list[float]]  # P for each kind of cases


class LearningCurve(NamedTuple):
    """A run of SGD from start weights of some size."""

    losses: np.ndarray  # (K,)
    validation_error: float


def fan_in(
    overshoot: Finding[CriticalRates], starts: Finding[Sequence[int]],
    learning_from: dict[str, LearningCurve], by_power: Finding[list[float]],
) -> None:  # fmt: skip
    """Rates that diverge, net inputs, learning from each size of weights, and rates by layer.

    Parameters
    ----------
    overshoot : Finding
        On claim 6b.4.
    starts : Finding
        On claim 6b.5, with the fan-ins.
    learning_from : {size of the start weights: LearningCurve}
    by_power : Finding
        On claim 6b.6, with the powers whose best rate is at the border of the grid.
    """
    fan_ins, rates = overshoot.data
    with show.sheet(
        "slide10-fan-in", "What a big fan-in does to rates and start weights",
        claims=[overshoot, starts, by_power], rows=2, columns=2,
    ) as ((edge, size), (training, powers)):  # fmt: skip
        show.lines(edge, rates, fan_ins, xlabel="fan-in n", log="xy",
                   ylabel="rate at which learning diverges")  # fmt: skip
        edge.set_title("one error, n weights: the rate must fall as 1/n")
        show.lines(size, starts.value, starts.data, xlabel="fan-in n", log="xy",
                   ylabel="sd of the net input")  # fmt: skip
        size.set_title("start weights ~ sqrt(n), as printed, explode (E1)")
        curves = {f"{name}: validation error {100 * run.validation_error:.1f} %": run.losses
                  for name, run in learning_from.items()}  # fmt: skip
        show.lines(training, curves, xlabel="update", ylabel="training loss", log="y")
        training.set_title("start weights in a 64-500-10 net, each at its best rate")
        show.bars(powers, by_power.value, ylabel="training loss after 60 updates")
        powers.set_title("rate of a layer ~ (fan-in)$^{-p}$, net 16-1024-10")
        for label in powers.get_xticklabels():
            label.set(rotation=0, ha="center")
