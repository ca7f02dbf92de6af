"""The plan: which training cases form which mini-batch, the same for every run of a race.

    N  training cases      K  mini-batches of one epoch      M  cases of one epoch, at most N

One epoch is an array of case indices and the places where its mini-batches start.  Epoch e depends
on the seed and e alone, so that a descent can begin in the middle of a plan.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..checks import check_name, check_whole

REMEMBERED = 4_000_000  # case indices in all epochs, up to which an epoch is drawn only once
ORDERS = ("shuffled", "cyclic", "balanced", "replacement", "full")

Epoch = tuple[np.ndarray, np.ndarray]  # cases (M,); starts (K + 1,): batch k is starts[k]:[k+1]


@dataclass(frozen=True, eq=False)
class Plan:
    """Which cases form which mini-batch, for a number of epochs.

    Parameters
    ----------
    cases : int
        N, the number of cases in the training part.
    batch_size : int
        Cases in a mini-batch; between 1 and N.  In the order "full" it is N.
    epochs : int
        Passes over the cases; at least 1.
    order : str, default "shuffled"
        "shuffled": a new permutation every epoch.  "cyclic": file order, every epoch alike.
        "balanced": shuffled, each mini-batch with its share of every class.  "replacement": N
        cases an epoch, drawn with replacement.  "full": one mini-batch of all cases.
    seed : int, default 0
        At least 0; "cyclic" and "full" draw nothing.
    keep_short : bool, default True
        Whether the last mini-batch of an epoch may be shorter (it is averaged over its own
        length), or is dropped.
    labels : (N,) int array, default None
        The class of each case, for "balanced".

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
    _epochs: dict[int, Epoch] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
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

    def epoch(self, number: int) -> Epoch:
        """One epoch, drawn anew.

        Parameters
        ----------
        number : int
            0, 1, ...

        Returns
        -------
        cases : (M,) int array
            The case indices, one mini-batch after the other.
        starts : (K + 1,) int array
            Mini-batch k is ``cases[starts[k]:starts[k + 1]]``.
        """
        cases = self._cases_in_order(np.random.default_rng([self.seed, number]))
        stops = np.arange(self.batch_size, self.cases + 1, self.batch_size)
        if self.keep_short and self.cases % self.batch_size:
            stops = np.append(stops, self.cases)
        return cases[: stops[-1]], np.concatenate([[0], stops])

    def cut(self, first: int, stop: int) -> Epoch:
        """Consecutive mini-batches of the whole plan, from any epochs.

        Parameters
        ----------
        first, stop : int
            The mini-batches first, first + 1, ..., stop - 1, counted from 0 over all epochs.

        Returns
        -------
        cases, starts : int arrays
            As `epoch` returns them.
        """
        pieces, sizes = [], []
        for number in range(first // self.steps_per_epoch, -(-stop // self.steps_per_epoch)):
            cases, starts = self._epoch_once(number)
            before = number * self.steps_per_epoch
            bounds = starts[max(0, first - before) : stop - before + 1]
            pieces.append(cases[bounds[0] : bounds[-1]])
            sizes.append(np.diff(bounds))
        return np.concatenate(pieces), np.concatenate([[0], np.cumsum(np.concatenate(sizes))])

    def _epoch_once(self, number: int) -> Epoch:
        """An epoch, remembered if all of them together are small."""
        epoch = self._epochs.get(number) or self.epoch(number)
        if self.cases * self.epochs <= REMEMBERED:
            self._epochs[number] = epoch
        return epoch

    def _cases_in_order(self, rng: np.random.Generator) -> np.ndarray:
        """(N,) the case indices of one epoch."""
        if self.order in ("cyclic", "full"):
            return np.arange(self.cases)
        if self.order == "replacement":
            return rng.integers(self.cases, size=self.cases)
        shuffled = rng.permutation(self.cases)
        if self.order == "balanced" and self.labels is not None:
            return deal(shuffled, self.labels, self.batch_size, rng)
        return shuffled

    @cached_property
    def hash(self) -> str:
        """First 12 hex digits of the SHA-256 of every index and start, in order."""
        digest = hashlib.sha256()
        for number in range(self.epochs):
            for array in self._epoch_once(number):
                digest.update(array.astype("<i8").tobytes())
        return digest.hexdigest()[:12]

    @cached_property
    def steps_per_epoch(self) -> int:
        """K, the same in every epoch."""
        return len(self._epoch_once(0)[1]) - 1

    @cached_property
    def largest(self) -> int:
        """Cases in the largest mini-batch."""
        return int(np.diff(self._epoch_once(0)[1]).max())

    @property
    def steps(self) -> int:
        """Mini-batches in all."""
        return self.epochs * self.steps_per_epoch

    def __iter__(self) -> Iterator[np.ndarray]:
        for number in range(self.epochs):
            cases, starts = self.epoch(number)
            yield from np.split(cases, starts[1:-1])

    def describe(self) -> str:
        """The plan in a few words."""
        end = "" if self.keep_short else ", short batch dropped"
        return f"{self.order}, batch {self.batch_size}, {self.epochs} epochs, seed {self.seed}{end}"


class GivenPlan(Plan):
    """A plan from a list of mini-batches, which every epoch repeats.

    Parameters
    ----------
    batches : sequence of int arrays
        The case indices of each mini-batch; at least one, none of them empty.  A case may stand in
        several mini-batches, or in none.
    cases : int
        N, the number of cases in the training part: indices are from 0 to N - 1.
    epochs : int, default 1
        How often the list is gone through; at least 1.

    Raises
    ------
    ValueError
        If a mini-batch is empty or names a case that does not exist.

    Examples
    --------
    >>> plan = GivenPlan([[3, 1], [0]], cases=4, epochs=2)
    >>> [batch.tolist() for batch in plan]
    [[3, 1], [0], [3, 1], [0]]
    """

    def __init__(self, batches: Sequence, cases: int, epochs: int = 1) -> None:
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
        super().__init__(cases, min(max(sizes), cases), epochs)
        self._epochs[0] = np.concatenate(arrays).astype(np.int64), np.cumsum([0, *sizes])

    def epoch(self, number: int) -> Epoch:
        """The list, whatever the `number` of the epoch; otherwise as of `Plan`."""
        return self._epochs[0]

    def describe(self) -> str:
        """The plan in a few words."""
        return f"{self.steps_per_epoch} mini-batches given, {self.epochs} epochs"


def deal(
    shuffled: np.ndarray, labels: np.ndarray, batch_size: int, rng: np.random.Generator
) -> np.ndarray:
    """Deal the cases, class by class, to the mini-batches in turn, like cards.

    Each mini-batch then has its share of every class, give or take one case (two, if a last
    mini-batch is shorter).  Which mini-batch comes first, and the order in each, are shuffled.

    Parameters
    ----------
    shuffled : (N,) int array
        All case indices, in any order.
    labels : (N,) array
        The class of each case.
    batch_size : int
        Cases in a mini-batch; the last one may be shorter.
    rng : numpy.random.Generator
        Shuffles the mini-batches, and the cases in each.

    Returns
    -------
    (N,) int array
        The case indices, one mini-batch after the other.
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
