"""A plan is the order in which training cases are seen: the same for every run of a race.

    N  training cases      K  mini-batches of one epoch

One epoch is an array of case indices and the places where its mini-batches start; epoch e depends
on the seed and e alone, so a plan can be entered anywhere.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..checks import check_name, check_whole

REMEMBERED = 4_000_000  # case indices of a plan that are kept once drawn
ORDERS = ("shuffled", "cyclic", "balanced", "replacement", "full")


@dataclass(frozen=True, eq=False)
class Plan:
    """Which cases form which mini-batch, for a number of epochs.

    Parameters
    ----------
    cases : int
        N, the cases of the training part.
    batch_size : int
        Cases in a mini-batch.
    epochs : int
        Passes over the cases.
    order : str
        "shuffled": a new permutation every epoch.  "cyclic": file order, every epoch alike.
        "balanced": shuffled, each mini-batch with its share of every class.  "replacement": N
        cases an epoch, drawn with replacement.  "full": one mini-batch of all cases.
    seed : int
        For the orders that draw.
    keep_short : bool
        Whether the last mini-batch of an epoch may be shorter (it is averaged over its own
        length), or is dropped.
    labels : (N,) int array, optional
        The classes, for "balanced".

    Raises
    ------
    ValueError
        If a size is out of range, the order unknown, or "balanced" has no labels.

    References
    ----------
    Lecture 6a, slides 5-7: shuffled, balanced mini-batches.

    Examples
    --------
    >>> plan = Plan(cases=5, batch_size=2, epochs=1, order="cyclic")
    >>> [batch.tolist() for batch in plan]
    [[0, 1], [2, 3], [4]]
    """

    cases: int
    batch_size: int
    epochs: int
    order: str = "shuffled"
    seed: int = 0
    keep_short: bool = True
    labels: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self):
        check_name("order", self.order, ORDERS)
        if self.order == "full":
            object.__setattr__(self, "batch_size", self.cases)
        check_whole("batch_size", self.batch_size, 1, self.cases, " (cases in training part)")
        check_whole("epochs", self.epochs, 1)
        check_whole("seed", self.seed, 0)
        if self.order == "balanced" and self.labels is None:
            raise ValueError(
                "order 'balanced' needs class labels; this is a regression: use 'shuffled'"
            )
        if self.labels is not None and np.shape(self.labels) != (self.cases,):
            raise ValueError(
                f"labels must be ({self.cases},), one a case, got {np.shape(self.labels)}"
            )

    def epoch(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Epoch 0, 1, ...: its cases (M,) and starts (K + 1,); batch k is starts[k]:starts[k+1]."""
        chosen = self._chosen(np.random.default_rng([self.seed, number]))
        stops = np.arange(self.batch_size, self.cases + 1, self.batch_size)
        if self.keep_short and self.cases % self.batch_size:
            stops = np.append(stops, self.cases)
        return chosen[: stops[-1]], np.concatenate([[0], stops])

    def cut(self, first: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """(cases, starts) of the mini-batches first ... stop - 1 of the whole plan, from 0."""
        pieces, sizes = [], []
        for number in range(first // self.steps_per_epoch, -(-stop // self.steps_per_epoch)):
            chosen, starts = self._drawn(number)
            before = number * self.steps_per_epoch
            wanted = starts[max(0, first - before) : stop - before + 1]
            pieces.append(chosen[wanted[0] : wanted[-1]])
            sizes.append(np.diff(wanted))
        return np.concatenate(pieces), np.concatenate([[0], np.cumsum(np.concatenate(sizes))])

    def _drawn(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """An epoch, remembered if all of them together are small."""
        if self.cases * self.epochs > REMEMBERED:
            return self.epoch(number)
        if number not in self._epochs:
            self._epochs[number] = self.epoch(number)
        return self._epochs[number]

    @cached_property
    def _epochs(self) -> dict:
        return {}

    def _chosen(self, rng: np.random.Generator) -> np.ndarray:
        if self.order in ("cyclic", "full"):
            return np.arange(self.cases)
        if self.order == "replacement":
            return rng.integers(self.cases, size=self.cases)
        shuffled = rng.permutation(self.cases)
        if self.order == "shuffled":
            return shuffled
        return dealt(shuffled, self.labels, self.batch_size, rng)

    @cached_property
    def hash(self) -> str:
        """First 12 hex digits of the SHA-256 of every index and start, in order."""
        digest = hashlib.sha256()
        for number in range(self.epochs):
            for array in self._drawn(number):
                digest.update(np.ascontiguousarray(array, "<i8"))
        return digest.hexdigest()[:12]

    @cached_property
    def steps_per_epoch(self) -> int:
        """K, the same in every epoch."""
        return len(self._drawn(0)[1]) - 1

    @property
    def largest(self) -> int:
        """Cases in the largest mini-batch."""
        return self.batch_size

    @property
    def steps(self) -> int:
        """Mini-batches in all."""
        return self.epochs * self.steps_per_epoch

    def __iter__(self) -> Iterator[np.ndarray]:
        for number in range(self.epochs):
            chosen, starts = self.epoch(number)
            yield from np.split(chosen, starts[1:-1])

    def describe(self) -> str:
        """The plan in a few words."""
        tail = "" if self.keep_short else ", short batch dropped"
        return (
            f"{self.order}, batch {self.batch_size}, {self.epochs} epochs, seed {self.seed}{tail}"
        )


class GivenPlan(Plan):
    """A plan given outright: one list of mini-batches, repeated every epoch.

    Parameters
    ----------
    batches : sequence of int arrays
        The case indices of each mini-batch.
    cases : int
        N, to check the indices against.
    epochs : int

    Raises
    ------
    ValueError
        If a mini-batch is empty or names a case that does not exist.
    """

    def __init__(self, batches: Sequence, cases: int, epochs: int = 1):
        arrays = [np.asarray(batch) for batch in batches]
        for k, batch in enumerate(arrays):
            if batch.ndim != 1 or not batch.size or batch.dtype.kind not in "iu":
                raise ValueError(
                    f"mini-batch {k} must be a non-empty list of case numbers, got {batch!r}"
                )
            if batch.min() < 0 or batch.max() >= cases:
                raise ValueError(f"mini-batch {k} names cases outside 0..{cases - 1}: {batch!r}")
        if not arrays:
            raise ValueError("a plan needs at least one mini-batch")
        sizes = [len(batch) for batch in arrays]
        object.__setattr__(self, "_given", np.concatenate(arrays).astype(np.int64))
        object.__setattr__(self, "_starts", np.concatenate([[0], np.cumsum(sizes)]))
        super().__init__(cases, min(max(sizes), cases), epochs)

    def epoch(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        return self._given, self._starts

    @property
    def largest(self) -> int:
        return int(np.diff(self._starts).max())

    def describe(self) -> str:
        return f"{len(self._starts) - 1} mini-batches given, {self.epochs} epochs"


def dealt(shuffled: np.ndarray, labels: np.ndarray, batch_size: int, rng) -> np.ndarray:
    """Deal the cases, class by class, to the mini-batches in turn, like cards.

    Each mini-batch then has its share of every class, give or take one case (two, if a last
    mini-batch is shorter).  Which mini-batch comes first, and the order in each, are shuffled.
    """
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    batches = -(-len(shuffled) // batch_size)
    sizes = np.full(batches, batch_size)
    sizes[-1] = len(shuffled) - batch_size * (batches - 1)
    # Mini-batch b has a place at (i + 1/2) / sizes[b] of the deal for its i-th case.
    owner = np.repeat(np.arange(batches), sizes)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    place = (within + 0.5) / sizes[owner]
    hands = owner[np.lexsort((owner, place))]
    full = rng.permutation(batches if sizes[-1] == batch_size else batches - 1)
    turn = np.append(full, np.arange(len(full), batches))[hands]
    return by_class[np.lexsort((rng.random(len(hands)), turn))]
