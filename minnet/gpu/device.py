"""Devices: find an NVIDIA card or the CUDA simulator by its name, and check that it can be used."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from ..install import advice
from ..racing.state import DeviceLost

CPU, CUDA, SIMULATOR = "cpu", "cuda", "cuda-sim"
SWITCH = "NUMBA_ENABLE_CUDASIM"
BLOCKS_A_PROCESSOR = 8  # of 256 threads: as many as a multiprocessor can hold


@dataclass(frozen=True)
class Device:
    """A device that was checked: an NVIDIA card, or the CUDA simulator.

    Parameters
    ----------
    kind : str
        "cuda" or "cuda-sim".
    number : int
        Of the card, from 0; 0 for the simulator.
    name : str
        As reports print it, like "NVIDIA H100".
    threads : int
        Threads of each block.
    blocks : int
        How many blocks are worth launching at a time.
    shared_bytes : int
        Bytes of shared memory that one block may have.
    """

    kind: str
    number: int
    name: str
    threads: int
    blocks: int
    shared_bytes: int

    @property
    def is_simulated(self) -> bool:
        """Whether this is the simulator, which runs every thread in Python."""
        return self.kind == SIMULATOR

    def free_bytes(self) -> int:
        """Bytes of device memory that arrays may still take."""
        if self.is_simulated:
            return 1 << 30
        from numba import cuda

        return cuda.current_context().get_memory_info().free

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Make this the current card, and let it stay so.

        Raises
        ------
        DeviceLost
            If CUDA reports an error in the meantime.
        """
        try:
            if self.is_simulated:
                from .simulation import simulating

                with simulating():
                    yield
            else:
                make_current(self.number)
                yield
        except Exception as error:
            if not is_cudas(error):
                raise
            raise DeviceLost(f"{self.name}: {one_line(error)}") from error


def make_current(number: int) -> None:
    """Make a card the current one of this thread: its arrays can be freed only meanwhile.

    Parameters
    ----------
    number : int
        Of the card, from 0.
    """
    from numba import cuda
    from numba.cuda.cudadrv.driver import driver

    with driver.get_active_context() as active:
        if active.devnum == number:
            return
    cuda.select_device(number)


def is_cudas(error: Exception) -> bool:
    """Whether an error comes from the driver, the linker or the compiler of CUDA.

    Parameters
    ----------
    error : Exception
    """
    return type(error).__module__.startswith(("cuda.", "numba.cuda.cudadrv"))


def one_line(error: Exception) -> str:
    """An error's message in one line, or its type's name if it has none.

    Parameters
    ----------
    error : Exception
    """
    return " ".join(str(error).split()).rstrip(": ") or type(error).__name__


def named(text: str) -> Device | None:
    """The device with a given name, checked.

    Parameters
    ----------
    text : str
        "cpu", "cuda" (the first card), "cuda:1" (the second one) or "cuda-sim".

    Returns
    -------
    Device or None
        None for "cpu".

    Raises
    ------
    ValueError
        If there is no such name; or if package, driver, toolkit or card are missing, in one line
        that says which.
    """
    match = re.fullmatch(r"(cpu|cuda-sim|cuda)(?::(\d+))?", text)
    if match is None or (match[2] and match[1] != CUDA):
        raise ValueError(
            f"device must be cpu, cuda, cuda:1 (the second card) or cuda-sim, got {text!r}"
        )
    if match[1] == CPU:
        return None
    return simulator() if match[1] == SIMULATOR else card(int(match[2] or 0))


@cache
def simulator() -> Device:
    """The CUDA simulator, turned on: possible only before numba.cuda is imported.

    Raises
    ------
    ValueError
        If numba.cuda is imported already, without its simulator.
    """
    if "numba.cuda" in sys.modules and not is_simulator(sys.modules["numba.cuda"]):
        raise ValueError(
            "device cuda-sim: numba.cuda is imported already, without its simulator; "
            f"use a new process, or set {SWITCH}=1 before it starts"
        )
    import numba

    os.environ[SWITCH] = "1"
    numba.config.ENABLE_CUDASIM = 1  # read from the environment when numba was imported
    cuda_module(SIMULATOR)
    return Device(SIMULATOR, 0, "the CUDA simulator", threads=2, blocks=2, shared_bytes=48 << 10)


@cache
def card(number: int) -> Device:
    """An NVIDIA card; package, driver, toolkit and card are checked.

    Parameters
    ----------
    number : int
        Of the card, from 0.

    Raises
    ------
    ValueError
        If one of these is missing, or they do not work together.
    """
    cuda = cuda_module(CUDA)
    import numba

    if is_simulator(cuda):
        raise ValueError(
            "device cuda: the CUDA simulator is on in this process; "
            f"use a new one, without {SWITCH}, for a real card"
        )
    if numba.config.DISABLE_JIT:
        raise ValueError("device cuda: NUMBA_DISABLE_JIT is set, and a card runs no plain Python")
    if not cuda.is_available():
        raise ValueError(f"device cuda: {missing(cuda)}; --device cuda-sim runs without a card")
    cards = len(cuda.gpus)
    if number >= cards:
        raise ValueError(f"device cuda:{number}: there is no such card, only {cards} (from cuda:0)")
    numba.config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # a race of few nets is a small grid, on purpose
    check_versions(cuda, number)
    gpu = cuda.gpus[number]
    name = gpu.name.decode() if isinstance(gpu.name, bytes) else gpu.name
    blocks = BLOCKS_A_PROCESSOR * gpu.MULTIPROCESSOR_COUNT
    return Device(CUDA, number, name, 256, blocks, gpu.MAX_SHARED_MEMORY_PER_BLOCK)


def cuda_module(kind: str) -> ModuleType:
    """The module numba.cuda of the package numba-cuda.

    Parameters
    ----------
    kind : str
        "cuda" or "cuda-sim", for the message.

    Raises
    ------
    ValueError
        If the package is not installed.
    """
    try:
        import numba_cuda  # noqa: F401
        from numba import cuda
    except ImportError:
        raise ValueError(
            f"device {kind}: the package numba-cuda is missing: {advice(CUDA)}"
        ) from None
    return cuda


def is_simulator(cuda: ModuleType) -> bool:
    """Whether the module numba.cuda, here `cuda`, is the simulator."""
    return cuda.jit.__module__.startswith("numba.cuda.simulator")


def missing(cuda: ModuleType) -> str:
    """What is missing if the module numba.cuda, here `cuda`, finds no card: driver or compiler."""
    reason = cuda.cuda_error()
    if reason is None:
        return f"the CUDA compiler (NVVM) is missing: {advice(CUDA)}"
    return f"no usable NVIDIA driver ({one_line(reason)})"


def check_versions(cuda: ModuleType, number: int) -> None:
    """Compile an empty kernel, which fails if the toolkit is newer than the driver.

    Parameters
    ----------
    cuda : module
        numba.cuda.
    number : int
        Of the card, from 0.

    Raises
    ------
    ValueError
        If toolkit and driver do not work together.
    """
    toolkit = toolkit_of(cuda)
    try:
        make_current(number)
        cuda.jit("void()")(lambda: None)
    except Exception as error:
        if not is_cudas(error):
            raise
        driver = ".".join(map(str, cuda.cudadrv.driver.driver.get_version()))
        raise ValueError(
            f"device cuda:{number}: the driver is for CUDA {driver}, the installed toolkit is "
            f"{toolkit}, and they do not work together: update the driver, or install a toolkit "
            f"that is not newer ({one_line(error)})"
        ) from None


def toolkit_of(cuda: ModuleType) -> str:
    """The version of the toolkit that the module numba.cuda, here `cuda`, uses, like "12.9"."""
    try:
        return ".".join(map(str, cuda.runtime.get_version()))
    except Exception as error:
        if not is_cudas(error):
            raise
        raise ValueError(f"device cuda: the CUDA toolkit is not whole: {advice(CUDA)}") from None
