"""Figures for slides 20 and 21: jump, then correct; and what momentum is good for.

C curvatures, A alphas, O optimizers, S seeds
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...optimizers.optimizer import Optimizer
from .. import show
from ..claims import Finding
from ..probes import digits

ROUTES = {
    "jump": ("#8B5A2B", "AB", "CD"), "correction": (show.ORANGE, "BC", "DE"),
    "accumulated gradient": (show.GREEN, "AC", "CE"), "standard momentum": (show.BLUE, "AF", "FG"),
}  # fmt: skip


class Places(NamedTuple):
    """The slide's seven places by their letters, each (2,)."""

    computed: dict[str, np.ndarray]
    on_slide: dict[str, np.ndarray]  # as read off it


def jump_and_correct(claim: Finding[Places]) -> None:
    """The slide's picture, computed, over the places read off the slide.

    Parameters
    ----------
    claim : Finding
        On claim 6c.9.
    """
    at, on_slide = claim.data
    with show.sheet(
        "slide21-nesterov", "Jump, then correct", claims=[claim], size=(9.5, 4.4)
    ) as axes:  # fmt: skip
        for name, (colour, first, second) in ROUTES.items():
            for letters, label in ((first, name), (second, None)):
                ends = np.array([at[letter] for letter in letters])
                axes.plot(*ends.T, color=colour, linewidth=1.5, label=label)
                show.path(axes, ends, colour)
        axes.plot(*np.array([*on_slide.values()]).T, "o", color="none", markeredgecolor="grey",
                  markersize=10, label="as on the slide")  # fmt: skip
        for letter, place in at.items():
            offset = {"A": (0, -18), "C": (0, -20), "E": (12, 0)}.get(letter, (0, 10))
            axes.annotate(letter, place, offset, textcoords="offset points", ha="center",
                          weight="bold")  # fmt: skip
        axes.set(xlim=(-0.3, 4.6), ylim=(-0.3, 1.75), aspect="equal",
                 xlabel="weight 1 (units of the slide)", ylabel="weight 2")  # fmt: skip
        axes.legend(frameon=False, ncols=3, loc="upper left", fontsize=10)


def on_digits(better: Finding[dict[str, digits.TunedRule]]) -> None:
    """The training loss of plain descent, momentum and Nesterov's, and when it is at 0.1.

    Parameters
    ----------
    better : Finding
        On claim 6c.10, with the runs.
    """
    with show.sheet(
        "slide20-digits", "On digits Nesterov's momentum is sooner at loss 0.1", claims=[better],
        columns=2, size=(12.5, 5),
    ) as (left, right):  # fmt: skip
        curves = digits.curves(better.data)
        show.lines(left, curves, xlabel="update", ylabel="training loss", log="y")
        updates = {name: better.value[name] for name in better.data}
        show.bars(right, updates, ylabel="updates to training loss 0.1")


class Contractions(NamedTuple):
    """What a step multiplies distances with in the long run, for each rule."""

    curvatures: np.ndarray  # (C,), times the rate
    radius: dict[str, np.ndarray]  # (C,)


class ContractionMaps(NamedTuple):
    """The same for many alphas."""

    curvatures: np.ndarray  # (C,), times the rate
    alphas: np.ndarray  # (A,)
    radius: dict[str, list[np.ndarray]]  # A of (C,)


def stability(why: Finding[Contractions], fine_print: Finding[ContractionMaps]) -> None:
    """What a step multiplies distances with, over curvatures and alphas.

    Parameters
    ----------
    why, fine_print : Finding
        On claims 6c.11 and 6c.12.
    """
    ylabel = "distance multiplied at each step"
    with show.sheet(
        "slide20-stability",
        "Nesterov's momentum calms stiff directions, but is stable on a smaller range",
        claims=[why, fine_print], columns=3, size=(15.5, 5),
    ) as (left, *maps):  # fmt: skip
        show.lines(
            left, why.data.radius, why.data.curvatures, xlabel="eps times curvature", ylabel=ylabel
        )
        left.axhline(1, color="black", linewidth=0.8)
        left.set(ylim=(0, 1.6), title="alpha = .9; above 1 it diverges")
        curvatures, alphas, radius = fine_print.data
        for axes, (name, grid) in zip(maps, radius.items(), strict=True):
            levels = [0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1]
            bands = axes.contourf(curvatures, alphas, grid, levels, cmap="cividis")
            axes.axvline(2, color="black", linestyle=":", linewidth=1)
            axes.set(xlabel="eps times curvature", ylabel="alpha", title=f"{name}: white diverges")
            axes.grid(visible=False)
        axes.figure.colorbar(bands, ax=axes, label=ylabel)


class Budget(NamedTuple):
    """Runs of so many updates, on the full batch or on mini-batches."""

    runs: dict[str, digits.TunedRule]
    updates_per_pass: int


def full_and_mini(both: Finding[dict[str, Budget]]) -> None:
    """Training losses on the full batch and on mini-batches, for two budgets of updates.

    Parameters
    ----------
    both : Finding
        On claim 6c.13, with the runs of each budget.
    """
    with show.sheet(
        "6c13-full-and-mini", "Momentum helps with the full batch and with mini-batches",
        claims=[both], rows=2, columns=2, size=(11, 8),
    ) as panels:  # fmt: skip
        for axes, (name, budget) in zip(panels.flat, both.data.items(), strict=True):
            curves = digits.curves(budget.runs, budget.updates_per_pass)
            show.lines(axes, curves, xlabel="update", ylabel="training loss", log="y")
            axes.set_title(name, fontsize=11)


class Gaps(NamedTuple):
    """Optimizers at the moment when they reach a training loss."""

    optimizers: Sequence[Optimizer]  # O
    gaps: np.ndarray  # (O, S) held-out minus training loss
    passes: np.ndarray  # (O, S) until that moment


def purpose(gap: Finding[Gaps]) -> None:
    """When each optimizer reaches a training loss, and how much worse held-out cases are then.

    Parameters
    ----------
    gap : Finding
        On claim 6c.14.
    """
    with show.sheet(
        "6c14-purpose", "Momentum is sooner, and no better on held-out cases", claims=[gap],
        size=(8, 5),
    ) as axes:  # fmt: skip
        for optimizer, gaps, passes, colour in zip(*gap.data, show.COLOURS[:4], strict=True):
            axes.plot(passes, gaps, "o", color=colour, label=optimizer.short)
        axes.set(xlabel="passes until the training loss is 0.05", ylim=(0, None),
                 ylabel="held-out minus training loss at that moment")  # fmt: skip
        axes.legend(frameon=False)
