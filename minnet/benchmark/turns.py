"""Timing in turns: round after round, each contender does the whole job once.

A contender's time is the wall time of one job; it is shown divided by `units`, the number of steps
(and runs) in the job.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

REST = 0.15  # seconds before each turn, while the threads of the last one stop spinning
TURN = 0.1  # seconds that a turn lasts at least: short jobs are done several times


@dataclass
class Contender:
    """A library, or a way to use it, that does the job.

    Parameters
    ----------
    name : str
    run : callable
        Does all of the job; returns what is compared, or None.
    units : float
        Steps (and runs) in the job, by which its time is divided; default 1.
    kind : "minnet", "peer", "yardstick" or "aside"
        The last for one that does less than the job.
    reset : callable, optional
        Makes ready for a run; not timed.
    inside : list of float
        The seconds spent in the steps alone, filled by contenders that know them.
    note : str
        For the remarks below the table.
    """

    name: str
    run: Callable[[], Any]
    units: float = 1
    kind: str = "peer"
    reset: Callable[[], object] | None = None
    inside: list[float] = field(default_factory=list)
    note: str = ""


@dataclass
class Row:
    """The measurements of one contender, in seconds.

    Parameters
    ----------
    name, kind, units, note
        Those of the contender.
    first : float
        Of the first run, which warms up.
    times : list of float
        Of one job, in every round.
    inside : float, optional
        In the steps alone, of one unit.
    off : float, optional
        The largest relative difference of its result from the first contender's.
    """

    name: str
    kind: str
    units: float
    first: float
    times: list[float]
    inside: float | None = None
    off: float | None = None
    note: str = ""

    @property
    def median(self) -> float:
        """The median time of one unit."""
        return statistics.median(self.times) / self.units

    @property
    def spread(self) -> tuple[float, float]:
        """The shortest and the longest time of one unit."""
        return min(self.times) / self.units, max(self.times) / self.units


def turn(contender: Contender, at_least: float = 0) -> tuple[float, Any]:
    """Run until enough seconds were timed: (seconds of one run, last result).

    Parameters
    ----------
    contender : Contender
    at_least : float
        These seconds; default 0, for one run.
    """
    seconds, runs = 0.0, 0
    while True:
        if contender.reset is not None:
            contender.reset()
        start = time.perf_counter()
        result = contender.run()
        seconds, runs = seconds + time.perf_counter() - start, runs + 1
        if seconds >= at_least:
            return seconds / runs, result


def take_turns(
    contenders: Sequence[Contender],
    rounds: int,
    *,
    at_least: float = TURN,
    prime: bool = True,
    rest: float = REST,
) -> list[Row]:
    """Let all contenders run once to warm up, then once in every round; odd rounds go backwards.

    Parameters
    ----------
    contenders : sequence of Contender
    rounds : int
    at_least : float
        Seconds that a turn lasts; default 0.1.
    prime : bool
        Whether an untimed run comes right before each timed turn, so that short jobs do not pay
        for caches and clocks that cooled down while the others ran.  Default True.
    rest : float
        Seconds before each turn, while the threads of the last one stop spinning; default 0.15.
    """
    rows: list[Row] = []
    expected = None
    for contender in contenders:
        first, result = turn(contender)
        rows.append(Row(contender.name, contender.kind, contender.units, first, []))
        expected = result if expected is None else expected
        contender.inside.clear()
    for number in range(rounds):
        pairs = list(zip(contenders, rows, strict=True))
        for contender, row in reversed(pairs) if number % 2 else pairs:
            gc.collect()
            time.sleep(rest)
            if prime:
                turn(contender)
            seconds, result = turn(contender, at_least)
            row.times.append(seconds)
            if result is not None:
                row.off = max(row.off or 0.0, difference(result, expected))
    for contender, row in zip(contenders, rows, strict=True):
        row.note = contender.note
        if contender.inside:
            row.inside = statistics.median(contender.inside) / row.units
    return rows


def difference(result: Any, expected: Any) -> float:
    """The largest relative difference of two results.  NaN counts as inf.

    Parameters
    ----------
    result, expected : float or array
    """
    import numpy as np

    a, b = np.broadcast_arrays(np.asarray(result, float), np.asarray(expected, float))
    off = float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-30)))
    return off if off == off else float("inf")
