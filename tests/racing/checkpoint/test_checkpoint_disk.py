"""A full disk or an unwritable folder costs the checkpoint, not the race."""

import os
import threading

import numpy as np
import pytest
from checkpoint_races import BOLD, assert_same, no_space, small_race

from minnet.racing import checkpoint


@pytest.mark.parametrize("function", ["numpy.savez", "os.fsync", "os.replace"])
def test_a_disk_that_gets_full_costs_the_checkpoint_not_the_race(
    path, monkeypatch, caplog, function
):
    """The race goes on, and says so; the last good checkpoint is there, and good."""
    module, name = {"numpy": np, "os": os}[function.split(".")[0]], function.split(".")[1]
    works, calls = getattr(module, name), []

    def works_twice(*given, **options):
        calls.append(given)
        return works(*given, **options) if len(calls) < 3 else no_space()

    with monkeypatch.context() as full:
        full.setattr(function, works_twice)
        assert_same(small_race(BOLD, checkpoint=path, checkpoint_every=5), small_race(BOLD))
    (warning,) = caplog.messages
    assert warning == "checkpoint at step 12 not saved: [Errno 28] No space left on device"
    assert os.listdir(path.parent) == ["race.npz"]
    assert checkpoint.read(path)[0]["step"] == 10
    assert_same(small_race(BOLD, checkpoint=path, resume=True), small_race(BOLD))


def test_a_disk_that_has_room_again(path, monkeypatch, caplog):
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)

        def make_room(done, total):
            if done == 8:
                full.undo()

        small_race(BOLD, checkpoint=path, checkpoint_every=4, progress=make_room)
    assert len(caplog.messages) == 2 and checkpoint.read(path)[0]["step"] == 12


@pytest.mark.parametrize("folder", ["file", "none"])
def test_a_folder_that_cannot_be_written(tmp_path, caplog, folder):
    """It is refused, or costs the checkpoints; the user is told, and nothing is left behind."""
    (tmp_path / "file").write_text("")
    try:
        report = small_race(checkpoint=tmp_path / folder / "race.npz")
    except (OSError, ValueError) as error:
        told = str(error)
    else:
        assert_same(report, small_race())
        told = caplog.text
    assert folder in told
    assert os.listdir(tmp_path) == ["file"]


def test_how_often_to_save_but_not_where():
    with pytest.raises(ValueError, match="checkpoint"):
        small_race(checkpoint_every=5)


def test_two_races_that_save_to_one_file(path):
    """It is always whole, and of one of them; and neither is disturbed."""
    alone = {seed: small_race(BOLD, seed=seed, epochs=3) for seed in (3, 4)}
    found = {}

    def run(seed):
        found[seed] = small_race(BOLD, seed=seed, epochs=3, checkpoint=path, checkpoint_every=1)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in (3, 4)]
    for thread in threads:
        thread.start()
    plans = set()
    while any(thread.is_alive() for thread in threads):
        try:
            text, arrays = checkpoint.read(path)
        except FileNotFoundError:  # not yet
            assert not plans
            continue
        plan = text["identity"]["plan"]
        plans.add(plan)
        (whole,) = [report for report in alone.values() if report.info["plan_hash"] == plan]
        np.testing.assert_array_equal(arrays["losses"], whole.losses[:, : text["step"]])
    for thread in threads:
        thread.join()
    for seed, report in alone.items():
        assert_same(found[seed], report)
    last = checkpoint.read(path)[0]["identity"]["plan"]
    assert last in {report.info["plan_hash"] for report in alone.values()}
    assert os.listdir(path.parent) == ["race.npz"]
