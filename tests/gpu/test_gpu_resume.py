"""A race goes on on another device; reports, files and plots are the same on all of them."""

import logging

import numpy as np
import pytest
from gpu_cases import DEVICE, FEW, Case, assert_agree

import minnet as mn
from minnet import gpu
from minnet.cli import main as cli
from minnet.gpu import device
from minnet.racing import checkpoint

pytest.importorskip("numba_cuda")
pytestmark = pytest.mark.slow

CASE = Case("three runs", "sgd(0.5), rprop, nesterov(lr=automatic(0.2))", race={"epochs": 3})
EPOCH = 3
whole = pytest.mark.parametrize("whole", [False] if FEW else [False, True])


@pytest.fixture
def blocks(monkeypatch):
    monkeypatch.setattr(gpu, "is_wide", lambda *sizes: False)


@pytest.mark.parametrize("devices", [("cpu", DEVICE), (DEVICE, "cpu"), (DEVICE, DEVICE)], ids=str)
@whole
def test_a_race_goes_on_on_another_device(monkeypatch, tmp_path, devices, whole):
    """Interrupted after the first epoch; slots, schedules' states and scores come along."""
    monkeypatch.setattr(gpu, "is_wide", lambda *sizes: whole)
    first, then = devices
    path = tmp_path / "race.npz"
    calls = []

    def stop(done, total):
        calls.append(done)
        if done >= EPOCH:
            raise KeyboardInterrupt

    CASE.run(device=first, checkpoint=path, checkpoint_every=EPOCH, progress=stop)
    text, _ = checkpoint.read(path)
    assert text["step"] == EPOCH and calls[-1] == EPOCH
    resumed = CASE.run(device=then, checkpoint=path, checkpoint_every=EPOCH, resume=True)
    assert_agree(resumed, CASE.run(), "float64")
    if first == then:
        at_once = CASE.run(device=first)
        np.testing.assert_array_equal(resumed.weights, at_once.weights)
        np.testing.assert_array_equal(resumed.losses, at_once.losses)


def test_the_command_line_resumes_on_another_device(tmp_path, capsys, blocks):
    folder = str(tmp_path / "race")
    words = ["race", "--data", "moons", "--hidden", "2", "--epochs", "1", "--batch-size", "40"]
    words += ["--optimizers", "rmsprop", "--checkpoint-every", "1", "--output", folder]
    assert cli.main([*words, "--device", DEVICE]) == 0
    first = capsys.readouterr()
    assert f"on {device.named(DEVICE).name}" in first.out.replace("\n", " ")
    assert cli.main(["race", "--resume", folder, "--device", "cpu"]) == 0
    assert "; on " not in capsys.readouterr().out


def test_reports_files_and_plots_are_the_same(tmp_path, blocks):
    """The same arrays, saved, read and drawn; the small print names the device."""
    report = CASE.run(device=DEVICE)
    report.save(tmp_path / "race.npz")
    again = mn.Report.load(tmp_path / "race.npz")
    np.testing.assert_array_equal(again.weights, report.weights)
    assert again.info == report.info and again.info["device"] == device.named(DEVICE).name
    assert f"; float64; on {report.info['device']}" in str(report)
    assert "; on " not in str(CASE.run())
    report.plot(tmp_path / "race.png")
    assert (tmp_path / "race.png").stat().st_size > 10_000


def test_the_simulator_says_that_it_is_slow(caplog, blocks):
    if not device.named(DEVICE).is_simulated:
        pytest.skip("about the simulator, and here is a real card")
    with caplog.at_level(logging.INFO, "minnet"):
        CASE.run(device=DEVICE)
    assert [r.getMessage() for r in caplog.records].count(
        "cuda-sim runs every GPU thread in Python, very slowly: to try out, not to train"
    ) == 1


def test_schedules_that_looked_stand_where_the_weights_stand(monkeypatch, blocks, tmp_path):
    """Without evaluations, a device lost in the second epoch leaves the end of the first."""
    device.named(DEVICE)
    from minnet.gpu.state import DeviceRace

    class CudaAPIError(Exception):
        __module__ = "numba.cuda.cudadrv.driver"

    launch, path = DeviceRace._launch, tmp_path / "race.npz"

    def lose(self, group, chunk, first):
        if first > EPOCH:
            raise CudaAPIError("CUDA_ERROR_LAUNCH_FAILED")
        return launch(self, group, chunk, first)

    monkeypatch.setattr(DeviceRace, "_launch", lose)
    options = {"evaluate_every": 0, "checkpoint": path, "checkpoint_every": 100}
    report = CASE.run(device=DEVICE, **options)
    assert report.interrupted and report.losses.shape[1] in (EPOCH, 2 * EPOCH)
    resumed = CASE.run(resume=True, **options)
    assert_agree(resumed, CASE.run(evaluate_every=0), "float64")
