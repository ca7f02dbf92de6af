"""Figures for slides 5 to 7: what mini-batches save and cost, full-batch methods, and the rate.

S seeds, Q moments of a run, K steps, E evaluations
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import show
from ..claims import Finding


class Cosines(NamedTuple):
    """How alike the gradients of two halves of the data are."""

    updates: Sequence[int]  # Q: after how many it was measured
    cosines: dict[str, list[list[float]]]  # (S, Q) for each data set


class UpdatesBySize(NamedTuple):
    """How many updates each size of mini-batch needs."""

    updates: dict[int, np.ndarray]  # (S,) for each size
    at_the_border: list[int]  # sizes whose best rate is at the border of the grid


def redundancy(halves: Finding[Cosines], needed: Finding[UpdatesBySize]) -> None:
    """How alike the gradients of two halves are; passes and updates by mini-batch size.

    Parameters
    ----------
    halves, needed : Finding
        On claims 6a.11 and 6a.12.
    """
    counts = needed.data.updates
    with show.sheet(
        "slide05-redundancy",
        "Redundant data: half of it says what all of it says, early in learning",
        claims=[halves, needed], columns=3,
    ) as (angle, passes, updates):  # fmt: skip
        for (name, rows), style in zip(halves.data.cosines.items(), show.styles(2), strict=True):
            angle.plot(halves.data.updates, np.median(rows, axis=0), label=name, **style)
            angle.plot(halves.data.updates, np.transpose(rows), color=style["color"],
                       linewidth=0.7, alpha=0.6)  # fmt: skip
        angle.set_xscale("symlog", linthresh=2)
        angle.set(xlabel="updates made", ylabel="cosine of the two halves' gradients",
                  xlim=(0, None))  # fmt: skip
        angle.legend(frameon=False)
        per_pass = {size: each * size / 1000 for size, each in counts.items()}
        for axes, points, word in ((passes, per_pass, "passes"), (updates, counts, "updates")):
            axes.plot([*points], [*points.values()], ".k", markersize=4)
            medians = [np.median(each) for each in points.values()]
            show.lines(axes, {word: medians}, [*points], xlabel="cases in a mini-batch", log="xy",
                       ylabel=f"{word} to a training loss of 0.3")  # fmt: skip
        passes.set_yticks([2, 5, 10, 20, 30], [2, 5, 10, 20, 30])
        updates.set_yticks([30, 100, 300, 1000], [30, 100, 300, 1000])
        for axes in passes, updates:
            axes.yaxis.set_minor_formatter("")


class LossByOrder(NamedTuple):
    """The loss of all cases while a net learns from mini-batches in several orders."""

    updates: Sequence[int]  # Q
    losses: dict[str, list[list[float]]]  # (S, Q) for each order


def good_mini_batches(
    cost: Finding[Sequence[int]], order: Finding[LossByOrder], quality: Finding[dict[str, Any]]
) -> None:
    """The time of a case, the loss in three orders, and the angle to the gradient of all cases.

    Parameters
    ----------
    cost, order, quality : Finding
        On claims 6a.13 (with the sizes of mini-batches), 6a.14 and 6a.15 (with the cosines at each
        size and moment).
    """
    sizes, (at, losses) = cost.data, order.data
    with show.sheet(
        "slide05-mini-batches", "A good mini-batch has some hundred cases, of all classes",
        claims=[cost, order, quality], columns=3,
    ) as (times, curves, boxes):  # fmt: skip
        seconds = {
            who: [cost.value[f"{who} {size}"] for size in sizes] for who in ("minnet", "NumPy")
        }
        show.lines(times, seconds, sizes, xlabel="cases in a mini-batch", log="xy",
                   ylabel="time per case, update included (microseconds)")  # fmt: skip
        show.lines(curves, {name: rows[0] for name, rows in losses.items()}, at, log="y",
                   xlabel="updates (seed 0)", ylabel="loss of all 1000 cases")  # fmt: skip
        boxes.boxplot([np.ravel(rows) for rows in quality.data.values()], widths=0.6, sym="",
                      medianprops={"color": show.BLUE, "linewidth": 2.5})  # fmt: skip
        boxes.set_xticks(range(1, 7), [key.replace(", ", "\n") for key in quality.data])
        boxes.set(xlabel="cases in a mini-batch, and when (updates)",
                  ylabel="cosine with the gradient of all cases")  # fmt: skip


class BestSoFar(NamedTuple):
    """The lowest loss up to each evaluation of the full gradient."""

    losses: dict[str, Any]  # (S, E) for each method
    at_the_border: bool  # whether descent's best rate is at the border of its grid


def two_types(clever: Finding[BestSoFar], batches: Finding[bool]) -> None:
    """The best loss so far of three methods on all cases; L-BFGS on mini-batches beside SGD.

    Parameters
    ----------
    clever, batches : Finding
        On claims 6a.19 and 6a.20; the last with whether SGD's best rate is at the border.
    """
    with show.sheet(
        "slide06-two-types", "Clever methods win with all cases, and lose with small mini-batches",
        claims=[clever, batches], columns=2,
    ) as (full, parts):  # fmt: skip
        medians = {name: np.median(rows, axis=0) for name, rows in clever.data.losses.items()}
        show.lines(full, medians, log="y", xlabel="gradients of all cases",
                   ylabel="training loss, best so far")  # fmt: skip
        words = {"sgd": "SGD\n100", "uninterrupted": "all, no\nrestart"}
        show.bars(parts, {words.get(key, key): low for key, low in batches.value.items()},
                  ylabel="training loss after 30 passes", log=True, form="{:.2g}")  # fmt: skip
        for bar, name in zip(parts.patches, batches.value, strict=True):
            bar.set_facecolor(show.BLUE if name == "sgd" else show.GREEN)
        for label in parts.get_xticklabels():
            label.set(rotation=0, ha="center")
        parts.set(title="a new mini-batch every five iterations",
                  xlabel="cases in a mini-batch (blue: SGD, green: L-BFGS)")  # fmt: skip


class RateTrace(NamedTuple):
    """A descent whose rate a program sets, and one at the best fixed rate."""

    rates: np.ndarray  # (K,)
    errors: np.ndarray  # (K,)
    errors_at_best_rate: np.ndarray


def automatic_rate(program: Finding[RateTrace]) -> None:
    """The rate that a program finds, and the error beside the best fixed rate's.

    Parameters
    ----------
    program : Finding
        On claim 6a.16.
    """
    trace = program.data
    with show.sheet(
        "slide07-automatic-rate", "A few lines of program find the learning rate",
        claims=[program], columns=2,
    ) as (rate, error):  # fmt: skip
        show.lines(rate, {"rate": trace.rates}, xlabel="step", ylabel="learning rate", log="y")
        rate.axhline(0.02, color="black", linestyle=":")
        rate.text(len(trace.rates), 0.009, "dotted: 2 / largest curvature", ha="right", va="top")
        best = trace.errors_at_best_rate[: len(trace.errors)]
        curves = {"the program": trace.errors, "the best fixed rate": best}
        show.lines(error, curves, log="y", xlabel="step", ylabel="error E")


class RateCuts(NamedTuple):
    """Two runs of one seed: the loss on test cases, and the epochs after which the rate was cut."""

    test_loss: np.ndarray  # (2, epochs + 1)
    epochs: dict[str, np.ndarray]  # by who decides


def turning_down(calming: Finding[np.ndarray], deciding: Finding[RateCuts]) -> None:
    """A weight before and after its rate is cut, and the test loss by who decided when.

    Parameters
    ----------
    calming, deciding : Finding
        On claims 6a.17 (with the weight at a steady and at a falling rate, (2, K + 1)) and 6a.18.
    """
    (steady, falling), (test_loss, cuts) = calming.data, deciding.data
    with show.sheet(
        "slide07-turning-down", "A lower rate calms the weights; when, is harder to tell",
        claims=[calming, deciding], columns=3,
    ) as (calm, traces, ends):  # fmt: skip
        calm.plot(steady, color=show.BLUE, linewidth=1, label="rate 0.1")
        calm.plot(range(1000, 2001), falling[1000:], color=show.ORANGE, linewidth=2,
                  label="0.01 from step 1000 on")  # fmt: skip
        calm.set(xlabel="step", ylabel="weight (its best value is 0)")
        calm.margins(y=0.15)
        calm.legend(frameon=False, fontsize=10, loc="upper left")
        show.lines(traces, dict(zip(cuts, test_loss, strict=True)), log="y", ylabel="test loss",
                   xlabel="epoch (dots: the rate is cut to a tenth)")  # fmt: skip
        for at, row, style in zip(cuts.values(), test_loss, show.styles(2), strict=True):
            traces.scatter(at, row[at], color=style["color"], zorder=3)
        show.bars(ends, {name: deciding.value[name] for name in cuts},
                  ylabel="test loss at the end")  # fmt: skip
