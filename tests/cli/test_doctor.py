"""The doctor says what is there, and what to do about what is wrong."""

import numba
import pytest
from new_python import printed

from minnet.cli import doctor, main as cli
from minnet.install import advice
from minnet.kernels import cache as kernel_cache


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A kernel cache of its own, asked for anew."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kept"))
    kernel_cache.cache_folder.cache_clear()
    yield tmp_path / "kept" / "minnet"
    kernel_cache.cache_folder.cache_clear()


def finding(name):
    return next(found for found in doctor.examine() if found.name.startswith(name))


def test_every_subject_has_a_line(cache, capsys):
    status = cli.main(["doctor"])
    out = capsys.readouterr().out
    for subject in (
        "minnet",
        "python",
        "numba",
        "threads",
        "BLAS of scipy",
        "kernel cache",
        "CUDA",
    ):
        assert f"\n{subject}" in "\n" + out
    if not numba.config.DISABLE_JIT:
        assert status == 0 and out.endswith("all is well\n")


def test_the_cache_is_counted_and_cleared(cache, capsys):
    folder = cache / "1234"
    folder.mkdir(parents=True)
    (folder / "kernel").write_bytes(b"x" * 500_000)
    assert finding("kernel cache").state == f"{cache}: 1 kernels, 0.5 MB"
    keep = cache.parent / "somebody-elses"
    keep.write_text("stays")
    assert cli.main(["cache", "clear"]) == 0
    assert capsys.readouterr().out == f"removed 1 kernels (0.5 MB) from {cache}\n"
    assert not cache.exists() and keep.exists()
    assert doctor.clear_cache().startswith("removed 0 kernels")


def test_a_numba_without_a_cache_is_said(monkeypatch):
    monkeypatch.setattr(kernel_cache, "_Cache", None)
    line = finding("kernel cache")
    assert line.state.startswith("none: Numba ") and line.remedy.startswith("every start compiles")


def test_a_cache_that_cannot_be_written_has_a_remedy(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    kernel_cache.cache_folder.cache_clear()
    found = finding("kernel cache")
    kernel_cache.cache_folder.cache_clear()
    assert "NUMBA_CACHE_DIR" in found.remedy
    text = doctor.report([found])
    assert f"kernel cache: {found.remedy}" in text and text.endswith("1 thing(s) to mend")


def test_a_missing_library_names_its_remedy():
    found = doctor._library("no-such-library")
    assert found.state == "missing" and found.remedy == advice()


def test_jit_switched_off_is_said():
    code = "from minnet.cli.doctor import examine, report; print(report(examine()))"
    assert "NUMBA_DISABLE_JIT: unset it" in printed(code, NUMBA_DISABLE_JIT="1")


class Driver:
    """What the doctor asks of libcuda, for a machine with these cards."""

    def __init__(self, version, cards, status=0):
        self.version, self.cards, self.status = version, cards, status

    def cuInit(self, flags):
        return self.status

    def cuDriverGetVersion(self, number):
        number._obj.value = self.version
        return 0

    def cuDeviceGetCount(self, number):
        number._obj.value = len(self.cards)
        return 0

    def cuDeviceGetName(self, name, length, card):
        name.value = self.cards[card].encode()
        return 0


def machine(monkeypatch, driver=None, **versions):
    """A machine with these distributions (numba_cuda="0.30") and this driver."""
    there = {name.replace("_", "-"): version for name, version in versions.items()}
    monkeypatch.setattr(doctor, "installed", there.get)
    monkeypatch.setattr(doctor, "find_driver", lambda: "libcuda.so.1" if driver else "")
    monkeypatch.setattr(doctor.ctypes, "CDLL", lambda name: driver)
    return doctor._cuda()


def test_cuda_without_package_or_driver_is_nothing_to_mend(monkeypatch):
    (found,) = machine(monkeypatch)
    assert f"not installed ({advice('cuda')})" in found.state and not found.remedy
    (found,) = machine(monkeypatch, Driver(12080, ["H100"]))
    assert "libcuda.so.1 is there" in found.state and not found.remedy
    (found,) = machine(monkeypatch, numba_cuda="0.30")
    assert found.state == "numba-cuda 0.30, no toolkit from pip, no NVIDIA driver: races run on " \
        "the CPU" and not found.remedy  # fmt: skip


def test_cards_driver_and_toolkit_are_listed(monkeypatch):
    driver = Driver(12080, ["NVIDIA H100", "NVIDIA T4"])
    cuda, *cards = machine(monkeypatch, driver, numba_cuda="0.30", cuda_toolkit="12.9.2")
    assert cuda.state == "numba-cuda 0.30, toolkit 12.9.2, driver for CUDA 12.8"
    assert [(card.name.strip(), card.state) for card in cards] == [
        ("cuda:0", "NVIDIA H100"),
        ("cuda:1", "NVIDIA T4"),
    ]
    assert not cuda.remedy


def test_a_driver_older_than_the_toolkit_is_to_be_mended(monkeypatch):
    cuda, _ = machine(monkeypatch, Driver(12080, ["T4"]), numba_cuda="0.30", nvidia_nvvm="13.0.1")
    assert cuda.remedy == "update the driver to one for CUDA 13, or install an older toolkit"


@pytest.mark.parametrize(("status", "words"), [(100, "finds no card"), (999, "cuInit says 999")])
def test_a_driver_that_fails_is_told(monkeypatch, status, words):
    (cuda,) = machine(monkeypatch, Driver(12080, [], status), numba_cuda="0.30")
    assert words in cuda.state and "nvidia-smi" in cuda.remedy


def test_cuda_is_never_imported():
    code = (
        "import sys; from minnet.cli.doctor import examine; examine(); "
        "assert 'numba.cuda' not in sys.modules"
    )
    printed(code)
