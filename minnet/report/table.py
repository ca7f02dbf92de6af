"""The table of a race for the terminal: one line a run, and below what all runs share."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .report import Report

HEADS = {"train": "train", "validation": "valid", "test": "test"}


def table(report: "Report") -> str:
    """The table of a race: final losses and errors, best error and its step, seconds.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        Lines without a newline at the end.
    """
    info = report.info
    parts = [part for part in HEADS if part in info["data"]["cases"]]
    percent = info["data"]["classes"] is not None
    heads = [
        "optimizer",
        "train loss",
        *(f"{HEADS[part]} err" for part in parts),
        "best",
        "at step",
        "seconds",
    ]
    rows = []
    losses, best = report.final("train", "loss"), report.best_error()
    for r, optimizer in enumerate(info["optimizers"]):
        errors = [_error(report.final(part)[r], percent) for part in parts]
        at = str(report.best_at[r]) if report.best_at[r] else ""
        cells = [_number(losses[r]), *errors, _error(best[r], percent), at]
        rows.append([optimizer["short"], *cells, f"{report.seconds[r]:.2f}"])
        if report.diverged_at[r]:
            rows[-1].append(f"diverged at step {report.diverged_at[r]}")
        elif report.stopped_at[r]:
            rows[-1].append(f"stopped at step {report.stopped_at[r]}: {info['stopped_by'][r]}")
        else:
            rows[-1].append("")
    heads.append("ended early" if any(row[-1] for row in rows) else "")
    return "\n".join([*_aligned([heads, *rows]), *small_print(report)])


def small_print(report: "Report") -> list[str]:
    """What all runs of a race share: data, net, dtype, device; start, seed, plan.

    Parameters
    ----------
    report : Report

    Returns
    -------
    list of str
        Two lines.
    """
    info = report.info
    cases = " + ".join(str(n) for n in info["data"]["cases"].values())
    steps = report.losses.shape[1]
    stop = f"; stopped after {steps} of {info['steps_planned']} steps" if report.interrupted else ""
    transforms = "".join(f", {text}" for text in info["data"].get("transforms", ()))
    data = f"{info['data']['name']} ({cases} cases{transforms}, {info['data']['hash']})"
    device = info.get("device", "cpu")
    where = "" if device == "cpu" else f"; on {device}"
    return [
        f"{data}; {info['net']}; {info['dtype']}{where}",
        f"start {info['start_hash']} (seed {info['seed']}); "
        f"plan {info['plan_hash']} ({info['plan']}){stop}",
    ]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *middle, last in rows:
        cells = [cell.rjust(width) for cell, width in zip(middle, widths[1:-1], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells, last]).rstrip())
    rule = "-" * max(map(len, lines))
    return [lines[0], rule, *lines[1:], rule]


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4g}"


def _error(value: float, percent: bool) -> str:
    if np.isnan(value):
        return ""
    return f"{100 * value:.2f}%" if percent else f"{value:.4g}"
