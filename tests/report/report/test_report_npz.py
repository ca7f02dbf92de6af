"""What was measured must come back from the disk as it went, and a foreign file must say so.

R runs, K mini-batches, E evaluations
"""

import contextlib
import csv
import gc
import io
import json
import math
import pickle
import re
import warnings
import zipfile
from dataclasses import fields

import numpy as np
import pytest

import minnet as mn
from minnet import race
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.optimizers.schedules import shortest
from minnet.report.report import FORMAT, PARTS, Report

LINE = mn.MLP([2, 2], loss="squared")
ARRAYS = [f.name for f in fields(Report) if f.name not in ("labels", "info")]


def lines(validation=0.2, test=0.2):
    """20 cases: 12 to train on unless said otherwise, two numbers from two."""
    x = np.random.default_rng(5).normal(size=(20, 2))
    t = x @ [[1.0, -1.0], [0.5, 2.0]]
    return mn.from_arrays(x, t, name="lines", validation=validation, test=test)


@pytest.fixture(scope="module")
def report():
    """Three runs, the second diverges; 5 epochs of 3 mini-batches, evaluated after 0, 2, 4, 5."""
    return race(
        LINE, lines(), "sgd(0.05), sgd(1e9), rmsprop(0.01)", batch_size=4, epochs=5, seed=6,
        evaluate_every=2, keep=[0, 7],
    )  # fmt: skip


def refuse_constant(word):
    raise AssertionError(f"{word} is no JSON")


# ---------------------------------------------------------------------------- what it says


def test_shapes(report):
    assert report.losses.shape == (3, 15) and report.losses.dtype == np.float64
    assert report.evaluated_at.tolist() == [0, 6, 12, 15]
    assert report.scores.shape == (3, 4, 3, 2)
    assert report.weights.shape == report.best_weights.shape == (3, 6)
    assert report.kept.shape == (3, 2, 6) and report.kept_at.tolist() == [0, 7]
    assert report.seconds.shape == (3,) and (report.seconds >= 0).all()
    assert report.stopped_at.tolist() == [0, 0, 0] and report.info["stopped_by"] == ["", "", ""]
    assert report.diverged_at[0] == report.diverged_at[2] == 0 < report.diverged_at[1]
    assert not report.interrupted


@pytest.mark.parametrize("make", OPTIMIZERS, ids=lambda make: make.__name__)
def test_labels_carry_every_number(make):
    optimizer = make()
    label = str(optimizer)
    assert label.startswith(f"{optimizer.name}(")
    for name, value in optimizer.hyperparameters.items():
        assert f"{name}={shortest(value)}" in label
        assert float(shortest(value)) == value
    assert dict(mn.parse(label)[0].hyperparameters) == dict(optimizer.hyperparameters)


def test_labels_are_those_of_the_runs(report):
    assert report.labels == [
        "sgd(lr=0.05)", "sgd(lr=1000000000)", "rmsprop(lr=0.01, decay=0.9, eps=1e-08)"
    ]  # fmt: skip


def test_the_info_is_enough_to_race_again(report):
    info = report.info
    rules = [mn.parse(label)[0] for label in report.labels]
    again = race(LINE, lines(), rules, batch_size=4, epochs=5, seed=info["seed"], evaluate_every=2)
    for key in ("start_hash", "plan_hash", "data", "net", "plan", "dtype", "optimizers"):
        assert again.info[key] == info[key]
    np.testing.assert_array_equal(again.losses, report.losses)
    assert info["data"]["cases"] == {"train": 12, "validation": 4, "test": 4}
    assert info["optimizers"][2]["hyperparameters"] == {"lr": 0.01, "decay": 0.9, "eps": 1e-8}
    assert info["optimizers"][2]["rule"] == "rmsprop"
    assert info["versions"]["numpy"] == np.__version__
    assert info["steps_per_epoch"] == 3 and info["steps_planned"] == 15
    assert info["seconds"] > 0 and info["seed"] == 6


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("what", ["loss", "error"])
def test_final(report, part, what):
    w = report.weights[0]
    data = getattr(lines(), part)
    right = dict(
        zip(("loss", "error"), LINE.evaluate(w, data.x, data.t, classes=False), strict=True)
    )  # fmt: skip
    final = report.final(part, what)
    assert final[0] == right[what] and math.isnan(final[1]) and math.isfinite(final[2])


def test_final_is_the_error_unless_asked_otherwise(report):
    np.testing.assert_array_equal(report.final("test"), report.final("test", "error"))
    assert report.final("test")[0] != report.final("test", "loss")[0]


@pytest.mark.parametrize(("part", "what"), [("trane", "error"), ("train", "accuracy")])
def test_final_of_what_there_is_not(report, part, what):
    with pytest.raises(ValueError, match=r"trane|accuracy|not in"):
        report.final(part, what)


def test_final_of_a_run_that_was_stopped_is_where_it_stopped():
    """The second run reaches its target at once; the first goes on alone."""
    trained = race(
        LINE, lines(), "sgd(0.05), rprop(0.5)", batch_size=4, epochs=6, seed=6, stop="target(0.6)"
    )  # fmt: skip
    assert 0 == trained.stopped_at[0] < trained.stopped_at[1] < 18 == trained.losses.shape[1]
    assert trained.info["stopped_by"] == ["", "target(0.6)"]
    at = trained.evaluated_at.tolist().index(trained.stopped_at[1])
    assert np.isnan(trained.scores[1, at + 1 :]).all() and at + 1 < len(trained.evaluated_at)
    assert np.isnan(trained.losses[1, trained.stopped_at[1] :]).all()
    for p, part in enumerate(PARTS):
        assert trained.final(part)[0] == trained.scores[0, -1, p, 1]
        assert trained.final(part)[1] == trained.scores[1, at, p, 1]
    assert trained.final("validation")[1] <= 0.6 < trained.scores[1, at - 1, 1, 1]
    w, data = trained.weights[1], lines().validation
    assert trained.final("validation")[1] == LINE.evaluate(w, data.x, data.t, classes=False)[1]


def test_final_of_a_run_that_diverged_is_nan_whenever_it_did():
    """Also after the last evaluation."""
    options = {"batch_size": 4, "epochs": 5, "seed": 6}
    diverged = race(LINE, lines(), "sgd(1e6)", evaluate_every=1, **options)
    assert 0 < diverged.evaluated_at[-1] < diverged.diverged_at[0]
    assert np.isfinite(diverged.scores[0, -1]).all()
    assert all(np.isnan(diverged.final(part)[0]) for part in PARTS)


def test_a_missing_part_is_nan():
    bare = race(LINE, lines(validation=0, test=0), "sgd", batch_size=5, epochs=1)
    assert np.isnan(bare.final("validation")).all() and np.isnan(bare.final("test")).all()
    assert np.isfinite(bare.final("train")).all()
    assert bare.best_error()[0] == bare.scores[0, 1, 0, 1]


@pytest.mark.parametrize("validation", [0.2, 0])
def test_the_best_error_is_that_of_the_best_weights(validation):
    data = lines(validation=validation, test=0)
    trained = race(LINE, data, "sgd(0.05), sgd(0.9), sgd(1e9)", batch_size=4, epochs=4)
    part = data.validation if validation else data.train
    for r in range(3):
        _, error = LINE.evaluate(trained.best_weights[r], part.x, part.t, classes=False)
        assert trained.best_error()[r] == error
    assert (np.diff(trained.best_at) < 0).any()  # the best is not always the last


def stopped_at(step, **options):
    def interrupt(done, total):
        if done == step:
            raise KeyboardInterrupt

    return race(LINE, lines(), "sgd, adam", batch_size=4, epochs=3, progress=interrupt, **options)


def test_an_interrupted_race_before_any_evaluation():
    """With evaluate_every=0 there is nothing to pause for: it is kept[3] that makes a chunk end."""
    report = stopped_at(3, evaluate_every=0, keep=[3])
    assert report.interrupted and report.scores.shape == (2, 0, 3, 2)
    assert np.isnan(report.final("train")).all() and np.isnan(report.best_error()).all()
    assert "stopped after 3 of 9 steps" in str(report)


# ---------------------------------------------------------------------------- .npz


def assert_equal_reports(a, b):
    for name in ARRAYS:
        left, right = getattr(a, name), getattr(b, name)
        assert left.dtype == right.dtype and left.shape == right.shape
        assert left.tobytes() == right.tobytes(), name  # NaN included
    assert a.labels == b.labels and a.info == b.info


def test_npz_is_an_exact_round_trip(report, tmp_path):
    report.save(tmp_path / "race.npz")
    loaded = Report.load(tmp_path / "race.npz")
    assert np.isnan(report.losses).any() and np.isnan(report.scores).any()
    assert_equal_reports(report, loaded)
    assert str(loaded) == str(report)
    loaded.save(str(tmp_path / "again.npz"))
    assert_equal_reports(report, Report.load(str(tmp_path / "again.npz")))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_npz_keeps_the_dtype_of_weights(tmp_path, dtype):
    trained = race(LINE, lines(), "adam", batch_size=4, epochs=1, dtype=dtype)
    trained.save(tmp_path / "race.npz")
    assert Report.load(tmp_path / "race.npz").weights.dtype == dtype


def test_an_interrupted_race_is_kept_too(tmp_path):
    for every in (0, 1):
        report = stopped_at(3, evaluate_every=every, keep=[3])
        assert report.interrupted and report.losses.shape[1] == 3
        for kind in ("npz", "json", "csv"):
            report.save(tmp_path / f"race.{kind}")
        assert_equal_reports(report, Report.load(tmp_path / "race.npz"))


def arrays_of(path):
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


def foreign(kind, path, good):
    """Write something that is no report to `path`; `good` is the path of one."""
    content = good.read_bytes()
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("hello")
    elif kind.startswith("truncated"):
        path.write_bytes(content[: int(len(content) * float(kind.split()[1]))])
    elif kind == "damaged":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes(50) + content[middle + 50 :])
    elif kind == "pickle":
        path.write_bytes(pickle.dumps({"losses": 1}))
    elif kind == "npy":
        with path.open("wb") as file:
            np.save(file, np.ones(3))
    elif kind == "pickled npy":
        with path.open("wb") as file:
            np.save(file, np.array([{}, None], dtype=object))
    elif kind == "pickled text":
        np.savez(path, text=np.array([{"format": 1}], dtype=object))
    elif kind == "other arrays":
        np.savez(path, x=np.ones(3), t=np.ones(3))
    elif kind == "other zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("text.npy", "hello")
    elif kind == "no json":
        np.savez(path, **arrays_of(good) | {"text": np.array("{")})
    elif kind == "a list":
        np.savez(path, **arrays_of(good) | {"text": np.array("[1]")})
    elif kind == "no labels":
        text = json.dumps({"format": FORMAT, "info": {}})
        np.savez(path, **arrays_of(good) | {"text": np.array(text)})
    elif kind == "no text":
        np.savez(path, **{k: v for k, v in arrays_of(good).items() if k != "text"})
    elif kind == "a checkpoint":
        text = json.dumps({"format": "minnet checkpoint 1"})
        np.savez(path, **arrays_of(good) | {"text": np.array(text)})
    elif kind == "an array too few":
        np.savez(path, **{k: v for k, v in arrays_of(good).items() if k != "scores"})
    elif kind == "an array too many":
        np.savez(path, extra=np.ones(2), **arrays_of(good))
    elif kind == "a pickled array":
        np.savez(path, **arrays_of(good) | {"scores": np.array([None])})
    else:
        raise AssertionError(kind)


KINDS = (
    "empty", "text", "truncated 0.1", "truncated 0.5", "truncated 0.99", "damaged", "pickle", "npy",
    "pickled npy", "pickled text", "other arrays", "other zip", "no json", "no text", "a list",
    "no labels", "an array too few", "an array too many", "a pickled array", "a checkpoint",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # see below
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_report_is_refused_in_one_line(report, tmp_path, kind):
    good, path = tmp_path / "good.npz", tmp_path / "foreign.npz"
    report.save(good)
    foreign(kind, path, good)
    with pytest.raises(ValueError, match=r"foreign\.npz' is not a usable report: ") as refusal:
        Report.load(path)
    assert "\n" not in str(refusal.value)
    del refusal
    gc.collect()


def test_a_refused_file_is_closed(report, tmp_path):
    report.save(tmp_path / "good.npz")
    foreign("truncated 0.5", tmp_path / "foreign.npz", tmp_path / "good.npz")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with contextlib.suppress(ValueError):
            Report.load(tmp_path / "foreign.npz")
        gc.collect()
    assert not told


@pytest.mark.parametrize("form", [1, 99, "minnet report 2", "minnet checkpoint 1", None])
def test_another_format_is_refused(report, tmp_path, form):
    path = tmp_path / "race.npz"
    report.save(path)
    text = json.loads(str(arrays_of(path)["text"])) | {"format": form}
    np.savez(path, **arrays_of(path) | {"text": np.array(json.dumps(text))})
    told = f"'{path}' is not a usable report: its format is {form!r}, not 'minnet report 1'"
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        Report.load(path)


def test_a_file_that_cannot_be_written_leaves_the_one_before(report, tmp_path, monkeypatch):
    report.save(tmp_path / "race.npz")
    before = (tmp_path / "race.npz").read_bytes()

    def refuses(*paths):
        raise OSError("no")

    monkeypatch.setattr("os.replace", refuses)
    with pytest.raises(OSError, match=r"^no$"):
        report.save(tmp_path / "race.npz")
    assert (tmp_path / "race.npz").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["race.npz"]


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^there is no report '.*none\.npz'$"):
        Report.load(tmp_path / "none.npz")


# ---------------------------------------------------------------------------- .json and .csv


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


# ---------------------------------------------------------------------------- text


def test_a_report_prints_as_its_table(report):
    from minnet.report.table import table

    assert str(report) == repr(report) == table(report)
