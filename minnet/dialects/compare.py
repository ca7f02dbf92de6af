"""A comparison of the libraries' rules on the same gradients: a table to print, a figure to show.

    K  steps

Every row of FAMILIES is one rule, its last step worked out by hand, and what it does unlike the
others; the value beside it is computed by the rule itself, and a test compares the two.
"""

from collections.abc import Sequence
from functools import cache

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from ..descent.walk import replay
from ..optimizers import schedules
from ..optimizers.optimizer import Optimizer
from ..report.plot import COLOURS, DASHES, STYLE
from . import keras, optax, slide, tf1, torch

SLIDE_28 = [0.1] * 9 + [-0.9]  # nine gradients of +0.1 and one of -0.9
SMALL = 1000.0  # the same gradients once more, divided by this
LR = 0.01
TITLE = "One gradient stream, five RMSprops, five answers"
PANELS = (
    "gradients +0.1 nine times, then -0.9: three agree",
    "the same gradients, a thousand times smaller: none agree",
)
LESSON = (
    "The decay and the start of the mean square decide the first steps (torch, tf1); "
    "eps inside the root decides how small a gradient still counts (keras, optax)."
)
WIDTHS = (4.5, 2.4, 2.4, 2.4, 2.4)  # the slide's line shows from under those that agree with it
EQUAL, APART = 0.001, 0.025  # lines that end so near share a label; labels are so far apart
FALLING = schedules.given([0.1, 0.0])

Row = tuple[Optimizer, str, str]  # optimizer, its last step by hand, what differs
Family = tuple[str, list[float], str, tuple[Row, ...]]  # title, gradients, what is worked out

FAMILIES: tuple[Family, ...] = (
    (
        "RMSprop", [0.1], "first step; gradient 0.1, lr 0.01",
        (
            (slide.RMSprop(lr=LR), "0.01 * 0.1 / sqrt(0.1 * 0.01)", "no eps"),
            (torch.RMSprop(lr=LR), "0.01 * 0.1 / (sqrt(0.01 * 0.01) + 1e-8)",
             "eps outside, decay 0.99"),
            (keras.RMSprop(LR), "0.01 * 0.1 / sqrt(0.1 * 0.01 + 1e-7)", "eps 1e-7 inside"),
            (tf1.RMSPropOptimizer(LR), "0.01 * 0.1 / sqrt(0.9 + 0.1 * 0.01 + 1e-10)",
             "mean square from 1"),
            (optax.rmsprop(LR), "0.01 * 0.1 / sqrt(0.1 * 0.01 + 1e-8)", "eps 1e-8 inside"),
        ),
    ),
    (
        "RMSprop with momentum", [0.1, 0.1], "second step; gradients 0.1, lr falls from 0.1 to 0",
        (
            (torch.RMSprop(lr=FALLING, momentum=0.9), "0", "lr outside velocity"),
            (keras.RMSprop(FALLING, momentum=0.9), "0.9 * 0.1 * 0.1 / sqrt(0.1 * 0.01 + 1e-7)",
             "lr inside"),
            (tf1.RMSPropOptimizer(FALLING, momentum=0.9),
             "0.9 * 0.1 * 0.1 / sqrt(0.901 + 1e-10)", "lr inside"),
            (optax.rmsprop(FALLING, momentum=0.9), "0.9 * 0.1 * 0.1 / sqrt(0.1 * 0.01 + 1e-8)",
             "lr inside"),
        ),
    ),
    (
        "RMSprop with weight decay", [0.0], "first step from w = 1; gradient 0, decay 0.1, lr 0.01",
        (
            (torch.RMSprop(lr=LR, weight_decay=0.1), "0.01 * 0.1 / (sqrt(0.01 * 0.01) + 1e-8)",
             "joins the gradient"),
            (keras.RMSprop(LR, weight_decay=0.1), "0.01 * 0.1", "shrinks the weight"),
        ),
    ),
    (
        "Momentum", [1.0, 1.0], "second step; gradients 1, lr falls from 0.1 to 0",
        (
            (torch.SGD(lr=FALLING, momentum=0.9), "0", "lr outside velocity"),
            (keras.SGD(FALLING, momentum=0.9), "0.9 * 0.1 * 1", "lr inside (slide 18)"),
            (tf1.MomentumOptimizer(FALLING, 0.9), "0", "lr outside"),
            (optax.sgd(FALLING, momentum=0.9), "0", "lr outside"),
        ),
    ),
    (
        "Adagrad (the sum of squares starts)", [0.1], "first step; gradient 0.1, lr 0.01",
        (
            (torch.Adagrad(lr=LR), "0.01 * 0.1 / (sqrt(0.01) + 1e-10)",
             "from 0, eps outside"),
            (keras.Adagrad(LR), "0.01 * 0.1 / sqrt(0.1 + 0.01 + 1e-7)", "from 0.1, eps inside"),
            (tf1.AdagradOptimizer(LR), "0.01 * 0.1 / sqrt(0.1 + 0.01)", "from 0.1, no eps"),
            (optax.adagrad(LR), "0.01 * 0.1 / sqrt(0.1 + 0.01 + 1e-7)",
             "from 0.1, eps inside"),
        ),
    ),
    (
        "Rprop", [1.0, 1.0, 1.0], "third step; gradients 1, lr 0.01",
        (
            (torch.Rprop(lr=LR), "0.01 * 1.2 * 1.2", "iRprop-"),
            (optax.rprop(LR), "0.01 * 1.2", "one step late in 0.2.8"),
        ),
    ),
    (
        "Adam", [1e-8], "first step; gradient 1e-8, lr 0.001",
        (
            (torch.Adam(), "0.001 * 1e-8 / (1e-8 + 1e-8)", "eps 1e-8 by sqrt(v^)"),
            (keras.Adam(), "0.001 * 1e-8 / (1e-8 + 1e-7 / sqrt(0.001))",
             "eps 1e-7 by sqrt(v)"),
            (tf1.AdamOptimizer(), "0.001 * 1e-8 / (1e-8 + 1e-8 / sqrt(0.001))",
             "eps 1e-8 by sqrt(v)"),
            (optax.adam(0.001), "0.001 * 1e-8 / (1e-8 + 1e-8)", "eps 1e-8 by sqrt(v^)"),
        ),
    ),
    (
        "Adadelta", [0.1], "first step; gradient 0.1, each with its own constants",
        (
            (torch.Adadelta(), "1 * 0.1 * sqrt(1e-6 / (0.1 * 0.01 + 1e-6))", "lr 1"),
            (keras.Adadelta(), "0.001 * 0.1 * sqrt(1e-7 / (0.05 * 0.01 + 1e-7))", "lr 0.001"),
            (tf1.AdadeltaOptimizer(), "0.001 * 0.1 * sqrt(1e-8 / (0.05 * 0.01 + 1e-8))",
             "lr 0.001"),
            (optax.adadelta(1.0), "1 * 0.1 * sqrt(1e-6 / (0.1 * 0.01 + 1e-6))",
             "lr 1; None climbs"),
        ),
    ),
)  # fmt: skip
FIVE = FAMILIES[0][-1]


def last_step(optimizer: Optimizer, gradients: Sequence[float]) -> float:
    """How far down the last of the gradients (K,) takes a weight that starts at 1."""
    path = replay(optimizer, 1.0, gradients)[:, 0]
    return float(path[-2] - path[-1])


@cache
def answers() -> dict[str, np.ndarray]:
    """The paths (2, K + 1) of each RMSprop on slide 28's gradients, as they are and divided."""
    streams = np.array(SLIDE_28), np.array(SLIDE_28) / SMALL
    return {row[0].name: np.stack([replay(row[0], 0.0, g)[:, 0] for g in streams]) for row in FIVE}


def comparison() -> str:
    """A text of what differs between the libraries, with a number worked out for each rule.

    Returns
    -------
    str
        A paragraph for each rule of the lecture, then the weights after slide 28's gradients; no
        line is longer than 100 characters.  `minnet dialects` prints it.
    """
    lines = []
    for title, gradients, worked, rows in FAMILIES:
        lines.append(f"{title}: {worked}")
        lines += [
            f"  {optimizer.name:15}{last_step(optimizer, gradients):<10.4g}= {by_hand:48}{differs}"
            for optimizer, by_hand, differs in rows
        ]
        lines.append("")
    lines += [
        f"{TITLE} (lr {LR:g})",
        f"  {'w after':15}nine gradients of +0.1, one of -0.9    the same divided by {SMALL:g}",
    ]
    lines += [f"  {name:15}{w[0, -1]:<+39.4f}{w[1, -1]:+.4f}" for name, w in answers().items()]
    return "\n".join(lines)


def draw_comparison() -> Figure:
    """A figure of the paths of five libraries' RMSprops on slide 28's gradients, large and small.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels; what the libraries' constants are stands in the legend.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12.8, 6.4))
        panels = figure.subplots(1, 2, sharey=True)
        figure.subplots_adjust(left=0.065, right=0.985, top=0.81, bottom=0.245, wspace=0.06)
        for side, (axes, what) in enumerate(zip(panels, PANELS, strict=True)):
            for k, paths in enumerate(answers().values()):
                style = {"color": COLOURS[k], "linestyle": DASHES[k], "linewidth": WIDTHS[k]}
                axes.plot(paths[side], label=constants(FIVE[k][0]), **style)
                axes.plot(len(SLIDE_28), paths[side, -1], "o", color=COLOURS[k], markersize=5)
            axes.set_title(what, loc="left", fontsize=12)
            axes.set_xlabel(f"steps (lr {LR:g})")
            axes.set_xlim(0, 12)
            axes.set_xticks(range(0, len(SLIDE_28) + 1, 2))
            for y, k, label in labelled(side):
                place = (len(SLIDE_28) + 0.25, y)
                axes.annotate(label, place, va="center", color=COLOURS[k], weight="bold")
        panels[0].set_ylabel("weight w")
        figure.suptitle(TITLE, fontsize=16, x=0.02, ha="left")
        figure.text(0.02, 0.905, LESSON, fontsize=11, color="#333333", va="center")
        figure.legend(
            *panels[0].get_legend_handles_labels(), loc="lower left",
            bbox_to_anchor=(0.01, 0.0), ncols=2, frameon=False, handlelength=3.5, fontsize=10,
        )  # fmt: skip
    return figure


def constants(optimizer: Optimizer) -> str:
    """An RMSprop's name and constants, for the legend."""
    decay, eps = optimizer.hyperparameters["decay"], optimizer.hyperparameters.get("eps")
    place = "outside" if optimizer.name.startswith("torch") else "inside"
    guard = f"eps {schedules.shortest(eps)} {place} root" if isinstance(eps, float) else "no eps"
    first = optimizer.start(1)[0, 0]
    return f"{optimizer.name}: decay {decay:g}, {guard}, mean square starts at {first:g}"


def labelled(side: int) -> list[tuple[float, int, str]]:
    """The labels at the ends of a panel's lines: height, number of the first line, names.

    Lines that end together share a label; labels that would overlap are moved up.
    """
    ends: dict[float, list[int]] = {}
    for k, paths in enumerate(answers().values()):
        end = float(paths[side, -1])
        near = next((y for y in ends if abs(y - end) < EQUAL), end)
        ends.setdefault(near, []).append(k)
    labels, lowest = [], -np.inf
    for y, members in sorted(ends.items()):
        lowest = max(y, lowest + APART)
        names = "\n= ".join(FIVE[k][0].name.split(".")[0] for k in members)
        labels.append((lowest, members[0], names))
    return labels
