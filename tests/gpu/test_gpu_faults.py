"""What if memory is short, the card is lost half-way, or a rule does not compile for it?"""

import dataclasses
import logging
import signal

import numpy as np
import pytest
from gpu_cases import CLOSE, DEVICE, FEW, Case, assert_agree

import minnet as mn
from minnet import gpu
from minnet.cli import main as cli
from minnet.gpu import device
from minnet.racing import checkpoint
from minnet.racing.state import DeviceLost
from minnet.rules.lift import RuleError

pytest.importorskip("numba_cuda")
device.named(DEVICE)
from minnet.gpu.mirror import SHARE_OF_MEMORY  # noqa: E402
from minnet.gpu.state import DeviceRace  # noqa: E402
from minnet.gpu.wide import WideRace  # noqa: E402

CASE = Case("three runs", "sgd(0.5), rprop, nesterov(lr=automatic(0.2))", race={"epochs": 3})
STEPS, EPOCH = 9, 3


class CudaAPIError(Exception):
    """As numba-cuda raises it."""

    __module__ = "numba.cuda.cudadrv.driver"


@pytest.fixture(
    params=[DeviceRace] if FEW else [DeviceRace, pytest.param(WideRace, marks=pytest.mark.slow)],
    ids=lambda way: "blocks" if way is DeviceRace else "whole device",
)
def way(request, monkeypatch):
    """Both ways to train, one after the other."""
    monkeypatch.setattr(gpu, "is_wide", lambda *sizes: request.param is WideRace)
    return request.param


@pytest.fixture
def blocks(monkeypatch):
    monkeypatch.setattr(gpu, "is_wide", lambda *sizes: False)


def state_of(case: Case):
    """The race's state, as `minnet.race` builds it."""
    data, plan = case.data("float64"), mn.Plan(12, 5, 3, seed=3)
    start = case.mlp.start(3, "float64")
    return gpu.race_on(DEVICE, case.mlp, data, mn.parse(case.optimizers), plan, start)


def free_for(monkeypatch, runs: int) -> None:
    """Let the device have memory for just so many runs of CASE at a time."""
    needed = state_of(CASE).bytes_of(runs)
    free = int(needed / SHARE_OF_MEMORY) + 1
    monkeypatch.setattr(device.Device, "free_bytes", lambda self: free)


def lose(monkeypatch, way, after: int, method: str = "_launch") -> None:
    """Lose the device when `method` is called for the time after so many calls."""
    calls, works = [], getattr(way, method)

    def call(self, *arguments, **options):
        calls.append(method)
        if len(calls) > after:
            raise CudaAPIError("Call to cuMemcpyDtoH results in\nCUDA_ERROR_ILLEGAL_ADDRESS")
        return works(self, *arguments, **options)

    monkeypatch.setattr(way, method, call)


# ---------------------------------------------------------------------------- memory


@pytest.mark.slow
def test_runs_that_do_not_fit_go_in_groups(monkeypatch, way, caplog):
    together = CASE.run(device=DEVICE)
    free_for(monkeypatch, 2)
    with caplog.at_level(logging.INFO, "minnet"):
        split = CASE.run(device=DEVICE)
    assert "3 runs go in groups of 1: more do not fit on the CUDA simulator" in caplog.text
    for name in ("losses", "scores", "weights", "best_weights"):
        np.testing.assert_array_equal(getattr(split, name), getattr(together, name), name)


def test_what_fits_just_so_is_not_split(monkeypatch, way, caplog):
    free_for(monkeypatch, 3)
    with caplog.at_level(logging.INFO, "minnet"):
        CASE.run(device=DEVICE, epochs=3)
    assert "groups" not in caplog.text


def test_memory_for_not_even_one_run_is_said(monkeypatch, way):
    free_for(monkeypatch, 0)
    with pytest.raises(DeviceLost, match=r"data and one run take 0\.0 MiB, 0\.0 are free; take"):
        CASE.run(device=DEVICE)


def test_memory_for_not_even_one_run_is_one_line_and_status_1(
    monkeypatch, capsys, tmp_path, blocks
):
    monkeypatch.setattr(device.Device, "free_bytes", lambda self: 100)
    words = ["race", "--data", "moons", "--epochs", "1", "--device", DEVICE]
    assert cli.main([*words, "--output", str(tmp_path / "race")]) == 1
    message = capsys.readouterr().err
    assert "data and one run take" in message.splitlines()[-1] and "Traceback" not in message


@pytest.mark.parametrize("shared", [True, False])
def test_memory_is_counted_generously(monkeypatch, way, shared):
    """All arrays that are ever on the device at the same time."""
    if not shared:
        chosen = dataclasses.replace(device.named(DEVICE), shared_bytes=1100)
        monkeypatch.setattr(gpu, "named", lambda text: chosen)
    from numba import cuda

    state, arrays = state_of(CASE), []
    make, move = cuda.device_array, cuda.to_device
    monkeypatch.setattr(cuda, "device_array", lambda *a: arrays.append(make(*a)) or arrays[-1])
    monkeypatch.setattr(cuda, "to_device", lambda a: arrays.append(move(a)) or arrays[-1])
    monkeypatch.setattr(state, "_warm_up", lambda: None)
    state.compile()
    lasting = sum(array.dtype.itemsize * array.size for array in arrays)
    state.submit(None, next(state.chunks()))
    assert lasting < state.bytes_of(3) < 3 * lasting
    assert state.bytes_of(3) - state.bytes_of(2) >= state.start.nbytes * (1 + state.most_slots)


def test_launches_are_as_long_as_ctrl_c_can_wait(monkeypatch, blocks):
    """They grow while they are short, up to the whole plan, and shrink when they are long."""
    state = state_of(CASE)
    assert state.pace == 1
    for pace, seconds in ((2, 0.001), (4, 0.001), (4, 0.2), (2, 1.0), (1, 1.0), (1, 1.0)):
        state._set_pace(state.pace, seconds)
        assert state.pace == pace
    for _ in range(9):
        state._set_pace(state.pace, 0.001)
    assert state.pace == STEPS
    state._set_pace(1, 0.001)  # cut short by a checkpoint
    assert state.pace == STEPS


def test_ctrl_c_ends_a_race_on_a_device(tmp_path, way):
    """After the launch in which it came; what was reached is reported and saved."""

    def press(done, total):
        if done == 1:
            signal.raise_signal(signal.SIGINT)

    path = tmp_path / "race.npz"
    report = CASE.run(device=DEVICE, progress=press, checkpoint=path, checkpoint_every=100)
    assert report.interrupted and report.losses.shape == (3, 1)
    assert saved_weights(path)[0] == 1
    assert_agree(CASE.run(checkpoint=path, resume=True), CASE.run(), "float64")


# ---------------------------------------------------------------------------- a lost device


def saved_weights(path) -> tuple[int, np.ndarray]:
    text, arrays = checkpoint.read(path)
    return text["step"], arrays["w"]


@pytest.mark.parametrize("runs", [3, 1], ids=["all at once", "in groups"])
def test_what_was_reached_before_the_device_was_lost_is_kept(
    monkeypatch, way, runs, tmp_path, caplog
):
    """Lost after the first epoch, in groups after the first of them has gone on."""
    expected = CASE.run(keep=range(STEPS))
    free_for(monkeypatch, runs)
    name, launches, launch = device.named(DEVICE).name, [], way._launch

    def once_too_often(self, *arguments):
        launches.append(self.step)
        if self.step > EPOCH and launches.count(self.step) == (1 if runs == 3 else 2):
            raise CudaAPIError("Call to cuMemcpyDtoH results in\nCUDA_ERROR_ILLEGAL_ADDRESS")
        return launch(self, *arguments)

    monkeypatch.setattr(way, "_launch", once_too_often)
    path = tmp_path / "race.npz"
    report = CASE.run(device=DEVICE, checkpoint=path, checkpoint_every=100)
    reached = report.losses.shape[1]
    assert report.interrupted and EPOCH <= reached < STEPS
    assert report.info["lost"].endswith("CUDA_ERROR_ILLEGAL_ADDRESS")
    np.testing.assert_allclose(report.losses, expected.losses[:, :reached], **CLOSE["float64"])
    np.testing.assert_allclose(report.weights, expected.kept[:, reached], **CLOSE["float64"])
    assert report.evaluated_at.tolist() == list(range(0, reached + 1, EPOCH))
    assert not report.diverged_at.any()
    step, w = saved_weights(path)
    assert step == reached
    np.testing.assert_array_equal(w, report.weights)
    (warning,) = (r.getMessage() for r in caplog.records if r.levelno == logging.WARNING)
    assert warning == (
        f"{name}: Call to cuMemcpyDtoH results in CUDA_ERROR_ILLEGAL_ADDRESS; "
        f"what was reached, step {reached}, is kept"
    )
    resumed = CASE.run(checkpoint=path, checkpoint_every=100, resume=True)
    assert_agree(resumed, CASE.run(), "float64")


def test_a_device_lost_while_scoring_or_copying_is_no_worse(monkeypatch, way):
    """At the third evaluation (of two parts each), and at the copy to the host before it."""
    for method, calls in (("_score_part", 4), ("_download", 1)):
        with monkeypatch.context() as patch:
            lose(patch, way, calls, method)
            report = CASE.run(device=DEVICE)
        assert report.interrupted and report.losses.shape[1] in (EPOCH, 2 * EPOCH)
        assert report.evaluated_at[-1] <= report.losses.shape[1]
        assert np.isfinite(report.losses).all() and np.isfinite(report.weights).all()


def test_a_device_lost_at_once_is_an_error(monkeypatch, way):
    lose(monkeypatch, way, 0)
    if way is WideRace:
        lose(monkeypatch, way, 0, "_descend_one")
    with pytest.raises(DeviceLost, match="CUDA_ERROR_ILLEGAL_ADDRESS"):
        CASE.run(device=DEVICE)


def test_other_errors_are_not_taken_for_a_lost_device(monkeypatch, blocks):
    def wrong(self, *arguments):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(DeviceRace, "_launch", wrong)
    with pytest.raises(ZeroDivisionError):
        CASE.run(device=DEVICE)


# ---------------------------------------------------------------------------- wrong rules


def test_a_wrong_rule_is_told_as_on_the_cpu(blocks):
    def wrong(w, g, lr=0.1):
        return w - lr * g, g

    with pytest.raises(RuleError, match="returns 2 value"):
        mn.race(CASE.mlp, CASE.data("float32"), [wrong], batch_size=5, device=DEVICE)


def signed(w, g, lr=0.1):
    return w - lr * np.sign(g)


@pytest.mark.parametrize(
    ("rule", "error"), [(signed, RuleError), ("sgd", KeyError)], ids=["own", "minnet's"]
)
def test_a_rule_that_only_a_card_refuses_is_named(monkeypatch, blocks, rule, error):
    """np.sign compiles on the CPU; for a card, the compiler fails with a KeyError."""

    def fail(self, *arguments):
        raise KeyError("<ufunc 'sign'>")

    monkeypatch.setattr(DeviceRace, "_launch", fail)
    with pytest.raises(error, match="ufunc 'sign'") as raised:
        mn.race(CASE.mlp, CASE.data("float32"), [rule, "sgd"], batch_size=5, device=DEVICE)
    assert error is KeyError or str(raised.value).startswith("signed does not compile for the ")


def test_the_command_line_writes_what_was_reached_and_fails(monkeypatch, tmp_path, capsys, blocks):
    """One step an epoch; the first launch only compiles."""
    rows = "".join(f"{k % 5},{k % 3},{k % 2}\n" for k in range(20))
    (tmp_path / "small.csv").write_text("a,b,class\n" + rows)
    lose(monkeypatch, DeviceRace, after=3)
    words = ["race", "--data", str(tmp_path / "small.csv"), "--device", DEVICE, "--hidden", "2"]
    words += ["--optimizers", "sgd", "--epochs", "4", "--batch-size", "16", "--weights"]
    words += ["--output", str(tmp_path / "race")]
    assert cli.main(words) == 1
    assert (tmp_path / "race" / "race.png").exists()
    assert mn.Report.load(tmp_path / "race" / "race.npz").losses.shape == (1, 2)
