"""The class `Report`: all measurements of a race, what repeats it, and its files.

R runs, K mini-batches, E evaluations, n weights, Q steps at which weights were kept
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import archive
from ..data.cases import PARTS
from .info import info_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..racing.state import Race

FORMAT = "minnet report 1"  # of the saved files; a file of another format is refused
WEIGHTS = ("weights", "best_weights", "kept")


@dataclass(eq=False)
class Report:
    """The result of a race: what `minnet.race` returns.

    Parameters
    ----------
    labels : list of str
        Each run's optimizer with all its hyperparameters.
    losses : (R, K) float64
        E on each mini-batch before the step on it (for Nesterov: after the jump), the L2 penalty
        included; NaN after the step at which a run ended.
    evaluated_at : (E,) int64
        Steps after which all parts were scored.
    scores : (R, E, 3, 2) float64
        For train, validation, test: the loss (without L2) and the error, which is the share of
        wrong classes, or the root mean squared difference; NaN where there is none.
    diverged_at : (R,) int64
        The step whose loss was not finite, counted from 1; 0: none.
    stopped_at : (R,) int64
        The step after which a criterion stopped the run (``info["stopped_by"]``); 0: none.
    seconds : (R,) float64
        Time spent in each run's steps.
    weights, best_weights : (R, n) float32 or float64
        At the end, and at the evaluation with the lowest validation loss (of the train part if
        there is no validation part).
    best_at : (R,) int64
        Step of the best weights; 0: the start.
    kept_at : (Q,) int64
        Steps at which weights were kept (`keep` of `minnet.race`).
    kept : (R, Q, n) float32 or float64
        The weights at these steps.
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
    info: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, state: "Race", seed: int, interrupted: bool) -> "Report":
        """Report on a race as far as it has gone.

        Parameters
        ----------
        state : Race
            Its losses and scores are copied, its weights are not.
        seed : int
            What the start and the plan were drawn from.
        interrupted : bool
            Whether Ctrl-C ended it early.

        Returns
        -------
        Report
        """
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
            info=info_of(state, seed, interrupted),
        )

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the race early."""
        return self.info["interrupted"]

    def final(self, part: str, what: str = "error") -> np.ndarray:
        """The last error or loss of each run.

        Parameters
        ----------
        part : "train", "validation" or "test"
        what : "error" or "loss"
            Default "error": the share of wrong classes, or the root mean squared difference.

        Returns
        -------
        array (R,) float64
            NaN for runs that diverged or were not scored.
        """
        scores = self.scores[:, :, PARTS.index(part), ("loss", "error").index(what)]
        scored = np.isfinite(self.scores[:, :, 0, 0]) & (self.diverged_at == 0)[:, None]
        last = [np.flatnonzero(row)[-1:] for row in scored]
        return np.array(
            [row[at[0]] if at.size else np.nan for row, at in zip(scores, last, strict=True)]
        )

    def best_error(self) -> np.ndarray:
        """The validation error (train error without a validation part) of the best weights.

        Returns
        -------
        array (R,) float64
            NaN for runs that were not scored at their best step.
        """
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

    def plot(self, path: Path | str | None = None, *, log: bool = True) -> "Figure":
        """Draw losses and errors of all runs.

        Parameters
        ----------
        path : str or path, optional
            Where to save the figure; its ending says how (.png, .svg, .pdf). An earlier file there
            is replaced.
        log : bool
            Whether the loss has a logarithmic axis; default True.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from .plot import draw

        figure = draw(self, log=log)
        if path is not None:
            with archive.replacing(Path(path)) as temporary:
                figure.savefig(temporary)
        return figure

    def _repr_html_(self) -> str:
        from .notebook import report_html

        return report_html(self)

    def to_json(self) -> dict[str, Any]:
        """Everything but the weights, as plain lists and numbers (NaN and Inf as None).

        Returns
        -------
        dict
            What the .json file contains.
        """
        arrays = [f.name for f in fields(self) if f.name not in (*WEIGHTS, "labels", "info")]
        lists = {name: _as_lists(getattr(self, name)) for name in arrays}
        return {"format": FORMAT, "labels": self.labels, **lists, "info": self.info}

    def to_dict(self) -> dict[str, list]:
        """The columns of the CSV file, all of one length: ``pandas.DataFrame(report.to_dict())``.

        Returns
        -------
        dict of str to list
            NaN where a cell of the CSV file is blank.
        """
        heads, *rows = self._rows()
        return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))

    def save(self, path: Path | str) -> None:
        """Write the report to a file: .npz keeps everything, .json and .csv all but the weights.

        The CSV has one row a run and step, from step 0 (the start) if that was evaluated: run,
        optimizer, step, epoch, batch_loss, and at evaluations train_loss, train_error,
        validation_loss, ..., test_error. What was not measured is blank.

        Parameters
        ----------
        path : str or path
            With one of these endings; an earlier file there is replaced.

        Raises
        ------
        ValueError
            If the file's ending is another one.
        OSError
            If it cannot be written; an earlier file is still there then.
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

    def _rows(self) -> Iterator[list[Any]]:
        """The rows of the CSV file: headings, then one for each run and step."""
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
    def load(cls, path: Path | str) -> "Report":
        """Read a report that was saved as .npz.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        Report

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not a report, or of another format.
        """
        text, arrays = archive.read(Path(path), "report", FORMAT)
        members: dict[str, Any] = dict(arrays)
        try:
            return cls(labels=text["labels"], info=text["info"], **members)
        except (KeyError, TypeError) as error:
            raise ValueError(f"{str(path)!r} is not a usable report: {error}") from None


def _as_lists(array: np.ndarray) -> list[Any]:
    """Nested lists, with None where a number is not finite."""
    cells = array.astype(object)
    if array.dtype.kind == "f":
        cells[~np.isfinite(array)] = None
    return cells.tolist()
