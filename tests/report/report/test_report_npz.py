"""A report comes back from an .npz file as it went, and a foreign file is refused.

R runs, K mini-batches, E evaluations
"""

import contextlib
import gc
import json
import pickle
import re
import warnings
import zipfile

import numpy as np
import pytest
from report_cases import ARRAYS, lines, stopped_at
from small_races import LINE

from minnet import race
from minnet.report.report import FORMAT, Report


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
