"""A report as .json and .csv, with NaN and infinity.

R runs, K mini-batches, E evaluations
"""

import csv
import io
import json
import math

import numpy as np
import pytest
from report_cases import ARRAYS, lines
from small_races import LINE

from minnet import race
from minnet.report.report import PARTS


def refuse_constant(word):
    raise AssertionError(f"{word} is no JSON")


def test_json_is_json(report, tmp_path):
    report.save(tmp_path / "race.json")
    text = (tmp_path / "race.json").read_text()
    told = json.loads(text, parse_constant=refuse_constant)
    step = int(report.diverged_at[1])
    assert told["labels"] == report.labels and told["info"] == report.info
    assert told["losses"][0] == report.losses[0].tolist()
    assert told["losses"][1][: step - 1] == report.losses[1, : step - 1].tolist()
    assert told["losses"][1][step - 1 :] == [None] * (15 - step + 1)
    assert told["diverged_at"] == report.diverged_at.tolist()
    assert told["evaluated_at"] == [0, 6, 12, 15] and told["kept_at"] == [0, 7]
    assert told["scores"][2] == report.scores[2].tolist()
    assert told["scores"][1][-1] == [[None, None]] * 3
    assert told["format"] == "minnet report 1"
    assert told["stopped_at"] == [0, 0, 0] and told["info"]["stopped_by"] == ["", "", ""]
    assert [entry["short"] for entry in told["info"]["optimizers"]] == [
        "sgd(lr=0.05)", "sgd(lr=1000000000)", "rmsprop(lr=0.01)"
    ]  # fmt: skip
    arrays = {name for name in ARRAYS if name not in ("weights", "best_weights", "kept")}
    assert set(told) == {"format", "labels", "info"} | arrays
    assert report.to_json() == told


@pytest.mark.parametrize("option", ["seed", "threads"])
@pytest.mark.parametrize("kind", ["json", "npz"])
def test_numpy_numbers_as_options_can_be_saved(tmp_path, option, kind):
    trained = race(LINE, lines(), "sgd", batch_size=4, epochs=1, **{option: np.int64(2)})
    trained.save(tmp_path / f"race.{kind}")
    told = json.loads(json.dumps(trained.info))
    assert told[option] == 2 and type(trained.info[option]) is int


def test_csv_has_a_row_for_every_run_and_step(report, tmp_path):
    """From the start on, which was scored and has no mini-batch."""
    report.save(tmp_path / "race.csv")
    with (tmp_path / "race.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    scores = [f"{part}_{what}" for part in PARTS for what in ("loss", "error")]
    assert list(rows[0]) == ["run", "optimizer", "step", "epoch", "batch_loss", *scores]
    assert len(rows) == 3 * 16
    for number, row in enumerate(rows):
        r, k = divmod(number, 16)
        assert (int(row["run"]), int(row["step"])) == (r, k)
        assert row["optimizer"] == report.labels[r]
        assert int(row["epoch"]) == (k + 2) // 3
        diverged = report.diverged_at[r] and k > report.diverged_at[r]
        if k == 0 or diverged:
            assert row["batch_loss"] == ""
        elif k == report.diverged_at[r]:  # its loss was not finite, which may have been a NaN
            assert row["batch_loss"] in ("", "inf")
        else:
            assert float(row["batch_loss"]) == report.losses[r, k - 1]
        at = np.flatnonzero(report.evaluated_at == k)
        told = [row[column] for column in scores]
        if not at.size or 0 < report.diverged_at[r] <= k:
            assert told == [""] * 6
        else:
            assert [float(s) for s in told] == report.scores[r, at[0]].ravel().tolist()
    assert "nan" not in (tmp_path / "race.csv").read_text()


def test_csv_begins_at_step_1_if_the_start_was_not_scored(tmp_path):
    race(LINE, lines(), "sgd", batch_size=4, epochs=1, evaluate_every=0).save(tmp_path / "race.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "race.csv").read_text())))
    assert [row["step"] for row in rows] == ["1", "2", "3"]
    assert [bool(row["train_loss"]) for row in rows] == [False, False, True]


def test_a_dict_has_the_columns_of_the_csv(report, tmp_path):
    """Of one length, as pandas wants them; what is not there is NaN."""
    report.save(tmp_path / "race.csv")
    with (tmp_path / "race.csv").open(newline="") as file:
        heads, *rows = csv.reader(file)
    columns = report.to_dict()
    assert list(columns) == heads and {len(column) for column in columns.values()} == {48}
    for name, cells in zip(heads, zip(*rows, strict=True), strict=True):
        for cell, value in zip(cells, columns[name], strict=True):
            assert cell == ("" if value != value else str(value))
    assert math.isnan(columns["batch_loss"][0]) and columns["step"][:3] == [0, 1, 2]


def test_csv_leaves_missing_parts_blank(tmp_path):
    bare = race(LINE, lines(validation=0, test=0), "sgd", batch_size=5, epochs=1)
    bare.save(tmp_path / "race.csv")
    last = list(csv.DictReader(io.StringIO((tmp_path / "race.csv").read_text())))[-1]
    assert last["train_loss"] and last["train_error"]
    assert last["validation_loss"] == last["validation_error"] == last["test_error"] == ""


@pytest.mark.parametrize("name", ["race.txt", "race", "race.pickle", "race.npz.gz"])
def test_other_endings_are_refused(report, tmp_path, name):
    with pytest.raises(ValueError, match=r"saved as \.npz, \.json or \.csv, got .*race"):
        report.save(tmp_path / name)
    assert not any(tmp_path.iterdir())
