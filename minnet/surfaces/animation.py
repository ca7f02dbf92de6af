"""`animate`: the paths on an error surface as an animation, which `film` writes to files.

R runs, K steps, F frames
"""

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from ..checks import check_number, check_whole
from ..report.plot import STYLE, print_small, run_styles
from .film import MOVING
from .landscapes import Window
from .paths import Paths
from .trajectories import draw_contours, draw_legend, legend_height, small_print, title, window_of


def animate(
    paths: Paths, *, window: Window | None = None, frames: int = 60, seconds: float = 8.0
) -> FuncAnimation:
    """An animation of the paths of all runs, step by step, over contours of their surface.

    Parameters
    ----------
    paths : Paths
        From `roll`.
    window : (left, right, bottom, top), optional
        The part of the surface to show; default: the surface's own, or what holds the paths.
    frames : int
        F, at least 1; a frame shows K / F steps more than the one before it.  The start is a frame
        of its own, and there are never more frames than steps.
    seconds : float
        How long it lasts; greater than 0.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        For `film.save`, `film.page`, or matplotlib itself; drawn when it is saved or shown.

    Raises
    ------
    ValueError
        If frames or seconds are out of range.

    Examples
    --------
    >>> from minnet.surfaces import film, roll
    >>> paths = roll("saddle", ["sgd(lr=0.05)", "rmsprop(lr=0.05)"], steps=20)
    >>> film.save(animate(paths), "saddle.html")  # doctest: +SKIP
    """
    check_whole("frames", frames, 1)
    check_number("seconds", seconds, above=0.0)
    steps = paths.w.shape[1] - 1
    shown = np.unique(np.linspace(0, steps, frames + 1).round().astype(int))
    window = window_of(paths) if window is None else window
    styles = run_styles(len(paths.labels))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.6, 7.2))
        axes = figure.subplots()
        foot = legend_height(paths, window)
        figure.subplots_adjust(left=0.08, right=0.98, top=0.92, bottom=foot)
        draw_contours(axes, paths.surface, window)
        axes.plot(
            *paths.w[0, 0],
            "o",
            color="black",
            fillstyle="none",
            markersize=11,
            zorder=7,
            gid=MOVING,
        )
        tails = [axes.plot([], [], **style, gid=MOVING)[0] for style in styles]
        heads = [
            axes.plot(
                [], [], "o", color=style["color"], markersize=9, markeredgecolor="white", gid=MOVING
            )[0]
            for style in styles
        ]
        clock = axes.text(
            0.985, 0.97, "", transform=axes.transAxes, ha="right", va="top", fontsize=14, zorder=8,
            gid=MOVING,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )  # fmt: skip
        figure.suptitle(title(paths), fontsize=15, x=0.02, ha="left")
        draw_legend(figure, paths, tails, window, foot - 0.075, 8)
        print_small(figure, [small_print(paths)])

    def draw(frame: int) -> list[Artist]:
        upto = shown[frame]
        for r, (tail, head) in enumerate(zip(tails, heads, strict=True)):
            tail.set_data(*paths.w[r, : upto + 1].T)
            head.set_data(*paths.w[r, upto : upto + 1].T)
        clock.set_text(f"step {upto}")
        return [*tails, *heads, clock]

    return FuncAnimation(
        figure, draw, frames=len(shown), interval=1000 * seconds / len(shown), repeat=False
    )
