"""The doctor says what is there, and what to do about what is wrong."""

import os
import subprocess
import sys

import numba
import pytest

from minnet import _jit, cli, doctor


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A kernel cache of its own, asked for anew."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kept"))
    _jit.cache_folder.cache_clear()
    yield tmp_path / "kept" / "minnet"
    _jit.cache_folder.cache_clear()


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
    assert finding("kernel cache").found == f"{cache}: 1 kernels, 0.5 MB"
    keep = cache.parent / "somebody-elses"
    keep.write_text("stays")
    assert cli.main(["cache", "clear"]) == 0
    assert capsys.readouterr().out == f"removed 1 kernels (0.5 MB) from {cache}\n"
    assert not cache.exists() and keep.exists()
    assert doctor.clear_cache().startswith("removed 0 kernels")


def test_a_cache_that_cannot_be_written_has_a_remedy(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    _jit.cache_folder.cache_clear()
    found = finding("kernel cache")
    _jit.cache_folder.cache_clear()
    assert "NUMBA_CACHE_DIR" in found.remedy
    text = doctor.report([found])
    assert f"kernel cache: {found.remedy}" in text and text.endswith("1 thing(s) to mend")


def test_a_missing_library_names_its_remedy():
    found = doctor._library("no-such-library")
    assert found.found == "missing" and found.remedy == "python -m pip install no-such-library"


def test_jit_switched_off_is_said():
    code = "from minnet.doctor import examine, report; print(report(examine()))"
    env = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert "NUMBA_DISABLE_JIT: unset it" in done.stdout


def test_cuda_is_never_imported():
    code = (
        "import sys; from minnet.doctor import examine; examine(); "
        "assert 'numba.cuda' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
