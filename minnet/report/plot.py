"""The figure of a race: training losses and validation errors of all runs, in one look.

    R runs, K mini-batches

The numbers come from a report; nothing is computed here but the smoothing of losses.
"""

import itertools
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from .table import small_print

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from .report import Report

# Okabe & Ito's colours, which the colour-blind can tell apart; dashes also survive a copier.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))
MANY = 14  # more runs than these share one colour map and a short legend
CLIMB = 30  # times the loss at the start: what is above leaves the figure, and the legend says so
SMOOTH = 40  # the smoothed line averages over 1/40 of the mini-batches
STYLE: dict[Any, Any] = {  # rcParams
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "savefig.dpi": 150,
}


def draw(report: "Report", *, log: bool = True) -> Figure:
    """Draw training losses against mini-batches, and validation errors against epochs.

    Parameters
    ----------
    report : Report
    log : bool
        Whether the loss has a logarithmic axis; default True.

    Returns
    -------
    matplotlib.figure.Figure
    """
    labels = legend_labels(report)
    half = -(-len(labels) // 2)
    columns = labels[:half], labels[half:]
    lines_below = max(sum(label.count("\n") + 1 for label in column) for column in columns)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12.8, 7.2))
        left, right = figure.subplots(1, 2, width_ratios=(1.45, 1))
        # Fixed margins: matplotlib's layout engines would double the drawing time.
        below = 0.175 + 0.031 * lines_below
        figure.subplots_adjust(left=0.065, right=0.985, top=0.915, bottom=below, wspace=0.16)
        styles = run_styles(len(report.labels))
        lines = draw_losses(left, report, styles, log=log)
        draw_errors(right, report, styles)
        figure.suptitle(title(report), fontsize=16, x=0.02, ha="left")
        figure.legend(
            [lines[r] for r in labelled(report.labels)],
            labels,
            loc="upper left",
            bbox_to_anchor=(0.02, below - 0.085),
            ncols=2,
            frameon=False,
            handlelength=3.5,
            fontsize=10.5,
        )
        print_small(figure, small_print(report))
    return figure


def run_styles(runs: int) -> list[dict[str, Any]]:
    """Choose a colour and a dash for every run, or a colour map for more runs than `MANY`.

    Parameters
    ----------
    runs : int
        R, at least 1.

    Returns
    -------
    list of dict
        Keywords of matplotlib's lines.
    """
    if runs > MANY:
        colours = mpl.colormaps["viridis"](np.linspace(0, 0.95, runs))
        return [{"color": colour, "linewidth": 1.2} for colour in colours]
    pairs = itertools.product(range(len(DASHES)), range(len(COLOURS)))
    looks = [((c + d) % len(DASHES), c) for d, c in itertools.islice(pairs, runs)]
    return [{"color": COLOURS[c], "linestyle": DASHES[d], "linewidth": 2.2} for d, c in looks]


def draw_losses(
    axes: "Axes", report: "Report", styles: list[dict[str, Any]], *, log: bool = True
) -> "list[Line2D]":
    """Draw every run's smoothed loss over its faint raw trace; a cross where a run diverged.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    report : Report
    styles : list of dict
        One for each run, from `run_styles`.
    log : bool
        Whether the loss has a logarithmic axis; default True.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The smoothed line of each run.
    """
    smooth = [smoothed(trace) for trace in report.losses]
    low, high = loss_range(report)
    lines: list[Line2D] = []
    for r, (raw, trace, style) in enumerate(zip(report.losses, smooth, styles, strict=True)):
        steps = np.arange(1, len(raw) + 1)
        if len(report.labels) <= MANY:
            axes.plot(steps, raw, color=style["color"], linewidth=0.6, alpha=0.22)
        lines += axes.plot(steps, trace, **style)
        if report.diverged_at[r]:
            finite = np.flatnonzero(np.isfinite(trace))
            place = (finite[-1] + 1, min(trace[finite[-1]], high)) if finite.size else (1, high)
            axes.plot(*place, "X", color=style["color"], markersize=11, clip_on=False, zorder=5)
        elif report.stopped_at[r]:
            at = report.stopped_at[r]
            axes.plot(at, trace[at - 1], "s", color=style["color"], markersize=7, zorder=5)
    if log:
        axes.set_yscale("log")
    axes.set_ylim(low if log else 0, high)
    axes.set_xlim(0, max(1, report.losses.shape[1]))
    axes.set_xlabel("mini-batches")
    axes.set_ylabel("training loss on each mini-batch")
    return lines


def draw_errors(axes: "Axes", report: "Report", styles: list[dict[str, Any]]) -> None:
    """Draw the validation error (train error without a validation part) against epochs.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    report : Report
    styles : list of dict
        One for each run, from `run_styles`.
    """
    part = "validation" if "validation" in report.info["data"]["cases"] else "train"
    errors = report.scores[:, :, ("train", "validation", "test").index(part), 1]
    epochs = report.evaluated_at / report.info["steps_per_epoch"]
    classes = report.info["data"]["classes"] is not None
    marker = "o" if len(epochs) <= 30 and len(report.labels) <= MANY else None
    for r, style in enumerate(styles):
        axes.plot(epochs, errors[r] * (100 if classes else 1), **style, marker=marker, markersize=4)
    last = errors[:, 1:] if len(epochs) > 2 else errors
    if np.isfinite(last).any():
        axes.set_ylim(0, 1.08 * np.nanmax(last) * (100 if classes else 1) or 1)
    axes.locator_params("x", integer=True)
    axes.set_xlabel("epochs")
    axes.set_ylabel(f"{part} error" + (" (% wrong)" if classes else " (root mean square)"))


def smoothed(trace: np.ndarray) -> np.ndarray:
    """A centred moving average over 1/40 of the trace, of the finite values in the window.

    Parameters
    ----------
    trace : array (K,) float64
        Losses, perhaps NaN or infinite.

    Returns
    -------
    array (K,) float64
        NaN where the trace is not finite.
    """
    width = max(1, len(trace) // SMOOTH) | 1
    finite = np.isfinite(trace)
    ones = np.ones(width)
    total = np.convolve(np.where(finite, trace, 0.0), ones, mode="same")
    count = np.convolve(finite, ones, mode="same")
    return np.divide(total, count, out=np.full(len(trace), np.nan), where=finite & (count > 0))


def loss_range(report: "Report") -> tuple[float, float]:
    """Limits of the loss axis: they show every run, except where one climbs far above the start.

    Parameters
    ----------
    report : Report

    Returns
    -------
    low, high : float
        0 < low < high.
    """
    start = report.losses[:, :1].ravel()
    finite_runs = report.losses[report.diverged_at == 0]
    values = np.concatenate([*map(smoothed, finite_runs), start])
    values = values[np.isfinite(values) & (values > 0)]
    if not values.size:
        return 0.1, 10.0
    highest = min(values.max(), CLIMB * np.nanmax(start))
    return 0.6 * float(values.min()), 1.8 * float(highest)


def title(report: "Report") -> str:
    """The title of the figure: data and number of optimizers.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
    """
    info, runs = report.info, len(report.labels)
    what = f"{runs} optimizers" if runs > 1 else "one optimizer"
    return f"{info['data']['name']}: {what}, the same start, the same mini-batches"


def labelled(labels: Sequence[str]) -> list[int]:
    """The runs that the legend names: all, or six of more than `MANY`.

    Parameters
    ----------
    labels : sequence of str
        Of the R runs.

    Returns
    -------
    list of int
        From 0 to R - 1.
    """
    runs = len(labels)
    return list(range(runs)) if runs <= MANY else np.linspace(0, runs - 1, 6).astype(int).tolist()


def legend_labels(report: "Report") -> list[str]:
    """The optimizer of each labelled run, and whether it diverged, stopped or left the figure.

    Parameters
    ----------
    report : Report

    Returns
    -------
    list of str
        With line breaks where they are long.
    """
    labels = []
    high = loss_range(report)[1]
    for r in labelled(report.labels):
        label = report.labels[r]
        if report.diverged_at[r]:
            label += f"  ✕ diverged at step {report.diverged_at[r]}"
        elif report.stopped_at[r]:
            label += f"  ■ stopped at step {report.stopped_at[r]}"
        elif not np.any(smoothed(report.losses[r])[1:] < high):
            label += "  (above the figure)"
        labels.append(textwrap.fill(label, 74, subsequent_indent="   "))
    return labels


def print_small(figure: Figure, lines: list[str]) -> None:
    """Write lines in small letters at the foot of a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    lines : list of str
    """
    figure.text(0.02, 0.015, "\n".join(lines), fontsize=8, color="#555555", va="bottom")
