"""A race, saved: killed at any moment, it goes on where the last complete checkpoint stood.

    R  runs    n  weights    E  evaluations

A checkpoint holds all that the next step depends on, and what the report will tell.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import numpy as np

from .. import archive
from ..checks import check_whole
from ..optimizers.schedules import Course

FORMAT = "minnet checkpoint 1"


@dataclass(frozen=True)
class Checkpoint:
    """Where and how often to save a race.

    Parameters
    ----------
    path : path
    every : int
        Steps between checkpoints; the end of the race is always saved.
    words : tuple of str
        The command line's words, to be found again by ``--resume``.
    """

    path: Path
    every: int
    words: tuple[str, ...] = ()

    def is_due(self, step: int, total: int) -> bool:
        """Whether to save after this step, of so many in all."""
        return step % self.every == 0 or step == total

    def save(self, state) -> None:
        """Write the state of a race, atomically.

        Raises
        ------
        OSError
            If it cannot be written; the checkpoint before is still there.
        """
        reached = state.losses[:, : state.step]
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
        arrays |= {f"slots_{r}": slots for r, slots in enumerate(state.slots)}
        arrays |= {f"kept_{step}": w for step, w in state.kept.items()}
        arrays["evaluated_at"] = np.array(state.evaluated_at, np.int64)
        arrays["scores"] = np.array(state.scores)
        archive.write(self.path, text, {"losses": reached, **arrays})


def as_checkpoint(path, every: int | None, course: Course) -> Checkpoint | None:
    """A Checkpoint from a path, saved every epoch unless told otherwise."""
    if path is None and every is not None:
        raise ValueError("checkpoint_every needs a checkpoint, the file to save to")
    if path is None or isinstance(path, Checkpoint):
        return path
    if not Path(path).absolute().parent.is_dir():
        raise ValueError(f"checkpoint {str(path)!r}: there is no such folder")
    every = course.per_epoch if every is None else every
    check_whole("checkpoint_every (steps)", every, 1)
    return Checkpoint(Path(path), every)


ARRAYS = (
    "w", "best", "best_loss", "best_at", "diverged_at", "stopped_at", "seconds",
)  # fmt: skip


def identity(state) -> dict[str, str]:
    """What a race must share with a checkpoint to go on from it; computed once a race."""
    state.identity = state.identity or {
        "data": state.data.hash,
        "net": json.dumps(state.net.settings()),
        "start weights": state.start_hash,
        "plan": state.plan.hash,
        "dtype": state.start.dtype.name,
        "optimizers": "; ".join(f"{o} {fingerprint(o, state)}" for o in state.optimizers),
    }
    return state.identity


def fingerprint(optimizer, state) -> str:
    """What an optimizer's label may not tell: a user's rule, and all values of its schedules."""
    digest = hashlib.sha256(optimizer.table(1, state.plan.steps, state.course, "float64").tobytes())
    if not optimizer.built_in:
        rule = getattr(optimizer.rule, "py_func", optimizer.rule)
        digest.update(repr(_written(rule.__code__)).encode())
    return digest.hexdigest()[:8]


def _written(code: CodeType) -> tuple:
    """A function's code as plain values, the same in every process."""
    inner = [_written(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    return code.co_code, code.co_names, inner


def read(path: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """The text and the arrays of a checkpoint; errors as for `archive.read`."""
    return archive.read(path, "checkpoint", FORMAT)


def restore(state, path: Path) -> None:
    """Put a race, built anew from the same arguments, where its checkpoint stood.

    Raises
    ------
    ValueError
        If the checkpoint is of another race; names what differs.
    """
    text, arrays = read(path)
    theirs = text.get("identity")
    if not isinstance(theirs, dict):
        raise ValueError(f"{str(path)!r} is not a usable checkpoint: it does not say of which race")
    for what, here in identity(state).items():
        if theirs.get(what) != here:
            raise ValueError(
                f"{str(path)!r} is of another race: its {what} is {theirs.get(what)}, here {here}"
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


def _fill(target: np.ndarray, given: np.ndarray, name: str) -> None:
    if given.shape != target.shape:
        raise ValueError(f"its {name} is {given.shape}, not {target.shape}")
    target[...] = given
