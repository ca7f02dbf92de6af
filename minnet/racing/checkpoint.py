"""Checkpoints: a race is saved to a file, from which it goes on after it was stopped or killed.

    R  runs    K  steps made    E  evaluations

A checkpoint holds all that the next step depends on, and what the report will tell.  It replaces
the one before only when it is complete.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

import numpy as np

from .. import archive
from ..checks import check_whole
from ..optimizers.optimizer import Optimizer
from ..optimizers.schedules import Course

if TYPE_CHECKING:
    from .state import Race

FORMAT = "minnet checkpoint 1"
ARRAYS = (  # of a Race, one row or one number for each run
    "w", "best", "best_loss", "best_at", "diverged_at", "stopped_at", "seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Checkpoint:
    """Where and how often to save a race.

    Parameters
    ----------
    path : Path
        The file, in a folder that exists.
    every : int
        Steps between checkpoints, at least 1; the end of the race is always saved.
    words : tuple of str, default ()
        The command line's words, to be found again by ``--resume``.
    """

    path: Path
    every: int
    words: tuple[str, ...] = ()

    def is_due(self, step: int, total: int) -> bool:
        """Whether to save after this `step`, of `total` in all."""
        return step % self.every == 0 or step == total

    def save(self, state: "Race") -> None:
        """Write the state of a race, atomically.

        Parameters
        ----------
        state : Race

        Raises
        ------
        OSError
            If it cannot be written; the checkpoint before is still there.
        """
        text = {
            "format": FORMAT,
            "identity": identity(state),
            "words": self.words,
            "step": state.step,
            "spent": state.spent,
            "stopped_by": state.stopped_by,
            "states": state.states,
            "kept_at": sorted(state.kept),
        }
        arrays = {name: getattr(state, name) for name in ARRAYS}
        arrays["losses"] = state.losses[:, : state.step]  # (R, K)
        arrays |= {f"slots_{r}": slots for r, slots in enumerate(state.slots)}
        arrays |= {f"kept_{step}": w for step, w in state.kept.items()}
        arrays["evaluated_at"] = np.array(state.evaluated_at, np.int64)
        arrays["scores"] = np.array(state.scores)  # (E, R, parts, loss and error)
        archive.write(self.path, text, arrays)


def as_checkpoint(
    path: os.PathLike | str | Checkpoint | None, every: int | None, course: Course
) -> Checkpoint | None:
    """Where and how often to save a race, from its arguments.

    Parameters
    ----------
    path : path, Checkpoint or None
        A Checkpoint is returned as it is; None: the race is not saved.
    every : int or None
        Steps between checkpoints, at least 1.  None: an epoch.
    course : Course
        How long the race is.

    Raises
    ------
    ValueError
        If the folder does not exist, `every` is out of range, or there is no path for it.
    """
    if path is None and every is not None:
        raise ValueError("checkpoint_every needs a checkpoint, the file to save to")
    if path is None or isinstance(path, Checkpoint):
        return path
    if not Path(path).absolute().parent.is_dir():
        raise ValueError(f"checkpoint {str(path)!r}: there is no such folder")
    every = course.per_epoch if every is None else every
    check_whole("checkpoint_every (steps)", every, 1)
    return Checkpoint(Path(path), every)


def identity(state: "Race") -> dict[str, str]:
    """What a race must share with a checkpoint to go on from it; computed once a race.

    Parameters
    ----------
    state : Race
        It remembers the result.

    Returns
    -------
    dict of str to str
        By what it is: "data", "net", "plan", ...
    """
    state.identity = state.identity or {
        "data": state.data.hash,
        "net": json.dumps(state.net.settings()),
        "start weights": state.start_hash,
        "plan": state.plan.hash,
        "dtype": state.start.dtype.name,
        "optimizers": "; ".join(f"{o} {fingerprint(o, state)}" for o in state.optimizers),
    }
    return state.identity


def fingerprint(optimizer: Optimizer, state: "Race") -> str:
    """A hash of what an optimizer's label may not tell: a user's rule, the values of schedules.

    Parameters
    ----------
    optimizer : Optimizer
    state : Race
        Its steps are those for which schedules are asked.

    Returns
    -------
    str
        8 hex digits.
    """
    digest = hashlib.sha256(optimizer.table(1, state.plan.steps, state.course, "float64").tobytes())
    if not optimizer.built_in:
        rule = getattr(optimizer.rule, "py_func", optimizer.rule)
        digest.update(repr(_plain(rule.__code__)).encode())
    return digest.hexdigest()[:8]


def _plain(code: CodeType) -> tuple:
    """A function's code as plain values, the same in every process."""
    constants = [_plain(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    return code.co_code, code.co_names, constants


def read(path: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """The text and the arrays of the checkpoint at `path`; errors as for `archive.read`.

    Parameters
    ----------
    path : Path
    """
    return archive.read(path, "checkpoint", FORMAT)


def restore(state: "Race", path: Path) -> None:
    """Put a race, built anew from the same arguments, where its checkpoint stood.

    Parameters
    ----------
    state : Race
        At its start; it is changed.
    path : Path
        The checkpoint.

    Raises
    ------
    ValueError
        If the file is damaged, or of another race; names what differs.
    """
    text, arrays = read(path)
    saved = text.get("identity")
    if not isinstance(saved, dict):
        raise ValueError(f"{str(path)!r} is not a usable checkpoint: it does not say of which race")
    for what, here in identity(state).items():
        if saved.get(what) != here:
            raise ValueError(
                f"{str(path)!r} is of another race: its {what} is {saved.get(what)}, here {here}"
            )
    try:
        for name in ARRAYS:
            _fill(getattr(state, name), arrays[name], name)
        for r, slots in enumerate(state.slots):
            _fill(slots, arrays[f"slots_{r}"], f"slots_{r}")
        _fill(state.losses[:, : text["step"]], arrays["losses"], "losses")
        state.scores = list(arrays["scores"])
        state.evaluated_at = arrays["evaluated_at"].tolist()
        state.kept = {step: arrays[f"kept_{step}"] for step in text["kept_at"]}
        state.step, state.spent = text["step"], text["spent"]
        state.states, state.stopped_by = text["states"], text["stopped_by"]
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError(f"{str(path)!r} is not a usable checkpoint: {error}") from None


def _fill(array: np.ndarray, saved: np.ndarray, name: str) -> None:
    """Write saved values into an array of the race."""
    if saved.shape != array.shape:
        raise ValueError(f"its {name} is {saved.shape}, not {array.shape}")
    array[...] = saved
