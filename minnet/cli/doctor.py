"""What minnet stands on here, and what to do about what is wrong with it."""

import ctypes
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..install import advice
from ..kernels import jit
from ..versions import installed

LIBRARIES = ("numpy", "numba", "llvmlite", "scipy", "matplotlib", "tqdm", "threadpoolctl")
EXTRAS = ("pooch", "safetensors")
NO_CARD = 100  # CUDA_ERROR_NO_DEVICE


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: a name, what was found, and what to do ("" if all is well)."""

    name: str
    found: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at versions, threads, BLAS, the kernel cache and CUDA; changes nothing."""
    from .. import __version__

    findings = [
        Finding("minnet", f"{__version__}, in {Path(__file__).parents[1]}"),
        Finding("python", f"{platform.python_version()} on {platform.platform()}"),
        *map(_library, LIBRARIES),
        *(Finding(name, found) for name in EXTRAS if (found := installed(name))),
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
    """The findings as lines, and the remedies below."""
    width = max(len(finding.name) for finding in findings)
    lines = [f"{finding.name:<{width}}  {finding.found}" for finding in findings]
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
    from ..racing.loop import blas

    findings = []
    for library in blas().info():
        name = f"BLAS of {_owner(library['filepath'])}"
        found = f"{library['internal_api']} {library['version']}, {library['num_threads']} threads"
        findings.append(Finding(name, f"{found} (1 during a race)"))
    if not findings:
        remedy = "reinstall SciPy from its wheels: np.dot in kernels needs its BLAS"
        findings.append(Finding("BLAS", "none found", remedy))
    return findings


def _owner(filepath: str) -> str:
    folder = Path(filepath).parent.name
    return next((name for name in ("numpy", "scipy") if name in folder), folder)


def _cache() -> Finding:
    where = jit.whereabouts()
    if where.startswith("not kept"):
        remedy = "set NUMBA_CACHE_DIR to a folder that can be written, or every start compiles"
        return Finding("kernel cache", "no folder that can be written", remedy)
    root = jit.cache_root()
    size, files = cache_size(root)
    return Finding("kernel cache", f"{root}: {files} kernels, {size / 1e6:.1f} MB")


def cache_size(root: Path) -> tuple[int, int]:
    """(bytes, files) below a folder."""
    sizes = [path.stat().st_size for path in root.rglob("*") if path.is_file()]
    return sum(sizes), len(sizes)


def clear_cache() -> str:
    """Remove all compiled kernels that minnet has kept; what was removed, in words.

    Only what lies below minnet's own cache folder is touched.
    """
    root = jit.cache_root()
    size, files = cache_size(root) if root.is_dir() else (0, 0)
    shutil.rmtree(root, ignore_errors=True)
    return f"removed {files} kernels ({size / 1e6:.1f} MB) from {root}"


def _cuda() -> list[Finding]:
    """Whether a race could run on a GPU; asks without importing CUDA into this process."""
    package, toolkit, driver = installed("numba-cuda"), _toolkit(), find_driver()
    if not package:
        text = f"not installed ({advice('cuda')}): races run on the CPU"
        return [Finding("CUDA", f"{text}; {driver} is there" if driver else text)]
    found = [f"numba-cuda {package}", f"toolkit {toolkit}" if toolkit else "no toolkit from pip"]
    if not driver:
        return [Finding("CUDA", ", ".join([*found, "no NVIDIA driver: races run on the CPU"]))]
    try:
        version, cards = _asked(ctypes.CDLL(driver))
    except OSError as error:
        remedy = "look whether nvidia-smi finds a card; races run on the CPU until it does"
        return [Finding("CUDA", ", ".join([*found, str(error)]), remedy)]
    remedy = ""
    if toolkit and int(toolkit.split(".")[0]) > version[0]:
        major = toolkit.split(".")[0]
        remedy = f"update the driver to one for CUDA {major}, or install an older toolkit"
    listed = [Finding(f"  cuda:{number}", name) for number, name in enumerate(cards)]
    text = ", ".join([*found, f"driver for CUDA {version[0]}.{version[1]}"])
    return [Finding("CUDA", text, remedy), *listed]


def _toolkit() -> str:
    """Version of the toolkit that pip installed, or ""."""
    wheels = ("cuda-toolkit", "nvidia-cuda-nvcc-cu12", "nvidia-nvvm")
    return next((version for wheel in wheels if (version := installed(wheel))), "")


def find_driver() -> str:
    """The name of the NVIDIA driver's library, or ""."""
    for name in ("libcuda.so.1", "libcuda.dylib", "nvcuda.dll"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return name
    return ""


def _asked(driver: ctypes.CDLL) -> tuple[tuple[int, int], list[str]]:
    """The CUDA version (major, minor) that a driver is for, and its cards' names.

    Raises
    ------
    OSError
        If the driver finds no card, or does not answer.
    """

    def ask(function: str, *arguments) -> None:
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
