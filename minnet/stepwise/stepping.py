"""The class `Table`: a rule's slots, hyperparameters and steps on one weight, a row for each step.

K  steps      S  slots of the rule      H  its hyperparameters

Every row is made by the rule's own compiled step, in float64.
"""

import itertools
import json
import math
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..checks import check_number, check_whole
from ..optimizers.notation import as_optimizer, parse
from ..optimizers.optimizer import Optimizer
from ..optimizers.schedules import Course
from ..rules.lift import slots_and_hyperparameters
from .streams import MOST, numbers_in

HEADS = ("t", "gradient", "rate", "step/lr", "step", "weight")


@dataclass(frozen=True, eq=False)
class Table:
    """The steps of one weight under a rule; prints as a table.

    Attributes
    ----------
    optimizer : Optimizer
    rows : list of dict of str to float or None
        K + 1 rows, from t = 0 (the start): "t", "gradient", every scheduled hyperparameter and
        every slot by name ("rule's NAME" if it is one of these words), "sqrt(SLOT)" of slots that
        hold squares, "rate" (-step/gradient: the rate that plain descent would have needed),
        "step/lr" (for rules with an lr), "step", "weight".  What is not defined is None.
    cycle : int
        Steps after which the gradients repeat.
    """

    optimizer: Optimizer
    rows: list[dict[str, float | None]]
    cycle: int

    @property
    def columns(self) -> list[str]:
        """The heads of the columns, in order."""
        return list(self.rows[0])

    @property
    def formula(self) -> str:
        """The first paragraph of the rule's docstring, as one line."""
        return " ".join((self.optimizer.rule.__doc__ or "").split("\n\n")[0].split())

    def moves(self) -> list[float]:
        """How far the weight went in each cycle of the gradients."""
        ends = [row["weight"] or 0.0 for row in self.rows[:: self.cycle]]
        return [after - before for before, after in itertools.pairwise(ends)]

    def summary(self) -> str:
        """The moves in words, in learning rates too if the rate is one constant number."""
        lr = self.optimizer.hyperparameters.get("lr")
        lr = lr if isinstance(lr, float) and lr else None
        moves = [
            f"{_short(move)}" + (f" ({_short(move / lr)} learning rates)" if lr else "")
            for move in self.moves()
        ]
        if len(moves) > 6:
            moves[3:-1] = ["..."]
        each = f"in each cycle of {self.cycle} steps" if len(moves) > 1 else "in all"
        jump = "\ngradients are taken as measured: the rule's jump plays no part"
        return f"moved {each}: {', '.join(moves)}" + (jump if self.optimizer.jump else "")

    def __str__(self) -> str:
        lines = [self.columns, *([_short(cell) for cell in row.values()] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        head, *body = [
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        rule = "-" * (sum(widths) + 2 * len(widths) - 2)
        text = [str(self.optimizer), *filter(None, [self.formula]), "", head, rule, body[0]]
        for k in range(1, len(body), self.cycle):
            text += [*body[k : k + self.cycle], rule]
        return "\n".join([*text, self.summary()])

    __repr__ = __str__

    def to_dict(self) -> dict:
        """All of it for JSON: lists, strings and numbers; what is not finite becomes None.

        The keys are "optimizer", "formula", "cycle", "moves" and "rows".
        """
        rows = [{head: _finite(cell) for head, cell in row.items()} for row in self.rows]
        moves = [_finite(move) for move in self.moves()]
        about = {"optimizer": str(self.optimizer), "formula": self.formula, "cycle": self.cycle}
        return about | {"moves": moves, "rows": rows}

    def to_html(self) -> str:
        """The table as a web page of its own, which fetches nothing; see `page`."""
        from .page import page

        return page(self)


def table(
    optimizer: Optimizer | str | Callable,
    gradients: Iterable[float],
    start: float = 0.0,
    *,
    cycles: int = 1,
    errors: Sequence[float] | None = None,
) -> Table:
    """A table of the steps that a rule makes with one weight on the gradients of a list.

    Parameters
    ----------
    optimizer : Optimizer, str or rule
        ``"rmsprop(lr=0.01)"`` is the notation, a plain function a user's own rule.
    gradients : sequence of float
        dE/dw at each step, finite, as measured (a rule's jump plays no part, as in `replay`).
    start : float
        The weight before the first step; finite.
    cycles : int
        How often the gradients come, one time after another; at least 1, and at most 100,000 steps
        in all.
    errors : sequence of float, optional
        E at each step, finite, one for each gradient, for rules that ask whether it grew (iRprop+);
        repeated like the gradients.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        If a number is not finite, there are none or too many, the optimizer cannot be read, a
        schedule looks at losses (there are none here), or the rule needs errors.

    References
    ----------
    Slide 28: nine gradients of +0.1 and one of -0.9; slide 29: rmsprop's divisor.

    Examples
    --------
    >>> rows = table("rmsprop(lr=1)", [0.1] * 3).rows
    >>> [round(-row["step"], 4) for row in rows[1:]]
    [3.1623, 2.2942, 1.9209]
    """
    optimizer = as_optimizer(optimizer)
    once = _finite_array("gradient", gradients)
    check_whole("cycles", cycles, 1)
    check_number("start", start, low=-np.inf)
    if not 0 < len(once) * cycles <= MOST:
        raise ValueError(f"a table has 1 to {MOST:,} steps, got {len(once)} x {cycles}")
    if errors is None and optimizer.asks_worse:
        raise ValueError(f"{optimizer.name} asks whether the error grew: give errors, one a step")
    e = np.zeros(len(once)) if errors is None else _finite_array("error", errors)
    if len(e) != len(once):
        raise ValueError(f"errors must be one a gradient, {len(once)}, got {len(e)}")
    g, e = np.tile(once, cycles), np.tile(e, cycles)
    step, _, _ = optimizer.compiled("float64")
    course = Course(len(g), 1)
    optimizer.check_course(course, without_losses="step")
    hyper = optimizer.table(1, len(g), course, "float64")
    w, slots = np.array([float(start)]), optimizer.start(1, "float64")
    rows = [_row(optimizer, 0, None, None, slots, 0.0, w[0])]
    for k in range(len(g)):
        before = float(w[0])
        step(w, g[k : k + 1], slots, hyper[k], k + 1, k > 0 and bool(e[k] > e[k - 1]))
        rows.append(_row(optimizer, k + 1, g[k], hyper[k], slots, float(w[0]) - before, w[0]))
    return Table(optimizer, rows, len(once))


def _row(
    optimizer: Optimizer,
    t: int,
    g: float | None,
    hyper: np.ndarray | None,
    slots: np.ndarray,
    step: float,
    weight: float,
) -> dict[str, float | None]:
    """A row of the table; the start, t = 0, has no gradient, hyperparameters (H,) and step."""
    names = list(slots_and_hyperparameters(optimizer.rule)[1])
    now = dict(zip(names, [None] * len(names) if hyper is None else hyper.tolist(), strict=True))
    memory = dict(zip(optimizer.slots, slots[:, 0].tolist(), strict=True))
    squares = {name: value for name, value in memory.items() if "square" in name}
    row: dict[str, float | None] = {"t": t, "gradient": None if g is None else float(g)}
    row |= {_head(name): now[name] for name in optimizer.schedules}
    row |= {_head(name): value for name, value in memory.items()}
    row |= {f"sqrt({name})": math.sqrt(v) if v >= 0 else None for name, v in squares.items()}
    row["rate"] = -step / float(g) if g else None
    if "lr" in now:
        row["step/lr"] = step / now["lr"] if now["lr"] else None
    return row | {"step": None if t == 0 else step, "weight": float(weight)}


def _head(name: str) -> str:
    """The head of a rule's slot or hyperparameter, which a user may have called `weight` too."""
    return f"rule's {name}" if name in HEADS else name


def _finite_array(what: str, values: Iterable[float]) -> np.ndarray:
    values = list(values)
    for k, value in enumerate(values):
        check_number(f"{what} {k + 1}", value, low=-np.inf)
    return np.array(values, np.float64)


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _short(value: float | None) -> str:
    """A cell: six digits, or nothing."""
    return "" if value is None else f"{value + 0:.6g}"  # + 0: no minus before a zero


def command(options: Namespace) -> int:
    """`minnet step`: print the table, and write it as a page if a file is named; exit status."""
    from ..archive import replacing
    from ..ownrules import rules_in

    optimizers = parse(options.optimizer, rules_in(options.rules) if options.rules else None)
    if len(optimizers) != 1:
        raise ValueError(f"step shows one optimizer, got {len(optimizers)}: {options.optimizer!r}")
    gradients, errors = (text and numbers_in(text) for text in (options.gradients, options.errors))
    steps = table(optimizers[0], gradients, options.start, cycles=options.cycles, errors=errors)
    print(json.dumps(steps.to_dict(), indent=1) if options.json else steps)
    if options.html:
        with replacing(Path(options.html)) as temporary:
            temporary.write_text(steps.to_html(), encoding="utf-8")
        print(f"wrote {options.html}", file=sys.stderr if options.json else sys.stdout)
    return 0
