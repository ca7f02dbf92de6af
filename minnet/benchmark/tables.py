"""Tables of the measurements: for the terminal, or in Markdown for the README."""

from typing import Any

from .turns import Row
from .workloads import WORKLOADS

FAMILIES = ("minnet", "JAX", "NumPy", "scikit-learn", "PyTorch", "yardstick")
NOISY = 0.1  # cores busy with other work that a reader should know of


def number(value: float) -> str:
    """A number with three significant digits, or all of its whole ones.

    Parameters
    ----------
    value : float
    """
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def columns(rows: list[Row], scale: float, name: str) -> tuple[list[str], list[list[str]]]:
    """Heads and cells: median, spread, ratio to minnet (to each way to run it), to the yardstick.

    Ratios are ratios of medians; the yardstick is the fastest one.

    Parameters
    ----------
    rows : list of Row
    scale : float
        What turns seconds into the workload's unit.
    name : str
        Of the workload; "start" has no ratios.
    """
    bases = [row for row in rows if row.kind == "minnet"] if name != "start" else []
    sticks = [row for row in rows if row.kind == "yardstick"] if name != "start" else []
    stick = min((row.median for row in sticks), default=None)
    heads = ["", "median", "min - max"]
    heads += [f"/ {base.name}" for base in bases]
    heads += ["/ yardstick"] if stick else []
    heads += ["first call"] if name != "start" else []
    cells = []
    for row in rows:
        low, high = (number(value * scale) for value in row.spread)
        line = [row.name, number(row.median * scale), f"{low} - {high}"]
        line += [f"{row.median / base.median:.2f}" for base in bases]
        line += [f"{row.median / stick:.2f}"] if stick else []
        line += [f"{row.first:.2f} s"] if name != "start" else []
        cells.append(line)
    return heads, cells


def remarks(result: dict[str, Any], rows: list[Row]) -> list[str]:
    """Remarks below the table: who disagrees, how far results differ, notes, who is missing.

    Parameters
    ----------
    result : dict
        As `workloads.measure` returns it.
    rows : list of Row
        Its rows.
    """
    workload = WORKLOADS[result["name"]]
    lines = [
        f"{row.name}: {number(row.inside * workload.scale)} {workload.unit} in its steps alone, "
        "without setting up, gathering mini-batches and the evaluation at the end"
        for row in rows
        if row.inside is not None
    ]
    lines += [f"{row.name}: {row.note}" for row in rows if row.note]
    compared = [row.off for row in rows if row.off is not None]
    if compared and not result["disagree"]:
        lines.insert(
            0, f"final losses agree within {max(compared):.1e} (allowed: {workload.tolerance:.0e})"
        )
    if (result.get("busy") or 0) > NOISY:
        lines.append(f"NOISY: {result['busy']} cores were busy with other work just before")
    return result["disagree"] + lines + result["skipped"]


def terminal(result: dict[str, Any]) -> str:
    """One workload's table and remarks.

    Parameters
    ----------
    result : dict
        As `workloads.measure` returns it.
    """
    name, rows = result["name"], [Row(**row) for row in result["rows"]]
    workload = WORKLOADS[name]
    heads, cells = columns(rows, workload.scale, name)
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in [heads, *cells]
    ]
    quick = "  QUICK: numbers mean little" if result["quick"] else ""
    title = f"{name}  {workload.title}; {workload.unit}, {result['rounds']} rounds{quick}"
    rule = "-" * len(lines[0])
    return "\n".join([title, rule, *lines, rule, *remarks(result, rows)])


def markdown(results: list[dict[str, Any]]) -> str:
    """The README's table: a row a workload, a column a library, in brackets the ratio to minnet.

    Of several rows of a library the fastest counts; of minnet's, the first.

    Parameters
    ----------
    results : list of dict
        As `workloads.measure` returns them.
    """
    lines = ["| workload | " + " | ".join(FAMILIES) + " |", "|---" * (len(FAMILIES) + 1) + "|"]
    notes = []
    for result in results:
        name, rows = result["name"], [Row(**row) for row in result["rows"]]
        workload = WORKLOADS[name]
        if name == "start":
            each = (f"{row.name} {number(row.median)} {workload.unit}" for row in rows)
            notes.append(f"{workload.title}: {'; '.join(each)}")
            continue
        base = next(row for row in rows if row.kind == "minnet")
        if base.name != "minnet":
            notes.append(f"{name}: {base.name}")
        cells = [f"{name} {workload.title}, {workload.unit}", number(base.median * workload.scale)]
        for family in FAMILIES[1:]:
            best = min((row.median for row in rows if belongs(row, family)), default=None)
            cells.append(
                "-"
                if best is None
                else f"{number(best * workload.scale)} ({best / base.median:.2f})"
            )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", ". ".join(notes)])


def belongs(row: Row, family: str) -> bool:
    """Whether a row goes into a column of the README's table.

    Parameters
    ----------
    row : Row
    family : str
        One of `FAMILIES`.
    """
    if family == "yardstick":
        return row.kind == "yardstick"
    return row.kind == "peer" and row.name.startswith(family)
