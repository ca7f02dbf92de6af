"""The lecture's figures: one look for all, saved as they are drawn.

What is drawn was computed before; here it only gets axes, a title and a file.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from ..report.plot import COLOURS, DASHES, STYLE
from . import session

BLUE, ORANGE, GREEN, PINK, YELLOW, SKY, BLACK = COLOURS
PANEL = (5.6, 4.6)  # inches a panel
RULES = {  # one look for each rule, wherever it is drawn
    "sign": (BLUE, "-"), "Rprop-": (ORANGE, "--"), "iRprop-": (PINK, DASHES[3]),
    "Rprop+": (YELLOW, DASHES[4]), "SGD": (GREEN, "-."), "Adagrad": (SKY, ":"),
    "rmsprop 0.999": (BLACK, ":"), "rmsprop 0.99": (BLACK, "--"), "rmsprop": (BLACK, "-"),
}  # fmt: skip


@contextmanager
def sheet(
    name: str, title: str, *, claims: tuple | list = (), rows: int = 1, columns: int = 1,
    size: tuple | None = None, **layout,
) -> Iterator:  # fmt: skip
    """A figure to draw on: yields its axes (one, or an array of them), saves it afterwards.

    Parameters
    ----------
    name : str
        Of the file, like "slide03-steepest-descent".
    title : str
        What the figure shows, as a sentence.
    claims : sequence of Finding
        The findings it belongs to; the foot of the figure names their ids and seeds.
    rows, columns : int
    size : (width, height) in inches, optional
    layout : options of `matplotlib.figure.Figure.subplots`
    """
    with mpl.rc_context(STYLE):
        width, height = size or (PANEL[0] * columns + 0.6, PANEL[1] * rows + 0.6)
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure.subplots(rows, columns, **layout)
        figure.suptitle(title, fontsize=15)
        figure.text(0.995, 0.004, foot(claims), fontsize=8, color="#555555", ha="right")
        figure.get_layout_engine().set(rect=(0, 0.03, 1, 0.97))
        _keep(name, title, tuple(finding.claim.id for finding in claims), figure)


def foot(claims) -> str:
    """The claims of a figure and how many seeds stand behind it."""
    words = [f"claim {', '.join(finding.claim.id for finding in claims)}"] if claims else []
    counts = sorted({finding.seeds for finding in claims if finding.claim.seeds})
    if counts:
        words.append(f"{' or '.join(map(str, counts))} seeds")
    if session.is_quick():
        full = sorted({finding.claim.seeds for finding in claims if finding.claim.seeds})
        words.append(f"quick showing (in full: {' or '.join(map(str, full))} seeds)" if full
                     else "quick showing")  # fmt: skip
    return " · ".join(words)


def _keep(name: str, title: str, ids: tuple[str, ...], figure: Figure) -> None:
    now = session.current()
    path = None
    if now.folder is not None:
        now.folder.mkdir(parents=True, exist_ok=True)
        path = now.folder / f"{name}.png"
        figure.savefig(path)
    now.keep(session.Drawing(name, title, ids, figure, path))
    if "ipykernel" in sys.modules:  # a notebook shows it below the cell
        from IPython.display import Image, display

        display(Image(path, width=round(72 * figure.get_figwidth())) if path else figure)


def styles(count: int) -> list[dict]:
    """A colour and a dash for each of `count` lines."""
    return [
        {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i % len(DASHES)], "linewidth": 2}
        for i in range(count)
    ]


def rule_styles(labels) -> list[dict]:
    """The colour and dash of each rule; a label begins with the rule's name, like "SGD, eps 1"."""
    looks = [next(RULES[name] for name in RULES if label.startswith(name)) for label in labels]
    return [{"color": color, "linestyle": dash, "linewidth": 2} for color, dash in looks]


def lines(
    axes, curves: dict, x=None, *, xlabel: str, ylabel: str, log: str = "", looks=None
) -> list:
    """Named curves {label: (K,) values}; `log` names the logarithmic axes, like "y" or "xy".

    `looks` are their styles, where `styles` will not do.
    """
    drawn = []
    for (label, y), style in zip(curves.items(), looks or styles(len(curves)), strict=True):
        steps = np.arange(len(y)) if x is None else x
        drawn += axes.plot(steps, y, label=str(label), **style)
    if "x" in log:
        axes.set_xscale("log")
    if "y" in log:
        axes.set_yscale("log")
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    if len(curves) > 1:
        axes.legend(frameon=False, fontsize=10)
    return drawn


def bars(axes, values: dict, *, ylabel: str, log: bool = False, form: str = "{:.3g}") -> None:
    """Named bars {label: number, or (S,) numbers of the seeds}: median, and the seeds as dots."""
    labels = [str(label) for label in values]
    for i, entry in enumerate(values.values()):
        seeds = np.atleast_1d(np.asarray(entry, float))
        middle = np.median(seeds)
        if not np.isfinite(middle):
            axes.text(i, 0.5, "never", rotation=90, va="center", ha="center",
                      transform=axes.get_xaxis_transform())  # fmt: skip
            continue
        axes.bar(i, middle, color=COLOURS[i % len(COLOURS)], alpha=0.75, width=0.7)
        if seeds.size > 1:
            axes.plot(np.full(seeds.size, i), seeds, ".", color="black", markersize=5)
        top = seeds[np.isfinite(seeds)].max()  # above the dots too
        axes.annotate(form.format(middle), (i, top), (0, 4), textcoords="offset points",
                      ha="center", fontsize=10)  # fmt: skip
    axes.set_xticks(range(len(labels)), labels, rotation=25 if len(labels) > 4 else 0,
                    ha="right" if len(labels) > 4 else "center")  # fmt: skip
    axes.grid(axis="x", visible=False)
    axes.margins(y=0.15)
    if log:
        axes.set_yscale("log")
    axes.set_ylabel(ylabel)


def contours(axes, error, window: tuple, levels=8, **style) -> None:
    """Curves of equal error in the window (left, right, bottom, top).

    `error` takes arrays x and y and returns an array, like `Surface.at`.
    """
    left, right, bottom, top = window
    x, y = np.meshgrid(np.linspace(left, right, 241), np.linspace(bottom, top, 241))
    drawn = {"colors": "#7f8fa6", "linewidths": 1, "linestyles": "solid"} | style
    axes.contour(x, y, error(x, y), levels if np.isscalar(levels) else np.sort(levels), **drawn)
    axes.grid(visible=False)


def path(axes, w: np.ndarray, color: str = ORANGE, label: str | None = None) -> None:
    """A path of weights, (K + 1, 2), as dots with an arrow from each to the next."""
    axes.plot(*w.T, ".", color=color, markersize=9, label=label)
    for here, there in pairwise(w):
        axes.annotate("", there, here, arrowprops={"arrowstyle": "->", "color": color, "lw": 1.5})


def level(axes, y: float, label: str = "") -> None:
    """A thin horizontal line at y, with its name above the right end."""
    axes.axhline(y, color="#555555", linewidth=1)
    axes.annotate(
        label, (1, y), (0, 3), xycoords=("axes fraction", "data"), textcoords="offset points",
        ha="right", fontsize=10, color="#555555",
    )  # fmt: skip


def weight_images(axes, weights: np.ndarray, title: str, units: int = 20) -> None:
    """Incoming weights (64, h) of the first units as images, each in the scale of its largest."""
    tiles = (weights / np.abs(weights).max(axis=0))[:, :units].T.reshape(-1, 8, 8)
    tiles = np.pad(tiles, ((0, 0), (1, 1), (1, 1))).reshape(4, -1, 10, 10)
    axes.imshow(tiles.swapaxes(1, 2).reshape(40, -1), cmap="PuOr", vmin=-1, vmax=1)
    axes.set_title(title)
    axes.set_axis_off()
