"""Slides 20 and 21 drawn: jump, then correct; and what momentum is good for."""

import numpy as np

from .. import show
from ..probes import digits

ROUTES = {
    "jump": ("#8B5A2B", "AB", "CD"), "correction": (show.ORANGE, "BC", "DE"),
    "accumulated gradient": (show.GREEN, "AC", "CE"), "standard momentum": (show.BLUE, "AF", "FG"),
}  # fmt: skip


def jump_and_correct(found):
    """The slide's picture, computed, over the places read off the slide."""
    at, seen = found.data
    with show.sheet(
        "slide21-nesterov", "Jump, then correct", claims=[found], size=(9.5, 4.4)
    ) as axes:  # fmt: skip
        for name, (colour, first, second) in ROUTES.items():
            for (here, there), label in ((first, name), (second, None)):
                ends = np.array([at[here], at[there]])
                axes.plot(*ends.T, color=colour, linewidth=1.5, label=label)
                show.path(axes, ends, colour)
        axes.plot(*np.array([*seen.values()]).T, "o", color="none", markeredgecolor="grey",
                  markersize=10, label="as on the slide")  # fmt: skip
        for letter, place in at.items():
            offset = {"A": (0, -18), "C": (0, -20), "E": (12, 0)}.get(letter, (0, 10))
            axes.annotate(letter, place, offset, textcoords="offset points", ha="center",
                          weight="bold")  # fmt: skip
        axes.set(xlim=(-0.3, 4.6), ylim=(-0.3, 1.75), aspect="equal",
                 xlabel="weight 1 (units of the slide)", ylabel="weight 2")  # fmt: skip
        axes.legend(frameon=False, ncols=3, loc="upper left", fontsize=10)


def on_digits(better):
    """The training loss of plain descent, momentum and Nesterov's, and when it is at 0.1."""
    with show.sheet(
        "slide20-digits", "On digits Nesterov's momentum is sooner at loss 0.1", claims=[better],
        columns=2, size=(12.5, 5),
    ) as (left, right):  # fmt: skip
        curves = digits.curves(better.data)
        show.lines(left, curves, xlabel="update", ylabel="training loss", log="y")
        updates = {name: better.value[name] for name in better.data}
        show.bars(right, updates, ylabel="updates to training loss 0.1")


def stability(why, fine_print):
    """What a step multiplies distances with, over curvatures and alphas."""
    ylabel = "distance multiplied at each step"
    with show.sheet(
        "slide20-stability",
        "Nesterov's momentum calms stiff directions, but is stable on a smaller range",
        claims=[why, fine_print], columns=3, size=(15.5, 5),
    ) as (left, *maps):  # fmt: skip
        curvatures, radius = why.data
        show.lines(left, radius, curvatures, xlabel="eps times curvature", ylabel=ylabel)
        left.axhline(1, color="black", linewidth=0.8)
        left.set(ylim=(0, 1.6), title="alpha = .9; above 1 it diverges")
        curvatures, alphas, grids = fine_print.data
        for axes, (name, grid) in zip(maps, grids.items(), strict=True):
            levels = [0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1]
            drawn = axes.contourf(curvatures, alphas, grid, levels, cmap="cividis")
            axes.axvline(2, color="black", linestyle=":", linewidth=1)
            axes.set(xlabel="eps times curvature", ylabel="alpha", title=f"{name}: white diverges")
            axes.grid(visible=False)
        axes.figure.colorbar(drawn, ax=axes, label=ylabel)


def full_and_mini(both):
    """Training losses on the full batch and on mini-batches, for two budgets of updates."""
    with show.sheet(
        "6c13-full-and-mini", "Momentum helps with the full batch and with mini-batches",
        claims=[both], rows=2, columns=2, size=(11, 8),
    ) as panels:  # fmt: skip
        for axes, (name, (found, in_epoch)) in zip(panels.flat, both.data.items(), strict=True):
            curves = digits.curves(found, in_epoch)
            show.lines(axes, curves, xlabel="update", ylabel="training loss", log="y")
            axes.set_title(name, fontsize=11)


def purpose(gap):
    """When each optimizer reaches a training loss, and how much worse held-out cases are then."""
    with show.sheet(
        "6c14-purpose", "Momentum is sooner, and no better on held-out cases", claims=[gap],
        size=(8, 5),
    ) as axes:  # fmt: skip
        for optimizer, gaps, passes, colour in zip(*gap.data, show.COLOURS[:4], strict=True):
            axes.plot(passes, gaps, "o", color=colour, label=optimizer.short)
        axes.set(xlabel="passes until the training loss is 0.05", ylim=(0, None),
                 ylabel="held-out minus training loss at that moment")  # fmt: skip
        axes.legend(frameon=False)
