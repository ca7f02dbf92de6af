"""A race as a table for the terminal: one line a run."""

import numpy as np

HEADS = {"train": "train", "validation": "valid", "test": "test"}


def table(report) -> str:
    """The runs with their final losses and errors, and what they shared below."""
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
        if report.diverged_at[r]:
            cells = [f"diverged at step {report.diverged_at[r]}", *[""] * len(parts)]
        else:
            errors = [_error(report.final(part)[r], percent) for part in parts]
            cells = [_number(losses[r]), *errors]
        at = str(report.best_at[r]) if report.best_at[r] else ""
        rows.append(
            [optimizer["short"], *cells, _error(best[r], percent), at, f"{report.seconds[r]:.2f}"]
        )
    return "\n".join([*_aligned([heads, *rows]), *small_print(report)])


def small_print(report) -> list[str]:
    """What every run shared, in two lines."""
    info = report.info
    cases = " + ".join(str(n) for n in info["data"]["cases"].values())
    reached = report.losses.shape[1]
    stopped = (
        f"; stopped after {reached} of {info['steps_planned']} steps" if report.interrupted else ""
    )
    data = f"{info['data']['name']} ({cases} cases, {info['data']['hash']})"
    return [
        f"{data}; {info['net']}; {info['dtype']}",
        f"start {info['start_hash']} (seed {info['seed']}); "
        f"plan {info['plan_hash']} ({info['plan']}){stopped}",
    ]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(w) if c == 0 else cell.rjust(w)
            for c, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return [
        line.rstrip() for line in [lines[0], "-" * len(lines[0]), *lines[1:], "-" * len(lines[0])]
    ]


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4g}"


def _error(value: float, percent: bool) -> str:
    if np.isnan(value):
        return ""
    return f"{100 * value:.2f}%" if percent else f"{value:.4g}"
