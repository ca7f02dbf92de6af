"""Figures for slides 2 to 4: error surfaces, and what steepest descent does on them.

P points along an axis, K steps
"""

from typing import NamedTuple

import numpy as np

from ...surfaces import Paths, Surface
from .. import show
from ..claims import Finding


class BowlGrid(NamedTuple):
    """The error of a linear neuron on a grid of its two weights."""

    w: np.ndarray  # (P, P, 2)
    errors: np.ndarray  # (P, P)


class Cuts(NamedTuple):
    """The error along straight lines through weight space."""

    places: np.ndarray  # (P,)
    errors: list[np.ndarray]  # eight of (P,)


class EllipseAxes(NamedTuple):
    """Where the ellipses of equal error are centred, and which way they lie."""

    centre: np.ndarray  # (2,)
    eigenvectors: np.ndarray  # (2, 2), in columns


def linear_neuron(
    bowl: Finding[BowlGrid], parabolas: Finding[Cuts], ellipses: Finding[EllipseAxes]
) -> None:
    """The bowl of a linear neuron, its upright cuts and its level cuts.

    Parameters
    ----------
    bowl, parabolas, ellipses : Finding
        On claims 6a.1, 6a.2 and 6a.3.
    """
    grid, cuts, axes = bowl.data, parabolas.data, ellipses.data
    with show.sheet(
        "slide02-error-surface",
        "A linear neuron's error is a bowl: parabolas upright, ellipses level",
        claims=[bowl, parabolas, ellipses], columns=3,
    ) as (flat, upright, level):  # fmt: skip
        flat.remove()
        solid = level.figure.add_subplot(1, 3, 1, projection="3d")
        solid.plot_surface(grid.w[..., 1], grid.w[..., 0], grid.errors, cmap="cividis")
        solid.set(xlabel="w2", ylabel="w1", zlabel="error E", title="the bowl")
        upright.plot(cuts.places, np.transpose(cuts.errors), color=show.BLUE)
        upright.set(xlabel="place along the cut", ylabel="error E", title="eight upright cuts")
        heights = grid.errors.min() + np.array([0.1, 0.4, 0.9, 1.6])
        level.contour(grid.w[..., 1], grid.w[..., 0], grid.errors, heights, colors=show.BLUE)
        centre = axes.centre[::-1]
        for direction in axes.eigenvectors.T[:, ::-1]:
            level.axline(centre, centre + direction, color=show.ORANGE, linestyle="--")
        level.set(xlabel="w2", ylabel="w1", title="four level cuts, eigenvectors", aspect="equal")


class Neighbourhood(NamedTuple):
    """The error of a net around its start weights, and the Taylor expansion's."""

    radii: tuple[float, ...]
    quadratic_part: list[float]  # at each radius, the norm over 20 directions
    remainder: list[float]  # what the expansion leaves, likewise
    places: np.ndarray  # (P,), along either side of a patch of a plane
    errors: np.ndarray  # (P, P), on that patch
    expansion: np.ndarray  # (P, P)


def nearly_quadratic(locally: Finding[Neighbourhood]) -> None:
    """What the quadratic leaves, by distance, and both surfaces on a patch of a plane.

    Parameters
    ----------
    locally : Finding
        On claim 6a.4.
    """
    near = locally.data
    with show.sheet(
        "slide02-locally-quadratic", "Close by, a multi-layer net is quadratic too",
        claims=[locally], columns=2,
    ) as (size, patch):  # fmt: skip
        curves = {"quadratic part": near.quadratic_part,
                  "what it leaves (slope 3)": near.remainder}  # fmt: skip
        show.lines(size, curves, near.radii, xlabel="distance r",
                   ylabel="change of E (norm over 20 directions)", log="xy")  # fmt: skip
        u, levels = near.places, np.linspace(near.errors.min(), near.errors.max(), 12)
        patch.contour(u, u, near.errors, levels, colors=show.BLUE, linestyles="solid")
        patch.contour(u, u, near.expansion, levels, colors=show.ORANGE, linestyles="dashed")
        patch.set(xlabel="along one random direction", ylabel="along another", aspect="equal",
                  title="solid: the net; dashed: its quadratic")  # fmt: skip


class DownhillAngles(NamedTuple):
    """By how much the gradient misses the minimum, all along a quarter of an ellipse."""

    turn: np.ndarray  # (P,), in radians, where on the ellipse
    angles: dict[int, np.ndarray]  # (P,) degrees for each condition number
    ellipse: Surface  # the one that is drawn
    weights: np.ndarray  # (2,), a place on it


def steepest_descent(
    aims: Finding[DownhillAngles], pulls: Finding[None], slow: Finding[dict[int, float]]
) -> None:
    """Where the gradient points, by how much it misses, how big it is, and how slow that gets.

    Parameters
    ----------
    aims, pulls, slow : Finding
        On claims 6a.5, 6a.6 and 6a.7; the last with the steps for each condition number.
    """
    (turn, angles, ellipse, here), steps = aims.data, slow.data
    with show.sheet(
        "slide03-steepest-descent", "Steepest descent aims past the minimum",
        claims=[aims, pulls, slow], rows=2, columns=2,
    ) as ((arrow, angle), (sizes, speed)):  # fmt: skip
        gradient = ellipse.gradient(here)
        downhill = here - 1.6 * gradient / np.linalg.norm(gradient)
        show.contours(arrow, ellipse.at, (-8, 8, -6, 6), [ellipse.at(*here)], linewidths=2)
        arrow.annotate("", downhill, here, arrowprops={"arrowstyle": "-|>", "lw": 2})
        arrow.plot(*here, "o", color=show.ORANGE, markersize=10, label="weights")
        arrow.plot(0, 0, "s", color=show.GREEN, markersize=10, label="minimum")
        arrow.legend(frameon=False)
        arrow.set(xlabel="w2", ylabel="w1", aspect="equal", title="the arrow misses the minimum")
        show.lines(angle, angles, np.degrees(turn), xlabel="place on the ellipse (degrees)",
                   ylabel="from downhill to the minimum (degrees)")  # fmt: skip
        angle.get_legend().remove()
        for condition, degrees in angles.items():
            angle.text(45, degrees.max() + 1, f"condition {condition:,}", ha="center")
        names = {"long way": "distance,\nlong way", "short way": "distance,\nshort way",
                 "gradient, long way": "gradient,\nlong way",
                 "gradient, short way": "gradient,\nshort way"}  # fmt: skip
        show.bars(sizes, {name: pulls.value[key] for key, name in names.items()},
                  ylabel="distance, or gradient")  # fmt: skip
        show.lines(speed, {"measured": [*steps.values()], "6.9 k": [6.9 * k for k in steps]},
                   [*steps], xlabel="condition number k", ylabel="steps to a millionth",
                   log="xy")  # fmt: skip


class Divergence(NamedTuple):
    """What becomes of the distance across a ravine, and a path that climbs out of a parabola."""

    distances: dict[float, np.ndarray]  # (K + 1,) for each rate times the curvature
    climb: Paths


def going_wrong(sloshing: Finding[Paths], diverging: Finding[Divergence]) -> None:
    """A path that sloshes across a ravine, one that climbs a parabola, and what is left.

    Parameters
    ----------
    sloshing, diverging : Finding
        On claims 6a.8 and 6a.9.
    """
    path, (distances, climb) = sloshing.data, diverging.data
    with show.sheet(
        "slide04-goes-wrong", "A big rate sloshes across the ravine; too big a rate climbs out",
        claims=[sloshing, diverging], columns=3,
    ) as (ravine, parabola, left):  # fmt: skip
        show.contours(ravine, path.surface.at, (-2, 11, -2, 8), path.errors[0, [0, 3, 8, 20]])
        show.path(ravine, path.w[0, :16])
        ravine.plot(0, 0, "s", color=show.GREEN, label="minimum")
        ravine.legend(frameon=False, loc="upper left")
        ravine.set(xlabel="w1", ylabel="w2", title="learning rate 1.9 / curvature")
        w = np.linspace(-2.3, 2.3, 101)
        parabola.plot(w, climb.surface.at(w, 0 * w), color=show.BLUE)
        show.path(parabola, np.stack([climb.w[0, :, 0], climb.errors[0]], axis=1))
        parabola.set(xlabel="w", ylabel="error E", title="learning rate 2.35 / curvature")
        curves = {f"rate x curvature = {rate}": y for rate, y in distances.items()}
        show.lines(left, curves, log="y", xlabel="step", ylabel="distance across, |w| / |w(0)|")


def wish(effective: Finding[None]) -> None:
    """The effective rate along over the one across, of each method at both angles.

    Parameters
    ----------
    effective : Finding
        On claim 6a.10.
    """
    with show.sheet(
        "slide04-wish", "Fast along, slow across: momentum at any angle, the others along the axes",
        claims=[effective], columns=2, sharey=True,
    ) as panels:  # fmt: skip
        titles = "gradients along the axes", "gradients at 45 degrees"
        for k, (axes, title) in enumerate(zip(panels, titles, strict=True)):
            rounded = {name: float(f"{pair[k]:.3g}") if pair[k] > 1e-6 else np.nan
                       for name, pair in effective.value.items()}  # fmt: skip
            show.bars(axes, rounded, ylabel="effective rate along / across", log=True,
                      form="{:,g}")  # fmt: skip
            for text in axes.texts:
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
                if text.get_text() == "never":
                    text.set_text("0: only across")
            axes.axhline(1, color="black", linewidth=1, linestyle=":")
            axes.set_title(title)
            axes.label_outer()
