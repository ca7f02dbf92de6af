"""Drawing of the lecture's figures: one style for all, each saved when it is drawn.

    K steps, S seeds, h hidden units

What is drawn was computed before; here it only gets axes, a title and a file.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from ..report.plot import COLOURS, DASHES, STYLE
from . import session
from .claims import Finding

BLUE, ORANGE, GREEN, PINK, YELLOW, SKY, BLACK = COLOURS
PANEL = (5.6, 4.6)  # inches a panel
RULES = {  # one look for each rule, wherever it is drawn
    "sign": (BLUE, "-"), "Rprop-": (ORANGE, "--"), "iRprop-": (PINK, DASHES[3]),
    "Rprop+": (YELLOW, DASHES[4]), "SGD": (GREEN, "-."), "Adagrad": (SKY, ":"),
    "rmsprop 0.999": (BLACK, ":"), "rmsprop 0.99": (BLACK, "--"), "rmsprop": (BLACK, "-"),
}  # fmt: skip


@contextmanager
def sheet(
    name: str, title: str, *, claims: Sequence[Finding[Any]] = (), rows: int = 1, columns: int = 1,
    size: tuple[float, float] | None = None, **layout: Any,
) -> Iterator[Any]:  # fmt: skip
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
        Panels; default 1.
    size : (width, height) in inches, optional
    **layout
        Options of `matplotlib.figure.Figure.subplots`.
    """
    with mpl.rc_context(STYLE):
        width, height = size or (PANEL[0] * columns + 0.6, PANEL[1] * rows + 0.6)
        room_for_foot = ConstrainedLayoutEngine(rect=(0, 0.03, 1, 0.97))
        figure = Figure(figsize=(width, height), layout=room_for_foot)
        yield figure.subplots(rows, columns, **layout)
        figure.suptitle(title, fontsize=15)
        figure.text(0.995, 0.004, foot(claims), fontsize=8, color="#555555", ha="right")
        _save(name, title, tuple(finding.claim.id for finding in claims), figure)


def foot(claims: Sequence[Finding[Any]]) -> str:
    """The claims of a figure and how many seeds stand behind it.

    Parameters
    ----------
    claims : sequence of Finding
    """
    words = [f"claim {', '.join(finding.claim.id for finding in claims)}"] if claims else []
    counts = sorted({finding.seeds for finding in claims if finding.claim.seeds})
    if counts:
        words.append(f"{' or '.join(map(str, counts))} seeds")
    if session.is_quick():
        full = sorted({finding.claim.seeds for finding in claims if finding.claim.seeds})
        words.append(f"quick showing (in full: {' or '.join(map(str, full))} seeds)" if full
                     else "quick showing")  # fmt: skip
    return " · ".join(words)


def _save(name: str, title: str, ids: tuple[str, ...], figure: Figure) -> None:
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


def styles(count: int) -> list[dict[str, Any]]:
    """A colour and a dash for each line of a panel.

    Parameters
    ----------
    count : int
        How many lines; after seven the colours begin again.
    """
    return [
        {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i % len(DASHES)], "linewidth": 2}
        for i in range(count)
    ]


def rule_styles(labels: Iterable[str]) -> list[dict[str, Any]]:
    """The colour and dash of each rule.

    Parameters
    ----------
    labels : iterable of str
        Each begins with the name of a rule in `RULES`, like "SGD, eps 1".
    """
    looks = [next(RULES[name] for name in RULES if label.startswith(name)) for label in labels]
    return [{"color": color, "linestyle": dash, "linewidth": 2} for color, dash in looks]


def lines(
    axes: Axes, curves: Mapping[Any, ArrayLike], x: ArrayLike | None = None, *, xlabel: str,
    ylabel: str, log: str = "", looks: Sequence[dict[str, Any]] | None = None,
) -> list[Line2D]:  # fmt: skip
    """Curves in one panel, with labelled axes and a legend.

    Parameters
    ----------
    axes : Axes
    curves : {label: (K,) values}
    x : (K,) array, optional
        Where the values stand; default 0, 1, ...
    xlabel, ylabel : str
        Of the axes.
    log : str
        The logarithmic axes, like "y" or "xy"; default none.
    looks : sequence of dict, optional
        The style of each curve, where `styles` will not do.
    """
    drawn: list[Line2D] = []
    for (label, values), style in zip(curves.items(), looks or styles(len(curves)), strict=True):
        y = np.asarray(values)
        drawn += axes.plot(np.arange(len(y)) if x is None else x, y, label=str(label), **style)
    if "x" in log:
        axes.set_xscale("log")
    if "y" in log:
        axes.set_yscale("log")
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    if len(curves) > 1:
        axes.legend(frameon=False, fontsize=10)
    return drawn


def bars(
    axes: Axes, values: Mapping[Any, ArrayLike], *, ylabel: str, log: bool = False,
    form: str = "{:.3g}",
) -> None:  # fmt: skip
    """Named bars: the median of the seeds, and the seeds as dots.

    Parameters
    ----------
    axes : Axes
    values : {label: number, or (S,) numbers of the seeds}
    ylabel : str
    log : bool
        Whether the height is logarithmic.
    form : str
        Of the number above each bar; default three digits.
    """
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


def contours(
    axes: Axes, error: Callable[[np.ndarray, np.ndarray], np.ndarray],
    window: tuple[float, float, float, float], levels: ArrayLike = 8, **style: Any,
) -> None:  # fmt: skip
    """Curves of equal error.

    Parameters
    ----------
    axes : Axes
    error : callable
        From arrays x and y to an array, like `Surface.at`.
    window : (left, right, bottom, top)
    levels : int or sequence of float
        How many, or at which errors; default 8.
    **style
        Options of `Axes.contour` that replace ours.
    """
    left, right, bottom, top = window
    x, y = np.meshgrid(np.linspace(left, right, 241), np.linspace(bottom, top, 241))
    options: dict[str, Any] = {"colors": "#7f8fa6", "linewidths": 1, "linestyles": "solid"} | style
    axes.contour(x, y, error(x, y), levels if np.isscalar(levels) else np.sort(levels), **options)
    axes.grid(visible=False)


def path(axes: Axes, w: np.ndarray, color: str = ORANGE, label: str | None = None) -> None:
    """A path of weights as dots with an arrow from each to the next.

    Parameters
    ----------
    axes : Axes
    w : (K + 1, 2) array
    color : str
    label : str, optional
        For the legend.
    """
    axes.plot(*w.T, ".", color=color, markersize=9, label=label)
    for here, there in pairwise(w):
        axes.annotate("", there, here, arrowprops={"arrowstyle": "->", "color": color, "lw": 1.5})


def level(axes: Axes, y: float, label: str = "") -> None:
    """A thin horizontal line, with its name above the right end.

    Parameters
    ----------
    axes : Axes
    y : float
        Its height.
    label : str
        Default none.
    """
    axes.axhline(y, color="#555555", linewidth=1)
    axes.annotate(
        label, (1, y), (0, 3), xycoords=("axes fraction", "data"), textcoords="offset points",
        ha="right", fontsize=10, color="#555555",
    )  # fmt: skip


def weight_images(axes: Axes, weights: np.ndarray, title: str, units: int = 20) -> None:
    """Incoming weights of the first units as images, each in the scale of its largest.

    Parameters
    ----------
    axes : Axes
    weights : (64, h) array
        From 8 x 8 pixels to h hidden units.
    title : str
    units : int
        How many; a multiple of 4, default 20.
    """
    tiles = (weights / np.abs(weights).max(axis=0))[:, :units].T.reshape(-1, 8, 8)
    tiles = np.pad(tiles, ((0, 0), (1, 1), (1, 1))).reshape(4, -1, 10, 10)
    axes.imshow(tiles.swapaxes(1, 2).reshape(40, -1), cmap="PuOr", vmin=-1, vmax=1)
    axes.set_title(title)
    axes.set_axis_off()
