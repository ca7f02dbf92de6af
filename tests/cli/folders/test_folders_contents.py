"""The files that a race writes into its folder."""

import os
from pathlib import Path

import numpy as np
import pytest

import minnet as mn
from minnet.cli import folders
from minnet.cli.folders import LOCK, MARK, claimed

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def report():
    x = np.random.default_rng(5).normal(size=(20, 2))
    data = mn.from_arrays(x, np.arange(20) % 2, name="points")
    return mn.race(mn.MLP([2, 2]), data, "sgd, rprop", batch_size=5, epochs=2)


@pytest.mark.parametrize("weights", [True, False])
def test_the_files_of_a_race(report, weights):
    with claimed(None) as folder:
        folders.write(folder, report, weights=weights, log=True)
        names = ["race.png", "race.csv", "race.json", *["race.npz"] * weights]
        assert sorted(os.listdir(folder)) == sorted([MARK, LOCK, *names])
        assert folders.listing(folder) == ", ".join(f"race-1/{name}" for name in names)
    assert Path("race-1/race.png").read_bytes().startswith(b"\x89PNG")
    if weights:
        assert mn.Report.load("race-1/race.npz").labels == report.labels


def test_a_figure_that_cannot_be_drawn_costs_the_figure(report, monkeypatch):
    def fail(self, path=None, **options):
        assert options == {"log": False}
        raise RuntimeError("no ink")

    monkeypatch.setattr(mn.Report, "plot", fail)
    with pytest.raises(RuntimeError, match="no ink"), claimed(None) as folder:
        folders.write(folder, report, weights=True, log=False)
    assert folders.listing(Path("race-1")) == "race-1/race.csv, race-1/race.json, race-1/race.npz"


def test_nothing_is_listed_that_is_not_there():
    Path("empty").mkdir()
    assert folders.listing(Path("empty")) == ""
    Path("empty/race.json").write_text("")
    Path("empty/other.json").write_text("")
    assert folders.listing(Path("empty")) == "empty/race.json"
