"""Animated scenes of the web edition: contours as an image, paths drawn over it by the browser.

R runs, K steps

The paths grow step by step; without scripts the whole paths are seen.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...optimizers.notation import parse
from ...report.plot import STYLE, run_styles
from ...surfaces.gallery import as_surface
from ...surfaces.rolling import roll
from ...surfaces.scenes import SCENES
from ...surfaces.trajectories import SLIM, draw_contours, outcomes, window_of
from .pictures import shrink

TITLES = {
    "long_valley": "A long valley",
    "beale": "Beale's function",
    "saddle": "A saddle",
}
WIDEST, HIGHEST = 8.4, 6.4  # inches of the contours; a hundred of the stage's units each
ROOM = (0.9, 0.8)  # inches beside and below them
FAR = 1e5  # places further off are not told apart
PATTERNS = {"-": (), "--": (3.7, 1.6), "-.": (6.4, 1.6, 1, 1.6)}  # as matplotlib draws them
WIDTH = 3.5  # of a path


def scene(name: str, folder: Path) -> dict[str, Any]:
    """A scene as its template needs it; its contours are drawn into the folder.

    Parameters
    ----------
    name : str
        Of a surface with a scene, one of `TITLES`.
    folder : Path
        Gets a picture NAME.png.
    """
    planned = SCENES[name]
    paths = roll(as_surface(name), parse(planned.optimizers), None, planned.steps)
    window, styles = window_of(paths), run_styles(len(paths.labels))
    slope = (window[3] - window[2]) / (window[1] - window[0])
    slope = slope if SLIM <= slope <= 1 / SLIM else HIGHEST / WIDEST  # the axes are not equal
    wide = min(WIDEST, HIGHEST / slope)
    size = round(100 * (wide + ROOM[0])), round(100 * (wide * slope + ROOM[1]))
    with rc_context(STYLE):
        figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100, layout="constrained")
        axes = figure.subplots()
        draw_contours(axes, paths.surface, window)
        axes.plot(*paths.w[0, 0], "o", color="black", fillstyle="none", markersize=12)
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(folder / f"{name}.png")  # only now are the axes where they will be
    shrink(folder / f"{name}.png")
    left, bottom, width, height = axes.get_window_extent().bounds
    ends = zip(paths.labels, outcomes(paths, window), strict=True)
    return {
        "id": name, "title": TITLES[name], "seen": planned.seen, "steps": planned.steps,
        "file": f"figures/{folder.name}/{name}.png", "size": size,
        "stage": {"x": round(left), "y": round(size[1] - bottom - height),
                  "width": round(width), "height": round(height)},
        "runs": [
            {"points": points(axes, w, size[1]), "colour": style["color"], "dashes": dashes(style),
             "label": label, "end": " ".join(end.split()).removeprefix(label).strip()}
            for w, style, (label, end) in zip(paths.w, styles, ends, strict=True)
        ],
    }  # fmt: skip


def points(axes: Axes, w: np.ndarray, height: float) -> str:
    """A path as the points of an SVG line, until it diverges.

    Parameters
    ----------
    axes : Axes
        Of the contours.
    w : (K + 1, 2) array
    height : float
        Of the image, from whose top SVG counts.
    """
    finite = np.isfinite(w).all(axis=1)
    known = w[: len(w) if finite.all() else int(np.argmin(finite))]
    x, y = np.clip(axes.transData.transform(known), -FAR, FAR).T
    return " ".join(f"{a:.1f},{height - b:.1f}" for a, b in zip(x, y, strict=True))


def dashes(style: dict[str, Any]) -> str:
    """The dashes of a line as SVG has them.

    Parameters
    ----------
    style : dict
        Of matplotlib, with a "linestyle".
    """
    line = style["linestyle"]
    pattern = PATTERNS[line] if isinstance(line, str) else line[1]
    return " ".join(f"{WIDTH * part:g}" for part in pattern)
