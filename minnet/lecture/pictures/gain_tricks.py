"""Figures for slide 25: limits of the gains, large mini-batches, momentum, and the axes.

K steps, P sizes or angles, n weights
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ... import surfaces
from .. import show
from ..claims import Finding
from ..probes import digits


class RavineErrors(NamedTuple):
    """The error in a ravine, for each range of the gains."""

    quiet: np.ndarray  # (3, K + 1) without noise
    noisy: np.ndarray  # (3, K + 1) with it, the median of the seeds


def limits(claim: Finding[RavineErrors]) -> None:
    """The error in a ravine with three ranges of the gain, without noise and with it.

    Parameters
    ----------
    claim : Finding
        On claim 6d.7.
    """
    with show.sheet(
        "slide25-limits", "Wider limits are faster, and with noise they do no harm",
        claims=[claim], columns=2, size=(12.5, 5),
    ) as panels:  # fmt: skip
        names = [name.removeprefix("steps, ") for name in claim.value if name.startswith("steps")]
        bottoms = {"no noise": 1e-12, "noise of sd 1": 1e-4}
        for axes, errors, (words, low) in zip(panels, claim.data, bottoms.items(), strict=True):
            curves = dict(zip(names, errors, strict=True))
            show.lines(axes, curves, xlabel="step", ylabel="error E", log="y")
            axes.set_ylim(low, 1e3)
            axes.set_title(f"ravine of condition 100, eps .001, {words}", fontsize=11)


class GainsBySize(NamedTuple):
    """Sizes of mini-batches, and the gains that come of some."""

    sizes: Sequence[int]  # P, for which signs were compared
    gains: dict[str, np.ndarray]  # (n,) for each size that a net learned from


def batches(claim: Finding[GainsBySize]) -> None:
    """Wrong signs over the size of mini-batches, and the gains that come of it.

    Parameters
    ----------
    claim : Finding
        On claim 6d.8.
    """
    sizes, gains = claim.data
    names = {"at the start": "start", "after 50 updates": "later"}
    with show.sheet(
        "slide25-batches", "Small mini-batches get the sign wrong, and then gains do not grow",
        claims=[claim], columns=2, size=(12.5, 5),
    ) as (left, right):  # fmt: skip
        curves = {words: np.mean(claim.value[name], axis=0) for words, name in names.items()}
        show.lines(left, curves, sizes, log="x", xlabel="cases in a mini-batch",
                   ylabel="share of weights with the wrong sign")  # fmt: skip
        left.axhline(0.5, color="grey", linewidth=1, linestyle=":")
        left.set_ylim(0, 1)
        hundred = sizes.index(100)
        first, then = (np.mean(claim.value[f"agree, {name}"], axis=0)[hundred]
                       for name in names.values())  # fmt: skip
        words = f"two mini-batches of 100 agree on {first:.0%} of the signs, later on {then:.0%}"
        left.set_title(words, fontsize=11)
        for (name, values), style in zip(gains.items(), show.styles(3), strict=True):
            right.hist(values, np.geomspace(0.05, 20, 61), histtype="step", label=name, **style)
        right.set(xscale="log", xlabel="gain after 200 updates", ylabel="weights")
        right.legend(frameon=False)


def with_momentum(claim: Finding[dict[str, digits.TunedRule]]) -> None:
    """Momentum without gains, and with gains that ask two gradients or gradient and velocity.

    Parameters
    ----------
    claim : Finding
        On claim 6d.9, with the runs.
    """
    with show.sheet(
        "slide25-jacobs", "Gains with momentum should ask gradient and velocity, not two gradients",
        claims=[claim], columns=2, size=(12.5, 5),
    ) as (left, right):  # fmt: skip
        curves = digits.curves(claim.data)
        show.lines(left, curves, xlabel="update", ylabel="training loss", log="y")
        show.bars(right, claim.value, ylabel="updates to training loss 0.02")


class TurnedRavine(NamedTuple):
    """Each optimizer in a ravine that is turned away from the axes."""

    steps: dict[str, np.ndarray]  # (P,), at every angle
    paths: dict[str, tuple[np.ndarray, np.ndarray]]  # (K + 1, 2), at the first and the last angle


def turned_ravine(
    adaptive: Finding[TurnedRavine], linear: Finding[TurnedRavine], angles: np.ndarray
) -> None:
    """Paths in a ravine along an axis and askew, and the steps that each rule needs.

    Parameters
    ----------
    adaptive, linear : Finding
        On claims 6d.10 and 6d.11.
    angles : (P,) array
        Of the ravine, in degrees.
    """
    with show.sheet(
        "slide25-axes", "Turn the ravine, and adaptive rates lose what momentum keeps",
        claims=[adaptive, linear], columns=3, size=(17, 5.5),
    ) as (*places, right):  # fmt: skip
        steps = adaptive.data.steps | linear.data.steps
        paths = adaptive.data.paths | linear.data.paths
        for i, (axes, angle) in enumerate(zip(places, (0, 45), strict=True)):
            ravine = surfaces.bowl(angle=angle)
            levels = ravine.at(*np.asarray(ravine.start)) * np.array([0.1, 0.5, 1])
            show.contours(axes, ravine.at, (-11, 11, -11, 11), levels)
            for name, style in zip(("rprop-", "momentum"), show.styles(2), strict=True):
                look = style | {"linewidth": 1}
                axes.plot(*paths[name][i][:400].T, marker=".", label=name, **look)
            axes.set(xlabel="weight 1", ylabel="weight 2", aspect="equal")
            axes.set_title(f"ravine at {angle} degrees", fontsize=11)
            axes.legend(frameon=False, loc="lower right")
        for (name, row), style in zip(steps.items(), show.styles(len(steps)), strict=True):
            look = style | {"linewidth": 3 if name in linear.data.steps else 1.3}
            right.plot(angles, row, label=name, **look)
        right.set(xlabel="angle of the ravine (degrees)", ylabel="steps to 1e-6", yscale="log")
        right.legend(frameon=False, fontsize=9, ncols=2)
