"""Figures of paths on an error surface: paths over contours, and the error at every step.

R runs, K steps
"""

import textwrap

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..optimizers.schedules import shortest
from ..report.plot import STYLE, labelled, print_small, run_styles
from .landscapes import Surface, Window, defaults
from .paths import Paths

GRID = 241  # places along each axis at which a surface is measured
LEVELS = 24  # of the contours
GROUND = LinearSegmentedColormap.from_list("ground", ["#b4c7d9", "#f6f8fa"])  # low to high
DOTS = 60  # paths of more steps are drawn without a dot for each
SLIM = 0.2  # windows at least so high, in widths, have the same scale on both axes
LOWEST = 1e-12  # of the error at the start: what is below leaves the figure
COLUMN = 66  # characters of a line of the legend
FLAT = 0.45  # windows that are less high than this, in widths, stand above the errors
CLIMB = 30  # times the error at the start: what is above leaves the figure


def window_of(paths: Paths) -> Window:
    """(left, right, bottom, top): the surface's window, or what holds the paths; with the start."""
    start = paths.w[0, 0]
    if paths.surface.window is None:
        places = paths.w[np.isfinite(paths.w).all(axis=2)]
        low, high = np.percentile(places, [2, 98], axis=0)
        low, high = np.minimum(low, start), np.maximum(high, start)
        room = np.where(high > low, high - low, 1.0) / 4
        low, high = low - room, high + room
    else:
        left, right, bottom, top = paths.surface.window
        low, high = np.array([left, bottom]), np.array([right, top])
        room = (high - low) / 20
        low, high = np.minimum(low, start - room), np.maximum(high, start + room)
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def draw_contours(axes: Axes, surface: Surface, window: Window) -> None:
    """Lines of equal error, dark where it is low; as many places lie between any two.

    Minima are marked with stars.  The axes have one scale unless the window is very slim.
    """
    left, right, bottom, top = window
    x, y = np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)
    errors = surface.at(x, y[:, None])
    finite = errors[np.isfinite(errors)]
    shares = np.linspace(0, 1, LEVELS) ** 1.5
    levels = np.unique(np.quantile(finite, shares)) if finite.size else finite
    if len(levels) > 1:
        colours = GROUND(np.linspace(0, 1, len(levels) - 1))
        axes.contourf(x, y, errors, levels=levels, colors=colours)
        axes.contour(
            x, y, errors, levels=levels[1:-1], colors="#8fa3b5", linewidths=0.5, linestyles="-"
        )
    axes.grid(False)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal" if SLIM <= (top - bottom) / (right - left) <= 1 / SLIM else "auto")
    axes.set_xlabel("weight 1")
    axes.set_ylabel("weight 2")
    axes.plot(*surface.minima.T, "*", color="black", markersize=13, zorder=6)


def draw_paths(axes: Axes, paths: Paths, styles: list[dict]) -> list[Line2D]:
    """Every run's path, with a dot for each step if they are few; a ring where all begin."""
    dots = "o" if paths.w.shape[1] <= DOTS else None
    lines = []
    for r, style in enumerate(styles):
        lines += axes.plot(*paths.w[r].T, **style, marker=dots, markersize=3.5)
        last = np.flatnonzero(np.isfinite(paths.w[r]).all(axis=1))[-1]
        axes.plot(*paths.w[r, last], "o", color=style["color"], markersize=8, zorder=5)
    axes.plot(*paths.w[0, 0], "o", color="black", fillstyle="none", markersize=11, zorder=7)
    return lines


def draw_errors(axes: Axes, paths: Paths, styles: list[dict], window: Window) -> None:
    """The error at every step: above its least, where that is known, on a logarithmic axis."""
    gaps, surface = paths.errors, paths.surface
    if len(surface.minima):
        gaps = gaps - surface.at(*surface.minima[0])
    if len(surface.minima):
        start = gaps[0, 0] if gaps[0, 0] > 0 else 1.0
        gaps = np.where(gaps > 0, np.minimum(gaps, CLIMB**2 * start), np.nan)
        seen = gaps[(gaps > LOWEST * start) & (gaps < CLIMB * start)]
        axes.set_yscale("log")
        if seen.size:
            axes.set_ylim(0.5 * seen.min(), 2 * seen.max())
        axes.set_ylabel("error above its least")
    else:
        left, right, bottom, top = window
        x, y = np.linspace(left, right, 41), np.linspace(bottom, top, 41)
        ground = surface.at(x, y[:, None])
        low, high = np.nanmin(ground), np.nanmax(ground)
        if np.isfinite(high - low) and high > low:
            gaps = np.clip(gaps, 2 * low - high, 2 * high - low)
            axes.set_ylim(low, high)
        axes.set_ylabel("error")
    for errors, style in zip(gaps, styles, strict=True):
        axes.plot(errors, **style)
    axes.set_xlim(0, max(1, gaps.shape[1] - 1))
    axes.set_xlabel("steps")


def outcomes(paths: Paths, window: Window) -> list[str]:
    """Each run's optimizer, with all its hyperparameters, and how it ended."""
    left, right, bottom, top = window
    inside = np.all((paths.w >= (left, bottom)) & (paths.w <= (right, top)), axis=2)
    entries = []
    for r, label in enumerate(paths.labels):
        seen = np.flatnonzero(inside[r])
        if paths.diverged_at[r]:
            end = f"✕ diverged at step {paths.diverged_at[r]}"
        elif not inside[r, -1]:
            end = f"→ leaves the picture at step {seen[-1] + 1 if seen.size else 0}"
        else:
            end = f"• ends at error {paths.errors[r, -1]:.3g}"
        lines = textwrap.wrap(label, COLUMN)
        fits = len(lines[-1]) + len(end) + 2 <= COLUMN
        entries.append("\n   ".join(lines) + ("  " if fits else "\n   ") + end)
    return entries


def draw(paths: Paths, *, window: Window | None = None) -> Figure:
    """A figure of the paths over contours of the surface, and of the error at every step.

    Parameters
    ----------
    paths : Paths
        From `roll`.
    window : (left, right, bottom, top), optional
        The part of the surface to show; default: the surface's own, or what holds the paths.

    Returns
    -------
    matplotlib.figure.Figure
        To be saved with ``draw(paths).savefig("surface.png")``.
    """
    window = window_of(paths) if window is None else window
    styles = run_styles(len(paths.labels))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12.8, 7.2))
        foot = legend_height(paths, window)
        if (window[3] - window[2]) / (window[1] - window[0]) < FLAT:
            places, errors = figure.subplots(2, 1, height_ratios=(1.5, 1))
            margins = {"bottom": foot, "hspace": 0.38}
        else:
            places, errors = figure.subplots(1, 2, width_ratios=(1.4, 1))
            margins = {"bottom": foot, "wspace": 0.17}
        figure.subplots_adjust(left=0.065, right=0.985, top=0.915, **margins)
        draw_contours(places, paths.surface, window)
        lines = draw_paths(places, paths, styles)
        draw_errors(errors, paths, styles, window)
        figure.suptitle(title(paths), fontsize=16, x=0.02, ha="left")
        draw_legend(figure, paths, lines, window, foot - 0.075)
        print_small(figure, [small_print(paths)])
    return figure


def legend_height(paths: Paths, window: Window) -> float:
    """Where the axes of a figure end, so that legend and small print have room below."""
    ends = outcomes(paths, window)
    labels = [ends[r] for r in labelled(paths.labels)]
    half = -(-len(labels) // 2)
    lines = [
        sum(label.count("\n") + 1 for label in part) for part in (labels[:half], labels[half:])
    ]
    return 0.15 + 0.031 * max(lines)


def draw_legend(
    figure: Figure,
    paths: Paths,
    lines: list[Line2D],
    window: Window,
    top: float,
    size: float = 10.5,
) -> None:
    """Every run's setting and end (six of a sweep's), in two columns at the foot of a figure."""
    ends, named = outcomes(paths, window), labelled(paths.labels)
    figure.legend(
        [lines[r] for r in named], [ends[r] for r in named], loc="upper left",
        bbox_to_anchor=(0.02, top), ncols=2, frameon=False, handlelength=3.5, fontsize=size,
    )  # fmt: skip


def title(paths: Paths) -> str:
    """The title of a figure: surface, number of optimizers, start and steps."""
    runs, steps = len(paths.labels), paths.w.shape[1] - 1
    what = f"{runs} optimizers" if runs > 1 else "one optimizer"
    x, y = paths.w[0, 0]
    return f"{paths.surface}: {what} from ({x:g}, {y:g}), {steps} steps"


def small_print(paths: Paths) -> str:
    """The surface's formula, with its parameters, and what else the runs shared."""
    function = paths.surface.function
    parameters = [
        f"{name}={shortest(float(f'{value:.6g}'))}"
        for (name, default), value in zip(
            defaults(function).items(), paths.surface.parameters, strict=True
        )
        if value != default
    ]
    marks = "○ start   ● end" + ("   ★ minimum" if len(paths.surface.minima) else "")
    formula = " ".join((function.__doc__ or "").split())
    return "    ".join(filter(None, [marks, formula, ", ".join(parameters), paths.setting]))
