"""What a race returns: every number that was measured, and how to get the same race again.

R runs, K mini-batches, E evaluations, n weights, Q kept steps
"""

import csv
import json
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from .. import archive
from ..data.cases import PARTS
from ..versions import versions

FORMAT = "minnet report 1"  # of the saved files; a reader of another one is told so
WEIGHTS = ("weights", "best_weights", "kept")


@dataclass(eq=False)
class Report:
    """The result of a race.

    Attributes
    ----------
    labels : list of str
        Each run's optimizer with all its hyperparameters.
    losses : (R, K) float64
        E on each mini-batch before the step on it (for Nesterov: after the jump), the L2 penalty
        included; NaN where a run did not get.
    evaluated_at : (E,) int
        Steps after which all parts were scored.
    scores : (R, E, 3, 2) float64
        For train, validation, test: the loss (without L2) and the error, which is the share of
        wrong classes, or the root mean squared difference; NaN where there is none.
    diverged_at : (R,) int
        The step whose loss was not finite, counted from 1; 0: none.
    stopped_at : (R,) int
        The step after which a criterion stopped the run (``info["stopped_by"]``); 0: none.
    seconds : (R,) float64
        Time spent in each run's steps.
    weights, best_weights : (R, n)
        At the end, and at the evaluation with the lowest validation loss (of the train part if
        there is no validation part).
    best_at : (R,) int
        Step of the best weights; 0: the start.
    kept_at, kept : (Q,) int, (R, Q, n)
        Steps at which weights were kept, and these weights.
    info : dict
        Data, net, plan, seed, hashes, versions, optimizers with their hyperparameters, and more.
    """

    labels: list[str]
    losses: np.ndarray
    evaluated_at: np.ndarray
    scores: np.ndarray
    diverged_at: np.ndarray
    stopped_at: np.ndarray
    seconds: np.ndarray
    weights: np.ndarray
    best_weights: np.ndarray
    best_at: np.ndarray
    kept_at: np.ndarray
    kept: np.ndarray
    info: dict = field(default_factory=dict)

    @classmethod
    def of(cls, state, seed: int, interrupted: bool) -> "Report":
        """The report on a race as it stands."""
        runs, n = state.w.shape
        kept_at = sorted(state.kept)
        return cls(
            labels=[str(optimizer) for optimizer in state.optimizers],
            losses=state.losses[:, : state.step].copy(),
            evaluated_at=np.array(state.evaluated_at, np.int64),
            scores=np.stack(state.scores, axis=1) if state.scores else np.empty((runs, 0, 3, 2)),
            diverged_at=state.diverged_at.copy(),
            stopped_at=state.stopped_at.copy(),
            seconds=state.seconds.copy(),
            weights=state.w,
            best_weights=state.best,
            best_at=state.best_at.copy(),
            kept_at=np.array(kept_at, np.int64),
            kept=np.stack([state.kept[s] for s in kept_at], axis=1)
            if kept_at
            else np.empty((runs, 0, n), state.w.dtype),
            info={
                "data": {
                    "name": state.data.name,
                    "hash": state.data.hash,
                    "source": state.data.source,
                    "transforms": list(state.data.transforms),
                    "classes": state.data.classes and list(state.data.classes),
                    "cases": {
                        p: len(d) for p in PARTS if (d := getattr(state.data, p)) is not None
                    },
                },
                "net": state.net.describe(),
                "plan": state.plan.describe(),
                "plan_hash": state.plan.hash,
                "start_hash": state.start_hash,
                "steps_per_epoch": state.plan.steps_per_epoch,
                "steps_planned": state.plan.steps,
                "seed": int(seed),
                "dtype": state.start.dtype.name,
                "threads": int(state.threads),
                "device": state.where,
                "seconds": state.spent,
                "interrupted": interrupted,
                "lost": state.lost,
                "stopped_by": list(state.stopped_by),
                "optimizers": [
                    {
                        "name": o.name,
                        "short": o.short,
                        "rule": o.rule.__name__,
                        "hyperparameters": {
                            k: v if isinstance(v, float) else str(v)
                            for k, v in o.hyperparameters.items()
                        },
                        "starts": dict(o.starts),
                    }
                    for o in state.optimizers
                ],
                "versions": versions(),
            },
        )

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the race before its time."""
        return self.info["interrupted"]

    def final(self, part: str, what: str = "error") -> np.ndarray:
        """(R,) last "error" or "loss" of a part; NaN for runs that diverged or were not scored."""
        scores = self.scores[:, :, PARTS.index(part), ("loss", "error").index(what)]
        scored = np.isfinite(self.scores[:, :, 0, 0]) & (self.diverged_at == 0)[:, None]
        last = [np.flatnonzero(row)[-1:] for row in scored]
        return np.array(
            [row[at[0]] if at.size else np.nan for row, at in zip(scores, last, strict=True)]
        )

    def best_error(self) -> np.ndarray:
        """(R,) validation error (train error without a validation part) of the best weights."""
        part = PARTS.index("validation" if "validation" in self.info["data"]["cases"] else "train")
        errors = np.full(len(self.labels), np.nan)
        for r, step in enumerate(self.best_at):
            at = np.flatnonzero(self.evaluated_at == step)
            if at.size:
                errors[r] = self.scores[r, at[0], part, 1]
        return errors

    def __str__(self) -> str:
        from .table import table

        return table(self)

    __repr__ = __str__

    def plot(self, path=None, **options):
        """Draw the race; see `minnet.report.plot.draw`.  Saved if `path` is given."""
        from .plot import draw

        figure = draw(self, **options)
        if path is not None:
            with archive.replacing(Path(path)) as temporary:
                figure.savefig(temporary)
        return figure

    def _repr_html_(self) -> str:
        from .notebook import report_html

        return report_html(self)

    def to_json(self) -> dict:
        """Everything but the weights, as plain lists and numbers (NaN and Inf as None)."""
        arrays = [f.name for f in fields(self) if f.name not in (*WEIGHTS, "labels", "info")]
        plain = {name: _plain(getattr(self, name)) for name in arrays}
        return {"format": FORMAT, "labels": self.labels, **plain, "info": self.info}

    def to_dict(self) -> dict[str, list]:
        """The rows of the CSV as columns of one length: ``pandas.DataFrame(report.to_dict())``.

        What is not there is NaN.
        """
        heads, *rows = self._rows()
        return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))

    def save(self, path) -> None:
        """Write the report to `path`: .npz keeps everything; .json and .csv all but the weights.

        The CSV has one row a run and step, from step 0 (the start) if that was evaluated: run,
        optimizer, step, epoch, batch_loss, and at evaluations train_loss, train_error,
        validation_loss, ..., test_error.  What is not there is blank.

        Raises
        ------
        ValueError
            If the file's ending is another one.
        """
        path = Path(path)
        if path.suffix not in (".npz", ".json", ".csv"):
            raise ValueError(f"a report is saved as .npz, .json or .csv, got {str(path)!r}")
        if path.suffix == ".npz":
            arrays = {
                f.name: getattr(self, f.name)
                for f in fields(self)
                if f.name not in ("labels", "info")
            }
            text = {"format": FORMAT, "labels": self.labels, "info": self.info}
            archive.write(path, text, arrays)
            return
        with archive.replacing(path) as temporary, temporary.open("w", newline="") as file:
            if path.suffix == ".json":
                json.dump(self.to_json(), file, indent=1)
                file.write("\n")
            else:
                for row in self._rows():
                    csv.writer(file).writerow(["" if cell != cell else cell for cell in row])

    def _rows(self):
        columns = [f"{part}_{what}" for part in PARTS for what in ("loss", "error")]
        yield ["run", "optimizer", "step", "epoch", "batch_loss", *columns]
        at = {step: e for e, step in enumerate(self.evaluated_at.tolist())}
        per_epoch = self.info["steps_per_epoch"]
        unscored = [np.nan] * len(columns)
        for r, label in enumerate(self.labels):
            for k, loss in enumerate([np.nan, *self.losses[r].tolist()]):
                if k == 0 and k not in at:
                    continue
                scores = self.scores[r, at[k]].ravel().tolist() if k in at else unscored
                yield [r, label, k, -(-k // per_epoch), loss, *scores]

    @classmethod
    def load(cls, path) -> "Report":
        """Read a report saved as .npz.

        Raises
        ------
        ValueError
            If the file is not a report, or of another format.
        """
        text, arrays = archive.read(Path(path), "report", FORMAT)
        try:
            return cls(labels=text["labels"], info=text["info"], **arrays)
        except (KeyError, TypeError) as error:
            raise ValueError(f"{str(path)!r} is not a usable report: {error}") from None


def _plain(array: np.ndarray) -> list:
    if array.dtype.kind != "f":
        return array.tolist()
    return np.where(np.isfinite(array), array, None).tolist()
