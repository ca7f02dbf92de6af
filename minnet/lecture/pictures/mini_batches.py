"""Slides 5 to 7 drawn: what mini-batches save and cost, methods for all cases, and the rate."""

import numpy as np

from .. import show


def redundancy(halves, needed):
    """How alike the gradients of two halves are; passes and updates by mini-batch size."""
    (at, cosines), (counts, _) = halves.data, needed.data
    with show.sheet(
        "slide05-redundancy",
        "Redundant data: half of it says what all of it says, early in learning",
        claims=[halves, needed], columns=3,
    ) as (angle, passes, updates):  # fmt: skip
        for (name, rows), style in zip(cosines.items(), show.styles(2), strict=True):
            angle.plot(at, np.median(rows, axis=0), label=name, **style)
            angle.plot(at, np.transpose(rows), color=style["color"], linewidth=0.7, alpha=0.6)
        angle.set_xscale("symlog", linthresh=2)
        angle.set(xlabel="updates made", ylabel="cosine of the two halves' gradients",
                  xlim=(0, None))  # fmt: skip
        angle.legend(frameon=False)
        per_pass = {size: each * size / 1000 for size, each in counts.items()}
        for axes, drawn, word in ((passes, per_pass, "passes"), (updates, counts, "updates")):
            axes.plot([*drawn], [*drawn.values()], ".k", markersize=4)
            medians = [np.median(each) for each in drawn.values()]
            show.lines(axes, {word: medians}, [*drawn], xlabel="cases in a mini-batch", log="xy",
                       ylabel=f"{word} to a training loss of 0.3")  # fmt: skip
        passes.set_yticks([2, 5, 10, 20, 30], [2, 5, 10, 20, 30])
        updates.set_yticks([30, 100, 300, 1000], [30, 100, 300, 1000])
        for axes in passes, updates:
            axes.yaxis.set_minor_formatter("")


def good_mini_batches(cost, order, quality):
    """The time of a case, the loss in three orders, and the angle to the gradient of all cases."""
    (at, losses), sizes = order.data, cost.data
    with show.sheet(
        "slide05-mini-batches", "A good mini-batch has some hundred cases, of all classes",
        claims=[cost, order, quality], columns=3,
    ) as (times, curves, boxes):  # fmt: skip
        drawn = {
            who: [cost.value[f"{who} {size}"] for size in sizes] for who in ("minnet", "NumPy")
        }
        show.lines(times, drawn, sizes, xlabel="cases in a mini-batch", log="xy",
                   ylabel="time per case, update included (microseconds)")  # fmt: skip
        show.lines(curves, {name: rows[0] for name, rows in losses.items()}, at, log="y",
                   xlabel="updates (seed 0)", ylabel="loss of all 1000 cases")  # fmt: skip
        boxes.boxplot([np.ravel(rows) for rows in quality.data.values()], widths=0.6, sym="",
                      medianprops={"color": show.BLUE, "linewidth": 2.5})  # fmt: skip
        boxes.set_xticks(range(1, 7), [key.replace(", ", "\n") for key in quality.data])
        boxes.set(xlabel="cases in a mini-batch, and when (updates)",
                  ylabel="cosine with the gradient of all cases")  # fmt: skip


def two_types(clever, batches):
    """The best loss so far of three methods on all cases; L-BFGS on mini-batches beside SGD."""
    with show.sheet(
        "slide06-two-types", "Clever methods win with all cases, and lose with small mini-batches",
        claims=[clever, batches], columns=2,
    ) as (full, parts):  # fmt: skip
        medians = {name: np.median(rows, axis=0) for name, rows in clever.data[0].items()}
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


def automatic_rate(found):
    """The rate that a program finds, and the error beside the best fixed rate's."""
    lrs, errors, best = found.data
    with show.sheet(
        "slide07-automatic-rate", "A few lines of program find the learning rate",
        claims=[found], columns=2,
    ) as (rate, error):  # fmt: skip
        show.lines(rate, {"rate": lrs}, xlabel="step", ylabel="learning rate", log="y")
        rate.axhline(0.02, color="black", linestyle=":")
        rate.text(len(lrs), 0.009, "dotted: 2 / largest curvature", ha="right", va="top")
        curves = {"the program": errors, "the best fixed rate": best[: len(errors)]}
        show.lines(error, curves, log="y", xlabel="step", ylabel="error E")


def turning_down(calming, deciding):
    """A weight before and after its rate is cut, and the test loss by who decided when."""
    (steady, dropped), (scores, cuts) = calming.data, deciding.data
    with show.sheet(
        "slide07-turning-down", "A lower rate calms the weights; when, is harder to tell",
        claims=[calming, deciding], columns=3,
    ) as (calm, traces, ends):  # fmt: skip
        calm.plot(steady, color=show.BLUE, linewidth=1, label="rate 0.1")
        calm.plot(range(1000, 2001), dropped[1000:], color=show.ORANGE, linewidth=2,
                  label="0.01 from step 1000 on")  # fmt: skip
        calm.set(xlabel="step", ylabel="weight (its best value is 0)")
        calm.margins(y=0.15)
        calm.legend(frameon=False, fontsize=10, loc="upper left")
        show.lines(traces, dict(zip(cuts, scores, strict=True)), log="y", ylabel="test loss",
                   xlabel="epoch (dots: the rate is cut to a tenth)")  # fmt: skip
        for at, row, style in zip(cuts.values(), scores, show.styles(2), strict=True):
            traces.scatter(at, row[at], color=style["color"], zorder=3)
        show.bars(ends, {name: deciding.value[name] for name in cuts},
                  ylabel="test loss at the end")  # fmt: skip
