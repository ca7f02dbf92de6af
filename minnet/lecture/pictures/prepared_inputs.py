"""Figures for slides 11 to 13: ellipses in their true proportions, and what makes them circles.

P points of a curve, N cases, d inputs, S seeds
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ...surfaces import Surface
from .. import show
from ..claims import Finding
from ..probes import digits, inputs

DRAWN_RATIO = 7  # of the axes of the ellipses on slides 11 and 12


class Neuron(NamedTuple):
    """The two cases of a linear neuron, and its error surface."""

    x: np.ndarray  # (2, 2)
    bowl: Surface


class Preparation(NamedTuple):
    """The neuron before and after its inputs are prepared."""

    raw: Neuron
    prepared: Neuron


def shifted(claim: Finding[Preparation]) -> None:
    """The ellipse before and after the inputs are shifted.

    Parameters
    ----------
    claim : Finding
        On claim 6b.7.
    """
    _before_and_after(
        "slide11-shift", "Shifting both inputs by 100 turns a hair into a circle", claim
    )


def scaled(claim: Finding[Preparation]) -> None:
    """The ellipse before and after the inputs are scaled.

    Parameters
    ----------
    claim : Finding
        On claim 6b.13.
    """
    _before_and_after("slide12-scale", "Scaling both inputs to 1 turns a hair into a circle", claim)


def _before_and_after(name: str, title: str, claim: Finding[Preparation]) -> None:
    """The true ellipse, the one on the slide, the circle, and steps to the end."""
    (raw, long), (better, circle) = claim.data
    minimum, ratio = long.minima[0], claim.value["axis ratio"]
    size, turn = float(np.linalg.norm(minimum)), np.linalg.eigh(long.hessian())[1]
    with show.sheet(name, title, claims=[claim], columns=4, size=(18.5, 5)) as axes:
        true, on_slide, after, steps = axes
        _case_lines(true, raw, minimum, 1.5 * size, linewidth=0.8)
        _ellipse(true, long.hessian(), minimum, size, facecolor=show.BLUE, linewidth=0, zorder=5)
        left, bottom = minimum - 1.3 * size
        right, top = minimum + 1.3 * size
        true.set(aspect="equal", xlim=(left, right), ylim=(bottom, top), xlabel="w1",
                 ylabel="w2", title=f"true scale: {ratio:.0f} : 1")  # fmt: skip
        true.legend(frameon=False)
        stretch, reach = ratio / DRAWN_RATIO, 1.3 * size
        _ellipse(on_slide, turn.T @ long.hessian() @ turn, (0, 0), size)
        _case_lines(on_slide, raw @ turn, (0, 0), 1.2 * size)
        on_slide.set(aspect=stretch, xlim=(-reach, reach), xlabel="along the valley",
                     ylim=(-reach / stretch, reach / stretch), ylabel="across the valley",
                     title=f"as the slide draws it: across x {stretch:.0f}")  # fmt: skip
        _ellipse(after, circle.hessian(), circle.minima[0], np.sqrt(2))
        _case_lines(after, better, circle.minima[0], 1.7)
        after.set(aspect="equal", xlabel="w1", ylabel="w2", title="inputs prepared: a circle")
        after.legend(frameon=False, loc="upper center")
        after.set_ylim(top=3.2)
        for panel, place in ((true, minimum), (on_slide, (0, 0)), (after, circle.minima[0])):
            panel.plot(*place, "*", color="black", markersize=9, zorder=6)
        show.bars(steps, {"raw": claim.value["raw"], "prepared": claim.value["prepared"]},
                  log=True, form="{:,.0f}",
                  ylabel="steps of steepest descent at its best rate")  # fmt: skip
        steps.set_ylim(bottom=0.5)


def _ellipse(
    axes: Axes, hessian: np.ndarray, centre: ArrayLike, size: float = 1.0, **style: Any
) -> None:
    """A filled ellipse of equal error around `centre`; `size` is its longer half-axis."""
    sizes, directions = np.linalg.eigh(hessian)
    angle = np.linspace(0, 2 * np.pi, 1000)
    half = size * np.sqrt(sizes[0] / sizes)
    x, y = np.reshape(centre, (2, 1)) + directions * half @ [np.cos(angle), np.sin(angle)]
    look: dict[str, Any] = {"facecolor": "#cfe3f3", "edgecolor": show.BLUE, "linewidth": 1} | style
    axes.fill(x, y, **look)


def _case_lines(
    axes: Axes, x: np.ndarray, centre: ArrayLike, reach: float, linewidth: float = 1.5
) -> None:
    """For each of two cases x (2, 2), the line of weights on which it has no error."""
    for case, color, dash in zip(x, (show.GREEN, show.ORANGE), ("-", "--"), strict=True):
        along = reach * np.array([-case[1], case[0]]) / np.hypot(*case)
        ends = np.array([centre - along, centre + along]).T
        axes.plot(*ends, color=color, linestyle=dash, linewidth=linewidth,
                  label=f"case ({case[0]:g}, {case[1]:g})")  # fmt: skip


class BiasOrNot(NamedTuple):
    """The error surfaces of a neuron whose inputs' means were subtracted."""

    without_bias: Surface  # a trough
    with_bias: Surface


def means_subtracted(claim: Finding[BiasOrNot]) -> None:
    """The trough without a bias, and the circle with one.

    Parameters
    ----------
    claim : Finding
        On claim 6b.9.
    """
    with show.sheet(
        "slide11-mean", "Subtracting the means instead: a trough, until there is a bias",
        claims=[claim], columns=2,
    ) as (without, with_bias):  # fmt: skip
        trough, bowl = claim.data
        show.contours(without, trough.at, (-2, 4, -2, 4), (1.2, 2, 4, 8))
        without.axhline(1, color=show.ORANGE, linewidth=2)
        without.set(xlabel="w1", ylabel="w2", aspect="equal",
                    title="w1 does nothing; error 1 on the whole line")  # fmt: skip
        show.contours(with_bias, bowl.at, (-2, 4, -2, 4), (0.2, 1, 3, 7))
        with_bias.plot(1, 1, "*", color=show.ORANGE, markersize=11)
        with_bias.set(xlabel="bias", ylabel="w2", aspect="equal",
                      title="a bias in place of w1: error 0 at (1, 1)")  # fmt: skip


class TanhFormulas(NamedTuple):
    """tanh, and two formulas for it."""

    x: np.ndarray  # (P,)
    tanh: np.ndarray  # (P,)
    corrected: np.ndarray  # (P,): 2 logistic(2x) - 1
    printed: np.ndarray  # (P,): 2 logistic(x) - 1


class Units(NamedTuple):
    """Both units far below threshold."""

    z: np.ndarray  # (P,) net inputs
    logistic: np.ndarray  # (P,)
    tanh: np.ndarray  # (P,)


def tanh_and_logistic(rescaled: Finding[TanhFormulas], ignored: Finding[Units]) -> None:
    """The printed and the corrected formula; both units far below threshold.

    Parameters
    ----------
    rescaled, ignored : Finding
        On claims 6b.10 and 6b.12.
    """
    (x, tanh, corrected, printed), units = rescaled.data, ignored.data
    with show.sheet(
        "slide11-units", "tanh is a logistic stretched twice in both directions",
        claims=[rescaled, ignored], columns=2,
    ) as (left, right):  # fmt: skip
        near = (np.abs(x) < 4.2) & (np.arange(x.size) % 100 == 0)
        curves = {"tanh x": tanh[near], "2 logistic(2x) - 1": corrected[near],
                  "2 logistic(x) - 1 (printed)": printed[near]}  # fmt: skip
        show.lines(left, curves, x[near], xlabel="net input x", ylabel="output")
        left.set_xlim(-4, 4)
        curves = {"logistic": units.logistic, "tanh": units.tanh}
        show.lines(right, curves, units.z, xlabel="net input", ylabel="output")
        right.axvspan(-8, -4, color="#dddddd", zorder=0)
        right.text(-6, 0.35, "noise around -6:\nlogistic says 0,\ntanh says -1", ha="center")


class Activities(NamedTuple):
    """The outputs of a layer of one kind of unit, and their eigenvalues."""

    y: np.ndarray  # (N, 64)
    spectrum: np.ndarray  # (64,), largest first


def activities(claim: Finding[dict[str, Activities]], nets: Mapping[str, digits.TunedRule]) -> None:
    """The distribution of activities, their spectra, and learning with such units.

    Parameters
    ----------
    claim : Finding
        On claim 6b.11, with the activities of each kind of unit.
    nets : {unit: TunedRule}
        SGD on nets of such units.
    """
    with show.sheet(
        "slide11-activities", "tanh activities have no common mean, so no giant eigenvalue",
        claims=[claim], columns=3,
    ) as (often, spectrum, learning):  # fmt: skip
        for (unit, (y, _)), color in zip(claim.data.items(), (show.BLUE, show.ORANGE), strict=True):
            often.hist(y.ravel(), 60, alpha=0.6, color=color, label=f"{unit}, mean {y.mean():.2f}")
        often.set(xlabel="activity of a hidden unit", ylabel="how often", yticks=[],
                  xticks=[-1, -0.5, 0, 0.5, 1])  # fmt: skip
        often.legend(frameon=False)
        show.lines(spectrum, {unit: layer.spectrum for unit, layer in claim.data.items()},
                   np.arange(1, 65), xlabel="rank", ylabel="eigenvalue of the activities",
                   log="y")  # fmt: skip
        show.lines(learning, digits.curves(nets), xlabel="update", ylabel="training loss", log="y")
        learning.set_title("a net of such units, each at its best rate")


class Components(NamedTuple):
    """Principal components of the inputs: how much they hold, and how fast a net learns on them."""

    shares: np.ndarray  # (d,) of the variance in the first 1, 2, ... components
    updates: dict[int, np.ndarray]  # (S,) for each number of components


def real_inputs(
    centred: Finding[dict[str, np.ndarray]], equal: Finding[np.ndarray],
    dropped: Finding[Components],
) -> None:  # fmt: skip
    """Spectra of the digits, updates with each preparation, and with fewer components.

    Parameters
    ----------
    centred, equal, dropped : Finding
        On claims 6b.8, 6b.14 (both with spectra (d,)) and 6b.16.
    """
    shares, scores = dropped.data
    with show.sheet(
        "slide13-digits",
        "Real digits: centring helps most, scaling some; a quarter of the components can go",
        claims=[centred, equal, dropped], columns=3,
    ) as (spectrum, updates, components):  # fmt: skip
        show.lines(spectrum, centred.data | {"scaled too": equal.data}, np.arange(1, 65),
                   xlabel="rank", ylabel="eigenvalue of the inputs", log="y")  # fmt: skip
        spectrum.set_ylim(1e-6, 100)
        reached = {"raw": centred.value["raw updates"],
                   "centred": centred.value["centred updates"],
                   "scaled\ntoo": equal.value["scaled updates"],
                   "whitened,\n30 kept": dropped.value["half"]}  # fmt: skip
        show.bars(updates, reached, ylabel="updates to a training loss of 0.1", form="{:.0f}")
        middles = {k: np.median(each) for k, each in scores.items()}
        components.plot(list(middles), list(middles.values()), "o-", color=show.BLUE)
        for k, middle in middles.items():
            label = f"{100 * shares[k - 1]:.1f} %"
            components.annotate(label, (k, middle), (0, 8), textcoords="offset points", fontsize=10)
        components.margins(y=0.1)
        components.set(xlim=(5, 68), ylim=(0, None), ylabel="updates to a training loss of 0.1",
                       xlabel="components kept, with their share of the variance")  # fmt: skip


def stages(claim: Finding[dict[str, Surface]], straight: Finding[None]) -> None:
    """The bowl after each preparation, with arrows downhill.

    Parameters
    ----------
    claim : Finding
        On claim 6b.15, with the error surface after each preparation.
    straight : Finding
        On claim 6b.17.
    """
    with show.sheet(
        "slide13-decorrelate", "Shift, scale, rotate, divide: only the last makes the circle",
        claims=[claim, straight], columns=5, size=(19, 4.8),
    ) as sheet:  # fmt: skip
        for axes, (name, bowl) in zip(sheet, claim.data.items(), strict=True):
            _downhill_arrows(axes, bowl)
            condition, steps = claim.value[name], claim.value[f"steps {name}"]
            word = "step" if steps == 1 else "steps"
            axes.set_title(f"{name}\ncondition {condition:,.0f}, {steps:,.0f} {word}")
            axes.set_xlabel("weight 1")
        sheet[0].set_ylabel("weight 2 (from the minimum)")


def _downhill_arrows(axes: Axes, bowl: Surface, places: int = 10, length: float = 0.45) -> None:
    """A bowl around its minimum, with arrows that point downhill."""
    _ellipse(axes, bowl.hessian(), (0, 0))
    off, g = inputs.gradients_around(bowl, places)
    tips = off - length * g / np.linalg.norm(g, axis=0)
    for start, tip in zip(off.T, tips.T, strict=True):
        axes.annotate("", tip, start, arrowprops={"arrowstyle": "->", "color": show.ORANGE})
    axes.plot(0, 0, "*", color="black", markersize=9)
    axes.set(aspect="equal", xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
