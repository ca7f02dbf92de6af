"""Slides 2 to 4 drawn: error surfaces, and what steepest descent does on them."""

import numpy as np

from .. import show


def linear_neuron(bowl, parabolas, ellipses):
    """The bowl of a linear neuron, its upright cuts and its level cuts."""
    (grid, errors), (s, cuts), (centre, eigenvectors) = bowl.data, parabolas.data, ellipses.data
    with show.sheet(
        "slide02-error-surface",
        "A linear neuron's error is a bowl: parabolas upright, ellipses level",
        claims=[bowl, parabolas, ellipses], columns=3,
    ) as (flat, upright, level):  # fmt: skip
        flat.remove()
        solid = level.figure.add_subplot(1, 3, 1, projection="3d")
        solid.plot_surface(grid[..., 1], grid[..., 0], errors, cmap="cividis")
        solid.set(xlabel="w2", ylabel="w1", zlabel="error E", title="the bowl")
        upright.plot(s, np.transpose(cuts), color=show.BLUE)
        upright.set(xlabel="place along the cut", ylabel="error E", title="eight upright cuts")
        heights = errors.min() + np.array([0.1, 0.4, 0.9, 1.6])
        level.contour(grid[..., 1], grid[..., 0], errors, heights, colors=show.BLUE)
        for direction in eigenvectors.T[:, ::-1]:
            level.axline(centre[::-1], centre[::-1] + direction, color=show.ORANGE, linestyle="--")
        level.set(xlabel="w2", ylabel="w1", title="four level cuts, eigenvectors", aspect="equal")


def nearly_quadratic(found):
    """What the quadratic leaves, by distance, and both surfaces on a patch of a plane."""
    radii, bent, rest, u, true, near = found.data
    with show.sheet(
        "slide02-locally-quadratic", "Close by, a multi-layer net is quadratic too",
        claims=[found], columns=2,
    ) as (size, patch):  # fmt: skip
        show.lines(size, {"quadratic part": bent, "what it leaves (slope 3)": rest}, radii,
                   xlabel="distance r", ylabel="change of E (norm over 20 directions)",
                   log="xy")  # fmt: skip
        levels = np.linspace(true.min(), true.max(), 12)
        patch.contour(u, u, true, levels, colors=show.BLUE, linestyles="solid")
        patch.contour(u, u, near, levels, colors=show.ORANGE, linestyles="dashed")
        patch.set(xlabel="along one random direction", ylabel="along another", aspect="equal",
                  title="solid: the net; dashed: its quadratic")  # fmt: skip


def steepest_descent(aims, pulls, slow):
    """Where the gradient points, by how much it misses, how big it is, and how slow that gets."""
    (t, angles, ellipse, here), steps = aims.data, slow.data
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
        show.lines(angle, angles, np.degrees(t), xlabel="place on the ellipse (degrees)",
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


def going_wrong(sloshing, diverging):
    """A path that sloshes across a ravine, one that climbs a parabola, and what is left."""
    path, (traces, climb) = sloshing.data, diverging.data
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
        show.lines(left, {f"rate x curvature = {rate}": y for rate, y in traces.items()}, log="y",
                   xlabel="step", ylabel="distance across, |w| / |w(0)|")  # fmt: skip


def wish(found):
    """The effective rate along over the one across, of each method at both angles."""
    with show.sheet(
        "slide04-wish", "Fast along, slow across: momentum at any angle, the others along the axes",
        claims=[found], columns=2, sharey=True,
    ) as panels:  # fmt: skip
        titles = "gradients along the axes", "gradients at 45 degrees"
        for k, (axes, title) in enumerate(zip(panels, titles, strict=True)):
            rounded = {name: float(f"{pair[k]:.3g}") if pair[k] > 1e-6 else np.nan
                       for name, pair in found.value.items()}  # fmt: skip
            show.bars(axes, rounded, ylabel="effective rate along / across", log=True,
                      form="{:,g}")  # fmt: skip
            for text in axes.texts:
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
                if text.get_text() == "never":
                    text.set_text("0: only across")
            axes.axhline(1, color="black", linewidth=1, linestyle=":")
            axes.set_title(title)
            axes.label_outer()
