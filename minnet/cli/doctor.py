"""Check of the installation: versions, threads, BLAS, kernel cache, CUDA, each with its remedy."""

import ctypes
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..install import advice
from ..kernels import cache as kernel_cache
from ..versions import installed

LIBRARIES = ("numpy", "numba", "llvmlite", "scipy", "matplotlib", "tqdm", "threadpoolctl")
EXTRAS = ("pooch", "safetensors")
NO_CARD = 100  # CUDA_ERROR_NO_DEVICE


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Parameters
    ----------
    name : str
        What was looked at.
    state : str
        Its version, size or fault.
    remedy : str
        What to do; "" if all is well.
    """

    name: str
    state: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at versions, threads, BLAS, the kernel cache and CUDA, and change nothing.

    Returns
    -------
    list of Finding
    """
    from .. import __version__

    findings = [
        Finding("minnet", f"{__version__}, in {Path(__file__).parents[1]}"),
        Finding("python", f"{platform.python_version()} on {platform.platform()}"),
        *map(_library, LIBRARIES),
        *(Finding(name, version) for name in EXTRAS if (version := installed(name))),
        _threads(),
        *_blas(),
        _cache(),
        *_cuda(),
    ]
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        remedy = "unset it, unless you are stepping through kernels in a debugger"
        findings.append(Finding("NUMBA_DISABLE_JIT", "set: everything is plain Python", remedy))
    return findings


def report(findings: list[Finding]) -> str:
    """Write the findings as lines, and the remedies below.

    Parameters
    ----------
    findings : list of Finding

    Returns
    -------
    str
    """
    width = max(len(finding.name) for finding in findings)
    lines = [f"{finding.name:<{width}}  {finding.state}" for finding in findings]
    wrong = [finding for finding in findings if finding.remedy]
    lines += ["", *(f"{finding.name}: {finding.remedy}" for finding in wrong)] if wrong else []
    return "\n".join([*lines, "", f"{len(wrong)} thing(s) to mend" if wrong else "all is well"])


def _library(name: str) -> Finding:
    found = installed(name)
    return Finding(name, found or "missing", "" if found else advice())


def _threads() -> Finding:
    from ..racing.racing import available_cores

    return Finding("threads", f"{available_cores()} cores for this process: runs trained at a time")


def _blas() -> list[Finding]:
    from ..racing.blas import blas

    findings = []
    for library in blas().info():
        name = f"BLAS of {_owner(library['filepath'])}"
        state = f"{library['internal_api']} {library['version']}, {library['num_threads']} threads"
        findings.append(Finding(name, f"{state} (1 during a race)"))
    if not findings:
        remedy = "reinstall SciPy from its wheels: np.dot in kernels needs its BLAS"
        findings.append(Finding("BLAS", "none found", remedy))
    return findings


def _owner(filepath: str) -> str:
    folder = Path(filepath).parent.name
    return next((name for name in ("numpy", "scipy") if name in folder), folder)


def _cache() -> Finding:
    if not kernel_cache.is_possible():
        state = f"none: Numba {installed('numba')} lacks the private parts that it is built on"
        remedy = "every start compiles; install a Numba that minnet's changelog names as tried"
        return Finding("kernel cache", state, remedy)
    if kernel_cache.whereabouts().startswith("not kept"):
        remedy = "set NUMBA_CACHE_DIR to a folder that can be written, or every start compiles"
        return Finding("kernel cache", "no folder that can be written", remedy)
    root = kernel_cache.cache_root()
    size, files = cache_size(root)
    return Finding("kernel cache", f"{root}: {files} kernels, {size / 1e6:.1f} MB")


def cache_size(root: Path) -> tuple[int, int]:
    """Measure a folder with all that is in it.

    Parameters
    ----------
    root : Path

    Returns
    -------
    size, files : int
        Bytes, and number of files.
    """
    sizes = [path.stat().st_size for path in root.rglob("*") if path.is_file()]
    return sum(sizes), len(sizes)


def clear_cache() -> str:
    """Remove all compiled kernels from minnet's own cache folder.

    Returns
    -------
    str
        What was removed, in one line.
    """
    root = kernel_cache.cache_root()
    size, files = cache_size(root) if root.is_dir() else (0, 0)
    shutil.rmtree(root, ignore_errors=True)
    return f"removed {files} kernels ({size / 1e6:.1f} MB) from {root}"


def _cuda() -> list[Finding]:
    """Whether a race could run on a GPU; asks without importing CUDA into this process."""
    package, toolkit, driver = installed("numba-cuda"), _toolkit(), find_driver()
    if not package:
        text = f"not installed ({advice('cuda')}): races run on the CPU"
        return [Finding("CUDA", f"{text}; {driver} is there" if driver else text)]
    states = [f"numba-cuda {package}", f"toolkit {toolkit}" if toolkit else "no toolkit from pip"]
    if not driver:
        return [Finding("CUDA", ", ".join([*states, "no NVIDIA driver: races run on the CPU"]))]
    try:
        version, cards = _version_and_cards(ctypes.CDLL(driver))
    except OSError as error:
        remedy = "look whether nvidia-smi finds a card; races run on the CPU until it does"
        return [Finding("CUDA", ", ".join([*states, str(error)]), remedy)]
    remedy = ""
    if toolkit and int(toolkit.split(".")[0]) > version[0]:
        major = toolkit.split(".")[0]
        remedy = f"update the driver to one for CUDA {major}, or install an older toolkit"
    listed = [Finding(f"  cuda:{number}", name) for number, name in enumerate(cards)]
    text = ", ".join([*states, f"driver for CUDA {version[0]}.{version[1]}"])
    return [Finding("CUDA", text, remedy), *listed]


def _toolkit() -> str:
    """Version of the toolkit that pip installed, or ""."""
    wheels = ("cuda-toolkit", "nvidia-cuda-nvcc-cu12", "nvidia-nvvm")
    return next((version for wheel in wheels if (version := installed(wheel))), "")


def find_driver() -> str:
    """Find the library of the NVIDIA driver.

    Returns
    -------
    str
        Its name; "" if there is none.
    """
    for name in ("libcuda.so.1", "libcuda.dylib", "nvcuda.dll"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return name
    return ""


def _version_and_cards(driver: ctypes.CDLL) -> tuple[tuple[int, int], list[str]]:
    """The CUDA version (major, minor) that a driver is for, and its cards' names.

    Raises
    ------
    OSError
        If the driver finds no card, or does not answer.
    """

    def ask(function: str, *arguments: object) -> None:
        status = getattr(driver, function)(*arguments)
        if status:
            what = "finds no card" if status == NO_CARD else f"fails: {function} says {status}"
            raise OSError(f"the NVIDIA driver {what}")

    number, name = ctypes.c_int(), ctypes.create_string_buffer(100)
    ask("cuInit", 0)
    ask("cuDriverGetVersion", ctypes.byref(number))
    version = number.value // 1000, number.value % 1000 // 10
    ask("cuDeviceGetCount", ctypes.byref(number))
    cards = []
    for card in range(number.value):
        ask("cuDeviceGetName", name, len(name), card)
        cards.append(name.value.decode())
    return version, cards
