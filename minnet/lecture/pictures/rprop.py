"""Figures for slides 27 and 28: the sign of the gradient, its step sizes, and mini-batches.

K steps, S seeds, Q moments of a run, P rates or shares, R rules
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .. import show
from ..claims import Finding
from ..probes import digits


class GradientSizes(NamedTuple):
    """Quantiles of the weights' gradients while a net learns."""

    updates: Sequence[int]  # Q
    low: np.ndarray  # (S, Q): 5 % are smaller
    middle: np.ndarray  # (S, Q)
    high: np.ndarray  # (S, Q): 5 % are larger


def magnitudes(sizes: Finding[GradientSizes]) -> None:
    """How large gradients are, from the small to the large, while a net learns.

    Parameters
    ----------
    sizes : Finding
        On claim 6e.1.
    """
    updates, *bands = sizes.data
    low, middle, high = np.median(bands, axis=1)
    with show.sheet(
        "slide27-magnitudes", "No one rate suits gradients so far apart", claims=[sizes]
    ) as axes:
        axes.fill_between(updates, low, high, color=show.SKY, alpha=0.3)
        show.lines(axes, {"5 % are larger": high, "median": middle, "5 % are smaller": low},
                   updates, xlabel="updates of the digit net", ylabel="|dE/dw|",
                   log="xy")  # fmt: skip


def scales(scale_free: Finding[list[dict[str, np.ndarray]]]) -> None:
    """Three scales of one error: a single path of rprop, three of SGD.

    Parameters
    ----------
    scale_free : Finding
        On claim 6e.2, with each rule's distances (K + 1,) from the minimum, at every scale.
    """
    with show.sheet(
        "slide27-scale", "E a million times larger or smaller: rprop takes the same path",
        claims=[scale_free], columns=2, sharey=True,
    ) as sheet:  # fmt: skip
        for axes, (rule, title) in zip(
            sheet, (("Rprop-", "Rprop-: three curves in one"), ("SGD", "SGD")), strict=True
        ):
            far = [np.nan_to_num(distances[rule], nan=1e9) for distances in scale_free.data]
            names = "a millionth of E", "E", "a million times E"
            curves = show.lines(
                axes, dict(zip(names, far, strict=True)), log="y",
                xlabel="steps down a bowl", ylabel="distance from minimum",
            )  # fmt: skip
            for line, width in zip(curves, (7, 4, 1.5), strict=True):
                line.set_linewidth(width)
            axes.set(title=title, ylim=(0.1, 100))
            axes.label_outer()


class Throws(NamedTuple):
    """How each rate of SGD, and at last rprop, crosses a plateau that ends in a pit."""

    steps: np.ndarray  # (P,) until it is crossed
    throws: np.ndarray  # (P,) how far behind the pit the weight gets, in radii


def plateau(escaped: Finding[Sequence[np.ndarray]], thrown: Finding[Throws]) -> None:
    """How soon each rule leaves a plateau, and how far it is thrown behind it.

    Parameters
    ----------
    escaped, thrown : Finding
        On claims 6e.3 (with each rule's path (K + 1,)) and 6e.4.
    """
    with show.sheet(
        "slide27-plateau", "Off a plateau with gradient 1e-8: rprop in 17 steps, SGD never safely",
        claims=[escaped, thrown], columns=2,
    ) as (left, right):  # fmt: skip
        names = [f"{name}: {steps:,.0f} steps" for name, steps in escaped.value.items()]
        paths = np.array(escaped.data)[:, 1:]
        show.lines(left, dict(zip(names, paths, strict=True)), np.arange(1, paths.shape[1] + 1),
                   xlabel="steps", ylabel="distance covered", log="y",
                   looks=show.rule_styles(names))  # fmt: skip
        show.level(left, 10)
        left.annotate("the plateau ends", (60, 10), (0, 4), textcoords="offset points",
                      ha="center", fontsize=10, color="#555555")  # fmt: skip
        steps, radii = thrown.data
        right.loglog(steps[:-1], radii[:-1], ".", color=show.GREEN)
        right.loglog(steps[-1], radii[-1], "o", color=show.ORANGE)
        right.annotate("Rprop-", (steps[-1], radii[-1]), (8, 0), textcoords="offset points",
                       va="center", color=show.ORANGE)  # fmt: skip
        right.text(0.98, 0.98, "SGD, rates 1e6 to 1e9", transform=right.transAxes, ha="right",
                   va="top", color=show.GREEN)  # fmt: skip
        right.set(xlabel="steps to cross the plateau",
                  ylabel="thrown out of the pit behind it (radii)")  # fmt: skip


class StepSizes(NamedTuple):
    """Rprop's step sizes, and their growth by how often signs disagree."""

    while_signs_agree: np.ndarray  # (K + 1,)
    while_they_disagree: np.ndarray  # (K + 1,)
    disagreement: np.ndarray  # (P,) share of the pairs of signs
    growth: np.ndarray  # (P,) factor a step


def step_sizes(limits: Finding[StepSizes]) -> None:
    """Step sizes between their limits, and where growth turns into decay.

    Parameters
    ----------
    limits : Finding
        On claim 6e.5.
    """
    size = limits.data
    with show.sheet(
        "slide27-step-sizes", "rprop's steps grow unless a fifth of the signs disagree",
        claims=[limits], columns=2,
    ) as (left, right):  # fmt: skip
        curves = {"signs agree": size.while_signs_agree, "signs disagree": size.while_they_disagree}
        show.lines(left, curves, log="y", xlabel="steps", ylabel="step size")
        show.level(left, 50, "50")
        show.level(left, 1e-6, "a millionth")
        show.lines(right, {"": size.growth}, 100 * size.disagreement,
                   xlabel="pairs of signs that disagree (%)", ylabel="growth a step")  # fmt: skip
        show.level(right, 1, f"balance at {100 * limits.value['share in balance']:.1f} %")
        right.annotate("slide 28's stream: 20 %", (20, 1.0075), (3, 0.85),
                       arrowprops={"arrowstyle": "->"})  # fmt: skip


class StreamOfTen(NamedTuple):
    """Rprops under slide 28's stream of gradients."""

    paths: dict[str, np.ndarray]  # (K + 1,) for each of them
    sizes: list[np.ndarray]  # (K + 1,) likewise


def nine_and_one(
    averaged: Finding[np.ndarray], signed: Finding[np.ndarray], grows: Finding[StreamOfTen]
) -> None:
    """The weight and the step sizes under slide 28's gradients.

    Parameters
    ----------
    averaged, signed, grows : Finding
        On claims 6e.7, 6e.8 (both with a path (K + 1,)) and 6e.9.
    """
    paths, sizes = grows.data
    growth = grows.value["growth"]
    steps = {"sign alone": np.full(131, 0.1), "Rprop-": sizes[0][:131],
             "iRprop-, Rprop+": sizes[1][:131]}  # fmt: skip
    first = {"sign alone": signed.data[:41], "Rprop-, 1.2 / 0.5": paths["Rprop-"][:41],
             "SGD": averaged.data[:41]}  # fmt: skip
    ends = {name: path[10::10] for name, path in ({"sign alone": signed.data} | paths).items()}
    with show.sheet(
        "slide28-nine-and-one",
        "Nine gradients of +0.1, one of -0.9: SGD averages, rprop runs away",
        claims=[averaged, signed, grows], columns=3, size=(16, 5),
    ) as (left, middle, right):  # fmt: skip
        show.lines(left, first, xlabel="mini-batches", ylabel="weight, the way of the nine",
                   looks=show.rule_styles(first))  # fmt: skip
        show.lines(middle, steps, xlabel="mini-batches", ylabel="step size", log="y",
                   looks=show.rule_styles(steps))  # fmt: skip
        show.lines(right, ends, np.arange(1, 101), xlabel="cycles of ten mini-batches",
                   ylabel="weight", log="xy", looks=show.rule_styles(ends))  # fmt: skip
        middle.set_title(f"E6: times {growth[0]:.3f} or {growth[1]:.3f} a cycle")


class GrowthBySize(NamedTuple):
    """Where two rules end, by the size of the mini-batches."""

    largest_weight: dict[str, np.ndarray]  # (R, S)
    loss: dict[str, np.ndarray]  # (R, S)


def blow_up(claim: Finding[GrowthBySize]) -> None:
    """The largest weight and the loss, from small mini-batches to the full batch.

    Parameters
    ----------
    claim : Finding
        On claim 6e.10.
    """
    names = "largest |w| after 20 epochs", "training loss after 20 epochs"
    with show.sheet(
        "6e10-blow-up", "On mini-batches rprop's weights blow up before it has learned",
        claims=[claim], columns=2,
    ) as sheet:  # fmt: skip
        for axes, by_size, name in zip(sheet, claim.data, names, strict=True):
            middle = {size: np.median(runs, axis=1) for size, runs in by_size.items()}
            *short, long = middle
            curves = {rule: [middle[size][i] for size in short]
                      for i, rule in enumerate(("Rprop-", "rmsprop"))}  # fmt: skip
            show.lines(axes, curves, [int(size) for size in short],
                       xlabel="cases in a mini-batch", ylabel=name, log="xy",
                       looks=show.rule_styles(curves))  # fmt: skip
            axes.plot(1000, middle[long][0], "o", color=show.ORANGE)
            axes.annotate("Rprop-, 200 epochs", (1000, middle[long][0]), (-8, 0), va="center",
                          textcoords="offset points", ha="right")  # fmt: skip


def full_and_mini(
    full: Finding[dict[str, digits.TunedRule]], mini: Finding[dict[str, digits.TunedRule]]
) -> None:
    """Each rule at its best rate, on the full batch and on mini-batches.

    Parameters
    ----------
    full, mini : Finding
        On claims 6e.6 and 6e.11, with the runs of each.
    """
    with show.sheet(
        "slide28-full-and-mini",
        "The same rules, each at its best rate: rprop goes from first to last",
        claims=[full, mini], columns=2,
    ) as (left, right):  # fmt: skip
        for axes, runs, per_pass, title in (
            (left, full.data, 1, "full batch of 1000"),
            (right, mini.data, 10, "mini-batches of 100"),
        ):
            show.lines(axes, digits.curves(runs, per_pass), log="y", xlabel="updates",
                       ylabel="training loss over the last pass",
                       looks=show.rule_styles(runs))  # fmt: skip
            axes.set(title=title, ylim=(1e-9, 10))


def cautious(claim: Finding[Mapping[int, list[str]]]) -> None:
    """What rprop reaches with each pair of factors, beside SGD.

    Parameters
    ----------
    claim : Finding
        On claim 6e.12, with the rules whose best rate is at the border, for each size.
    """
    with show.sheet(
        "6e12-cautious", "Cautious factors let rprop learn on mini-batches of 100 and 250",
        claims=[claim], columns=3, sharey=True, size=(14, 5),
    ) as sheet:  # fmt: skip
        for axes, (size, scores) in zip(sheet, claim.value.items(), strict=True):
            show.bars(axes, scores, ylabel="training loss after 60 epochs", log=True)
            for bar, name in zip(axes.patches, scores, strict=True):
                bar.set_facecolor(show.GREEN if name == "SGD" else show.ORANGE)
            axes.set_title(f"mini-batches of {size}")
            axes.label_outer()
