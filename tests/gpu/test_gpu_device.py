"""Is a device found, and is it said in one line what is missing?  Real cards are faked here."""

from types import SimpleNamespace

import new_python
import numba
import pytest

import minnet as mn
from minnet import gpu
from minnet.cli import main as cli
from minnet.cli.doctor import find_driver
from minnet.gpu import device
from minnet.install import advice

RACE = ["race", "--data", "moons", "--hidden", "3", "--epochs", "1", "--optimizers", "sgd"]


def python(code):
    """A new process without the simulator: (status, its stderr)."""
    done = new_python.python(code, without=["NUMBA_ENABLE_CUDASIM"])
    return done.returncode, done.stderr


def command(first, device, tmp_path):
    words = [*RACE, "--device", device, "--output", str(tmp_path / "race")]
    return python(
        f"import sys; {first}; from minnet.cli.main import main; sys.exit(main({words!r}))"
    )


@pytest.mark.slow
def test_importing_minnet_does_not_import_cuda():
    code = (
        "import sys, minnet as mn, minnet.gpu, minnet.cli, minnet.cli.doctor, minnet.benchmark\n"
        "mn.race(mn.MLP([2, 2]), mn.load('moons', cases=40), 'sgd', epochs=1)\n"
        "mn.replay('sgd', 0.0, [1.0])\n"
        "assert not [name for name in sys.modules if name.startswith(('numba.cuda', 'cuda.'))]"
    )
    assert python(code) == (0, "")


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:-1", "cuda:one", "cpu:1", "cuda-sim:0", ""])
def test_a_name_that_is_no_device(name):
    with pytest.raises(ValueError, match=r"^device must be cpu, cuda, cuda:1 .* got '" + name):
        mn.race(mn.MLP([2, 2]), mn.load("moons", cases=40), "sgd", device=name)


def test_cpu_is_a_device():
    assert gpu.named("cpu") is None


@pytest.mark.slow
def test_a_missing_package_is_one_line_and_status_2(tmp_path):
    missing = "sys.modules['numba_cuda'] = None"
    for name in ("cuda", "cuda:1", "cuda-sim"):
        status, told = command(missing, name, tmp_path)
        assert status == 2 and told.count("\n") == 1
        assert told.startswith("minnet: device cuda")
        assert told.endswith(f"the package numba-cuda is missing: {advice('cuda')}\n")


@pytest.mark.slow
def test_a_missing_driver_is_one_line_and_status_2(tmp_path):
    pytest.importorskip("numba_cuda")
    if find_driver():
        pytest.skip("about a missing driver, and here is one")
    if numba.config.DISABLE_JIT:
        pytest.skip("NUMBA_DISABLE_JIT, which is refused before the driver is looked for")
    status, told = command("pass", "cuda", tmp_path)
    assert status == 2 and told.count("\n") == 1
    assert told.startswith("minnet: device cuda: no usable NVIDIA driver (CUDA driver library")
    assert not (tmp_path / "race").exists()


@pytest.mark.slow
def test_a_simulator_that_comes_too_late_is_refused(tmp_path):
    pytest.importorskip("numba_cuda")
    status, told = command("import numba.cuda", "cuda-sim", tmp_path)
    assert status == 2 and told.count("\n") == 1
    assert "numba.cuda is imported already, without its simulator" in told


@pytest.mark.slow
def test_a_card_is_refused_where_cuda_is_simulated():
    pytest.importorskip("numba_cuda")
    code = "import minnet.gpu\ntry: minnet.gpu.named('cuda')\nexcept ValueError as e: print(e)"
    told = new_python.printed(code, NUMBA_ENABLE_CUDASIM="1")
    assert "the CUDA simulator is on in this process" in told


# ---------------------------------------------------------------------------- faked cards


class LinkerError(RuntimeError):
    """As numba-cuda raises them."""

    __module__ = "numba.cuda.cudadrv.driver"


class Cards(list):
    """What `numba.cuda` tells of two cards; its compiler works unless there is a `fault`."""

    def __init__(self, fault=None, error=None, available=True, toolkit=None):
        super().__init__(
            SimpleNamespace(name=name, MULTIPROCESSOR_COUNT=m, MAX_SHARED_MEMORY_PER_BLOCK=49152)
            for name, m in (("NVIDIA H100", 132), (b"NVIDIA T4", 40))
        )
        self.gpus, self.fault, self.error, self.available = self, fault, error, available
        driver = SimpleNamespace(get_version=lambda: (12, 2))
        self.cudadrv = SimpleNamespace(driver=SimpleNamespace(driver=driver))
        self.runtime = SimpleNamespace(get_version=lambda: self.asked_for(toolkit))

    def jit(self, signature):
        def compile_(function):
            if self.fault:
                raise self.fault

        return compile_

    def asked_for(self, toolkit):
        if toolkit:
            raise toolkit
        return 12, 9

    def is_available(self):
        return self.available

    def cuda_error(self):
        return self.error


@pytest.fixture
def machine(monkeypatch):
    """A function that puts cards into this machine."""
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 0)
    monkeypatch.setattr(device, "is_simulator", lambda cuda: False)
    monkeypatch.setattr(device, "make_current", lambda number: None)
    monkeypatch.setattr(numba.config, "CUDA_LOW_OCCUPANCY_WARNINGS", 1, raising=False)

    def with_cards(**facts):
        device.card.cache_clear()
        monkeypatch.setattr(device, "cuda_module", lambda kind: Cards(**facts))

    yield with_cards
    device.card.cache_clear()


def test_a_card_is_described(machine):
    machine()
    assert gpu.named("cuda") == device.Device("cuda", 0, "NVIDIA H100", 256, 8 * 132, 49152)
    second = gpu.named("cuda:1")
    assert (second.number, second.name, second.blocks) == (1, "NVIDIA T4", 320)
    assert not second.is_simulated


def test_a_card_that_is_not_there(machine):
    machine()
    with pytest.raises(ValueError, match=r"^device cuda:7: there is no such card, only 2 "):
        gpu.named("cuda:7")


def test_a_card_that_is_not_there_is_status_2(machine, capsys, tmp_path):
    machine()
    words = [*RACE, "--device", "cuda:7", "--output", str(tmp_path / "race")]
    assert cli.main(words) == 2
    assert capsys.readouterr().err.startswith("minnet: device cuda:7: there is no such card")


def test_a_driver_without_a_card(machine):
    machine(available=False, error="CUDA_ERROR_NO_DEVICE\n(100)")
    with pytest.raises(ValueError, match=r"no usable NVIDIA driver \(CUDA_ERROR_NO_DEVICE \(100\)"):
        gpu.named("cuda")


def test_a_toolkit_that_is_missing(machine):
    machine(available=False)
    with pytest.raises(ValueError, match=r"compiler \(NVVM\) is missing: pip install "):
        gpu.named("cuda")


def test_a_toolkit_that_is_not_whole(machine):
    """NVVM is there, NVRTC is not."""
    machine(toolkit=LinkerError("Failure finding libnvrtc.so\n[...]"))
    with pytest.raises(ValueError, match=r"^device cuda: the CUDA toolkit is not whole: pip inst"):
        gpu.named("cuda")


def test_a_toolkit_newer_than_the_driver_is_named_with_it(machine):
    machine(fault=LinkerError("PTX was compiled with\nan unsupported toolchain"))
    with pytest.raises(ValueError) as raised:
        gpu.named("cuda:1")
    message = str(raised.value)
    assert message.startswith(
        "device cuda:1: the driver is for CUDA 12.2, the installed toolkit is 12.9"
    )
    assert "update the driver" in message and "an unsupported toolchain)" in message
    assert "\n" not in message


def test_other_errors_of_the_compiler_are_not_hidden(machine):
    machine(fault=ZeroDivisionError("ours"))
    with pytest.raises(ZeroDivisionError):
        gpu.named("cuda")


def test_plain_python_runs_on_no_card(machine, monkeypatch):
    machine()
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    with pytest.raises(ValueError, match="NUMBA_DISABLE_JIT is set"):
        gpu.named("cuda")
