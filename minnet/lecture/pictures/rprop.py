"""Slides 27 and 28 drawn: the sign of the gradient, its step sizes, and mini-batches."""

import numpy as np

from .. import show
from ..probes import digits


def magnitudes(sizes):
    """How large gradients are, from the small to the large, while a net learns."""
    updates, *bands = sizes.data
    low, middle, high = np.median(bands, axis=1)
    with show.sheet(
        "slide27-magnitudes", "No one rate suits gradients so far apart", claims=[sizes]
    ) as axes:
        axes.fill_between(updates, low, high, color=show.SKY, alpha=0.3)
        show.lines(axes, {"5 % are larger": high, "median": middle, "5 % are smaller": low},
                   updates, xlabel="updates of the digit net", ylabel="|dE/dw|",
                   log="xy")  # fmt: skip


def scales(scale_free):
    """Three scales of one error: a single path of rprop, three of SGD."""
    with show.sheet(
        "slide27-scale", "E a million times larger or smaller: rprop takes the same path",
        claims=[scale_free], columns=2, sharey=True,
    ) as sheet:  # fmt: skip
        for axes, (rule, title) in zip(
            sheet, (("Rprop-", "Rprop-: three curves in one"), ("SGD", "SGD")), strict=True
        ):
            far = [np.nan_to_num(distances[rule], nan=1e9) for distances in scale_free.data]
            names = "a millionth of E", "E", "a million times E"
            drawn = show.lines(
                axes, dict(zip(names, far, strict=True)), log="y",
                xlabel="steps down a bowl", ylabel="distance from minimum",
            )  # fmt: skip
            for line, width in zip(drawn, (7, 4, 1.5), strict=True):
                line.set_linewidth(width)
            axes.set(title=title, ylim=(0.1, 100))
            axes.label_outer()


def plateau(escaped, thrown):
    """How soon each rule leaves a plateau, and how far it is thrown behind it."""
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


def step_sizes(limits):
    """Step sizes between their limits, and where growth turns into decay."""
    grown, shrunk, disagree, growth = limits.data
    with show.sheet(
        "slide27-step-sizes", "rprop's steps grow unless a fifth of the signs disagree",
        claims=[limits], columns=2,
    ) as (left, right):  # fmt: skip
        show.lines(left, {"signs agree": grown, "signs disagree": shrunk}, log="y",
                   xlabel="steps", ylabel="step size")  # fmt: skip
        show.level(left, 50, "50")
        show.level(left, 1e-6, "a millionth")
        show.lines(right, {"": growth}, 100 * disagree,
                   xlabel="pairs of signs that disagree (%)", ylabel="growth a step")  # fmt: skip
        show.level(right, 1, f"balance at {100 * limits.value['share in balance']:.1f} %")
        right.annotate("slide 28's stream: 20 %", (20, 1.0075), (3, 0.85),
                       arrowprops={"arrowstyle": "->"})  # fmt: skip


def nine_and_one(averaged, signed, grows):
    """The weight and the step sizes under slide 28's gradients."""
    paths, kept = grows.data
    growth = grows.value["growth"]
    steps = {"sign alone": np.full(131, 0.1), "Rprop-": kept[0][:131],
             "iRprop-, Rprop+": kept[1][:131]}  # fmt: skip
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


def blow_up(found):
    """The largest weight and the loss, from small mini-batches to the full batch."""
    names = "largest |w| after 20 epochs", "training loss after 20 epochs"
    with show.sheet(
        "6e10-blow-up", "On mini-batches rprop's weights blow up before it has learned",
        claims=[found], columns=2,
    ) as sheet:  # fmt: skip
        for axes, measured, name in zip(sheet, found.data, names, strict=True):
            middle = {size: np.median(runs, axis=1) for size, runs in measured.items()}
            *short, long = middle
            curves = {rule: [middle[size][i] for size in short]
                      for i, rule in enumerate(("Rprop-", "rmsprop"))}  # fmt: skip
            show.lines(axes, curves, [int(size) for size in short],
                       xlabel="cases in a mini-batch", ylabel=name, log="xy",
                       looks=show.rule_styles(curves))  # fmt: skip
            axes.plot(1000, middle[long][0], "o", color=show.ORANGE)
            axes.annotate("Rprop-, 200 epochs", (1000, middle[long][0]), (-8, 0), va="center",
                          textcoords="offset points", ha="right")  # fmt: skip


def full_and_mini(full, mini):
    """Each rule at its best rate, on the full batch and on mini-batches."""
    with show.sheet(
        "slide28-full-and-mini",
        "The same rules, each at its best rate: rprop goes from first to last",
        claims=[full, mini], columns=2,
    ) as (left, right):  # fmt: skip
        for axes, found, per_pass, title in (
            (left, full, 1, "full batch of 1000"), (right, mini, 10, "mini-batches of 100"),
        ):  # fmt: skip
            show.lines(axes, digits.curves(found.data, per_pass), log="y", xlabel="updates",
                       ylabel="training loss over the last pass",
                       looks=show.rule_styles(found.data))  # fmt: skip
            axes.set(title=title, ylim=(1e-9, 10))


def cautious(found):
    """What rprop reaches with each pair of factors, beside SGD."""
    with show.sheet(
        "6e12-cautious", "Cautious factors let rprop learn on mini-batches of 100 and 250",
        claims=[found], columns=3, sharey=True, size=(14, 5),
    ) as sheet:  # fmt: skip
        for axes, (size, scores) in zip(sheet, found.value.items(), strict=True):
            show.bars(axes, scores, ylabel="training loss after 60 epochs", log=True)
            for bar, name in zip(axes.patches, scores, strict=True):
                bar.set_facecolor(show.GREEN if name == "SGD" else show.ORANGE)
            axes.set_title(f"mini-batches of {size}")
            axes.label_outer()
