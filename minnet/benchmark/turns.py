"""Contenders take turns: round after round, each does the whole job once and is timed.

A contender's time is the wall time of one job; it is shown divided by `units`, the number of steps
(and runs) in the job.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

REST = 0.15  # seconds before each turn, while the threads of the last one stop spinning
TURN = 0.1  # seconds that a turn lasts at least: short jobs are done several times


@dataclass
class Contender:
    """Someone who does the job: `run` does all of it and returns what is compared, or None.

    `reset` makes ready for a run and is not timed.  `inside` is filled by contenders that know how
    long they spent in the steps alone.  `kind` is "minnet", "peer", "yardstick", or "aside" for
    someone who does less than the job.
    """

    name: str
    run: Callable[[], object]
    units: float = 1
    kind: str = "peer"
    reset: Callable[[], None] | None = None
    inside: list[float] = field(default_factory=list)
    note: str = ""


@dataclass
class Row:
    """What was measured of one contender, in seconds; `off` is how far its result was off."""

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


def turn(contender: Contender, at_least: float = 0) -> tuple[float, object]:
    """Run until `at_least` so many seconds were timed: (seconds of one run, last result)."""
    seconds, runs = 0.0, 0
    while True:
        if contender.reset is not None:
            contender.reset()
        began = time.perf_counter()
        result = contender.run()
        seconds, runs = seconds + time.perf_counter() - began, runs + 1
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

    With `prime`, an untimed run comes right before each timed turn, so that short jobs do not pay
    for caches and clocks that cooled down while the others ran.
    """
    rows, expected = [], None
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


def difference(result, expected) -> float:
    """The largest relative difference of two results; those may be arrays.  NaN counts as inf."""
    import numpy as np

    a, b = np.broadcast_arrays(np.asarray(result, float), np.asarray(expected, float))
    off = float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-30)))
    return off if off == off else float("inf")
