"""One weight, step by step: what a rule remembers and how far it goes, as a table to read in class.

K  steps      S  slots of the rule

Every row is made by the rule's own compiled step, in float64.
"""

import itertools
import json
import math
import os.path
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..checks import check_number, check_whole
from ..optimizers.notation import as_optimizer, parse
from ..optimizers.optimizer import Optimizer
from ..optimizers.schedules import Course
from ..rules.lift import slots_and_hyperparameters

MOST = 100_000  # steps: nobody reads more
SLIDE_28 = "0.1*9, -0.9"
HEADS = ("t", "gradient", "rate", "step/lr", "step", "weight")  # a rule's own are told apart


@dataclass(frozen=True, eq=False)
class Table:
    """What one weight went through; prints as a table.

    Attributes
    ----------
    optimizer : Optimizer
    rows : list of dict
        One a step, from t = 0 (the start): "t", "gradient", every scheduled number and every slot
        by name, "sqrt(SLOT)" of slots that hold squares, "rate" (-step/gradient: the rate that
        plain descent would have needed), "step/lr" (for rules with an lr), "step", "weight".
        What is not defined is None.
    cycle : int
        Steps after which the gradients repeat.
    """

    optimizer: Optimizer
    rows: list[dict]
    cycle: int

    @property
    def columns(self) -> list[str]:
        """The heads, in order."""
        return list(self.rows[0])

    @property
    def formula(self) -> str:
        """The rule's own first paragraph."""
        return " ".join((self.optimizer.rule.__doc__ or "").split("\n\n")[0].split())

    def moves(self) -> list[float]:
        """How far the weight went in each cycle of the gradients."""
        ends = [row["weight"] for row in self.rows[:: self.cycle]]
        return [after - before for before, after in itertools.pairwise(ends)]

    def summary(self) -> str:
        """The moves in words, in learning rates too if the rate is one constant number."""
        lr = self.optimizer.hyperparameters.get("lr")
        lr = lr if isinstance(lr, float) and lr else None
        told = [
            f"{_short(move)}" + (f" ({_short(move / lr)} learning rates)" if lr else "")
            for move in self.moves()
        ]
        if len(told) > 6:
            told[3:-1] = ["..."]
        each = f"in each cycle of {self.cycle} steps" if len(told) > 1 else "in all"
        jump = "\ngradients are taken as measured: the rule's jump plays no part"
        return f"moved {each}: {', '.join(told)}" + (jump if self.optimizer.jump else "")

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
        """All of it as plain lists and numbers (what is not finite as None)."""
        rows = [{head: _finite(cell) for head, cell in row.items()} for row in self.rows]
        moves = [_finite(move) for move in self.moves()]
        about = {"optimizer": str(self.optimizer), "formula": self.formula, "cycle": self.cycle}
        return about | {"moves": moves, "rows": rows}

    def to_html(self) -> str:
        """A page of its own that fetches nothing; see `stepwise_page`."""
        from .page import page

        return page(self)


def table(
    optimizer,
    gradients: Sequence[float],
    start: float = 0.0,
    *,
    cycles: int = 1,
    errors: Sequence[float] | None = None,
) -> Table:
    """Follow one weight through given gradients.

    Parameters
    ----------
    optimizer : Optimizer, str or rule
    gradients : (K,) sequence
        dE/dw at each step, as measured (a rule's jump plays no part, as in `replay`).
    start : float
        The weight before the first step.
    cycles : int
        How often the gradients come, one time after another.
    errors : (K,) sequence, optional
        E at each step, for rules that ask whether it grew; repeated like the gradients.

    Raises
    ------
    ValueError
        If a number is not finite, there are none or too many, or the rule needs errors.

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
    once = _hyper("gradient", gradients)
    check_whole("cycles", cycles, 1)
    check_number("start", start, low=-np.inf)
    if not 0 < len(once) * cycles <= MOST:
        raise ValueError(f"a table has 1 to {MOST:,} steps, got {len(once)} x {cycles}")
    if errors is None and optimizer.asks_worse:
        raise ValueError(f"{optimizer.name} asks whether the error grew: give errors, one a step")
    e = np.zeros(len(once)) if errors is None else _hyper("error", errors)
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


def _row(optimizer: Optimizer, t: int, g, hyper, slots: np.ndarray, step, weight) -> dict:
    """A row of the table; the start, t = 0, has no gradient, hyperparameters and step."""
    names = list(slots_and_hyperparameters(optimizer.rule)[1])
    now = dict(zip(names, [None] * len(names) if t == 0 else hyper.tolist(), strict=True))
    kept = dict(zip(optimizer.slots, slots[:, 0].tolist(), strict=True))
    squares = {name: value for name, value in kept.items() if "square" in name}
    row = {"t": t, "gradient": None if t == 0 else float(g)}
    row |= {_own(name): now[name] for name in optimizer.schedules}
    row |= {_own(name): value for name, value in kept.items()}
    row |= {f"sqrt({name})": math.sqrt(v) if v >= 0 else None for name, v in squares.items()}
    row["rate"] = -step / row["gradient"] if row["gradient"] else None
    if "lr" in now:
        row["step/lr"] = step / now["lr"] if now["lr"] else None
    return row | {"step": None if t == 0 else step, "weight": float(weight)}


def _own(name: str) -> str:
    """The head of a rule's slot or number, which a user may have called `weight` too."""
    return f"rule's {name}" if name in HEADS else name


def _hyper(what: str, values: Iterable[float]) -> np.ndarray:
    values = list(values)
    for k, value in enumerate(values):
        check_number(f"{what} {k + 1}", value, low=-np.inf)
    return np.array(values, np.float64)


def _finite(value):
    return None if value is None or not math.isfinite(value) else value


def _short(value) -> str:
    """A cell: six digits, or nothing."""
    return "" if value is None else f"{value + 0:.6g}"  # + 0: no minus before a zero


def numbers_in(text: str) -> list[float]:
    """Numbers from "0.1*9, -0.9", from a file with one number a line, or from stdin ("-").

    Raises ValueError, with its place, for what is no number.
    """
    if text == "-" or os.path.isfile(text):  # not a Path: a long list is no possible file name
        whole = sys.stdin.read() if text == "-" else Path(text).read_text(errors="replace")
        words = [line.split("#")[0] for line in whole.splitlines()]
        place = "standard input" if text == "-" else text
        lines = [(f"{place}, line {k}", word) for k, word in enumerate(words, 1) if word.strip()]
        return [n for where, word in lines for n in _read(word, where)]
    hint = f"; write e.g. {SLIDE_28!r}, or name a file with one number a line"
    return [n for word in text.split(",") for n in _read(word, repr(text), hint)]


def _read(word: str, place: str, hint: str = "") -> list[float]:
    number, star, count = word.partition("*")
    try:
        times = int(count) if star else 1
        if 0 < times <= MOST:
            return [float(number)] * times
    except ValueError:
        pass
    raise ValueError(f"{place}: {word.strip()!r} is not a number or number*count{hint}")


def command(options) -> int:
    """`minnet step`: print the table, and write it as a page if a file is named."""
    from ..archive import replacing
    from ..optimizers.ownrules import rules_in

    chosen = parse(options.optimizer, rules_in(options.rules) if options.rules else None)
    if len(chosen) != 1:
        raise ValueError(f"step shows one optimizer, got {len(chosen)}: {options.optimizer!r}")
    gradients, errors = (text and numbers_in(text) for text in (options.gradients, options.errors))
    found = table(chosen[0], gradients, options.start, cycles=options.cycles, errors=errors)
    print(json.dumps(found.to_dict(), indent=1) if options.json else found)
    if options.html:
        with replacing(Path(options.html)) as temporary:
            temporary.write_text(found.to_html(), encoding="utf-8")
        print(f"wrote {options.html}", file=sys.stderr if options.json else sys.stdout)
    return 0
